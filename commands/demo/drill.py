"""A drill of the whole building: planned and started as its manager does it, watched from outside, and its reports.

Each flat's own report and the building's are left as JSON, and as PDF in Japanese and English.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from pathlib import Path
import time
from typing import Any, Final

import aiohttp
from rich.console import Console

from ..errors import CommandError
from . import building as parts
from .findings import Finding
from .manager import Manager
from .outage import separated, state_of
from .processes import run_once

LENGTH_S: Final = 60
NOTICE_S: Final = 10
WITHIN_S: Final = 1200
MOST_AT_ONCE: Final = 1
"""A tenth of the flats, rounded up."""
GAP_S: Final = 10.0
"""A living room may be without voltage for so long, each way (NFPA 110's type 10)."""
LANGUAGES: Final = ("ja", "en")
_POLL_S: Final = 0.2


@dataclass(slots=True)
class Held:
    """What was seen of a drill.

    Attributes:
        told: the drill with its flats, as the coordinator has it in the end.
        report: the building's one report.
        told_dark_s: what each flat's own report says of that, both ways together; None: it says nothing.
        files: what was written, by name.
        most_out: living rooms off the grid at the same time.
        out: flats that were off the grid.
        dark_s: for how long each living room had no voltage meanwhile.
        fed: living rooms that have voltage at the end.
    """

    told: Mapping[str, Any]
    report: Mapping[str, Any] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    most_out: int = 0
    out: set[str] = field(default_factory=set)
    dark_s: dict[str, float] = field(default_factory=dict)
    told_dark_s: dict[str, float | None] = field(default_factory=dict)
    fed: set[str] = field(default_factory=set)
    lasted_s: float = 0.0


async def hold_drill(console: Console, session: aiohttp.ClientSession, demo: parts.Building, folder: Path) -> Held:
    """Hold a drill of the building, and leave its reports in a folder.

    Raises CommandError: it was refused, or did not end in time.
    """
    manager = Manager(session, demo.coordination)
    drill = await manager.ask(
        "/drills", {"level": "l2", "length_s": LENGTH_S, "notice_s": NOTICE_S, "within_s": WITHIN_S}
    )
    name = drill["drill"]
    line = f"The building holds a drill: {LENGTH_S} s for each flat, in the order {', '.join(drill['order'])} …"
    console.print(line, soft_wrap=True)
    before = await state_of(session, demo.simulation.url)
    begun = time.monotonic()
    await manager.ask(f"/drills/{name}/start", {})
    for flat in before:
        await manager.ask(f"/drills/{name}/flats/{flat}/acknowledge", {"who": f"resident of {flat}"})
    held = Held(drill)
    while held.told["stage"] != "ended":
        if time.monotonic() - begun > WITHIN_S + 60:
            raise CommandError(f"the building's drill has not ended: {json.dumps(held.told)}")
        now = await state_of(session, demo.simulation.url)
        out = {flat for flat, each in now.items() if separated(each)}
        if news := out - held.out:
            console.print(f"  flat {', '.join(sorted(news))} leaves the grid")
        held.out |= out
        held.most_out = max(held.most_out, len(out))
        held.told = await manager.ask(f"/drills/{name}")
        await asyncio.sleep(_POLL_S)
    now = await state_of(session, demo.simulation.url)
    held.lasted_s = time.monotonic() - begun
    held.dark_s = {flat: (each["dark_ms"] - before[flat]["dark_ms"]) / 1000 for flat, each in now.items()}
    held.fed = {flat for flat, each in now.items() if each["energised"] and not separated(each)}
    await _write(manager, held, name, folder)
    for file, size in sorted(held.files.items()):
        console.print(f"  {folder / file} ({size} bytes)", soft_wrap=True)
    return held


async def _write(manager: Manager, held: Held, name: str, folder: Path) -> None:
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    reports = {"building": await manager.file(f"/drills/{name}/report")}
    for flat in held.told["flats"]:
        if flat["report"] is not None:
            reports[flat["flat"]] = await manager.file(f"/drills/{name}/flats/{flat['flat']}/report")
    held.report = json.loads(reports["building"])
    held.told_dark_s = {who: _told_dark_s(json.loads(data)) for who, data in reports.items() if who != "building"}
    for who, data in reports.items():
        file = folder / f"{who}.json"
        await asyncio.to_thread(file.write_bytes, data)
        held.files[file.name] = len(data)
        for language in LANGUAGES:
            sheet = folder / f"{who}.{language}.pdf"
            await run_once("drill", "pdf", str(file), "--language", language, "-o", str(sheet))
            held.files[sheet.name] = (await asyncio.to_thread(sheet.stat)).st_size


def _told_dark_s(report: Mapping[str, Any]) -> float | None:
    ways = [report["transfer"], report["return_gap"]]
    return None if None in ways else sum(each["most_ms"] for each in ways) / 1000


def check_drill(held: Held, able: frozenset[str], mute: frozenset[str]) -> list[Finding]:
    """What a drill has to have shown. `able` are the flats that can be separated, `mute` those without devices."""
    return [
        _followed(held, able, mute),
        _staggered(held),
        _gaps(held, able),
        _honest(held, able),
        _whole(held),
        _reports(held, able),
    ]


def _followed(held: Held, able: frozenset[str], mute: frozenset[str]) -> Finding:
    flats = {flat["flat"]: flat for flat in held.told["flats"]}
    passed = {name for name, flat in flats.items() if flat["passed"]}
    unasked = {name for name, flat in flats.items() if flat["called_ms"] is None}
    refused = {name: ", ".join(flat["reasons"]) for name, flat in flats.items() if flat["reasons"]}
    return Finding(
        "in the building's drill each flat that can be separated passed, and who has a logic for it else said why not",
        passed == able and unasked == mute and set(refused) == set(flats) - able - mute,
        f"passed: {', '.join(sorted(passed))}; not asked, without devices: {', '.join(sorted(unasked)) or 'none'}; "
        + "; ".join(f"flat {name} refused: {why}" for name, why in sorted(refused.items())),
    )


def _staggered(held: Held) -> Finding:
    told = held.told
    demand = None if told["demand_seen_w"] is None else told["demand_seen_w"] / 1000
    return Finding(
        "never more flats were off the grid than a tenth, and the contract demand was kept",
        held.most_out <= MOST_AT_ONCE and demand is not None and demand <= parts.CONTRACT_KW,
        f"{held.most_out} at once of {len(told['flats'])}; {demand} of {parts.CONTRACT_KW} kW; {held.lasted_s:.0f} s",
    )


def _gaps(held: Held, able: frozenset[str]) -> Finding:
    late = [flat for flat in able if held.dark_s[flat] > 2 * GAP_S]
    dark = [flat for flat in held.dark_s if flat not in held.fed]
    return Finding(
        f"no living room was without voltage for longer than twice {GAP_S:g} s, and all are fed at the end",
        not late and not dark,
        ", ".join(f"flat {flat}: {seconds:.3f} s" for flat, seconds in sorted(held.dark_s.items()))
        + (f"; dark: {', '.join(dark)}" if dark else ""),
    )


def _honest(held: Held, able: frozenset[str]) -> Finding:
    told = {flat: held.told_dark_s.get(flat) for flat in sorted(able)}
    return Finding(
        "no report tells of a shorter time without voltage than there was",
        all(seconds is not None and seconds >= held.dark_s[flat] for flat, seconds in told.items()),
        ", ".join(f"flat {flat}: ≤ {seconds} s told, {held.dark_s[flat]:.3f} s" for flat, seconds in told.items()),
    )


def _whole(held: Held) -> Finding:
    rows = held.report["criteria"]
    missed = [row["name"] for row in rows if not row["passed"]]
    return Finding(
        "the building's report passes each of its criteria",
        held.told["ended"] == "done" and bool(rows) and not missed,
        f"{len(rows) - len(missed)} of {len(rows)}" + (f"; not passed: {', '.join(missed)}" if missed else ""),
    )


def _reports(held: Held, able: frozenset[str]) -> Finding:
    wanted = {f"{who}.{end}" for who in ("building", *able) for end in ("json", *(f"{each}.pdf" for each in LANGUAGES))}
    return Finding(
        "there is a report of the building and of each flat, as JSON and as PDF in Japanese and English",
        set(held.files) == wanted and all(held.files.values()),
        f"{len(held.files)} files, {sum(held.files.values())} bytes",
    )
