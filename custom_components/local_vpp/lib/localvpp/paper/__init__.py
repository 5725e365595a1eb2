"""Documents on sheets of A4, in Japanese and English: the sheet, its font, and the languages. It knows no contents."""

from .font import Font, find_font
from .language import Language
from .sheet import GREEN, JAPAN, RED, Colour, PdfError, Sheet

__all__ = ["GREEN", "JAPAN", "RED", "Colour", "Font", "Language", "PdfError", "Sheet", "find_font"]
