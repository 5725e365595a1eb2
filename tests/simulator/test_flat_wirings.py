"""Three wirings of a living room, as physics: gaps to the millisecond, interlock, watchdog, leases, islands."""

from dataclasses import replace

from hypothesis import given, settings, strategies as st
import pytest

from simulator.physics import (
    DEAD,
    MJ_PER_WH,
    Backup,
    BatteryRating,
    DerControls,
    EnergyRegisters,
    Flat,
    FlatInputs,
    FlatRating,
    Grid,
    Inverter,
    InverterRating,
    LegacyControls,
    Link,
    Pair,
    Relay,
    Switch,
    resting,
    step,
)
from simulator.physics.pair import settle

AT_LEISURE = settings(deadline=None)
GRID = resting(50)
SAG, LOW_HZ, HIGH_HZ = Grid(170_000, 50_000), Grid(202_000, 48_000), Grid(202_000, 52_500)
BATTERY = BatteryRating(capacity_mj=5_000 * MJ_PER_WH, charge_mw=2_500_000, discharge_mw=2_500_000)
RATING = FlatRating(
    living_permille=400,
    inverter=InverterRating(ac_mw=4_000_000, pv_wp=4000, battery=BATTERY, enter_delay_s=5, nominal_hz=50),
)
LOAD_MW = 1_000_000
LIVING_MW = 400_000


FREE = DerControls(enter_delay_s=5, enter_hz_low=4700, enter_hz_high=5200)


def pair(gap_ms: int = 500, watchdog_s: int = 3600) -> Pair:
    return Pair(
        main=Relay(lag_ms=300),
        island=Relay(lag_ms=400, command=False, contact=False),
        output=Backup(gap_ms=gap_ms),
        watchdog_ms=watchdog_s * 1000,
        at_ms=0,
    )


def coils(switch: Switch, main: bool, island: bool) -> Pair:
    assert isinstance(switch, Pair)
    return replace(switch, main=replace(switch.main, command=main), island=replace(switch.island, command=island))


def a_flat(switch: Switch, soc_permille: int = 500, controls: LegacyControls | DerControls | None = None) -> Flat:
    stored = BATTERY.capacity_mj * soc_permille // 1000
    return Flat(
        switch=switch,
        inverter=Inverter(stored_mj=stored, controls=controls or LegacyControls()),
        meter=EnergyRegisters(),
    )


def run(flat: Flat, grid: Grid, seconds: int, *, demand_mw: int = LOAD_MW, pv_mw: int = 0) -> Flat:
    for _ in range(seconds):
        flat = step(RATING, flat, FlatInputs(demand_mw, pv_mw, grid), 1)
    return flat


def inverter(flat: Flat) -> Inverter:
    assert flat.inverter is not None
    return flat.inverter


def told(flat: Flat, **changes: object) -> Flat:
    controls = inverter(flat).controls
    assert isinstance(controls, LegacyControls)
    return replace(flat, inverter=replace(inverter(flat), controls=replace(controls, **changes)))  # type: ignore[arg-type]


def leave(flat: Flat, lease_s: int) -> Flat:
    return told(flat, connect=False, connect_wanted=False, connect_until_ms=flat.clock_ms + lease_s * 1000)


def back(flat: Flat) -> Flat:
    return told(flat, connect=True, connect_wanted=True, connect_until_ms=None)


legacy = st.builds(LegacyControls, connect=st.booleans(), connect_until_ms=st.none() | st.integers(0, 20_000))
der = st.builds(DerControls, permit=st.booleans(), standby=st.booleans(), enter_delay_s=st.integers(0, 4))
switches = st.one_of(
    st.builds(Backup, gap_ms=st.integers(20, 10_000), welded=st.booleans()),
    st.builds(
        Pair,
        main=st.builds(Relay, lag_ms=st.integers(200, 950), command=st.booleans(), welded=st.booleans()),
        island=st.builds(
            Relay, lag_ms=st.integers(200, 950), command=st.booleans(), contact=st.just(False), welded=st.booleans()
        ),
        output=st.builds(Backup, gap_ms=st.integers(20, 10_000), welded=st.booleans()),
        watchdog_ms=st.integers(1, 20).map(lambda seconds: seconds * 1000),
    ),
)
seconds = st.lists(
    st.builds(
        FlatInputs,
        st.integers(0, 9_000_000),
        st.integers(0, 9_000_000),
        st.sampled_from([GRID, DEAD, SAG, LOW_HZ, HIGH_HZ]),
        st.sampled_from([0, 4_000_000]),
    ),
    min_size=1,
    max_size=40,
)


