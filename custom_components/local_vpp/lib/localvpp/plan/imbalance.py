"""How far a day was from its plan, and what that met: インバランス, slot by slot.

A plan says what the meter is to count; the meter says what it did. Who drew less than planned is long (余剰) and sold
the difference; who drew more is short (不足) and bought it. It is priced by what is handed in: one price of both
directions, as those that are published for each slot, or the building's own grid prices.

Between trades and meters inside a building it is another question, and `settlement` answers it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from ..settlement import SlotPrices
from .errors import wrong
from .plan import Plan
from .sheet import LARGEST_WH, Field

HIGHEST_PRICE: Final = 10**6
"""Ten thousand yen for a kWh: a bound."""


@dataclass(frozen=True, slots=True)
class ImbalancePrice:
    """Ticks of 0.01 yen/kWh, of one slot."""

    short: int
    long: int

    def __post_init__(self) -> None:
        for field in ("short", "long"):
            value = getattr(self, field)
            if type(value) is not int or abs(value) > HIGHEST_PRICE:
                raise wrong(field, value, f"give whole ticks of 0.01 yen/kWh up to {HIGHEST_PRICE}")

    @classmethod
    def published(cls, tick: int) -> Self:
        """Return a price that holds in both directions."""
        return cls(tick, tick)

    @classmethod
    def grid(cls, prices: SlotPrices) -> Self:
        """Return a building's own: what it pays for more, and gets for less."""
        return cls(prices.grid, prices.feed_in)


@dataclass(frozen=True, slots=True)
class Imbalance:
    """One slot. Unknown is None."""

    slot: int
    planned_wh: int
    """What the meter was to count inwards, less outwards."""
    metered_wh: int | None
    wh: int | None
    """Above 0: long, below 0: short."""
    money: int | None
    """Income positive, in 10⁻⁵ yen; None where the meter or the price is not known."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A day of imbalances, as far as it is known."""

    long_wh: int
    short_wh: int
    money: int
    unmetered_slots: int
    unpriced_slots: int
    """Of those that were metered."""


def imbalances(
    plan: Plan, metered: Sequence[int | None], prices: Sequence[ImbalancePrice | None]
) -> tuple[Imbalance, ...]:
    """Return how far each slot was from the plan.

    Args:
        plan: the one that stood at last.
        metered: Wh inwards less outwards, at the meter that the plan is of.
        prices: of each slot; None where there is none yet.

    Raises PlanError when there is not one of each for each slot.
    """
    for field, values in (("metered", metered), ("prices", prices)):
        if len(values) != plan.sheet.slots:
            raise wrong(field, f"{len(values)} values", f"give one for each of the {plan.sheet.slots} slots")
    taken, given = plan.column(Field.FROM_GRID), plan.column(Field.TO_GRID)
    bought, sold = plan.column(Field.BOUGHT), plan.column(Field.SOLD)
    found = []
    for number, (planned, counted, price) in enumerate(
        zip((taken - given + bought - sold).tolist(), metered, prices, strict=True), 1
    ):
        if counted is None:
            found.append(Imbalance(number, planned, None, None, None))
            continue
        if type(counted) is not int or abs(counted) > LARGEST_WH:
            raise wrong("metered", counted, "give whole Wh, or None where it is not known", slot=number)
        wh = planned - counted
        money = None if price is None else wh * (price.long if wh > 0 else price.short)
        found.append(Imbalance(number, planned, counted, wh, money))
    return tuple(found)


def summed(slots: Sequence[Imbalance]) -> Sum:
    """Return what some slots come to."""
    known = [slot.wh for slot in slots if slot.wh is not None]
    return Sum(
        long_wh=sum(wh for wh in known if wh > 0),
        short_wh=-sum(wh for wh in known if wh < 0),
        money=sum(slot.money for slot in slots if slot.money is not None),
        unmetered_slots=len(slots) - len(known),
        unpriced_slots=sum(slot.wh is not None and slot.money is None for slot in slots),
    )
