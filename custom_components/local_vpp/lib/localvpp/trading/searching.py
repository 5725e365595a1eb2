"""Looks for a better result than the best so far, where orders of a round's book refuse parts, and proposes it.

It runs beside all else, one book after the other, in a thread and in steps that are counted. What is found is durable
before it is proposed: this flat agrees to nothing that is worse.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
import logging
import threading

from ..clock import Clock
from ..market import MarketError
from ..market.rounds import OpenedBook, Outcome, bid_of, digest, not_better, searched
from ..traded import untellable
from ..wire import FromFlat, OpenBook, Proposal, RoundName, no_room, room_for_result
from .shelf import Shelf

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Wanted:
    book: bytes
    best: bytes
    until_ms: int
    room: int
    """Bytes that a better result may have, so that all can be told of it."""


class Searching:
    """Of one flat. All that waits raises StoreError when the store fails.

    Args:
        flat: its name.
        turn: draws where it looks: not where all others do.
        shelf: its rounds.
        lock: is held while one of them changes.
        clock: its wall time.
        tell: sends to the building, if the link is up, and says whether it is.
    """

    def __init__(
        self,
        flat: str,
        turn: bytes,
        shelf: Shelf,
        lock: asyncio.Lock,
        clock: Clock,
        tell: Callable[[FromFlat], bool],
    ) -> None:
        self._flat = flat
        self._turn = turn
        self._shelf = shelf
        self._lock = lock
        self._clock = clock
        self._tell = tell
        self._wanted: dict[RoundName, _Wanted] = {}
        self._looked: set[bytes] = set()
        """Books that were searched, or are, since the flat was started."""
        self._news = asyncio.Event()

    def look(self, said: OpenBook, until_ms: int) -> None:
        """Search a book, once, as long as proposals are taken."""
        now_ms = self._clock.wall_ms()
        self._wanted = {each: wanted for each, wanted in self._wanted.items() if now_ms < wanted.until_ms}
        name = digest(said.book)
        if not self._wanted:
            self._looked = {name} & self._looked
        if now_ms < until_ms and name not in self._looked:
            self._looked.add(name)
            self._wanted[said.at] = _Wanted(said.book, said.result, until_ms, room_for_result(said))
            self._news.set()

    async def run(self) -> None:
        """Search what is to be searched, until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._wanted:
                at, wanted = next(iter(self._wanted.items()))
                if self._clock.wall_ms() < wanted.until_ms:
                    await self._search(at, wanted)
                self._wanted.pop(at, None)

    async def _search(self, at: RoundName, wanted: _Wanted) -> None:
        stop = threading.Event()
        try:
            found = await asyncio.to_thread(_better, wanted.book, wanted.best, self._turn, stop.is_set)
        except MarketError as error:
            _LOGGER.warning("Flat %s cannot search the book of %s: %s", self._flat, at, error)
            return
        except Exception:
            # Whatever is wrong with a search, the living room's protection runs beside it.
            _LOGGER.exception("Flat %s has not searched the book of %s", self._flat, at)
            return
        finally:
            stop.set()  # Of one that is cancelled the thread would go on.
        if found is None:
            return
        if too_large := no_room(found, wanted.room):
            _LOGGER.warning(
                "Flat %s proposes nothing for %s: what it has found cannot be told: %s", self._flat, at, too_large
            )
            return
        async with self._lock:
            kept, now_ms = await self._shelf.of(at), self._clock.wall_ms()
            if kept is None or kept.best is None or kept.book is not None or kept.ended or now_ms >= wanted.until_ms:
                return  # It is too late, for all.
            _LOGGER.info("Flat %s proposes a better result for %s", self._flat, at)
            await self._shelf.change(replace(kept, proposal=found))
            if self._tell(Proposal(at, found)):
                await self._shelf.change(replace(kept, proposal=found, proposed_ms=now_ms))

    async def unsent(self) -> None:
        """Take what was proposed over a connection that has ended, and is not answered, as not sent.

        Nobody knows whether it has arrived: it is proposed again, and until then is held against nobody.
        """
        for kept in tuple(self._shelf.rounds.values()):
            if kept.proposed_ms is not None and kept.proposal_record is None and kept.book is None and not kept.ended:
                await self._shelf.change(replace(kept, proposed_ms=None))


def _better(book: bytes, best: bytes, turn: bytes, stopped: Callable[[], bool] = lambda: False) -> bytes | None:
    """Return a result that is right and worth more than the best so far. Raises MarketError."""
    opened = OpenedBook.decode(book)
    document = searched(opened, book, turn, stopped).encode()
    beaten, _ = bid_of(best, book)
    if beaten is not None and not_better(Outcome.decode(document).result, beaten.result) is not None:
        return None
    bid, found = bid_of(document, book)
    if bid is None:
        raise MarketError(f"what was found is not right: {'; '.join(found)}")
    return None if untellable(opened, document, bid.result) else document
