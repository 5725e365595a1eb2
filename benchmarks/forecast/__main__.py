"""`python -m benchmarks.forecast [NAME…]`: how far forecasts of measured homes were from what came."""

from pathlib import Path
import sys
from typing import Final

from ..report import parse, parser_of, report
from .homes import SHARED
from .measuring import BENCHMARKS, DAYS

TINY_DAYS: Final = 3


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names; return how the process should end."""
    parser = parser_of("forecast", __doc__, BENCHMARKS)
    parser.add_argument("--data", type=Path, default=SHARED, help="the folder of the measured homes")
    given = parse(parser, arguments, BENCHMARKS)
    if not given.data.is_dir():
        parser.error(f"--data {given.data}: there is no such folder; name the one that holds the measured homes")
    report(given, lambda name: BENCHMARKS[name](given.data, TINY_DAYS if given.tiny else DAYS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
