"""Witnesses that object: what is believed of one that says of a larger log or of another, and when that ends."""

import asyncio

import pytest

from coordinator.witnesses import (
    Objection,
    ObjectionKind,
    Said,
)
from localvpp import tlog

from ..flat import ManualClock, until
from .signing import Flat, Log, MakeFlats, asking, cosigning, signed_by


@pytest.mark.usefixtures("at_once")
async def test_a_log_that_was_set_back_is_found_out_when_no_quorum_is_left_without_those_who_know(
    make_flats: MakeFlats, clock: ManualClock
) -> None:
    flats = await make_flats(4)
    log = Log()
    by = cosigning(log, flats, clock)
    by.head_moved(log.grow(9))
    with asking(by, {flat.name: flat.ask for flat in flats}):
        await signed_by(by, 4)
    old = log.fork(5)
    restored = cosigning(old, flats, clock)
    restored.head_moved(old.grow(1, "after the backup"))
    ahead = Objection(ObjectionKind.AHEAD, 9)
    with asking(restored, {flats[0].name: flats[0].ask}):
        await until(lambda: restored.trouble is not None)
        # One of four may be wrong, or lie: it does not stop a building.
        assert f"({flats[0].name} 9 entries)" in str(restored.trouble)
        assert restored.set_back(by_word=True) is None
        with asking(restored, {flats[1].name: flats[1].ask}):
            await until(lambda: restored.set_back(by_word=True) is not None)
            assert "put back a backup" in str(restored.set_back(by_word=True))
            # Without the head that they speak of it is a word, which a log that runs knows better than.
            assert restored.set_back(by_word=False) is None
            assert restored.set_back(by_word=True, despite={flats[0].name}) is None
            assert restored.state.signers == 0
            assert restored.state.objections == {flats[0].name: ahead, flats[1].name: ahead}
            # Grown past what they have signed it is another history, and they go on saying so.
            restored.head_moved(old.grow(9, "after the backup"))
            with asking(restored, {flats[2].name: flats[2].ask}):
                await until(lambda: flats[2].name in restored.state.objections)
                assert restored.state.objections[flats[1].name] == ahead
                assert restored.state.objections[flats[2].name] == Objection(ObjectionKind.FORK)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", [9, 5])
async def test_one_witness_is_enough_that_shows_a_larger_head_of_the_logs_own(
    size: int, make_flats: MakeFlats, clock: ManualClock
) -> None:
    flats, log = await make_flats(4), Log()
    by = cosigning(log, flats, clock)
    by.head_moved(log.grow(5))
    other = log.fork(2)
    shown = other.grow(size - 2, "another")

    async def ask(_request: bytes) -> Said:
        return Said(409, tlog.SIZE_TEXT, b"9\n", shown)

    with asking(by, {flats[0].name: ask}):
        await until(lambda: bool(by.state.objections))
        assert by.state.objections == {flats[0].name: Objection(ObjectionKind.AHEAD, 9, shown=size == 9)}
        told = by.set_back(by_word=False)
        assert (told is not None) == (size == 9), "an old head shows nothing"
        assert told is None or "9 entries, and shows that head" in told
        assert by.set_back(by_word=True, despite={flats[0].name}) is None


@pytest.mark.usefixtures("at_once")
async def test_an_objection_ends_with_the_way_that_it_came_over(flat: Flat, clock: ManualClock) -> None:
    log = Log()
    by = cosigning(log, [flat], clock)
    by.head_moved(log.grow(3))

    async def ask(_request: bytes) -> Said:
        return Said(409, tlog.SIZE_TEXT, b"77\n")

    async def other(request: bytes) -> Said:
        return await ask(request)

    with asking(by, {flat.name: ask}):
        await until(lambda: bool(by.state.objections))
        with asking(by, {flat.name: other}):
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        await until(lambda: bool(by.state.objections))
    await until(lambda: not by.state.objections)
    assert by.trouble is None


@pytest.mark.usefixtures("at_once")
async def test_an_objection_lapses_when_its_witness_does_not_answer_for_a_minute(
    flat: Flat, clock: ManualClock
) -> None:
    log = Log()
    by = cosigning(log, [flat], clock)
    by.head_moved(log.grow(3))
    silent, asked = False, 0

    async def ask(_request: bytes) -> Said:
        nonlocal asked
        asked += 1
        if silent:
            raise ConnectionError("nobody is there")
        return Said(422, tlog.PLAIN_TEXT, b"no\n")

    with asking(by, {flat.name: ask}):
        await until(lambda: bool(by.state.objections))
        silent = True
        clock.pass_ms(59_000)
        seen = asked
        await until(lambda: asked > seen + 2)
        assert by.state.objections
        clock.pass_ms(2_000)
        await until(lambda: not by.state.objections)


@pytest.mark.usefixtures("at_once")
async def test_a_witness_that_saw_a_fork_is_told_until_it_signs_again(flat: Flat, clock: ManualClock) -> None:
    log = Log()
    by = cosigning(log, [flat], clock)
    by.head_moved(log.grow(4))
    with asking(by, {flat.name: flat.ask}):
        await signed_by(by, 1)
    other = log.fork(2)
    other.grow(5, "another")
    forked = cosigning(other, [flat], clock)
    forked.head_moved(other.checkpoint())
    with asking(forked, {flat.name: flat.ask}):
        await until(lambda: bool(forked.state.objections))
        assert forked.state.objections == {flat.name: Objection(ObjectionKind.FORK)}
        assert f"have signed ({flat.name}): the log has two histories" in str(forked.trouble)
    by.head_moved(log.grow(1))
    with asking(by, {flat.name: flat.ask}):
        await signed_by(by, 1)
    assert (by.state.objections, by.trouble) == ({}, None)


@pytest.mark.usefixtures("at_once")
async def test_a_witness_that_was_wrong_about_the_logs_size_is_believed_when_it_signs(
    flat: Flat, clock: ManualClock
) -> None:
    log = Log()
    by = cosigning(log, [flat], clock)
    by.head_moved(log.grow(3))
    wrong = True

    async def ask(request: bytes) -> Said:
        return Said(409, tlog.SIZE_TEXT, b"77\n") if wrong else await flat.ask(request)

    with asking(by, {flat.name: ask}):
        await until(lambda: by.set_back(by_word=True) is not None)
        wrong = False
        await signed_by(by, 1)
    assert (by.set_back(by_word=True), by.trouble) == (None, None)
