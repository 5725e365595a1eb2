"""A settlement is stored when it follows from the flat's own records and from transfers that the log holds."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from localvpp import tlog
from localvpp.etp import DeviceId, Ed25519Signer, Kind, Record, RecordHash, Register, Source
from localvpp.link import LinkState
from localvpp.settled import SettlementError, check_result
from localvpp.settlement import PriceList, PricePeriod, SlotPrices, first_prices
from localvpp.store import FlatStore
from localvpp.wire import Hello, Membership, SlotResult, sign_result

from .place import ORIGIN, PRICES, SLOT
from .small_coordinator import Ear, SmallCoordinator, Waits

PARTNER = DeviceId(b"\x0f" * 16)


type Begin = Callable[[], Any]

# --- Settlements --------------------------------------------------------------------------------------------


@pytest.fixture
async def used(
    store: FlatStore, make_records: Callable[..., list[Record]], coordinator: SmallCoordinator
) -> list[Record]:
    """The flat has imported 12 Wh in the slot, which the building's transfers follow from."""
    records = make_records(1)
    await store.append(records, None)
    coordinator.evidence = tuple(record.hash for record in records)
    return records


async def test_a_settlement_that_adds_up_is_stored_once(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, store: FlatStore, used: list[Record], device: DeviceId
) -> None:
    result = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    coordinator.to_say = [result, result]
    await start()
    assert await ear.next("settled", SlotResult) == result
    assert await store.result(SLOT) == result
    await ear.next("proven", tuple)
    coordinator.heard = asyncio.Queue()
    await coordinator.drop()
    await ear.status(LinkState.CONNECTING)
    assert not [news for news in _left(ear) if news[0] == "settled"]
    assert (await store.load()).settled_slot == SLOT


def _left(ear: Ear) -> list[tuple[str, Any]]:
    return [ear.told.get_nowait() for _ in range(ear.told.qsize())]


async def test_the_flat_tells_which_settlements_it_has(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, store: FlatStore, used: list[Record], device: DeviceId
) -> None:
    await store.save_result(coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12))
    await start()
    assert (await coordinator.hear(Hello)).settled_slot == SLOT


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
    return with_transfer(coordinator, device, signer=Ed25519Signer(bytes(32)))


def mangled_transfer(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    sealed = bytearray(honest.transfers[0])
    sealed[-1] ^= 1
    return coordinator.sign(replace(honest, transfers=(bytes(sealed),)), device)


def following_from_nothing(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    own, coordinator.evidence = coordinator.evidence, (RecordHash(bytes(32)),)
    result = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    coordinator.evidence = own
    return result


def proven_by_another_log(coordinator: SmallCoordinator, device: DeviceId) -> SlotResult:
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    other = tlog.Ed25519Signer(tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, bytes(32)))
    head = tlog.Checkpoint(ORIGIN, coordinator.log.frontier.size, coordinator.log.frontier.root())
    proof = replace(tlog.TlogProof.parse(honest.proofs[0].encode()), checkpoint=tlog.sign_checkpoint(head, [other]))
    return coordinator.sign(replace(honest, proofs=(proof.encode().decode(),)), device)


def honest_but(**changes: Any) -> Callable[[SmallCoordinator, DeviceId], SlotResult]:
    return lambda coordinator, device: coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12, **changes)


