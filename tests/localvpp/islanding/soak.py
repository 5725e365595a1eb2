"""Walk for long: `scripts/soak [--turns N] [--seed S]`. A breach is told with its way and its seed."""

import argparse
from itertools import count
import sys
from time import monotonic
from typing import Final

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .walking import Flat

_FLATS: Final = 100
_STEPS: Final = 100


def main(arguments: list[str] | None = None) -> int:
    """Walk; return how the process should end."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--turns", type=int, default=10_000_000, help="turns in all (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the first hundred flats; the next have the next")
    given = parser.parse_args(arguments)
    begin = monotonic()
    many = settings(
        max_examples=_FLATS,
        stateful_step_count=_STEPS,
        deadline=None,
        database=None,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    for number in count(given.seed):
        try:
            run_state_machine_as_test(seed(number)(Flat), settings=many)
        except AssertionError as error:
            notes = getattr(error, "__notes__", [])
            sys.stderr.write("\n".join([f"seed {number}:", str(error), *notes, ""]))
            return 1
        if Flat.turns >= given.turns:
            break
    sys.stdout.write(f"{Flat.turns} turns without a breach in {monotonic() - begin:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
