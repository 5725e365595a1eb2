"""The link proves both keys, comes back by itself, and lets frames flow while it is up."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
import logging
from typing import Any

import pytest

from localvpp import tlog
from localvpp.etp import DeviceId, Ed25519Signer
from localvpp.link import FIRST_WAIT_S, LONGEST_WAIT_S, STEADY_S, Link, LinkState, connection
from localvpp.wire import (
    PROTOCOL,
    AskWitness,
    Challenge,
    Code,
    FromCoordinator,
    Hello,
    Refused,
    Terms,
    Welcome,
    encode,
    sign_terms,
)

from .place import ORIGIN, HandClock
from .small_coordinator import NONCE, PATIENCE_S, Ear, SmallCoordinator, Waits, frame

PARTNER = DeviceId(b"\x0f" * 16)


type Begin = Callable[[], Any]

# --- Handshake ----------------------------------------------------------------------------------------------


async def test_both_sides_prove_their_keys(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, device: DeviceId
) -> None:
    await start()
    hello = await coordinator.hear(Hello)  # whose signature the server has verified
    assert (hello.software, hello.settled_slot) == ("tests", 0)
    assert await ear.next("terms", Terms) == coordinator.terms
    await ear.status(LinkState.ONLINE)


async def refused_at_the_door(start: Begin, ear: Ear, waits: Waits, named: str) -> None:
    await start()
    status = await ear.status(LinkState.REFUSED)
    assert named in status.reason
    # A person must look: it is not tried again soon, but it is tried again.
    assert LONGEST_WAIT_S / 2 <= await waits.pass_one() <= LONGEST_WAIT_S
    await ear.status(LinkState.REFUSED)


async def test_a_coordinator_without_the_buildings_key_is_refused(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits, stranger: Ed25519Signer
) -> None:
    coordinator.building = stranger
    coordinator.terms = replace(coordinator.terms, building=stranger.public.device_id)
    await refused_at_the_door(start, ear, waits, "cannot prove that it is the building")


async def test_terms_that_answer_another_flats_nonce_are_refused(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits
) -> None:
    coordinator.welcome = lambda _: coordinator.honest_welcome(bytes(32))
    await refused_at_the_door(start, ear, waits, "another flat's nonce")


async def test_the_coordinator_of_another_building_is_refused(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits
) -> None:
    coordinator.challenge = lambda: Challenge(PROTOCOL, "vpp.example/next-door", NONCE, 0)
    await refused_at_the_door(start, ear, waits, "is the coordinator of vpp.example/next-door")
    assert coordinator.heard.empty()  # Nothing was signed for it.


async def test_terms_of_another_building_are_refused(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits
) -> None:
    coordinator.terms = replace(coordinator.terms, origin="vpp.example/next-door")
    await refused_at_the_door(start, ear, waits, "terms for vpp.example/next-door")


async def test_a_coordinator_that_calls_the_flat_the_building_is_refused(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits, device: DeviceId
) -> None:
    coordinator.terms = replace(coordinator.terms, building=device)
    await refused_at_the_door(start, ear, waits, "calls this flat's device the building")


@pytest.mark.parametrize("version", [PROTOCOL - 1, PROTOCOL + 1])
async def test_another_protocol_is_refused(
    version: int, start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits
) -> None:
    coordinator.challenge = lambda: Challenge(version, ORIGIN, NONCE, 0)
    named = f"the coordinator speaks protocol {version}, this flat {PROTOCOL}: update the older one"
    await refused_at_the_door(start, ear, waits, named)
    assert coordinator.heard.empty()


async def test_a_coordinator_that_refuses_the_protocol_is_a_matter_for_a_person(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits
) -> None:
    coordinator.welcome = lambda _: Refused(Code.WRONG_PROTOCOL, "update the older one", fatal=True)
    await refused_at_the_door(start, ear, waits, "update the older one")


async def test_a_flat_that_the_building_does_not_know_is_refused(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits
) -> None:
    coordinator.welcome = lambda _: Refused(Code.UNKNOWN_FLAT, "ask the manager for an invite", fatal=True)
    await refused_at_the_door(start, ear, waits, "ask the manager for an invite")


async def test_once_it_is_known_it_comes_online(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits
) -> None:
    coordinator.welcome = lambda _: Refused(Code.UNKNOWN_FLAT, "not yet", fatal=True)
    await start()
    await ear.status(LinkState.REFUSED)
    coordinator.welcome = coordinator.honest_welcome
    await waits.pass_one()
    await ear.status(LinkState.ONLINE)


@pytest.mark.parametrize(
    ("first", "named"),
    [(AskWitness(1, b""), "AskWitness instead of a challenge"), (Refused(Code.REPLACED, "again", fatal=True), "again")],
    ids=["head", "refused"],
)
async def test_a_coordinator_that_begins_wrongly_is_tried_again(
    first: FromCoordinator, named: str, start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits
) -> None:
    honest, coordinator.challenge = coordinator.challenge, lambda: first
    await start()
    assert named in (await ear.status(LinkState.CONNECTING)).reason
    coordinator.challenge = honest
    await waits.pass_one()
    await ear.status(LinkState.ONLINE)


# --- Coming back --------------------------------------------------------------------------------------------


async def test_the_waits_grow_and_a_steady_connection_makes_them_short_again(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    clock: HandClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    honest, coordinator.challenge = coordinator.challenge, lambda: AskWitness(1, b"")
    await start()
    expected = FIRST_WAIT_S
    for _ in range(8):
        assert expected / 2 <= await waits.pass_one() <= expected
        expected = min(expected * 2, LONGEST_WAIT_S)
    assert expected == LONGEST_WAIT_S
    coordinator.challenge = honest  # The wait that just passed leads to an honest one.
    await ear.status(LinkState.ONLINE)
    clock.move(STEADY_S + 1)
    await coordinator.drop()
    await ear.status(LinkState.CONNECTING)
    assert FIRST_WAIT_S / 2 <= await waits.pass_one() <= FIRST_WAIT_S
    await ear.status(LinkState.ONLINE)
    # Broken and healed are told once each, however often it was tried.
    told = [record.levelname for record in caplog.records if record.name.startswith("localvpp.link")]
    assert told == ["WARNING", "INFO", "WARNING", "INFO"]


async def test_a_connection_that_does_not_hold_keeps_the_waits_growing(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits
) -> None:
    await start()
    for expected in (1, 2, 4):
        await ear.status(LinkState.ONLINE)
        await coordinator.drop()
        assert expected / 2 <= await waits.pass_one() <= expected


async def test_a_coordinator_that_is_away_is_waited_for(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits
) -> None:
    coordinator.welcome = lambda _: Refused(Code.BAD_MESSAGE, "not understood", fatal=False)
    await start()
    assert "Refused" in (await ear.status(LinkState.CONNECTING)).reason
    await waits.pass_one()
    await coordinator.hear(Hello)
    await coordinator.stop()
    await ear.status(LinkState.CONNECTING)
    await waits.pass_one()
    await ear.status(LinkState.CONNECTING)


async def test_a_coordinator_that_says_nothing_is_given_up(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HANDSHAKE_S", 0.05)
    monkeypatch.setattr(coordinator, "say", _say_nothing)
    await start()
    assert (await ear.status(LinkState.CONNECTING)).reason == "TimeoutError"
    await waits.pass_one()
    await ear.status(LinkState.CONNECTING)


async def test_a_coordinator_that_fell_silent_is_lost(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SILENCE_S", 0.1)
    await start()
    await ear.status(LinkState.ONLINE)
    assert "nothing was heard" in (await ear.status(LinkState.CONNECTING)).reason
    await waits.pass_one()
    await ear.status(LinkState.ONLINE)


async def test_pings_are_heard_too(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SILENCE_S", 2)
    await start()
    await ear.status(LinkState.ONLINE)
    for _ in range(11):
        await coordinator.ping()
        await asyncio.sleep(0.2)
    coordinator.log.add(b"one")
    await coordinator.say(coordinator.announce())
    await ear.next("head", tlog.Checkpoint)
    assert coordinator.connected == 1


async def _say_nothing(*_: object) -> None:
    return


@pytest.mark.parametrize(
    "junk", [b"\xff", b"\x81\x18\x63", b"\xd8\x1c\x81\xd8\x1d\x00"], ids=["break", "code", "cycle"]
)
async def test_nonsense_ends_the_connection_and_nothing_else(
    junk: bytes, start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits
) -> None:
    await start()
    await ear.status(LinkState.ONLINE)
    await coordinator.say(junk)
    await ear.status(LinkState.CONNECTING)
    await waits.pass_one()
    await ear.status(LinkState.ONLINE)
    assert ear.distrusted == []


# --- Frames -------------------------------------------------------------------------------------------------


async def test_frames_flow_and_are_acknowledged(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, signer: Ed25519Signer, device: DeviceId
) -> None:
    link: Link = await start()
    await ear.status(LinkState.ONLINE)
    for count in (1, 2, 3):
        link.send_frame(frame(signer, device, count))
        assert await ear.next("frame", int) == count
    assert [seen.grid_w for seen in coordinator.frames] == [1, 2, 3]


async def test_frames_of_a_time_without_connection_are_no_news(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits, signer: Ed25519Signer, device: DeviceId
) -> None:
    link: Link = await start()
    await ear.status(LinkState.ONLINE)
    await coordinator.drop()
    await ear.status(LinkState.CONNECTING)
    for count in range(1, 20):
        link.send_frame(frame(signer, device, count))
    await waits.pass_one()
    await ear.status(LinkState.ONLINE)
    link.send_frame(frame(signer, device, 20))
    assert await ear.next("frame", int) == 20
    assert [seen.count for seen in coordinator.frames] == [20]


async def test_a_message_out_of_its_place_ends_the_connection(
    start: Begin, coordinator: SmallCoordinator, ear: Ear
) -> None:
    await start()
    await ear.status(LinkState.ONLINE)
    await coordinator.say(encode(Welcome(sign_terms(coordinator.building, coordinator.terms, bytes(32)), None)))
    assert "Welcome out of its place" in (await ear.status(LinkState.CONNECTING)).reason


async def test_a_refusal_that_is_not_fatal_is_told_and_the_connection_stays(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    await start()
    await ear.status(LinkState.ONLINE)
    coordinator.log.add(b"one")
    await coordinator.say(Refused(Code.BAD_MESSAGE, "a frame was wrong", fatal=False), coordinator.announce())
    await ear.next("head", tlog.Checkpoint)
    assert "a frame was wrong" in caplog.text
    assert coordinator.connected == 1


async def test_nothing_is_left_when_the_link_is_stopped(start: Begin, ear: Ear) -> None:
    await start()
    await ear.status(LinkState.ONLINE)
    before = {task for task in asyncio.all_tasks() if "Link." in repr(task)}
    assert before
    (run,) = [task for task in before if "Link.run" in repr(task)]
    run.cancel()
    async with asyncio.timeout(PATIENCE_S):
        with suppress(asyncio.CancelledError):
            await run
    assert not [task for task in asyncio.all_tasks() if "Link." in repr(task)]
