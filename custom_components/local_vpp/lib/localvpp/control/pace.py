"""How often a battery's set-point may move: for its memory's sake, its line's, and that it does not flutter."""

from dataclasses import dataclass
from typing import Final

BEAT_S: Final = 5.0
"""A set-point moves no more often than this, whatever the device bears: an inverter takes some seconds to follow."""
DEADBAND_W: Final = 50
"""By less it is not moved at all: a kettle is two thousand, a meter's last digit a few."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Of one device."""

    lease_s: int
    """The lease that its set-points are asked with."""
    change_s: float = BEAT_S
    """So far apart two changes of a set-point are at the least, unless a limit would be passed."""

    @property
    def outlives_s(self) -> float:
        """So long, at the most, a battery does what it was asked after its controller has died.

        Devices count by their own clocks, and one was seen to hold 80 s of a lease of 60.
        """
        return self.lease_s * 4 / 3 + 2
