"""The rules of the market that hold, and those that will: what `building.yaml` says, numbered, and never changed.

Other rules than were told before hold from the first slot on whose first gate is still to come, by the old rules and by
the new ones: no round that was begun, and nothing that was ordered for it, is touched by them. A coordinator that was
built anew does not know what it has told: it begins with a number that is higher, and with a slot that is later. All
but the first of all have the time as their number, so that no two have one, whatever a database was set back to; and
none are made by a clock that does not agree with what flats have told: what is told holds for good.

Who may not be billed does not trade, for its neighbours would be billed the grid's price for what they had traded with
it. Where the building has accounts, the rules leave out whose meter's papers do not allow it: those of the month that
the rules begin to hold in, so that they change with the first slot of a month in which a verification has ended.
Papers are read anew when their file has changed (`meterpapers`). Accounts that cannot be read change nothing that was
told; where nothing was, nobody trades until they can be.
"""

from collections.abc import Sequence
from dataclasses import replace
import logging
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import Kind
from localvpp.market.rounds import Rules
from localvpp.settlement.month import unfit
from localvpp.settlement.tariff import Month

from ..config import BuildingConfig, MarketRulesConfig
from ..store import entries as entry_store, market as store
from .gates import holding
from .lines import lines_of
from .meterpapers import PapersOfMeters
from .troubles import LostError

TOLD_AHEAD_S: Final = 600
"""So long before the first gate of a slot that follows new rules they are told."""
MOST_TO_COME: Final = 16
"""From so many slots to come other rules may hold, for flats keep 32: what changes again and again waits its turn."""

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
    since = earliest(known, wanted, now_ms, slot_seconds, traded)
    if not known:
        return wanted if traded is None else replace(wanted, number=now_ms // 1000, since=since)
    newest = known[-1]
    if replace(wanted, number=newest.number, since=newest.since) == newest:
        return None
    return replace(wanted, number=max(newest.number + 1, now_ms // 1000), since=since)


def earliest(known: Sequence[Rules], wanted: Rules, now_ms: int, slot_seconds: int, traded: int | None = None) -> int:
    """Return the first slot that rules which are told now can hold for."""
    lead_s = TOLD_AHEAD_S + max(each.lead_s(0) for each in (*known, wanted))
    first = ((now_ms // 1000 + lead_s) // slot_seconds + 1) * slot_seconds
    if known:
        return max(first, known[-1].since)
    return now_ms // 1000 if traded is None else max(first, traded + slot_seconds)


class Ruling:
    """The rules, oldest first."""

    def __init__(
        self, config: BuildingConfig, market: MarketRulesConfig, engine: AsyncEngine, papers: PapersOfMeters
    ) -> None:
        self._config = config
        self._engine = engine
        self._papers = papers
        self._traded: int | None = None
        """The latest slot that the log has a book of, where no rules are known."""
        self._said = rules_of(config, market)
        """What the building's file says."""
        self._waits = False
        """Whether other rules wait for those to come to hold, so that the log says it once."""
        self.all: tuple[Rules, ...] = ()

    async def resume(self, now_ms: int) -> None:
        """Know what was told; the first rules of a building that has never traded are told at once."""
        await self._papers.begin()
        async with self._engine.begin() as connection:
            self.all = tuple(Rules.decode(document) for document in await store.rules(connection))
            if not self.all:
                self._traded = await entry_store.latest_slot(connection, Kind.BOOK)
        self._look_for_papers()
        if not self.all and self._traded is None and not self._papers.doubtful:
            await self.renew(self._wanted(now_ms))

    def _look_for_papers(self) -> None:
        """Do not take a file that was taken away for none: whom rules leave out, and nothing here does, it left out.

        Or the building's file did, and does no more: what was told does not say which.
        """
        if self._papers.known is not None or self._papers.doubtful or self._config.accounts is None or not self.all:
            return
        newest = self.all[-1]
        if out := sorted((newest.without - self._said.without) & set(self._config.flats)):
            self._papers.miss(
                f"is not there, and the rules {newest.number} leave out {', '.join(out)}: put it back; a building that"
                " keeps no accounts here says `settlement: null` in its file"
            )

    async def look(self) -> None:
        """Read again what rules are made of, if it has changed."""
        await self._papers.look()

    def news(self, now_ms: int) -> Rules | None:
        """Return the rules that are to be told beside those that were; None when those say the same."""
        if self._papers.doubtful:
            return None
        new = following(self.all, self._wanted(now_ms), now_ms, self._config.slot_seconds, self._traded)
        to_come = {each.since for each in self.all if each.since > now_ms // 1000}
        waits = new is not None and len(to_come | {new.since}) > MOST_TO_COME
        if waits and not self._waits:
            _log.warning(
                "Other rules of the market wait: from %s slots to come on rules hold that were told before",
                len(to_come),
            )
        self._waits = waits
        return None if waits else new

    def _wanted(self, now_ms: int) -> Rules:
        """Return what is to hold from the first slot on that rules of now can hold for."""
        if self._papers.known is None:
            return self._said
        since = earliest(self.all, self._said, now_ms, self._config.slot_seconds, self._traded)
        out = unfit(self._config.flats, self._papers.known, Month.of(since))
        return replace(self._said, without=self._said.without | out.keys())

    async def renew(self, new: Rules) -> None:
        """Add rules to what was told. Raises SQLAlchemyError."""
        async with self._engine.begin() as connection:
            await store.add_rules(connection, new.number, new.encode())
        _log.info("Rules %s of the market hold from slot %s on", new.number, new.since)
        if left_out := sorted(new.without - (self.all[-1].without if self.all else frozenset())):
            _log.warning("They leave out: %s", ", ".join(left_out))
        self.all = (*self.all, new)

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
