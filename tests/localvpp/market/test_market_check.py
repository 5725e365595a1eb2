"""Whoever bends a result is found out, by order and Wh: changed orders, withheld trades, prices, lines, ties."""

from collections.abc import Callable
from copy import replace
import random

import pytest

from localvpp.market import (
    Book,
    Fault,
    Finding,
    Network,
    Node,
    Objective,
    Order,
    PriceRule,
    Result,
    Trade,
    check,
    clear,
)

from . import books
from .books import order

BOOK = Book(
    seed=b"seed",
    orders=(
        order("a1", "ask", 500, 800),
        order("a2", "ask", 500, 1200),
        order("a3", "ask", 500, 2000),
        order("b1", "bid", 300, 2600),
        order("b2", "bid", 400, 2400),
        order("b3", "bid", 400, 1500),
    ),
)


def found(book: Book, result: Result) -> tuple[Finding, ...]:
    findings = check(book, result)
    assert findings, "nothing was found"
    assert all(str(finding) for finding in findings)
    return findings


def kinds(book: Book, result: Result) -> set[Fault]:
    return {finding.fault for finding in found(book, result)}


def recounted(book: Book, result: Result, trades: tuple[Trade, ...]) -> Result:
    """A result whose sums fit its trades: only the market's rules can tell that it is wrong."""
    limits = {one.id: one.limit for one in book.orders}
    (proof,) = result.certificate.stages
    return replace(
        result,
        trades=trades,
        energy_wh=sum(trade.wh for trade in trades),
        gain=sum(trade.wh * (limits[trade.buyer] - limits[trade.seller]) for trade in trades),
        certificate=replace(result.certificate, stages=(replace(proof, trades=len(trades)),)),
    )


