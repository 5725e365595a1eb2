"""`local-vpp plan`: make the plan of a day, look at it, or write it for others.

    local-vpp plan make|own …  (see `planmaking`)
    local-vpp plan check PLAN [--after PLAN] [--gate-minutes 60] [--codes TABLE.json]
    local-vpp plan export PLAN --format csv|xml [--without-flats] [--codes TABLE.json] [--gate-minutes 60] [--out FILE]

PLAN is JSON, or the CSV that `export` writes (docs/plans.md). `check` prints what is wrong, and returns 1 when anything
is; `export` writes no plan that is wrong.
"""

import argparse
from collections.abc import Callable, Sequence
import json
from pathlib import Path
import sys
from typing import Any, Final

from localvpp.plan import (
    GATE_SECONDS,
    CodeTable,
    Finding,
    Plan,
    PlanError,
    check,
    check_revision,
    clock,
    default_table,
    from_csv,
    from_json,
    read_table,
    to_csv,
    to_xml,
)

from . import planmaking
from .errors import CommandError
from .files import read_bytes, write_bytes

FORMATS: Final[dict[str, Callable[[Plan, CodeTable, int], bytes]]] = {
    "csv": lambda plan, *_: to_csv(plan),
    "xml": to_xml,
}
_LONGEST_GATE_MINUTES: Final = 7 * 24 * 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    planmaking.add_arguments(actions)
    checking = actions.add_parser("check", help="say what is wrong with a plan")
    checking.add_argument("--after", type=Path, metavar="PLAN", help="the plan that stood before")
    exporting = actions.add_parser("export", help="write a plan for others")
    exporting.add_argument("--format", choices=list(FORMATS), required=True, help="CSV, or XML that is unverified")
    exporting.add_argument("--out", type=Path, metavar="FILE", help="where it goes (default: standard output)")
    exporting.add_argument("--without-flats", action="store_true", help="the building's own lines only, for outsiders")
    for action, does in ((checking, _check), (exporting, _export)):
        action.add_argument("plan", type=Path, metavar="PLAN", help="JSON, or the CSV that export writes")
        action.add_argument("--codes", type=Path, metavar="TABLE.json", help="another table of codes and elements")
        action.add_argument(
            "--gate-minutes",
            type=_gate,
            default=GATE_SECONDS // 60,
            metavar="MIN",
            help=f"how long before a slot plans are taken (default: {GATE_SECONDS // 60})",
        )
        action.set_defaults(action=does)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; return how the process should end."""
    code: int = arguments.action(arguments)
    return code


def _check(arguments: argparse.Namespace) -> int:
    table, gate = _table(arguments.codes), arguments.gate_minutes * 60
    try:
        plan = _plan(arguments.plan)
    except PlanError as error:
        _tell(None, [error.finding])
        return 1
    findings = [*check(plan, table=table, gate_seconds=gate)]
    if arguments.after is not None:
        findings += check_revision(_usable(arguments.after), plan, gate)
    _tell(plan, findings)
    return 1 if findings else 0


def _export(arguments: argparse.Namespace) -> int:
    table, gate = _table(arguments.codes), arguments.gate_minutes * 60
    plan = _usable(arguments.plan)
    findings = check(plan, table=table, gate_seconds=gate)
    if findings:
        raise CommandError(
            f"{arguments.plan} is not written: {findings[0].says} ({len(findings)} findings; see them with plan check)"
        )
    try:
        data = FORMATS[arguments.format](plan.whole if arguments.without_flats else plan, table, gate)
    except PlanError as error:
        raise CommandError(f"{arguments.plan} is not written: {error}") from error
    if arguments.format == "xml":
        print(f"local-vpp: {table.status}", file=sys.stderr)
    write_bytes(arguments.out, data, "the plan")
    return 0


def _tell(plan: Plan | None, findings: Sequence[Finding]) -> None:
    told: dict[str, Any] = {"ok": not findings}
    if plan is not None:
        told |= {"name": plan.name, "kind": plan.kind, "date": plan.date.isoformat(), "number": plan.number}
        told |= {"slots": plan.sheet.slots, "flats": len(plan.parts)}
    told["findings"] = [
        {
            "fault": one.fault,
            "part": one.part,
            "slot": one.slot,
            "begin": None if plan is None or one.slot is None else clock(plan.begin_of(one.slot), plan.zone),
            "field": one.field,
            "value": repr(one.value)[:60],
            "remedy": one.remedy,
        }
        for one in findings
    ]
    print(json.dumps(told, indent=2, ensure_ascii=False))


def _usable(path: Path) -> Plan:
    try:
        return _plan(path)
    except PlanError as error:
        raise CommandError(f"{path} is no plan: {error}") from error


def _plan(path: Path) -> Plan:
    data = read_bytes(path, "the plan")
    return from_json(data) if data.lstrip()[:1] in {b"{", b"["} else from_csv(data)


def _table(path: Path | None) -> CodeTable:
    if path is None:
        return default_table()
    try:
        return read_table(json.loads(read_bytes(path, "the table of codes")))
    except PlanError as error:
        raise CommandError(f"{path} is no table of codes: {error}") from error
    except ValueError as error:
        raise CommandError(f"the table of codes {path} is no JSON: {error}") from error


def _gate(text: str) -> int:
    if not text.isdecimal() or int(text) > _LONGEST_GATE_MINUTES:
        raise argparse.ArgumentTypeError(f"{text!r}: give whole minutes, {_LONGEST_GATE_MINUTES} at most")
    return int(text)
