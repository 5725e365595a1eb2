"""Samples become intervals: every watt-hour of the registers stands in exactly one of them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.behind import Behind, Count
from localvpp.etp import (
    Body,
    Chain,
    DeviceId,
    Ed25519Signer,
    ErrorFlag,
    Kind,
    MeterStatus,
    Register,
    Source,
    TimeStatus,
)
from localvpp.slots import (
    BOUNDARY_TOLERANCE_MS,
    CLOCK_SLEW_MS,
    STEPS_WH,
    Interval,
    MeterPlace,
    Reading,
    Sample,
    Seconds,
    SlotBook,
    Why,
    bodies,
    is_quiet,
    telling,
)
from localvpp.store import FlatStore

from .place import ORIGIN, SLOT

FLAT, BUILDING = DeviceId(b"\xf1" * 16), DeviceId(b"\xb0" * 16)
PLACE = MeterPlace(device=FLAT, building=BUILDING, slot_seconds=60, serial="12000101", place="101")


def sample(second: float, imported: int, exported: int = 0, **more: int | bool | None) -> Sample:
    """A sample so many seconds after the slot's begin, with what the registers moved since."""
    reading = Reading(SLOT * 1000 + round(second * 1000), 1_000_000 + imported, 5_000 + exported)
    return Sample(reading=reading, **more)  # type: ignore[arg-type]  # each test gives what its field holds


def feed(book: SlotBook, samples: Iterable[Sample]) -> tuple[SlotBook, list[Interval]]:
    closed: list[Interval] = []
    for each in samples:
        book, more = book.feed(each)
        closed += more
    return book, closed


def minute(start: float, imported: int, step: int = 1) -> list[Sample]:
    """Sixty samples, one a second, each `step` Wh more."""
    return [sample(start + second, imported + step * second) for second in range(60)]


def moved(interval: Interval) -> tuple[int, int]:
    return (
        interval.end.import_wh - interval.begin.import_wh,
        interval.end.export_wh - interval.begin.export_wh,
    )


# --- A day like any other -----------------------------------------------------------------------------------


def test_a_slot_that_was_read_each_second_is_one_interval() -> None:
    book, closed = feed(SlotBook(60), [*minute(0.5, 0), sample(60.5, 60)])
    (interval,) = closed
    assert (interval.slot, interval.why) == (SLOT, Why.BOUNDARY)
    assert moved(interval) == (60, 0)
    assert book.open is not None
    assert book.open.begin == interval.end
    assert book.open.slot == SLOT + 60


def test_the_first_slot_begins_with_the_first_sample() -> None:
    _, closed = feed(SlotBook(60), [sample(40, 7), sample(41, 8), sample(60.5, 20)])
    (interval,) = closed
    assert (interval.slot, interval.begin.time_ms) == (SLOT, (SLOT + 40) * 1000)
    assert moved(interval) == (13, 0)


def test_a_boundary_read_late_within_the_tolerance_still_counts() -> None:
    late = 60 + BOUNDARY_TOLERANCE_MS / 1000
    _, closed = feed(SlotBook(60), [sample(0.5, 0), sample(50, 50), sample(late, 65)])
    (interval,) = closed
    assert (interval.why, moved(interval)) == (Why.BOUNDARY, (65, 0))


def test_when_the_boundary_was_missed_the_last_sample_before_it_counts_and_the_rest_is_a_gap() -> None:
    book, closed = feed(SlotBook(60), [sample(0.5, 0), sample(57, 57), sample(70, 75), sample(71, 76)])
    interval, gap = closed
    assert (interval.slot, interval.why, moved(interval)) == (SLOT, Why.BOUNDARY, (57, 0))
    assert (gap.slot, gap.why, moved(gap)) == (SLOT, Why.GAP, (18, 0))
    assert gap.begin == interval.end
    assert book.open is not None
    assert (book.open.slot, book.open.begin) == (SLOT + 60, gap.end)


