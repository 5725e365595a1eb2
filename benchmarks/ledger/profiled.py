"""Where a benchmark's time goes: the functions with the largest share of their own, from `cProfile`.

Threads are told together: cProfile counts what all of them call. A profiled run is slower by about half, and small
functions look larger than they are, so shares are hints, not measurements.
"""

from contextlib import nullcontext
import cProfile
from pathlib import Path
import pstats
from typing import Final, Protocol

from rich.console import Console
from rich.table import Table

_IDLE = ("select.epoll", "_thread.lock", "SimpleQueue", "time.sleep")
"""Waiting for another thread or for time to pass is nobody's work."""


class Part(Protocol):
    """Entered around what a benchmark measures, as often as it measures."""

    def __enter__(self) -> object: ...
    def __exit__(self, *error: object) -> None: ...


NOTHING: Final[Part] = nullcontext()
"""Profiles nothing."""


def show(profile: cProfile.Profile, console: Console, most: int = 30) -> None:
    """Print the shares of what was profiled."""
    rows = []
    for (file, _, name), (_, calls, own, whole, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if not any(idle in name for idle in _IDLE):
            rows.append((own, whole, calls, f"{'/'.join(Path(file).parts[-2:])} {name}" if file != "~" else name))
    total = sum(row[0] for row in rows)
    shown = Table("own", "with what it calls", "calls", "function")
    for own, whole, calls, name in sorted(rows, reverse=True)[:most]:
        shown.add_row(f"{own / total:.1%}", f"{whole / total:.1%}", f"{calls:,}", name)
    console.print(shown)
