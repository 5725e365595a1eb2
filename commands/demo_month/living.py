"""How the flats of the demonstration live through a month: their devices as the simulator has them, in half hours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
import random
from typing import Final

from localvpp.devices import BatteryReading
from localvpp.etp import Register
from localvpp.forecast import History
from localvpp.paper import JAPAN
from simulator.building import FlatPlan
from simulator.physics import MJ_PER_WH, Flat, FlatInputs, resting, soc_permille, step

SLOT_S: Final = 1800
_STEP_S: Final = 300
_KNOWN_DAYS: Final = 28
"""Before the month: what its first forecasts are made of."""
_NONE: Final = Register(0, 0)
_SKIES: Final = ((0.55, 1000), (0.85, 450), (1.0, 110))
"""So many of all days are clear, cloudy, or rainy at the least; and which part of a clear sky's sun then comes, in
thousandths."""


@dataclass(frozen=True, slots=True)
class HalfHour:
    """What a flat's meters counted in a half hour, and how its battery was when that began."""

    imported: Register
    exported: Register
    generated: Register
    """By its inverter; a flat without one has made 0 Wh, and stored none."""
    charged: Register
    discharged: Register
    battery: BatteryReading | None


@dataclass(frozen=True, slots=True)
class Life:
    """A flat's month, and the forecasts' history of it and of the weeks before."""

    half_hours: Sequence[HalfHour]
    load: History
    sun: History | None


def sky_permille(begin: int, seed: int) -> int:
    """Return which part of a clear sky's sun comes on the day, by Japan's clock, of a moment."""
    drawn = random.Random(f"{seed}/sky/{_local(begin).date()}").random()
    return next(part for share, part in _SKIES if drawn < share)


def live(plan: FlatPlan, slots: range, seed: int, nominal_hz: int) -> Life:
    """Let a flat live through half hours that follow one another, the inverter's battery serving it by itself."""
    flat = plan.initial
    half_hours = []
    for begin in slots:
        before = flat
        for at in range(begin, begin + SLOT_S, _STEP_S):
            inputs = FlatInputs(_load_mw(plan, at, _STEP_S), _sun_mw(plan, at, _STEP_S, seed), resting(nominal_hz))
            flat = step(plan.rating, flat, inputs, _STEP_S)
        half_hours.append(_half_hour(plan, before, flat))
    known = range(slots.start - _KNOWN_DAYS * 86_400, slots.stop, SLOT_S)
    load = History.of(known.start, SLOT_S, [_wh(_load_mw(plan, at, SLOT_S)) for at in known])
    sun = None
    if plan.rating.inverter is not None:
        sun = History.of(known.start, SLOT_S, [_wh(_sun_mw(plan, at, SLOT_S, seed)) for at in known])
    return Life(half_hours, load, sun)


def _half_hour(plan: FlatPlan, before: Flat, after: Flat) -> HalfHour:
    imported = Register(before.meter.import_wh, after.meter.import_wh)
    exported = Register(before.meter.export_wh, after.meter.export_wh)
    rating = plan.rating.inverter
    if rating is None or before.inverter is None or after.inverter is None:
        return HalfHour(imported, exported, _NONE, _NONE, _NONE, None)
    one, two, battery = before.inverter, after.inverter, None
    if rating.battery is not None:
        battery = BatteryReading(
            soc_percent=soc_permille(rating.battery, one.stored_mj) / 10,
            capacity_wh=rating.battery.capacity_mj // MJ_PER_WH,
            max_charge_w=rating.battery.charge_mw / 1000,
            max_discharge_w=rating.battery.discharge_mw / 1000,
        )
    return HalfHour(
        imported,
        exported,
        Register(one.pv_mj // MJ_PER_WH, two.pv_mj // MJ_PER_WH),
        Register(one.charged_mj // MJ_PER_WH, two.charged_mj // MJ_PER_WH),
        Register(one.discharged_mj // MJ_PER_WH, two.discharged_mj // MJ_PER_WH),
        battery,
    )


def _load_mw(plan: FlatPlan, at: int, seconds: int) -> int:
    second = plan.home.series.second_of(_local(at))
    return plan.home.mean_demand_mw(second, second + seconds)


def _sun_mw(plan: FlatPlan, at: int, seconds: int, seed: int) -> int:
    second = plan.home.series.second_of(_local(at))
    rating = plan.rating.inverter
    most = 0 if rating is None else rating.ac_mw
    return min(plan.home.mean_pv_mw(second, second + seconds) * sky_permille(at, seed) // 1000, most)


def _wh(mean_mw: int) -> float:
    return mean_mw * SLOT_S / 3_600_000


def _local(at: int) -> datetime:
    """Return the time of a moment by Japan's clock, which profiles run on, without its zone."""
    return datetime.fromtimestamp(at, JAPAN).replace(tzinfo=None)


def days(slots: range) -> Iterator[range]:
    """Yield the slots of each of Japan's days, which all have 24 hours."""
    for begin in range(slots.start, slots.stop, 86_400):
        yield range(begin, begin + 86_400, SLOT_S)