@pytest.mark.parametrize("back_after", [65.001, 61 + 60, 3 * 3600])
def test_after_a_long_silence_there_is_one_gap_with_all_of_its_energy(back_after: float) -> None:
    book, closed = feed(SlotBook(60), [sample(0.5, 0), sample(40, 40), sample(back_after, 900, 30)])
    (gap,) = closed
    assert (gap.slot, gap.why, moved(gap)) == (SLOT, Why.GAP, (900, 30))
    assert book.open is not None
    assert book.open.begin == gap.end
    assert book.open.slot == book.slot_of(gap.end.time_ms)


def test_after_a_gap_slots_are_kept_again() -> None:
    _, closed = feed(SlotBook(60), [sample(0.5, 0), sample(130, 100), *minute(180.5, 150), sample(240.5, 210)])
    assert [(interval.slot - SLOT, interval.why) for interval in closed] == [
        (0, Why.GAP),
        (120, Why.BOUNDARY),
        (180, Why.BOUNDARY),
    ]


def test_a_single_sample_before_the_boundary_proves_no_interval_of_its_own() -> None:
    _, closed = feed(SlotBook(60), [sample(58, 0), sample(80, 20)])
    assert [(interval.why, moved(interval)) for interval in closed] == [(Why.GAP, (20, 0))]


# --- Counters and clocks that jump --------------------------------------------------------------------------


RATED_W = 12_600
HOUR = 3600.0


def of(meter: str | None, each: Sample, rated_w: int = RATED_W) -> Sample:
    """The sample as a meter of that serial number and rating gave it."""
    return replace(each, reading=replace(each.reading, meter=meter), rated_w=rated_w)


def test_a_meter_with_a_higher_register_after_a_silence_is_an_exchange_and_its_difference_is_no_energy() -> None:
    book, closed = feed(
        SlotBook(60), [of(None, each) for each in (sample(0.5, 0), sample(10, 10), sample(2 * HOUR, 18_000_000))]
    )
    (interval,) = closed
    assert (interval.why, moved(interval)) == (Why.METER_EXCHANGED, (10, 0))
    assert book.open is not None
    assert (book.open.begin.import_wh, book.open.begin) == (19_000_000, book.open.end)


def test_the_export_register_is_held_against_the_rating_too() -> None:
    _, closed = feed(SlotBook(60), [of(None, each) for each in (sample(0.5, 0), sample(2 * HOUR, 5, 18_000_000))])
    assert [(interval.why, moved(interval)) for interval in closed] == [(Why.METER_EXCHANGED, (0, 0))]


def test_a_meter_exchanged_in_a_blink_is_known_by_its_jump() -> None:
    _, closed = feed(SlotBook(60), [of(None, sample(0.5, 0)), of(None, sample(3, 18_000_000))])
    assert [(interval.why, moved(interval)) for interval in closed] == [(Why.METER_EXCHANGED, (0, 0))]


def test_after_a_long_outage_what_can_have_flowed_is_counted_whole() -> None:
    flowed = 80 * RATED_W  # 80 h at the rating.
    _, closed = feed(SlotBook(60), [of("A1", sample(0.5, 0)), of("A1", sample(80 * HOUR, flowed, 40_000))])
    assert [(interval.why, moved(interval)) for interval in closed] == [(Why.GAP, (flowed, 40_000))]


def test_what_the_rating_would_allow_after_a_long_outage_is_an_exchange_if_the_serial_number_is_another() -> None:
    _, closed = feed(SlotBook(60), [of("A1", sample(0.5, 0)), of("B2", sample(80 * HOUR, 80 * RATED_W))])
    assert [(interval.why, moved(interval)) for interval in closed] == [(Why.METER_EXCHANGED, (0, 0))]


@pytest.mark.parametrize(("before", "after"), [("A1", None), (None, "B2"), (None, None)])
def test_a_serial_number_that_is_not_known_proves_no_exchange(before: str | None, after: str | None) -> None:
    _, closed = feed(SlotBook(60), [of(before, sample(0.5, 0)), of(after, sample(80 * HOUR, 80 * RATED_W))])
    assert [interval.why for interval in closed] == [Why.GAP]


