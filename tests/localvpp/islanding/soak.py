"""Walk for long: `scripts/soak [--turns N] [--seed S]`. A breach is told with the seed that repeats it."""

import argparse
from itertools import count, cycle
from random import Random
import sys
from time import monotonic

from localvpp.islanding import Wiring

from .walking import Walk, wander

_A_WALK = 5_000


def main(arguments: list[str] | None = None) -> int:
    """Walk; return how the process should end."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--turns", type=int, default=10_000_000, help="turns in all (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the first walk; each next one has the next")
    given = parser.parse_args(arguments)
    begin, turns = monotonic(), 0
    for seed, wiring in zip(count(given.seed), cycle(Wiring), strict=False):
        walk = Walk(wiring)
        try:
            wander(walk, Random(seed), _A_WALK)
        except AssertionError as error:
            sys.stderr.write(f"seed {seed}, {wiring}, turn {walk.turns}:\n{error}\n")
            return 1
        turns += walk.turns
        if turns >= given.turns:
            break
    sys.stdout.write(f"{turns} turns without a breach in {monotonic() - begin:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
