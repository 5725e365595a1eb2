"""The lines of a statement in the order in which every rendering has them."""

from dataclasses import dataclass
from fractions import Fraction

from ..settlement.month import UNITS
from ..settlement.statement import Row, RowKind, Statement
from .words import Words


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is for, how much, what it comes to."""

    name: str
    key: str
    """Its line in the trail."""
    wh: int | None
    money: int
    """10⁻⁵ yen."""
    row: Row | None = None
    """None: it is no energy."""

    @property
    def price(self) -> Fraction | None:
        """The average, in ticks; None where there is none."""
        return Fraction(abs(self.money), self.wh) if self.wh and self.money else None


def lines_of(statement: Statement, words: Words) -> list[Line]:
    """Return the lines, which sum to the bill exactly: the last one says what was rounded."""
    lines = [Line(_name(row, statement, words), row.kind.value, row.wh, row.money, row) for row in statement.rows]
    bill = statement.bill
    if bill is None:
        return lines
    lines += [Line(name, f"fee {at}", None, money) for at, (name, money) in enumerate(bill.fees)]
    if bill.levelling_money:
        lines.append(Line(words["levelling"], "levelling", None, bill.levelling_money))
    if statement.adjustments:
        lines.append(Line(words["adjustment"], "adjustment", None, bill.adjustment_money))
    lines.append(Line(words["rounding"], "rounding", None, bill.yen * UNITS - bill.exact_money))
    return lines


def _name(row: Row, statement: Statement, words: Words) -> str:
    account = statement.account
    unknown = account.slots - account.use_known
    if row.kind is RowKind.OWN and row.wh is not None and unknown:
        return words["partly"].format(words[row.kind], unknown)
    return words[row.kind]
