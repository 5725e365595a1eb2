"""A charger of an electric car over real Modbus TCP, against a simulated one: what it tells, and what it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from modbus_connection import ModbusUnit
from modbus_connection.mock import MockModbusConnection, MockModbusUnit
import pytest
import yaml

from localvpp.devices import (
    ChargerState,
    DeviceNonsenseError,
    DeviceRefusedError,
    Identity,
    MapCharger,
    MapError,
    available_maps,
    load_map,
    open_device,
    parse_address,
    parse_map,
    probe_charger,
    state_of,
)
from localvpp.devices.backend import ModbusLinks
from localvpp.devices.mapping import DeviceClass
from simulator.devices import ChargerDevice
from simulator.gateway import Gateway
from simulator.registers.alfen_eve import AlfenSocket

MAP = load_map("alfen_eve")
WHO = Identity(manufacturer="Alfen", model="Eve (NG9xx)")
LEASE_S = 60
DUMPS = Path(__file__).parent / "dumps"


class Seconds:
    """A clock that stands until it is moved, together with the charger's own."""

    def __init__(self, socket: AlfenSocket) -> None:
        self._socket = socket
        self._now = 1000.0

    def __call__(self) -> float:
        return self._now

    def go_by(self, seconds: int) -> None:
        self._now += seconds
        self._socket.pass_seconds(seconds)


@asynccontextmanager
async def connected(socket: AlfenSocket) -> AsyncIterator[ModbusUnit]:
    gateway = Gateway({1: ChargerDevice(socket)}, "127.0.0.1", 0)
    await gateway.open()
    try:
        async with ModbusLinks() as links:
            yield links.unit(parse_address(f"tcp://127.0.0.1:{gateway.port}?unit=1"))
    finally:
        await gateway.stop()


pytestmark = pytest.mark.usefixtures("socket_enabled")


async def test_a_charger_is_probed_and_read_with_a_batterys_sign() -> None:
    socket = AlfenSocket()
    clock = Seconds(socket)
    async with connected(socket) as unit:
        assert await probe_charger(unit, MAP) == WHO
        charger = MapCharger(unit, MAP, WHO, clock)
        clock.go_by(3600)
        reading = await charger.read()
    # 16 A at 230 V for an hour, into the car.
    assert (reading.power_w, reading.charge_wh, reading.discharge_wh) == (-3680.0, 3680, None)
    assert (reading.state, reading.limit_a, reading.fallback_a) == (ChargerState.CHARGING, 16.0, 16.0)
    assert (reading.lease_left_s, reading.failed) == (0, {})


async def test_a_limit_is_followed_and_ends_by_itself() -> None:
    socket = AlfenSocket()
    clock = Seconds(socket)
    async with connected(socket) as unit:
        charger = MapCharger(unit, MAP, WHO, clock)
        assert (charger.controllable, charger.can_discharge) == (True, False)
        await charger.limit(7_500, LEASE_S)
        reading = await charger.read()
        assert (reading.limit_a, reading.power_w, reading.lease_left_s) == (7.5, -1725.0, LEASE_S)
        clock.go_by(LEASE_S - 1)
        assert socket.taken_ma == 7_500
        clock.go_by(1)
        assert socket.taken_ma == 16_000, "nobody renewed it: back at the safe current"


async def test_a_limit_is_renewed_at_half_of_its_time_and_not_before() -> None:
    socket = AlfenSocket()
    clock = Seconds(socket)
    async with connected(socket) as unit:
        charger = MapCharger(unit, MAP, WHO, clock)
        for _ in range(10):
            await charger.limit(10_000, LEASE_S)
            left = (await charger.read()).lease_left_s
            assert left is not None
            assert left > LEASE_S // 2 - 20
            clock.go_by(20)
            assert socket.taken_ma == 10_000
        assert left in {LEASE_S, LEASE_S - 20}


async def test_a_pause_takes_nothing_and_is_renewed_too() -> None:
    socket = AlfenSocket()
    clock = Seconds(socket)
    async with connected(socket) as unit:
        charger = MapCharger(unit, MAP, WHO, clock)
        for _ in range(4):
            await charger.pause(LEASE_S)
            clock.go_by(40)
            assert socket.taken_ma == 0
        assert (await charger.read()).state is ChargerState.PLUGGED
        await charger.release()
        clock.go_by(LEASE_S)
        assert socket.taken_ma == 16_000


