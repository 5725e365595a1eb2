"""Traded slots of a real coordinator and real flats: each is settled by its trades, and held to them."""

from dataclasses import replace
from pathlib import Path
import sqlite3

import pytest
from sqlalchemy import event

from coordinator.config import load_accounts
from coordinator.link import results as results_module
from coordinator.market.ending import Why
from coordinator.rebuild import rebuild
from coordinator.settlement import cleared as cleared_module
from coordinator.settlement.months import read_month
from coordinator.store import members as member_store, slots as slot_store
from localvpp.etp import Kind
from localvpp.market.rounds import digest
from localvpp.onerecord import Places
from localvpp.rounds import FlatDevices
from localvpp.settlement import SlotPrices
from localvpp.settlement.month import settle_slot
from localvpp.settlement.month.account import accounts_of
from localvpp.settlement.tariff import Month
from localvpp.trading import Phase

from ...localvpp.scripted_devices import ScriptedInverter
from ...localvpp.test_island_records import ISLAND
from ..agent import Agent
from ..conftest import on_both_databases, open_house
from ..test_rebuild import SECRET, mirrored
from . import conftest as harness
from .conftest import FLATS, GATE_S, TRADED, Trade
from .settling import SECONDS, WHOLE, all_agree, believed, lived, records, settled, shares, sunny, traded
from .test_market_round import stored

PRICES = SlotPrices(2200, 3150, 850)
SOLD = {"101": 800, "102": 400}
BOUGHT = {"103": 350, "104": 350, "105": 500}


async def price_of(trade: Trade) -> int:
    (price,) = {each.price for name in FLATS for each in trade.state(name).trades}
    return price


@on_both_databases
async def test_what_was_traded_and_metered_moves_at_the_trades_price_and_the_rest_meets_the_grid(trade: Trade) -> None:
    await traded(trade)
    price = await price_of(trade)
    assert price != PRICES.inside
    await lived(trade)
    slot = await settled(trade)
    of = shares(trade, slot)
    assert {name: of[name].shared_out_wh for name in SOLD} == SOLD
    assert {name: of[name].shared_in_wh for name in BOUGHT} == BOUGHT
    for name, (drawn, given) in WHOLE.items():
        sold, bought = SOLD.get(name, 0), BOUGHT.get(name, 0)
        assert of[name].inside_money == (sold - bought) * price
        rest = given * SECONDS - sold - (drawn * SECONDS - bought)
        assert of[name].grid_money == rest * (PRICES.feed_in if rest > 0 else PRICES.grid)
    assert (slot.rent, sum(share.inside_money for share in of.values())) == (0, 0)
    cleared = (await stored(trade)).cleared
    assert cleared is not None
    assert slot.cleared == (digest(cleared),)
    (record,) = await records(trade, Kind.SETTLED)
    assert record.body.evidence == (digest(cleared),)
    assert {name: result.inside_money for name, result in (await believed(trade)).items()} == {
        name: share.inside_money for name, share in of.items()
    }
    for name in FLATS:
        assert await trade.evidence(name) == []
    told = await (await trade.house.get(f"/api/v1/slots/{TRADED}")).json()
    assert (told["settled_by"], told["rent"], told["shared_wh"]) == ("trades", 0, 1200)
    assert sum(each["energy_wh"] for each in told["transfers"]) == 1200


async def test_transfers_carry_the_price_and_are_as_many_as_the_book_can_have_trades(trade: Trade) -> None:
    await traded(trade)
    price = await price_of(trade)
    await lived(trade)
    await settled(trade)
    transfers = await records(trade, Kind.TRANSFER)
    assert len(transfers) == sum(len(trade.state(name).orders) for name in FLATS) - 1
    moved = [record.body for record in transfers if not record.body.stands_in]
    assert {body.price for body in moved} == {price}
    assert sum(body.trade.wh for body in moved if body.trade is not None) == 1200


@pytest.mark.parametrize("none", [False, True], ids=["short", "nothing"])
async def test_a_seller_that_is_short_delivers_what_it_has_and_buyers_buy_the_rest_from_the_grid(
    trade: Trade, none: bool
) -> None:
    await traded(trade)
    price = await price_of(trade)
    await lived(trade, {"101": (0, 0 if none else 5)})
    of = shares(trade, slot := await settled(trade))
    given = 0 if none else 300
    assert (of["101"].shared_out_wh, of["101"].sold_wh) == (given, 0)
    assert of["102"].shared_out_wh == 400
    assert sum(of[name].shared_in_wh for name in BOUGHT) == given + 400
    assert sum(of[name].bought_wh for name in BOUGHT) == (7 + 7 + 9) * SECONDS - given - 400
    assert sum(share.inside_money for share in of.values()) + slot.rent == 0
    assert of["101"].inside_money == given * price
    assert {name: each.shared_in_wh for name, each in (await believed(trade)).items()} == {
        name: share.shared_in_wh for name, share in of.items()
    }


