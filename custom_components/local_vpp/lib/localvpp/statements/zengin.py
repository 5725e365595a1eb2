"""The request to a bank to debit accounts (全銀協 口座振替 依頼データ): records of 120 bytes, JIS X 0201.

A header (1) of who collects, a record (2) of each account, a trailer (8) with their number and sum, an end (9). Numbers
are set to the right behind zeros, texts to the left before spaces. The layout is the one that banks publish for type
91; what a bank wants beyond it, as which of the optional names, is between it and who collects.

Only what is to be paid is debited: whoever is owed something, has nothing to pay, or has given no account is not in it.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from unicodedata import normalize

from ..settlement.month import Role, SettledMonth

RECORD_BYTES: Final = 120
_MOST_YEN: Final = 10**10 - 1
_SMALL: Final = str.maketrans("ァィゥェォッャュョヮ", "アイウエオツヤユヨワ")
_MARKS: Final = {"\u3099": "ﾞ", "\u309a": "ﾟ"}
_HALVES: Final = {normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E) if code != 0xFF70}
"""Katakana to their halves: all but the long mark, which banks do not take."""
_PLAIN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789()-./ ")


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account at a bank. Names may be empty."""

    bank: str
    """Four digits."""
    branch: str
    """Three."""
    kind: int
    """1 普通, 2 当座, 9 others."""
    number: str
    """Up to seven."""
    bank_name: str = ""
    branch_name: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose account is debited."""

    account: BankAccount
    holder: str
    """In katakana."""
    number: str
    """By which the collector knows him: up to twenty digits."""
    first: bool = False
    """Whether it is the first debit of this account."""


@dataclass(frozen=True, slots=True)
class Collector:
    """Who collects."""

    code: str
    """委託者コード, up to ten digits: from the bank."""
    name: str
    """In katakana."""
    account: BankAccount
    day: int
    """Of the month after the one that is billed: its last, where it has not so many."""

    def due(self, settled: SettledMonth) -> date:
        """Return the day on which a month is debited."""
        after = settled.given.month.plus(1)
        return date(after.year, after.month, min(self.day, monthrange(after.year, after.month)[1]))


def debits(settled: SettledMonth, payers: Mapping[str, Payer]) -> dict[str, int]:
    """Return what is debited of whom, in yen, by flat."""
    flats = {party.name for party in settled.given.parties if party.role is Role.FLAT}
    return {name: bill.yen for name, bill in settled.bills.items() if name in flats & payers.keys() and bill.yen > 0}


def zengin(settled: SettledMonth, collector: Collector, payers: Mapping[str, Payer]) -> bytes:
    """Return the request. Raises ValueError for an amount or a count that has no room in it."""
    owed = debits(settled, payers)
    account = collector.account
    records = [
        _record(
            "1",
            "91",
            "0",
            _number(collector.code, 10),
            _text(collector.name, 40),
            f"{collector.due(settled):%m%d}",
            *_bank(account),
            _number(str(account.kind), 1),
            _number(account.number, 7),
        )
    ]
    for name, yen in sorted(owed.items()):
        if yen > _MOST_YEN:
            raise ValueError(f"the bill of {name} is of {yen} yen: a request has room for {_MOST_YEN}")
        payer = payers[name]
        records.append(
            _record(
                "2",
                *_bank(payer.account),
                " " * 4,
                _number(str(payer.account.kind), 1),
                _number(payer.account.number, 7),
                _text(payer.holder, 30),
                _number(str(yen), 10),
                "1" if payer.first else "0",
                _number(payer.number, 20),
                "0",
            )
        )
    counted = (_number(str(len(owed)), 6), _number(str(sum(owed.values())), 12))
    records += [_record("8", *counted, "0" * 36), _record("9")]
    return b"".join(record + b"\r\n" for record in records)


def half_width(text: str) -> str:
    """Write a name as banks take it: half-width katakana, capitals, digits and a few marks.

    Raises ValueError for what they do not take.
    """
    made = ""
    for char in normalize("NFD", normalize("NFKC", text).translate(_SMALL).upper()):
        half = _MARKS.get(char) or _HALVES.get(char) or (char if char in _PLAIN else None)
        if half is None:
            remedy = " (for ー write -)" if char == "ー" else ""
            raise ValueError(f"{text!r} has {char!r}: banks take katakana, A to Z, digits and ( ) - . /{remedy}")
        made += half
    return made


def _bank(account: BankAccount) -> tuple[str, str, str, str]:
    return (
        _number(account.bank, 4),
        _text(account.bank_name, 15),
        _number(account.branch, 3),
        _text(account.branch_name, 15),
    )


def _number(digits: str, width: int) -> str:
    if not (digits.isascii() and digits.isdigit() and len(digits) <= width):
        raise ValueError(f"{digits!r}: write up to {width} digits")
    return digits.rjust(width, "0")


def _text(text: str, width: int) -> str:
    half = half_width(text)
    if len(half) > width:
        raise ValueError(f"{text!r} has {len(half)} characters as banks count them: write {width} at most")
    return half.ljust(width)


def _record(*fields: str) -> bytes:
    # Half-width katakana are single bytes of JIS X 0201 in this code, and everything else here is ASCII.
    data = "".join(fields).encode("shift_jis")
    assert len(data) <= RECORD_BYTES, "fields have fixed widths"
    return data.ljust(RECORD_BYTES)
