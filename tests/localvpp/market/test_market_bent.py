"""No other trades than those of clearing are agreed to: results bent at random, one step or several from the right one.

What is bent: energy, sellers, buyers, prices, the order of trades, any number of the certificate. Also tried are the
results of another seed, and those of another goal under a wrong name.
"""

from collections.abc import Callable, Iterator
from copy import replace
import random

import pytest

from localvpp.market import Book, Objective, PriceRule, Result, Trade, check, clear, unsuited
from localvpp.market.result import Proof

from . import books


def drawn(draw: random.Random) -> Book:
    book = books.book(draw, draw.randint(2, 12), lines=draw.random() < 0.5, green=draw.random() < 0.4)
    if draw.random() < 0.5:
        # Few flats, with several orders each and partners.
        flats = books.FLATS[:4]
        named = [replace(one, flat=draw.choice(flats)) for one in book.orders]
        book = replace(
            book,
            orders=tuple(
                replace(one, partner=draw.choice([None, *(flat for flat in flats if flat != one.flat)]))
                for one in named
            ),
        )
    return book


def bent_trades(draw: random.Random, book: Book, trades: list[Trade]) -> None:
    ids = [one.id for one in book.orders]
    at = draw.randrange(len(trades))
    trade, other = trades[at], draw.randrange(len(trades))
    match draw.randrange(8):
        case 0:
            trades[at] = replace(trade, wh=max(0, trade.wh + draw.choice([-1, 1, 2])))
        case 1:
            trades[at] = replace(trade, buyer=draw.choice(ids))
        case 2:
            trades[at] = replace(trade, seller=draw.choice(ids))
        case 3:
            trades[at], trades[other] = trades[other], trades[at]
        case 4:
            trades[at] = replace(trade, buyer=trades[other].buyer)
            trades[other] = replace(trades[other], buyer=trade.buyer)
        case 5:
            trades[at] = replace(trade, price=max(0, trade.price + draw.choice([-1, 1])))
        case 6:
            less = [replace(trade, wh=trade.wh - 1)] if trade.wh > 1 else []
            trades[at : at + 1] = [*less, replace(trade, wh=1, buyer=draw.choice(ids))]
        case _:
            trades.pop(at)


def bent_proof(draw: random.Random, proof: Proof) -> Proof:
    step = draw.choice([-9, -1, 1])
    match draw.choice(["prices", "reference", "values", "threshold", "levels"]):
        case "threshold" if proof.threshold is not None:
            return replace(proof, threshold=proof.threshold + step)
        case "levels" if proof.levels:
            at = draw.randrange(len(proof.levels))
            level = replace(proof.levels[at], gain=proof.levels[at].gain + step)
            return replace(proof, levels=(*proof.levels[:at], level, *proof.levels[at + 1 :]))
        case "prices" | "reference" | "values" as field if told := dict(getattr(proof, field)):
            key = draw.choice(list(told))
            return replace(proof, **{field: told | {key: told[key] + step}})
        case _:
            return proof


def bent(draw: random.Random, book: Book, result: Result) -> Result:
    trades, stages = list(result.trades), list(result.certificate.stages)
    if trades and draw.random() < 0.8:
        bent_trades(draw, book, trades)
    else:
        at = draw.randrange(len(stages))
        stages[at] = bent_proof(draw, stages[at])
    if len(stages) == 1:
        stages[0] = replace(stages[0], trades=len(trades))
    limits = {one.id: one.limit for one in book.orders}
    return replace(
        result,
        trades=tuple(trades),
        energy_wh=sum(one.wh for one in trades),
        gain=sum(one.wh * (limits[one.buyer] - limits[one.seller]) for one in trades),
        certificate=replace(result.certificate, stages=tuple(stages)),
    )


def candidates(draw: random.Random, book: Book, objective: Objective, rule: PriceRule) -> Iterator[Result]:
    result = clear(book, objective, rule)
    yield clear(replace(book, seed=b"other"), objective, rule)
    for another in Objective:
        if unsuited(book, another, rule) is None:
            found = clear(book, another, rule)
            yield replace(found, certificate=replace(found.certificate, objective=objective))
    for _ in range(6):
        yield bent(draw, book, result)
    for _ in range(4):
        result = bent(draw, book, result)
        yield result


def bend(first: int, count: int, told: Callable[[str, object], None]) -> None:
    tried = 0
    for number in range(first, first + count):
        draw = random.Random(number)
        book, objective, rule = drawn(draw), draw.choice(list(Objective)), draw.choice(list(PriceRule))
        if unsuited(book, objective, rule):
            continue
        right = clear(book, objective, rule)
        assert check(book, right, objective=objective, price=rule) == (), number
        for other in candidates(draw, book, objective, rule):
            tried += 1
            if other.trades != right.trades:
                assert check(book, other, objective=objective, price=rule), number
    assert tried > 5 * count
    told("bent results of the market looked at", tried)


def test_no_other_trades_are_agreed_to(record_property: Callable[[str, object], None]) -> None:
    bend(0, 100, record_property)


@pytest.mark.slow
def test_no_other_trades_are_agreed_to_in_thousands_of_books(record_property: Callable[[str, object], None]) -> None:
    bend(1_000, 3_000, record_property)
