"""A field of a form for a number that is one: a browser sends no others, and whoever else asks may.

`NaN` passes every lower and upper bound of Home Assistant's own selector, and is no number that a flat could go by.
"""

import math
from typing import Any, override

from homeassistant.helpers.selector import NumberSelector
import probatio


class FiniteNumberSelector(NumberSelector):
    """A number selector that refuses what is not finite, with the field's name, as it refuses text."""

    @override
    def __call__(self, data: Any) -> float:
        """Check what was entered. Raises probatio.Invalid."""
        value = super().__call__(data)
        if not math.isfinite(value):
            raise probatio.Invalid(f"{data!r} is no number: write one in digits")
        return value
