"""Queries on settled slots, the shares of the flats and their transfers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import batched
from typing import Final

from sqlalchemy import Insert, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import Body, DeviceId, Kind, RecordHash
from localvpp.etp.envelope import HASH_LENGTH
from localvpp.settlement import DYNAMIC, Share, SlotPrices, Transfer

from .entries import Entry, of_kind
from .tables import entries, shares, slots, transfers

_PRICES: Final = (slots.c.inside_price, slots.c.grid_price, slots.c.feed_in_price)


@dataclass(frozen=True, slots=True)
class BehindMeter:
    """What a flat's own PV made in a slot, and what was used at home, in Wh; None is unknown."""

    made_wh: int | None = None
    used_wh: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledSlot:
    """How a slot was settled. Energy in Wh, money in 10⁻⁵ yen; None is unknown."""

    slot: int
    seconds: int
    settled_ms: int
    prices: SlotPrices
    bulk_import_wh: int | None
    bulk_export_wh: int | None
    common_wh: int | None
    loss_wh: int | None
    building_money: int
    missing: tuple[str, ...]
    """Flats that were enrolled, but whose readings of the slot are unknown."""
    shares: Mapping[DeviceId, Share]
    rent: int = 0
    """What buyers paid beyond what sellers got: the building's."""
    cleared: tuple[bytes, ...] = ()
    """The names of the CLEARED documents that it was settled by; none: by the sharing key."""
    key: str = DYNAMIC.word
    """The word of the sharing key that was announced for it."""
    behind: Mapping[DeviceId, BehindMeter] = field(default_factory=dict)
    """What is known of those who have shares. It is written and summed up, and read for no slot alone."""


@dataclass(frozen=True, slots=True)
class LoggedTransfer:
    """A transfer with its record's place in the log."""

    index: int
    hash: RecordHash
    transfer: Transfer[DeviceId]
    sealed: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTell:
    """What there is to tell one flat of a settled slot."""

    slot: int
    before: int
    """The slot that was settled before, 0 when none."""
    prices: SlotPrices
    record: Entry
    """The record that the slot is settled."""
    share: Share | None
    """None when the slot was settled without this flat."""
    records: tuple[RecordHash, ...]
    """The flat's interval records of the slot that the log held then: what its share was read from."""
    moved: tuple[LoggedTransfer, ...]
    cleared: tuple[Entry, ...] = ()
    """The CLEARED records that it was settled by."""


def settling(settled: SettledSlot, moved: Sequence[tuple[RecordHash, Transfer[DeviceId]]]) -> list[Insert]:
    """Return the statements that store a settled slot, to be run with the entries of its transfers."""
    statements = [
        insert(slots).values(
            slot=settled.slot,
            seconds=settled.seconds,
            settled_ms=settled.settled_ms,
            inside_price=settled.prices.inside,
            grid_price=settled.prices.grid,
            feed_in_price=settled.prices.feed_in,
            bulk_import_wh=settled.bulk_import_wh,
            bulk_export_wh=settled.bulk_export_wh,
            common_wh=settled.common_wh,
            loss_wh=settled.loss_wh,
            building_money=settled.building_money,
            missing=list(settled.missing),
            rent=settled.rent,
            cleared=b"".join(settled.cleared) or None,
            key=settled.key,
        )
    ]
    if settled.shares:
        statements.append(
            insert(shares).values(
                [
                    {
                        "slot": settled.slot,
                        "device": device,
                        "import_wh": share.import_wh,
                        "export_wh": share.export_wh,
                        "shared_in_wh": share.shared_in_wh,
                        "shared_out_wh": share.shared_out_wh,
                        "inside_money": share.inside_money,
                        "grid_money": share.grid_money,
                        **asdict(settled.behind.get(device, BehindMeter())),
                    }
                    for device, share in settled.shares.items()
                ]
            )
        )
    if moved:
        statements.append(
            insert(transfers).values(
                [
                    {
                        "hash": name,
                        "slot": settled.slot,
                        "sender": transfer.sender,
                        "receiver": transfer.receiver,
                        "energy_wh": transfer.energy_wh,
                        "money": transfer.money,
                        "rent": transfer.rent,
                    }
                    for name, transfer in moved
                ]
            )
        )
    return statements


async def last(connection: AsyncConnection) -> int | None:
    """Return the begin of the last settled slot."""
    found: int | None = (await connection.execute(select(func.max(slots.c.slot)))).scalar_one_or_none()
    return found


async def count(connection: AsyncConnection) -> int:
    """Return how many slots are settled."""
    return (await connection.execute(select(func.count()).select_from(slots))).scalar_one()


async def newest(connection: AsyncConnection, limit: int) -> list[SettledSlot]:
    """Return settled slots, newest first."""
    found = await connection.execute(select(slots.c.slot).order_by(slots.c.slot.desc()).limit(limit))
    begins = [row.slot for row in found]
    return [settled for begin in begins if (settled := await one(connection, begin)) is not None]


async def one(connection: AsyncConnection, slot: int) -> SettledSlot | None:
    """Return a settled slot."""
    row = (await connection.execute(select(slots).where(slots.c.slot == slot))).one_or_none()
    if row is None:
        return None
    return SettledSlot(
        slot=row.slot,
        seconds=row.seconds,
        settled_ms=row.settled_ms,
        prices=SlotPrices(row.inside_price, row.grid_price, row.feed_in_price),
        bulk_import_wh=row.bulk_import_wh,
        bulk_export_wh=row.bulk_export_wh,
        common_wh=row.common_wh,
        loss_wh=row.loss_wh,
        building_money=row.building_money,
        missing=tuple(row.missing),
        shares=await _shares(connection, slot),
        rent=row.rent,
        cleared=tuple(bytes(name) for name in batched(row.cleared or b"", HASH_LENGTH, strict=True)),
        key=row.key,
    )


