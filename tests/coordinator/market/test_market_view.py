"""What the manager, and a resident, sees of a slot's round, as the description has it."""

import asyncio
from dataclasses import replace
import hashlib
from pathlib import Path
import threading
from typing import Any

from aiohttp import ClientResponse
import pytest
from sqlalchemy import delete

from coordinator.config import ConfigError, LineLimit, load
from coordinator.market.gates import due, holding
from coordinator.market.lines import lines_of
from coordinator.market.ruling import TOLD_AHEAD_S, following
from coordinator.market.view import curve
from coordinator.members import Action
from coordinator.store import Entry, entries as entry_store, slots as slot_store, wallets as wallet_store
from coordinator.store.tables import market_rules
from coordinator.web import resident_token, wallet as wallet_web
from localvpp.etp import DeviceId, Kind, Record
from localvpp.market import Objective, PriceRule, Side
from localvpp.market.rounds import Rules
from localvpp.trading import Phase
from localvpp.wire import RoundName

from ..agent import Agent
from ..conftest import FILE, ORIGIN, SLOT
from ..flat import WAIT_S
from ..test_web import check, schema_of
from .conftest import FLATS, GATE_S, TRADED, WANTED, Trade, ask, bid
from .settling import lived, settled, shares, sunny, traded


async def test_the_manager_sees_orders_curves_trades_and_who_agreed(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    shown = await told(trade)
    assert (shown["stage"], shown["outcome"], shown["ordered"], shown["not_shown"]) == (
        "showing",
        None,
        list(FLATS),
        [],
    )
    await trade.judged()
    assert (await told(trade))["stage"] == "checking"
    await trade.ended()
    shown = await told(trade)
    assert (shown["stage"], shown["outcome"], shown["why"]) == ("ended", "traded", None)
    assert (shown["voters"], shown["needed"], shown["agreed"], shown["disputes"]) == (5, 4, 5, [])
    assert (shown["energy_wh"], sum(each["wh"] for each in shown["trades"])) == (1200, 1200)
    assert {each["price"] for each in shown["trades"]} == {shown["clearing_price"]}
    filled = {(each["flat"], each["limit"]): each["filled_wh"] for each in shown["orders"]}
    assert filled == {
        ("101", 1000): 500,
        ("101", 1500): 300,
        ("102", 1200): 400,
        ("103", 2500): 350,
        ("104", 2500): 350,
        ("105", 2000): 500,
        ("105", 1100): 0,
    }
    assert shown["curves"] == {
        "asks": [[1000, 500], [1200, 900], [1500, 1200]],
        "bids": [[2500, 700], [2000, 1300], [1100, 1400]],
    }
    assert shown["gain"] == 350 * 2500 * 2 + 500 * 2000 - (500 * 1000 + 400 * 1200 + 300 * 1500)
    response = await trade.house.get("/api/v1/market/slots?limit=1")
    (newest,) = await response.json()
    check(newest, schema_of("MarketSlot"))
    assert (newest["slot"], newest["outcome"]) == (TRADED, "traded")
    (summary,) = newest["rounds"]
    assert summary == {name: shown[name] for name in summary}


async def told(trade: Trade, token: str | None = None) -> dict[str, Any]:
    """Return the one round of the slot, as its reader has it."""
    response = await asked(trade, "", token)
    assert response.status == 200
    shown = await response.json()
    check(shown, schema_of("MarketSlotWithOrders"))
    (told,) = shown["rounds"]
    assert (shown["slot"], shown["outcome"]) == (TRADED, told["outcome"])
    return told  # type: ignore[no-any-return]


async def asked(trade: Trade, what: str, token: str | None = None) -> ClientResponse:
    """Ask for something of the slot, as the manager or with another token."""
    coordinator = trade.house.coordinator
    headers = {"Authorization": f"Bearer {token or coordinator.web_token}"}
    return await trade.session.get(f"{coordinator.url}/api/v1/market/slots/{TRADED}{what}", headers=headers)


def token_of(trade: Trade, name: str) -> str:
    return resident_token(trade.house.coordinator.web_token, trade.flats[name].membership.device)


async def test_a_resident_sees_the_market_under_blinds_and_his_own_orders_and_trades(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    await trade.ended()
    managers, own = await told(trade), await told(trade, token_of(trade, "103"))
    hidden = {"ordered", "not_shown", "orders", "trades"}
    assert {name: own[name] for name in own.keys() - hidden} == {name: managers[name] for name in own.keys() - hidden}
    assert (own["ordered"], own["not_shown"]) == (None, None)
    assert {each["flat"] for each in own["orders"]} == {"103", None}
    assert sorted(each["id"] for each in own["orders"]) == sorted(each["id"] for each in managers["orders"])
    others = [each["id"] for each in own["orders"] if each["flat"] is None]
    assert others == sorted(others), "the order of rows says nothing of who they are"
    bought = [each for each in own["trades"] if each["buyer"] == "103"]
    assert sum(each["wh"] for each in bought) == 350
    assert {each["seller"] for each in bought} == {None}
    text = str(own)
    for name, agent in trade.flats.items():
        assert name == "103" or f"'{name}'" not in text
        assert agent.membership.device.hex() not in text
    response = await asked(trade, "", "wrong")
    assert response.status == 401


async def test_book_and_result_are_served_as_the_log_names_them_and_checked(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    await trade.ended()
    shown, token = await told(trade), token_of(trade, "101")
    for name in ("book", "result"):
        document = await (await asked(trade, f"/rounds/0/{name}", token)).read()
        assert hashlib.sha256(document).hexdigest() == shown[name]
        assert (await asked(trade, f"/rounds/1/{name}", token)).status == 404
    checked = await (await asked(trade, "/rounds/0/check", token)).json()
    assert checked == {"checked_by": "localvpp.market.check", "unchecked": None, "findings": []}
    coordinator = trade.house.coordinator
    headers = {"Authorization": f"Bearer {token}"}
    for index, kind in ((shown["book_index"], Kind.BOOK), (shown["cleared_index"], Kind.CLEARED)):
        response = await trade.session.get(f"{coordinator.url}/api/v1/records/{index}", headers=headers)
        record = Record.decode(await response.read())
        assert record.envelope.kind is kind
        if kind is Kind.BOOK:
            assert [each.hex() for each in record.body.evidence] == [shown["book"]]
    for path, status in (
        ("/api/v1/records/0", 403),
        ("/api/v1/state", 403),
        ("/api/v1/flats/102/wallet", 403),
        ("/api/v1/flats/102/wallet/slots", 403),
        (f"/api/v1/market/slots/{TRADED}/papers", 403),  # They have each flat's orders under its device.
        ("/api/v1/market/plan", 403),
        ("/api/v1/market/imbalance", 403),
    ):
        assert (await trade.session.get(coordinator.url + path, headers=headers)).status == status, path
    reader = await trade.session.get(f"{coordinator.url}/api/v1/reader", headers=headers)
    assert await reader.json() == {"role": "resident", "flat": "101"}
    response = await trade.session.get(
        f"{coordinator.url}/api/v1/flats/101/wallet?begin={TRADED}&end={TRADED + 60}", headers=headers
    )
    wallet = await response.json()
    check(wallet, schema_of("Wallet"))
    assert (wallet["traded_sold_wh"], wallet["traded_bought_wh"], wallet["slots"]) == (800, 0, 0), "not settled yet"
    await trade.house.coordinator.members.say("101", Action.REVOKE, {})
    assert (await asked(trade, "/rounds/0/book", token)).status == 401, "a token ends with its device"


async def test_a_slot_whose_gate_was_not_closed_is_not_there(trade: Trade) -> None:
    response = await trade.house.get(f"/api/v1/market/slots/{TRADED}")
    assert response.status == 404
    check(await response.json(), schema_of("Error"))
    response = await trade.house.get(f"/api/v1/market/slots/{TRADED}", token=False)
    assert response.status == 401


async def test_who_did_not_show_his_orders_is_named(trade: Trade) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({"101": (ask(100, 1000),), "105": (bid(50, 2000),)})
    await trade.to_gate()
    await trade.flats["105"].stop()
    await trade.shut()
    await trade.second(11)
    shown = await told(trade)
    assert (shown["ordered"], shown["not_shown"]) == (["101", "105"], ["105"])


async def test_lines_limit_what_is_traded_and_each_flat_finds_itself_in_its_place(trade: Trade) -> None:
    async with trade.house.coordinator.engine.begin() as connection:
        await connection.execute(delete(market_rules))  # As in a building that begins so.
    await trade.stack.aclose()
    file = trade.config.file
    lines = 'drills: {lines: [{name: east, kw: 6, flats: ["103", "104"]}, {name: top, kw: 3, flats: ["104"]}]}\n'
    file.write_text(file.read_text() + lines)
    trade.config = load(file)
    await trade.revive()
    await trade.enter(*FLATS)
    assert trade.flats["104"].flat.state.market.rules.node_of("104") == "top"  # type: ignore[union-attr]
    await trade.order({"101": (ask(500, 1000),), "103": (bid(350, 2500),), "104": (bid(350, 2500),)})
    await trade.close()
    await trade.judged()
    await trade.ended()
    assert {trade.state(name).phase for name in FLATS} == {Phase.TRADED}
    shown = await told(trade)
    bought = {each["flat"]: each["filled_wh"] for each in shown["orders"]}
    assert bought == {"101": 100, "103": bought["103"], "104": 100 - bought["103"]}
    assert bought["104"] <= 50, "3 kW are 50 Wh in a minute"


def test_the_tree_of_lines_has_each_flat_at_its_innermost_line() -> None:
    limits = [LineLimit("flat", 3, ("104",)), LineLimit("riser", 60, ("103", "104")), LineLimit("west", 30, ("101",))]
    lines = lines_of(limits, ("101", "102", "103", "104"), 1800)
    assert lines.places == {"101": "west", "102": "building", "103": "riser", "104": "flat"}
    parents = {node.id: node.parent for node in lines.nodes}
    assert parents == {"building": None, "riser": "building", "west": "building", "flat": "riser"}
    assert {node.id: node.import_limit_wh for node in lines.nodes}["flat"] == 1500
    assert lines_of([], ("101",), 1800).nodes == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("market: {gate_s: 5}", "market.gate_s"),
        ("market: {gate_s: 30, show_s: 30}", "leave time to clear and check"),
        ('market: {without: ["101", "999"]}', r"market.without\[1\]: '999' is not among the flats"),
        ("market: {objective: most}", "write one of energy, gain, floor"),
        ("market: {price: dear}", "write one of mid, pair, bid, mcafee"),
        ("market: {objective: floor, price: pair}", "take the price rule mid, not pair"),
        ("market: {objective: energy, price: mcafee}", "wants the objective gain, not energy"),
        ("market: {gates: 30}", "is not a key of this file"),
        ("market: {rounds: [10]}", "leave 600 s between them, longest first"),
        ("market: {rounds: [60, 1440]}", "longest first"),
        ("market: {rounds: [600000]}", "minutes before the slot"),
        (
            'market: {}\ndrills: {lines: [{name: a, kw: 5, flats: ["101", "102"]}, {name: b, kw: 5, '
            'flats: ["102", "103"]}]}',
            "neither line holds the other's flats",
        ),
        ('market: {}\ndrills: {lines: [{name: building, kw: 5, flats: ["101"]}]}', "is the name of the whole"),
    ],
)
def test_rules_that_cannot_be_are_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "building.yaml"
    file.write_text(f"{FILE}{text}\n")
    with pytest.raises(ConfigError, match=says):
        load(file)


RULES = Rules(origin=ORIGIN, number=0, since=0, gate_s=GATE_S, show_s=10, objective=Objective.GAIN, price=PriceRule.MID)


def slots_due(now_ms: int, gate_s: int = GATE_S) -> list[int]:
    return [at.slot for at in due(now_ms, 60, [replace(RULES, gate_s=gate_s)])]


def test_gates_are_closed_from_their_time_until_their_slot_begins() -> None:
    assert slots_due(SLOT * 1000) == []
    assert slots_due((SLOT + 30) * 1000 - 1) == []
    assert slots_due((SLOT + 30) * 1000) == [SLOT + 60]
    assert slots_due((SLOT + 59) * 1000 + 999) == [SLOT + 60]
    assert slots_due((SLOT + 60) * 1000) == []
    assert slots_due(SLOT * 1000, 300) == [SLOT + 60 * n for n in range(1, 6)]


def test_each_round_of_a_slot_is_due_from_its_gate_until_it_is_over() -> None:
    rules = replace(RULES, leads_s=(3600, 600))
    assert due((SLOT + 59) * 1000, 60, [replace(rules, gate_s=60, leads_s=(3600, 600))]) == [
        RoundName(SLOT + 60, 2),
        RoundName(SLOT + 600, 1),
        RoundName(SLOT + 3600, 0),
    ]
    assert due((SLOT + 30) * 1000, 60, [rules]) == [RoundName(SLOT + 60, 2)]
    assert due((SLOT + 29) * 1000, 60, [rules]) == [RoundName(SLOT + 600, 1), RoundName(SLOT + 3600, 0)]


def test_other_rules_hold_from_the_first_slot_on_whose_first_gate_is_still_to_come() -> None:
    older, now_ms = replace(RULES, leads_s=(3600,)), SLOT * 1000
    assert following([older], older, now_ms, 60) is None
    newer = following([older], replace(older, leads_s=(), price=PriceRule.PAIR), now_ms, 60)
    assert newer is not None
    assert (newer.number, newer.since, newer.price) == (SLOT, SLOT + TOLD_AHEAD_S + 3600 + 60, PriceRule.PAIR)
    assert [at.slot for at in due((newer.since - GATE_S) * 1000, 60, [older, newer])] == [newer.since]
    assert holding([older, newer], newer.since - 60) == older
    assert holding([older, newer], newer.since) == newer
    back = following([older, newer], older, now_ms, 60)
    assert back is not None
    assert (back.number, back.since) == (SLOT + 1, newer.since), "rules that were told are not taken back, but followed"


def test_a_coordinator_that_was_built_anew_contradicts_no_rules_that_it_has_told() -> None:
    now_ms = SLOT * 1000
    assert following([], RULES, now_ms, 60) == RULES
    first = following([], RULES, now_ms, 60, traded=SLOT - 60)
    assert first is not None
    assert (first.number, first.since) == (SLOT, SLOT + TOLD_AHEAD_S + 60)
    ahead = following([], RULES, now_ms, 60, traded=SLOT + 86_400)
    assert ahead is not None
    assert ahead.since == SLOT + 86_400 + 60
    assert holding([ahead], SLOT) is None
    assert due(now_ms, 60, [ahead]) == []


def test_rounds_that_do_not_fit_a_long_gate_are_left_out_where_nobody_has_asked_for_them(tmp_path: Path) -> None:
    file = tmp_path / "building.yaml"
    for text, leads in (
        ("market: {}", (86_400, 3600)),
        ("market: {gate_s: 3600}", (86_400,)),
        ("market: {gate_s: 86400}", ()),
        ("market: {rounds: []}", ()),
        ("market: {rounds: [2880, 120, 30]}", (172_800, 7200, 1800)),
    ):
        file.write_text(f"{FILE}{text}\n")
        market = load(file).market
        assert market is not None
        assert market.leads_s == leads


def test_curves_have_one_step_for_each_limit() -> None:
    assert curve([ask(5, 10), ask(7, 10), ask(1, 3)]) == [[3, 1], [10, 13]]
    assert curve([bid(5, 10), bid(7, 10), bid(1, 3)]) == [[10, 12], [3, 13]]
    assert curve([]) == []


async def test_every_number_of_a_wallet_is_the_sum_of_its_slots_which_lead_to_their_records(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Agent, "devices_of", sunny)
    await traded(trade)
    await lived(trade, {"102": (0, 0)})
    ask = f"begin={TRADED - 60}&end={TRADED + 120}"
    (waiting,) = (await (await trade.house.get(f"/api/v1/flats/103/wallet/slots?{ask}")).json())["slots"]
    assert (waiting["slots"], waiting["prices"], waiting["traded_bought_wh"]) == (0, None, 350), "not settled yet"
    await settled(trade)
    kinds = {
        "meter": {Kind.INTERVAL},
        "transfers": {Kind.TRANSFER},
        "settled": {Kind.SETTLED},
        "orders": {Kind.ORDERS},
        "cleared": {Kind.CLEARED},
    }
    for name, agent in trade.flats.items():
        device = agent.membership.device
        wallet = await (await trade.house.get(f"/api/v1/flats/{name}/wallet?{ask}")).json()
        slots = (await (await trade.house.get(f"/api/v1/flats/{name}/wallet/slots?{ask}")).json())["slots"]
        summed = wallet.keys() - {"flat", "begin", "end"}
        assert {key: sum(slot[key] for slot in slots) for key in summed} == {key: wallet[key] for key in summed}
        (slot,) = (each for each in slots if each["slot"] == TRADED)
        assert slot["prices"] == [2200, 3150, 850]
        assert all(slot["records"][kind] for kind in kinds), name
        async with trade.house.coordinator.engine.connect() as connection:
            for kind, places in slot["records"].items():
                for index, digest in places:
                    entry = await entry_store.one(connection, index)
                    assert entry is not None
                    assert (entry.hash.hex(), entry.slot, entry.kind in kinds[kind]) == (digest, TRADED, True)
                    body = entry.opened()
                    assert body is not None
                    if kind in {"meter", "transfers", "orders"}:
                        assert device in {entry.device, body.sender, body.receiver}, "it is no neighbour's"
        moved = [
            Record.decode(entry.sealed or b"").body
            for entry in await records_at(trade, [index for index, _ in slot["records"]["transfers"]])
        ]
        assert sum(body.energy_wh for body in moved if body.receiver == device) == wallet["bought_wh"]
        assert sum(body.energy_wh for body in moved if body.sender == device) == wallet["sold_wh"]
        metered = [
            Record.decode(entry.sealed or b"").body
            for entry in await records_at(trade, [index for index, _ in slot["records"]["meter"]])
        ]
        assert sum(body.energy_wh for body in metered if body.receiver == device) == wallet["import_wh"]
        assert sum(body.energy_wh for body in metered if body.sender == device) == wallet["export_wh"]


async def test_a_slot_that_was_settled_without_a_flat_tells_of_which_of_its_trades_nothing_came(trade: Trade) -> None:
    await traded(trade)
    await trade.flats["101"].stop()
    await lived(trade)
    slot = await settled(trade, late=True)
    assert "101" not in shares(trade, slot)
    ask = f"begin={TRADED}&end={TRADED + 60}"
    wallet = await (await trade.house.get(f"/api/v1/flats/101/wallet?{ask}")).json()
    (told,) = (await (await trade.house.get(f"/api/v1/flats/101/wallet/slots?{ask}")).json())["slots"]
    check(told, schema_of("WalletSlot"))
    device = trade.flats["101"].membership.device
    async with trade.house.coordinator.engine.connect() as connection:
        moved = [each.transfer for each in await slot_store.transfers_of(connection, TRADED)]
        mine = [each for each in moved if device in {each.sender, each.receiver}]
        assert {each.energy_wh for each in mine} == {0}
        stranger = DeviceId(bytes(16))
        assert await wallet_store.by_slot(connection, stranger, TRADED, TRADED + 60) == {}, "it had no part in it"
    assert (wallet["slots"], wallet["undelivered"], wallet["traded_sold_wh"]) == (0, len(mine), 800)
    summed = wallet.keys() - {"flat", "begin", "end"}
    assert {key: told[key] for key in summed} == {key: wallet[key] for key in summed}
    assert (told["slot"], told["prices"]) == (TRADED, [2200, 3150, 850]), "it is settled"
    assert (len(told["records"]["transfers"]), len(told["records"]["settled"])) == (len(mine), 1)


async def test_a_wallet_without_what_was_traded_waits_for_no_books_which_are_read_for_one_after_the_other(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await traded(trade)
    begun, go, reading, most = threading.Event(), threading.Event(), 0, 0
    read = wallet_web._traded

    def slowly(*what: Any) -> dict[int, tuple[int, int]]:
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        begun.set()
        assert go.wait(WAIT_S)
        found = read(*what)
        reading -= 1
        return found

    monkeypatch.setattr(wallet_web, "_traded", slowly)
    path, ask = "/api/v1/flats/101/wallet", f"begin={TRADED}&end={TRADED + 60}"
    async with asyncio.TaskGroup() as group:
        try:
            waiting = [
                group.create_task(trade.house.get(f"{path}{what}?{ask}")) for what in ("", "/slots", "", "/slots")
            ]
            assert await asyncio.to_thread(begun.wait, WAIT_S)
            for _ in range(20):
                wallet = await (await trade.house.get(f"{path}?{ask}&traded=0")).json()
                check(wallet, schema_of("Wallet"))
                assert (wallet["traded_sold_wh"], wallet["traded_bought_wh"]) == (None, None)
            assert not any(each.done() for each in waiting)
        finally:
            go.set()
    assert most == 1
    sold = [await each.result().json() for each in waiting[::2]]
    assert [each["traded_sold_wh"] for each in sold] == [800, 800]
    told = [(await each.result().json())["slots"] for each in waiting[1::2]]
    assert [each["traded_sold_wh"] for (each,) in told] == [800, 800]


async def records_at(trade: Trade, indexes: list[int]) -> list[Entry]:
    async with trade.house.coordinator.engine.connect() as connection:
        return [entry for index in indexes if (entry := await entry_store.one(connection, index)) is not None]


async def test_a_wallet_sums_up_what_was_traded_delivered_paid_saved_made_and_used(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Agent, "devices_of", sunny)
    await traded(trade)
    await lived(trade, {"102": (0, 0)})
    slot = await settled(trade)
    share = shares(trade, slot)
    async with trade.house.coordinator.engine.connect() as connection:
        moved = [each.transfer for each in await slot_store.transfers_of(connection, TRADED)]
    for name, agent in trade.flats.items():
        response = await trade.house.get(f"/api/v1/flats/{name}/wallet?begin={TRADED}&end={TRADED + 60}")
        wallet = await response.json()
        own, device = share[name], agent.membership.device
        assert (wallet["import_wh"], wallet["export_wh"]) == (own.import_wh, own.export_wh)
        assert (wallet["bought_wh"], wallet["sold_wh"]) == (own.shared_in_wh, own.shared_out_wh)
        assert (wallet["shared_in_wh"], wallet["shared_out_wh"], wallet["slots"]) == (0, 0, 1)
        assert wallet["earned"] - wallet["paid"] == own.inside_money
        grid = own.shared_in_wh * 3150 - own.shared_out_wh * 850
        assert wallet["saved"] == grid + own.inside_money
        mine = [each for each in moved if device in {each.sender, each.receiver}]
        assert wallet["undelivered"] == sum(each.energy_wh == 0 for each in mine)
        sides = [order.side for order in WANTED[name]]
        agreed = wallet["traded_bought_wh"] if Side.BID in sides else wallet["traded_sold_wh"]
        assert agreed == {"101": 800, "102": 400, "103": 350, "104": 350, "105": 500}[name]
        own_wh = [wallet[key] for key in ("generated_wh", "generated_slots", "consumed_wh", "consumed_slots")]
        made = 3 * own.export_wh
        known = [made, 1, own.import_wh - own.export_wh + made, 1]
        assert own_wh == ([0, 0, 0, 0] if name == "105" else known), "nothing tells what made the export of 105"
    assert sum(each.energy_wh == 0 for each in moved) == 2, "102 gave neither buyer anything"
    response = await trade.house.get(f"/api/v1/flats/102/wallet?begin={TRADED - 30 * 86_400}&end={TRADED + 60}")
    wallet = await response.json()
    assert (wallet["traded_sold_wh"], wallet["traded_bought_wh"]) == (None, None), "months are not read round by round"
    assert (wallet["sold_wh"], wallet["undelivered"]) == (0, 2)
