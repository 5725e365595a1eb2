"""What a capture keeps, for how long, what it leaves out, and that a driver reads the same from it."""

import asyncio
from dataclasses import replace
import json
from pathlib import Path
import tracemalloc
from typing import Any

from conftest import SDM120_IMAGE, Clock, f32
from hypothesis import given, strategies as st
from modbus_connection import ModbusConnectionError, ModbusTimeoutError, ModbusUnit, ServerDeviceBusyError
from modbus_connection.mock import MockModbusConnection, MockModbusUnit
import pytest
from sunspec_image import der, legacy
import yaml

from localvpp.devices import (
    Capture,
    CaptureError,
    Captures,
    DeviceError,
    DeviceNonsenseError,
    FlashWrites,
    Lines,
    MapHybrid,
    MapMeter,
    MapRelay,
    MeterReading,
    Recording,
    SunSpecDevice,
    load_map,
    probe_hybrid,
    probe_meter,
    probe_relay,
    probe_sunspec,
    read_recordings,
    redacted,
    replay,
    write_recordings,
)
from localvpp.devices.capture.recording import Exchange, Failure, Told, pack, parse_recordings, plain_reading
from localvpp.devices.capture.ring import KEPT_REQUESTS
from localvpp.devices.mapping import Space
from localvpp.devices.serial import SerialUnit

METER = load_map("eastron_sdm120")
SERIAL = "12000101"
DUMPS = Path(__file__).parent / "dumps"


def capture_of(clock: Clock, kind: str = METER.name, **limits: Any) -> Capture:
    return Capture("meter", kind, clock=clock, wall_ns=lambda: round(clock.now * 1e9), **limits)


async def replayed(recording: Recording, name: str | None = METER.name) -> list[Any]:
    return [each async for each in replay(recording, None if name is None else load_map(name))]


# --- what is kept ------------------------------------------------------------------------------


async def test_each_question_and_what_came_is_kept_with_both_times(sdm120: MockModbusUnit, clock: Clock) -> None:
    capture = capture_of(clock)
    unit = capture.unit(sdm120)
    assert await unit.read_input_registers(0, 2) == f32(SDM120_IMAGE[0])
    clock.now += 1
    sdm120.holding[7] = 1
    await unit.write_registers(7, [5])
    sdm120.coil[0] = True
    assert await unit.read_coils(0, 1) == [True]
    first, written, coil = capture.recording().exchanges
    assert first == Exchange(1000.0, 1_000_000, 0.0, "read_input_registers", (0, 2), pack(f32(SDM120_IMAGE[0])))
    assert first.answer == f32(SDM120_IMAGE[0])
    assert (written.function, written.arguments, written.at) == ("write_registers", (7, (5,)), 1001.0)
    assert (coil.space, coil.answer) == (Space.COIL, [1])


@pytest.mark.parametrize(
    ("error", "failure", "code"),
    [
        (ModbusTimeoutError("late"), Failure.SILENT, None),
        (ModbusConnectionError("none at 192.0.2.1"), Failure.UNLINKED, None),
        (ServerDeviceBusyError(), Failure.REFUSED, 6),
    ],
)
async def test_what_did_not_come_is_kept_by_its_kind_and_goes_on(
    mock_modbus_unit: MockModbusUnit, clock: Clock, error: Exception, failure: Failure, code: int | None
) -> None:
    capture = capture_of(clock)
    mock_modbus_unit.fail_requests(error)
    with pytest.raises(type(error)):
        await capture.unit(mock_modbus_unit).read_holding_registers(0, 1)
    (kept,) = capture.recording().exchanges
    assert (kept.failure, kept.code, kept.words) == (failure, code, b"")
    assert "192.0.2.1" not in json.dumps(kept.plain())


async def test_a_request_that_is_given_up_is_kept_as_silent(clock: Clock) -> None:
    capture = capture_of(clock)

    class Never:
        connected = True

        async def read_holding_registers(self, address: int, count: int) -> list[int]:
            await asyncio.Event().wait()
            raise AssertionError

    unit: Any = Never()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await capture.unit(unit).read_holding_registers(0, 1)
    assert [each.failure for each in capture.recording().exchanges] == [Failure.SILENT]


def test_a_recording_is_in_the_order_in_which_was_asked(clock: Clock) -> None:
    capture = capture_of(clock)
    clock.now += 3
    capture.add(1002.0, "read_coils", (0, 1), pack([1]))
    capture.add(1001.0, "read_coils", (1, 1), pack([0]))
    assert [each.at for each in capture.recording().exchanges] == [1001.0, 1002.0]


