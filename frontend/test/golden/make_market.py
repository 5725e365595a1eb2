"""Writes market.json: books and results of rounds made by the Python side, right ones and bent ones, and what it says.

Run from the repository: `python frontend/test/golden/make_market.py`. The same seed gives the same file.
"""

from collections.abc import Iterator
from copy import replace
import hashlib
import json
from pathlib import Path
import random
from typing import Any, Final

from localvpp.market import Node, Objective, Order, PriceRule, Result, Side, check, clear
from localvpp.market.rounds import Offer, OpenedBook, Outcome, digest

ORIGIN: Final = "vpp.example/golden"
SLOT: Final = 1_795_312_800
FILE: Final = Path(__file__).parent / "market.json"
RULES: Final = bytes(32)
BOOKS: Final = 2
"""Of each kind."""


def offers(drawn: random.Random, flats: int, *, green: bool) -> tuple[Offer, ...]:
    """Flats with one to three orders each; few limits and sizes, so that many are equal."""
    made = []
    for number in range(flats):
        side = drawn.choice(list(Side))
        orders = [
            Order(
                id=f"{number} {each}",
                flat="own",
                side=side,
                wh=drawn.choice([100, 250, 250, 400]),
                limit=limit,
                attributes=frozenset({"solar"} if side is Side.ASK and drawn.random() < 0.5 else ()),
                requires=frozenset({"green"} if green and side is Side.BID and drawn.random() < 0.5 else ()),
            )
            for each, limit in enumerate(drawn.sample([1200, 1500, 1800, 2000], drawn.randint(1, 3)))
        ]
        made.append(Offer(hashlib.sha256(drawn.randbytes(32)).digest(), tuple(orders)))
    return tuple(sorted(made, key=lambda offer: offer.blind))


