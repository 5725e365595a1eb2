"""`python -m benchmarks.drill [NAME…]`: hold drills in a simulated building, and print their figures."""

import sys
from typing import Any, Final

from ..figures import Figure
from ..report import parse, parser_of, report
from .holding import run

BENCHMARKS: Final[dict[str, dict[str, Any]]] = {"noon": {"hour": 11}, "evening": {"hour": 18}}
"""By the time of the day: in the sun what a returning flat draws is its PV's loss most of all; without it its load."""
TINY: Final[dict[str, Any]] = {"flats": 4}
"""A size at which everything runs once, in seconds: for a test, and to see that it runs."""


def measure(name: str, options: dict[str, Any]) -> list[Figure]:
    """Run a benchmark."""
    return run(**BENCHMARKS[name], **options)


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names; return how the process should end."""
    given = parse(parser_of("drill", __doc__, BENCHMARKS), arguments, BENCHMARKS)
    report(given, lambda name: measure(name, TINY if given.tiny else {}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
