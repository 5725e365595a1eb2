"""What a slot was cleared at is known to every flat of the building, whether it has traded or not."""

from localvpp.market import PriceRule
from localvpp.market.rounds import Outcome
from localvpp.trading.kept import KeptSlot
from localvpp.trading.view import slot_state

from ..market.rounds import SLOT, WANTED, ask, bid, opened, outcome, placed


def price(found: Outcome, *, counts: bool = True) -> int | None:
    cleared = b"its words" if counts else None
    kept = KeptSlot(slot=SLOT, rules=b"", book=b"", result=found.encode(), cleared=cleared)
    return slot_state(kept, SLOT - 60).price


def test_it_is_the_one_price_of_the_slot() -> None:
    found = outcome(opened(*(placed(number) for number in range(len(WANTED)))))
    (one,) = {trade.price for trade in found.result.trades}
    assert price(found) == one


def test_where_pairs_have_their_own_it_is_the_median_of_the_energy() -> None:
    orders = ((ask(1000, 1000),), (bid(300, 1200),), (bid(300, 2000),), (bid(400, 3000),))
    documents = [placed(number, each) for number, each in enumerate(orders)]
    found = outcome(opened(*documents, price=PriceRule.PAIR))
    assert sorted((trade.price, trade.wh) for trade in found.result.trades) == [(1100, 300), (1500, 300), (2000, 400)]
    assert price(found) == 1500


def test_there_is_none_where_nothing_is_traded_or_the_result_does_not_count() -> None:
    nothing = outcome(opened(placed(0, (ask(500, 3000),)), placed(1, (bid(500, 1000),))))
    assert price(nothing) is None
    assert price(outcome(opened(placed(0), placed(2))), counts=False) is None
