"""No number on a statement stands by itself: each leads to records, to other numbers, or into a document."""

import csv
from dataclasses import replace
from datetime import date
from fractions import Fraction
import io
import json
from pathlib import Path
import re
from typing import Any

import pypdfium2
import pytest
import yaml

from coordinator.config.tariff import load_tariff
from localvpp.paper import Language, find_font
from localvpp.settlement import SlotPrices, Trade, Traded, Use, apportion
from localvpp.settlement.month import (
    UNITS,
    Difference,
    Fee,
    FindingKind,
    Priced,
    Reference,
    SettledMonth,
    Split,
    encode_month,
    settle_month,
    to_yen,
    wh_by_band,
)
from localvpp.settlement.statement import (
    MONTH_FILE,
    BuildingStatement,
    Document,
    Documents,
    Issuer,
    Metered,
    SlotValue,
    Statement,
    Trail,
    Written,
    encode_building,
    encode_statement,
    house_trail,
    keys_of,
    statements,
    trail_of,
)
from localvpp.settlement.statement.figure import Trailing, Unit
from localvpp.settlement.tariff import Month, MonthUse, utility_bill
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
from ..settlement.months import OCTOBER, SECONDS, building, flat, house_of, month_of, papers, reading
from .walking import Page, astray, at_place, check_records, check_trail, down, worked

TARIFF = Path(__file__).parents[3] / "examples/tariff.yaml"
DAY = date(2026, 11, 5)
BEFORE = OCTOBER.begin() - 86_400
FEES = (Fee("floor area", 12_345, {"100": 70, "101": 55, "102": 60}),)
THEN = SlotPrices(inside=2000, grid=2900, feed_in=700)
"""What the earlier month had: none of them is a price of this one."""
TURNED = Difference(
    BEFORE,
    "100",
    -200,
    100,
    0,
    0,
    -200 * 2900 - 100 * 700,
    "100",
    (Reference(5, b"\x05" * 32),),
    (Reference(4, b"\x06" * 32),),
    priced=Priced(-200, 100, THEN),
)
"""It was taken for using 200 Wh, and had 100 left over."""
NEIGHBOUR = Difference(
    BEFORE, "102", 0, 0, 40, 0, 40 * 2000 - 40 * 2900, "100", (Reference(5, b"\x05" * 32),), priced=Priced(-40, 0, THEN)
)
LATE = Difference(
    BEFORE,
    "101",
    300,
    0,
    0,
    0,
    300 * 2900,
    "101",
    (Reference(7, b"\x02" * 32),),
    (Reference(6, b"\x03" * 32),),
    (Reference(9, b"\x09" * 32),),
    Priced(300, 0, THEN),
)
DIFFERENCES = (TURNED, NEIGHBOUR, LATE)


def plain_month() -> SettledMonth:
    """By price, with a fee, a difference, an estimate, and a slot in which somebody is unknown."""
    parties = building(5)
    given = month_of(parties, without={500: ["102"], 3: ["104"]})
    slots = [replace(each, bulk_records=(Reference(each.begin, b"\x07" * 32),)) for each in given.slots]
    tariff = load_tariff(TARIFF)
    utility = utility_bill(tariff, MonthUse(OCTOBER, wh_by_band(tariff, slots, SECONDS), [9, 14, 11], 90))
    return settle_month(replace(given, slots=slots, utility=utility, fees=FEES, differences=DIFFERENCES, export_yen=77))


