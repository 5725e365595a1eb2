"""Records of the market: one names one document, is read strictly by all, and measures nothing."""

from dataclasses import replace
from typing import Any

import pytest

from localvpp.etp import (
    Body,
    Chain,
    DeviceId,
    Ed25519Signer,
    ErrorFlag,
    FieldError,
    Kind,
    MeterStatus,
    Record,
    Register,
)
from localvpp.etp.erasures import ERASABLE
from localvpp.etp.roster import BUILDING_ONLY
from localvpp.market_record import market_body, orders_problem

from .place import ORIGIN, SLOT

SIGNER = Ed25519Signer(bytes(range(32)))
FLAT = SIGNER.public.device_id
BUILDING = DeviceId(bytes(range(16)))
DOCUMENT = bytes(range(32))
AHEAD = SLOT + 7 * 86_400


def orders() -> Body:
    return market_body(
        document=DOCUMENT, written_ms=SLOT * 1000, sender=FLAT, receiver=BUILDING, slot_seconds=1800, place="101"
    )


@pytest.mark.parametrize("kind", [Kind.ORDERS, Kind.BOOK, Kind.CLEARED])
def test_what_is_said_of_a_document_is_read_back(kind: Kind) -> None:
    record, _ = Chain(FLAT, ORIGIN).seal(SIGNER, kind, AHEAD, orders())
    read = Record.decode(record.encode())
    read.verify(SIGNER.public, ORIGIN)
    assert (read.kind, read.envelope.slot, read.body) == (kind, AHEAD, orders())
    assert read.body.evidence == (DOCUMENT,)


@pytest.mark.parametrize(
    "other",
    [
        {"evidence": ()},
        {"evidence": (DOCUMENT, DOCUMENT)},
        {"imported": Register(0, 0)},
        {"exported": Register(0, 0)},
        {"frequency_mhz": 50_000},
        {"price": 0},
        {"meter": "1"},
        {"log_size": 1},
        {"seconds_root": DOCUMENT, "seconds_count": 1},
        {"errors": ErrorFlag.ENERGY},
        {"meter_status": MeterStatus.TIMEOUT},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", [Kind.ORDERS, Kind.BOOK, Kind.CLEARED])
def test_a_word_of_the_market_that_says_anything_else_is_no_record(kind: Kind, other: dict[str, Any]) -> None:
    with pytest.raises(FieldError, match=f"{kind.name} record names one document by its hash"):
        Chain(FLAT, ORIGIN).seal(SIGNER, kind, AHEAD, replace(orders(), **other))


def test_orders_are_of_a_flat_for_a_slot_that_has_not_begun() -> None:
    assert orders_problem(AHEAD, orders(), FLAT, BUILDING) is None
    assert "from a flat to its building" in str(orders_problem(AHEAD, orders(), BUILDING, BUILDING))
    assert "from a flat to its building" in str(orders_problem(AHEAD, orders(), FLAT, FLAT))
    assert "too late for slot" in str(orders_problem(SLOT, orders(), FLAT, BUILDING))
    assert "no reason" in str(orders_problem(AHEAD, replace(orders(), reason="x"), FLAT, BUILDING))


def test_only_the_building_makes_a_book_and_clears_it_and_only_a_flats_orders_are_erased_with_it() -> None:
    assert {Kind.BOOK, Kind.CLEARED} <= BUILDING_ONLY
    assert Kind.ORDERS not in BUILDING_ONLY
    assert Kind.ORDERS in ERASABLE
    assert not {Kind.BOOK, Kind.CLEARED} & set(ERASABLE)
