"""CSV and JSON lead back to the very plan; XML has the sums that the plan has, and says that nobody has verified it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
import json
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from localvpp.plan import (
    Day,
    Deal,
    Field,
    Kind,
    Needs,
    Part,
    Plan,
    PlanError,
    Sheet,
    default_table,
    from_csv,
    from_json,
    plan_flat,
    read_table,
    responding,
    to_csv,
    to_json,
    to_xml,
)
from tests.localvpp.plan.plans import CODES, DAY, MADE, TOKYO, building, changed, foretold

# Trailing blanks, formulas and what is not printable are no names; all else is, quotes and commas with it.
NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12).filter(
    lambda name: name == name.strip() and name.isprintable() and name[0] not in "=+-@"
)


@st.composite
def sheets(draw: st.DrawFn, slots: int) -> Sheet:
    rows = draw(st.sampled_from([8, 10]))
    wh = draw(st.lists(st.integers(-(10**12), 10**12), min_size=rows * slots, max_size=rows * slots))
    return Sheet(np.array(wh, np.int64).reshape(rows, slots))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Anything that is a plan, right or wrong."""
    slots = st.integers(1, 4)
    kind = draw(st.sampled_from(list(Kind)))
    names = draw(st.lists(NAMES, max_size=3, unique=True)) if kind is Kind.BUILDING else []
    begin = draw(st.integers(0, 7_000_000_000))
    return Plan(
        kind=kind,
        name=draw(NAMES),
        number=draw(st.integers(1, 10**6)),
        made_at=draw(st.integers(0, 7_000_000_000)),
        date=draw(st.dates(date(1971, 1, 1), date(2199, 12, 31))),
        zone=ZoneInfo(draw(st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/Havana", "UTC"]))),
        slot_seconds=draw(st.integers(1, 86_400)),
        begin=begin,
        end=begin + draw(st.integers(0, 10**6)),
        sheet=draw(sheets(draw(slots))),
        parts=tuple(Part(name, draw(sheets(draw(slots)))) for name in names),
        codes=draw(st.dictionaries(NAMES, NAMES, max_size=2)),
    )


@settings(deadline=None, max_examples=150)
@given(plans())
def test_json_and_its_reader_are_inverses(plan: Plan) -> None:
    text = to_json(plan)
    assert from_json(text) == plan
    assert to_json(from_json(text)) == text
    assert from_json(json.dumps(json.loads(text), indent=2).encode()) == plan


@settings(deadline=None, max_examples=150)
@given(plans())
def test_csv_and_its_reader_are_inverses(plan: Plan) -> None:
    table = to_csv(plan)
    assert from_csv(table) == plan
    assert to_csv(from_csv(table)) == table
    assert from_csv(b"\xef\xbb\xbf" + table.replace(b"\r\n", b"\n")) == plan


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=3), st.sampled_from([to_csv, to_json]))
def test_a_spoilt_file_is_another_plan_or_none(at: int, octets: bytes, write: Callable[[Plan], bytes]) -> None:
    plan = building(1, 2, codes=CODES)
    written = write(plan)
    at %= len(written)
    spoilt = written[:at] + octets + written[at + len(octets) :]
    read = from_csv if write is to_csv else from_json
    try:
        found = read(spoilt)
    except PlanError:
        return
    assert (found == plan) == (write(found) == written)


def test_the_table_is_what_a_spreadsheet_shows() -> None:
    plan = building(2, 1, codes=CODES)
    lines = to_csv(plan).decode().split("\r\n")
    assert lines[:10] == [
        "format,local-vpp plan 1",
        "kind,building",
        "name,かえで館",
        "number,1",
        "made_at,2026-11-26T12:00:00+09:00",
        "date,2026-11-27",
        "zone,Asia/Tokyo",
        "slot_seconds,1800",
        "begin,2026-11-27T00:00:00+09:00",
        "end,2026-11-28T00:00:00+09:00",
    ]
    assert lines[14:16] == [
        "",
        "part,slot,begin,end,demand_wh,charge_wh,sold_wh,to_grid_wh,generation_wh,discharge_wh,bought_wh,from_grid_wh",
    ]
    assert lines[16].startswith(",1,2026-11-27T00:00:00+09:00,2026-11-27T00:30:00+09:00,")
    assert lines[64].startswith("101,1,2026-11-27T00:00:00+09:00,")
    assert len(lines) == 16 + 2 * 48 + 1


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("format", "local-vpp plan 2", "give 'local-vpp plan 1'"),
        ("kind", "house", "give flat or building"),
        ("number", 1.0, "give a whole number from 1"),
        ("made_at", "now", "give a whole number"),
        ("date", "27.11.2026", "write it as 2026-11-27"),
        ("date", "20261127", "write it as 2026-11-27"),
        ("zone", "Asia/Kyoto", "there is none of that name"),
        ("zone", 9, "give a name"),
        ("zone", "../../etc/passwd", "there is none of that name"),
        ("codes", [], "give an object of codes"),
        ("codes", {"sender": 7}, "give a name of 1 to"),
        ("parts", {}, "give a list"),
        ("columns", {}, "a columns needs it"),
        ("colour", "blue", "leave it out"),
    ],
)
def test_json_is_refused_by_field_value_and_remedy(field: str, value: object, remedy: str) -> None:
    plain = json.loads(to_json(building(3, 2)))
    with pytest.raises(PlanError) as error:
        from_json(json.dumps(plain | {field: value}).encode())
    assert remedy in error.value.finding.says


