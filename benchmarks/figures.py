"""What a benchmark tells: figures, what they were measured beside, and whether they reach their targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import math
from typing import Any

from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number."""

    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    beside: Mapping[str, float] = field(default_factory=dict)
    """References of the same run, by what they are."""

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached; None when there is none."""
        if self.at_least is None and self.at_most is None:
            return None
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    @property
    def target(self) -> str:
        """The target in words; empty when there is none."""
        least = None if self.at_least is None else f"≥ {number(self.at_least)}"
        most = None if self.at_most is None else f"≤ {number(self.at_most)}"
        return ", ".join(bound for bound in (least, most) if bound is not None)

    def plain(self) -> dict[str, Any]:
        """Return what JSON holds."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "at_least": self.at_least,
            "at_most": self.at_most,
            "met": self.is_met,
            "beside": dict(self.beside),
        }


def number(value: float) -> str:
    """Write a number with three digits that count, or as a whole when it has more."""
    return f"{value:,.0f}" if abs(value) >= 1_000 or value == int(value) else f"{value:.3g}"


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least a share of the values do not exceed."""
    assert values, "nothing was measured"
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def table(title: str, figures: Sequence[Figure]) -> Table:
    """Lay figures out."""
    shown = Table("figure", "value", "target", "reached", "beside, in the same run", title=title, title_justify="left")
    for figure in figures:
        beside = "; ".join(f"{name} {number(value)}" for name, value in figure.beside.items())
        reached = {None: "", True: "yes", False: "NO"}[figure.is_met]
        shown.add_row(figure.name, f"{number(figure.value)} {figure.unit}", figure.target, reached, beside)
    return shown
