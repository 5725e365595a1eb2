"""`local-vpp devices replay` and `watch`: a capture read, served, and watched while it is served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
import json
from pathlib import Path
import signal
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from commands.devices.finding import FoundDevice, find_device
from commands.devices.serving import serving_recording
from commands.devices.watch import line, picture, read_watched
from commands.main import main
from localvpp.devices import (
    BatteryReading,
    FlashWrites,
    Identity,
    MeterReading,
    Readings,
    RelayReading,
    parse_address,
    read_recordings,
)
from localvpp.devices.backend import ModbusLinks

pytestmark = pytest.mark.usefixtures("socket_enabled")

CAPTURES = Path(__file__).parents[1] / "localvpp" / "devices" / "captures"
METER = CAPTURES / "eastron_sdm120.jsonl"


def test_each_second_is_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "replay", str(METER)]) == 0
    out, err = capsys.readouterr()
    seconds = [json.loads(line) for line in out.splitlines()]
    assert seconds[-1]["meter"]["import_wh"] == 2_198_501
    assert "differs" not in out
    assert "refuses the request" in out
    assert err.splitlines()[-1] == "13 readings; 0 of 11 differ from what was read at home"


def test_what_is_read_otherwise_is_told_and_the_command_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text(METER.read_text().replace('"import_wh": 2198501', '"import_wh": 2198500'))
    assert main(["devices", "replay", str(path)]) == 1
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["differs"] == {"meter": {"import_wh": {"then": 2_198_500, "now": 2_198_501}}}


def test_a_capture_is_read_by_another_map_and_nothing_is_made_up(capsys: pytest.CaptureFixture[str]) -> None:
    main(["devices", "replay", str(METER), "--map", "eastron_sdm630"])
    seconds = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(each.get("meter", {}).get("import_wh") in {None, 2_198_501} for each in seconds)


def test_bad_input_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = tmp_path / "both.jsonl"
    both.write_text(METER.read_text() + (CAPTURES / "relay.jsonl").read_text())
    for arguments, told in (
        ([str(tmp_path / "none.jsonl")], "cannot be read"),
        ([str(both)], "the capture is of meter, relay: choose with --device"),
        ([str(both), "--device", "inverter"], "choose with --device"),
        ([str(METER), "--map", "nothing"], "choose one of"),
        ([str(METER), "--map", "sunspec"], "does not speak SunSpec"),
        ([str(METER), "--serve", "here"], "--serve 'here': write HOST:PORT"),
    ):
        assert main(["devices", "replay", *arguments]) == 1, arguments
        err = capsys.readouterr().err.splitlines()[-1]
        assert err.startswith("local-vpp: "), err
        assert told in err
    assert main(["devices", "replay", str(both), "--device", "relay"]) == 0


@pytest.mark.parametrize(
    ("file", "read"),
    [
        ("eastron_sdm120", "meter: power_w="),
        ("sunspec_1xx_hybrid", "battery: power_w="),
        ("relay", "relay: closed=yes"),
    ],
)
async def test_a_served_capture_is_read_as_the_device(file: str, read: str, capsys: pytest.CaptureFixture[str]) -> None:
    (recording,) = read_recordings(CAPTURES / f"{file}.jsonl").values()
    async with serving_recording(recording, "127.0.0.1", 0) as port:
        address = f"tcp://127.0.0.1:{port}?unit=1"
        arguments = ["devices", "watch", address, "--map", recording.type, "--seconds", "2"]
        assert await asyncio.to_thread(main, arguments) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert read in first
    assert second[:19] > first[:19]


def test_what_a_device_does_not_say_is_a_dash_and_its_problem_is_told() -> None:
    readings: Readings = {"meter": MeterReading(power_w=-812.5, import_wh=7), "relay": RelayReading(closed=False)}
    shown = line(readings, ["it refuses"])
    assert "meter: power_w=-812.5 import_wh=7 export_wh=– voltage_v=– " in shown
    assert shown.endswith("relay: closed=no energised=– commanded=– problems: it refuses")
    device: Any = SimpleNamespace(identity=Identity(manufacturer="Eastron", model="SDM120"))
    console = Console(width=80, record=True, file=StringIO())
    console.print(picture(FoundDevice("eastron_sdm120", device, readings), readings, ["it refuses"]))
    table = console.export_text()
    assert "Eastron SDM120, eastron_sdm120" in table
    rows = [[cell.strip() for cell in row.split("│")[1:-1]] for row in table.splitlines() if "│" in row]
    assert ["meter power", "-812.5", "W", ""] in rows
    assert ["meter export", "–", "Wh", ""] in rows
    assert table.splitlines()[-1].strip() == "it refuses"


def test_a_value_of_an_earlier_second_has_its_age_beside_it() -> None:
    battery = BatteryReading(
        power_w=700.0, soc_percent=55.0, flash_writes=FlashWrites(written=3, most=20), ages_ms={"soc_percent": 2040}
    )
    shown = line({"battery": battery}, [])
    assert "battery: power_w=700 soc_percent=55(2s) " in shown
    assert " flash_writes=3/20" in shown
    assert "ages" not in shown
    device: Any = SimpleNamespace(identity=Identity(manufacturer="Sungrow", model="SH"))
    console = Console(width=80, record=True, file=StringIO())
    console.print(picture(FoundDevice("sungrow_sh", device, {"battery": battery}), {"battery": battery}, []))
    rows = [[cell.strip() for cell in row.split("│")[1:-1]] for row in console.export_text().splitlines() if "│" in row]
    assert ["battery soc", "55", "%", "2s"] in rows
    assert ["battery power", "700", "W", ""] in rows


async def test_a_device_that_falls_silent_is_unknown_and_is_watched_on() -> None:
    (recording,) = read_recordings(METER).values()
    async with serving_recording(recording, "127.0.0.1", 0) as port, ModbusLinks() as links:
        address = f"tcp://127.0.0.1:{port}?unit=1"
        found = await find_device(links.unit(parse_address(address)), address, recording.type)
    readings, problems = await read_watched(found.device, found.readings)  # Its links are closed.
    assert readings == {"meter": MeterReading()}
    assert len(problems) == 1


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "commands.main",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.slow
async def test_watching_and_serving_end_when_they_are_interrupted() -> None:
    async with running("devices", "replay", str(METER), "--serve", "127.0.0.1:0") as server:
        assert server.stdout is not None
        told = json.loads(await server.stdout.readline())
        address = f"tcp://127.0.0.1:{told['port']}?unit={told['unit']}"
        async with running("devices", "watch", address, "--map", told["type"]) as watch:
            assert watch.stdout is not None
            assert b"meter: power_w=" in await watch.stdout.readline()
            watch.send_signal(signal.SIGINT)
            _, err = await watch.communicate()
            assert (watch.returncode, err) == (0, b"")
        server.send_signal(signal.SIGINT)
        _, err = await server.communicate()
        assert (server.returncode, err) == (0, b"")