WRONG: dict[str, tuple[Callable[[SmallCoordinator, DeviceId], SlotResult], str]] = {
    "more import than was counted": (
        lambda c, device: c.settle(PARTNER, device, energy_wh=5, import_wh=13),
        "import is 13 Wh, the flat's own records say 12 Wh",
    ),
    "export that was not counted": (
        lambda c, device: c.settle(PARTNER, device, energy_wh=5, import_wh=12, export_wh=1),
        "export is 1 Wh",
    ),
    "another slot": (
        lambda c, device: c.settle(PARTNER, device, energy_wh=5, import_wh=12, slot=SLOT + 60),
        "own records say 0 Wh",
    ),
    "more shared than the transfers say": (honest_but(shared_in_wh=6), "but the transfers say 5 Wh"),
    "shared out of nothing": (honest_but(shared_out_wh=1), "but the transfers say 5 Wh"),
    "more money than the transfers say": (honest_but(inside_money=-11001), "for -11000"),
    "another price of the grid": (honest_but(grid_money=-7 * 3101), "by the prices it is -21700"),
    "no proofs": (honest_but(proofs=()), "not of one number"),
    "no indexes": (honest_but(indexes=()), "not of one number"),
    "a proof that is none": (honest_but(proofs=("proof",)), "empty line"),
    "another index": (honest_but(indexes=(7,)), "the proof is of entry 0, not of 7"),
    "another price between the flats": (
        lambda c, d: with_transfer(c, d, price=2300),
        "price is 2300, the slot's is 2200",
    ),
    "someone else's transfer": (lambda c, d: with_transfer(c, d, receiver=DeviceId(bytes(16))), "two other flats"),
    "a transfer of another slot": (lambda c, d: with_transfer(c, d, slot=SLOT - 60), "no transfer of this slot"),
    "no transfer at all": (lambda c, d: with_transfer(c, d, kind=Kind.INTERVAL), "no transfer of this slot"),
    "prices that were never announced": (
        honest_but(inside_price=2300),
        "its prices are 2300, 3100 and 850 (inside, grid, feed-in), those announced for the slot are 2200, 3100 and",
    ),
    "transfers that follow from other records": (following_from_nothing, "not follow from this flat's own records"),
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


def signed_by_another_key(coordinator: SmallCoordinator, honest: SlotResult, device: DeviceId) -> SlotResult:
    return sign_result(Ed25519Signer(bytes(32)), coordinator.terms.building, ORIGIN, device, honest)


UNSIGNED: dict[str, tuple[Callable[[SmallCoordinator, SlotResult, DeviceId], SlotResult], str]] = {
    "not at all": (lambda _c, honest, _d: replace(honest, statement=b""), "not a tagged COSE_Sign1"),
    "by another key": (signed_by_another_key, "signed by key"),
    "for another flat": (lambda c, honest, _d: c.sign(honest, PARTNER), "signed for another flat"),
    "over another sum": (lambda _c, honest, _d: replace(honest, grid_money=0), "not the one that was signed"),
    "over another proof": (lambda _c, honest, _d: replace(honest, proofs=("x",)), "not the one that was signed"),
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
    used: list[Record],
    device: DeviceId,
) -> None:
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    coordinator.to_say = [change(coordinator, honest, device)]
    await start()
    status = await ear.status(LinkState.CONNECTING)
    assert status.reason.startswith(f"the settlement of slot {SLOT} is not signed by the building: ")
    assert named in status.reason
    assert ear.distrusted == []
    assert await store.result(SLOT) is None
    coordinator.to_say = [honest]
    await waits.pass_one()
    assert await ear.next("settled", SlotResult) == honest


@pytest.mark.parametrize(("make", "named"), WRONG.values(), ids=WRONG)
async def test_a_settlement_that_does_not_come_out_is_distrusted_and_not_stored(
    make: Callable[[SmallCoordinator, DeviceId], SlotResult],
    named: str,
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    used: list[Record],
    device: DeviceId,
) -> None:
    wrong = make(coordinator, device)
    coordinator.to_say = [wrong]
    await start()
    reason = await ear.next("distrusted", str)
    assert reason.startswith(f"the settlement of slot {wrong.slot} does not come out: ")
    assert named in reason
    assert await store.result(wrong.slot) is None
    # The connection goes on: the next slot may be right.
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    await coordinator.say(honest)
    assert await ear.next("settled", SlotResult) == honest


DEARER = SlotPrices(inside=2300, grid=3200, feed_in=850)


async def connect_again(coordinator: SmallCoordinator, ear: Ear, waits: Waits) -> None:
    await coordinator.drop()
    await ear.status(LinkState.CONNECTING)
    await waits.pass_one()
    await ear.status(LinkState.ONLINE)


async def test_a_slot_keeps_the_prices_that_were_announced_for_it_when_others_follow(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    used: list[Record],
    device: DeviceId,
) -> None:
    before = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    await start()
    await ear.status(LinkState.ONLINE)
    later = PriceList((PricePeriod(0, PRICES), PricePeriod(SLOT + 120, DEARER)))
    coordinator.terms = replace(coordinator.terms, prices=later)
    coordinator.to_say = [before]
    await connect_again(coordinator, ear, waits)
    assert await ear.next("settled", SlotResult) == before
    assert ear.distrusted == []


async def test_a_flat_that_was_away_learns_of_the_prices_it_missed(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    used: list[Record],
    device: DeviceId,
) -> None:
    await store.note("prices", b"[%d, [[0, 2200, 3100, 850]]]" % ((SLOT - 3600) * 1000))
    coordinator.terms = replace(
        coordinator.terms,
        prices=PriceList((PricePeriod(0, PRICES), PricePeriod(SLOT - 60, DEARER), PricePeriod(SLOT + 60, PRICES))),
    )
    missed = coordinator.sign(
        replace(
            coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12),
            **coordinator.prove([coordinator.transfer(PARTNER, device, 5, price=DEARER.inside)]),
            inside_money=-5 * DEARER.inside,
            grid_money=-7 * DEARER.grid,
            inside_price=DEARER.inside,
            grid_price=DEARER.grid,
        ),
        device,
    )
    coordinator.to_say = [missed]
    await start()
    assert await ear.next("settled", SlotResult) == missed
    assert ear.distrusted == []


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (first_prices(DEARER), "are not in the building's list any more"),
        (PriceList((PricePeriod(0, PRICES), PricePeriod(SLOT, DEARER))), "announced after those slots had begun"),
    ],
    ids=["replaced", "afterwards"],
)
async def test_prices_that_are_changed_for_slots_gone_by_are_evidence_and_settle_nothing(
    changed: PriceList,
    named: str,
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    used: list[Record],
    device: DeviceId,
) -> None:
    honest = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    coordinator.terms = replace(coordinator.terms, signed_ms=SLOT * 1000)
    await start()
    await ear.status(LinkState.ONLINE)
    coordinator.terms = replace(coordinator.terms, prices=changed, signed_ms=(SLOT + 60) * 1000)
    coordinator.to_say = [honest]
    await connect_again(coordinator, ear, waits)
    # What was announced first is what the flat goes on with.
    assert await ear.next("settled", SlotResult) == honest
    (reason,) = ear.distrusted
    assert reason.startswith("the building changed its prices afterwards: ")
    assert named in reason


