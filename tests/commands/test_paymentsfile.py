"""The manager's file of payments: what it says is what is sent, and what is wrong is told by line, field and value."""

import pytest

from commands.errors import CommandError
from commands.paymentsfile import COLUMNS, Line, read_lines
from localvpp.payments import Bill

HEADER = ",".join(COLUMNS)
BILL = Bill("102", "2026-11", 5024, b"\x05" * 32)
GOOD = "2026-12-20,102,received,20,deposit,,cash,a-1,"


def read(*lines: str, header: str = HEADER) -> list[Line]:
    return read_lines("\r\n".join([header, *lines, ""]).encode(), [BILL])


def test_each_line_is_a_payment_with_the_statement_of_its_bill() -> None:
    first, second, third = read(
        "2026-12-20,102,paid_out,5024,bill,2026-11,transfer,a-1,", GOOD, "2026-12-21,102,,,reversal,,,a-3,a-1"
    )
    assert first == Line(
        2,
        {
            "for": "bill",
            "flat": "102",
            "day": "2026-12-20",
            "reference": "a-1",
            "direction": "paid_out",
            "yen": 5024,
            "way": "transfer",
            "month": "2026-11",
            "statement": "05" * 32,
        },
    )
    assert "month" not in second.payment
    assert third.payment == {
        "for": "reversal",
        "flat": "102",
        "day": "2026-12-21",
        "reference": "a-3",
        "reverses": "a-1",
    }


def test_a_byte_order_mark_as_spreadsheets_write_it_is_no_part_of_the_first_column() -> None:
    assert len(read_lines(f"\ufeff{HEADER}\n{GOOD}\n".encode(), [])) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("2026-12-20,102,received,20,deposit,,cash", "line 3: it has 7 values, expected 9"),
        ("", "line 3: it has 0 values, expected 9"),
        ("20261220,102,received,20,deposit,,cash,b,", "line 3: date: '20261220' is no day: write it as 2026-11-27"),
        ("2026-12-32,102,received,20,deposit,,cash,b,", "line 3: date: '2026-12-32' is no day"),
        ("2026-12-20,102,in,20,deposit,,cash,b,", "line 3: direction: 'in' is none: write received or paid_out"),
        ('2026-12-20,102,received,"5,000",deposit,,cash,b,', "line 3: yen: '5,000' is no amount: write whole yen"),
        ("2026-12-20,102,received,-5,deposit,,cash,b,", "line 3: yen: '-5' is no amount"),
        ("2026-12-20,102,received,５,deposit,,cash,b,", "line 3: yen: '５' is no amount"),
        ("2026-12-20,102,received,0,deposit,,cash,b,", "line 3: yen: '0' is no amount"),
        ("2026-12-20,102,received,20,gift,,cash,b,", "line 3: for: 'gift': write one of bill, deposit, reversal"),
        ("2026-12-20,102,received,20,deposit,,coins,b,", "line 3: way: 'coins' is none: write one of cash, debit"),
        (
            "2026-12-20,102,received,20,deposit,2026-11,cash,b,",
            "line 3: month: '2026-11': leave it empty, a deposit has",
        ),
        ("2026-12-20,102,,5,reversal,,,b,a-1", "line 3: yen: '5': leave it empty, a reversal has none"),
        ("2026-12-20,102,received,20,bill,,cash,b,", "line 3: month: it is empty: a bill needs it"),
        ("2026-12-20,102,received,20,bill,2026-10,cash,b,", "line 3: month: '2026-10': there is no bill of 102 for it"),
        ("2026-12-20,102,received,20,deposit,,cash,,", "line 3: reference: it is empty"),
        ('2026-12-20,102,received,"20,deposit,,cash,b,', "write quotes in pairs"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_with_what_to_write(line: str, says: str) -> None:
    with pytest.raises(CommandError) as refused:
        read(GOOD, line)
    assert says in str(refused.value)


def test_all_that_is_wrong_is_told_at_once_as_far_as_somebody_reads_it() -> None:
    wrong = "x,102,in,20,deposit,,cash,b,"
    with pytest.raises(CommandError) as refused:
        read(wrong, GOOD, wrong)
    assert [each.partition(": ")[0] for each in str(refused.value).splitlines()] == ["line 2"] * 2 + ["line 4"] * 2
    with pytest.raises(CommandError, match=r"(?s)line 11: .*\nand 4 more$"):
        read(*[wrong] * 12)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "line 1: the columns are ''"),
        (f"{HEADER},name\n".encode(), "line 1: the columns are"),
        (HEADER.encode(), "it has no payment"),
        (f"{HEADER}\n山田".encode("shift_jis"), "is not UTF-8: save the file as CSV in UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(CommandError, match=says):
        read_lines(data, [])
