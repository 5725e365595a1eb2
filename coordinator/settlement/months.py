"""A month as the building's records have it: what `localvpp.settlement.month` settles.

What was shared, or traded, stands in signed transfers, and was worked out by what the log held when its slot was
settled. A month follows it: those who were known then are read from the same records; whoever came late, or is
estimated, shares with nobody. So the month's shares are those that the flats have checked, and `unlike` says where they
are not.

One thing makes them differ: who has no meter that is fit for billing took part in the sharing then, and has no part in
the bills now.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import Body, DeviceId, Kind, Record, RecordHash
from localvpp.meterslot import is_crowded, meter_slot
from localvpp.settlement import DYNAMIC, KeyRule, PriceList, Ranked, Share, SharingKey, Traded, among_flats
from localvpp.settlement.month import (
    WEEK_SECONDS,
    WEEKS_BACK,
    Billing,
    Party,
    Reading,
    Reference,
    Role as PartyRole,
    SettledMonth,
    SettledSlot as MonthSlot,
    SlotInput,
    settle_slot,
    substitutes,
)
from localvpp.settlement.tariff import Month
from localvpp.traded import trade_of

from ..config import Accounts, BuildingConfig
from ..store import (
    Entry,
    Member,
    Role,
    corrections as correction_store,
    entries as entry_store,
    prices as price_store,
    slots as slot_store,
)
from ..store.slots import LoggedTransfer, SettledSlot
from .stays import Stay, lived, stays_before
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
    """Slots that are to be settled yet, as flats have told of them, and those of which it is not known here how they
    were settled. What flats tell of a slot when a later one is settled comes too late for it."""
    uncorrected: tuple[int, ...] = ()
    """Slots of which something came late that the building has not looked at yet: what it corrects is to be logged."""
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
    told = await entry_store.told_between(connection, begins.start - WEEKS_BACK * WEEK_SECONDS, begins.stop)
    last = await slot_store.last(connection)
    revoked_ms = {} if all(each.is_current for each in members) else await entry_store.revoked_ms(connection)
    known = lived(stays_before(members, revoked_ms, begins.stop * 1000), accounts.tenancies)
    stays = [stay for stay in known if stay.touches(begins.start * 1000, begins.stop * 1000)]
    parties = _parties(accounts, stays)
    house = _House(config.slot_seconds, members, [stay for stay in stays if stay.role is not Role.BULK])
    house.over = -1 if last is None else last
    house.corrections = await _corrections(connection, begins.start - WEEKS_BACK * WEEK_SECONDS, begins.stop)
    slots: list[SlotInput] = []
    shares: dict[int, Mapping[str, Share]] = {}
    for begin in begins:
        settled = await slot_store.one(connection, begin) if begin in told else None
        slots.append(await _slot(connection, house, begin, settled, prices, told))
        if settled is not None:
            shares[begin] = {house.names[device]: share for device, share in settled.shares.items()}
    lacking = {
        slot.begin: [
            party.name for party in parties if slot.readings.get(party.name) is None and party.name not in slot.absent
        ]
        for slot in slots
    }
    earlier = {
        at for begin, names in lacking.items() if names for at in substitutes(begin) if at < begins.start and at in told
    }
    before = {}
    for begin in sorted(earlier):
        before[begin] = (await _slot(connection, house, begin, None, prices, told)).readings
    ended = await entry_store.told_between(connection, begins.start, begins.stop, Kind.SETTLED)
    flats = [each.device for each in members if each.role is Role.FLAT]
    ripe = await entry_store.told_between(connection, max(begins.start, house.over + 1), begins.stop, of=flats)
    pending = tuple(begin for begin in begins if begin in ended | ripe and begin not in shares)
    keys = {word: rule.document for word, rule in sorted(house.rules.items())}
    looked, until = await correction_store.looked(connection), begins.stop - 1
    head = await entry_store.head(connection)
    upto = min(house.over, until)
    late = await entry_store.late_slots(
        connection, looked, 0 if head is None else head.size, upto, min(before, default=begins.start)
    )
    return Records(parties, tuple(slots), before, shares, pending, tuple(late), keys)


def unlike(settled: SettledMonth, records: Records) -> list[int]:
    """Return the slots whose shares are not those that were settled, and signed, when they were new.

    Worked out among all who took part then: who is not billed now, too.
    """
    if all(each is Billing.BILLED for each in settled.billing.values()):
        slots: Sequence[MonthSlot] = settled.slots
    else:
        slots = [settle_slot(slot.given, settled.given.parties, (), {}) for slot in settled.slots]
    return _differing(slots, records)


def shared_otherwise(settled: SettledMonth, records: Records) -> list[int]:
    """Return the slots that are billed otherwise than they were settled; who is not billed has no part in these."""
    return _differing(settled.slots, records)


def _differing(slots: Sequence[MonthSlot], records: Records) -> list[int]:
    found = []
    for slot in slots:
        then = records.shares.get(slot.given.begin)
        if then is None:
            continue
        now = slot.settlement.shares
        if any(name not in now or now[name] != share for name, share in then.items()):
            found.append(slot.given.begin)
    return found


def _parties(accounts: Accounts, stays: Sequence[Stay]) -> tuple[Party, ...]:
    """Return who was there at any time of the month."""
    flats = dict.fromkeys(stay.name for stay in stays if stay.role is Role.FLAT)
    parties = [Party(flat, PartyRole.FLAT, accounts.meters.get(flat)) for flat in flats]
    if any(stay.role is Role.COMMON for stay in stays):
        parties.append(Party(COMMON, PartyRole.COMMON, accounts.meters.get(COMMON), shares=False))
    if any(stay.role is Role.ROOF for stay in stays):
        parties.append(Party(ROOF, PartyRole.ROOF, accounts.meters.get(ROOF)))
    return tuple(parties)


async def _corrections(connection: AsyncConnection, begin: int, end: int) -> dict[int, dict[str, Reference]]:
    """Return the newest correction of each party's slots: it supersedes those before."""
    found: dict[int, dict[str, Reference]] = {}
    for entry in await entry_store.of_slots(connection, Kind.CORRECTION, begin, end):
        body = entry.opened()
        if body is not None and body.place is not None:
            found.setdefault(entry.slot, {})[body.place] = Reference(entry.index, entry.hash)
    return found


