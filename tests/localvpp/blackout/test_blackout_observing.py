"""What the devices say becomes what is known: fresh, per side, per wiring, and never from silence or from 0 W."""

from dataclasses import replace
from typing import Any

import pytest

from localvpp.blackout.observing import FRESH_S, STALE_S, Memory, Sight, remember
from localvpp.devices import (
    BatteryReading,
    DeviceSilentError,
    InverterReading,
    MeterReading,
    OperatingState,
    RelayReading,
)
from localvpp.islanding import Contact, Grid, Mode, Observation, Place, Policy, Supply, Wiring, grid, japanese, place
from localvpp.islanding.judging import lit
from localvpp.round import Round

NOW = 5_000.0
CLOSED, OPEN = RelayReading(closed=True), RelayReading(closed=False)


def a_round(**devices: Any) -> Round:
    fields: dict[str, Any] = dict.fromkeys(("meter", "inverter", "battery", "relay", "charger", "gas", "battery_news"))
    fields |= {"time_ms": 0, "has_inverter": True, "has_battery": True, "has_v2h": False, "problems": {}}
    return Round(**(fields | devices))


def seen(wiring: Wiring, after_s: float = 0.0, policy: dict[str, Any] | None = None, **devices: Any) -> Observation:
    """What is known so long after a round."""
    memory = remember(Memory(), a_round(**devices), NOW)
    memory = remember(memory, a_round(), NOW + after_s)
    made = Policy(wiring=wiring, returns_by_itself=True, **(policy or {}))
    return Sight(memory, made, NOW + after_s).observe()


def meter(volts: float | None = 101.0, hertz: float | None = 50.0, **fields: Any) -> MeterReading:
    return MeterReading(voltage_v=volts, frequency_hz=hertz, **fields)


@pytest.mark.parametrize("wiring", list(Wiring))
def test_nothing_heard_is_nothing_known(wiring: Wiring) -> None:
    known = seen(wiring)
    assert (known.grid, known.island, known.mode, known.soc_percent) == (None, None, None, None)
    assert place(known, wiring) is Place.UNKNOWN
    assert not known.fresh


def test_a_meter_that_shows_0_w_tells_of_no_outage() -> None:
    known = seen(Wiring.OWNED, meter=meter(power_w=0.0))
    assert grid(known.grid, japanese(50)) is Grid.GOOD
    assert seen(Wiring.OWNED, meter=MeterReading(power_w=0.0)).grid is None


@pytest.mark.parametrize(
    ("wiring", "volts", "connected", "after_s", "energised"),
    [
        (Wiring.OWNED, 101.0, True, 0.0, True),
        (Wiring.AUTONOMOUS, 101.0, True, 0.0, True),
        (Wiring.OWNED, 101.0, False, 0.0, None),
        (Wiring.OWNED, 0.0, True, 0.0, None),
        (Wiring.OWNED, 101.0, True, 5.0, None),
        (Wiring.PAIR, 101.0, True, 0.0, None),
    ],
)
def test_a_room_that_nothing_separates_from_a_grid_that_is_there_has_voltage(
    wiring: Wiring, volts: float, connected: bool, after_s: float, energised: bool | None
) -> None:
    inverter = InverterReading(grid_connected=connected)
    assert seen(wiring, after_s, meter=meter(volts), inverter=inverter).energised is energised


@pytest.mark.parametrize(
    ("hertz", "nominal", "volts", "shown", "judged"),
    [
        (50, 100, 101.0, 50.0, Grid.GOOD),
        (50, 200, 202.0, 50.0, Grid.GOOD),
        (60, 100, 101.0, 60.0, Grid.GOOD),
        (60, 200, 202.0, 60.0, Grid.GOOD),
        (60, 100, 101.0, 50.0, Grid.GONE),
        (50, 200, 101.0, 50.0, Grid.GONE),
        (50, 100, 92.0, 50.0, Grid.DOUBTFUL),
        (50, 100, 60.0, 50.0, Grid.GONE),
        (50, 100, 0.0, None, Grid.GONE),
        (50, 100, 101.0, None, Grid.UNKNOWN),
    ],
)
def test_voltage_and_frequency_are_judged_for_the_grid_that_is_there(
    hertz: int, nominal: int, volts: float, shown: float | None, judged: Grid
) -> None:
    profile = japanese(hertz, nominal_v=nominal)
    known = seen(Wiring.OWNED, policy={"profile": profile}, meter=meter(volts, shown))
    assert grid(known.grid, profile) is judged


