"""What is wrong with a plan: which part of it, which slot, which field, its value, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Kinds of what may be wrong."""

    FORM = "form"
    """It is no plan: a field is missing, is none, or is not what it should be."""
    PERIOD = "period"
    SLOTS = "slots"
    CODE = "code"
    NEGATIVE = "negative"
    BALANCE = "balance"
    """Demand and sales are not what is procured (需要計画 + 販売計画 = 調達計画)."""
    BOTH_WAYS = "both ways"
    SUM = "sum"
    INSIDE = "inside"
    RESPONSE = "response"
    ANOTHER = "another"
    """A later plan that is not of the same subject and day."""
    ORDER = "order"
    GATE = "gate"
    TRADES = "trades"


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation."""

    fault: Fault
    part: str
    """The flat within a building's plan; empty for the plan itself."""
    slot: int | None
    """Counted from 1 within the plan; None for what concerns no single slot."""
    field: str
    value: object
    remedy: str

    @property
    def says(self) -> str:
        """One sentence of all that."""
        part = f"{self.part}, " if self.part else ""
        slot = "" if self.slot is None else f"slot {self.slot}, "
        shown = repr(self.value)
        return f"{part}{slot}{self.field} is {shown if len(shown) <= 60 else shown[:57] + '...'}: {self.remedy}"


class PlanError(ValueError):
    """What was handed in is no plan, or makes none."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.says)
        self.finding = finding


def wrong(field: str, value: object, remedy: str, *, part: str = "", slot: int | None = None) -> PlanError:
    """Return the error of a form that is wrong."""
    return PlanError(Finding(Fault.FORM, part, slot, field, value, remedy))
