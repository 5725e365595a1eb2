"""The rules of the market: an honest change accuses nobody, and two words that contradict each other prove it."""

from dataclasses import replace

import pytest

from coordinator.config import load
from coordinator.market.ending import Ended, Why
from coordinator.market.ruling import following
from coordinator.store import market as store
from localvpp.etp import DeviceId
from localvpp.market import Node, Objective, PriceRule
from localvpp.market.rounds import OpenedBook, RoundError, Rules
from localvpp.trading import Phase, TradingError
from localvpp.trading.placing import Placing
from localvpp.trading.rulebook import MOST_RULES

from ..flat import until
from . import conftest as harness
from .conftest import FLATS, GATE_S, ROUND, TRADED, WANTED, Trade, bid


async def restart_with(trade: Trade, change: tuple[str, str]) -> None:
    """Start the coordinator again with another line in its file."""
    await trade.kill()
    write(trade, change)
    await trade.revive()


def write(trade: Trade, change: tuple[str, str]) -> None:
    """Put another line into the coordinator's file."""
    file = trade.config.file
    text = file.read_text()
    assert change[0] in text
    file.write_text(text.replace(*change))
    trade.config = load(file)


async def rules_of(trade: Trade, name: str, count: int) -> tuple[Rules, ...]:
    """Wait until a flat knows so many rules."""
    trading = trade.flats[name].flat.trading
    await until(lambda: len(trading.rules) == count)
    return trading.rules


