"""The sheet of a drill: all on one page, in both languages, the document inside, and the same bytes each time."""

from dataclasses import replace
from pathlib import Path
import re
import unicodedata

from hypothesis import HealthCheck, given, settings, strategies as st
import pypdfium2
import pytest

from localvpp.blackout import pdf_words
from localvpp.blackout.building_document import (
    BuildingDocument,
    FlatOutcome,
    Outcome,
    decode_building,
    encode_building,
)
from localvpp.blackout.document import Document, decode, digest, encode
from localvpp.blackout.pdf import Language, PdfError, building_pdf, pdf
from localvpp.blackout.pdf_words import Words
from localvpp.blackout.reading import DocumentError
from localvpp.etp import DeviceId, RecordHash
from localvpp.islanding import Notice, Refusal, Wiring
from localvpp.islanding.report import Criterion, Gap, Level, Report
from localvpp.paper import Font, find_font, font

from ...needed import lacks
from ..place import ORIGIN
from .drills import BEGUN_MS, LATIN, document, documents, held

pytestmark = pytest.mark.usefixtures("outside")  # a font of the system, with thousands of characters

RECORD = RecordHash(bytes(range(32)))


@pytest.fixture(params=Language)
def language(request: pytest.FixtureRequest) -> Language:
    wanted: Language = request.param
    if wanted is Language.JAPANESE and find_font() is None:
        lacks("no font with Japanese is installed: scripts/browser")
    return wanted


@pytest.fixture
def no_font(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(font, "_FOLDERS", (tmp_path,))


def text_of(data: bytes) -> list[str]:
    """The text of each page, as whoever copies it gets it."""
    pages = pypdfium2.PdfDocument(data)
    return [unicodedata.normalize("NFKC", page.get_textpage().get_text_bounded()) for page in pages]


def right_edges_mm(data: bytes) -> list[float]:
    """How far to the right each page is written on."""
    edges = []
    for page in pypdfium2.PdfDocument(data):
        text = page.get_textpage()
        edges.append(max(text.get_charbox(at)[2] for at in range(text.count_chars())) / 72 * 25.4)
    return edges


def building(flats: int = 30) -> BuildingDocument:
    outcomes = list(Outcome)
    rows = [
        FlatOutcome(
            flat=str(101 + number),
            outcome=outcomes[number % len(outcomes)],
            reasons=("medical", "来客中") if outcomes[number % len(outcomes)] is Outcome.REFUSED else (),
            told=True,
            acknowledged_after_s=None if number % 5 == 4 else 30.0 + number,
            transfer=Gap(2.0, 1.0) if number % len(outcomes) == 0 else None,
            endurance_s=40_000.0 if number % len(outcomes) == 0 else None,
            report=bytes([number]) * 32 if number % len(outcomes) == 0 else None,
        )
        for number in range(flats)
    ]
    return BuildingDocument(
        building=ORIGIN,
        device=DeviceId(b"\xb0" * 16),
        drill=bytes(range(16)),
        software="local-vpp 0.1.0",
        asked_by="管理組合",
        begun_ms=BEGUN_MS,
        ended_ms=BEGUN_MS + 5_400_000,
        ended="done",
        flats_level=Level.QUICK,
        flats=tuple(rows),
        criteria=(
            Criterion("people", "≥ 80% within 600 s", "24 of 30", True),
            Criterion("whole", "done", "done", True),
            Criterion("transition", "≤ 3", "3", True),
            Criterion("contract", "≤ 60 kW", "42.5 kW", True),
            Criterion("flats", "every flat that followed has passed", "4 of 18", False),
            Criterion("home", "every flat that followed is home", None, None),
        ),
    )


@pytest.mark.parametrize("told", [held(), held(gap_s=30.0, aborted="overload"), held(Level.PAPER)])
def test_a_drill_is_told_on_one_page(told: Report, language: Language) -> None:
    whole = document(told)
    data = pdf(whole, language, record=RECORD)
    assert data == pdf(whole, language, record=RECORD), "the same report gives the same bytes"
    (text,) = text_of(data)
    words = Words(language)
    for shown in (
        words["title"],
        words["passed" if told.passed else "not_passed"],
        digest(encode(whole)).hex(),
        RECORD.hex(),
        ORIGIN,
        "304",
        "Aoi Sato",
        "2026-11-22 11:00:20",
        words["signed_by"],
    ):
        assert unicodedata.normalize("NFKC", shown) in text, shown
    for each in told.criteria:
        assert unicodedata.normalize("NFKC", words.name("criterion", each.name)) in text


def test_the_document_itself_is_in_the_pdf(language: Language) -> None:
    whole = document()
    read = pypdfium2.PdfDocument(pdf(whole, language))
    assert read.count_attachments() == 1
    assert bytes(read.get_attachment(0).get_data()) == encode(whole)


def test_a_long_course_long_names_and_many_tiers_stay_on_the_page(language: Language) -> None:
    told = replace(
        held(),
        events=tuple((float(second), f"shed load number {second} of a very long name") for second in range(60)),
        wh_by_tier={f"tier {number} with a long name": 12.0 for number in range(9)},
    )
    whole = document(told, flat="W" * 60, asked_by="x" * 300, building="example.org/" + "y" * 200)
    (text,) = text_of(pdf(whole, language))
    assert digest(encode(whole)).hex() in text
    assert unicodedata.normalize("NFKC", Words(language)["received_by"]) in text
    assert unicodedata.normalize("NFKC", Words(language)["left_out"].format("")).split()[0] in text


def test_a_buildings_drill_has_a_row_for_each_flat_on_as_many_pages_as_it_needs(language: Language) -> None:
    if find_font() is None:
        lacks("no font with Japanese is installed: scripts/browser")
    large = building(100)
    assert len(text_of(building_pdf(building(8), language))) == 1
    pages = text_of(building_pdf(large, language, record=RECORD))
    assert len(pages) > 1
    text = "\n".join(pages)
    for each in large.flats:
        assert each.flat in text
    words = Words(language)
    assert unicodedata.normalize("NFKC", words["page"].format(2, len(pages))) in pages[1]
    assert digest(encode_building(large)).hex() in pages[-1]
    assert "来客中" in text


def test_no_page_is_written_on_beyond_its_margin(language: Language) -> None:
    if find_font() is None:
        lacks("no font with Japanese is installed: scripts/browser")
    edges = right_edges_mm(building_pdf(building(100), language)) + right_edges_mm(pdf(document(), language))
    assert max(edges) <= 195.5, edges


def test_all_that_is_to_be_done_is_readable_when_much_is(language: Language) -> None:
    """A night when the inverter did not take over: nearly everything is missed."""
    names = (
        "transfer",
        "return",
        "voltage",
        "frequency",
        "endurance",
        "communication",
        "reconnection",
        "people",
        "load",
    )
    missed = tuple(Criterion(name, "≤ 10 s", "31 s", False) for name in names)
    told = replace(
        held(aborted="dark"), criteria=missed, events=tuple((float(second), f"shed {second}") for second in range(60))
    )
    (text,) = text_of(pdf(document(told), language))
    words = Words(language)
    for name in names:
        assert unicodedata.normalize("NFKC", words.name("advice", name)) in text, name
    for shown in (words.reason("dark"), words["received_by"], words.action("repeat")):
        assert unicodedata.normalize("NFKC", shown) in text, shown


def test_without_a_font_english_is_readable_and_japanese_is_refused_with_what_to_do(no_font: None) -> None:
    (text,) = text_of(pdf(document(held(gap_s=30.0, aborted="overload")), Language.ENGLISH))
    assert "NOT PASSED" in text
    assert "at most 31.0 s, sampled each 1.0 s" in text
    with pytest.raises(PdfError, match=r"install fonts-noto-cjk \(Debian, Ubuntu\) or font-noto-cjk"):
        pdf(document(), Language.JAPANESE)
    with pytest.raises(PdfError, match="'Flat さくら 304' has characters that need a font"):
        pdf(document(flat="さくら 304"), Language.ENGLISH)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents(LATIN))
