"""What a flat holds against its ledger, over restarts where no restart ends it; told once, and once when it is over."""

from collections.abc import Awaitable, Callable
import logging
from typing import Final

from .link import LinkState, LinkStatus
from .standing import LedgerState, Standing

_LOGGER = logging.getLogger(__name__)

_LASTING: Final = {LedgerState.DISTRUSTED: "distrusted", LedgerState.FORKED: "forked"}
"""Doubts that a restart does not end, and where they are noted."""


class Doubts:
    """Of one flat.

    Args:
        flat: its name, for the log.
        noted: reads what was kept.
        note: keeps something, soon.
    """

    def __init__(
        self, flat: str, noted: Callable[[str], Awaitable[bytes | None]], note: Callable[[str, str], None]
    ) -> None:
        self._flat = flat
        self._noted = noted
        self._note = note
        self._standing = Standing()

    async def restore(self) -> None:
        """Go on doubting what was doubted before a restart. Raises StoreError."""
        for doubt, key in _LASTING.items():
            if reason := await self._noted(key):
                self._standing.doubt(doubt, reason.decode())

    def hold(self, doubt: LedgerState, reason: str) -> bool:
        """Hold something against the ledger for good; return whether it is news."""
        news = self._standing.doubt(doubt, reason)
        if news:
            _LOGGER.error("Flat %s: the ledger is %s: %s", self._flat, doubt, reason)
            self._note(_LASTING[doubt], reason)
        return news

    def linked(self, status: LinkStatus) -> None:
        """Take down what a connection shows: that the log holds other records than the flat, or no more."""
        if status.state is LinkState.DIVERGED:
            self._standing.doubt(LedgerState.DIVERGED, status.reason)
        elif status.state is LinkState.ONLINE:
            self._standing.trust_again(LedgerState.DIVERGED)

    def grown(self) -> None:
        """Take down that the log has proven its growth: it is no longer forked."""
        if self._standing.trust_again(LedgerState.FORKED):
            self._note(_LASTING[LedgerState.FORKED], "")
            _LOGGER.info("Flat %s: the ledger proves that it has grown, again", self._flat)

    def show(self, *, recorded: bool, pending: int) -> tuple[LedgerState, str]:
        """Return the state and its reason; see `Standing.show`."""
        return self._standing.show(recorded=recorded, pending=pending)