@pytest.mark.parametrize(("after_s", "known"), [(0.0, True), (STALE_S, True), (STALE_S + 0.1, False)])
def test_what_is_older_than_15_seconds_is_unknown(after_s: float, known: bool) -> None:
    found = seen(
        Wiring.PAIR,
        after_s,
        meter=meter(),
        inverter=InverterReading(grid_forming=False, grid_connected=True),
        battery=BatteryReading(soc_percent=50.0),
        relay=CLOSED,
        island_relay=OPEN,
    )
    told = (found.grid, found.mode, found.soc_percent, found.main, found.island_contact)
    assert all(each is not None for each in told) if known else all(each is None for each in told)


@pytest.mark.parametrize(("after_s", "fresh"), [(0.0, True), (FRESH_S, True), (FRESH_S + 0.1, False)])
def test_feedback_of_more_than_two_polls_ago_is_not_fresh(after_s: float, fresh: bool) -> None:
    inverter = InverterReading(grid_forming=False, grid_connected=True)
    assert seen(Wiring.PAIR, after_s, inverter=inverter, relay=CLOSED, island_relay=OPEN).fresh is fresh
    assert seen(Wiring.OWNED, after_s, inverter=inverter).fresh is fresh


def test_the_age_that_a_reading_tells_counts() -> None:
    old = InverterReading(grid_connected=True, grid_forming=False, ages_ms={"grid_connected": 20_000})
    assert seen(Wiring.OWNED, inverter=old).separated is None
    told = meter(ages_ms={"voltage_v": 16_000})
    assert seen(Wiring.OWNED, meter=told).grid is None


def test_a_meter_that_fell_silent_with_the_grid_gives_way_to_an_inverter_that_hangs_on_it() -> None:
    dead = InverterReading(grid_connected=True, grid_forming=False, voltage_v=0.0)
    memory = remember(Memory(), a_round(meter=meter(), inverter=replace(dead, voltage_v=100.0)), NOW)
    memory = remember(memory, a_round(inverter=dead), NOW + FRESH_S + 1)
    known = Sight(memory, Policy(wiring=Wiring.OWNED, returns_by_itself=True), NOW + FRESH_S + 1).observe()
    assert known.grid == Supply(0.0)


@pytest.mark.parametrize(("nominal", "meter_v", "inverter_v"), [(200, 202.0, 101.0), (100, 101.0, 202.0)])
def test_an_inverter_that_counts_the_other_voltage_of_a_flat_is_understood_once_it_was_compared(
    nominal: int, meter_v: float, inverter_v: float
) -> None:
    policy = Policy(wiring=Wiring.OWNED, returns_by_itself=True, profile=japanese(50, nominal_v=nominal))
    follows = InverterReading(grid_connected=True, grid_forming=False, voltage_v=inverter_v, frequency_hz=50.0)
    alone = remember(Memory(), a_round(inverter=follows), NOW)
    assert Sight(alone, policy, NOW).observe().grid is None, "it may be half of a grid, or a whole one"
    memory = remember(Memory(), a_round(meter=meter(meter_v), inverter=follows), NOW)
    memory = remember(memory, a_round(inverter=follows), NOW + FRESH_S + 1)
    known = Sight(memory, policy, NOW + FRESH_S + 1).observe()
    assert known.grid == Supply(meter_v, 50.0)
    forms = replace(follows, grid_connected=False, grid_forming=True)
    memory = remember(memory, a_round(inverter=forms), NOW + FRESH_S + 2)
    assert lit(Sight(memory, policy, NOW + FRESH_S + 2).observe(), policy) is True


