"""The server burns, its data folder with it: the building comes back from one flat's mirror and a sheet of paper."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
import json
from pathlib import Path
import shutil
from typing import Any, Final

import aiohttp

from localvpp import tlog
from localvpp.logfolder import LogFolder

from ..errors import CommandError
from ..log import verify
from .building import SETTLE_AFTER_S, SLOT_SECONDS, Building, run_coordinator
from .findings import Finding
from .manager import SLOTS, Manager
from .processes import run_once

_CLAIM: Final = "the building comes back from one flat's mirror and a sheet of paper"
_CAUGHT_UP_S: Final = 60
"""A mirror follows within seconds; a busy machine takes longer."""
_GOES_ON_S: Final = 2 * (SLOT_SECONDS + SETTLE_AFTER_S + 20)
"""The slot that is cut by the fire is a gap; the one after it is whole."""


async def check_rebuild(
    session: aiohttp.ClientSession, demo: Building, key: tlog.VerifierKey, seen: Sequence[bytes]
) -> Finding:
    """Lose the server at its newest entry, rebuild it, and see the same log go on."""
    before = await Manager(session, demo.coordination).ask(SLOTS)
    flat, mirror, head = await _caught_up(session, demo, key)
    await demo.processes.kill("coordinator")
    await asyncio.to_thread(shutil.rmtree, demo.coordination.data)
    told = json.loads(
        await run_once(
            *("ledger", "rebuild", str(demo.coordination.config), "--from", str(mirror)),
            *("--recovery-key", str(demo.sheet)),
        )
    )
    if (told["size"], told["root"]) != (head.size, head.root.hex()):
        return Finding(_CLAIM, False, f"rebuilt {told['size']} entries {told['root']}, lost {head.size}")
    await run_coordinator(demo.processes, demo.coordination.config)
    token = (await run_once("coordinator", "token", str(demo.coordination.config))).strip()
    coordination = replace(demo.coordination, token=token)
    after = await _goes_on(Manager(session, coordination), {slot["slot"] for slot in before})
    kept = {slot["slot"]: slot for slot in after}
    for slot in before:
        if kept.get(slot["slot"]) != slot:
            return Finding(_CLAIM, False, f"slot {slot['slot']} was {slot}, and is {kept.get(slot['slot'])}")
    files = LogFolder(coordination.data / "log")
    found = await asyncio.to_thread(verify, files, tlog.Ed25519Verifier(key), earlier=seen)
    if not found["ok"]:
        return Finding(_CLAIM, False, json.dumps(found["fault"]))
    return Finding(
        _CLAIM,
        found["size"] > head.size,
        f"from flat {flat}'s copy of {head.size} entries, same root; {told['slots']} slots worked out again; "
        f"the log went on to {found['size']} entries, consistent with {len(seen)} earlier checkpoints",
    )


async def _caught_up(
    session: aiohttp.ClientSession, demo: Building, key: tlog.VerifierKey
) -> tuple[str, Path, tlog.Checkpoint]:
    """Return a flat whose mirror holds the newest head of a log that rests for a moment."""
    verifier = tlog.Ed25519Verifier(key)
    try:
        async with asyncio.timeout(_CAUGHT_UP_S):
            while True:
                async with session.get(f"{demo.coordination.url}/log/checkpoint") as response:
                    head = tlog.open_checkpoint(await response.read(), verifier).checkpoint
                for flat in demo.simulation.flats:
                    mirror = demo.mirror(flat.flat)
                    if await asyncio.to_thread(_size, mirror, verifier) == head.size:
                        return flat.flat, mirror, head
                await asyncio.sleep(0.2)
    except TimeoutError as error:
        raise CommandError(f"no flat's mirror holds the newest head within {_CAUGHT_UP_S} s") from error


def _size(mirror: Path, verifier: tlog.Verifier) -> int:
    try:
        return tlog.open_checkpoint(LogFolder(mirror).read_checkpoint(), verifier).checkpoint.size
    except tlog.MissingError:
        return -1


async def _goes_on(manager: Manager, before: set[int]) -> list[dict[str, Any]]:
    """Wait for a whole slot to be settled that was not settled before."""
    try:
        async with asyncio.timeout(_GOES_ON_S):
            while True:
                slots: list[dict[str, Any]] = await manager.ask(SLOTS)
                if any(slot["slot"] not in before and not slot["missing"] for slot in slots):
                    return slots
                await asyncio.sleep(1)
    except TimeoutError as error:
        raise CommandError(f"no whole slot was settled within {_GOES_ON_S} s after the rebuild") from error
