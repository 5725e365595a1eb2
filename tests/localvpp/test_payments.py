"""Accounts follow from bills and payments alone, to the yen; and what is wrong with a log's payments is found."""

from dataclasses import replace
from datetime import date
from hashlib import sha256

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import BillName, Body, DeviceId, FieldError, Paid, RecordHash, TakenBack, Way
from localvpp.payments import AccountsError, Bill, Booked, _check_sums, accounts_of, findings, standing
from localvpp.settlement.tariff import Month

BUILDING = DeviceId(bytes(16))
DAY = date(2026, 11, 27)
MONTHS = ("2026-09", "2026-10", "2026-11")


def device(flat: str) -> DeviceId:
    return DeviceId(sha256(flat.encode()).digest()[:16])


def statement(flat: str, month: str) -> bytes:
    return sha256(f"{flat} {month}".encode()).digest()


def bill(flat: str, month: str, yen: int) -> Bill:
    return Bill(flat, month, yen, statement(flat, month))


class Book:
    """Payments as they are booked, one after the other."""

    def __init__(self) -> None:
        self.booked: list[Booked] = []

    def add(self, flat: str, payment: Paid | TakenBack, *, out: bool = False) -> Booked:
        parties = (BUILDING, device(flat)) if out else (device(flat), BUILDING)
        said = Body.word(0, 0, 60, sender=parties[0], receiver=parties[1], place=flat)
        index = 100 + len(self.booked)
        each = Booked(index, RecordHash(sha256(b"%d" % index).digest()), replace(said, payment=payment))
        self.booked.append(each)
        return each

    def pay(self, flat: str, yen: int, month: str | None = None, *, out: bool = False) -> Booked:
        of = None if month is None else BillName(month, statement(flat, month))
        paid = Paid(day=DAY, reference=f"r{len(self.booked)}", yen=yen, way=Way.CASH, bill=of)
        return self.add(flat, paid, out=out)

    def take_back(self, each: Booked) -> Booked:
        return self.add(each.flat, TakenBack(day=DAY, reference=f"r{len(self.booked)}", record=each.hash))

    def wrong(self) -> list[str]:
        names = {device(flat): (at, flat) for at, flat in enumerate(("101", "102", "103"), 1)}
        return list(findings(self.booked, BUILDING, names))


def test_an_account_has_what_was_billed_paid_deposited_and_is_open() -> None:
    book = Book()
    first = book.pay("101", 3000, "2026-10")
    second = book.pay("101", 2024, "2026-10")
    deposit = book.pay("101", 20_000)
    back = book.pay("101", 5_000, out=True)
    out = book.pay("102", 812, "2026-10", out=True)
    bills = [bill("101", "2026-10", 5024), bill("101", "2026-11", 4000), bill("102", "2026-10", -812)]
    one, two = accounts_of(bills, book.booked, BUILDING).values()
    assert (one.billed_yen, one.paid_yen, one.open_yen, one.deposit_yen, one.other_yen) == (9024, 5024, 4000, 15_000, 0)
    assert [(each.bill.month, each.open_yen, each.payments) for each in one.bills] == [
        ("2026-10", 0, (first, second)),
        ("2026-11", 4000, ()),
    ]
    assert one.deposits == (deposit, back)
    assert (two.billed_yen, two.paid_yen, two.open_yen, two.bills[0].payments) == (-812, -812, 0, (out,))


def test_what_was_taken_back_counts_for_nothing_and_what_is_for_an_unknown_bill_stands_apart() -> None:
    book = Book()
    wrong = book.pay("101", 5000, "2026-10")
    book.take_back(wrong)
    right = book.pay("101", 500, "2026-10")
    older = book.pay("101", 70, "2026-09")
    assert standing(book.booked) == [right, older]
    (account,) = accounts_of([bill("101", "2026-10", 5000)], book.booked, BUILDING).values()
    assert (account.paid_yen, account.open_yen, account.other_yen, account.others) == (500, 4500, 70, (older,))


def test_a_payment_for_a_neighbours_bill_is_no_payment_of_ones_own() -> None:
    book = Book()
    book.add(
        "102",
        Paid(day=DAY, reference="x", yen=9, way=Way.CASH, bill=BillName("2026-10", statement("101", "2026-10"))),
    )
    accounts = accounts_of([bill("101", "2026-10", 9), bill("102", "2026-10", 5)], book.booked, BUILDING)
    assert accounts["101"].open_yen == 9
    assert accounts["102"].open_yen == 5
    assert accounts["102"].other_yen == 9


@pytest.mark.parametrize("by", [1, -1])
def test_accounts_that_do_not_come_to_bills_and_records_are_not_given_out(by: int) -> None:
    book = Book()
    book.pay("101", 10, "2026-10")
    bills = [bill("101", "2026-10", 25)]
    (account,) = accounts_of(bills, book.booked, BUILDING).values()
    (one,) = account.bills
    with pytest.raises(AccountsError, match=f"what came in less what went out is {10 + by} yen by the accounts, and"):
        _check_sums([replace(account, deposit_yen=by)], bills, book.booked, BUILDING)
    other = replace(account, bills=(replace(one, bill=replace(one.bill, yen=25 + by)),))
    with pytest.raises(AccountsError, match=f"what is open less deposits is {15 + by} yen by the accounts, and 15 by"):
        _check_sums([other], bills, book.booked, BUILDING)


