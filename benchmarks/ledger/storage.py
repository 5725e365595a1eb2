"""What a published log takes on the disk for its entries, and whether the ledger takes more memory as it grows."""

import asyncio
from pathlib import Path
from typing import Final

from coordinator.ledger import Committed
from localvpp.wire import LARGEST_BATCH

from ..figures import Figure
from .building import opened
from .machine import resident_bytes
from .profiled import NOTHING, Part

_MIB: Final = 2**20


async def run(
    folder: Path,
    *,
    entries: int = 100_000,
    meters: int = 16,
    records: int = LARGEST_BATCH,
    profile: Part = NOTHING,
) -> list[Figure]:
    """Append entries, and look at the files and at the memory when all are published."""
    entry_bytes = 0

    def count(committed: Committed) -> None:
        nonlocal entry_bytes
        entry_bytes += sum(len(each.envelope) for each in committed.entries)

    async with opened(folder) as building:
        building.ledger.subscribe(count)
        founding = sum(len(data) for data in _bundles(folder / "log")) - 2  # The building's own enrolment.
        everyone = await building.meters(meters)
        held: list[tuple[int, int]] = []
        while (size := building.ledger.size) < entries:
            held.append((size, resident_bytes()))
            signed = [(meter, meter.submission(records)) for meter in everyone]
            with profile:
                async with asyncio.TaskGroup() as group:
                    for meter, sealed in signed:
                        group.create_task(building.log(meter, sealed))
            del signed
        size = building.ledger.size
        held.append((size, resident_bytes()))
    entry_bytes += founding
    files = [path.stat() for path in (folder / "log").rglob("*") if path.is_file()]
    warm_size, warm = next((at for at in held if at[0] >= entries / 5), held[-1])
    grown = held[-1][1] - warm
    return [
        Figure(
            name="bytes of the log's files per byte of entries",
            value=sum(file.st_size for file in files) / entry_bytes,
            unit="",
            at_most=1.4,
            beside={
                "entries": size,
                "bytes per entry": entry_bytes / size,
                "files": len(files),
                "in whole disk blocks": sum(file.st_blocks * 512 for file in files) / entry_bytes,
            },
        ),
        Figure(
            name="memory that grew after the first fifth",
            value=grown / _MIB,
            unit="MiB",
            at_most=4,
            beside={
                "entries appended meanwhile": size - warm_size,
                "MiB held at first": held[0][1] / _MIB,
                "after a fifth": warm / _MIB,
                "at the end": held[-1][1] / _MIB,
            },
        ),
    ]


def _bundles(log: Path) -> list[bytes]:
    return [path.read_bytes() for path in (log / "tile" / "entries").rglob("*") if path.is_file()]
