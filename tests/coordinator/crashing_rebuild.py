"""Rebuilds a building again and again, each time killed one step later, until it comes through. A program of its own.

    python -m tests.coordinator.crashing_rebuild FILE MIRROR DATABASE

What each kill leaves is looked at by a second rebuild. One line of JSON for each: what was there, what starting from it
says, and what came back. A step is whatever the process does to a file's name or a database's transaction; the system
tells of it before it happens. Children are forked, so that a step costs no start of Python.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
import json
import os
from pathlib import Path
import sys
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Engine

from coordinator.config import BuildingConfig, ConfigError, load, make_data
from coordinator.rebuild import rebuild
from localvpp.clock import SystemClock
from localvpp.vault import RECOVERY, SecretKey

SECRET: Final = SecretKey(RECOVERY, b"7" * 32)
KILLED: Final = 9
_NAMES: Final = frozenset({"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "sqlite3.connect"})


def main() -> None:
    """Kill at the first step, the second, and so on."""
    file, mirror, database = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    for step in count():
        data = file.parent / f"data-{step}"
        url = None if database == "inside" else f"sqlite+aiosqlite:///{file.parent / f'outside-{step}.db'}"
        config = replace(load(file), data=data, database=url)
        came_through = _in_child(partial(_rebuild, config, mirror, step)) == 0
        left = sorted(path.name for path in data.iterdir()) if data.exists() else []
        told: dict[str, Any] = {"step": step, "came_through": came_through, "left": left, "refused": _refused(config)}
        if not came_through:
            again = _in_child(partial(_rebuild, config, mirror, None))
            told |= {"again": again, "whole": sorted(path.name for path in data.iterdir())}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        if came_through:
            return


def _in_child(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        done = False
        try:
            work()
            done = True
        finally:
            os._exit(0 if done else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _refused(config: BuildingConfig) -> str | None:
    try:
        make_data(config)
    except ConfigError as error:
        return str(error)
    return None


def _rebuild(config: BuildingConfig, mirror: Path, dies_at: int | None) -> None:
    done = 0

    def step() -> None:
        nonlocal done
        if done == dies_at:
            os._exit(KILLED)
        done += 1

    def heard(name: str, arguments: tuple[object, ...]) -> None:
        if name in _NAMES and str(config.data.parent) in " ".join(map(str, arguments)):
            step()

    sys.addaudithook(heard)
    event.listen(Engine, "commit", lambda _: step())
    asyncio.run(rebuild(config, mirror, [SECRET], SystemClock()))


if __name__ == "__main__":
    main()
