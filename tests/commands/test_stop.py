"""A coordinator and a flat that are told to stop while they connect to a device that is not there: real processes."""

import asyncio
from pathlib import Path
import signal
import sys
import time

import pytest

from commands.main import main
from coordinator.config import load
from coordinator.enrolment import issue_invite

from ..black_hole import BlackHole, black_hole
from ..coordinator.conftest import FILE, open_house
from ..coordinator.flat import ManualClock

# How long stopping takes is measured.
pytestmark = [pytest.mark.slow, pytest.mark.real_time, pytest.mark.usefixtures("socket_enabled")]


@pytest.fixture
def expected_lingering_timers() -> bool:
    """A connection that the coordinator keeps open for its next request leaves its timer."""
    return True


async def stopped(hole: BlackHole, *arguments: str) -> tuple[int | None, float, str]:
    """Run a program, stop it while it connects; return its exit code, how long it took, and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "commands.main",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        try:
            await hole.tried(process.pid)
        except TimeoutError:
            process.kill()
            said, _ = await process.communicate()
            pytest.fail(f"It did not connect, and said: {said.decode()}")
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        async with asyncio.timeout(60):
            said, _ = await process.communicate()
        return process.returncode, time.monotonic() - began, said.decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_coordinator_stops_at_once_while_it_connects_to_its_meters(tmp_path: Path) -> None:
    with black_hole() as hole:
        file = tmp_path / "building.yaml"
        address = f"tcp://127.0.0.1:{hole.port}?unit="
        file.write_text(f'{FILE}meters: {{bulk: "{address}1", common: "{address}2"}}\n')
        code, took, said = await stopped(hole, "coordinator", "run", str(file))
    assert (code, took < 2) == (0, True), said
    assert "Traceback" not in said
    assert "exception in shielded future" not in said


async def test_a_flat_stops_at_once_while_it_looks_for_its_meter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, data = tmp_path / "building.yaml", tmp_path / "flat"
    file.write_text(FILE)
    async with open_house(load(file), ManualClock()) as house:
        code = (await issue_invite(house.coordinator.engine, house.coordinator.config, "101", house.clock)).text
        enrolling = ["flat", "enrol", house.url, "--invite", code, "--data", str(data)]
        assert await asyncio.to_thread(main, enrolling) == 0
        capsys.readouterr()
        with black_hole() as hole:
            meter = f"tcp://127.0.0.1:{hole.port}?unit=1"
            ended, took, said = await stopped(hole, "flat", "run", "--data", str(data), "--meter", meter)
    assert (ended, took < 2) == (0, True), said
    assert "Traceback" not in said
    assert "exception in shielded future" not in said
