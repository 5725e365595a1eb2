"""What a Modbus master sees of the three wirings, over real sockets, and what the control API does to them."""

import argparse
from collections.abc import AsyncIterator
import json
from pathlib import Path
from typing import Any

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusIOException
import pytest

from simulator import InvalidInput, Settings, cli
from simulator.runner import Profiles, Running, prepare, serving
from simulator.settings import FlatWiring, Wiring
from simulator.site import build

from .conftest import Clock, Eventually
from .master import FORMING, ILLEGAL_ADDRESS, INVERTER, RELAY, Api, Connect, read, read_f32, refusal, walk

OWNED = FlatWiring(wiring=Wiring.OWNED, gap_ms=20, inverter="1xx", line_powered=True)
PAIR = FlatWiring(wiring=Wiring.PAIR, gap_ms=500, inverter="1xx", watchdog_s=20)
DER = FlatWiring(wiring=Wiring.OWNED, gap_ms=2500, inverter="7xx")
SUNGROW = FlatWiring(wiring=Wiring.OWNED, inverter="sungrow_sh")


@pytest.fixture
async def simulator(profiles: Profiles, clock: Clock, socket_enabled: None) -> AsyncIterator[Running]:
    """Five flats: the first has the transfer switch, the others are wired in ways of their own."""
    settings = Settings(
        flats=5,
        reconnect_delay_s=10,
        nominal_hz=50,
        wirings={"102": OWNED, "103": PAIR, "104": DER, "201": SUNGROW},
    )
    clock.plant = prepare(settings, profiles, lambda: clock.now_ms, lambda: clock.now_ms)
    async with serving(build(clock.plant, profiles.generator, settings.host, 0), 0) as running:
        yield running


async def flat(api: Api, number: str) -> dict[str, Any]:
    _, state = await api("/api/state")
    return next(each for each in state["flats"] if each["flat"] == number)


async def inputs(client: AsyncModbusTcpClient, count: int = 3) -> list[bool]:
    answer = await client.read_discrete_inputs(0, count=count, device_id=RELAY)
    assert not answer.isError(), answer
    return list(answer.bits[:count])


async def test_the_layout_tells_how_each_flat_is_wired(api: Api) -> None:
    _, layout = await api("/api/layout")
    told = {each["flat"]: (each["wiring"], each["devices"].get("relay", {}).get("model")) for each in layout["flats"]}
    assert told == {
        "101": ("autonomous", "relay"),
        "102": ("owned", None),
        "103": ("pair", "relay_pair"),
        "104": ("owned", None),
        "201": ("owned", None),
    }


async def test_in_an_outage_of_the_building_backup_terminals_feed_by_themselves_and_return_by_themselves(
    api: Api, clock: Clock, modbus: Connect
) -> None:
    clock.pass_ms(5000)
    await api("/api/grid", {"on": False})
    clock.pass_ms(10_000)
    assert [(await flat(api, each))["islanded"] for each in ("101", "102", "103", "104", "201")] == [
        True,
        True,
        False,
        True,
        True,
    ]
    assert [(await flat(api, each))["dark_ms"] for each in ("102", "104", "201")] == [20, 2500, 500]
    m701 = (await walk(await modbus("104")))[701]
    assert (await read(await modbus("104"), m701 + 9, 1))[0] & 3 == FORMING
    await api("/api/grid", {"on": True})
    clock.pass_ms(9000)
    assert (await flat(api, "102"))["islanded"]
    clock.pass_ms(6000)
    assert not any([(await flat(api, each))["islanded"] for each in ("101", "102", "104", "201")])
    assert [(await flat(api, each))["dark_ms"] for each in ("102", "104", "201")] == [40, 5000, 1000]


