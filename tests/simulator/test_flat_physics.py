"""The physics keeps its promises for every flat, load, sun and grid: nothing is lost, nothing runs backwards."""

from dataclasses import replace

from hypothesis import given, settings, strategies as st

from simulator.physics import (
    DEAD,
    MJ_PER_WH,
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
    Relay,
    drift,
    resting,
    step,
)
from simulator.physics.battery import bounds, store

AT_LEISURE = settings(deadline=None)
"""A busy machine may take its time over an example."""

GRID = resting(60)
BATTERY = BatteryRating(capacity_mj=5_000 * MJ_PER_WH, charge_mw=2_500_000, discharge_mw=2_500_000)
RATING = FlatRating(
    living_permille=400,
    inverter=InverterRating(ac_mw=4_000_000, pv_wp=4000, battery=BATTERY, enter_delay_s=5),
)


def a_flat(
    soc_permille: int = 500, controls: LegacyControls | DerControls | None = None, relay: Relay | None = None
) -> Flat:
    return Flat(
        switch=relay or Relay(lag_ms=500),
        inverter=Inverter(
            stored_mj=BATTERY.capacity_mj * soc_permille // 1000, controls=controls or DerControls(enter_delay_s=5)
        ),
        meter=EnergyRegisters(),
    )


def run(flat: Flat, *inputs: FlatInputs) -> list[Flat]:
    """The flat after each input, one second each."""
    flats = []
    for each in inputs:
        flat = step(RATING, flat, each, 1)
        flats.append(flat)
    return flats


def main_contact(flat: Flat) -> bool:
    assert isinstance(flat.switch, Relay)
    return flat.switch.contact


def inverter(flat: Flat) -> Inverter:
    assert flat.inverter is not None
    return flat.inverter


powers = st.integers(0, 9_000_000)
inputs = st.builds(FlatInputs, powers, powers, st.sampled_from([GRID, DEAD]))
legacy = st.builds(
    LegacyControls,
    connect=st.booleans(),
    limit_enabled=st.booleans(),
    limit=st.integers(0, 10_000),
    charge_limited=st.booleans(),
    discharge_limited=st.booleans(),
    out_rate=st.integers(-10_000, 10_000),
    in_rate=st.integers(-10_000, 10_000),
    reserve=st.integers(500, 10_000),
    charge_from_grid=st.booleans(),
)
der = st.builds(
    DerControls,
    permit=st.booleans(),
    limit_enabled=st.booleans(),
    limit=st.integers(0, 1000),
    set_enabled=st.booleans(),
    set_in_watts=st.booleans(),
    set_w=st.integers(-4000, 4000),
    set_pct=st.integers(-1000, 1000),
    enter_delay_s=st.integers(0, 4),
    enter_ramp_s=st.integers(0, 4),
    standby=st.booleans(),
)


@AT_LEISURE
@given(st.integers(50, 1000), legacy | der, st.lists(inputs, min_size=1, max_size=30), st.booleans())
def test_every_second_load_is_pv_plus_battery_plus_grid(
    soc: int, controls: LegacyControls | DerControls, seconds: list[FlatInputs], command: bool
) -> None:
    for flat in run(a_flat(soc, controls, Relay(lag_ms=300, command=command)), *seconds):
        assert flat.load_mw == inverter(flat).pv_mw + inverter(flat).battery_mw + flat.grid_mw
        assert 0 <= inverter(flat).pv_mw <= inverter(flat).pv_available_mw
        assert abs(inverter(flat).ac_mw) <= 4_000_000


@AT_LEISURE
@given(st.integers(50, 1000), legacy | der, st.lists(inputs, min_size=1, max_size=30))
def test_the_state_of_charge_stays_between_floor_and_full(
    soc: int, controls: LegacyControls | DerControls, seconds: list[FlatInputs]
) -> None:
    for flat in run(a_flat(soc, controls), *seconds):
        assert BATTERY.floor_mj <= inverter(flat).stored_mj <= BATTERY.capacity_mj
        assert -BATTERY.charge_mw <= inverter(flat).battery_mw <= BATTERY.discharge_mw