def noted_month() -> SettledMonth:
    """By cost, and with every note that there is: 103 may not be billed, and others have traded with it."""
    parties = [flat("103", papers("M103", Month(2026, 9))) if each.name == "103" else each for each in building(5)]
    given = month_of(parties, without={500: ["102"], 3: ["104"]})
    slots = [replace(each, bulk_records=(Reference(each.begin, b"\x07" * 32),)) for each in given.slots]
    wrong = reading(0, 50_000, pv_wh=20, records=(Reference(10**9, b"\x04" * 32),))
    slots[0] = replace(slots[0], readings={**slots[0].readings, "101": wrong})
    slots[10] = replace(slots[10], late=frozenset({"101"}))
    slots[20] = replace(slots[20], key=Traded((Trade("100", "103", 100, 2000), Trade("100", "101", 100, 2000))))
    slots[30] = replace(slots[30], bulk=None, bulk_records=())
    slots[40] = replace(slots[40], bulk=Use(400_000, 0))
    crowd = tuple(Reference(10**9 + index, b"\x08" * 32) for index in range(1, 201))
    slots[50] = replace(slots[50], readings={**slots[50].readings, "104": None}, crowded={"104": crowd})
    use = MonthUse(OCTOBER, {"day": 1_500_000, "night": 900_000}, [9, 14, 11], 90)
    utility = utility_bill(load_tariff(TARIFF), use)
    return settle_month(
        replace(
            given,
            slots=slots,
            utility=utility,
            utility_kwh=True,
            charged_yen=utility.total_yen + 1,
            fees=FEES,
            differences=DIFFERENCES,
            split=Split.BY_COST,
        )
    )


@pytest.fixture(scope="module", params=[plain_month, noted_month])
def settled(request: pytest.FixtureRequest) -> SettledMonth:
    month: SettledMonth = request.param()
    return month


@pytest.fixture(scope="module")
def documents(settled: SettledMonth) -> Documents:
    return Documents(Document.of(MONTH_FILE, encode_month(settled)), Document.of("tariff.yaml", TARIFF.read_bytes()))


@pytest.fixture(scope="module")
def made(settled: SettledMonth, documents: Documents) -> dict[str, Statement]:
    return statements(settled, Issuer("管理組合 <桜>", "T7010705000725"), DAY, documents=documents)


@pytest.fixture(scope="module")
def house(settled: SettledMonth, made: dict[str, Statement], documents: Documents) -> BuildingStatement:
    return house_of(settled, made, load_tariff(TARIFF), documents.tariff)


@pytest.fixture(scope="module")
def trails(made: dict[str, Statement]) -> dict[str, Trail]:
    """By party: the numbers of its statement."""
    return {name: trail_of(each) for name, each in made.items()}


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
    found |= {words.finding(each) for each in statement.findings if not keys_of(each, 0)}
    found |= {words["late"].format(each.because) for each in statement.adjustments.values()}
    if invoice is not None:
        period = words["period_of"].format(invoice.begin.isoformat(), invoice.end.isoformat())
        month = words["description_of"].format(words["month_of"].format(2026, 10))
        found |= {invoice.registration, invoice.recipient, period, month}
    return found


def test_every_number_on_a_page_leads_down_to_records_or_a_document(
    made: dict[str, Statement], language: Language, trails: dict[str, Trail]
) -> None:
    for name in ("100", "101", "102", "roof"):
        statement = made[name]
        page = Page(statement_page(statement, trails[statement.party], language))
        assert astray(page, names_of(statement, language)) == []
        trail = trails[statement.party]
        assert {f"f{figure.ref}" for figure in trail.values()} <= page.leads.keys()
        for key, figure in trail.items():
            if figure.value:
                assert down(page, f"f{figure.ref}"), f"{key} of {name} ends before any record"


def test_every_number_on_the_buildings_page_leads_down_to_records_or_a_document(
    house: BuildingStatement, language: Language
) -> None:
    words = Words(language)
    page = Page(building_page(house, house_trail(house), language))
    names = {words["month_of"].format(2026, 10), *house.settled.billing}
    names |= {words.finding(each) for each in house.findings if not keys_of(each, 0)}
    assert astray(page, names) == []
    for key, figure in house_trail(house).items():
        if figure.value:
            assert down(page, f"f{figure.ref}"), f"{key} ends before any record"


def test_every_number_is_what_its_way_comes_to(
    made: dict[str, Statement], house: BuildingStatement, documents: Documents, trails: dict[str, Trail]
) -> None:
    for statement in made.values():
        check_trail(trails[statement.party], documents)
    told = [
        Document.of(f"{name}.json", encode_statement(each, trails[each.party])).sha256 for name, each in made.items()
    ]
    check_trail(house_trail(house), documents, told)


