"""`python -m benchmarks.market [NAME…]`: run benchmarks of the market, and print their figures."""

from collections.abc import Callable
import sys
from typing import Any, Final

from ..figures import Figure
from ..report import parse, parser_of, report
from . import against, books, speed

BENCHMARKS: Final[dict[str, Callable[..., list[Figure]]]] = {
    "free": speed.run_free,
    "lines": speed.run_lines,
    "year": speed.run_year,
    "book": books.run,
    "against": against.run,
}
TINY: Final[dict[str, dict[str, Any]]] = {
    "free": {"sizes": (10, 1_000), "rounds": 2},
    "lines": {"count": 500, "widths": (2, 3, 2), "rounds": 2},
    "year": {"slots": 20, "count": 20},
    "book": {"count": 100, "over_lines": 200, "widths": (2, 3, 2), "small": (2, 3), "energy": (20, 40)},
    "against": {"books": 3, "count": 10, "large": 40},
}
"""Sizes at which everything runs once: for a test, and to see that it runs."""


def measure(name: str, options: dict[str, Any]) -> list[Figure]:
    """Run a benchmark."""
    return BENCHMARKS[name](**options)


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names; return how the process should end."""
    given = parse(parser_of("market", __doc__, BENCHMARKS), arguments, BENCHMARKS)
    report(given, lambda name: measure(name, TINY[name] if given.tiny else {}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
