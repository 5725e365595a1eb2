"""A flat's account as page, CSV and PDF: what was billed, paid, set off and taken back, each with where it stands."""

import csv
from dataclasses import replace
from datetime import date
from hashlib import sha256
import io

import pypdfium2
import pytest

from localvpp.etp import DeviceId
from localvpp.paper import Language, find_font
from localvpp.payments import Booked, FlatAccount, accounts_of
from localvpp.statements import AccountSheet, account_csv, account_page, account_pdf, accounts_csv, accounts_page

from ...needed import lacks
from ..test_payments import BUILDING, Book, bill, device

ISSUED = date(2026, 12, 1)
BILLS = [bill("101", "2026-10", 5024), bill("101", "2026-11", -812), bill("102", "2026-10", 900)]


def book() -> Book:
    made = Book()
    made.pay("101", 3000, "2026-10")
    made.pay("101", 20_000)
    made.pay("101", 5000, out=True)
    wrong = made.pay("101", 77, "2026-10")
    made.take_back(wrong)
    made.pay("101", 60, "2026-09")
    made.pay("102", 900, "2026-10")
    return made


def accounts() -> list[FlatAccount]:
    return list(accounts_of(BILLS, book().booked, BUILDING).values())


def sheet_of(account: FlatAccount, present: DeviceId | None = None) -> AccountSheet:
    return AccountSheet("Sakura", account, ISSUED, 1234, BUILDING, present or device(account.flat))


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def place(each: Booked) -> str:
    return f"{each.index}:{each.hash.hex()}"


def test_the_csv_has_every_bill_and_every_payment_with_where_it_stands_and_the_sums() -> None:
    paid, deposit, back, wrong, takes, other, _ = book().booked
    one, _ = accounts()
    assert rows_of(account_csv(sheet_of(one), Language.ENGLISH)) == [
        ["Building", "Sakura"],
        ["Flat", "101"],
        ["Issued", "2026-12-01"],
        ["Entries of the log", "1234"],
        [],
        ["Bills, and what was paid of them"],
        ["Month", "billed, yen", "paid, yen", "open, yen", "SHA-256 of the statement"],
        ["2026-10", "5024", "3000", "2024", one.bills[0].bill.statement.hex()],
        ["2026-11", "-812", "0", "-812", one.bills[1].bill.statement.hex()],
        ["Sum", "4212", "3000", "1212", ""],
        [],
        ["Payments and set-offs"],
        ["Day", "For", "By", "received (paid out: −), yen", "Reference", "Log index:hash"],
        ["2026-11-27", "bill of 2026-10", "cash", "3000", "r0", place(paid)],
        ["2026-11-27", "deposit", "cash", "20000", "r1", place(deposit)],
        ["2026-11-27", "from the deposit", "cash", "-5000", "r2", place(back)],
        ["2026-11-27", "bill of 2026-09", "cash", "60", "r5", place(other)],
        ["Sum", "", "", "18060", "", ""],
        [],
        ["Taken back: counts for nothing"],
        ["Day", "For", "By", "received (paid out: −), yen", "Reference", "Log index:hash"],
        ["2026-11-27", "bill of 2026-10", "cash", "77", "r3", place(wrong)],
        ["2026-11-27", f"takes entry {wrong.index} back", "", "", "r4", place(takes)],
        [],
        ["billed, yen", "4212"],
        ["paid, yen", "3000"],
        ["open, yen", "1212"],
        ["deposited, yen", "15000"],
        ["for other bills, yen", "60"],
    ]


def test_the_page_says_what_is_open_and_names_statements_and_records_in_both_languages() -> None:
    one, two = accounts()
    japanese, english = (account_page(sheet_of(one), language) for language in (Language.JAPANESE, Language.ENGLISH))
    assert "お支払いいただく額<br><strong>1,212円</strong>" in japanese
    assert "未払い" not in japanese, "on the manager's list that would be what the association owes"
    assert "<td>預り金の返還・充当</td>" in japanese
    assert "Open<br><strong>1,212 yen</strong>" in english
    for page in (japanese, english):
        for each in one.bills:
            assert f"<code>{each.bill.statement.hex()}</code>" in page
        for record in book().booked[:6]:
            assert f"<code>{place(record)}</code>" in page
        assert place(book().booked[6]) not in page, "it is a neighbour's"
    assert "取り消した記録" in japanese
    assert "Taken back" not in account_page(sheet_of(two), Language.ENGLISH), "nothing was"


def test_what_is_owed_to_a_flat_is_told_as_such_and_without_a_sign() -> None:
    (account,) = accounts_of([bill("101", "2026-11", -812)], [], BUILDING).values()
    assert "お返しする額<br><strong>812円</strong>" in account_page(sheet_of(account), Language.JAPANESE)


def test_of_who_had_the_flat_before_there_is_a_sum_and_no_payment() -> None:
    one, _ = accounts()
    data = account_csv(sheet_of(one, present=DeviceId(b"\x07" * 16)), Language.ENGLISH)
    told = rows_of(data)
    assert ["", "with an earlier device (4 payments)", "", "18060", "", ""] in told
    assert ["Sum", "", "", "18060", "", ""] in told
    assert ["Taken back: counts for nothing"] not in told
    assert not [row for row in told if set(row) & {f"r{at}" for at in range(6)}]
    assert all(place(each).encode() not in data for each in book().booked)


def test_what_is_taken_back_by_no_known_record_is_named_by_its_hash() -> None:
    made = book()
    del made.booked[3]
    (one, _) = accounts_of(BILLS, made.booked, BUILDING).values()
    nothing = sha256(b"103").hexdigest()[:8]
    assert any(f"takes entry {nothing} back" in row for row in rows_of(account_csv(sheet_of(one), Language.ENGLISH)))


def test_the_managers_list_has_every_account_and_their_sum() -> None:
    every = accounts()
    assert rows_of(accounts_csv(every, Language.ENGLISH)) == [
        ["Flat", "billed, yen", "paid, yen", "open, yen", "deposited, yen", "for other bills, yen"],
        ["101", "4212", "3000", "1212", "15000", "60"],
        ["102", "900", "900", "0", "0", "0"],
        ["Sum", "5112", "3900", "1212", "15000", "60"],
    ]
    page = accounts_page("Sakura <1>", every, Language.JAPANESE)
    assert "入出金一覧" in page
    assert "Sakura &lt;1&gt;" in page
    assert "<td>5,112</td><td>3,900</td><td>1,212</td><td>15,000</td><td>60</td>" in page


def test_what_is_booked_says_nothing_that_a_page_would_take_for_its_own() -> None:
    one, _ = accounts()
    page = account_page(replace(sheet_of(one), building="<script>"), Language.ENGLISH)
    assert "<script>" not in page


@pytest.mark.usefixtures("outside")
def test_the_pdf_says_the_same_and_is_the_same_bytes_again() -> None:
    if find_font() is None:
        lacks("no font with Japanese is installed: scripts/browser")
    one, _ = accounts()
    data = account_pdf(sheet_of(one), Language.JAPANESE, software="test")
    assert data == account_pdf(sheet_of(one), Language.JAPANESE, software="test")
    document = pypdfium2.PdfDocument(data)
    told = "".join(page.get_textpage().get_text_bounded() for page in document)
    for text in ("1,212円", "お支払いいただく額", "2026-12-01", "18,060", "取り消した記録"):
        assert text in told
    plain = "".join(told.split())
    assert one.bills[0].bill.statement.hex() in plain
