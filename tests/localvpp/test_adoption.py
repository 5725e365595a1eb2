"""A flat that was restored from a backup takes over what the log proves of its chain, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from localvpp import tlog
from localvpp.adopting import CONTRADICTION, AdoptionBook
from localvpp.adoption import (
    WITHIN_MS,
    Adopted,
    AdoptionError,
    ForgedError,
    Proven,
    check_records,
    rotated_to,
    too_often,
)
from localvpp.etp import EMPTY, Chain, DeviceId, Ed25519Signer, Head, Kind, MeterStatus, Record
from localvpp.link import LONGEST_WAIT_S, LinkState
from localvpp.notebook import Notebook
from localvpp.slots import Interval, Reading, Sample, SlotBook, Why
from localvpp.store import FlatStore
from localvpp.wire import (
    AskRecords,
    Code,
    FrameAck,
    LastRecord,
    Records,
    Refused,
    TheRecords,
    Welcome,
)

from .place import ORIGIN, SLOT, HandClock
from .small_coordinator import Ear, SmallCoordinator, Waits, refuse

type Begin = Callable[[], Any]
type MakeRecords = Callable[..., list[Record]]


def sealed(records: list[Record]) -> list[bytes]:
    return [record.encode() for record in records]


# --- What is adopted ----------------------------------------------------------------------------------------


async def test_a_store_from_a_backup_takes_over_what_it_has_forgotten(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, store: FlatStore, make_records: MakeRecords
) -> None:
    records = make_records(4)
    coordinator.take(sealed(records))
    await store.append(records[:1], None)
    await store.proven([(records[0].hash, 0, coordinator.log.proof(0).encode().decode())])
    await start()
    adopted = await ear.next("adopted", Adopted)
    assert [each.record.hash for each in adopted.records] == [record.hash for record in records[1:]]
    assert [each.index for each in adopted.records] == [1, 2, 3]
    assert (adopted.after, adopted.head) == (1, Head(0, 4, records[3].hash))
    assert adopted.epoch == 1
    asked = await coordinator.hear(AskRecords)
    assert (asked.after, asked.size) == (1, 0)
    await ear.status(LinkState.ONLINE)
    for each in adopted.records:
        proof = tlog.TlogProof.parse(each.proof.encode())
        tlog.verify_proof(proof, each.record.signed.statement.data, coordinator.log.verifier, origin=ORIGIN)
    # The head that they were proven in is what this flat has witnessed from now on.
    head, _ = await Notebook(store).witnessed(ORIGIN)
    assert (head.size, head.root) == (4, coordinator.log.frontier.root())


async def test_a_long_chain_comes_in_parts_and_each_grows_out_of_the_one_before(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, make_records: MakeRecords
) -> None:
    coordinator.take(sealed(make_records(5)))

    def two_at_a_time(asked: AskRecords) -> TheRecords:
        told = coordinator.honest_records(asked)
        return replace(told, records=told.records[:2])

    coordinator.show = two_at_a_time
    await start()
    assert (await ear.next("adopted", Adopted)).head.seq == 5
    asked = [await coordinator.hear(AskRecords) for _ in range(3)]
    assert [(each.after, each.size) for each in asked] == [(0, 0), (2, 5), (4, 5)]


async def test_what_comes_while_the_records_are_awaited_is_not_lost(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, make_records: MakeRecords
) -> None:
    coordinator.take(sealed(make_records(1)))
    coordinator.to_say = [FrameAck(7)]
    await start()
    await ear.next("adopted", Adopted)
    assert await ear.next("frame", int) == 7


def rotated(
    first: Ed25519Signer, second: Ed25519Signer, device: DeviceId, make_body: Callable[..., Any]
) -> list[Record]:
    """Two records and a rotation between them."""
    chain, records = Chain(device, ORIGIN), []
    one, chain = chain.seal(first, Kind.INTERVAL, SLOT, make_body())
    turn, chain = chain.seal(first, Kind.ROTATE, SLOT, make_body(energy_wh=0, attributes=()), successor=second)
    two, _ = chain.seal(second, Kind.INTERVAL, SLOT + 60, make_body())
    records += [one, turn, two]
    return records


async def test_a_chain_with_a_rotation_is_adopted_by_the_key_that_it_begins_with(
    coordinator: SmallCoordinator,
    signer: Ed25519Signer,
    stranger: Ed25519Signer,
    device: DeviceId,
    make_body: Callable[..., Any],
) -> None:
    records = rotated(signer, stranger, device, make_body)
    for record in records:
        coordinator.kept.append((record.encode(), coordinator.log.add(record.signed.statement.data)))
    told = coordinator.honest_records(AskRecords(0, 0))
    proven, head = check_records(told, EMPTY, device, [signer.public], coordinator.log.verifier, ORIGIN)
    assert [each.record for each in proven] == records
    assert head == Head(0, 3, records[2].hash)
    assert rotated_to(records) == [stranger.public]


async def test_a_record_by_a_key_that_was_rotated_away_and_forgotten_is_no_evidence_and_not_adopted(
    coordinator: SmallCoordinator,
    signer: Ed25519Signer,
    stranger: Ed25519Signer,
    device: DeviceId,
    make_body: Callable[..., Any],
) -> None:
    for record in rotated(signer, stranger, device, make_body):
        coordinator.kept.append((record.encode(), coordinator.log.add(record.signed.statement.data)))
    told = coordinator.honest_records(AskRecords(0, 0))
    with pytest.raises(AdoptionError, match="does not know any more") as refusal:
        check_records(told, EMPTY, device, [stranger.public], coordinator.log.verifier, ORIGIN)
    assert not isinstance(refusal.value, ForgedError)


# --- What is not --------------------------------------------------------------------------------------------


async def refused(ear: Ear, store: FlatStore) -> str:
    """Return why nothing was adopted."""
    reason = (await ear.status(LinkState.DIVERGED)).reason
    assert not any(what == "adopted" for what, _ in [ear.told.get_nowait() for _ in range(ear.told.qsize())])
    saved = await store.load()
    assert (saved.head, saved.gap_from) == (EMPTY, None)
    return reason


async def test_a_newest_record_that_the_flat_never_signed_is_distrusted_and_kept(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    stranger: Ed25519Signer,
    device: DeviceId,
    make_body: Callable[..., Any],
) -> None:
    forged, _ = Chain(device, ORIGIN).seal(stranger, Kind.INTERVAL, SLOT, make_body())
    at = coordinator.log.add(forged.signed.statement.data)
    coordinator.kept.append((forged.encode(), at))
    coordinator.head = Head(0, 1, forged.hash)
    await start()
    assert "which its key has not signed" in await ear.next("distrusted", str)
    assert "which its key has not signed" in await refused(ear, store)
    (evidence,) = await Notebook(store).evidence()
    assert forged.encode() in evidence.theirs
    assert coordinator.log.checkpoint() in evidence.theirs


async def test_records_without_their_proof_are_refused(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, store: FlatStore, make_records: MakeRecords, waits: Waits
) -> None:
    coordinator.take(sealed(make_records(2)))

    def unproven(asked: AskRecords) -> TheRecords:
        told = coordinator.honest_records(asked)
        return replace(told, records=(replace(told.records[0], proof=()), *told.records[1:]))

    coordinator.show = unproven
    await start()
    assert "does not prove to hold what it shows at 0" in await refused(ear, store)
    assert ear.distrusted == []  # Whoever stands between the two can spoil a proof.
    assert await waits.pass_one() >= LONGEST_WAIT_S / 2
    coordinator.show = coordinator.honest_records
    assert (await ear.next("adopted", Adopted)).head.seq == 2


def nothing(coordinator: SmallCoordinator, asked: AskRecords) -> TheRecords:
    return replace(coordinator.honest_records(asked), records=())


def with_a_hole(coordinator: SmallCoordinator, asked: AskRecords) -> TheRecords:
    told = coordinator.honest_records(asked)
    return replace(told, records=told.records[1:])


def signed_by_another_log(coordinator: SmallCoordinator, asked: AskRecords) -> TheRecords:
    told = coordinator.honest_records(asked)
    key = tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, sha256(b"another log").digest())
    head = tlog.Checkpoint(ORIGIN, coordinator.log.frontier.size, coordinator.log.frontier.root())
    return replace(told, checkpoint=tlog.sign_checkpoint(head, [tlog.Ed25519Signer(key)]).decode())


def erased(_coordinator: SmallCoordinator, _asked: AskRecords) -> Refused:
    return Refused(Code.ERASED, "the body of record 1 was erased", fatal=False)


@pytest.mark.parametrize(
    ("show", "told"),
    [
        (nothing, "does not show it"),
        (with_a_hole, "shows record 2 where 1 is asked for"),
        (signed_by_another_log, "not proven"),
        (erased, "the body of record 1 was erased"),
    ],
)
async def test_what_is_not_whole_is_not_adopted(
    show: Callable[..., Any],
    told: str,
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    make_records: MakeRecords,
) -> None:
    coordinator.take(sealed(make_records(2)))
    coordinator.show = lambda asked: show(coordinator, asked)
    await start()
    assert told in await refused(ear, store)


async def test_an_end_that_is_only_said_is_not_believed(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, store: FlatStore, make_records: MakeRecords
) -> None:
    coordinator.take(sealed(make_records(2)))

    def lie(own_nonce: bytes) -> Welcome:
        return replace(coordinator.honest_welcome(own_nonce), last=LastRecord(0, 2, make_records(1)[0].hash))

    coordinator.welcome = lie
    await start()
    assert "another record 2 of this flat than it says" in await refused(ear, store)


async def test_another_history_than_the_witnessed_one_is_evidence(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, store: FlatStore, make_records: MakeRecords, waits: Waits
) -> None:
    await start()
    await ear.status(LinkState.ONLINE)
    for each in (b"one", b"two", b"three"):
        coordinator.log.add(each)
    await coordinator.say(coordinator.announce())
    await ear.next("head", tlog.Checkpoint)
    coordinator.log = type(coordinator.log)()
    coordinator.take(sealed(make_records(3)))
    await coordinator.drop()
    await waits.pass_one()
    assert "cannot both be true" in await ear.next("distrusted", str)
    await refused(ear, store)
    assert len(await Notebook(store).evidence()) == 1


# --- What is written ----------------------------------------------------------------------------------------


def adopted_of(records: list[Record], after: int) -> Adopted:
    last = records[-1]
    proven = tuple(Proven(record, at, "proof") for at, record in enumerate(records))[after:]
    return Adopted(after, proven, Head(last.envelope.epoch, last.envelope.seq, last.hash))


async def test_contradicting_records_give_way_and_are_kept_as_evidence(
    store: FlatStore, make_records: MakeRecords
) -> None:
    ours, theirs = make_records(3), make_records(2)
    open_interval = Interval(SLOT, Why.BOUNDARY, Reading(1, 2, 3), Reading(1, 2, 3))
    await store.append(ours, open_interval)
    dropped = await AdoptionBook(store).adopt(adopted_of(theirs, 0), SLOT * 1000)
    assert [(each.seq, each.contradicts) for each in dropped] == [(1, True), (2, True), (3, False)]
    saved = await store.load()
    assert saved.head == Head(1, 2, theirs[1].hash)
    assert (saved.pending, saved.proven, saved.open) == (0, 2, None)
    assert saved.gap_from == Reading((SLOT + 120) * 1000, 1_234_012, 567)
    evidence = await Notebook(store).evidence()
    assert {(each.ours, each.theirs) for each in evidence} == {
        (ours[0].encode(), theirs[0].encode()),
        (ours[1].encode(), theirs[1].encode()),
        (ours[2].encode(), b""),
    }
    assert [each.reason for each in evidence].count(CONTRADICTION) == 2
    assert await AdoptionBook(store).contradiction(SLOT * 1000) in {ours[0].encode(), ours[1].encode()}
    assert await AdoptionBook(store).contradiction(SLOT * 1000 + WITHIN_MS) is None


async def test_records_that_both_have_stay_and_count_as_proven(store: FlatStore, make_records: MakeRecords) -> None:
    records = make_records(3)
    await store.append(records[:2], None)
    assert await AdoptionBook(store).adopt(adopted_of(records, 0), SLOT * 1000) == ()
    saved = await store.load()
    assert (saved.head.seq, saved.head.epoch, saved.pending, saved.proven) == (3, 1, 0, 3)
    assert await Notebook(store).evidence() == []


async def test_the_gap_is_recorded_by_the_next_record_of_the_meter_only(
    store: FlatStore,
    make_records: MakeRecords,
    make_body: Callable[..., Any],
    signer: Ed25519Signer,
    device: DeviceId,
) -> None:
    await AdoptionBook(store).adopt(adopted_of(make_records(1), 0), SLOT * 1000)
    chain = Chain(device, ORIGIN, (await store.load()).head)
    end = make_body(start_ms=(SLOT + 60) * 1000, end_ms=(SLOT + 60) * 1000, energy_wh=0, attributes=())
    tariff, chain = chain.seal(signer, Kind.TARIFF_CHANGE, SLOT + 60, end)
    await store.append([tariff], None)
    assert (await store.load()).gap_from is not None
    gap, chain = chain.seal(signer, Kind.GAP, SLOT + 60, make_body())
    assert gap.envelope.epoch == 1
    await store.append([gap], None)
    saved = await store.load()
    assert (saved.gap_from, saved.head) == (None, chain.head)


async def test_after_an_exchanged_meter_nothing_is_counted_from_the_old_one(
    store: FlatStore, make_body: Callable[..., Any], signer: Ed25519Signer, device: DeviceId
) -> None:
    body = make_body(meter_status=MeterStatus.EXCHANGED)
    exchanged, _ = Chain(device, ORIGIN).seal(signer, Kind.EXCEPTION, SLOT, body)
    await AdoptionBook(store).adopt(adopted_of([exchanged], 0), SLOT * 1000)
    assert (await store.load()).gap_from is None


def test_the_gap_counts_from_the_last_known_reading() -> None:
    book = SlotBook(60)
    last = Reading(SLOT * 1000 + 500, 1000, 50)
    now = Sample(reading=Reading((SLOT + 150) * 1000, 1007, 52))
    after, (gap,) = book.resume(last, now)
    assert (gap.why, gap.slot, gap.begin, gap.end) == (Why.GAP, SLOT, last, now.reading)
    assert after.open is not None
    assert (after.open.begin, after.open.slot) == (now.reading, SLOT + 120)


def test_a_counter_that_ran_backwards_since_is_an_exchanged_meter() -> None:
    last = Reading(SLOT * 1000, 1000, 50)
    _, (gap,) = SlotBook(60).resume(last, Sample(reading=Reading((SLOT + 60) * 1000, 3, 50)))
    assert (gap.why, gap.begin, gap.end) == (Why.METER_EXCHANGED, last, last)


def test_a_clock_that_was_set_back_makes_no_gap_that_ends_before_it_begins() -> None:
    last = Reading(SLOT * 1000, 1000, 50)
    _, (gap,) = SlotBook(60).resume(last, Sample(reading=Reading((SLOT - 60) * 1000, 1001, 50)))
    assert (gap.end.time_ms, gap.end.import_wh) == (last.time_ms, 1001)


# --- A second copy ------------------------------------------------------------------------------------------


def test_two_adoptions_within_an_hour_are_enough() -> None:
    hour = WITHIN_MS
    assert not too_often([], 5 * hour)
    assert not too_often([5 * hour - 1], 5 * hour)
    assert too_often([5 * hour - 2, 5 * hour - 1], 5 * hour)
    assert not too_often([4 * hour, 5 * hour - 1], 5 * hour)
    assert too_often([5 * hour + 10, 5 * hour + 20], 5 * hour)  # The clock was set back.


async def test_the_third_time_within_an_hour_a_second_copy_is_running(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    clock: HandClock,
    waits: Waits,
    make_records: MakeRecords,
) -> None:
    book = AdoptionBook(store)
    ours, theirs = make_records(1), make_records(3)
    await store.append(ours, None)
    await book.adopt(adopted_of(theirs[:1], 0), clock.wall_ms())
    await book.adopt(adopted_of(theirs[:2], 1), clock.wall_ms())
    coordinator.take(sealed(theirs))
    coordinator.acknowledge = lambda told: refuse(told, Code.CONFLICT, "evidence")
    await start()
    assert "a second copy of this flat is running" in (await ear.status(LinkState.DIVERGED)).reason
    # What this flat has signed beside a logged record is handed in: the building can tell, too.
    assert (await coordinator.hear(Records)).records == (ours[0].encode(),)
    assert (await store.load()).proven == 2
    clock.move(WITHIN_MS / 1000)
    await waits.pass_one()
    assert (await ear.next("adopted", Adopted)).head.seq == 3


async def test_a_suspended_flat_says_why_and_waits_long(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits
) -> None:
    coordinator.welcome = lambda _: Refused(Code.SUSPENDED, "a second copy of this flat is running", fatal=True)
    await start()
    assert "second copy" in (await ear.status(LinkState.REFUSED)).reason
    assert await waits.pass_one() >= LONGEST_WAIT_S / 2
