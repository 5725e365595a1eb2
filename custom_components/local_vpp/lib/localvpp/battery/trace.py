"""The life of one battery, folded over its readings: a pure rule, a value in and a value out.

`Trace.fold` takes a reading with two times: a monotonic one, of which all durations are made, and the wall's, which
only says on which day it was and since when something is wrong. What it emits are anomalies that began or healed with
this reading. `Trace.resumed` is how a trace goes on after it was kept: what hung on the monotonic clock is left behind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self

from ..devices import BatteryReading, news
from . import resistance
from .anomalies import (
    DAY_MS,
    FADE_DAYS,
    JUMP_PERMILLE,
    JUMP_READINGS,
    LIMITS,
    Anomaly,
    AnomalyKind,
    Numbers,
    Watch,
)
from .cycles import KEPT_WINDOWS, Closed, Cycles, Window, efficiency_permille
from .day import Day, cell_spread_dc, cell_spread_mv, coldest_dc, warmest_dc, whole
from .energy import HOLD_MS, UJ_PER_WH, Agreement, Disagreement, Flow, Moved, Power, StepBack

KEPT_DAYS: Final = 400
"""Days in memory: more than any trend looks back on. The database keeps all."""

_EVENTS: Final = (AnomalyKind.SOC_JUMP, AnomalyKind.COUNTER_BACK)


@dataclass(frozen=True, slots=True)
class Charge:
    """The state of charge that is believed."""

    at_ms: int
    permille: int
    doubted: int = 0
    """Readings in a row that told of quite another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Everything that is known of a battery's life. A value: keep what `fold` returns."""

    began_ms: int
    """Wall time of its first reading here."""
    day: Day
    days: tuple[Day, ...] = ()
    """Those that are over, oldest first."""
    charge: Flow = field(default_factory=Flow)
    discharge: Flow = field(default_factory=Flow)
    unknown_ms: int = 0
    """Time between readings of whose power nothing is known."""
    cycles: Cycles = field(default_factory=Cycles)
    window: Window | None = None
    windows: tuple[Closed, ...] = ()
    watch: Watch = field(default_factory=Watch)
    at_ms: int | None = None
    measured_ms: Mapping[str, int] = field(default_factory=dict)
    """When each value was measured that was folded last. Not kept over a restart, as `at_ms` is not."""
    power: Power | None = None
    point: resistance.Point | None = None
    soc: Charge | None = None

    @classmethod
    def begun(cls, wall_ms: int) -> Self:
        """Return the trace of a battery that was never read before."""
        return cls(began_ms=wall_ms, day=Day(number=wall_ms // DAY_MS))

    @property
    def throughput_uj(self) -> int:
        """What went in and came out."""
        return self.charge.total_uj + self.discharge.total_uj

    @property
    def cycles_millionths(self) -> int | None:
        """Equivalent full cycles."""
        return self.cycles.at(self.throughput_uj)

    @property
    def efficiency_permille(self) -> int | None:
        """What came out over what went in, over the last windows."""
        return efficiency_permille(self.windows)

    @property
    def counted(self) -> bool:
        """Whether the device's own counters tell of both directions."""
        return self.charge.counted and self.discharge.counted

    def resumed(self) -> Trace:
        """Return the trace as it goes on with another monotonic clock."""
        return replace(
            self,
            at_ms=None,
            measured_ms={},
            power=None,
            point=None,
            soc=None,
            # Counters have counted on; without them nobody knows what flowed meanwhile.
            window=self.window if self.counted else None,
            charge=replace(self.charge, span=None),
            discharge=replace(self.discharge, span=None),
        )

    def fold(self, reading: BatteryReading, monotonic_ms: int, wall_ms: int) -> tuple[Trace, tuple[Anomaly, ...]]:
        """Return the trace after a reading, and what began or healed with it."""
        elapsed = 0 if self.at_ms is None else monotonic_ms - self.at_ms
        assert elapsed >= 0, "monotonic time only grows"
        # Of what was between readings further apart nothing is known, so nothing lasted in it.
        lasted = min(elapsed, HOLD_MS)
        # What was folded before is not integrated, or stepped, once more.
        measured, measured_ms = news(reading, monotonic_ms, self.measured_ms)
        power, moved = _power(self.power, measured, measured_ms)
        unknown_ms = self.unknown_ms + moved.unknown_ms
        trace = replace(self, at_ms=monotonic_ms, measured_ms=measured_ms, power=power, unknown_ms=unknown_ms)
        trace = _on_day(trace, wall_ms // DAY_MS)
        said: list[Anomaly] = []
        trace = _with_energy(trace, measured, moved, lasted, wall_ms, said)
        trace = _with_charge(trace, measured, moved, elapsed, wall_ms, said)
        trace = _with_resistance(trace, measured)
        day = trace.day.seen(reading)
        if day is not trace.day:
            trace = replace(trace, day=day)
        trace = _with_levels(trace, reading, lasted, wall_ms, said)
        watch, over = trace.watch.passed(_EVENTS, elapsed, wall_ms)
        return trace if watch is trace.watch else replace(trace, watch=watch), (*said, *over)


def _on_day(trace: Trace, number: int) -> Trace:
    if number == trace.day.number:
        return trace
    # A wall clock that steps back leads into a day that was over: it goes on.
    days = {day.number: day for day in (*trace.days, trace.day.over())}
    day = days.pop(number, None) or Day(number=number)
    kept = tuple(days[each] for each in sorted(days))[-KEPT_DAYS:]
    return replace(trace, day=day, days=kept)


def _power(known: Power | None, reading: BatteryReading, measured_ms: Mapping[str, int]) -> tuple[Power | None, Moved]:
    """Return the power that is known from now on, and what has moved until then."""
    mw = whole(reading.power_w, 1000)
    if mw is None:
        return known, Moved()
    at_ms = measured_ms["power_w"]
    return Power(at_ms, mw), Moved() if known is None else known.until(at_ms)


def _with_energy(
    trace: Trace, reading: BatteryReading, moved: Moved, lasted: int, wall_ms: int, said: list[Anomaly]
) -> Trace:
    gap = moved.unknown_ms > 0
    charge, charged = trace.charge.grown(moved.charged_uj, lasted, gap=gap).read(reading.charge_wh)
    discharge, discharged = trace.discharge.grown(moved.discharged_uj, lasted, gap=gap).read(reading.discharge_wh)
    day = trace.day.moved(charge.total_uj - trace.charge.total_uj, discharge.total_uj - trace.discharge.total_uj)
    capacity_uj = None if reading.capacity_wh is None else reading.capacity_wh * UJ_PER_WH
    cycles = trace.cycles.told(capacity_uj, trace.throughput_uj, stated="capacity_wh" in reading.stated)
    trace = replace(trace, charge=charge, discharge=discharge, day=day, cycles=cycles)
    if gap and not trace.counted:
        trace = replace(trace, window=None)
    trace = _with_outcome(trace, charged, AnomalyKind.CHARGE_COUNTER_DISAGREES, wall_ms, said)
    return _with_outcome(trace, discharged, AnomalyKind.DISCHARGE_COUNTER_DISAGREES, wall_ms, said)


def _with_outcome(
    trace: Trace,
    outcome: StepBack | Disagreement | Agreement | None,
    kind: AnomalyKind,
    wall_ms: int,
    said: list[Anomaly],
) -> Trace:
    match outcome:
        case StepBack(before, after):
            numbers = {"before_wh": before, "after_wh": after}
            watch, anomaly = trace.watch.event(AnomalyKind.COUNTER_BACK, numbers, wall_ms)
        case Disagreement(counted, integrated):
            numbers = {"counted_wh": counted, "integrated_wh": integrated}
            watch, anomaly = trace.watch.begun(kind, numbers, wall_ms)
        case Agreement():
            watch, anomaly = trace.watch.healed(kind, wall_ms)
        case _:
            return trace
    said.extend(filter(None, (anomaly,)))
    window = None if isinstance(outcome, StepBack) else trace.window
    return replace(trace, watch=watch, window=window)


def _with_charge(
    trace: Trace, reading: BatteryReading, moved: Moved, elapsed: int, wall_ms: int, said: list[Anomaly]
) -> Trace:
    permille = whole(reading.soc_percent, 10)
    if permille is None:
        return trace
    assert trace.at_ms is not None, "a reading is being folded"
    soc = trace.soc
    if soc is not None and trace.at_ms - soc.at_ms <= HOLD_MS and _jumps(trace, soc, permille, moved):
        if soc.doubted + 1 < JUMP_READINGS:
            return replace(trace, soc=replace(soc, at_ms=trace.at_ms, doubted=soc.doubted + 1))
        numbers = {"before_permille": soc.permille, "after_permille": permille}
        watch, anomaly = trace.watch.event(AnomalyKind.SOC_JUMP, numbers, wall_ms)
        said.extend(filter(None, (anomaly,)))
        return replace(trace, watch=watch, window=None, soc=Charge(trace.at_ms, permille))
    return _with_window(replace(trace, soc=Charge(trace.at_ms, permille)), permille, elapsed, wall_ms)


def _jumps(trace: Trace, soc: Charge, permille: int, moved: Moved) -> bool:
    possible = 0
    if trace.cycles.capacity_uj:
        possible = 2 * (moved.charged_uj + moved.discharged_uj) * 1000 // trace.cycles.capacity_uj
    return abs(permille - soc.permille) >= JUMP_PERMILLE + possible


def _with_window(trace: Trace, permille: int, elapsed: int, wall_ms: int) -> Trace:
    charged, discharged = trace.charge.total_uj, trace.discharge.total_uj
    if trace.window is None:
        return replace(trace, window=Window(permille, charged, discharged))
    windows = trace.windows
    if trace.window.is_back(permille) and (closed := trace.window.closed(wall_ms, charged, discharged)):
        windows = (*windows, closed)[-KEPT_WINDOWS:]
    return replace(trace, windows=windows, window=trace.window.fed(permille, charged, discharged, elapsed))


def _with_resistance(trace: Trace, reading: BatteryReading) -> Trace:
    ma, mv = whole(reading.current_a, 1000), whole(reading.voltage_v, 1000)
    if ma is None or mv is None:
        return trace
    now = resistance.Point(trace.measured_ms["current_a"], ma, mv)
    step = None if trace.point is None else trace.point.step_to(now)
    return replace(trace, point=now, day=trace.day if step is None else trace.day.stepped(step))


def _with_levels(trace: Trace, reading: BatteryReading, lasted: int, wall_ms: int, said: list[Anomaly]) -> Trace:
    watch = trace.watch
    for kind, value, numbers in _levels(trace, reading):
        watch, anomaly = watch.level(kind, value, numbers, elapsed_ms=lasted, wall_ms=wall_ms)
        if anomaly is not None:
            said.append(anomaly)
    return trace if watch is trace.watch else replace(trace, watch=watch)


def _levels(trace: Trace, reading: BatteryReading) -> Iterator[tuple[AnomalyKind, int, Numbers]]:
    """Yield what is measured for anomalies that have a limit, and the numbers of the reason of each."""
    if (lost := _lost_permille(trace, reading)) is not None:
        health = whole(reading.soh_percent, 10)
        yield (
            AnomalyKind.CAPACITY_FADE,
            lost,
            _numbers(lost_permille=lost, health_permille=health, days_d=FADE_DAYS),
        )
    if (efficiency := trace.efficiency_permille) is not None:
        kind = AnomalyKind.EFFICIENCY_LOW
        yield kind, efficiency, _numbers(efficiency_permille=efficiency, limit_permille=LIMITS[kind].on)
    if (spread := cell_spread_mv(reading)) is not None:
        kind = AnomalyKind.CELL_SPREAD
        numbers = _numbers(
            spread_mv=spread,
            least_mv=whole(reading.cell_min_v, 1000),
            most_mv=whole(reading.cell_max_v, 1000),
            limit_mv=LIMITS[kind].on,
        )
        yield kind, spread, numbers
    if (spread := cell_spread_dc(reading)) is not None:
        kind = AnomalyKind.CELL_TEMPERATURE_SPREAD
        numbers = _numbers(
            spread_dc=spread,
            least_dc=whole(reading.cell_min_c, 10),
            most_dc=whole(reading.cell_max_c, 10),
            limit_dc=LIMITS[kind].on,
        )
        yield kind, spread, numbers
    if (warmest := warmest_dc(reading)) is not None:
        kind = AnomalyKind.TEMPERATURE_HIGH
        yield kind, warmest, _numbers(temperature_dc=warmest, limit_dc=LIMITS[kind].on)
    if (coldest := coldest_dc(reading)) is not None:
        kind = AnomalyKind.TEMPERATURE_LOW
        yield kind, coldest, _numbers(temperature_dc=coldest, limit_dc=LIMITS[kind].on)


def _lost_permille(trace: Trace, reading: BatteryReading) -> int | None:
    """Return what of its health it lost since the best of the last days; unknown where it tells none."""
    health = whole(reading.soh_percent, 10)
    if health is None:
        return None
    recent = (
        day.health_permille
        for day in trace.days
        if day.health_permille is not None and trace.day.number - day.number <= FADE_DAYS
    )
    return max(recent, default=health) - health


def _numbers(**values: int | None) -> Numbers:
    return {name: value for name, value in values.items() if value is not None}