def test_every_rule_comes_to_its_number_as_it_is_written(
    made: dict[str, Statement], house: BuildingStatement, trails: dict[str, Trail]
) -> None:
    handed_out = [encode_statement(each, trails[each.party]) for each in made.values()]
    for data in (*handed_out, encode_building(house, house_trail(house))):
        told = json.loads(data)
        figures = told["figures"].values()
        values = {each["ref"]: None if each["value"] is None else Fraction(each["value"]) for each in figures}
        for each in figures:
            for way in each["from"]:
                if "by" in way:
                    assert worked(way["by"], values) == values[each["ref"]], way["by"]


def test_what_a_partys_numbers_come_to_is_what_was_settled(
    made: dict[str, Statement], trails: dict[str, Trail]
) -> None:
    for name, statement in made.items():
        values = {key: figure.value for key, figure in trails[statement.party].items()}
        account, bill = statement.account, statement.bill
        if bill is None:
            assert values == {}, "who may not be billed has no figures"
            continue
        settled: dict[str, Fraction | int | None] = {
            "to pay": bill.yen,
            "levelling": Fraction(bill.levelling_money, UNITS),
            "adjustment": Fraction(bill.adjustment_money, UNITS),
            "rounding": Fraction(bill.yen * UNITS - bill.exact_money, UNITS),
            **{f"fee {at}": Fraction(money, UNITS) for at, (_, money) in enumerate(bill.fees)},
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


def test_every_slot_of_a_number_has_its_records(
    made: dict[str, Statement], house: BuildingStatement, trails: dict[str, Trail]
) -> None:
    for trail in (*(trails[each.party] for each in made.values()), house_trail(house)):
        log = {
            record.index: record.hash
            for figure in trail.values()
            for way in figure.ways
            if isinstance(way, Metered)
            for slot in way.slots
            for record in slot.records
        }
        # Of a slot that nobody knows there is no record: that is what the number says.
        assert check_records(trail, log, none={"unknown"}) or not trail


def test_every_place_that_a_number_leads_to_is_in_the_document_that_it_names(
    settled: SettledMonth,
    made: dict[str, Statement],
    house: BuildingStatement,
    documents: Documents,
    trails: dict[str, Trail],
) -> None:
    assert documents.tariff is not None
    told: dict[str, Any] = {
        documents.month.sha256: json.loads(encode_month(settled)),
        documents.tariff.sha256: yaml.safe_load(TARIFF.read_bytes()),
    }
    for name, statement in made.items():
        data = encode_statement(statement, trails[statement.party])
        told[Document.of(f"{name}.json", data).sha256] = json.loads(data)
    seen: dict[str, int] = {}
    for trail in (*(trails[each.party] for each in made.values()), house_trail(house)):
        for key, figure in trail.items():
            for way in figure.ways:
                if isinstance(way, Written):
                    found = at_place(told[way.document.sha256], way.place)
                    seen[way.document.name] = seen.get(way.document.name, 0) + 1
                    if way.place.startswith("figures["):
                        (there,) = found
                        assert there["value"] == str(figure.value), key
    assert seen.keys() >= {MONTH_FILE, "tariff.yaml", "100.json", "roof.json"}


def test_what_is_divided_and_rounded_is_worked_out_again_from_the_month_alone(
    settled: SettledMonth, made: dict[str, Statement], trails: dict[str, Trail]
) -> None:
    month = json.loads(encode_month(settled))
    parts = {fee["name"]: apportion(fee["yen"] * UNITS, fee["parts"]) for fee in month["fees"]}
    levelling, paid = month["levelling"], {name: each["grid_money"] for name, each in month["accounts"].items()}
    assert (levelling["grid_money"], levelling["money"] != 0) == (sum(paid.values()), month["split"] == Split.BY_COST)
    levelled = apportion(abs(levelling["money"]), paid)
    exact = {
        name: sum(bill[f"{part}_money"] for part in ("energy", "adjustment", "levelling"))
        + sum(m for _, m in bill["fees"])
        for name, bill in month["bills"].items()
    }
    yen = to_yen(exact)
    for name, statement in made.items():
        if statement.bill is None:
            continue
        trail = trails[statement.party]
        for at, fee in enumerate(statement.fees):
            assert trail[f"fee {at}"].value == Fraction(parts[fee.name][name], UNITS)
        if levelling["money"]:
            part = trail.get("levelling")
            assert abs((part and part.value) or 0) == Fraction(levelled[name], UNITS)
        assert trail["rounding"].value == yen[name] - Fraction(exact[name], UNITS)


def test_money_leads_to_the_prices_that_its_slots_had(settled: SettledMonth, trails: dict[str, Trail]) -> None:
    month = json.loads(encode_month(settled))
    prices = {slot["begin"]: slot["prices"] for slot in month["slots"]}
    trail = trails["102"]
    for line, sign in (("grid", 1), ("fed in", -1)):
        figure, energy = trail[f"{line}.yen"], trail[f"{line}.kwh"]
        metered, *written = figure.ways
        assert isinstance(metered, Metered)
        if not figure.value:
            assert written == []
            continue
        (place,) = written
        assert isinstance(place, Written)
        at = int(place.place.removeprefix("slots[].prices[").rstrip("]"))
        (by_slot,) = energy.ways
        assert isinstance(by_slot, Metered)
        wh = {slot.begin: slot.value for slot in by_slot.slots}
        for slot in metered.slots:
            assert slot.value == sign * wh[slot.begin] * prices[slot.begin][at]


def test_a_difference_leads_to_the_records_of_both_values_and_to_the_prices_that_it_was_made_by(
    settled: SettledMonth, documents: Documents, trails: dict[str, Trail]
) -> None:
    month = json.loads(encode_month(settled))
    for at, each, of in ((0, TURNED, (1, 2)), (1, NEIGHBOUR, (0, 1)), (2, LATE, (1,))):
        trail = trails[each.party]
        metered, *written = trail[f"difference {at}.yen"].ways
        records = (*each.before, *each.records, *each.corrections)
        assert metered == Metered((SlotValue(BEFORE, each.money, records),)), "what it adds in 0.00001 yen"
        places = [f"differences[{at}].priced.prices[{price}]" for price in of]
        assert written == [Written(documents.month, place) for place in places]
        prices = [found for place in places for found in at_place(month, place)]
        assert prices == [(THEN.inside, THEN.grid, THEN.feed_in)[price] for price in of]
        there = month["differences"][at]
        bought, sold = there["priced"]["bought_wh"], there["priced"]["sold_wh"]
        inside = (there["shared_in_wh"] - there["shared_out_wh"]) * THEN.inside
        assert there["money"] == inside + bought * THEN.grid - sold * THEN.feed_in
        (energy,) = trail[f"difference {at}.kwh"].ways
        assert energy == Metered((SlotValue(BEFORE, each.import_wh - each.export_wh, records),))


def test_page_sheet_and_json_name_the_prices_of_a_difference(
    made: dict[str, Statement], documents: Documents, language: Language, trails: dict[str, Trail]
) -> None:
    statement, place = made["101"], "differences[2].priced.prices[1]"
    (figure,) = (each for key, each in trails[statement.party].items() if key == "difference 2.yen")
    page = Page(statement_page(statement, trails[statement.party], language))
    assert f"d-{MONTH_FILE}" in page.leads[f"f{figure.ref}"]
    assert down(page, f"f{figure.ref}") >= {
        documents.month.sha256,
        f"9 {'09' * 32}",
        f"7 {'02' * 32}",
        f"6 {'03' * 32}",
    }
    (row,) = (
        row for row in read(statement_csv(statement, trails[statement.party], language)) if row[:1] == [figure.ref]
    )
    assert f"{MONTH_FILE}: {place} (SHA-256 {documents.month.sha256})" in row[4]
    (slot,) = (
        row for row in read(records_csv(statement, trails[statement.party], language)) if row[:1] == [figure.number]
    )
    assert slot[3:] == ["0.300", "8.70000", f"6:{'03' * 32} 7:{'02' * 32} 9:{'09' * 32}"]
    metered, written = json.loads(encode_statement(statement, trails[statement.party]))["figures"]["difference 2.yen"][
        "from"
    ]
    references = [[6, "03" * 32], [7, "02" * 32], [9, "09" * 32]]
    assert metered == {"slots": {str(BEFORE): [870_000, references]}}
    assert written == {"document": MONTH_FILE, "sha256": documents.month.sha256, "place": place}


def test_every_note_that_counts_leads_to_what_it_counts(
    settled: SettledMonth, made: dict[str, Statement], house: BuildingStatement, trails: dict[str, Trail]
) -> None:
    if settled.given.split is not Split.BY_COST:
        assert {each.kind for each in settled.findings} >= {FindingKind.ESTIMATED, FindingKind.UNKNOWN}
        return
    assert {each.kind for each in settled.findings} == set(FindingKind) - {FindingKind.EXPIRES}
    values = {key: figure.value for key, figure in house_trail(house).items()}
    counted = 0
    for at, finding in enumerate(house.findings):
        numbers = [each for each in finding.told.values if isinstance(each, int)]
        keys = dict.fromkeys(keys_of(finding, at))
        assert len(keys) == (0 if finding.kind is FindingKind.METER else len(numbers)), finding.kind
        scaled = {
            Fraction(number, scale) for number in numbers for scale in (1, 100, 1000)
        }  # As they are, as a part of a hundred, and Wh as kWh.
        assert all(values[key] in scaled for key in keys), finding.kind
        if finding.party and keys:
            own = made[finding.party].findings.index(finding)
            (key,) = dict.fromkeys(keys_of(finding, own))
            assert trails[finding.party][key].value == len(finding.slots)
        counted += len(keys)
    assert counted == 16
    late = trails["101"]
    ways = [
        way
        for at, each in enumerate(made["101"].findings)
        if each.kind in {FindingKind.LATE, FindingKind.CONTRADICTION}
        for way in late[keys_of(each, at)[0]].ways
    ]
    begins = [slot.begin for way in ways if isinstance(way, Metered) for slot in way.slots]
    assert begins == [OCTOBER.begin() + 10 * SECONDS, OCTOBER.begin()]
    assert all(slot.records for way in ways if isinstance(way, Metered) for slot in way.slots)


def test_a_number_without_a_way_is_refused() -> None:
    with pytest.raises(ValueError, match="used leads nowhere"):
        Trailing().one("used", Unit.KWH, 5)


def test_a_number_that_leads_nowhere_is_found(made: dict[str, Statement], trails: dict[str, Trail]) -> None:
    statement = made["101"]
    text = statement_page(statement, trails[statement.party], Language.ENGLISH)
    names = names_of(statement, Language.ENGLISH)
    (used,) = (figure for key, figure in trails[statement.party].items() if key == "used")
    broken = text.replace(f'id="f{used.ref}"', 'id="elsewhere"')
    assert len(astray(Page(broken), names)) == 1
    plain = re.sub(rf'<a class="n" href="#f{used.ref}">([^<]*)</a>', r"\1", text)
    assert len(astray(Page(plain), names)) == 1


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_sheet_of_numbers_and_one_of_slots_say_the_same(
    made: dict[str, Statement], house: BuildingStatement, language: Language, trails: dict[str, Trail]
) -> None:
    statement = made["101"]
    of_flat, of_house = trails[statement.party], house_trail(house)
    for numbers, slots, trail in (
        (statement_csv(statement, of_flat, language), records_csv(statement, of_flat, language), of_flat),
        (building_csv(house, of_house, language), building_records_csv(house, of_house, language), of_house),
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
    made: dict[str, Statement], house: BuildingStatement, language: Language, trails: dict[str, Trail]
) -> None:
    if find_font() is None:
        lacks("no font with Japanese is installed: scripts/browser")
    of_flat, of_house = trails["101"], house_trail(house)
    for data, trail in (
        (statement_pdf(made["101"], of_flat, language, software="local-vpp"), of_flat),
        (building_pdf(house, of_house, language, software="local-vpp"), of_house),
    ):
        document = pypdfium2.PdfDocument(data)
        text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
        listed = text[text.index(Words(language)["ways"][:4]) :]
        for figure in trail.values():
            assert re.search(rf"(?m)^{figure.ref}\b", listed), figure.key
            assert f"[{figure.number}]" in text, figure.key
            if figure.key == "difference 2.yen":  # Lines are broken where a column ends.
                assert "differences[2].priced.prices[1]" in "".join(listed.split())
        for sha256 in {way.document.sha256 for each in trail.values() for way in each.ways if hasattr(way, "document")}:
            assert sha256 in text
