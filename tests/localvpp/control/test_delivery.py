"""A battery delivers what its flat has traded, within what it may be asked, and never out of the reserve."""

from itertools import pairwise

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.control import Bounds, Pace, Progress, Seen, asked_w, bounds, kept_percent, may_give, power

from .plain_flat import SLOT_S, PlainFlat

LEASES = st.sampled_from([Pace(30), Pace(120, 57.6), Pace(300, 115.2), Pace(60, 28.8)])
POWERS = st.floats(0, 4000)


@pytest.mark.parametrize("traded_wh", [900, 250, 0, -400, -1100])
def test_what_is_traded_is_exchanged_to_a_few_watt_hours(traded_wh: int) -> None:
    flat = PlainFlat(traded_wh=traded_wh, soc_percent=80.0)
    for _ in range(SLOT_S):
        flat.second()
    assert flat.exchanged_wh == pytest.approx(traded_wh, abs=4)


@settings(max_examples=12, deadline=None)
@given(
    traded_wh=st.integers(-1000, 1000),
    loads=st.lists(st.tuples(st.floats(0, 2000), st.floats(0, 2000)), min_size=3, max_size=30),
)
def test_with_perfect_readings_a_restless_flat_delivers_to_ten_watt_hours(
    traded_wh: int, loads: list[tuple[float, float]]
) -> None:
    # Nothing binds: the battery can do more than load, sun and trades ever ask.
    flat = PlainFlat(traded_wh=traded_wh, soc_percent=60.0, capacity_wh=20_000, battery_most_w=9000.0)
    for second in range(SLOT_S):
        flat.load_w, flat.pv_w = loads[second * len(loads) // SLOT_S]
        flat.second()
    assert abs(flat.exchanged_wh - traded_wh) <= 10


def test_without_its_battery_the_flat_would_not_have_delivered() -> None:
    flat = PlainFlat(traded_wh=500)
    for _ in range(SLOT_S):
        flat.second(alive=False)
    assert flat.exchanged_wh == 0, "by itself the battery serves its own flat"


@settings(max_examples=25, deadline=None)
@given(
    pace=LEASES,
    soc=st.floats(20, 60),
    kept=st.integers(10, 50),
    traded_wh=st.integers(-500, 5000),
    dies_at=st.integers(1, SLOT_S),
    loads=st.lists(st.floats(-2000, 2000), min_size=1, max_size=20),
)
def test_whenever_the_program_dies_the_reserve_is_there_when_the_lease_has_ended(
    pace: Pace, soc: float, kept: int, traded_wh: int, dies_at: int, loads: list[float]
) -> None:
    flat = PlainFlat(pace=pace, soc_percent=max(soc, kept), kept_percent=kept, traded_wh=traded_wh)
    least = flat.soc_percent
    for second in range(dies_at):
        flat.load_w = loads[second * len(loads) // SLOT_S]
        flat.second()
        assert flat.soc_percent >= min(least, kept) - 1e-9
    # What the battery was asked it goes on doing until its own time is over.
    for _ in range(int(pace.outlives_s)):
        flat.second(alive=False)
        assert flat.soc_percent >= kept - 1e-9


@given(
    grid_w=st.floats(-6000, 6000),
    battery_w=st.floats(-5000, 5000),
    soc=st.floats(0, 100),
    kept=st.integers(10, 100),
    charge_w=POWERS,
    discharge_w=POWERS,
    pv_w=POWERS,
    inverter_w=st.none() | POWERS,
    line_w=POWERS,
    missing=st.integers(-100_000, 100_000),
    left_s=st.floats(0, 3600),
    pace=LEASES,
)
def test_a_set_point_is_always_within_all_limits(
    grid_w: float,
    battery_w: float,
    soc: float,
    kept: int,
    charge_w: float,
    discharge_w: float,
    pv_w: float,
    inverter_w: float | None,
    line_w: float,
    missing: int,
    left_s: float,
    pace: Pace,
) -> None:
    seen = Seen(
        grid_w=grid_w,
        battery_w=battery_w,
        soc_percent=soc,
        capacity_wh=6000,
        charge_w=charge_w,
        discharge_w=discharge_w,
        pv_w=pv_w,
        inverter_w=inverter_w,
        line_w=line_w,
        kept_percent=kept,
    )
    limits = bounds(seen, pace)
    asked = power(asked_w(Progress(missing, 0, left_s, 1800), seen), limits)
    for watts in (asked.watts, asked.low, asked.high):
        assert -charge_w <= watts <= discharge_w
        assert watts <= 0 or watts * pace.outlives_s / 3600 <= max(0.0, soc - kept) / 100 * 6000
        if inverter_w is not None and watts > 0:
            assert watts + pv_w <= inverter_w
        if inverter_w is not None and watts < 0:
            assert watts + pv_w >= -inverter_w
        flows = seen.load_w - watts
        if flows < -line_w:
            assert watts == -int(charge_w) or (inverter_w is not None and watts == limits.low), "all that it takes"
        if flows > line_w:
            assert watts == limits.high, "all that it may give"


def test_a_battery_at_its_reserve_sells_nothing_and_is_asked_again_when_it_is_well_above() -> None:
    flat = PlainFlat(traded_wh=500, soc_percent=21.0, kept_percent=20, load_w=0.0)
    flat.second()
    assert flat.reserved
    assert flat.held is None
    flat.soc_percent = 22.5
    flat.second()
    assert flat.reserved, "not for every cloud that passes"
    flat.soc_percent = 23.5
    flat.second()
    assert not flat.reserved
    assert flat.held is not None
    assert flat.held.watts > 0


def test_a_battery_at_its_reserve_may_still_be_filled_by_what_was_bought() -> None:
    flat = PlainFlat(traded_wh=-900, soc_percent=12.0, kept_percent=20)
    for _ in range(SLOT_S):
        flat.second()
    assert flat.exchanged_wh == pytest.approx(-900, abs=4)
    assert flat.soc_percent > 20


@pytest.mark.parametrize(("pace", "astray_wh"), [(Pace(30), 5), (Pace(120, 57.6), 15), (Pace(300, 115.2), 30)])
def test_a_load_that_flutters_moves_the_set_point_no_more_often_than_the_device_bears(
    pace: Pace, astray_wh: int
) -> None:
    flat = PlainFlat(traded_wh=400, pace=pace, capacity_wh=20_000)
    for second in range(SLOT_S):
        flat.load_w = 500.0 + 300.0 * (second % 7) - 40.0 * (second % 3)
        flat.second()
    moments = [moment for moment, _ in flat.writes]
    assert min(later - before for before, later in pairwise(moments)) >= pace.change_s
    assert abs(flat.exchanged_wh - 400) <= astray_wh


def test_a_steady_flat_is_hardly_written_to() -> None:
    flat = PlainFlat(traded_wh=400, capacity_wh=20_000)
    for _ in range(SLOT_S):
        flat.second()
    assert len(flat.writes) <= 12


def test_the_largest_of_all_reserves_holds() -> None:
    assert kept_percent(None, None, None) == 10
    assert kept_percent(30, None, 12.5) == 30
    assert kept_percent(0, 100, 12.5) == 100
    assert kept_percent(float("nan"), 14.2) == 15


def test_near_the_reserve_less_is_asked_than_may_be() -> None:
    limits = Bounds(-1000, 500, reserved=True)
    assert power(2000, limits).watts == 400
    assert power(-2000, limits).watts == -1000
    seen = PlainFlat(soc_percent=25.0).seen()
    assert may_give(2000, limits, seen, reserved=False)
