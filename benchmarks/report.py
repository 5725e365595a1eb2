"""The command of a room of benchmarks: which of them run, and what they tell, as tables or as JSON."""

import argparse
from collections.abc import Callable, Collection, Sequence
import json
import os
import platform

from rich.console import Console

from .figures import Figure, table


def parser_of(room: str, description: str | None, names: Collection[str]) -> argparse.ArgumentParser:
    """Return what every room's command understands; a room may add options of its own."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{room}", description=description)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; all when none is named")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--tiny", action="store_true", help="run everything once at a size that tells nothing of speed")
    return parser


def parse(
    parser: argparse.ArgumentParser, arguments: Sequence[str] | None, names: Collection[str]
) -> argparse.Namespace:
    """Read a command line; one that names what there is not ends the process."""
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(names):
        parser.error(f"there is no {', '.join(sorted(unknown))}: there are {', '.join(names)}")
    given.names = given.names or list(names)
    return given


def report(given: argparse.Namespace, measured: Callable[[str], list[Figure]]) -> None:
    """Measure what was named, one after the other, and tell it together with the machine that it was measured on."""
    console = Console()
    machine = {
        "processors": os.process_cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }
    results: dict[str, list[Figure]] = {}
    for name in given.names:
        results[name] = measured(name)
        if not given.json:
            console.print(table(name, results[name]))
    if given.json:
        plain = {name: [figure.plain() for figure in figures] for name, figures in results.items()}
        print(json.dumps({"machine": machine, "figures": plain}, indent=2))
    else:
        console.print(", ".join(f"{name} {value}" for name, value in machine.items()))
