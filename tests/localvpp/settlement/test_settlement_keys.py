"""The five sharing keys keep the same promises, and each its own."""

from collections.abc import Callable, Mapping
from itertools import product
import random

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.settlement import (
    WHOLE,
    Coefficients,
    Dynamic,
    MaxMin,
    Ranked,
    SharingKey,
    SlotPrices,
    Static,
    Trade,
    Traded,
    Use,
    apportion,
    settle,
)
from localvpp.settlement.month import Reading, SlotInput, settle_slot

from .months import flat

QUICK = settings(deadline=None, max_examples=100)
PRICES = SlotPrices(inside=2200, grid=3100, feed_in=850)

names = st.text("0123456789", min_size=3, max_size=3)
wh = st.one_of(st.integers(0, 20), st.integers(0, 10**6))
uses_of_flats = st.dictionaries(names, st.builds(Use, wh, wh), max_size=12)


def static(flats: list[str], chance: random.Random) -> SharingKey[str]:
    return Static({name: chance.randrange(1, 100) for name in flats} or {"nobody": 1})


def coefficients(flats: list[str], chance: random.Random) -> SharingKey[str]:
    weights = {name: chance.randrange(1, 100) for name in flats} or {"nobody": 1}
    return Coefficients(apportion(WHOLE, weights))


def traded(flats: list[str], chance: random.Random) -> SharingKey[str]:
    if len(flats) < 2:
        return Traded(())
    trades = []
    for _ in range(2 * len(flats)):
        seller, buyer = chance.sample(flats, 2)
        price = chance.randrange(850, 3100)
        trades.append(Trade(seller, buyer, chance.randrange(1, 10**6), price, chance.choice([None, price - 5])))
    return Traded(tuple(trades))


KEYS: Mapping[str, Callable[[list[str], random.Random], SharingKey[str]]] = {
    "dynamic": lambda _, __: Dynamic(),
    "static": static,
    "coefficients": coefficients,
    "traded": traded,
    "maxmin": lambda _, __: MaxMin(),
}
each_key = pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)


@each_key
@QUICK
@given(uses_of_flats, st.integers(0, 2**32))
def test_nobody_gets_more_than_he_used_nor_gives_more_than_he_had(
    key: Callable[[list[str], random.Random], SharingKey[str]], uses: dict[str, Use], seed: int
) -> None:
    settled = settle(uses, PRICES, key(sorted(uses), random.Random(seed)))
    for name, share in settled.shares.items():
        net = uses[name].import_wh - uses[name].export_wh
        assert 0 <= share.shared_in_wh <= max(net, 0)
        assert 0 <= share.shared_out_wh <= max(-net, 0)
        assert share.bought_wh - share.sold_wh + share.shared_in_wh - share.shared_out_wh == net
    assert sum(s.shared_in_wh for s in settled.shares.values()) == sum(s.shared_out_wh for s in settled.shares.values())
    assert sum(s.inside_money for s in settled.shares.values()) + settled.rent == 0
    assert all(each.energy_wh > 0 and each.sender != each.receiver for each in settled.transfers)


@each_key
@QUICK
@given(uses_of_flats, st.integers(0, 2**32), st.randoms())
def test_the_order_in_which_flats_are_told_makes_no_difference(
    key: Callable[[list[str], random.Random], SharingKey[str]],
    uses: dict[str, Use],
    seed: int,
    chance: random.Random,
) -> None:
    rule = key(sorted(uses), random.Random(seed))
    shuffled = list(uses)
    chance.shuffle(shuffled)
    if isinstance(rule, Traded):
        again: SharingKey[str] = Traded(tuple(chance.sample(rule.trades, len(rule.trades))))
    else:
        again = rule
    assert settle({name: uses[name] for name in shuffled}, PRICES, again) == settle(uses, PRICES, rule)


@each_key
@QUICK
@given(uses_of_flats, st.integers(0, 2**32), st.integers(2, 1000))
def test_a_building_many_times_as_large_shares_many_times_as_much(
    key: Callable[[list[str], random.Random], SharingKey[str]], uses: dict[str, Use], seed: int, times: int
) -> None:
    rule = key(sorted(uses), random.Random(seed))
    large = {name: Use(each.import_wh * times, each.export_wh * times) for name, each in uses.items()}
    if isinstance(rule, Traded):
        again: SharingKey[str] = Traded(
            tuple(Trade(t.seller, t.buyer, t.wh * times, t.price, t.seller_price) for t in rule.trades)
        )
    else:
        again = rule
    small = settle(uses, PRICES, rule).shares
    # Each rounding is by less than one Wh; of the traded ones there are as many as trades.
    off = 2 * len(rule.trades) + 2 if isinstance(rule, Traded) else 1
    for name, share in settle(large, PRICES, again).shares.items():
        assert abs(share.shared_in_wh - times * small[name].shared_in_wh) <= off * times


