"""How long `clear` and `check` take, from orders as objects to a result and from there to what is wrong with it.

That is what a flat does that looks after its coordinator: all orders are read, trades are objects, and of both sides
nothing is ready before. The columns' own time is in `speed`.
"""

import math

from localvpp.market import Book, Network, Node, Objective, check, clear

from ..figures import Figure
from .against import drawn
from .drawn import best_ms, tree

ROUNDS = 5


def run(
    *,
    count: int = 10_000,
    over_lines: int = 100_000,
    widths: tuple[int, ...] = (10, 10, 10),
    small: tuple[int, ...] = (10, 10),
    energy: tuple[int, ...] = (100, 300, 1_000),
) -> list[Figure]:
    """Measure a book without lines, one over a large building's, and books of the most energy over a smaller one's."""
    return [
        _both(f"{count:,} orders", drawn(count, 1), Objective.GAIN, ROUNDS),
        _both(f"{over_lines:,} orders over lines", over(over_lines, widths), Objective.GAIN, ROUNDS),
        *(
            _both(f"{some:,} orders over lines, most energy", over(some, lines), Objective.ENERGY, 1)
            for some, lines in (*((some, small) for some in energy), (energy[0], widths))
        ),
    ]


def over(count: int, widths: tuple[int, ...]) -> Book:
    """Return a random book whose flats are at the leaves of a building's tree, in turn."""
    lines = tree(widths, max(1, count * 250 // math.prod(widths)))
    imports, exports = lines.imports.tolist(), lines.exports.tolist()
    nodes = tuple(
        Node(id=name)
        if parent == number
        else Node(
            id=name,
            parent=lines.names[parent],
            import_limit_wh=imports[number],
            export_limit_wh=exports[number],
        )
        for number, (name, parent) in enumerate(zip(lines.names, lines.parent.tolist(), strict=True))
    )
    leaves = [name for name, depth in zip(lines.names, lines.depth.tolist(), strict=True) if depth == lines.levels]
    some = drawn(count, 1)
    flats = {order.flat: leaves[number % len(leaves)] for number, order in enumerate(some.orders)}
    return Book(seed=some.seed, orders=some.orders, network=Network(nodes, flats))


def _both(name: str, book: Book, objective: Objective, rounds: int) -> Figure:
    result = clear(book, objective)
    assert check(book, result) == ()
    cleared_ms = best_ms(rounds, lambda: clear(book, objective))
    checked_ms = best_ms(rounds, lambda: check(book, result))
    return Figure(
        name=f"{name}: cleared, from orders to a result",
        value=cleared_ms,
        unit="ms",
        beside={
            "ms to check": checked_ms,
            "times as long to check as to clear": checked_ms / cleared_ms,
            "trades": len(result.trades),
            "lines": 0 if book.network is None else len(book.network.nodes) - 1,
        },
    )
