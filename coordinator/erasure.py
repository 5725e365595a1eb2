"""Erasing what a flat's records say: salts and bodies are destroyed, and the log says that they were.

Envelopes stay, so the log verifies as before. With its salt gone a commitment is 32 random-looking bytes: nobody
can try out bodies against it. What a settled slot came to (shares, money, transfers) stays, as it is the
partners' and the bill's; what the slot was worked out from does not.
"""

import asyncio
from dataclasses import dataclass
import logging
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine
import voluptuous as vol

from localvpp.clock import Clock
from localvpp.etp import Body, Kind

from .config import BuildingConfig
from .ledger import Ledger, Scribe
from .members import MemberRefusedError, Members
from .store import Member, erasing as erasing_store, slots as slot_store
from .store.erasing import Due, Span
from .vault import Vault

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Erased:
    """What has become of a flat's records."""

    flat: str
    erased: int
    kept: int
    """Records in time that stay for now: their slots are not settled."""

    def plain(self) -> dict[str, Any]:
        """Write the answer's JSON."""
        return {"flat": self.flat, "erased": self.erased, "kept": self.kept}


class Erasure:
    """Erases, for one flat after the other."""

    def __init__(
        self,
        engine: AsyncEngine,
        ledger: Ledger,
        scribe: Scribe,
        members: Members,
        vault: Vault,
        config: BuildingConfig,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._ledger = ledger
        self._scribe = scribe
        self._members = members
        self._vault = vault
        self._config = config
        self._clock = clock
        self._lock = asyncio.Lock()

    async def erase(self, flat: str, request: object) -> Erased:
        """Erase a flat's records up to the time that a request's JSON names, of all devices that the flat has had.

        Asked again, it erases what has become due since. Raises MemberRefusedError, LedgerUnavailableError, or
        StoreError when the bytes may still be in the database's file: ask again.
        """
        until_ms = self._until(request)
        async with self._lock:
            await self._ledger.ready()
            spans = [await self._erase(member, until_ms) for member in self._members.history(flat)]
            await erasing_store.scrub(self._engine)  # Also if nothing was due: an earlier try may have ended before.
        done = Erased(flat, sum(span.count for span in spans), sum(span.kept for span in spans))
        _log.warning(
            "The bodies of %d records of flat %s are erased, %d are still needed", done.erased, flat, done.kept
        )
        return done

    async def _erase(self, member: Member, until_ms: int) -> Span:
        async with self._engine.connect() as connection:
            settled = await slot_store.last(connection)
            due = Due(
                member.device,
                until_ms,
                self._config.slot_seconds,
                -1 if settled is None else settled,
                self._ledger.size,
            )
            span = await erasing_store.span(connection, due)
            statements = await erasing_store.erasing(connection, due) if span.count else ()
        if span.count:
            async with self._vault.erasing():
                await self._scribe.say(Kind.ERASED, member.device, self._body(member, span), statements)
        return span

    def _body(self, member: Member, span: Span) -> Body:
        return Body.word(
            span.start_ms,
            span.end_ms,
            self._config.slot_seconds,
            sender=self._scribe.device,
            receiver=member.device,
            place=member.name,
        )

    def _until(self, request: object) -> int:
        try:
            until: int = _REQUEST(request)["until_ms"]
        except vol.MultipleInvalid as errors:
            raise MemberRefusedError(
                400, "bad_request", f"until_ms: {errors.errors[0].error_message}", "until_ms"
            ) from errors
        if until > self._clock.wall_ms():
            raise MemberRefusedError(
                400, "bad_request", "until_ms: it lies ahead; only what is over can be erased", "until_ms"
            )
        return until


def _milliseconds(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise vol.Invalid("write the time in milliseconds of Unix time")
    return value


_REQUEST: Final = vol.Schema({vol.Required("until_ms"): _milliseconds})
