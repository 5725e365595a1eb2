"""Settlement: which records prove a slot, who shares with whom, and that each slot is settled once and as a whole."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, text

from coordinator.config import BuildingConfig
from coordinator.ledger import LedgerUnavailableError, RefusedError
from coordinator.settlement import settler as settler_module, transfer_bodies
from coordinator.store import conflicts as conflict_store, entries as entry_store
from coordinator.store.slots import SettledSlot
from localvpp.etp import DeviceId, ErrorFlag, Kind, Record, RecordHash, Register, Source
from localvpp.lineage import Lineage
from localvpp.meterslot import MeterSlot, evidence_of
from localvpp.settled import check_word
from localvpp.settlement import KnownPrices, PriceList, PricePeriod, SlotPrices, Transfer, Use, first_prices, settle
from localvpp.store import Kept
from localvpp.wire import LeftOut, Membership, SlotResult, SlotWord, verify_word

from .conftest import ORIGIN, SLOT, House, on_both_databases, open_house
from .flat import WAIT_S, Flat, FlatClient, ManualClock

# --- Transfers -------------------------------------------------------------------------------------------------------


def test_colours_follow_transfers_in_proportion_and_none_is_given_twice() -> None:
    seller, one, two = (DeviceId(name * 16) for name in (b"s", b"x", b"y"))
    colours = ((Source.SOLAR, 5), (Source.BATTERY, 4))
    meters = {
        seller: MeterSlot(Use(0, 9), colours, (RecordHash(b"1" * 32),)),
        one: MeterSlot(Use(4, 0), (), (RecordHash(b"2" * 32),)),
        two: MeterSlot(Use(5, 0), (), (RecordHash(b"3" * 32),)),
    }
    transfers = [Transfer(seller, one, 4, 4 * 2200), Transfer(seller, two, 5, 5 * 2200)]
    bodies = [body for _, _, body in transfer_bodies(SLOT, 60, 2200, transfers, meters)]
    assert [dict(body.attributes) for body in bodies] == [
        {Source.SOLAR: 2, Source.BATTERY: 2},
        {Source.SOLAR: 3, Source.BATTERY: 2},
    ]
    assert bodies[0].evidence == tuple(evidence_of([RecordHash(name * 32)]) for name in (b"1", b"2"))
    assert [body.energy_wh * (body.price or 0) for body in bodies] == [transfer.money for transfer in transfers]


# --- Settling ---------------------------------------------------------------------------------------------------------


async def log(house: House, flat: Flat, records: list[Record]) -> list[Kept]:
    """Log records; return them as their flat has them then."""
    logged = await house.coordinator.ledger.submit(flat.device, [record.encode() for record in records])
    assert all(result.index is not None for result in logged.results), logged
    return [Kept(record, result.index, None) for record, result in zip(records, logged.results, strict=True)]


async def believes(house: House, client: FlatClient, word: SlotWord, own: list[Kept]) -> bool:
    """Check a word as its flat does, or raise; whether its prices were known to it."""
    flat, terms = client.flat, client.terms
    membership = Membership(house.url, ORIGIN, flat.name, flat.device, house.key, house.next_key)
    verify_word(word, house.key, terms.building, ORIGIN, flat.device)
    of_slot = [kept for kept in own if (kept.record.envelope.slot, kept.record.kind) == (word.slot, Kind.INTERVAL)]
    known = KnownPrices(terms.prices, terms.signed_ms)
    return check_word(word, membership.device, Lineage.of(membership), of_slot, terms, await house.log_key(), known)


async def settled(house: House) -> list[SettledSlot]:
    return await house.coordinator.settler.settle_ripe()


async def three_flats(house: House) -> tuple[Flat, Flat, Flat]:
    house.clock.pass_until(SLOT * 1000 - 10_000)
    one, two, three = [await house.invited(name) for name in ("101", "102", "103")]
    return one, two, three


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SLOT * 1000 - 60_000)


async def test_a_slot_is_settled_when_all_flats_have_told_it(house: House) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    await log(house, one, one.slot(SLOT, 0, 10))
    await log(house, two, two.slot(SLOT, 6))
    assert await settled(house) == []
    await log(house, three, three.slot(SLOT, 9))
    (slot,) = await settled(house)
    assert slot.missing == ()
    uses: dict[bytes, Use] = {one.device: Use(0, 10), two.device: Use(6, 0), three.device: Use(9, 0)}
    expected = settle(uses, SlotPrices(2200, 3150, 850))
    assert slot.shares == expected.shares
    assert slot.shares[two.device].shared_in_wh + slot.shares[three.device].shared_in_wh == 10
    assert slot.building_money == expected.building_money
    assert slot.loss_wh is None  # There is no bulk meter: nobody knows.
    assert await settled(house) == []


async def test_gas_is_logged_and_neither_shared_nor_settled_with_electricity(house: House) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    kept: list[Kept] = []
    for flat, use, sold in ((one, 0, 10), (two, 6, 0), (three, 9, 0)):
        kept = await log(house, flat, [*flat.slot(SLOT, use, sold), flat.gas(SLOT, 5_000, 5_000_000)])
    (slot,) = await settled(house)
    uses: dict[bytes, Use] = {one.device: Use(0, 10), two.device: Use(6, 0), three.device: Use(9, 0)}
    assert slot.shares == settle(uses, SlotPrices(2200, 3150, 850)).shares
    async with house.link(three) as client:
        result = await client.next(SlotResult)
        assert result.records == tuple(each.record.hash for each in kept[:2])
        assert (result.import_wh, result.export_wh) == (9, 0)
        assert await believes(house, client, result, kept)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"energy_wh": 121, "attributes": ((Source.GRID, 121),)}, "says 121 L, but its register counted 120 L"),
        ({"exported": Register(0, 0)}, "the register of what was drawn, and no other"),
        ({"imported": None}, "the register of what was drawn, and no other"),
        ({"price": 2200}, "neither frames nor a price"),
        ({"receiver": DeviceId(b"x" * 16)}, "sender and receiver are others"),
    ],
)
async def test_gas_that_contradicts_itself_is_refused(house: House, other: dict[str, Any], told: str) -> None:
    one, _, _ = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    record = one.gas(SLOT, 5_000, 5_120, **other)
    (result,) = (await house.coordinator.ledger.submit(one.device, [record.encode()])).results
    assert result.index is None
    assert told in str(result)


async def test_what_an_island_may_have_made_is_shared_with_nobody(house: House) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    await log(house, two, two.slot(SLOT, 6))
    await log(house, three, three.slot(SLOT, 9))
    kept = await log(house, one, one.slot(SLOT, 0, 10, errors=ErrorFlag.ISLAND))
    (slot,) = await settled(house)
    assert slot.missing == ("101",)
    assert slot.shares == settle({two.device: Use(6, 0), three.device: Use(9, 0)}, SlotPrices(2200, 3150, 850)).shares
    async with house.link(one) as client:
        assert await believes(house, client, await client.next(LeftOut), kept)


async def test_a_slot_in_which_the_whole_building_was_dark_is_settled_with_nothing_shared(house: House) -> None:
    flats = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    for flat in flats:
        await log(house, flat, flat.slot(SLOT, 2, 3, errors=ErrorFlag.ISLAND))
    (slot,) = await settled(house)
    assert (dict(slot.shares), slot.missing, slot.building_money) == ({}, ("101", "102", "103"), 0)


async def test_a_drill_is_logged_and_settles_nothing(house: House) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    for flat, use, sold in ((one, 0, 10), (two, 6, 0), (three, 9, 0)):
        await log(house, flat, [flat.drill(SLOT), *flat.slot(SLOT, use, sold)])
    (slot,) = await settled(house)
    uses: dict[bytes, Use] = {one.device: Use(0, 10), two.device: Use(6, 0), three.device: Use(9, 0)}
    assert slot.shares == settle(uses, SlotPrices(2200, 3150, 850)).shares
    events = await (await house.get("/api/v1/records?limit=500")).json()
    told = [event for event in events if event["kind"] == "drill"]
    assert [(event["energy_wh"], event["sender"]) for event in told] == [(0, each.name) for each in (three, two, one)]


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"sender": DeviceId(b"x" * 16), "receiver": DeviceId(b"x" * 16)}, "by the device that held it"),
        ({"reason": "l5"}, "level is 'l5'"),
        ({"slot_seconds": 15, "start_ms": (SLOT + 20) * 1000}, "name the slot in which it began"),
    ],
)
async def test_a_drill_of_no_such_device_level_or_slot_is_refused(
    house: House, other: dict[str, Any], told: str
) -> None:
    one, _, _ = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    (result,) = (await house.coordinator.ledger.submit(one.device, [one.drill(SLOT, **other).encode()])).results
    assert result.index is None
    assert told in str(result)


async def test_who_tells_while_the_settler_asks_the_database_is_not_passed_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    await log(house, one, one.slot(SLOT, 0, 10))
    await log(house, two, two.slot(SLOT, 6))
    late = three.slot(SLOT, 9)
    next_slot = entry_store.next_slot

    async def tells_meanwhile(*asked: Any) -> int | None:
        slot = await next_slot(*asked)
        while late:
            records, late[:] = late[:], []
            await log(house, three, records)
        return slot

    monkeypatch.setattr(entry_store, "next_slot", tells_meanwhile)
    assert await settled(house) == []
    (slot,) = await settled(house)
    assert slot.missing == ()


@on_both_databases
async def test_each_flat_gets_its_result_with_its_transfers_proven_and_finds_it_right(house: House) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 121) * 1000)
    async with house.link(two) as client:
        kept = {
            flat.device: await log(house, flat, [*flat.slot(SLOT, use, sold), *flat.slot(SLOT + 60, 4)])
            for flat, use, sold in ((one, 0, 10), (two, 6, 0), (three, 9, 0))
        }
        assert [slot.slot for slot in await settled(house)] == [SLOT, SLOT + 60]
        results = [await client.next(SlotResult) for _ in range(2)]
        assert [result.slot for result in results] == [SLOT, SLOT + 60]
        assert results[0].shared_in_wh == 4
        assert len(results[0].transfers) == 1
        assert [result.after for result in results] == [0, SLOT]
        for result in results:
            assert await believes(house, client, result, kept[two.device])
    async with house.link(one, settled_slot=SLOT) as client:
        assert (await client.next(SlotResult)).slot == SLOT + 60
    async with house.link(three) as client:
        assert [(await client.next(SlotResult)).slot for _ in range(2)] == [SLOT, SLOT + 60]


@on_both_databases
async def test_a_flat_hears_of_each_slot_that_was_settled_without_it(house: House) -> None:
    house.clock.pass_until(SLOT * 1000 - 10_000)
    one, two = [await house.invited(name) for name in ("101", "102")]
    house.clock.pass_until((SLOT + 120 + 600) * 1000)
    await log(house, one, [*one.slot(SLOT, 0, 10), *one.slot(SLOT + 60, 0, 10)])
    assert [slot.missing for slot in await settled(house)] == [("102",), ("102",)]
    late = await log(house, two, [*two.slot(SLOT, 9), *two.slot(SLOT + 60, 9)])
    newcomer = await house.invited("103")
    async with house.link(two) as client:
        words = [await client.next(LeftOut) for _ in range(2)]
        assert [(word.slot, word.after) for word in words] == [(SLOT, 0), (SLOT + 60, SLOT)]
        for word in words:
            assert await believes(house, client, word, late)
    async with house.link(newcomer) as client:
        # It was not there when those were settled. From its first slot on, it hears of each.
        house.clock.pass_until((SLOT + 841) * 1000)
        for flat in (one, two, newcomer):
            await log(house, flat, flat.slot(SLOT + 780, 1))
        await settled(house)
        result = await client.next(SlotResult)
        assert (result.slot, result.after) == (SLOT + 780, SLOT + 60)
    async with house.link(newcomer, settled_slot=SLOT) as client:
        assert (await client.next(LeftOut)).slot == SLOT + 60
        assert (await client.next(SlotResult)).slot == SLOT + 780


@on_both_databases
async def test_what_a_flat_logs_of_a_settled_slot_afterwards_changes_nothing_for_it(house: House) -> None:
    """Its clock was set back over the boundary, say. It has not heard of the settlement when it writes more."""
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    await log(house, one, one.slot(SLOT, 0, 10))
    kept = await log(house, two, two.slot(SLOT, 6))
    await log(house, three, three.slot(SLOT, 9))
    await settled(house)
    kept += await log(house, two, two.slot(SLOT, 1))
    async with house.link(two) as client:
        result = await client.next(SlotResult)
        assert result.records == tuple(each.record.hash for each in kept[:2])
        assert result.import_wh == 6
        assert await believes(house, client, result, kept)


async def test_slots_of_before_there_were_records_of_settled_ones_are_not_told_of(house: House) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 121) * 1000)
    for flat in (one, two, three):
        await log(house, flat, [*flat.slot(SLOT, 3), *flat.slot(SLOT + 60, 3)])
    await settled(house)
    async with house.coordinator.engine.begin() as connection:
        await connection.execute(text("UPDATE entries SET kind = 3 WHERE kind = 13 AND slot = :slot"), {"slot": SLOT})
    for heard in (0, SLOT - 60):
        async with house.link(one, settled_slot=heard) as client:
            result = await client.next(SlotResult)
            assert (result.slot, result.after) == (SLOT + 60, SLOT)


@on_both_databases
async def test_new_prices_hold_for_slots_to_come_and_the_old_ones_for_those_that_wait_to_be_settled(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    dearer = SlotPrices(2400, 3300, 900)
    async with open_house(config, clock) as house:
        one, two, three = await three_flats(house)
        async with house.link(one) as client:
            assert client.terms.prices == first_prices(config.prices)
        clock.pass_until((SLOT + 61) * 1000)
        for flat, use, sold in ((one, 0, 10), (two, 6, 0), (three, 9, 0)):
            await log(house, flat, flat.slot(SLOT, use, sold))
    async with open_house(replace(config, prices=dearer), clock) as house:
        # In the second slot they are announced, in the fourth they begin to hold.
        since = SLOT + 180
        async with house.link(one) as client:
            announced = client.terms.prices
            assert announced == PriceList((PricePeriod(0, config.prices), PricePeriod(since, dearer)))
        (slot,) = await settled(house)
        assert slot.prices == config.prices
        clock.pass_until((since + 61) * 1000)
        for flat, use, sold in ((one, 0, 10), (two, 6, 0), (three, 9, 0)):
            await log(house, flat, flat.slot(since, use, sold))
        (slot,) = await settled(house)
        assert (slot.slot, slot.prices) == (since, dearer)
    clock.step(-600_000)
    async with open_house(config, clock) as house, house.link(one) as client:
        # A clock that was set back announces nothing for a time that flats have seen.
        told_ms = (since + 61) * 1000
        assert KnownPrices(announced, told_ms).hear(client.terms.prices, told_ms).prices.newest == config.prices


async def test_transfers_in_the_log_name_the_records_they_follow_from(house: House) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    own = {flat.device: flat.slot(SLOT, use, sold) for flat, use, sold in ((one, 0, 10), (two, 6, 0), (three, 9, 0))}
    for flat in (one, two, three):
        await log(house, flat, own[flat.device])
    await settled(house)
    shown = await (await house.get(f"/api/v1/slots/{SLOT}")).json()
    assert sum(transfer["energy_wh"] for transfer in shown["transfers"]) == shown["shared_wh"] == 10
    for transfer in shown["transfers"]:
        response = await house.get(f"/api/v1/records/{transfer['index']}")
        record = Record.decode(await response.read())
        record.verify(house.key, ORIGIN)
        assert record.kind is Kind.TRANSFER
        assert transfer["money"] == record.body.energy_wh * 2200
        names = {flat.name: flat for flat in (one, two, three)}
        parties = [own[names[transfer[side]].device] for side in ("sender", "receiver")]
        assert record.body.evidence == tuple(evidence_of(each.hash for each in records) for records in parties)
        assert dict(record.body.attributes) == {Source.SOLAR: record.body.energy_wh}


@on_both_databases
async def test_a_late_flat_is_waited_for_and_then_left_out(house: House) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    await log(house, one, one.slot(SLOT, 0, 10))
    await log(house, two, two.slot(SLOT, 6))
    house.clock.pass_until((SLOT + 60 + 599) * 1000)
    assert await settled(house) == []
    house.clock.pass_until((SLOT + 60 + 600) * 1000)
    (slot,) = await settled(house)
    assert slot.missing == ("103",)
    assert slot.shares[two.device].shared_in_wh == 6
    # What comes afterwards is logged, and not shared.
    await log(house, three, three.slot(SLOT, 9))
    assert await settled(house) == []


async def test_a_flat_with_a_gap_does_not_share_and_nobody_waits_for_it(house: House) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    await log(house, one, one.slot(SLOT, 0, 10))
    await log(house, two, two.slot(SLOT, 6, kind=Kind.GAP))
    await log(house, three, three.slot(SLOT, 3))
    (slot,) = await settled(house)
    assert slot.missing == ("102",)
    assert set(slot.shares) == {one.device, three.device}
    assert slot.shares[three.device].shared_in_wh == 3


@on_both_databases
async def test_a_flat_that_tells_more_than_a_meter_can_count_stops_nobodys_settlement(house: House) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    await log(house, one, one.slot(SLOT, 0, 10))
    await log(house, two, two.slot(SLOT, 6))
    kept = await log(house, three, three.slot(SLOT, 2**62))
    (slot,) = await settled(house)
    assert (slot.missing, set(slot.shares)) == (("103",), {one.device, two.device})
    async with house.link(three) as client:
        assert await believes(house, client, await client.next(LeftOut), kept)


async def test_what_is_logged_while_a_slot_is_being_settled_does_not_count_for_it(house: House) -> None:
    """Else the building would have passed over a slot that its own record says it knew of."""
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 121) * 1000)
    await log(house, one, one.slot(SLOT + 60, 0, 10))
    await log(house, two, two.slot(SLOT + 60, 4))
    house.clock.pass_until((SLOT + 120 + 600) * 1000)
    settler = house.coordinator.settler
    settle = settler._settle

    async def settle_late(*ripe: Any) -> SettledSlot:
        await log(house, three, three.slot(SLOT, 9))
        return await settle(*ripe)

    settler._settle = settle_late  # type: ignore[method-assign,assignment]  # a flat's records come just then
    size = house.coordinator.ledger.size
    (slot,) = await settled(house)
    assert (slot.slot, slot.missing) == (SLOT + 60, ("103",))
    async with house.coordinator.engine.connect() as connection:
        (entry,) = await entry_store.of_kind(connection, SLOT + 60, Kind.SETTLED)
        (first, _) = await entry_store.intervals(connection, SLOT)
    body = entry.opened()
    assert body is not None
    assert body.log_size == size == first.index


async def test_an_export_record_that_is_still_on_its_way_is_waited_for(house: House) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    imported, exported = one.slot(SLOT, 0, 10)
    await log(house, one, [imported])
    await log(house, two, two.slot(SLOT, 6))
    await log(house, three, three.slot(SLOT, 3))
    assert await settled(house) == []
    await log(house, one, [exported])
    (slot,) = await settled(house)
    assert slot.shares[one.device].shared_out_wh == 9


async def test_a_flat_enrolled_during_a_slot_is_not_waited_for(house: House) -> None:
    one = await house.invited("101")
    house.clock.pass_until((SLOT + 30) * 1000)
    await house.invited("102")
    house.clock.pass_until((SLOT + 61) * 1000)
    await log(house, one, one.slot(SLOT, 5))
    (slot,) = await settled(house)
    assert slot.missing == ("102",)


@on_both_databases
async def test_a_slot_without_surplus_is_settled_without_transfers_which_nobody_sees(house: House) -> None:
    one, two, three = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    for flat in (one, two, three):
        await log(house, flat, flat.slot(SLOT, 5))
    size = house.coordinator.ledger.size
    (slot,) = await settled(house)
    assert slot.building_money == 15 * 3150
    assert house.coordinator.ledger.size == size + 2 + 1  # What stands in for transfers, and that it is settled.
    shown = await (await house.get(f"/api/v1/slots/{SLOT}")).json()
    assert shown["transfers"] == []


Crash = Callable[[House], None]


def in_the_transaction(house: House) -> None:
    def crash(_: object) -> None:
        event.remove(house.coordinator.engine.sync_engine, "commit", crash)
        raise OSError(5, "input/output error")

    event.listen(house.coordinator.engine.sync_engine, "commit", crash)


def before_publishing(house: House) -> None:
    folder = house.coordinator.ledger.folder
    put = folder.put

    def crash(files: Iterable[tuple[str, bytes]]) -> None:
        folder.put = put  # type: ignore[method-assign]  # as it was
        raise OSError(28, "no space left")

    folder.put = crash  # type: ignore[method-assign]  # fails once


@on_both_databases
@pytest.mark.parametrize("crash", [in_the_transaction, before_publishing])
@pytest.mark.parametrize("restart", [True, False])
async def test_a_crash_while_settling_settles_once_and_as_a_whole(
    crash: Crash, restart: bool, config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    async with open_house(config, clock) as house:
        one, two, three = await three_flats(house)
        house.clock.pass_until((SLOT + 61) * 1000)
        await log(house, one, one.slot(SLOT, 0, 10))
        await log(house, two, two.slot(SLOT, 6))
        await log(house, three, three.slot(SLOT, 9))
        size = house.coordinator.ledger.size
        crash(house)
        with pytest.raises(LedgerUnavailableError):
            await settled(house)
        if not restart:
            await settled(house)
            house.clock.pass_until((SLOT + 121) * 1000)
            await log(house, one, one.slot(SLOT + 60, 1))  # The ledger recovers with the next records.
            await settled(house)
            await check_settled_once(house, size + 2)
    async with open_house(config, clock) as house:
        await settled(house)
        await check_settled_once(house, size + (0 if restart else 2))


@pytest.mark.parametrize("slots", [1, 2])
async def test_settling_goes_on_by_itself_after_a_publish_failed(
    slots: int, house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transfers of the failed publish are durable: what is sealed next must follow them, not contradict them."""
    flats = await three_flats(house)
    settler, ledger = house.coordinator.settler, house.coordinator.ledger
    house.clock.pass_until((SLOT + slots * 60 + 1) * 1000)
    for at in range(slots):
        for flat, (use, sold) in zip(flats, ((0, 10), (6, 0), (9, 0)), strict=True):
            await log(house, flat, flat.slot(SLOT + at * 60, use, sold))
    before_publishing(house)
    monkeypatch.setattr(settler_module, "LOOK_EVERY_S", 0.05)  # It looks again by itself: no news comes.
    told: list[int] = []
    done = asyncio.Event()

    def heard(slot: SettledSlot) -> None:
        told.append(slot.slot)
        if len(told) == slots:
            done.set()

    settler.subscribe(heard)
    settler._heard = -1  # As after a first look, before these records came.
    running = asyncio.create_task(settler.run())
    async with asyncio.timeout(WAIT_S):
        await done.wait()
    running.cancel()
    assert told == [SLOT + at * 60 for at in range(slots)]
    assert ledger.trouble is None
    assert caplog.text.count("A slot cannot be settled now") == 1
    async with house.coordinator.engine.connect() as connection:
        assert await conflict_store.count(connection) == 0


