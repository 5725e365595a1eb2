"""The languages that documents are in."""

from enum import StrEnum


class Language(StrEnum):
    """In which a document is."""

    JAPANESE = "ja"
    ENGLISH = "en"
