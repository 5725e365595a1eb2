"""The font of a PDF is read once, and each document is as if it had been read for it alone."""

from datetime import UTC, datetime

import pytest

from localvpp.paper import Language, Sheet, embedding, find_font

from ...needed import lacks


def sheet_of(text: str) -> bytes:
    sheet = Sheet(
        Language.JAPANESE, find_font(), "x", datetime(2026, 11, 1, tzinfo=UTC), software="local-vpp", page="{}/{}"
    )
    sheet.title(text, "2026")
    sheet.number_pages()
    return sheet.finish()


@pytest.mark.usefixtures("outside")
def test_a_second_document_reads_no_font_and_knows_nothing_of_the_first() -> None:
    font = find_font()
    if font is None:
        lacks("no font with Japanese is installed: scripts/browser")
    embedding.read.cache_clear()
    alone = sheet_of("精算書")
    files = embedding.read.cache_info().misses
    assert files == len({font.regular, font.bold or font.regular})
    other = sheet_of("電気料金の按分、按分、按分")
    assert sheet_of("精算書") == alone
    assert other != alone
    assert embedding.read.cache_info().misses == files
