"""What a Modbus master and the control API see of the simulated building, over real sockets."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.resources import files
import json
import math
import struct
from typing import Any

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusIOException
import pytest

from simulator.registers import sunspec_models
from simulator.registers.sunspec import Model
from simulator.runner import Running

from .conftest import Clock

type Api = Callable[..., Awaitable[Any]]
type Connect = Callable[..., Awaitable[AsyncModbusTcpClient]]

METER, INVERTER, RELAY = 1, 2, 3
FORMING = 2
"""Of the lowest two bits of 701.DERMode: grid forming, and not grid following."""
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, DEVICE_FAILURE, DEVICE_BUSY, NO_RESPONSE = 1, 2, 3, 4, 6, 11


async def read(client: AsyncModbusTcpClient, address: int, count: int, unit: int = INVERTER) -> list[int]:
    answer = await client.read_holding_registers(address, count=count, device_id=unit)
    assert not answer.isError(), answer
    return list(answer.registers)


async def read_f32(client: AsyncModbusTcpClient, address: int, unit: int = METER) -> float:
    answer = await client.read_input_registers(address, count=2, device_id=unit)
    assert not answer.isError(), answer
    return float(struct.unpack(">f", struct.pack(">HH", *answer.registers))[0])


async def refusal(request: Awaitable[Any]) -> int:
    """The exception code that a request is answered with."""
    answer = await request
    assert answer.isError(), answer
    return int(answer.exception_code)


async def walk(client: AsyncModbusTcpClient) -> dict[int, int]:
    """The SunSpec chain: address of each model's ID register, by model number."""
    assert await read(client, 40000, 2) == [0x5375, 0x6E53]
    address = 40002
    found: dict[int, int] = {}
    while True:
        number, length = await read(client, address, 2)
        if number == 0xFFFF:
            assert length == 0
            return found
        found[number] = address
        address += length + 2


def signed(word: int) -> int:
    return word - 0x10000 if word >= 0x8000 else word


def json_models() -> list[Model]:
    return [value for name, value in vars(sunspec_models).items() if name.startswith("MODEL_")]


@pytest.mark.parametrize("model", json_models(), ids=lambda model: str(model.number))
def test_every_model_lies_as_the_official_definition_says(model: Model) -> None:
    definition = files("sunspec2").joinpath("models", "json", f"model_{model.number}.json")
    root = json.loads(definition.read_text())["group"]
    short = {"uint16": "U16", "int16": "I16", "enum16": "E16", "bitfield16": "B16", "sunssf": "SF", "pad": "PAD"}
    short |= {"uint32": "U32", "int32": "I32", "bitfield32": "B32", "acc32": "ACC32", "uint64": "U64"}
    short |= {"acc64": "ACC64", "count": "U16", "string": ""}
    expected = [(p["name"], p["size"], short[p["type"]], p.get("access") == "RW") for p in root["points"]][2:]
    for group in root.get("groups", []):
        # A repeating group is named by the number of each of its blocks, one that stands once by its own name.
        numbers = {point.name.split(".")[0] for point in model.points if point.name[0].isdigit()}
        prefixes = [f"{number}." for number in sorted(numbers)] or [f"{group['name']}."]
        expected += [
            (prefix + p["name"], p["size"], short[p["type"]], p.get("access") == "RW")
            for prefix in prefixes
            for p in group["points"]
        ]
    shown = [(p.name, p.words, p.kind.name if p.kind else "", p.writable) for p in model.points]
    assert shown == expected


async def test_the_meter_reads_as_an_sdm120(modbus: Connect, api: Api) -> None:
    client = await modbus("101")
    assert 196 < await read_f32(client, 0x0000) < 208
    assert 59.9 < await read_f32(client, 0x0046) < 60.1
    _, state = await api("/api/state")
    flat = state["flats"][0]
    energy = await read_f32(client, 0x0048), await read_f32(client, 0x004A)
    assert [round(kwh * 1000) for kwh in energy] == [
        pytest.approx(flat["meter"]["import_wh"], abs=2),
        pytest.approx(flat["meter"]["export_wh"], abs=2),
    ]
    assert await read_f32(client, 0x0156) == pytest.approx(sum(energy), abs=0.01)
    watt, volt, amp, pf = [await read_f32(client, address) for address in (0x0C, 0x00, 0x06, 0x1E)]
    assert abs(watt) == pytest.approx(volt * amp * pf, rel=0.05, abs=5)
    high, low = await read(client, 0xFC00, 2, METER)
    assert high << 16 | low == 12_000_101
    whole = await client.read_input_registers(0x0000, count=80, device_id=METER)
    assert len(whole.registers) == 80