async def _shares(connection: AsyncConnection, slot: int, device: DeviceId | None = None) -> dict[DeviceId, Share]:
    such = shares.c.slot == slot
    if device is not None:
        such &= shares.c.device == device
    rows = await connection.execute(select(shares).where(such).order_by(shares.c.device))
    return {
        DeviceId(row.device): Share(
            row.import_wh, row.export_wh, row.shared_in_wh, row.shared_out_wh, row.inside_money, row.grid_money
        )
        for row in rows
    }


async def tellable_after(
    connection: AsyncConnection, device: DeviceId, enrolled_ms: int, after: int, limit: int
) -> list[ToTell]:
    """Return what there is to tell a flat of settled slots later than `after`, oldest first.

    A flat that has heard of a slot hears of each one behind it. One that has heard of none (`after` is 0) begins with
    the first that may concern it: it was enrolled before the slot's end, has a share, or an interval record of it.
    Slots that were settled before there was a record of that are not told of: nothing could be proven.
    """
    begin = after + 1
    if not after:
        first = await _first_of(connection, device, enrolled_ms)
        if first is None:
            return []
        begin = first
    rows = await connection.execute(
        select(slots.c.slot)
        .join(entries, (entries.c.slot == slots.c.slot) & (entries.c.kind == int(Kind.SETTLED)))
        .where(slots.c.slot >= begin)
        .order_by(slots.c.slot)
        .limit(limit)
    )
    found = [row.slot for row in rows]
    before = await _before(connection, found[0]) if found else 0
    return [
        await _to_tell(connection, device, slot, before) for before, slot in zip([before, *found], found, strict=False)
    ]


async def _first_of(connection: AsyncConnection, device: DeviceId, enrolled_ms: int) -> int | None:
    """Return the first settled slot that may concern a flat."""
    # Each by an index, or over the slots alone: to look at every record of every slot would take seconds.
    ended_later = select(func.min(slots.c.slot)).where((slots.c.slot + slots.c.seconds) * 1000 > enrolled_ms)
    shared = select(func.min(shares.c.slot)).where(shares.c.device == device)
    told = select(func.min(entries.c.slot)).where(
        entries.c.device == device, entries.c.kind == int(Kind.INTERVAL), entries.c.slot.in_(select(slots.c.slot))
    )
    found = [(await connection.execute(query)).scalar_one_or_none() for query in (ended_later, shared, told)]
    return min((slot for slot in found if slot is not None), default=None)


async def _before(connection: AsyncConnection, slot: int) -> int:
    """Return the slot that was settled before one, 0 when none: they are settled in their order."""
    found = await connection.execute(select(func.max(slots.c.slot)).where(slots.c.slot < slot))
    before: int | None = found.scalar_one_or_none()
    return before or 0


async def _to_tell(connection: AsyncConnection, device: DeviceId, slot: int, before: int) -> ToTell:
    (record,) = await of_kind(connection, slot, Kind.SETTLED)
    body = record.opened()
    assert body is not None, "the building's own records are not erased"
    assert body.log_size is not None, "the settler writes it"
    prices = (await connection.execute(select(*_PRICES).where(slots.c.slot == slot))).one()
    names = await connection.execute(
        select(entries.c.hash)
        .where(
            entries.c.slot == slot,
            entries.c.kind == int(Kind.INTERVAL),
            entries.c.device == device,
            entries.c.log_index < body.log_size,
        )
        .order_by(entries.c.log_index)
    )
    return ToTell(
        slot=slot,
        before=before,
        prices=SlotPrices(*prices),
        record=record,
        share=(await _shares(connection, slot, device)).get(device),
        records=tuple(RecordHash(row.hash) for row in names),
        moved=tuple(await transfers_of(connection, slot, device)),
        cleared=tuple(await _cleared(connection, slot, body)) if body.evidence else (),
    )


async def _cleared(connection: AsyncConnection, slot: int, settled: Body) -> list[Entry]:
    """Return the CLEARED records that a slot was settled by, in the order of the log."""
    assert settled.log_size is not None, "the settler writes it"
    found = await of_kind(connection, slot, Kind.CLEARED)
    return [entry for entry in found if entry.index < settled.log_size]


async def transfers_of(connection: AsyncConnection, slot: int, party: DeviceId | None = None) -> list[LoggedTransfer]:
    """Return the transfers of a slot in the order of the log, all or those of one party.

    Of others' not a row is read: every flat of a building asks, of each slot.
    """
    such = transfers.c.slot == slot
    if party is not None:
        such &= (transfers.c.sender == party) | (transfers.c.receiver == party)
    moved = {RecordHash(row.hash): row for row in await connection.execute(select(transfers).where(such))}
    logged = await of_kind(connection, slot, Kind.TRANSFER, select(transfers.c.hash).where(such)) if moved else []
    return [
        LoggedTransfer(
            index=entry.index,
            hash=entry.hash,
            transfer=Transfer(DeviceId(row.sender), DeviceId(row.receiver), row.energy_wh, row.money, row.rent),
            sealed=entry.sealed,
        )
        for entry in logged
        if (row := moved.get(entry.hash)) is not None
    ]
