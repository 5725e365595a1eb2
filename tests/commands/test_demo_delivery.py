"""The demonstration's check of what was delivered must be able to fail: each claim is broken in turn."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

import aiohttp
from aiohttp import web
import pytest

from commands.demo.auction import LEADS_S, Auctions, check_again
from commands.demo.building import PRICES, SimulatedFlat
from commands.demo.delivery import Seconds, SetPointWatch, check_delivery
from commands.demo.evidence import Evidence, Logged
from commands.demo.findings import Finding
from localvpp.audit import RoundPapers
from localvpp.etp import Kind, Source, TradeTerms
from localvpp.etp.body import Body
from localvpp.trading.state import OwnTrade

from .conftest import BUILDING, FLAT_101, FLAT_102, ORIGIN, SLOT, SmallLog

A, B = FLAT_101.public.device_id, FLAT_102.public.device_id
NEXT = SLOT + 60
PRICE = 20_00
BORNE, LEASED = (
    "what was traded is delivered, by batteries that are asked to",
    "batteries are held by leases, and only where their flats have traded",
)


def simulated(flat: str, *, battery: bool) -> SimulatedFlat:
    return SimulatedFlat(
        flat, "tcp://meter", "eastron_sdm120", "tcp://inverter", "sunspec", battery, None, None, frozenset(), None, ""
    )


FLATS = (simulated("101", battery=True), simulated("102", battery=False))
HELD: Seconds = {"101": [SLOT + 5, SLOT + 6, SLOT + 59, NEXT + 3]}
"""In the slot that 101 has traded, and a moment on."""


def sold(log: SmallLog, traded: int, offered: int, delivered: int) -> Evidence:
    """One slot in which 101, whose battery delivers, has sold to 102, and one in which nobody has traded."""
    body = Body(
        start_ms=SLOT * 1000,
        end_ms=NEXT * 1000,
        slot_seconds=60,
        sender=A,
        receiver=B,
        energy_wh=delivered,
        attributes=((Source.SOLAR, delivered),) if delivered else (),
        price=PRICE,
        trade=TradeTerms(wh=traded, earned=PRICE, offered_wh=offered, wanted_wh=delivered, numbers=(0,)),
    )
    log.seal(BUILDING, Kind.TRANSFER, body, SLOT)
    log.publish()
    slots: list[dict[str, Any]] = [
        {"slot": SLOT, "seconds": 60, "settled_by": "trades", "missing": [], "flats": []},
        {"slot": NEXT, "seconds": 60, "settled_by": "sharing_key", "missing": [], "flats": []},
    ]
    return Evidence(
        building={"log_key": log.vkey, "origin": ORIGIN},
        state={},
        slots=tuple(slots),
        logged=tuple(Logged(i, record, log.proof(i)) for i, record in enumerate(log.records)),
        prices=PRICES,
        names={BUILDING.public.device_id: "building", A: "101", B: "102"},
        asked_ms=0,
        registers={"101": ((0, 0, 0),), "102": ((0, 0, 0),)},
    )


@pytest.fixture
def auctions() -> Auctions:
    return Auctions({SLOT: (), NEXT: ()}, {}, {"101": {SLOT: (OwnTrade(buys=False, wh=10, price=PRICE),)}})


def found(evidence: Evidence, auctions: Auctions, held: Seconds = HELD) -> dict[str, Finding]:
    return {each.claim: each for each in check_delivery(evidence, auctions, FLATS, held)}


def test_what_was_traded_is_told_with_what_came_of_it(small_log: SmallLog, auctions: Auctions) -> None:
    told = found(sold(small_log, traded=10, offered=8, delivered=7), auctions)
    assert (told[BORNE].holds, told[BORNE].figure) == (
        True,
        "of 10 Wh traded 7 Wh delivered; by flats with batteries that deliver (101) 8 of 10 Wh",
    )
    assert (told[LEASED].holds, told[LEASED].figure) == (
        True,
        "seen at the devices: 4 s of set-points that end by themselves",
    )


def test_a_battery_that_bears_too_little_of_its_flats_trades_fails(small_log: SmallLog, auctions: Auctions) -> None:
    told = found(sold(small_log, traded=10, offered=7, delivered=7), auctions)[BORNE]
    assert (told.holds, told.figure.endswith("(101) 7 of 10 Wh")) == (False, True)


def test_a_battery_that_was_asked_for_nothing_fails_though_the_sun_has_delivered(
    small_log: SmallLog, auctions: Auctions
) -> None:
    told = found(sold(small_log, traded=10, offered=10, delivered=10), auctions, {})[BORNE]
    assert (told.holds, told.figure) == (
        False,
        "of 10 Wh traded 10 Wh delivered; the battery of flat 101 was asked for nothing",
    )


def test_where_no_battery_has_traded_that_is_said(small_log: SmallLog, auctions: Auctions) -> None:
    evidence = sold(small_log, traded=10, offered=1, delivered=1)
    without = check_delivery(evidence, auctions, [simulated("101", battery=False), FLATS[1]], {})
    assert (without[0].holds, without[0].figure) == (
        True,
        "of 10 Wh traded 1 Wh delivered; no flat whose battery delivers has traded",
    )


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ({"101": [NEXT + 30]}, f"flat 101 has traded nothing in slot {NEXT}, and its battery is held 30 s after"),
        ({"102": [SLOT + 5]}, f"flat 102 lets nothing deliver, and its battery is held in slot {SLOT}"),
    ],
    ids=["longer than a lease", "one that does not deliver"],
)
def test_a_battery_that_is_held_for_nothing_fails(
    held: Seconds, says: str, small_log: SmallLog, auctions: Auctions
) -> None:
    told = found(sold(small_log, traded=10, offered=8, delivered=7), auctions, held)[LEASED]
    assert (told.holds, told.figure.startswith(says)) == (False, True)


def test_a_battery_that_is_held_at_the_begin_of_a_slot_after_none_that_was_traded_fails(
    small_log: SmallLog, auctions: Auctions
) -> None:
    evidence = sold(small_log, traded=10, offered=8, delivered=7)
    assert not found(evidence, replace(auctions, own={}), {"101": [NEXT + 3]})[LEASED].holds
    assert found(evidence, auctions, {"101": [NEXT + 29]})[LEASED].holds


async def test_set_points_are_seen_at_the_devices_and_a_late_answer_is_asked_for_again(
    socket_enabled: None, aiohttp_server: Any
) -> None:
    answers = [
        {"flats": [{"flat": "101", "inverter": {"leased": {"ac_w": 5}}}, {"flat": "104", "inverter": None}]},
        None,
        {"flats": [{"flat": "101", "inverter": {"leased": None}}, {"flat": "102", "inverter": {"leased": {}}}]},
    ]
    asked = asyncio.Event()

    async def state(_request: web.Request) -> web.Response:
        answer = answers.pop(0)
        if not answers:
            asked.set()
        return web.Response(status=503) if answer is None else web.json_response(answer)

    application = web.Application()
    application.router.add_get("/api/state", state)
    server = await aiohttp_server(application)
    async with aiohttp.ClientSession() as session:
        watch = SetPointWatch(session, str(server.make_url("/")).rstrip("/"))
        looking = asyncio.create_task(watch.run())
        try:
            async with asyncio.timeout(60):
                await asked.wait()
                while "102" not in watch.seen:
                    await asyncio.sleep(0.01)
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
    assert {flat: len(seconds) for flat, seconds in watch.seen.items()} == {"101": 1, "102": 1}


AGAIN = "every slot is cleared again until its gate"
DUE = SLOT + LEADS_S[0]
"""The first slot whose gates were all ahead when the first gate of all was closed, the last one of SLOT."""


@pytest.mark.parametrize(("numbers", "holds"), [((0, 1), True), ((1,), False), ((0,), False), ((), False)], ids=str)
def test_a_slot_that_has_not_all_its_rounds_fails(
    numbers: tuple[int, ...], holds: bool, small_log: SmallLog, auctions: Auctions
) -> None:
    evidence = sold(small_log, traded=10, offered=8, delivered=7)
    evidence = replace(evidence, slots=(evidence.slots[0], {**evidence.slots[0], "slot": DUE}))
    papers = {
        SLOT: (RoundPapers(number=1, log_size=2),),
        DUE: tuple(RoundPapers(number=number, log_size=3) for number in numbers),
    }
    told = check_again(evidence, replace(auctions, papers=papers))
    assert (told.claim, told.holds) == (AGAIN, holds)
    if holds:
        assert told.figure == "1 slots of 2 rounds; 60 s before: 0 traded, 0 Wh; 20 s before: 0 traded, 0 Wh"


def test_where_no_gate_was_closed_before_a_slot_nothing_is_shown(small_log: SmallLog, auctions: Auctions) -> None:
    evidence = sold(small_log, traded=10, offered=8, delivered=7)
    assert not check_again(evidence, auctions).holds
    evidence = replace(evidence, slots=evidence.slots[:1])
    assert not check_again(evidence, replace(auctions, papers={SLOT: (RoundPapers(number=1, log_size=2),)})).holds
