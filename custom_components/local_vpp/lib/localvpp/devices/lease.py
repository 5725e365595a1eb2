"""When a set-point must be written again: on a change, and at half of its lease.

A set-point that is not renewed ends by itself, in the device, so that a dead controller leaves no battery discharging
for ever. Renewing at half gives one more try before the end; writing no more often spares the memory of devices that
keep their settings in EEPROM and the line of those that share one.
"""

from dataclasses import dataclass
from typing import Final

SHORTEST_LEASE_S: Final = 1

FOLLOW_PV_W: Final = 50
"""A set-point for PV and battery together is moved when the PV moved by more than this; less is noise."""


def checked(lease_s: int, longest_s: int) -> int:
    """Give back a lease that a device can keep.

    Raises:
        ValueError: 0 (which SunSpec reads as "for ever"), negative, or more than the register holds.
    """
    if not SHORTEST_LEASE_S <= lease_s <= longest_s:
        raise ValueError(
            f"lease_s is {lease_s}: a set-point needs a lease from {SHORTEST_LEASE_S} to {longest_s} seconds, for one "
            "without end would outlive its controller"
        )
    return lease_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The last set-point that a device took over.

    ``watts`` is what was asked for; ``target_w`` what was written for it, which may follow other readings; ``at`` is
    the monotonic time of the writing. A charger is asked for milliamperes in place of watts.
    """

    watts: int
    target_w: int
    lease_s: int
    at: float

    def must_write(self, watts: int, target_w: int, lease_s: int, *, now: float, deadband_w: int = 0) -> bool:
        """Tell whether to write: the order or its lease changed, the target moved, or half of the lease is over."""
        return (
            (watts, lease_s) != (self.watts, self.lease_s)
            or abs(target_w - self.target_w) > deadband_w
            or now - self.at >= self.lease_s / 2
        )