@pytest.mark.parametrize("wh", [3_300, 3_400])
def test_the_limit_of_a_silence_is_one_and_a_half_times_the_rating_and_two_coarse_steps(wh: int) -> None:
    limit = RATED_W * 3 // 2 * 256 // 3600 + STEPS_WH
    assert limit == 3_344
    _, closed = feed(SlotBook(60), [of(None, sample(0, 0)), of(None, sample(256, wh))])
    assert [interval.why for interval in closed] == [Why.GAP if wh <= limit else Why.METER_EXCHANGED]


def test_a_record_names_the_meter_that_its_registers_are_of() -> None:
    _, (interval,) = feed(SlotBook(60), [of("A1", sample(0.5, 0)), of("B2", sample(80 * HOUR, 9))])
    for _, body in bodies(interval, replace(PLACE, serial="B2"), None):
        assert (body.meter, body.meter_status, body.energy_wh) == ("A1", MeterStatus.EXCHANGED, 0)


@pytest.mark.parametrize("meter", [None, "B2"])
def test_a_chain_that_was_adopted_does_not_go_on_from_another_meters_registers(meter: str | None) -> None:
    last = of("A1", sample(0, 0)).reading
    wh = 18_000_000 if meter is None else 5
    book, (gap,) = SlotBook(60).resume(last, of(meter, sample(2 * HOUR, wh)))
    assert (gap.why, moved(gap)) == (Why.METER_EXCHANGED, (0, 0))
    assert book.open is not None
    assert book.open.begin.import_wh == 1_000_000 + wh


@pytest.mark.parametrize("new", [Reading(0, 3, 5_000), Reading(0, 1_000_010, 0), Reading(0, 0, 0)], ids=str)
def test_a_counter_that_steps_back_leaves_what_was_counted_and_starts_afresh(new: Reading) -> None:
    at = SLOT * 1000 + 20_000
    book, closed = feed(SlotBook(60), [sample(0.5, 0), sample(10, 10), Sample(reading=replace(new, time_ms=at))])
    (interval,) = closed
    assert (interval.why, moved(interval)) == (Why.METER_EXCHANGED, (10, 0))
    assert book.open is not None
    assert book.open.begin == replace(new, time_ms=at)
    _, healed = feed(book, [Sample(reading=replace(new, time_ms=SLOT * 1000 + 60_500, import_wh=new.import_wh + 4))])
    assert [(interval.why, moved(interval)) for interval in healed] == [(Why.BOUNDARY, (4, 0))]


def test_an_exchanged_meter_is_an_exception_and_not_an_interval() -> None:
    _, (interval,) = feed(SlotBook(60), [sample(0.5, 0), sample(10, 10, 5), sample(11, 0)])
    records = bodies(interval, PLACE, None)
    assert [kind for kind, _ in records] == [Kind.EXCEPTION, Kind.EXCEPTION]
    assert {body.meter_status for _, body in records} == {MeterStatus.EXCHANGED}


def test_a_clock_that_steps_back_ends_the_interval_and_loses_no_energy() -> None:
    book, closed = feed(SlotBook(60), [sample(0.5, 0), sample(30, 30), sample(-600, 31), sample(-599, 32)])
    stepped, gap = closed
    assert (stepped.why, moved(stepped)) == (Why.CLOCK_STEP, (30, 0))
    assert (gap.why, moved(gap)) == (Why.GAP, (1, 0))
    assert gap.begin.time_ms == gap.end.time_ms == stepped.end.time_ms
    assert book.open is not None
    assert (book.open.slot, book.open.begin.import_wh) == (SLOT - 600, 1_000_031)
    assert [{body.errors for _, body in bodies(interval, PLACE, None)} for interval in closed] == [
        {ErrorFlag.TIME},
        {ErrorFlag(0)},
    ]


