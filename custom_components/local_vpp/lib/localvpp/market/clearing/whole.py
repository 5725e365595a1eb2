"""Orders that refuse parts: all or nothing, at least so much, blocks over slots.

A choice is which of them are left out. What remains is cleared as if it could be divided, and the choice is good if
every such order then trades enough of its energy, or nothing. So one that trades is worth it at the price that all pay
(never paradoxically accepted), while one that would be worth it may have to stand back (paradoxically rejected), as in
Europe's day-ahead markets.

Which choice is best is an integer program. Three searches look for it, each from where the one before has come: one
leaves out what disturbs least until all is good, and always ends; `milp` proposes, where HiGHS is installed; and one
branches over what is left out, bounded by what clearing without it is worth, until nothing better is possible or its
steps are used up. All are judged by what comes out of clearing, and the distance to what the book would be worth if
everything could be divided is told as the gap (`bound`).

How far they go is counted in steps, never in time: the same effort ends with the same choice on every machine, but for
HiGHS, whose numbers are floating.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
import hashlib
from typing import Final

import numpy as np

from ..arrays import Flags
from ..book import Book
from ..errors import StoppedError
from ..order import Order
from ..result import Bound
from ..rules import Objective, PriceRule
from .bound import bound_of, worth
from .milp import Program, is_installed
from .stages import Market, Staged, run_stages

type Group = tuple[Order, ...]

_STEPS: Final = 200_000
"""Orders looked at by a search: in a building's book of a hundred, two thousand choices, in less than a second."""
_STEPS_OVER_LINES: Final = 5_000
"""The same with energy as the goal and lines that limit, where clearing takes that much longer."""
_LEAST, _LEAST_OVER_LINES = 10, 3
"""Choices that are looked at in the largest book, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard the best choice is searched for."""

    programmed: bool = True
    """Whether HiGHS is asked, where it is installed."""
    times: int = 1
    """How many times the usual steps are gone."""
    turn: bytes = b""
    """Draws which group is decided first: of several who search on from the canonical choice, each may so come to
    another place."""
    stopped: Callable[[], bool] = lambda: False
    """Asked with each choice that is looked at: when nobody waits for the search any more it ends."""

    def first(self, groups: list[int]) -> int:
        """Return which of the groups of a choice is decided next."""
        if not self.turn:
            return groups[0]
        return min(groups, key=lambda group: hashlib.sha256(self.turn + group.to_bytes(4)).digest())


USUAL: Final = Effort()
CANONICAL: Final = Effort(programmed=False)
"""What everybody comes to, with HiGHS or without."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """For each slot what is left out, and what bounds the objective; neither where nothing had to be chosen."""

    left_out: Sequence[Flags | None]
    bounds: tuple[Bound, ...] = ()
    bound: int | None = None
    value: int | None = None
    """What the choice is worth, where there was one."""

    def gap(self, gain: int) -> int:
        """Return how far this may be from the best; `gain` is that of the trades, if nothing was to be chosen."""
        return 0 if self.bound is None else self.bound - (gain if self.value is None else self.value)


def choose(book: Book, markets: list[Market], objective: Objective, rule: PriceRule, effort: Effort = USUAL) -> Chosen:
    """Return what is left out of a book."""
    # By their columns, so that of choices that are worth the same one is found first, whatever the order of arrival.
    groups = list(book.groups())
    if groups:
        places = places_of(markets)
        groups.sort(key=lambda group: min(places[order.id] for order in group))
    nothing = [None] * len(markets)
    if not groups and rule is not PriceRule.MCAFEE:
        return Chosen(nothing)
    bounds = [bound_of(market, objective) for market in markets]
    total = sum(value for _, value in bounds)
    told = tuple(bound for bound, _ in bounds)
    if not groups:
        return Chosen(nothing, told, total)
    search = _Search(
        markets, objective, rule, groups, replace(CANONICAL, stopped=effort.stopped) if effort.turn else effort
    )
    best = search.yielding()
    if effort.turn:
        # Who goes further begins where everybody comes to: else he might end with less.
        best = search.readmitting(search.branching(best))
        search.effort = effort
    if effort.programmed and is_installed() and objective is not Objective.FLOOR and best.value < total:
        best = search.programmed(best)
    best = search.readmitting(search.branching(best))
    return Chosen(search.flags(best.out), told, total, best.value)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Groups that are left out, those that trade, and too little, and what all trades are worth."""

    out: frozenset[int]
    trading: tuple[int, ...]
    broken: tuple[int, ...]
    value: int


