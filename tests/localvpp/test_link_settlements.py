"""A settlement counts only when it follows from the flat's own records and from what the log holds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from localvpp import tlog
from localvpp.etp import DeviceId, Ed25519Signer, Kind, Record, RecordHash, cbor
from localvpp.lineage import Lineage
from localvpp.link import LinkState
from localvpp.notebook import EvidenceKind, Notebook
from localvpp.settled import SettlementError, check_word
from localvpp.settlement import KnownPrices, first_prices
from localvpp.store import FlatStore, Kept
from localvpp.wire import Hello, Membership, SlotResult, decode, encode, sign_word, verify_word
from localvpp.wordbook import WordBook

from .metered import MeteredFlat
from .place import ORIGIN, PRICES, SLOT
from .small_coordinator import Ear, SmallCoordinator, Waits

PARTNER = DeviceId(b"\x0f" * 16)
STRANGER = Ed25519Signer(bytes(32))

type Begin = Callable[[], Any]
type Used = tuple[RecordHash, ...]


async def all_heard(coordinator: SmallCoordinator, ear: Ear, old: int = 0) -> int:
    """Return when the flat has taken whatever was said before: the size of the log that it has witnessed by then."""
    coordinator.log.add(b"entry %d, of somebody" % coordinator.log.frontier.size)
    await coordinator.say(coordinator.announce(old))
    size = (await ear.next("head", tlog.Checkpoint)).size
    await ear.checked()
    return size


async def test_a_settlement_that_adds_up_is_stored_once(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, store: FlatStore, used: Used, device: DeviceId
) -> None:
    result = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    coordinator.to_say = [result]
    await start()
    assert await ear.next("settled", SlotResult) == result
    assert await WordBook(store).result(SLOT) == result
    # Said again it has newer proofs, and says the same.
    coordinator.log.add(b"the log has grown")
    again = coordinator.sign(replace(result, **coordinator.prove(result.transfers)), device)
    assert again != result
    await coordinator.say(again)
    await all_heard(coordinator, ear)
    assert ear.told.empty()
    assert ear.distrusted == []
    saved = await store.load()
    assert (saved.settled_slot, saved.totals.slots) == (SLOT, 1)
    assert await WordBook(store).result(SLOT) == result


async def test_the_flat_tells_which_settlements_it_has(
    start: Begin, coordinator: SmallCoordinator, store: FlatStore, used: Used, device: DeviceId
) -> None:
    await WordBook(store).settled(coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12))
    await WordBook(store).left_out(coordinator.leave_out(device, SLOT + 60, after=SLOT))
    await start()
    assert (await coordinator.hear(Hello)).settled_slot == SLOT + 60


def with_transfer(coordinator: SmallCoordinator, device: DeviceId, **changes: Any) -> SlotResult:
    """A result whose one transfer is not what it should be."""
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    fields: dict[str, Any] = {"sender": PARTNER, "receiver": device, "energy_wh": 5} | changes
    changed = replace(honest, **coordinator.prove([coordinator.transfer(**fields)]))
    return coordinator.sign(changed, device)


def told_twice(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    once = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    twice = replace(
        once,
        shared_in_wh=10,
        inside_money=2 * once.inside_money,
        grid_money=-2 * PRICES.grid,
        transfers=once.transfers * 2,
        indexes=once.indexes * 2,
        proofs=once.proofs * 2,
    )
    return coordinator.sign(twice, device)


def unlogged(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    return coordinator.sign(replace(honest, transfers=(coordinator.transfer(PARTNER, device, 5),)), device)


def forged(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    return with_transfer(coordinator, device, signer=STRANGER)


def mangled_transfer(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    sealed = bytearray(honest.transfers[0])
    sealed[-1] ^= 1
    return coordinator.sign(replace(honest, transfers=(bytes(sealed),)), device)


def following_from_nothing(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    own, coordinator.evidence = coordinator.evidence, (RecordHash(bytes(32)),)
    result = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12, records=own)
    coordinator.evidence = own
    return result


def following_from_the_import_alone(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    own, coordinator.evidence = coordinator.evidence, coordinator.evidence[:1]
    result = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12, records=own)
    coordinator.evidence = own
    return result


def another_head(coordinator: SmallCoordinator, proof: str) -> str:
    """A proof in a head that is not signed by the building's log."""
    other = tlog.Ed25519Signer(tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, bytes(32)))
    head = tlog.Checkpoint(ORIGIN, coordinator.log.frontier.size, coordinator.log.frontier.root())
    changed = replace(tlog.TlogProof.parse(proof.encode()), checkpoint=tlog.sign_checkpoint(head, [other]))
    return changed.encode().decode()


