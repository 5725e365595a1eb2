"""The working of one slot: from what the log held at a moment to shares, transfers and the slot's row. Pure.

The record that says a slot is settled names how many entries the log had. Whoever has the log and the bodies comes to
the same with this function: an auditor, and a coordinator that is built anew from a mirror.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from localvpp.etp import Body, DeviceId, Kind, Record, RecordHash, TimeStatus
from localvpp.meterslot import MeterSlot, Told, meter_slot
from localvpp.onerecord import Places
from localvpp.settlement import (
    DYNAMIC,
    KeyRule,
    Settlement,
    SharingKey,
    SlotPrices,
    Traded,
    Transfer,
    among_devices,
    deliver,
    left_over,
    settle,
)

from ..store import SHARING, Entry, Member, Role
from ..store.slots import BehindMeter, SettledSlot
from .cleared import Cleared
from .transfers import stand_ins, trade_bodies, transfer_bodies


@dataclass(frozen=True, slots=True)
class Work:
    """A slot worked out."""

    settled: SettledSlot
    result: Settlement[DeviceId]
    transfers: tuple[tuple[Kind, int, Body], ...]
    """Kind, slot and body of each transfer's record, in the order of the result, and of those that stand in."""
    moves: tuple[Transfer[DeviceId], ...]
    """What each of the first records says moved: of a trade that was not delivered, nothing."""
    trades: int | None = None
    """How many trades the results have that it was settled by."""

    def moved(self, records: Iterable[Record]) -> list[tuple[RecordHash, Transfer[DeviceId]]]:
        """Return each transfer by the name of its record, in whatever order these are: no two say the same."""
        names = {record.encoded: record.hash for record in records}
        bodies = [body.encode() for _, _, body in self.transfers]
        return [(names[body], each) for body, each in zip(bodies, self.moves, strict=False)]


def told_by(entries: Iterable[Entry], size: int) -> dict[DeviceId, list[Told]]:
    """Return what interval records of a slot say, by device: those that a log of `size` entries held."""
    told: dict[DeviceId, list[Told]] = defaultdict(list)
    for entry in entries:
        body = entry.opened()
        if body is not None and entry.index < size:
            told[entry.device].append(Told(entry.hash, body))
    return told


def work_out(
    slot: int,
    seconds: int,
    told: dict[DeviceId, list[Told]],
    members: Sequence[Member],
    prices: SlotPrices,
    settled_ms: int,
    cleared: Cleared | None = None,
    rule: KeyRule = DYNAMIC,
) -> Work:
    """Settle a slot among the members that the log knew: by its trades where its market was cleared, else by a key."""
    meters: dict[DeviceId, MeterSlot] = {}
    own: dict[Role, MeterSlot] = {}
    missing: set[str] = set()
    told_names: set[str] = set()
    for member in members:
        if member.role is Role.BUILDING:
            continue
        meter = meter_slot(member.device, slot, seconds, told.get(member.device, ()))
        if member.role not in SHARING:
            if meter is not None:
                own[member.role] = meter
        elif meter is not None:
            meters[member.device] = meter
            told_names.add(member.name)
        elif member.enrolled_ms < (slot + seconds) * 1000:
            missing.add(member.name)
    missing -= told_names  # A device that was revoked, and the one that has its flat's name now, are one flat.
    uses = {device: meter.use for device, meter in meters.items()}
    if cleared is None:
        result = settle(uses, prices, _key(rule, slot, members, meters))
        moves = result.transfers
        transfers = transfer_bodies(slot, seconds, prices.inside, moves, meters)
        sharing = sum(bool(told.get(member.device)) for member in members if member.role in SHARING)
        records = max(sharing - 1, 0)
    else:
        result = settle(uses, prices, Traded(cleared.trades))
        delivered = deliver(cleared.trades, *left_over(uses))
        moves = tuple(each.transfer for each in delivered)
        numbered = [(each, trade.numbers) for each, trade in zip(delivered, cleared.made, strict=True)]
        transfers = trade_bodies(slot, seconds, numbered, meters, told)
        records = cleared.records
    to_stand_in = records - len(transfers)
    assert to_stand_in >= 0, "each transfer but the last empties a giver or fills a taker, and so does each trade"
    building = next(member.device for member in members if member.role is Role.BUILDING)
    transfers += stand_ins(slot, seconds, prices.inside, building, to_stand_in)
    has_common = any(member.role is Role.COMMON for member in members)
    bulk, common = own.get(Role.BULK), own.get(Role.COMMON)
    settled = SettledSlot(
        slot=slot,
        seconds=seconds,
        settled_ms=settled_ms,
        prices=prices,
        bulk_import_wh=bulk.use.import_wh if bulk else None,
        bulk_export_wh=bulk.use.export_wh if bulk else None,
        common_wh=common.use.import_wh - common.use.export_wh if common else None,
        loss_wh=None if missing or (has_common and common is None) else _loss(result, bulk, common),
        building_money=result.building_money,
        missing=tuple(sorted(missing)),
        shares=result.shares,
        rent=result.rent,
        cleared=() if cleared is None else cleared.documents,
        key=rule.word,
        behind={device: BehindMeter(meters[device].own.made_wh, meters[device].used_wh) for device in result.shares},
    )
    return Work(settled, result, tuple(transfers), moves, None if cleared is None else cleared.count)


def _key(rule: KeyRule, slot: int, members: Sequence[Member], meters: Container[DeviceId]) -> SharingKey[DeviceId]:
    return among_devices(rule, slot, [(each.device, each.name) for each in members if each.device in meters])


def _loss(result: Settlement[DeviceId], bulk: MeterSlot | None, common: MeterSlot | None) -> int | None:
    """Return what came in and reached no meter: lost, or used where nobody counts. Unknown without the bulk meter."""
    if bulk is None:
        return None
    flats_wh = sum(share.import_wh - share.export_wh for share in result.shares.values())
    common_wh = common.use.import_wh - common.use.export_wh if common is not None else 0
    return bulk.use.import_wh - bulk.use.export_wh - flats_wh - common_wh


def settled_body(work: Work, building: DeviceId, log_size: int, transfers: Iterable[Record]) -> tuple[Kind, int, Body]:
    """Return kind, slot and body of the record that says by what a slot was settled, its transfers being sealed."""
    settled = work.settled
    places = None if work.trades is None else Places(work.trades, transfers)
    body = Body(
        start_ms=settled.slot * 1000,
        end_ms=settled.settled_ms,
        slot_seconds=settled.seconds,
        sender=building,
        receiver=building,
        energy_wh=0,
        attributes=(),
        time_status=TimeStatus.INFORMATIVE,
        price=settled.prices.inside,
        seconds_root=None if places is None else places.root,
        seconds_count=work.trades,
        evidence=settled.cleared,
        log_size=log_size,
        reason=None if settled.key == DYNAMIC.word else settled.key,
    )
    return Kind.SETTLED, settled.slot, body
