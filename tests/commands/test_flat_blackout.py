"""How a headless flat is told how its living room is wired, and what it refuses."""

import argparse
from pathlib import Path

import pytest

from commands.errors import CommandError
from commands.flatblackout import add_run_arguments, blackout_of, read_settings
from localvpp.islanding import Wiring
from localvpp.islanding.endurance import Reserve


def written(folder: Path, text: str) -> Path:
    file = folder / "blackout.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_wiring_and_a_frequency_are_enough(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, "{wiring: autonomous, hertz: 50}"))
    assert settings.policy.wiring is Wiring.AUTONOMOUS
    assert settings.policy.hold_s[0] == 300


def test_numbers_come_by_the_names_that_the_logic_has_for_them(tmp_path: Path) -> None:
    text = """\
wiring: pair
hertz: 60
nominal_v: 200
hold_s: [12, 24]
device_hold_s: 10
watchdog_s: 20
lease_s: 30
reserve: {usual_percent: 30}
"""
    settings = read_settings(written(tmp_path, text))
    policy = settings.policy
    assert (policy.hold_s, policy.device_hold_s, policy.profile.enter.low_v) == ((12.0, 24.0), 10.0, 190.0)
    assert (settings.watchdog_s, settings.lease_s) == (20, 30)
    assert settings.reserve == Reserve(usual_percent=30, warned_percent=100)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{hertz: 50}", "required key not provided"),
        ("{wiring: ups, hertz: 50}", "value must be one of"),
        ("{wiring: autonomous, hertz: 50, colour: 5}", "colour"),
        ("{wiring: autonomous, hertz: 50, hold_s: [10]}", "the device itself waits 300 s; wait that long at least"),
        ("{wiring: owned, hertz: 50}", "wiring owned: a device that does not go back by itself"),
        ("{wiring: pair, hertz: 50}", "watchdog_s is missing"),
        ("{wiring: autonomous, hertz: 50, reserve: {usual_percent: 3}}", "usual_percent 3"),
        ("wiring: [", "while parsing"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CommandError, match=told):
        read_settings(written(tmp_path, text))


async def test_without_a_file_there_is_no_blackout_logic(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    add_run_arguments(parser)
    assert await blackout_of(parser.parse_args([]), "101", None) is None  # type: ignore[arg-type]
    with pytest.raises(CommandError, match="nowhere"):
        read_settings(tmp_path / "nowhere.yaml")
