"""A real headless flat is killed with SIGKILL in a building's drill, and started again: it is led back."""

import asyncio
from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from commands.demo import building as parts
from commands.demo.blackout import COMMON, options, ready
from commands.demo.manager import Manager
from commands.demo.outage import state_of
from commands.demo.processes import Processes, run_once

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]

FLAT = "101"
SIMULATOR = (
    *("--frequency", "50", "--reconnect-delay", "10"),
    *("--wiring", f"{FLAT}=pair,inverter=1xx,gap=0.5,watchdog=20"),
)
STEADY_S = 2
"""Before a drill; the demonstration's flats wait for longer."""
PATIENCE_S = 240
"""How long a busy machine may take for what takes a minute on an idle one."""


@pytest.mark.parametrize("phase", ["drill_precheck", "islanding", "islanded", "reconnecting"])
async def test_a_flat_that_is_killed_in_a_drill_is_led_back_by_the_program_that_comes_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    monkeypatch.setitem(COMMON, "steady_s", STEADY_S)
    async with Processes(tmp_path / "logs") as processes, aiohttp.ClientSession() as session:
        simulation = await parts.start_simulator(processes, 2, [], 0, SIMULATOR)
        coordination = await parts.start_coordinator(processes, tmp_path, simulation)
        demo = parts.Building(tmp_path, processes, simulation, coordination)
        flat = next(each for each in simulation.flats if each.flat == FLAT)
        more = await asyncio.to_thread(options, demo, flat)
        invites = await parts.invite(coordination, [flat])
        await parts.enrol_flat(demo, flat, invites[FLAT])
        await parts.run_flat(demo, flat, more)
        manager = Manager(session, coordination)
        await ready(manager, [FLAT])
        journal = tmp_path / "flats" / FLAT / "blackout.journal"

        def written() -> dict[str, Any]:
            return json.loads(journal.read_bytes()) if journal.exists() else {}

        async def until(what: str, holds: Callable[[], bool]) -> None:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    while not holds():
                        await asyncio.sleep(0.02)
            except TimeoutError:
                pytest.fail(f"{what} did not happen within {PATIENCE_S} s; the journal says {written()}")

        await until("the flat's first look", lambda: written().get("phase") == "connected")

        refused: list[list[str]] = []

        async def begun() -> bool:
            """Start a drill; return whether the flat takes part."""
            drill = (await manager.ask("/drills", {"level": "l2", "length_s": 60, "notice_s": 0}))["drill"]
            await manager.ask(f"/drills/{drill}/start", {})
            while written().get("phase") == "connected":
                told = await manager.ask(f"/drills/{drill}")
                if told["stage"] == "ended":
                    refused.extend(each["reasons"] for each in told["flats"] if each["flat"] == FLAT)
                    return False
                await asyncio.sleep(0.1)
            return True

        # Since when its grid is steady the flat's own clock knows: it is asked until nothing speaks against a drill.
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not await begun():
                    assert refused[-1], "it says what speaks against it"
        except TimeoutError:
            pytest.fail(f"the flat takes part in no drill within {PATIENCE_S} s: {refused}")
        await until(f"the drill's {phase}", lambda: written().get("phase") == phase)
        await processes.kill(f"flat-{FLAT}")
        owner = written()["owner"]
        assert owner == ("none" if phase == "drill_precheck" else "drill"), "why it is separated is on the disk"
        await parts.run_flat(demo, flat, more)
        await until("the return", lambda: (written().get("phase"), written().get("owner")) == ("connected", "none"))

        async def shown() -> dict[str, Any]:
            return json.loads(await run_once("flat", "blackout", "--data", str(journal.parent)))

        async with asyncio.timeout(PATIENCE_S):
            while not (told := await shown())["drills"]:
                await asyncio.sleep(1)
        assert [(each["passed"], each["aborted"]) for each in told["drills"]] == [(False, "restart")]
        living = (await state_of(session, simulation.url))[FLAT]
        assert (living["energised"], living["relay"]["contact"], living["island"]["contact"]) == (True, True, False)