@pytest.mark.parametrize("month", ["0000-01", "1969-12", "1970-01", "1999-12", "2026-10", "9998-12", "9999-01"])
def test_a_payment_names_a_month_that_can_be_billed_and_no_other(month: str) -> None:
    try:
        Month.parse(month)
    except ValueError:
        with pytest.raises(FieldError, match="is no month"):
            BillName(month, bytes(32))
    else:
        assert BillName(month, bytes(32)).month == month


def test_two_bills_of_one_month_are_refused() -> None:
    with pytest.raises(AccountsError, match="two bills of 101 for 2026-10"):
        accounts_of([bill("101", "2026-10", 1), bill("101", "2026-10", 2)], [], BUILDING)


flats = st.sampled_from(("101", "102", "103"))
steps = st.one_of(
    st.tuples(flats, st.integers(1, 10**6), st.none() | st.sampled_from(MONTHS), st.booleans()),
    st.integers(0, 30),
)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(flats, st.sampled_from(MONTHS), st.integers(-(10**6), 10**6)), unique_by=lambda each: each[:2]),
    st.lists(steps, max_size=30),
)
def test_accounts_add_up_to_bills_less_money_whatever_was_booked(
    billed: list[tuple[str, str, int]], booked: list[tuple[str, int, str | None, bool] | int]
) -> None:
    book, gone, money = Book(), set[int](), 0
    for step in booked:
        match step:
            case (flat, yen, month, out):
                book.pay(flat, yen, month, out=out)
                money += -yen if out else yen
            case int(at) if at < len(book.booked) and at not in gone and isinstance(book.booked[at].payment, Paid):
                gone.add(at)
                money -= book.booked[at].yen(BUILDING)
                book.take_back(book.booked[at])
    assert book.wrong() == []
    accounts = accounts_of([bill(*each) for each in billed], book.booked, BUILDING).values()
    assert sum(each.billed_yen for each in accounts) == sum(yen for _, _, yen in billed)
    assert sum(each.paid_yen + each.deposit_yen + each.other_yen for each in accounts) == money
    assert all(each.open_yen == each.billed_yen - each.paid_yen for each in accounts)


def test_what_is_wrong_with_payments_is_found() -> None:
    book = Book()
    fine = book.pay("101", 10, "2026-10")
    stranger = book.pay("999", 10)
    book.add("102", Paid(day=DAY, reference="r0", yen=1, way=Way.CASH, bill=None))
    first = book.take_back(fine)
    second = book.take_back(fine)
    nothing = book.add("101", TakenBack(day=DAY, reference="x", record=bytes(32)))
    again = book.take_back(first)
    other = book.add("103", TakenBack(day=DAY, reference="y", record=stranger.hash))
    wrong = book.pay("101", 10)
    book.booked[-1] = wrong = replace(wrong, body=replace(wrong.body, place="102"))
    among = book.pay("101", 10)
    book.booked[-1] = among = replace(among, body=replace(among.body, receiver=device("102")))
    assert book.wrong() == [
        f"entry {stranger.index}: a payment of {device('999').hex()}, who was not in the building",
        f"entry {stranger.index + 1}: the reference r0 is that of entry {fine.index}",
        f"entry {second.index} takes back entry {fine.index}, which entry {first.index} has taken back",
        f"entry {nothing.index} takes back {bytes(32).hex()}, which is no payment before it",
        f"entry {again.index} takes back {first.hash.hex()}, which is no payment before it",
        f"entry {other.index} takes back entry {stranger.index}, which is of somebody else",
        f"entry {wrong.index}: a payment on the account of 102 by a device of 101",
        f"entry {among.index}: a payment that is not between the building and another",
        f"entry {among.index}: a payment on the account of 101 by a device of 102",
    ]


def test_what_takes_back_is_of_the_same_two_and_of_the_same_account() -> None:
    book = Book()
    mine = book.pay("101", 3)
    aside = book.take_back(mine)
    book.booked[-1] = replace(aside, body=replace(aside.body, place="102"))
    yours = book.pay("101", 4)
    of_another = book.take_back(yours)
    book.booked[-1] = replace(of_another, body=replace(of_another.body, sender=device("102")))
    assert book.wrong() == [
        f"entry {aside.index}: a payment on the account of 102 by a device of 101",
        f"entry {aside.index} takes back entry {mine.index}, which is of somebody else",
        f"entry {of_another.index}: a payment on the account of 101 by a device of 102",
        f"entry {of_another.index} takes back entry {yours.index}, which is of somebody else",
    ]


def test_what_is_set_off_comes_to_nothing_for_each_flat_and_what_was_taken_back_does_not_count() -> None:
    book = Book()
    for flat, yen, out in (("101", 300, True), ("101", 200, False), ("102", 300, False), ("102", 200, True)):
        reference = f"s{len(book.booked)}"
        book.add(flat, Paid(day=DAY, reference=reference, yen=yen, way=Way.SET_OFF, bill=None), out=out)
    book.pay("103", 7)
    assert book.wrong() == [
        "what was set off on the account of 101 comes to -100 yen, and not to nothing",
        "what was set off on the account of 102 comes to 100 yen, and not to nothing",
    ]
    for each in book.booked[:4]:
        book.take_back(each)
    assert book.wrong() == []


def test_who_was_enrolled_later_has_paid_nothing_before() -> None:
    book = Book()
    each = book.pay("101", 10)
    assert list(findings(book.booked, BUILDING, {device("101"): (each.index + 1, "101")})) == [
        f"entry {each.index}: a payment of {device('101').hex()}, who was not in the building"
    ]
