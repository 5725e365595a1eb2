"""Quantiles out of the errors that the same method made in the last weeks (split conformal prediction).

No distribution is assumed. If the next error is as likely in any place among the n last ones as in another, then the
rank ⌈(n+1)q⌉ of them is exceeded with probability 1-q at most: with few errors that is a wide interval, and with too
few there is none. Errors of neighbouring slots of the clock are taken together, for 28 of one slot are few. But those
of one day are of one weather and one mood, so what counts as many is days.
"""

from typing import Final

import numpy as np

from .history import Floats

LEVELS: Final = (0.1, 0.5, 0.9)
DAYS: Final = 28
FEWEST_DAYS: Final = 9
"""The smallest n for which both ranks of 10 % and 90 % are among the n errors. Of days: five slots of two days are ten
errors and two clouds, and the sun of a real roof was below their 10 % on three days of ten."""


def error_quantiles(errors: Floats) -> tuple[float, ...] | None:
    """Return the quantiles of the known errors[day, slot] at LEVELS; None when they are of too few days."""
    if (~np.isnan(errors)).any(axis=1).sum() < FEWEST_DAYS:
        return None
    known = np.sort(errors[~np.isnan(errors)])
    count = len(known)
    ranks = []
    for level in LEVELS:
        exact = (count + 1) * level
        low = np.floor(exact + 1e-9) if level <= 0.5 else np.ceil(exact - 1e-9)
        high = np.ceil(exact - 1e-9) if level == 0.5 else low
        ranks.append((int(low), int(high)))
    assert all(1 <= low <= high <= count for low, high in ranks), "a rank lies among the errors"
    return tuple(float(known[low - 1] + known[high - 1]) / 2 for low, high in ranks)
