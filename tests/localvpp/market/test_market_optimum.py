"""Nothing better exists: random books against a linear program, and every result against the check."""

import random

import pytest

from localvpp.market import (
    Book,
    BookError,
    Objective,
    PriceRule,
    Result,
    check,
    clear,
    plain_result,
    read_result,
    unsuited,
)

from . import books
from .oracle import best

LINES = pytest.mark.parametrize("lines", [False, True], ids=["free", "lines"])
OBJECTIVES = pytest.mark.parametrize("objective", list(Objective))


def cleared(book: Book, objective: Objective, rule: PriceRule = PriceRule.MID) -> Result:
    """A result that the check agrees to, before and after it has been JSON."""
    result = clear(book, objective, rule)
    assert check(book, result, objective=objective, price=rule) == ()
    assert read_result(plain_result(result)) == result
    return result


def against_the_program(objective: Objective, lines: bool, first: int, count: int) -> None:
    for number in range(first, first + count):
        book = books.book(random.Random(number), number % 15, lines=lines)
        result = cleared(book, objective)
        energy, gain = best(book, objective)
        assert result.energy_wh == energy, f"book {number}"
        # Raising the floor gives energy to those who bid less for it: as much of it, and no more gain.
        assert result.gain == gain or (objective is Objective.FLOOR and 0 <= result.gain < gain), f"book {number}"
        assert result.gap == 0


@LINES
@OBJECTIVES
def test_no_solution_is_better(objective: Objective, lines: bool) -> None:
    against_the_program(objective, lines, 0, 40)


@pytest.mark.slow
@LINES
@OBJECTIVES
def test_no_solution_is_better_of_a_thousand_books(objective: Objective, lines: bool) -> None:
    against_the_program(objective, lines, 1_000, 1_000)


def test_green_energy_is_sold_at_its_own_price_in_one_market() -> None:
    for number in range(60):
        book = books.book(random.Random(number), 4 + number % 10, green=True)
        result = cleared(book, Objective.GAIN)
        assert (result.energy_wh, result.gain) == best(book, Objective.GAIN), f"book {number}"


@LINES
@OBJECTIVES
@pytest.mark.parametrize("rule", list(PriceRule))
def test_every_price_rule(objective: Objective, lines: bool, rule: PriceRule) -> None:
    for number in range(15):
        book = books.book(random.Random(number), 12, lines=lines, green=number % 3 == 2)
        if unsuited(book, objective, rule):
            with pytest.raises(BookError, match="take"):
                clear(book, objective, rule)
        else:
            cleared(book, objective, rule)
    assert not unsuited(book, objective, PriceRule.MID)
