"""How long a flat waits for its answer, beyond the time that a commit waits for company.

Records are offered at a steady rate, whether or not the ledger keeps up: two at a time, as a meter has them at the end
of a slot. The answer comes when they are durable and published, and holds their proofs.
"""

import asyncio
from pathlib import Path

from coordinator.ledger import GATHER_S

from ..figures import Figure, quantile
from .building import Building, Meter, opened
from .machine import Stopwatch, counted_syncs, fsync_ms, verify_rate
from .profiled import NOTHING, Part


async def run(
    folder: Path, *, per_s: int = 1_000, seconds: float = 15.0, meters: int = 100, profile: Part = NOTHING
) -> list[Figure]:
    """Offer records for some seconds."""
    commits = 0

    def count_commit(_: object) -> None:
        nonlocal commits
        commits += 1

    async with opened(folder) as building:
        everyone = [(meter, asyncio.Lock()) for meter in await building.meters(meters)]
        count = max(int(per_s * seconds / 2), 1)
        signed = [everyone[at % meters][0].next_slot() for at in range(count)]
        synced, verified = fsync_ms(folder), verify_rate(0.5).per_s
        building.ledger.subscribe(count_commit)
        now = asyncio.get_running_loop().time
        begin = now()
        watch = Stopwatch()
        with counted_syncs() as syncs, profile:
            async with asyncio.TaskGroup() as group:
                asked = []
                for at, sealed in enumerate(signed):
                    due = begin + at * 2 / per_s
                    await asyncio.sleep(max(due - now(), 0))
                    asked.append(group.create_task(_waited(building, *everyone[at % meters], sealed, due)))
        elapsed, rate = now() - begin, watch.rate(2 * count)
        beyond = [(task.result() - GATHER_S) * 1000 for task in asked]
    beside = {
        "records/s": 2 * count / elapsed,
        "ms to gather": GATHER_S * 1000,
        "processor s per s": rate.busy_s / rate.wall_s,
    }
    return [
        Figure(
            name="half are answered, beyond gathering, within", value=quantile(beyond, 0.5), unit="ms", beside=beside
        ),
        Figure(
            name="99 % are answered, beyond gathering, within",
            value=quantile(beyond, 0.99),
            unit="ms",
            at_most=50,
            beside={
                "records per commit": 2 * count / commits,
                "commits/s": commits / elapsed,
                "fsyncs per commit": syncs.count / commits,
                "ms each": 1000 * syncs.seconds / max(syncs.count, 1),
                "ms for 4 KiB alone": synced,
                "Ed25519 verify/s": verified,
            },
        ),
    ]


async def _waited(building: Building, meter: Meter, turn: asyncio.Lock, sealed: list[bytes], due: float) -> float:
    """Submit, and return how long the answer took since it was due: what the ledger delays others by counts, too.

    A meter has one submission under way, as over the link, so that none overtakes another.
    """
    async with turn:
        await building.log(meter, sealed)
    return asyncio.get_running_loop().time() - due
