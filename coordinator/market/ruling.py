"""The rules of the market that hold, and those that will: what `building.yaml` says, numbered, and never changed.

Other rules than were told before hold from the first slot on whose first gate is still to come, by the old rules and by
the new ones: no round that was begun, and nothing that was ordered for it, is touched by them. A coordinator that was
built anew does not know what it has told: it begins with a number that is higher, and with a slot that is later. All
but the first of all have the time as their number, so that no two have one, whatever a database was set back to; and
none are made by a clock that does not agree with what flats have told: what is told holds for good.
"""

from collections.abc import Sequence
from dataclasses import replace
import logging
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import Kind
from localvpp.market.rounds import Rules

from ..config import BuildingConfig, MarketRulesConfig
from ..store import entries as entry_store, market as store
from .gates import holding
from .lines import lines_of
from .troubles import LostError

TOLD_AHEAD_S: Final = 600
"""So long before the first gate of a slot that follows new rules they are told."""

_log = logging.getLogger(__name__)


def rules_of(config: BuildingConfig, market: MarketRulesConfig) -> Rules:
    """Return what the building's file says, as the first rules of all. Raises MarketError."""
    lines = lines_of(config.drills.lines, config.flats, config.slot_seconds)
    return Rules(
        origin=config.origin,
        number=0,
        since=0,
        gate_s=market.gate_s,
        show_s=market.show_s,
        leads_s=market.leads_s,
        objective=market.objective,
        price=market.price,
        nodes=lines.nodes,
        places=lines.places,
        without=market.without,
    )


def following(
    known: Sequence[Rules], wanted: Rules, now_ms: int, slot_seconds: int, traded: int | None = None
) -> Rules | None:
    """Return the rules that are to be told beside those that are known; None when the newest of them are these.

    `traded` is the latest slot that the log has a book of, where none are known.
    """
    if not known:
        if traded is None:
            return wanted
        lead_s = TOLD_AHEAD_S + wanted.lead_s(0)
        first = ((now_ms // 1000 + lead_s) // slot_seconds + 1) * slot_seconds
        return replace(wanted, number=now_ms // 1000, since=max(first, traded + slot_seconds))
    newest = known[-1]
    if replace(wanted, number=newest.number, since=newest.since) == newest:
        return None
    lead_s = max(each.lead_s(0) for each in (*known, wanted))
    first = ((now_ms // 1000 + TOLD_AHEAD_S + lead_s) // slot_seconds + 1) * slot_seconds
    return replace(wanted, number=max(newest.number + 1, now_ms // 1000), since=max(first, newest.since))


class Ruling:
    """The rules, oldest first."""

    def __init__(self, config: BuildingConfig, market: MarketRulesConfig, engine: AsyncEngine) -> None:
        self._config = config
        self._market = market
        self._engine = engine
        self._traded: int | None = None
        """The latest slot that the log has a book of, where no rules are known."""
        self.all: tuple[Rules, ...] = ()
        self.is_new = False
        """Whether the building's file says something else than was told last."""

    async def resume(self) -> None:
        """Know what was told; the first rules of a building that has never traded are told at once."""
        async with self._engine.begin() as connection:
            self.all = tuple(Rules.decode(document) for document in await store.rules(connection))
            if not self.all:
                self._traded = await entry_store.latest_slot(connection, Kind.BOOK)
        self.is_new = (
            following(self.all, rules_of(self._config, self._market), 0, self._config.slot_seconds) is not None
        )
        if not self.all and self._traded is None:
            await self.renew(0)

    async def renew(self, now_ms: int) -> Rules:
        """Add what the building's file says to what was told. Raises SQLAlchemyError."""
        wanted = rules_of(self._config, self._market)
        new = following(self.all, wanted, now_ms, self._config.slot_seconds, self._traded)
        assert new is not None, "it was seen that they are other ones"
        async with self._engine.begin() as connection:
            await store.add_rules(connection, new.number, new.encode())
        _log.info("Rules %s of the market hold from slot %s on", new.number, new.since)
        self.all, self.is_new = (*self.all, new), False
        return new

    def of(self, slot: int) -> Rules | None:
        """Return the rules of a slot; None for one of before a coordinator was built anew."""
        return holding(self.all, slot)

    def numbered(self, number: int) -> Rules:
        """Return rules by their number. Raises LostError."""
        found = next((each for each in self.all if each.number == number), None)
        if found is None:
            raise LostError(f"the rules {number} that it was begun by are not here")
        return found

    def current(self, now_ms: int) -> tuple[Rules, ...]:
        """Return those that hold for a slot that is not over, oldest first."""
        now_s = now_ms // 1000
        present = self.of(now_s - self._config.slot_seconds)
        return tuple(each for each in self.all if present is None or each.number >= present.number)
