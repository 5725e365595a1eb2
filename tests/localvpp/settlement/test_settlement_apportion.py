"""A whole is divided without losing a unit, and everyone who divides it again gets the same."""

from fractions import Fraction
from itertools import product
import random

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.settlement import apportion

weights_of_flats = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 10**6), min_size=1)


def by_the_book(whole: int, weights: dict[str, int]) -> dict[str, int]:
    """Hamilton's rule in exact fractions: one unit at a time to whoever lacks most, the first name among equals."""
    total = sum(weights.values())
    due = {name: Fraction(whole * weight, total) for name, weight in weights.items()}
    parts = {name: int(share) for name, share in due.items()}
    while sum(parts.values()) < whole:
        waiting = [name for name in weights if parts[name] == int(due[name])]
        parts[min(waiting, key=lambda name: (-(due[name] - int(due[name])), name))] += 1
    return parts


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 10**6), weights_of_flats.filter(lambda weights: any(weights.values())))
def test_the_parts_are_those_of_largest_remainders(whole: int, weights: dict[str, int]) -> None:
    assert apportion(whole, weights) == by_the_book(whole, weights)


def test_small_cases_are_all_right() -> None:
    for weights in product(range(4), repeat=3):
        named = dict(zip("abc", weights, strict=True))
        for whole in range(8):
            if any(weights):
                parts = apportion(whole, named)
                assert parts == by_the_book(whole, named)
                assert sum(parts.values()) == whole
                if whole <= sum(weights):
                    assert all(parts[name] <= named[name] for name in named)


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 10**12), weights_of_flats.filter(lambda weights: any(weights.values())))
def test_nobody_is_a_whole_unit_from_his_share(whole: int, weights: dict[str, int]) -> None:
    total = sum(weights.values())
    for name, part in apportion(whole, weights).items():
        assert abs(part - Fraction(whole * weights[name], total)) < 1


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 10**6), weights_of_flats.filter(lambda weights: any(weights.values())), st.randoms())
def test_the_order_in_which_flats_are_told_does_not_matter(
    whole: int, weights: dict[str, int], chance: random.Random
) -> None:
    names = list(weights)
    chance.shuffle(names)
    assert apportion(whole, {name: weights[name] for name in names}) == apportion(whole, weights)


def test_equal_remainders_go_to_the_first_names() -> None:
    assert apportion(2, {"c": 1, "a": 1, "b": 1}) == {"a": 1, "b": 1, "c": 0}


def test_nothing_is_divided_by_nothing() -> None:
    assert apportion(0, {"a": 0, "b": 0}) == {"a": 0, "b": 0}
    assert apportion(0, {}) == {}


@pytest.mark.parametrize(
    ("whole", "weights"), [(-1, {"a": 1}), (1, {"a": -1, "b": 3}), (1, {"a": 0}), (1, {})], ids=str
)
def test_what_cannot_be_divided_is_refused(whole: int, weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="cannot apportion"):
        apportion(whole, weights)
