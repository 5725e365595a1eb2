"""`python -m benchmarks.devices [NAME…]`: run benchmarks of reading devices, and print their figures."""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
import json
import logging
import os
from pathlib import Path
import platform
import sys
import tempfile
from typing import Any, Final

from rich.console import Console

from ..figures import Figure, table
from . import capturing, late_gateway, polling, requests

type Benchmark = Callable[..., Coroutine[None, None, list[Figure]]]

BENCHMARKS: Final[dict[str, Benchmark]] = {
    "requests": requests.run,
    "flat": polling.run_flat,
    "many": polling.run_many,
    "late": late_gateway.run,
    "capture": capturing.run,
}
TINY: Final[dict[str, dict[str, Any]]] = {
    "requests": {"seconds": 12},
    "flat": {"seconds": 3},
    "many": {"flats": 4, "seconds": 2},
    "late": {"seconds": 3},
    "capture": {"requests": 200},
}
"""Sizes at which everything runs once, in seconds: for a test, and to see that it runs."""


def measure(name: str, options: dict[str, Any]) -> list[Figure]:
    """Run a benchmark in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="devices-") as place:
        return asyncio.run(BENCHMARKS[name](Path(place), **options))


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names; return how the process should end."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.devices", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all when none is named")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--tiny", action="store_true", help="run everything once at a size that tells nothing of speed")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - BENCHMARKS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}: there are {', '.join(BENCHMARKS)}")
    logging.getLogger("modbus_connection").setLevel(logging.ERROR)
    console = Console()
    machine = {
        "processors": os.process_cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }
    results: dict[str, list[Figure]] = {}
    for name in given.names or BENCHMARKS:
        results[name] = measure(name, TINY[name] if given.tiny else {})
        if not given.json:
            console.print(table(name, results[name]))
    if given.json:
        plain = {name: [figure.plain() for figure in figures] for name, figures in results.items()}
        print(json.dumps({"machine": machine, "figures": plain}, indent=2))
    else:
        console.print(", ".join(f"{name} {value}" for name, value in machine.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