async def test_an_unplugged_car_is_told() -> None:
    socket = AlfenSocket()
    socket.plugged = False
    async with connected(socket) as unit:
        opened = await open_device(unit, MAP)
        reading = (await opened.read())["charger"]
    assert (getattr(reading, "state", None), getattr(reading, "power_w", None)) == (ChargerState.UNPLUGGED, 0.0)


@pytest.mark.parametrize("milliamperes", [0, -6_000, 5_999, 80_001])
async def test_a_current_that_no_car_is_offered_is_refused(milliamperes: int) -> None:
    charger = MapCharger(MockModbusConnection().for_unit(1), MAP, WHO)
    with pytest.raises(ValueError, match=f"milliamperes is {milliamperes}: a car is offered 6000 to 80000"):
        await charger.limit(milliamperes, LEASE_S)


async def test_a_lease_that_the_charger_does_not_keep_is_refused() -> None:
    charger = MapCharger(MockModbusConnection().for_unit(1), MAP, WHO)
    with pytest.raises(ValueError, match="falls back by itself 60 s after the last writing"):
        await charger.limit(6_000, 30)


async def test_a_charger_whose_own_time_is_set_longer_is_not_relied_on() -> None:
    socket = AlfenSocket(validity_s=600)
    clock = Seconds(socket)
    async with connected(socket) as unit:
        charger = MapCharger(unit, MAP, WHO, clock)
        for _ in range(2):
            with pytest.raises(DeviceRefusedError, match=r"would keep a limit for 600 s more.*validity time to 60 s"):
                await charger.limit(6_000, LEASE_S)
            assert socket.offered_ma == 16_000, "it is left with what it offers by itself"


async def test_no_car_is_discharged_through_registers_that_only_charge() -> None:
    charger = MapCharger(MockModbusConnection().for_unit(1), MAP, WHO)
    with pytest.raises(DeviceRefusedError, match="it only charges"):
        await charger.discharge(1000, LEASE_S)


async def test_a_charger_without_a_lease_is_read_and_never_written_to() -> None:
    described = load_map("abb_terra_ac")
    unit = MockModbusConnection().for_unit(1)
    registers = yaml.safe_load((DUMPS / "abb_terra_ac.yaml").read_text(encoding="utf-8"))["registers"]
    unit.holding.update(registers["holding"])
    charger = MapCharger(unit, described, await probe_charger(unit, described))
    reading = await charger.read()
    assert (reading.power_w, reading.session_wh, reading.charge_wh) == (-11040.0, 67000, None)
    assert (reading.state, reading.max_a) == (ChargerState.CHARGING, 32.0)
    assert not charger.controllable
    before = dict(unit.holding)
    for command in (charger.limit(6_000, LEASE_S), charger.pause(LEASE_S)):
        with pytest.raises(DeviceRefusedError, match="is not controlled: its time limit is put off by any reading"):
            await command
    await charger.release()
    assert dict(unit.holding) == before


async def test_what_is_no_charger_is_not_taken_for_one() -> None:
    unit = MockModbusConnection().for_unit(1)
    unit.holding.update(dict.fromkeys(range(300, 426), 0) | dict.fromkeys(range(1200, 1216), 0))
    with pytest.raises(DeviceNonsenseError, match="answers, but not as this type does"):
        await probe_charger(unit, MAP)


@pytest.mark.parametrize(
    "name", [name for name in available_maps() if load_map(name).device_class is DeviceClass.EV_CHARGER]
)
def test_a_limit_has_the_chargers_own_lease_or_the_map_says_why_there_is_none(name: str) -> None:
    control = load_map(name).control
    assert control.has_charge_limit or control.why_not
    assert (control.lease is None) is (not control.has_charge_limit)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  lease: {kind: rewrite, after_s: 60}\n", "", "needs charge_limit and pause, and a lease"),
        ("  pause:\n    - {max_current: 0}\n", "", "needs charge_limit and pause, and a lease"),
        ("      C2: charging\n", "      C2: running\n", "choose one of unplugged, plugged, charging"),
        ("power_w: {address: 344", "volume_l: {address: 344", "a ev_charger has power_w"),
    ],
)
def test_a_map_that_would_outlive_us_or_says_nothing_is_refused(old: str, new: str, told: str) -> None:
    folder = Path(__file__).parents[3] / "custom_components/local_vpp/lib/localvpp/devices/maps"
    source = (folder / "alfen_eve.yaml").read_text(encoding="utf-8")
    assert old in source
    with pytest.raises(MapError, match=told):
        parse_map("alfen_eve.yaml", source.replace(old, new))