def proven_by_another_log(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    return coordinator.sign(replace(honest, proofs=(another_head(coordinator, honest.proofs[0]),)), device)


def honest_but(**changes: Any) -> Callable[[SmallCoordinator, DeviceId], SlotResult]:
    return lambda coordinator, device: coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12, **changes)


def settled_by(slot: int = SLOT, log_size: int | None = 2, **changes: Any) -> Callable[..., SlotResult]:
    """A result with another record of the settled slot."""
    return lambda c, device: c.settle(
        PARTNER, device, energy_wh=5, import_wh=12, settled=c.settled(slot, log_size, **changes)
    )


def dearer_than_announced(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    settled = coordinator.settled(SLOT, 2, price=2300)
    return coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12, inside_price=2300, settled=settled)


def settled_in_another_log(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    settled = replace(honest.settled, proof=another_head(coordinator, honest.settled.proof))
    return coordinator.sign(replace(honest, settled=settled), device)


def settled_elsewhere(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    return coordinator.sign(replace(honest, settled=replace(honest.settled, index=7)), device)


WRONG: dict[str, tuple[Callable[[SmallCoordinator, DeviceId], SlotResult], str]] = {
    "more import than was counted": (
        lambda c, device: c.settle(PARTNER, device, energy_wh=5, import_wh=13),
        "import is 13 Wh, the flat's own records say 12 Wh",
    ),
    "export that was not counted": (
        lambda c, device: c.settle(PARTNER, device, energy_wh=5, import_wh=12, export_wh=1),
        "export is 1 Wh, the flat's own records say 0 Wh",
    ),
    "another slot": (
        lambda c, device: c.settle(PARTNER, device, energy_wh=5, import_wh=12, slot=SLOT + 60),
        "which is none of this flat's of the slot",
    ),
    "no records": (honest_but(records=()), "leaves out record"),
    "the import's record alone": (
        lambda c, d: c.settle(PARTNER, d, energy_wh=5, import_wh=12, records=c.evidence[:1]),
        "leaves out record",
    ),
    "a stranger's record besides": (
        lambda c, d: c.settle(PARTNER, d, energy_wh=5, import_wh=12, records=(*c.evidence, RecordHash(bytes(32)))),
        "which is none of this flat's of the slot",
    ),
    "a record twice": (
        lambda c, d: c.settle(PARTNER, d, energy_wh=5, import_wh=12, records=(*c.evidence, c.evidence[0])),
        "follows from one record twice",
    ),
    "records that the log got later": (honest_but(log_size=1), "which the log got at 1, after the 1 entries"),
    "a slot of another length": (honest_but(seconds=120), "do not prove the slot"),
    "the record of another settled slot": (settled_by(SLOT - 60), "does not say that this slot is settled"),
    "a record that settles nothing": (settled_by(kind=Kind.TRANSFER), "does not say that this slot is settled"),
    "a settled slot that a stranger wrote": (settled_by(signer=STRANGER), "signed by key"),
    "a settled slot without a size": (settled_by(log_size=None), "does not say how many entries"),
    "a log that has grown too early": (settled_by(log_size=9), "entry 2 says that the log had 9 entries before it"),
    "a settled slot of another log": (settled_in_another_log, "no known key has signed the note"),
    "a settled slot of another entry": (settled_elsewhere, "the proof is of entry 3, not of 7"),
    "another price in the log": (
        honest_but(inside_price=2300),
        "its inside price is 2300, that of the log is 2200",
    ),
    "prices that were never announced": (
        dearer_than_announced,
        "its prices are 2300, 3100 and 850 (inside, grid, feed-in), those announced for the slot are 2200, 3100 and",
    ),
    "more shared than the transfers say": (honest_but(shared_in_wh=6), "but the transfers say 5 Wh"),
    "shared out of nothing": (honest_but(shared_out_wh=1), "but the transfers say 5 Wh"),
    "more money than the transfers say": (honest_but(inside_money=-11001), "for -11000"),
    "another price of the grid": (honest_but(grid_money=-7 * 3101), "by the prices it is -21700"),
    "no proofs": (honest_but(proofs=()), "not of one number"),
    "no indexes": (honest_but(indexes=()), "not of one number"),
    "a proof that is none": (honest_but(proofs=("proof",)), "empty line"),
    "another index": (honest_but(indexes=(7,)), "the proof is of entry 2, not of 7"),
    "another price between the flats": (
        lambda c, d: with_transfer(c, d, price=2300),
        "price is 2300, the slot's is 2200",
    ),
    "someone else's transfer": (lambda c, d: with_transfer(c, d, receiver=DeviceId(bytes(16))), "two other flats"),
    "a transfer of another slot": (lambda c, d: with_transfer(c, d, slot=SLOT - 60), "no transfer of this slot"),
    "no transfer at all": (lambda c, d: with_transfer(c, d, kind=Kind.INTERVAL), "no transfer of this slot"),
    "transfers that follow from other records": (following_from_nothing, "not follow from this flat's own records"),
    "transfers that leave out a record": (following_from_the_import_alone, "not follow from this flat's own records"),
    "proofs of another log": (proven_by_another_log, "no known key has signed the note"),
    "more shared than was used": (
        lambda c, d: c.settle(PARTNER, d, energy_wh=13, import_wh=12),
        "more was shared than the meter counted",
    ),
    "a transfer told twice": (told_twice, "told twice"),
    "a transfer that is not in the log": (unlogged, ""),
    "a forged signature": (forged, "signed by key"),
    "a body changed": (mangled_transfer, "commits to"),
}


@pytest.mark.parametrize(("make", "named"), WRONG.values(), ids=WRONG)
async def test_a_settlement_that_does_not_come_out_is_kept_as_evidence_and_not_stored(
    make: Callable[[SmallCoordinator, DeviceId], SlotResult],
    named: str,
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    used: Used,
    device: DeviceId,
) -> None:
    wrong = make(coordinator, device)
    coordinator.to_say = [wrong]
    await start()
    reason = await ear.next("distrusted", str)
    assert reason.startswith(f"the settlement of slot {wrong.slot} does not come out: ")
    assert named in reason
    assert await WordBook(store).result(wrong.slot) is None
    (evidence,) = await Notebook(store).evidence()
    assert (evidence.kind, evidence.reason, evidence.theirs) == (EvidenceKind.SETTLEMENT, reason, encode(wrong))
    # The connection goes on: the next slot may be right.
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    await coordinator.say(honest)
    assert await ear.next("settled", SlotResult) == honest


async def test_evidence_of_a_settlement_stands_by_itself(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, store: FlatStore, used: Used, device: DeviceId
) -> None:
    wrong = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=13)
    coordinator.to_say = [wrong, wrong]
    await start()
    await ear.next("distrusted", str)
    await all_heard(coordinator, ear)
    await coordinator.drop()
    (evidence,) = await Notebook(store).evidence()  # However often it is said.
    word = decode(evidence.theirs, SlotResult)
    building = coordinator.building.public
    verify_word(word, building, building.device_id, ORIGIN, device)
    testimony = cbor.decode(evidence.ours, "testimony")
    assert isinstance(testimony, list)
    terms, records = testimony
    assert isinstance(terms, bytes)
    assert coordinator.terms.log_key.encode() in terms
    assert isinstance(records, list)
    shown = []
    for each in records:
        assert isinstance(each, list)
        sealed, index, proof = each
        assert isinstance(sealed, bytes)
        assert isinstance(proof, str)
        record = Record.decode(sealed)
        record.verify(coordinator.flat_key, ORIGIN)
        opened = tlog.TlogProof.parse(proof.encode())
        assert opened.index == index
        tlog.verify_proof(opened, record.signed.statement.data, coordinator.log.verifier, origin=ORIGIN)
        shown.append(record.hash)
    assert tuple(shown) == used


def signed_by_another_key(coordinator: SmallCoordinator, honest: SlotResult, device: DeviceId) -> SlotResult:
    return sign_word(STRANGER, coordinator.terms.building, ORIGIN, device, honest)


UNSIGNED: dict[str, tuple[Callable[[SmallCoordinator, SlotResult, DeviceId], SlotResult], str]] = {
    "not at all": (lambda _c, honest, _d: replace(honest, statement=b""), "not a tagged COSE_Sign1"),
    "by another key": (signed_by_another_key, "signed by key"),
    "for another flat": (lambda c, honest, _d: c.sign(honest, PARTNER), "signed for another flat"),
    "over another sum": (lambda _c, honest, _d: replace(honest, grid_money=0), "not the one that was signed"),
    "over another slot before": (lambda _c, honest, _d: replace(honest, after=60), "not the one that was signed"),
    "over other records": (lambda _c, honest, _d: replace(honest, records=()), "not the one that was signed"),
    "over another proof": (lambda _c, honest, _d: replace(honest, proofs=("x",)), "not the one that was signed"),
    "over another settled record": (
        lambda c, honest, _d: replace(honest, settled=c.settled(SLOT, 1)),
        "not the one that was signed",
    ),
}


@pytest.mark.parametrize(("change", "named"), UNSIGNED.values(), ids=UNSIGNED)
async def test_a_settlement_that_the_building_did_not_sign_ends_the_connection_and_is_no_evidence(
    change: Callable[[SmallCoordinator, SlotResult, DeviceId], SlotResult],
    named: str,
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    used: Used,
    device: DeviceId,
) -> None:
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    coordinator.to_say = [change(coordinator, honest, device)]
    await start()
    status = await ear.status(LinkState.CONNECTING)
    assert status.reason.startswith(f"the settlement of slot {SLOT} is not signed by the building: ")
    assert named in status.reason
    assert (ear.distrusted, await Notebook(store).evidence()) == ([], [])
    assert await WordBook(store).result(SLOT) is None
    coordinator.to_say = [honest]
    await waits.pass_one()
    assert await ear.next("settled", SlotResult) == honest


async def test_two_settlements_of_one_slot_are_evidence_and_both_are_kept(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, store: FlatStore, used: Used, device: DeviceId
) -> None:
    first = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    second = coordinator.settle(PARTNER, device, energy_wh=6, import_wh=12)
    left_out = coordinator.leave_out(device)
    coordinator.to_say = [first, second, second, left_out]
    await start()
    assert await ear.next("settled", SlotResult) == first
    await all_heard(coordinator, ear)
    assert set(ear.distrusted) == {f"the building has settled slot {SLOT} twice, and not in the same way"}
    assert [(each.kind, each.ours, each.theirs) for each in await Notebook(store).evidence()] == [
        (EvidenceKind.TWO_SETTLEMENTS, encode(first), encode(second)),
        (EvidenceKind.TWO_SETTLEMENTS, encode(first), encode(left_out)),
    ]
    assert (await store.load()).totals.shared_in_wh == 5


async def test_numbers_that_no_database_holds_end_the_connection_and_nothing_else(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits, store: FlatStore, used: Used, device: DeviceId
) -> None:
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    for field in ("slot", "import_wh", "inside_money", "grid_price"):
        too_large: dict[str, Any] = {field: 2**63}
        coordinator.to_say = [coordinator.sign(replace(honest, **too_large), device)]
        if field == "slot":
            await start()
        else:
            await waits.pass_one()
        status = await ear.status(LinkState.CONNECTING)
        assert f"SlotResult.{field} is {2**63}, which 64 bits with a sign do not hold" in status.reason
    coordinator.to_say = [honest]
    await waits.pass_one()
    assert await ear.next("settled", SlotResult) == honest
    assert (ear.distrusted, await Notebook(store).evidence()) == ([], [])


async def test_a_flat_that_sold_and_one_that_shared_nothing_check_theirs(
    coordinator: SmallCoordinator, membership: Membership, meter: MeteredFlat, device: DeviceId
) -> None:
    sealed = meter.read((0.5, 0, 0), (60.5, 2, 12))
    own = [Kept(record, at, None) for at, record in enumerate(sealed)]
    for record in sealed:
        coordinator.log.add(record.signed.statement.data)
    coordinator.evidence = tuple(record.hash for record in sealed)
    sold = SlotResult(
        slot=SLOT,
        after=0,
        import_wh=2,
        export_wh=12,
        shared_in_wh=0,
        shared_out_wh=6,
        inside_money=6 * 2200,
        grid_money=4 * 850,
        inside_price=2200,
        grid_price=3100,
        feed_in_price=850,
        records=coordinator.evidence,
        **coordinator.prove([coordinator.transfer(device, PARTNER, 6)]),
        settled=coordinator.settled(SLOT, 2),
        statement=b"",
    )
    verifier, terms = coordinator.log.verifier, coordinator.terms
    prices = KnownPrices(first_prices(PRICES), SLOT * 1000)
    assert check_word(sold, membership.device, Lineage.of(membership), own, terms, verifier, prices)
    alone = replace(sold, shared_out_wh=0, inside_money=0, grid_money=10 * 850, transfers=(), indexes=(), proofs=())
    assert check_word(alone, membership.device, Lineage.of(membership), own, terms, verifier, prices)
    with pytest.raises(SettlementError, match="grid's part"):
        check_word(
            replace(alone, grid_money=10 * 850 - 1),
            membership.device,
            Lineage.of(membership),
            own,
            terms,
            verifier,
            prices,
        )
