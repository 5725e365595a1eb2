"""`python -m benchmarks.ledger [NAME…]`: run benchmarks, and print their figures as a table or as JSON."""

import asyncio
from collections.abc import Callable, Coroutine
import cProfile
from pathlib import Path
import sys
import tempfile
from typing import Any, Final

from rich.console import Console

from ..figures import Figure
from ..report import parse, parser_of, report
from . import acknowledge, parts, proof, quorum, storage, throughput
from .profiled import NOTHING, show

type Benchmark = Callable[..., Coroutine[None, None, list[Figure]]]

BENCHMARKS: Final[dict[str, Benchmark]] = {
    "throughput": throughput.run,
    "parts": parts.run,
    "acknowledge": acknowledge.run,
    "quorum": quorum.run,
    "proof": proof.run,
    "storage": storage.run,
}
TINY: Final[dict[str, dict[str, Any]]] = {
    "throughput": {"meters": 2, "submissions": 1, "rounds": 1, "records": 8, "reference_s": 0.02},
    "parts": {"commits": 1, "records": 64, "reference_s": 0.02},
    "acknowledge": {"per_s": 200, "seconds": 0.1, "meters": 3},
    "quorum": {"flats": 3, "heads": 2},
    "proof": {"entries": 70_000, "proofs": 5},
    "storage": {"entries": 100, "meters": 3, "records": 16},
}
"""Sizes at which everything runs once, in about a second: for a test, and to see that it runs."""


def measure(name: str, options: dict[str, Any], folder: Path | None = None) -> list[Figure]:
    """Run a benchmark in a temporary folder, beside the other ones of the system or in `folder`."""
    with tempfile.TemporaryDirectory(prefix="ledger-", dir=folder) as place:
        return asyncio.run(BENCHMARKS[name](Path(place), **options))


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names; return how the process should end."""
    parser = parser_of("ledger", __doc__, BENCHMARKS)
    parser.add_argument("--entries", type=int, metavar="N", help="entries of the log, for proof and storage")
    parser.add_argument("--folder", type=Path, help="measure this folder's disk instead of that of temporary files")
    parser.add_argument("--profile", action="store_true", help="tell where the time goes; figures are then too slow")
    given = parse(parser, arguments, BENCHMARKS)

    def measured(name: str) -> list[Figure]:
        options = dict(TINY[name]) if given.tiny else {}
        if given.entries is not None and name in {"proof", "storage"}:
            options["entries"] = given.entries
        profile = cProfile.Profile() if given.profile else None
        figures = measure(name, options | {"profile": profile or NOTHING}, given.folder)
        if profile is not None:
            show(profile, Console(stderr=True))
        return figures

    report(given, measured)
    return 0


if __name__ == "__main__":
    sys.exit(main())
