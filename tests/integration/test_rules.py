"""The rules that Home Assistant's own checks make for integrations, and that a custom one has to keep by itself."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

from PIL import Image
import pytest
import yaml

from custom_components.local_vpp.adopt_flow import MEANINGS
from custom_components.local_vpp.binary_sensor import BINARY_SENSORS
from custom_components.local_vpp.blackout_flow import HERTZ, UNMANAGED, VOLTS
from custom_components.local_vpp.blackout_home import BLACKOUT_ISSUES
from custom_components.local_vpp.blackout_settings import Source
from custom_components.local_vpp.building_drills import DRILL_ISSUE
from custom_components.local_vpp.button import BUTTONS
from custom_components.local_vpp.condition import CONDITIONS
from custom_components.local_vpp.const import DOMAIN, LOAD
from custom_components.local_vpp.coordinator import ISSUES
from custom_components.local_vpp.device_flow import DEVICE_MENU, SUBENTRY_FLOWS
from custom_components.local_vpp.device_search import FIND, FOUND_BY
from custom_components.local_vpp.devices import PARITIES
from custom_components.local_vpp.event import EVENTS
from custom_components.local_vpp.joining import REFUSALS
from custom_components.local_vpp.lib.localvpp.enrol import Why
from custom_components.local_vpp.lib.localvpp.islanding import Notice, Owner, Refusal, Wiring
from custom_components.local_vpp.lib.localvpp.islanding.report import Level
from custom_components.local_vpp.lib.localvpp.market.bidding import STRATEGIES
from custom_components.local_vpp.lib.localvpp.trading import Unplaced
from custom_components.local_vpp.load_flow import TIERS
from custom_components.local_vpp.market_actions import ORDER_ERRORS, SIDES
from custom_components.local_vpp.number import NUMBERS
from custom_components.local_vpp.sensor import SENSORS
from custom_components.local_vpp.services import LEVELS
from custom_components.local_vpp.trigger import TRIGGERS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "custom_components" / DOMAIN
MODULES = sorted(FOLDER.glob("*.py"))
TEXTS = {language: json.loads((FOLDER / "translations" / f"{language}.json").read_text()) for language in ("en", "ja")}
ICONS = json.loads((FOLDER / "icons.json").read_text())
MANIFEST = json.loads((FOLDER / "manifest.json").read_text())
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """All texts with their paths."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    else:
        yield path, value


# --- texts ------------------------------------------------------------------------------------------


def test_every_language_has_the_same_texts_with_the_same_placeholders() -> None:
    english, japanese = dict(leaves(TEXTS["en"])), dict(leaves(TEXTS["ja"]))
    assert english.keys() == japanese.keys()
    for path, text in english.items():
        assert set(PLACEHOLDER.findall(text)) >= set(PLACEHOLDER.findall(japanese[path])), path
        assert text.strip(), path
        assert japanese[path].strip(), path
        for each in (text, japanese[path]):
            assert not re.search(r"<\w+|\[%key", each), f"{path}: no HTML, no references in a custom integration"
            assert "://" not in each, f"{path}: an address is filled in, so that no translation can change it"
            assert not re.search(r"'\{\w+\}'", each), f"{path}: a placeholder in single quotes is not replaced"


def test_the_japanese_texts_are_japanese() -> None:
    same_in_both = {("title",), ("config", "flow_title")}
    for path, text in leaves(TEXTS["ja"]):
        if path not in same_in_both:
            assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", text), path


def test_every_field_of_a_form_is_described() -> None:
    steps = {("config", name): step for name, step in TEXTS["en"]["config"]["step"].items()}
    for kind, texts in TEXTS["en"]["config_subentries"].items():
        steps |= {(kind, name): step for name, step in texts["step"].items()}
    for name, step in TEXTS["en"]["options"]["step"].items():
        steps[("options", name)] = step
        steps |= {(name, part): {"title": texts["name"], **texts} for part, texts in step.get("sections", {}).items()}
    for where, step in steps.items():
        assert step["title"], where
        assert step["description"], where
        assert step.get("data", {}).keys() == step.get("data_description", {}).keys(), where
        assert step.get("menu_options", {}).keys() == step.get("menu_option_descriptions", {}).keys(), where


