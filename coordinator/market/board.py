"""What the market knows of its rounds between two looks, and how it learns it from the database."""

from dataclasses import dataclass, field, replace
import logging

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.clock import Clock
from localvpp.etp import DeviceId, Kind, Standing
from localvpp.wire import RoundName

from ..ledger import Ledger
from ..link import Hub
from ..store import entries as entry_store, market as store
from ..store.market import StoredRound
from ..store.orders import committed, orders_at
from .ending import Ended, Why
from .hearing import Round
from .ruling import Ruling
from .troubles import LostError

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Board:
    """The rounds that have not ended, and who takes part."""

    engine: AsyncEngine
    ledger: Ledger
    hub: Hub
    ruling: Ruling
    clock: Clock
    rounds: dict[RoundName, Round] = field(default_factory=dict)
    closed: set[RoundName] = field(default_factory=set)
    """Of the rounds whose gates were due at the last look, those that the database is known to have."""
    listening: set[DeviceId] = field(default_factory=set)
    """Flats that take part: they have asked, over a connection that may have ended since."""
    doubtful: bool = False
    """Whether the database may hold more of a round than is known here: an answer was lost."""

    async def resume(self) -> None:
        """Know again what has not ended."""
        async with self.engine.connect() as connection:
            stored = await store.unended(connection)
        self.rounds, self.closed = {}, set()
        for each in stored:
            try:
                self.rounds[each.at] = await self.known(each)
            except LostError as error:
                _log.error("Nothing can be traded by %s: %s", each.at, error)
                why = Why.MISSED if each.listed is None else Why.REBUILT
                ended = replace(each, ended=Ended.UNTRADED, ended_ms=self.clock.wall_ms(), why=why)
                async with self.engine.begin() as connection:
                    await store.change(connection, ended)

    async def told_ms(self) -> int | None:
        """Return the latest time that flats' newest records tell of; None where there are none."""
        devices = [member.device for member in self.ledger.directory.flats]
        async with self.engine.connect() as connection:
            return await entry_store.newest_ms(connection, devices, (Kind.INTERVAL, Kind.ORDERS))

    async def known(self, stored: StoredRound) -> Round:
        """Return a round with what the database has of it. Raises LostError."""
        assert stored.rules is not None, "it has not ended"
        if stored.listed is None:
            raise LostError("its gate was closed by a former version, which listed no orders")
        async with self.engine.connect() as connection:
            orders = await orders_at(connection, stored.slot, stored.log_since, stored.log_size)
            shown = await store.shown(connection, stored.at)
            verdicts = await store.verdicts(connection, stored)
            proposals = await store.proposals(connection, stored.at)
        rules = self.ruling.numbered(stored.rules)
        show_until = self.clock.monotonic() + rules.show_s
        known = Round(stored, rules, committed(orders), show_until, shown, dict(verdicts))
        known.proposals = proposals
        return known

    def present(self) -> list[DeviceId]:
        """Return who takes part and is connected: active flats, for nobody else's word is taken."""
        return sorted(device for device in self.listening if device in self.hub and self._is_active(device))

    def enrolled(self) -> int:
        """Return how many active flats the building has."""
        return sum(member.standing is Standing.ACTIVE for member in self.ledger.directory.flats)

    def _is_active(self, device: DeviceId) -> bool:
        member = self.ledger.directory.get(device)
        return member is not None and member.standing is Standing.ACTIVE
