"""A drill's document is one text and no other: written the same everywhere, read strictly, and named by its hash."""

from dataclasses import replace
import hashlib
import json
import math
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.blackout.document import LARGEST, Document, Previous, decode, digest, encode
from localvpp.blackout.reading import LATEST_MS, DocumentError
from localvpp.islanding.report import Level, Spread

from .drills import BEGUN_MS, document, documents, held


@settings(deadline=None, max_examples=150)
@given(documents())
def test_what_is_written_is_read_back_to_the_last_digit_that_is_kept(told: Document) -> None:
    data = encode(told)
    read = decode(data)
    assert encode(read) == data
    assert decode(encode(read)) == read
    assert read == replace(told, report=read.report, previous=read.previous, floors=read.floors)
    assert math.isclose(read.report.length_s, told.report.length_s, abs_tol=0.0005, rel_tol=1e-12)
    assert read.report.criteria == told.report.criteria
    assert read.report.passed is told.report.passed


@settings(deadline=None, max_examples=200)
@given(documents(), st.data())
def test_no_other_bytes_are_the_document(told: Document, data: st.DataObject) -> None:
    whole = encode(told)
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255))
    changed = whole[:at] + bytes([byte]) + whole[at + 1 :]
    try:
        read = decode(changed)
    except DocumentError:
        return
    assert encode(read) == changed
    assert (changed == whole) is (digest(changed) == digest(whole))


def test_a_document_holds_what_the_drill_has_shown() -> None:
    told = document()
    data = encode(told)
    plain = json.loads(data)
    assert data == json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert b"." not in data.replace(b"0.1.0", b"").replace(b"vpp.example", b"").split(b'"criteria"')[0]
    assert digest(data) == hashlib.sha256(data).digest()
    assert (plain["level"], plain["wiring"], plain["flat"]) == ("l2", "pair", "304")
    assert plain["transfer"] == {"most_ms": 3000, "step_ms": 1000}
    assert plain["floors_ppm"]["drill_abort"] == 300_000
    assert plain["people"] == {"acknowledged_after_ms": [42000, 310500], "notified": 3}
    assert plain["events"][2] == [101_000, "shed kitchen"]
    assert plain["passed"] is True
    assert plain["actions"] == []
    assert told.separated


def other(told: dict[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("format", "local-vpp drill 2", "another version"),
        ("begun_ms", 1.5, "whole ones only"),
        ("begun_ms", "1", "begun_ms"),
        ("begun_ms", True, "begun_ms"),
        ("begun_ms", 2**60, "begun_ms"),
        ("begun_ms", -1, "a time"),
        ("next_due_ms", LATEST_MS + 1, "a time"),
        ("notices", [[LATEST_MS + 1, "returned", ""]], "a time"),
        ("device", "F1" * 16, "device"),
        ("device", "f1", "32 hex digits"),
        ("level", "l7", "one of l0"),
        ("wiring", None, "wiring"),
        ("passed", False, "contradicts itself"),
        ("actions", ["transfer_failed"], "contradicts itself"),
        ("transfer", {"most_ms": 1}, "has no step_ms"),
        ("voltage_mv", {"least": 1, "mean": 1, "most": 1, "x": 1}, "unknown field 'x'"),
        ("events", [[1, 2]], "events"),
        ("notices", [[1, "nothing", ""]], "notices"),
        ("floors_ppm", {"hard": 5, "emergency": 4, "person": 6, "drill_abort": 7, "drill_start": 8}, "floors"),
        ("people", {"notified": 1, "acknowledged_after_ms": [True]}, "acknowledged_after_ms"),
        ("more", 1, "unknown field 'more'"),
    ],
)
def test_what_is_wrong_in_a_document_is_named(key: str, value: Any, named: str) -> None:
    plain = json.loads(encode(document()))
    with pytest.raises(DocumentError, match=named):
        decode(other(plain | {key: value}))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b" " + data,
        lambda data: data + b"\n",
        lambda data: data.replace(b'"flat"', b'"flat" '),
        lambda data: data.replace(b'{"aborted":null', b'{"aborted":null,"aborted":null'),
        lambda data: data.replace(b'"304"', b'"\\u0033\\u0030\\u0034"'),
        lambda data: data.replace(b"local-vpp 0.1.0", b"\xff"),
        lambda data: data[:-1],
        lambda _: b"[" * 100_000,
        lambda _: b"NaN",
        lambda _: b"[]",
        lambda data: data + b" " * LARGEST,
    ],
)
def test_another_text_of_the_same_is_none(change: Any) -> None:
    with pytest.raises(DocumentError):
        decode(change(encode(document())))


def test_what_no_reader_would_take_is_not_written() -> None:
    told = held()
    with pytest.raises(DocumentError, match="voltage"):
        encode(document(replace(told, voltage=Spread(1.0, math.nan, 2.0))))
    with pytest.raises(DocumentError, match="cannot be written"):
        encode(document(flat="\ud800"))
    with pytest.raises(DocumentError, match="cannot be written"):
        encode(document(begun_ms=2**60))
    with pytest.raises(DocumentError, match="leave events out"):
        encode(document(replace(told, events=((0.0, "x" * LARGEST),))))


def test_what_is_to_be_done_follows_from_what_was_not_met() -> None:
    late = document(held(gap_s=30.0, aborted="overload"))
    assert late.actions == ("transfer_failed", "repeat")
    assert not late.report.passed
    paper = document(held(Level.PAPER))
    assert [each.name for each in paper.report.criteria] == ["communication"]
    assert paper.actions == ()


def test_the_last_drill_is_compared_with_this_one() -> None:
    data = encode(document(begun_ms=BEGUN_MS))
    before = Previous.of(data)
    assert (before.digest, before.passed, before.level) == (digest(data), True, Level.QUICK)
    assert before.transfer == decode(data).report.transfer
    assert before.used_percent == pytest.approx(2.985)
    again = decode(encode(document(previous=before)))
    assert again.previous == before