def test_every_way_to_connect_a_device_has_its_texts() -> None:
    config = TEXTS["en"]["config"]["step"]
    first = {"meter": (config["meter"], config)}
    sections = {kind: texts for kind, texts in TEXTS["en"]["config_subentries"].items() if kind != LOAD}
    assert sections.keys() == SUBENTRY_FLOWS.keys()
    further = {kind: (texts["step"]["user"], texts["step"]) for kind, texts in sections.items()}
    for kind, (menu, steps) in [*first.items(), *further.items()]:
        ways = menu["menu_options"].keys()
        assert set(DEVICE_MENU) - {FIND} <= ways <= set(DEVICE_MENU), kind
        assert ways <= steps.keys(), kind
        if FIND in ways:
            assert steps[FIND]["menu_options"].keys() == {f"{FIND}_{way}" for way in FOUND_BY} <= steps.keys(), kind
            assert "found" in steps, kind


def test_every_error_of_a_flow_has_a_text() -> None:
    config = TEXTS["en"]["config"]
    used = _strings_of(
        "config_flow.py",
        "meter_flow.py",
        "device_flow.py",
        "device_form.py",
        "device_search.py",
        "adopt_flow.py",
        "rating_form.py",
        "proof.py",
    )
    assert {why.value for why in Why if why is not Why.REFUSED} | REFUSALS | {"refused"} <= config["error"].keys()
    assert config["error"].keys() - {why.value for why in Why} - REFUSALS <= used
    assert config["abort"].keys() - {why.value for why in Why} <= used
    load = TEXTS["en"]["config_subentries"][LOAD]
    assert load["error"].keys() <= _strings_of("load_flow.py")
    assert TEXTS["en"]["options"]["error"].keys() <= _strings_of(
        "options_flow.py", "blackout_flow.py", "market_flow.py"
    )
    for kind, texts in TEXTS["en"]["config_subentries"].items():
        if kind == LOAD:
            continue
        assert kind in SUBENTRY_FLOWS
        assert texts["abort"].keys() == {
            "already_configured",
            "single_device",
            "wrong_device",
        }
        assert texts["error"].keys() <= used
        assert texts["initiate_flow"].keys() == {"user", "reconfigure"}
    options = {"parity": set(PARITIES)} | {name: set(options) for name, options in MEANINGS.values()}
    options |= {
        "hertz": set(HERTZ),
        "level": set(LEVELS),
        "nominal_v": set(VOLTS),
        "side": set(SIDES),
        "sources": set(Source),
        "strategy": set(STRATEGIES),
        "tier": set(TIERS),
        "wiring": {UNMANAGED, *Wiring},
    }
    assert {name: each["options"].keys() for name, each in TEXTS["en"]["selector"].items()} == options