@pytest.mark.parametrize(
    ("flat", "models"),
    [
        ("101", [1, 101, 120, 121, 122, 123, 124, 160]),
        ("103", [1, 101, 120, 121, 122, 123, 160]),
        ("102", [1, 701, 702, 703, 704, 713, 714, 715]),
    ],
)
async def test_a_chain_of_models_ends_with_the_end_marker(modbus: Connect, flat: str, models: list[int]) -> None:
    client = await modbus(flat)
    chain = await walk(client)
    assert list(chain) == models
    name = struct.pack(">16H", *await read(client, chain[1] + 50, 16)).rstrip(b"\0")
    assert name == f"LVPP-SIM-{flat}".encode()


async def test_both_generations_tell_the_same_physics(modbus: Connect, api: Api, eventually: Any) -> None:
    for index, flat in enumerate(("101", "102")):
        client = await modbus(flat)
        chain = await walk(client)

        async def same(
            client: AsyncModbusTcpClient = client, chain: dict[int, int] = chain, index: int = index
        ) -> tuple[float, float, float, float]:
            _, state = await api("/api/state")
            inverter = state["flats"][index]["inverter"]
            if 101 in chain:
                watt = signed((await read(client, chain[101] + 14, 1))[0])
                soc = (await read(client, chain[124] + 8, 1))[0] / 100
            else:
                watt = signed((await read(client, chain[701] + 10, 1))[0])
                soc = (await read(client, chain[713] + 4, 1))[0] / 10
            return watt, inverter["pv_w"] + inverter["battery_w"], soc, inverter["soc_percent"]

        await eventually(same, lambda v: abs(v[0] - v[1]) <= 1 and abs(v[2] - v[3]) < 0.11)