async def test_a_buyer_that_needs_less_takes_less_and_its_sellers_feed_the_rest_in(trade: Trade) -> None:
    await traded(trade)
    await lived(trade, {"105": (2, 0)})
    of = shares(trade, await settled(trade))
    assert (of["105"].shared_in_wh, of["105"].bought_wh) == (120, 0)
    assert sum(of[name].shared_out_wh for name in SOLD) == 350 + 350 + 120
    assert sum(of[name].sold_wh for name in SOLD) == (15 + 8) * SECONDS - 820
    await believed(trade)


async def test_of_a_flat_whose_meter_is_missing_nothing_is_delivered(trade: Trade) -> None:
    await traded(trade)
    await trade.flats["101"].stop()
    await lived(trade)
    slot = await settled(trade, late=True)
    of = shares(trade, slot)
    assert slot.missing == ("101",)
    assert sum(share.shared_in_wh for share in of.values()) == of["102"].shared_out_wh == 400
    undelivered = [
        record.body
        for record in await records(trade, Kind.TRANSFER)
        if record.body.sender == trade.flats["101"].membership.device
    ]
    assert undelivered
    assert {(body.energy_wh, body.trade.offered_wh) for body in undelivered if body.trade is not None} == {(0, 0)}
    await believed(trade, FLATS[1:])


