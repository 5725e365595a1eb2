"""A statement's numbers follow from its month, and each leads back to the records it comes from."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from localvpp.settlement import Use
from localvpp.settlement.month import UNITS, Billing, Reference, SettledMonth, SettledSlot, settle_month
from localvpp.settlement.statement import (
    Issuer,
    Metered,
    RegistrationError,
    RowKind,
    SlotValue,
    Statement,
    Trail,
    key_of,
    registration,
    statements,
    trail_of,
)
from localvpp.settlement.statement.slots import Followed
from localvpp.settlement.tariff import Month

from .months import OCTOBER, PRICES, building, flat, house_of, month_of, papers
from .test_settlement_month import with_utility

SMALL = building(6)
NUMBER = "T7010705000725"
"""That of the federation of tax accountants, as an encyclopaedia explains the check digit by it."""
ISSUER = Issuer("Sakura Heights 管理組合", NUMBER)
DAY = date(2026, 11, 5)


@cache
def settled() -> SettledMonth:
    """A month that is nobody's to change, worked out once; of its statements each test makes its own."""
    return settle_month(with_utility(month_of(SMALL)))


def made(of: SettledMonth, issuer: Issuer = ISSUER) -> dict[str, Statement]:
    return statements(of, issuer, DAY)


def row(statement: Statement, kind: RowKind) -> tuple[int | None, int]:
    found = next(each for each in statement.rows if each.kind is kind)
    return found.wh, found.money


def test_the_rows_sum_to_the_bill() -> None:
    month = settled()
    for name, statement in made(month).items():
        assert statement.bill is not None
        assert sum(each.money for each in statement.rows) == statement.bill.energy_money == statement.bill.exact_money
        assert abs(statement.bill.yen * UNITS - statement.bill.exact_money) < UNITS
        assert statement.charged_yen - statement.credited_yen == statement.bill.yen
        wh = {each.kind: each.wh for each in statement.rows}
        assert wh[RowKind.OWN] is not None
        used = sum(wh[kind] or 0 for kind in (RowKind.OWN, RowKind.NEIGHBOURS, RowKind.ROOF, RowKind.GRID))
        assert used == statement.used_wh, name


def test_what_sharing_was_worth_is_worked_out_slot_by_slot() -> None:
    month = settled()
    for name, statement in made(month).items():
        alone = 0
        for slot in month.given.slots:
            reading = slot.readings[name]
            assert reading is not None
            net = reading.use.import_wh - reading.use.export_wh
            alone += net * (PRICES.grid if net > 0 else PRICES.feed_in)
        assert statement.account.alone_money == alone
        assert statement.saved_money == alone - statement.account.energy_money >= 0


def slots_of(trail: Trail, kind: RowKind) -> tuple[SlotValue, ...]:
    """The slots that a row is the sum of."""
    (way, *_) = trail[key_of(kind.value, "kwh")].ways
    assert isinstance(way, Metered)
    return way.slots


