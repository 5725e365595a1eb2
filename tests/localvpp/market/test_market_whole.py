"""Orders that refuse parts: never a part of them, never at a loss, and of all choices the best where HiGHS is."""

from copy import replace
from itertools import combinations
import random
from time import process_time

import pytest

from localvpp.market import Book, Objective, Order, Side, check, clear
from localvpp.market.clear import markets_of
from localvpp.market.clearing import milp, whole
from localvpp.market.clearing.milp import Answer, Program
from localvpp.market.clearing.whole import _Search
from localvpp.market.rules import PriceRule

from ...needed import module
from . import books


def best_choice(book: Book, objective: Objective) -> int:
    """The most that any choice of orders to leave out is worth."""
    groups = list(book.groups())
    search = _Search(list(markets_of(book)), objective, PriceRule.MID, groups)
    choices = (
        search.judge(frozenset(out))
        for size in range(len(groups) + 1)
        for out in combinations(range(len(groups)), size)
    )
    return max(choice.value for choice in choices if not choice.broken)


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("objective", [Objective.ENERGY, Objective.GAIN])
def test_no_choice_is_better(objective: Objective, lines: bool) -> None:
    for number in range(12):
        book = books.some_whole(random.Random(number), 9, lines=lines, slots=1 + number % 2)
        result = clear(book, objective)
        assert check(book, result) == (), number
        value = result.energy_wh if objective is Objective.ENERGY else result.gain
        assert value == best_choice(book, objective), number
        assert result.gap >= 0


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("objective", [Objective.ENERGY, Objective.GAIN])
def test_what_the_integer_program_allows(objective: Objective, lines: bool) -> None:
    """It knows no prices, so it allows no less than what is possible, and nothing beyond what could be divided."""
    module("highspy", "blocks")
    for number in range(12):
        book = books.some_whole(random.Random(number), 8, lines=lines, slots=1 + number % 2)
        groups = list(book.groups())
        if not groups:
            continue
        program = Program(list(markets_of(book)), objective, groups)
        answer = program.solve()
        assert answer is not None
        result = clear(book, objective)
        value = result.energy_wh if objective is Objective.ENERGY else result.gain
        assert value <= answer.bound <= value + result.gap
        program.refuse(answer.out)
        other = program.solve()
        assert other is None or (other.out != answer.out and other.bound <= answer.bound)


def test_the_integer_program_finds_what_leaving_out_step_by_step_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    module("highspy", "blocks")
    monkeypatch.setattr(_Search, "branching", lambda _, best: best)
    better = 0
    for number in range(40):
        book = books.some_whole(random.Random(number), 14, lines=False)
        with_it = clear(book).gain
        with monkeypatch.context() as without:
            without.setattr(whole, "is_installed", lambda: False)
            alone = clear(book).gain
        assert with_it >= alone
        better += with_it > alone
    assert better


def large(seed: int, count: int) -> Book:
    """A book of which three in ten orders are all or nothing."""
    draw = random.Random(seed)
    orders = (
        Order(
            id=f"o{number}",
            flat=f"f{number}",
            side=draw.choice(list(Side)),
            wh=draw.randint(1, 2000),
            limit=draw.randint(0, 4000),
            all_or_nothing=draw.random() < 0.3,
        )
        for number in range(count)
    )
    return Book(seed=b"", orders=tuple(orders))


