"""The bank's answer: what the request says, with each account's result; one that does not add up is none."""

import pytest

from localvpp.settlement.month import SettledMonth, settle_month
from localvpp.statements import AnswerError, BankAccount, Collector, Payer, Result, read_answer, zengin

from ..settlement.months import building, month_of

ACCOUNT = BankAccount("9", "7", 1, "1234567", "", "")
COLLECTOR = Collector("12345", "サクラ", ACCOUNT, 27)
PAYERS = {name: Payer(ACCOUNT, "ヤマダ タロウ", name) for name in ("101", "102", "103")}


@pytest.fixture(scope="module")
def settled() -> SettledMonth:
    return settle_month(month_of(building(4)))


def answered(settled: SettledMonth, *results: str) -> bytes:
    """The request as a bank sends it back."""
    header, *rows, trailer, end, nothing = zengin(settled, COLLECTOR, PAYERS).split(b"\r\n")
    rows = [row[:111] + result.encode() + row[112:] for row, result in zip(rows, results, strict=True)]
    counted = b""
    for good in (True, False):
        of = [int(row[80:90]) for row in rows if (row[111:112] == b"0") is good]
        counted += b"%06d%012d" % (len(of), sum(of))
    return b"\r\n".join([header, *rows, trailer[:19] + counted + trailer[55:], end, nothing])


def test_an_answer_says_of_each_account_what_has_become_of_its_debit(settled: SettledMonth) -> None:
    answer = read_answer(answered(settled, "0", "1", "E"))
    assert (answer.code, answer.month, answer.day) == ("12345", 11, 27)
    assert [(each.record, each.number, each.yen, each.result) for each in answer.accounts] == [
        (2, "101", settled.bills["101"].yen, Result.DEBITED),
        (3, "102", settled.bills["102"].yen, Result.NO_FUNDS),
        (4, "103", settled.bills["103"].yen, Result.BAD_DATA),
    ]


def test_lines_may_end_as_banks_end_them(settled: SettledMonth) -> None:
    data = answered(settled, "0", "0", "0")
    read = read_answer(data)
    assert read_answer(data.replace(b"\r\n", b"")) == read
    assert read_answer(data.replace(b"\r\n", b"\n")) == read
    assert read_answer(data + b"\x1a") == read


def test_the_request_itself_is_no_answer_as_nothing_of_it_is_counted(settled: SettledMonth) -> None:
    with pytest.raises(
        AnswerError, match="record 5: the trailer says 0 debited accounts over 0 yen, and the file has 3"
    ):
        read_answer(zengin(settled, COLLECTOR, PAYERS))


def test_whatever_digit_of_a_count_sum_or_amount_is_changed_is_seen(settled: SettledMonth) -> None:
    data = answered(settled, "0", "1", "0")
    rows = [(at, range(80, 90)) for at in (1, 2, 3)]
    for record, places in [*rows, (4, range(1, 55))]:
        for place in places:
            at = record * 122 + place
            changed = data[:at] + bytes([ord("0") + (data[at] - ord("0") + 1) % 10]) + data[at + 1 :]
            with pytest.raises(AnswerError):
                read_answer(changed)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"1910", b"1210", "record 1: its type is '21', expected 91"),
        (b"1910", b"2910", "it is no request's answer"),
        (b"\r\n2", b"\r\n3", "record 2: it begins with '3', expected 2"),
        (b"01020 ", b"01025 ", "record 3: its result is '5', expected one of 0, 1, 2, 3, 4, 8, 9, E"),
        (b"1127", b"1 27", "record 1: the day is '1 ', expected digits"),
        (b"1127", "１１27".encode("shift_jis"), "record 1: the day is '１１', expected digits"),
        (b"\r\n8", b"\r\n7", "it is no request's answer"),
        (b"\r\n9", b"\r\n7", "it is no request's answer"),
        (b"\r\n9", b"\r\n", "expected three records or more of 120 each"),
    ],
)
def test_what_is_no_answer_is_refused_with_its_record(old: bytes, new: bytes, says: str, settled: SettledMonth) -> None:
    data = answered(settled, "0", "0", "0")
    assert old in data
    with pytest.raises(AnswerError, match=says):
        read_answer(data.replace(old, new, 1))


@pytest.mark.parametrize("data", [b"", b"\xff\xff", b"1" * 119, b"\x81" * 240])
def test_bytes_that_are_no_records_are_refused(data: bytes) -> None:
    with pytest.raises(AnswerError):
        read_answer(data)