def test_every_row_leads_back_to_its_records() -> None:
    month = settled()
    slot = month.slots[24]
    transfer = slot.settlement.transfers[0]
    logged = Reference(999_999_999, b"\x07" * 32)
    given = replace(slot.given, logged={(transfer.sender, transfer.receiver): (logged,)})
    slots = [*month.given.slots[:24], given, *month.given.slots[25:]]
    both = made(settle_month(replace(month.given, slots=slots)))
    trails = {name: trail_of(statement) for name, statement in both.items()}
    for name, statement in both.items():
        for each in statement.rows:
            of_row = slots_of(trails[name], each.kind)
            assert (not of_row) == (not each.wh)
            for one in of_row:
                reading = month.given.slots[(one.begin - OCTOBER.begin()) // 1800].readings[name]
                assert reading is not None
                assert set(reading.records) <= set(one.records)
                assert one.records == statement.evidence[one.begin]
    roof = RowKind.ROOF if transfer.sender == "roof" else RowKind.NEIGHBOURS
    for name, kind in ((transfer.receiver, roof), (transfer.sender, RowKind.GIVEN)):
        (there,) = (each for each in slots_of(trails[name], kind) if logged in each.records)
        assert there.begin == slot.given.begin
    others = both.keys() - {transfer.receiver, transfer.sender}
    assert not any(logged in records for name in others for records in both[name].evidence.values())


def test_a_row_is_the_sum_of_its_slots() -> None:
    month = settled()
    by_begin = {slot.given.begin: slot for slot in month.slots}
    for name, statement in made(month).items():
        trail = trail_of(statement)
        for each in statement.rows:
            begins = [one.begin for one in slots_of(trail, each.kind)]
            assert sum(one.value for one in slots_of(trail, each.kind)) == each.wh
            shares = [by_begin[begin].settlement.shares[name] for begin in begins]
            match each.kind:
                case RowKind.GRID:
                    assert each.wh == sum(share.bought_wh for share in shares)
                case RowKind.FED_IN:
                    assert each.wh == sum(share.sold_wh for share in shares)
                case RowKind.GIVEN:
                    assert each.wh == sum(share.shared_out_wh for share in shares)
                case RowKind.NEIGHBOURS | RowKind.ROOF:
                    moved = [t for begin in begins for t in by_begin[begin].settlement.transfers]
                    from_roof = each.kind is RowKind.ROOF
                    assert each.wh == sum(
                        t.energy_wh for t in moved if t.receiver == name and (t.sender == "roof") == from_roof
                    )


def test_a_months_slots_are_walked_for_nobody_who_does_not_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    month, walked = settled(), []
    each = Followed.of_each

    def counted(self: Followed, party: str, within: Iterable[SettledSlot] | None = None) -> Iterator[Any]:
        if within is None:
            walked.append(party)
        return each(self, party, within)

    monkeypatch.setattr(Followed, "of_each", counted)
    both = made(month)
    paid = sum(statement.charged_yen - statement.credited_yen for statement in both.values())
    assert paid == sum(bill.yen for name, bill in month.bills.items() if name in both)
    assert walked == []
    trail_of(both["101"])
    trail_of(both["101"])
    assert walked == ["101"], "once, and of nobody else"


def test_shares_of_use_and_prices_are_exact() -> None:
    statement = made(settled())["100"]
    account = statement.account
    assert statement.inside_price == PRICES.inside
    assert statement.grid_price == PRICES.grid
    assert statement.self_sufficiency == Fraction(account.used_wh - account.bought_wh, account.used_wh)
    assert statement.self_consumption == Fraction(account.made_wh - account.sold_wh, account.made_wh)
    assert made(settled())["101"].self_consumption is None


def test_the_heaviest_half_hours_are_told_with_ones_part() -> None:
    month = settled()
    both = made(month)
    heaviest = sorted((slot.bulk.import_wh if slot.bulk else 0 for slot in month.given.slots), reverse=True)[:3]
    for statement in both.values():
        assert [each.building_wh for each in statement.peaks] == heaviest
        assert all(0 <= each.part <= 1 for each in statement.peaks)
    assert month.peak is not None
    assert both["100"].peaks[0].begin == month.peak.begin
    # Losses aside, the parties' parts make up the whole.
    assert abs(sum(each.peaks[0].own_wh for each in both.values()) - heaviest[0]) < 100


def test_slots_that_make_no_half_hours_have_no_heaviest_one() -> None:
    given = month_of(SMALL)
    by_hour = {each.begin: each for each in given.slots}
    for seconds in (3600, 1200):
        slots = [replace(by_hour[begin - begin % 1800], begin=begin, logged={}) for begin in OCTOBER.slots(seconds)]
        month = settle_month(replace(given, slot_seconds=seconds, slots=slots))
        assert month.peak is None
        assert made(month)["100"].peaks == ()


def test_pv_that_is_unknown_in_one_slot_leaves_the_months_use_unknown() -> None:
    month = settle_month(month_of(SMALL, without={500: ["100"]}))
    statement = made(month)["100"]
    assert row(statement, RowKind.OWN)[0] == statement.account.own_wh
    assert statement.account.use_known == 1487
    assert (statement.used_wh, statement.self_sufficiency, statement.self_consumption) == (None, None, None)
    (finding,) = statement.findings
    assert finding.detail == "1 slots stand in from an earlier week, the first at 2026-10-11 10:00"


def test_a_meter_for_information_only_gets_a_statement_and_nothing_to_pay() -> None:
    parties = [flat("100", papers("M1", Month(2026, 9), information_only=True)), *SMALL[1:]]
    month = settle_month(with_utility(month_of(parties)))
    statement = made(month)["100"]
    assert statement.billing is Billing.INFORMATION_ONLY
    assert statement.bill is statement.invoice is None
    grid = next(each for each in statement.rows if each.kind is RowKind.GRID)
    assert grid.wh == statement.account.bought_wh > 0
    assert all(one.records for one in slots_of(trail_of(statement), RowKind.GRID))
    assert row(statement, RowKind.NEIGHBOURS) == (0, 0)


def test_who_may_not_be_billed_gets_a_statement_that_says_why_and_no_figure() -> None:
    parties = [flat("100", papers("M1", Month(2026, 9))), *SMALL[1:]]
    statement = made(settle_month(with_utility(month_of(parties))))["100"]
    assert statement.billing is Billing.REFUSED
    assert statement.bill is statement.invoice is None
    assert (statement.rows, statement.peaks, statement.saved_money) == ((), (), 0)
    (finding,) = statement.findings
    assert (
        finding.told.japanese
        == "計量器 M1 の検定は 2026-09 までで切れています。交換するか、参考表示として登録してください。"
    )


def test_a_peak_leads_to_the_records_of_the_bulk_meter_and_to_its_own() -> None:
    given = month_of(SMALL)
    slots = [replace(each, bulk_records=(Reference(each.begin, b"\x07" * 32),)) for each in given.slots]
    statement = made(settle_month(replace(given, slots=slots)))["101"]
    trail = trail_of(statement)
    for at, peak in enumerate(statement.peaks):
        told = {}
        for column in ("building", "own"):
            (way,) = trail[f"peak {at}.{column}"].ways
            assert isinstance(way, Metered)
            told[column] = [record for slot in way.slots for record in slot.records]
        assert told["building"] == [Reference(peak.begin, b"\x07" * 32)]
        assert told["own"] == list(statement.evidence[peak.begin])


def test_the_buildings_statement_adds_up() -> None:
    month = settled()
    house = house_of(month, made(month))
    assert house.import_wh - house.export_wh == house.flats_wh + house.common_wh + house.unbilled_wh + (
        house.loss_wh or 0
    )
    assert sum(bill.yen for bill in house.flats.values()) == house.flats_yen
    assert sum(bill.yen for bill in house.others.values()) == house.common_yen
    assert house.utility is not None
    assert house.margin_yen == house.flats_yen + house.common_yen - house.utility.total_yen
    assert house.loss_slots == 1488
    assert 0 < house.roof_wh < house.shared_wh


# --- the invoice -----------------------------------------------------------------------------------------------------


def test_a_registered_issuer_has_an_invoice_block_with_tax_once() -> None:
    both = made(settled())
    for name, statement in both.items():
        if name in {"roof", "common"}:
            assert statement.invoice is None
            continue
        assert statement.invoice is not None
        assert statement.invoice.charged_yen == statement.charged_yen
        assert statement.invoice.tax_yen == statement.charged_yen * 10 // 110
        assert statement.invoice.registration == NUMBER
    assert all(each.invoice is None for each in made(settled(), Issuer("管理組合", None)).values())


def test_an_invoice_says_for_whom_and_for_which_days() -> None:
    month = settled()
    issued = date(2026, 11, 5)
    both = statements(month, Issuer("管理組合", NUMBER), issued, {"100": "山田 太郎"})
    invoice = both["100"].invoice
    assert invoice is not None
    assert (invoice.recipient, invoice.issued) == ("100 山田 太郎", issued)
    assert (invoice.begin, invoice.end) == (date(2026, 10, 1), date(2026, 10, 31))
    other = both["101"].invoice
    assert other is not None
    assert other.recipient == "101"


def test_who_only_gives_has_no_invoice() -> None:
    given = month_of([flat("100"), flat("101")])
    slots = [
        replace(slot, readings={"100": replace(r, use=Use(0, 500)) if (r := slot.readings["100"]) else None})
        for slot in given.slots
    ]
    month = settle_month(replace(given, slots=slots))
    statement = made(month)["100"]
    assert statement.invoice is None
    assert statement.bill is not None
    assert statement.bill.yen == -(1488 * 500 * PRICES.feed_in // UNITS)
    assert statement.charged_yen == 0


def test_a_registration_number_has_its_check_digit() -> None:
    assert registration(NUMBER) == NUMBER


@pytest.mark.parametrize(
    ("number", "named"),
    [
        ("7010705000725", "write T and 13 digits"),
        ("T701070500072", "write T and 13 digits"),
        ("T70107050007２5", "write T and 13 digits"),
        ("T8010705000725", "its first would be 7"),
        ("T7010705000724", "wrong digit"),
        ("T7010705000752", "wrong digit"),
    ],
)
def test_a_wrong_registration_number_is_refused(number: str, named: str) -> None:
    with pytest.raises(RegistrationError, match=named):
        Issuer("x", number)
