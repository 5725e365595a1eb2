"""A slot is settled by the prices that were announced for it; a building that changes them afterwards is found out."""

from collections.abc import Callable
from dataclasses import replace
import json
import logging
from typing import Any

import pytest

from localvpp.etp import DeviceId, Ed25519Signer, RecordHash, cbor, cose
from localvpp.link import LinkState
from localvpp.notebook import EvidenceKind, Notebook
from localvpp.settlement import (
    HIGHEST_PRICE,
    MOST_TOLD,
    KnownPrices,
    PriceList,
    PricePeriod,
    SlotPrices,
    first_prices,
    plain_prices,
)
from localvpp.store import FlatStore
from localvpp.wire import FromCoordinator, SlotResult, Welcome
from localvpp.wire.terms import TERMS_TYPE

from .place import ORIGIN, PRICES, SLOT
from .small_coordinator import Ear, SmallCoordinator, Waits
from .test_link_settlements import PARTNER, all_heard

type Begin = Callable[[], Any]
type Used = tuple[RecordHash, ...]

DEARER = SlotPrices(inside=2300, grid=3200, feed_in=850)
FIRST = PricePeriod(0, PRICES)


async def connect_again(coordinator: SmallCoordinator, ear: Ear, waits: Waits) -> None:
    await coordinator.drop()
    await ear.status(LinkState.CONNECTING)
    await waits.pass_one()
    await ear.status(LinkState.ONLINE)


def knows(prices: PriceList, told_ms: int) -> bytes:
    return json.dumps(KnownPrices(prices, told_ms).plain()).encode()


def dearer(coordinator: SmallCoordinator, device: DeviceId, **changes: Any) -> SlotResult:
    """The slot by the dearer prices."""
    fields: dict[str, Any] = {
        **coordinator.prove([coordinator.transfer(PARTNER, device, 5, price=DEARER.inside)]),
        "settled": coordinator.settled(SLOT, 2, price=DEARER.inside),
        "inside_money": -5 * DEARER.inside,
        "grid_money": -7 * DEARER.grid,
        "inside_price": DEARER.inside,
        "grid_price": DEARER.grid,
    }
    return coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12, **(fields | changes))


async def test_a_slot_keeps_the_prices_that_were_announced_for_it_when_others_follow(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits, used: Used, device: DeviceId
) -> None:
    before = coordinator.settle(PARTNER, device, energy_wh=5, import_wh=12)
    await start()
    await ear.status(LinkState.ONLINE)
    later = PriceList((FIRST, PricePeriod(SLOT + 120, DEARER)))
    coordinator.terms = replace(coordinator.terms, prices=later)
    coordinator.to_say = [before]
    await connect_again(coordinator, ear, waits)
    assert await ear.next("settled", SlotResult) == before
    assert ear.distrusted == []