async def test_a_legacy_charge_order_is_obeyed_and_its_lease_ends_it(
    modbus: Connect, eventually: Any, clock: Clock
) -> None:
    client = await modbus("101")
    chain = await walk(client)
    m124, m160 = chain[124], chain[160]
    limit = (await read(client, m124 + 2, 1))[0]

    async def battery() -> tuple[int, int]:
        """Charging and discharging watts."""
        return (await read(client, m160 + 10 + 40 + 11, 1))[0], (await read(client, m160 + 10 + 60 + 11, 1))[0]

    assert not (await client.write_registers(m124 + 15, [3], device_id=INVERTER)).isError()
    # At most half, and at least half: without the second rate the sun would charge faster.
    assert not (await client.write_registers(m124 + 12, [0x10000 - 5000, 5000], device_id=INVERTER)).isError()
    written_ms = clock.now_ms
    assert not (await client.write_register(m124 + 5, 3, device_id=INVERTER)).isError()
    await eventually(battery, lambda now: now == (limit // 2, 0), 2.5)
    await eventually(lambda: read(client, m124 + 5, 1), lambda words: words == [0])
    assert 3000 <= clock.now_ms - written_ms <= 4000
    assert await read(client, m124 + 12, 2) == [10_000, 10_000]


async def test_a_der_set_point_counts_down_and_reverts(modbus: Connect, eventually: Any, clock: Clock) -> None:
    client = await modbus("102")
    chain = await walk(client)
    m704, m701 = chain[704], chain[701]
    assert not (await client.write_registers(m704 + 31, [0, 3], device_id=INVERTER)).isError()
    assert not (await client.write_registers(m704 + 22, [1, 1, 0xFFFF, 0x10000 - 700], device_id=INVERTER)).isError()
    written_ms = clock.now_ms
    await eventually(lambda: read(client, m701 + 10, 1), lambda words: signed(words[0]) == -700, 2.5)
    assert (await read(client, m704 + 33, 2))[1] in {1, 2, 3}
    await eventually(lambda: read(client, m704 + 22, 1), lambda words: words == [0])
    assert 3000 <= clock.now_ms - written_ms <= 4000
    assert await read(client, m704 + 33, 2) == [0, 0]
    await eventually(lambda: read(client, m701 + 10, 1), lambda words: signed(words[0]) != -700, 2.5)


async def test_a_renewed_lease_does_not_end(modbus: Connect, eventually: Any, clock: Clock) -> None:
    client = await modbus("102")
    m704 = (await walk(client))[704]
    await client.write_registers(m704 + 31, [0, 2], device_id=INVERTER)
    await client.write_registers(m704 + 22, [1, 1, 0, 500], device_id=INVERTER)
    for _ in range(7):
        clock.pass_ms(500)
        await client.write_registers(m704 + 24, [0, 500], device_id=INVERTER)
        assert await read(client, m704 + 22, 1) == [1]
    await eventually(lambda: read(client, m704 + 22, 1), lambda words: words == [0], 3)


async def test_the_heartbeats_run(modbus: Connect, eventually: Any) -> None:
    client = await modbus("102")
    m715 = (await walk(client))[715]
    first = (await read(client, m715 + 3, 2))[1]
    await eventually(lambda: read(client, m715 + 3, 2), lambda words: words[1] == first + 2, 4)
    assert not (await client.write_registers(m715 + 5, [0, 77], device_id=INVERTER)).isError()
    assert await read(client, m715 + 5, 2) == [0, 77]
    assert await read(client, m715 + 2, 1) == [0]


async def test_disconnecting_stops_the_inverter_and_reverts(modbus: Connect, eventually: Any) -> None:
    client = await modbus("101")
    chain = await walk(client)
    m123, m101 = chain[123], chain[101]
    assert not (await client.write_registers(m123 + 3, [2, 0], device_id=INVERTER)).isError()
    await eventually(lambda: read(client, m101 + 38, 1), lambda words: words == [1], 2.5)
    assert await read(client, m101 + 14, 1) == [0]
    await eventually(lambda: read(client, m123 + 4, 1), lambda words: words == [1], 4)
    await eventually(lambda: read(client, m101 + 38, 1), lambda words: words[0] in {4, 5}, 2.5)


async def test_a_power_limit_throttles_the_sun(modbus: Connect, eventually: Any) -> None:
    client = await modbus("101")
    chain = await walk(client)
    m123, m101 = chain[123], chain[101]
    limit_w = (await read(client, chain[121] + 2, 1))[0] // 10
    await client.write_registers(m123 + 5, [1000, 0, 60, 0, 1], device_id=INVERTER)
    # The battery still takes what the limit keeps from going out, so only a full one throttles.
    await client.write_registers(chain[124] + 12, [10_000, 0], device_id=INVERTER)
    await client.write_register(chain[124] + 5, 1, device_id=INVERTER)
    await eventually(lambda: read(client, m101 + 38, 1), lambda words: words == [5], 2.5)
    assert signed((await read(client, m101 + 14, 1))[0]) <= limit_w
    await client.write_register(m123 + 9, 0, device_id=INVERTER)
    await eventually(lambda: read(client, m101 + 14, 1), lambda words: signed(words[0]) > limit_w, 2.5)


async def test_at_night_the_sun_side_is_not_available_and_the_battery_lives(
    modbus: Connect, api: Api, eventually: Any
) -> None:
    client = await modbus("101")
    chain = await walk(client)
    string1 = chain[160] + 10
    assert (await read(client, string1 + 11, 1))[0] not in {0, 0xFFFF}
    await api("/api/weather", {"sky": "night"})
    await eventually(lambda: read(client, chain[101] + 38, 1), lambda words: words == [2], 2.5)
    assert await read(client, string1 + 9, 3) == [0xFFFF] * 3
    assert await read(client, chain[101] + 31, 1) == [0x8000]
    assert (await read(client, chain[160] + 10 + 60 + 11, 1))[0] > 100
    assert (await read(client, chain[124] + 11, 1))[0] == 3
    await api("/api/weather", {"sky": "clear"})
    await eventually(lambda: read(client, chain[101] + 38, 1), lambda words: words[0] in {4, 5}, 4)
    await eventually(lambda: read(client, string1 + 11, 1), lambda words: words[0] not in {0, 0xFFFF}, 4)


async def test_ports_tell_sun_and_battery_apart(modbus: Connect, api: Api, clock: Clock) -> None:
    client = await modbus("102")
    m714 = (await walk(client))[714]
    sun, battery = m714 + 20, m714 + 45

    async def flows() -> dict[str, float]:
        _, state = await api("/api/state")
        return dict(state["flats"][1]["inverter"])

    assert await read(client, m714 + 4, 1) == [2]
    assert [(await read(client, port, 1))[0] for port in (sun, battery)] == [0, 1]
    assert await read(client, m714 + 15, 4) == [0xFFFE, 0xFFFF, 0, 0]

    truth = await flows()
    assert truth["battery_w"] < -1000 < 1000 < truth["pv_w"] < truth["pv_dc_w"]
    volt, watt = await read(client, sun + 11, 2)
    assert watt == int(truth["pv_dc_w"])
    assert volt * signed((await read(client, sun + 10, 1))[0]) / 1000 == pytest.approx(watt, abs=volt / 1000 + 1)
    charging = signed((await read(client, battery + 12, 1))[0])
    assert charging == pytest.approx(truth["battery_w"], abs=1)
    assert signed((await read(client, battery + 10, 1))[0]) < 0
    assert signed((await read(client, m714 + 6, 1))[0]) == pytest.approx(watt + charging, abs=1)

    async def counters() -> list[int]:
        """Injected and absorbed watt-hours of the PV's port, of the battery's, and of both together."""
        words = [await read(client, at + shift, 4) for at in (sun + 13, battery + 13, m714 + 7) for shift in (0, 4)]
        return [word[2] << 16 | word[3] for word in words]

    before = await counters()
    clock.pass_ms(60_000)
    after = await counters()
    grown = [later - earlier for earlier, later in zip(before, after, strict=True)]
    assert grown[0] == pytest.approx(truth["pv_dc_w"] / 60, abs=2)
    assert grown[1:3] == [0, 0]
    assert grown[3] == pytest.approx(-truth["battery_w"] / 60, abs=2)
    assert grown[4:] == [pytest.approx(grown[0], abs=1), grown[3]]


async def test_at_night_the_port_of_the_sun_is_off_and_not_available_and_that_of_the_battery_lives(
    modbus: Connect, api: Api, eventually: Any
) -> None:
    client = await modbus("102")
    chain = await walk(client)
    sun, battery = chain[714] + 20, chain[714] + 45
    energy = await read(client, sun + 13, 4)
    await api("/api/weather", {"sky": "night"})
    await eventually(lambda: read(client, sun + 22, 1), lambda words: words == [0])
    assert await read(client, sun + 10, 3) == [0x8000, 0xFFFF, 0x8000]
    assert (await read(client, sun + 13, 4))[3] >= energy[3]
    discharging = await read(client, battery + 12, 1)
    assert 100 < discharging[0] < 5000
    assert await read(client, chain[714] + 6, 1) == discharging
    await api("/api/weather", {"sky": "clear"})
    await eventually(lambda: read(client, sun + 22, 1), lambda words: words == [1])
    assert (await read(client, sun + 12, 1))[0] not in {0, 0x8000}


async def test_an_inverter_without_a_battery_shows_sun_alone_and_makes_no_island(
    modbus: Connect, api: Api, eventually: Any
) -> None:
    client = await modbus("103")
    chain = await walk(client)
    assert await read(client, chain[120] + 2, 1) == [4]
    assert await read(client, chain[120] + 23, 1) == [0xFFFF]
    assert await read(client, chain[122] + 3, 1) == [0]
    assert await read(client, chain[160] + 8, 1) == [2]
    _, state = await api("/api/state")
    flat = state["flats"][2]
    assert flat["inverter"]["battery_w"] is flat["inverter"]["soc_percent"] is None
    assert flat["grid_w"] == flat["load_w"] - flat["inverter"]["pv_w"] < -1000
    await api("/api/grid", {"on": False})
    await eventually(lambda: read(client, chain[101] + 38, 1), lambda words: words == [8])
    _, state = await api("/api/state")
    assert (state["flats"][2]["energised"], state["flats"][2]["islanded"]) == (False, False)
    await api("/api/grid", {"on": True})
    await eventually(lambda: read(client, chain[101] + 38, 1), lambda words: words == [4])


async def test_an_outage_islands_the_living_room_and_the_grid_comes_back_after_the_delay(
    modbus: Connect, api: Api, eventually: Any
) -> None:
    legacy, der, building = await modbus("101"), await modbus("102"), await modbus("building")
    m101, m122 = (chain := await walk(legacy))[101], chain[122]
    m701, m703 = (chain := await walk(der))[701], chain[703]
    assert await read(der, m701 + 5, 1) == [1]
    assert await read(legacy, m122 + 4, 1) == [1]

    await api("/api/grid", {"on": False})
    await eventually(lambda: read(der, m701 + 8, 2), lambda words: words[1] & 3 == FORMING)
    assert await read(der, m701 + 3, 1) == [1]
    assert await read(der, m701 + 5, 1) == [0]
    assert await read(der, m701 + 6, 2) == [0, 1 << 4]
    await eventually(lambda: read(legacy, m101 + 40, 2), lambda words: words == [0, 1 << 4])
    assert await read(legacy, m122 + 4, 1) == [0]
    for client in (legacy, der):
        assert await read_f32(client, 0x0000) == 0
        assert await read_f32(client, 0x000C) == 0
        inputs = await client.read_discrete_inputs(0, count=2, device_id=RELAY)
        assert inputs.bits[:2] == [False, True]
    assert await read_f32(building, 0x0000) == 0
    assert (await read(der, m701 + 15, 1))[0] == 2020
    _, state = await api("/api/state")
    for flat in state["flats"][:2]:
        assert flat["islanded"]
        assert flat["living_w"] == flat["load_w"] > 0

    await api("/api/grid", {"on": True})
    await eventually(lambda: read(der, m703 + 15, 2), lambda words: words[1] > 0)
    assert await read(der, m701 + 5, 1) == [0]
    assert await read(der, m701 + 8, 2) == [0, 0]
    _, state = await api("/api/state")
    assert state["flats"][1]["grid_w"] == state["flats"][1]["load_w"] > 0
    await eventually(lambda: read(der, m701 + 5, 1), lambda words: words == [1])
    await eventually(lambda: read(legacy, m122 + 4, 1), lambda words: words == [1])
    assert await read(legacy, m101 + 40, 2) == [0, 0]


async def test_one_flat_can_lose_its_feed_alone(modbus: Connect, api: Api, eventually: Any) -> None:
    alone, other, building = await modbus("101"), await modbus("102"), await modbus("building")
    await api("/api/grid", {"on": False, "flats": ["101"]})
    await eventually(lambda: read_f32(alone, 0x0000), lambda volt: volt == 0)
    assert await read_f32(other, 0x0000) > 190
    assert await read_f32(building, 0x0000) > 190
    await api("/api/grid", {"on": True, "flats": ["101"]})
    await eventually(lambda: read_f32(alone, 0x0000), lambda volt: volt > 190)


async def test_the_relay_follows_its_coil_and_the_living_room_is_islanded(
    modbus: Connect, eventually: Any, clock: Clock
) -> None:
    client = await modbus("102")

    async def inputs() -> list[bool]:
        return list((await client.read_discrete_inputs(0, count=2, device_id=RELAY)).bits[:2])

    assert await inputs() == [True, True]
    assert not (await client.write_coil(0, False, device_id=RELAY)).isError()
    written_ms = clock.now_ms
    assert list((await client.read_coils(0, count=1, device_id=RELAY)).bits[:1]) == [False]
    assert (await inputs())[0] is True
    await eventually(inputs, lambda bits: not bits[0], 2)
    assert 200 <= clock.now_ms - written_ms <= 1000
    m701 = (await walk(client))[701]
    await eventually(lambda: read(client, m701 + 8, 2), lambda words: words[1] & 3 == FORMING, 3)
    assert (await inputs())[1]
    assert await read_f32(client, 0x0000) > 190
    assert not (await client.write_coil(0, True, device_id=RELAY)).isError()
    await eventually(inputs, lambda bits: bits[0], 2)


async def test_a_welded_relay_obeys_no_command_until_it_is_mended(
    modbus: Connect, api: Api, eventually: Any, clock: Clock
) -> None:
    client = await modbus("101")

    async def contact() -> bool:
        return bool((await client.read_discrete_inputs(0, count=1, device_id=RELAY)).bits[0])

    assert (await api("/api/devices/101/relay", {"fault": "welded"}))[0] == 200
    await client.write_coil(0, False, device_id=RELAY)
    for _ in range(20):
        clock.pass_ms(100)
        assert await contact()
    assert (await api("/api/devices/101/relay", {"fault": None}))[0] == 200
    await eventually(contact, lambda closed: not closed, 2)


async def test_a_silent_device_answers_nothing_and_its_neighbours_go_on(modbus: Connect, api: Api) -> None:
    client, hasty = await modbus("101"), await modbus("101", patience_s=0.5)
    await api("/api/devices/101/meter", {"fault": "silent"})
    with pytest.raises(ModbusIOException):
        await hasty.read_input_registers(0, count=2, device_id=METER)
    assert await read(client, 40000, 2) == [0x5375, 0x6E53]
    await api("/api/devices/101/meter", {"fault": None})
    assert await read_f32(client, 0) > 190


async def test_a_refusing_device_answers_failure_to_reads_and_busy_to_writes(modbus: Connect, api: Api) -> None:
    client = await modbus("102")
    await api("/api/devices/102/inverter", {"fault": "refuse"})
    assert await refusal(client.read_holding_registers(40000, count=2, device_id=INVERTER)) == DEVICE_FAILURE
    assert await refusal(client.write_register(40000, 1, device_id=INVERTER)) == DEVICE_BUSY
    await api("/api/devices/102/inverter", {"fault": None})
    assert await read(client, 40000, 2) == [0x5375, 0x6E53]


async def test_nonsense_cannot_be_true_and_ends_when_mended(modbus: Connect, api: Api) -> None:
    client = await modbus("101")
    await api("/api/devices/101/meter", {"fault": "nonsense"})
    await api("/api/devices/101/inverter", {"fault": "nonsense"})
    values = [await read_f32(client, address) for address in range(0, 0x4C, 2)]
    assert any(math.isnan(value) or abs(value) > 1e6 for value in values)
    chain = await walk(client)
    assert list(chain) == [1, 101, 120, 121, 122, 123, 124, 160]
    assert not -10 <= signed((await read(client, chain[101] + 15, 1))[0]) <= 10
    await api("/api/devices/101/meter", {"fault": None})
    await api("/api/devices/101/inverter", {"fault": None})
    assert 196 < await read_f32(client, 0) < 208
    assert await read(client, chain[101] + 15, 1) == [0]


async def test_what_a_device_does_not_have_is_refused(modbus: Connect) -> None:
    client = await modbus("101")
    chain = await walk(client)
    end = chain[160] + 90 + 2
    ask = client.read_holding_registers
    assert await refusal(ask(39999, count=1, device_id=INVERTER)) == ILLEGAL_ADDRESS
    assert await refusal(ask(end, count=1, device_id=INVERTER)) == ILLEGAL_ADDRESS
    assert await refusal(client.read_input_registers(40000, count=2, device_id=INVERTER)) == ILLEGAL_FUNCTION
    assert await refusal(client.read_coils(0, count=1, device_id=METER)) == ILLEGAL_FUNCTION
    assert await refusal(client.read_input_registers(0x5A, count=2, device_id=METER)) == ILLEGAL_ADDRESS
    assert await refusal(client.read_input_registers(1, count=2, device_id=METER)) == ILLEGAL_ADDRESS
    assert await refusal(client.read_input_registers(0, count=82, device_id=METER)) == ILLEGAL_VALUE
    assert await refusal(client.write_register(0xFC00, 1, device_id=METER)) == ILLEGAL_ADDRESS
    assert await refusal(client.read_discrete_inputs(2, count=1, device_id=RELAY)) == ILLEGAL_ADDRESS
    assert await refusal(client.write_coil(1, True, device_id=RELAY)) == ILLEGAL_ADDRESS
    assert await refusal(client.mask_write_register(address=1, device_id=INVERTER)) == ILLEGAL_FUNCTION
    assert await refusal(ask(0, count=1, device_id=9)) == NO_RESPONSE


async def test_a_bad_write_is_refused_whole(modbus: Connect) -> None:
    client = await modbus("102")
    m704 = (await walk(client))[704]
    write = client.write_registers
    before = await read(client, m704, 67)
    assert await refusal(write(m704 + 33, [0, 1], device_id=INVERTER)) == ILLEGAL_ADDRESS
    assert await refusal(write(m704 + 54, [0], device_id=INVERTER)) == ILLEGAL_ADDRESS
    assert await refusal(write(m704 + 24, [0], device_id=INVERTER)) == ILLEGAL_ADDRESS
    assert await refusal(write(m704 + 2, [1], device_id=INVERTER)) == ILLEGAL_ADDRESS
    assert await refusal(write(m704 + 22, [1, 1, 0, 30_000], device_id=INVERTER)) == ILLEGAL_VALUE
    assert await refusal(write(m704 + 22, [2], device_id=INVERTER)) == ILLEGAL_VALUE
    assert await read(client, m704, 67) == before


async def test_requests_that_arrive_together_are_all_answered_in_order(simulator: Running) -> None:
    gateway = simulator.site.flats["101"]
    reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
    asks = [struct.pack(">HHHBBHH", number, 0, 6, INVERTER, 3, 40000 + number, 1) for number in range(1, 30)]
    stream = b"".join(asks)
    writer.write(stream[:100])
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.write(stream[100:])
    for number in range(1, 30):
        answer = await asyncio.wait_for(reader.readexactly(11), 2)
        assert struct.unpack(">HHHBBB", answer[:9]) == (number, 0, 5, INVERTER, 3, 2)
    writer.close()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (bytes([3, 0, 0]), ILLEGAL_VALUE),
        (bytes([3, 0x9C, 0x40, 0, 126]), ILLEGAL_VALUE),
        (bytes([3, 0x9C, 0x40, 0, 0]), ILLEGAL_VALUE),
        (bytes([5, 0, 0, 0x12, 0x34]), ILLEGAL_VALUE),
        (bytes([16, 0x9C, 0x40, 0, 2, 2, 0, 1]), ILLEGAL_VALUE),
        (bytes([43, 14, 1, 0]), ILLEGAL_FUNCTION),
        (bytes([0x63]), ILLEGAL_FUNCTION),
    ],
)
async def test_a_malformed_request_gets_an_exception_of_its_own_function(
    simulator: Running, message: bytes, code: int
) -> None:
    gateway = simulator.site.flats["101"]
    reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
    unit = RELAY if message[0] == 5 else INVERTER
    writer.write(struct.pack(">HHHB", 7, 0, len(message) + 1, unit) + message)
    answer = await asyncio.wait_for(reader.readexactly(9), 2)
    assert answer == struct.pack(">HHHBBB", 7, 0, 3, unit, message[0] | 0x80, code)
    writer.close()


