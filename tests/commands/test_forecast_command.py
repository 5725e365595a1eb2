"""`local-vpp forecast`: a CSV file in, JSON with quantiles out; what is wrong is told by line, field and value."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import json
import math
from pathlib import Path
import sys
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from commands.main import main
from commands.seriesfile import read_series

from ..needed import module

DAYS = 64
START = datetime(2026, 9, 1)  # noqa: DTZ001 - the home's own clock


def line(time: str, wh: float | None) -> str:
    return f"{time},{'' if wh is None else wh / 1000},0.0"


def rows(days: int = DAYS, written: Callable[[datetime], str] = str) -> list[str]:
    """A home that takes 100 Wh a slot, and 500 between six and nine in the evening, more or less."""
    found = []
    for index in range(days * 48):
        time = START + timedelta(minutes=30 * index)
        base = 500 if 18 <= time.hour < 21 else 100
        found.append(line(written(time), base + 20 * math.sin(index * 1.7)))
    return found


def file_of(tmp_path: Path, lines: list[str], header: str = ",GC,GG") -> Path:
    path = tmp_path / "home.csv"
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return path


def told(capsys: pytest.CaptureFixture[str], path: Path, *more: str, at: str = "2026-11-01 00:00") -> dict[str, Any]:
    assert main(["forecast", str(path), "--column", "GC", "--at", at, *more]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def fault(capsys: pytest.CaptureFixture[str], path: Path, *more: str, at: str = "2026-11-01") -> str:
    assert main(["forecast", str(path), "--column", "GC", "--at", at, *more]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err


def test_a_day_is_foretold_with_quantiles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys, file_of(tmp_path, rows()), "--slots", "48")
    assert (answer["kind"], answer["unit"], answer["zone"]) == ("load", "kWh per slot", "Asia/Tokyo")
    assert (answer["at"], answer["slot_seconds"]) == ("2026-11-01T00:00:00+09:00", 1800)
    slots = answer["slots"]
    assert [slot["begin"] for slot in slots[:2]] == ["2026-11-01T00:00:00+09:00", "2026-11-01T00:30:00+09:00"]
    assert len(slots) == 48
    assert all(slot["p10"] <= slot["p50"] <= slot["p90"] and slot["reason"] is None for slot in slots)
    assert slots[38]["point"] == pytest.approx(0.5, abs=0.03)
    assert slots[10]["point"] == pytest.approx(0.1, abs=0.03)
    assert answer["history"]["unknown_slots"] == 0
    assert answer["history"]["end"] == "2026-11-01T00:00:00+09:00"


def test_nothing_later_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = rows()
    whole = told(capsys, file_of(tmp_path, lines))
    cut = [*lines[: 61 * 48], *(line(text.partition(",")[0], 9_999) for text in lines[61 * 48 :])]
    assert told(capsys, file_of(tmp_path, cut)) == whole


@pytest.mark.parametrize(
    "written",
    [
        lambda time: time.isoformat(),
        lambda time: f"{time.isoformat()}+09:00",
        lambda time: f"{time.year}/{time.month}/{time.day} {time.hour}:{time.minute:02}",
        lambda time: str(int((time - timedelta(hours=9)).replace(tzinfo=UTC).timestamp())),
    ],
)
def test_times_may_be_written_in_several_ways(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], written: Callable[[datetime], str]
) -> None:
    plain = told(capsys, file_of(tmp_path, rows()))
    assert told(capsys, file_of(tmp_path, rows(written=written)), at="2026-10-31T15:00:00Z") == plain


def test_what_is_not_known_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = rows()
    for index in range(40 * 48, 60 * 48, 5):
        lines[index] = line(lines[index].partition(",")[0], None)
    missing = set(range(41 * 48 + 1, 60 * 48, 35))
    answer = told(capsys, file_of(tmp_path, [text for index, text in enumerate(lines) if index not in missing]))
    assert answer["history"]["unknown_slots"] == len(set(range(40 * 48, 60 * 48, 5)) | missing)
    assert answer["slots"][38]["point"] == pytest.approx(0.5, abs=0.03)


def test_too_little_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys, file_of(tmp_path, rows(2)), "--slots", "1", at="2026-09-03")
    assert answer["slots"][0]["point"] is None
    assert "need 3" in answer["slots"][0]["reason"]
    answer = told(capsys, file_of(tmp_path, rows(3)), "--slots", "1", at="2026-09-04")
    assert answer["slots"][0]["point"] is not None
    assert (answer["slots"][0]["p10"], "errors" in answer["slots"][0]["reason"]) == (None, True)


def test_units_go_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kwh = told(capsys, file_of(tmp_path, rows()))
    thousands = [f"{time},{float(value) * 1000},0" for time, value, _ in (text.split(",") for text in rows())]
    wh = told(capsys, file_of(tmp_path, thousands), "--unit", "Wh")
    assert wh["unit"] == "Wh per slot"
    assert [slot["point"] for slot in wh["slots"]] == pytest.approx([s["point"] * 1000 for s in kwh["slots"]], abs=0.01)


def test_the_slot_that_runs_is_not_foretold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys, file_of(tmp_path, rows()), "--slots", "1", at="2026-11-01 10:10")
    assert answer["slots"][0]["begin"] == "2026-11-01T10:30:00+09:00"
    assert answer["history"]["end"] == "2026-11-01T10:00:00+09:00"


def test_every_method_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file_of(tmp_path, rows())
    for method in ("blend", "weighted-median", "clear-sky-ratio", "seasonal-naive"):
        assert told(capsys, path, "--method", method, "--slots", "2")["method"] == method
    assert told(capsys, path, "--kind", "pv")["method"] == "clear-sky-ratio"


def test_a_column_that_is_dark_by_night_is_a_roofs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shone = []
    for text in rows():
        time = datetime.fromisoformat(text.partition(",")[0])
        shone.append(line(str(time), 400 * max(0.0, math.sin((time.hour + time.minute / 60 - 6) / 12 * math.pi))))
    path = file_of(tmp_path, shone)
    assert (told(capsys, path)["kind"], told(capsys, path)["method"]) == ("pv", "clear-sky-ratio")
    assert told(capsys, path, "--kind", "load")["method"] == "blend"


def test_trees_are_an_extra(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(tmp_path, rows())
    with monkeypatch.context() as missing:
        missing.setitem(sys.modules, "lightgbm", None)
        assert "--method 'lightgbm': install the extra local-vpp[lightgbm]" in fault(
            capsys, path, "--method", "lightgbm"
        )
    module("lightgbm", "lightgbm")
    assert told(capsys, path, "--method", "lightgbm", "--slots", "1")["method"] == "lightgbm"


@pytest.mark.parametrize(
    ("spoilt", "named"),
    [
        ("2026-09-01 25:00,1,2", ["line 3", "'2026-09-01 25:00'", "write a time as"]),
        ("0001-01-01,1,2", ["line 3", "'0001-01-01'", "of 1971 to 2199"]),
        ("2026-09-01 00:30:00.5,1,2", ["line 3", "write a time as"]),
        ("noon,1,2", ["line 3", "'noon'", "write a time as"]),
        ("2026-09-01 00:30,much,2", ["line 3", "GC", "'much'", "write a number, or nothing"]),
        ("2026-09-01 00:30,-1,2", ["line 3", "GC", "'-1'", "0 or more"]),
        ("2026-09-01 00:30,inf,2", ["line 3", "GC", "'inf'", "0 or more"]),
        ("2026-09-01 00:30,1", ["line 3", "columns 2", "the header names 3"]),
        ("2026-09-01 00:00,1,2", ["line 3", "time", "stands twice"]),
        ("2026-08-01 00:00,1,2", ["line 3", "time", "before the line before"]),
        ("2026-09-01 00:45,1,2", ["line 3", "time", "lies between slots of 1800 s"]),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], spoilt: str, named: list[str]) -> None:
    lines = rows()
    lines[1] = spoilt
    shown = fault(capsys, file_of(tmp_path, lines))
    assert all(word in shown for word in ["home.csv", *named]), shown


@pytest.mark.parametrize(
    ("header", "named"),
    [(",GX,GG", "'GC' names no column"), (",GC,GC", "'GC' names more than one column")],
)
def test_a_column_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], header: str, named: str
) -> None:
    assert named in fault(capsys, file_of(tmp_path, rows(3), header))


def test_options_that_are_none_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file_of(tmp_path, rows(3))
    assert "--slots 0" in fault(capsys, path, "--slots", "0")
    assert "--zone 'Asia/Nowhere'" in fault(capsys, path, "--zone", "Asia/Nowhere")
    assert "--at 'later'" in fault(capsys, path, at="later")
    assert "--at '9999-12-31'" in fault(capsys, path, at="9999-12-31")
    assert "--time-column 'when'" in fault(capsys, path, "--time-column", "when")
    assert "No such file" in fault(capsys, tmp_path / "none.csv")
    assert "is empty" in fault(capsys, empty := file_of(tmp_path, [], "")) or empty
    assert "two at least" in fault(capsys, file_of(tmp_path, rows()[:1]))
    (tmp_path / "latin.csv").write_bytes(b",GC\n2026-09-01,\xe9\n")
    assert "not UTF-8" in fault(capsys, tmp_path / "latin.csv")


def test_the_days_on_which_the_clocks_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    both = [f"2026-10-25 {hour}:{minute},1,0" for hour in ("01", "02", "02", "03") for minute in ("00", "30")]
    series = read_series(file_of(tmp_path, both), "GC", "kWh", berlin)
    assert (len(series.history.wh), series.left_out) == (8, ())
    once = [text for index, text in enumerate(both) if index not in {4, 5}]
    series = read_series(file_of(tmp_path, once), "GC", "kWh", berlin)
    assert [math.isnan(value) for value in series.history.wh] == [False, False, True, True, True, True, False, False]
    assert ["line 4" in series.left_out[0], "line 5" in series.left_out[1]] == [True, True]
    spring = [f"2026-03-29 {hour}:{minute},1,0" for hour in ("01", "02", "03") for minute in ("00", "30")]
    series = read_series(file_of(tmp_path, spring), "GC", "kWh", berlin)
    assert (len(series.history.wh), len(series.left_out)) == (4, 2)
    path = file_of(tmp_path, rows())
    assert "was twice in Europe/Berlin" in fault(capsys, path, "--zone", "Europe/Berlin", at="2026-10-25 02:30")
    assert "did not exist" in fault(capsys, path, "--zone", "Europe/Berlin", at="2026-03-29 02:30")
