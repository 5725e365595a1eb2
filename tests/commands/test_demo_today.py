"""The demonstration's claim of what Home Assistant shows of a flat's trades must be able to fail."""

import pytest

from commands.demo.deal import Deal
from commands.demo.today import Look, compare

SOLD, NOTHING = Deal(sold_wh=40, saved=460_000), Deal()


def test_a_flat_whose_neighbours_had_nothing_to_sell_may_have_traded_nothing() -> None:
    told = compare({"103": (SOLD, SOLD), "104": (NOTHING, NOTHING)})
    assert (told.holds, told.figure) == (
        True,
        "flat 103: bought 0 Wh, sold 40 Wh, saved 4.60000 yen; flat 104: bought 0 Wh, sold 0 Wh, saved 0.00000 yen",
    )


@pytest.mark.parametrize(
    ("looked", "figure"),
    [
        ({"103": (NOTHING, NOTHING), "104": (NOTHING, NOTHING)}, "flat 103, flat 104 has traded nothing"),
        ({}, "nobody has traded nothing"),
        ({"103": (SOLD, SOLD), "104": (NOTHING, None)}, f"flat 104 shows None, agreed was {NOTHING}"),
        ({"103": (SOLD, SOLD), "104": (NOTHING, SOLD)}, f"flat 104 shows {SOLD}, agreed was {NOTHING}"),
        ({"103": (SOLD, SOLD), "104": (None, None)}, "flat 104 shows None, agreed was None"),
    ],
    ids=["no trade", "no flat", "shows nothing", "shows another", "nothing is known"],
)
def test_no_trade_at_all_and_whatever_is_shown_otherwise_fail(looked: dict[str, Look], figure: str) -> None:
    told = compare(looked)
    assert (told.holds, told.figure) == (False, figure)
