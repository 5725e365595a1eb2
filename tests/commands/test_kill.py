"""A power cut loses no ETP: the real programs are killed with SIGKILL, at the worst times, and started again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
import sqlite3
import time
from typing import Any

import aiohttp
import pytest

from commands.demo import building as parts
from commands.demo.check import check_everything
from commands.demo.evidence import Evidence, gather
from commands.demo.processes import Processes
from localvpp.etp import Kind
from localvpp.slots import BOUNDARY_TOLERANCE_MS

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]

FLATS = 4
"""Of the simulator's first four flats, one always takes and one always gives."""
PATIENCE_S = 240
"""How long a busy machine may take for a slot to be settled; on an idle one it is a minute and a half."""


ASLEEP_S = 2 * BOUNDARY_TOLERANCE_MS / 1000
"""Who is away for so long before and after a slot's end has not read it, though a busy machine is late at both."""


@dataclass
class Running:
    demo: parts.Building
    session: aiohttp.ClientSession

    async def ask(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.demo.coordination.token}"}
        async with self.session.get(self.demo.coordination.url + path, headers=headers) as response:
            response.raise_for_status()
            return await response.json()

    async def until(self, what: str, holds: Callable[[Any], bool], path: str) -> Any:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not holds(told := await self.ask(path)):
                    await asyncio.sleep(0.5)
        except TimeoutError:
            pytest.fail(f"{what} did not happen within {PATIENCE_S} s; last answer {told}")
        return told

    async def before_the_slot_ends(self, seconds: float) -> None:
        """Wait for the moment that lies so long before the end of a slot."""
        left = parts.SLOT_SECONDS - time.time() % parts.SLOT_SECONDS - seconds
        await asyncio.sleep(left if left > 0 else left + parts.SLOT_SECONDS)

    def stored(self, flat: str) -> list[tuple[bytes, int | None]]:
        database = self.demo.folder / "flats" / flat / "flat.db"
        with sqlite3.connect(database) as connection:
            return connection.execute("SELECT hash, log_index FROM record ORDER BY seq").fetchall()


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with Processes(tmp_path / "logs") as processes, aiohttp.ClientSession() as session:
        simulation = await parts.start_simulator(processes, FLATS, [], 30)
        coordination = await parts.start_coordinator(processes, tmp_path, simulation)
        demo = parts.Building(tmp_path, processes, simulation, coordination)
        invites = await parts.invite(coordination, simulation.flats)
        for flat in simulation.flats:
            await parts.enrol_flat(demo, flat, invites[flat.flat])
            await parts.run_flat(demo, flat)
        yield Running(demo, session)


def intervals_of(count: int) -> Callable[[Any], bool]:
    """Whether every flat has so many interval records in the log."""

    def holds(records: Any) -> bool:
        told = [record["flat"] for record in records if record["kind"] == "interval"]
        return all(told.count(flat) >= count for flat in ("101", "102", "103", "104"))

    return holds


async def test_nothing_is_lost_when_coordinator_and_flats_are_killed(running: Running) -> None:
    demo = running.demo
    flats = {flat.flat: flat for flat in demo.simulation.flats}
    await running.until("the first slot", intervals_of(1), "/api/v1/records?limit=500")

    # The coordinator is away when the flats sign their slot.
    await running.before_the_slot_ends(ASLEEP_S)
    await demo.processes.kill("coordinator")
    signed_before = {flat: len(running.stored(flat)) for flat in flats}
    async with asyncio.timeout(PATIENCE_S):
        while any(len(running.stored(flat)) == signed_before[flat] for flat in flats):
            await asyncio.sleep(0.2)
    assert any(index is None for flat in flats for _, index in running.stored(flat)), "they wait on the flats' disks"
    await parts.run_coordinator(demo.processes, demo.coordination.config)

    # One flat dies in the middle of a slot and is back before its end; another one sleeps over the end of its slot.
    await running.before_the_slot_ends(45)
    await demo.processes.kill("flat-102")
    await parts.run_flat(demo, flats["102"])
    await running.before_the_slot_ends(ASLEEP_S)
    await demo.processes.kill("flat-103")
    await asyncio.sleep(2 * ASLEEP_S)
    await parts.run_flat(demo, flats["103"])

    settled = {slot["slot"] for slot in await running.ask("/api/v1/slots?limit=500")}
    slots = await running.until(
        "a whole slot after all that",
        lambda told: any(
            slot["loss_wh"] is not None and slot["shared_wh"] for slot in told if slot["slot"] not in settled
        ),
        "/api/v1/slots?limit=500",
    )
    assert slots
    # What the flats hold for proven is read first: all of it has to be in the log that is read afterwards.
    proven = {flat: [row for row in running.stored(flat) if row[1] is not None] for flat in flats}
    signed = {flat: {name for name, _ in running.stored(flat)} for flat in flats}
    await running.before_the_slot_ends(30)  # what was on its way has arrived by now
    evidence = await _evidence(running)
    failed = [f"{finding.claim}: {finding.figure}" for finding in check_everything(evidence) if not finding.holds]
    assert failed == []

    logged = {each.record.hash: each.index for each in evidence.logged}
    for flat in flats:
        assert proven[flat]
        assert all(logged.get(name) == index for name, index in proven[flat]), "what was acknowledged stays"
        assert signed[flat] <= logged.keys(), "what was signed arrives"
    gaps = {evidence.names[each.record.envelope.device] for each in evidence.logged if each.record.kind is Kind.GAP}
    # The coordinator slept over a slot's end, too, and it is the one that reads the building's own meters.
    assert gaps - {"bulk", "common"} == {"103"}, "of the flats only the one that slept over a slot's end has a gap"


async def _evidence(running: Running) -> Evidence:
    size = (await running.ask("/api/v1/records?limit=1"))[0]["index"] + 1
    return await gather(running.session, running.demo.coordination, running.demo.simulation, size)
