"""Residents' plain words: read, kept, and refused by name where they cannot be."""

from decimal import Decimal
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from localvpp.market import HIGHEST_LIMIT
from localvpp.market.bidding import WishError, Wishes, plain_wishes, read_wishes


def test_plain_words() -> None:
    wishes = read_wishes(
        {
            "sell not below": 12.5,
            "buy not above": "28",
            "green only": True,
            "my neighbour first": "102",
            "keep reserve": 30,
        }
    )
    assert wishes == Wishes(
        sell_not_below=1_250, buy_not_above=2_800, green_only=True, neighbour="102", reserve_percent=30
    )


def test_nothing_said_is_nothing_wished() -> None:
    assert read_wishes({}) == Wishes()
    assert plain_wishes(Wishes()) == {}


@given(
    st.builds(
        Wishes,
        sell_not_below=st.none() | st.integers(0, HIGHEST_LIMIT),
        buy_not_above=st.none() | st.integers(0, HIGHEST_LIMIT),
        green_only=st.booleans(),
        neighbour=st.none() | st.text("abc123", min_size=1, max_size=8),
        reserve_percent=st.integers(0, 100),
    )
)
def test_what_is_written_is_read_again(wishes: Wishes) -> None:
    assert read_wishes(json.loads(json.dumps(plain_wishes(wishes)))) == wishes


@given(st.integers(0, HIGHEST_LIMIT))
def test_a_price_is_exact_however_it_is_written(ticks: int) -> None:
    for yen in (Decimal(ticks) / 100, f"{ticks / 100:.2f}", ticks / 100):
        assert read_wishes({"sell not below": yen}).sell_not_below == ticks


@pytest.mark.parametrize(
    ("word", "value", "remedy"),
    [
        ("sell not below", "12.345", "two decimals"),
        ("sell not below", -1, "yen for a kWh"),
        ("sell not below", "cheap", "yen for a kWh"),
        ("buy not above", True, "yen for a kWh"),
        ("buy not above", float("nan"), "yen for a kWh"),
        ("buy not above", float("inf"), "yen for a kWh"),
        ("buy not above", 10_001, "from 0 to 10000"),
        ("buy not above", [30], "yen for a kWh"),
        ("green only", "yes", "true or false"),
        ("my neighbour first", "", "name one flat"),
        ("my neighbour first", 102, "name one flat"),
        ("my neighbour first", "a\nb", "name one flat"),
        ("keep reserve", 101, "from 0 to 100"),
        ("keep reserve", 12.5, "whole percent"),
        ("keep reserve", True, "whole percent"),
        ("sell never", 1, "there is no such wish"),
    ],
)
def test_a_wish_that_cannot_be_kept_is_refused_by_name(word: str, value: Any, remedy: str) -> None:
    with pytest.raises(WishError, match=remedy) as refused:
        read_wishes({word: value})
    assert refused.value.field == word
    assert repr(value) in str(refused.value)
