"""What the flats of a demonstration have used before it began, without which nothing can be foretold, and so traded.

It is simulated, as all else of their devices is, and by the same profiles: as if the building had been started at this
time of the day on each of the days before, each time a day earlier in the profiles' year. So a forecast is as good as
it is for people who live by habits. It goes into each flat's own book of its usage, as what it hears itself will.
"""

import argparse
import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
import time
from typing import Final

import aiohttp

from localvpp.etp import DeviceId
from localvpp.membership import read_membership
from localvpp.store import FlatStore
from localvpp.usage import PERIOD_S, Period
from localvpp.usage_book import UsageBook
from simulator import Settings
from simulator.building import FlatPlan
from simulator.cli import add_arguments, settings_of
from simulator.runner import prepare, read_profiles

from ..flat import DATABASE, MEMBERSHIP
from .building import ORIGIN, Simulation
from .home_assistant import database_of

DAYS: Final = 28
"""So many a forecast of load rests on, and no fewer have the errors that tell how good it is."""
_DAY_S: Final = 86_400


class Past:
    """Of all flats of a simulated building that runs.

    Args:
        settings: those that the simulator runs with.
        began: when its profile clock stood at its start, in seconds of Unix time.
        start: what the profile clock showed then.
    """

    def __init__(self, settings: Settings, began: int, start: datetime) -> None:
        profiles = read_profiles(settings)
        assert profiles.start == start, "the simulator runs with these settings"
        plant = prepare(settings, profiles, lambda: 0, lambda: 0)
        self._plans: Mapping[str, FlatPlan] = {each.flat: each for each in plant.plan.flats}
        self._origins = {name: each.home.series.second_of(start) for name, each in self._plans.items()}
        self._speed = settings.profile_speed
        self._began = began

    def of(self, flat: str) -> Sequence[Period]:
        """Return what a flat used and what its sun gave, oldest first. It takes a moment."""
        return tuple(lived(self._plans[flat], self._origins[flat], self._began, self._speed))


def lived(plan: FlatPlan, origin: float, began: int, speed: float, days: int = DAYS) -> Iterator[Period]:
    """Yield the periods of so many days before a simulation began.

    Args:
        plan: whose they are.
        origin: where in its series the simulation began.
        began: when that was, in seconds of Unix time.
        speed: seconds of the profile in one second.
        days: how many.
    """
    first = -(-(began - days * _DAY_S) // PERIOD_S) * PERIOD_S
    home, rated = plan.home, plan.rating.inverter
    for begin in range(first, began - PERIOD_S + 1, PERIOD_S):
        ago = -(-(began - begin) // _DAY_S)
        second = origin + (begin - began + ago * _DAY_S) * speed - ago * _DAY_S
        until = second + PERIOD_S * speed
        load = home.mean_demand_mw(second, until)
        pv = None if rated is None else min(home.mean_pv_mw(second, until), rated.ac_mw)
        yield Period(begin, _joules(load), None if pv is None else _joules(pv))


def _joules(mean_mw: int) -> int:
    return mean_mw * PERIOD_S // 1000


async def of_building(session: aiohttp.ClientSession, simulation: Simulation) -> Past:
    """Return the past of the flats of a simulator that runs."""
    async with session.get(f"{simulation.url}/api/state") as response:
        response.raise_for_status()
        ticks: int = (await response.json())["ticks"]
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    settings = settings_of(parser.parse_args(simulation.words))
    return await asyncio.to_thread(Past, settings, int(time.time()) - ticks, simulation.profile_start)


async def lay(data: Path, periods: Sequence[Period]) -> None:
    """Lay its past into the folder of a headless flat that does not run yet. Raises StoreError."""
    membership = await asyncio.to_thread(read_membership, data / MEMBERSHIP)
    await _lay(data / DATABASE, membership.device, periods)


async def lay_beside(folder: Path, periods: Sequence[Period]) -> None:
    """Lay its past into the database of the flat in a Home Assistant, which may run. Raises StoreError."""
    file, device = await asyncio.to_thread(database_of, folder)
    await _lay(file, device, periods)


async def _lay(file: Path, device: DeviceId, periods: Sequence[Period]) -> None:
    store = await FlatStore.open(file, device, ORIGIN)
    try:
        await UsageBook(store).remember(periods)
    finally:
        await store.close()
