"""`local-vpp coordinator …`: run a building's coordinator, invite flats, check a file."""

import argparse
import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
import json
import logging
import os
from pathlib import Path
import signal
import sys
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from localvpp import heap
from localvpp.clock import SystemClock
from localvpp.etp import BadKeyError, DeviceId, SignerUnavailableError
from localvpp.etp.pkcs11 import KeyUri, Pkcs11Signer
from localvpp.wire import Invite, InviteError

from .app import Coordinator, run as run_coordinator
from .config import BuildingConfig, ConfigError, TlsError, check_tokens, load, make_data, unmake
from .drills.command import add_arguments as drill_arguments, request as drill_request
from .enrolment import issue_invite
from .founding import OWN_ROLES, enrolled_own, present_key
from .keys import load_token
from .ledger import FolderLock, LedgerError
from .manager import ManagerError, address, ask, begin_of, member_path
from .members import Action
from .nextkey import commit, make_key, sheet_trouble
from .rotation import rotate_own
from .store import Role, StoreError, close_database, open_database
from .web import resident_token

EXAMPLE: Final = Path(__file__).parent / "config" / "example.yaml"

_FAILED: Final = 1
_BAD_CONFIG: Final = 2
"""A file that cannot be used is the caller's to mend, as a wrong option is (argparse exits with 2, too)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the coordinator's commands to a parser."""
    commands = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def command(name: str, action: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("file", type=Path, metavar="FILE", help="the building's file, as building.yaml")
        sub.set_defaults(coordinator_action=action)
        return sub

    running = command("run", _run, "run the coordinator of a building until it is told to stop")
    running.add_argument("--verbose", action="store_true", help="log every connection")
    inviting = command("invite", _invite, "print an invite for each flat: good once, for a day")
    inviting.add_argument("flats", metavar="FLAT", nargs="+", help="the flat's number")
    inviting.add_argument("--json", action="store_true", help="print a line of JSON for each")
    command("check", _check, "check a building's file and change nothing")
    reading = command("token", _token, "print the manager's token for the pages, or that of a flat's residents")
    reading.add_argument("--flat", metavar="FLAT", help="its residents' token instead: the coordinator runs")
    reading.add_argument("--url", help="where the coordinator answers, if its file does not tell")
    speaking = command("member", _member, "list the flats, or suspend, reinstate or revoke one: the coordinator runs")
    speaking.add_argument("what", choices=["list", *Action], help="revoking is for good, and frees the flat's name")
    speaking.add_argument("flat", metavar="FLAT", nargs="?", help="the flat's number")
    speaking.add_argument("--reason", help="one line, kept with the entry; only building and auditor read it")
    speaking.add_argument("--url", help="where the coordinator answers, if its file does not tell")
    going = command("go-on", _go_on, "let a log that waits for its witnesses go on without them: the coordinator runs")
    going.add_argument(
        "--size", type=int, metavar="N", help="how many entries the log has, as you were told without this"
    )
    going.add_argument(
        "--despite",
        metavar="FLAT",
        action="append",
        default=[],
        help="overrule this flat, or outside witness, which objects and is wrong; may be given again",
    )
    going.add_argument("--url", help="where the coordinator answers, if its file does not tell")
    drill_arguments(command("drill", _drill, "plan, start, stop or show a blackout drill: the coordinator runs"))
    erasing = command("erase", _erase, "destroy what a flat's settled records say; the log stays: the coordinator runs")
    erasing.add_argument("flat", metavar="FLAT", help="the flat's number")
    erasing.add_argument(
        "--until", type=_day, required=True, metavar="DATE", help="YYYY-MM-DD: of slots before that day's begin here"
    )
    erasing.add_argument("--url", help="where the coordinator answers, if its file does not tell")
    turning = command("rotate-key", _rotate, "sign with a fresh key from the next entry on: the coordinator is stopped")
    turning.add_argument(
        "role",
        choices=[role.value for role in OWN_ROLES],
        nargs="?",
        default=Role.BUILDING.value,
        help="whose key: the building's (default), or that of one of its meters",
    )
    turning.add_argument("--from", dest="former", type=_uri, metavar="URI", help="the token that has the present key")
    turning.add_argument(
        "--next-key",
        dest="sheet",
        type=Path,
        metavar="FILE",
        help="a file with what is on the sheet of the building's next key, which signs from now on",
    )
    turning.add_argument(
        "--then", dest="after", type=_uri, metavar="URI", help="the token with the key after that; else a sheet is made"
    )
    foreseeing = command("next-key", _next_key, "before the first start: make the building's next key; print it once")
    foreseeing.add_argument("--token", type=_uri, metavar="URI", help="it is in this token: print nothing")
    command("init", _init, "write an example of a building's file")


def run(arguments: argparse.Namespace) -> int:
    """Do what the arguments ask; return the exit code."""
    action: Callable[[argparse.Namespace], int] = arguments.coordinator_action
    try:
        return action(arguments)
    except ConfigError as error:
        _say(str(error))
        return _BAD_CONFIG
    except (
        InviteError,
        LedgerError,
        ManagerError,
        StoreError,
        BadKeyError,
        SignerUnavailableError,
        TlsError,
        SQLAlchemyError,
        OSError,
    ) as error:
        _say(f"local-vpp: {error}")
        return _FAILED


@contextmanager
def _private() -> Iterator[None]:
    """Let whatever is made meanwhile be its owner's alone: bodies, salts and invites' secrets are in the database."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _run(arguments: argparse.Namespace) -> int:
    config = load(arguments.file)
    if arguments.verbose:
        for room in ("coordinator", "localvpp"):
            logging.getLogger(room).setLevel(logging.DEBUG)
    with _private():
        asyncio.run(_until_stopped(config))
    return 0


async def _until_stopped(config: BuildingConfig) -> None:
    task = asyncio.ensure_future(run_coordinator(config, _ready))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def _ready(coordinator: Coordinator) -> None:
    """Print one line for whoever started this: a person, or a program that waits for it."""
    if coordinator.certificate is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, coordinator.certificate.look)
    heap.started()
    line = {"ready": True, "url": coordinator.url, "origin": coordinator.config.origin}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _invite(arguments: argparse.Namespace) -> int:
    config = load(arguments.file)
    with _private():
        invites, fingerprint = asyncio.run(_issue(config, arguments.flats))
    url = config.listen.public_url
    for invite in invites:
        told = {"flat": invite.flat, "invite": invite.text, "fingerprint": fingerprint}
        if url is not None:
            told["url"] = url
        sys.stdout.write((json.dumps(told) if arguments.json else invite.text) + "\n")
    if not arguments.json:
        # Beside the code, not with it: the resident compares it with what his screen shows.
        _say(f"The building's fingerprint, to hand over with it: {fingerprint}")
        if url is not None:
            _say(f"The coordinator's address: {url}")
    return 0


async def _issue(config: BuildingConfig, flats: Sequence[str]) -> tuple[list[Invite], str]:
    """Return the invites, and the fingerprint that whoever uses one will be shown."""
    await asyncio.to_thread(make_data, config)
    engine = await open_database(config.database_url)
    try:
        key = await present_key(config, engine, SystemClock())
        return [await issue_invite(engine, config, flat, SystemClock()) for flat in flats], key.fingerprint
    finally:
        await close_database(engine)


def _check(arguments: argparse.Namespace) -> int:
    config = load(arguments.file)
    with _private():
        unmake(make_data(config))
    check_tokens(config)
    sys.stdout.write(
        f"{arguments.file} is sound: {config.name}, {len(config.flats)} flats, "
        f"slots of {config.slot_seconds // 60} min\n"
    )
    return 0


def _token(arguments: argparse.Namespace) -> int:
    config = load(arguments.file)
    token = _manager_token(config)
    if arguments.flat is not None:
        members = [each for each in _asked(arguments, "/api/v1/members") if each["flat"] == arguments.flat]
        device = next((each["device"] for each in members if each["standing"] != "revoked"), None)
        if device is None:
            _say(f"local-vpp: no flat {arguments.flat} is enrolled, and its token follows from its device")
            return _BAD_CONFIG
        token = resident_token(token, DeviceId(bytes.fromhex(device)))
    sys.stdout.write(token + "\n")
    if config.listen.public_url is not None:
        _say(f"Open the pages with it: {config.listen.public_url}/?token=…")
    return 0


def _member(arguments: argparse.Namespace) -> int:
    if arguments.what == "list":
        for member in _asked(arguments, "/api/v1/members"):
            sys.stdout.write(json.dumps(member, ensure_ascii=False) + "\n")
        return 0
    if arguments.flat is None:
        _say(f"local-vpp: {arguments.what} whom? Give the flat's number")
        return _BAD_CONFIG
    request = {} if arguments.reason is None else {"reason": arguments.reason}
    member = _asked(arguments, member_path(arguments.flat, arguments.what), request)
    sys.stdout.write(json.dumps(member, ensure_ascii=False) + "\n")
    return 0


def _go_on(arguments: argparse.Namespace) -> int:
    if arguments.size is not None:
        log = _asked(arguments, "/api/v1/log/go-on", {"size": arguments.size, "despite": arguments.despite})
        sys.stdout.write(json.dumps(log, ensure_ascii=False) + "\n")
        return 0
    log = _asked(arguments, "/api/v1/state")["log"]
    sys.stdout.write(json.dumps(log, ensure_ascii=False) + "\n")
    if log["held"] is None:
        _say("Records are taken: there is nothing to decide")
        return 0
    _say(
        f"No record is taken: {log['held']}\n"
        f"The log has {log['size']} entries; {log['cosigners']} of its {log['witnesses']} witnesses have signed that. "
        "Whether it ever had more, only those that have not signed can tell. If it had (a backup was put back, or the "
        "log was rebuilt from a mirror that was behind), going on forks it: flats that know of more will refuse it for "
        "good. If you know that nothing was put back, give this with --size " + str(log["size"])
    )
    return _FAILED


def _rotate(arguments: argparse.Namespace) -> int:
    config = load(arguments.file)
    with _private():
        role, more = Role(arguments.role), {"sheet": arguments.sheet, "after": arguments.after}
        fresh = asyncio.run(rotate_own(config, role, SystemClock(), arguments.former, **more))
    sys.stdout.write(json.dumps({"key": arguments.role, "fingerprint": fresh.fingerprint}) + "\n")
    if arguments.role == Role.BUILDING:
        _say("Run the coordinator again. Flats follow by themselves; invites and pages show the new fingerprint.")
        if (trouble := sheet_trouble(config.data)) is not None:
            _say(f"The sheet that was used is void. Next, {trouble}.")
    return 0


def _next_key(arguments: argparse.Namespace) -> int:
    config = load(arguments.file)
    with _private():
        make_data(config)
        with FolderLock(config.data):  # A coordinator that founds meanwhile would have committed to another.
            asyncio.run(_check_unfounded(config))
            keys = config.data / "keys"
            keys.mkdir(mode=0o700, exist_ok=True)
            if arguments.token is not None:
                commit(keys, Pkcs11Signer(arguments.token).public, config.origin)
                _say("The building commits to the key in that token when it is founded: keep it away from the server.")
                return 0
            sheet = make_key(keys, config.origin)
    sys.stdout.write(sheet + "\n")
    _say(
        "Write it on paper, or print it, and keep the sheet away from the server, and from the recovery key's: it is "
        "shown this once. It is needed to renew the building's key (local-vpp coordinator rotate-key), and without it "
        "nobody can. A sheet that was printed before is void."
    )
    return 0


async def _check_unfounded(config: BuildingConfig) -> None:
    engine = await open_database(config.database_url)
    try:
        if Role.BUILDING in await enrolled_own(engine):
            raise LedgerError("the log has committed to a next key already: the one after it comes with rotate-key")
    finally:
        await close_database(engine)
    if (trouble := await asyncio.to_thread(sheet_trouble, config.data)) is not None:
        raise LedgerError(f"the building's next key is made already: {trouble}")


def _drill(arguments: argparse.Namespace) -> int:
    told = _asked(arguments, *drill_request(arguments))
    if arguments.what == "show":
        told = told["blackout"]
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    return 0


def _erase(arguments: argparse.Namespace) -> int:
    done = _asked(arguments, member_path(arguments.flat, "erase"), {"until_ms": begin_of(arguments.until)})
    sys.stdout.write(json.dumps(done, ensure_ascii=False) + "\n")
    if done["kept"]:
        _say(f"{done['kept']} records stay for now: their slots are not settled. Erase again when they are")
    return 0


def _asked(arguments: argparse.Namespace, path: str, request: dict[str, Any] | None = None) -> Any:
    config = load(arguments.file)
    url = address(config, arguments.url)
    token = _manager_token(config)
    return asyncio.run(ask(url, token, path, request))


def _manager_token(config: BuildingConfig) -> str:
    folder = config.data / "keys"
    with _private():
        if not folder.is_dir():
            make_data(config)
        return load_token(folder)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write it as 2026-04-01") from error


def _uri(text: str) -> KeyUri:
    try:
        return KeyUri.parse(text)
    except BadKeyError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _init(arguments: argparse.Namespace) -> int:
    path: Path = arguments.file
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(EXAMPLE.read_text(encoding="utf-8"))
    except FileExistsError:
        _say(f"local-vpp: {path} is there already: choose another name, or edit it")
        return _FAILED
    sys.stdout.write(f"{path} is written: change it to your building, then run: local-vpp coordinator check {path}\n")
    return 0
