"""Money between the association and a flat: the part of a PAYMENT record that is its own.

Who pays whom is the body's sender and receiver, so nothing can say otherwise. A payment names the bill that it is for
by the SHA-256 of that statement's JSON, which whoever has it can check; what is for no bill is a deposit, from the
flat, or back to it. What was booked wrongly stays: another record takes it back, whole, by its name, and repeats
nothing of it that could differ.

How many of a batch are payments is nobody's business who sees the log alone: others stand in, and look the same to him.

    payment = [0, day, reference, record name]                               ; takes that record back
            / [1, day, reference, yen, way, month, SHA-256 of the statement]  ; for a bill
            / [2, day, reference, yen, way]                                  ; a deposit, or a part of it back
            / [3]                                                            ; none: it stands in for one
    day     = "2026-11-27"   month = "2026-10"   way = 1 debit / 2 transfer / 3 cash / 4 set off
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
import re
from typing import Final

from .cbor import Value
from .errors import FieldError

_HASH_LENGTH: Final = 32
MOST_YEN: Final = 10**10 - 1
"""Of one payment: what a request to a bank has room for."""
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
"""No letters of which names are made in Japan, no space: it is what finds a payment in the association's books."""
_MONTH: Final = re.compile(r"(?!9999)(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])")
"""A month that can be billed (`settlement.tariff.Month`): with another one, which stays, no account is laid out."""


class Way(IntEnum):
    """By which way money moved."""

    DEBIT = 1
    """A bank has debited the flat's account (口座振替)."""
    TRANSFER = 2
    """Somebody has sent it to an account (振込)."""
    CASH = 3
    SET_OFF = 4
    """None moved: what is owed one way is taken off what is owed the other (相殺・充当)."""


@dataclass(frozen=True, slots=True)
class BillName:
    """Which bill: its month, and the SHA-256 of its statement's JSON."""

    month: str
    statement: bytes

    def __post_init__(self) -> None:
        check_month(self.month)
        if len(self.statement) != _HASH_LENGTH:
            raise FieldError(f"a statement's SHA-256 has {len(self.statement)} bytes, expected {_HASH_LENGTH}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Money that moved."""

    day: date
    reference: str
    yen: int
    way: Way
    bill: BillName | None
    """None: a deposit."""

    def __post_init__(self) -> None:
        check_reference(self.reference)
        if not 0 < self.yen <= MOST_YEN:
            raise FieldError(f"a payment of {self.yen} yen, expected 1 to {MOST_YEN}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A payment that was booked, and was none, or another one."""

    day: date
    reference: str
    """Its own, as any payment's."""
    record: bytes
    """The name of the PAYMENT record that is taken back."""

    def __post_init__(self) -> None:
        check_reference(self.reference)
        if len(self.record) != _HASH_LENGTH:
            raise FieldError(f"a record's name has {len(self.record)} bytes, expected {_HASH_LENGTH}")


@dataclass(frozen=True, slots=True)
class StandIn:
    """No payment."""


type Payment = Paid | TakenBack


class _Form(IntEnum):
    TAKEN_BACK = 0
    BILL = 1
    DEPOSIT = 2
    STAND_IN = 3


def plain_payment(payment: Payment | StandIn) -> list[Value]:
    """Return a payment as its body has it."""
    if isinstance(payment, StandIn):
        return [int(_Form.STAND_IN)]
    day, reference = payment.day.isoformat(), payment.reference
    match payment:
        case TakenBack(record=record):
            return [int(_Form.TAKEN_BACK), day, reference, record]
        case Paid(yen=yen, way=way, bill=None):
            return [int(_Form.DEPOSIT), day, reference, yen, int(way)]
        case Paid(yen=yen, way=way, bill=BillName(month, statement)):
            return [int(_Form.BILL), day, reference, yen, int(way), month, statement]
    raise AssertionError("there are no others")


def read_payment(items: list[Value]) -> Payment | StandIn:
    """Read what `plain_payment` wrote. Raises FieldError."""
    match items:
        case [int() as form] if _is(form, _Form.STAND_IN):
            return StandIn()
        case [int() as form, str() as day, str() as reference, bytes() as record] if _is(form, _Form.TAKEN_BACK):
            return TakenBack(day=_day(day), reference=reference, record=record)
        case [int() as form, str() as day, str() as reference, int() as yen, int() as way] if (
            _is(form, _Form.DEPOSIT) and type(yen) is int
        ):
            return Paid(day=_day(day), reference=reference, yen=yen, way=_way(way), bill=None)
        case [
            int() as form,
            str() as day,
            str() as reference,
            int() as yen,
            int() as way,
            str() as month,
            bytes() as statement,
        ] if _is(form, _Form.BILL) and type(yen) is int:
            bill = BillName(month, statement)
            return Paid(day=_day(day), reference=reference, yen=yen, way=_way(way), bill=bill)
    raise FieldError(
        f"the body: payment is {items!r}, expected [0, day, reference, record name], [1, day, reference, yen, way, "
        "month, statement], [2, day, reference, yen, way] or [3]"
    )


def _is(number: int, form: _Form) -> bool:
    """Whether it is the form's number, and no truth value that equals it."""
    return type(number) is int and number == form


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # It reads "20261127" and weeks, too.
        raise FieldError(f"the body: {text!r} is no day: it is written as 2026-11-27")
    return day


def _way(number: int) -> Way:
    if type(number) is not int or number not in set(Way):
        known = ", ".join(str(int(way)) for way in Way)
        raise FieldError(f"the body: a payment's way is {number!r}, expected one of {known}")
    return Way(number)


def check_month(month: str) -> None:
    """Raise FieldError for what is no month of a bill."""
    if not _MONTH.fullmatch(month):
        raise FieldError(f"{month!r} is no month: it is written as 2026-10")


def check_reference(reference: str) -> None:
    """Raise FieldError for what no payment may be known by."""
    if not _REFERENCE.fullmatch(reference):
        raise FieldError(
            f"{reference!r} is no reference: it has 1 to 40 letters A to Z, digits, and . _ - after the first, and "
            "tells nothing of anybody"
        )
