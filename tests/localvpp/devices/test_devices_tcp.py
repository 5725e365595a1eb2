"""The same drivers over real Modbus TCP, against a server of pymodbus in this process."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
import gc
import socket
import time

from conftest import SDM120_IMAGE, f32
import pytest
from sunspec_image import BASE, legacy

from localvpp.devices import (
    AddressError,
    DeviceNonsenseError,
    DeviceSilentError,
    Identity,
    MapMeter,
    MapRelay,
    SunSpecDevice,
    load_map,
    parse_address,
    probe,
    probe_meter,
    probe_relay,
    probe_sunspec,
)
from localvpp.devices.backend import ModbusLinks
from tests.black_hole import black_hole

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Serve = Callable[..., Awaitable[int]]

METER = load_map("eastron_sdm120")
WHO = Identity(manufacturer="Eastron", model="SDM120-Modbus")
INPUTS = {
    0x0000: [0] * 0x46,
    0x0046: [*f32(60.02), *f32(1234.567), *f32(89.7)],
}
for _address, _value in SDM120_IMAGE.items():
    if _address < 0x0046:
        INPUTS[0][_address : _address + 2] = f32(_value)


def at(port: int, unit: int = 1) -> str:
    return f"tcp://127.0.0.1:{port}?unit={unit}"


async def test_a_meter_is_probed_and_read(serve: Serve) -> None:
    port = await serve(inputs=INPUTS, holding={0xFC00: [0x00B7, 0x1B65]})
    async with ModbusLinks() as links:
        unit = links.unit(parse_address(at(port)))
        identity = await probe_meter(unit, METER)
        reading = await MapMeter(unit, METER, identity).read()
    assert identity.serial == "12000101"
    assert (reading.power_w, reading.import_wh, reading.export_wh) == (-812.5, 1_234_567, 89_700)


async def test_a_meter_without_a_serial_number_is_accepted(serve: Serve) -> None:
    port = await serve(inputs=INPUTS)
    async with ModbusLinks() as links:
        assert (await probe_meter(links.unit(parse_address(at(port))), METER)).serial is None


async def test_a_relay_is_commanded_and_read(serve: Serve) -> None:
    port = await serve(bits=[False, True] + [False] * 14)
    async with ModbusLinks() as links:
        unit = links.unit(parse_address(at(port)))
        relay = MapRelay(unit, load_map("relay"), await probe_relay(unit, load_map("relay")))
        before = await relay.read()
        assert (before.commanded, before.closed, before.energised) == (False, False, True)
        await relay.command(closed=True)
        assert (await relay.read()).commanded is True


async def test_a_sunspec_device_is_found_and_read(serve: Serve) -> None:
    image = legacy()
    span = range(BASE, max(image.registers) + 1)
    port = await serve(holding={BASE: [image.registers[address] for address in span]})
    async with ModbusLinks() as links:
        device = await SunSpecDevice.open(links.unit(parse_address(at(port))))
        assert (await device.inverter.read()).energy_wh == 1_234_560
        assert device.battery is not None
        assert (await device.battery.read()).power_w == -1200


async def test_a_meter_is_no_sunspec_device(serve: Serve) -> None:
    port = await serve(inputs=INPUTS)
    async with ModbusLinks() as links:
        with pytest.raises(DeviceNonsenseError, match="does not speak SunSpec"):
            await probe_sunspec(links.unit(parse_address(at(port))))


@pytest.mark.parametrize(("length", "told"), [(0xFFFF, "leads out of the registers"), (0, "not terminated")])
async def test_a_chain_that_leads_nowhere_is_nonsense(serve: Serve, length: int, told: str) -> None:
    port = await serve(holding={BASE: [0x5375, 0x6E53, *[1, length] * 200]})
    async with ModbusLinks() as links:
        with pytest.raises(DeviceNonsenseError, match=f"does not speak SunSpec .*{told}"):
            await probe_sunspec(links.unit(parse_address(at(port))))


async def test_a_port_where_nothing_listens_is_told_at_once() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        async with ModbusLinks() as links:
            unit = links.unit(parse_address(at(reserved.getsockname()[1])))
            began = time.monotonic()
            with pytest.raises(DeviceSilentError, match="cannot be reached"):
                await probe_meter(unit, METER)
            assert time.monotonic() - began < 2


async def test_a_device_that_never_answers_is_given_up_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "PROBE_TIMEOUT_S", 0.3)
    hung_up = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        hung_up.set()

    async with await asyncio.start_server(keep_silent, "127.0.0.1", 0) as server:
        async with ModbusLinks() as links:
            unit = links.unit(parse_address(at(server.sockets[0].getsockname()[1])))
            asks: list[Callable[[], Awaitable[Identity]]] = [
                lambda: probe_meter(unit, METER),
                lambda: probe_relay(unit, load_map("relay")),
                lambda: probe_sunspec(unit),
            ]
            for ask in asks:
                began = time.monotonic()
                with pytest.raises(DeviceSilentError, match=r"did not answer within 0\.3 s"):
                    await ask()
                assert time.monotonic() - began < 2
        # Leaving the context closed the link.
        await asyncio.wait_for(hung_up.wait(), 2)


async def test_a_cancelled_reading_ends_as_cancelled_and_not_as_silence() -> None:
    asked = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        asked.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(keep_silent, "127.0.0.1", 0) as server, ModbusLinks() as links:
        unit = links.unit(parse_address(at(server.sockets[0].getsockname()[1])))
        asks: list[Callable[[], Coroutine[None, None, object]]] = [
            lambda: MapMeter(unit, METER, WHO).read(),
            lambda: SunSpecDevice.open(unit),
        ]
        for ask in asks:
            asked.clear()
            reading: asyncio.Task[object] = asyncio.create_task(ask())
            await asked.wait()
            reading.cancel()
            done, _ = await asyncio.wait({reading}, timeout=1)
            assert done == {reading}
            assert reading.cancelled()
            await unit.disconnect()


async def test_units_of_one_endpoint_share_its_only_connection() -> None:
    """The first connection is answered, and there is no second."""
    connections = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while header := await reader.read(12):
            # One register, 0x1234, for whatever unit asks by whatever transaction.
            writer.write(header[:4] + b"\0\x05" + header[6:8] + b"\x02\x12\x34")
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with ModbusLinks() as links:
            units = [links.unit(parse_address(at(port, unit=number))) for number in (1, 2, 3)]
            answers = await asyncio.gather(*(unit.read_input_registers(0, 1) for unit in units for _ in range(5)))
        assert answers == [[0x1234]] * 15
        assert connections == 1
        with pytest.raises(RuntimeError, match="closed"):
            links.unit(parse_address(at(port)))


async def test_one_serial_line_has_one_setting() -> None:
    async with ModbusLinks() as links:
        links.unit(parse_address("rtu:///dev/ttyX0?unit=1&baudrate=9600"))
        links.unit(parse_address("rtu:///dev/ttyX0?unit=2&baudrate=9600"))
        with pytest.raises(AddressError, match="share its settings"):
            links.unit(parse_address("rtu:///dev/ttyX0?unit=3&baudrate=2400"))


async def test_links_are_closed_quietly_while_they_are_being_opened(caplog: pytest.LogCaptureFixture) -> None:
    told: list[dict[str, object]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(context))
    with black_hole() as hole:
        async with ModbusLinks() as links:
            probing = asyncio.create_task(probe_meter(links.unit(parse_address(at(hole.port))), METER))
            reading = asyncio.create_task(MapMeter(links.unit(parse_address(at(hole.port, 2))), METER, WHO).read())
            await hole.tried()
            for task in (probing, reading):
                task.cancel()
            await asyncio.wait({probing, reading})
            began = loop.time()
        assert loop.time() - began < 1
        assert hole.trying() == 0, "nothing goes on in the background"
    await asyncio.sleep(0)
    gc.collect()
    assert told == []
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == []
