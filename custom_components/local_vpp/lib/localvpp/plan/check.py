"""Whether a plan agrees with itself, as those who receive plans in Japan ask: the whole is refused for one mismatch.

需要計画 + 販売計画 = 調達計画 in every slot; the building is the sum of its flats; begin, end and number of slots are
those of the day; codes have their form. Every violation is told, by part, slot, field, value and remedy.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from .codes import CodeTable, default_table
from .day import Day, clock
from .errors import Fault, Finding, PlanError
from .plan import Kind, Plan
from .sheet import ENERGY, SOURCES, USES, Field, Flags, Ints, Sheet

GATE_SECONDS: Final = 3_600
"""Plans for outside are taken until one hour before the slot."""

_GRID: Final = (Field.FROM_GRID, Field.TO_GRID)


def check(plan: Plan, *, table: CodeTable | None = None, gate_seconds: int = GATE_SECONDS) -> tuple[Finding, ...]:
    """Return all that is wrong with a plan; nothing, if it may go out.

    Args:
        plan: what is looked at, by itself: `check_revision` compares it with the one before.
        table: which codes there are, and their form.
        gate_seconds: how long before a slot its first plan has to be there.
    """
    findings = [*_period(plan), *_codes(plan, table or default_table()), *_late(plan, gate_seconds)]
    even = [("", plan.sheet), *((part.name, part.sheet) for part in plan.parts)]
    even = [(name, sheet) for name, sheet in even if sheet.slots == plan.sheet.slots]
    stack = np.stack([sheet.wh[: len(ENERGY)] for _, sheet in even])
    names = [name for name, _ in even]
    findings += _negative(stack, names)
    findings += _balance(stack, names)
    findings += _both_ways(stack, names)
    if len(even) == len(plan.parts) + 1 > 1:
        findings += _sums(stack)
    if plan.kind is Kind.BUILDING:
        findings += _inside(plan.sheet)
    for name, sheet in even:
        findings += _response(name, sheet)
    return tuple(findings)


def _period(plan: Plan) -> Iterator[Finding]:
    try:
        day = Day.of(plan.date, plan.zone, plan.slot_seconds)
    except PlanError as error:
        yield error.finding
        return
    where = f"of {plan.date.isoformat()} in {plan.zone.key}"
    if plan.begin != day.begin:
        yield Finding(Fault.PERIOD, "", None, "begin", plan.begin, f"the first slot {where} begins at {day.begin}")
    if plan.end != day.end:
        yield Finding(Fault.PERIOD, "", None, "end", plan.end, f"the last slot {where} ends at {day.end}")
    for name, sheet in (("", plan.sheet), *((part.name, part.sheet) for part in plan.parts)):
        if sheet.slots != day.slots:
            yield Finding(
                Fault.SLOTS,
                name,
                None,
                "slots",
                sheet.slots,
                f"give {day.slots}: the slots of {plan.slot_seconds} s {where}",
            )


def _codes(plan: Plan, table: CodeTable) -> Iterator[Finding]:
    known = {code.name: code for code in table.codes}
    for name, value in plan.codes.items():
        if name not in known:
            yield Finding(
                Fault.CODE, "", None, name, value, f"leave it out: there are codes of {', '.join(sorted(known))}"
            )
        elif not known[name].fits(value):
            yield Finding(Fault.CODE, "", None, name, value, known[name].remedy)


def _late(plan: Plan, gate_seconds: int) -> Iterator[Finding]:
    if plan.number > 1:
        return
    for slot in np.flatnonzero(plan.closed(plan.made_at, gate_seconds)) + 1:
        last = clock(plan.begin_of(int(slot)) - gate_seconds, plan.zone)
        yield Finding(
            Fault.GATE,
            "",
            int(slot),
            "made_at",
            plan.made_at,
            f"its gate closed at {last}: a first plan has to be there before",
        )


def _negative(stack: Ints, names: list[str]) -> Iterator[Finding]:
    for part, row, slot in _places(stack < 0):
        yield Finding(
            Fault.NEGATIVE,
            names[part],
            slot + 1,
            tuple(Field)[row],
            int(stack[part, row, slot]),
            "give 0 or more: each direction has a column of its own",
        )


def _balance(stack: Ints, names: list[str]) -> Iterator[Finding]:
    short = stack[:, USES].sum(axis=1) - stack[:, SOURCES].sum(axis=1)
    for part, slot in _places(short != 0):
        wh = int(short[part, slot])
        field = Field.FROM_GRID if wh > 0 else Field.TO_GRID
        yield Finding(
            Fault.BALANCE,
            names[part],
            slot + 1,
            field,
            int(stack[part, field.row, slot]),
            f"demand and sales are {abs(wh)} Wh {'more' if wh > 0 else 'less'} than what is procured: "
            f"{'procure' if wh > 0 else 'sell'} that much more, or correct the other columns",
        )


def _both_ways(stack: Ints, names: list[str]) -> Iterator[Finding]:
    for part, slot in _places((stack[:, Field.FROM_GRID.row] > 0) & (stack[:, Field.TO_GRID.row] > 0)):
        taken, given = (int(stack[part, field.row, slot]) for field in _GRID)
        yield Finding(
            Fault.BOTH_WAYS,
            names[part],
            slot + 1,
            Field.TO_GRID,
            given,
            f"{taken} Wh are taken in the same slot: plan the difference, {abs(taken - given)} Wh one way",
        )


def _sums(stack: Ints) -> Iterator[Finding]:
    """Compare the building with its flats: column by column, but of the grid the difference, which its meter shows."""
    total = stack[1:].sum(axis=0)
    differs: Flags = total != stack[0]
    differs[[field.row for field in _GRID]] = False
    for row, slot in _places(differs):
        value, flats = int(stack[0, row, slot]), int(total[row, slot])
        yield Finding(Fault.SUM, "", slot + 1, tuple(Field)[row], value, f"the flats have {flats} Wh: give their sum")
    net, flat_net = (side[Field.FROM_GRID.row] - side[Field.TO_GRID.row] for side in (stack[0], total))
    for (slot,) in _places(net != flat_net):
        field = Field.FROM_GRID if net[slot] >= 0 else Field.TO_GRID
        wanted = int(flat_net[slot])
        yield Finding(
            Fault.SUM,
            "",
            slot + 1,
            field,
            int(stack[0, field.row, slot]),
            f"the flats {'take' if wanted >= 0 else 'send out'} {abs(wanted)} Wh together: give that",
        )


def _inside(sheet: Sheet) -> Iterator[Finding]:
    sold, bought = sheet.column(Field.SOLD), sheet.column(Field.BOUGHT)
    for (slot,) in _places(sold != bought):
        yield Finding(
            Fault.INSIDE,
            "",
            slot + 1,
            Field.SOLD,
            int(sold[slot]),
            f"{int(bought[slot])} Wh are bought: inside, all that is sold is bought; find the trade that is missing",
        )


def _response(name: str, sheet: Sheet) -> Iterator[Finding]:
    if not sheet.responds:
        return
    baseline, curtailment = sheet.column(Field.BASELINE), sheet.column(Field.CURTAILMENT)
    for (slot,) in _places(baseline - curtailment != sheet.draw):
        drawn = int(sheet.draw[slot])
        yield Finding(
            Fault.RESPONSE,
            name,
            slot + 1,
            Field.CURTAILMENT,
            int(curtailment[slot]),
            f"the plan draws {drawn} Wh and the baseline is {int(baseline[slot])} Wh: "
            f"give {int(baseline[slot]) - drawn}, their difference, or plan otherwise",
        )


def _places(flags: Flags) -> Iterator[tuple[int, ...]]:
    """Give the places that are set, as plain numbers."""
    yield from (tuple(int(each) for each in place) for place in np.argwhere(flags))
