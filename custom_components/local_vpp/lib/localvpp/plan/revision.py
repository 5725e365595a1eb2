"""One plan after another: a later one replaces the one before, until each slot's gate.

After its gate a slot stays as it was planned; trades inside may still come to it, for they change nothing at the
building's meter. Trades that were made stand: a later plan has all that an earlier one had.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

import numpy as np

from .check import GATE_SECONDS
from .day import clock
from .errors import Fault, Finding, PlanError
from .plan import Kind, Part, Plan
from .sheet import RESPONSE, Field, Flags, Sheet

_OWN: Final = (Field.DEMAND, Field.CHARGE, Field.GENERATION, Field.DISCHARGE)
"""What a plan itself says; the rest are trades, and what these leave open."""
_GRID: Final = (Field.FROM_GRID, Field.TO_GRID)
_TRADED: Final = (Field.SOLD, Field.BOUGHT)


def check_revision(standing: Plan, newer: Plan, gate_seconds: int = GATE_SECONDS) -> tuple[Finding, ...]:
    """Return why a plan may not replace the one that stands; nothing, if it may."""
    if another := tuple(_another(standing, newer)):
        return another
    closed = standing.closed(newer.made_at, gate_seconds)
    findings = [*_order(standing, newer), *_trades(standing, newer)]
    for name, before, after in _pairs(standing, newer):
        fields = [*_OWN, *(RESPONSE if before.responds and after.responds else ())]
        if standing.kind is Kind.BUILDING and not name:
            fields += _GRID
        for field in fields:
            findings += _changed(name, field, before, after, newer, closed, gate_seconds)
    return tuple(findings)


def renewed(standing: Plan, newer: Plan, gate_seconds: int = GATE_SECONDS) -> Plan:
    """Return the newer plan, its closed slots as they were planned, with all trades.

    Raises PlanError when it is not of the same subject and day, does not follow, or lacks a trade that was made.
    """
    for finding in chain(_another(standing, newer), _order(standing, newer), _trades(standing, newer)):
        raise PlanError(finding)
    closed = standing.closed(newer.made_at, gate_seconds)
    sheets = {name: _kept(before, after, closed) for name, before, after in _pairs(standing, newer)}
    return replace(newer, sheet=sheets[""], parts=tuple(Part(part.name, sheets[part.name]) for part in newer.parts))


def _changed(
    name: str, field: Field, before: Sheet, after: Sheet, newer: Plan, closed: Flags, gate_seconds: int
) -> Iterator[Finding]:
    was, told = before.column(field), after.column(field)
    for slot in np.flatnonzero(closed & (was != told)).tolist():
        gate = clock(newer.begin_of(slot + 1) - gate_seconds, newer.zone)
        yield Finding(
            Fault.GATE,
            name,
            slot + 1,
            field,
            int(told[slot]),
            f"give {int(was[slot])}, as was planned: the gate closed at {gate}",
        )


def _kept(before: Sheet, after: Sheet, closed: Flags) -> Sheet:
    wh = after.wh.copy()
    rows = [field.row for field in (*_OWN, *RESPONSE) if field in before.fields and field in after.fields]
    wh[rows] = np.where(closed, before.wh[rows], wh[rows])
    grid = [field.row for field in _GRID]
    # What an open slot says of the grid is the newer plan's own word, right or wrong: `check` judges it.
    wh[grid] = np.where(closed, Sheet(wh).with_grid().wh[grid], wh[grid])
    return Sheet(wh)


def _another(standing: Plan, newer: Plan) -> Iterator[Finding]:
    for field in ("kind", "name", "date", "zone", "slot_seconds", "begin", "end"):
        if getattr(newer, field) != getattr(standing, field):
            yield Finding(
                Fault.ANOTHER,
                "",
                None,
                field,
                str(getattr(newer, field)),
                f"the plan that stands has {getattr(standing, field)}: it is replaced by one of the same",
            )
    names = [
        {part.name: part.sheet.slots for part in plan.parts} | {"": plan.sheet.slots} for plan in (standing, newer)
    ]
    if names[0] != names[1]:
        differing = sorted(name for name, _ in names[0].items() ^ names[1].items())
        yield Finding(
            Fault.ANOTHER,
            "",
            None,
            "parts",
            differing,
            "give the same flats, with as many slots each; another flat comes with the plan of another day",
        )
    for name, before, after in _pairs(standing, newer):
        if before.responds and not after.responds:
            yield Finding(Fault.ANOTHER, name, None, RESPONSE[0], None, "give it: the plan that stands has it")


def _order(standing: Plan, newer: Plan) -> Iterator[Finding]:
    if newer.number <= standing.number:
        yield Finding(Fault.ORDER, "", None, "number", newer.number, f"give {standing.number + 1}, or more")
    if newer.made_at < standing.made_at:
        yield Finding(Fault.ORDER, "", None, "made_at", newer.made_at, f"the plan that stands has {standing.made_at}")


def _trades(standing: Plan, newer: Plan) -> Iterator[Finding]:
    for name, before, after in _pairs(standing, newer):
        for field in _TRADED:
            was, told = before.column(field), after.column(field)
            for slot in np.flatnonzero(told < was).tolist():
                yield Finding(
                    Fault.TRADES, name, slot + 1, field, int(told[slot]), f"give {int(was[slot])} or more: trades stand"
                )


def _pairs(standing: Plan, newer: Plan) -> Iterator[tuple[str, Sheet, Sheet]]:
    """Give the sheets that both plans have."""
    later = {part.name: part.sheet for part in newer.parts}
    yield "", standing.sheet, newer.sheet
    yield from ((part.name, part.sheet, later[part.name]) for part in standing.parts if part.name in later)
