"""How long it takes, once a head is published, until enough flats have signed it and it is published with their names.

Every flat is a real witness with a database of its own on the same disk, and what it signs is durable before it
answers. They are asked in this process: what a network and a hundred small computers would add is not in the figure,
nor what they would take off, for here all share one machine.
"""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import override

from coordinator.ledger import Committed
from coordinator.witnesses import Ask, Cosigned, Cosigning, Said, witness_policy
from localvpp.clock import SystemClock
from localvpp.etp import Algorithm, PublicKey
from localvpp.guard import Guard, GuardListener
from localvpp.notebook import Notebook
from localvpp.store import FlatStore
from localvpp.tlog import Checkpoint, VerifierKey

from ..figures import Figure, quantile
from .building import ORIGIN, Building, Meter, opened
from .machine import fsync_ms, verify_rate
from .profiled import NOTHING, Part


class _Listener(GuardListener):
    """Stops the benchmark when a flat does not believe the log."""

    @override
    def head_moved(self, checkpoint: Checkpoint, *, grown: bool) -> None:
        pass

    @override
    def ledger_forked(self, reason: str) -> None:
        raise AssertionError(reason)

    @override
    def ledger_distrusted(self, reason: str) -> None:
        raise AssertionError(reason)


async def run(folder: Path, *, flats: int = 50, heads: int = 40, profile: Part = NOTHING) -> list[Figure]:
    """Publish heads one after the other, each once the one before has its quorum."""
    async with AsyncExitStack() as stack:
        building = await stack.enter_async_context(opened(folder, gather_s=0.0))
        meters = await building.meters(flats)
        synced, verified = fsync_ms(folder), verify_rate(0.5).per_s
        log = VerifierKey.parse(building.keys.log_key)
        asks = {}
        for meter in meters:
            store = await FlatStore.open(folder / f"{meter.name}.db", meter.device, ORIGIN)
            stack.push_async_callback(store.close)
            asks[meter.device.hex()] = await _witness(building, meter, store, log)
        directory = building.ledger.directory
        cosigning = Cosigning(building.ledger, log, lambda: witness_policy(log, directory.witnesses), SystemClock())
        tasks = [asyncio.create_task(cosigning.ask(name, ask)) for name, ask in asks.items()]
        try:
            with profile:
                taken = [await _head(building, cosigning, meters[at % flats]) for at in range(heads + 1)][1:]
        finally:
            for task in tasks:
                task.cancel()
        needed = cosigning.state.needed
    return [
        Figure(
            name=f"95 % of heads have their quorum of {flats} flats within",
            value=quantile(taken, 0.95),
            unit="s",
            at_most=1,
            beside={
                "flats needed": needed,
                "half within s": quantile(taken, 0.5),
                "slowest s": max(taken),
                "ms for 4 KiB synced": synced,
                "Ed25519 verify/s": verified,
            },
        )
    ]


async def _witness(building: Building, meter: Meter, store: FlatStore, log: VerifierKey) -> Ask:
    """Open a flat's witness and have the log name its key."""
    guard = Guard(ORIGIN, meter.device, Notebook(store), SystemClock(), _Listener())
    await guard.open(log, 0)
    assert guard.key is not None
    await building.log(meter, [meter.witness(PublicKey(Algorithm.ED25519, guard.key.public))])

    async def ask(request: bytes) -> Said:
        said = await guard.answer(request)
        return Said(said.status, said.content_type, said.body)

    return ask


async def _head(building: Building, cosigning: Cosigning, meter: Meter) -> float:
    """Have a head published, and return how long its quorum took. All others have signed before the next is asked."""
    now = asyncio.get_running_loop().time
    published: list[float] = []
    met: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    everyone = asyncio.Event()

    def moved(committed: Committed) -> None:
        published.append(now())
        cosigning.head_moved(committed.checkpoint)

    def signed(state: Cosigned) -> None:
        if published and state.met and not met.done():
            met.set_result(now() - published[0])
        if state.signers == state.witnesses:
            everyone.set()

    stop = building.ledger.subscribe(moved)
    cosigning.subscribe(signed)
    async with asyncio.timeout(60):
        await building.log(meter, meter.next_slot())
        stop()
        await everyone.wait()
        return await met
