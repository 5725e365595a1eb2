"""The command line of the demonstration, and its course from the first process to the last finding."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
import json
from pathlib import Path
import shutil
import signal
import sys
import tempfile
import time
from typing import Any, Final

import aiohttp
from rich.console import Console
from rich.live import Live

from localvpp import tlog
from localvpp.logfolder import LogFolder

from ..errors import CommandError
from ..log import verify
from . import blackout, building as parts, drill, home_assistant, past, vendor, wishes
from .auction import check_auctions, check_reasons, check_rounds, gather_auctions
from .check import check_everything
from .delivery import SetPointWatch, check_delivery
from .disaster import check_rebuild
from .evidence import CheckpointWatch, Evidence, gather
from .findings import Finding
from .guard import guarded
from .manager import SLOTS, Manager
from .processes import Processes
from .resident import check_home_assistant, choose, configure, set_up_blackout
from .summary import picture, report
from .today import check_today
from .undisturbed import LATE_S, START_S, check_undisturbed

DEFAULT_CHECK_MINUTES: Final = 3
_FLATS: Final = 12
PROFILE_SPEED: Final = 30.0
"""Half a minute of the profile in a second: the day visibly goes on while one watches."""
_INTERRUPTED: Final = 130
"""What a shell makes of Ctrl-C: a check that was cut short has proven nothing."""
_LAST_SLOTS_S: Final = START_S + 2 * parts.SLOT_SECONDS + parts.SETTLE_AFTER_S + LATE_S
"""After the last minute a slot that began when all flats ran has to end and to be settled."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    parser.add_argument(
        "--flats", type=int, help=f"number of flats (default {_FLATS}; {blackout.FLATS} with --blackout)"
    )
    parser.add_argument(
        "--minutes", type=int, help=f"end after so many (default: never; {DEFAULT_CHECK_MINUTES} with --check)"
    )
    parser.add_argument(
        "--check", action="store_true", help="prove at the end that everything is right; exit code 1 if not"
    )
    parser.add_argument(
        "--blackout",
        action="store_true",
        help="show an outage with the living rooms fed, the return, and a drill of the building with its reports",
    )
    parser.add_argument(
        "--home-assistants",
        type=int,
        metavar="N",
        help="so many flats run in Home Assistants of their own, the others headless (default: one or two; 0: none)",
    )
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], metavar="FILE.csv", help="a measured home; repeatable"
    )
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave all files in this new folder")


def run(arguments: argparse.Namespace) -> int:
    """Run the demonstration; return 0, or 1 when its check has failed."""
    if arguments.blackout and (arguments.flats or arguments.minutes or arguments.profiles):
        raise CommandError("--blackout has a building and a course of its own: leave --flats, --minutes and --profiles")
    if arguments.flats is None:
        arguments.flats = blackout.FLATS if arguments.blackout else _FLATS
    if not 2 <= arguments.flats <= 200:
        raise CommandError(f"--flats {arguments.flats}: choose 2 to 200")
    most, count = 1 if arguments.blackout else arguments.flats, arguments.home_assistants
    if count is not None and not 0 <= count <= most:
        raise CommandError(f"--home-assistants {count}: choose 0 to {most}")
    if arguments.minutes is not None and arguments.minutes < 1:
        raise CommandError(f"--minutes {arguments.minutes}: choose 1 or more")
    if arguments.keep:
        arguments.keep = arguments.keep.absolute()
        if arguments.keep.exists():
            raise CommandError(f"--keep {arguments.keep}: it is there already; name a new folder")
    return asyncio.run(_demonstrate(arguments))


async def _demonstrate(arguments: argparse.Namespace) -> int:
    me = asyncio.current_task()
    assert me is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)
    console = Console(stderr=False, highlight=False)
    minutes = arguments.minutes or (DEFAULT_CHECK_MINUTES if arguments.check else None)
    async with (
        _folder(arguments.keep) as folder,
        Processes(folder / "logs") as processes,
        aiohttp.ClientSession() as session,
    ):
        try:
            return await guarded(processes, _course(arguments, minutes, console, folder, processes, session))
        except asyncio.CancelledError:
            console.print("Stopping …")
            return _INTERRUPTED if arguments.check else 0


@asynccontextmanager
async def _folder(keep: Path | None) -> AsyncIterator[Path]:
    """Give the one folder that everything is written to; it goes when the demonstration does."""
    if keep is not None:
        await asyncio.to_thread(keep.mkdir, parents=True)
        yield keep
        return
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="local-vpp-"))
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder)


