"""A flat's account in the parts that every rendering has: what it was billed, what was paid of it, and what is open.

It is a sheet of its own and no part of a statement: it changes with each payment, and payments name statements by their
bytes. Each bill leads to its statement, by that statement's SHA-256, and each payment to its record in the log.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..etp import DeviceId, Paid, TakenBack
from ..payments import Booked, FlatAccount
from ..settlement.tariff import Month
from .figures import month_name
from .shown import Facts, Table
from .words import Words

type Value = int | str
"""Numbers stay numbers until they are laid out: a spreadsheet has no use for what is set off in thousands."""
type Pairs = list[tuple[str, Value]]
type Rows = tuple[list[str], list[list[Value]]]

_SUMS: Final = ("billed_yen", "paid_yen", "open_yen", "deposit_yen", "other_yen")


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """A flat's account, by the bills that were given and the log as it was."""

    building: str
    account: FlatAccount
    issued: date
    size: int
    """So many entries the log had."""
    signs: DeviceId
    """The building's device."""
    device: DeviceId | None
    """The flat's present one; None where it has none. What was booked with an earlier one, which may have been of
    another household, is told as a sum alone."""

    def is_own(self, each: Booked) -> bool:
        """Whether a payment was booked with the flat's present device."""
        return self.device in (each.body.sender, each.body.receiver)


def head(sheet: AccountSheet, words: Words) -> Pairs:
    """Return whose account it is, and of when."""
    return [
        (words["building"], sheet.building),
        (words["party"], sheet.account.flat),
        (words["issued"], sheet.issued.isoformat()),
        (words["log_size"], sheet.size),
    ]


def result(account: FlatAccount, words: Words) -> tuple[str, str]:
    """Return what is open, with its name."""
    open_yen = account.open_yen
    return words["open_get" if open_yen < 0 else "open_pay"], words["yen"].format(f"{abs(open_yen):,}")


def bills(account: FlatAccount, words: Words) -> Rows:
    """Return the bills; the last line is their sum."""
    header = [words[key] for key in ("month", "billed_yen", "paid_yen", "open_yen", "statement_digest")]
    rows: list[list[Value]] = [
        [
            month_name(Month.parse(each.bill.month), words),
            each.bill.yen,
            each.paid_yen,
            each.open_yen,
            each.bill.statement.hex(),
        ]
        for each in account.bills
    ]
    return header, [*rows, [words["sum"], account.billed_yen, account.paid_yen, account.open_yen, ""]]


def moved(sheet: AccountSheet, words: Words) -> Rows:
    """Return what was paid and set off, by day, with what is for no bill; the last line is the sum."""
    account = sheet.account
    every = [*(each for bill in account.bills for each in bill.payments), *account.deposits, *account.others]
    own = [each for each in every if sheet.is_own(each)]
    earlier = [each for each in every if not sheet.is_own(each)]
    rows: list[list[Value]] = []
    if earlier:
        yen = sum(each.yen(sheet.signs) for each in earlier)
        rows.append(["", words["earlier_device"].format(len(earlier)), "", yen, "", ""])
    rows += _rows(own, sheet, words)
    summed = sum(each.yen(sheet.signs) for each in every)
    return _header(words), [*rows, [words["sum"], "", "", summed, "", ""]]


def void(sheet: AccountSheet, words: Words) -> Rows:
    """Return what was taken back, and what takes it back: it counts for nothing."""
    return _header(words), _rows([each for each in sheet.account.void if sheet.is_own(each)], sheet, words)


def sums(account: FlatAccount, words: Words) -> Pairs:
    """Return what the account comes to."""
    return [(words[name], getattr(account, name)) for name in _SUMS]


def overview(accounts: Sequence[FlatAccount], words: Words) -> Rows:
    """Return all accounts on one list; the last line is their sum."""
    rows: list[list[Value]] = [[each.flat, *(getattr(each, name) for name in _SUMS)] for each in accounts]
    total = [sum(getattr(each, name) for each in accounts) for name in _SUMS]
    return [words["party"], *(words[name] for name in _SUMS)], [*rows, [words["sum"], *total]]


def facts(pairs: Pairs) -> Facts:
    """Lay out names and values."""
    return [(name, _laid_out(value)) for name, value in pairs]


def table(rows: Rows) -> Table:
    """Lay out a table."""
    header, lines = rows
    return header, [[_laid_out(each) for each in line] for line in lines]


def _laid_out(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:,}"


def _header(words: Words) -> list[str]:
    return [words[key] for key in ("day", "paid_for", "paid_by", "moved_yen", "reference", "index_hash")]


def _rows(booked: Iterable[Booked], sheet: AccountSheet, words: Words) -> list[list[Value]]:
    rows: list[list[Value]] = []
    for each in sorted(booked, key=lambda each: (each.payment.day, each.index)):
        yen: Value = ""
        way = ""
        if isinstance(each.payment, Paid):
            yen, way = each.yen(sheet.signs), words[f"way {each.payment.way.name.lower()}"]
        rows.append(
            [
                each.payment.day.isoformat(),
                _what(each, sheet, words),
                way,
                yen,
                each.payment.reference,
                f"{each.index}:{each.hash.hex()}",
            ]
        )
    return rows


def _what(each: Booked, sheet: AccountSheet, words: Words) -> str:
    payment = each.payment
    if isinstance(payment, TakenBack):
        taken = next((it for it in sheet.account.void if it.hash == payment.record), None)
        return words["takes_back"].format(payment.record.hex()[:8] if taken is None else taken.index)
    if payment.bill is None:
        return words["deposit_back" if each.body.sender == sheet.signs else "deposit"]
    return words["bill_of"].format(month_name(Month.parse(payment.bill.month), words))