@pytest.mark.parametrize(
    "noted",
    [b"[%d, [[0, 2200, 3100, 850]]]" % ((SLOT - 3600) * 1000), knows(first_prices(PRICES), (SLOT - 3600) * 1000)],
    ids=["of an older version", "of this version"],
)
async def test_a_flat_that_was_away_learns_of_the_prices_it_missed(
    noted: bytes,
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    used: Used,
    device: DeviceId,
) -> None:
    await store.note("prices", noted)
    periods = (FIRST, PricePeriod(SLOT - 60, DEARER), PricePeriod(SLOT + 60, PRICES))
    coordinator.terms = replace(coordinator.terms, prices=PriceList(periods))
    missed = dearer(coordinator, device)
    coordinator.to_say = [missed]
    await start()
    assert await ear.next("settled", SlotResult) == missed
    assert ear.distrusted == []


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (first_prices(DEARER), "are not in the building's list any more"),
        (PriceList((FIRST, PricePeriod(SLOT, DEARER))), "announced after those slots had begun"),
        (
            PriceList((FIRST, PricePeriod(SLOT + 120, DEARER), PricePeriod(SLOT + 3600, DEARER))),
            "inserted between announced periods",
        ),
    ],
    ids=["replaced", "afterwards", "inserted"],
)
async def test_prices_that_are_changed_after_they_were_announced_are_evidence_and_settle_nothing(
    changed: PriceList,
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
    shown: list[bytes] = []
    welcome = coordinator.welcome

    def shows(own_nonce: bytes) -> FromCoordinator:
        said = welcome(own_nonce)
        assert isinstance(said, Welcome)
        shown.append(said.terms)
        return said

    coordinator.welcome = shows
    announced = PriceList((FIRST, PricePeriod(SLOT + 3600, DEARER))) if "inserted" in named else first_prices(PRICES)
    coordinator.terms = replace(coordinator.terms, prices=announced, signed_ms=SLOT * 1000)
    await start()
    await ear.status(LinkState.ONLINE)
    coordinator.terms = replace(coordinator.terms, prices=changed, signed_ms=(SLOT + 60) * 1000)
    await connect_again(coordinator, ear, waits)
    coordinator.to_say = [honest]
    await connect_again(coordinator, ear, waits)
    # What was announced first is what the flat goes on with.
    assert await ear.next("settled", SlotResult) == honest
    (reason,) = set(ear.distrusted)
    assert reason.startswith("the building changed its prices afterwards: ")
    assert named in reason
    (evidence,) = await Notebook(store).evidence()  # However often it is shown.
    assert (evidence.kind, evidence.reason, evidence.ours, evidence.theirs) == (
        EvidenceKind.PRICES,
        reason,
        shown[0],
        shown[1],
    )


async def test_a_flat_that_was_away_for_too_many_changes_does_not_judge_the_money_of_slots_in_between(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    used: Used,
    device: DeviceId,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    await store.note("prices", knows(first_prices(PRICES), (SLOT - 3600) * 1000))
    later = tuple(PricePeriod(SLOT + 60 * at, DEARER if at % 2 else PRICES) for at in range(1, MOST_TOLD + 1))
    coordinator.terms = replace(coordinator.terms, prices=PriceList(later))
    unknown = dearer(coordinator, device)
    coordinator.to_say = [unknown]
    await start()
    assert await ear.next("settled", SlotResult) == unknown
    assert ear.distrusted == []
    assert caplog.text.count(f"which ones held for slot {SLOT} is unknown to it, and their money is not judged") == 1


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"grid_money": 0}, "by the prices it is -22400"),
        ({"feed_in_price": 2301}, "prices must rise"),
        ({"grid_price": HIGHEST_PRICE + 1}, "is above"),
    ],
    ids=str,
)
async def test_even_where_prices_are_unknown_a_settlement_comes_out_by_its_own(
    changes: dict[str, int],
    named: str,
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    used: Used,
    device: DeviceId,
) -> None:
    coordinator.terms = replace(coordinator.terms, prices=PriceList((PricePeriod(SLOT + 60, PRICES),)))
    coordinator.to_say = [dearer(coordinator, device, **changes)]
    await start()
    assert named in await ear.next("distrusted", str)


async def test_prices_that_are_too_large_are_refused_and_nothing_else(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, waits: Waits, building: Ed25519Signer
) -> None:
    honest, too_large = coordinator.welcome, HIGHEST_PRICE + 1

    def dear(own_nonce: bytes) -> Welcome:
        said = honest(own_nonce)
        assert isinstance(said, Welcome)
        statement = cose.parse(said.terms, "the terms")
        fields = cbor.decode(statement.payload, "the payload")
        assert isinstance(fields, dict)
        assert fields[4] == plain_prices(coordinator.terms.prices)
        signed = cose.sign(
            building,
            content_type=TERMS_TYPE,
            issuer=statement.issuer,
            subject=ORIGIN,
            payload=cbor.encode(fields | {4: [[0, 2200, too_large, 850]]}),
        )
        return replace(said, terms=signed)

    coordinator.welcome = dear
    await start()
    status = await ear.status(LinkState.REFUSED)
    assert "answered with terms that cannot be used" in status.reason
    assert f"a price of {too_large} is above {HIGHEST_PRICE}" in status.reason
    coordinator.welcome = honest
    await waits.pass_one()
    await ear.status(LinkState.ONLINE)
    await all_heard(coordinator, ear)
    assert ear.distrusted == []
