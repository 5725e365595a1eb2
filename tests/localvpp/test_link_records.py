"""Records are sent until the log has proven to hold them, and nothing about the log is believed."""

from collections.abc import Callable
from dataclasses import replace
import logging
from typing import Any

import pytest

from localvpp import tlog
from localvpp.etp import DeviceId, Ed25519Signer, Record, RecordHash
from localvpp.link import LONGEST_WAIT_S, Link, LinkState, delivery
from localvpp.notebook import EvidenceKind, Notebook
from localvpp.store import FlatStore
from localvpp.wire import (
    AskWitness,
    Code,
    Frames,
    RecordResult,
    Records,
    RecordsAck,
    Refused,
    WitnessSays,
)

from .place import ORIGIN
from .small_coordinator import Ear, SmallCoordinator, Waits, frame, refuse

PARTNER = DeviceId(b"\x0f" * 16)


type Begin = Callable[[], Any]


# --- Records ------------------------------------------------------------------------------------------------


async def test_records_are_sent_in_order_until_the_log_has_proven_to_hold_them(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    make_records: Callable[..., list[Record]],
) -> None:
    first, second, third = make_records(3)
    await store.append([first, second], None)
    link: Link = await start()
    assert (await coordinator.hear(Records)).records == (first.encode(), second.encode())
    assert await ear.next("proven", tuple) == (((first.hash, 0), (second.hash, 1)), 0)
    await store.append([third], None)
    link.records_waiting()
    assert (await coordinator.hear(Records)).records == (third.encode(),)
    assert await ear.next("proven", tuple) == (((third.hash, 2),), 0)
    kept = await store.kept(second.hash)
    assert kept is not None
    assert kept.proof is not None
    proof = tlog.TlogProof.parse(kept.proof.encode())
    tlog.verify_proof(proof, second.signed.statement.data, coordinator.log.verifier, origin=ORIGIN)
    assert ear.distrusted == []