async def test_a_meter_that_lives_on_its_line_is_silent_without_it(api: Api, clock: Clock, modbus: Connect) -> None:
    client = await modbus("102", 0.2)
    assert await read_f32(client, 0) > 190
    await api("/api/grid", {"on": False, "flats": ["102"]})
    clock.pass_ms(2000)
    with pytest.raises(ModbusIOException):
        await read_f32(client, 0)
    await api("/api/grid", {"on": True, "flats": ["102"]})
    clock.pass_ms(2000)
    assert await read_f32(await modbus("102"), 0) > 190


async def test_conn_takes_one_off_the_grid_which_feeds_the_living_room_until_its_lease_ends(
    api: Api, clock: Clock, modbus: Connect
) -> None:
    client = await modbus("102")
    chain = await walk(client)
    # Conn_RvrtTms and Conn in one request, as a master with a lease does.
    assert not (await client.write_registers(chain[123] + 3, [30, 0], device_id=INVERTER)).isError()
    clock.pass_ms(5000)
    now = await flat(api, "102")
    assert (now["islanded"], now["grid_on"], now["energised"]) == (True, True, True)
    assert now["dark_ms"] == 20
    assert now["grid_w"] == pytest.approx(now["load_w"] - now["living_w"])
    assert await read(client, chain[122] + 4, 1) == [0]
    # GRID_DISCONNECT alone of the events.
    assert await read(client, chain[101] + 40, 2) == [0, 1 << 4]
    clock.pass_ms(24_000)
    assert (await flat(api, "102"))["islanded"]
    clock.pass_ms(14_000)
    assert not (await flat(api, "102"))["separated"]
    assert await read(client, chain[123] + 4, 1) == [1]


async def test_conn_within_a_window_takes_effect_at_a_moment_of_the_devices_own(
    api: Api, clock: Clock, modbus: Connect
) -> None:
    client = await modbus("102")
    m123 = (await walk(client))[123]
    await client.write_registers(m123 + 2, [60, 600, 0], device_id=INVERTER)
    assert await read(client, m123 + 2, 3) == [60, 600, 0]
    left_s = 0
    while not (await flat(api, "102"))["separated"]:
        clock.pass_ms(1000)
        left_s += 1
    assert 1 <= left_s <= 61
    await client.write_register(m123 + 2, 0, device_id=INVERTER)
    await client.write_register(m123 + 4, 1, device_id=INVERTER)
    clock.pass_ms(13_000)
    assert not (await flat(api, "102"))["separated"]


async def test_a_sungrow_shows_the_backup_side_on_the_grid_and_in_an_island(
    api: Api, clock: Clock, modbus: Connect
) -> None:
    client = await modbus("201")

    async def backup() -> tuple[int, int]:
        answer = await client.read_input_registers(5730, count=4, device_id=INVERTER)
        return answer.registers[0] // 10, answer.registers[3] // 100

    clock.pass_ms(2000)
    volts, hertz = await backup()
    assert (190 < volts < 210, hertz in {49, 50}) == (True, True)
    await api("/api/grid", {"on": False})
    clock.pass_ms(5000)
    assert await backup() == (202, 50)
    state = await client.read_input_registers(12999, count=1, device_id=INVERTER)
    assert state.registers[0] in {0x1000, 0x0041}


async def test_a_pair_is_led_from_the_grid_to_the_island_and_back(
    api: Api, clock: Clock, modbus: Connect, eventually: Eventually
) -> None:
    client = await modbus("103")
    assert await inputs(client) == [True, False, True]
    await api("/api/grid", {"on": False})
    clock.pass_ms(3000)
    assert await inputs(client) == [True, False, False]
    # Asked for together: the interlock makes them follow one another.
    assert not (await client.write_coils(0, [False, True], device_id=RELAY)).isError()
    seen = []
    for _ in range(25):
        clock.pass_ms(100)
        now = await inputs(client)
        if not seen or seen[-1] != now[:2]:
            seen.append(now[:2])
    assert seen == [[True, False], [False, False], [False, True]]
    assert (await flat(api, "103"))["islanded"]
    await api("/api/grid", {"on": True})
    await client.write_coils(0, [True, False], device_id=RELAY)
    await eventually(lambda: inputs(client), lambda now: now == [True, False, True])


