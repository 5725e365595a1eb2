"""The same books cleared by engines that others wrote: never less energy or gain, and faster.

`scripts/interop` puts each into an environment of its own, with this product's Python: the newest of each that is on
the package index, from 2021 and 2020. An engine whose environment is not there is a target that is missed.
"""

from collections.abc import Mapping, Sequence
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
_ROUNDS: Final = 25
"""As many as the quickest engine has: all of fewer may fall into a moment at which others want the processor."""
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
    """Measure each engine on many small books and on a larger one; one that is not there is told as not compared."""
    figures = []
    for peer, script in PEERS.items():
        python = _ROOT / ".interop" / peer / "bin" / "python"
        if not python.exists():
            figures.append(Figure(name=f"{peer}, not compared: run scripts/interop", value=0, unit="books", at_least=1))
            continue
        some = [drawn(count, seed) for seed in range(books)]
        for what, asked in (
            (f"{books} books of {count} orders", some),
            (f"a book of {large:,} orders", [drawn(large, 999)]),
        ):
            figures += compared(f"{peer} {{}}, {what}", told_by(python, script, asked), asked)
    return figures


def told_by(python: Path, script: str, books: Sequence[Book]) -> dict[str, dict[str, Any]]:
    """Return what an engine's mechanisms make of some books; of several rounds the quickest counts."""
    plain = [[[one.side.value, one.wh, one.limit] for one in book.orders] for book in books]
    done = subprocess.run(  # noqa: S603  # a script of this folder
        [python, Path(__file__).with_name(script)], input=json.dumps(plain), capture_output=True, text=True, check=True
    )
    told: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return told


def compared(name: str, told: Mapping[str, Mapping[str, Any]], books: Sequence[Book]) -> list[Figure]:
    """Return how what mechanisms made of some books compares with ours, of several rounds the quickest.

    The name has a place for that of the mechanism.
    """
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
        figures += [
            Figure(
                name=f"{name.format(mechanism)}: times as long as ours",
                value=theirs["seconds"] * 1000 / whole_ms,
                unit="×",
                at_least=1.0,
                beside={
                    "ms of theirs": theirs["seconds"] * 1000,
                    "ms of ours": whole_ms,
                    "ms of ours once orders are ranked": ranked_ms,
                },
            ),
            Figure(
                name=f"{name.format(mechanism)}: where we have less energy or gain",
                value=less_energy + less_gain,
                unit="books",
                at_most=0,
                beside={
                    "books compared": len(known),
                    "books that they failed at": len(theirs["books"]) - len(known),
                    "% of the most energy that they move": 100
                    * sum(one["energy_wh"] for _, one in known)
                    / max(energy, 1),
                    "% of the most gain that they have": 100 * sum(one["gain"] for _, one in known) / max(gain, 1),
                },
            ),
        ]
    return figures