@AT_LEISURE
@given(switches, st.integers(50, 1000), legacy | der, st.booleans(), st.booleans(), seconds)
def test_every_second_balances_whatever_the_wiring_the_grid_and_what_was_asked(
    switch: Switch, soc: int, controls: LegacyControls | DerControls, dead: bool, trips: bool, inputs: list[FlatInputs]
) -> None:
    flat = a_flat(switch, soc, controls)
    flat = replace(flat, inverter=replace(inverter(flat), dead=dead, pv_trips=trips))
    for each in inputs:
        before, flat = flat, step(RATING, flat, each, 1)
        assert flat.load_mw == inverter(flat).pv_mw + inverter(flat).battery_mw + flat.grid_mw
        assert 0 <= flat.living_mw <= flat.load_mw
        assert flat.dark_ms - before.dark_ms in range(1001)
        assert flat.energised == (flat.dark_ms - before.dark_ms < 1000)
        assert BATTERY.floor_mj <= inverter(flat).stored_mj <= BATTERY.capacity_mj
        assert flat.meter.net_mj - before.meter.net_mj == flat.grid_mw
        if isinstance(flat.switch, Pair):
            assert not (flat.switch.main.contact and flat.switch.island.contact)
        elif flat.forming:
            assert flat.separated


@pytest.mark.parametrize("gap_ms", [20, 500, 999, 1000, 2300, 10_000])
def test_backup_terminals_are_dark_for_the_gap_and_not_a_millisecond_longer(gap_ms: int) -> None:
    home = run(a_flat(Backup(gap_ms=gap_ms)), GRID, 5)
    assert (home.dark_ms, home.separated) == (0, False)
    gone = run(home, DEAD, 60)
    assert (gone.dark_ms, gone.energised, gone.islanded) == (gap_ms, True, True)
    assert (gone.load_mw, gone.grid_mw) == (LIVING_MW, 0)
    returned = run(gone, GRID, 30)
    assert returned.dark_ms == 2 * gap_ms
    assert (returned.separated, inverter(returned).link) == (False, Link.FOLLOWING)


