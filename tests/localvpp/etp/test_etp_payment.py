"""A payment in a record: read strictly, the one encoding of what it says, and in its own kind alone."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import (
    MOST_YEN,
    BillName,
    Body,
    Chain,
    DeviceId,
    Ed25519Signer,
    FieldError,
    Kind,
    Paid,
    Payment,
    Record,
    Source,
    StandIn,
    TakenBack,
    Way,
)
from localvpp.etp.cbor import Value
from localvpp.etp.payment import plain_payment, read_payment
from localvpp.export.plain import plain_body
from localvpp.vault import BUCKET

from .strategies import hashes

SIGNER = Ed25519Signer(b"\x07" * 32)
BUILDING = SIGNER.public.device_id
FLAT = DeviceId(b"\x01" * 16)
DAY = date(2026, 11, 27)
BILL = BillName("2026-10", b"\x02" * 32)
PAID = Paid(day=DAY, reference="debit-20261127-101", yen=5024, way=Way.DEBIT, bill=BILL)
BODY = replace(Body.word(0, 0, 60, sender=FLAT, receiver=BUILDING, place="101"), payment=PAID)

references = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", fullmatch=True)
bills = st.builds(
    BillName, st.from_regex(r"(19[7-9][0-9]|[2-8][0-9]{3})-(0[1-9]|1[0-2])", fullmatch=True).filter(str.isascii), hashes
)
payments = st.builds(
    Paid,
    day=st.dates(),
    reference=references,
    yen=st.integers(1, MOST_YEN),
    way=st.sampled_from(Way),
    bill=st.none() | bills,
) | st.builds(TakenBack, day=st.dates(), reference=references, record=hashes)


@settings(deadline=None, max_examples=150)
@given(payments)
def test_a_payment_reads_back_as_itself_within_its_record(payment: Payment) -> None:
    record, _ = Chain(BUILDING, "vpp.example/test").seal(SIGNER, Kind.PAYMENT, 0, replace(BODY, payment=payment))
    assert len(record.encoded) + len(record.salt) + 4 <= BUCKET, "they have one size where they are sealed"
    again = Record.decode(record.encode())
    assert again.body.payment == payment
    assert again == record


@settings(deadline=None, max_examples=300)
@given(payments, st.data())
def test_what_is_read_is_the_one_encoding_of_what_it_says(payment: Payment, data: st.DataObject) -> None:
    """Whatever a part is changed to: it is refused, or it is another payment that is written in just that way."""
    items = plain_payment(payment)
    others = st.one_of(
        st.integers(-2, 8), st.booleans(), st.just("20261127"), st.just("2026-W48-5"), st.just("2026-13"), hashes
    )
    at = data.draw(st.integers(0, len(items) - 1))
    changed: list[Value] = [*items[:at], data.draw(others), *items[at + 1 :]]
    try:
        read = read_payment(changed)
    except FieldError:
        return
    written = plain_payment(read)
    assert [(type(item), item) for item in written] == [(type(item), item) for item in changed]


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ([], "expected"),
        ([3, "2026-11-27", "r", 1, 1], "expected"),
        ([True, "2026-11-27", "r", 1, 1, "2026-10", bytes(32)], "expected"),
        ([2, "2026-11-27", "r", True, 1], "expected"),
        ([2, "2026-11-27", "r", 1, True], "way is True"),
        ([2, "2026-11-27", "r", 1, 5], "way is 5, expected one of 1, 2, 3, 4"),
        ([2, "20261127", "r", 1, 1], "'20261127' is no day"),
        ([2, "2026-02-30", "r", 1, 1], "'2026-02-30' is no day"),
        ([2, "2026-11-27", "山田", 1, 1], "'山田' is no reference"),
        ([2, "2026-11-27", "", 1, 1], "'' is no reference"),
        ([2, "2026-11-27", "a" * 41, 1, 1], "is no reference"),
        ([2, "2026-11-27", "-a", 1, 1], "'-a' is no reference"),
        ([2, "2026-11-27", "a\n", 1, 1], "is no reference"),
        ([0, "2026-11-27", "a b", bytes(32)], "'a b' is no reference"),
        ([2, "2026-11-27", "r", 0, 1], "a payment of 0 yen"),
        ([2, "2026-11-27", "r", -5, 1], "a payment of -5 yen"),
        ([2, "2026-11-27", "r", MOST_YEN + 1, 1], "a payment of 10000000000 yen"),
        ([1, "2026-11-27", "r", 1, 1, "2026-13", bytes(32)], "'2026-13' is no month"),
        ([1, "2026-11-27", "r", 1, 1, "2026-00", bytes(32)], "'2026-00' is no month"),
        ([1, "2026-11-27", "r", 1, 1, "0000-01", bytes(32)], "'0000-01' is no month"),
        ([1, "2026-11-27", "r", 1, 1, "2026-10\n", bytes(32)], "is no month"),
        ([1, "2026-11-27", "r", 1, 1, "2026-10", bytes(31)], "has 31 bytes"),
        ([1, "2026-11-27", "r", True, 1, "2026-10", bytes(32)], "expected"),
        ([3, "2026-11-27"], "expected"),
        ([4], "expected"),
        ([0, "2026-11-27", "r", bytes(31)], "has 31 bytes"),
        ([0, "2026-11-27", "r", bytes(32), 1], "expected"),
    ],
)
def test_what_is_no_payment_is_refused_and_told_why(items: list[Value], says: str) -> None:
    with pytest.raises(FieldError, match=says):
        read_payment(items)


def test_the_longest_reference_and_the_largest_sum_are_written_as_ever() -> None:
    longest = replace(PAID, reference="a" * 40, yen=MOST_YEN)
    assert read_payment(plain_payment(longest)) == longest


def test_what_stands_in_reads_back_and_has_the_size_of_a_payment_where_it_is_sealed() -> None:
    said = replace(Body.word(0, 0, 60, sender=BUILDING, receiver=BUILDING), payment=StandIn())
    record, _ = Chain(BUILDING, "vpp.example/test").seal(SIGNER, Kind.PAYMENT, 0, said)
    again = Record.decode(record.encode())
    assert again.body.payment == StandIn()
    assert len(record.encoded) + len(record.salt) + 4 <= BUCKET
    assert plain_body(said)["payment"] == {"stands_in": True}
    paid, _ = Chain(BUILDING, "vpp.example/test").seal(SIGNER, Kind.PAYMENT, 0, BODY)
    assert len(paid.signed.statement.payload) == len(record.signed.statement.payload), "neighbours see these alone"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (Kind.PAYMENT, replace(BODY, payment=None)),
        (Kind.TRANSFER, BODY),
        (Kind.PAYMENT, replace(BODY, place=None)),
        (Kind.PAYMENT, replace(BODY, receiver=FLAT)),
        (Kind.PAYMENT, replace(BODY, energy_wh=1, attributes=((Source.GRID, 1),))),
        (Kind.PAYMENT, replace(BODY, payment=StandIn())),
        (Kind.PAYMENT, replace(BODY, place=None, payment=StandIn())),
        (Kind.PAYMENT, replace(BODY, receiver=FLAT, payment=StandIn())),
        (Kind.TRANSFER, replace(BODY, place=None, receiver=FLAT, payment=StandIn())),
    ],
)
def test_a_payment_stands_in_its_own_kind_of_record_between_two_and_with_whose_account(kind: Kind, body: Body) -> None:
    with pytest.raises(FieldError, match=r"(?i)payment"):
        Chain(BUILDING, "vpp.example/test").seal(SIGNER, kind, 0, body)


def test_in_plain_words_a_payment_says_what_it_says_and_no_more() -> None:
    plain = plain_body(BODY)["payment"]
    paid = {"day": "2026-11-27", "reference": "debit-20261127-101", "yen": 5024, "way": "debit"}
    assert plain == paid | {"month": "2026-10", "statement": "02" * 32}
    assert plain_body(replace(BODY, payment=replace(PAID, bill=None)))["payment"] == paid
    back = TakenBack(day=DAY, reference="x", record=b"\x03" * 32)
    assert plain_body(replace(BODY, payment=back))["payment"] == {
        "day": "2026-11-27",
        "reference": "x",
        "takes_back": "03" * 32,
    }
    assert "payment" not in plain_body(replace(BODY, payment=None))