def test_whatever_stands_in_a_document_is_laid_out(no_font: None, told: Document) -> None:
    whole = decode(encode(told))
    pages = text_of(pdf(whole, Language.ENGLISH))
    assert len(pages) == 1
    assert digest(encode(whole)).hex() in pages[0]


def test_a_file_that_is_no_font_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    with pytest.raises(PdfError, match=re.escape(f"font {broken} cannot be used")):
        pdf(document(), Language.JAPANESE, font=Font(broken))


def test_every_name_that_other_rooms_give_has_a_word_in_both_languages() -> None:
    for language in Language:
        words = Words(language)
        named = {
            "level": Level,
            "wiring": Wiring,
            "event": Notice,
            "refusal": Refusal,
            "outcome": Outcome,
        }
        for kind, names in named.items():
            for name in names:
                assert words.has(kind, name), f"{kind} {name}"
        for told in (held(), held(Level.BUILDING), held(Level.LOAD)):
            for criterion in told.criteria:
                assert words.has("criterion", criterion.name), criterion
                if language is Language.JAPANESE:
                    assert words.said(criterion.wanted) != criterion.wanted, criterion.wanted


@given(st.text(max_size=30))
def test_what_there_is_no_word_for_is_shown_as_it_is(text: str) -> None:
    words = Words(Language.JAPANESE)
    if not any(pattern.fullmatch(text) for pattern, _ in pdf_words._WANTED) and not words.has("ended", text):
        assert words.said(text) == text
    assert words.name("event", "x" + text) == "x" + text


def test_a_buildings_document_is_read_back_and_no_other_bytes_are_it() -> None:
    told = building()
    data = encode_building(told)
    assert decode_building(data) == told
    assert not told.passed
    assert (told.told, told.acknowledged) == (30, 24)
    for other in (
        data.replace(b'"passed":false', b'"passed":true'),
        data.replace(b'"ended":"done"', b'"ended": "done"'),
        data.replace(b'"outcome":"refused"', b'"outcome":"gone"'),
        data.replace('["medical","来客中"]'.encode(), b"[1]"),
        data.replace(b'"level":"lb"', b'"level":"l2"'),
        data[:-1],
    ):
        assert other != data
        with pytest.raises(DocumentError):
            decode_building(other)
