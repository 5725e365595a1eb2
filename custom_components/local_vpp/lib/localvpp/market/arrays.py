"""The two kinds of arrays that the market counts with."""

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.int64]
type Flags = NDArray[np.bool_]