async def test_the_ring_is_bounded_by_bytes_and_by_time(sdm120: MockModbusUnit, clock: Clock) -> None:
    capture = capture_of(clock, most_bytes=10_000, longest_s=5.0)
    unit = capture.unit(sdm120)
    for _ in range(100):
        await unit.read_input_registers(0, 2)
    ring = [each for each in capture.recording().exchanges if not each.kept]
    assert len(ring) == 10_000 // 384
    assert len(capture.recording().entries) == len(ring) + 1, "and what stood before"
    clock.now += 6
    await unit.read_input_registers(0, 2)
    assert [each.kept for each in capture.recording().exchanges] == [True, False]
    capture.told("meter", MeterReading(power_w=1.0))
    assert [type(each) for each in capture.recording().entries] == [Exchange, Exchange, Told]


async def test_a_capture_takes_as_much_memory_as_it_may(clock: Clock) -> None:
    class Prompt(MockModbusUnit):
        async def read_input_registers(self, address: int, count: int) -> list[int]:
            return list(range(count))

    capture = capture_of(clock, most_bytes=1 << 20)
    unit = capture.unit(Prompt(MockModbusConnection(), 1))
    tracemalloc.start()
    try:
        for number in range(5000):
            await unit.read_input_registers(1000, 60)
            capture.told("meter", MeterReading(power_w=number / 3, import_wh=number + 1000))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.7 * (1 << 20) < taken < 1.3 * (1 << 20)


async def test_the_last_answer_to_a_question_outlives_the_ring(sdm120: MockModbusUnit, clock: Clock) -> None:
    capture = capture_of(clock, longest_s=5.0)
    unit = capture.unit(sdm120)
    await unit.read_holding_registers(0xFC00, 2)
    for _ in range(20):
        clock.now += 1
        await unit.read_input_registers(0, 2)
    entries = capture.recording().exchanges
    assert [(each.address, each.at) for each in entries if each.kept] == [(0xFC00, 1000.0), (0, clock.now - 6)]
    assert all(each.at >= clock.now - 5 for each in entries if not each.kept)
    for address in range(2 * KEPT_REQUESTS):
        sdm120.holding[address] = 1
        await unit.read_holding_registers(address, 1)
        clock.now += 10
    assert sum(each.kept for each in capture.recording().exchanges) == KEPT_REQUESTS, "a scan does not fill the memory"


