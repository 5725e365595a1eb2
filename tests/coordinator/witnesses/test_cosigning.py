"""Witnesses: a head counts when enough flats have signed it, and two histories cannot both be signed by enough."""

import asyncio
from hashlib import sha256
from itertools import pairwise
import logging
from typing import override

import pytest

from coordinator.witnesses import (
    Ask,
    Cosigning,
    OutsideWitness,
    Said,
    witness_policy,
)
from coordinator.witnesses.cosigning import LATE_S
from coordinator.witnesses.policy import MOST_FLATS
from localvpp import tlog
from localvpp.etp import Algorithm, Ed25519Signer, PublicKey
from localvpp.quorum import quorum_of

from ..flat import WAIT_S, ManualClock, until
from .signing import LOG, ORIGIN, Flat, Log, MakeFlats, asking, cosigning, signed_by

DAY_MS = 86_400_000


async def test_a_head_is_published_with_its_quorum_and_verifies_under_the_policy(
    make_flats: MakeFlats, clock: ManualClock
) -> None:
    flats = await make_flats(5)
    log = Log()
    by = cosigning(log, flats, clock)
    by.head_moved(log.grow(7))
    with asking(by, {flat.name: flat.ask for flat in flats[:3]}):
        await signed_by(by, 3)
        assert not by.state.met
        assert log.published == log.checkpoint()
        with pytest.raises(tlog.QuorumError, match="0 of the 5 members"):
            tlog.accept_checkpoint(log.published, by.policy)
        with asking(by, {flats[3].name: flats[3].ask}):
            await signed_by(by, 4)
        state = by.state
        assert (state.size, state.signers, state.witnesses, state.needed, state.met) == (7, 4, 5, 4, True)
        assert (state.quorum_size, state.quorum_ms) == (7, clock.wall_ms())
        accepted = tlog.accept_checkpoint(log.published, by.policy)
        assert accepted.checkpoint.size == 7
        assert set(accepted.times) == {flat.name for flat in flats[:4]}
        # It goes on with the next head, from where each witness is.
        by.head_moved(log.grow(300))
        await signed_by(by, 3)
        assert by.state.quorum_size == 7


@pytest.mark.parametrize(("flats", "quorum"), [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (6, 5), (50, 34), (100, 67)])
def test_two_quorums_share_more_than_a_third_of_all_flats(flats: int, quorum: int) -> None:
    assert quorum_of(flats) == quorum
    assert 3 * (2 * quorum - flats) > flats


async def test_of_two_histories_at_most_one_reaches_its_quorum_and_the_other_is_told(
    make_flats: MakeFlats, clock: ManualClock
) -> None:
    flats = await make_flats(7)
    honest = Log()
    before = cosigning(honest, flats, clock)
    before.head_moved(honest.grow(4))
    with asking(before, {flat.name: flat.ask for flat in flats}):
        await signed_by(before, 7)
    # One log, one key, two histories: A is shown to three flats and B to four.
    a, b = honest.fork(4), honest.fork(4)
    to_a, to_b = cosigning(a, flats, clock), cosigning(b, flats, clock)
    to_a.head_moved(a.grow(2, "history A"))
    to_b.head_moved(b.grow(2, "history B"))
    with asking(to_a, {flat.name: flat.ask for flat in flats[:3]}):
        await signed_by(to_a, 3)
    with asking(to_b, {flat.name: flat.ask for flat in flats[3:]}):
        await signed_by(to_b, 4)
    assert (to_a.state.met, to_b.state.met) == (False, False)
    assert [flat.forked for flat in flats] == [[]] * 7
    # Whoever is asked about the other history then refuses, tells, and keeps both heads.
    asked = asyncio.Event()

    async def ask(request: bytes) -> Said:
        said = await flats[0].ask(request)
        if flats[0].forked:
            asked.set()
        return said

    with asking(to_b, {flats[0].name: ask}):
        async with asyncio.timeout(WAIT_S):
            await asked.wait()
    assert "cannot both be true" in flats[0].forked[0]
    assert (to_b.state.signers, to_b.state.met) == (4, False)


