"""The bank's answer to a request to debit accounts (全銀協 口座振替 結果データ): the request, with its results.

The same records as `zengin` writes. The bank has set one digit of each, and in the trailer how many were debited, and
over how much, and how many were not. All of these are counted again: a file in which one differs was cut, or is of
something else, and nothing of it is taken.
"""

from dataclasses import dataclass
from enum import StrEnum

from .zengin import RECORD_BYTES


class AnswerError(ValueError):
    """The file is no bank's answer: says in which record, and why."""


class Result(StrEnum):
    """What has become of one account's debit (振替結果コード)."""

    DEBITED = "0"
    """振替済."""
    NO_FUNDS = "1"
    """資金不足."""
    NO_ACCOUNT = "2"
    """預金取引なし."""
    STOPPED_BY_HOLDER = "3"
    """預金者の都合による振替停止."""
    NO_MANDATE = "4"
    """預金口座振替依頼書なし."""
    STOPPED_BY_COLLECTOR = "8"
    """委託者の都合による振替停止."""
    OTHER = "9"
    """その他."""
    BAD_DATA = "E"
    """データエラー."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One account's."""

    record: int
    """Which record of the file, from 1."""
    number: str
    """By which the collector knows the payer, without leading zeros."""
    yen: int
    result: Result


@dataclass(frozen=True, slots=True)
class Answer:
    """A bank's answer."""

    code: str
    """The collector's, without leading zeros."""
    month: int
    day: int
    """On which it was to be debited; the file tells no year."""
    accounts: tuple[Answered, ...]


def read_answer(data: bytes) -> Answer:
    """Read an answer. Raises AnswerError."""
    records = _records(data)
    header, *accounts = records[:-2]
    trailer, end = records[-2:]
    if not (header[:1] == "1" and trailer[:1] == "8" and end[:1] == "9"):
        raise AnswerError("it is no request's answer: it has a header (1) first, a trailer (8) and an end (9) last")
    if header[1:3] != "91":
        raise AnswerError(f"record 1: its type is {header[1:3]!r}, expected 91, of debits")
    told = tuple(_answered(at, record) for at, record in enumerate(accounts, 2))
    _check(len(records) - 1, trailer, told)
    month, day = _number(1, "the day", header[54:56]), _number(1, "the day", header[56:58])
    return Answer(str(_number(1, "the collector's code", header[4:14])), month, day, told)


def _records(data: bytes) -> list[str]:
    """Return the records; lines are ended by CR and LF, by LF, or by nothing."""
    try:
        text = data.removesuffix(b"\x1a").decode("shift_jis")
    except UnicodeDecodeError as error:
        raise AnswerError(f"byte {error.start + 1} is no character of JIS X 0201") from error
    text = text.replace("\r\n", "").replace("\n", "")
    if len(text) % RECORD_BYTES or len(text) < 3 * RECORD_BYTES:
        raise AnswerError(f"it has {len(text)} characters, expected three records or more of {RECORD_BYTES} each")
    return [text[at : at + RECORD_BYTES] for at in range(0, len(text), RECORD_BYTES)]


def _answered(at: int, record: str) -> Answered:
    if record[:1] != "2":
        raise AnswerError(f"record {at}: it begins with {record[:1]!r}, expected 2, an account's")
    code = record[111:112]
    if code not in set(Result):
        raise AnswerError(f"record {at}: its result is {code!r}, expected one of {', '.join(Result)}: ask your bank")
    number = record[91:111].strip().lstrip("0") or "0"
    return Answered(at, number, _number(at, "the amount", record[80:90]), Result(code))


def _check(at: int, trailer: str, told: tuple[Answered, ...]) -> None:
    debited = [each for each in told if each.result is Result.DEBITED]
    others = [each for each in told if each.result is not Result.DEBITED]
    names = ("accounts", "debited accounts", "accounts not debited")
    for of, begin, name in zip((told, debited, others), (1, 19, 37), names, strict=True):
        count = _number(at, f"the number of {name}", trailer[begin : begin + 6])
        total = _number(at, f"the sum of {name}", trailer[begin + 6 : begin + 18])
        must = sum(each.yen for each in of)
        if (count, total) != (len(of), must):
            raise AnswerError(
                f"record {at}: the trailer says {count} {name} over {total} yen, and the file has {len(of)} over "
                f"{must}: it is cut, or changed; fetch it again"
            )


def _number(at: int, what: str, digits: str) -> int:
    if not (digits.isascii() and digits.isdigit()):
        raise AnswerError(f"record {at}: {what} is {digits!r}, expected digits")
    return int(digits)
