"""A flat is killed while it follows its building's renewed key: it goes on with the old key or the new one, never less.

Both programs are the real ones, in processes of their own, and SIGKILL comes at the two worst moments and at any other:
as soon as the head is on the disk in which the rotation is proven, as soon as the key is, and at a moment of chance.
"""

import asyncio
import base64
from collections.abc import Callable
import json
from pathlib import Path
import random
import sqlite3

import aiohttp
import pytest

from commands.demo.building import run_coordinator
from commands.demo.processes import Processes, run_once
from coordinator.nextkey import SHEET, key_on_sheet
from localvpp.etp import PublicKey

from .test_kill_ledger import FILE

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]

ROUNDS = 9
"""Three at each of the moments."""
PATIENCE_S = 60
SILENT_METER = "tcp://127.0.0.1:9?unit=1"
"""Nothing answers there: the flat witnesses all the same."""


class FlatOnDisk:
    """What a flat's database holds, whether the flat runs or is dead."""

    def __init__(self, data: Path, enrolled: str) -> None:
        self._path = data / "flat.db"
        self._enrolled = enrolled
        """The building's key that it knows from its enrolment."""

    def _one(self, query: str) -> bytes | int | None:
        database = sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True)
        try:
            row = database.execute(query).fetchone()
        finally:
            database.close()
        return None if row is None else row[0]

    @property
    def witnessed(self) -> int:
        """Entries of the newest head that it has witnessed."""
        size = self._one("SELECT size FROM witnessed")
        return size if isinstance(size, int) else 0

    @property
    def follows(self) -> tuple[str, int]:
        """The building's newest key as it knows it, in hex, and the first entry that this one may sign."""
        kept = self._one("SELECT value FROM meta WHERE key = 'building keys'")
        if not isinstance(kept, bytes):
            return self._enrolled, 0
        since, _, key = json.loads(kept)["keys"][-1]
        return str(key), int(since)


async def until(what: str, holds: Callable[[], bool]) -> None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                await asyncio.sleep(0.001)
    except TimeoutError:
        pytest.fail(f"{what} did not happen within {PATIENCE_S} s")


async def test_a_flat_that_is_killed_while_it_follows_a_renewed_key_follows_it_when_it_is_back(tmp_path: Path) -> None:
    file, data, home = tmp_path / "building.yaml", tmp_path / "data", tmp_path / "flat"
    sheet, chance = tmp_path / "sheet", random.Random(20261126)

    def write(port: int) -> None:
        file.write_text(FILE.format(data=json.dumps(str(data)), port=port, flats='["101"]'))

    write(0)
    sheet.write_text(await run_once("coordinator", "next-key", str(file)))
    async with Processes(tmp_path / "logs") as processes, aiohttp.ClientSession() as session:
        url = await run_coordinator(processes, file)
        write(int(url.rpartition(":")[2]))
        invite = json.loads(await run_once("coordinator", "invite", str(file), "101", "--json"))
        await run_once("flat", "enrol", url, "--invite", invite["invite"], "--data", str(home))

        async def run_flat() -> None:
            await processes.local_vpp("flat", "flat", "run", "--data", str(home), "--meter", SILENT_METER)

        async def witnesses() -> bool:
            """Whether the log names the flat as its witness."""
            async with session.get(f"{url}/log/policy") as response:
                return b"\nwitness " in await response.read()

        async def cosigned() -> None:
            """Wait until the flat has signed the newest head, so that a log which starts again needs it, and has it."""
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    async with session.get(f"{url}/log/cosignatures/{flat.witnessed}") as response:
                        if response.status == 200 and await response.read():
                            return
                    await asyncio.sleep(0.05)

        async def turn() -> PublicKey:
            """Renew the building's key while both are dead."""
            fresh = key_on_sheet(sheet).public
            await processes.kill("flat")
            await processes.kill("coordinator")
            told = json.loads(await run_once("coordinator", "rotate-key", str(file), "--next-key", str(sheet)))
            assert told["fingerprint"] == fresh.fingerprint
            (data / SHEET).replace(sheet)
            assert await run_coordinator(processes, file) == url
            return fresh

        async def follow_and_die(number: int) -> None:
            """Renew the key, have the flat follow it, and kill it meanwhile."""
            fresh, size, (old, _) = (await turn()).data.hex(), flat.witnessed, flat.follows
            assert old != fresh
            await run_flat()
            match number % 3:
                case 0:
                    await until("the new head", lambda: flat.witnessed > size)
                case 1:
                    await until("the new key", lambda: flat.follows[0] != old)
                case _:
                    await asyncio.sleep(chance.uniform(0.5, 2.5))
            await processes.kill("flat")
            key, since = flat.follows
            assert key in {old, fresh}
            if key == fresh:
                assert flat.witnessed >= since, "the head that proves a key is on the disk before the key"
            left.append((flat.witnessed > size, key == fresh))
            await run_flat()
            await until("that it follows", lambda: flat.follows[0] == fresh)
            await cosigned()

        async with session.get(f"{url}/api/v1/building") as response:
            card = await response.json()
        flat = FlatOnDisk(home, base64.b64decode(card["public_key"]).hex())
        left: list[tuple[bool, bool]] = []
        """Whether the head and the key were on the disk when the flat was killed."""
        await run_flat()
        async with asyncio.timeout(PATIENCE_S):
            while not await witnesses():
                await asyncio.sleep(0.05)
        await cosigned()
        for number in range(ROUNDS):
            await follow_and_die(number)
        assert (True, True) in left, left
        await processes.kill("flat")
        assert json.loads(await run_once("flat", "evidence", "--data", str(home))) == []
        found = json.loads(await run_once("log", "verify", f"{url}/log", "--vkey", card["log_key"]))
        assert found["ok"], found