@dataclass(slots=True)
class _Search:
    markets: list[Market]
    objective: Objective
    rule: PriceRule
    groups: list[Group]
    effort: Effort = USUAL
    places: dict[str, tuple[int, int]] = field(init=False)
    judged: dict[frozenset[int], _Choice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = places_of(self.markets)

    def flags(self, out: frozenset[int]) -> list[Flags]:
        """Return for each slot which orders are left out."""
        flags = [np.zeros(len(market.orders), np.bool_) for market in self.markets]
        for group in out:
            for order in self.groups[group]:
                slot, index = self.places[order.id]
                flags[slot][index] = True
        return flags

    def judge(self, out: frozenset[int]) -> _Choice:
        """Clear without some groups."""
        if out not in self.judged:
            if self.effort.stopped():
                raise StoppedError(f"the search was stopped after {len(self.judged)} choices")
            fills, value = list[dict[int, int]](), 0
            for market, flags in zip(self.markets, self.flags(out), strict=True):
                stages = run_stages(market, self.objective, self.rule, flags)
                fills.append(_total(stages))
                value += worth(market, self.objective, fills[-1], flags)
            trading, broken = list[int](), list[int]()
            for number, group in enumerate(self.groups):
                filled = [fills[slot].get(index, 0) for slot, index in (self.places[order.id] for order in group)]
                if any(filled):
                    trading.append(number)
                    if any(wh < order.least_wh for order, wh in zip(group, filled, strict=True)):
                        broken.append(number)
            self.judged[out] = _Choice(out, tuple(trading), tuple(broken), value)
        return self.judged[out]

    def yielding(self) -> _Choice:
        """Leave out one group after the other, that one of which the rest is worth most, until all is good."""
        choice, most = self.judge(frozenset()), self._most_judged()
        while choice.broken:
            if len(self.judged) + len(choice.broken) > most:
                # Where what is scarce is shared many are served in part, and to try out each of them takes too long.
                at_once = 2 if self._is_slow else 8
                choice = self.judge(choice.out.union(choice.broken[: -(-len(choice.broken) // at_once)]))
                continue
            choice = max(
                (self.judge(choice.out | {number}) for number in choice.broken),
                key=lambda one: (one.value, -len(one.broken), sorted(one.out)),
            )
        return choice

    def programmed(self, best: _Choice) -> _Choice:
        """Ask the integer program, which knows no prices; refuse a choice of its that is not good, and ask again."""
        program = Program(self.markets, self.objective, self.groups)
        while (answer := program.solve()) is not None and answer.bound > best.value:
            choice = self.judge(answer.out)
            if not choice.broken and choice.value > best.value:
                best = choice
            program.refuse(answer.out)
        return best

    def branching(self, best: _Choice) -> _Choice:
        """Try to leave out, and to keep, one group after the other, where more might be possible than is known."""
        most = len(self.judged) + self._most_judged()
        waiting = [(frozenset[int](), frozenset[int]())]
        while waiting and len(self.judged) < most:
            out, kept = waiting.pop()
            choice = self.judge(out)
            # Leaving out more makes nothing worth more, so what is below this choice is not better than it. (Where
            # some are served first that may fail, and a better choice be missed.)
            if choice.value <= best.value:
                continue
            if not choice.broken:
                best = choice
                continue
            undecided = [number for number in (*choice.broken, *choice.trading) if number not in kept]
            if undecided:
                next_ = self.effort.first(undecided)
                waiting += [(out, kept | {next_}), (out | {next_}, kept)]
        return best

    @property
    def _is_slow(self) -> bool:
        return self.objective is Objective.ENERGY and bool(self.markets[0].tree.levels)

    def _most_judged(self) -> int:
        """Return how many choices can be looked at in the time that a slot has."""
        steps, least = (_STEPS_OVER_LINES, _LEAST_OVER_LINES) if self._is_slow else (_STEPS, _LEAST)
        return max(steps * self.effort.times // sum(len(market.orders) for market in self.markets), least)

    def readmitting(self, best: _Choice) -> _Choice:
        """Take groups back that do no harm, so that few are left out for nothing."""
        most = len(self.judged) + self._most_judged()
        for number in sorted(best.out):
            if len(self.judged) >= most:
                break  # Each of them costs a clearing, and there may be as many as orders.
            again = self.judge(best.out - {number})
            if not again.broken and again.value >= best.value:
                best = again
        return best


def places_of(markets: list[Market]) -> dict[str, tuple[int, int]]:
    """Return for each order the number of its slot and its place in the columns there."""
    return {order.id: (slot, place) for slot, market in enumerate(markets) for place, order in enumerate(market.orders)}


def _total(stages: list[Staged]) -> dict[int, int]:
    total: dict[int, int] = {}
    for staged in stages:
        for member, fill in zip(staged.members.tolist(), staged.fills.tolist(), strict=True):
            total[member] = total.get(member, 0) + fill
    return total