def test_the_right_result() -> None:
    result = clear(BOOK)
    assert check(BOOK, result) == ()
    assert (result.energy_wh, result.gain) == (1000, 300 * 2600 + 400 * 2400 + 300 * 1500 - 500 * 800 - 500 * 1200)
    assert {trade.price for trade in result.trades} == {(1200 + 1500) // 2}


@pytest.mark.parametrize(
    "bend",
    [
        lambda one: replace(one, wh=one.wh - 50),
        lambda one: replace(one, limit=one.limit + 100),
        lambda one: replace(one, limit=one.limit - 100),
    ],
    ids=["less", "dearer", "cheaper"],
)
@pytest.mark.parametrize("number", [0, 1, 3, 4])
def test_an_order_that_was_changed(bend: Callable[[Order], Order], number: int) -> None:
    """The coordinator clears another book than the flats know; on an idle order nothing depends."""
    bent = list(BOOK.orders)
    bent[number] = bend(bent[number])
    result = clear(replace(BOOK, orders=tuple(bent)))
    assert result != clear(BOOK)
    findings = found(BOOK, result)
    assert findings


@pytest.mark.parametrize("objective", list(Objective))
@pytest.mark.parametrize("number", range(3))
def test_a_trade_that_is_withheld(objective: Objective, number: int) -> None:
    result = clear(BOOK, objective)
    trades = (*result.trades[:number], *result.trades[number + 1 :])
    findings = found(BOOK, recounted(BOOK, result, trades))
    assert Fault.OPTIMUM in {finding.fault for finding in findings}
    missing = result.trades[number]
    assert any(finding.subject in {missing.seller, missing.buyer, "certificate"} for finding in findings)
    plain = replace(result, trades=trades)
    assert Fault.RESULT in kinds(BOOK, plain)


def test_a_withheld_order_is_named_with_its_energy() -> None:
    result = clear(BOOK)
    kept = tuple(trade for trade in result.trades if trade.buyer != "b1")
    findings = found(BOOK, recounted(BOOK, result, kept))
    assert ("b1", 300) in {(finding.subject, finding.wh) for finding in findings if finding.fault is Fault.OPTIMUM}


@pytest.mark.parametrize("off", [-1, 1, 10_000, -10_000])
def test_a_price_that_the_rule_does_not_give(off: int) -> None:
    result = clear(BOOK)
    trades = (replace(result.trades[0], price=result.trades[0].price + off), *result.trades[1:])
    findings = found(BOOK, replace(result, trades=trades))
    assert {finding.fault for finding in findings} == {Fault.PRICE}


def test_a_result_worse_by_the_least_there_is() -> None:
    """One Wh at a limit one tick worse: 10⁻⁵ yen, the unit that money is counted in."""
    book = Book(
        seed=b"",
        orders=(
            order("a", "ask", 10, 100),
            order("b1", "bid", 6, 200),
            order("b2", "bid", 6, 199),
            order("b3", "bid", 6, 198),
        ),
    )
    result = clear(book)
    assert result.gain == 6 * 100 + 4 * 99
    worse = (Trade("a", "b3", 1, 149), Trade("a", "b2", 3, 149), Trade("a", "b1", 6, 149))
    bent = recounted(book, result, worse)
    assert bent.gain == result.gain - 1
    findings = found(book, bent)
    assert ("b3", 1) in {(finding.subject, finding.wh) for finding in findings if finding.fault is Fault.OPTIMUM}
    # With a certificate to match, and prices too, it is found as well.
    for price in range(98, 203):
        proof = replace(bent.certificate.stages[0], prices={"building": price})
        assert check(book, replace(bent, certificate=replace(bent.certificate, stages=(proof,))))


def test_what_the_line_to_the_grid_carries_limits_no_trade() -> None:
    inside = Node(id="x", parent="r", export_limit_wh=200)
    book = Book(seed=b"", orders=(order("a", "ask", 500, 100), order("b", "bid", 500, 200)))
    for root in (Node(id="r"), Node(id="r", import_limit_wh=0, export_limit_wh=0)):
        over = replace(book, network=Network((root, inside), {"f-a": "x", "f-b": "r"}))
        for objective in Objective:
            result = clear(over, objective)
            assert result.energy_wh == 200
            assert check(over, result) == ()


def test_energy_beyond_a_line() -> None:
    book = Book(
        seed=b"",
        orders=(order("a", "ask", 500, 100), order("b", "bid", 500, 200)),
        network=Network(
            (Node(id="r"), Node(id="x", parent="r", export_limit_wh=200)),
            {"f-a": "x", "f-b": "r"},
        ),
    )
    result = clear(book)
    assert result.energy_wh == 200
    findings = found(book, recounted(book, result, (replace(result.trades[0], wh=300),)))
    assert [(finding.fault, finding.subject, finding.wh) for finding in findings] == [(Fault.LINE, "x", 100)]
    assert Fault.OPTIMUM in kinds(book, recounted(book, result, (replace(result.trades[0], wh=199),)))


@pytest.mark.parametrize("objective", list(Objective))
def test_a_tie_that_was_decided_otherwise(objective: Objective) -> None:
    """Two flats bid alike for what only one can have: only the seed decides which."""
    book = Book(
        seed=b"s",
        orders=(order("a", "ask", 100, 100), order("b1", "bid", 100, 200), order("b2", "bid", 100, 200)),
    )
    if objective is Objective.FLOOR:
        # Raised to one level both get half; of an odd Wh the ranks decide.
        book = replace(book, orders=(order("a", "ask", 101, 100), *book.orders[1:]))
    result = clear(book, objective)
    swap = {"b1": "b2", "b2": "b1"}
    trades = tuple(replace(trade, buyer=swap[trade.buyer]) for trade in result.trades)
    assert kinds(book, recounted(book, result, trades)) & {Fault.TIE, Fault.OPTIMUM}
    # The swapped result is the right one of a book in which the two have each other's names.
    other = next(
        replace(book, seed=bytes([seed]))
        for seed in range(50)
        if clear(replace(book, seed=bytes([seed])), objective).trades != result.trades
    )
    assert check(other, clear(other, objective)) == ()
    assert check(book, clear(other, objective))


def test_pairs_that_were_made_otherwise() -> None:
    """With one price for each pair it matters who meets whom."""
    result = clear(BOOK, Objective.GAIN, PriceRule.PAIR)
    assert len(result.trades) > 1
    assert Fault.PAIRING in kinds(BOOK, recounted(BOOK, result, tuple(reversed(result.trades))))


def test_other_green_energy_than_was_ordered() -> None:
    book = Book(
        seed=b"",
        orders=(
            order("sun", "ask", 100, 500, attributes=frozenset({"solar"})),
            order("grey", "ask", 100, 100),
            order("b", "bid", 100, 900, requires=frozenset({"green"})),
        ),
    )
    result = clear(book)
    assert [(trade.seller, trade.wh) for trade in result.trades] == [("sun", 100)]
    trades = (Trade("grey", "b", 100, result.trades[0].price),)
    assert Fault.GREEN in kinds(book, recounted(book, result, trades))


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("objective", list(Objective))
def test_no_bent_result_of_a_random_book_passes(objective: Objective, lines: bool) -> None:
    draw = random.Random(7)
    bent = 0
    for number in range(60):
        book = books.book(random.Random(number), 10, lines=lines)
        result = clear(book, objective)
        if not result.trades:
            continue
        chosen = draw.randrange(len(result.trades))
        trade = result.trades[chosen]
        changed = draw.choice(
            [
                replace(trade, wh=trade.wh + 1),
                replace(trade, wh=trade.wh - 1),
                replace(trade, price=trade.price + draw.choice([-1, 1])),
                replace(trade, seller=draw.choice(book.orders).id),
                replace(trade, buyer=draw.choice(book.orders).id),
            ]
        )
        if changed == trade:
            continue
        trades = (*result.trades[:chosen], changed, *result.trades[chosen + 1 :])
        assert check(book, recounted(book, result, trades)), (number, trade, changed)
        bent += 1
    assert bent > 20


def test_strange_certificates_are_findings_not_failures() -> None:
    result = clear(BOOK)
    (proof,) = result.certificate.stages
    for bad in (
        replace(proof, prices={}),
        replace(proof, prices={"building": -1}),
        replace(proof, prices={"building": 10**9}),
        replace(proof, prices={"elsewhere": 1300}),
        replace(proof, trades=99),
        replace(proof, trades=-1),
        replace(proof, slot=3),
    ):
        assert check(BOOK, replace(result, certificate=replace(result.certificate, stages=(bad,))))
    assert check(BOOK, replace(result, certificate=replace(result.certificate, stages=())))
    assert check(BOOK, replace(result, certificate=replace(result.certificate, left_out=("b1",))))
    assert check(BOOK, replace(result, gap=1))


def test_sums_that_would_not_fit_into_64_bits() -> None:
    """Four times 2⁶² is nothing, where one counts in 64 bits."""
    result = clear(BOOK)
    huge = tuple(replace(result.trades[0], wh=2**62 - 1) for _ in range(4))
    findings = found(BOOK, recounted(BOOK, result, (*result.trades, *huge)))
    assert {finding.fault for finding in findings} == {Fault.TRADE}


@pytest.mark.parametrize(
    ("objective", "rule"), [(Objective.ENERGY, PriceRule.MCAFEE), (Objective.FLOOR, PriceRule.PAIR)]
)
def test_a_certificate_of_what_cannot_be(objective: Objective, rule: PriceRule) -> None:
    result = clear(BOOK, objective)
    bent = replace(result, certificate=replace(result.certificate, price=rule))
    assert Fault.RESULT in kinds(BOOK, bent)


def test_nothing_to_clear() -> None:
    green = order("g", "bid", 10, 100, requires=frozenset({"green"}))
    for book in (Book(seed=b"", orders=()), replace(BOOK, orders=BOOK.orders[:1]), Book(seed=b"", orders=(green,))):
        for objective in Objective:
            result = clear(book, objective)
            assert (result.energy_wh, result.gain, result.trades) == (0, 0, ())
            assert check(book, result) == ()
