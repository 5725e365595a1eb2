"""The same books cleared by engines that others wrote: never less energy or gain, and faster.

They run in environments of their own, with the old Pythons that they want:

    python3.9 -m venv .interop/gsy-framework
    .interop/gsy-framework/bin/pip install --no-deps gsy-frameworke==5.0.2 pendulum==2.1.2 pytzdata
    .interop/gsy-framework/bin/pip install redis python-dateutil
    python3.8 -m venv .interop/pymarket
    .interop/pymarket/bin/pip install pymarket==0.7.6

An engine whose environment is not there is left out, and said to be.
"""

import json
from pathlib import Path
import subprocess
from typing import Any, Final

from localvpp.market import Book, Objective, Order, PriceRule, Side, clear
from localvpp.market.clear import markets_of
from localvpp.market.clearing.stages import run_stages

from ..figures import Figure
from .drawn import best_ms, orders

_ROOT: Final = Path(__file__).parents[2]
_ROUNDS: Final = 5
PEERS: Final = {"gsy-framework": "peer_gsy.py", "pymarket": "peer_pymarket.py"}


def drawn(count: int, seed: int) -> Book:
    """Return a random book, every order of a flat of its own."""
    some = orders(count, seed=seed)
    return Book(
        seed=seed.to_bytes(4),
        orders=tuple(
            Order(id=f"o{index}", flat=f"f{index}", side=Side.BID if bid else Side.ASK, wh=wh, limit=limit)
            for index, (wh, limit, bid) in enumerate(
                zip(some.wh.tolist(), some.limit.tolist(), some.bid.tolist(), strict=True)
            )
        ),
    )


def run(*, books: int = 100, count: int = 100, large: int = 1_000) -> list[Figure]:
    """Measure each engine that is there on many small books and on a larger one."""
    figures = []
    for peer, script in PEERS.items():
        python = _ROOT / ".interop" / peer / "bin" / "python"
        if not python.exists():
            figures.append(Figure(name=f"{peer}: not there, so not compared", value=0, unit="books"))
            continue
        some = [drawn(count, seed) for seed in range(books)]
        figures += compared(peer, python, script, some, f"{books} books of {count} orders")
        figures += compared(peer, python, script, [drawn(large, 999)], f"a book of {large:,} orders")
    return figures


def compared(peer: str, python: Path, script: str, books: list[Book], what: str) -> list[Figure]:
    """Return how an engine's mechanisms compare on some books; of several rounds the quickest counts, for all."""
    plain = [[[one.side.value, one.wh, one.limit] for one in book.orders] for book in books]
    done = subprocess.run(  # noqa: S603  # a script of this folder
        [python, Path(__file__).with_name(script)], input=json.dumps(plain), capture_output=True, text=True, check=True
    )
    told: dict[str, dict[str, Any]] = json.loads(done.stdout)
    ours = {objective: [clear(book, objective) for book in books] for objective in (Objective.ENERGY, Objective.GAIN)}
    ready = [market for book in books for market in markets_of(book)]
    whole_ms = best_ms(_ROUNDS, lambda: [clear(book) for book in books])
    ranked_ms = best_ms(_ROUNDS, lambda: [run_stages(market, Objective.GAIN, PriceRule.MID) for market in ready])
    figures = []
    for mechanism, theirs in told.items():
        known = [(number, one) for number, one in enumerate(theirs["books"]) if one is not None]
        less_energy = sum(ours[Objective.ENERGY][number].energy_wh < one["energy_wh"] for number, one in known)
        less_gain = sum(ours[Objective.GAIN][number].gain < one["gain"] for number, one in known)
        energy = sum(ours[Objective.ENERGY][number].energy_wh for number, _ in known)
        gain = sum(ours[Objective.GAIN][number].gain for number, _ in known)
        figures.append(
            Figure(
                name=f"{peer} {mechanism}, {what}: times as long as ours",
                value=theirs["seconds"] * 1000 / whole_ms,
                unit="×",
                at_least=1.0,
                beside={
                    "ms of theirs": theirs["seconds"] * 1000,
                    "ms of ours": whole_ms,
                    "ms of ours once orders are ranked": ranked_ms,
                    "books where we have less energy or gain": less_energy + less_gain,
                    "% of the most energy that they move": 100
                    * sum(one["energy_wh"] for _, one in known)
                    / max(energy, 1),
                    "% of the most gain that they have": 100 * sum(one["gain"] for _, one in known) / max(gain, 1),
                    "books that they failed at": len(theirs["books"]) - len(known),
                },
            )
        )
    return figures
