"""What a flat is told of a settled slot is read without reading what the others are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from coordinator.settlement import Work, settled_body
from coordinator.store import Entry, StoredHead, close_database, entries as entry_store, open_database, slots, tables
from coordinator.store.slots import SettledSlot, ToTell
from localvpp.etp import DeviceId, Kind, RecordHash
from localvpp.settlement import Settlement, SlotPrices, Use, settle

from .conftest import ORIGIN, SLOT

BUILDING = DeviceId(b"b" * 16)
PRICES = SlotPrices(2200, 3150, 850)


def flat(number: int) -> DeviceId:
    return DeviceId(sha256(b"flat %d" % number).digest()[:16])


def shared(count: int) -> Settlement[DeviceId]:
    """Half of the flats give, half of them take."""
    return settle({flat(at): Use(0, 7 + at) if at % 2 else Use(9 + at, 0) for at in range(count)}, PRICES)


async def settle_slot(engine: AsyncEngine, count: int) -> None:
    """Write a settled slot of so many flats, with its records: only that of the settled slot is ever opened."""
    result = shared(count)
    settled = SettledSlot(
        slot=SLOT,
        seconds=60,
        settled_ms=(SLOT + 60) * 1000,
        prices=PRICES,
        bulk_import_wh=None,
        bulk_export_wh=None,
        common_wh=None,
        loss_wh=None,
        building_money=result.building_money,
        missing=(),
        shares=result.shares,
    )
    _, _, body = settled_body(Work(settled, result, (), ()), BUILDING, 2 * count, ())
    told = [(flat(at // 2), Kind.INTERVAL, b"private") for at in range(2 * count)]
    told += [(BUILDING, Kind.TRANSFER, b"private") for _ in result.transfers]
    told.append((BUILDING, Kind.SETTLED, body.encode()))
    logged = [entry(at, *each) for at, each in enumerate(told)]
    names = [each.hash for each in logged if each.kind is Kind.TRANSFER]
    async with engine.begin() as connection:
        await entry_store.append(
            connection, logged, None, StoredHead(ORIGIN, len(logged), bytes(32), b"checkpoint", SLOT * 1000)
        )
        for statement in slots.settling(settled, list(zip(names, result.transfers, strict=True))):
            await connection.execute(statement)
        await connection.execute(
            insert(tables.members),
            [
                {
                    "device": flat(at),
                    "name": f"{at}",
                    "role": "flat",
                    "algorithm": -8,
                    "public_key": bytes(32),
                    "software": "",
                    "enrolled_by": bytes(32),
                    "enrolled_ms": 0,
                }
                for at in range(count)
            ],
        )


def entry(index: int, device: DeviceId, kind: Kind, body: bytes) -> Entry:
    return Entry(
        index=index,
        hash=RecordHash(sha256(b"entry %d" % index).digest()),
        device=device,
        epoch=0,
        seq=index + 1,
        kind=kind,
        slot=SLOT,
        end_ms=(SLOT + 60) * 1000,
        logged_ms=(SLOT + 60) * 1000,
        envelope=b"envelope %d" % index,
        salt=bytes(32),
        body=body,
    )


@contextmanager
def queries(engine: AsyncEngine) -> Iterator[list[tuple[str, Any]]]:
    """Collect what is asked of the database, with its parameters."""
    asked: list[tuple[str, Any]] = []

    def heard(_connection: Connection, _cursor: object, statement: str, parameters: object, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(engine.sync_engine, "after_cursor_execute", heard)
    yield asked
    event.remove(engine.sync_engine, "after_cursor_execute", heard)


async def cost(url: str, count: int) -> tuple[list[ToTell], int, int]:
    """Return what all flats are told, how many queries it took and how many rows they gave."""
    engine = await open_database(url)
    try:
        await settle_slot(engine, count)
        told: list[ToTell] = []
        async with engine.connect() as connection:
            with queries(engine) as asked:
                for at in range(count):
                    told += await slots.tellable_after(connection, flat(at), 0, 0, 32)
            rows = 0
            for statement, parameters in asked:
                counting = f"SELECT count(*) FROM ({statement})"  # noqa: S608  (the coordinator's own query)
                found = await connection.exec_driver_sql(counting, parameters)
                rows += found.scalar_one()
        return told, len(asked), rows
    finally:
        await close_database(engine)


@pytest.mark.parametrize("count", [4, 100])
async def test_each_flat_is_told_its_own_transfers_in_the_order_of_the_log(count: int, tmp_path: Path) -> None:
    told, _, _ = await cost(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}", count)
    result = shared(count)
    for at, each in enumerate(told):
        assert [moved.transfer for moved in each.moved] == [
            transfer for transfer in result.transfers if flat(at) in (transfer.sender, transfer.receiver)
        ]
        indexes = [moved.index for moved in each.moved]
        assert indexes == sorted(indexes)
        assert each.share == result.shares[flat(at)]
        assert each.prices == PRICES
    assert len(told) == count


async def test_what_is_read_for_all_flats_grows_as_their_number_and_not_as_its_square(tmp_path: Path) -> None:
    few, many = 10, 100
    _, queries_of_few, rows_of_few = await cost(f"sqlite+aiosqlite:///{tmp_path / 'few.db'}", few)
    _, queries_of_many, rows_of_many = await cost(f"sqlite+aiosqlite:///{tmp_path / 'many.db'}", many)
    assert queries_of_many * few == queries_of_few * many
    # Two transfers for each flat, read as rows of two tables, and a dozen rows of its own and of the slot.
    assert rows_of_many <= 16 * many
    assert rows_of_many * few <= rows_of_few * many * 1.2
