"""The meter that a headless flat began with: a changed one is noticed, as in Home Assistant.

There the form asks the meter who it is, and keeps the answer. Here the first meter that answers is the one, and is kept
in the flat's database. Another serial number in its place is not read, for it would be signed as this flat's, until a
person says that the meter was exchanged. A meter without a serial number cannot be told from another one.
"""

import asyncio
from dataclasses import asdict
import json
import logging
from typing import Final, Self

from localvpp.devices import Identity, MeterDevice
from localvpp.store import FlatStore

_LOGGER = logging.getLogger(__name__)
_NOTE: Final = "meter identity"


class KeptMeter:
    """Who the flat's meter is, as far as it is known.

    Args:
        store: where it is kept.
        identity: who it was when it answered first; None before that.
    """

    def __init__(self, store: FlatStore, identity: Identity | None) -> None:
        self.identity = identity
        self._store = store
        self._found = asyncio.Event()
        self._told: Identity | None = None

    @classmethod
    async def load(cls, store: FlatStore, *, exchanged: bool) -> Self:
        """Read who it is to be; of one that was exchanged, the new one is.

        Raises StoreError.
        """
        noted = None if exchanged else await store.noted(_NOTE)
        return cls(store, None if noted is None else Identity(**json.loads(noted)))

    def opened(self, meter: MeterDevice) -> None:
        """Take down that the right meter answers; the first one with a serial number is that."""
        self._told = None
        if meter.identity.serial is not None and (self.identity is None or self.identity.serial is None):
            self.identity = meter.identity
            self._found.set()

    def another(self, found: Identity) -> None:
        """Tell the log, once, of a meter that answers in its place."""
        if found == self._told:
            return
        self._told = found
        _LOGGER.error(
            "%s answers in the place of %s: nothing of it is read. If the meter was exchanged, start the flat once "
            "with --exchanged-meter; otherwise check the address and the unit number",
            found,
            self.identity,
        )

    async def keep(self) -> None:
        """Store who it is, once that is known.

        Raises StoreError.
        """
        await self._found.wait()
        assert self.identity is not None, "it was found"
        await self._store.note(_NOTE, json.dumps(asdict(self.identity)).encode())
