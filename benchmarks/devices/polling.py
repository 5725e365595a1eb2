"""One flat, and a hundred flats in one process, read each second; beside what pymodbus alone takes for the same."""

import asyncio
from pathlib import Path

from localvpp.devices.backend import ModbusLinks

from ..figures import Figure, quantile
from .bare import BareReader, read_bare
from .place import FlatReader, building, each_second

MOST_REQUESTS = 3
MOST_CYCLE_MS = 300
MOST_SHARE = 0.03
_FLATS = 4
"""The first of so many has a hybrid with a battery."""


async def run_flat(folder: Path, *, seconds: int = 60) -> list[Figure]:
    """Measure a flat with meter, inverter and battery."""
    async with building(folder, _FLATS) as places, ModbusLinks() as links:
        place = places[0]
        reader = await FlatReader.open(links, place)
        await reader.cycle()  # The plate is read once a minute, and at the first time.
        share = await each_second(seconds, reader.cycle)
        cycles = reader.cycles
        bare = BareReader(place, cycles.last)
        bare_share = await read_bare(seconds, [bare])
    assert cycles.answered["battery"] >= seconds, "what is measured was read"
    steady = {device: counts[1:] for device, counts in cycles.requests.items()}
    return [
        Figure(
            name="requests per device and cycle, at most",
            value=max(max(counts) for counts in steady.values()),
            unit="requests",
            at_most=MOST_REQUESTS,
            beside={f"{device}, on average": sum(counts) / len(counts) for device, counts in steady.items()},
        ),
        Figure(
            name="99 % of cycles within",
            value=quantile(cycles.took_s, 0.99) * 1000,
            unit="ms",
            at_most=MOST_CYCLE_MS,
            beside={
                "half within": quantile(cycles.took_s, 0.5) * 1000,
                "pymodbus alone, 99 %": quantile(bare.took_s, 0.99) * 1000,
                "pymodbus alone, half": quantile(bare.took_s, 0.5) * 1000,
            },
        ),
        Figure(
            name="share of one processor",
            value=share,
            unit="of 1",
            at_most=MOST_SHARE,
            beside={"pymodbus alone": bare_share, "times that": share / bare_share},
        ),
    ]


async def run_many(folder: Path, *, flats: int = 100, seconds: int = 30) -> list[Figure]:
    """Measure many flats that are read at the same moment by one process."""
    async with building(folder, flats) as places, ModbusLinks() as links:
        readers = [await FlatReader.open(links, place) for place in places]

        async def all_of_them() -> None:
            await asyncio.gather(*(reader.cycle() for reader in readers))

        await all_of_them()
        share = await each_second(seconds, all_of_them)
        bare = [BareReader(place, reader.cycles.last) for place, reader in zip(places, readers, strict=True)]
        bare_share = await read_bare(seconds, bare)
    took = [each for reader in readers for each in reader.cycles.took_s[1:]]
    known = [each for reader in readers for each in reader.cycles.metered[1:]]
    return [
        Figure(
            name=f"{flats} flats: processors taken",
            value=share,
            unit="of 1",
            at_most=1.0,
            beside={
                "pymodbus alone": bare_share,
                "times that": share / bare_share,
                "devices": sum(len(reader.cycles.requests) for reader in readers),
            },
        ),
        Figure(
            name=f"{flats} flats: 99 % of cycles within",
            value=quantile(took, 0.99) * 1000,
            unit="ms",
            beside={
                "half within": quantile(took, 0.5) * 1000,
                "pymodbus alone, 99 %": quantile([each for reader in bare for each in reader.took_s], 0.99) * 1000,
            },
        ),
        Figure(
            name=f"{flats} flats: seconds whose meter was read",
            value=sum(known) / len(known),
            unit="of 1",
        ),
    ]
