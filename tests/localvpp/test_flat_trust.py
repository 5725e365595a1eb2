"""What a flat's agent does about a log or a building that may not be trusted: shown, kept, and when it ends."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
import logging

import pytest

from localvpp import tlog
from localvpp.etp import EMPTY, DeviceId, Ed25519Signer, Record, RecordHash, cbor, cose
from localvpp.link import LinkState, LinkStatus
from localvpp.notebook import EvidenceKind
from localvpp.standing import LedgerState
from localvpp.wire import AskWitness, ChainEnd, Code, Refused, SignedEnd, open_chain_end, sign_chain_end

from .home import SECONDS, Home
from .place import ORIGIN
from .small_coordinator import SmallCoordinator


async def test_distrust_outlives_a_restart(home: Home) -> None:
    await home.start()
    home.flat.ledger_distrusted("the log has shown two roots")
    await home.stop()
    await home.start()
    state = home.flat.state
    assert (state.ledger, state.ledger_reason) == (LedgerState.DISTRUSTED, "the log has shown two roots")
    await home.online()
    await home.time.seconds(SECONDS + 1)
    await home.until(lambda state: state.last_record is not None and state.last_record.index is not None)
    assert home.flat.state.ledger is LedgerState.DISTRUSTED


async def test_distrust_stays_and_keeps_its_reason(home: Home, coordinator: SmallCoordinator) -> None:
    await home.start()
    await home.online()
    coordinator.log.add(b"one")
    forked = tlog.Checkpoint(ORIGIN, 1, tlog.leaf_hash(b"another one"))
    await coordinator.say(coordinator.announce())
    note = tlog.sign_checkpoint(forked, [coordinator.log.signer])
    await coordinator.say(AskWitness(2, tlog.AddCheckpoint(1, (), note).encode()))
    reason = (await home.until(lambda state: state.ledger is LedgerState.DISTRUSTED)).ledger_reason
    assert "cannot both be true" in reason
    await coordinator.drop()
    await home.until(lambda state: state.link.state is LinkState.CONNECTING)
    await home.time.wake("link")
    await home.online()
    await home.time.seconds(SECONDS + 1)
    await home.until(lambda state: state.last_record is not None and state.last_record.index is not None)
    assert (home.flat.state.ledger, home.flat.state.ledger_reason) == (LedgerState.DISTRUSTED, reason)


async def forked(home: Home, coordinator: SmallCoordinator) -> str:
    """Have the flat witness a head, and then show it a larger one that does not follow; return what it says."""
    await home.start()
    await home.online()
    coordinator.log.add(b"one")
    await coordinator.say(coordinator.announce())
    size = coordinator.log.frontier.size
    await home.until(lambda state: state.log_size == size)
    larger = tlog.Checkpoint(ORIGIN, size + 1, tlog.leaf_hash(b"another one"))
    note = tlog.sign_checkpoint(larger, [coordinator.log.signer])
    await coordinator.say(AskWitness(2, tlog.AddCheckpoint(size, (), note).encode()))
    state = await home.until(lambda state: state.ledger is LedgerState.FORKED)
    assert [each.theirs for each in await home.flat.evidence()] == [note]
    return state.ledger_reason


async def test_a_fork_that_is_suspected_is_shown_until_the_log_proves_its_growth(
    home: Home, coordinator: SmallCoordinator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "localvpp.doubts")
    reason = await forked(home, coordinator)
    assert "does not prove that one has grown into the other" in reason
    await home.time.seconds(SECONDS + 1)  # Records that are made and proven meanwhile heal nothing.
    await home.until(lambda state: state.last_record is not None and state.last_record.index is not None)
    assert home.flat.state.ledger is LedgerState.FORKED
    size = home.flat.state.log_size
    assert size is not None
    assert coordinator.log.frontier.size > size
    await coordinator.say(coordinator.announce(old=size))
    state = await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    assert state.ledger_reason == ""
    assert len(await home.flat.evidence()) == 1
    told = [each.getMessage() for each in caplog.records if "the ledger" in each.getMessage()]
    assert told == [f"Flat 101: the ledger is forked: {reason}", "Flat 101: the ledger proves that it has grown, again"]


async def test_a_suspected_fork_outlives_a_restart_and_another_doubt(home: Home, coordinator: SmallCoordinator) -> None:
    reason = await forked(home, coordinator)
    size = home.flat.state.log_size
    assert size is not None
    await home.stop()
    await home.start()
    assert (home.flat.state.ledger, home.flat.state.ledger_reason) == (LedgerState.FORKED, reason)
    await home.online()
    home.flat.link_changed(LinkStatus(LinkState.DIVERGED, "another copy"))
    home.flat.link_changed(LinkStatus(LinkState.ONLINE))
    assert home.flat.state.ledger is LedgerState.FORKED
    coordinator.log.add(b"two")
    await coordinator.say(coordinator.announce(old=size))
    await home.until(lambda state: state.ledger is not LedgerState.FORKED)
    await home.stop()
    await home.start()
    assert home.flat.state.ledger is not LedgerState.FORKED


async def test_a_flat_whose_chain_diverges_cosigns_nothing_more(home: Home, coordinator: SmallCoordinator) -> None:
    await home.start()
    await home.online()
    request = coordinator.announce().request
    assert (await home.flat.witness.answer(request)).status == HTTPStatus.OK
    await home.time.seconds(1)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    coordinator.head = replace(coordinator.head, hash=RecordHash(bytes(32)))
    await coordinator.drop()
    await home.time.wake("link")
    await home.until(lambda state: state.link.state is LinkState.DIVERGED)
    assert (await home.flat.witness.answer(request)).status == HTTPStatus.SERVICE_UNAVAILABLE


async def test_a_log_that_was_cut_is_distrusted_and_not_merely_diverged(
    lived_in: Home, coordinator: SmallCoordinator
) -> None:
    coordinator.head = EMPTY
    await coordinator.drop()
    await lived_in.time.wake("link")
    state = await lived_in.until(lambda state: state.link.state is LinkState.DIVERGED)
    assert state.ledger is LedgerState.DISTRUSTED
    assert "has proven to hold record 3" in state.ledger_reason
    (evidence,) = await lived_in.flat.evidence()
    assert (evidence.kind, evidence.reason) == (EvidenceKind.CUT, state.ledger_reason)
    # Anybody can see both from the two keys: the log's has signed that it holds the record, the building's that not.
    sealed, _, proof = evidence.ours.rpartition(b"\nc2sp.org/tlog-proof@v1\n")
    record, proven = Record.decode(sealed), tlog.TlogProof.parse(b"c2sp.org/tlog-proof@v1\n" + proof)
    tlog.verify_proof(proven, record.signed.statement.data, coordinator.log.verifier)
    assert record.envelope.seq == 3
    payload = cbor.decode(cose.parse(evidence.theirs, "the word").payload, "the word")
    assert isinstance(payload, dict)
    nonce = payload[2]
    assert isinstance(nonce, bytes)
    key, who = coordinator.building.public, lived_in.flat.membership.device
    end = open_chain_end(evidence.theirs, key, coordinator.terms.building, ORIGIN, who, nonce)
    assert end == SignedEnd(None, coordinator.log.frontier.size)
    # The same once more is the same evidence.
    await lived_in.time.wake("link")
    await lived_in.time.asleep("link")
    assert await lived_in.flat.evidence() == [evidence]


async def test_a_cut_that_the_building_does_not_sign_is_no_evidence_and_passes(
    lived_in: Home, coordinator: SmallCoordinator, stranger: Ed25519Signer
) -> None:
    device, building = lived_in.flat.membership.device, coordinator.terms.building
    honest, head = coordinator.honest_end, coordinator.head
    coordinator.head = EMPTY
    await coordinator.drop()

    def forged(nonce: bytes) -> ChainEnd:
        return ChainEnd(sign_chain_end(stranger, building, ORIGIN, device, nonce, SignedEnd(None, 1)))

    def replayed(_: bytes) -> ChainEnd:
        return honest(bytes(32))

    def unknown(_: bytes) -> Refused:
        return Refused(Code.BAD_MESSAGE, "message code 17 is unknown here", fatal=False)

    def spoiled(nonce: bytes) -> ChainEnd:
        # The welcome was spoiled on its way: the building itself says where the chain ends.
        coordinator.head = head
        return honest(nonce)

    for end, told in [
        (forged, "the building has not signed that"),
        (replayed, "the building has not signed that"),
        (unknown, "does not sign where this flat's chain ends: message code 17"),
    ]:
        coordinator.end = end
        await lived_in.time.wake("link")
        await lived_in.time.asleep("link")
        state = lived_in.flat.state
        assert told in state.link.reason
        assert (state.link.state, state.ledger) == (LinkState.DIVERGED, LedgerState.DIVERGED)
    coordinator.end = spoiled
    await lived_in.time.wake("link")
    await lived_in.time.asleep("link")
    assert "somebody stands in between" in lived_in.flat.state.link.reason
    await lived_in.time.wake("link")
    await lived_in.online()
    assert lived_in.flat.state.ledger is LedgerState.PROVEN
    assert await lived_in.flat.evidence() == []


async def test_another_record_in_the_place_of_a_proven_one_is_evidence_once_the_building_signs_it(
    lived_in: Home, coordinator: SmallCoordinator
) -> None:
    coordinator.head = replace(coordinator.head, hash=RecordHash(bytes(32)))
    await coordinator.drop()
    await lived_in.time.wake("link")
    state = await lived_in.until(lambda state: state.ledger is LedgerState.DISTRUSTED)
    assert "and now says that it is another one" in state.ledger_reason
    (evidence,) = await lived_in.flat.evidence()
    assert evidence.kind is EvidenceKind.CUT


async def test_a_diverged_chain_is_shown_until_it_meets_again(
    home: Home, coordinator: SmallCoordinator, make_records: Callable[..., list[Record]]
) -> None:
    coordinator.take([record.encode() for record in make_records(1)])
    coordinator.show = lambda asked: replace(coordinator.honest_records(asked), records=())
    await home.start()
    state = await home.until(lambda state: state.ledger is LedgerState.DIVERGED)
    assert "is not proven" in state.ledger_reason
    coordinator.head = EMPTY
    await home.time.wake("link")
    state = await home.until(lambda state: state.ledger is not LedgerState.DIVERGED)
    assert (state.ledger, state.ledger_reason) == (LedgerState.UNKNOWN, "")


async def test_a_settlement_that_does_not_come_out_is_distrusted_with_its_evidence_after_a_restart_too(
    lived_in: Home, coordinator: SmallCoordinator, device: DeviceId
) -> None:
    await coordinator.say(coordinator.leave_out(device, seconds=SECONDS))
    reason = (await lived_in.until(lambda state: state.ledger is LedgerState.DISTRUSTED)).ledger_reason
    assert "the flat was left out" in reason
    await lived_in.stop()
    await lived_in.start()
    assert (lived_in.flat.state.ledger, lived_in.flat.state.ledger_reason) == (LedgerState.DISTRUSTED, reason)
    assert [each.reason for each in await lived_in.flat.evidence()] == [reason]
