"""What a coordinator makes of a book by itself."""

import pytest

from coordinator.market.books import TooLargeError, outcome_of
from localvpp.market import PriceRule

from ...localvpp.market.rounds import ask, bid, opened, placed


@pytest.mark.parametrize(("rule", "fits"), [(PriceRule.BID, False), (PriceRule.MID, True)])
def test_a_slot_in_which_one_flat_has_more_trades_than_it_can_be_told_of_is_not_traded(
    rule: PriceRule, fits: bool
) -> None:
    buyers = [placed(at, tuple(bid(1, 2000 + 64 * at + each) for each in range(64))) for at in range(1, 8)]
    book = opened(placed(0, (ask(10_000, 1000),)), *buyers, price=rule, voters=9).encode()
    if fits:
        assert len(outcome_of(book).result.trades) == 7 * 64
        return
    with pytest.raises(TooLargeError, match="a flat has 448 trades, and of 400"):
        outcome_of(book)