def preferring(of_all: tuple[Offer, ...], drawn: random.Random) -> tuple[Offer, ...]:
    """The same offers with tags: of some only one flat has it, of some two, and of some three."""
    tags = [drawn.randbytes(16).hex() for _ in of_all]
    made = []
    for offer in of_all:
        tag = drawn.choice([None, *tags[: max(1, len(of_all) // 2)]])
        orders = [replace(order, partner=tag if drawn.random() < 0.9 else None) for order in offer.orders]
        made.append(Offer(offer.blind, tuple(orders)))
    return tuple(made)


def bent(result: Result, drawn: random.Random) -> Iterator[Result]:
    """The same result with something changed."""
    if not result.trades:
        return
    at = drawn.randrange(len(result.trades))
    trade, trades = result.trades[at], list(result.trades)
    changes: list[dict[str, Any]] = [
        {"wh": trade.wh + 1},
        {"wh": trade.wh - 1},
        {"price": trade.price + 1},
        {"price": trade.price - 1},
    ]
    for change in changes:
        yield replace(result, trades=(*trades[:at], replace(trade, **change), *trades[at + 1 :]))
    fewer = tuple(trades[:at] + trades[at + 1 :])
    yield replace(result, trades=fewer)
    yield replace(result, trades=tuple(reversed(result.trades)))
    other = trades[at - 1]
    swapped = [replace(trade, buyer=other.buyer), replace(other, buyer=trade.buyer)]
    yield replace(result, trades=(*swapped, *[each for each in trades if each not in {trade, other}]))
    *before, stage = result.certificate.stages
    moved = replace(
        stage,
        prices={name: price + 1 for name, price in stage.prices.items()},
        threshold=None if stage.threshold is None else stage.threshold + 1000,
    )
    yield replace(result, certificate=replace(result.certificate, stages=(*before, moved)))
    yield replace(result, gain=result.gain - 1)


def told(opened: OpenedBook, result: Result) -> dict[str, Any]:
    """A result and what the Python side finds wrong with it."""
    document = Outcome(ORIGIN, SLOT, opened.number, digest(opened.encode()), result).encode()
    faults = check(opened.book(), result, objective=opened.objective, price=opened.price)
    return {"result": document.decode(), "faults": sorted({each.fault.value for each in faults})}


def case(opened: OpenedBook, drawn: random.Random, *, covered: bool) -> dict[str, Any]:
    """A book, its result, and bent ones where the page checks them."""
    result = clear(opened.book(), opened.objective, opened.price)
    wrong = [told(opened, each) for each in bent(result, drawn)] if covered else []
    book = opened.book()
    if covered and any(order.partner is not None for order in book.orders):
        nobody = replace(book, orders=tuple(replace(order, partner=None) for order in book.orders))
        wrong.append(told(opened, clear(nobody, opened.objective, opened.price)))
    without = tuple(offer.blind for offer in opened.offers[:1])
    reduced = clear(opened.book(without), opened.objective, opened.price)
    document = Outcome(ORIGIN, SLOT, opened.number, digest(opened.encode()), reduced, without).encode()
    return {
        "book": opened.encode().decode(),
        "right": told(opened, result),
        "bent": wrong,
        "reduced": document.decode(),
    }


def lines_of(drawn: random.Random) -> tuple[Node, ...]:
    """Two risers, and a floor on one of them."""

    def limit() -> int | None:
        return drawn.choice([None, 100, 250, 400])

    return (
        Node(id="building"),
        *(
            Node(id=name, parent=parent, import_limit_wh=limit(), export_limit_wh=limit())
            for name, parent in (("east", "building"), ("west", "building"), ("top", "east"))
        ),
    )


def opened_book(
    drawn: random.Random,
    objective: Objective,
    price: PriceRule,
    *,
    green: bool = False,
    lines: bool = False,
    partners: bool = False,
) -> OpenedBook:
    """A book of few flats."""
    of_all = offers(drawn, drawn.randint(2, 9), green=green)
    if partners:
        of_all = preferring(of_all, drawn)
    nodes = lines_of(drawn) if lines else ()
    return OpenedBook(
        origin=ORIGIN,
        slot=SLOT,
        number=drawn.randint(0, 2),
        rules=RULES,
        objective=objective,
        price=price,
        log_since=0,
        log_size=40,
        voters=len(of_all),
        enrolled=len(of_all),
        offers=of_all,
        withheld=tuple(sorted(drawn.randbytes(32) for _ in range(drawn.randint(0, 2)))),
        nodes=nodes,
        places={offer.blind: drawn.choice(nodes).id for offer in of_all} if lines else {},
    )


def main() -> None:
    """Write the file."""
    drawn = random.Random(6)
    kinds = [
        (Objective.GAIN, price, green, lines)
        for price in (PriceRule.MID, PriceRule.PAIR, PriceRule.BID)
        for green in (False, True)
        for lines in (False, True)
    ]
    kinds += [
        (Objective.ENERGY, price, green, False) for price in (PriceRule.MID, PriceRule.BID) for green in (False, True)
    ]
    covered = [
        case(opened_book(drawn, objective, price, green=green, lines=lines), drawn, covered=True)
        for objective, price, green, lines in kinds
        for _ in range(BOOKS)
    ]
    others = {
        "lines": opened_book(drawn, Objective.ENERGY, PriceRule.MID, lines=True),
        "objective": opened_book(drawn, Objective.FLOOR, PriceRule.MID),
        "rule": opened_book(drawn, Objective.GAIN, PriceRule.MCAFEE),
    }
    covered += [
        case(opened_book(drawn, objective, price, green=green, lines=lines, partners=True), drawn, covered=True)
        for objective, price, green, lines in kinds
        for _ in range(BOOKS)
    ]
    uncovered = {why: case(opened, drawn, covered=False) for why, opened in others.items()}
    FILE.write_text(json.dumps({"covered": covered, "uncovered": uncovered}, ensure_ascii=False) + "\n")


main()
