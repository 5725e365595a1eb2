"""A drill's report on one sheet of A4, as an association of owners or a fire authority files it.

Everything on it is taken from the document, which rides along in the PDF as a file: the sheet is for people, and what
can be verified is the document. A building's report has as many sheets as its flats need.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final

from ..etp import RecordHash
from ..islanding.report import Criterion, Gap, Level, Report, Spread
from ..paper import GREEN, JAPAN, RED, Colour, Font, Language, PdfError, Sheet, find_font
from .building_document import BuildingDocument, FlatOutcome, Outcome, encode_building
from .document import Document, Previous, digest, encode, used_percent
from .pdf_words import Words

__all__ = ["JAPAN", "Font", "Language", "PdfError", "building_pdf", "pdf"]

_BELOW_MM: Final = 66.0
"""What stands below the course has to stay on the sheet: people, a line of actions, evidence and signatures."""
_LINE_MM: Final = 5.2
"""Each further line of actions."""
_SAME_S: Final = 3.0
"""What is told twice within so long is one thing: a notice stands in the course, and among what people were told."""
_CRITERIA: Final = (50.0, 54.0, 58.0, 18.0)
_UNITS: Final = {"voltage": " V", "frequency": " Hz", "load": " W"}
_FLATS: Final = (16.0, 22.0, 44.0, 18.0, 20.0, 40.0, 20.0)


def pdf(
    document: Document,
    language: Language,
    *,
    record: RecordHash | None = None,
    font: Font | None = None,
    zone: tzinfo = JAPAN,
) -> bytes:
    """Return the report of one flat's drill.

    Args:
        document: what the drill has shown.
        language: of the words; names and reasons stay as they were written.
        record: the name of the DRILL record that names the document, where it is at hand.
        font: to be embedded; None takes one of the system's.
        zone: by whose clock its times are told.

    Raises:
        PdfError: no font, or the extra `pdf` is not installed.
    """
    words, data = Words(language), encode(document)
    report = document.report
    made = datetime.fromtimestamp(max(document.begun_ms, document.ended_ms) / 1000, UTC)
    title = f"{words['title']} {document.flat}"
    sheet = Sheet(language, font or find_font(), title, made, software=document.software, page=words["page"])
    sheet.title(words["title"], f"{words['flat']} {document.flat}")
    sheet.facts(
        [
            (words["building"], document.building),
            (words["held"], _span(document.begun_ms, document.ended_ms, zone)),
            (words["level"], words.name("level", report.level)),
            (words["asked_by"], words.name("by", document.asked_by)),
            (words["wiring"], words.name("wiring", document.wiring)),
            (words["software"], document.software),
            (words["device"], document.device.hex()),
            (words["part_of"], document.call or "—"),
        ]
    )
    sheet.result(*_result(report.passed, report.aborted, document.ended_ms < document.begun_ms, report.criteria, words))
    sheet.heading(words["criteria"])
    _criteria(sheet, report.criteria, words)
    sheet.heading(words["figures"])
    sheet.facts(_figures(document, words), label_mm=45.0)
    sheet.heading(words["compare"])
    _compare(sheet, document, words, zone)
    sheet.heading(words["course"])
    actions = sheet.packed(_actions(document, words), words["stop"])
    _course(sheet, document, words, below_mm=_BELOW_MM + _LINE_MM * (len(actions) - 1))
    sheet.heading(words["people"])
    sheet.facts(_people(report, words), columns=3)
    sheet.heading(words["actions"])
    due = document.next_due_ms
    after = [] if due is None else [words["next_due"].format(_day(due, zone))]
    sheet.lines([*actions, *after])
    sheet.heading(words["evidence"])
    _evidence(sheet, data, record, words)
    sheet.signatures([words["signed_by"], words["received_by"]], words["date"])
    sheet.number_pages()
    sheet.attach(f"drill-{digest(data).hex()[:16]}.json", data)
    return sheet.finish()


def building_pdf(
    document: BuildingDocument,
    language: Language,
    *,
    record: RecordHash | None = None,
    font: Font | None = None,
    zone: tzinfo = JAPAN,
) -> bytes:
    """Return the report of a building's drill, of as many sheets as it has flats for. Raises PdfError."""
    words, data = Words(language), encode_building(document)
    made = datetime.fromtimestamp(max(document.begun_ms, document.ended_ms) / 1000, UTC)
    title = words["building_title"]
    sheet = Sheet(language, font or find_font(), title, made, software=document.software, page=words["page"])
    sheet.title(words["building_title"], words["flats_in_all"].format(len(document.flats)))
    held = document.count(Outcome.PASSED, Outcome.FAILED, Outcome.ABORTED, Outcome.UNREPORTED)
    sheet.facts(
        [
            (words["building"], document.building),
            (words["held"], _span(document.begun_ms, document.ended_ms, zone)),
            (words["level"], words.name("level", Level.BUILDING)),
            (words["flats_level"], words.name("level", document.flats_level)),
            (words["asked_by"], words.name("by", document.asked_by)),
            (words["ended"], words.name("ended", document.ended)),
            (words["drill"], document.drill.hex()),
            (words["software"], document.software),
        ]
    )
    sheet.result(*_result(document.passed, None, document.ended_ms < document.begun_ms, document.criteria, words))
    sheet.heading(words["criteria"])
    _criteria(sheet, document.criteria, words)
    sheet.heading(words["rollcall"])
    sheet.facts(
        [
            (words["notified_flats"], str(document.told)),
            (words["acknowledged_flats"], str(document.acknowledged)),
            (words["held_flats"], f"{held} ({document.count(Outcome.PASSED)})"),
            (words["refused_flats"], str(document.count(Outcome.REFUSED))),
        ],
        label_mm=45.0,
    )
    head = [words[key] for key in ("flat", "outcome", "transfer", "endurance", "answered", "reason", "report")]
    rows = [_flat(each, words) for each in document.flats]
    sheet.table(_FLATS, head, rows, pages=True)
    if sheet.left_mm < 45:
        sheet.page()
    sheet.heading(words["evidence"])
    _evidence(sheet, data, record, words)
    sheet.signatures([words["signed_by"], words["received_by"]], words["date"])
    sheet.number_pages()
    sheet.attach(f"building-drill-{digest(data).hex()[:16]}.json", data)
    return sheet.finish()


