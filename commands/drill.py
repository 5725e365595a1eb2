"""`local-vpp drill`: the report of a drill, as a flat or a building keeps it: read it, verify it, write it as PDF.

    local-vpp drill show REPORT.json
    local-vpp drill verify REPORT.json --etp FILE [--proof FILE (--policy FILE | --log-key VKEY)]
                           [--enrolment FILE --enrolment-proof FILE]
    local-vpp drill pdf REPORT.json --language ja|en [-o FILE] [--etp FILE] [--font FILE] [--utc-offset +HH:MM]

A report proves nothing by itself: a record of kind DRILL names it by its hash. With the record alone `verify` says that
it does; with the record's proof, that a known log has it; with the device's enrolment, that the device signed it. No
network is needed. The PDF needs the extra `pdf`, and a font with Japanese: see `localvpp.paper.font`.
"""

import argparse
from datetime import timedelta, timezone, tzinfo
import json
from pathlib import Path
import re
from typing import Any, Final

from localvpp.blackout.building_document import FORMAT, LEVEL, BuildingDocument, decode_building
from localvpp.blackout.document import Document, decode, digest
from localvpp.blackout.pdf import JAPAN, Font, Language, PdfError, building_pdf, pdf
from localvpp.blackout.reading import DocumentError
from localvpp.drill_record import KIND, drill_problem
from localvpp.etp import EtpError, Record
from localvpp.export import ExportError
from localvpp.islanding.report import Level

from . import evidence
from .errors import CommandError
from .files import read_bytes, write_bytes

type Report = Document | BuildingDocument

_OFFSET: Final = re.compile(r"([+-])([01][0-9]):([0-5][0-9])")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    show = actions.add_parser("show", help="print a report")
    _add_report(show)
    show.set_defaults(action=_show)

    verify = actions.add_parser(
        "verify", help="prove that a report is the one that a record names, without any network"
    )
    _add_report(verify)
    verify.add_argument(
        "--etp", dest="file", type=Path, required=True, metavar="FILE", help="the record of kind DRILL (.etp)"
    )
    evidence.add_proofs(verify)
    verify.set_defaults(action=_verify)

    sheet = actions.add_parser("pdf", help="write a report as PDF, for the association's files")
    _add_report(sheet)
    sheet.add_argument(
        "--language", choices=[str(each) for each in Language], required=True, help="Japanese or English"
    )
    sheet.add_argument("-o", "--out", type=Path, metavar="FILE", help="where the PDF goes (default: standard output)")
    sheet.add_argument("--etp", dest="file", type=Path, metavar="FILE", help="the record that names it, to be cited")
    sheet.add_argument("--font", type=Path, metavar="FILE", help="a font with Japanese, in place of the system's")
    sheet.add_argument("--utc-offset", metavar="+HH:MM", help="by which clock times are told (default: Japan's)")
    sheet.set_defaults(action=_pdf)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; return how the process should end."""
    code: int = arguments.action(arguments)
    return code


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report", type=Path, metavar="REPORT.json", help="a flat's report, or a building's")


def read_report(path: Path) -> tuple[bytes, Report]:
    """Return the bytes of a report and what they say. Raises CommandError."""
    data = read_bytes(path, "the report")
    try:
        return data, decode_building(data) if f'"{FORMAT}"'.encode() in data else decode(data)
    except DocumentError as error:
        raise CommandError(f"{path}: {error}") from error


# --- Show ---------------------------------------------------------------------------------------------------


def _show(arguments: argparse.Namespace) -> int:
    data, _ = read_report(arguments.report)
    told: dict[str, Any] = {"sha256": digest(data).hex()} | json.loads(data)
    print(json.dumps(told, indent=2, ensure_ascii=False))
    return 0


# --- Verify -------------------------------------------------------------------------------------------------


def _verify(arguments: argparse.Namespace) -> int:
    """Print what is proven; return 1 when the record is another report's, or is not proven as was asked."""
    data, report = read_report(arguments.report)
    asked = any((arguments.proof, arguments.policy, arguments.log_key, arguments.enrolment))
    try:
        record = _named_by(arguments.file, data, report)
        proven = evidence.gather(arguments, evidence.trust(arguments)) if asked else None
    except evidence.REFUSALS as error:
        print(json.dumps({"ok": False, "fault": str(error)}, indent=2, ensure_ascii=False))
        return 1
    unchecked = ["inclusion"] if proven is None else []
    if proven is None or not proven.signature:
        unchecked.append("signature")
    checks = ["inclusion", "signature"]
    told = {
        "ok": True,
        "proven": ["report", *(each for each in checks if each not in unchecked)],
        "not_checked": unchecked,
        "sha256": digest(data).hex(),
        "passed": report.passed if isinstance(report, BuildingDocument) else report.report.passed,
        "level": str(_level(report)),
        "record": record.hash.hex(),
        "device": record.envelope.device.hex(),
        "log": record.signed.building,
        "index": None if proven is None else proven.place.index,
        "witnesses": [] if proven is None else list(proven.place.witnesses),
        "fault": None,
    }
    print(json.dumps(told, indent=2, ensure_ascii=False))
    return 0


def _named_by(path: Path, data: bytes, report: Report) -> Record:
    """Return the record that names a report.

    Raises one of `evidence.REFUSALS` for a record of something else, CommandError for a file that is none.
    """
    given = evidence.decode(read_bytes(path, "the record"))
    record = given.record
    if record is None:
        raise CommandError(f"{path} has the record's envelope only, without what it says: give the .etp file")
    if record.kind is not KIND:
        raise evidence.UnprovenError(f"the record is of kind {record.kind.name.lower()}: a drill's is of kind drill")
    if record.body.evidence != (digest(data),):
        raise evidence.UnprovenError(
            f"the record names the report {record.body.evidence[0].hex()}, and this one is {digest(data).hex()}"
        )
    device, building = record.envelope.device, record.signed.building
    if device != report.device:
        raise evidence.UnprovenError(f"the report is of device {report.device.hex()}, the record of {device.hex()}")
    if building != report.building:
        raise evidence.UnprovenError(f"the report is of {report.building!r}, the record is meant for {building!r}")
    if record.body.reason != _level(report):
        raise evidence.UnprovenError(f"the report is of level {_level(report)}, the record says {record.body.reason}")
    if (problem := drill_problem(record.envelope.slot, record.body, device)) is not None:
        raise evidence.UnprovenError(problem)
    return record


def _level(report: Report) -> Level:
    return LEVEL if isinstance(report, BuildingDocument) else report.report.level


# --- PDF ----------------------------------------------------------------------------------------------------


def _pdf(arguments: argparse.Namespace) -> int:
    data, report = read_report(arguments.report)
    language, zone = Language(arguments.language), _zone(arguments.utc_offset)
    font = None if arguments.font is None else Font(arguments.font)
    record = None
    try:
        if arguments.file is not None:
            record = _named_by(arguments.file, data, report).hash
        if isinstance(report, BuildingDocument):
            sheet = building_pdf(report, language, record=record, font=font, zone=zone)
        else:
            sheet = pdf(report, language, record=record, font=font, zone=zone)
    except PdfError as error:
        raise CommandError(str(error)) from error
    except (EtpError, ExportError, evidence.UnprovenError) as error:
        raise CommandError(f"{arguments.file}: {error}") from error
    write_bytes(arguments.out, sheet, "the PDF")
    return 0


def _zone(text: str | None) -> tzinfo:
    if text is None:
        return JAPAN
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise CommandError(f"--utc-offset {text!r}: write hours and minutes before or behind UTC, as in +09:00")
    sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)
