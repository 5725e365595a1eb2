"""Bulk meter = flats + common parts + loss, by the signed records, and no more loss than reading can make.

The simulated building has no cables that could lose energy: at each of its seconds the bulk meter's energy is exactly
that of all the others. Two things alone keep a slot's readings from summing to zero.

* Meters are read one after another. What a reading may be off is what the meter's registers moved, by the simulator's
  own history, between the slot's boundary and the times at which this reading can have been made.
* Registers show whole Wh. Between two readings each is off by less than 1 Wh, so n meters of two registers are by less
  than 2n together.

Neither adds up from slot to slot, since a slot begins with the readings that the last one ended with: many slots in a
row may lose no more than one.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from .again import Metered, UnsettledError, metered_slot
from .evidence import READING_MS, Evidence, Registers, values_between
from .findings import Finding

_CLAIM = "the bulk meter equals flats, common parts and loss"


class _ForgottenError(Exception):
    """The simulator no longer knows what a meter showed."""


def check_conservation(evidence: Evidence) -> Finding:
    """Every slot that the whole building is proven for, and every row of them, balances."""
    slots: list[tuple[dict[str, Any], Mapping[str, Metered]]] = []
    for slot in evidence.slots:
        if slot["missing"] or slot["bulk_import_wh"] is None or slot["common_wh"] is None:
            continue
        try:
            meters = metered_slot(evidence, slot["slot"])
        except UnsettledError as error:
            return Finding(_CLAIM, False, str(error))
        if absent := sorted(evidence.registers.keys() - meters.keys()):
            return Finding(_CLAIM, False, f"slot {slot['slot']} is shown as whole, no record of {', '.join(absent)}")
        shown = (slot["bulk_import_wh"] - slot["bulk_export_wh"], slot["common_wh"], slot["loss_wh"])
        counted = (meters["bulk"].net_wh, meters["common"].net_wh, _loss([meters]))
        if shown != counted:
            return Finding(
                _CLAIM, False, f"slot {slot['slot']}: bulk, common, loss are shown as {shown}, by records {counted} Wh"
            )
        slots.append((slot, meters))
    allowed = []
    for row in _rows(slots):
        for first, last in ((0, len(row)), *((index, index + 1) for index in range(len(row)))):
            part = row[first:last]
            try:
                bound = _bound(evidence.registers, part)
            except _ForgottenError as error:
                return Finding(_CLAIM, False, str(error))
            loss = _loss(meters for _, meters in part)
            if abs(loss) > bound:
                names = f"slot {part[0][0]['slot']}" + (f" and the {len(part) - 1} after it" if len(part) > 1 else "")
                return Finding(_CLAIM, False, f"{names}: loss is {loss} Wh, reading can make {bound} Wh")
            allowed.append(bound)
    losses = [_loss([meters]) for _, meters in slots]
    return Finding(
        _CLAIM,
        bool(losses),
        f"{len(losses)} whole slots, loss {min(losses, default=0)} to {max(losses, default=0)} Wh, together "
        f"{sum(losses)} Wh; meters are read up to {READING_MS / 1000:g} s apart and show whole Wh, which can make "
        f"up to {max(allowed, default=0)} Wh",
    )


def _loss(slots: Iterable[Mapping[str, Metered]]) -> int:
    """What the bulk meter counted, and no other meter."""
    return sum(meter.net_wh if name == "bulk" else -meter.net_wh for meters in slots for name, meter in meters.items())


def _rows[T](slots: Sequence[tuple[dict[str, Any], T]]) -> list[list[tuple[dict[str, Any], T]]]:
    """The slots, parted where one does not follow on the other."""
    rows = [[slots[0]]] if slots else []
    for (before, _), (slot, meters) in pairwise(slots):
        if slot["slot"] != before["slot"] + before["seconds"]:
            rows.append([])
        rows[-1].append((slot, meters))
    return rows


def _bound(registers: Mapping[str, Registers], row: Sequence[tuple[dict[str, Any], Mapping[str, Metered]]]) -> int:
    """How much loss reading can make between the begin of the first slot and the end of the last one."""
    (first, begins), (last, ends) = row[0], row[-1]
    begin_ms, end_ms = first["slot"] * 1000, (last["slot"] + last["seconds"]) * 1000
    apart = sum(
        _moved(registers[name], begins[name].begin_ms, begin_ms) + _moved(registers[name], ends[name].end_ms, end_ms)
        for name in registers
    )
    return apart + 2 * len(registers) - 1


def _moved(registers: Registers, read_ms: int, boundary_ms: int) -> int:
    """What a meter's net energy moved between a boundary and the times at which it can have been read."""
    shown = values_between(registers, min(read_ms - READING_MS, boundary_ms), max(read_ms, boundary_ms))
    if not shown:
        raise _ForgottenError(f"the simulator's history does not reach back to {boundary_ms}")
    nets = [imported - exported for imported, exported in shown]
    return max(nets) - min(nets)
