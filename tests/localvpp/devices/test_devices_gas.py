"""Gas meters: pulses over real Modbus TCP, and a total that neither a wrap nor a restart changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction

from hypothesis import given, strategies as st
from modbus_connection import ModbusUnit
from modbus_connection.mock import MockModbusConnection
import pytest

from localvpp.devices import (
    GasReading,
    GasTotal,
    Identity,
    MapError,
    MapGasMeter,
    energy_wh,
    load_map,
    parse_address,
    parse_map,
    probe_gas_meter,
)
from localvpp.devices.backend import ModbusLinks
from localvpp.devices.gas import HIGHEST_L_H
from simulator.devices import CounterDevice
from simulator.gateway import Gateway
from simulator.registers.moxa_e1210 import PulseCounter

MAP = load_map("moxa_iologik_e1210")
WHO = Identity(manufacturer="Moxa", model="ioLogik E1210, input as a pulse counter")
HOUR_MS = 3_600_000
TURN = 1 << 16

VOLUME_MAP = """
schema: 2
id: gas
manufacturer: M
model: G
class: gas_meter
source: s
verified: v
points:
  volume_l: {space: holding, address: 10, type: u32, unit: m3, scale: 0.01}
"""


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def connected(counter: PulseCounter) -> AsyncIterator[ModbusUnit]:
    gateway = Gateway({1: CounterDevice(counter)}, "127.0.0.1", 0)
    await gateway.open()
    try:
        async with ModbusLinks() as links:
            yield links.unit(parse_address(f"tcp://127.0.0.1:{gateway.port}?unit=1"))
    finally:
        await gateway.stop()


@pytest.mark.usefixtures("socket_enabled")
async def test_pulses_of_the_chosen_input_are_litres() -> None:
    counter, clock = PulseCounter(), Clock()
    counter.pulse(0, 7)
    counter.pulse(3, 70_001)
    async with connected(counter) as unit:
        assert await probe_gas_meter(unit, MAP) == WHO
        meter = MapGasMeter(unit, MAP.at_channel(3), WHO, clock, litres_per_pulse=Fraction(10))
        assert (await meter.read()).volume_l == 700_010
        counter.pulse(3)
        clock.now += 1
        reading = await meter.read()
    assert (reading.volume_l, reading.turn_l, reading.failed) == (700_020, 10 << 32, {})


@pytest.mark.usefixtures("socket_enabled")
async def test_a_young_counter_that_begins_anew_is_believed_and_a_glitch_is_not() -> None:
    counter, clock = PulseCounter(), Clock()
    counter.pulse(0, 72)
    async with connected(counter) as unit:
        meter = MapGasMeter(unit, MAP, WHO, clock, litres_per_pulse=Fraction(10))

        async def seen(seconds: int) -> list[int | None]:
            shown = []
            for _ in range(seconds):
                clock.now += 1
                shown.append((await meter.read()).volume_l)
            return shown

        assert await seen(1) == [720]
        counter.restart()
        counter.pulse(0, 50)
        assert await seen(5) == [None] * 5, "500 litres in some seconds: it shows something else"
        counter.restart()
        counter.pulse(0)
        assert await seen(3) == [None, None, 10]


@pytest.mark.usefixtures("socket_enabled")
async def test_a_module_that_was_without_power_does_not_change_the_total() -> None:
    counter, clock = PulseCounter(), Clock()
    counter.pulse(0, 5_000)
    total = GasTotal(total_l=1_234_000)
    async with connected(counter) as unit:
        meter = MapGasMeter(unit, MAP, WHO, clock, litres_per_pulse=Fraction(10))

        async def second() -> None:
            nonlocal total
            clock.now += 1
            total = total.after(await meter.read(), round(clock.now * 1000))

        await second()
        assert total.total_l == 1_234_000, "where the dial stood when it was set up"
        counter.pulse(0, 2)
        await second()
        assert total.total_l == 1_234_020
        counter.restart()
        for _ in range(3):
            await second()
        assert (total.total_l, total.counter_l) == (1_234_020, 0)
        counter.pulse(0)
        await second()
    assert total.total_l == 1_234_030


async def test_a_volume_is_read_in_litres_and_never_turns() -> None:
    unit = MockModbusConnection().for_unit(1)
    # 65536 + 20 = 65556 hundredths of a cubic metre: 655,560 litres.
    unit.holding.update({10: 1, 11: 20})
    described = parse_map("gas.yaml", VOLUME_MAP)
    meter = MapGasMeter(unit, described, await probe_gas_meter(unit, described))
    # Its words may be of two moments: it is believed at the second reading.
    assert (await meter.read()).volume_l is None
    reading = await meter.read()
    assert (reading.volume_l, reading.turn_l) == (655_560, None)


@pytest.mark.parametrize("litres", [None, Fraction(0), Fraction(-1), Fraction(1, 2000), Fraction(2000)])
def test_a_pulse_of_no_likely_volume_is_refused(litres: Fraction | None) -> None:
    with pytest.raises(ValueError, match="litres_per_pulse is"):
        MapGasMeter(MockModbusConnection().for_unit(1), MAP, WHO, litres_per_pulse=litres)


def test_a_module_has_as_many_channels_as_its_map_says() -> None:
    assert MAP.channels == 16
    assert MAP.at_channel(15).points[0].address == 0x2E
    for channel in (-1, 16):
        with pytest.raises(ValueError, match=f"channel is {channel}: .* has the channels 0 to 15"):
            MAP.at_channel(channel)


def test_a_gas_meter_counts_one_thing() -> None:
    both = VOLUME_MAP + "  pulses: {space: holding, address: 12, type: u32}\n"
    none = VOLUME_MAP.replace("volume_l: {space: holding, address: 10, type: u32, unit: m3, scale: 0.01}",
                              "serial: {space: holding, address: 10, type: u32}")  # fmt: skip
    for source in (both, none):
        with pytest.raises(MapError, match="a gas meter counts a volume_l, or pulses of one"):
            parse_map("gas.yaml", source)
    with pytest.raises(MapError, match="for volume write one of L, m3"):
        parse_map("gas.yaml", VOLUME_MAP.replace("unit: m3", "unit: kWh"))


@given(steps=st.lists(st.integers(0, 500), max_size=60), start=st.integers(0, TURN - 1))
def test_a_counter_that_turns_over_loses_no_litre(steps: list[int], start: int) -> None:
    total, shown, time_ms = GasTotal(total_l=0), start, 0
    total = total.after(GasReading(volume_l=shown, turn_l=TURN), time_ms)
    for step in steps:
        shown, time_ms = (shown + step) % TURN, time_ms + 1000
        total = total.after(GasReading(volume_l=shown, turn_l=TURN), time_ms)
    assert total.total_l == sum(steps)


@given(
    readings=st.lists(st.tuples(st.none() | st.integers(0, TURN - 1), st.integers(-HOUR_MS, HOUR_MS)), max_size=40),
    turn=st.none() | st.just(TURN),
)
def test_whatever_a_counter_shows_the_total_never_falls(
    readings: list[tuple[int | None, int]], turn: int | None
) -> None:
    total, time_ms = GasTotal(total_l=100), 0
    for volume_l, passed_ms in readings:
        time_ms += passed_ms
        before, total = total, total.after(GasReading(volume_l=volume_l, turn_l=turn), time_ms)
        assert total.total_l >= before.total_l
        if volume_l is not None and before.counter_l is not None and volume_l < before.counter_l:
            unseen_ms = time_ms - before.time_ms  # It may have counted through several readings that failed.
            assert total.total_l - before.total_l <= HIGHEST_L_H * max(HOUR_MS, unseen_ms) // HOUR_MS


def test_another_counter_in_its_place_adds_nothing_of_its_own() -> None:
    total = GasTotal(total_l=500, counter_l=9_000_000, time_ms=0)
    other = total.after(GasReading(volume_l=8_000_000), 60_000)
    assert (other.total_l, other.counter_l) == (500, 8_000_000)


@pytest.mark.parametrize(
    ("litres", "heating", "wh"),
    [(1000, 45_000, 12_500), (1, 45_000, 12), (0, 45_000, 0), (None, 45_000, None), (1000, None, None)],
)
def test_energy_is_volume_times_the_heating_value(litres: int | None, heating: int | None, wh: int | None) -> None:
    assert energy_wh(litres, heating) == wh