async def test_a_pair_that_nobody_speaks_to_falls_back_to_the_grid(
    api: Api, clock: Clock, modbus: Connect, eventually: Eventually
) -> None:
    client = await modbus("103")
    m123 = (await walk(client))[123]
    await client.write_registers(m123 + 3, [600, 0], device_id=INVERTER)
    await client.write_coils(0, [False, True], device_id=RELAY)
    await eventually(lambda: inputs(client), lambda now: now == [False, True, True])
    clock.pass_ms(18_000)
    assert (await flat(api, "103"))["islanded"]
    clock.pass_ms(4000)
    now = await flat(api, "103")
    assert (now["relay"]["command"], now["relay"]["contact"]) == (True, True)
    assert (now["island"]["command"], now["island"]["contact"], now["energised"]) == (False, False, True)


async def test_contacts_of_a_pair_weld_and_their_wires_break_one_by_one(
    api: Api, clock: Clock, modbus: Connect
) -> None:
    client = await modbus("103")
    await api("/api/devices/103/relay", {"fault": "welded"})
    await client.write_coils(0, [False, True], device_id=RELAY)
    clock.pass_ms(5000)
    assert await inputs(client) == [True, False, True]
    await api("/api/devices/103/relay", {"fault": "feedback_lost"})
    assert (await inputs(client))[0] is False
    await api("/api/devices/103/relay", {"fault": None})
    await api("/api/devices/103/island", {"fault": "feedback_stuck"})
    clock.pass_ms(3000)
    assert await inputs(client, 2) == [False, False]
    assert (await flat(api, "103"))["island"]["contact"] is True
    await api("/api/devices/103/island", {"fault": None})
    assert await inputs(client, 2) == [False, True]
    assert await refusal(client.write_coil(2, True, device_id=RELAY)) == ILLEGAL_ADDRESS


@pytest.mark.parametrize(
    ("fault", "lit_within_s"), [("transfer", None), ("overload", None), ("pv_trips", 1), ("welded", None)]
)
async def test_an_inverter_ails_in_an_outage(api: Api, clock: Clock, fault: str, lit_within_s: int | None) -> None:
    clock.pass_ms(3000)
    assert (await api("/api/devices/102/inverter", {"fault": fault}))[0] == 200
    await api("/api/grid", {"on": False, "riser": "02"})
    clock.pass_ms(2000)
    assert (await flat(api, "102"))["energised"] is (lit_within_s is not None)
    assert (await flat(api, "103"))["grid_on"]
    if fault == "pv_trips":
        assert (await flat(api, "102"))["inverter"]["pv_w"] == 0


async def test_a_sag_and_a_frequency_are_held_until_they_are_let_go(api: Api, clock: Clock, modbus: Connect) -> None:
    client = await modbus("103")
    await api("/api/grid/disturbance", {"voltage_v": 170})
    clock.pass_ms(2000)
    assert await read_f32(client, 0) == pytest.approx(170, abs=3)
    assert not (await flat(api, "102"))["islanded"]
    for hertz in (48.0, 52.5):
        await api("/api/grid/disturbance", {"frequency_hz": hertz})
        clock.pass_ms(3000)
        meter = await modbus("101")
        assert await read_f32(meter, 0x46) == pytest.approx(hertz)
        assert (await flat(api, "102"))["islanded"]
    await api("/api/grid/disturbance", {})
    clock.pass_ms(15_000)
    assert not (await flat(api, "102"))["islanded"]


