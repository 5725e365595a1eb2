"""The sheet of A4 that a document is laid out on: headings, facts, tables. It needs fpdf2, of the extra `pdf`.

Every text is made to fit where it stands: smaller first, then cut with an ellipsis, so that nothing runs over anything.
Sentences, and the columns of a table that are said to fold, go on in the next line instead: nothing of them is lost.
The same document gives the same bytes: its times are those of what it tells, and nothing is drawn by chance.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, timezone, tzinfo
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from .embedding import embed
from .font import MISSING, Font
from .language import Language

if TYPE_CHECKING:
    from fpdf import FPDF

JAPAN: Final[tzinfo] = timezone(timedelta(hours=9), "JST")

WIDTH: Final = 180.0
"""Between the margins, in mm."""
_MARGIN: Final = 15.0
_BOTTOM: Final = 12.0
_HEIGHT: Final = 297.0
_SMALLEST: Final = 5.5
_TEXT: Final = 8.5
_ROW: Final = 5.2
_GREY: Final = (110, 110, 110)
_LINE: Final = (190, 190, 190)
_SHADE: Final = (240, 242, 244)
GREEN: Final = (22, 120, 60)
RED: Final = (176, 32, 32)
BLACK: Final = (20, 20, 20)

_NEVER_LAST: Final = frozenset("（「『〔×÷·")
_NEVER_FIRST: Final = frozenset("）」』〕、。，．・ー々っゃゅょッャュョ：；？！×÷·")
"""Signs that end no line, and begin none (禁則処理)."""
_PLAIN: Final = str.maketrans({"–": "-", "—": "-", "→": "->", "…": "...", "≤": "<=", "≥": ">="})
"""Signs of our own that Helvetica does not have."""

type Colour = tuple[int, int, int]


def _ends_a_line(sign: str) -> bool:
    return not sign.isascii() and sign not in _NEVER_LAST


class PdfError(Exception):
    """The PDF cannot be made; says why, and what would do."""


class Sheet:
    """Lays one document out, from top to bottom. Raises PdfError."""

    def __init__(
        self, language: Language, font: Font | None, title: str, made: datetime, *, software: str, page: str
    ) -> None:
        """Begin a document.

        Args:
            language: of its text.
            font: to be embedded; None: Helvetica, which has no Japanese.
            title: of the file.
            made: the time that the file is of.
            software: that has made it.
            page: how a page says its number, with a place for it and one for how many there are.
        """
        try:
            from fpdf import FPDF  # noqa: PLC0415 - an extra: the program runs without it
        except ImportError as error:
            raise PdfError("PDF needs a package that is not here: install local-vpp[pdf]") from error
        if font is None and language is Language.JAPANESE:
            raise PdfError(MISSING)
        self._page = page
        self._font = font
        pdf: FPDF = FPDF(format="A4")
        pdf.set_margins(_MARGIN, _MARGIN)
        pdf.set_auto_page_break(auto=False)
        pdf.set_title(title)
        pdf.set_lang("ja-JP" if language is Language.JAPANESE else "en")
        pdf.set_creator(software)
        pdf.set_producer(software)
        pdf.set_creation_date(made)
        if font is None:
            self._family, self._known = "Helvetica", None
        else:
            self._family = "document"
            for style, path in (("", font.regular), ("B", font.bold or font.regular)):
                try:
                    embed(pdf, self._family, style, path)
                except Exception as error:
                    raise PdfError(f"font {path} cannot be used: {error}") from error
            self._known = set(pdf.fonts[self._family].cmap)  # type: ignore[union-attr]
        self._pdf = pdf
        pdf.add_page()

    @property
    def left_mm(self) -> float:
        """How much is left of the page."""
        return _HEIGHT - _BOTTOM - float(self._pdf.get_y())

    def rows(self, below_mm: float) -> int:
        """Return how many rows there is room for, one at least, when so much is to stand below them."""
        return max(1, int((self.left_mm - below_mm) / _ROW))

    def page(self) -> None:
        """Begin another page."""
        self._pdf.add_page()

    def title(self, left: str, right: str) -> None:
        """Head the document."""
        y = self._pdf.get_y()
        self._put(left, 0, y, 125, 10, size=17, bold=True)
        self._put(right, 125, y, 55, 10, size=13, bold=True, align="R")
        self._pdf.set_y(y + 11)
        self._rule()

    def heading(self, text: str) -> None:
        """Head a part."""
        y = self._pdf.get_y() + 1.8
        self._put(text, 0, y, WIDTH, 5, size=9.5, bold=True)
        self._pdf.set_y(y + 5.3)

    def facts(self, facts: Sequence[tuple[str, str]], *, columns: int = 2, label_mm: float = 27.0) -> None:
        """Say facts with their names, side by side."""
        width = WIDTH / columns
        for at in range(0, len(facts), columns):
            y = self._pdf.get_y()
            for column, (name, value) in enumerate(facts[at : at + columns]):
                self._put(name, column * width, y, label_mm, _ROW, colour=_GREY)
                self._put(value, column * width + label_mm, y, width - label_mm - 2, _ROW)
            self._pdf.set_y(y + _ROW)

    def result(self, text: str, details: Sequence[str], colour: Colour) -> None:
        """Say the result so that nobody misses it, and beside it why, line by line."""
        assert not isinstance(details, str), "a text is a row of letters to Python, and would be drawn so"
        y = self._pdf.get_y() + 2
        self._pdf.set_draw_color(*colour)
        self._pdf.set_line_width(0.8)
        self._pdf.rect(_MARGIN, y, WIDTH, 15)
        self._pdf.set_line_width(0.2)
        self._put(text, 3, y, 62, 15, size=24, bold=True, colour=colour)
        row = min(4.6, 13.2 / max(1, len(details)))
        top = y + (15 - row * len(details)) / 2
        for at, detail in enumerate(details):
            self._put(detail, 66, top + at * row, WIDTH - 69, row, size=9)
        self._pdf.set_y(y + 16)

    def table(
        self,
        widths: Sequence[float],
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        colours: Sequence[Colour | None] | None = None,
        pages: bool = False,
        numbers: Collection[int] = (),
        folds: Collection[int] = (),
    ) -> None:
        """Draw a table; the last column of a row has its colour. With `pages`, it goes on over as many as it needs.

        The columns `numbers` end on the right. What is too long for one of the columns `folds` goes on in rows of its
        own, in which the other columns are empty.
        """
        self._row(widths, head, shaded=True, numbers=numbers)
        for at, row in enumerate(rows):
            for part in self._folded_row(widths, row, folds):
                if pages and self.left_mm < 2 * _ROW:
                    self._pdf.add_page()
                    self._row(widths, head, shaded=True, numbers=numbers)
                self._row(widths, part, colour=None if colours is None else colours[at], numbers=numbers)

    def lines(self, texts: Sequence[str], *, size: float = _TEXT) -> None:
        """Say sentences, one below the other; one that is too long goes on in the next line, and on the next page."""
        for text in texts:
            for at, line in enumerate(self._folded(text, WIDTH, size)):
                if at and self.left_mm < _ROW:
                    self._pdf.add_page()
                y = self._pdf.get_y()
                self._put(line, 0, y, WIDTH, _ROW, size=size)
                self._pdf.set_y(y + _ROW)

    def packed(self, texts: Sequence[str], joint: str) -> list[str]:
        """Return sentences joined to as few lines as hold them; one that is too long has a line of its own."""
        lines: list[str] = []
        self._pdf.set_font(self._family, "", _TEXT)
        for text in texts:
            longer = f"{lines[-1]}{joint}{text}" if lines else text
            if lines and self._pdf.get_string_width(self._readable(longer)) <= WIDTH:
                lines[-1] = longer
            else:
                lines.append(text)
        return lines

    def signatures(self, names: Sequence[str], date: str) -> None:
        """Leave room for who signs, at the foot of the page."""
        y = max(float(self._pdf.get_y()) + 3, _HEIGHT - _BOTTOM - 15)
        width = WIDTH / len(names)
        for at, name in enumerate(names):
            left = at * width
            self._pdf.set_draw_color(*BLACK)
            self._pdf.line(_MARGIN + left, y + 9, _MARGIN + left + width - 8, y + 9)
            self._put(name, left, y + 9.5, width - 38, 4.5, size=7, colour=_GREY)
            self._put(date, left + width - 38, y + 9.5, 30, 4.5, size=7, colour=_GREY)
        self._pdf.set_y(y + 14)

    def number_pages(self) -> None:
        """Write on each page which of how many it is."""
        pages = self._pdf.pages_count
        for number in range(1, pages + 1):
            self._pdf.page = number
            # A page that is gone back to is in the font that it ended with, whatever was chosen last on another one.
            self._pdf.set_font(self._family, "B", _TEXT)
            self._put(self._page.format(number, pages), 0, _HEIGHT - 9, WIDTH, 4, size=7, colour=_GREY, align="R")

    def attach(self, name: str, data: bytes) -> None:
        """Put the document itself into the PDF, for programs."""
        self._pdf.embed_file(bytes=data, basename=name, modification_date=self._pdf.creation_date)

    def finish(self) -> bytes:
        """Return the PDF."""
        return bytes(self._pdf.output())

    def _row(
        self,
        widths: Sequence[float],
        cells: Sequence[str],
        *,
        shaded: bool = False,
        colour: Colour | None = None,
        numbers: Collection[int] = (),
    ) -> None:
        y, left = self._pdf.get_y(), 0.0
        if shaded:
            self._pdf.set_fill_color(*_SHADE)
            self._pdf.rect(_MARGIN, y, sum(widths), _ROW, style="F")
        for at, (width, cell) in enumerate(zip(widths, cells, strict=True)):
            last = at == len(cells) - 1
            tint = colour if last and colour is not None else BLACK
            bold = shaded or (last and colour is not None)
            self._put(cell, left + 1, y, width - 2, _ROW, bold=bold, colour=tint, align="R" if at in numbers else "L")
            left += width
        self._pdf.set_draw_color(*_LINE)
        self._pdf.line(_MARGIN, y + _ROW, _MARGIN + sum(widths), y + _ROW)
        self._pdf.set_y(y + _ROW)

    def _folded_row(self, widths: Sequence[float], cells: Sequence[str], folds: Collection[int]) -> list[Sequence[str]]:
        """Return the rows that one row is drawn as."""
        folded = {at: self._folded(cells[at], widths[at] - 2, _TEXT) for at in folds}
        columns = [folded.get(at, [cell]) for at, cell in enumerate(cells)]
        return list(zip_longest(*columns, fillvalue=""))

    def _folded(self, text: str, width: float, size: float) -> list[str]:
        """Return a text in lines that are no wider: itself, where it can be made small enough to fit."""
        self._pdf.set_font(self._family, "", _SMALLEST)
        if self._pdf.get_string_width(self._readable(text)) <= width:
            return [text]
        self._pdf.set_font(self._family, "", size)
        lines, line, after = list[str](), "", 0
        for sign in text:
            # A line may end after a space, and anywhere between signs that need none.
            if line and sign not in _NEVER_FIRST and (line[-1] == " " or _ends_a_line(line[-1])):
                after = len(line)
            line += sign
            if self._pdf.get_string_width(self._readable(line.rstrip())) > width:
                after = after or len(line) - 1
                lines.append(line[:after].rstrip())
                line, after = line[after:].lstrip(), 0
        return [*lines, line]

    def _rule(self) -> None:
        self._pdf.set_draw_color(*BLACK)
        self._pdf.line(_MARGIN, self._pdf.get_y(), _MARGIN + WIDTH, self._pdf.get_y())
        self._pdf.set_y(self._pdf.get_y() + 1.5)

    def _put(
        self,
        text: str,
        left: float,
        y: float,
        width: float,
        height: float,
        *,
        size: float = _TEXT,
        bold: bool = False,
        colour: Colour = BLACK,
        align: str = "L",
    ) -> None:
        pdf = self._pdf
        shown = self._readable(text)
        pdf.set_text_color(*colour)
        pdf.set_font(self._family, "B" if bold else "", size)
        while pdf.get_string_width(shown) > width and size > _SMALLEST:
            size -= 0.5
            pdf.set_font_size(size)
        if pdf.get_string_width(shown) > width:
            ellipsis = self._readable("…")
            while shown and pdf.get_string_width(shown + ellipsis) > width:
                shown = shown[:-1]
            shown += ellipsis
        pdf.c_margin = 0
        pdf.set_xy(_MARGIN + left, y)
        pdf.cell(width, height, shown, align=align)

    def _readable(self, text: str) -> str:
        """Return a text as the font can show it: what it has no sign for is a mark, never nothing."""
        text = "".join(each if each.isprintable() else " " for each in text)
        if self._known is not None:
            known = self._known
            mark = "〓" if ord("〓") in known else "?"
            return "".join(each if ord(each) in known else mark for each in text)
        text = text.translate(_PLAIN)
        try:
            text.encode("latin-1")
        except UnicodeEncodeError as error:
            raise PdfError(f"{text[:40]!r} has characters that need a font: {MISSING}") from error
        return text