def test_an_inverter_that_forms_tells_nothing_of_the_grid() -> None:
    forming = InverterReading(grid_connected=False, grid_forming=True, voltage_v=101.0, frequency_hz=50.0)
    known = seen(Wiring.OWNED, inverter=forming)
    assert (known.grid, known.island, known.mode, known.separated) == (None, Supply(101.0, 50.0), Mode.FORMING, True)


@pytest.mark.parametrize(
    ("inverter", "mode"),
    [
        (InverterReading(grid_forming=True), Mode.FORMING),
        (InverterReading(grid_forming=False), Mode.FOLLOWING),
        (InverterReading(grid_connected=True), Mode.FOLLOWING),
        (InverterReading(state=OperatingState.OFF), Mode.OFF),
        (InverterReading(grid_connected=False, backup_voltage_v=101.0), Mode.FORMING),
        (InverterReading(grid_connected=False, backup_voltage_v=0.0), Mode.FOLLOWING),
        (InverterReading(grid_connected=False, state=OperatingState.RUNNING), Mode.FORMING),
        (InverterReading(grid_connected=False, state=OperatingState.STANDBY), Mode.FOLLOWING),
        (InverterReading(grid_connected=False), None),
        (InverterReading(ac_power_w=0.0), None),
    ],
)
def test_what_the_inverter_of_a_pair_does_is_told_by_itself_or_by_its_backup_terminals(
    inverter: InverterReading, mode: Mode | None
) -> None:
    assert seen(Wiring.PAIR, inverter=inverter).mode is mode


@pytest.mark.parametrize(
    ("main", "island", "volts", "energised", "is_lit"),
    [
        (OPEN, CLOSED, 101.0, None, True),
        (OPEN, CLOSED, 0.0, None, False),
        (CLOSED, OPEN, 0.0, None, None),
        (CLOSED, OPEN, 0.0, True, True),
        (OPEN, OPEN, 101.0, False, False),
        (OPEN, OPEN, 101.0, None, None),
    ],
)
def test_the_backup_terminals_of_a_pair_are_the_living_room_behind_the_closed_island_contact_only(
    main: RelayReading, island: RelayReading, volts: float, energised: bool | None, is_lit: bool | None
) -> None:
    told = RelayReading(closed=main.closed, energised=energised)
    inverter = InverterReading(grid_forming=True, backup_voltage_v=volts)
    known = seen(Wiring.PAIR, relay=told, island_relay=island, inverter=inverter)
    assert lit(known, Policy(wiring=Wiring.PAIR)) is is_lit
    assert known.main is (Contact.CLOSED if main.closed else Contact.OPEN)


@pytest.mark.parametrize(
    ("relay", "inverter", "separated"),
    [
        (None, InverterReading(grid_connected=True), False),
        (None, InverterReading(grid_connected=False, grid_forming=True), True),
        (CLOSED, None, False),
        (OPEN, None, True),
        (OPEN, InverterReading(grid_connected=False, grid_forming=True), True),
        (CLOSED, InverterReading(grid_connected=False, grid_forming=True), None),
        (OPEN, InverterReading(grid_connected=True), None),
        (
            RelayReading(closed=True, energised=True),
            InverterReading(grid_connected=False, grid_forming=False),
            False,
        ),
    ],
)
def test_contact_and_inverter_say_together_whether_the_flat_is_separated(
    relay: RelayReading | None, inverter: InverterReading | None, separated: bool | None
) -> None:
    assert seen(Wiring.AUTONOMOUS, relay=relay, inverter=inverter).separated is separated


def test_an_inverter_that_gives_more_than_it_is_made_for_is_overloaded() -> None:
    given = {"grid_forming": True, "rated_power_w": 2000.0}
    assert seen(Wiring.PAIR, inverter=InverterReading(backup_power_w=2001.0, **given)).overloaded
    assert not seen(Wiring.PAIR, inverter=InverterReading(backup_power_w=2000.0, **given)).overloaded
    assert not seen(Wiring.PAIR, inverter=InverterReading(**given)).overloaded