def test_a_clock_that_steps_back_while_nothing_moves_makes_no_gap() -> None:
    _, closed = feed(SlotBook(60), [sample(0.5, 0), sample(30, 30), sample(-600, 30)])
    assert [interval.why for interval in closed] == [Why.CLOCK_STEP]


def test_a_clock_that_steps_forward_is_a_silence() -> None:
    _, closed = feed(SlotBook(60), [sample(0.5, 0), sample(30, 30), sample(4000, 31)])
    assert [(interval.why, moved(interval)) for interval in closed] == [(Why.GAP, (31, 0))]


def test_a_clock_that_is_slewed_back_a_little_is_no_step() -> None:
    samples = [sample(0.5, 0), sample(30, 30), sample(30 - CLOCK_SLEW_MS / 1000, 31), sample(60.5, 60)]
    _, (interval,) = feed(SlotBook(60), samples)
    assert (interval.why, moved(interval)) == (Why.BOUNDARY, (60, 0))
    _, closed = feed(SlotBook(60), [*samples[:2], sample(30 - CLOCK_SLEW_MS / 1000 - 0.001, 31)])
    assert closed[0].why is Why.CLOCK_STEP


def test_a_slewed_sample_does_not_make_an_interval_end_before_it_begins() -> None:
    book, _ = feed(SlotBook(60), [sample(60, 0), sample(59.5, 1)])
    assert book.open is not None
    assert book.open.end == Reading((SLOT + 60) * 1000, 1_000_001, 5_000)


def test_what_grew_under_longer_slots_is_a_gap_under_shorter_ones() -> None:
    """It spans several of the new slots: to call it one of them would put minutes of energy into a minute."""
    book, _ = feed(SlotBook(1800), [sample(0.5, 0), sample(1020, 800)])
    assert book.open is not None
    for last, why in (
        (sample(1021, 801), [Why.GAP]),
        (sample(1022, 700), [Why.METER_EXCHANGED]),
        (sample(500, 801), [Why.GAP, Why.GAP]),
    ):
        _, closed = replace(book, slot_seconds=60).feed(last)
        assert [interval.why for interval in closed] == why


# --- What records say ---------------------------------------------------------------------------------------


def one(samples: list[Sample]) -> Interval:
    _, (interval,) = feed(SlotBook(60), samples)
    return interval


def test_both_directions_are_told_always_so_that_the_number_of_records_tells_nothing() -> None:
    quiet = bodies(one([sample(0.5, 0), sample(60.5, 0)]), PLACE, None)
    assert [(kind, body.sender, body.receiver, body.energy_wh, body.attributes) for kind, body in quiet] == [
        (Kind.INTERVAL, BUILDING, FLAT, 0, ()),
        (Kind.INTERVAL, FLAT, BUILDING, 0, ()),
    ]
    assert {body.imported for _, body in quiet} == {Register(1_000_000, 1_000_000)}
    both = bodies(one([sample(0.5, 0), sample(60.5, 12, 3)]), PLACE, Seconds(bytes(32), 60))
    (_, came), (_, went) = both
    assert (came.sender, came.receiver, came.energy_wh, came.attributes) == (BUILDING, FLAT, 12, ((Source.GRID, 12),))
    assert (went.sender, went.receiver, went.energy_wh) == (FLAT, BUILDING, 3)
    for body in (came, went):
        assert (body.imported, body.exported) == (Register(1_000_000, 1_000_012), Register(5_000, 5_003))
        assert (body.seconds_root, body.seconds_count) == (bytes(32), 60)
        assert (body.meter, body.place, body.slot_seconds) == ("12000101", "101", 60)
        assert body.time_status is TimeStatus.INFORMATIVE


