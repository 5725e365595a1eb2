"""What a flat does with the building's words on rounds: it checks them beside all else, and keeps none of no round."""

from dataclasses import replace
from threading import Event

import pytest

from coordinator.keys import load_keys
from localvpp import tlog
from localvpp.market.rounds import MOST_ROUNDS, GateList
from localvpp.notebook import EvidenceKind
from localvpp.trading import Phase, hearing
from localvpp.trading.placing import EARLY_S
from localvpp.wire import RoundName

from ..flat import until
from .conftest import FLATS, ROUND, TRADED, WANTED, Trade
from .test_market_round import stored


async def test_a_flat_that_checks_a_large_book_hears_what_the_log_answers(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    checked, right = Event(), hearing.judge

    def judge(*args: object) -> tuple[str, ...]:
        checked.wait()
        return right(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(hearing, "judge", judge)
    await trade.market.second()
    flat = trade.flats["101"]
    try:
        await until(flat.flat.trading._lock.locked)
        before = flat.flat.state.last_record
        while trade.clock.wall_ms() < (TRADED + 2) * 1000:
            await trade.second_of_flats()
        await flat.until(lambda state: state.last_record != before and not state.pending)
        assert flat.flat.trading._lock.locked(), "it is still checking"
        assert trade.market.rounds[ROUND].verdicts == {}
    finally:
        checked.set()


async def test_words_of_rounds_that_are_none_are_not_kept(trade: Trade) -> None:
    await trade.enter("101", "102", "103")
    await trade.order({"101": (), "103": ()})
    await trade.close()
    flat = trade.flats["102"]
    await trade.stands("102", Phase.CLOSED)
    closed = await stored(trade)
    rules = flat.flat.trading.rules_of(TRADED)
    assert rules is not None
    furthest = (trade.clock.wall_ms() // 1000 + rules.lead_s(0) + EARLY_S) // 60 * 60
    device = flat.membership.device
    for slot, number in (
        (TRADED + 1, 0),
        (furthest + 60, 0),
        (2**50, 0),
        (TRADED, rules.last + 1),
        (TRADED, MOST_ROUNDS - 1),
        (TRADED - 15 * 86_400, 0),
        (furthest, 0),
    ):
        listed = GateList.of(trade.config.origin, slot, number, ()).encode()
        await trade.market.telling.closed(device, replace(closed, slot=slot, number=number, listed=listed))
        await trade.market.telling.untraded(device, RoundName(slot, number), "no_trades")
    last = RoundName(furthest, 0)
    rounds = flat.flat.trading._shelf.rounds
    await until(lambda: last in rounds and rounds[last].ended)
    assert set(rounds) == {ROUND, last}


async def test_a_gate_that_is_not_as_the_building_signs_it_is_none_and_ends_the_connection(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    closed = await stored(trade)
    assert closed.listed is not None
    listed = GateList.decode(closed.listed)
    other, elsewhere, later = (
        replace(listed, **changes).encode()
        for changes in ({"number": 1}, {"origin": "vpp.example/other"}, {"slot": TRADED + 60})
    )
    size = closed.log_size
    for name, told, why in (
        ("101", replace(closed, log_size=size - 1), f"was closed at {size - 1} entries, shown is a head of {size}"),
        ("102", replace(closed, listed=elsewhere), f"the list at the gate of {ROUND} is of round 0 of slot {TRADED}"),
        ("103", replace(closed, listed=other), f"the list at the gate of {ROUND} is of round 1 of slot {TRADED}"),
        ("104", replace(closed, listed=later), f"the list at the gate of {ROUND} is of round 0 of slot {TRADED + 60}"),
        ("105", replace(closed, listed=b"{}"), f"the list at the gate of {ROUND} cannot be read"),
    ):
        flat = trade.flats[name]
        await trade.market.telling.closed(flat.membership.device, told)
        await flat.until(lambda state, why=why: why in state.link.reason)  # type: ignore[misc]
        assert await trade.evidence(name) == [], "whoever stands between the two may have written it"
        kept = flat.flat.trading._shelf.rounds[ROUND]
        assert (kept.log_size, kept.listed) == (size, listed)


async def test_a_gate_at_a_head_of_another_history_is_proof_of_two_histories(trade: Trade) -> None:
    """Where some flats are shown another log than the rest, the orders that count could be others for them."""
    await trade.enter("101")
    await trade.order({"101": WANTED["101"]})
    await trade.close()
    agent, closed = trade.flats["101"], await stored(trade)
    size, keys = agent.flat.witness.head.size, load_keys(trade.config.data / "keys", trade.config.origin)
    fork = tlog.sign_checkpoint(tlog.Checkpoint(trade.config.origin, size, tlog.leaf_hash(b"another")), [keys.log])
    await trade.market.telling.closed(agent.membership.device, replace(closed, log_size=size, checkpoint=fork))
    await until(lambda: not agent.flat.trading._lock.locked() and agent.flat.state.ledger_reason != "")
    (proof,) = [each for each in await agent.flat.evidence() if each.kind is EvidenceKind.HEADS]
    assert tlog.open_checkpoint(proof.theirs, keys.log_verifier).checkpoint.root == tlog.leaf_hash(b"another")


async def test_what_a_gate_was_closed_at_first_stays_whatever_is_told_afterwards(trade: Trade) -> None:
    await trade.enter("101")
    await trade.order({"101": WANTED["101"]})
    await trade.close()
    agent, closed = trade.flats["101"], await stored(trade)
    first = agent.flat.trading._shelf.rounds[ROUND]
    other = GateList.of(trade.config.origin, TRADED, 0, ()).encode()
    await trade.market.telling.closed(agent.membership.device, replace(closed, log_since=1, listed=other))
    (proof,) = await trade.accused("101")
    assert "two lists" in proof.reason
    await until(lambda: not agent.flat.trading._lock.locked())
    kept = agent.flat.trading._shelf.rounds[ROUND]
    assert (kept.closed, kept.log_since, kept.log_size) == (first.closed, first.log_since, first.log_size)
    assert (kept.listed, first.listed) == (first.listed, GateList.decode(closed.listed or b""))


async def test_a_gate_of_a_round_that_is_over_gets_no_orders_shown(trade: Trade) -> None:
    await trade.enter("101")
    await trade.order({"101": WANTED["101"]})
    await trade.close()
    await trade.market.second()
    await trade.stands("101", Phase.SHARED)
    agent = trade.flats["101"]
    assert ROUND in agent.flat.trading._placing.shown
    await trade.market.telling.closed(agent.membership.device, await stored(trade))
    await until(lambda: ROUND not in agent.flat.trading._placing.shown)
    assert await agent.flat.evidence() == []


async def test_a_gate_whose_orders_count_from_elsewhere_is_held_against_the_building(trade: Trade) -> None:
    await trade.enter("101")
    await trade.order({"101": WANTED["101"]})
    await trade.close()
    closed = await stored(trade)
    await trade.market.telling.closed(trade.flats["101"].membership.device, replace(closed, log_since=1))
    (proof,) = await trade.accused("101")
    assert proof.reason == f"{ROUND}: orders of {ROUND} count from entry 1 of the log on, and not from 0"


async def test_the_list_at_the_gate_is_read_once_and_not_each_second(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand orders may be in it, and rounds of two days wait for their books."""
    await trade.enter("101", "103")
    await trade.order({"101": WANTED["101"], "103": WANTED["103"]})
    await trade.close()
    read, right = list[bytes](), GateList.decode

    def decode(data: bytes) -> GateList:
        read.append(data)
        return right(data)

    monkeypatch.setattr(GateList, "decode", decode)
    before = {name: agent.flat.state.market for name, agent in trade.flats.items()}
    for _ in range(3):
        await trade.second_of_flats()
    assert read == []
    assert {name: agent.flat.state.market for name, agent in trade.flats.items()} == before
    await trade.judged()
    assert await trade.stands("101", Phase.AGREED)
