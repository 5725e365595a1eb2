"""A headless flat whose meter is dead at the start is there for its building, and reads the meter once it answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
import json
from pathlib import Path
import sqlite3
import sys

import pytest
import yaml

from commands.main import main
from coordinator.config import load
from coordinator.enrolment import issue_invite
from localvpp.clock import SystemClock
from localvpp.devices import Space

from ..coordinator.conftest import FILE, open_house
from ..coordinator.flat import until
from ..listening import Answer, Question, listening, of_image

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled", "umask_kept")]

SERIAL = 0xFC00
"""Where an SDM120 has its serial number: a holding register and the next one."""

DUMP = Path(__file__).parent.parent / "localvpp" / "devices" / "dumps" / "eastron_sdm120.yaml"


@pytest.fixture
def expected_lingering_timers() -> bool:
    """A connection that the coordinator keeps open for its next request leaves its timer."""
    return True


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[list[str]]:
    """Run a flat; gives the lines of its log as they come."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "commands.main", "flat", "run", *arguments, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    errors, lines = process.stderr, list[str]()

    async def listen() -> None:
        async for line in errors:
            lines.append(line.decode())

    listening = asyncio.create_task(listen())
    try:
        yield lines
    finally:
        if process.returncode is None:
            process.terminate()
        assert await process.wait() == 0, lines
        await listening


async def test_it_is_linked_and_witnesses_at_once_and_the_log_tells_once_of_the_meter_and_once_that_it_is_there(
    tmp_path: Path,
) -> None:
    registers = yaml.safe_load(DUMP.read_text(encoding="utf-8"))["registers"]
    device = of_image({Space(space): values for space, values in registers.items()})
    dead = True

    def answer(_: int, question: Question) -> Answer:
        return None if dead else device(question)

    file, data = tmp_path / "building.yaml", tmp_path / "flat"
    file.write_text(FILE)
    async with open_house(load(file), SystemClock()) as house, listening(answer) as gateway:
        code = (await issue_invite(house.coordinator.engine, house.coordinator.config, "101", house.clock)).text
        enrolling = ["flat", "enrol", house.url, "--invite", code, "--data", str(data)]
        assert await asyncio.to_thread(main, enrolling) == 0
        meter = f"tcp://127.0.0.1:{gateway.port}?unit=1"
        async with running("--data", str(data), "--meter", meter) as log:

            def told(what: str) -> int:
                return sum(f"The meter of flat 101 {what}" in line for line in log)

            policy = house.coordinator.cosigning
            await until(lambda: len(policy.policy.witnesses) == 1)
            await until(lambda: told("fails: the meter Eastron SDM120-Modbus does not answer") == 1)
            dead = False
            await until(lambda: told("answers again") == 1)
        assert (told("fails"), told("answers again")) == (1, 1), log


async def test_another_meter_in_its_place_is_not_read_until_a_person_says_that_it_was_exchanged(tmp_path: Path) -> None:
    registers = yaml.safe_load(DUMP.read_text(encoding="utf-8"))["registers"]
    image = {Space(space): dict(values) for space, values in registers.items()}

    def answer(_: int, question: Question) -> Answer:
        return of_image(image)(question)

    def kept() -> str | None:
        with closing(sqlite3.connect(f"file:{data / 'flat.db'}?mode=ro", uri=True)) as database:
            row = database.execute("SELECT value FROM meta WHERE key = 'meter identity'").fetchone()
        return None if row is None else str(json.loads(row[0])["serial"])

    file, data = tmp_path / "building.yaml", tmp_path / "flat"
    file.write_text(FILE)
    async with open_house(load(file), SystemClock()) as house, listening(answer) as gateway:
        code = (await issue_invite(house.coordinator.engine, house.coordinator.config, "101", house.clock)).text
        enrolling = ["flat", "enrol", house.url, "--invite", code, "--data", str(data)]
        assert await asyncio.to_thread(main, enrolling) == 0
        run = ("--data", str(data), "--meter", f"tcp://127.0.0.1:{gateway.port}?unit=1")
        async with running(*run) as log:
            await until(lambda: bool(gateway.asked))
            await until(lambda: kept() == "20000000")

        image[Space.HOLDING][SERIAL + 1] += 1
        async with running(*run) as log:
            await until(lambda: any("(serial 20000001) answers in the place of" in line for line in log))
            await until(lambda: any("The meter of flat 101 fails" in line for line in log))
        assert sum("start the flat once with --exchanged-meter" in line for line in log) == 1, log
        assert kept() == "20000000"

        async with running(*run, "--exchanged-meter") as log:
            await until(lambda: kept() == "20000001")
        asked = len(gateway.asked)
        async with running(*run) as log:
            await until(lambda: len(gateway.asked) > asked + 10)
        assert not any("in the place of" in line or "fails" in line for line in log), log
