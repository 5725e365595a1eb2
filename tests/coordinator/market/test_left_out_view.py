"""Whose orders a result is without is told with the reason, and of those who have a word only who agrees is counted."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from coordinator.market.view import Names, Told, round_plain
from coordinator.store.orders import committed, orders_at
from localvpp.market.rounds import Cleared
from localvpp.trading.hearing import Hearing
from localvpp.trading.kept import KeptRound

from ..flat import until
from .conftest import FLATS, ROUND, WANTED, Trade
from .test_leaving import second_proposed, to_words, with_a_flat_that_dies
from .test_market_round import stored
from .test_market_view import token_of, told


def one_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, trade: Trade, name: str, otherwise: Callable[[KeptRound], KeptRound]
) -> None:
    """Have a flat say something else than it finds."""
    other, right = trade.flats[name].flat.trading._hearing, Hearing.verdict

    async def verdict(hearing: Hearing, kept: KeptRound) -> object:
        return await right(hearing, otherwise(kept) if hearing is other else kept)

    monkeypatch.setattr(Hearing, "verdict", verdict)


async def test_who_gave_no_word_is_named_to_the_manager_and_to_itself_alone(trade: Trade) -> None:
    await with_a_flat_that_dies(trade)
    assert (await told(trade))["left_out"] == [], "it has time for its word"
    await to_words(trade)
    known = await second_proposed(trade)
    await until(lambda: len(known.verdicts) == 4)
    await trade.market.second()
    shown = await told(trade)
    (own,) = [each["id"] for each in shown["orders"] if each["flat"] == "104"]
    assert shown["left_out"] == [{"flat": "104", "orders": [own], "why": "no_word"}]
    assert (shown["outcome"], shown["agreed"], shown["disputes"]) == ("traded", 4, [])
    assert (await told(trade, token_of(trade, "103")))["left_out"] == [
        {"flat": None, "orders": [own], "why": "no_word"}
    ]
    assert (await told(trade, token_of(trade, "104")))["left_out"] == shown["left_out"]


async def test_who_says_that_its_orders_are_not_there_as_it_gave_them_is_told_apart(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    one_says_otherwise(monkeypatch, trade, "104", lambda kept: replace(kept, findings=("not mine",), vouches=False))
    await trade.close()
    await trade.judged()
    await to_words(trade)
    await second_proposed(trade)
    (found,) = (await told(trade))["left_out"]
    assert (found["flat"], found["why"]) == ("104", "not_vouched")


async def came_back(trade: Trade) -> dict[str, Any]:
    """Return a round that is traded as if its documents were lost, and flats had given them back."""
    done = replace(await stored(trade), why="rebuilt", first=None)
    assert done.came_back
    async with trade.house.coordinator.engine.connect() as connection:
        ordered = await orders_at(connection, done.slot, done.log_since, done.log_size)
    told = Told(
        stored=done,
        ordered=frozenset(ordered),
        committed=committed(ordered),
        shown={},
        verdicts={},
        first={},
        places={},
    )
    return round_plain(told, Names({agent.membership.device: name for name, agent in trade.flats.items()}))


async def test_of_documents_that_came_back_it_is_not_known_why_orders_are_left_out(trade: Trade) -> None:
    await with_a_flat_that_dies(trade)
    await to_words(trade)
    known = await second_proposed(trade)
    await until(lambda: len(known.verdicts) == 4)
    await trade.market.second()
    shown = await came_back(trade)
    assert [(each["flat"], each["why"]) for each in shown["left_out"]] == [("104", None)]


async def test_who_vouches_and_refuses_has_not_agreed(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its word stands in the document of those by which the result counts, too."""
    await trade.enter(*FLATS)
    await trade.order()
    one_says_otherwise(monkeypatch, trade, "102", lambda kept: replace(kept, findings=("it does not please me",)))
    await trade.close()
    await trade.judged()
    await trade.ended()
    shown = await told(trade)
    assert (shown["outcome"], shown["agreed"], len(shown["disputes"])) == ("traded", 4, 1)
    assert len(Cleared.decode((await stored(trade)).cleared or b"").words) == 5
    assert (await came_back(trade))["agreed"] == 4


async def test_whoever_had_no_word_is_not_counted_among_those_who_agree(trade: Trade) -> None:
    """It came after the gate, and has ordered nothing: the book says of how many flats it takes how many."""
    await trade.enter(*FLATS)
    await trade.order({name: orders for name, orders in WANTED.items() if name != "105"})
    await trade.flats["105"].stop()
    await trade.close()
    await trade.flats["105"].start()
    await trade.flats["105"].online()
    await trade.judged()
    shown = await told(trade)
    assert (shown["voters"], shown["agreed"]) == (4, 4)
    assert len(trade.market.rounds[ROUND].verdicts) == 5, "what it says is heard"