def spoilt_column(values: Any) -> bytes:
    plain = json.loads(to_json(building(3, 2)))
    plain["parts"][1]["columns"]["demand_wh"] = values
    return json.dumps(plain).encode()


@pytest.mark.parametrize("value", [1.0, "5", None, True, 10**13, -(10**13), 10**30])
def test_a_value_that_is_no_whole_wh_is_told_by_its_slot(value: object) -> None:
    with pytest.raises(PlanError) as error:
        from_json(spoilt_column([*[0] * 47, value]))
    finding = error.value.finding
    assert (finding.part, finding.slot, finding.field, finding.value) == ("102", 48, "demand_wh", value)


@pytest.mark.parametrize("values", ["", 0, [0] * 47, [0] * 2000])
def test_a_column_is_a_list_as_long_as_the_others(values: object) -> None:
    with pytest.raises(PlanError):
        from_json(spoilt_column(values))


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[]", b"null", b'{"format": 1, "format": 1}', b"[" * 100_000])
def test_what_is_no_json_of_a_plan_is_refused(text: bytes) -> None:
    with pytest.raises(PlanError):
        from_json(text)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"kind,building\r\n", b"", "in this order"),
        (b"slot_seconds,1800", b"slot_seconds,01800", "give a whole number"),
        (b"made_at,2026-11-26T12:00:00+09:00", b"made_at,2026-11-26T12:00:00", "with its offset"),
        (b"\r\n\r\n", b"\r\n", "an empty line parts"),
        (b"demand_wh,", b"demand,", "the last two both or none"),
        (b"code of sender", b"sender", "what follows are codes"),
        (b"101,1,2026-11-27T00:00:00+09:00", b"101,2,2026-11-27T00:00:00+09:00", "slots follow one another"),
        (b"101,1,2026-11-27T00:00:00+09:00", b"101,1,2026-11-27T00:10:00+09:00", "slots follow one another"),
        (b"101,48,", b"103,48,", "slots follow one another"),
        (b"\r\n,1,2026", b"\r\n101,1,2026", "the lines of the plan itself first"),
    ],
)
def test_csv_is_refused_with_a_remedy(old: bytes, new: bytes, says: str) -> None:
    table = to_csv(building(4, 2, codes=CODES))
    assert old in table
    with pytest.raises(PlanError) as error:
        from_csv(table.replace(old, new, 1))
    assert says in error.value.finding.says


# --- XML ----------------------------------------------------------------------------------------------------


def parsed(text: bytes) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - written a line above


def values(document: ET.Element, path: str) -> list[int]:
    return [int(each.text or "") for each in document.iterfind(path)]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_in_xml_demand_and_sales_are_what_is_procured(seed: int, flats: int) -> None:
    plan = building(seed, flats, codes=CODES)
    document = parsed(to_xml(plan))
    terms = "JPMGRP/JPTRM/"
    demand = values(document, f"{terms}JPM00010/JPMR00010/JPM00011/JPMR00011/JP06376")
    sales = values(document, f"{terms}JPM00018/JPMR00018/JPM00019/JPMR00019/JP06319")
    procured = values(document, f"{terms}JPM00014/JPMR00014/JPM00015/JPMR00015/JP06369")
    assert len(procured) == 48
    assert [one + other for one, other in zip(demand, sales, strict=True)] == procured
    used = plan.column(Field.DEMAND) + plan.column(Field.CHARGE)
    for told, exact in ((demand, used), (sales, plan.column(Field.TO_GRID))):
        assert all(abs(1000 * kwh - int(wh)) <= 1000 for kwh, wh in zip(told, exact, strict=True))
        assert abs(1000 * sum(told) - int(exact.sum())) <= 500


