"""How many records a second become durable, as a share of what verifying their signatures alone would allow.

Many meters submit at once, each 256 records at a time, as the link takes them. The share is of one processor: the
signatures of one core, verified by `cryptography` and nothing else, before and after each round. Then the same on two,
by another ledger with processes that verify: on one processor it has none.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from localvpp.wire import LARGEST_BATCH

from ..figures import Figure
from .building import Building, Meter, opened
from .machine import (
    Rate,
    Stopwatch,
    available_cpus,
    counted_syncs,
    fsync_ms,
    on_cpus,
    total,
    verify_rate,
    verify_rate_of_threads,
    verify_rates,
)
from .profiled import NOTHING, Part


async def run(
    folder: Path,
    *,
    meters: int = 16,
    submissions: int = 10,
    rounds: int = 3,
    records: int = LARGEST_BATCH,
    reference_s: float = 1.0,
    profile: Part = NOTHING,
) -> list[Figure]:
    """Measure rounds on one processor and on two, in turn."""
    one: list[Rate] = []
    two: list[Rate] = []
    raw: list[Rate] = []
    commits = 0

    def count_commit(_: object) -> None:
        nonlocal commits
        commits += 1

    raw_two: list[float] = []
    with on_cpus(2):
        threads = await asyncio.to_thread(verify_rate_of_threads, reference_s, len(available_cpus()))
    async with (
        opened(folder / "one", processes=1) as alone,
        opened(folder / "two", processes=2) as together,
    ):
        ledgers = [(alone, await alone.meters(meters)), (together, await together.meters(meters))]
        for building, _ in ledgers:
            building.ledger.subscribe(count_commit)
        with on_cpus(2):  # Processes that are started inside stay on these two.
            await together.ledger.examiners.start()
        synced = fsync_ms(folder)
        with counted_syncs() as syncs:
            for _ in range(rounds):
                with on_cpus(1):
                    raw.append(verify_rate(reference_s))
                    one.append(await _round(*ledgers[0], submissions, records, profile))
                    raw.append(verify_rate(reference_s))
                with on_cpus(2):
                    raw_two.append(await asyncio.to_thread(verify_rates, reference_s, len(available_cpus())))
                    two.append(await _round(*ledgers[1], submissions, records, profile))
                    raw_two.append(await asyncio.to_thread(verify_rates, reference_s, len(available_cpus())))
    raw_one, on_one, on_two = total(raw), total(one), total(two)
    elapsed = on_one.wall_s + on_two.wall_s
    return [
        Figure(
            name="one core: records committed per signature verified",
            value=on_one.per_s / raw_one.per_s,
            unit="",
            at_least=0.70,
            beside={
                "records/s": on_one.per_s,
                "Ed25519 verify/s": raw_one.per_s,
                "slowest reference": min(rate.per_s for rate in raw),
                "fastest": max(rate.per_s for rate in raw),
            },
        ),
        Figure(
            name="one core: the same by processor time",
            value=on_one.per_busy_s / raw_one.per_busy_s,
            unit="",
            beside={"records per busy s": on_one.per_busy_s, "verify per busy s": raw_one.per_busy_s},
        ),
        Figure(
            name="two cores: times the rate of one",
            value=on_two.per_s / on_one.per_s,
            unit="×",
            at_least=1.7,
            beside={
                "records/s": on_two.per_s,
                "on one": on_one.per_s,
                "committed per signature that two processes verify": on_two.per_s * len(raw_two) / sum(raw_two),
                "verify/s, two processes": sum(raw_two) / len(raw_two),
                "two threads": threads.per_s,
                "busy s per s of two threads": threads.busy_s / threads.wall_s,
            },
        ),
        Figure(
            name="syncing the log's files: share of the time",
            value=syncs.seconds / elapsed,
            unit="",
            beside={
                "fsyncs per commit": syncs.count / commits,
                "ms each": 1000 * syncs.seconds / max(syncs.count, 1),
                "records per commit": (on_one.count + on_two.count) / commits,
                "ms for 4 KiB alone": synced,
            },
        ),
    ]


async def _round(building: Building, meters: Sequence[Meter], submissions: int, records: int, profile: Part) -> Rate:
    """Have all meters submit at once, one submission after the other; what they submit is signed beforehand."""
    signed = [(meter, [meter.submission(records) for _ in range(submissions)]) for meter in meters]

    async def submit(meter: Meter, sealed: Sequence[Sequence[bytes]]) -> None:
        for each in sealed:
            await building.log(meter, each)

    watch = Stopwatch()
    with profile:
        async with asyncio.TaskGroup() as group:
            for meter, sealed in signed:
                group.create_task(submit(meter, sealed))
    return watch.rate(sum(len(each) for _, sealed in signed for each in sealed))
