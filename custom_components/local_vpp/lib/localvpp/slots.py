"""From a meter's samples to the records of its slots: a pure rule, a value in and a value out.

A slot's boundary counts as read when a good sample lies within BOUNDARY_TOLERANCE of it. Where no
sample does, the energy between the two known readings is proven but cannot be told apart by slots: that is a
gap, and a gap is never shared with anybody. What cannot have flowed between two readings is the difference of two
meters, and is counted nowhere. Registers, not sums of power, say how much energy moved; power
only says what the exported energy was made of, second by second, and where it does not, that is said, too.

An interval in which the flat was an island says so, and its frequency is the island's. What its registers counted then
was not exchanged with the building, or nobody can tell how much of it was: it is never shared (I22).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from .behind import UNKNOWN, Behind, counted
from .devices.plausible import CONFIRM_STEPS, RATING_MARGIN
from .etp import Body, DeviceId, ErrorFlag, Kind, MeterStatus, Record, Register, Source, TimeStatus
from .settlement import apportion

BOUNDARY_TOLERANCE_MS: Final = 5_000
"""Five polls: a lost packet or two must not cost a slot, and 5 s of a 30-min slot are 0.3 % of its energy."""

QUIET_MS: Final = BOUNDARY_TOLERANCE_MS + 1_000
"""So long before and after a boundary nothing is tried that could keep a meter from being read: it could be held up for
a few seconds, and has the tolerance to be read in."""

CLOCK_SLEW_MS: Final = 1_000
"""A wall clock that is slewed by NTP may show a sample a little before the one before it; more is a step."""

MOST_RATED_W: Final = 72_000
"""Taken for a meter that states no rating, as one that is made of another program's values: three phases of 100 A, the
largest that are connected directly."""

STEPS_WH: Final = 2_000
"""What a register may show at once: two of the coarsest steps that meters count in."""


def is_quiet(time_ms: int, slot_seconds: int) -> bool:
    """Whether a time is so near to a slot's boundary that nothing may come between a meter and its reading."""
    length = slot_seconds * 1000
    return (time_ms + QUIET_MS) % length < 2 * QUIET_MS


@dataclass(frozen=True, slots=True)
class Reading:
    """Both registers of a meter at one time."""

    time_ms: int
    import_wh: int
    export_wh: int
    meter: str | None = None
    """Its serial number, where it is known: another one's registers do not go on from these."""
    behind: Behind = UNKNOWN
    """What inverter and battery had counted by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A good reading with what else was measured in that second. Unknown is None."""

    reading: Reading
    grid_w: int | None = None
    pv_w: int | None = None
    battery_w: int | None = None
    """Positive = discharging."""
    vehicle_w: int | None = 0
    """Out of a car, positive = discharging; 0 where none can."""
    frequency_mhz: int | None = None
    """Of the grid; while the flat is an island, of the island."""
    islanded: bool | None = None
    rated_w: int = MOST_RATED_W
    """The meter's highest power."""


