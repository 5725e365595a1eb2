"""What a check has found: one line for each claim, true or not, with the figure it rests on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim that was put to the test."""

    claim: str
    holds: bool
    figure: str
    """What was counted or measured; when the claim fails, the first thing that contradicts it."""
