"""One slot of a month: what was known, what was shared, and the balance of the whole building.

The identities, in Wh, of every slot:

1. what came in through the bulk meter, less what went out, is the sum of what all parties drew, less what they gave,
   and the loss: what reached no meter, or was counted twice, with its sign, on a line of its own;
2. a party's need is what it got inside and what it bought at the grid's price; its surplus is what it gave inside and
   what was sold.

Own PV, batteries and use lie behind a party's meter: in the balance they cancel out.

Who was not known when a slot was shared out takes no part in it, however it comes to be known: an estimate, and a value
that came late, meet the grid's prices alone. So nobody's share hangs on a guess about his neighbour, and what was
shared once, and signed, stays as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..delivery import Imbalance, Trade, imbalances
from ..keys import DYNAMIC, Ranked, SharingKey, Traded
from ..slot import Settlement, Use, left_over, settle
from ..slot_prices import SlotPrices
from ..transfer import Transfer
from .party import Party
from .reading import Reading, Reference, stand_in


@dataclass(frozen=True, slots=True)
class SlotInput:
    """What is known of a slot."""

    begin: int
    """Seconds of Unix time."""
    readings: Mapping[str, Reading | None]
    """By party; whoever is None or missing is not known."""
    bulk: Use | None
    prices: SlotPrices
    key: SharingKey[str] | None = None
    """None: the dynamic key."""
    logged: Mapping[tuple[str, str], tuple[Reference, ...]] = field(default_factory=dict)
    """Where the records of transfers stand in the log, by sender and receiver."""
    late: frozenset[str] = frozenset()
    """Whose reading came after the slot was shared out."""
    bulk_records: tuple[Reference, ...] = ()
    """Where the bulk meter's records stand in the log."""
    rule: str = DYNAMIC.word
    """The word of the sharing key that was announced for the slot (`MonthInput.keys`)."""
    absent: frozenset[str] = frozenset()
    """Who was not there for all of it, and has no reading: enrolled later, or gone. Nothing stands in for him."""
    corrections: Mapping[str, Reference] = field(default_factory=dict)
    """The building's newest record of what each party's slot was taken for, and is now, of those that have one."""
    crowded: Mapping[str, tuple[Reference, ...]] = field(default_factory=dict)
    """The records of those who have told it in so many parts that it counts as unknown (`meterslot.is_crowded`)."""
    settled_by: Reference | None = None
    """The building's record by which it was settled: it names price, key, and the documents of its market."""

    @property
    def trades(self) -> tuple[Trade[str], ...]:
        """Its trades, if it is settled by these."""
        return self.key.trades if isinstance(self.key, Traded | Ranked) else ()


@dataclass(frozen=True, slots=True)
class SettledSlot:
    """A slot of a month, settled."""

    given: SlotInput
    readings: Mapping[str, Reading]
    """Those it was settled by, estimated ones among them."""
    settlement: Settlement[str]
    unbilled_wh: int
    """What parties that are not billed drew, less what they gave."""
    loss_wh: int | None
    """None: the bulk meter, or somebody's, is not known."""
    missing: tuple[str, ...]
    """Who is unknown, and nothing stands in."""
    imbalances: Mapping[str, Imbalance]
    """How far those who traded were from their trades; whoever is unknown has delivered and taken nothing."""


def settle_slot(
    given: SlotInput,
    billed: Sequence[Party],
    unbilled: Sequence[Party],
    measured: Mapping[int, Mapping[str, Reading | None]],
) -> SettledSlot:
    """Settle a slot among the parties that are billed; the others' meters only count in the balance."""
    readings: dict[str, Reading] = {}
    missing: list[str] = []
    sharing: dict[str, Use] = {}
    apart: dict[str, Use] = {}
    for party in billed:
        name = party.name
        reading = given.readings.get(name)
        if reading is None and name not in given.absent:
            reading = stand_in(given.begin, name, measured)
            if reading is not None and name in given.corrections:
                reading = replace(reading, correction=given.corrections[name])  # What was measured is no more.
        if reading is None:
            if name not in given.absent:
                missing.append(name)
            continue
        readings[name] = reading
        known = reading.estimated_from is None and name not in given.late
        (sharing if party.shares and known else apart)[name] = reading.use
    settlement = settle(sharing, given.prices, given.key)
    if apart:
        alone = settle(apart, given.prices, _NOBODY)
        settlement = Settlement(settlement.shares | alone.shares, settlement.transfers)
    unbilled_wh = 0
    for party in unbilled:
        reading = given.readings.get(party.name)
        if reading is None:
            if party.name not in given.absent:
                missing.append(party.name)
        else:
            unbilled_wh += reading.use.import_wh - reading.use.export_wh
    loss_wh = None
    if given.bulk is not None and not missing:
        drawn = sum(share.import_wh - share.export_wh for share in settlement.shares.values())
        loss_wh = given.bulk.import_wh - given.bulk.export_wh - drawn - unbilled_wh
    found = _imbalances(given, sharing, settlement.transfers)
    return SettledSlot(given, readings, settlement, unbilled_wh, loss_wh, tuple(missing), found)


def _imbalances(
    given: SlotInput, sharing: Mapping[str, Use], transfers: Iterable[Transfer[str]]
) -> dict[str, Imbalance]:
    if not given.trades:
        return {}
    need, surplus = left_over(sharing)
    return imbalances(given.trades, transfers, need, surplus, given.prices)


class _Nobody:
    """The key of those who do not share."""

    def share(self, need: Mapping[str, int], surplus: Mapping[str, int], inside: int) -> tuple[()]:
        return ()


_NOBODY = _Nobody()
