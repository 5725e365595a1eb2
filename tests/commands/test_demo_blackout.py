"""The check of a blackout's demonstration finds what an outage, a return and a drill must not show."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commands.demo import blackout, cli
from commands.demo.blackout import ABLE, GAPS_S, MUTE, NOTHING, PAIR, Course, check_course
from commands.demo.drill import Held, check_drill
from commands.demo.findings import Finding
from commands.demo.outage import Change, Living, Telling, separated
from commands.errors import CommandError
from commands.flatblackout import settings_of

from .demonstrating import demonstrated

GONE_MS, BACK_MS = 1_000_000, 1_040_000
FLATS = ("101", "102", "103", "104", "201")
PATIENCE_S = 900
"""Three flats of the drill take their turns, one after the other, and a busy machine's starts."""


def course() -> Course:
    dark = {"101": 1.0, "103": 6.0, NOTHING: 30.0, **GAPS_S}
    gone = Change(GONE_MS, 30.0, {flat: Living(flat, dark[flat], dark[flat], dark[flat]) for flat in FLATS})
    gone.living[NOTHING].fed_s = None
    home = {"101": 0.6, "102": 10.0, PAIR: 17.0, NOTHING: 0.6, "201": 12.3}
    back = Change(BACK_MS, 30.0, {flat: Living(flat, 0.02, 0.1, home[flat]) for flat in FLATS})
    told = {flat: (Telling(GONE_MS + 700, "islanded", ""),) for flat in FLATS if flat != NOTHING}
    return Course(gone, back, told)


def held() -> Held:
    flats: list[dict[str, Any]] = [
        {
            "flat": flat,
            "passed": True if flat in ABLE else None,
            "reasons": ["not_possible"] if flat == "101" else [],
            "called_ms": None if flat == NOTHING else GONE_MS,
        }
        for flat in FLATS
    ]
    ends = ("json", "ja.pdf", "en.pdf")
    return Held(
        {"ended": "done", "demand_seen_w": 9_000, "flats": flats},
        report={"criteria": [{"name": "whole", "passed": True}]},
        files={f"{who}.{end}": 1000 for who in ("building", *ABLE) for end in ends},
        most_out=1,
        out=set(ABLE),
        dark_s={**dict.fromkeys(FLATS, 0.0), "201": 4.6},
        told_dark_s=dict.fromkeys(ABLE, 5.1),
        fed=set(FLATS),
    )


def failed(findings: list[Finding]) -> list[int]:
    return [index for index, finding in enumerate(findings) if not finding.holds]


def test_what_is_as_it_should_be_passes() -> None:
    assert failed(check_course(course())) == []
    assert failed(check_drill(held(), ABLE, MUTE)) == []


def _dark_for_long(told: Course) -> None:
    told.gone.living[PAIR].dark_s = 10.1


def _never_fed(told: Course) -> None:
    told.gone.living["101"].fed_s = None


def _fed_by_nothing(told: Course) -> None:
    told.gone.living[NOTHING].fed_s = 3.0


def _another_gap(told: Course) -> None:
    told.gone.living["102"].dark_s = 0.021


def _back_too_early(told: Course) -> None:
    told.back.living[PAIR].moved_s = 10.5


def _never_back(told: Course) -> None:
    told.back.living["101"].moved_s = None


@pytest.mark.parametrize(
    ("spoil", "index"),
    [(_dark_for_long, 0), (_never_fed, 0), (_fed_by_nothing, 0), (_another_gap, 1), (_back_too_early, 3)],
)
def test_an_outage_that_is_not_as_it_should_be_is_found(spoil: Callable[[Course], None], index: int) -> None:
    told = course()
    spoil(told)
    assert failed(check_course(told)) == [index]


def test_a_flat_that_does_not_return_is_found() -> None:
    told = course()
    _never_back(told)
    assert failed(check_course(told)) == [4]


