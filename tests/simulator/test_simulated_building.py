"""What becomes of the simulated building when the grid goes, a device fails or a request is wrong; and its books."""

import asyncio
import math
import struct
from typing import Any

from pymodbus.exceptions import ModbusIOException
import pytest

from simulator.runner import Running

from .conftest import Clock
from .master import (
    DEVICE_BUSY,
    DEVICE_FAILURE,
    FORMING,
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ILLEGAL_VALUE,
    INVERTER,
    METER,
    NO_RESPONSE,
    RELAY,
    Api,
    Connect,
    read,
    read_f32,
    refusal,
    signed,
    walk,
)


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
    writer.write(stream[:100])  # Eight requests, and the begin of the ninth.
    for number in range(1, 30):
        if number == 9:
            writer.write(stream[100:])
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
        ("/api/grid", {"on": False, "flat": "101"}, "flat is '101': send only flats, on, riser"),
        ("/api/grid", [1], "send a JSON object"),
        ("/api/weather", {"sky": "snow"}, "sky is 'snow': send one of clear, cloudy, rain, night"),
        (
            "/api/devices/101/meter",
            {"fault": "welded"},
            "fault is 'welded': a meter can be line_powered, nonsense, refuse, silent",
        ),
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
