"""No number on a statement stands by itself: each leads to records, to other numbers, or into a document."""

import csv
from dataclasses import replace
from datetime import date
from fractions import Fraction
import io
from pathlib import Path
import re

import pypdfium2
import pytest

from coordinator.config.tariff import load_tariff
from localvpp.paper import Language, find_font
from localvpp.settlement.month import (
    UNITS,
    Difference,
    Fee,
    Reference,
    SettledMonth,
    encode_month,
    settle_month,
    wh_by_band,
)
from localvpp.settlement.statement import (
    MONTH_FILE,
    BuildingStatement,
    Document,
    Documents,
    Issuer,
    Metered,
    Statement,
    encode_statement,
    house_trail,
    statements,
    trail_of,
)
from localvpp.settlement.statement.figure import Trailing, Unit
from localvpp.settlement.tariff import MonthUse, utility_bill
from localvpp.statements import (
    building_csv,
    building_page,
    building_pdf,
    building_records_csv,
    records_csv,
    statement_csv,
    statement_page,
    statement_pdf,
)
from localvpp.statements.words import Words

from ...needed import lacks
from ..settlement.months import OCTOBER, SECONDS, building, house_of, month_of
from .walking import Page, astray, check_records, check_trail, down

TARIFF = Path(__file__).parents[3] / "examples/tariff.yaml"
DAY = date(2026, 11, 5)
BEFORE = OCTOBER.begin() - 86_400
LATE = Difference(
    BEFORE, "101", 300, 0, 0, 0, 930_000, "101", (Reference(7, b"\x02" * 32),), (Reference(6, b"\x03" * 32),)
)


@pytest.fixture(scope="module")
def settled() -> SettledMonth:
    parties = building(5)
    given = month_of(parties, without={500: ["102"], 3: ["104"]})
    slots = [replace(each, bulk_records=(Reference(each.begin, b"\x07" * 32),)) for each in given.slots]
    tariff = load_tariff(TARIFF)
    utility = utility_bill(tariff, MonthUse(OCTOBER, wh_by_band(tariff, slots, SECONDS), [9, 14, 11], 90))
    fees = (Fee("floor area", 12_345, {"100": 70, "101": 55, "102": 60}),)
    return settle_month(replace(given, slots=slots, utility=utility, fees=fees, differences=(LATE,), export_yen=77))


@pytest.fixture(scope="module")
def documents(settled: SettledMonth) -> Documents:
    return Documents(Document.of(MONTH_FILE, encode_month(settled)), Document.of("tariff.yaml", TARIFF.read_bytes()))


@pytest.fixture(scope="module")
def made(settled: SettledMonth, documents: Documents) -> dict[str, Statement]:
    return statements(settled, Issuer("管理組合 <桜>", "T7010705000725"), DAY, documents=documents)


@pytest.fixture(scope="module")
def house(settled: SettledMonth, made: dict[str, Statement], documents: Documents) -> BuildingStatement:
    return house_of(settled, made, load_tariff(TARIFF), documents.tariff)


@pytest.fixture(params=Language)
def language(request: pytest.FixtureRequest) -> Language:
    wanted: Language = request.param
    return wanted


def names_of(statement: Statement, language: Language) -> set[str]:
    """What has digits on a statement and is no number of it."""
    words, meter, invoice = Words(language), statement.meter, statement.invoice
    assert meter is not None
    found = {statement.party, meter.serial, meter.approval, str(meter.verified_until)}
    found |= {words["month_of"].format(2026, 10)}
    found |= {words.finding(each) for each in statement.findings}
    found |= {words["late"].format(each.because) for each in statement.adjustments}
    if invoice is not None:
        period = words["period_of"].format(invoice.begin.isoformat(), invoice.end.isoformat())
        month = words["description_of"].format(words["month_of"].format(2026, 10))
        found |= {invoice.registration, invoice.recipient, period, month}
    return found


def test_every_number_on_a_page_leads_down_to_records_or_a_document(
    made: dict[str, Statement], language: Language
) -> None:
    for name in ("100", "101", "102", "roof"):
        statement = made[name]
        page = Page(statement_page(statement, language))
        assert astray(page, names_of(statement, language)) == []
        trail = trail_of(statement)
        assert {f"f{figure.ref}" for figure in trail.values()} <= page.leads.keys()
        for key, figure in trail.items():
            if figure.value:
                assert down(page, f"f{figure.ref}"), f"{key} of {name} ends before any record"


def test_every_number_on_the_buildings_page_leads_down_to_records_or_a_document(
    house: BuildingStatement, language: Language
) -> None:
    words = Words(language)
    page = Page(building_page(house, language))
    names = {words["month_of"].format(2026, 10), *(words.finding(each) for each in house.findings)}
    assert astray(page, names) == []
    for key, figure in house_trail(house).items():
        if figure.value:
            assert down(page, f"f{figure.ref}"), f"{key} ends before any record"


def test_every_number_is_what_its_way_comes_to(
    made: dict[str, Statement], house: BuildingStatement, documents: Documents
) -> None:
    for statement in made.values():
        check_trail(trail_of(statement), documents)
    told = [Document.of(f"{name}.json", encode_statement(each)).sha256 for name, each in made.items()]
    check_trail(house_trail(house), documents, told)


