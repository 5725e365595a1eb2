"""Closes the gates: at the log's head, each once, and never ahead of the time that flats know of."""

import logging
from typing import Final

from localvpp.clock import Clock
from localvpp.etp import DeviceId
from localvpp.market.rounds import MOST_OFFERS, GateList
from localvpp.tlog import TlogError
from localvpp.wire import RoundName

from ..config import BuildingConfig
from ..ledger import Ledger
from ..store import market as store
from ..store.keyed import enrolled_since
from ..store.market import StoredRound
from ..store.orders import committed, orders_at
from .board import Board
from .ending import Ended, Why
from .gates import due
from .proofs import lost_round, ordering
from .telling import Telling

AHEAD_SLOTS: Final = 3
"""A clock is believed as long as some flat's record is no older than so many slots: flats tell of each slot."""

_log = logging.getLogger(__name__)


class Closing:
    """Of all rounds."""

    def __init__(self, config: BuildingConfig, board: Board, ledger: Ledger, telling: Telling, clock: Clock) -> None:
        self._config = config
        self._board = board
        self._ledger = ledger
        self._telling = telling
        self._clock = clock
        self._ahead = False

    async def second(self) -> None:
        """Close the gates that are due.

        Raises SQLAlchemyError, SignerUnavailableError, TlogError, OSError.
        """
        board, now_ms = self._board, self._clock.wall_ms()
        wanted = due(now_ms, self._config.slot_seconds, board.ruling.all)
        board.closed.intersection_update(wanted)
        open_ = [at for at in wanted if at not in board.closed]
        if not open_:
            return
        async with board.engine.connect() as connection:
            board.closed |= await store.known(connection, open_)
        for at in open_:
            if at not in board.closed and await self._is_time(now_ms):
                await self._close(at)
                board.closed.add(at)

    async def _is_time(self, now_ms: int) -> bool:
        """Whether flats know of a time near that of this clock, which may have stood wrong when it was started.

        A gate that is closed too early cannot be opened again; one that waits for flats keeps nobody from ordering.
        """
        told_ms = await self._board.told_ms()
        if told_ms is None:
            return True  # Nobody has ordered either.
        ahead = now_ms > told_ms + AHEAD_SLOTS * self._config.slot_seconds * 1000
        if ahead and not self._ahead:
            _log.warning(
                "No gate is closed: this clock is %s s after all that flats have told", (now_ms - told_ms) // 1000
            )
        elif self._ahead and not ahead:
            _log.info("Gates are closed again: flats have told of the present")
        self._ahead = ahead
        return not ahead

    async def _close(self, at: RoundName) -> None:
        """Close a round's gate at the log's head."""
        head = self._ledger.published
        if head is None:
            raise TlogError("the log has no head yet")
        board, now_ms = self._board, self._clock.wall_ms()
        rules = board.ruling.of(at.slot)
        assert rules is not None, "it is due by them"
        async with board.engine.connect() as connection:
            before = [each.log_size for each in await store.of_slot(connection, at.slot) if each.number < at.number]
            log_since = max(before, default=0)
            orders = await orders_at(connection, at.slot, log_since, head.size)
            lost = await lost_round(connection, at, rules)
            newer = await enrolled_since(connection, head.size)  # Flats count no word of theirs.
        # What a record names that has no body any more nobody knows: it is left out, and its flat finds that.
        known = committed(orders)
        if silent := sorted(device.hex() for device in orders.keys() - known.keys()):
            _log.error("In %s orders have no bodies any more, and are left out: those of %s", at, ", ".join(silent))
        ended = lost or (Ended.UNTRADED if not known or len(known) > MOST_OFFERS else None)
        why = Why.TOO_LARGE if len(known) > MOST_OFFERS else Why.NO_ORDERS if not orders else Why.REBUILT
        listed = None if ended else GateList.of(self._config.origin, at.slot, at.number, known.values())
        stored = StoredRound(
            slot=at.slot,
            number=at.number,
            seconds=self._config.slot_seconds,
            rules=rules.number,
            closed_ms=now_ms,
            log_since=log_since,
            log_size=head.size,
            listed=None if listed is None else listed.encode(),
            checkpoint=head.checkpoint,
            voters=tuple(device for device in board.present() if device not in newer),
            enrolled=board.enrolled(),
            ended=ended,
            ended_ms=None if ended is None else now_ms,
            why=None if ended is None else Why.REBUILT if lost else why,
        )
        async with board.engine.begin() as connection:
            await store.add(connection, stored)
        if ended is None:
            board.rounds[at] = await board.known(stored)
            _log.debug("The gate of %s is closed at %s entries, %s flats order", at, head.size, len(orders))
            for device in tuple(board.listening):
                await self._telling.closed(device, stored)
            return
        # Whoever trades has to know what came of each round: that nothing did, too.
        for device in tuple(board.listening):
            await self._telling.ended(device, stored)

    async def missed(self, at: RoundName, device: DeviceId) -> StoredRound | None:
        """Return a round that is over, whose gate was never closed, of a slot that a flat has logged orders for."""
        board, now_ms, head = self._board, self._clock.wall_ms(), self._ledger.published
        rules = board.ruling.of(at.slot)
        if head is None or rules is None or at.slot % self._config.slot_seconds or at.number > rules.last:
            return None
        async with board.engine.connect() as connection:
            has_ordered = device in await ordering(connection, at.slot)
            lost = await lost_round(connection, at, rules)
        if not has_ordered or now_ms < rules.end_ms(at.slot, at.number):
            return None
        stored = StoredRound(
            slot=at.slot,
            number=at.number,
            seconds=self._config.slot_seconds,
            rules=rules.number,
            closed_ms=now_ms,
            log_since=0,
            log_size=0,
            checkpoint=head.checkpoint,
            voters=(),
            enrolled=board.enrolled(),
            ended=lost or Ended.UNTRADED,
            ended_ms=now_ms,
            why=Why.REBUILT if lost else Why.MISSED,
        )
        async with board.engine.begin() as connection:
            await store.add(connection, stored)
        return stored
