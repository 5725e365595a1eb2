"""Statements as CSV, page and PDF say what was settled, in both languages, and nothing else."""

from collections.abc import Callable
import csv
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
import io
import json
import re
import unicodedata

import pypdfium2
import pytest

from localvpp.paper import Language, PdfError, find_font
from localvpp.settlement.month import UNITS, Difference, Reference, SettledMonth, settle_month
from localvpp.settlement.statement import (
    BuildingStatement,
    Document,
    Issuer,
    Metered,
    Statement,
    Trail,
    encode_building,
    encode_statement,
    house_trail,
    plain_statement,
    statements,
    trail_of,
)
from localvpp.settlement.tariff import Month
from localvpp.statements import (
    building_page,
    building_pdf,
    collection_csv,
    records_csv,
    statement_csv,
    statement_page,
    statement_pdf,
)
from localvpp.statements.figures import decimal
from localvpp.statements.sheet_csv import exact_yen, written
from localvpp.statements.words import Words

from ...needed import lacks
from ..settlement.months import OCTOBER, building, flat, house_of, month_of, papers
from ..settlement.test_settlement_month import with_utility

PARTIES = [
    *building(5)[:5],
    flat("105", papers("M105", Month(2026, 9), information_only=True)),
    flat("106", papers("M106", None)),
    *building(5)[5:],
]
LATE = Difference(OCTOBER.begin() - 86400, "101", 300, 0, 100, 0, 84_000_00, "101")
DAY = date(2026, 11, 5)


@pytest.fixture(scope="module")
def settled() -> SettledMonth:
    return settle_month(with_utility(month_of(PARTIES, without={500: ["102"]}), differences=(LATE,)))


@pytest.fixture(scope="module")
def made(settled: SettledMonth) -> dict[str, Statement]:
    return statements(settled, Issuer("管理組合 <桜>", "T7010705000725"), DAY)


@pytest.fixture(scope="module")
def trails(made: dict[str, Statement]) -> dict[str, Trail]:
    """By party: the numbers of its statement."""
    return {name: trail_of(each) for name, each in made.items()}


@pytest.fixture(scope="module")
def house(settled: SettledMonth, made: dict[str, Statement]) -> BuildingStatement:
    return house_of(settled, made)


@pytest.fixture(params=Language)
def language(request: pytest.FixtureRequest) -> Language:
    wanted: Language = request.param
    return wanted


