"""A month as the building's records have it: what `localvpp.settlement.month` settles.

What was shared, or traded, stands in signed transfers, and was worked out by what the log held when its slot was
settled. A month follows it: those who were known then are read from the same records; whoever came late, or is
estimated, shares with nobody. So the month's shares are those that the flats have checked, and `unlike` says where they
are not.

One thing makes them differ: who has no meter that is fit for billing took part in the sharing then, and has no part in
the bills now.
"""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import Body, DeviceId, Kind, Record, RecordHash
from localvpp.meterslot import meter_slot
from localvpp.settlement import DYNAMIC, KeyRule, PriceList, Ranked, Share, SharingKey, Traded, among_flats
from localvpp.settlement.month import (
    WEEK_SECONDS,
    WEEKS_BACK,
    Party,
    Reading,
    Reference,
    Role as PartyRole,
    SettledMonth,
    SlotInput,
    substitutes,
)
from localvpp.settlement.tariff import Month
from localvpp.traded import trade_of

from ..config import Accounts, BuildingConfig
from ..store import Entry, Member, Role, entries as entry_store, prices as price_store, slots as slot_store
from ..store.slots import LoggedTransfer, SettledSlot
from .working import told_by

COMMON: Final = Role.COMMON.value
ROOF: Final = Role.ROOF.value


@dataclass(frozen=True, slots=True)
class Records:
    """What the building's database says of a month."""

    parties: tuple[Party, ...]
    slots: tuple[SlotInput, ...]
    before: Mapping[int, Mapping[str, Reading | None]]
    """Readings of the weeks before that may stand in."""
    shares: Mapping[int, Mapping[str, Share]]
    """What was shared, by slot and flat, of slots that are settled."""
    pending: tuple[int, ...]
    """Slots that there are records of, and that are not settled yet."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The documents of the sharing keys of the slots, by their words."""


class MonthError(Exception):
    """The records do not make a month."""


async def read_month(
    connection: AsyncConnection, config: BuildingConfig, accounts: Accounts, members: Sequence[Member], month: Month
) -> Records:
    """Read a month. Raises MonthError."""
    prices = await price_store.every(connection)
    if prices is None:
        raise MonthError("the building has no prices yet: start its coordinator once")
    begins = month.slots(config.slot_seconds)
    told, _ = await entry_store.told_between(connection, begins.start - WEEKS_BACK * WEEK_SECONDS, begins.stop)
    _, tellers = await entry_store.told_between(connection, begins.start, begins.stop)
    parties = _parties(accounts, members, begins.stop * 1000, tellers)
    house = _House(config.slot_seconds, members, {party.name for party in parties})
    slots: list[SlotInput] = []
    shares: dict[int, Mapping[str, Share]] = {}
    for begin in begins:
        settled = await slot_store.one(connection, begin) if begin in told else None
        slots.append(await _slot(connection, house, begin, settled, prices, told))
        if settled is not None:
            shares[begin] = {house.names[device]: share for device, share in settled.shares.items()}
    lacking = {slot.begin: [party.name for party in parties if slot.readings.get(party.name) is None] for slot in slots}
    earlier = {
        at for begin, names in lacking.items() if names for at in substitutes(begin) if at < begins.start and at in told
    }
    before = {}
    for begin in sorted(earlier):
        before[begin] = (await _slot(connection, house, begin, None, prices, told)).readings
    pending = tuple(begin for begin in begins if begin in told and begin not in shares)
    keys = {word: rule.document for word, rule in sorted(house.rules.items())}
    return Records(parties, tuple(slots), before, shares, pending, keys)


def unlike(settled: SettledMonth, records: Records) -> list[int]:
    """Return the slots whose shares are not those that were settled, and signed, when they were new."""
    found = []
    for slot in settled.slots:
        then = records.shares.get(slot.given.begin)
        if then is None:
            continue
        now = slot.settlement.shares
        if any(name not in now or now[name] != share for name, share in then.items()):
            found.append(slot.given.begin)
    return found


def _parties(
    accounts: Accounts, members: Sequence[Member], end_ms: int, tellers: Collection[DeviceId]
) -> tuple[Party, ...]:
    """Return who was there: whoever was enrolled before the month's end, and had not left before it began."""
    there = [each for each in members if each.enrolled_ms < end_ms and (each.is_current or each.device in tellers)]
    flats = sorted({member.name for member in there if member.role is Role.FLAT})
    parties = [Party(flat, PartyRole.FLAT, accounts.meters.get(flat)) for flat in flats]
    if any(member.role is Role.COMMON for member in there):
        parties.append(Party(COMMON, PartyRole.COMMON, accounts.meters.get(COMMON), shares=False))
    if any(member.role is Role.ROOF for member in there):
        parties.append(Party(ROOF, PartyRole.ROOF, accounts.meters.get(ROOF)))
    return tuple(parties)


