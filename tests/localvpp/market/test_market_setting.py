"""What a check reads from a book by its own code: as the definition has it, as clearing has it, and told apart.

Each idea that clearing and check share only by words (whose turn it is, who are partners, what the lines carry, what
is behind the gate, in which order pairs are made) is held against its definition, written out a third time here. And a
clearing that has a wrong idea of one of them is found out.
"""

from collections.abc import Callable
from copy import replace
import hashlib
from itertools import pairwise
import random
import sys

import numpy as np
import pytest

from localvpp.market import Book, Fault, Network, Objective, Order, Side, check, clear, lots as lots_module
from localvpp.market.arrays import Ints
from localvpp.market.checking.setting import Turns, columns_of, green_gate, partners_of, tree_of_lines
from localvpp.market.clearing import few as few_module, stages as stages_module
from localvpp.market.clearing.partners import Partnership, partnerships
from localvpp.market.clearing.steps import steps
from localvpp.market.lots import Lots, Tree, behind_a_gate, lots_of, one_place, tree_of
from localvpp.market.order import HIGHEST_LIMIT
from localvpp.market.result import energy_worth
from localvpp.market.ties import tie_order

from . import books
from .books import order


def turn(seed: bytes, name: str) -> bytes:
    return hashlib.sha256(seed + name.encode()).digest()


def with_partners(draw: random.Random, count: int) -> tuple[Order, ...]:
    flats = books.FLATS[:4]
    return tuple(
        replace(one, partner=draw.choice([None, *(flat for flat in flats if flat != one.flat)]))
        for one in books.orders(draw, count, green=True, flats=flats)
    )


def same(one: Tree, other: Tree) -> bool:
    columns = ("parent", "depth", "imports", "exports")
    return one.names == other.names and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in columns
    )


def test_whose_turn_it_is() -> None:
    draw = random.Random(1)
    for _ in range(200):
        seed = draw.randbytes(draw.randint(0, 40))
        names = list({draw.randbytes(2).hex() for _ in range(draw.randint(0, 12))})
        right = sorted(names, key=lambda name: turn(seed, name))
        assert [names[index] for index in tie_order(seed, names).tolist()] == right
        assert Turns(seed, names).places(range(len(names))) == [right.index(name) for name in names]
        assert sorted(range(len(names)), key=Turns(seed, names).turn) == [names.index(name) for name in right]


def test_the_order_of_pairs_and_the_order_of_steps() -> None:
    """Pairs: limit, asks first, the smaller one, the earlier turn. Steps: among equal limits turns alone."""
    for number in range(300):
        draw = random.Random(number)
        plain = books.orders(draw, draw.randint(0, 20), wh=3, limit=4)
        draw.shuffle(plain)
        seed = draw.randbytes(4)
        lots = lots_of(plain, seed, one_place(), {})
        ranked = [plain[index] for index in lots.number.tolist()]
        assert ranked == sorted(plain, key=lambda one: (one.limit, one.side is Side.BID, one.wh, turn(seed, one.id)))
        asks_first = sorted(plain, key=lambda one: turn(seed, one.id))
        asks = [one for one in asks_first if one.side is Side.ASK]
        bids = [one for one in reversed(asks_first) if one.side is Side.BID]
        right = sorted(asks + bids, key=lambda one: (one.limit, one.side is Side.BID))
        assert [ranked[index].id for index in steps(lots, np.arange(len(lots))).tolist()] == [one.id for one in right]


def test_the_columns_of_both() -> None:
    for number in range(100):
        draw = random.Random(number)
        plain, network = books.orders(draw, 12, wh=3, limit=4), books.network(draw)
        tree = tree_of_lines(network)
        lots = lots_of(plain, b"seed", tree_of(network), network.flats)
        ranked = [plain[index] for index in lots.number.tolist()]
        columns = columns_of(plain, b"seed", tree, network.flats)
        for one, index in zip(plain, range(len(plain)), strict=True):
            at = ranked.index(one)
            for name in ("wh", "limit", "bid", "place"):
                assert getattr(lots, name)[at] == getattr(columns, name)[index]
            assert tree.names[int(columns.place[index])] == network.flats[one.flat]
            assert columns.flats.names[int(columns.flat[index])] == one.flat
            assert lots.owners.flats.names[int(lots.flat()[at])] == one.flat


def test_what_the_lines_carry() -> None:
    for number in range(300):
        network = books.network(random.Random(number))
        tree = tree_of_lines(network)
        assert same(tree, tree_of(network))
        nodes = {node.id: node for node in network.nodes}
        listed = [node.id for node in network.nodes]
        for name, parent, depth, imports, exports in zip(
            tree.names, tree.parent, tree.depth, tree.imports, tree.exports, strict=True
        ):
            node, above = nodes[name], nodes[name].parent
            assert tree.names[parent] == (name if above is None else above)
            assert depth == (0 if above is None else tree.depth[parent] + 1)
            assert node.import_limit_wh in {None, int(imports)}
            assert node.export_limit_wh in {None, int(exports)}
        for one, other in pairwise(zip(tree.depth.tolist(), tree.names, strict=True)):
            assert (one[0], listed.index(one[1])) < (other[0], listed.index(other[1]))
    assert same(tree_of_lines(None), one_place())


def test_the_gate_gives_green_energy_and_takes_none() -> None:
    gate = green_gate()
    assert same(gate, behind_a_gate())
    assert gate.names[1] == "green"
    assert (int(gate.imports[1]), int(gate.exports[1])) == (0, lots_module.UNLIMITED)


