"""What each slot of a month was for one party: worked out when somebody follows a number down, and not before.

A hundred flats have 150,000 slots in a month. What their statements say stands in the accounts already, summed; by
which slots and records, one reader in a thousand asks. So of a statement that nobody follows nothing of this is made.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from ..delivery import Imbalance
from ..month import Reading, Reference, Role, SettledMonth, SettledSlot
from ..slot import Share
from ..slot_prices import SlotPrices
from ..transfer import Transfer


class Moved(NamedTuple):
    """What a slot was for the party, but for what moved inside."""

    reading: Reading
    share: Share
    prices: SlotPrices
    imbalance: Imbalance | None


class Followed:
    """A month's slots, to be followed by any of its parties."""

    def __init__(self, settled: SettledMonth) -> None:
        self._settled = settled

    def by(self, party: str) -> PartySlots:
        """Return one party's."""
        return PartySlots(self, party)

    def of_each(self, party: str, within: Iterable[SettledSlot] | None = None) -> Iterator[tuple[SettledSlot, Moved]]:
        """Yield the slots, all of them or some, in which a party is known that has figures."""
        shown = party in self._settled.shown
        for slot in self._settled.slots if within is None else within:
            share, given = slot.settlement.shares.get(party), slot.given
            if share is not None:
                yield slot, Moved(slot.readings[party], share, given.prices, slot.imbalances.get(party))
            elif shown and (reading := given.readings.get(party)) is not None:
                yield slot, _alone(reading, given.prices)

    @cached_property
    def at(self) -> Mapping[int, SettledSlot]:
        """The slots by their begins."""
        return {slot.given.begin: slot for slot in self._settled.slots}

    @cached_property
    def transfers(self) -> Mapping[str, Mapping[int, tuple[Transfer[str], ...]]]:
        """What moved inside, by who gave or took it, and slot: all parties' at once, for each slot has several's."""
        found: dict[str, dict[int, tuple[Transfer[str], ...]]] = {
            party.name: {} for party in self._settled.given.parties
        }
        for slot in self._settled.slots:
            begin = slot.given.begin
            for each in slot.settlement.transfers:
                for name in (each.sender, each.receiver):
                    found[name][begin] = (*found[name].get(begin, ()), each)
        return found

    @cached_property
    def roofs(self) -> frozenset[str]:
        """Whose energy is the roof's."""
        return frozenset(party.name for party in self._settled.given.parties if party.role is Role.ROOF)


class PartySlots:
    """One party's slots."""

    def __init__(self, month: Followed, party: str) -> None:
        self.month = month
        self._party = party

    @cached_property
    def moved(self) -> Mapping[int, Moved]:
        """By slot, of those in which it is known."""
        return {slot.given.begin: moved for slot, moved in self.month.of_each(self._party)}

    @property
    def transfers(self) -> Mapping[int, tuple[Transfer[str], ...]]:
        """Those that it gave or took, by slot."""
        return self.month.transfers[self._party]

    @cached_property
    def evidence(self) -> Mapping[int, tuple[Reference, ...]]:
        """By slot: the party's own records, those of its transfers, and that by which these came about."""
        found = {}
        for begin, moved in self.moved.items():
            given = self.month.at[begin].given
            pairs = dict.fromkeys((each.sender, each.receiver) for each in self.transfers.get(begin, ()))
            logged = [record for pair in pairs for record in given.logged.get(pair, ())]
            if pairs and given.settled_by is not None:
                logged.append(given.settled_by)
            found[begin] = (*moved.reading.references, *logged)
        return found


def _alone(reading: Reading, prices: SlotPrices) -> Moved:
    """Return what a slot was for somebody with whom nothing is shared."""
    drawn, given = reading.use.import_wh, reading.use.export_wh
    money = max(given - drawn, 0) * prices.feed_in - max(drawn - given, 0) * prices.grid
    return Moved(reading, Share(drawn, given, 0, 0, 0, money), prices, None)