class _House:
    """Whose records are whose."""

    def __init__(self, seconds: int, members: Sequence[Member], parties: set[str]) -> None:
        self.seconds = seconds
        self.names = {member.device: member.name for member in members}
        self.metered = [
            (member.device, member.name)
            for member in members
            if member.role in {Role.FLAT, Role.COMMON, Role.ROOF} and member.name in parties
        ]
        self.bulk = [member.device for member in members if member.role is Role.BULK]
        self.rules: dict[str, KeyRule] = {}
        """The sharing keys that slots were settled with, by their words."""

    def rule(self, prices: PriceList, word: str) -> KeyRule:
        """Return a slot's sharing key. Raises MonthError."""
        try:
            self.rules[word] = prices.rule(word)
        except ValueError as error:
            raise MonthError(str(error)) from error
        return self.rules[word]


async def _slot(
    connection: AsyncConnection,
    house: _House,
    begin: int,
    settled: SettledSlot | None,
    prices: PriceList,
    told: Container[int],
) -> SlotInput:
    """Read one slot: by what the log held when it was settled, and what came later."""
    entries = await entry_store.intervals(connection, begin) if begin in told else []
    basis = await _basis(connection, begin) if settled is not None else None
    size = None if basis is None else basis.log_size
    told_all = _Told(entries)
    readings: dict[str, Reading | None] = {}
    then: dict[str, DeviceId] = {}
    came_late = set()
    for device, name in house.metered:
        reading = told_all.reading(device, begin, house.seconds, size)
        if reading is None and size is not None:
            reading = told_all.reading(device, begin, house.seconds, None)
            if reading is not None:
                came_late.add(name)
        if reading is not None:
            # A flat whose box was replaced has two devices, and only one of them has told the whole slot.
            readings[name], then[name] = reading, device
    bulks = [reading for device in house.bulk if (reading := told_all.reading(device, begin, house.seconds, None))]
    moved = await slot_store.transfers_of(connection, begin) if settled is not None else []
    held = settled.prices if settled is not None else prices.at(begin)
    word = prices.key_at(begin) if basis is None else basis.reason or DYNAMIC.word
    assert word is not None, "a building's first key holds from the beginning"
    assert held is not None, "a building's first prices hold from the beginning"
    return SlotInput(
        begin=begin,
        readings=readings,
        bulk=bulks[0].use if bulks else None,
        bulk_records=bulks[0].records if bulks else (),
        prices=held,
        key=_key(basis, moved, house.rule(prices, word), begin, (then, house.names)),
        rule=word,
        logged=_logged(house, moved),
        late=frozenset(came_late),
    )


async def _basis(connection: AsyncConnection, begin: int) -> Body | None:
    """Return by what a slot was settled, as its record says; None: it is not settled, and everybody is known."""
    for entry in await entry_store.of_kind(connection, begin, Kind.SETTLED):
        body = entry.opened()
        if body is not None and body.log_size is not None:
            return body
    return None


def _key(
    basis: Body | None,
    moved: Sequence[LoggedTransfer],
    rule: KeyRule,
    begin: int,
    who: tuple[Mapping[str, DeviceId], Mapping[DeviceId, str]],
) -> SharingKey[str]:
    """Return by what a slot was shared; whoever has no device that told the slot does not."""
    if basis is None or not basis.evidence:
        return among_flats(rule, begin, *who)
    trades = (trade_of(Record.decode(each.sealed).body) for each in moved if each.sealed is not None)
    return Ranked(Traded(tuple(trades)), *who)


def _logged(house: _House, moved: Sequence[LoggedTransfer]) -> dict[tuple[str, str], tuple[Reference, ...]]:
    """Return where the transfers stand in the log by which anything moved."""
    found: dict[tuple[str, str], tuple[Reference, ...]] = {}
    for each in moved:
        pair = house.names[each.transfer.sender], house.names[each.transfer.receiver]
        if each.transfer.energy_wh:
            found[pair] = (*found.get(pair, ()), Reference(each.index, each.hash))
    return found


class _Told:
    """The interval records of a slot, opened once."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._told = told_by(entries, max((entry.index + 1 for entry in entries), default=0))
        self._places: dict[RecordHash, int] = {entry.hash: entry.index for entry in entries}

    def reading(self, device: DeviceId, begin: int, seconds: int, size: int | None) -> Reading | None:
        """Return what a log of a size proved of a device's use; None as size: what all that came proves."""
        told = [each for each in self._told.get(device, ()) if size is None or self._places[each.name] < size]
        meter = meter_slot(device, begin, seconds, told)
        if meter is None:
            return None
        own = meter.own
        return Reading(
            meter.use,
            own.made_wh,
            own.charged_wh,
            own.discharged_wh,
            records=tuple(sorted(Reference(self._places[name], name) for name in meter.records)),
        )
