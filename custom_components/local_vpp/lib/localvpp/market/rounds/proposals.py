"""What the result of a round is where orders refuse parts: the best that anybody has proposed in time.

Which of such orders are left out has to be searched for, and nobody can prove in time that nothing better is possible.
So everybody clears the book in one canonical way, which costs a fixed number of steps and has the same bytes
everywhere, and whoever finds something that is worth more proposes it. Each proposal that is taken is better than the
one before, and is named by a record of the log: the last of them is the result, and the canonical one where there is
none. A book that divides every order has no proposals, for its result is proven to be the best.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from ..check import check
from ..clear import clear
from ..clearing.whole import CANONICAL, Effort
from ..errors import MarketError
from ..result import Result
from ..rules import Objective
from .cleared import Outcome
from .documents import digest
from .opened import OpenedBook

MOST_PROPOSALS: Final = 4
"""Of one flat in one round: each is checked, and each that is taken is an entry of the log."""
_SEARCHING: Final = 4
"""Times the canonical steps, of whoever looks for something better."""


def canonical(opened: OpenedBook, book: bytes, without: Collection[bytes] = ()) -> Outcome:
    """Return what everybody comes to who clears a book. It takes its time. Raises MarketError.

    Args:
        opened: the book.
        book: its document.
        without: the blinds of offers of it that do not count.
    """
    return _outcome(opened, book, CANONICAL, without)


def searched(opened: OpenedBook, book: bytes, turn: bytes, stopped: Callable[[], bool] = lambda: False) -> Outcome:
    """Return the best result that this machine finds with more than the canonical steps.

    `turn` tells whoever searches from the others: they need not all look at the same. `stopped` is asked with each
    choice that is looked at. Raises MarketError, StoppedError when nobody waits for it any more.
    """
    return _outcome(opened, book, Effort(times=_SEARCHING, turn=turn, stopped=stopped))


def _outcome(opened: OpenedBook, book: bytes, effort: Effort, without: Collection[bytes] = ()) -> Outcome:
    result = clear(opened.book(without), opened.objective, opened.price, effort)
    return Outcome(opened.origin, opened.slot, opened.number, digest(book), result, tuple(sorted(without)))


@dataclass(frozen=True, slots=True)
class Bid:
    """A result that was found right, and what it is worth."""

    document: bytes
    result: Result

    @property
    def is_best(self) -> bool:
        """Whether nothing is worth more: the bound proves it."""
        return self.result.gap == 0


def bid_of(document: bytes, book: bytes) -> tuple[Bid | None, tuple[str, ...]]:
    """Read a proposal for a book; return all that is wrong with it instead. It takes its time."""
    try:
        outcome, opened = Outcome.decode(document), OpenedBook.decode(book)
        named = (opened.origin, opened.slot, opened.number, digest(book))
        if (outcome.origin, outcome.slot, outcome.number, outcome.book) != named:
            return None, (f"it is of another book, {outcome.book.hex()[:16]}",)
        if outcome.without:
            return None, (f"it is without {len(outcome.without)} offers of the book: all of them count in a proposal",)
        found = check(opened.book(), outcome.result, objective=opened.objective, price=opened.price)
    except MarketError as error:
        return None, (f"it cannot be read: {error}",)
    return (None, tuple(map(str, found))) if found else (Bid(document, outcome.result), ())


def not_better(result: Result, best: Result) -> str | None:
    """Say by how much a result is worth less than the best so far, or that it is worth no more; None when it is.

    Both are right results of one book.
    """
    ahead = _ahead(result, best)
    if ahead > 0:
        return None
    if not ahead:
        return f"it is worth as much as the best so far, {written(result)}: only what is better is taken"
    return (
        f"it is worse than the best so far by {-ahead} {_unit(best)}: {written(result)}, and the best is "
        f"{written(best)}"
    )


def falls_short(result: Result, known: Result, whose: str) -> str | None:
    """Say that a result is worth less than one that is known; None when it is not. Both are of one book."""
    ahead = _ahead(result, known)
    if ahead >= 0:
        return None
    return (
        f"the result is worse than {whose} by {-ahead} {_unit(known)}: {written(result)}, and that is {written(known)}"
    )


def written(result: Result) -> str:
    """Write what a result is worth to its objective."""
    if result.certificate.objective is Objective.FLOOR:
        return f"a gap of {result.gap} {_unit(result)}"
    return f"{result.value} {_unit(result)}"


def _ahead(result: Result, other: Result) -> int:
    """Return how much more a result is worth.

    With `floor` its trades do not say so, for what is shared gains less: the bound of both is the same, so it is worth
    more by as much as its gap is smaller.
    """
    if result.certificate.objective is Objective.FLOOR:
        return other.gap - result.gap
    return result.value - other.value


def _unit(result: Result) -> str:
    return "Wh" if result.certificate.objective is Objective.ENERGY else "× 10⁻⁵ yen"
