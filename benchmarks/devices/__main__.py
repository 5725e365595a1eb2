"""`python -m benchmarks.devices [NAME…]`: run benchmarks of reading devices, and print their figures."""

import asyncio
from collections.abc import Callable, Coroutine
import logging
from pathlib import Path
import sys
import tempfile
from typing import Any, Final

from ..figures import Figure
from ..report import parse, parser_of, report
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
    given = parse(parser_of("devices", __doc__, BENCHMARKS), arguments, BENCHMARKS)
    logging.getLogger("modbus_connection").setLevel(logging.ERROR)
    report(given, lambda name: measure(name, TINY[name] if given.tiny else {}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