def test_recording_stands_below_the_turns_of_a_serial_line(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    line = Lines().at(("serial", "/dev/ttyUSB0"))
    assert isinstance(line.unit(mock_modbus_unit, 1, capture_of(clock)), SerialUnit)


def test_readings_are_kept_once_and_the_battery_s_with_its_inverter(clock: Clock) -> None:
    captures = Captures()
    captures.of("meter", METER.name)
    reading = MeterReading(power_w=1.0)
    for _ in range(3):
        captures.told({"meter": reading, "relay": None})
    (recording,) = captures.recordings()
    assert [entry.name for entry in recording.entries if isinstance(entry, Told)] == ["meter"]


# --- what is left out --------------------------------------------------------------------------


async def test_a_meter_s_serial_number_is_left_out(sdm120: MockModbusUnit, clock: Clock) -> None:
    capture = capture_of(clock)
    identity = await probe_meter(capture.unit(sdm120), METER)
    assert identity.serial == str(0x00B7_1B65)
    shared = redacted(capture.recording(), METER)
    (number,) = [each for each in shared.exchanges if each.address == 0xFC00]
    assert number.answer == [0, 0]
    assert shared.hidden == {Space.HOLDING: (range(0xFC00, 0xFC02),)}
    assert [each for each in shared.exchanges if each.space is Space.INPUT] == [
        each for each in capture.recording().exchanges if each.space is Space.INPUT
    ]


@pytest.mark.parametrize("image", [legacy(), der(), legacy(0)], ids=["legacy", "der", "at 0"])
async def test_a_sunspec_device_s_serial_number_is_left_out(
    mock_modbus_unit: MockModbusUnit, clock: Clock, image: Any
) -> None:
    image.set({"1.SN": SERIAL})
    mock_modbus_unit.holding.update(image.registers)
    capture = capture_of(clock, "sunspec")
    unit = capture.unit(mock_modbus_unit)
    before = (await probe_sunspec(unit)).identity
    assert before.serial == SERIAL
    await SunSpecDevice.open(unit, clock)
    shared = redacted(capture.recording(), None)
    words = b"".join(number.to_bytes(2) for each in shared.exchanges for number in each.answer)
    assert SERIAL.encode() not in words
    assert before.manufacturer.encode() in words
    assert SERIAL.encode() in b"".join(
        number.to_bytes(2) for each in capture.recording().exchanges for number in each.answer
    )


def test_what_a_driver_could_not_read_names_no_device(clock: Clock) -> None:
    capture = capture_of(clock)
    capture.told("meter", MeterReading(failed={"all": DeviceNonsenseError(f"the meter (serial {SERIAL}) lies")}))
    assert SERIAL not in json.dumps(list(capture.recording().plain()))


# --- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["capture.jsonl", "capture.jsonl.gz"])
async def test_a_file_holds_what_was_kept(sdm120: MockModbusUnit, clock: Clock, tmp_path: Path, name: str) -> None:
    capture = capture_of(clock)
    unit = capture.unit(sdm120)
    meter = MapMeter(unit, METER, await probe_meter(unit, METER), clock)
    capture.told("meter", await meter.read())
    sdm120.fail_requests(ServerDeviceBusyError())
    with pytest.raises(ServerDeviceBusyError):
        await unit.read_holding_registers(9, 1)
    recording = redacted(capture.recording(), METER)
    write_recordings(tmp_path / name, [recording])
    assert read_recordings(tmp_path / name) == {"meter": recording}
    diagnostics = {"home_assistant": {}, "data": {"captures": {"meter": list(recording.plain())}}}
    (tmp_path / "diagnostics.json").write_text(json.dumps(diagnostics, indent=2))
    assert read_recordings(tmp_path / "diagnostics.json") == {"meter": recording}


HEADER = {"capture": 1, "device": "meter", "type": METER.name, "hidden": {}}
ASKED = {"at": 1.0, "wall_ms": 1, "took_ms": 1.0, "asked": ["read_input_registers", 0, 2], "answer": [1, 2]}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "holds no capture"),
        ([ASKED], "line 1: it is neither"),
        ([{**HEADER, "capture": 2}], "line 1: capture is 2: this program reads version 1"),
        ([HEADER, {**ASKED, "answer": [1]}], "line 2: answer has 1 values, and 2 were asked for"),
        ([HEADER, {**ASKED, "answer": [1, 65536]}], "line 2:"),
        ([HEADER, {**ASKED, "asked": ["sing", 0, 2]}], "line 2: asked is 'sing'"),
        ([HEADER, {**ASKED, "asked": ["read_coils"]}], "line 2: asked is"),
        ([HEADER, {"asked": ["read_coils", 0, 1]}], "is missing"),
        ([HEADER, {**ASKED, "error": "bored"}], "line 2:"),
        ([HEADER, 7], "line 2: it is neither"),
        ([HEADER, HEADER], "the device meter comes twice"),
    ],
)
def test_what_is_no_capture_is_refused_with_its_line(lines: list[object], told: str) -> None:
    with pytest.raises(CaptureError, match=told):
        parse_recordings("a.jsonl", lines)


@given(content=st.binary() | st.text().map(str.encode))
def test_any_other_file_is_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "no_capture.jsonl"
    path.write_bytes(content)
    with pytest.raises(CaptureError):
        read_recordings(path)


# --- and played again ---------------------------------------------------------------------------


async def test_a_meter_s_seconds_are_read_again_as_they_were(sdm120: MockModbusUnit, clock: Clock) -> None:
    capture = capture_of(clock)
    unit = capture.unit(sdm120)
    meter = MapMeter(unit, METER, await probe_meter(unit, METER), clock)
    said = []
    for second in range(5):
        clock.now += 1
        sdm120.input[0x000C] = f32(100.0 * second)
        reading = await meter.read()
        said.append(reading.power_w)
        capture.told("meter", reading)
    seconds = await replayed(redacted(capture.recording(), METER))
    # The probe's reading is one, too.
    assert [each.readings["meter"]["power_w"] for each in seconds][-5:] == said == [0.0, 100.0, 200.0, 300.0, 400.0]
    assert [each.at for each in seconds][-5:] == [1001.0, 1002.0, 1003.0, 1004.0, 1005.0]
    assert [each.differs for each in seconds][-5:] == [{}] * 5
    assert await replayed(capture.recording()) == await replayed(redacted(capture.recording(), METER))


async def test_a_driver_that_reads_otherwise_by_now_is_told_apart(sdm120: MockModbusUnit, clock: Clock) -> None:
    capture = capture_of(clock)
    unit = capture.unit(sdm120)
    meter = MapMeter(unit, METER, await probe_meter(unit, METER), clock)
    clock.now += 1
    capture.told("meter", replace(await meter.read(), power_w=7.0))
    *_, last = await replayed(capture.recording())
    assert last.differs == {"meter": {"power_w": (7.0, SDM120_IMAGE[0x000C])}}


