"""What flats are told of a round, each in words that are signed for it."""

from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import DeviceId
from localvpp.market.rounds import digest
from localvpp.wire import (
    FromCoordinator,
    GateClosed,
    MarketRules,
    MarketSaid,
    MarketWord,
    OpenBook,
    OrdersTaken,
    Proposed,
    Shared,
)

from ..config import MarketRulesConfig
from ..ledger import Ledger
from ..link import Hub
from ..store.market import StoredRound
from .books import TooLargeError
from .ending import Ended
from .herald import Herald
from .proofs import open_book, signed, traded


class Telling:
    """Tells. All of it raises SignerUnavailableError; what brings proofs, TlogError, OSError, SQLAlchemyError, too."""

    def __init__(
        self,
        rules: MarketRulesConfig,
        engine: AsyncEngine,
        ledger: Ledger,
        hub: Hub,
        herald: Herald,
    ) -> None:
        self._rules = rules
        self._engine = engine
        self._ledger = ledger
        self._hub = hub
        self._herald = herald

    async def rules(self, device: DeviceId, node: str | None) -> None:
        """Tell the rules, and where the flat hangs."""
        rules = self._rules
        word = MarketRules(
            gate_s=rules.gate_s,
            show_s=rules.show_s,
            objective=rules.objective.value,
            price=rules.price.value,
            node=node,
        )
        await self._say(device, word)

    async def closed(self, device: DeviceId, stored: StoredRound) -> None:
        """Tell that the gate is closed."""
        await self._say(device, GateClosed(stored.slot, stored.log_size), stored.checkpoint.decode())

    async def taken(self, device: DeviceId, slot: int, orders: bytes) -> None:
        """Tell that a flat's orders are durable."""
        await self._say(device, OrdersTaken(slot, orders))

    async def shared(self, device: DeviceId, slot: int, why: str) -> None:
        """Tell that the slot is settled by the sharing key."""
        await self._say(device, Shared(slot, why))

    async def message(self, stored: StoredRound) -> OpenBook | None:
        """Return a round's book and result with their proofs; None while the book is not published.

        Raises TooLargeError.
        """
        return await open_book(self._engine, self._ledger, stored)

    async def proposed(self, device: DeviceId, message: OpenBook) -> None:
        """Show book and result."""
        word = Proposed(message.slot, digest(message.book), digest(message.result))
        self._send(device, signed(message, await self._herald.said(device, word)))

    async def ended(self, device: DeviceId, stored: StoredRound) -> None:
        """Tell what came of a round; of one that was traded, after its book."""
        if stored.ended == Ended.SHARED:
            await self.shared(device, stored.slot, stored.why or "")
        elif stored.cleared is not None and (message := await traded(self._engine, self._ledger, stored)) is not None:
            self._send(device, message)

    async def late(self, device: DeviceId, stored: StoredRound) -> None:
        """Tell what came of a round that the flat was away for, its book first."""
        if stored.book is not None and stored.result is not None and stored.book_record is not None:
            with suppress(TooLargeError):  # Then it was not traded either.
                message = await self.message(stored)
                if message is not None:
                    await self.proposed(device, message)
        await self.ended(device, stored)

    async def _say(self, device: DeviceId, word: MarketWord, checkpoint: str = "") -> None:
        if device in self._hub:
            self._send(device, MarketSaid(await self._herald.said(device, word), checkpoint))

    def _send(self, device: DeviceId, message: FromCoordinator) -> None:
        self._hub.send(device, message)
