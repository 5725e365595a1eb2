"""A headless flat's blackouts: how its living room is wired, as a file says, and what its logic has told and held.

    local-vpp flat run … --blackout blackout.yaml [--island-relay tcp://…]
    local-vpp flat blackout --data DIR [--report SHA256 -o FILE]

The file names the wiring and, where they are other than the usual ones, its numbers (docs/managers.md). Numbers that
safety orders against each other are refused by the blackout logic itself.
"""

import argparse
import asyncio
from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any, Final

import voluptuous as vol
import yaml

from localvpp.blackout import Blackout, BlackoutSettings
from localvpp.blackout.blackout import JOURNAL
from localvpp.blackout.book import BlackoutBook
from localvpp.islanding import Policy, Wiring, japanese
from localvpp.islanding.endurance import Recharge, Reserve
from localvpp.store import FlatStore

from .errors import CommandError

_SECONDS: Final = vol.All(vol.Any(int, float), vol.Coerce(float))
_POLICY: Final[Mapping[str, object]] = {
    **dict.fromkeys(("sync_check", "returns_by_itself"), bool),
    **dict.fromkeys(("confirm_s", "answer_s", "return_answer_s", "device_hold_s", "spread_s", "break_s"), _SECONDS),
    **dict.fromkeys(("least_s", "person_s", "longest_drill_s", "steady_s", "between_drills_s"), _SECONDS),
    **dict.fromkeys(("announce_s", "unseen_s", "handoff_s"), _SECONDS),
    "most_an_hour": int,
}
"""By the names that `islanding.Policy` has for them."""
_FLAT: Final[Mapping[str, object]] = {
    **dict.fromkeys(("medical", "attended", "v2h_forms", "battery_forms"), bool),
    **dict.fromkeys(("overdue_days", "living_rated_w", "lease_s", "watchdog_s"), int),
}
"""By the names that `blackout.BlackoutSettings` has for them."""
_PERCENT: Final = vol.All(int, vol.Range(0, 100))
_FIELDS: Final[dict[Any, object]] = {vol.Optional(name): kind for name, kind in {**_POLICY, **_FLAT}.items()}
_SCHEMA: Final = vol.Schema(
    _FIELDS
    | {
        vol.Required("wiring"): vol.In([each.value for each in Wiring]),
        vol.Required("hertz"): vol.In([50, 60]),
        vol.Optional("nominal_v", default=100): vol.In([100, 200]),
        vol.Optional("hold_s"): vol.All([_SECONDS], vol.Length(min=1)),
        vol.Optional("reserve"): {
            vol.Required("usual_percent"): _PERCENT,
            vol.Optional("warned_percent", default=100): _PERCENT,
        },
    }
)


def settings_of(told: Mapping[str, Any]) -> BlackoutSettings:
    """Return the settings that a file's values describe.

    Raises:
        ValueError: they cannot be used together; says why.
    """
    policy = {name: told[name] for name in _POLICY if name in told}
    if "hold_s" in told:
        policy["hold_s"] = tuple(told["hold_s"])
    profile = japanese(told["hertz"], nominal_v=told["nominal_v"])
    spread_s = policy.get("spread_s", 0.0)
    reserve = told.get("reserve")
    return BlackoutSettings(
        policy=Policy(wiring=Wiring(told["wiring"]), profile=profile, **policy),
        reserve=None if reserve is None else Reserve(**reserve),
        recharge=Recharge(delay_s=spread_s),
        **{name: told[name] for name in _FLAT if name in told},
    )


def read_settings(file: Path) -> BlackoutSettings:
    """Read a file. Blocking.

    Raises:
        CommandError: it cannot be read, or its values cannot be used.
    """
    try:
        told = _SCHEMA(yaml.safe_load(file.read_text(encoding="utf-8")))
        return settings_of(told)
    except (OSError, ValueError, yaml.YAMLError, vol.Invalid) as error:
        raise CommandError(f"--blackout {file}: {error}") from error


def add_run_arguments(work: argparse.ArgumentParser) -> None:
    """Describe what a running flat is told of it."""
    work.add_argument(
        "--blackout", type=Path, metavar="FILE.yaml", help="keep the living room alight, wired as this file says"
    )
    work.add_argument("--island-relay", help="of a pair of contactors the one to the inverter; --relay is the main one")


async def blackout_of(arguments: argparse.Namespace, flat: str, store: FlatStore) -> Blackout | None:
    """Return the blackout logic of a flat, if it is set up.

    Raises CommandError.
    """
    if arguments.blackout is None:
        return None
    settings = await asyncio.to_thread(read_settings, arguments.blackout)
    return Blackout(settings, flat=flat, journal=arguments.data / JOURNAL, store=store)


def add_show_arguments(shown: argparse.ArgumentParser) -> None:
    """Describe what can be shown of it."""
    shown.add_argument("--data", type=Path, required=True)
    shown.add_argument("--report", metavar="SHA256", help="write this drill's report instead")
    shown.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to")


async def show(arguments: argparse.Namespace, store: FlatStore) -> None:
    """Print what people were told and which drills were held, or write one drill's report."""
    book = BlackoutBook(store)
    if arguments.report is not None:
        await _write(book, arguments)
        return
    told = [{"time_ms": each.time_ms, "notice": each.notice.value, "detail": each.detail} for each in await book.told()]
    drills = [
        {
            "begun_ms": each.begun_ms,
            "ended_ms": each.summary.ended_ms,
            "level": each.summary.level.value,
            "passed": each.summary.passed,
            "aborted": each.summary.aborted,
            "transfer": each.summary.transfer,
            "report": each.summary.report.hex(),
            "call": each.summary.call,
        }
        for each in await book.reports()
    ]
    print(json.dumps({"told": told, "drills": drills}, indent=2, ensure_ascii=False))


async def _write(book: BlackoutBook, arguments: argparse.Namespace) -> None:
    if arguments.output is None:
        raise CommandError("--report needs --output: name the file to write")
    try:
        digest = bytes.fromhex(arguments.report)
    except ValueError as error:
        raise CommandError(f"--report {arguments.report}: give its SHA-256 as 64 hex digits") from error
    document = await book.document(digest)
    if document is None:
        raise CommandError(f"--report {arguments.report}: no drill of this flat has it")
    await asyncio.to_thread(arguments.output.write_bytes, document)