async def test_a_long_history_goes_in_batches(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    make_records: Callable[..., list[Record]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "LARGEST_BATCH", 4)
    records = make_records(10)
    await store.append(records, None)
    await start()
    batches = [await coordinator.hear(Records) for _ in range(3)]
    assert [len(batch.records) for batch in batches] == [4, 4, 2]
    assert [data for batch in batches for data in batch.records] == [record.encode() for record in records]
    for pending in (6, 2, 0):
        assert (await ear.next("proven", tuple))[1] == pending


async def test_when_the_answer_is_lost_the_same_bytes_are_sent_again(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    make_records: Callable[..., list[Record]],
) -> None:
    records = make_records(2)
    await store.append(records, None)

    def logged_but_lost(told: Records) -> None:
        coordinator.take(told.records)

    coordinator.acknowledge = logged_but_lost
    await start()
    before = await coordinator.hear(Records)
    await coordinator.drop()
    await ear.status(LinkState.CONNECTING)
    coordinator.acknowledge = coordinator.honest_ack
    await waits.pass_one()
    after = await coordinator.hear(Records)
    assert after == before
    assert await ear.next("proven", tuple) == (((records[0].hash, 0), (records[1].hash, 1)), 0)
    assert len(coordinator.log.entries) == 2


async def test_without_an_answer_the_same_bytes_are_sent_again_on_the_same_connection(
    start: Begin,
    coordinator: SmallCoordinator,
    store: FlatStore,
    ear: Ear,
    make_records: Callable[..., list[Record]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "RETRY_RECORDS_S", 0.05)
    await store.append(make_records(1), None)
    coordinator.acknowledge = lambda _: None
    await start()
    assert await coordinator.hear(Records) == await coordinator.hear(Records)
    coordinator.acknowledge = coordinator.honest_ack
    assert (await ear.next("proven", tuple))[1] == 0
    assert coordinator.connected == 1


async def test_an_answer_that_says_nothing_is_not_asked_for_at_once_again(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    signer: Ed25519Signer,
    device: DeviceId,
    make_records: Callable[..., list[Record]],
) -> None:
    """A coordinator that answers with nothing must not be flooded: the retry's time applies."""
    await store.append(make_records(1), None)
    coordinator.acknowledge = lambda _: RecordsAck((), "")
    link: Link = await start()
    await coordinator.hear(Records)
    # Two round trips after the empty answer: whatever it set off would have arrived before the second.
    for count in (1, 2):
        link.send_frame(frame(signer, device, count))
        assert await ear.next("frame", int) == count
    kinds = [type(coordinator.heard.get_nowait()) for _ in range(coordinator.heard.qsize())]
    assert kinds == [Frames, Frames]


async def test_a_refused_record_stops_the_chain_and_a_person_is_told(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    make_records: Callable[..., list[Record]],
) -> None:
    first, second, third = make_records(3)
    await store.append([first, second, third], None)

    def only_the_first(told: Records) -> RecordsAck:
        good = coordinator.honest_ack(Records(told.records[:1]))
        bad = refuse(Records(told.records[1:]), Code.BAD_RECORD, "its body is wrong")
        return RecordsAck(good.results + bad.results, good.checkpoint)

    coordinator.acknowledge = only_the_first
    await start()
    # The good ones before it are kept.
    assert await ear.next("proven", tuple) == (((first.hash, 0),), 2)
    status = await ear.status(LinkState.REFUSED)
    assert "bad_record: its body is wrong" in status.reason
    assert await waits.pass_one() >= LONGEST_WAIT_S / 2
    coordinator.acknowledge = coordinator.honest_ack
    assert await ear.next("proven", tuple) == (((second.hash, 1), (third.hash, 2)), 0)


async def test_a_conflict_is_a_diverged_chain(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    make_records: Callable[..., list[Record]],
) -> None:
    await store.append(make_records(1), None)
    coordinator.acknowledge = lambda told: refuse(told, Code.CONFLICT, "another record has its seq")
    await start()
    assert "conflict: another record has its seq" in (await ear.status(LinkState.DIVERGED)).reason


async def test_out_of_order_connects_again_to_see_whether_the_chains_meet(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    make_records: Callable[..., list[Record]],
) -> None:
    await store.append(make_records(1), None)
    coordinator.acknowledge = lambda told: refuse(told, Code.OUT_OF_ORDER, "send the earlier ones")
    await start()
    assert "out_of_order" in (await ear.status(LinkState.CONNECTING)).reason
    coordinator.acknowledge = coordinator.honest_ack
    await waits.pass_one()
    assert (await ear.next("proven", tuple))[1] == 0


async def test_a_record_from_the_future_is_sent_again_on_the_same_connection_until_time_has_caught_up(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    make_records: Callable[..., list[Record]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(delivery, "RETRY_RECORDS_S", 0.05)
    caplog.set_level(logging.INFO, "localvpp.link")
    await store.append(make_records(1), None)
    coordinator.acknowledge = lambda told: refuse(told, Code.FROM_THE_FUTURE, "7.0 s ahead of this clock")
    await start()
    assert (await ear.status(LinkState.ONLINE)).reason == ""
    status = await ear.status(LinkState.ONLINE)
    assert status.reason == "this flat's clock is ahead of the building's: set it (7.0 s ahead of this clock)"
    for _ in range(3):
        await coordinator.hear(Records)
    coordinator.acknowledge = coordinator.honest_ack
    assert (await ear.next("proven", tuple))[1] == 0
    assert (await ear.status(LinkState.ONLINE)).reason == ""
    assert coordinator.connected == 1
    assert [record.levelname for record in caplog.records if "record" in record.message] == ["WARNING", "INFO"]


async def test_a_frame_that_is_refused_each_second_is_logged_once_until_one_is_taken(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    signer: Ed25519Signer,
    device: DeviceId,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "localvpp.link")
    link: Link = await start()
    await ear.status(LinkState.ONLINE)
    late = Refused(Code.FROM_THE_FUTURE, "the frame is of the future", fatal=False)
    for count in (1, 2):
        await coordinator.say(late, late, late)
        link.send_frame(frame(signer, device, count))
        assert await ear.next("frame", int) == count
    told = [record.levelname for record in caplog.records if "future" in record.message or "again" in record.message]
    assert told == ["WARNING", "INFO"] * 2


type Lie = Callable[[SmallCoordinator, RecordsAck], RecordsAck]


def first_result(ack: RecordsAck, **changes: Any) -> RecordsAck:
    return replace(ack, results=(replace(ack.results[0], **changes), *ack.results[1:]))


def of_another_tree(coordinator: SmallCoordinator, ack: RecordsAck) -> RecordsAck:
    head = tlog.Checkpoint(ORIGIN, len(coordinator.log.entries), tlog.leaf_hash(b"something else"))
    return replace(ack, checkpoint=tlog.sign_checkpoint(head, [coordinator.log.signer]).decode())


def of_another_key(coordinator: SmallCoordinator, ack: RecordsAck) -> RecordsAck:
    other = tlog.Ed25519Signer(tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, bytes(32)))
    head = tlog.Checkpoint(ORIGIN, coordinator.log.frontier.size, coordinator.log.frontier.root())
    return replace(ack, checkpoint=tlog.sign_checkpoint(head, [other]).decode())


LIES: dict[str, Lie] = {
    "another index": lambda _, ack: first_result(ack, index=1),
    "an index past the end": lambda _, ack: first_result(ack, index=9),
    "a path with one hash too many": lambda _, ack: first_result(ack, proof=(*ack.results[0].proof, bytes(32))),
    "a path with another hash": lambda _, ack: first_result(ack, proof=(bytes(32), *ack.results[0].proof[1:])),
    "no path": lambda _, ack: first_result(ack, proof=()),
    "another root": of_another_tree,
    "another log's key": of_another_key,
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_an_acknowledgement_without_a_proof_that_holds_ends_the_connection_and_is_no_evidence(
    lie: Lie,
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    make_records: Callable[..., list[Record]],
) -> None:
    records = make_records(2)
    await store.append(records, None)
    coordinator.acknowledge = lambda told: lie(coordinator, coordinator.honest_ack(told))
    await start()
    assert "proof of record 1 does not hold" in (await ear.status(LinkState.CONNECTING)).reason
    assert ear.distrusted == []
    assert await store.unsent(9) == [record.encode() for record in records]
    coordinator.acknowledge = coordinator.honest_ack
    await waits.pass_one()
    assert (await ear.next("proven", tuple))[1] == 0


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (RecordResult(RecordHash(bytes(32)), 0, (), None, ""), "not this flat's"),
        (RecordResult(RecordHash(bytes(32)), None, (), None, ""), "neither took nor refused"),
    ],
    ids=["not ours", "neither"],
)
async def test_an_acknowledgement_of_nothing_ends_the_connection(
    answer: RecordResult,
    named: str,
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    make_records: Callable[..., list[Record]],
) -> None:
    await store.append(make_records(1), None)
    coordinator.acknowledge = lambda _: RecordsAck((answer,), coordinator.log.checkpoint().decode())
    await start()
    assert named in (await ear.status(LinkState.CONNECTING)).reason
    assert (await store.load()).pending == 1


async def test_a_record_that_is_logged_twice_is_distrusted(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    make_records: Callable[..., list[Record]],
) -> None:
    (record,) = make_records(1)
    await store.append([record], None)
    await start()
    assert await ear.next("proven", tuple) == (((record.hash, 0),), 0)
    log = coordinator.log
    entry = record.signed.statement.data
    log.entries.append(entry)
    log.hashes.extend(log.frontier.append(tlog.leaf_hash(entry)))
    again = RecordResult(record.hash, 1, log.proof(1).path, None, "")
    await coordinator.say(RecordsAck((again,), log.checkpoint().decode()))
    assert "holds record 1 twice, at 0 and at 1" in await ear.next("distrusted", str)
    (evidence,) = await Notebook(store).evidence()
    assert evidence.kind is EvidenceKind.TWICE
    sealed, _, first = evidence.ours.rpartition(b"\nc2sp.org/tlog-proof@v1\n")
    assert sealed == record.encode()
    for index, proof in enumerate((b"c2sp.org/tlog-proof@v1\n" + first, evidence.theirs)):
        parsed = tlog.TlogProof.parse(proof)
        tlog.verify_proof(parsed, entry, log.verifier)
        assert parsed.index == index


# --- Chains that do not meet --------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [0, 1])
async def test_a_log_that_forgot_what_it_had_proven_is_distrusted(
    kept: int,
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    make_records: Callable[..., list[Record]],
) -> None:
    records = make_records(2)
    await store.append(records, None)
    await store.proven([(record.hash, at, "proof") for at, record in enumerate(records)])
    coordinator.take([record.encode() for record in records[:kept]])
    await start()
    assert "has proven to hold record 2" in await ear.next("distrusted", str)
    await ear.status(LinkState.DIVERGED)


async def test_a_log_that_is_behind_gets_the_rest(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    make_records: Callable[..., list[Record]],
) -> None:
    first, second = make_records(2)
    await store.append([first, second], None)
    coordinator.take([first.encode()])
    await start()
    assert await ear.next("proven", tuple) == (((first.hash, 0), (second.hash, 1)), 0)


# --- Heads --------------------------------------------------------------------------------------------------


async def test_heads_move_forward_only(start: Begin, coordinator: SmallCoordinator, ear: Ear) -> None:
    await start()
    await ear.status(LinkState.ONLINE)
    coordinator.log.add(b"one")
    small = coordinator.announce()
    coordinator.log.add(b"two")
    await coordinator.say(small, replace(small, question=2), replace(coordinator.announce(old=1), question=3))
    assert [(await ear.next("head", tlog.Checkpoint)).size for _ in range(2)] == [1, 2]
    answers = [await coordinator.hear(WitnessSays) for _ in range(3)]
    assert [(answer.question, answer.status) for answer in answers] == [(1, 200), (2, 409), (3, 200)]
    assert ear.distrusted == []


async def test_two_roots_for_one_size_are_distrusted(start: Begin, coordinator: SmallCoordinator, ear: Ear) -> None:
    await start()
    coordinator.log.add(b"one")
    await ear.status(LinkState.ONLINE)
    await coordinator.say(coordinator.announce())
    await ear.next("head", tlog.Checkpoint)
    forked = tlog.sign_checkpoint(tlog.Checkpoint(ORIGIN, 1, tlog.leaf_hash(b"another one")), [coordinator.log.signer])
    await coordinator.say(AskWitness(2, tlog.AddCheckpoint(1, (), forked).encode()))
    assert "cannot both be true" in await ear.next("distrusted", str)
