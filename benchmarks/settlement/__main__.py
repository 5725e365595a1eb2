"""`python -m benchmarks.settlement [NAME…]`: run benchmarks of settlement, and print their figures."""

from collections.abc import Callable
import sys
from typing import Any, Final

from ..figures import Figure
from ..report import parse, parser_of, report
from . import month, paper

BENCHMARKS: Final[dict[str, Callable[..., list[Figure]]]] = {"month": month.run, "paper": paper.run}
TINY: Final[dict[str, dict[str, Any]]] = {
    "month": {"flats": 4, "slots": 48, "rounds": 1},
    "paper": {"flats": 4, "slots": 48, "rounds": 1},
}
"""Sizes at which everything runs once, in about a second: for a test, and to see that it runs."""


def measure(name: str, options: dict[str, Any]) -> list[Figure]:
    """Run a benchmark."""
    return BENCHMARKS[name](**options)


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names; return how the process should end."""
    given = parse(parser_of("settlement", __doc__, BENCHMARKS), arguments, BENCHMARKS)
    report(given, lambda name: measure(name, TINY[name] if given.tiny else {}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