@pytest.mark.parametrize(
    ("shown", "holds"),
    [
        ({"outage": ("on", GONE_MS + 900), "backup": ("islanded", GONE_MS + 1_900)}, True),
        ({"outage": ("on", GONE_MS + 900), "backup": ("islanded", GONE_MS + 2_100)}, False),
        ({"outage": ("off", GONE_MS - 9_000), "backup": ("islanded", GONE_MS)}, False),
        ({"outage": ("on", GONE_MS)}, False),
    ],
)
def test_what_home_assistant_shows_of_an_outage_is_checked(shown: dict[str, tuple[str, int]], holds: bool) -> None:
    assert failed(check_course(replace(course(), shown=shown))) == ([] if holds else [5])


@pytest.mark.parametrize("notices", [(), (Telling(GONE_MS + 2_100, "grid_lost", ""),), (Telling(1, "returned", ""),)])
def test_an_outage_that_is_told_late_or_not_at_all_is_found(notices: tuple[Telling, ...]) -> None:
    told = course()
    late = Course(told.gone, told.back, {**told.told, PAIR: notices})
    assert failed(check_course(late)) == [2]


@pytest.mark.parametrize(
    ("change", "index"),
    [
        ({"most_out": 2}, 1),
        ({"dark_s": {**dict.fromkeys(FLATS, 0.0), PAIR: 20.1}, "told_dark_s": dict.fromkeys(ABLE, 21.0)}, 2),
        ({"told_dark_s": {**dict.fromkeys(ABLE, 5.1), "201": 4.5}}, 3),
        ({"told_dark_s": {**dict.fromkeys(ABLE, 5.1), PAIR: None}}, 3),
        ({"fed": set(FLATS) - {"102"}}, 2),
        ({"report": {"criteria": [{"name": "whole", "passed": None}]}}, 4),
        ({"report": {"criteria": []}}, 4),
        ({"files": {"building.json": 1}}, 5),
    ],
)
def test_a_drill_that_is_not_as_it_should_be_is_found(change: dict[str, Any], index: int) -> None:
    assert failed(check_drill(replace(held(), **change), ABLE, MUTE)) == [index]


@pytest.mark.parametrize(
    ("told", "index"),
    [
        ({"ended": "time"}, 4),
        ({"demand_seen_w": 100_001}, 1),
        ({"demand_seen_w": None}, 1),
        ({"flats": [{"flat": flat, "passed": None, "reasons": [], "called_ms": 1} for flat in FLATS]}, 0),
    ],
)
def test_what_the_coordinator_says_of_a_drill_is_held_against_it(told: dict[str, Any], index: int) -> None:
    good = held()
    assert index in failed(check_drill(replace(good, told={**good.told, **told}), ABLE, MUTE))


@pytest.mark.parametrize(
    ("island", "main", "by_inverter", "out"),
    [(None, None, True, True), (None, None, False, False), ({}, True, True, False), ({}, False, False, True)],
)
def test_a_pair_is_off_the_grid_by_its_main_contact(
    island: object, main: bool | None, by_inverter: bool, out: bool
) -> None:
    assert separated({"island": island, "relay": {"contact": main}, "separated": by_inverter}) is out


@pytest.mark.parametrize("more", [["--flats", "4"], ["--minutes", "2"], ["--profiles", "home.csv"]])
def test_a_blackout_has_a_course_of_its_own(more: list[str]) -> None:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    with pytest.raises(CommandError, match="--blackout has a building and a course of its own"):
        cli.run(parser.parse_args(["--blackout", *more]))


def test_the_demonstrations_hold_is_one_that_a_policy_takes() -> None:
    for wiring, more in blackout.OF_WIRING.items():
        settings = settings_of({"wiring": wiring, **blackout.COMMON, **more})
        assert settings.policy.hold_s[0] > settings.policy.device_hold_s


@pytest.mark.slow
@pytest.mark.usefixtures("socket_enabled")
async def test_the_check_of_a_blackout_passes(tmp_path: Path) -> None:
    words = ("--blackout", "--check", "--home-assistants", "0", "--keep", str(tmp_path / "kept"))
    code, told = await demonstrated(*words, patience_s=PATIENCE_S)
    assert code == 0, told
    assert "0 failed" in told
