"""Runs a building until it is told to stop: the second's timer, the gateways, the control page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import signal
import time
from typing import Final

from aiohttp import web

from .building import plan
from .errors import InvalidInput, SimulatorError
from .plant import Plant
from .profiles import Series, generate, load
from .settings import Settings
from .site import Site, build
from .web import application

_NS_PER_MS: Final = 1_000_000
_LAST_PORT: Final = 65_535


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


def _profiles(settings: Settings) -> tuple[str, tuple[Series, ...]]:
    if not settings.profiles:
        series = generate(settings.profile_start.year)
        return series.name, (series,)
    measured = tuple(load(path) for path in settings.profiles)
    return f"measured: {', '.join(each.name for each in measured)}", measured


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Running]:
    """A simulator that answers on all its ports while the block runs.

    Raises:
        SimulatorError: a profile that cannot be read, a port that cannot be had.
    """
    if not 0 <= settings.http_port <= _LAST_PORT:
        raise InvalidInput("http-port", settings.http_port, f"give 0 for a free port, or 1 to {_LAST_PORT}")
    # Reading a year of profiles takes a moment and would hold up whoever shares the loop.
    generator, series = await asyncio.to_thread(_profiles, settings)
    building = plan(
        settings.flats,
        series,
        seed=settings.seed,
        reconnect_delay_s=settings.reconnect_delay_s,
        nominal_hz=settings.nominal_hz,
    )
    clock = _SecondsClock()
    plant = Plant(
        building,
        settings.profile_start,
        settings.profile_speed,
        clock.now_ms,
        lambda: time.time_ns() // _NS_PER_MS,
    )
    site = build(plant, generator, settings.host, settings.port_base)
    await site.open()
    runner = web.AppRunner(application(site), access_log=None)
    try:
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.host, settings.http_port).start()
        except OSError as error:
            raise SimulatorError(
                f"port {settings.http_port} of {settings.host} cannot be opened: choose another --http-port, or 0"
            ) from error
        port = runner.addresses[0][1]
        async with asyncio.TaskGroup() as tasks:
            ticker = tasks.create_task(_tick(plant, clock))
            try:
                yield Running(site, f"http://{settings.host}:{port}")
            finally:
                ticker.cancel()
    finally:
        await runner.cleanup()
        await site.close()


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
