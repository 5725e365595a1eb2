"""A meter value that comes after its month was billed: what it changes, as records of their own.

A closed month is never written again. The slot is settled once more, by its own prices and key, with what is now known,
and who comes late meets the grid's prices alone, as his estimate did: what was shared among the others stays. What
comes out differently for a party is one difference record, and its money stands on the next bill. Among the parties the
differences of energy inside sum to zero, and so do those of money, but for what the slot now buys from and sells to the
grid: every identity of a slot holds of its differences, too. Had a reading been known and is corrected, his share falls
away, and neighbours have differences, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..slot import Share
from .party import BUILDING, Party
from .reading import Reading, Reference
from .slot import SettledSlot, settle_slot


@dataclass(frozen=True, slots=True)
class Difference:
    """What a corrected slot changes for one party: what is now, less what was billed. Wh, and 10⁻⁵ yen to be paid."""

    slot: int
    party: str
    import_wh: int
    export_wh: int
    shared_in_wh: int
    shared_out_wh: int
    money: int
    because: str
    """Whose reading came late."""
    records: tuple[Reference, ...] = ()
    """Those of the readings that came late."""


def correct(
    closed: SettledSlot,
    late: Mapping[str, Reading],
    billed: Sequence[Party],
    unbilled: Sequence[Party],
    measured: Mapping[int, Mapping[str, Reading | None]],
) -> tuple[SettledSlot, tuple[Difference, ...]]:
    """Return a slot with readings that came late, and what they change.

    Args:
        closed: the slot as it was settled last, earlier corrections among it.
        late: what is now known, by party.
        billed: who was billed in that month; likewise `unbilled`.
        unbilled: who was not.
        measured: what stands in for those who are unknown still.
    """
    given = closed.given
    known = replace(given, readings={**given.readings, **late}, late=given.late | late.keys())
    again = settle_slot(known, billed, unbilled, measured)
    because = ", ".join(sorted(late))
    records = tuple(sorted(record for reading in late.values() for record in reading.records))
    differences = []
    for party in sorted(party.name for party in billed):
        was = closed.settlement.shares.get(party, _NOTHING)
        now = again.settlement.shares.get(party, _NOTHING)
        if was != now:
            differences.append(_between(closed.given.begin, party, was, now, because, records))
    if (rent := again.settlement.rent - closed.settlement.rent) != 0:
        differences.append(Difference(closed.given.begin, BUILDING, 0, 0, 0, 0, -rent, because, records))
    moved = sum(each.shared_in_wh - each.shared_out_wh for each in differences)
    assert moved == 0, "energy inside sums to zero before and after"
    to_building = again.settlement.building_money - closed.settlement.building_money
    assert sum(each.money for each in differences) == to_building, "money is what the grid's prices make of it"
    return again, tuple(differences)


_NOTHING = Share(0, 0, 0, 0, 0, 0)


def _between(slot: int, party: str, was: Share, now: Share, because: str, records: tuple[Reference, ...]) -> Difference:
    return Difference(
        slot=slot,
        party=party,
        import_wh=now.import_wh - was.import_wh,
        export_wh=now.export_wh - was.export_wh,
        shared_in_wh=now.shared_in_wh - was.shared_in_wh,
        shared_out_wh=now.shared_out_wh - was.shared_out_wh,
        money=was.inside_money + was.grid_money - now.inside_money - now.grid_money,
        because=because,
        records=records,
    )