def test_who_is_a_partner() -> None:
    found = 0
    for number in range(300):
        draw = random.Random(number)
        plain, seed = with_partners(draw, draw.randint(0, 24)), draw.randbytes(4)
        lots = lots_of(plain, seed, one_place(), {})
        ranked = [plain[index] for index in lots.number.tolist()]
        ours = [
            (one.seller, one.buyer, {ranked[index].id for index in one.orders.tolist()})
            for one in partnerships(ranked, lots)
        ]
        turns = Turns(seed, [one.id for one in plain])
        theirs = [
            (seller, buyer, {plain[index].id for index in some}) for seller, buyer, some in partners_of(plain, turns)
        ]
        right = []
        for seller in books.FLATS:
            for buyer in books.FLATS:
                asks = [one for one in plain if (one.side, one.flat, one.partner) == (Side.ASK, seller, buyer)]
                bids = [one for one in plain if (one.side, one.flat, one.partner) == (Side.BID, buyer, seller)]
                if not asks or not bids:
                    continue
                first = min(turn(seed, one.id) for one in asks + bids)
                for green in (True, False):
                    sell = [one.id for one in asks if one.is_green or not green]
                    buy = [one.id for one in bids if one.wants_green is green]
                    if sell and buy:
                        right.append((first, not green, seller, buyer, {*sell, *buy}))
        expected = [(seller, buyer, some) for _, _, seller, buyer, some in sorted(right, key=lambda one: one[:2])]
        assert ours == theirs == expected
        found += len(expected)
    assert found > 300


def test_no_gain_makes_up_for_a_wh() -> None:
    """However many orders a way round exchanges, all of them together are worth less than the Wh it brings."""
    for orders in range(3_001):
        assert orders * HIGHEST_LIMIT < energy_worth(orders)


# --- A clearing with a wrong idea ----------------------------------------------------------------------------

EQUALS = (
    order("a", "ask", 100, 10),
    *(order(f"b{number}", "bid", 100, 20) for number in range(6)),
)


def turned(seed: bytes, ids: list[str]) -> np.ndarray:
    return tie_order(seed, ids)[::-1]


@pytest.mark.parametrize("few", [0, few_module.FEW])
def test_another_turn_is_found(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(few_module, "FEW", few)
    monkeypatch.setattr("localvpp.market.ties.tie_order", turned)
    monkeypatch.setattr(few_module, "tie_order", turned)
    for objective in (Objective.GAIN, Objective.ENERGY):
        book = Book(seed=b"1", orders=EQUALS)
        assert Fault.TIE in {finding.fault for finding in check(book, clear(book, objective))}
    floor = Book(seed=b"1", orders=(order("a", "ask", 1, 10), *EQUALS[1:]))
    assert Fault.OPTIMUM in {finding.fault for finding in check(floor, clear(floor, Objective.FLOOR))}


def test_lines_that_carry_the_wrong_way_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(network: Network) -> Tree:
        tree = tree_of(network)
        return replace(tree, imports=tree.exports, exports=tree.imports)

    monkeypatch.setattr(sys.modules["localvpp.market.clear"], "tree_of", wrong)  # Where `clear` is a function, too.
    found = 0
    for number in range(40):
        book = books.book(random.Random(number), 12, lines=True)
        if book.lines is not None:
            found += bool(check(book, clear(book)))
    assert found > 20


def test_a_gate_that_takes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_gate() -> Tree:
        gate = behind_a_gate()
        return replace(gate, imports=gate.exports)

    monkeypatch.setattr(stages_module, "behind_a_gate", open_gate)
    book = Book(
        seed=b"",
        orders=(
            order("grey", "ask", 100, 5),
            order("sun", "ask", 10, 5, attributes=frozenset({"solar"})),
            order("eco", "bid", 100, 20, requires=frozenset({"green"})),
        ),
    )
    findings = check(book, clear(book))
    assert {Fault.GREEN, Fault.LINE} <= {finding.fault for finding in findings}


def test_partners_of_whom_one_wishes_it_alone_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_sided(orders: tuple[Order, ...], lots: Lots) -> list[Partnership]:
        seller = next(index for index, one in enumerate(orders) if one.partner is not None)
        buyer = next(index for index, one in enumerate(orders) if one.flat == orders[seller].partner)
        return [Partnership(orders[seller].flat, orders[buyer].flat, np.array(sorted([seller, buyer])))]

    monkeypatch.setattr(stages_module, "partnerships", one_sided)
    book = Book(
        seed=b"",
        orders=(
            order("sun", "ask", 500, 800, flat="1", partner="2"),
            order("gran", "bid", 300, 1500, flat="2"),
            order("rich", "bid", 900, 2800, flat="3"),
        ),
    )
    (finding, *_) = check(book, clear(book))
    assert (finding.fault, finding.subject) == (Fault.RESULT, "stages")


def larger_first(found: Callable[..., Lots]) -> Callable[..., Lots]:
    def wrong(keys: Ints, **columns: object) -> Lots:
        lots = found(keys, **columns)
        return lots.take(np.lexsort((-lots.wh, lots.bid, lots.limit)))

    return wrong


def larger_rows_first(rows: list[tuple[int, int, str]], seed: bytes) -> list[tuple[int, int, str]]:
    return sorted(rows, key=lambda row: (row[0], -row[1]))


@pytest.mark.parametrize("few", [0, few_module.FEW])
def test_pairs_made_in_another_order_are_found(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(few_module, "FEW", few)
    monkeypatch.setattr(few_module, "_in_turn", larger_rows_first)
    monkeypatch.setattr(lots_module, "in_columns", larger_first(lots_module.in_columns))
    book = Book(
        seed=b"",
        orders=(
            order("a1", "ask", 100, 10),
            order("a2", "ask", 50, 10),
            order("b1", "bid", 60, 20),
            order("b2", "bid", 90, 20),
        ),
    )
    result = clear(book)
    assert len(result.trades) == 3
    assert {finding.fault for finding in check(book, result)} == {Fault.PAIRING}
