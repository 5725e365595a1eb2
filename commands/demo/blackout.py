"""The demonstration of a blackout: an outage of the whole building with its living rooms fed, the return, and a drill.

A small building, one flat of each wiring and one that has none. Its inverters wait ten seconds before they return
instead of five minutes, and so the flats hold twelve: a policy refuses a hold shorter than its device's own. All else
is what real flats run.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import json
from typing import Any, Final

import aiohttp
from rich.console import Console

from . import building as parts
from .findings import Finding
from .home_assistant import HomeAssistant
from .manager import Manager
from .outage import Change, Telling, change_grid, separated, told
from .resident import blackout_shown

DEVICE_HOLD_S: Final = 10
HOLD_S: Final = 12
FLATS: Final = 5
GAPS_S: Final[Mapping[str, float]] = {"102": 0.02, "201": 2.3}
"""How long the inverters of the flats on backup terminals take from the grid to an island, and back."""
PAIR: Final = "103"
AUTONOMOUS: Final = "101"
NOTHING: Final = "104"
"""It has neither PV nor a battery."""
ABLE: Final = frozenset({PAIR, *GAPS_S})
"""Flats that can be separated upon request."""
MUTE: Final = frozenset({NOTHING})
"""Flats that nothing tells of where they are."""
MIX: Final = parts.Mix(
    (AUTONOMOUS,),
    (
        *("--frequency", "50", "--reconnect-delay", str(DEVICE_HOLD_S)),
        *("--wiring", f"{AUTONOMOUS}=autonomous,inverter=1xx"),
        *("--wiring", f"102=owned,inverter=1xx,gap={GAPS_S['102']:g},meter=line"),
        *("--wiring", f"{PAIR}=pair,inverter=1xx,gap=0.5,watchdog=20"),
        *("--wiring", f"201=owned,inverter=1xx,gap={GAPS_S['201']:g}"),
    ),
)
OUTAGE_S: Final = 20
"""So long the outage lasts once all is as it should be."""
LIT_S: Final = 10.0
"""A living room is to be fed within this (NFPA 110's type 10)."""
TOLD_S: Final = 2.0
"""Our part of the reaction: one poll and a second."""
METER_S: Final = 1.0
"""A meter that died with its line is waited for in the poll in which it did."""
DYING: Final = frozenset({"102"})
RETURN_S: Final = HOLD_S + 120
READY_S: Final = 90

COMMON: Final = {
    "hertz": 50,
    "nominal_v": 200,
    "hold_s": [HOLD_S, 2 * HOLD_S, 5 * HOLD_S],
    "device_hold_s": DEVICE_HOLD_S,
    "steady_s": 15,
    "announce_s": 5,
    "lease_s": 20,
}
OF_WIRING: Final[Mapping[str, Mapping[str, object]]] = {
    "autonomous": {},
    "owned": {"returns_by_itself": True},
    # Its inverter has its output alive after half a second: there is nothing to ride through for longer.
    "pair": {"watchdog_s": 20, "confirm_s": 1},
}


@dataclass(frozen=True, slots=True)
class Course:
    """What was seen of the outage and of the return."""

    gone: Change
    back: Change
    told: Mapping[str, tuple[Telling, ...]]
    """By headless flat."""
    shown: Mapping[str, tuple[str, int]] | None = None
    """What Home Assistant's entities showed at the end of the outage, and since when; None without one."""


def options(demo: parts.Building, flat: parts.SimulatedFlat) -> Sequence[str]:
    """Write how a headless flat's living room is wired; return the options of its agent. Blocking."""
    if flat.flat == NOTHING:
        return ()
    file = demo.folder / "flats" / f"{flat.flat}.blackout.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    # What JSON is, is YAML.
    file.write_text(json.dumps({"wiring": flat.wiring, **COMMON, **OF_WIRING[flat.wiring]}, indent=2), encoding="utf-8")
    island = ("--island-relay", flat.relay) if flat.wiring == "pair" and flat.relay else ()
    return "--blackout", str(file), *island


def _all_out(flats: Mapping[str, dict[str, Any]]) -> bool:
    return all(separated(flat) and flat["energised"] for name, flat in flats.items() if name != NOTHING)


def _all_home(flats: Mapping[str, dict[str, Any]]) -> bool:
    return not any(separated(flat) or not flat["energised"] for flat in flats.values())


async def outage_and_return(
    console: Console,
    session: aiohttp.ClientSession,
    demo: parts.Building,
    headless: Sequence[parts.SimulatedFlat],
    resident: HomeAssistant | None = None,
) -> Course:
    """Break the grid of the building, have the flats live on their batteries, mend it, and wait for their return."""
    url = demo.simulation.url
    console.print("The grid goes …")
    gone = await change_grid(session, url, on=False, done=_all_out, within_s=60, then_s=OUTAGE_S)
    for living in gone.living.values():
        if living.fed_s is None:
            console.print(f"  flat {living.flat}: dark")
        else:
            console.print(f"  flat {living.flat}: {living.dark_s:.3f} s without voltage, then fed by its battery")
    shown = await blackout_shown(session, resident) if resident else None
    console.print("The grid comes back …")
    back = await change_grid(session, url, on=True, done=_all_home, within_s=RETURN_S, then_s=5)
    for living in back.living.values():
        if living.moved_s is not None and living.flat != NOTHING:
            line = f"  flat {living.flat}: on the grid again after {living.moved_s:.1f} s"
            console.print(f"{line}, {living.dark_s:.3f} s without voltage")
    said = {flat.flat: await told(_data(demo, flat)) for flat in headless if flat.flat != NOTHING}
    return Course(gone, back, said, shown)


def _data(demo: parts.Building, flat: parts.SimulatedFlat) -> str:
    return str(demo.folder / "flats" / flat.flat)


def check_course(course: Course) -> list[Finding]:
    """What an outage has to have shown."""
    findings = [_fed(course), _gaps(course), _told(course), _held(course), _returned(course)]
    return findings if course.shown is None else [*findings, _shown(course.shown, course.gone.at_ms)]


def _fed(course: Course) -> Finding:
    fed = {name: each for name, each in course.gone.living.items() if name != NOTHING}
    late = [name for name, each in fed.items() if each.fed_s is None or each.dark_s > LIT_S]
    dark = course.gone.living[NOTHING]
    longest = max(fed.values(), key=lambda each: each.dark_s)
    return Finding(
        f"in an outage of the building every living room with a battery is fed within {LIT_S:g} s, and no other one",
        not late and dark.fed_s is None,
        f"{len(fed)} fed, the longest gap {longest.dark_s:.3f} s (flat {longest.flat}); flat {NOTHING} dark"
        if not late
        else f"dark for longer: {', '.join(late)}",
    )


def _gaps(course: Course) -> Finding:
    measured = {name: course.gone.living[name].dark_s for name in GAPS_S}
    return Finding(
        "backup terminals were without voltage for as long as the device takes",
        all(abs(measured[name] - gap) < 1e-9 for name, gap in GAPS_S.items()),
        ", ".join(f"flat {name}: {seconds:.3f} s" for name, seconds in measured.items()),
    )


def _told(course: Course) -> Finding:
    """The first notice since the outage, of each flat that tells."""
    after: dict[str, float] = {}
    for name, notices in course.told.items():
        since = [each for each in notices if each.time_ms >= course.gone.at_ms - 1000]
        if since:
            after[name] = (since[0].time_ms - course.gone.at_ms) / 1000
    silent = [name for name in course.told if name not in after]
    # An island that is told of without the grid's own word is known once the device has finished its transfer.
    allowed = {name: TOLD_S + GAPS_S.get(name, 0.0) + (METER_S if name in DYING else 0.0) for name in after}
    return Finding(
        f"the outage was told within {TOLD_S:g} s of when devices showed it, or had moved",
        not silent and all(seconds <= allowed[name] for name, seconds in after.items()),
        ", ".join(f"flat {name}: {seconds:.1f} s" for name, seconds in after.items())
        + (f"; silent: {', '.join(silent)}" if silent else ""),
    )


def _shown(shown: Mapping[str, tuple[str, int]], gone_ms: int) -> Finding:
    after = {key: (since_ms - gone_ms) / 1000 for key, (_, since_ms) in shown.items()}
    wanted = {"outage": "on", "backup": "islanded"}
    return Finding(
        f"Home Assistant showed the outage and the backup within {TOLD_S:g} s",
        {key: state for key, (state, _) in shown.items()} == wanted and max(after.values()) <= TOLD_S,
        ", ".join(f"{key} {state} after {after[key]:.1f} s" for key, (state, _) in shown.items()) or "no entity",
    )


def _held(course: Course) -> Finding:
    # Not of the autonomous flat: its switch closes at once, and it is the inverter that waits.
    early = dict.fromkeys(GAPS_S, DEVICE_HOLD_S) | {PAIR: HOLD_S}
    moved = {name: course.back.living[name].moved_s for name in early}
    return Finding(
        f"no flat returned before its hold was over ({DEVICE_HOLD_S} s of a device, {HOLD_S} s of ours)",
        all((seconds := moved[name]) is not None and seconds >= least - 1 for name, least in early.items()),
        ", ".join(f"flat {name}: {seconds:.1f} s" for name, seconds in moved.items() if seconds is not None),
    )


def _returned(course: Course) -> Finding:
    home = {name: each for name, each in course.back.living.items() if name != NOTHING}
    away = [name for name, each in home.items() if each.moved_s is None or each.fed_s is None]
    longest = max(home.values(), key=lambda each: each.dark_s)
    return Finding(
        f"all are on the grid again within {RETURN_S} s",
        not away,
        f"the last after {max(each.moved_s or 0.0 for each in home.values()):.1f} s; second gap at most "
        f"{longest.dark_s:.3f} s (flat {longest.flat})"
        if not away
        else f"not back: {', '.join(away)}",
    )


async def ready(manager: Manager, flats: Sequence[str]) -> None:
    """Wait until the building hears of all flats."""
    async with asyncio.timeout(READY_S):
        while True:
            online = {each["flat"] for each in (await manager.ask("/state"))["flats"] if each["online"]}
            if set(flats) <= online:
                return
            await asyncio.sleep(1)