async def _course(
    arguments: argparse.Namespace,
    minutes: int | None,
    console: Console,
    folder: Path,
    processes: Processes,
    session: aiohttp.ClientSession,
) -> int:
    loop = asyncio.get_running_loop()
    console.print("Starting simulator and coordinator …")
    mix = blackout.MIX if arguments.blackout else parts.mix(arguments.flats)
    simulation = await parts.start_simulator(processes, arguments.flats, arguments.profiles, PROFILE_SPEED, mix.options)
    coordination = await parts.start_coordinator(processes, folder, simulation)
    demo = parts.Building(folder, processes, simulation, coordination)
    links = [
        ("Building's page", f"{coordination.url}/?token={coordination.token}"),
        ("Simulator", f"{simulation.url} (profiles: {simulation.generator})"),
    ]
    links += _devices(simulation)
    for name, link in links:
        console.print(f"{name}: {link}", soft_wrap=True)
    watch = CheckpointWatch(session, coordination.url)
    set_points = SetPointWatch(session, simulation.url)
    beside = [asyncio.create_task(watch.run()), asyncio.create_task(set_points.run())]
    try:
        at_home = parts.at_home(mix, simulation.flats, arguments.home_assistants)
        headless = [flat for flat in simulation.flats if flat.flat not in at_home]
        invites = await parts.invite(coordination, simulation.flats)
        lived = await past.of_building(session, simulation)
        if at_home:
            console.print(f"Starting Home Assistant for flat {', flat '.join(at_home)} …")
        # Two at a time: as many as small computers have cores.
        gate = asyncio.Semaphore(2)

        async def move_in(flat: parts.SimulatedFlat) -> home_assistant.HomeAssistant:
            async with gate:
                return await _move_in(session, demo, flat, invites[flat.flat], lived, blacks_out=arguments.blackout)

        async with asyncio.TaskGroup() as moving:
            moves = {flat: moving.create_task(move_in(flat)) for flat in simulation.flats if flat.flat in at_home}
        residents = [move.result() for move in moves.values()]
        for flat, resident in zip(moves, residents, strict=True):
            if flat.adopts:
                brings = vendor.bring_always(session, simulation.url, resident.url, flat.flat)
                beside.append(asyncio.create_task(brings))
            line = f"{resident.url} (user {resident.user}, password {resident.password})"
            links.append((f"Home Assistant of flat {resident.flat}", line))
            console.print(f"{links[-1][0]}: {line}", soft_wrap=True)
        console.print(f"Enrolling {len(headless)} flats …")

        async def start(flat: parts.SimulatedFlat) -> None:
            async with gate:
                data = await parts.enrol_flat(demo, flat, invites[flat.flat])
                await past.lay(data, await asyncio.to_thread(lived.of, flat.flat))
                more = blackout.options if arguments.blackout else wishes.options
                await parts.run_flat(demo, flat, await asyncio.to_thread(more, demo, flat))

        async with asyncio.TaskGroup() as starting:
            for flat in headless:
                starting.create_task(start(flat))
        if arguments.blackout:
            return await _blackout(arguments, console, session, demo, headless, residents)
        started_s = time.time()
        deadline = None if minutes is None else loop.time() + minutes * 60
        await _watch(console, session, demo, links, deadline)
        if not arguments.check:
            return 0
        return await _check(console, session, demo, watch, set_points, residents, started_s)
    finally:
        for task in beside:
            task.cancel()


async def _move_in(
    session: aiohttp.ClientSession,
    demo: parts.Building,
    flat: parts.SimulatedFlat,
    invite: parts.HandedInvite,
    lived: past.Past,
    *,
    blacks_out: bool,
) -> home_assistant.HomeAssistant:
    """Start the Home Assistant of a flat, set the flat up in it as its resident does, and lay its past beside."""
    folder = demo.folder / f"home-assistant-{flat.flat}"
    resident = await home_assistant.start(demo.processes, session, folder, flat.flat)
    entry_id = await configure(session, resident, demo, flat, invite)
    await past.lay_beside(resident.folder, await asyncio.to_thread(lived.of, flat.flat))
    if blacks_out:
        await set_up_blackout(session, resident, entry_id)
    else:
        await choose(session, resident, entry_id, "mirror", {"mirror": str(demo.mirror(flat.flat))})
        # Where its residents keep to the default, nothing is to be said.
        if wish := wishes.answer(flat):
            await choose(session, resident, entry_id, "market", wish)
    return resident


async def _blackout(
    arguments: argparse.Namespace,
    console: Console,
    session: aiohttp.ClientSession,
    demo: parts.Building,
    headless: Sequence[parts.SimulatedFlat],
    residents: Sequence[home_assistant.HomeAssistant],
) -> int:
    manager = Manager(session, demo.coordination)
    await blackout.ready(manager, [flat.flat for flat in demo.simulation.flats])
    course = await blackout.outage_and_return(console, session, demo, headless, next(iter(residents), None))
    held = await drill.hold_drill(console, session, demo, demo.folder / "drill")
    if not arguments.check:
        return 0
    findings = [*blackout.check_course(course), *drill.check_drill(held, blackout.ABLE, blackout.MUTE)]
    size = (await _head(session, demo))["size"]
    evidence = await gather(session, demo.coordination, demo.simulation, size)
    auctions = await gather_auctions(manager, demo, residents, evidence)
    findings += [check_rounds(evidence, auctions), check_reasons(evidence, auctions)]
    return await _judge(console, demo, findings)


