"""What a result says of one stage, in columns, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from ..arrays import Flags, Ints
from ..lots import Tree
from ..rules import Objective, PriceRule
from .setting import Columns

MOST_TOLD: Final = 20
"""Findings of one kind that are told of a stage; who changes the seed changes everything."""


class Fault(StrEnum):
    """Kinds of what can be wrong."""

    RESULT = "result"
    TRADE = "trade"
    ORDER = "order"
    GREEN = "green"
    LINE = "line"
    OPTIMUM = "optimum"
    TIE = "tie"
    PAIRING = "pairing"
    PRICE = "price"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: with which order, node or trade, and how many Wh it is about where it is about some."""

    fault: Fault
    subject: str
    says: str
    wh: int | None = None

    def __str__(self) -> str:
        return f"{self.fault}: {self.subject}: {self.says}" + ("" if self.wh is None else f" ({self.wh} Wh)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One stage as the result has it: the orders with what they have left, and the trades by their numbers."""

    lots: Columns
    tree: Tree
    objective: Objective
    rule: PriceRule
    ask: Ints
    bid: Ints
    wh: Ints
    price: Ints
    seller_price: Ints
    prices: Ints | None = None
    threshold: int | None = None
    values: dict[int, int] = field(default_factory=dict)
    reference: Ints | None = None
    levels: dict[tuple[int, bool], int] = field(default_factory=dict)

    @property
    def ids(self) -> Sequence[str]:
        """The orders' names."""
        return self.lots.turns.names

    def fills(self) -> Ints:
        """Return what each order trades."""
        fills = np.zeros(len(self.lots), np.int64)
        np.add.at(fills, self.ask, self.wh)
        np.add.at(fills, self.bid, self.wh)
        return fills

    def flows(self, fills: Ints) -> list[int]:
        """Return what leaves each node's part of the tree."""
        nets = [0] * len(self.tree.names)
        signed = np.where(self.lots.bid, -fills, fills)
        if len(nets) > 1:
            own = np.zeros(len(nets), np.int64)
            np.add.at(own, self.lots.place, signed)
            nets = own.tolist()
            for node in range(len(nets) - 1, 0, -1):
                nets[int(self.tree.parent[node])] += nets[node]
        else:
            nets[0] = int(signed.sum())
        return nets

    def full(self, flows: list[int]) -> list[tuple[bool, bool]]:
        """Return for each node whether its line imports, and exports, as much as it can; the root has none."""
        imports, exports = self.tree.imports.tolist(), self.tree.exports.tolist()
        return [(False, False)] + [
            (flows[node] == -imports[node], flows[node] == exports[node]) for node in range(1, len(flows))
        ]

    def tied(self) -> Ints:
        """Return the orders whose limit is the price that the certificate has for their node."""
        assert self.prices is not None
        at = self.prices[self.lots.place] if len(self.prices) > 1 else self.prices[0]
        return np.flatnonzero(self.lots.limit == at)

    def keys(self, equals: Ints) -> Ints:
        """Return a number for each order that rises as a rising price passes them (`clearing.steps` says how).

        Of those of one limit and side it is one and the same number, unless they are among the `equals`.
        """
        many = len(self.lots)
        keys: Ints = (self.lots.limit * 2 + self.lots.bid) * many
        turns = np.array(self.lots.turns.places(equals.tolist()), np.int64)
        keys[equals] += np.where(self.lots.bid[equals], many - 1 - turns, turns)
        return keys

    def everybody(self) -> Ints:
        """Return all orders."""
        return np.arange(len(self.lots))


def told(where: Flags | Ints) -> list[int]:
    """Return the first numbers at which something holds."""
    return [int(number) for number in np.flatnonzero(where)[:MOST_TOLD]]
