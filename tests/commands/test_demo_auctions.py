"""The demonstration's check of its market must be able to fail: each claim is broken in turn."""

from dataclasses import replace
from typing import Any

import pytest

from commands.demo.auction import Auctions, check_auctions
from commands.demo.building import GATE_S, PRICES, SLOT_SECONDS
from commands.demo.deal import Deal
from commands.demo.evidence import Evidence, Logged
from commands.demo.findings import Finding
from commands.demo.undisturbed import START_S
from localvpp.audit import RoundPapers
from localvpp.etp import Kind, Source, TradeTerms
from localvpp.etp.body import Body
from localvpp.trading.state import OwnTrade

from .conftest import BUILDING, FLAT_101, FLAT_102, ORIGIN, SLOT, SmallLog

A, B = FLAT_101.public.device_id, FLAT_102.public.device_id
DUE = SLOT + -(-(START_S + GATE_S + SLOT_SECONDS // 2 - SLOT_SECONDS) // SLOT_SECONDS) * SLOT_SECONDS
"""The first slot that both flats, enrolled a minute before SLOT, could order for."""
PRICE = 20_00
AGAIN, REASON, TRADE, OWN = (
    "every slot's market, run again from the log, gives the same bytes",
    "every slot is traded, or says why it is shared",
    "flats trade by themselves",
    "each flat's own sums of bought, sold and saved are those of the log",
)


def transfer(slot: int, delivered: int, traded: int) -> Body:
    return Body(
        start_ms=slot * 1000,
        end_ms=(slot + 60) * 1000,
        slot_seconds=60,
        sender=A,
        receiver=B,
        energy_wh=delivered,
        attributes=((Source.SOLAR, delivered),),
        price=PRICE,
        trade=TradeTerms(wh=traded, earned=PRICE, offered_wh=traded, wanted_wh=delivered, numbers=(0,)),
    )


@pytest.fixture
def evidence(small_log: SmallLog) -> Evidence:
    """Two slots that 101 and 102 could order for: one is traded, and less is delivered; one is shared."""
    small_log.seal(BUILDING, Kind.TRANSFER, transfer(DUE, 7, 10), DUE)
    small_log.publish()
    slots: list[dict[str, Any]] = [
        {"slot": DUE, "seconds": 60, "settled_by": "trades", "missing": [], "flats": []},
        {"slot": DUE + 60, "seconds": 60, "settled_by": "sharing_key", "missing": [], "flats": []},
    ]
    return Evidence(
        building={"log_key": small_log.vkey, "origin": ORIGIN},
        state={},
        slots=tuple(slots),
        logged=tuple(Logged(i, record, small_log.proof(i)) for i, record in enumerate(small_log.records)),
        prices=PRICES,
        names={BUILDING.public.device_id: "building", A: "101", B: "102"},
        asked_ms=0,
        registers={"101": ((0, 0, 0),), "102": ((0, 0, 0),)},
    )


@pytest.fixture
def auctions() -> Auctions:
    own = {
        "101": {DUE: (OwnTrade(buys=False, wh=10, price=PRICE),)},
        "102": {DUE: (OwnTrade(buys=True, wh=10, price=PRICE),)},
    }
    return Auctions({DUE: (), DUE + 60: ()}, {DUE + 60: "no_trades"}, own)


def found(evidence: Evidence, auctions: Auctions) -> dict[str, Finding]:
    return {each.claim: each for each in check_auctions(evidence, auctions)}


def test_what_flats_say_is_held_against_the_log(evidence: Evidence, auctions: Auctions) -> None:
    told = found(evidence, auctions)
    assert (told[TRADE].holds, told[TRADE].figure) == (
        True,
        "1 slots traded, 10 Wh; 1 of the 2 since all flats run shared",
    )
    # 10 Wh, of which the seller has 11.50 yen/kWh more, and the buyer pays as much less.
    assert (told[OWN].holds, told[OWN].figure) == (True, "2 flats, 10 Wh in 1 slots, 0.23000 yen saved")


@pytest.mark.parametrize(
    "own",
    [
        {},
        {DUE: (OwnTrade(buys=False, wh=9, price=PRICE),)},
        {DUE: (OwnTrade(buys=True, wh=10, price=PRICE),)},
        {DUE: (OwnTrade(buys=False, wh=10, price=PRICE + 1),)},
        {
            DUE: (OwnTrade(buys=False, wh=10, price=PRICE),),
            DUE + 60: (OwnTrade(buys=False, wh=10, price=PRICE),),
        },
    ],
    ids=["forgets it", "less", "the other way", "for more", "in a slot that was shared"],
)
def test_a_flat_that_says_otherwise_than_the_log_fails(
    own: dict[int, tuple[OwnTrade, ...]], evidence: Evidence, auctions: Auctions
) -> None:
    told = found(evidence, replace(auctions, own={**auctions.own, "101": own}))[OWN]
    assert (told.holds, told.figure.startswith("flat 101 says")) == (False, True)


def test_a_building_of_which_most_slots_are_not_traded_fails(evidence: Evidence, auctions: Auctions) -> None:
    more = replace(evidence, slots=(*evidence.slots, {**evidence.slots[1], "slot": DUE + 120}))
    told = found(more, replace(auctions, papers={**auctions.papers, DUE + 120: ()}))[TRADE]
    assert (told.holds, told.figure) == (False, "1 slots traded, 10 Wh; 2 of the 3 since all flats run shared")


def test_a_slot_that_is_shared_says_why(evidence: Evidence, auctions: Auctions) -> None:
    with_rounds = {slot: (RoundPapers(number=0, log_size=3),) for slot in auctions.papers}
    told = found(evidence, replace(auctions, papers=with_rounds))[REASON]
    assert (told.holds, told.figure) == (True, "1 traded, 1 shared (no_trades)")
    told = found(evidence, replace(auctions, papers=with_rounds, why={}))[REASON]
    assert (told.holds, told.figure) == (False, f"slot {DUE + 60} is shared, and nothing says why")
    before = replace(evidence, slots=({**evidence.slots[1], "slot": DUE - 60}, *evidence.slots))
    told = found(before, replace(auctions, papers={**with_rounds, DUE - 60: ()}))[REASON]
    assert (told.holds, told.figure) == (True, "1 traded, 1 shared (before the first gate), 1 shared (no_trades)")
    assert not found(evidence, auctions)[REASON].holds, "a building without a market says nothing"


def test_slots_that_flats_could_not_order_for_yet_count_for_nothing(evidence: Evidence, auctions: Auctions) -> None:
    earlier = tuple({**evidence.slots[1], "slot": DUE - 60 * count} for count in (1, 2, 3))
    more = replace(evidence, slots=(*earlier, *evidence.slots))
    papers = {**auctions.papers, **{each["slot"]: () for each in earlier}}
    assert found(more, replace(auctions, papers=papers))[TRADE].holds


def test_a_slot_that_does_not_come_out_again_fails_with_the_reason(evidence: Evidence, auctions: Auctions) -> None:
    assert not found(evidence, auctions)[AGAIN].holds
    wrong = replace(auctions, papers={**auctions.papers, DUE: (RoundPapers(number=0, log_size=3, book=b"{}"),)})
    told = found(evidence, wrong)[AGAIN]
    assert (told.holds, told.figure.startswith(f"slot {DUE}: ")) == (False, True)


@pytest.mark.parametrize(
    "of_lost",
    [RoundPapers(number=1, log_size=3, came_back=True), RoundPapers(number=1, log_size=3, lost=True)],
    ids=["came back", "lost"],
)
def test_a_round_that_is_said_to_have_lost_its_documents_fails(
    of_lost: RoundPapers, evidence: Evidence, auctions: Auctions
) -> None:
    of_none = RoundPapers(number=0, log_size=3)
    told = found(evidence, replace(auctions, papers={DUE: (of_none,), DUE + 60: (of_none, of_lost)}))[AGAIN]
    assert (told.holds, told.figure) == (
        False,
        f"slot {DUE + 60}: its documents are said to be lost, or given back by flats",
    )


def test_nothing_saved_is_nothing() -> None:
    bought = Deal().and_one(buys=True, wh=5, price=PRICES.grid, prices=PRICES)
    assert bought.and_one(buys=False, wh=3, price=PRICES.feed_in, prices=PRICES) == Deal(5, 3, 0)
