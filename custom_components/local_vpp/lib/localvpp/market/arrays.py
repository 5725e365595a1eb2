"""The two kinds of arrays that the market counts with, and what numpy has no quick word for."""

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.int64]
type Flags = NDArray[np.bool_]


def rises(values: Ints, before: int) -> Ints:
    """Return by how much each number is above the one before it; `np.diff` with a beginning is slow."""
    risen = values.copy()
    risen[1:] -= values[:-1]
    if before:
        risen[:1] -= before
    return risen