@pytest.mark.parametrize(("moves", "shown"), [((12, 3), 12), ((3, 12), 12), ((0, 0), 0)])
def test_of_an_intervals_two_records_the_one_that_moved_more_is_shown(
    moves: tuple[int, int], shown: int, signer: Ed25519Signer
) -> None:
    chain, records = Chain(FLAT, ORIGIN), []
    for each in (one([sample(0.5, 0), sample(60.5, 500, 500)]), one([sample(60.5, 0), sample(120.5, *moves)])):
        for kind, body in bodies(each, PLACE, None):
            record, chain = chain.seal(signer, kind, each.slot, body)
            records.append(record)
    assert telling(records).body.energy_wh == shown
    assert telling(records).body.start_ms == (SLOT + 60.5) * 1000


@pytest.mark.parametrize(
    ("seconds", "colours"),
    [
        ([{"grid_w": -900, "pv_w": 1200, "battery_w": 0}], ((Source.SOLAR, 10),)),
        ([{"grid_w": -900, "pv_w": 0, "battery_w": 900}], ((Source.BATTERY, 10),)),
        ([{"grid_w": -900, "pv_w": 700, "battery_w": 300}], ((Source.SOLAR, 7), (Source.BATTERY, 3))),
        (
            [{"grid_w": -900, "pv_w": 600, "battery_w": 0, "vehicle_w": 300}],
            ((Source.SOLAR, 7), (Source.VEHICLE, 3)),
        ),
        ([{"grid_w": -900, "pv_w": 600, "battery_w": 0, "vehicle_w": -300}], ((Source.SOLAR, 10),)),
        ([{"grid_w": -900, "pv_w": 600, "battery_w": 0, "vehicle_w": None}], ((Source.UNKNOWN, 10),)),
        ([{"grid_w": -900, "pv_w": 1200, "battery_w": -300}], ((Source.SOLAR, 10),)),
        ([{"grid_w": -900}], ((Source.UNKNOWN, 10),)),
        ([{"grid_w": 900, "pv_w": 1200}], ((Source.UNKNOWN, 10),)),
        ([{"pv_w": 1200, "battery_w": 0}], ((Source.UNKNOWN, 10),)),
        ([{"grid_w": -900, "pv_w": 1200}], ((Source.UNKNOWN, 10),)),
        ([{"grid_w": -900, "battery_w": 1200}], ((Source.UNKNOWN, 10),)),
        ([{"grid_w": -900, "pv_w": 0, "battery_w": -5}], ((Source.UNKNOWN, 10),)),
        (
            [{"grid_w": -600, "pv_w": 3000, "battery_w": 0}, {"grid_w": -400, "battery_w": 3000}],
            ((Source.UNKNOWN, 4), (Source.SOLAR, 6)),
        ),
        (
            [
                {"grid_w": -100, "pv_w": 900, "battery_w": 0},
                {"grid_w": -100, "pv_w": 0, "battery_w": 100},
                {"grid_w": 500, "pv_w": 0, "battery_w": 800},
            ],
            ((Source.SOLAR, 5), (Source.BATTERY, 5)),
        ),
    ],
    ids=str,
)
def test_exported_energy_has_the_colour_of_what_fed_the_flat_while_it_exported(
    seconds: list[dict[str, int]], colours: tuple[tuple[Source, int], ...]
) -> None:
    samples = [sample(10 + at, 0, 5, **values) for at, values in enumerate(seconds)]
    interval = one([sample(0.5, 0), *samples, sample(60.5, 0, 10)])
    _, (_, body) = bodies(interval, PLACE, None)
    assert body.attributes == colours


def test_frequency_is_the_mean_of_the_samples_that_knew_it() -> None:
    samples = [sample(0.5, 0), sample(1, 0, frequency_mhz=59_990), sample(2, 0), sample(60.5, 0, frequency_mhz=60_021)]
    assert {body.frequency_mhz for _, body in bodies(one(samples), PLACE, None)} == {60_005}
    unknown = bodies(one([sample(0.5, 0), sample(60.5, 0)]), PLACE, None)
    assert {body.frequency_mhz for _, body in unknown} == {None}


