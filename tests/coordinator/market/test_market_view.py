"""What the manager sees of a slot's round, as the description has it."""

from pathlib import Path
from typing import Any

import pytest

from coordinator.config import ConfigError, LineLimit, load
from coordinator.market.gates import closing
from coordinator.market.lines import lines_of
from coordinator.market.view import curve
from localvpp.trading import Phase

from ..conftest import FILE, SLOT
from ..test_web import check, schema_of
from .conftest import FLATS, GATE_S, TRADED, Trade, ask, bid


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
    check([newest], {"type": "array", "items": schema_of("Round"), "components": schema_of("Round")["components"]})
    assert newest["slot"] == TRADED


async def told(trade: Trade) -> dict[str, Any]:
    response = await trade.house.get(f"/api/v1/market/slots/{TRADED}")
    assert response.status == 200
    shown = await response.json()
    check(shown, schema_of("RoundWithOrders"))
    return shown  # type: ignore[no-any-return]


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
    await trade.stack.aclose()
    file = trade.config.file
    lines = 'drills: {lines: [{name: east, kw: 6, flats: ["103", "104"]}, {name: top, kw: 3, flats: ["104"]}]}\n'
    file.write_text(file.read_text() + lines)
    trade.config = load(file)
    await trade.revive()
    await trade.enter(*FLATS)
    assert trade.flats["104"].flat.state.market.rules.node == "top"  # type: ignore[union-attr]
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
        ("market: {objective: most}", "write one of energy, gain, floor"),
        ("market: {price: dear}", "write one of mid, pair, bid, mcafee"),
        ("market: {objective: floor, price: pair}", "take the price rule mid, not pair"),
        ("market: {objective: energy, price: mcafee}", "wants the objective gain, not energy"),
        ("market: {gates: 30}", "is not a key of this file"),
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


def test_gates_are_closed_from_their_time_until_their_slot_begins() -> None:
    assert list(closing(SLOT * 1000, 60, GATE_S)) == []
    assert list(closing((SLOT + 30) * 1000 - 1, 60, GATE_S)) == []
    assert list(closing((SLOT + 30) * 1000, 60, GATE_S)) == [SLOT + 60]
    assert list(closing((SLOT + 59) * 1000 + 999, 60, GATE_S)) == [SLOT + 60]
    assert list(closing((SLOT + 60) * 1000, 60, GATE_S)) == []
    assert list(closing(SLOT * 1000, 60, 300)) == [SLOT + 60 * n for n in range(1, 6)]


def test_curves_have_one_step_for_each_limit() -> None:
    assert curve([ask(5, 10), ask(7, 10), ask(1, 3)]) == [[3, 1], [10, 13]]
    assert curve([bid(5, 10), bid(7, 10), bid(1, 3)]) == [[10, 12], [3, 13]]
    assert curve([]) == []