def _devices(simulation: parts.Simulation) -> list[tuple[str, str]]:
    """Which makes of devices there are, and which flats are on a serial line."""
    families = sorted(frozenset[str]().union(*(flat.families for flat in simulation.flats)))
    lines = [f"flat {flat.flat} on {flat.serial}" for flat in simulation.flats if flat.serial]
    serial = f"; serial line: {', '.join(lines)}" if lines else ""
    return [("Devices", f"{len(families)} families ({', '.join(families)}){serial}")]


async def _watch(
    console: Console,
    session: aiohttp.ClientSession,
    demo: parts.Building,
    links: Sequence[tuple[str, str]],
    deadline: float | None,
) -> None:
    loop, manager = asyncio.get_running_loop(), Manager(session, demo.coordination)
    # A file or a pipe gets the lines before and after; a picture that changes is for a terminal.
    with Live(console=console, auto_refresh=False) if console.is_terminal else nullcontext() as live:
        while deadline is None or loop.time() < deadline:
            if live is not None:
                state, head = await manager.ask("/state"), await _head(session, demo)
                live.update(picture(state, head, list(links)), refresh=True)
            await asyncio.sleep(1)


async def _head(session: aiohttp.ClientSession, demo: parts.Building) -> dict[str, Any]:
    async with session.get(f"{demo.coordination.url}/log/checkpoint") as response:
        origin, size, root, *_ = (await response.text()).split("\n")
    return {"origin": origin, "size": int(size), "root": root}


async def _check(
    console: Console,
    session: aiohttp.ClientSession,
    demo: parts.Building,
    watch: CheckpointWatch,
    set_points: SetPointWatch,
    residents: Sequence[home_assistant.HomeAssistant],
    started_s: float,
) -> int:
    manager = Manager(session, demo.coordination)
    console.print("Waiting for the last slot to be settled …")
    await _until_settled(manager, started_s)
    size = (await _head(session, demo))["size"]
    evidence = await gather(session, demo.coordination, demo.simulation, size)
    auctions = await gather_auctions(manager, demo, residents, evidence)
    findings = [*check_everything(evidence), *check_auctions(evidence, auctions), *check_undisturbed(evidence)]
    findings += check_delivery(evidence, auctions, demo.simulation.flats, set_points.seen)
    findings.append(await asyncio.to_thread(_check_log, demo, watch.seen, evidence))
    findings += [await check_home_assistant(session, resident, demo, evidence) for resident in residents]
    if residents:
        findings.append(await check_today(session, residents, manager, evidence))
    console.print("Losing the server, and rebuilding it from a flat's mirror …")
    log_key = tlog.VerifierKey.parse(evidence.building["log_key"])
    findings.append(await check_rebuild(session, demo, log_key, tuple(watch.seen)))
    return await _judge(console, demo, findings)


async def _judge(console: Console, demo: parts.Building, findings: list[Finding]) -> int:
    console.print(report(findings))
    failed = [finding for finding in findings if not finding.holds]
    console.print(f"{len(findings) - len(failed)} passed, {len(failed)} failed")
    if failed:
        print(await asyncio.to_thread(demo.processes.tails), file=sys.stderr)
        print(f"check failed: {failed[0].claim}: {failed[0].figure}", file=sys.stderr)
    return 1 if failed else 0


async def _until_settled(manager: Manager, started_s: float) -> None:
    """Wait for a slot to be settled after now that began when all flats ran; whether it is whole is to be checked."""
    before = {slot["slot"] for slot in await manager.ask(SLOTS)}
    try:
        async with asyncio.timeout(_LAST_SLOTS_S):
            while True:
                slots = await manager.ask(SLOTS)
                if any(slot["slot"] not in before and slot["slot"] >= started_s + START_S for slot in slots):
                    return
                await asyncio.sleep(1)
    except TimeoutError as error:
        raise CommandError(f"no slot was settled within {_LAST_SLOTS_S} s") from error


def _check_log(demo: parts.Building, seen: Sequence[bytes], evidence: Evidence) -> Finding:
    claim = "the log is consistent from its first to its last checkpoint"
    files = LogFolder(demo.coordination.data / "log")
    key = tlog.Ed25519Verifier(tlog.VerifierKey.parse(evidence.building["log_key"]))
    found = verify(files, key, earlier=seen)
    if not found["ok"]:
        return Finding(claim, False, json.dumps(found["fault"]))
    sizes = [tlog.open_checkpoint(text, key).checkpoint.size for text in seen]
    return Finding(
        claim,
        len(seen) > 1,
        f"{len(seen)} checkpoints watched, sizes {min(sizes)} to {max(sizes)}, "
        f"{found['entries_verified']} entries replayed",
    )