# --- the parts ----------------------------------------------------------------------------------------------


def _result(
    passed: bool, aborted: str | None, set_back: bool, criteria: Sequence[Criterion], words: Words
) -> tuple[str, list[str], Colour]:
    told = [] if aborted is None else [words["aborted"].format(words.reason(aborted))]
    for found, key in ((False, "not_met"), (None, "not_measured")):
        names = [words.name("criterion", each.name) for each in criteria if each.passed is found]
        told += [words[key].format(_listed(names, words))] if names else []
    told += [words["clock"]] if set_back else []
    return words["passed" if passed else "not_passed"], told, GREEN if passed else RED


def _criteria(sheet: Sheet, criteria: Sequence[Criterion], words: Words) -> None:
    marks = {True: "met", False: "unmet", None: "unmeasured"}
    tints = {True: GREEN, False: RED, None: RED}
    rows = [
        (
            words.name("criterion", each.name),
            words.said(each.wanted),
            words["unmeasured"] if each.measured is None else _measured(each, words),
            words[marks[each.passed]],
        )
        for each in criteria
    ]
    head = [words[key] for key in ("criterion", "wanted", "measured", "met_column")]
    sheet.table(_CRITERIA, head, rows, colours=[tints[each.passed] for each in criteria])


def _measured(criterion: Criterion, words: Words) -> str:
    """Say what was measured in the unit that it is wanted in: a report has bare figures for these."""
    text = criterion.measured or ""
    try:
        figure = float(text)
    except ValueError:
        return words.said(text) + _UNITS.get(criterion.name, "")
    match criterion.name:
        case "endurance":
            return words["hours"].format(f"{figure / 3600:.1f}")
        case "communication" | "people" if figure <= 1:
            return f"{figure:.0%}"
        case "reconnection":
            return words["seconds"].format(f"{figure:.0f}")
        case name:
            return text + _UNITS.get(name, "")


def _figures(document: Document, words: Words) -> list[tuple[str, str]]:
    report, floors = document.report, document.floors
    energy = ", ".join(f"{words.tier(tier)} {wh:.0f} Wh" for tier, wh in sorted(report.wh_by_tier.items()))
    return [
        (words["length"], _time(report.length_s)),
        (words["energy"], energy or words["unknown"]),
        (words["transfer"], _gap(report.transfer, words)),
        (words["return"], _gap(report.return_gap, words)),
        (words["voltage"], _spread(report.voltage, "V", 1, words)),
        (words["frequency"], _spread(report.frequency, "Hz", 2, words)),
        (words["charge"], _charge(report, words)),
        (words["pv"], _or_unknown(report.pv_wh, "{:.0f} Wh", words)),
        (words["endurance"], _hours(report.endurance_s, words)),
        (words["communication"], f"{report.heard_share:.1%}"),
        (words["reconnection"], words["unknown"] if report.held_s is None else _time(report.held_s)),
        (words["floors"], f"{floors.drill_start:g} / {floors.drill_abort:g} / {floors.emergency:g} %"),
    ]


def _compare(sheet: Sheet, document: Document, words: Words, zone: tzinfo) -> None:
    previous, report = document.previous, document.report
    if previous is None:
        sheet.lines([words["first"]])
        return
    head = ["", words["held"], words["level"], words["transfer"], words["used"], words["endurance"], words["result"]]
    rows = [
        _compared(words["now"], document.ended_ms, Previous.of(encode(document)), words, zone),
        _compared(words["before"], previous.ended_ms, previous, words, zone),
    ]
    tints = [GREEN if report.passed else RED, GREEN if previous.passed else RED]
    sheet.table((18.0, 22.0, 38.0, 46.0, 18.0, 18.0, 20.0), head, rows, colours=tints)


