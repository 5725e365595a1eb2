"""What today has shown so far corrects the rest of today: AR(1) on the errors of the profile.

Somebody at home who usually is not will likely still be at home in half an hour, and less surely in three. An error
fades by `phi` each slot; `phi` is measured on the errors of the last weeks. Errors of PV are counted in shares of the
clear sky (the method's scale), so a cloud of the morning is not added in Wh to the evening.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .history import Floats

FEWEST_PAIRS: Final = 48
_MOST: Final = 0.98
_OLDEST: Final = 4
"""Slots: an error older than that is not today's mood any more."""
_NOTHING: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Intraday:
    """The errors of the last days in their order, and how they fade."""

    errors: Floats
    """Of consecutive slots, the last one that of the slot before `at`; NaN where unknown."""
    phi: float

    def share(self, lead: int) -> float:
        """What is left of an error so many slots later; 0 when it is next to nothing."""
        left = self.phi**lead
        return left if left >= _NOTHING else 0.0

    @property
    def newest(self) -> tuple[int, float] | None:
        """The newest known error and how many slots before the last one it lies; None when it is too old."""
        for back in range(min(_OLDEST, len(self.errors))):
            if not np.isnan(error := float(self.errors[-1 - back])):
                return back, error
        return None

    def correction(self, lead: int) -> tuple[int, float]:
        """Return from how many slots before a slot its correction comes, and how much it is."""
        if (newest := self.newest) is None:
            return 0, 0.0
        back, error = newest
        return (lead + back, self.share(lead + back) * error) if self.share(lead + back) else (0, 0.0)


def fitted(errors: Floats) -> Intraday:
    """Fit the fading of errors to the errors themselves; none at all where too few are known."""
    before, after = errors[:-1], errors[1:]
    both = ~np.isnan(before) & ~np.isnan(after)
    power = float(np.dot(before[both], before[both]))
    if both.sum() < FEWEST_PAIRS or power == 0:
        return Intraday(errors, 0.0)
    return Intraday(errors, min(max(float(np.dot(before[both], after[both])) / power, 0.0), _MOST))