class Why(Enum):
    """Why an interval ended where it did."""

    BOUNDARY = "boundary"
    GAP = "gap"
    METER_EXCHANGED = "meter exchanged"
    CLOCK_STEP = "clock step"


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval between two readings, ready to become a record."""

    slot: int
    """Begin of the slot in seconds of Unix time; of the first one, if it is a gap over several."""
    why: Why
    begin: Reading
    end: Reading
    solar: int = 0
    """Watt-seconds of the export that PV made."""
    battery: int = 0
    """Watt-seconds of the export that came out of a battery."""
    frequency_sum: int = 0
    frequency_count: int = 0
    """Of the seconds in which the flat was an island, once it was one: one mean tells of one side."""
    islanded: bool = False
    unknown: int = 0
    """Watt-seconds of the export in seconds that do not tell what it was made of."""
    vehicle: int = 0
    """Watt-seconds of the export that came out of a car."""


@dataclass(frozen=True, slots=True)
class SlotBook:
    """Feeds on samples, yields intervals. A value: keep what `feed` returns."""

    slot_seconds: int
    open: Interval | None = None
    """The interval that is still growing; its end is the last sample's reading."""
    cut_off: bool = False
    """Whether the flat was seen to be an island since then, while the meter was silent."""

    def slot_of(self, time_ms: int) -> int:
        """Begin, in seconds, of the slot that a time lies in."""
        return time_ms // 1000 // self.slot_seconds * self.slot_seconds

    def feed(self, sample: Sample) -> tuple[SlotBook, tuple[Interval, ...]]:
        """Return the book after a sample, and the intervals that the sample closed, oldest first."""
        if self.open is None:
            return self._go_on(self._begin(sample.reading)), ()
        if self.cut_off and not sample.islanded:
            # The meter is back, on the grid's side: of the island's frequency it knows nothing.
            sample = replace(sample, islanded=True, frequency_mhz=None)
        closed = tuple(self._close(self.open, sample))
        if closed:
            return self._go_on(self._begin(sample.reading)), closed
        return self._go_on(_grow(self.open, sample)), ()

    def silent(self, islanded: bool | None) -> SlotBook:
        """Return the book after a second without a reading: a meter may die with the grid, and nothing is made up."""
        return replace(self, cut_off=True) if islanded and self.open is not None else self

    def _go_on(self, interval: Interval) -> SlotBook:
        return replace(self, open=interval, cut_off=False)

    def resume(self, last: Reading, sample: Sample) -> tuple[SlotBook, tuple[Interval, ...]]:
        """Return the book that goes on with a sample, and the gap since a reading that was made before it was lost.

        Nothing but both readings is known: the energy between them is a gap, were it of one slot.
        """
        now = sample.reading
        gap = Interval(self.slot_of(last.time_ms), Why.GAP, last, last)
        if _is_of_another(last, sample):
            gap = replace(gap, why=Why.METER_EXCHANGED)
        else:
            gap = replace(gap, end=replace(now, time_ms=max(now.time_ms, last.time_ms)))
        return self._go_on(self._begin(now)), (gap,)

    def _begin(self, reading: Reading) -> Interval:
        return Interval(self.slot_of(reading.time_ms), Why.BOUNDARY, reading, reading)

    def _close(self, interval: Interval, sample: Sample) -> Iterator[Interval]:
        last, now = interval.end, sample.reading
        boundary = (interval.slot + self.slot_seconds) * 1000
        # One that was begun under longer slots spans several of today's, which cannot be told apart.
        outgrown = last.time_ms > boundary
        if _is_of_another(last, sample):
            # What the old counter moved after its last reading was never read; the new one starts afresh.
            yield replace(interval, why=Why.METER_EXCHANGED)
            return
        if now.time_ms < last.time_ms - CLOCK_SLEW_MS:
            yield replace(interval, why=Why.GAP if outgrown else Why.CLOCK_STEP)
            if (now.import_wh, now.export_wh) != (last.import_wh, last.export_wh):
                end = replace(now, time_ms=last.time_ms)
                yield Interval(interval.slot, Why.GAP, last, end, islanded=sample.islanded is True)
            return
        if now.time_ms < boundary:
            return
        if outgrown:
            yield replace(_grow(interval, sample), why=Why.GAP)
        elif now.time_ms - boundary <= BOUNDARY_TOLERANCE_MS:
            yield replace(_grow(interval, sample), why=Why.BOUNDARY)
        elif boundary - last.time_ms <= BOUNDARY_TOLERANCE_MS and last != interval.begin:
            yield replace(interval, why=Why.BOUNDARY)
            yield Interval(interval.slot, Why.GAP, last, now, islanded=sample.islanded is True)
        else:
            yield replace(_grow(interval, sample), why=Why.GAP)


def _is_of_another(last: Reading, sample: Sample) -> bool:
    """Tell whether a sample is of a meter that was exchanged, or began anew, since a reading.

    While a meter is read without a pause its driver judges each step, and believes a device that counts somewhat faster
    than its rating: so much is believed here, too. Over a silence nobody has watched, and its rating is the limit. How
    long a silence was over which the clock was set back is unknown, and so is what can have flowed.
    """
    now = sample.reading
    if last.meter is not None and now.meter is not None and last.meter != now.meter:
        return True
    moved_wh = (now.import_wh - last.import_wh, now.export_wh - last.export_wh)
    if min(moved_wh) < 0:
        return True
    elapsed_ms = now.time_ms - last.time_ms
    if elapsed_ms < -CLOCK_SLEW_MS:
        return False
    most_w = int(sample.rated_w * RATING_MARGIN) * (CONFIRM_STEPS if elapsed_ms <= BOUNDARY_TOLERANCE_MS else 1)
    return max(moved_wh) > most_w * max(elapsed_ms, 0) // 3_600_000 + STEPS_WH


def _grow(interval: Interval, sample: Sample) -> Interval:
    made_of = _made_of(sample)
    time_ms = max(sample.reading.time_ms, interval.end.time_ms)
    # Unknown is no reason to forget that it was one.
    islanded = interval.islanded or sample.islanded is True
    if islanded and not interval.islanded:
        interval = replace(interval, frequency_sum=0, frequency_count=0)
    hertz = sample.frequency_mhz if sample.islanded is True or not islanded else None
    return replace(
        interval,
        end=replace(sample.reading, time_ms=time_ms),
        solar=interval.solar + made_of.get(Source.SOLAR, 0),
        battery=interval.battery + made_of.get(Source.BATTERY, 0),
        unknown=interval.unknown + made_of.get(Source.UNKNOWN, 0),
        vehicle=interval.vehicle + made_of.get(Source.VEHICLE, 0),
        frequency_sum=interval.frequency_sum + (hertz or 0),
        frequency_count=interval.frequency_count + (hertz is not None),
        islanded=islanded,
    )


