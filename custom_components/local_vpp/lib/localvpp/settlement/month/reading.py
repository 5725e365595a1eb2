"""What a party's meters counted in a slot, where that is written, and what stands in when it is not known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ..slot import Use

WEEK_SECONDS: Final = 7 * 86400
WEEKS_BACK: Final = 4


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A record in the building's log: where it stands, and its hash."""

    index: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """One party's slot, in Wh."""

    use: Use
    """At the meter between the party and the building: what is billed."""
    pv_wh: int | None = None
    """What its own PV made; None: nothing tells."""
    charged_wh: int | None = 0
    """Into its battery, and out of it; None: nothing tells."""
    discharged_wh: int | None = 0
    records: tuple[Reference, ...] = ()
    """Those that it was read from; of an estimate, those of what stands in."""
    estimated_from: int | None = None
    """The slot whose reading stands in for this one; None: it was measured."""
    correction: Reference | None = None
    """The building's newest record of what its slot was taken for, and is now; None: it came in time."""

    def __post_init__(self) -> None:
        counts = (self.use.import_wh, self.use.export_wh, self.pv_wh, self.charged_wh, self.discharged_wh)
        if min(count or 0 for count in counts) < 0:
            raise ValueError(f"a slot's counts are 0 Wh or more, got {counts}")

    @property
    def references(self) -> tuple[Reference, ...]:
        """All that it can be followed by: its records, and the building's word of its late coming."""
        return self.records if self.correction is None else (*self.records, self.correction)

    @property
    def used_wh(self) -> int | None:
        """What was used behind the meter; None: unknown."""
        return self.use.at_home(self.pv_wh, self.charged_wh, self.discharged_wh)


def substitutes(slot: int) -> Iterator[int]:
    """Yield the slots that may stand in for one, the best first: the same of the week before, and so on."""
    return (slot - weeks * WEEK_SECONDS for weeks in range(1, WEEKS_BACK + 1))


def stand_in(slot: int, name: str, measured: Mapping[int, Mapping[str, Reading | None]]) -> Reading | None:
    """Return what stands in for a reading that is not known: the same slot of the week before, of the last four.

    Only what was measured stands in for anything; of one week to the next an estimate would be copied for ever. It is
    taken as the use at the meter alone: PV and battery of that slot are not those of this one. The records are those
    of the other slot: whoever doubts the estimate can follow it, too. None: nothing is known.
    """
    for before in substitutes(slot):
        found = measured.get(before, {}).get(name)
        if found is not None and found.estimated_from is None:
            return Reading(found.use, records=found.records, estimated_from=before, correction=found.correction)
    return None