@AT_LEISURE
@given(legacy | der, st.lists(inputs, min_size=1, max_size=30))
def test_registers_only_grow_and_their_difference_is_the_energy_that_flowed(
    controls: LegacyControls | DerControls, seconds: list[FlatInputs]
) -> None:
    before = a_flat(controls=controls)
    net = 0
    for flat in run(before, *seconds):
        assert flat.meter.import_mj >= before.meter.import_mj
        assert flat.meter.export_mj >= before.meter.export_mj
        assert flat.meter.import_mj == before.meter.import_mj or flat.meter.export_mj == before.meter.export_mj
        net += flat.grid_mw
        assert flat.meter.net_mj == net
        before = flat


@AT_LEISURE
@given(st.integers(0, 5_000), st.integers(1, 60))
def test_a_battery_returns_less_than_it_took(power_w: int, dt: int) -> None:
    stored = BATTERY.capacity_mj // 2
    charge = min(power_w * 1000, -bounds(BATTERY, stored, BATTERY.floor_mj, dt)[0])
    charged = store(BATTERY, stored, -charge, dt)
    assert charged - stored == charge * dt * 960 // 1000
    discharge = (charged - stored) * 960 // 1000 // dt
    assert discharge <= charge
    assert store(BATTERY, charged, discharge, dt) >= stored


def test_by_default_the_battery_keeps_the_meter_at_zero() -> None:
    (evening,) = run(a_flat(), FlatInputs(1_000_000, 0, GRID))
    assert (evening.grid_mw, inverter(evening).battery_mw) == (0, 1_000_000)
    (noon,) = run(a_flat(), FlatInputs(1_000_000, 3_000_000, GRID))
    assert (noon.grid_mw, inverter(noon).battery_mw) == (0, -2_000_000)
    (full,) = run(a_flat(1000), FlatInputs(1_000_000, 3_000_000, GRID))
    assert (full.grid_mw, inverter(full).battery_mw) == (-2_000_000, 0)


@AT_LEISURE
@given(st.integers(1, 40), st.integers(0, 999))
def test_a_set_point_reverts_at_the_first_second_after_its_lease_and_not_before(lease_s: int, written_ms: int) -> None:
    controls = DerControls(
        set_enabled=True, set_w=2000, set_w_revert=-7, set_revert_s=lease_s, set_until_ms=written_ms + lease_s * 1000
    )
    for flat in run(a_flat(controls=controls), *[FlatInputs(500_000, 0, GRID)] * (lease_s + 2)):
        shown = inverter(flat).controls
        assert isinstance(shown, DerControls)
        in_force = flat.clock_ms < written_ms + lease_s * 1000
        assert shown.set_enabled is in_force
        assert shown.set_w == (2000 if in_force else -7)
        assert inverter(flat).ac_mw == (2_000_000 if in_force else 500_000)


@AT_LEISURE
@given(st.integers(1, 40), st.integers(0, 999))
def test_storage_rates_revert_to_no_limit(lease_s: int, written_ms: int) -> None:
    controls = LegacyControls(
        discharge_limited=True, out_rate=-4_000, rate_revert_s=lease_s, rate_until_ms=written_ms + lease_s * 1000
    )
    for flat in run(a_flat(controls=controls), *[FlatInputs(500_000, 0, GRID)] * (lease_s + 2)):
        in_force = flat.clock_ms < written_ms + lease_s * 1000
        assert inverter(flat).battery_mw == (-1_000_000 if in_force else 500_000)


def test_negative_in_rate_discharges_to_the_grid() -> None:
    (flat,) = run(a_flat(controls=LegacyControls(charge_limited=True, in_rate=-5_000)), FlatInputs(300_000, 0, GRID))
    assert (inverter(flat).battery_mw, flat.grid_mw) == (1_250_000, -950_000)


def test_a_battery_that_may_not_charge_from_the_grid_takes_only_sun() -> None:
    controls = LegacyControls(discharge_limited=True, out_rate=-10_000, charge_from_grid=False)
    (flat,) = run(a_flat(controls=controls), FlatInputs(300_000, 400_000, GRID))
    assert inverter(flat).battery_mw == -400_000


