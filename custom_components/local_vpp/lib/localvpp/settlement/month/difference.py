"""A meter value that comes after its month was billed: what it changes, as records of their own.

A closed month is never written again. Its slots are settled once more, by their own prices and keys, with what is now
known, and who comes late meets the grid's prices alone, as his estimate did: what was shared among the others stays.
What comes out differently for a party is one difference record, and its money stands on the next bill. Among the
parties the differences of energy inside sum to zero, and so do those of money, but for what the slot now buys from and
sells to the grid: every identity of a slot holds of its differences, too. Had a reading been known and is corrected,
his share falls away, and neighbours have differences, too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from ..slot import Share, unshared_wh
from ..slot_prices import SlotPrices
from .party import BUILDING, Party
from .reading import Reading, Reference
from .slot import SettledSlot, settle_slot


class Priced(NamedTuple):
    """What of a difference met the slot's own prices: its money is this, and what was paid inside."""

    bought_wh: int
    """At the grid's price."""
    sold_wh: int
    """For the feed-in price."""
    prices: SlotPrices

    @property
    def grid_money(self) -> int:
        """What is to be paid for it, in 10⁻⁵ yen."""
        return self.bought_wh * self.prices.grid - self.sold_wh * self.prices.feed_in


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
    """Whose reading came late. Empty: nobody's did; other meters may be billed from than when the month was billed."""
    records: tuple[Reference, ...] = ()
    """Those of the readings that came late; where none did, those of the party's own."""
    before: tuple[Reference, ...] = ()
    """Those of what stood in for them when the month was billed; none, where nothing did."""
    corrections: tuple[Reference, ...] = ()
    """The building's CORRECTION records of the readings that came late, or of what newly stands in; the newest of each.
    None in months that were billed before there were any."""
    priced: Priced | None = None
    """None in months that were billed before it was told."""


type StoodIn = Mapping[str, tuple[Reference, ...]]
"""The records of a slot's estimates, by party."""


class Billed(NamedTuple):
    """What of a slot was billed to a party, differences since then among it. Wh, and 10⁻⁵ yen to be paid."""

    import_wh: int = 0
    export_wh: int = 0
    shared_in_wh: int = 0
    shared_out_wh: int = 0
    money: int = 0

    @property
    def bought_wh(self) -> int:
        """At the grid's price."""
        return unshared_wh(self.import_wh, self.export_wh, self.shared_in_wh)

    @property
    def sold_wh(self) -> int:
        """For the feed-in price."""
        return unshared_wh(self.export_wh, self.import_wh, self.shared_out_wh)

    @classmethod
    def of(cls, share: Share) -> Self:
        """Return what a share was billed as."""
        money = -share.inside_money - share.grid_money
        return cls(share.import_wh, share.export_wh, share.shared_in_wh, share.shared_out_wh, money)

    def plus(self, difference: Difference) -> Billed:
        """Return it with a difference that was billed since."""
        return Billed(*(was + more for was, more in zip(self, _of(difference), strict=True)))

    def less(self, other: Billed) -> Billed:
        """Return how far it is from another."""
        return Billed(*(now - was for now, was in zip(self, other, strict=True)))


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
    return again, _differences(billed_of(closed), again, {party.name for party in billed}, stood_in(closed))


def since(
    billed: Mapping[int, Mapping[str, Billed]],
    already: Iterable[Difference],
    now: Iterable[SettledSlot],
    parties: Collection[str],
    estimates: Mapping[int, StoodIn],
) -> tuple[Difference, ...]:
    """Return what has changed since a month was billed.

    Args:
        billed: what was billed then, by slot and party.
        already: the differences that were billed since.
        now: the same month's slots, settled by what is known now.
        parties: who was billed then, and can be now.
        estimates: what stood in then, by slot.
    """
    known: dict[int, list[Difference]] = defaultdict(list)
    for difference in already:
        known[difference.slot].append(difference)
    found: list[Difference] = []
    for slot in now:
        was = dict(billed.get(slot.given.begin, {}))
        for difference in known[slot.given.begin]:
            was[difference.party] = was.get(difference.party, Billed()).plus(difference)
        found += _differences(was, slot, parties, estimates.get(slot.given.begin, {}))
    return tuple(found)


def billed_of(slot: SettledSlot) -> dict[str, Billed]:
    """Return what a slot is billed as, the building's own account among it."""
    billed = {name: Billed.of(share) for name, share in slot.settlement.shares.items()}
    return billed | {BUILDING: Billed(money=-slot.settlement.rent)}


def stood_in(slot: SettledSlot) -> StoodIn:
    """Return the records of a slot's estimates."""
    return {name: reading.records for name, reading in slot.readings.items() if reading.estimated_from is not None}


def _of(difference: Difference) -> Billed:
    return Billed(
        difference.import_wh,
        difference.export_wh,
        difference.shared_in_wh,
        difference.shared_out_wh,
        difference.money,
    )


def _differences(
    was: Mapping[str, Billed], again: SettledSlot, parties: Collection[str], estimates: StoodIn
) -> tuple[Difference, ...]:
    billed = billed_of(again)
    both = {name: (was.get(name, Billed()), billed.get(name, Billed())) for name in sorted({*parties, BUILDING})}
    changed = {name: now.less(then) for name, (then, now) in both.items() if now != then}
    late = [name for name, each in changed.items() if each.import_wh or each.export_wh]
    because = ", ".join(late)
    records = tuple(sorted(record for name in late for record in _records(again, name)))
    before = tuple(sorted(record for name in late for record in estimates.get(name, ())))
    corrections = tuple(sorted({found for name in late if (found := _correction(again, name)) is not None}))
    return tuple(
        Difference(
            again.given.begin,
            name,
            *each,
            because=because,
            records=records if late else _records(again, name),
            before=before,
            corrections=corrections,
            priced=_priced(*both[name], again.given.prices),
        )
        for name, each in changed.items()
    )


def _records(slot: SettledSlot, name: str) -> tuple[Reference, ...]:
    reading = slot.readings.get(name)
    return () if reading is None else reading.records


def _priced(then: Billed, now: Billed, prices: SlotPrices) -> Priced:
    return Priced(now.bought_wh - then.bought_wh, now.sold_wh - then.sold_wh, prices)


def _correction(slot: SettledSlot, name: str) -> Reference | None:
    """Return the building's record of a change: of the slot's own value, or of that which stands in for it."""
    reading = slot.readings.get(name)
    return slot.given.corrections.get(name) if reading is None else reading.correction
