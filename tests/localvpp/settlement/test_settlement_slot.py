"""Surplus is shared in proportion to use: nothing is lost, nobody is harmed, and everyone can re-run it."""

import random

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.settlement import Settlement, SlotPrices, Transfer, Use, settle

QUICK = settings(deadline=None, max_examples=80)
PRICES = SlotPrices(inside=2200, grid=3100, feed_in=850)

wh = st.one_of(st.integers(0, 20), st.integers(0, 10**6))
uses_of_flats = st.dictionaries(st.text("0123456789", min_size=3, max_size=3), st.builds(Use, wh, wh), max_size=12)
rising = st.lists(st.integers(0, 10**4), min_size=3, max_size=3).map(sorted)
prices = rising.map(lambda three: SlotPrices(feed_in=three[0], inside=three[1], grid=three[2]))


def alone(use: Use, at: SlotPrices) -> int:
    """What a flat would get or pay if it shared with nobody."""
    net = use.export_wh - use.import_wh
    return net * (at.feed_in if net > 0 else at.grid)


@QUICK
@given(uses_of_flats, prices)
def test_energy_and_money_are_conserved(uses: dict[str, Use], at: SlotPrices) -> None:
    settled = settle(uses, at)
    shares = settled.shares
    assert sum(share.shared_in_wh for share in shares.values()) == sum(share.shared_out_wh for share in shares.values())
    assert sum(share.inside_money for share in shares.values()) == 0
    assert settled.building_money + sum(share.grid_money for share in shares.values()) == 0
    net = sum(use.import_wh - use.export_wh for use in uses.values())
    at_the_grid = [
        share.import_wh - share.export_wh - share.shared_in_wh + share.shared_out_wh for share in shares.values()
    ]
    assert sum(at_the_grid) == net
    # All that could be shared was: nobody buys from the grid while a neighbour sells to it.
    assert not (any(wh > 0 for wh in at_the_grid) and any(wh < 0 for wh in at_the_grid))


@QUICK
@given(uses_of_flats, prices)
def test_nobody_shares_more_than_his_meter_counted(uses: dict[str, Use], at: SlotPrices) -> None:
    shares = settle(uses, at).shares
    assert shares.keys() == uses.keys()
    for name, use in uses.items():
        share = shares[name]
        assert (share.import_wh, share.export_wh) == (use.import_wh, use.export_wh)
        assert 0 <= share.shared_in_wh <= max(use.import_wh - use.export_wh, 0)
        assert 0 <= share.shared_out_wh <= max(use.export_wh - use.import_wh, 0)


@QUICK
@given(uses_of_flats, prices)
def test_nobody_is_worse_off_than_alone(uses: dict[str, Use], at: SlotPrices) -> None:
    for name, share in settle(uses, at).shares.items():
        assert share.inside_money + share.grid_money >= alone(uses[name], at)


@QUICK
@given(uses_of_flats, prices)
def test_transfers_are_few_and_add_up_to_the_shares(uses: dict[str, Use], at: SlotPrices) -> None:
    settled = settle(uses, at)
    sellers = {transfer.sender for transfer in settled.transfers}
    buyers = {transfer.receiver for transfer in settled.transfers}
    assert not sellers & buyers
    assert len(settled.transfers) <= max(len(sellers) + len(buyers) - 1, 0)
    pairs = [(transfer.sender, transfer.receiver) for transfer in settled.transfers]
    assert len(set(pairs)) == len(pairs)
    for transfer in settled.transfers:
        assert transfer.sender != transfer.receiver
        assert transfer.energy_wh > 0
        assert transfer.money == transfer.energy_wh * at.inside
    for name, share in settled.shares.items():
        received = [transfer for transfer in settled.transfers if transfer.receiver == name]
        given_away = [transfer for transfer in settled.transfers if transfer.sender == name]
        assert share.shared_in_wh == sum(transfer.energy_wh for transfer in received)
        assert share.shared_out_wh == sum(transfer.energy_wh for transfer in given_away)
        assert share.inside_money == sum(t.money for t in given_away) - sum(t.money for t in received)


@QUICK
@given(uses_of_flats, prices, st.randoms())
def test_everyone_who_re_runs_it_gets_the_same(uses: dict[str, Use], at: SlotPrices, chance: random.Random) -> None:
    names = list(uses)
    chance.shuffle(names)
    again: Settlement[str] = settle({name: uses[name] for name in names}, at)
    assert again.transfers == settle(uses, at).transfers
    assert again.shares == settle(uses, at).shares


def test_names_may_be_device_ids() -> None:
    settled = settle({b"\x01" * 16: Use(0, 5), b"\x00" * 16: Use(9, 0)}, PRICES)
    assert settled.transfers == (Transfer(b"\x01" * 16, b"\x00" * 16, 5, 5 * 2200),)


def test_a_flats_own_surplus_covers_its_own_use_first() -> None:
    settled = settle({"101": Use(30, 50), "102": Use(100, 0)}, PRICES)
    assert settled.transfers == (Transfer("101", "102", 20, 20 * 2200),)
    assert settled.shares["101"].inside_money == 20 * 2200
    assert settled.shares["101"].grid_money == 0
    assert settled.shares["102"].grid_money == -80 * 3100
    assert settled.building_money == 80 * 3100


def test_a_surplus_that_nobody_uses_goes_to_the_grid() -> None:
    settled = settle({"101": Use(0, 50), "102": Use(0, 10)}, PRICES)
    assert settled.transfers == ()
    assert [share.grid_money for share in settled.shares.values()] == [50 * 850, 10 * 850]


def test_a_building_without_flats_settles_to_nothing() -> None:
    empty: dict[str, Use] = {}
    assert settle(empty, PRICES) == Settlement({}, ())


@pytest.mark.parametrize("three", [(3, 2, 4), (2, 3, 1), (1, 0, 5), (-1, 2, 3), (5, 4, 3)], ids=str)
def test_prices_that_would_harm_one_side_are_refused(three: tuple[int, int, int]) -> None:
    feed_in, inside, grid = three
    with pytest.raises(ValueError, match="must rise from feed-in to inside to grid"):
        SlotPrices(feed_in=feed_in, inside=inside, grid=grid)


def test_equal_prices_are_taken() -> None:
    assert settle({"101": Use(0, 5), "102": Use(5, 0)}, SlotPrices(7, 7, 7)).shares["101"].inside_money == 35