def test_the_second_of_a_transfer_serves_just_what_was_fed_in_it() -> None:
    home = run(a_flat(Backup(gap_ms=250)), GRID, 5)
    gone = run(home, DEAD, 1)
    assert (gone.living_mw, inverter(gone).battery_mw, gone.dark_ms) == (LIVING_MW * 3 // 4, LIVING_MW * 3 // 4, 250)


@pytest.mark.parametrize("grid", [DEAD, LOW_HZ, HIGH_HZ, Grid(150_000, 50_000), Grid(235_000, 50_000)])
def test_an_inverter_leaves_a_grid_that_is_gone_or_outside_of_its_relays(grid: Grid) -> None:
    assert run(run(a_flat(Backup(gap_ms=20)), GRID, 5), grid, 3).islanded


def test_a_sag_to_85_v_is_no_outage_and_is_shown_by_the_meter() -> None:
    flat = run(run(a_flat(Backup(gap_ms=20)), GRID, 5), SAG, 30)
    assert (flat.islanded, inverter(flat).link) == (False, Link.FOLLOWING)
    assert flat.grid.line_to_neutral_mv == 85_000


def test_a_deep_sag_feeds_nobody_and_is_shown_as_it_is() -> None:
    flat = run(run(a_flat(Backup(gap_ms=20)), GRID, 5), Grid(60_000, 50_000), 3)
    assert (flat.grid.voltage_mv, flat.grid_mw, flat.islanded) == (60_000, 0, True)


def test_a_grid_that_comes_back_within_the_gap_ends_the_transfer() -> None:
    flat = run(run(a_flat(Backup(gap_ms=5000)), GRID, 5), DEAD, 3)
    assert (flat.dark_ms, flat.separated) == (3000, False)
    flat = run(flat, GRID, 2)
    assert (flat.dark_ms, flat.energised, flat.separated) == (3000, True, False)


def test_a_grid_that_is_good_for_less_than_the_delay_is_not_returned_to() -> None:
    flat = run(run(a_flat(Backup(gap_ms=20)), GRID, 5), DEAD, 10)
    for _ in range(5):
        flat = run(run(flat, GRID, 5), DEAD, 2)
        assert flat.islanded
    assert not run(flat, GRID, 6).islanded


def test_told_to_leave_it_feeds_the_living_room_and_the_grid_feeds_the_rest() -> None:
    flat = run(leave(run(a_flat(Backup(gap_ms=20)), GRID, 5), 3600), GRID, 3)
    assert (flat.islanded, flat.grid_mw, inverter(flat).battery_mw) == (True, LOAD_MW - LIVING_MW, LIVING_MW)
    assert flat.dark_ms == 20


@AT_LEISURE
@given(st.integers(2, 60))
def test_when_its_lease_ends_it_returns_after_its_own_delay(lease_s: int) -> None:
    flat = leave(run(a_flat(Backup(gap_ms=20)), GRID, 5), lease_s)
    away = 0
    for _ in range(lease_s + 30):
        flat = run(flat, GRID, 1)
        away += flat.separated
    assert not flat.separated
    assert away in range(lease_s - 1 + 5, lease_s + 5 + 1)
    assert flat.dark_ms == 40


def test_told_to_return_it_waits_its_delay_in_a_good_grid() -> None:
    flat = run(leave(run(a_flat(Backup(gap_ms=20)), GRID, 5), 3600), GRID, 20)
    flat = run(back(flat), GRID, 5)
    assert flat.separated
    assert not run(flat, GRID, 2).separated
    assert run(back(flat), DEAD, 60).separated


def test_one_that_is_told_to_stay_away_stays_though_the_grid_is_good() -> None:
    flat = run(run(a_flat(Backup(gap_ms=20)), GRID, 5), DEAD, 10)
    assert run(leave(flat, 3600), GRID, 600).islanded


def test_the_permission_to_enter_service_separates_one_of_the_new_generation() -> None:
    flat = run(a_flat(Backup(gap_ms=20), controls=FREE), GRID, 5)
    forbidden = replace(FREE, permit=False)
    flat = run(replace(flat, inverter=replace(inverter(flat), controls=forbidden)), GRID, 60)
    assert flat.islanded
    allowed = replace(flat, inverter=replace(inverter(flat), controls=FREE))
    assert run(allowed, GRID, 5).separated
    assert not run(allowed, GRID, 7).separated


def test_an_island_that_draws_too_much_breaks_down_and_is_lit_again_a_minute_later() -> None:
    flat = run(run(a_flat(Backup(gap_ms=20)), GRID, 5), DEAD, 10)
    too_much = step(RATING, flat, FlatInputs(LOAD_MW, 0, DEAD, surge_mw=4_000_000), 1)
    assert (too_much.energised, inverter(too_much).link, too_much.grid_mw) == (False, Link.DOWN, 0)
    assert not run(too_much, DEAD, 58).energised
    assert run(too_much, DEAD, 61).islanded


def test_an_island_that_broke_down_is_given_up_for_a_grid_that_is_back() -> None:
    flat = run(run(a_flat(Backup(gap_ms=20)), GRID, 5), DEAD, 10)
    broken = step(RATING, flat, FlatInputs(LOAD_MW, 0, DEAD, surge_mw=4_000_000), 1)
    lit = run(broken, GRID, 2)
    assert (lit.energised, lit.separated, inverter(lit).link) == (True, False, Link.WAITING)
    assert lit.grid_mw == LOAD_MW


def test_an_empty_battery_starts_black_when_the_sun_is_there() -> None:
    flat = run(run(a_flat(Backup(gap_ms=20), soc_permille=50), GRID, 5, demand_mw=0), DEAD, 90)
    assert (flat.energised, inverter(flat).link) == (False, Link.DOWN)
    dawn = run(flat, DEAD, 70, pv_mw=1_500_000)
    assert (dawn.energised, inverter(dawn).link) == (True, Link.FORMING)
    assert inverter(dawn).stored_mj > inverter(flat).stored_mj


def test_one_that_makes_no_voltage_leaves_the_living_room_dark_until_it_may_return() -> None:
    flat = run(a_flat(Backup(gap_ms=20)), GRID, 5)
    flat = replace(flat, inverter=replace(inverter(flat), dead=True))
    asked = run(leave(flat, 30), GRID, 10)
    assert (asked.separated, asked.energised, inverter(asked).link) == (True, False, Link.DOWN)
    assert run(asked, GRID, 25).energised


def test_contacts_that_are_welded_inside_of_it_do_not_separate() -> None:
    flat = run(a_flat(Backup(gap_ms=20, welded=True)), GRID, 5)
    asked = run(leave(flat, 3600), GRID, 10)
    assert (asked.separated, asked.energised, asked.grid_mw) == (False, True, LOAD_MW)
    assert not run(flat, DEAD, 10).energised


def test_strings_that_trip_on_the_island_are_away_for_five_minutes() -> None:
    flat = run(a_flat(Backup(gap_ms=20)), GRID, 5, pv_mw=2_000_000)
    flat = replace(flat, inverter=replace(inverter(flat), pv_trips=True))
    tripped = run(flat, DEAD, 299, pv_mw=2_000_000)
    assert (inverter(tripped).pv_mw, inverter(tripped).battery_mw) == (0, LIVING_MW)
    assert inverter(run(tripped, DEAD, 3, pv_mw=2_000_000)).pv_mw == 2_000_000


def test_of_a_pair_the_output_is_alive_in_an_outage_and_nothing_touches_until_both_contacts_have_moved() -> None:
    flat = run(run(a_flat(pair()), GRID, 5), DEAD, 5)
    assert (flat.forming, flat.islanded, flat.energised) == (True, False, False)
    flat = run(replace(flat, switch=coils(flat.switch, main=False, island=True)), DEAD, 3)
    assert (flat.islanded, flat.energised, flat.load_mw) == (True, True, LIVING_MW)


def test_the_interlock_lets_the_island_contact_move_only_after_main_has_opened() -> None:
    asked = settle(coils(pair(), main=False, island=True), 0)
    assert (asked.main.due_ms, asked.island.due_ms) == (300, None)
    open_ = settle(asked, 300)
    assert (open_.main.contact, open_.island.contact, open_.island.due_ms) == (False, False, 700)
    assert settle(asked, 5000).island.contact
    welded = settle(replace(asked, main=replace(asked.main, welded=True)), 60_000)
    assert (welded.main.contact, welded.island.contact) == (True, False)


def test_a_welded_island_contact_keeps_main_open() -> None:
    islanded = settle(coils(pair(), main=False, island=True), 5000)
    welded = replace(islanded, island=replace(islanded.island, welded=True))
    asked = settle(coils(welded, main=True, island=False), 60_000)
    assert (asked.main.contact, asked.island.contact) == (False, True)
    freed = settle(replace(asked, island=replace(asked.island, welded=False)), 60_700)
    assert (freed.main.contact, freed.island.contact) == (True, False)


def test_a_module_that_hears_nothing_lets_both_coils_go_after_its_watchdogs_time() -> None:
    islanded = settle(coils(pair(watchdog_s=20), main=False, island=True), 5000)
    assert islanded.island.contact
    assert settle(islanded, 19_999).island.contact
    let_go = settle(islanded, 21_000)
    assert (let_go.released, let_go.main.contact, let_go.island.contact) == (True, True, False)
    spoken = settle(replace(islanded, spoken_ms=15_000), 30_000)
    assert spoken.island.contact


@AT_LEISURE
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.booleans(), st.booleans(), st.booleans(), st.booleans()), max_size=40)
)
def test_both_contacts_are_never_closed_together(moves: list[tuple[int, bool, bool, bool, bool]]) -> None:
    now, both = 0, pair(watchdog_s=5)
    for later_ms, main, island, main_welded, island_welded in moves:
        now += later_ms
        both = settle(replace(coils(both, main=main, island=island), spoken_ms=now), now)
        both = replace(
            both,
            main=replace(both.main, welded=main_welded),
            island=replace(both.island, welded=island_welded),
        )
        assert not (both.main.contact and both.island.contact)


def test_of_a_pair_the_output_ends_at_once_when_it_is_asked_no_more() -> None:
    flat = leave(run(a_flat(pair(gap_ms=300)), GRID, 5), 3600)
    flat = run(replace(flat, switch=coils(flat.switch, main=False, island=True)), GRID, 5)
    assert flat.islanded
    flat = run(back(flat), GRID, 1)
    assert (flat.forming, flat.energised) == (False, False)
    flat = run(replace(flat, switch=coils(flat.switch, main=True, island=False)), GRID, 2)
    assert (flat.energised, flat.grid_mw) == (True, LOAD_MW)
    assert inverter(run(flat, GRID, 10)).link is Link.FOLLOWING


def test_of_a_pair_the_output_lives_on_in_a_grid_that_is_back_for_the_delay_alone() -> None:
    flat = run(run(a_flat(pair()), GRID, 5), DEAD, 10)
    assert run(flat, GRID, 5).forming
    assert not run(flat, GRID, 7).forming
    assert run(leave(flat, 3600), GRID, 600).forming
