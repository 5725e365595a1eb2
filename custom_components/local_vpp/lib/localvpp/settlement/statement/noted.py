"""Which of a note's values are numbers, and what they are called in the trail: each leads to what it counts.

A note is a sentence of `month.finding`, with values in its places. A time in it is the first of the slots that its
count is of, so it leads to where these are.
"""

from collections.abc import Mapping
from typing import Final

from ..month import Finding
from .figure import key_of

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "stand in": ("count", "count"),
    "late": ("count", "count"),
    "unknown": ("count", "count"),
    "crowded": ("count", "count"),
    "less than none": ("count", "count"),
    "partner": ("count", "count"),
    "no bulk": ("count",),
    "loss": ("wh", "of", "percent"),
    "loss in slots": ("count", "percent", "count", "wh", "of"),
    "charged": ("charged", "by_tariff"),
}
"""By sentence, in the order of its values. What meters' papers say is no number."""


def note_line(at: int) -> str:
    """Return the line of a note in the trail, by its place among the notes."""
    return f"note {at}"


def keys_of(finding: Finding, at: int) -> tuple[str, ...]:
    """Return by which name the trail has each value of a note; none for a note without numbers."""
    return tuple(key_of(note_line(at), column) for column in _COLUMNS.get(finding.told.key, ()))
