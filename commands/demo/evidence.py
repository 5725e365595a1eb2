"""What a check works from: the running programs, asked from the outside.

Only over interfaces that any manager, auditor or resident has.

"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
import time
from typing import Any, Final

import aiohttp

from localvpp.etp import DeviceId, Record
from localvpp.settlement import SlotPrices

from .building import PRICES, Coordination, Simulation
from .manager import SLOTS, Manager

type Registers = tuple[tuple[int, int, int], ...]
"""(time in ms from which on, import Wh, export Wh) as the simulator's meter showed them, oldest first."""


READING_MS: Final = 1_500
"""A record's time is when the answer arrived; the meter showed the value within the poll before it."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A sealed record as the coordinator hands it out, and its proof."""

    index: int
    record: Record
    proof: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """The state of things at the end of a demonstration."""

    building: dict[str, Any]
    """GET /api/v1/building"""
    state: dict[str, Any]
    """GET /api/v1/state"""
    slots: tuple[dict[str, Any], ...]
    """Settled slots with their transfers, oldest first."""
    logged: tuple[Logged, ...]
    prices: SlotPrices
    names: Mapping[DeviceId, str]
    """Device → "101", "bulk", "common" or "building"."""
    asked_ms: int
    """When it was asked for, in milliseconds of Unix time: what was due by then has to be there."""
    registers: Mapping[str, Registers]
    """The same names, without the building → the truth of the meter's registers."""


async def gather(
    session: aiohttp.ClientSession, coordination: Coordination, simulation: Simulation, size: int
) -> Evidence:
    """Ask for everything. `size` is the number of entries that the log had when it was stopped being watched."""
    manager = Manager(session, coordination)

    async def entry(index: int) -> Logged:
        sealed, proof = await manager.file(f"/records/{index}"), await manager.file(f"/records/{index}/proof")
        return Logged(index, Record.decode(sealed), proof)

    async def history(device: str) -> Registers:
        async with session.get(f"{simulation.url}/api/registers?device={device}&since_ms=0") as response:
            response.raise_for_status()
            return tuple(tuple(row) for row in await response.json())

    asked_ms = time.time_ns() // 1_000_000
    state = await manager.ask("/state")
    names: dict[DeviceId, str] = {}
    told = await manager.ask("/records?limit=500")
    while told:
        names |= {DeviceId(bytes.fromhex(line["device"])): line["flat"] for line in told}
        oldest = told[-1]["index"]
        told = await manager.ask(f"/records?limit=500&before={oldest}") if oldest else []
    slots = await manager.ask(SLOTS)
    devices = {flat.flat: f"{flat.flat}/meter" for flat in simulation.flats}
    devices |= {"bulk": "building/bulk", "common": "building/common"}
    registers = {name: await history(device) for name, device in devices.items()}
    return Evidence(
        building=await manager.ask("/building"),
        state=state,
        slots=tuple(reversed([await manager.ask(f"/slots/{slot['slot']}") for slot in slots])),
        logged=tuple([await entry(index) for index in range(size)]),
        prices=PRICES,
        names=names,
        asked_ms=asked_ms,
        registers=registers,
    )


class CheckpointWatch:
    """Keeps every checkpoint that the log publishes, as a monitor on the Internet would."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}/log/checkpoint"
        self.seen: list[bytes] = []

    async def run(self) -> None:
        """Look once a second until cancelled; a coordinator that is away is looked for again."""
        while True:
            try:
                async with self._session.get(self._url) as response:
                    text = await response.read() if response.status == 200 else b""
            except aiohttp.ClientError:
                text = b""
            if text and (not self.seen or self.seen[-1] != text):
                self.seen.append(text)
            await asyncio.sleep(1)


def values_between(registers: Registers, begin_ms: int, end_ms: int) -> set[tuple[int, int]]:
    """Return every pair of (import, export) that a meter showed at some time in a span."""
    shown = {
        (imported, exported)
        for (since, imported, exported), (until, _, _) in pairwise(registers)
        if since <= end_ms and until >= begin_ms
    }
    since, imported, exported = registers[-1]
    if since <= end_ms:
        shown.add((imported, exported))
    return shown
