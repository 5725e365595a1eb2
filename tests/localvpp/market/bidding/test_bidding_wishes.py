"""Residents' plain words: read, kept, and refused by name where they cannot be."""

from decimal import Decimal
from typing import Any

from hypothesis import given, strategies as st
import pytest

from localvpp.market import HIGHEST_LIMIT
from localvpp.market.bidding import AgreedWord, WishError, Wishes, read_wishes


def test_plain_words() -> None:
    wishes = read_wishes(
        {
            "sell not below": 12.5,
            "buy not above": "28",
            "green only": True,
            "my neighbour first": "blue heron kettle",
            "keep reserve": 30,
        }
    )
    assert wishes == Wishes(
        sell_not_below=1_250,
        buy_not_above=2_800,
        green_only=True,
        neighbour=AgreedWord("blueheronkettle"),
        reserve_percent=30,
    )


def test_nothing_said_is_nothing_wished() -> None:
    assert read_wishes({}) == read_wishes({"my neighbour first": None}) == Wishes()


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
        ("buy not above", "1e999999", "from 0 to 10000"),
        ("sell not below", "1e-1000030", "two decimals"),
        ("sell not below", "12.50000000000000000000000000000001", "two decimals"),
        ("buy not above", [30], "yen for a kWh"),
        ("green only", "yes", "true or false"),
        ("keep reserve", 101, "from 0 to 100"),
        ("keep reserve", 12.5, "whole percent"),
        ("keep reserve", True, "whole percent"),
    ],
)
def test_a_wish_that_cannot_be_kept_is_refused_by_name(word: str, value: Any, remedy: str) -> None:
    with pytest.raises(WishError, match=remedy) as refused:
        read_wishes({word: value})
    assert refused.value.field == word
    assert repr(value) in str(refused.value)


def test_a_wish_that_there_is_not_is_refused_without_what_is_wished() -> None:
    with pytest.raises(WishError, match=r"wish 'my neighbor first' is unknown: there is no such wish") as refused:
        read_wishes({"my neighbor first": "blue heron kettle"})
    assert "my neighbour first" in refused.value.remedy
    assert "heron" not in str(refused.value)