async def test_a_slot_that_was_not_traded_is_settled_by_the_sharing_key_and_says_so(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    for name in ("104", "105"):
        await trade.flats[name].stop()
    await trade.judged("101", "102", "103")
    await lived(trade)
    await trade.market.second()
    await trade.until_why("101", Why.NO_QUORUM)
    slot = await settled(trade, late=True)
    of = shares(trade, slot)
    assert of["103"].shared_in_wh == 420, "all that it needs"
    assert of["103"].inside_money == -420 * PRICES.inside
    assert slot.cleared == ()
    (record,) = await records(trade, Kind.SETTLED)
    assert record.body.evidence == ()
    await believed(trade, FLATS[:3])
    told = await (await trade.house.get(f"/api/v1/slots/{TRADED}")).json()
    assert told["settled_by"] == "sharing_key"


async def test_a_coordinator_that_starts_again_between_result_and_settlement_settles_by_the_trades(
    trade: Trade,
) -> None:
    await traded(trade)
    await trade.restart()
    await lived(trade)
    slot = await settled(trade)
    assert sum(share.shared_in_wh for share in slot.shares.values()) == 1200
    assert slot.cleared
    await believed(trade)


async def test_a_flat_that_hears_of_the_settlement_first_still_holds_it_to_the_trades(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await all_agree(trade)
    late = trade.flats["105"]
    await late.stop()
    await trade.market.second()
    for name in FLATS[:4]:
        await trade.stands(name, Phase.TRADED)
    monkeypatch.setattr(cleared_module, "named", lambda *_: ())
    await lived(trade)
    await settled(trade, late=True)
    assert any("by the sharing key, though it was traded" in each.reason for each in await trade.accused("101"))
    await late.start()
    assert any("by the sharing key, though it was traded" in each.reason for each in await trade.accused("105"))


async def test_of_an_island_nothing_is_delivered(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    inverter = ScriptedInverter()
    alone = inverter.act

    def devices_of(agent: Agent) -> FlatDevices:
        return FlatDevices(meter=agent.meter, inverter=inverter)

    monkeypatch.setattr(Agent, "devices_of", devices_of)
    await trade.enter("101")
    monkeypatch.undo()
    await trade.enter(*FLATS[1:])
    await trade.order()
    await trade.close()
    await trade.judged()
    await trade.ended()
    while trade.clock.wall_ms() < (TRADED + 10) * 1000:
        await trade.second_of_flats()
    inverter.act = lambda: ISLAND
    await trade.second_of_flats()
    inverter.act = alone
    await lived(trade)
    slot = await settled(trade)
    of = shares(trade, slot)
    assert slot.missing == ("101",)
    assert sum(share.shared_in_wh for share in of.values()) == of["102"].shared_out_wh > 0
    await believed(trade, FLATS[1:])
    assert await trade.evidence("101") == []


@pytest.fixture
def mcafee(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "RULES", f"market: {{gate_s: {GATE_S}, show_s: 10, rounds: [], price: mcafee}}\n")


@pytest.mark.usefixtures("mcafee")
async def test_what_buyers_pay_beyond_what_sellers_get_is_the_buildings(trade: Trade) -> None:
    await traded(trade)
    await lived(trade)
    slot = await settled(trade)
    inside = sum(share.inside_money for share in slot.shares.values())
    assert (slot.rent, inside) == (700 * (2000 - 1500), -700 * (2000 - 1500))
    told = await (await trade.house.get(f"/api/v1/slots/{TRADED}")).json()
    assert told["rent"] == slot.rent == sum(each["rent"] for each in told["transfers"])
    results = await believed(trade)
    assert sum(result.inside_money for result in results.values()) == inside


@pytest.mark.usefixtures("recoverable")
async def test_a_traded_slot_comes_back_from_a_mirror_which_has_no_document_of_it(trade: Trade, tmp_path: Path) -> None:
    await traded(trade)
    await lived(trade, {"101": (0, 5)})
    slot = await settled(trade)
    assert slot.cleared
    mirror = await mirrored(trade.house, tmp_path)
    async with trade.house.coordinator.engine.connect() as connection:
        moved = await slot_store.transfers_of(connection, TRADED)
    await trade.kill()
    elsewhere = replace(trade.config, data=tmp_path / "elsewhere")
    rebuilt = await rebuild(elsewhere, mirror, [SECRET], trade.clock)
    assert rebuilt.unsettled == 0
    async with open_house(elsewhere, trade.clock) as house, house.coordinator.engine.connect() as connection:
        assert await slot_store.one(connection, TRADED) == slot
        assert await slot_store.transfers_of(connection, TRADED) == moved


ACCOUNTS = """
issuer: {name: 管理組合, registration: T7010705000725}
meters:
  "101": {serial: M1, approval: "1", verified_until: "2030-03"}
  "102": {serial: M2, approval: "1", verified_until: "2030-03"}
  "103": {serial: M3, approval: "1", verified_until: "2030-03"}
  "104": {serial: M4, approval: "1", verified_until: "2030-03"}
  "105": {serial: M5, approval: "1", verified_until: "2030-03"}
"""


async def test_a_month_settles_a_traded_slot_by_its_trades_and_comes_to_the_same(
    trade: Trade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Agent, "devices_of", sunny)
    await traded(trade)
    await lived(trade, {"101": (0, 7), "103": (3, 0)})
    of = shares(trade, await settled(trade))
    file = tmp_path / "settlement.yaml"
    file.write_text(ACCOUNTS, encoding="utf-8")
    month, asked = Month(2026, 11), list[str]()
    async with trade.house.coordinator.engine.connect() as connection:
        members = await member_store.every(connection)
        event.listen(
            trade.house.coordinator.engine.sync_engine,
            "before_cursor_execute",
            lambda *told: asked.append(told[2]),
        )
        records = await read_month(connection, trade.config, load_accounts(file, trade.config), members, month)
    assert len(asked) < 100 < len(month.slots(SECONDS)), "of slots that nobody has told of nothing is asked"
    (given,) = [slot for slot in records.slots if slot.begin == TRADED]
    again = settle_slot(given, records.parties, (), {})
    assert again.settlement.shares == records.shares[TRADED] == of
    assert {each.undelivered_wh for each in again.imbalances.values()} != {0}
    moved = {(each.sender, each.receiver) for each in again.settlement.transfers}
    assert given.logged.keys() == moved
    made = {name: None if reading is None else reading.pv_wh for name, reading in given.readings.items()}
    assert made == {name: None if name == "105" else 3 * of[name].export_wh for name in FLATS}
    account = accounts_of([again], {party.name: party.role for party in records.parties})[0]["101"]
    assert (account.made_wh, account.made_known, account.use_known) == (3 * of["101"].export_wh, 1, 1)
    assert account.used_wh == account.own_wh == 2 * of["101"].export_wh > 0


async def test_a_flat_that_has_forgotten_what_it_ordered_accuses_nobody(trade: Trade) -> None:
    await traded(trade)
    await lived(trade)

    def forget(db: sqlite3.Connection) -> None:
        with db:
            db.execute("DELETE FROM placed")

    await trade.flats["101"].store.run(forget)
    await trade.flats["103"].store.run(forget)
    await settled(trade)
    assert (await believed(trade))["101"].shared_out_wh == SOLD["101"]
    assert await trade.evidence("103") == []


async def test_the_records_of_all_trades_are_read_once_for_all_flats(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    right = results_module._places

    def places(count: int, sealed: list[bytes]) -> Places:
        read.append(len(sealed))
        return right(count, sealed)

    monkeypatch.setattr(results_module, "_places", places)
    await traded(trade)
    await lived(trade)
    await settled(trade)
    await believed(trade)
    assert read == [len(await records(trade, Kind.TRANSFER))]