def test_a_book_of_a_thousand_asks_little_of_the_integer_program_and_the_same_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of this one ten choices took twenty seconds of processor; in steps that are counted it is two or three."""
    module("highspy", "blocks")
    answers = list[Answer | None]()
    solve = Program.solve

    def counted(self: Program) -> Answer | None:
        answers.append(solve(self))
        return answers[-1]

    monkeypatch.setattr(Program, "solve", counted)
    book = large(1000, 1000)
    begun = process_time()
    result = clear(book)
    assert process_time() - begun < 10
    first = answers.copy()
    assert 1 < len(first) <= 6
    assert result.gap < result.gain // 1000
    assert check(book, result) == ()
    answers.clear()
    assert clear(book) == result
    assert answers == first


def test_a_program_grows_as_its_book_and_not_faster() -> None:
    """With energy as the goal all orders up to each limit have to meet, and there are as many limits as orders."""
    for objective in (Objective.ENERGY, Objective.GAIN):
        book = large(1000, 1000)
        program = Program(list(markets_of(book)), objective, list(book.groups()))
        assert sum(len(row) for row, _, _ in program._rows) < 8 * len(book.orders)


def test_nothing_is_asked_where_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    module("highspy", "blocks")

    def asked(_: Program) -> Answer | None:
        raise AssertionError

    monkeypatch.setattr(Program, "solve", asked)
    assert clear(large(1, 1000)).gap == 0
    assert clear(large(1000, 1000), Objective.ENERGY).gap == 0
    with pytest.raises(AssertionError):
        clear(large(1000, 1000))


def test_a_search_that_is_cut_short_leaves_a_right_result_and_its_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    module("highspy", "blocks")
    short = 0
    for seed in range(1, 9):
        book = large(seed, 40)
        asked = list(markets_of(book)), Objective.GAIN, list(book.groups())
        ended = Program(*asked).solve()
        with monkeypatch.context() as one_node:
            one_node.setattr(milp, "_MOST_NODES", 0)
            program = Program(*asked)
            answer = program.solve()
            assert program.solve() is None, "its node is used up"
            result = clear(book)
        assert ended is not None
        short += answer is None or answer.bound > ended.bound
        assert check(book, result) == (), seed
        assert result.gap == clear(books.divided(book)).gain - result.gain
    assert short > 3


@pytest.mark.parametrize("objective", list(Objective))
def test_without_the_extra_it_is_right_and_tells_the_gap(objective: Objective, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "is_installed", lambda: False)
    for number in range(20):
        book = books.some_whole(random.Random(number), 12, lines=number % 2 == 1, slots=2)
        result = clear(book, objective)
        assert check(book, result) == (), number
        assert result.gap >= 0


def test_the_order_of_arrival_decides_nothing() -> None:
    for number in range(60):
        draw = random.Random(number)
        book = books.some_whole(draw, 12, lines=number % 2 == 1, slots=1 + number % 3)
        shuffled = list(book.orders)
        draw.shuffle(shuffled)
        assert clear(replace(book, orders=tuple(shuffled))) == clear(book), number


def test_a_block_trades_in_all_of_its_slots_or_none() -> None:
    sun = [Order(id=f"sun{slot}", flat="1", side=Side.ASK, wh=500, limit=800, slot=slot) for slot in (0, 1)]
    wash = [
        Order(id=f"wash{slot}", flat="2", side=Side.BID, wh=500, limit=2000, slot=slot, block="wash") for slot in (0, 1)
    ]
    rival = Order(id="rival", flat="3", side=Side.BID, wh=500, limit=2500, slot=1)
    both = clear(Book(seed=b"", orders=(*sun, *wash)))
    assert sorted(trade.buyer for trade in both.trades) == ["wash0", "wash1"]
    book = Book(seed=b"", orders=(*sun, *wash, rival))
    neither = clear(book)
    assert [trade.buyer for trade in neither.trades] == ["rival"]
    assert neither.certificate.left_out == ("wash0", "wash1")
    assert neither.gap == 500 * (2000 - 800)
    assert check(book, neither) == ()


def test_a_part_of_a_whole_order_is_found() -> None:
    orders = (
        Order(id="sun", flat="1", side=Side.ASK, wh=400, limit=800),
        Order(id="car", flat="2", side=Side.BID, wh=500, limit=2000, all_or_nothing=True),
    )
    book = Book(seed=b"", orders=orders)
    assert clear(book).trades == ()
    divisible = Book(seed=b"", orders=(orders[0], replace(orders[1], all_or_nothing=False)))
    findings = check(book, clear(divisible))
    assert ("car", 100) in {(finding.subject, finding.wh) for finding in findings}


def test_nobody_is_left_out_for_nothing() -> None:
    """An order that trades wholly anyway stays in, and one that is left out would trade in part."""
    for number in range(20):
        book = books.some_whole(random.Random(number), 12, lines=False)
        result = clear(book)
        groups = list(book.groups())
        search = _Search(list(markets_of(book)), Objective.GAIN, PriceRule.MID, groups)
        out = frozenset(index for index, group in enumerate(groups) if group[0].id in result.certificate.left_out)
        for index in out:
            again = search.judge(out - {index})
            assert again.broken or again.value < result.gain


def test_many_that_are_served_in_part_do_not_take_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The floor serves all a little. When time is short more than one at once is left out, and it stays right."""
    monkeypatch.setattr(whole, "_STEPS", 0)
    bids = (
        Order(id=f"b{number}", flat=f"f{number}", side=Side.BID, wh=500, limit=2000 + number, min_wh=400)
        for number in range(60)
    )
    book = Book(seed=b"", orders=(Order(id="sun", flat="s", side=Side.ASK, wh=7500, limit=800), *bids))
    search = _Search(list(markets_of(book)), Objective.FLOOR, PriceRule.MID, list(book.groups()))
    assert not search.yielding().broken
    assert len(search.judged) < 40
    assert check(book, clear(book, Objective.FLOOR)) == ()