def test_in_an_outage_the_living_room_is_dark_until_the_contact_opens_and_then_lives_on_the_battery() -> None:
    lit, broken, open_, island = run(
        a_flat(),
        FlatInputs(1_000_000, 0, GRID),
        FlatInputs(1_000_000, 0, DEAD),
        FlatInputs(1_000_000, 0, DEAD),
        FlatInputs(1_000_000, 0, DEAD),
    )
    assert lit.energised
    assert (broken.energised, main_contact(broken), inverter(broken).link) == (False, True, Link.DOWN)
    assert (open_.energised, main_contact(open_), inverter(open_).link) == (True, False, Link.FORMING)
    assert (island.load_mw, island.living_mw, island.grid_mw) == (400_000, 400_000, 0)
    assert island.grid.voltage_mv == 0


def test_a_welded_contact_forbids_the_island() -> None:
    flats = run(a_flat(relay=Relay(lag_ms=300, welded=True)), *[FlatInputs(1_000_000, 0, DEAD)] * 10)
    assert {inverter(flat).link for flat in flats} == {Link.DOWN}
    assert not any(flat.energised for flat in flats)


def test_after_the_grid_is_back_the_grid_feeds_the_flat_while_the_inverter_waits_its_delay() -> None:
    flat = run(a_flat(), *[FlatInputs(1_000_000, 0, DEAD)] * 5)[-1]
    after = run(flat, *[FlatInputs(1_000_000, 0, GRID)] * 10)
    waiting = [each for each in after if inverter(each).link is Link.WAITING]
    assert len(waiting) == 5
    assert all(each.grid_mw == 1_000_000 for each in waiting)
    assert after[-1].grid_mw == 0
    assert inverter(after[-1]).link is Link.FOLLOWING


def test_an_island_that_needs_more_than_it_has_breaks_down_and_tries_again_a_minute_later() -> None:
    demand = FlatInputs(9_000_000, 0, DEAD)
    flats = run(a_flat(), *[demand] * 4)
    assert (inverter(flats[-1]).link, flats[-1].energised) == (Link.DOWN, False)
    later = run(flats[-1], *[FlatInputs(1_000_000, 0, DEAD)] * 65)
    assert later[50].energised is False
    assert later[-1].energised is True


def test_an_island_runs_until_the_floor_and_no_further() -> None:
    flat = a_flat(51)
    end = run(flat, *[FlatInputs(5_000_000, 0, DEAD)] * 30)[-1]
    assert inverter(end).link is Link.DOWN
    assert inverter(end).stored_mj >= BATTERY.floor_mj


def test_an_open_command_islands_the_living_room_and_leaves_the_rest_on_the_grid() -> None:
    drill = run(a_flat(relay=Relay(lag_ms=300, command=False)), *[FlatInputs(1_000_000, 0, GRID)] * 3)[-1]
    assert drill.energised
    assert inverter(drill).link is Link.FORMING
    assert (drill.grid_mw, inverter(drill).battery_mw) == (600_000, 400_000)


@AT_LEISURE
@given(st.lists(st.tuples(st.integers(-150, 150), st.integers(-8, 8)), max_size=200))
def test_the_grid_never_leaves_its_ordinary_band(noise: list[tuple[int, int]]) -> None:
    grid = GRID
    for voltage, frequency in noise:
        grid = drift(grid, 60, voltage, frequency)
        assert 199_000 <= grid.voltage_mv <= 205_000
        assert 59_920 <= grid.frequency_mhz <= 60_080


def test_the_enter_service_window_keeps_an_inverter_waiting_until_the_grid_is_good() -> None:
    controls = DerControls(enter_delay_s=2, enter_hz_high=6005)
    flat = run(a_flat(controls=controls), *[FlatInputs(0, 0, DEAD)] * 4)[-1]
    fast = Grid(202_000, 60_100)
    still = run(flat, *[FlatInputs(0, 0, fast)] * 20)[-1]
    assert inverter(still).link is Link.WAITING
    assert inverter(run(still, *[FlatInputs(0, 0, GRID)] * 4)[-1]).link is Link.FOLLOWING


def test_a_relay_follows_its_coil_after_its_lag_and_not_at_once() -> None:
    from simulator.physics.relay import settle as settle_relay

    relay = settle_relay(Relay(lag_ms=700, command=False), True, 10_000)
    assert relay.contact
    assert settle_relay(relay, True, 10_699).contact
    opened = settle_relay(relay, True, 10_700)
    assert not opened.contact
    assert settle_relay(settle_relay(replace(opened, command=True), True, 11_000), True, 11_700).contact