def test_an_interval_in_which_the_flat_was_an_island_says_so() -> None:
    samples = [sample(0.5, 0), sample(1, 0, islanded=True), sample(2, 0, islanded=None), sample(3, 0, islanded=False)]
    samples.append(sample(60.5, 0))
    assert {body.errors for _, body in bodies(one(samples), PLACE, None)} == {ErrorFlag.ISLAND}
    book, _ = feed(SlotBook(60), samples)
    after = bodies(feed(book, [sample(120.5, 0)])[1][0], PLACE, None)
    assert {body.errors for _, body in after} == {ErrorFlag(0)}


def test_the_frequency_of_an_interval_with_an_island_is_the_islands() -> None:
    samples = [
        sample(0.5, 0),
        sample(1, 0, frequency_mhz=60_010),
        sample(2, 0, islanded=True, frequency_mhz=59_100),
        sample(3, 0, islanded=True),
        sample(4, 0, islanded=True, frequency_mhz=59_300),
        sample(5, 0, islanded=None, frequency_mhz=60_020),
        sample(60.5, 0, islanded=False, frequency_mhz=60_010),
    ]
    assert {body.frequency_mhz for _, body in bodies(one(samples), PLACE, None)} == {59_200}
    unknown = [each if each.islanded is not True else replace(each, frequency_mhz=None) for each in samples]
    assert {body.frequency_mhz for _, body in bodies(one(unknown), PLACE, None)} == {None}


@pytest.mark.parametrize(
    ("last", "back", "kinds"),
    [
        (20, 40, [Kind.INTERVAL]),
        (20, 200.5, [Kind.GAP]),
        (57, 200.5, [Kind.INTERVAL, Kind.GAP]),
        (59.5, 61.5, [Kind.INTERVAL]),
    ],
)
def test_an_island_in_which_the_meter_was_dead_is_told_and_its_energy_is_made_up_by_nobody(
    last: float, back: float, kinds: list[Kind]
) -> None:
    book, _ = feed(SlotBook(60), [sample(0.5, 0), sample(last, 5, frequency_mhz=60_010)])
    for islanded in (None, True, None, False):
        book = book.silent(islanded)
    assert book.open is not None
    assert book.open.end == sample(last, 5).reading
    book, closed = feed(book, [sample(back, 9, islanded=False, frequency_mhz=60_020)])
    if not closed:
        book, closed = feed(book, [sample(60.5, 9)])
    told = [bodies(each, PLACE, None)[0] for each in closed]
    assert [kind for kind, _ in told] == kinds
    assert told[-1][1].errors == ErrorFlag.ISLAND
    assert told[-1][1].frequency_mhz is None
    assert sum(body.energy_wh for _, body in told) == 9
    if len(told) > 1:  # It was read up to its end before the grid went.
        assert told[0][1].errors == ErrorFlag(0)
    after = bodies(feed(book, [sample(back + 120, 9)])[1][0], PLACE, None)
    assert {body.errors for _, body in after} == {ErrorFlag(0)}


def test_a_silence_without_an_island_flags_nothing_and_begins_nothing() -> None:
    assert SlotBook(60).silent(True) == SlotBook(60)
    book, _ = feed(SlotBook(60), [sample(0.5, 0), sample(1, 0)])
    assert book.silent(None) == book.silent(False) == book


def test_what_was_counted_behind_the_meter_stands_in_the_record_of_what_came_in() -> None:
    begin = Behind(Count(10_000, "sun"), Count(400, "in"), Count(300, "out"))
    end = Behind(Count(10_700, "sun"), Count(400, "in"), Count(300, "another"))
    first, last = sample(0.5, 0), sample(60.5, 12, 3)
    first, last = (
        replace(each, reading=replace(each.reading, behind=behind)) for each, behind in ((first, begin), (last, end))
    )
    book, (interval,) = feed(SlotBook(60), [first, last])
    (_, came), (_, went) = bodies(interval, PLACE, None)
    assert came.behind == {"generated": Register(10_000, 10_700), "charged": Register(400, 400)}
    assert not went.behind
    assert book.open is not None
    assert book.open.begin.behind == end


