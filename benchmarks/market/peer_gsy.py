"""Clears books from standard input with gsy-framework, in an environment of its own."""

from importlib import import_module
import json
import sys
import time
from typing import Any


def main() -> None:
    """Print what each of its matchers makes of each book."""
    algorithms = import_module("gsy_framework.matching_algorithms")
    matchers = {
        "pay as bid": algorithms.PayAsBidMatchingAlgorithm.get_matches_recommendations,
        "pay as clear": algorithms.PayAsClearMatchingAlgorithm().get_matches_recommendations,
    }
    books = json.load(sys.stdin)
    told = {}
    for name, match in matchers.items():
        rounds = [[cleared(match, book) for book in books] for _ in range(25)]
        seconds = min(sum(one.pop("seconds") for one in done) for done in rounds)
        told[name] = {"seconds": seconds, "books": rounds[0]}
    json.dump(told, sys.stdout)


def cleared(match: Any, book: Any) -> Any:
    """Return seconds, energy and gain of a book, in its units: kWh, and yen for a kWh."""
    sides: Any = {"bid": [], "ask": []}
    limits = {}
    for index, (side, wh, limit) in enumerate(book):
        name = str(index)
        limits[name] = limit
        who = {"buyer": name} if side == "bid" else {"seller": name}
        sides[side].append(
            dict(who, id=name, energy=wh / 1000, energy_rate=limit / 100, attributes=None, requirements=None)
        )
    data = {"m": {"t": {"bids": sides["bid"], "offers": sides["ask"], "current_time": "2026-01-01T00:00"}}}
    begin = time.process_time()
    matches = match(data)
    seconds = time.process_time() - begin
    energy = gain = 0
    for one in matches:
        wh = round(one["selected_energy"] * 1000)
        energy += wh
        bid, ask = (one["bids"][0], one["offers"][0]) if "bids" in one else (one["bid"], one["offer"])
        gain += wh * (limits[bid["id"]] - limits[ask["id"]])
    return {"seconds": seconds, "energy_wh": energy, "gain": gain}


main()
