"""Plans made of forecasts and trades; a building's of its flats'.

Demand and generation are what is foretold, in whole Wh; charge and discharge what the battery means to do; bought and
sold the trades of the building's market. What that leaves open is the grid's. A flat that has sold more than it will
have means to take the rest from the grid: the plan says so, and hides nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from ..forecast import Forecast
from ..market import Book, Result
from .day import Day
from .errors import wrong
from .plan import Kind, Part, Plan
from .sheet import ENERGY, Field, Ints, Sheet

_NOTHING: Final[Mapping[int, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Deal:
    """Energy that one flat has sold to another, of the slot that begins then."""

    begin: int
    seller: str
    buyer: str
    wh: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a flat will likely use and make of itself.

    `charge` and `discharge` are the battery's, in Wh by the begin of a slot; a slot that is not named has none.
    """

    load: Forecast
    pv: Forecast | None = None
    charge: Mapping[int, int] = field(default_factory=lambda: _NOTHING)
    discharge: Mapping[int, int] = field(default_factory=lambda: _NOTHING)


def deals_of(book: Book, result: Result, first: int, slot_seconds: int) -> tuple[Deal, ...]:
    """Return the trades of a cleared book, by flats; `first` is when the slot that the book numbers 0 begins."""
    orders = {order.id: order for order in book.orders}
    found = []
    for trade in result.trades:
        for name in (trade.seller, trade.buyer):
            if name not in orders:
                raise wrong("trade", name, "names an order that the book does not have: hand in the result's own book")
        seller, buyer = orders[trade.seller], orders[trade.buyer]
        found.append(Deal(first + seller.slot * slot_seconds, seller.flat, buyer.flat, trade.wh))
    return tuple(found)


def plan_flat(
    name: str,
    day: Day,
    needs: Needs,
    deals: Iterable[Deal],
    *,
    number: int,
    made_at: int,
    standing: Plan | None = None,
) -> Plan:
    """Return a flat's plan of a day; of all deals those count that are the flat's.

    A slot that begins before the forecast does is as the standing plan has it: what is over cannot be foretold.
    Raises PlanError for a slot that neither tells of.
    """
    if standing is not None and (standing.name, standing.begin, standing.end) != (name, day.begin, day.end):
        raise wrong("standing", standing.name, "hand in the standing plan of the same flat and day")
    columns = {
        Field.DEMAND: _foretold(needs.load, day, Field.DEMAND, standing),
        Field.GENERATION: _none(day) if needs.pv is None else _foretold(needs.pv, day, Field.GENERATION, standing),
        Field.CHARGE: _placed(needs.charge.items(), day, Field.CHARGE),
        Field.DISCHARGE: _placed(needs.discharge.items(), day, Field.DISCHARGE),
    }
    return _flat(name, day, columns | _traded(name, day, deals), number=number, made_at=made_at)


def plan_trades(name: str, day: Day, deals: Iterable[Deal], *, number: int, made_at: int) -> Plan:
    """Return the plan of a flat of which nothing is known but what it has traded: it uses what it buys, and so on."""
    traded = _traded(name, day, deals)
    columns = traded | {
        Field.DEMAND: traded[Field.BOUGHT],
        Field.GENERATION: traded[Field.SOLD],
        Field.CHARGE: _none(day),
        Field.DISCHARGE: _none(day),
    }
    return _flat(name, day, columns, number=number, made_at=made_at)


def _traded(name: str, day: Day, deals: Iterable[Deal]) -> dict[Field, Ints]:
    own = list(deals)
    return {
        Field.SOLD: _placed(((deal.begin, deal.wh) for deal in own if deal.seller == name), day, Field.SOLD),
        Field.BOUGHT: _placed(((deal.begin, deal.wh) for deal in own if deal.buyer == name), day, Field.BOUGHT),
    }


def _flat(name: str, day: Day, columns: Mapping[Field, Sequence[int] | Ints], *, number: int, made_at: int) -> Plan:
    return Plan(
        kind=Kind.FLAT,
        name=name,
        number=number,
        made_at=made_at,
        date=day.date,
        zone=day.zone,
        slot_seconds=day.slot_seconds,
        begin=day.begin,
        end=day.end,
        sheet=Sheet.of(day.slots, columns).with_grid(),
    )


def gather(
    name: str, flats: Sequence[Plan], *, number: int, made_at: int, codes: Mapping[str, str] | None = None
) -> Plan:
    """Return the building's plan of those of all its flats.

    What one flat sends out another takes, if nobody has traded it, too: at the building's meter only the difference
    shows. Raises PlanError for plans of no flat, or not of the same slots.
    """
    if not flats:
        raise wrong("parts", 0, "a building has one flat at least")
    first = flats[0]
    for flat in flats:
        if flat.kind is not Kind.FLAT:
            raise wrong("kind", flat.kind.value, "gather plans of flats", part=flat.name)
        for told in ("date", "zone", "slot_seconds", "begin", "end"):
            if getattr(flat, told) != getattr(first, told):
                raise wrong(told, getattr(flat, told), f"{first.name} has {getattr(first, told)}", part=flat.name)
        if flat.sheet.slots != first.sheet.slots:
            raise wrong("slots", flat.sheet.slots, f"{first.name} has {first.sheet.slots}", part=flat.name)
    total = np.stack([flat.sheet.wh[: len(ENERGY)] for flat in flats]).sum(axis=0)
    return replace(
        first,
        kind=Kind.BUILDING,
        name=name,
        number=number,
        made_at=made_at,
        sheet=Sheet(total).with_grid(),
        parts=tuple(Part(flat.name, flat.sheet) for flat in flats),
        codes=MappingProxyType(dict(codes or {})),
    )


def responding(plan: Plan, baseline: Sequence[int] | Ints, curtailment: Sequence[int] | Ints) -> Plan:
    """Return a plan that tells of demand response, too: baseline less curtailment is what the meter is to count."""
    columns: dict[Field, Sequence[int] | Ints] = {name: plan.column(name) for name in ENERGY}
    columns |= {Field.BASELINE: baseline, Field.CURTAILMENT: curtailment}
    return replace(plan, sheet=Sheet.of(plan.sheet.slots, columns))


def _foretold(forecast: Forecast, day: Day, name: Field, standing: Plan | None) -> Ints:
    if forecast.slot_seconds != day.slot_seconds:
        raise wrong("slot_seconds", forecast.slot_seconds, f"foretell {name} in slots of {day.slot_seconds} s")
    points = {slot.begin: slot.point for slot in forecast.slots}
    first = min(points)
    values = []
    for number, begin in enumerate(day.begins, 1):
        if begin < first and standing is not None:
            values.append(int(standing.column(name)[number - 1]))
            continue
        point = points.get(begin)
        if point is None:
            reason = "this slot is not foretold" if begin not in points else "its forecast is unknown"
            raise wrong(name, None, f"{reason}: foretell it, or hand in the plan that stands", slot=number)
        values.append(round(point))
    return np.array(values, np.int64)


def _placed(amounts: Iterable[tuple[int, int]], day: Day, name: Field) -> Ints:
    """Return amounts by slot; those of other days are left out."""
    found = _none(day)
    for begin, wh in amounts:
        slot, rest = divmod(begin - day.begin, day.slot_seconds)
        if rest:
            raise wrong(name, begin, f"no slot of {day.slot_seconds} s begins then")
        if 0 <= slot < day.slots:
            found[slot] += wh
    return found


def _none(day: Day) -> Ints:
    return np.zeros(day.slots, np.int64)