async def test_a_flat_that_sold_and_one_that_shared_nothing_check_theirs(
    coordinator: SmallCoordinator,
    membership: Membership,
    device: DeviceId,
    make_records: Callable[..., list[Record]],
) -> None:
    (record,) = make_records(
        1,
        sender=device,
        receiver=coordinator.terms.building,
        imported=Register(0, 2),
        exported=Register(0, 12),
        attributes=((Source.SOLAR, 12),),
    )
    coordinator.evidence = (record.hash,)
    sold = SlotResult(
        slot=SLOT,
        import_wh=2,
        export_wh=12,
        shared_in_wh=0,
        shared_out_wh=6,
        inside_money=6 * 2200,
        grid_money=4 * 850,
        inside_price=2200,
        grid_price=3100,
        feed_in_price=850,
        **coordinator.prove([coordinator.transfer(device, PARTNER, 6)]),
        statement=b"",
    )
    verifier = coordinator.log.verifier
    check_result(sold, membership, [record], coordinator.terms, verifier, first_prices(PRICES))
    # Both records of one interval carry both registers: it counts once.
    check_result(sold, membership, [record, record], coordinator.terms, verifier, first_prices(PRICES))
    alone = SlotResult(SLOT, 2, 12, 0, 0, 0, 10 * 850, 2200, 3100, 850, (), (), (), b"")
    check_result(alone, membership, [record], coordinator.terms, verifier, first_prices(PRICES))
    with pytest.raises(SettlementError, match="grid's part"):
        check_result(
            replace(alone, grid_money=10 * 850 - 1),
            membership,
            [record],
            coordinator.terms,
            verifier,
            first_prices(PRICES),
        )
