"""What a battery can: how much it holds, and the most that it takes and gives.

Many batteries do not say: those that Home Assistant knows through ECHONET Lite or a maker's cloud often tell neither,
and several makers' registers have no maximum power. Their residents know it, from the data sheet or the contract.

One rule, for everybody who asks what the battery can: what the device tells counts; what it does not tell is what its
resident has stated; the rest is unknown. `rated` applies it where a reading arrives (`rounds`), so that bids, a
blackout's hours, deliveries and the cycles that are counted all rest on the same numbers, and `BatteryReading.stated`
says which of them are the resident's word.
"""

from dataclasses import dataclass, fields, replace
from typing import Final

from .capability import BatteryReading

CAPACITY_WH: Final = (500, 200_000)
"""Of a home: from a power station on a shelf to several cabinets. Outside of it the unit was mistaken."""
POWER_W: Final = (100, 50_000)


class RatingError(ValueError):
    """What was stated of a battery cannot be."""

    def __init__(self, field: str, value: float, least: int, most: int) -> None:
        unit = "Wh" if field == "capacity_wh" else "W"
        super().__init__(
            f"a battery's {field} is stated as {value:g} {unit}: give {least} to {most} {unit}, as its data sheet says"
        )
        self.field, self.value, self.least, self.most = field, value, least, most


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a resident states of his battery; None is not stated. Raises RatingError for what cannot be."""

    capacity_wh: int | None = None
    """What can be used of it."""
    max_charge_w: int | None = None
    max_discharge_w: int | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            least, most = limits_of(each.name)
            if value is not None and not least <= value <= most:
                raise RatingError(each.name, value, least, most)

    def untold(self, reading: BatteryReading) -> Rating:
        """Return what is left of it once the device has told what this reading tells.

        What a device tells once it tells again: that it cannot be read for a moment makes its capacity no other one.
        """
        names = (each.name for each in fields(self) if getattr(self, each.name) is not None)
        told = [name for name in names if getattr(reading, name) is not None]
        return replace(self, **dict.fromkeys(told)) if told else self


def limits_of(field: str) -> tuple[int, int]:
    """Return the least and the most that one of the ratings can be."""
    return CAPACITY_WH if field == "capacity_wh" else POWER_W


def rated(reading: BatteryReading, stated: Rating) -> BatteryReading:
    """Return a reading with what its resident has stated in the places where the device tells nothing."""
    taken = {
        each.name: value
        for each in fields(stated)
        if (value := getattr(stated, each.name)) is not None and getattr(reading, each.name) is None
    }
    return replace(reading, stated=tuple(taken), **taken) if taken else reading
