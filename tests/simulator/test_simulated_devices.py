"""What a Modbus master sees of simulated meters and inverters, over real sockets: their models, and how they obey."""

from importlib.resources import files
import json
import struct
from typing import Any

from pymodbus.client import AsyncModbusTcpClient
import pytest

from simulator.registers import sunspec_models
from simulator.registers.sunspec import Model

from .conftest import Clock
from .master import INVERTER, METER, Api, Connect, read, read_f32, signed, walk


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


async def test_the_api_tells_of_what_is_asked_as_long_as_its_lease_runs(
    modbus: Connect, api: Api, eventually: Any
) -> None:
    async def leased() -> list[dict[str, float | None] | None]:
        _, state = await api("/api/state")
        return [flat["inverter"]["leased"] for flat in state["flats"][:2]]

    client = await modbus("102")
    m704 = (await walk(client))[704]
    assert await leased() == [None, None]
    assert not (await client.write_registers(m704 + 31, [0, 3], device_id=INVERTER)).isError()
    assert not (await client.write_registers(m704 + 22, [1, 1, 0xFFFF, 0x10000 - 700], device_id=INVERTER)).isError()
    await eventually(leased, lambda now: now[0] is None and now[1] is not None and now[1]["ac_w"] == -700)
    await eventually(leased, lambda now: now == [None, None])


async def test_the_api_does_not_call_leased_what_stays_until_it_is_taken_back(
    modbus: Connect, api: Api, eventually: Any
) -> None:
    client = await modbus("102")
    chain = await walk(client)
    m704, m701 = chain[704], chain[701]
    assert not (await client.write_registers(m704 + 31, [0, 0], device_id=INVERTER)).isError()
    assert not (await client.write_registers(m704 + 22, [1, 1, 0xFFFF, 0x10000 - 700], device_id=INVERTER)).isError()
    await eventually(lambda: read(client, m701 + 10, 1), lambda words: signed(words[0]) == -700, 2.5)
    _, state = await api("/api/state")
    assert state["flats"][1]["inverter"]["leased"] is None


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