@pytest.mark.parametrize(
    ("plugged", "power_w", "state"),
    [
        (True, -3000.0, ChargerState.CHARGING),
        (True, 2000.0, ChargerState.DISCHARGING),
        (True, 4.0, ChargerState.PLUGGED),
        (True, None, ChargerState.PLUGGED),
        (False, -12.0, ChargerState.UNPLUGGED),
        (None, -3000.0, ChargerState.CHARGING),
        (None, 0.0, None),
        (None, None, None),
    ],
)
def test_a_contact_and_a_power_tell_the_state(plugged: bool | None, power_w: float | None, state: str | None) -> None:
    assert state_of(plugged, power_w) is state


async def test_readings_asked_for_together_are_one_poll() -> None:
    socket = AlfenSocket()
    async with connected(socket) as unit:
        charger = MapCharger(unit, MAP, WHO)
        first, second = await asyncio.gather(charger.read(), charger.read())
    assert first is second


# --- A charger that tells its time ----------------------------------------------------------------------------------


def webasto(lease_s: int = 20) -> tuple[MapCharger, MockModbusUnit, list[float]]:
    """A charger whose time-out an installer has set, its registers, and the time."""
    unit, now = MockModbusConnection().for_unit(255), [100.0]
    registers = yaml.safe_load((DUMPS / "webasto_next.yaml").read_text(encoding="utf-8"))["registers"]
    unit.holding.update(registers["holding"] | {2002: lease_s, 5004: 0, 6000: 0})
    described = load_map("webasto_next")
    return MapCharger(unit, described, Identity(manufacturer="Webasto", model="Next"), lambda: now[0]), unit, now


async def test_a_limit_is_kept_alive_by_the_chargers_own_time() -> None:
    charger, unit, now = webasto(lease_s=20)
    await charger.limit(10_900, LEASE_S)
    assert (unit.holding[5004], unit.holding[6000]) == (10, 1), "a current is never rounded up"
    unit.holding[6000] = 0  # The charger takes the bit back.
    now[0] += 9
    await charger.limit(10_900, LEASE_S)
    assert unit.holding[6000] == 0
    now[0] += 1
    await charger.limit(10_900, LEASE_S)
    assert unit.holding[6000] == 1, "half of 20 s is over"
    await charger.pause(LEASE_S)
    assert unit.holding[5004] == 0


@pytest.mark.parametrize("lease_s", [0, 61, 600])
async def test_a_charger_without_a_time_or_with_a_longer_one_is_not_commanded(lease_s: int) -> None:
    charger, unit, _ = webasto(lease_s)
    with pytest.raises(DeviceRefusedError, match=f"keeps a limit for {lease_s} s: set its communication time-out"):
        await charger.limit(10_000, LEASE_S)
    assert (unit.holding[5004], unit.holding[6000]) == (0, 0)


async def test_more_than_a_charger_offers_is_refused() -> None:
    charger, _, _ = webasto()
    with pytest.raises(ValueError, match="offers 32 A at most"):
        await charger.limit(32_001, LEASE_S)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "    type: u16\n    unit: A\n    range: [0, 32]",
            "    type: u32\n    unit: A\n    range: [0, 32]",
            "function 6",
        ),
        ("    address: 6000", "    address: 5003", "a step of its own"),
    ],
)
def test_what_function_6_cannot_write_is_refused(old: str, new: str, told: str) -> None:
    folder = Path(__file__).parents[3] / "custom_components/local_vpp/lib/localvpp/devices/maps"
    source = (folder / "webasto_next.yaml").read_text(encoding="utf-8").replace(
        "    - {life_bit: 1}\n    - {charge_current: current}", "    - {life_bit: 1, charge_current: current}"
        if "5003" in new else "    - {life_bit: 1}\n    - {charge_current: current}",
    )  # fmt: skip
    assert old in source
    with pytest.raises(MapError, match=told):
        parse_map("webasto_next.yaml", source.replace(old, new))