async def test_a_stream_that_is_not_modbus_is_closed(simulator: Running) -> None:
    gateway = simulator.site.flats["101"]
    reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert await asyncio.wait_for(reader.read(), 2) == b""
    writer.close()


async def test_the_bulk_meter_is_the_sum_of_flats_and_common_parts_to_the_millijoule(simulator: Running) -> None:
    plant = simulator.site.plant

    def flows() -> tuple[int, int]:
        flats = sum(household.state.meter.net_mj for household in plant.households.values())
        return plant.bulk.energy.net_mj, flats + plant.common.energy.net_mj

    bulk, parts = flows()
    for _ in range(300):
        plant.tick()
    bulk_after, parts_after = flows()
    assert bulk_after != bulk
    assert bulk_after - bulk == parts_after - parts


async def test_the_history_holds_every_value_the_meter_showed(
    simulator: Running, api: Api, modbus: Connect, clock: Clock
) -> None:
    client = await modbus("103")
    household = simulator.site.plant.household("103")
    clock.pass_ms(1000)
    began_ms = clock.now_ms
    shown = []
    for _ in range(60):
        answer = await client.read_input_registers(0x48, count=4, device_id=METER)
        pair = struct.unpack(">ff", struct.pack(">4H", *answer.registers))
        shown.append((clock.now_ms, round(pair[0] * 1000), round(pair[1] * 1000)))
        clock.pass_ms(500)
    status, history = await api(f"/api/registers?device=103/meter&since_ms={began_ms}")
    assert status == 200
    assert len(history) > 10
    assert history[-1][1:] == [household.state.meter.import_wh, household.state.meter.export_wh]
    for moment, imported, exported in shown:
        in_force = [entry for entry in history if entry[0] <= moment][-1]
        assert in_force[1:] == [imported, exported]
    for device in ("building/bulk", "building/common"):
        assert (await api(f"/api/registers?device={device}"))[1]


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/api/grid", {"on": "yes"}, "on is 'yes': send true or false"),
        ("/api/grid", {"on": False, "flats": ["999"]}, "flat is '999': give one of 101, 102, 103, 104"),
        ("/api/grid", {"on": False, "flats": "101"}, "flats is '101': send a list"),
        ("/api/grid", {"on": False, "flat": "101"}, "flat is '101': send only flats, on"),
        ("/api/grid", [1], "send a JSON object"),
        ("/api/weather", {"sky": "snow"}, "sky is 'snow': send one of clear, cloudy, rain, night"),
        ("/api/devices/101/meter", {"fault": "welded"}, "fault is 'welded': a meter can be nonsense, refuse, silent"),
        ("/api/devices/101/meter", {"fault": "asleep"}, "fault is 'asleep': send one of silent"),
        ("/api/devices/101/meter", {}, "fault is None"),
        ("/api/devices/101/toaster", {"fault": None}, "device is 'toaster': 101 has meter, inverter, relay"),
        ("/api/devices/999/meter", {"fault": None}, "flat is '999'"),
        ("/api/registers?device=101/relay", None, "device is '101/relay': give a meter"),
        ("/api/registers", None, "device is None"),
        ("/api/registers?device=101/meter&since_ms=-1", None, "since_ms is '-1': give milliseconds"),
    ],
)
async def test_a_bad_request_is_told_the_field_the_value_and_the_remedy(
    api: Api, simulator: Running, path: str, body: object, told: str
) -> None:
    status, answer = await api(path, body)
    assert status == 400
    assert told in answer["error"]
    assert simulator.site.plant.grid_on
    assert all(household.feed for household in simulator.site.plant.households.values())


async def test_the_layout_leads_to_every_device(api: Api, modbus: Connect) -> None:
    _, layout = await api("/api/layout")
    assert layout["profile_start"] == "2026-07-08T10:30:00"
    assert [flat["flat"] for flat in layout["flats"]] == ["101", "102", "103", "104"]
    for flat in layout["flats"]:
        client = await modbus(flat["flat"])
        high, low = await read(client, 0xFC00, 2, flat["devices"]["meter"]["unit"])
        assert str(high << 16 | low) == flat["devices"]["meter"]["serial"]
        answer = await client.read_holding_registers(40000, count=2, device_id=INVERTER)
        assert answer.isError() is ("inverter" not in flat["devices"])
    generations = [flat["devices"]["inverter"]["generation"] for flat in layout["flats"][:2]]
    assert generations == ["1xx", "7xx"]
    building = await modbus("building")
    for meter in ("bulk", "common"):
        assert await read_f32(building, 0x0000, layout["building"][meter]["unit"]) > 190
