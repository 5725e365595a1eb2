"""`local-vpp devices decode` and `devices maps`: a dump of registers in, what it means out."""

import json
from pathlib import Path

import pytest

from commands.main import main

SDM120 = {
    "input": {"0": 0x42C8, "1": 0x8000, "0x0C": 0xC4FA, "13": 0, "70": 0x4270, "71": 0, "72": 0x3F33, "73": 0x3333}
}
"""100.25 V, −2000 W, 60 Hz, 0.7 kWh, and nothing of the rest."""


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    return tmp_path / "dump.json"


def decode(dump: Path, name: str, registers: object) -> int:
    dump.write_text(registers if isinstance(registers, str) else json.dumps(registers))
    return main(["devices", "decode", name, "--registers", str(dump)])


def test_each_point_is_shown_with_its_unit_and_unknown_as_null(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decode(dump, "eastron_sdm120", SDM120) == 0
    assert json.loads(capsys.readouterr().out) == {
        "voltage_v": {"value": 100.25, "unit": "V"},
        "current_a": {"value": None, "unit": "A"},
        "power_w": {"value": -2000.0, "unit": "W"},
        "frequency_hz": {"value": 60.0, "unit": "Hz"},
        "import_wh": {"value": 700, "unit": "Wh"},
        "export_wh": {"value": None, "unit": "Wh"},
        "serial": {"value": None, "unit": None},
    }


def test_states_flags_and_makers_signs_are_ours(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registers = {
        "32003": 0,
        "32004": 1,
        "32089": 0x0203,
        "37760": 0xFFFF,
        "37113": 0xFFFF,
        "37114": 0xFFF6,
        "37765": 0,
        "37766": 500,
    }
    assert decode(dump, "huawei_sun2000", {"holding": registers}) == 0
    shown = {name: each["value"] for name, each in json.loads(capsys.readouterr().out).items()}
    # The maker's grid power counts what is exported, and its battery power what is charged.
    assert (shown["grid_power_w"], shown["battery_power_w"]) == (10, -500)
    assert (shown["flags"], shown["state"], shown["soc_percent"]) == (["off_grid"], "off_grid_running", None)


@pytest.mark.parametrize(
    ("name", "registers", "told"),
    [
        ("eastron_sdm999", {}, "name is 'eastron_sdm999'; choose one of "),
        ("eastron_sdm120", "{", "dump.json: "),
        ("eastron_sdm120", [], "write a mapping as the dump, whose fields are holding, input"),
        ("eastron_sdm120", {"inputs": {}}, "'inputs' is no address space"),
        ("eastron_sdm120", {"input": {"-1": 0}}, "'-1' is no address"),
        ("eastron_sdm120", {"input": {"0": 65536}}, "input 0 is 65536: write 0 to 65535"),
        ("eastron_sdm120", {"coil": {"0": 2}}, "coil 0 is 2: write 0 to 1"),
    ],
)
def test_what_is_no_dump_is_refused_in_one_sentence(
    dump: Path, capsys: pytest.CaptureFixture[str], name: str, registers: object, told: str
) -> None:
    assert decode(dump, name, registers) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert told in output.err
    assert output.err.count("\n") == 1


def test_the_maps_are_listed_with_what_can_be_commanded(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "maps", "--json"]) == 0
    listed = {each["map"]: each for each in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (listed["huawei_sun2000"]["commands"], listed["huawei_sun2000"]["lease"]) == (["power", "reserve"], "timer")
    assert listed["eastron_sdm120"]["commands"] == []
    assert main(["devices", "maps"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(listed)


def test_a_map_of_ones_own_is_checked_and_used(tmp_path: Path, dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "schema: 2\nid: own\nmanufacturer: M\nmodel: R\nclass: meter\nsource: s\nverified: v\nrated_power_w: 5000\n"
        "points:\n  power_w: {space: holding, address: 1, type: i16, unit: W}\n"
        "  import_wh: {space: holding, address: 2, type: u16, unit: kWh}\n"
    )
    assert main(["devices", "maps", "--check", str(own)]) == 0
    assert decode(dump, str(own), {"holding": {"1": 0xFFFF, "2": 3}}) == 0
    assert json.loads(capsys.readouterr().out.partition("\n")[2])["import_wh"] == {"value": 3000, "unit": "Wh"}
    own.write_text(own.read_text().replace("i16", "i17"))
    assert main(["devices", "maps", "--check", str(own)]) == 1
    assert "own.yaml, point power_w: type is 'i17'; choose one of" in capsys.readouterr().err


def test_the_page_of_devices_says_what_the_maps_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "maps", "--page"]) == 0
    text = (Path(__file__).parents[2] / "docs/devices.md").read_text()
    begin, end = "<!-- from the register maps: local-vpp devices maps --page -->\n", "<!-- end -->"
    assert text.partition(begin)[2].partition(end)[0].strip() == capsys.readouterr().out.strip(), "make it anew"
