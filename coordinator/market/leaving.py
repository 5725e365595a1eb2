"""Leaves out of a round's result who gives no word on it, so that no flat keeps all others from trading.

A result counts only if each offer in it has a flat that vouches for it (`market.rounds.agreement`). A flat that dies
between showing its orders and its word, or refuses for nothing, would end the round for everybody. So, when three
quarters of the time for it are over, one second result is proposed: that of the same book without the offers that
nobody vouches for, cleared as everybody clears it. Orders and seed stay those that the gate has fixed: by its silence a
flat takes its own orders back, after it has seen the book, and no other flat's; where its order had made the price,
that becomes another one. There is no third.
"""

import asyncio
from collections.abc import Mapping
import logging
from typing import Final

from localvpp.clock import Clock
from localvpp.etp import DeviceId
from localvpp.market import MarketError
from localvpp.market.rounds import OpenedBook, Placed, canonical
from localvpp.traded import untellable
from localvpp.wire import RoundName, no_room, room_for_result

from .books import words_of
from .hearing import Leave, Round

_CLEARED_AT_ONCE: Final = 2
"""As of first results: the thread of one that refuses parts runs for seconds."""

_log = logging.getLogger(__name__)


class Leaving:
    """Of all rounds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._may_clear = asyncio.Semaphore(_CLEARED_AT_ONCE)
        self._work: set[asyncio.Task[bytes | None]] = set()

    async def close(self) -> None:
        """End what runs beside; a thread that clears goes on until its steps are used up, and is not waited for."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    def second(self, known: Round) -> bytes | None:
        """Return the result that is to be proposed in the place of the first one; None where none is, or not yet.

        While words come in it is worked out again: nobody is left out whose word is here.
        """
        if not self._is_due(known):
            return None
        book, vouching = known.stored.book, words_of(known.stored, known.verdicts).vouching
        assert book is not None, "it is proposed"
        if known.message is None:
            return None  # It is told again first, since the coordinator has lost sight of it.
        if known.leave is None or known.leave.vouching != vouching:
            self.forget(known)
            room = room_for_result(known.message)
            known.leave = Leave(vouching, self._begin(known.at, book, dict(known.shown), vouching, room))
            return None
        return known.leave.task.result() if known.leave.task.done() else None

    def forget(self, known: Round) -> None:
        """End the work on a round: it is over, or its second result is fixed, or made of fewer words."""
        if known.leave is not None:
            known.leave.task.cancel()
        known.leave = None

    def _is_due(self, known: Round) -> bool:
        stored, rules = known.stored, known.rules
        if stored.first is not None or stored.cleared is not None or known.open_since is None:
            return False
        # Whoever was away while nobody could be asked, the coordinator being down, has time for a word, too.
        opened_s = self._clock.monotonic() - known.open_since
        return self._clock.wall_ms() >= rules.words_ms(stored.slot, stored.number) and opened_s >= rules.word_s / 2

    def _begin(
        self, at: RoundName, book: bytes, shown: Mapping[DeviceId, bytes], vouching: frozenset[DeviceId], room: int
    ) -> asyncio.Task[bytes | None]:
        async def run() -> bytes | None:
            async with self._may_clear:
                try:
                    return await asyncio.to_thread(without_silent, book, shown, vouching, room)
                except MarketError as error:  # The first result stays.
                    _log.error("%s cannot be cleared without those who give no word: %s", at, error)
                except Exception:  # noqa: BLE001 - whatever it is, it is logged, and the first result stays
                    _log.exception("%s was not cleared without those who give no word, for a fault", at)
                return None

        task = asyncio.create_task(run())
        self._work.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[bytes | None]) -> None:
        self._work.discard(task)
        if not task.cancelled():
            task.exception()  # Whoever asks for the result is told.


def without_silent(
    book: bytes, shown: Mapping[DeviceId, bytes], vouching: frozenset[DeviceId], room: int
) -> bytes | None:
    """Return the result of a book without the offers that nobody vouches for. It takes its time.

    None where each has somebody, or without them nothing would be traded: then the first one stays, for words may come.
    So it does where flats could not be told of the other one, for which so many bytes are left. Raises MarketError.
    """
    opened = OpenedBook.decode(book)
    own = {Placed.decode(document).offer.blind for device, document in shown.items() if device in vouching}
    silent = [offer.blind for offer in opened.offers if offer.blind not in own]
    if not silent or len(silent) == len(opened.offers):
        return None
    outcome = canonical(opened, book, silent)
    document = outcome.encode()
    if not outcome.result.trades or untellable(opened, document, outcome.result) or no_room(document, room):
        return None
    return document