class _House:
    """Whose records are whose."""

    def __init__(self, seconds: int, members: Sequence[Member], stays: Sequence[Stay]) -> None:
        self.seconds = seconds
        self.stays = stays
        self.names = {member.device: member.name for member in members}
        parties = {(stay.name, stay.role) for stay in stays}
        self.metered = [(member.device, member.name) for member in members if (member.name, member.role) in parties]
        bulk = [member.device for member in members if member.role is Role.BULK]
        if len(bulk) > 1:
            raise MonthError(f"the directory has {len(bulk)} bulk meters, and a building is billed by one")
        self.bulk = bulk[0] if bulk else None
        self.over = -1
        """The last slot that was settled: no earlier one will be any more."""
        self.corrections: Mapping[int, Mapping[str, Reference]] = {}
        """By slot and party."""
        self.rules: dict[str, KeyRule] = {}
        """The sharing keys that slots were settled with, by their words."""

    def absent(self, begin: int) -> frozenset[str]:
        """Return who was not there for all of a slot."""
        span = (begin * 1000, (begin + self.seconds) * 1000)
        there = {stay.name for stay in self.stays if stay.covers(*span)}
        return frozenset({stay.name for stay in self.stays} - there)

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
    basis, settled_by = await _basis(connection, begin) if settled is not None else (None, None)
    size = None if basis is None else basis.log_size
    if size is None and entries and begin < house.over:
        size = await _looked_at(connection, begin)
    told_all = _Told(entries)
    corrections = house.corrections.get(begin, {})
    readings: dict[str, Reading | None] = {}
    then: dict[str, DeviceId] = {}
    came_late = set()
    crowded = {}
    for device, name in house.metered:
        if (parts := told_all.crowd(device)) is not None:
            crowded[name] = parts
        reading = told_all.reading(device, begin, house.seconds, size)
        if size is not None and reading is None:
            reading = told_all.reading(device, begin, house.seconds, None)
            if reading is not None:
                came_late.add(name)
        elif basis is None and reading is not None and begin < house.over:
            came_late.add(name)  # Nobody shared in it.
        if reading is not None:
            # A flat whose box was replaced has two devices, and only one of them has told the whole slot.
            correction = corrections.get(name)
            readings[name], then[name] = replace(reading, correction=correction), device
    bulk = None if house.bulk is None else told_all.reading(house.bulk, begin, house.seconds, None)
    moved = await slot_store.transfers_of(connection, begin) if settled is not None else []
    held = settled.prices if settled is not None else prices.at(begin)
    word = prices.key_at(begin) if basis is None else basis.reason or DYNAMIC.word
    assert word is not None, "a building's first key holds from the beginning"
    assert held is not None, "a building's first prices hold from the beginning"
    return SlotInput(
        begin=begin,
        readings=readings,
        bulk=None if bulk is None else bulk.use,
        bulk_records=() if bulk is None else replace(bulk, correction=corrections.get(Role.BULK.value)).references,
        prices=held,
        key=_key(basis, moved, house.rule(prices, word), begin, (then, house.names)),
        rule=word,
        logged=_logged(house, moved),
        late=frozenset(came_late),
        absent=house.absent(begin) - readings.keys(),
        corrections=corrections,
        settled_by=settled_by,
        crowded={name: parts for name, parts in crowded.items() if name not in readings},
    )


async def _looked_at(connection: AsyncConnection, begin: int) -> int | None:
    """Return how many entries were looked at when a slot was passed over by the settlement of a later one."""
    closing = await entry_store.closing(connection, begin)
    body = None if closing is None else closing.opened()
    return None if body is None else body.log_size


async def _basis(connection: AsyncConnection, begin: int) -> tuple[Body, Reference] | tuple[None, None]:
    """Return by what a slot was settled, as its record says, and that; None: not settled, and everybody is known."""
    for entry in await entry_store.of_kind(connection, begin, Kind.SETTLED):
        body = entry.opened()
        if body is not None and body.log_size is not None:
            return body, Reference(entry.index, entry.hash)
    return None, None


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

    def crowd(self, device: DeviceId) -> tuple[Reference, ...] | None:
        """Return the records of a device that has told the slot in too many parts."""
        told = self._told.get(device, ())
        return tuple(Reference(self._places[each.name], each.name) for each in told) if is_crowded(told) else None

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