def _compared(name: str, ended_ms: int, drill: Previous, words: Words, zone: tzinfo) -> list[str]:
    return [
        name,
        _day(ended_ms, zone),
        words.name("level", drill.level),
        _gap(drill.transfer, words),
        _or_unknown(drill.used_percent, "{:.1f} %", words),
        _hours(drill.endurance_s, words),
        words["passed" if drill.passed else "not_passed"],
    ]


def _course(sheet: Sheet, document: Document, words: Words, *, below_mm: float) -> None:
    told = [(at, words.happened(what)) for at, what in document.report.events]
    told += [
        (
            (each.time_ms - document.begun_ms) / 1000,
            f"{words.name('event', each.notice)} {each.detail}".strip(),
        )
        for each in document.notices
    ]
    course: list[tuple[float, str]] = []
    for at, what in sorted(told, key=lambda each: (-len(each[1]), each[0])):
        if not any(said.startswith(what) and abs(at - before) < _SAME_S for before, said in course):
            course.append((at, what))
    course.sort()
    most = 2 * sheet.rows(below_mm)
    shown = course if len(course) <= most else course[: most - 1]
    facts = [(_time(at), what) for at, what in shown]
    if len(shown) < len(course):
        facts.append(("…", words["left_out"].format(len(course) - len(shown))))
    sheet.facts(facts or [("—", "—")], label_mm=16.0)


def _people(report: Report, words: Words) -> list[tuple[str, str]]:
    after = report.people.acknowledged_after_s
    minutes = ", ".join(f"{seconds / 60:.1f}" for seconds in after)
    return [
        (words["notified"], words["people_count"].format(report.people.notified)),
        (words["acknowledged"], words["people_count"].format(len(after))),
        (words["acknowledged_after"], words["minutes"].format(minutes) if after else "—"),
    ]


def _listed(names: Sequence[str], words: Words) -> str:
    return words["comma"].join(dict.fromkeys(names))


def _actions(document: Document, words: Words) -> list[str]:
    return [words.action(code) for code in document.actions] or [words["nothing"]]


def _evidence(sheet: Sheet, data: bytes, record: RecordHash | None, words: Words) -> None:
    named = words["no_record"] if record is None else record.hex()
    sheet.facts([(words["digest"], digest(data).hex()), (words["record"], named)], columns=1, label_mm=40.0)


def _flat(flat: FlatOutcome, words: Words) -> list[str]:
    after = flat.acknowledged_after_s
    return [
        flat.flat,
        words.name("outcome", flat.outcome),
        "—" if flat.transfer is None else _gap(flat.transfer, words),
        "—" if flat.endurance_s is None else _hours(flat.endurance_s, words),
        "—" if after is None else words["minutes"].format(f"{after / 60:.1f}"),
        _listed([words.reason(each) for each in flat.reasons], words),
        "" if flat.report is None else flat.report.hex()[:12],
    ]


# --- figures ------------------------------------------------------------------------------------------------


def _span(begun_ms: int, ended_ms: int, zone: tzinfo) -> str:
    begun, ended = (datetime.fromtimestamp(each / 1000, zone) for each in (begun_ms, ended_ms))
    until = f"{ended:%H:%M:%S}" if ended.date() == begun.date() else f"{ended:%Y-%m-%d %H:%M:%S}"
    return f"{begun:%Y-%m-%d %H:%M:%S} – {until} {begun:%Z}"


def _day(time_ms: int, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(time_ms / 1000, zone):%Y-%m-%d}"


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{hours}:{minutes:02}:{rest:02}" if hours else f"{sign}{minutes}:{rest:02}"


def _gap(gap: Gap | None, words: Words) -> str:
    return words["unknown"] if gap is None else words["sampled"].format(f"{gap.most_s:.1f}", f"{gap.step_s:.1f}")


def _hours(seconds: float | None, words: Words) -> str:
    return words["unknown"] if seconds is None else words["hours"].format(f"{seconds / 3600:.1f}")


def _spread(spread: Spread | None, unit: str, digits: int, words: Words) -> str:
    if spread is None:
        return words["unknown"]
    return " / ".join(f"{each:.{digits}f}" for each in (spread.least, spread.mean, spread.most)) + f" {unit}"


def _charge(report: Report, words: Words) -> str:
    if report.soc_begin is None or report.soc_end is None:
        return words["unknown"]
    return f"{report.soc_begin:.1f} % → {report.soc_end:.1f} % ({used_percent(report):.1f} %)"


def _or_unknown(value: float | None, form: str, words: Words) -> str:
    return words["unknown"] if value is None else form.format(value)