def test_what_a_partys_numbers_come_to_is_what_was_settled(made: dict[str, Statement]) -> None:
    for name, statement in made.items():
        values = {key: figure.value for key, figure in trail_of(statement).items()}
        account, bill = statement.account, statement.bill
        assert bill is not None
        settled: dict[str, Fraction | int | None] = {
            "to pay": bill.yen,
            "saved": Fraction(statement.saved_money, UNITS),
            "alone": Fraction(account.alone_money, UNITS),
            "taken": Fraction(account.import_wh, 1000),
            "sent": Fraction(account.export_wh, 1000),
            "sufficiency": statement.self_sufficiency,
            "consumption": statement.self_consumption,
            "inside price": None if statement.inside_price is None else statement.inside_price / 100,
            "grid price": None if statement.grid_price is None else statement.grid_price / 100,
            "estimated": len(account.estimated),
            "unknown": len(account.unknown),
            "charged": statement.charged_yen,
            "credited": statement.credited_yen,
            "tax": None if statement.invoice is None else statement.invoice.tax_yen,
        }
        for row in statement.rows:
            settled[f"{row.kind}.kwh"] = None if row.wh is None else Fraction(row.wh, 1000)
            settled[f"{row.kind}.yen"] = Fraction(row.money, UNITS)
        for key, value in settled.items():
            if key in values:
                assert values[key] == value, f"{key} of {name}"
        assert {"to pay", "saved", "alone", "taken", "sent", "inside price", "grid price", "grid.yen"} <= values.keys()


def test_what_the_buildings_numbers_come_to_is_what_was_settled(house: BuildingStatement) -> None:
    values = {key: figure.value for key, figure in house_trail(house).items()}
    assert house.utility is not None
    energy = {
        "bulk in": house.import_wh,
        "bulk out": house.export_wh,
        "flats": house.flats_wh,
        "common": house.common_wh,
        "unbilled": house.unbilled_wh,
        "loss": house.loss_wh,
        "shared": house.shared_wh,
        "of roof": house.roof_wh,
    }
    for key, wh in energy.items():
        assert values[key] == Fraction(wh or 0, 1000), key
    yen = {
        "flats yen": house.flats_yen,
        "common yen": house.common_yen,
        "export yen": house.export_yen,
        "utility total": house.utility.total_yen,
        "utility tax": house.utility.tax_yen,
        "margin": house.margin_yen,
    }
    for key, whole in yen.items():
        assert values[key] == whole, key
    for at, line in enumerate(house.utility.lines):
        assert values[f"utility {at}.yen"] == line.yen
        assert values[f"utility {at}.quantity"] == line.quantity


def test_every_slot_of_a_number_has_its_records(made: dict[str, Statement], house: BuildingStatement) -> None:
    for trail in (*(trail_of(each) for each in made.values()), house_trail(house)):
        log = {
            record.index: record.hash
            for figure in trail.values()
            for way in figure.ways
            if isinstance(way, Metered)
            for slot in way.slots
            for record in slot.records
        }
        # Of a slot that nobody knows there is no record: that is what the number says.
        assert check_records(trail, log, none={"unknown"})


def test_a_number_without_a_way_is_refused() -> None:
    with pytest.raises(ValueError, match="used leads nowhere"):
        Trailing().one("used", Unit.KWH, 5)


def test_a_number_that_leads_nowhere_is_found(made: dict[str, Statement]) -> None:
    statement = made["101"]
    text = statement_page(statement, Language.ENGLISH)
    names = names_of(statement, Language.ENGLISH)
    (used,) = (figure for key, figure in trail_of(statement).items() if key == "used")
    broken = text.replace(f'id="f{used.ref}"', 'id="elsewhere"')
    assert len(astray(Page(broken), names)) == 1
    plain = re.sub(rf'<a class="n" href="#f{used.ref}">([^<]*)</a>', r"\1", text)
    assert len(astray(Page(plain), names)) == 1


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_sheet_of_numbers_and_one_of_slots_say_the_same(
    made: dict[str, Statement], house: BuildingStatement, language: Language
) -> None:
    for numbers, slots, trail in (
        (statement_csv(made["101"], language), records_csv(made["101"], language), trail_of(made["101"])),
        (building_csv(house, language), building_records_csv(house, language), house_trail(house)),
    ):
        rows = {row[0]: row for row in read(numbers) if row and row[0] in {each.ref for each in trail.values()}}
        by_line: dict[str, list[list[str]]] = {}
        for row in read(slots)[1:]:
            by_line.setdefault(row[0], []).append(row)
        for key, figure in trail.items():
            told = rows[figure.ref]
            assert told[4], key
            if figure.unit is Unit.KWH and isinstance(figure.ways[0], Metered) and not figure.line.startswith("peak"):
                summed = sum(int(row[3].replace(".", "")) for row in by_line.get(figure.number, ()) if row[3])
                assert summed == (figure.value or 0) * 1000, key
                assert all(
                    re.fullmatch(r"\d+:[0-9a-f]{64}( \d+:[0-9a-f]{64})*", row[5])
                    for row in by_line.get(figure.number, ())
                )


@pytest.mark.usefixtures("outside")
def test_a_pdf_names_every_number_and_where_it_comes_from(
    made: dict[str, Statement], house: BuildingStatement, language: Language
) -> None:
    if find_font() is None:
        lacks("no font with Japanese is installed: scripts/browser")
    for data, trail in (
        (statement_pdf(made["101"], language, software="local-vpp"), trail_of(made["101"])),
        (building_pdf(house, language, software="local-vpp"), house_trail(house)),
    ):
        document = pypdfium2.PdfDocument(data)
        text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
        listed = text[text.index(Words(language)["ways"][:4]) :]
        for figure in trail.values():
            assert re.search(rf"(?m)^{figure.ref}\b", listed), figure.key
            assert f"[{figure.number}]" in text, figure.key
        for sha256 in {way.document.sha256 for each in trail.values() for way in each.ways if hasattr(way, "document")}:
            assert sha256 in text
