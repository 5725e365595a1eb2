"""Says the building's words on a drill: signed for each flat, before anything of them is kept or sent."""

from functools import partial
from typing import Final

from localvpp.etp import DeviceId, Signer, off_loop
from localvpp.islanding.report import Level
from localvpp.wire import CALL_LENGTH, DrillSaid, DrillWord, Says, sign_drill_word

from ..store.drills import StoredDrill
from .bounds import CALL_MS

_NO_CALL: Final = bytes(CALL_LENGTH)


class Herald:
    """Makes the words; all of it raises SignerUnavailableError."""

    def __init__(self, signer: Signer, building: DeviceId, origin: str) -> None:
        self._signer = signer
        self._building = building
        self._origin = origin

    async def announced(self, drill: StoredDrill, device: DeviceId) -> DrillSaid:
        """Say when the drill takes place."""
        assert drill.announced_ms is not None, "it is announced"
        begins = drill.announced_ms
        return await self._said(drill, device, Says.ANNOUNCED, _NO_CALL, begins, begins + drill.within_s * 1000)

    async def go(self, drill: StoredDrill, device: DeviceId, call: bytes, now_ms: int) -> DrillSaid:
        """Say that a flat's turn has come."""
        return await self._said(drill, device, Says.GO, call, now_ms, now_ms + CALL_MS)

    async def back(self, drill: StoredDrill, device: DeviceId, call: bytes, now_ms: int) -> DrillSaid:
        """Say that a flat is to end what it was called for."""
        return await self._said(drill, device, Says.RETURN, call, now_ms, now_ms + CALL_MS)

    async def _said(
        self, drill: StoredDrill, device: DeviceId, says: Says, call: bytes, from_ms: int, until_ms: int
    ) -> DrillSaid:
        word = DrillWord(
            says=says,
            drill=drill.drill,
            call=call,
            level=Level(drill.level),
            length_s=drill.length_s,
            from_ms=from_ms,
            until_ms=until_ms,
        )
        sign = partial(sign_drill_word, self._signer, self._building, self._origin, device, word)
        return DrillSaid(await off_loop(self._signer, sign))
