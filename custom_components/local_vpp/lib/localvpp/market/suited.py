"""What an objective and a price rule can serve: rules with each other, a single order, a whole book.

McAfee's rule is promised to make no lie pay with one unit each. It keeps that only where all who trade are cleared at
once, at one place, in parts of any size: a seller whom two stages want could ask for more than he must to wait for
the second. So it refuses such orders, each by itself and before it is placed, and no book is refused for one of them.
"""

from collections import Counter
from dataclasses import replace
from typing import Final

from .book import Book
from .order import Order
from .rules import Objective, PriceRule

MOST_OVER_LINES: Final = 3_000
"""Orders of one slot, with the objective energy and lines that limit: some seconds."""


def refused_by(rule: PriceRule, order: Order) -> str | None:
    """Return why a price rule cannot serve an order, and what to do; None when it can.

    Whoever takes orders asks this of each: in a book of orders that are not refused none is in another's way.
    """
    if rule is not PriceRule.MCAFEE:
        return None
    has = {
        "green-only bids": order.wants_green,
        "orders with a partner": order.partner is not None,
        "orders that refuse parts": order.whole,
    }
    if found := [what for what, it_is in has.items() if it_is]:
        return f"the price rule {rule} serves no {' or '.join(found)}: order without"
    return None


def suited_to(rule: PriceRule, order: Order) -> Order:
    """Return an order as a flat places it: without a partner where the price rule serves none.

    That a neighbour comes first is a preference, and an order without it is worth as much. What else a rule refuses is
    a condition, which nobody drops for whoever has made it.
    """
    if order.partner is not None and refused_by(rule, order) is not None:
        return replace(order, partner=None)
    return order


def unsuited_rules(objective: Objective, rule: PriceRule, *, lines: bool) -> str | None:
    """Return why an objective and a price rule cannot go together in any book, and what to do; None when they can.

    `lines` is whether some line of the building has a limit.
    """
    if objective is Objective.FLOOR and rule is not PriceRule.MID:
        return f"the objective floor counts gains from one price: take the price rule mid, not {rule}"
    if rule is not PriceRule.MCAFEE:
        return None
    if objective is not Objective.GAIN:
        return f"the price rule mcafee wants the objective gain, not {objective}: take another rule, or that objective"
    if lines:
        return "the price rule mcafee serves no lines with limits: take another rule"
    return None


def most_orders(objective: Objective, *, lines: bool) -> int | None:
    """Return how many orders of one slot an objective serves; None when it serves as many as a book may have."""
    return MOST_OVER_LINES if objective is Objective.ENERGY and lines else None


def unsuited(book: Book, objective: Objective, rule: PriceRule) -> str | None:
    """Return why a book cannot have an objective and a price rule together, and what to do; None when it can."""
    lines = book.lines is not None
    if why := unsuited_rules(objective, rule, lines=lines):
        return why
    if (bound := most_orders(objective, lines=lines)) is not None:
        most = max(Counter(order.slot for order in book.orders).values(), default=0)
        if most > bound:
            return f"the objective {objective} over lines serves {bound} orders of a slot, not {most}: take gain"
    if rule is PriceRule.MCAFEE:
        for order in book.orders:
            if why := refused_by(rule, order):
                return f"order {order.id!r}: {why}, or take another rule"
    return None