def _made_of(sample: Sample) -> dict[Source, int]:
    """Return what a second's export was made of, in watts; one source that is unknown leaves the second unknown."""
    if sample.grid_w is None or sample.grid_w >= 0:
        return {}
    exported = -sample.grid_w
    if sample.pv_w is None or sample.battery_w is None or sample.vehicle_w is None:
        return {Source.UNKNOWN: exported}
    made = {
        int(Source.SOLAR): max(sample.pv_w, 0),
        int(Source.BATTERY): max(sample.battery_w, 0),
        int(Source.VEHICLE): max(sample.vehicle_w, 0),
    }
    if not any(made.values()):
        return {Source.UNKNOWN: exported}
    return {Source(source): watts for source, watts in apportion(exported, made).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterPlace:
    """Where a meter stands: what its records say besides the readings."""

    device: DeviceId
    """Who owns the meter's far side: the flat."""
    building: DeviceId
    slot_seconds: int
    serial: str | None
    place: str | None
    time_status: TimeStatus = TimeStatus.INFORMATIVE


@dataclass(frozen=True, slots=True)
class Seconds:
    """The frames of an interval: Merkle root and number."""

    root: bytes
    count: int


def bodies(interval: Interval, place: MeterPlace, seconds: Seconds | None) -> tuple[tuple[Kind, Body], ...]:
    """Return kind and body of an interval's two records: what came in from the building, and what went out.

    The first tells what was counted behind the meter, too, as far as that is known.

    Always both, were it of 0 Wh: neighbours see how many records a flat has, and must not read from it who exports.
    """
    imported = Register(interval.begin.import_wh, interval.end.import_wh)
    exported = Register(interval.begin.export_wh, interval.end.export_wh)
    errors = ErrorFlag(0)
    if interval.why is Why.CLOCK_STEP:
        errors |= ErrorFlag.TIME
    if interval.islanded:
        errors |= ErrorFlag.ISLAND

    def body(sender: DeviceId, receiver: DeviceId, energy: int, attributes: tuple[tuple[Source, int], ...]) -> Body:
        return Body(
            start_ms=interval.begin.time_ms,
            end_ms=interval.end.time_ms,
            slot_seconds=place.slot_seconds,
            sender=sender,
            receiver=receiver,
            energy_wh=energy,
            attributes=attributes,
            time_status=place.time_status,
            meter_status=MeterStatus.EXCHANGED if interval.why is Why.METER_EXCHANGED else MeterStatus.GOOD,
            errors=errors,
            meter=interval.end.meter or place.serial,
            imported=imported,
            exported=exported,
            frequency_mhz=interval.frequency_sum // interval.frequency_count if interval.frequency_count else None,
            place=place.place,
            seconds_root=seconds.root if seconds else None,
            seconds_count=seconds.count if seconds else None,
        )

    kind = {Why.GAP: Kind.GAP, Why.METER_EXCHANGED: Kind.EXCEPTION}.get(interval.why, Kind.INTERVAL)
    came_in = ((Source.GRID, imported.moved),) if imported.moved else ()
    went_out = _colours(interval, exported.moved) if exported.moved else ()
    most_wh = int(MOST_RATED_W * RATING_MARGIN) * (interval.end.time_ms - interval.begin.time_ms) // 3_600_000
    before, after, most_wh = interval.begin.behind, interval.end.behind, most_wh + STEPS_WH
    drawn = replace(
        body(place.building, place.device, imported.moved, came_in),
        generated=counted(before.generated, after.generated, most_wh),
        charged=counted(before.charged, after.charged, most_wh),
        discharged=counted(before.discharged, after.discharged, most_wh),
    )
    return (
        (kind, drawn),
        (kind, body(place.device, place.building, exported.moved, went_out)),
    )


def telling(records: Sequence[Record]) -> Record:
    """Return the record to show of the newest interval among some: of its two, the one that moved more energy."""
    newest = records[-1]
    of_it = [each for each in records if _span(each.body) == _span(newest.body)]
    return max(of_it, key=lambda record: record.body.energy_wh)


def _span(body: Body) -> tuple[int, int]:
    return body.start_ms, body.end_ms


def _colours(interval: Interval, energy: int) -> tuple[tuple[Source, int], ...]:
    weights = {
        int(Source.SOLAR): interval.solar,
        int(Source.BATTERY): interval.battery,
        int(Source.VEHICLE): interval.vehicle,
        int(Source.UNKNOWN): interval.unknown,
    }
    if not any(weights.values()):
        return ((Source.UNKNOWN, energy),)
    parts = apportion(energy, weights)
    return tuple((Source(source), wh) for source, wh in sorted(parts.items()) if wh)