def test_xml_has_the_codes_the_date_and_a_warning() -> None:
    text = to_xml(building(5, codes=CODES))
    terms = parsed(text).find("JPMGRP/JPTRM")
    assert terms is not None
    assert [(each.tag, each.text) for each in terms][:5] == [
        ("JP00002", "0110"),
        ("JP06110", "1234A"),
        ("JP06358", "30001"),
        ("JP06360", "L1234"),
        ("JP06171", "20261127"),
    ]
    assert [each.text for each in terms.iterfind("JPM00010/JPMR00010/JPM00011/JPMR00011/JP06219")][::47] == ["01", "48"]
    assert "<!-- UNVERIFIED" in text.decode()


def test_xml_wants_the_codes_of_its_table() -> None:
    with pytest.raises(PlanError, match="sender is missing: give the 送信者コード, 5 capital letters or digits"):
        to_xml(building(6, codes={name: code for name, code in CODES.items() if name != "sender"}))


def test_xml_is_made_of_no_plan_that_is_wrong() -> None:
    plan = building(6, codes=CODES)
    with pytest.raises(PlanError, match="slot 4, from_grid_wh"):
        to_xml(changed(plan, Field.DEMAND, 4, int(plan.column(Field.DEMAND)[3]) + 1))


def test_xml_of_a_flat_has_its_trades_on_their_sides() -> None:
    day = Day.of(date(2026, 11, 27), TOKYO)
    deals = [
        Deal(day.begin, "101", "102", 3000),
        Deal(day.begin, "103", "101", 1000),
        Deal(day.begin + 1800, "103", "101", 2000),
    ]
    flat = plan_flat("101", day, Needs(load=foretold(day, [4000.0] * 48)), deals, number=1, made_at=MADE)
    terms = parsed(to_xml(replace(flat, codes=CODES))).find("JPMGRP/JPTRM")
    assert terms is not None
    assert values(terms, "JPM00010/JPMR00010/JPM00011/JPMR00011/JP06376")[:3] == [4, 4, 4]
    assert values(terms, "JPM00018/JPMR00018/JPM00019/JPMR00019/JP06319")[:3] == [2, 0, 0]
    assert values(terms, "JPM00014/JPMR00014/JPM00015/JPMR00015/JP06369")[:3] == [6, 4, 4]


def test_another_table_makes_another_file() -> None:
    plain = table_as_json()
    plain["unit_wh"] = 1
    plain["root"] = ["PLAN"]
    plan = responding(building(7, 1), building(7, 1).sheet.draw, [0] * 48)
    document = parsed(to_xml(replace(plan, codes=CODES), read_table(plain)))
    assert document.tag == "PLAN"
    assert values(document, "JPM00010/JPMR00010/JPM00011/JPMR00011/JP06376") == [
        int(wh) for wh in plan.column(Field.DEMAND) + plan.column(Field.CHARGE)
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unit_wh", 0),
        ("unit_wh", 1000.0),
        ("root", []),
        ("root", ["a b"]),
        ("date", "<x>"),
        ("codes", {}),
        ("sections", []),
        ("status", ""),
        ("status", "un--verified"),
        ("more", 1),
    ],
)
def test_a_table_that_builds_nothing_is_refused(field: str, value: object) -> None:
    with pytest.raises(PlanError):
        read_table(table_as_json() | {field: value})


def test_a_table_sums_each_column_once_and_procurement_last() -> None:
    plain = table_as_json()
    with pytest.raises(PlanError, match="the last, and it alone"):
        read_table(plain | {"sections": plain["sections"][::-1]})
    with pytest.raises(PlanError, match="name each once"):
        read_table(plain | {"sections": [*plain["sections"], plain["sections"][0]]})
    with pytest.raises(PlanError, match="name each code once"):
        read_table(plain | {"codes": [*plain["codes"], plain["codes"][0]]})


def table_as_json() -> dict[str, Any]:
    table = default_table()
    return {
        "status": table.status,
        "root": list(table.root),
        "date": table.date,
        "unit_wh": table.unit_wh,
        "codes": [
            {"name": code.name, "element": code.element, "title": code.title, "length": code.length}
            for code in table.codes
        ],
        "sections": [
            {
                "title": one.title,
                "path": list(one.path),
                "slot": one.slot,
                "number": one.number,
                "value": one.value,
                "fields": list(one.fields),
            }
            for one in table.sections
        ],
    }


def test_the_shipped_table_reads_as_itself() -> None:
    assert read_table(table_as_json()) == default_table()


def test_the_hours_of_a_day_with_one_twice_stay_apart() -> None:
    plan = building(8, 1, Day.of(date(2026, 10, 25), ZoneInfo("Europe/Berlin")))
    assert b",5,2026-10-25T02:00:00+02:00,2026-10-25T02:30:00+02:00," in to_csv(plan)
    assert b",7,2026-10-25T02:00:00+01:00,2026-10-25T02:30:00+01:00," in to_csv(plan)
    assert from_csv(to_csv(plan)) == plan
    assert (DAY.zone, plan.sheet.slots) == (TOKYO, 50)