def test_a_meter_that_answers_without_a_voltage_has_no_grid_to_tell_of_any_more() -> None:
    """Whoever separated by itself is not taken back for what the meter showed before."""
    memory = remember(Memory(), a_round(meter=meter()), 100.0)
    unheard = MeterReading(failed={"power": DeviceSilentError("no answer")})
    for silent in (a_round(), a_round(meter=unheard)):
        assert remember(memory, silent, 101.0).meter == memory.meter
    assert remember(memory, a_round(meter=meter(None, None)), 101.0).meter is None


def led(readings: dict[int, MeterReading | None], every_s: int = 1, seconds: int = 0) -> dict[int, Observation]:
    """What is known in each second of a meter that tells each so many seconds, and in some otherwise."""
    memory, policy, known = Memory(), Policy(wiring=Wiring.OWNED, returns_by_itself=True), dict[int, Observation]()
    for second in range(seconds):
        age_s = second % every_s
        told = meter(ages_ms={"voltage_v": age_s * 1000, "frequency_hz": age_s * 1000} if age_s else {})
        memory = remember(memory, a_round(meter=readings.get(second, told)), NOW + second)
        known[second] = Sight(memory, policy, NOW + second).observe()
    return known


def test_a_meter_that_misses_more_than_two_polls_was_not_heard_without_a_break_though_what_it_said_is_known() -> None:
    known = led(dict.fromkeys(range(10, 18), None), seconds=30)
    assert all(each.grid is not None for each in known.values())
    assert [second for second, each in known.items() if not each.grid_fresh] == list(range(12, 18))


def test_silence_teaches_nothing_of_how_often_a_meter_tells() -> None:
    silent = {second: None for begin in range(10, 100, 10) for second in range(begin, begin + 8)}
    known = led(silent, seconds=100)
    assert all(not known[begin + late].grid_fresh for begin in range(10, 100, 10) for late in range(2, 8))


@pytest.mark.parametrize("every_s", [2, 10, 30, 60])
def test_a_meter_that_tells_each_minute_is_heard_of_as_lately_as_it_tells(every_s: int) -> None:
    """As an entity of Home Assistant does, which answers each second with what it told last."""
    known = led({}, every_s, seconds=20 * every_s)
    settled = [each for second, each in known.items() if second > 2 * every_s]
    assert all(each.grid_fresh and each.grid is not None for each in settled)


def test_a_slow_meter_that_tells_nothing_more_is_not_fresh_by_its_third_word_and_then_unknown() -> None:
    late = {
        second: meter(ages_ms={"voltage_v": (second - 300) * 1000, "frequency_hz": (second - 300) * 1000})
        for second in range(301, 600)
    }
    known = led(late, 30, seconds=600)
    assert known[300 + 75].grid_fresh
    assert not known[300 + 76].grid_fresh
    assert known[300 + 90].grid is not None
    assert known[300 + 91].grid is None


def test_a_slow_meter_that_does_not_answer_at_all_is_not_heard_of() -> None:
    known = led(dict.fromkeys(range(300, 310), None), 30, seconds=320)
    assert [second for second, each in known.items() if second > 60 and not each.grid_fresh] == list(range(302, 310))


def test_nobody_is_taken_to_tell_more_rarely_than_each_minute() -> None:
    known = led({}, 200, seconds=1000)
    assert any(each.grid is None for second, each in known.items() if second > 400)


@pytest.mark.parametrize("every_s", [2, 3, 5])
def test_a_meter_whose_line_is_slow_is_given_the_time_that_it_mostly_takes(every_s: int) -> None:
    answers = [second for second in range(0, 300, every_s) if not 200 <= second < 240]
    known = led({second: None for second in range(300) if second not in answers}, seconds=300)
    last, back = max(each for each in answers if each < 200), min(each for each in answers if each > 200)
    unheard = [second for second, each in known.items() if second > 10 * every_s and not each.grid_fresh]
    assert unheard == [second for second in range(200, back) if second - last > 2.5 * every_s]
