"""Which prices, and which sharing key, hold for which slot: a list that only grows, and only towards the future.

A slot is settled by the prices and the key that its building had announced before it began. Whoever has seen the list
once can therefore check every slot for good (`known`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from .keys import DYNAMIC, KeyRule
from .slot_prices import SlotPrices

MOST_TOLD: Final = 64
"""Periods that terms tell of, the newest ones: a statement has 4 KiB at most, and prices change a few times a year."""
_LATEST: Final = 2**63 - 1
"""What every database holds in an integer."""
_LONGEST_WORD: Final = 64


@dataclass(frozen=True, slots=True)
class PricePeriod:
    """Prices and key, and the begin of the first slot (seconds of Unix time) that they hold for."""

    since: int
    prices: SlotPrices
    key: str = DYNAMIC.word
    """The key's word (`KeyRule.word`)."""


@dataclass(frozen=True, slots=True)
class PriceList:
    """The periods of one building, oldest first: each lasts until the next begins, the last until further notice."""

    periods: tuple[PricePeriod, ...]
    rules: Mapping[str, KeyRule] = field(default_factory=dict, compare=False)
    """The keys themselves, by their words, where they are known: flats are told words. The dynamic key needs none."""

    def __post_init__(self) -> None:
        if not self.periods:
            raise ValueError("a list of prices has one period at least")
        if any(after.since <= before.since for before, after in pairwise(self.periods)):
            raise ValueError("the periods of prices must follow one another in time")

    @property
    def newest(self) -> SlotPrices:
        """The prices announced last."""
        return self.periods[-1].prices

    @property
    def newest_key(self) -> str:
        """The word of the key announced last."""
        return self.periods[-1].key

    @property
    def told(self) -> PriceList:
        """The newest periods, as many as terms tell of."""
        return PriceList(self.periods[-MOST_TOLD:])

    def at(self, slot: int) -> SlotPrices | None:
        """Return the prices of the slot that begins then; None for a slot of before the first period."""
        period = self._period(slot)
        return None if period is None else period.prices

    def key_at(self, slot: int) -> str | None:
        """Return the word of the key of the slot that begins then; None for a slot of before the first period."""
        period = self._period(slot)
        return None if period is None else period.key

    def rule(self, word: str) -> KeyRule:
        """Return the key that a word stands for.

        Raises ValueError for one whose document is not known here.
        """
        found = self.rules.get(word, DYNAMIC)
        if found.word != word:
            raise ValueError(f"the sharing key {word} is not on record here: its document is needed")
        return found

    def announce(self, prices: SlotPrices, now_ms: int, slot_seconds: int, rule: KeyRule = DYNAMIC) -> PriceList:
        """Return the list with what holds from the slot after the next one on; itself if it holds already."""
        if (prices, rule.word) == (self.newest, self.newest_key):
            return self
        after = max(now_ms // 1000 + slot_seconds, self.periods[-1].since)
        period = PricePeriod((after // slot_seconds + 1) * slot_seconds, prices, rule.word)
        return PriceList((*self.periods, period), {**self.rules, rule.word: rule})

    def _period(self, slot: int) -> PricePeriod | None:
        held = [period for period in self.periods if period.since <= slot]
        return held[-1] if held else None


def first_prices(prices: SlotPrices, rule: KeyRule = DYNAMIC) -> PriceList:
    """Return the list of a building that had none: its prices and its key hold from the beginning."""
    return PriceList((PricePeriod(0, prices, rule.word),), {rule.word: rule})


def plain_prices(prices: PriceList) -> list[list[int | str]]:
    """Write a list as [since, inside, grid, feed-in] for each period, with its key's word where it is not dynamic."""
    plain: list[list[int | str]] = []
    for each in prices.periods:
        numbers = [each.since, each.prices.inside, each.prices.grid, each.prices.feed_in]
        plain.append([*numbers, *([] if each.key == DYNAMIC.word else [each.key])])
    return plain


def read_prices(plain: Sequence[Sequence[object]], rules: Mapping[str, KeyRule] | None = None) -> PriceList:
    """Read what `plain_prices` wrote; `rules` are the keys, where they are known.

    Raises ValueError.
    """
    return PriceList(tuple(_read_period(period) for period in plain), rules or {})


def _read_period(plain: Sequence[object]) -> PricePeriod:
    match plain:
        case [int(), int(), int(), int()]:
            word = DYNAMIC.word
        case [int(), int(), int(), int(), str(word)] if word.isprintable() and 0 < len(word) <= _LONGEST_WORD:
            if word == DYNAMIC.word:
                raise ValueError("a period of prices with the dynamic key does not say so")
        case _:
            raise ValueError(
                f"a period of prices is four numbers (since, inside, grid, feed-in) and perhaps a key, got {plain!r}"
            )
    numbers = [each for each in plain if type(each) is int]
    if len(numbers) != 4 or not all(0 <= number <= _LATEST for number in numbers):
        raise ValueError(f"a period of prices is four numbers (since, inside, grid, feed-in), got {plain!r}")
    since, *prices = numbers
    return PricePeriod(since, SlotPrices(*prices), word)