async def test_a_manager_who_changes_the_rules_is_accused_of_nothing(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    later = TRADED + 1200
    await trade.flats["105"].flat.trading.place(later, WANTED["105"])
    await restart_with(trade, ("rounds: []", "rounds: [], price: pair"))
    for name in FLATS:
        old, new = await rules_of(trade, name, 2)
        assert (old.price, new.price) == (PriceRule.MID, PriceRule.PAIR)
        assert (old.number, new.number // 86_400) == (0, TRADED // 86_400)
        assert TRADED < new.since < later, "what was begun goes on as it was told"
    await trade.close()
    await trade.judged()
    await trade.ended()
    async with trade.house.coordinator.engine.connect() as connection:
        stored = await store.one(connection, ROUND)
    assert stored is not None
    assert (stored.rules, stored.ended) == (0, Ended.TRADED)
    assert OpenedBook.decode(stored.book or b"").price is PriceRule.MID
    assert trade.market.board.ruling.of(later).price is PriceRule.PAIR
    for name in FLATS:
        assert await trade.evidence(name) == []


@pytest.mark.parametrize("wrong_ms", [10 * 365 * 86_400_000, -7_200_000], ids=["ten years ahead", "two hours behind"])
async def test_a_clock_that_stands_wrong_makes_no_rules(
    trade: Trade, wrong_ms: int, caplog: pytest.LogCaptureFixture
) -> None:
    await trade.enter("101", "103")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.kill()
    write(trade, ("rounds: []", "rounds: [], price: pair"))
    trade.clock.step(wrong_ms)
    # Alone: by a clock that is behind the log would refuse the flats' records, which is no matter of rules.
    await trade.start_alone()
    await trade.market.second()
    (known,) = trade.market.board.ruling.all
    assert known.price is PriceRule.MID
    assert caplog.text.count("Other rules of the market wait: this clock is") == 1
    trade.clock.step(-wrong_ms)
    await trade.come_back()
    await trade.market.second()
    _, new = await rules_of(trade, "101", 2)
    assert (new.price, TRADED < new.since < TRADED + 1200) == (PriceRule.PAIR, True)
    assert await trade.evidence("101") == []


async def test_rules_that_follow_a_database_of_before_have_another_number(trade: Trade) -> None:
    """A database that was set back knows nothing of the rules that were told since."""
    await trade.enter("101")
    ruling = trade.market.board.ruling
    now_ms, (first,) = trade.clock.wall_ms(), ruling.all
    wanted = replace(first, price=PriceRule.PAIR)
    told = following([first], wanted, now_ms, 60)
    again = following([first], replace(wanted, gate_s=60), now_ms + 1000, 60)
    assert told is not None
    assert again is not None
    assert first.number < told.number < again.number


async def test_rules_are_known_after_a_restart_of_a_flat(trade: Trade) -> None:
    await trade.enter("101")
    flat = trade.flats["101"]
    before = flat.flat.trading.rules
    await flat.stop()
    await flat.start()
    assert flat.flat.trading.rules == before
    assert flat.flat.state.market.rules == before[0]


async def test_rules_that_others_have_taken_the_place_of_before_they_held_push_out_none_that_hold(
    trade: Trade,
) -> None:
    await trade.enter("101")
    device = trade.flats["101"].membership.device
    (now,) = trade.flats["101"].flat.trading.rules
    later = TRADED + 7200
    for number in range(1, 2 * MOST_RULES):
        await trade.market.telling.rules(device, replace(now, number=number, since=later))
    last = replace(now, number=2 * MOST_RULES, since=later + 60)
    await trade.market.telling.rules(device, last)
    trading = trade.flats["101"].flat.trading
    await until(lambda: last in trading.rules)
    assert [(each.number, each.since) for each in trading.rules] == [
        (0, now.since),
        (2 * MOST_RULES - 1, later),
        (2 * MOST_RULES, later + 60),
    ]
    assert await trade.evidence("101") == []


async def test_two_rules_of_one_number_are_proof_by_themselves(trade: Trade) -> None:
    await trade.enter("101")
    device = DeviceId(trade.flats["101"].membership.device)
    rules = trade.market.board.ruling.of(TRADED)
    await trade.market.telling.rules(device, replace(rules, price=PriceRule.BID))
    (proof,) = await trade.accused("101")
    assert proof.reason == "the building has told two rules 0 of its market"
    assert trade.flats["101"].flat.trading.rules == (rules,), "the first ones hold"


async def test_rules_for_a_slot_whose_gate_is_closed_are_proof_by_themselves(trade: Trade) -> None:
    await trade.enter("101", "103")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.close()
    device = DeviceId(trade.flats["101"].membership.device)
    await trade.market.telling.rules(device, replace(trade.market.board.ruling.of(TRADED), number=1, since=TRADED))
    (proof,) = await trade.accused("101")
    assert proof.reason == f"rules 1 are told to hold from slot {TRADED} on, and the gate of {ROUND} was closed"


async def test_a_book_by_other_rules_than_one_flat_was_told_is_refused_by_that_flat(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    nodes = (Node(id="building"), Node(id="low", parent="building", import_limit_wh=1, export_limit_wh=1))
    ruling = trade.market.board.ruling
    told = replace(ruling.of(TRADED), number=1, nodes=nodes, places={"105": "low"}, since=TRADED)
    await trade.market.telling.rules(DeviceId(trade.flats["105"].membership.device), told)
    await rules_of(trade, "105", 2)
    await trade.close()
    await trade.judged()
    members = {name: trade.flats[name].membership.device for name in trade.flats}
    verdicts = trade.market.rounds[ROUND].verdicts
    assert [bool(verdicts[members[name]].findings) for name in members] == [False, False, True]
    assert "the book is made by other rules than 1" in "; ".join(verdicts[members["105"]].findings)
    assert len(await trade.accused("105")) == 1


@pytest.fixture
def mcafee(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "RULES", f"market: {{gate_s: {GATE_S}, show_s: 10, rounds: [], price: mcafee}}\n")


@pytest.mark.usefixtures("mcafee")
async def test_an_order_that_the_price_rule_cannot_serve_is_refused_and_stops_nobody_else(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter(*FLATS)
    green = (replace(bid(100, 2500), requires=frozenset({"green"})),)
    trading = trade.flats["105"].flat.trading
    with pytest.raises(TradingError, match="the price rule mcafee serves no green-only bids"):
        await trading.place(TRADED, green)
    await trade.order({name: WANTED[name] for name in FLATS[:4]})
    monkeypatch.setattr("localvpp.trading.placing.refused_by", lambda *_: None)
    await trade.order({"105": green})  # As another program could.
    await trade.to_gate()
    await trade.shut()
    await trade.second(11)
    await trade.judged()
    await trade.ended()
    async with trade.house.coordinator.engine.connect() as connection:
        stored = await store.one(connection, ROUND)
    assert stored is not None
    assert (stored.ended, stored.why) in {(Ended.TRADED, None), (Ended.UNTRADED, Why.NO_TRADES)}
    assert len(OpenedBook.decode(stored.book or b"").withheld) == 1
    assert trade.state("105").phase in {Phase.TRADED, Phase.SHARED}
    assert await trade.evidence("105") == []


@pytest.fixture
def without_103(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "RULES", harness.RULES.replace("rounds: []", 'rounds: [], without: ["103"]'))


@pytest.mark.usefixtures("without_103")
async def test_a_flat_whose_meter_may_not_be_billed_from_does_not_trade(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await trade.enter(*FLATS)
    with pytest.raises(TradingError, match="leave flat 103 out: its meter may not be billed from"):
        await trade.flats["103"].flat.trading.place(TRADED, WANTED["103"])
    # What a flat of another make has ordered all the same is not taken.
    monkeypatch.setattr(Placing, "_may_place", lambda placing, slot: placing._rules.of(slot))
    await trade.order()
    await trade.to_gate()
    await trade.shut()
    known = trade.market.rounds[ROUND]
    await until(lambda: len(known.shown) == len(FLATS) - 1)
    await trade.second(11)
    await trade.judged()
    await trade.ended()
    assert "Orders of flat 103 do not count: the rules leave it out" in caplog.text
    async with trade.house.coordinator.engine.connect() as connection:
        stored = await store.one(connection, ROUND)
        shown = await store.shown(connection, ROUND)
    assert stored is not None
    assert stored.ended == Ended.TRADED
    assert trade.flats["103"].membership.device not in shown
    for name in FLATS:
        assert await trade.evidence(name) == []


def test_rules_that_leave_nobody_out_are_written_as_before() -> None:
    rules = Rules(origin="o", number=1, since=60, gate_s=30, show_s=10, objective=Objective.GAIN, price=PriceRule.MID)
    assert b"without" not in rules.encode()
    without = replace(rules, without=frozenset({"103", "101"}))
    assert b'"without":["101","103"]' in without.encode()
    assert Rules.decode(without.encode()) == without
    for wrong in (b'"without":["103","101"]', b'"without":["101","101"]', b'"without":[]'):
        with pytest.raises(RoundError):
            Rules.decode(without.encode().replace(b'"without":["101","103"]', wrong))