def test_more_than_can_have_been_made_in_an_interval_is_no_counters() -> None:
    begin = replace(sample(0.5, 0), reading=replace(sample(0.5, 0).reading, behind=Behind(Count(0, "sun"))))
    most_wh = 72_000 * 3 // 2 // 60 + STEPS_WH
    for moved_wh, known in ((most_wh, True), (most_wh + 1, False)):
        end = sample(60.5, 12)
        end = replace(end, reading=replace(end.reading, behind=Behind(Count(moved_wh, "sun"))))
        (_, came), _ = bodies(one([begin, end]), PLACE, None)
        assert (came.generated is not None) is known


# --- A restart in the middle --------------------------------------------------------------------------------


async def test_an_interval_goes_on_after_a_restart(tmp_path: Path) -> None:
    before = [
        sample(0.5, 0),
        sample(10, 5, 2, grid_w=-500, pv_w=700, battery_w=50, vehicle_w=20, frequency_mhz=60_010, islanded=True),
    ]
    after = [sample(40, 20, 8, grid_w=-300, pv_w=400, frequency_mhz=59_980), sample(60.5, 30, 9)]
    _, without_restart = feed(SlotBook(60), [*before, *after])
    book, _ = feed(SlotBook(60), before)
    store = await FlatStore.open(tmp_path / "flat.db", FLAT, ORIGIN)
    await store.save_seconds(book.open, ())
    await store.close()
    store = await FlatStore.open(tmp_path / "flat.db", FLAT, ORIGIN)
    saved = await store.load()
    await store.close()
    assert saved.open == book.open
    assert feed(SlotBook(60, saved.open), after)[1] == without_restart


# --- Whatever happens ---------------------------------------------------------------------------------------

steps_ms = st.one_of(
    st.just(1000),
    st.integers(900, 1100),
    st.integers(-1500, 7000),
    st.sampled_from([-3_600_000, -61_000, -999, -1000, -1001, 59_000, 61_000, 65_001, 600_000, 3_600_000]),
)
powers = st.none() | st.integers(-5000, 5000)
arrivals = st.lists(
    st.tuples(steps_ms, st.integers(0, 30), st.integers(0, 30), powers, powers, powers, st.none() | st.booleans()),
    min_size=1,
    max_size=30,
)


def sequence(steps: list[tuple[int, int, int, int | None, int | None, int | None, bool | None]]) -> list[Sample]:
    time_ms, imported, exported, samples = SLOT * 1000 + 500, 10**6, 10**3, []
    for step_ms, more_in, more_out, grid, pv, battery, islanded in steps:
        time_ms += step_ms
        imported += more_in
        exported += more_out
        samples.append(
            Sample(
                reading=Reading(time_ms, imported, exported),
                grid_w=grid,
                pv_w=pv,
                battery_w=battery,
                islanded=islanded,
                frequency_mhz=None if pv is None else 60_000 + pv,
            )
        )
    return samples


@settings(deadline=None, max_examples=100)
@given(arrivals, st.sampled_from([60, 300, 1800]))
def test_whatever_the_clock_does_the_intervals_hold_all_energy_and_nothing_twice(
    steps: list[tuple[int, int, int, int | None, int | None, int | None, bool | None]], slot_seconds: int
) -> None:
    samples = sequence(steps)
    book, closed = feed(SlotBook(slot_seconds), samples)
    assert book.open is not None
    intervals = [*closed, book.open]
    first, last = samples[0].reading, samples[-1].reading
    assert (intervals[0].begin.import_wh, intervals[0].begin.export_wh) == (first.import_wh, first.export_wh)
    assert (intervals[-1].end.import_wh, intervals[-1].end.export_wh) == (last.import_wh, last.export_wh)
    for one_of_two, next_one in pairwise(intervals):
        assert one_of_two.end.import_wh == next_one.begin.import_wh
        assert one_of_two.end.export_wh == next_one.begin.export_wh
    assert sum(moved(interval)[0] for interval in intervals) == last.import_wh - first.import_wh
    assert sum(moved(interval)[1] for interval in intervals) == last.export_wh - first.export_wh
    place = replace(PLACE, slot_seconds=slot_seconds)
    for interval in intervals:
        assert interval.begin.time_ms <= interval.end.time_ms
        assert interval.slot % slot_seconds == 0
        assert interval.slot * 1000 <= interval.begin.time_ms < (interval.slot + slot_seconds) * 1000
        records = bodies(interval, place, None)
        assert sum(body.energy_wh for _, body in records) == sum(moved(interval))
        for kind, body in records:
            assert Body.decode(body.encode()) == body
            if kind is Kind.INTERVAL:
                # What the coordinator asks of an interval: that it lies in its slot, within the tolerance.
                assert body.start_ms >= interval.slot * 1000
                assert body.end_ms <= (interval.slot + slot_seconds) * 1000 + BOUNDARY_TOLERANCE_MS


