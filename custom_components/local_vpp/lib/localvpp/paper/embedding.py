"""A font put into a PDF, its file read once per process.

A font with Japanese has tens of thousands of glyphs, and to read what they are takes as long as all the rest of a
document. What was read is kept, and copied for each document: each marks in its own copy which glyphs it uses, and cuts
its own copy of the file down to them, so that no document knows of another.
"""

from copy import copy
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

_KEPT: Final = 4
"""Files that are kept: the regular and the bold one of two fonts."""
_METRICS: Final = ("hmtx", "vmtx")
"""Tables of a file that a document replaces as a whole where it cuts them down, so that what was read serves all."""


def embed(pdf: FPDF, family: str, style: str, path: Path) -> None:
    """Add a font to a document, as `FPDF.add_font` does. Raises what that raises."""
    from fpdf.fonts import SubsetMap  # noqa: PLC0415 - of the extra `pdf`

    known = read(path, path.stat().st_mtime_ns)
    font = copy(known)
    font.i = len(pdf.fonts) + 1
    font.fontkey = f"{family.lower()}{style}"
    font.emphasis = type(known.emphasis).coerce(style)
    font.cw = copy(known.cw)
    font.missing_glyphs = []
    file = type(known.ttfont)
    font.ttfont = file(path, recalcTimestamp=False, fontNumber=known.collection_font_number, lazy=True)
    for name in _METRICS:
        if name in known.ttfont:
            font.ttfont.tables[name] = copy(known.ttfont[name])
    font.subset = SubsetMap(font)
    pdf.fonts[font.fontkey] = font
    if font.is_cff and font.is_cid_keyed:
        # Which such fonts need (PDF 1.7, 9.7.4.2).
        pdf.pdf_version = max(pdf.pdf_version, "1.6")


@lru_cache(maxsize=_KEPT)
def read(path: Path, changed_ns: int) -> TTFFont:
    """Read a font's file; one that has changed is read anew."""
    from fpdf import FPDF  # noqa: PLC0415 - of the extra `pdf`
    from fpdf.fonts import TTFFont  # noqa: PLC0415

    return TTFFont(FPDF(), path, path.stem, "")
