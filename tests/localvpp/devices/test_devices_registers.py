"""Maps are checked before any device is asked, and errors lead to the line."""

from fractions import Fraction
from importlib import resources

import pytest
import yaml

from localvpp import devices
from localvpp.devices import DeviceClass, MapError, available_maps, load_map, parse_map
from localvpp.devices.mapping import reader
from localvpp.devices.mapping.vocabulary import POINTS

GOOD = """
schema: 2
id: some_meter
manufacturer: Maker
model: M1
class: meter
source: the maker's protocol
verified: by hand
rated_power_w: 10000
points:
  power_w: {space: input, address: 12, type: f32, unit: kW, sign: -1, range: [-15000, 15000]}
  import_wh: {space: holding, address: 72, type: u32, words: little, unit: kWh, scale: 0.1, sentinels: [0xFFFFFFFF]}
"""


def test_every_map_that_comes_with_the_product_can_be_used() -> None:
    assert {"eastron_sdm120", "relay"} <= set(available_maps())
    for name in available_maps():
        device = load_map(name)
        assert {point.name for point in device.points} <= set(POINTS[device.device_class])


def test_a_map_says_what_one_step_of_a_register_is() -> None:
    device = parse_map("some_meter.yaml", GOOD)
    power, energy = device.point("power_w"), device.point("import_wh")
    assert power is not None
    assert energy is not None
    assert (power.factor, energy.factor) == (Fraction(-1000), Fraction(100))
    assert device.device_class is DeviceClass.METER


def test_a_meter_behind_transformers_may_show_more_power_but_no_more_voltage() -> None:
    device = load_map("eastron_sdm120")
    bulk = device.rated(126_000)
    for name, ratio in (("power_w", 10), ("current_a", 10), ("voltage_v", 1)):
        small, large = device.point(name), bulk.point(name)
        assert small is not None
        assert large is not None
        assert small.limits is not None
        assert large.limits == (small.limits[0] * ratio, small.limits[1] * ratio)
    with pytest.raises(ValueError, match="relay cannot be rated"):
        load_map("relay").rated(1000)


@pytest.mark.parametrize(
    ("was", "becomes", "point", "field"),
    [
        ("schema: 2", "schema: 1", None, "schema"),
        ("id: some_meter", "id: other", None, "id"),
        ("class: meter", "class: boiler", None, "class"),
        ("source: the maker's protocol", "source:", None, "source"),
        ("rated_power_w: 10000", "rated_power_w: 0", None, "rated_power_w"),
        ("rated_power_w: 10000", "rated_power_w: 10000\nfarm: 1", None, "farm"),
        ("rated_power_w: 10000", "rated_power_w: 10000\nlimits: {max_registers: 126}", None, "limits.max_registers"),
        ("import_wh:", "imprt_wh:", None, "points"),
        ("  import_wh:", "  export_wh:", None, "points"),
        ("space: input", "space: inputs", "power_w", "space"),
        ("space: input", "space: coil", "power_w", "space"),
        ("address: 12", "address: 65535", "power_w", "address"),
        ("address: 12", "address: twelve", "power_w", "address"),
        ("type: f32", "type: f16", "power_w", "type"),
        ("type: f32", "type: bit", "power_w", "type"),
        ("type: f32", "type: text", "power_w", "type"),
        ("unit: kW,", "unit: kWh,", "power_w", "unit"),
        ("sign: -1", "sign: 2", "power_w", "sign"),
        ("range: [-15000, 15000]", "range: [1, 1]", "power_w", "range"),
        ("power_w: {", "current_a: {space: input, address: 1, type: f32, unit: A}\n  power_w: {", "current_a", "range"),
        ("space: input", "space: input, high: 14", "power_w", "high"),
        ("space: input", "space: input, states: {0: waiting}", "power_w", "states"),
        ("space: input", "space: input, islanded: [gone]", "power_w", "islanded"),
        ("range: [-15000, 15000]", "range: [-15000, 15000], rnge: 1", "power_w", "rnge"),
        ("range: [-15000, 15000]", "range: [-15000, 15000], writable: true", "power_w", "writable"),
        ("words: little", "words: middle", "import_wh", "words"),
        ("scale: 0.1", "scale: 0", "import_wh", "scale"),
        ("scale: 0.1", "scale: 0.1, sign: -1", "import_wh", "sign"),
        ("sentinels: [0xFFFFFFFF]", "sentinels: [0x1FFFFFFFF]", "import_wh", "sentinels"),
        ("sentinels: [0xFFFFFFFF]", "sentinels: -1", "import_wh", "sentinels"),
    ],
)
def test_what_is_wrong_in_a_map_is_named(was: str, becomes: str, point: str | None, field: str) -> None:
    assert was in GOOD
    with pytest.raises(MapError) as caught:
        parse_map("some_meter.yaml", GOOD.replace(was, becomes, 1))
    assert (caught.value.file, caught.value.point, caught.value.field) == ("some_meter.yaml", point, field)
    assert str(caught.value).startswith("some_meter.yaml")
    assert "; " in str(caught.value)


@pytest.mark.parametrize("text", ["[", "- 1", "", "points: {}"])
def test_what_is_no_map_at_all_is_refused(text: str) -> None:
    with pytest.raises(MapError, match=r"some_meter\.yaml"):
        parse_map("some_meter.yaml", text)


@pytest.mark.parametrize(
    ("was", "becomes", "shown"),
    [
        ("class: meter", "class:\n\tmeter", "found character '\\t' that cannot start any token"),
        ("class: meter", "class: *meter", "found undefined alias 'meter'"),
        ("class: meter", "class: me: ter", "class: me: ter\n"),
        ("class: meter", "class: me\x07ter", "unacceptable character #x0007"),
        ("class: meter", "class: me\ud800ter", "unacceptable character #xd800"),
        ("class: meter", 'class: "\\UFFFFFFFF"', "invalid Unicode character escape code"),
        ("class: meter", "class: 2026-13-45", "month must be in 1..12"),
    ],
)
def test_what_is_no_yaml_is_shown_with_its_character_or_its_line(was: str, becomes: str, shown: str) -> None:
    assert was in GOOD
    with pytest.raises(MapError) as caught:
        parse_map("some_meter.yaml", GOOD.replace(was, becomes, 1))
    assert (caught.value.file, caught.value.field) == ("some_meter.yaml", "text")
    assert shown in str(caught.value.value)


def test_maps_are_read_as_well_where_there_is_no_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = resources.files(devices) / "maps"
    monkeypatch.setattr(reader, "_LOADER", yaml.SafeLoader)
    for name in available_maps():
        assert parse_map(f"{name}.yaml", (folder / f"{name}.yaml").read_text(encoding="utf-8")) == load_map(name)


def test_a_map_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(MapError, match=f"choose one of {', '.join(available_maps())}"):
        load_map("eastron_sdm999")


def test_a_relay_without_feedback_or_without_a_command_is_refused() -> None:
    relay = "schema: 2\nid: r\nmanufacturer: M\nmodel: R\nclass: relay\nsource: s\nverified: v\npoints:\n"
    command = "  commanded: {space: coil, address: 0, writable: true}\n"
    with pytest.raises(MapError, match="needs the point closed"):
        parse_map("r.yaml", relay + command)
    with pytest.raises(MapError, match="writable"):
        parse_map("r.yaml", relay + command.replace("true", "false") + "  closed: {space: discrete, address: 0}\n")