@settings(deadline=None, max_examples=100)
@given(arrivals.map(lambda steps: [(max(step[0], -CLOCK_SLEW_MS), *step[1:]) for step in steps]))
def test_without_a_step_of_the_clock_times_run_forward(
    steps: list[tuple[int, int, int, int | None, int | None, int | None, bool | None]],
) -> None:
    # Slews may add up: only what stays within the tolerance of the latest time is no step.
    latest, samples = 0, []
    for each in sequence(steps):
        if each.reading.time_ms >= latest - CLOCK_SLEW_MS:
            latest = max(latest, each.reading.time_ms)
            samples.append(each)
    book, closed = feed(SlotBook(60), samples)
    assert book.open is not None
    assert Why.CLOCK_STEP not in {interval.why for interval in closed}
    for one_of_two, next_one in pairwise([*closed, book.open]):
        assert next_one.begin.time_ms >= one_of_two.end.time_ms - CLOCK_SLEW_MS
        assert next_one.end.time_ms >= one_of_two.end.time_ms - CLOCK_SLEW_MS


@settings(deadline=None, max_examples=60)
@given(arrivals, st.data())
def test_a_counter_that_falls_anywhere_costs_only_what_nobody_read(
    steps: list[tuple[int, int, int, int | None, int | None, int | None, bool | None]], data: st.DataObject
) -> None:
    samples = sequence(steps)
    cut = data.draw(st.integers(1, len(samples)))
    new = [
        replace(each, reading=replace(each.reading, import_wh=each.reading.import_wh - 10**6, export_wh=0))
        for each in samples[cut:]
    ]
    book, closed = feed(SlotBook(60), [*samples[:cut], *new])
    assert book.open is not None
    total = sum(moved(interval)[0] for interval in [*closed, book.open])
    read = samples[cut - 1].reading.import_wh - samples[0].reading.import_wh
    if new:
        read += new[-1].reading.import_wh - new[0].reading.import_wh
        assert [interval.why for interval in closed].count(Why.METER_EXCHANGED) == 1
    assert total == read


def test_a_body_is_made_of_any_interval(make_body: Callable[..., Body]) -> None:
    """The same fields as a body written by hand."""
    place = replace(PLACE, serial=None, place=None)
    (_, body), _ = bodies(one([sample(0, 234_000), sample(60, 234_012)]), place, None)
    by_hand = make_body(sender=BUILDING, receiver=FLAT, exported=Register(5_000, 5_000))
    assert replace(body, imported=by_hand.imported) == by_hand


@pytest.mark.parametrize(
    ("second", "quiet"),
    [(0, True), (5.999, True), (6, False), (30, False), (53.999, False), (54, True), (59.999, True), (60, True)],
)
def test_about_a_boundary_nothing_is_tried_that_could_hold_up_a_meter(second: float, quiet: bool) -> None:
    assert is_quiet(SLOT * 1000 + round(second * 1000), 60) is quiet
    assert not is_quiet(SLOT * 1000 + round(second * 1000) + 900_000, 3600)