def troubled(house: House) -> bool:
    return house.coordinator.settler.trouble is not None


async def test_a_refused_transfer_is_told_once_and_settled_when_it_is_taken(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    flats = await three_flats(house)
    house.clock.pass_until((SLOT + 61) * 1000)
    for flat, (use, sold) in zip(flats, ((0, 10), (6, 0), (9, 0)), strict=True):
        await log(house, flat, flat.slot(SLOT, use, sold))
    settler = house.coordinator.settler
    submit = house.coordinator.ledger.submit_whole
    refused = asyncio.Event()

    async def refuse(*_: object) -> None:
        refused.set()
        raise RefusedError("from_the_future: the clock was set back")

    house.coordinator.ledger.submit_whole = refuse  # type: ignore[method-assign,assignment]  # as after a clock's step
    running = asyncio.create_task(settler.run())
    async with asyncio.timeout(WAIT_S):
        await refused.wait()
        while not troubled(house):
            await asyncio.sleep(0)
    assert not running.done()
    health = await (await house.get("/healthz")).json()
    assert "the clock was set back" in health["checks"]["settlement"]
    house.coordinator.ledger.submit_whole = submit  # type: ignore[method-assign]  # as it was
    await log(house, flats[0], flats[0].slot(SLOT, 0))  # News: it looks again.
    async with asyncio.timeout(WAIT_S):
        while troubled(house):
            await asyncio.sleep(0.01)
    running.cancel()
    assert caplog.text.count("A slot cannot be settled now") == caplog.text.count("Slots are settled again") == 1
    assert (await (await house.get("/healthz")).json())["checks"]["settlement"] == "ok"


async def check_settled_once(house: House, before: int) -> None:
    queries = (
        "SELECT count(*) FROM slots WHERE slot = :slot",
        "SELECT count(*) FROM shares WHERE slot = :slot",
        "SELECT count(*) FROM transfers WHERE slot = :slot",
        "SELECT count(*) FROM entries WHERE kind = 10 AND slot = :slot",
        "SELECT count(*) FROM entries WHERE kind = 13 AND slot = :slot",
        "SELECT sum(inside_money) FROM shares WHERE slot = :slot",
    )
    async with house.coordinator.engine.connect() as connection:
        counts = [(await connection.execute(text(query), {"slot": SLOT})).scalar_one() for query in queries]
    assert counts == [1, 3, 2, 2, 1, 0]
    assert house.coordinator.ledger.size == before + 3