def rows_of(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


class Read(HTMLParser):
    """What a page shows, and what it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.heads: list[str | None] = []
        """The scope of each head of a table."""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "th":
            self.heads.append(dict(attrs).get("scope"))
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in {"href", "src"}:
                self.links.append(value or "")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


type PageOf = Callable[[str, Language], Read]


@pytest.fixture(scope="module")
def page_of(made: dict[str, Statement], trails: dict[str, Trail]) -> PageOf:
    """Reads a party's page: it has every slot of the month, and is read once."""

    @cache
    def read(name: str, language: Language) -> Read:
        return Read(statement_page(made[name], trails[name], language))

    return read


def test_the_lines_of_a_csv_sum_to_the_bill(
    made: dict[str, Statement], language: Language, trails: dict[str, Trail]
) -> None:
    words = Words(language)
    for statement in made.values():
        rows = {row[0]: row for row in rows_of(statement_csv(statement, trails[statement.party], language))[5:]}
        if statement.bill is None:
            continue
        (summed,) = (row for row in rows.values() if row[1] == words["sum"])
        lines = [name.strip("[]") for name in summed[4].split(" + ")]
        total = sum(int(rows[line][2].replace(".", "")) for line in lines)
        assert total == int(summed[2]) * UNITS == statement.bill.yen * UNITS


def test_every_record_is_told_with_its_place_and_hash(
    made: dict[str, Statement], language: Language, trails: dict[str, Trail]
) -> None:
    rows = rows_of(records_csv(made["100"], trails["100"], language))
    taken = {row[2]: row for row in rows[1:] if row[1] == Words(language)["taken"]}
    first = taken["2026-10-01T00:00:00+09:00"]
    (record,) = made["100"].evidence[OCTOBER.begin()]
    assert first[5] == f"{record.index}:{'01' * 32}"
    moved = made["100"].slots[OCTOBER.begin()]
    assert int(first[3].replace(".", "")) == moved.share.import_wh


def test_a_text_that_a_spreadsheet_would_compute_is_none_for_it() -> None:
    rows = rows_of(written([["=1+1", "-2+3", "-2.5", "@x", -7, "a"]]))
    assert rows == [["'=1+1", "'-2+3", "-2.5", "'@x", "-7", "a"]]


def test_a_statement_of_a_meter_that_may_not_be_billed_from_says_so_and_no_figure(
    made: dict[str, Statement], language: Language, trails: dict[str, Trail], page_of: PageOf
) -> None:
    words = Words(language)
    page = " ".join(page_of("106", language).texts)
    assert words["not_billed"] in page
    assert words.detail(made["106"].findings[0]) in page
    assert words["energy"] not in page
    assert words["figures"] not in page
    assert len(rows_of(statement_csv(made["106"], trails["106"], language))) == 5
    if language is Language.JAPANESE:
        assert "M106 は検定を受けていません" in page


def test_the_invoice_block_has_all_that_a_qualified_invoice_needs(
    made: dict[str, Statement], language: Language, page_of: PageOf
) -> None:
    page = page_of("100", language).texts
    invoice = made["100"].invoice
    assert invoice is not None
    needed = {
        "管理組合 <桜>",
        "T7010705000725",
        "100",
        "2026-11-05",
        Words(language)["period_of"].format("2026-10-01", "2026-10-31"),
        Words(language)["taxable"].format(10),
        Words(language)["yen"].format(f"{invoice.charged_yen:,}"),
        Words(language)["yen"].format(f"{invoice.tax_yen:,}"),
    }
    assert needed <= set(page)


def test_the_collection_list_has_every_flat_and_sums(
    settled: SettledMonth,
    made: dict[str, Statement],
    language: Language,
    trails: dict[str, Trail],
    house: BuildingStatement,
) -> None:
    papers = {
        name: Document.of(f"{name}.json", encode_statement(each, trails[each.party])) for name, each in made.items()
    }
    building_paper = Document.of("building.json", encode_building(house, house_trail(house)))
    rows = rows_of(collection_csv(settled, made, papers, building_paper, language))
    assert [row[0] for row in rows[1:-1]] == ["100", "101", "102", "103", "104", "105", "106"]
    assert sum(int(row[2]) for row in rows[1:-1] if row[2]) == int(rows[-1][2]) == settled.flats_yen
    words = Words(language)
    assert [row[4] for row in rows[4:8]] == [
        words["billed"],
        words["billed"],
        words["information only"],
        words["refused"],
    ]
    assert [row[2] for row in rows[6:8]] == ["", ""]
    reason = "M106 is not verified" if language is Language.ENGLISH else "M106 は検定を受けていません"
    assert reason in rows[7][5]
    assert int(rows[1][3]) == made["100"].charged_yen * 10 // 110
    # Each amount leads to the statement that it is of.
    assert rows[1][6] == f"100.json: figures[to pay], figures[tax] (SHA-256 {papers['100'].sha256})"
    assert rows[-1][6] == f"building.json: figures[flats yen] (SHA-256 {building_paper.sha256})"
    assert [row[6] for row in rows[6:8]] == ["", ""]


def test_a_page_is_complete_in_itself_and_leads_to_its_records(
    made: dict[str, Statement], language: Language, trails: dict[str, Trail]
) -> None:
    words = Words(language)
    statement = made["101"]
    text = statement_page(statement, trails[statement.party], language)
    assert text == statement_page(statement, trail_of(statement), language)
    page = Read(text)
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert "@media print" in text
    assert f'lang="{language}"' in text
    shown = " ".join(page.texts)
    assert statement.bill is not None
    for wanted in (
        words["title"],
        words["split_note"],
        f"{abs(statement.bill.yen):,}",
        decimal(Fraction(statement.account.bought_wh, 1000), 3),
        "管理組合 <桜>",
        "T7010705000725",
        words["adjustment"],
        statement.evidence[OCTOBER.begin()][0].hash.hex(),
        "M101",
    ):
        assert wanted in shown, wanted


def test_every_table_names_its_columns_and_its_rows(
    made: dict[str, Statement], language: Language, trails: dict[str, Trail], house: BuildingStatement
) -> None:
    for text in (
        statement_page(made["101"], trails["101"], language),
        building_page(house, house_trail(house), language),
    ):
        page = Read(text)
        rows = page.tags.count("tr") - page.tags.count("thead")
        assert page.heads.count("row") == rows
        assert page.heads.count("col") == len(page.heads) - rows


def test_tax_that_comes_on_top_is_not_said_to_be_within(
    settled: SettledMonth, language: Language, house: BuildingStatement
) -> None:
    words, bill = Words(language), settled.given.utility
    assert bill is not None
    on_top = replace(bill, net_yen=bill.total_yen, tax_yen=bill.total_yen // 10)
    for utility, key in ((bill, "tax"), (on_top, "tax_on")):
        billed = replace(house, utility=utility)
        shown = Read(building_page(billed, house_trail(billed), language)).texts
        assert words[key].format(10) in shown


def test_records_are_where_links_lead_to_and_on_paper(
    made: dict[str, Statement], language: Language, trails: dict[str, Trail]
) -> None:
    text = statement_page(made["101"], trails["101"], language)
    # A link to what is folded shows nothing but its summary, and what is folded is not printed.
    assert "details" not in text
    assert "display: none" not in text
    assert ".records { max-height: none; overflow: visible; }" in text.partition("@media print")[2]


def test_a_resident_is_told_times_and_no_numbers_of_seconds(language: Language, page_of: PageOf) -> None:
    shown = " ".join(page_of("102", language).texts)
    assert "2026-10-11 10:00" in shown
    assert str(OCTOBER.begin() + 500 * 1800) not in shown
    assert f"{Words(language)['unknown']} kWh" not in shown


def test_what_own_pv_made_leads_to_its_records_and_says_where_it_is_not_known(
    made: dict[str, Statement], language: Language, trails: dict[str, Trail], page_of: PageOf
) -> None:
    words = Words(language)
    known, partly = made["100"], made["102"]
    made_wh = known.account.made_wh
    assert made_wh > 0
    (way,) = trails[known.party]["made"].ways
    assert isinstance(way, Metered)
    assert sum(slot.value for slot in way.slots) == made_wh
    assert all(slot.records == known.evidence[slot.begin] for slot in way.slots)
    shown = page_of(known.party, language).texts
    assert f"{decimal(Fraction(made_wh, 1000), 3)} kWh" in shown
    (told,) = (
        line for line in rows_of(statement_csv(known, trails[known.party], language)) if line[1:2] == [words["made"]]
    )
    assert told[2] == f"{made_wh // 1000}.{made_wh % 1000:03}"
    count = len(way.slots)
    assert told[4].startswith(words["slots_of"].format(count, sum(len(slot.records) for slot in way.slots), "")[:-2])
    counted = [line for line in rows_of(records_csv(known, trails[known.party], language)) if line[1] == words["made"]]
    assert len(counted) == count
    assert partly.account.made_known == partly.account.slots - 1
    assert words["partly"].format(words["made"], 1) in page_of(partly.party, language).texts


def test_what_is_for_information_says_so(language: Language, page_of: PageOf) -> None:
    shown = " ".join(page_of("105", language).texts)
    assert Words(language)["nothing"] in shown
    assert Words(language)["invoice"] not in shown


def test_the_documents_split_costs_and_sell_nothing(
    made: dict[str, Statement], trails: dict[str, Trail], house: BuildingStatement
) -> None:
    texts = [
        statement_page(made["100"], trails["100"], Language.JAPANESE),
        building_page(house, house_trail(house), Language.JAPANESE),
    ]
    for text in texts:
        assert "料金" in text
        assert "按分・精算" in text
        assert not re.search(r"売電|電力販売|販売(?!ではありません)", text)


def test_the_buildings_page_adds_up(language: Language, house: BuildingStatement) -> None:
    shown = " ".join(Read(building_page(house, house_trail(house), language)).texts)
    assert house.utility is not None
    assert house.margin_yen is not None
    for yen in (house.flats_yen, house.common_yen, house.utility.total_yen, house.margin_yen):
        assert f"{yen:,}" in shown
    assert Words(language)["finding meter"] in shown


def test_a_statement_has_the_same_bytes_each_time(made: dict[str, Statement], trails: dict[str, Trail]) -> None:
    data = encode_statement(made["101"], trails["101"])
    assert data == encode_statement(made["101"], trail_of(made["101"]))
    plain = json.loads(data)
    assert plain == json.loads(json.dumps(plain_statement(made["101"], trails["101"])))
    assert plain["bill"]["adjustment_money"] == LATE.money
    assert "float" not in {type(each).__name__ for each in _leaves(plain)}


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in _leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in _leaves(each)]
    return [value]


def text_of(data: bytes) -> str:
    pages = pypdfium2.PdfDocument(data)
    return "\n".join(unicodedata.normalize("NFKC", page.get_textpage().get_text_bounded()) for page in pages)


@pytest.mark.usefixtures("outside")
def test_a_pdf_says_the_same_and_carries_the_statement(
    made: dict[str, Statement], language: Language, trails: dict[str, Trail]
) -> None:
    if find_font() is None:
        lacks("no font with Japanese is installed: scripts/browser")
    words = Words(language)
    statement = made["101"]
    data = statement_pdf(statement, trails[statement.party], language, software="local-vpp")
    assert data == statement_pdf(statement, trail_of(statement), language, software="local-vpp")
    text = text_of(data)
    assert statement.bill is not None
    for wanted in (words["title"], f"{abs(statement.bill.yen):,}", "T7010705000725", "M101", words["adjustment"]):
        assert unicodedata.normalize("NFKC", wanted) in text, wanted
    document = pypdfium2.PdfDocument(data)
    assert document.count_attachments() == 1
    assert bytes(document.get_attachment(0).get_data()) == encode_statement(statement, trails[statement.party])


def test_a_difference_without_a_late_value_says_that_other_meters_count(
    made: dict[str, Statement], language: Language
) -> None:
    words = Words(language)
    statement = replace(made["101"], adjustments={0: replace(LATE, because="")})
    shown = Read(statement_page(statement, trail_of(statement), language)).texts
    assert words["other_meters"] in shown
    assert words["late"].format("101") not in shown


@pytest.mark.usefixtures("outside")
def test_a_pdf_with_many_differences_has_as_many_pages_as_it_needs(made: dict[str, Statement]) -> None:
    many = {at: replace(LATE, slot=LATE.slot - 1800 * at, money=at * 1000) for at in range(150)}
    statement = replace(made["101"], adjustments=many)
    data = statement_pdf(statement, trail_of(statement), Language.ENGLISH, software="local-vpp")
    pages = pypdfium2.PdfDocument(data)
    assert len(pages) >= 4
    text = text_of(data)
    assert text.count("a late value of 101") == 150
    assert f"page {len(pages)} of {len(pages)}" in text


@pytest.mark.usefixtures("outside")
def test_the_buildings_pdf(language: Language, house: BuildingStatement) -> None:
    if find_font() is None:
        lacks("no font with Japanese is installed: scripts/browser")
    text = text_of(building_pdf(house, house_trail(house), language, software="local-vpp"))
    for yen in (house.flats_yen, house.common_yen):
        assert f"{yen:,}" in text


def test_a_pdf_without_a_font_says_what_to_install(
    made: dict[str, Statement], monkeypatch: pytest.MonkeyPatch, trails: dict[str, Trail]
) -> None:
    monkeypatch.setattr("localvpp.paper.font._FOLDERS", ())
    with pytest.raises(PdfError, match="no font with Japanese was found"):
        statement_pdf(made["101"], trails["101"], Language.JAPANESE, software="local-vpp")


@pytest.mark.parametrize(("money", "text"), [(0, "0.00000"), (-1, "-0.00001"), (12_345_678, "123.45678")])
def test_exact_money_is_written_without_rounding(money: int, text: str) -> None:
    assert exact_yen(money) == text


def test_references_are_in_the_order_of_the_log() -> None:
    assert Reference(1, b"b") < Reference(2, b"a")
