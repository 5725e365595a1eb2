"""A year of a hundred flats, slot by slot: bid by the true limit, cleared, checked, delivered and settled.

The flats are one measured home, in Sydney (Ausgrid), in a hundred guises: moved by whole days within the season,
larger or smaller, with a roof or without. They bid by what they measured a week before, so that trades and meters
differ as they do in life.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
import random

import numpy as np
import pytest

from localvpp.market import Book, Network, Node, Objective, Order, Result, Side, check, clear
from localvpp.market.arrays import Ints
from localvpp.market.bidding.true_limit import TrueLimit
from localvpp.market.bidding.view import View
from localvpp.market.bidding.wishes import Wishes
from localvpp.settlement.delivery import Trade, merged
from localvpp.settlement.keys import Traded
from localvpp.settlement.slot import Settlement, Use, settle
from localvpp.settlement.slot_prices import SlotPrices

SLOTS = 365 * 48
FLATS = 100
WEEK = 7 * 48
DEAR, CHEAP = SlotPrices(inside=2000, grid=3400, feed_in=850), SlotPrices(inside=1600, grid=2600, feed_in=850)


@dataclass(frozen=True, slots=True)
class Home:
    """A flat: what its meter counts in each slot of the year, inwards and outwards, and what its people wish."""

    name: str
    load_wh: list[int]
    pv_wh: list[int]
    wishes: Wishes


def homes(path: Path) -> list[Home]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:SLOTS]
    load = np.array([round(float(row["GC"]) * 1000) for row in rows], np.int64)
    pv = np.array([round(float(row["GG"]) * 1000) for row in rows], np.int64)
    draw = random.Random(1)
    made = []
    for number in range(FLATS):
        days, percent = draw.randint(-21, 21), draw.randint(50, 150)
        sun: Ints = pv * draw.randint(60, 300) // 100 if number % 5 < 2 else np.zeros_like(pv)
        wishes = Wishes()
        if number % 7 == 3:
            wishes = Wishes(buy_not_above=draw.randint(900, 2500), sell_not_below=draw.randint(850, 1500))
        elif number % 7 == 5:
            wishes = Wishes(green_only=True)
        made.append(
            Home(
                f"{number:03}",
                np.roll(load * percent // 100, days * 48).tolist(),
                np.roll(sun, (days % 3) * 48).tolist(),
                wishes,
            )
        )
    return made


def lines() -> Network:
    """Ten floors at one riser; each carries what four flats have at noon."""
    floors = [
        Node(id=f"floor-{number}", parent="building", import_limit_wh=6_000, export_limit_wh=4_000)
        for number in range(10)
    ]
    return Network((Node(id="building"), *floors), {f"{number:03}": f"floor-{number // 10}" for number in range(FLATS)})


def bids(home: Home, slot: int, prices: SlotPrices) -> tuple[Order, ...]:
    net_wh = home.load_wh[slot - WEEK] - home.pv_wh[slot - WEEK]  # Of the first week: from the end of the year.
    view = View(
        flat=home.name,
        begin=slot * 1800,
        net_wh=net_wh,
        grid=(prices.grid,),
        feed_in=(prices.feed_in,),
        wishes=home.wishes,
    )
    return TrueLimit().orders(view)


def assert_cleared(book: Book, result: Result) -> None:
    """Everything sold is bought, by whom it may be, and within limits."""
    known = {one.id: one for one in book.orders}
    sold, bought = dict[str, int](), dict[str, int]()
    for trade in result.trades:
        ask, bid = known[trade.seller], known[trade.buyer]
        assert (ask.side, bid.side) == (Side.ASK, Side.BID)
        assert ask.limit <= trade.price <= bid.limit
        assert ask.is_green or not bid.wants_green
        assert trade.seller_price is None
        sold[ask.id] = sold.get(ask.id, 0) + trade.wh
        bought[bid.id] = bought.get(bid.id, 0) + trade.wh
    assert sum(sold.values()) == sum(bought.values()) == result.energy_wh
    assert all(wh <= known[name].wh for side in (sold, bought) for name, wh in side.items())


def assert_paid(
    result: Result, flat_of: dict[str, str], uses: dict[str, Use], settled: Settlement[str], prices: SlotPrices
) -> None:
    """What buyers pay, by their own bills, is what sellers get by theirs; each as the trades say it.

    A bill is a flat's money without what the grid's prices make of the rest that its meter counts. Trades know no
    meters, transfers know no bills: the three are held against each other flat by flat.
    """
    agreed = {(flat_of[one.seller], flat_of[one.buyer], one.price) for one in result.trades}
    paid = dict.fromkeys(uses, 0)
    earned = dict.fromkeys(uses, 0)
    for transfer in settled.transfers:
        price, odd = divmod(transfer.money, transfer.energy_wh)
        assert not odd
        assert (transfer.sender, transfer.receiver, price) in agreed, "it is at the price of a trade of the two"
        paid[transfer.receiver] += transfer.energy_wh * price
        earned[transfer.sender] += transfer.energy_wh * price
    bought = sold = 0
    for name, share in settled.shares.items():
        net = uses[name].import_wh - uses[name].export_wh
        assert share.inside_money == earned[name] - paid[name], name
        assert share.grid_money == (
            -(net - share.shared_in_wh) * prices.grid if net > 0 else (-net - share.shared_out_wh) * prices.feed_in
        ), name
        bought, sold = bought - min(share.inside_money, 0), sold + max(share.inside_money, 0)
    assert bought == sold, "what buyers' bills say that they paid is what sellers' say that they got"


@pytest.mark.slow
def test_a_year_of_a_hundred_flats_loses_no_energy_and_no_money(shared_data: Path) -> None:
    flats = homes(shared_data / "ausgrid_customer_12_2011-2012.csv")
    narrow = lines()
    traded = delivered = saved = 0
    for slot in range(SLOTS):
        month = slot * 12 // SLOTS
        prices = DEAR if 16 <= slot % 48 < 46 else CHEAP
        objective = (Objective.GAIN, Objective.FLOOR, Objective.ENERGY)[month % 3]
        book = Book(
            seed=slot.to_bytes(4),
            orders=tuple(order for home in flats for order in bids(home, slot, prices)),
            network=narrow if month % 4 == 3 and objective is not Objective.ENERGY else None,
        )
        result = clear(book, objective)
        assert check(book, result, objective=objective) == (), slot
        assert_cleared(book, result)
        flat_of = {order.id: order.flat for order in book.orders}
        trades = merged(Trade(flat_of[one.seller], flat_of[one.buyer], one.wh, one.price) for one in result.trades)
        uses = {
            home.name: Use(max(home.load_wh[slot] - home.pv_wh[slot], 0), max(home.pv_wh[slot] - home.load_wh[slot], 0))
            for home in flats
        }
        settled = settle(uses, prices, Traded(trades))
        shares = settled.shares.values()
        # Energy: what the building's meter would count is what flats have left with the grid.
        net = sum(use.import_wh - use.export_wh for use in uses.values())
        assert sum(share.bought_wh - share.sold_wh for share in shares) == net
        assert sum(share.shared_in_wh for share in shares) == sum(share.shared_out_wh for share in shares)
        moved = sum(transfer.energy_wh for transfer in settled.transfers)
        assert moved <= result.energy_wh
        assert_paid(result, flat_of, uses, settled, prices)
        # Money: what flats have together is what the building has the other way round, to 10⁻⁵ yen.
        assert sum(share.inside_money + share.grid_money for share in shares) == -settled.building_money
        assert settled.rent == 0
        alone = sum(use.export_wh * prices.feed_in - use.import_wh * prices.grid for use in uses.values())
        gained = sum(share.inside_money + share.grid_money for share in shares) - alone
        assert gained == moved * (prices.grid - prices.feed_in)
        for name, share in settled.shares.items():
            use = uses[name]
            by_itself = use.export_wh * prices.feed_in - use.import_wh * prices.grid
            assert share.inside_money + share.grid_money >= by_itself, "a true limit costs nobody anything"
        traded, delivered, saved = traded + result.energy_wh, delivered + moved, saved + gained
    assert 0 < delivered < traded
    assert saved > 0
