"""Writes the building's records of a round: each names one document, and none is written when it is too late for it."""

from collections.abc import Callable, Sequence

from sqlalchemy import Executable

from localvpp.clock import Clock
from localvpp.etp import Body, Kind, Record
from localvpp.market.rounds import digest
from localvpp.market_record import market_body

from ..ledger import LedgerUnavailableError, Scribe
from .hearing import Round


class Writing:
    """Of all rounds."""

    def __init__(self, scribe: Scribe, clock: Clock) -> None:
        self._scribe = scribe
        self._clock = clock

    async def write(
        self,
        kind: Kind,
        known: Round,
        document: bytes,
        follows: Callable[[Record], Executable],
        until_ms: int | None = None,
    ) -> Record:
        """Log the record that names a document, with the statement that names the record; return it.

        It is sealed while the round is not over, and before a time.

        Raises RefusedError, LedgerUnavailableError.
        """
        stored = known.stored

        def says(_: Sequence[Record]) -> tuple[Kind, int, Body]:
            # When it is about to be sealed: another writer may have kept it waiting. See `market_record.late_ms`.
            now_ms = self._clock.wall_ms()
            if now_ms >= known.end_ms:
                raise LedgerUnavailableError(f"{known.at} is over: no {kind.name} record is written of it")
            if until_ms is not None and now_ms >= until_ms:
                raise LedgerUnavailableError(f"it is too late for a {kind.name} record of {known.at}")
            body = market_body(
                document=digest(document),
                written_ms=now_ms,
                sender=self._scribe.device,
                receiver=self._scribe.device,
                slot_seconds=stored.seconds,
            )
            return kind, stored.slot, body

        (record,) = await self._scribe.write([says], lambda sealed: [follows(sealed[0])])
        return record
