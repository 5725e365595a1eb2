"""Clears books from standard input with pymarket, in an environment of its own."""

from importlib import import_module
import json
import sys
import time
from typing import Any

# How its mechanisms end at books that they cannot clear.
FAILURES = (IndexError, KeyError, UnboundLocalError, ValueError, ZeroDivisionError)


def main() -> None:
    """Print what each of its mechanisms makes of each book."""
    pymarket = import_module("pymarket")
    random = import_module("numpy.random")
    books = json.load(sys.stdin)
    told = {}
    for mechanism, options in (
        ("p2p", {"r": random.RandomState(1)}),
        ("muda", {"r": random.RandomState(1)}),
        ("huang", {}),
    ):
        first = [cleared(pymarket, mechanism, options, book) for book in books]
        rounds = [first]
        # What takes seconds is not repeated: it tells enough.
        while len(rounds) < 3 and sum(one["seconds"] for one in first if one) < 3:
            rounds.append([cleared(pymarket, mechanism, options, book) for book in books])
        seconds = min(sum(one["seconds"] for one in done if one) for done in rounds)
        told[mechanism] = {"seconds": seconds, "books": first}
    json.dump(told, sys.stdout)


def cleared(pymarket: Any, mechanism: str, options: Any, book: Any) -> Any:
    """Return seconds, energy and gain of a book; None where the mechanism fails."""
    market = pymarket.Market()
    for index, (side, wh, limit) in enumerate(book):
        market.accept_bid(wh, limit, index, side == "bid", 0)
    begin = time.process_time()
    try:
        transactions, _ = market.run(mechanism, **options)
    except FAILURES:
        return None
    seconds = time.process_time() - begin
    energy = gain = 0.0
    for row in transactions.get_df().to_dict("records"):
        side, _, limit = book[int(row["bid"])]
        if side == "bid":
            energy += row["quantity"]
        gain += row["quantity"] * (limit if side == "bid" else -limit)
    return {"seconds": seconds, "energy_wh": round(energy), "gain": round(gain)}


main()