async def test_a_grid_flaps_by_the_times_it_is_given(api: Api, clock: Clock) -> None:
    await api("/api/grid/flapping", {"seconds": [2, 3, 4], "flats": ["102"]})
    shown = []
    for _ in range(12):
        clock.pass_ms(1000)
        shown.append((await flat(api, "102"))["meter"]["voltage_v"] > 0)
    assert shown == [False] * 2 + [True] * 3 + [False] * 4 + [True] * 3


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/api/grid", {"on": False, "riser": "09"}, "riser is '09': send one of 01, 02, 03, 04"),
        ("/api/grid", {"on": False, "riser": "01", "flats": ["101"]}, "send flats, a riser or neither"),
        ("/api/grid/flapping", {"seconds": []}, "seconds is []: send up to 1000 whole seconds"),
        ("/api/grid/flapping", {"seconds": [0]}, "seconds is [0]: send up to"),
        ("/api/grid/disturbance", {"voltage_v": "low"}, "voltage_v is 'low': send a number above 0"),
        ("/api/grid/disturbance", {"hertz": 50}, "hertz is 50: send only frequency_hz, voltage_v"),
        ("/api/devices/102/relay", {"fault": "welded"}, "102 has meter, inverter"),
        ("/api/devices/101/inverter", {"fault": "welded"}, "an? inverter can be"),
        ("/api/devices/103/island", {"fault": "silent"}, "feedback_lost, feedback_stuck, welded"),
    ],
)
async def test_a_bad_request_is_told_the_field_and_the_remedy(api: Api, path: str, body: object, told: str) -> None:
    status, answer = await api(path, body)
    assert status == 400
    assert told.replace("an? ", "a ") in answer["error"]


def parsed(*words: str) -> dict[str, FlatWiring]:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    arguments = parser.parse_args(["run", *words])
    return cli.wirings(arguments.wirings, arguments.wiring)


def test_wirings_come_from_the_command_line_and_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "wirings.json"
    file.write_text(json.dumps({"101": {"wiring": "pair", "watchdog": 30}, "102": {"wiring": "owned", "gap": 0.02}}))
    words = ("--wirings", str(file), "--wiring", "102=owned,gap=5,inverter=1xx,meter=line")
    assert parsed(*words) == {
        "101": FlatWiring(wiring=Wiring.PAIR, watchdog_s=30),
        "102": FlatWiring(wiring=Wiring.OWNED, gap_ms=5000, inverter="1xx", line_powered=True),
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--wiring", "102"), "wiring is '102': give one such as"),
        (("--wiring", "102=ups"), "wiring of 102 is 'ups': give one of autonomous, owned, pair"),
        (("--wiring", "102=owned,gap=soon"), "wiring of 102, gap is 'soon': give seconds"),
        (("--wiring", "102=owned,speed=1"), "wiring of 102, speed is '1': give only gap, watchdog"),
        (("--wiring", "102=owned,meter=yes"), "wiring of 102, meter is 'yes': give line"),
        (("--wirings", "nowhere.json"), "wirings is 'nowhere.json'"),
    ],
)
def test_a_wiring_that_says_nothing_is_refused(words: tuple[str, ...], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        parsed(*words)


@pytest.mark.parametrize(
    ("wiring", "told"),
    [
        (FlatWiring(wiring=Wiring.OWNED, gap_ms=10), "wiring of 101, gap is 0.01: give 0.02 to 10 seconds"),
        (FlatWiring(wiring=Wiring.PAIR, watchdog_s=0), "wiring of 101, watchdog is 0"),
        (FlatWiring(wiring=Wiring.PAIR, inverter="2xx"), "wiring of 101, inverter is '2xx': give one of 1xx, 7xx"),
    ],
)
def test_a_wiring_that_no_device_has_is_refused(profiles: Profiles, wiring: FlatWiring, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        prepare(Settings(flats=2, wirings={"101": wiring}), profiles, lambda: 0, lambda: 0)
    with pytest.raises(InvalidInput, match="wiring is '999'"):
        prepare(Settings(flats=2, wirings={"999": FlatWiring(wiring=Wiring.PAIR)}), profiles, lambda: 0, lambda: 0)