def _strings_of(*names: str) -> set[str]:
    return {
        node.value
        for name in names
        for node in ast.walk(ast.parse((FOLDER / name).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


_ERRORS = {"UpdateFailed", "HomeAssistantError", "ServiceValidationError"}


def test_every_error_and_issue_is_translated() -> None:
    raised = {
        keyword.value.value
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        for keyword in node.keywords
        if keyword.arg == "translation_key"
        and isinstance(keyword.value, ast.Constant)
        and (node.func.id.startswith("ConfigEntry") or node.func.id in _ERRORS)
    }
    assert raised | set(ORDER_ERRORS.values()) == TEXTS["en"]["exceptions"].keys()
    assert ORDER_ERRORS.keys() == set(Unplaced)
    assert {*ISSUES, *BLACKOUT_ISSUES, DRILL_ISSUE} == TEXTS["en"]["issues"].keys()
    for issue in TEXTS["en"]["issues"].values():
        assert "title" in issue
        assert ("description" in issue) != ("fix_flow" in issue)


def test_all_that_people_are_told_in_a_blackout_is_translated() -> None:
    told = {f"{prefix}_{notice}" for notice in Notice for prefix in ("notice", "advice")}
    told |= {f"refusal_{reason}" for reason in Refusal} | {"report_link"}
    assert TEXTS["en"]["common"].keys() == told
    events = TEXTS["en"]["entity"]["event"]["notice"]["state_attributes"]["event_type"]["state"]
    assert events.keys() == set(Notice)
    sensors = TEXTS["en"]["entity"]["sensor"]
    assert sensors["backup"]["state_attributes"]["owner"]["state"].keys() == set(Owner)
    assert sensors["last_drill"]["state_attributes"]["level"]["state"].keys() == set(Level)


def test_every_action_has_its_texts_and_its_icon() -> None:
    actions = _described("services.yaml")
    texts = TEXTS["en"]["services"]
    assert actions.keys() == texts.keys() == ICONS["services"].keys()
    for name, action in actions.items():
        assert action["fields"].keys() == texts[name]["fields"].keys(), name
        assert texts[name]["name"], name
        assert texts[name]["description"], name
        assert ICONS["services"][name]["service"], name
    assert actions.keys() <= _strings_of("services.py", "market_actions.py")


@pytest.mark.parametrize(("what", "known"), [("trigger", TRIGGERS), ("condition", CONDITIONS)])
def test_every_trigger_and_condition_has_its_texts_and_its_icon(what: str, known: dict[str, Any]) -> None:
    described, texts, icons = _described(f"{what}s.yaml"), TEXTS["en"][f"{what}s"], ICONS[f"{what}s"]
    assert described.keys() == known.keys() == texts.keys() == icons.keys()
    for name, each in described.items():
        assert each["fields"].keys() == texts[name]["fields"].keys(), name
        assert texts[name]["name"], name
        assert texts[name]["description"], name
        assert icons[name][what], name
        assert all(target["integration"] == DOMAIN for target in each["target"]["entity"]), name


def test_every_trigger_condition_and_action_has_its_place_in_the_documentation() -> None:
    page = (ROOT / "docs" / "automations.md").read_text()
    told = set(re.findall(rf"^### `{DOMAIN}\.(\w+)`", page, re.MULTILINE))
    assert told == {*TRIGGERS, *CONDITIONS, *_described("services.yaml")}
    for name, action in _described("services.yaml").items():
        place = page.split(f"### `{DOMAIN}.{name}`")[1].split("\n### ")[0]
        assert all(f"`{field}`" in place for field in action["fields"]), name


def _described(file: str) -> dict[str, Any]:
    """What a file of descriptions says, without what only its anchors are for."""
    described = yaml.safe_load((FOLDER / file).read_text())
    return {name: each for name, each in described.items() if not name.startswith(".")}


PLATFORMS = {
    "sensor": SENSORS,
    "binary_sensor": BINARY_SENSORS,
    "button": BUTTONS,
    "event": EVENTS,
    "number": NUMBERS,
}


@pytest.mark.parametrize(("platform", "descriptions"), PLATFORMS.items())
def test_every_entity_has_a_name_and_an_icon(platform: str, descriptions: tuple[Any, ...]) -> None:
    texts, icons = TEXTS["en"]["entity"][platform], ICONS["entity"][platform]
    keys = {each.translation_key for each in descriptions if each.translation_key is not None}
    assert texts.keys() == keys
    assert icons.keys() <= keys
    for each in descriptions:
        assert each.translation_key is not None or each.device_class is not None, each.key
        # What has a device class has its icon; everything else needs one of its own.
        assert each.device_class not in (None, "enum") or each.translation_key in icons, each.key
        if getattr(each, "options", None) is not None:
            assert texts[each.translation_key]["state"].keys() == set(each.options), each.key
    assert len({(each.part, each.key) for each in descriptions}) == len(descriptions)


# --- files ------------------------------------------------------------------------------------------


def test_the_manifest_is_in_order() -> None:
    keys = list(MANIFEST)
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    assert (MANIFEST["domain"], MANIFEST["iot_class"], MANIFEST["integration_type"]) == (DOMAIN, "local_push", "hub")
    assert MANIFEST["codeowners"]
    assert all(MANIFEST[key].startswith("https://") for key in ("documentation", "issue_tracker"))
    for requirement in MANIFEST["requirements"]:
        assert re.fullmatch(r"[\w-]+==[\w.]+", requirement), "requirements are pinned"
    pyproject = (ROOT / "pyproject.toml").read_text()
    assert f'version = "{MANIFEST["version"]}"' in pyproject, "one version everywhere"
    hacs = json.loads((ROOT / "hacs.json").read_text())
    assert hacs == {"name": MANIFEST["name"], "homeassistant": "2026.10.0"}
    assert "Apache License" in (ROOT / "LICENSE").read_text()


def test_nothing_is_required_that_is_not_imported() -> None:
    imported = {
        (node.module or "").partition(".")[0]
        if isinstance(node, ast.ImportFrom)
        else node.names[0].name.partition(".")[0]
        for path in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
    }
    assert {requirement.partition("==")[0] for requirement in MANIFEST["requirements"]} <= imported
    assert "coordinator" not in imported
    assert "localvpp" not in imported, "inside the integration the library has another name"


@pytest.mark.parametrize(
    ("name", "size"),
    [
        (f"{shade}{kind}{scale}", (width * times, 256 * times))
        for shade in ("", "dark_")
        for kind, width in (("icon", 256), ("logo", 880))
        for scale, times in (("", 1), ("@2x", 2))
    ],
)
def test_the_brand_has_all_its_images(name: str, size: tuple[int, int]) -> None:
    with Image.open(FOLDER / "brand" / f"{name}.png") as image:
        assert image.size == size
        assert image.mode == "RGBA"
        assert image.getchannel("A").getextrema() == (0, 255), "a transparent ground, and something on it"
    assert (ROOT / "docs" / "brand" / f"{name.removesuffix('@2x')}.svg").is_file()


# --- code -------------------------------------------------------------------------------------------


def test_the_quality_scale_is_complete_and_claims_no_more_than_is_done() -> None:
    text = (FOLDER / "quality_scale.yaml").read_text()
    rules = yaml.safe_load(text)["rules"]
    assert len(rules) == 54
    status = {name: rule if isinstance(rule, str) else rule["status"] for name, rule in rules.items()}
    assert set(status.values()) <= {"done", "todo", "exempt"}
    has_options = "async_get_options_flow" in (FOLDER / "config_flow.py").read_text()
    assert (status["docs-configuration-parameters"] == "exempt") is not has_options
    for name, rule in rules.items():
        assert status[name] != "exempt" or rule["comment"], f"{name}: an exemption has its reason"
    tiers = ["bronze", "silver", "gold", "platinum"]
    begins = [text.index(f"# {tier.capitalize()}") for tier in tiers]
    reached = 0
    for at, begin in enumerate(begins):
        part = text[begin : begins[at + 1] if at + 1 < len(begins) else None]
        if any(status[name] == "todo" for name in yaml.safe_load(part)):
            break
        reached = at + 1
    claimed = MANIFEST.get("quality_scale")
    assert claimed is None or tiers.index(claimed) < reached


def test_every_platform_says_how_many_updates_run_at_once() -> None:
    for name in PLATFORMS:
        tree = ast.parse((FOLDER / f"{name}.py").read_text())
        names = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        assert "PARALLEL_UPDATES" in names


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_stays_readable(module: Path) -> None:
    text = module.read_text()
    assert text.startswith('"""')
    assert len(text.splitlines()) <= 450
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None
            assert not (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})


def test_sensors_keep_the_rules_of_their_classes() -> None:
    """Home Assistant warns about these at run time only."""
    from homeassistant.components.sensor.const import (
        DEVICE_CLASS_STATE_CLASSES,
        DEVICE_CLASS_UNITS,
    )

    for each in SENSORS:
        if each.device_class in DEVICE_CLASS_UNITS and each.device_class != "monetary":
            assert each.native_unit_of_measurement in DEVICE_CLASS_UNITS[each.device_class], each.key
        if each.state_class is not None and each.device_class is not None:
            assert each.state_class in DEVICE_CLASS_STATE_CLASSES[each.device_class], each.key