@QUICK
@given(st.dictionaries(names, st.integers(0, 1000), min_size=1, max_size=8), st.integers(0, 8000))
def test_the_lowest_part_cannot_be_raised(need: dict[str, int], surplus: int) -> None:
    shares = settle(
        {name: Use(wanted, 0) for name, wanted in need.items()} | {"roof": Use(0, surplus)}, PRICES, MaxMin()
    ).shares
    got = {name: shares[name].shared_in_wh for name in need}
    assert sum(got.values()) == min(surplus, sum(need.values()))
    # Whoever wants more has as much as anybody, but for the one Wh that could not be divided.
    for name, wanted in need.items():
        if got[name] < wanted:
            assert all(got[name] >= other - 1 for other in got.values())


def test_small_divisions_by_level_are_the_best_of_all() -> None:
    for wanted in product(range(4), repeat=3):
        for surplus in range(sum(wanted) + 1):
            uses = {name: Use(each, 0) for name, each in zip("abc", wanted, strict=True)} | {"r": Use(0, surplus)}
            shares = settle(uses, PRICES, MaxMin()).shares
            got = sorted(shares[name].shared_in_wh for name in "abc")
            best = max(
                sorted(parts) for parts in product(*(range(each + 1) for each in wanted)) if sum(parts) == surplus
            )
            assert got == best


def test_of_a_fixed_part_that_is_not_used_nobody_else_gets_anything() -> None:
    uses = {"101": Use(100, 0), "102": Use(900, 0), "roof": Use(0, 1000)}
    shares = settle(uses, PRICES, Static({"101": 50, "102": 50})).shares
    assert (shares["101"].shared_in_wh, shares["102"].shared_in_wh) == (100, 500)
    assert (shares["roof"].shared_out_wh, shares["roof"].sold_wh) == (600, 400)


def test_coefficients_divide_a_slot_as_they_say() -> None:
    uses = {"101": Use(900, 0), "102": Use(900, 0), "103": Use(900, 0), "roof": Use(0, 1000)}
    shares = settle(uses, PRICES, Coefficients({"101": 250_000, "102": 750_000})).shares
    assert [shares[name].shared_in_wh for name in ("101", "102", "103")] == [250, 750, 0]


@pytest.mark.parametrize("parts", [{"a": 999_999}, {"a": 600_000, "b": 400_001}, {}], ids=str)
def test_coefficients_that_do_not_sum_to_one_are_refused(parts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=f"sum to {sum(parts.values())}, not to 1000000"):
        Coefficients(parts)


@pytest.mark.parametrize("part", [-1, 0.5, True, "1"], ids=str)
def test_parts_that_are_no_whole_numbers_are_refused(part: int) -> None:
    with pytest.raises(ValueError, match="write a whole number, 0 or more"):
        Static({"a": part})
    with pytest.raises(ValueError, match="write a whole number, 0 or more"):
        Coefficients({"a": part})
    with pytest.raises(ValueError, match="shares nothing"):
        Static({"a": 0})


@pytest.mark.parametrize("key", [Dynamic(), Traded((Trade("a", "z", 250, 2000), Trade("a", "c", 250, 2000)))])
def test_who_has_another_name_since_gets_what_he_got_then(key: SharingKey[str]) -> None:
    then = {"101": "a", "102": "z", "103": "c"}
    uses = {"101": Use(0, 301), "102": Use(300, 0), "103": Use(300, 0)}
    first = settle({then[name]: use for name, use in uses.items()}, PRICES, key)
    assert first.shares["z"].shared_in_wh + 1 == first.shares["c"].shared_in_wh, "one Wh goes by names"
    again = settle(uses, PRICES, Ranked(key, then, {old: name for name, old in then.items()}))
    assert again.shares == {name: first.shares[old] for name, old in then.items()}


def test_what_the_devices_of_one_flat_traded_with_one_another_is_no_trade_of_the_flats() -> None:
    """In the slot in which a flat's box was exchanged, both boxes may have had orders."""
    trades = (Trade("old", "new", 50, 2000), Trade("old", "x", 70, 2000), Trade("x", "new", 30, 2000))
    names = {"old": "101", "new": "101", "x": "102"}
    key = Ranked(Traded(trades), {"101": "old", "102": "x"}, names)
    assert key.trades == (Trade("101", "102", 70, 2000), Trade("102", "101", 30, 2000))
    slot = SlotInput(0, {"101": Reading(Use(0, 90)), "102": Reading(Use(60, 0))}, None, PRICES, key)
    settled = settle_slot(slot, [flat("101"), flat("102")], (), {})
    assert settled.settlement.shares["102"].shared_in_wh == 60
    assert settled.imbalances.keys() == {"101", "102"}
