"""A flat signs only what has grown out of what it signed before, and keeps whatever contradicts it."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
import threading
from typing import Any, override

import pytest

from localvpp import tlog
from localvpp.etp import DeviceId
from localvpp.guard import Guard, GuardListener, witness_name
from localvpp.notebook import Notebook
from localvpp.store import FlatStore, StoreError

from .place import ORIGIN, SLOT, HandClock
from .small_coordinator import SmallLog


class Heard(GuardListener):
    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.grown: list[bool] = []
        self.forked: list[str] = []
        self.distrusted: list[str] = []

    @override
    def head_moved(self, checkpoint: tlog.Checkpoint, *, grown: bool) -> None:
        self.sizes.append(checkpoint.size)
        self.grown.append(grown)

    @override
    def ledger_forked(self, reason: str) -> None:
        self.forked.append(reason)

    @override
    def ledger_distrusted(self, reason: str) -> None:
        self.distrusted.append(reason)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def notebook(store: FlatStore) -> Notebook:
    return Notebook(store)


@pytest.fixture
def log() -> SmallLog:
    log = SmallLog()
    grow(log, 5)
    return log


@pytest.fixture
async def guard(device: DeviceId, notebook: Notebook, clock: HandClock, heard: Heard, log: SmallLog) -> Guard:
    guard = Guard(ORIGIN, device, notebook, clock, heard)
    await guard.open(log.key.verifier_key, 0)
    return guard


def grow(log: SmallLog, count: int, what: str = "entry") -> None:
    for _ in range(count):
        log.add(f"{what} {len(log.entries)}".encode())


def request(log: SmallLog, old: int) -> bytes:
    path = tlog.prove_consistency(old, log.frontier.size, log.hashes)
    return tlog.AddCheckpoint(old, tuple(path), log.checkpoint()).encode()


def forked_from(log: SmallLog, size: int) -> SmallLog:
    """Another history that the same key signs: equal up to a size."""
    fork = SmallLog()
    for entry in log.entries[:size]:
        fork.add(entry)
    return fork


async def test_a_head_that_has_grown_is_cosigned_under_the_key_that_the_chain_names(
    guard: Guard, log: SmallLog, heard: Heard, device: DeviceId, clock: HandClock
) -> None:
    assert guard.key is not None
    assert guard.key.name == witness_name(ORIGIN, device)
    for old, more in ((0, 0), (5, 7), (12, 300)):
        grow(log, more)
        clock.move(60)
        answer = await guard.answer(request(log, old))
        assert answer.status == HTTPStatus.OK
        note = log.checkpoint() + answer.body
        opened = tlog.open_note(note, [tlog.make_verifier(guard.key)])
        assert tlog.cosignature_time(opened.verified[0]) == clock.wall // 1000
    assert heard.sizes == [5, 12, 312]
    assert not heard.forked
    assert not heard.distrusted


async def test_what_was_signed_is_known_after_a_restart_and_the_clock_goes_back_for_nobody(
    guard: Guard, device: DeviceId, notebook: Notebook, clock: HandClock, heard: Heard, log: SmallLog
) -> None:
    first = await guard.answer(request(log, 0))
    clock.wall -= 3_600_000
    again = Guard(ORIGIN, device, notebook, clock, heard)
    await again.open(log.key.verifier_key, 0)
    assert again.key == guard.key
    stale = await again.answer(request(log, 0))
    assert (stale.status, stale.body, stale.content_type) == (HTTPStatus.CONFLICT, b"5\n", tlog.SIZE_TEXT)
    same = await again.answer(request(log, 5))
    assert same.status == HTTPStatus.OK
    assert _time(same.body) == _time(first.body) == SLOT


def _time(body: bytes) -> int:
    return tlog.cosignature_time(tlog.NoteSignature.parse(body.decode().rstrip("\n")))


async def test_a_new_epoch_signs_with_a_new_key(
    guard: Guard, device: DeviceId, notebook: Notebook, clock: HandClock, heard: Heard, log: SmallLog
) -> None:
    restored = Guard(ORIGIN, device, notebook, clock, heard)
    await restored.open(log.key.verifier_key, 1)
    assert restored.key is not None
    assert guard.key is not None
    assert restored.key.public != guard.key.public


async def test_two_heads_of_one_size_prove_a_fork_for_good(
    guard: Guard, log: SmallLog, heard: Heard, notebook: Notebook
) -> None:
    await guard.answer(request(log, 0))
    fork = forked_from(log, 4)
    grow(fork, 1, "another entry")
    answer = await guard.answer(request(fork, 5))
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    (reason,) = heard.distrusted
    assert "cannot both be true" in reason
    (evidence,) = await notebook.evidence()
    for note in (evidence.ours, evidence.theirs):
        assert tlog.open_checkpoint(note, log.verifier).checkpoint.size == 5
    assert evidence.theirs == fork.checkpoint()
    # The same again is told again, and kept once.
    await guard.answer(request(fork, 5))
    assert len(heard.distrusted) == 2
    assert len(await notebook.evidence()) == 1


async def test_a_larger_head_that_is_not_proven_is_told_and_heals_when_it_is(
    guard: Guard, log: SmallLog, heard: Heard, notebook: Notebook
) -> None:
    await guard.answer(request(log, 0))
    fork = forked_from(log, 3)
    grow(fork, 9, "another entry")
    answer = await guard.answer(request(fork, 5))
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    (reason,) = heard.forked
    assert "does not prove that one has grown into the other" in reason
    assert heard.distrusted == []
    assert [each.theirs for each in await notebook.evidence()] == [fork.checkpoint()]
    # The same head again proves nothing; a larger one does.
    assert (await guard.answer(request(log, 5))).status == HTTPStatus.OK
    grow(log, 2)
    assert (await guard.answer(request(log, 5))).status == HTTPStatus.OK
    assert (heard.sizes, heard.grown) == ([5, 5, 7], [True, False, True])


@pytest.mark.parametrize("restart", [False, True])
async def test_a_log_that_grows_to_the_size_of_a_head_that_did_not_fit_proves_the_fork_or_denies_it(
    restart: bool,
    guard: Guard,
    log: SmallLog,
    heard: Heard,
    notebook: Notebook,
    device: DeviceId,
    clock: HandClock,
) -> None:
    await guard.answer(request(log, 0))
    honest = forked_from(log, 5)
    grow(honest, 3)
    spoiled = tlog.AddCheckpoint(5, (tlog.to_hash(bytes(32)),), honest.checkpoint())
    fork = forked_from(log, 5)
    grow(fork, 9, "another entry")
    other = tlog.AddCheckpoint(5, (tlog.to_hash(bytes(32)),), fork.checkpoint())
    for each in (spoiled, other):
        await guard.answer(each.encode())
    assert len(heard.forked) == 2
    if restart:
        guard = Guard(ORIGIN, device, notebook, clock, heard)
        await guard.open(log.key.verifier_key, 0)
    await guard.answer(request(honest, 5))
    assert heard.distrusted == [], "only the proof was spoiled"
    grow(honest, 6)
    await guard.answer(request(honest, 8))
    (reason,) = heard.distrusted
    assert "cannot both be true" in reason
    evidence = (await notebook.evidence())[-1]
    opened = [tlog.open_checkpoint(note, log.verifier).checkpoint for note in (evidence.ours, evidence.theirs)]
    assert [each.size for each in opened] == [14, 14]
    assert opened[1].root == fork.frontier.root()


async def test_a_head_of_another_key_is_no_evidence(
    guard: Guard, log: SmallLog, heard: Heard, notebook: Notebook
) -> None:
    await guard.answer(request(log, 0))
    other = tlog.Ed25519Signer(tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, bytes(32)))
    forged = tlog.sign_checkpoint(tlog.Checkpoint(ORIGIN, 5, tlog.to_hash(bytes(32))), [other])
    answer = await guard.answer(tlog.AddCheckpoint(5, (), forged).encode())
    assert answer.status == HTTPStatus.FORBIDDEN
    assert (heard.forked, heard.distrusted, await notebook.evidence()) == ([], [], [])


async def test_a_head_that_came_with_a_proof_is_held_against_the_witnessed_one(
    guard: Guard, log: SmallLog, heard: Heard
) -> None:
    await guard.answer(request(log, 0))
    honest = tlog.open_checkpoint(log.checkpoint(), log.verifier)
    await guard.compare(honest.checkpoint, log.checkpoint())
    assert heard.distrusted == []
    fork = forked_from(log, 4)
    grow(fork, 1, "another entry")
    await guard.compare(tlog.open_checkpoint(fork.checkpoint(), log.verifier).checkpoint, fork.checkpoint())
    assert len(heard.distrusted) == 1


async def test_lines_of_others_under_a_head_make_no_new_evidence_of_it(
    guard: Guard, log: SmallLog, notebook: Notebook
) -> None:
    await guard.answer(request(log, 0))
    fork = forked_from(log, 4)
    grow(fork, 1, "another entry")
    for number in range(3):
        other = tlog.Ed25519Signer(tlog.SignerKey("other", tlog.SignatureType.ED25519, bytes([number] * 32)))
        note = tlog.Note.parse(fork.checkpoint())
        padded = tlog.sign_note(note.text, [other], note.signatures)
        await guard.answer(tlog.AddCheckpoint(5, (), padded).encode())
    assert [each.theirs for each in await notebook.evidence()] == [fork.checkpoint()]


async def test_ever_new_heads_that_do_not_fit_do_not_fill_the_disk(
    guard: Guard, log: SmallLog, notebook: Notebook, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localvpp.notebook.MOST_EVIDENCE", 3)
    await guard.answer(request(log, 0))
    for number in range(5):
        fork = forked_from(log, 4)
        grow(fork, 1, f"entry of fork {number}")
        await guard.answer(request(fork, 5))
    assert len(heard.distrusted) == 5
    assert len(await notebook.evidence()) == 3


async def test_a_proof_that_nothing_needs_is_refused_and_means_nothing(
    guard: Guard, log: SmallLog, heard: Heard, notebook: Notebook
) -> None:
    answer = await guard.answer(tlog.AddCheckpoint(0, (tlog.to_hash(bytes(32)),), log.checkpoint()).encode())
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (heard.forked, heard.distrusted, await notebook.evidence()) == ([], [], [])


# --- Strangers ----------------------------------------------------------------------------------------------


async def test_a_stranger_who_spoils_a_proof_raises_no_alarm(
    guard: Guard, log: SmallLog, heard: Heard, notebook: Notebook
) -> None:
    await guard.answer(request(log, 0))
    grow(log, 2)
    spoiled = tlog.AddCheckpoint(5, (tlog.to_hash(bytes(32)),), log.checkpoint()).encode()
    answer = await guard.answer(spoiled, stranger=True)
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (heard.forked, await notebook.evidence()) == ([], [])
    await guard.answer(spoiled)
    assert len(heard.forked) == len(await notebook.evidence()) == 1


async def test_a_stranger_who_shows_a_fork_is_heard(guard: Guard, log: SmallLog, heard: Heard) -> None:
    await guard.answer(request(log, 0))
    fork = forked_from(log, 4)
    grow(fork, 1, "another entry")
    await guard.answer(tlog.AddCheckpoint(5, (), fork.checkpoint()).encode(), stranger=True)
    assert len(heard.distrusted) == 1


async def test_whoever_has_the_logs_key_and_comes_first_has_his_head_signed_and_the_other_one_is_told(
    guard: Guard, log: SmallLog, heard: Heard
) -> None:
    await guard.answer(request(log, 0))
    thief = SmallLog()
    grow(thief, 5)
    grow(thief, 1, "a thief's")
    assert (await guard.answer(request(thief, 5), stranger=True)).status == HTTPStatus.OK
    grow(log, 1)
    assert (await guard.answer(request(log, 5))).status == HTTPStatus.CONFLICT
    honest = tlog.AddCheckpoint(6, (), log.checkpoint()).encode()
    assert (await guard.answer(honest)).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert len(heard.distrusted) == 1
    assert guard.head.root == thief.frontier.root()


async def test_a_stranger_cannot_have_the_same_head_signed_and_written_again_and_again(
    guard: Guard, log: SmallLog, clock: HandClock, notebook: Notebook
) -> None:
    first = await guard.answer(request(log, 0), stranger=True)
    clock.move(60)
    again = await guard.answer(request(log, 5), stranger=True)
    assert (again.status, again.body) == (HTTPStatus.OK, first.body)
    assert (await notebook.witnessed(ORIGIN))[1] == SLOT
    anew = await guard.answer(request(log, 5))
    assert _time(anew.body) == (await notebook.witnessed(ORIGIN))[1] == SLOT + 60


# --- Whether it may sign ------------------------------------------------------------------------------------


async def test_before_its_flat_has_met_the_coordinator_it_signs_nothing_and_shows_what_it_signed(
    guard: Guard, device: DeviceId, notebook: Notebook, clock: HandClock, heard: Heard, log: SmallLog
) -> None:
    assert await guard.checkpoint() is None
    signed = await guard.answer(request(log, 0))
    assert await guard.checkpoint() == log.checkpoint() + signed.body
    restarted = Guard(ORIGIN, device, notebook, clock, heard)
    grow(log, 1)
    answer = await restarted.answer(request(log, 5), stranger=True)
    assert (answer.status, answer.log) == (HTTPStatus.SERVICE_UNAVAILABLE, None)
    assert await restarted.checkpoint() == await guard.checkpoint()
    await restarted.open(log.key.verifier_key, 0)
    assert (await restarted.answer(request(log, 5), stranger=True)).status == HTTPStatus.OK
    grow(log, 1)
    restarted.close()
    assert (await restarted.answer(request(log, 6))).status == HTTPStatus.SERVICE_UNAVAILABLE


# --- The store ----------------------------------------------------------------------------------------------


async def test_nothing_is_signed_that_could_not_be_stored(
    guard: Guard, log: SmallLog, store: FlatStore, heard: Heard
) -> None:
    full = "CREATE TEMP TRIGGER full BEFORE INSERT ON witnessed BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    await store.run(lambda db: db.execute(full))
    with pytest.raises(StoreError, match="disk full"):
        await guard.answer(request(log, 0))
    assert heard.sizes == []
    await store.run(lambda db: db.execute("DROP TRIGGER full"))
    assert (await guard.answer(request(log, 0))).status == HTTPStatus.OK


async def test_two_programs_with_one_database_do_not_both_sign(
    guard: Guard, log: SmallLog, device: DeviceId, notebook: Notebook, clock: HandClock, heard: Heard
) -> None:
    twin = Guard(ORIGIN, device, notebook, clock, heard)
    await twin.open(log.key.verifier_key, 0)
    await guard.answer(request(log, 0))
    with pytest.raises(StoreError, match="another program witnesses"):
        await twin.answer(request(log, 0))


@pytest.mark.parametrize("programs", [1, 2])
async def test_of_two_histories_that_race_between_check_and_commit_one_is_signed(
    programs: int,
    guard: Guard,
    log: SmallLog,
    device: DeviceId,
    notebook: Notebook,
    store: FlatStore,
    clock: HandClock,
    heard: Heard,
) -> None:
    await guard.answer(request(log, 0))
    second = guard
    if programs == 2:
        second = Guard(ORIGIN, device, notebook, clock, heard)
        await second.open(log.key.verifier_key, 0)
    fork = forked_from(log, 5)
    grow(log, 3)
    grow(fork, 3, "another entry")
    disk = threading.Event()
    busy = asyncio.create_task(store.run(lambda _: disk.wait(10)))
    asked = [asyncio.create_task(one.answer(request(history, 5))) for one, history in ((guard, log), (second, fork))]
    for _ in range(5):
        await asyncio.sleep(0)  # All that can be said of a head is said; only the disk is missing.
    assert not any(each.done() for each in asked)
    disk.set()
    assert await busy
    answers = await asyncio.gather(*asked, return_exceptions=True)
    signed = [each for each in answers if isinstance(each, tlog.Answer) and each.status == HTTPStatus.OK]
    assert len(signed) == 1
    assert (await notebook.witnessed(ORIGIN))[0].size == 8
    (other,) = [each for each in answers if each not in signed]
    if programs == 1:
        assert isinstance(other, tlog.Answer)
        assert (other.status, other.body) == (HTTPStatus.CONFLICT, b"8\n")
    else:
        assert isinstance(other, StoreError)
        assert "another program witnesses" in str(other)


async def test_a_database_of_the_first_version_gets_what_it_lacks(
    tmp_path: Path, device: DeviceId, make_records: Callable[..., list[Any]]
) -> None:
    path = tmp_path / "old.db"
    store = await FlatStore.open(path, device, ORIGIN)
    await store.append(make_records(1), None)
    await store.run(_back_to_the_first_version)
    await store.close()
    store = await FlatStore.open(path, device, ORIGIN)
    assert (await store.load()).head.seq == 1
    assert await Notebook(store).witnessed(ORIGIN) == (tlog.NO_HEAD, 0)
    await store.close()


def _back_to_the_first_version(db: Any) -> None:
    db.executescript(
        "DROP TABLE placed; DROP TABLE market_round; DROP TABLE usage; DROP TABLE told; DROP TABLE drill;"
        "DROP TABLE key_history;"
        "DROP TABLE battery; DROP TABLE battery_day; DROP TABLE battery_anomaly;"
        "DROP TABLE witnessed; DROP TABLE evidence; DROP TABLE left_out; DROP INDEX record_slot;"
        "ALTER TABLE result DROP COLUMN protocol; PRAGMA user_version = 1"
    )