async def test_a_silence_and_what_followed_are_read_again(sdm120: MockModbusUnit, clock: Clock) -> None:
    capture = capture_of(clock)
    unit = capture.unit(sdm120)
    meter = MapMeter(unit, METER, await probe_meter(unit, METER), clock)
    said: list[str | float | None] = []
    for second in range(6):
        clock.now += 1
        sdm120.input[0x000C] = f32(100.0 * second)
        sdm120.fail_requests(ModbusTimeoutError("nothing came") if second in {2, 3} else None)
        meter.door.hasten()
        if meter.door.due:
            await meter.door.knock()
        try:
            reading = await meter.read()
        except DeviceError as error:
            said.append(type(error).__name__)
        else:
            said.append(reading.power_w)
            capture.told("meter", reading)
    seconds = await replayed(capture.recording())
    assert said == [0.0, 100.0, "DeviceSilentError", "DeviceSilentError", 400.0, 500.0]
    assert [each.readings["meter"]["power_w"] for each in seconds if each.readings][-4:] == [0.0, 100.0, 400.0, 500.0]
    assert any(each.error is not None for each in seconds)
    assert all(each.differs == {} for each in seconds if each.differs is not None)


@pytest.mark.parametrize("image", [legacy(), der()], ids=["legacy", "der"])
async def test_a_sunspec_device_is_read_again_after_the_ring_lost_how_it_began(
    mock_modbus_unit: MockModbusUnit, clock: Clock, image: Any
) -> None:
    mock_modbus_unit.holding.update(image.registers)
    capture = capture_of(clock, "sunspec", longest_s=20.0)
    device = await SunSpecDevice.open(capture.unit(mock_modbus_unit), clock)
    for _ in range(100):
        clock.now += 1
        told = await device.snapshot()
        capture.told("inverter", told.inverter)
        capture.told("battery", told.battery)
    seconds = await replayed(redacted(capture.recording(), None), None)
    assert 19 <= len(seconds) <= 21
    assert all(each.differs == {} for each in seconds if each.differs is not None)
    last, ages = {**seconds[-1].readings["battery"]}, {"ages_ms": None}
    assert last | ages == plain_reading(told.battery) | ages
    assert sum(each.differs is not None for each in seconds) >= 19


async def test_a_battery_that_was_commanded_is_read_again_without_its_commands(
    mock_modbus_unit: MockModbusUnit, clock: Clock, tmp_path: Path
) -> None:
    sungrow = load_map("sungrow_sh")
    for space, registers in yaml.safe_load((DUMPS / "sungrow_sh.yaml").read_text(encoding="utf-8"))[
        "registers"
    ].items():
        store = mock_modbus_unit.holding if space == "holding" else mock_modbus_unit.input
        for address, value in registers.items():
            store.update(dict.fromkeys(range(address, address + 9), 0) | {address: value} | dict(store))
            store[address] = value
    capture = capture_of(clock, sungrow.name)
    unit = capture.unit(mock_modbus_unit)
    device = MapHybrid(unit, sungrow, await probe_hybrid(unit, sungrow), clock)
    for second in range(6):
        clock.now += 1
        if second == 2:
            await device.battery.set_power(500, 60)
        told = await device.snapshot()
        capture.told("inverter", told.inverter)
        capture.told("battery", told.battery)
    assert told.battery.flash_writes == FlashWrites(written=1, most=6000)
    write_recordings(tmp_path / "kept.jsonl", [redacted(capture.recording(), sungrow)])
    (kept,) = read_recordings(tmp_path / "kept.jsonl").values()
    seconds = await replayed(kept, sungrow.name)
    assert sum(each.differs is not None for each in seconds) >= 5
    assert all(each.differs == {} for each in seconds if each.differs is not None)
    assert json.loads(json.dumps(seconds[-1].readings)) == seconds[-1].readings


async def test_a_relay_s_contacts_are_read_again(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    capture = capture_of(clock, "relay")
    mock_modbus_unit.coil[0] = True
    mock_modbus_unit.discrete[0] = True
    mock_modbus_unit.discrete[1] = False
    unit: ModbusUnit = capture.unit(mock_modbus_unit)
    relay = MapRelay(unit, load_map("relay"), await probe_relay(unit, load_map("relay")), clock)
    clock.now += 1
    reading = await relay.read()
    capture.told("relay", reading)
    *_, last = await replayed(capture.recording(), "relay")
    assert last.differs == {}
    assert last.readings["relay"]["energised"] is False


async def test_what_is_not_in_a_capture_is_unknown_and_nothing_is_invented(
    sdm120: MockModbusUnit, clock: Clock
) -> None:
    capture = capture_of(clock)
    await capture.unit(sdm120).read_input_registers(0, 2)
    (second,) = await replayed(capture.recording())
    assert second.readings.get("meter", {}).get("import_wh") is None
    empty = Recording(device="meter", type=METER.name, entries=())
    with pytest.raises(CaptureError, match="holds no request"):
        await replayed(empty)
