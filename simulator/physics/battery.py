"""A battery's energy and power limits in integers.

Powers are milliwatts at the AC terminals (positive: discharging), energies are millijoules (one milliwatt for one
second), so that a step neither makes nor loses a unit that is not a stated loss.
"""

from dataclasses import dataclass
from typing import Final

MJ_PER_WH: Final = 3_600_000
"""Millijoules in a watt-hour."""

PERMILLE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryRating:
    """What is printed on a battery's plate.

    Attributes:
        capacity_mj: energy between 0 and 100 % state of charge.
        charge_mw: highest charging power at the AC terminals.
        discharge_mw: highest discharging power at the AC terminals.
        charge_permille: share of the AC energy that arrives in the cells.
        discharge_permille: share of the cells' energy that arrives at the AC terminals.
        floor_permille: state of charge that the battery's own electronics never go below.
    """

    capacity_mj: int
    charge_mw: int
    discharge_mw: int
    charge_permille: int = 960
    discharge_permille: int = 960
    floor_permille: int = 50

    @property
    def floor_mj(self) -> int:
        """Energy that stays in the cells."""
        return self.capacity_mj * self.floor_permille // PERMILLE


def soc_permille(rating: BatteryRating, stored_mj: int) -> int:
    """State of charge in tenths of a percent."""
    return stored_mj * PERMILLE // rating.capacity_mj


def bounds(rating: BatteryRating, stored_mj: int, floor_mj: int, dt_s: int) -> tuple[int, int]:
    """The lowest (charging, negative) and highest (discharging) power that can be held for ``dt_s``, in milliwatts.

    ``floor_mj`` is the energy that must stay: the rating's floor or a higher reserve.
    """
    room = max(0, rating.capacity_mj - stored_mj)
    spare = max(0, stored_mj - floor_mj)
    charge = min(rating.charge_mw, room * PERMILLE // rating.charge_permille // dt_s)
    discharge = min(rating.discharge_mw, spare * rating.discharge_permille // PERMILLE // dt_s)
    return -charge, discharge


def store(rating: BatteryRating, stored_mj: int, power_mw: int, dt_s: int) -> int:
    """The stored energy after ``power_mw`` was held for ``dt_s``; losses are rounded against the owner."""
    energy = power_mw * dt_s
    if energy >= 0:
        after = stored_mj + (-energy * PERMILLE) // rating.discharge_permille
    else:
        after = stored_mj + -energy * rating.charge_permille // PERMILLE
    assert 0 <= after <= rating.capacity_mj, "a power outside bounds() was asked of the battery"
    return after
