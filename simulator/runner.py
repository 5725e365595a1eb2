"""Runs a building until it is told to stop: the second's timer, the gateways, the control page."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
import json
import signal
import time
from typing import Final

from aiohttp import web

from .building import plan
from .errors import InvalidInput, SimulatorError
from .plant import Plant
from .profiles import Series, generate, load, sunniest_day
from .settings import Settings
from .site import Site, build
from .web import application

_NS_PER_MS: Final = 1_000_000
_LAST_PORT: Final = 65_535

GENERATED_START: Final = datetime(2026, 7, 15, 11)  # noqa: DTZ001 - profiles run on a clock without a zone
"""A July forenoon in Tokyo: roofs give more than their flats take."""

FORENOON: Final = timedelta(hours=10, minutes=30)
"""When the profile clock starts on the sunniest day of measured homes, whichever half of the year is their summer."""


@dataclass(frozen=True, slots=True)
class Running:
    """A simulator that answers on all its ports."""

    site: Site
    url: str

    def announcement(self) -> dict[str, object]:
        """The line that ``run`` prints when everything listens."""
        return {"url": self.url, **self.site.layout()}


class _SecondsClock:
    """Monotonic time whose whole seconds fall together with those of the wall clock when the run began."""

    def __init__(self) -> None:
        wall_ns, monotonic_ns = time.time_ns(), time.monotonic_ns()
        self._origin_ns = monotonic_ns - wall_ns % 1_000_000_000

    def now_ms(self) -> int:
        """Milliseconds since the last whole wall-clock second before the start."""
        return (time.monotonic_ns() - self._origin_ns) // _NS_PER_MS


async def _tick(plant: Plant, clock: _SecondsClock) -> None:
    """One tick for each second of the clock; a second that was missed is made up for at once."""
    while True:
        await asyncio.sleep(max(0, (plant.ticks * 1000 - clock.now_ms()) / 1000))
        if clock.now_ms() >= plant.ticks * 1000:
            plant.tick()


@dataclass(frozen=True, slots=True)
class Profiles:
    """The homes of a run, where they come from, and the local time at which the profile clock starts."""

    generator: str
    series: tuple[Series, ...]
    start: datetime


def read_profiles(settings: Settings) -> Profiles:
    """The homes that ``settings`` ask for; takes a moment, so keep it out of an event loop.

    Raises:
        SimulatorError: a file that cannot be read, or the library for generated profiles is missing.
    """
    if not settings.profiles:
        start = settings.profile_start or GENERATED_START
        series = generate(start.year)
        return Profiles(series.name, (series,), start)
    measured = tuple(load(path) for path in settings.profiles)
    names = ", ".join(each.name for each in measured)
    return Profiles(f"measured: {names}", measured, settings.profile_start or sunniest_day(measured) + FORENOON)


def prepare(settings: Settings, profiles: Profiles, now_ms: Callable[[], int], unix_ms: Callable[[], int]) -> Plant:
    """The building that ``settings`` describe, before anything listens.

    Args:
        settings: what the run is made of.
        profiles: its homes.
        now_ms: the simulation's monotonic clock, whose whole seconds are the ticks.
        unix_ms: the wall clock, for the history of the registers.

    Raises:
        InvalidInput: a number that makes no building.
    """
    building = plan(
        settings.flats,
        profiles.series,
        seed=settings.seed,
        reconnect_delay_s=settings.reconnect_delay_s,
        nominal_hz=settings.nominal_hz,
        families=settings.families,
        entities=settings.entities,
        garages=settings.garages,
        wirings=settings.wirings,
    )
    return Plant(building, profiles.start, settings.profile_speed, now_ms, unix_ms)


@asynccontextmanager
async def serving(site: Site, http_port: int) -> AsyncIterator[Running]:
    """``site`` on all its ports while the block runs; its seconds pass only when somebody ticks its plant.

    Raises:
        SimulatorError: a port that cannot be had.
    """
    host = site.building.host
    await site.open()
    runner = web.AppRunner(application(site), access_log=None)
    try:
        await runner.setup()
        try:
            await web.TCPSite(runner, host, http_port).start()
        except OSError as error:
            raise SimulatorError(
                f"port {http_port} of {host} cannot be opened: choose another --http-port, or 0"
            ) from error
        yield Running(site, f"http://{host}:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()
        await site.close()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Running]:
    """A simulator that answers on all its ports while the block runs.

    Raises:
        SimulatorError: a profile that cannot be read, a port that cannot be had.
    """
    if not 0 <= settings.http_port <= _LAST_PORT:
        raise InvalidInput("http-port", settings.http_port, f"give 0 for a free port, or 1 to {_LAST_PORT}")
    profiles = await asyncio.to_thread(read_profiles, settings)
    # The clock starts after that: the building has no seconds to make up for.
    clock = _SecondsClock()
    plant = prepare(settings, profiles, clock.now_ms, lambda: time.time_ns() // _NS_PER_MS)
    site = build(plant, profiles.generator, settings.host, settings.port_base, settings.serial)
    async with serving(site, settings.http_port) as simulator, asyncio.TaskGroup() as tasks:
        ticker = tasks.create_task(_tick(plant, clock))
        try:
            yield simulator
        finally:
            ticker.cancel()


async def serve(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM, with one JSON line on standard output when everything listens.

    Raises:
        SimulatorError: a profile that cannot be read, a port that cannot be had.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(settings) as simulator:
        print(json.dumps(simulator.announcement(), ensure_ascii=False), flush=True)  # noqa: T201 - the answer of the command
        await stop.wait()
