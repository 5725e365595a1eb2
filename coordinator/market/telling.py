"""What flats are told of a round, each in words that are signed for it."""

from dataclasses import replace
import logging

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import DeviceId
from localvpp.market.rounds import Rules, digest
from localvpp.wire import (
    BestSoFar,
    FromCoordinator,
    GateClosed,
    MarketRules,
    MarketSaid,
    MarketWord,
    OpenBook,
    OrdersTaken,
    Proposed,
    RoundName,
    Untraded,
)

from ..ledger import Ledger
from ..link import Hub
from ..store.market import StoredRound
from .books import TooLargeError
from .ending import Ended
from .herald import Herald
from .proofs import open_book, signed, traded

_log = logging.getLogger(__name__)


class Telling:
    """Tells. All of it raises SignerUnavailableError; what brings proofs, TlogError, OSError, SQLAlchemyError, too."""

    def __init__(
        self,
        engine: AsyncEngine,
        ledger: Ledger,
        hub: Hub,
        herald: Herald,
    ) -> None:
        self._engine = engine
        self._ledger = ledger
        self._hub = hub
        self._herald = herald

    async def rules(self, device: DeviceId, rules: Rules) -> None:
        """Tell rules that hold, or will."""
        document = rules.encode()
        word = MarketRules(rules.number, rules.since, digest(document))
        await self._say(device, word, document=document)

    async def closed(self, device: DeviceId, stored: StoredRound) -> None:
        """Tell that the gate is closed, and of which orders."""
        assert stored.listed is not None, "its gate was closed by this program"
        word = GateClosed(stored.at, stored.log_since, stored.log_size, digest(stored.listed))
        await self._say(device, word, stored.checkpoint.decode(), stored.listed)

    async def taken(self, device: DeviceId, at: RoundName, orders: bytes) -> None:
        """Tell that a flat's orders are durable."""
        await self._say(device, OrdersTaken(at, orders))

    async def untraded(self, device: DeviceId, at: RoundName, why: str) -> None:
        """Tell that nothing is traded by a round."""
        await self._say(device, Untraded(at, why))

    async def message(self, stored: StoredRound, best: bytes | None = None) -> OpenBook | None:
        """Return a round's book and result with their proofs; None while they are not published.

        Where the result is not fixed, the best so far is given. Raises TooLargeError.
        """
        return await open_book(self._engine, self._ledger, stored if best is None else replace(stored, result=best))

    async def best(self, device: DeviceId, message: OpenBook) -> None:
        """Show book and best result so far."""
        word = BestSoFar(message.at, digest(message.book), digest(message.result))
        self._send(device, signed(message, await self._herald.said(device, word)))

    async def proposed(self, device: DeviceId, message: OpenBook) -> None:
        """Show book and result."""
        word = Proposed(message.at, digest(message.book), digest(message.result))
        self._send(device, signed(message, await self._herald.said(device, word)))

    async def ended(self, stored: StoredRound, *devices: DeviceId) -> None:
        """Tell flats what came of a round, of one that was traded by one proof for all; after its book.

        Raises LostError.
        """
        if stored.ended == Ended.UNTRADED:
            for device in devices:
                await self.untraded(device, stored.at, stored.why or "")
            return
        if stored.cleared is None or not any(device in self._hub for device in devices):
            return
        if (message := await traded(self._engine, self._ledger, stored)) is not None:
            for device in devices:
                self._send(device, message)

    async def late(self, stored: StoredRound, *devices: DeviceId) -> None:
        """Tell flats what came of a round that they were away for, its book first."""
        message: OpenBook | None = None
        if stored.book is not None and stored.result is not None and stored.book_record is not None:
            try:
                message = await self.message(stored)
            except TooLargeError as error:
                # It was not traded either; or its proofs have grown with the log, many times what they were.
                _log.warning("Who asks for the book of %s is told what came of it alone: %s", stored.at, error)
        if message is not None:
            for device in devices:
                await self.proposed(device, message)
        await self.ended(stored, *devices)

    async def _say(self, device: DeviceId, word: MarketWord, checkpoint: str = "", document: bytes = b"") -> None:
        if device in self._hub:
            self._send(device, MarketSaid(await self._herald.said(device, word), checkpoint, document))

    def _send(self, device: DeviceId, message: FromCoordinator) -> None:
        self._hub.send(device, message)
