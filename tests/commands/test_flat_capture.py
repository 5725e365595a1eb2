"""`local-vpp flat capture`: a running flat's devices, register by register, and without their serial numbers."""

import asyncio
from contextlib import suppress
import json
from pathlib import Path

import pytest

from commands.demo import building as parts
from commands.demo.processes import Processes, run_once
from commands.errors import CommandError
from commands.flatkeys import alone
from commands.main import main
from localvpp.devices import SUNSPEC, load_map, read_recordings, replay

pytestmark = pytest.mark.usefixtures("umask_kept")


def test_of_a_flat_that_does_not_run_there_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["flat", "capture", "--data", str(tmp_path)]
    assert main(arguments) == 1
    assert f"no flat runs on {tmp_path}" in capsys.readouterr().err
    with alone(tmp_path):
        # Somebody holds the folder who expects no signal: a rotation of its key.
        assert main(arguments) == 1
    assert f"no flat runs on {tmp_path}" in capsys.readouterr().err
    with alone(tmp_path) as lock:
        lock.write("4294967295\n")
    assert main(arguments) == 1, "whoever wrote that holds it no more"
    assert f"no flat runs on {tmp_path}" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.usefixtures("socket_enabled")
async def test_a_running_flat_s_devices_are_captured_and_read_again(tmp_path: Path) -> None:
    async with Processes(tmp_path / "logs") as processes:
        simulation = await parts.start_simulator(processes, 2, [], 30)
        coordination = await parts.start_coordinator(processes, tmp_path, simulation)
        flat = simulation.flats[0]
        handed = (await parts.invite(coordination, [flat]))[flat.flat]
        data, file = tmp_path / "flat", tmp_path / "taken.jsonl.gz"
        await run_once("flat", "enrol", coordination.url, "--invite", handed.code, "--data", str(data))
        devices = ["--meter", flat.meter, "--inverter", str(flat.inverter)]
        await processes.local_vpp("flat", "flat", "run", "--data", str(data), *devices)
        take = ("flat", "capture", "--data", str(data), "--output")
        async with asyncio.timeout(60):
            while True:
                with suppress(CommandError):  # It is starting.
                    told = json.loads(await run_once(*take, str(file)))
                    if told["requests"].get("meter", 0) >= 9 and told["requests"].get("inverter", 0) >= 20:
                        break
                await asyncio.sleep(0.2)
        assert sorted(each.name for each in data.iterdir() if "capture" in each.name) == []
        assert file.stat().st_mode & 0o777 == 0o600
        whole = tmp_path / "whole.jsonl"
        await run_once(*take, str(whole), "--with-serials")
    shared, own = read_recordings(file), read_recordings(whole)
    for name, recording in shared.items():
        differing = [
            each.differs
            async for each in replay(recording, None if recording.type == SUNSPEC else load_map(recording.type))
        ]
        assert any(each is not None for each in differing), name
        assert not any(differing), name
        assert recording.hidden
        assert not own[name].hidden
