"""An outage of the whole building, and the return, as they can be measured from outside of the product.

The simulator tells the truth of each living room: whether it has voltage, for how many milliseconds it had none, and
where its contacts are. What the product told, and when, its flats say themselves.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import json
import time
from typing import Any, Final

import aiohttp

from ..errors import CommandError
from .processes import run_once

_POLL_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Telling:
    """One notice of a flat's blackout logic, by the wall clock."""

    time_ms: int
    notice: str
    detail: str


@dataclass(slots=True)
class Living:
    """One living room during a change of the grid.

    Attributes:
        dark_s: for how long it had no voltage, to the millisecond.
        fed_s: when it had voltage again for good, since the change; sampled ten times a second. None: it has none.
        moved_s: when it had changed sides, since the change. None: it has not.
    """

    flat: str
    dark_s: float = 0.0
    fed_s: float | None = None
    moved_s: float | None = None


@dataclass(slots=True)
class Change:
    """The grid goes, or comes back.

    Attributes:
        at_ms: when the devices could see it, by the wall clock.
        lasted_s: for how long the building was watched.
        living: each flat's living room.
    """

    at_ms: int
    lasted_s: float = 0.0
    living: dict[str, Living] = field(default_factory=dict)


async def state_of(session: aiohttp.ClientSession, url: str) -> dict[str, dict[str, Any]]:
    """What the simulator knows of each flat."""
    async with session.get(f"{url}/api/state") as response:
        response.raise_for_status()
        return {each["flat"]: each for each in (await response.json())["flats"]}


def separated(flat: Mapping[str, Any]) -> bool:
    """Whether a living room is off the grid by its contacts; a pair's own, whatever its inverter does."""
    if flat["island"] is not None:
        return not flat["relay"]["contact"]
    return bool(flat["separated"])


async def change_grid(
    session: aiohttp.ClientSession,
    url: str,
    *,
    on: bool,
    done: Callable[[Mapping[str, dict[str, Any]]], bool],
    within_s: float,
    then_s: float = 0.0,
) -> Change:
    """Break or mend the grid of the building, and watch until all is done and for a while longer.

    Raises CommandError: it was not done in time.
    """
    before = await state_of(session, url)
    async with session.post(f"{url}/api/grid", json={"on": on}) as response:
        response.raise_for_status()
    while True:
        now = await state_of(session, url)
        if all((flat["meter"]["voltage_v"] > 0) is on for flat in now.values()):
            break
        await asyncio.sleep(_POLL_S)
    begun, change = time.monotonic(), Change(at_ms=time.time_ns() // 1_000_000)
    change.living = {name: Living(name) for name in before}
    done_at: float | None = None
    while done_at is None or time.monotonic() < done_at + then_s:
        now = await state_of(session, url)
        passed = time.monotonic() - begun
        for name, flat in now.items():
            _look(change.living[name], flat, before[name], passed, out=not on)
        if done_at is None and done(now):
            done_at = time.monotonic()
        if done_at is None and passed > within_s:
            raise CommandError(
                f"{within_s:g} s after the grid {'came back' if on else 'went'} not all living rooms are where they "
                f"should be: {json.dumps({name: _place(flat) for name, flat in now.items()})}"
            )
        await asyncio.sleep(_POLL_S)
    change.lasted_s = time.monotonic() - begun
    return change


def _look(living: Living, flat: Mapping[str, Any], before: Mapping[str, Any], passed: float, *, out: bool) -> None:
    living.dark_s = (flat["dark_ms"] - before["dark_ms"]) / 1000
    if not flat["energised"]:
        living.fed_s = None
    elif living.fed_s is None:
        living.fed_s = passed
    if separated(flat) is not out:
        living.moved_s = None
    elif living.moved_s is None:
        living.moved_s = passed


def _place(flat: Mapping[str, Any]) -> str:
    return f"{'off' if separated(flat) else 'on'} the grid, {'fed' if flat['energised'] else 'dark'}"


async def told(data: str) -> tuple[Telling, ...]:
    """What the blackout logic of a headless flat told until now."""
    said = json.loads(await run_once("flat", "blackout", "--data", data))
    return tuple(Telling(each["time_ms"], each["notice"], each["detail"]) for each in said["told"])