async def test_a_witness_that_does_not_answer_holds_nobody_up(make_flats: MakeFlats, clock: ManualClock) -> None:
    flats = await make_flats(4)
    log = Log()
    by = cosigning(log, flats, clock)

    async def never(_: bytes) -> Said:
        await asyncio.Event().wait()
        raise AssertionError

    by.head_moved(log.grow(3))
    asks: dict[str, Ask] = {flat.name: flat.ask for flat in flats[1:]}
    with asking(by, {flats[0].name: never, **asks}):
        await signed_by(by, 3)
    assert by.state.met


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (Said(500, "text/plain", b"no space left\n"), "it answers 500: no space left"),
        (Said(409, tlog.SIZE_TEXT, b"0\n"), "does not go on from there"),
        (Said(409, tlog.SIZE_TEXT, b"zero\n"), "size"),
        (Said(200, tlog.PLAIN_TEXT, b""), "malformed|signature|note"),
    ],
    ids=["an error", "stuck", "nonsense", "no line"],
)
@pytest.mark.usefixtures("at_once")
async def test_a_witness_that_answers_wrongly_is_told_of_once_and_asked_again(
    said: Said,
    named: str,
    flat: Flat,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = Log()
    by = cosigning(log, [flat], clock)
    wrong = 3

    async def ask(request: bytes) -> Said:
        nonlocal wrong
        wrong -= 1
        return said if wrong >= 0 else await flat.ask(request)

    by.head_moved(log.grow(3))
    with asking(by, {flat.name: ask}):
        await signed_by(by, 1)
        by.head_moved(log.grow(1))
        await signed_by(by, 1)
    messages = [record.getMessage() for record in caplog.records if "Witness" in record.getMessage()]
    assert len(messages) == 2, messages
    assert "does not sign: " in messages[0]
    assert messages[1].endswith("signs again")


async def test_a_quorum_that_does_not_come_is_told_and_forgotten_when_it_does(
    make_flats: MakeFlats, clock: ManualClock
) -> None:
    flats = await make_flats(4)
    log = Log()
    by = cosigning(log, flats, clock)
    for _ in range(3):
        by.head_moved(log.grow(1))
        assert by.trouble is None
        clock.pass_ms(int(LATE_S * 1000) // 3)
    with asking(by, {flat.name: flat.ask for flat in flats[:2]}):
        await signed_by(by, 2)
        assert "for 60 s (2 of the 4 members of 'flats' have signed, 3 must)" in str(by.trouble)
        assert by.set_back(by_word=True) is None
        with asking(by, {flats[2].name: flats[2].ask}):
            await signed_by(by, 3)
        assert by.trouble is None


async def test_a_head_that_cannot_be_published_is_published_with_the_next_signature(
    make_flats: MakeFlats, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    flats = await make_flats(3)
    log = Full()
    by = cosigning(log, flats[:2], clock)
    by.head_moved(log.grow(2))
    with asking(by, {flat.name: flat.ask for flat in flats[:2]}):
        await signed_by(by, 2)
        assert "cannot be written" in str(by.trouble)
        by.head_moved(log.grow(1))
        await signed_by(by, 2)
        assert log.published == log.checkpoint()
        log.full = False
        by.head_moved(log.grow(1))
        await signed_by(by, 2)
    assert by.trouble is None
    assert tlog.accept_checkpoint(log.published, by.policy).checkpoint.size == 4
    told = [record.getMessage() for record in caplog.records if "published" in record.getMessage()]
    assert told == [
        "A head cannot be published with its signatures: [Errno 28] No space left on device",
        "Heads are published with their signatures again",
    ]


class Full(Log):
    """A log on a disk without room."""

    full = True

    @override
    async def publish_again(self, size: int, checkpoint: bytes) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        await super().publish_again(size, checkpoint)


async def test_a_signature_counts_by_the_key_that_the_log_named_under_the_head(flat: Flat, clock: ManualClock) -> None:
    keys = {flat.device: flat.key}
    log = Log()
    by = Cosigning(log, LOG.verifier_key, lambda: witness_policy(LOG.verifier_key, keys), clock)
    by.head_moved(log.grow(2))
    with asking(by, {flat.name: flat.ask}):
        await signed_by(by, 1)
        # A restored flat begins a new epoch with a new key, which the log names before it counts.
        await flat.guard.open(LOG.verifier_key, 1)
        keys[flat.device] = flat.key
        old = by.policy
        by.head_moved(log.grow(1))
        await signed_by(by, 1)
    lines = [by.lines(size) for size in (2, 3)]
    parsed = [tlog.NoteSignature.parse(line.decode().rstrip("\n")) for line in lines if line]
    assert [line.key_id for line in parsed] == [policy.witnesses[0].key.key_id for policy in (old, by.policy)]
    assert parsed[0].key_id != parsed[1].key_id


async def test_a_witness_that_says_another_size_each_time_is_not_asked_without_a_pause(
    flat: Flat, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    log = Log()
    by = cosigning(log, [flat], clock)
    by.head_moved(log.grow(9))
    asked = 0

    async def ask(_: bytes) -> Said:
        nonlocal asked
        asked += 1
        return Said(409, tlog.SIZE_TEXT, b"%d\n" % (asked % 5 + 1))

    with asking(by, {flat.name: ask}):
        await until(lambda: "after other answers" in caplog.text)
        for _ in range(20):
            await asyncio.sleep(0)
    assert asked == 2


async def test_more_than_a_hundred_flats_witness_one_head(make_flats: MakeFlats, clock: ManualClock) -> None:
    flats = await make_flats(120)
    log = Log()
    by = cosigning(log, flats, clock)
    by.head_moved(log.grow(3))
    with asking(by, {flat.name: flat.ask for flat in flats}):
        await signed_by(by, 120)
    opened = tlog.open_checkpoint(log.published, tlog.Ed25519Verifier(LOG.verifier_key))
    assert len(opened.note.unknown) == tlog.MAX_PUBLISHED
    lines = by.lines(3)
    assert lines is not None
    parsed = [tlog.NoteSignature.parse(line) for line in lines.decode().splitlines()]
    assert by.policy.is_met(tlog.verify_cosignatures(opened.note.text, parsed, by.policy))
    assert tlog.Policy.parse(by.policy.encode()) == by.policy
    # What is published shows 16; a proof is held against the policy alone, and has them all.
    with pytest.raises(tlog.QuorumError):
        tlog.accept_checkpoint(log.published, by.policy)
    whole = by.proof_note(2)
    assert whole is not None
    proof = tlog.TlogProof.parse(tlog.make_proof(3, 2, log.hashes, whole).encode())
    assert len(tlog.verify_proof_by_policy(proof, log.entries[2], by.policy).times) == quorum_of(120)


async def test_steps_of_the_clock_hold_up_no_quorum_and_take_no_signature_back_in_time(
    make_flats: MakeFlats, clock: ManualClock
) -> None:
    flats = await make_flats(4)
    log = Log()
    by = cosigning(log, flats, clock)
    told: list[dict[str, int]] = []
    with asking(by, {flat.name: flat.ask for flat in flats}):
        for step_ms in (0, DAY_MS, -3 * DAY_MS, -60_000, 4 * DAY_MS):
            clock.step(step_ms)
            by.head_moved(log.grow(2))
            await signed_by(by, 4)
            assert by.state.met
            assert by.state.quorum_ms == clock.wall_ms()
            assert by.trouble is None, "no time has passed, whatever the clock says"
            lines = by.lines(by.state.size)
            assert lines is not None
            parsed = [tlog.NoteSignature.parse(line) for line in lines.decode().splitlines()]
            text = tlog.Note.parse(log.published).text
            told.append(tlog.verify_cosignatures(text, parsed, by.policy))
    for before, after in pairwise(told):
        assert before.keys() == after.keys()
        assert all(before[name] <= after[name] for name in before)
    assert set(told[-1].values()) == {clock.wall_ms() // 1000}, "once the clock has caught up, times are its own"


async def test_a_proof_is_made_in_the_newest_head_that_enough_have_signed(
    make_flats: MakeFlats, clock: ManualClock
) -> None:
    flats = await make_flats(4)
    log = Log()
    by = cosigning(log, flats, clock)
    assert by.proof_note(0) is None
    by.head_moved(log.grow(2))
    assert by.proof_note(0) is None
    with asking(by, {flat.name: flat.ask for flat in flats[:3]}):
        await signed_by(by, 3)
    by.head_moved(log.grow(1))
    note = by.proof_note(1)
    assert note is not None
    assert tlog.accept_checkpoint(note, by.policy).checkpoint.size == 2
    assert by.proof_note(2) is None, "no quorum has signed for the third entry yet"


def test_no_more_flats_witness_than_a_proof_can_show() -> None:
    keys = [Ed25519Signer(sha256(b"flat %d" % number).digest()).public for number in range(MOST_FLATS + 3)]
    for count in (MOST_FLATS - 1, MOST_FLATS, MOST_FLATS + 1, MOST_FLATS + 3):
        policy = witness_policy(LOG.verifier_key, {key.device_id: key for key in keys[:count]})
        assert [each.name for each in policy.witnesses] == [key.device_id.hex() for key in keys[:count]][:MOST_FLATS]
        assert policy.groups[0].threshold + 1 <= tlog.MAX_SIGNATURES
    assert quorum_of(MOST_FLATS + 1) + 1 > tlog.MAX_SIGNATURES


async def test_few_flats_need_an_outsider_where_one_is_named(make_flats: MakeFlats, clock: ManualClock) -> None:
    flats = await make_flats(2)
    outsider = tlog.SignerKey("outside.example", tlog.SignatureType.COSIGNATURE, bytes(32))
    named = OutsideWitness("outside.example", outsider.verifier_key, "https://outside.example/witness")
    log = Log()
    by = cosigning(log, flats, clock, [named])
    by.head_moved(log.grow(2))
    state = {ORIGIN: tlog.WitnessedLog(ORIGIN, (LOG.verifier_key,))}

    async def ask(request: bytes) -> Said:
        answer = tlog.add_checkpoint(state, request, clock.wall_ms() // 1000, [tlog.Ed25519Cosigner(outsider)])
        return Said(int(answer.status), answer.content_type, answer.body)

    with asking(by, {flat.name: flat.ask for flat in flats}):
        await signed_by(by, 2)
        assert not by.state.met
        with asking(by, {named.name: ask}):
            await signed_by(by, 3)
        assert by.state.met
    assert tlog.accept_checkpoint(log.published, by.policy).checkpoint.size == 2


def test_a_building_without_witnesses_asks_for_nobody() -> None:
    assert witness_policy(LOG.verifier_key, {}).quorum == tlog.NO_QUORUM


def test_a_flat_that_names_an_outsiders_key_takes_nothing_from_him() -> None:
    outsider = tlog.SignerKey("outside.example", tlog.SignatureType.COSIGNATURE, bytes(32)).verifier_key
    copied = PublicKey(Algorithm.ED25519, outsider.public)
    honest, greedy = (Ed25519Signer(sha256(b"flat %d" % number).digest()).public for number in range(2))
    policy = witness_policy(
        LOG.verifier_key,
        {honest.device_id: honest, greedy.device_id: copied},
        [OutsideWitness("outside.example", outsider, "https://outside.example")],
    )
    assert [witness.name for witness in policy.witnesses] == [honest.device_id.hex(), "outside.example"]
