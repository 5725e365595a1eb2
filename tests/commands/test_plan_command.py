"""`local-vpp plan`: what a manager at a terminal gets."""

import json
from pathlib import Path
from typing import Any

import pytest

from commands.main import main
from localvpp.plan import Field, Plan, default_table, from_csv, to_json
from tests.coordinator.conftest import FILE
from tests.localvpp.plan.plans import CODES, DAY, building, changed


def kept(path: Path, plan: Plan) -> str:
    path.write_bytes(to_json(plan))
    return str(path)


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["plan", *arguments])
    out, err = capfd.readouterr()
    return code, out, err


def test_a_plan_that_is_right_is_written_as_csv_and_xml(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plan = building(1, codes=CODES)
    path, table = kept(tmp_path / "plan.json", plan), tmp_path / "plan.csv"
    code, out, _ = run(capfd, "check", path)
    assert (code, json.loads(out)) == (
        0,
        {
            "ok": True,
            "name": "かえで館",
            "kind": "building",
            "date": "2026-11-27",
            "number": 1,
            "slots": 48,
            "flats": 3,
            "findings": [],
        },
    )
    assert run(capfd, "export", path, "--format", "csv", "--out", str(table)) == (0, "", "")
    assert from_csv(table.read_bytes()) == plan
    assert run(capfd, "check", str(table))[0] == 0
    _, out, _ = run(capfd, "export", path, "--format", "csv", "--without-flats")
    assert from_csv(out.encode()) == plan.whole
    code, out, err = run(capfd, "export", str(table), "--format", "xml")
    assert (code, out.startswith("<?xml"), "<JP06110>1234A</JP06110>" in out) == (0, True, True)
    assert err.startswith("local-vpp: UNVERIFIED against the schema of OCCTO")


def test_what_is_wrong_is_told_by_slot_field_value_and_remedy(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = kept(tmp_path / "plan.json", changed(building(2), Field.SOLD, 3, 70_000, "101"))
    code, out, _ = run(capfd, "check", path)
    told = json.loads(out)
    assert (code, told["ok"]) == (1, False)
    assert {
        "fault": "balance",
        "part": "101",
        "slot": 3,
        "begin": "2026-11-27T01:00:00+09:00",
        "field": "from_grid_wh",
    }.items() <= told["findings"][0].items()
    assert told["findings"][0]["remedy"].endswith("procure that much more, or correct the other columns")
    code, out, err = run(capfd, "export", path, "--format", "csv")
    assert (code, out) == (1, "")
    assert "is not written: 101, slot 3, from_grid_wh is" in err
    assert "see them with plan check" in err


def test_what_is_no_plan_is_told_as_a_finding(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.json"
    plain = json.loads(to_json(building(3)))
    plain["columns"]["demand_wh"][4] = 1.5
    path.write_text(json.dumps(plain), encoding="utf-8")
    code, out, _ = run(capfd, "check", str(path))
    assert (code, json.loads(out)) == (
        1,
        {
            "ok": False,
            "findings": [
                {
                    "fault": "form",
                    "part": "",
                    "slot": 5,
                    "begin": None,
                    "field": "demand_wh",
                    "value": "1.5",
                    "remedy": "give whole Wh up to 1000000000000",
                }
            ],
        },
    )
    code, _, err = run(capfd, "export", str(path), "--format", "csv")
    assert (code, "is no plan: slot 5, demand_wh is 1.5: give whole Wh" in err) == (1, True)


def test_a_later_plan_is_held_against_the_one_before(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = kept(tmp_path / "1.json", building(4))
    after = kept(tmp_path / "2.json", building(5, number=2, made_at=DAY.begin + 6 * 3600))
    code, out, _ = run(capfd, "check", after, "--after", before)
    assert code == 1
    assert {"gate", "trades"} <= {one["fault"] for one in json.loads(out)["findings"]}
    assert run(capfd, "check", after)[0] == 0
    assert run(capfd, "check", before, "--after", before, "--gate-minutes", "5")[0] == 1


def test_a_gate_is_whole_minutes(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = kept(tmp_path / "plan.json", building(6, made_at=DAY.begin - 1800, codes=CODES))
    assert run(capfd, "check", path)[0] == 1
    assert run(capfd, "check", path, "--gate-minutes", "5")[0] == 0
    for form in ("csv", "xml"):
        assert run(capfd, "export", path, "--format", form)[0] == 1
        assert run(capfd, "export", path, "--format", form, "--gate-minutes", "5")[0] == 0, form
    with pytest.raises(SystemExit):
        run(capfd, "check", path, "--gate-minutes", "-1")


@pytest.mark.parametrize(
    ("table", "says"),
    [("{", "is no JSON"), ("[]", "is no table of codes: table is []"), ('{"unit_wh": 1}', "give an object with codes")],
)
def test_a_table_that_is_none_is_refused(
    table: str, says: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path, codes = kept(tmp_path / "plan.json", building(7)), tmp_path / "codes.json"
    codes.write_text(table, encoding="utf-8")
    code, _, err = run(capfd, "export", path, "--format", "xml", "--codes", str(codes))
    assert (code, says in err) == (1, True)


def test_a_retailer_s_own_table_builds_the_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path, codes = kept(tmp_path / "plan.json", building(8, codes=CODES)), tmp_path / "codes.json"
    shipped = Path(__file__).parents[2] / "custom_components/local_vpp/lib/localvpp/plan/codes_unverified.json"
    plain: dict[str, Any] = json.loads(shipped.read_text(encoding="utf-8"))
    codes.write_text(json.dumps(plain | {"root": ["OWN"], "status": "checked by us"}), encoding="utf-8")
    code, out, err = run(capfd, "export", path, "--format", "xml", "--codes", str(codes))
    assert (code, "<OWN>" in out, err) == (0, True, "local-vpp: checked by us\n")
    assert default_table().status.startswith("UNVERIFIED")


def test_the_example_is_right(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "check", str(Path(__file__).parents[2] / "examples/plan.json"))
    assert (code, json.loads(out)["flats"]) == (0, 3)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capfd, "check", str(tmp_path / "none.json"))
    assert (code, "none.json cannot be read" in err) == (1, True)


def test_a_building_and_a_flat_that_have_not_run_have_no_plan(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capfd, "make", str(tmp_path / "building.yaml"), "--day", "2026-11-27")
    assert (code, "no plan is made" in err) == (1, True)
    (tmp_path / "building.yaml").write_text(FILE)
    code, _, err = run(capfd, "make", str(tmp_path / "building.yaml"), "--day", "2026-11-27")
    assert (code, f"{tmp_path / 'data' / 'building.db'} is not there: the coordinator makes it" in err) == (1, True)
    (tmp_path / "data").mkdir()
    assert run(capfd, "make", str(tmp_path / "building.yaml"), "--day", "2026-11-27") == (1, "", err)
    assert list((tmp_path / "data").iterdir()) == []
    code, _, err = run(capfd, "own", str(tmp_path), "--day", "2026-11-27")
    assert (code, "membership.json" in err) == (1, True)
