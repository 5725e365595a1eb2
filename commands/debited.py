"""What a bank says of the debits that it was asked for, as payments: of a bill each, by whose line it is."""

from collections.abc import Sequence
from dataclasses import dataclass
import datetime as dt
from hashlib import sha256
from typing import Any

from coordinator.config import Debit
from coordinator.payments import Direction, For
from localvpp.payments import Bill
from localvpp.settlement.tariff import Month
from localvpp.statements import Answer, Result

from .errors import CommandError


@dataclass(frozen=True, slots=True)
class NotDebited:
    """What a bank has not debited: it stays open."""

    flat: str
    yen: int
    result: Result

    def plain(self) -> dict[str, Any]:
        """Write it as JSON."""
        return {"flat": self.flat, "yen": self.yen, "result": self.result.value, "why": self.result.name.lower()}


def debited(answer: Answer, debit: Debit, bills: Sequence[Bill]) -> tuple[list[dict[str, Any]], list[NotDebited]]:
    """Return the payments of an answer, and what was not debited.

    Raises CommandError where a line is not that of a bill: then nothing of the file is taken.
    """
    months = {bill.month for bill in bills}
    if len(months) != 1:
        raise CommandError(f"--zengin answers for one month, and --bills has {', '.join(sorted(months)) or 'none'}")
    (month,) = months
    if answer.code != (debit.collector.code.lstrip("0") or "0"):
        raise CommandError(f"it is for the collector {answer.code}, and the accounts' code is {debit.collector.code}")
    day = _day(answer, Month.parse(month))
    flats: dict[str, list[str]] = {}
    for flat, payer in debit.payers.items():
        flats.setdefault(payer.number.lstrip("0") or "0", []).append(flat)
    by_flat = {bill.flat: bill for bill in bills}
    payments, others, seen = list[dict[str, Any]](), list[NotDebited](), dict[str, int]()
    for each in answer.accounts:
        known = flats.get(each.number, [])
        if len(known) != 1:
            whose = f"that of {' and '.join(known)}" if known else "no payer's"
            raise CommandError(f"record {each.record}: the number {each.number} is {whose} in the accounts' debit")
        (flat,) = known
        if (first := seen.setdefault(flat, each.record)) != each.record:
            raise CommandError(f"record {each.record} is of {flat}, as record {first} is: ask your bank")
        bill = by_flat.get(flat)
        if bill is None or bill.yen != each.yen:
            billed = "none" if bill is None else f"{bill.yen} yen"
            raise CommandError(
                f"record {each.record}: {each.yen} yen of {flat}, whose bill for {month} is {billed}: name the folder "
                "as it was handed out"
            )
        if each.result is Result.DEBITED:
            payments.append(_payment(bill, day))
        else:
            others.append(NotDebited(flat, each.yen, each.result))
    return payments, others


def _payment(bill: Bill, day: dt.date) -> dict[str, Any]:
    # By flat and month, not by the statement: one that is written anew must not be booked as another payment.
    whose = sha256(f"{bill.flat} {bill.month}".encode()).hexdigest()[:16]
    return {
        "for": For.BILL.value,
        "flat": bill.flat,
        "day": day.isoformat(),
        "reference": f"debit-{day:%Y%m%d}-{whose}",
        "direction": Direction.RECEIVED.value,
        "yen": bill.yen,
        "way": "debit",
        "month": bill.month,
        "statement": bill.statement.hex(),
    }


def _day(answer: Answer, month: Month) -> dt.date:
    """Return the day: the first of its name after the month that was billed. Raises CommandError."""
    after = month.plus(1)
    try:
        return dt.date(after.year + (answer.month < after.month), answer.month, answer.day)
    except ValueError as error:
        raise CommandError(f"record 1: its day is {answer.month:02}{answer.day:02}, which is none") from error
