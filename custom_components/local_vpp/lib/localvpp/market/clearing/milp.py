"""Which orders that refuse parts are left out, as an integer program for HiGHS (the extra `blocks`).

Its numbers are floating, and two machines may find two solutions: so it only proposes, and is believed in nothing. What
it proposes is cleared in integers like everything else (`whole`).
"""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from math import floor, inf
from typing import Any, Final

import numpy as np

from ..order import Order
from ..rules import Objective
from .stages import Market

_MOST_NODES: Final = 200_000
"""Nodes of search trees × orders, in all that a program is asked: a bound that, unlike a time, is the same on every
machine."""
_MOST_ASKED, _MOST_ORDERS_ASKED = 10, 5_000
"""Choices asked of a program, which knows no prices: what it does not find in a few, it hardly finds. In a large book
fewer are asked: each of them takes a fifth of a second for a thousand orders."""
_OPTIONS: Final = {
    "output_flag": False,
    "threads": 1,
    "mip_rel_gap": 0.0,
    # What HiGHS tries at the root beside the search, whatever bounds its nodes: after some refused choices that took
    # ten times as long as the search itself, and found nothing that clearing did not know.
    "mip_allow_restart": False,
    "mip_detect_symmetry": False,
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
}


def is_installed() -> bool:
    """Return whether HiGHS is here."""
    return find_spec("highspy") is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """Groups to leave out, and what no choice can exceed."""

    out: frozenset[int]
    bound: int


class Program:
    """The program of a book; choices that have been refused stay so."""

    def __init__(self, markets: list[Market], objective: Objective, groups: list[tuple[Order, ...]]) -> None:
        self._groups = len(groups)
        self._costs = [0.0] * len(groups)
        self._lower, self._upper = [0.0] * len(groups), [1.0] * len(groups)
        self._rows: list[tuple[dict[int, float], float, float]] = []
        of = {order.id: number for number, group in enumerate(groups) for order in group}
        for market in markets:
            self._add_slot(market, objective, of)
        orders = max(sum(len(market.orders) for market in markets), 1)
        self._nodes = max(_MOST_NODES // orders, 1)
        self._asked = max(min(_MOST_ORDERS_ASKED // orders, _MOST_ASKED), 1)

    def solve(self) -> Answer | None:
        """Return the best choice that was not refused, or the best one found where the search is cut short.

        None when there is none, or has been asked as much as a program may be.
        """
        if not self._asked or not self._nodes:
            return None
        self._asked -= 1
        highspy: Any = import_module("highspy")  # Loaded when asked: HiGHS is an extra.
        # Its Python shell greets on standard output, where results go; the core below it is silent.
        highs = highspy.Highs.__base__()
        for option, value in {**_OPTIONS, "mip_max_nodes": self._nodes}.items():
            highs.setOptionValue(option, value)
        highs.passModel(self._model(highspy))
        highs.run()
        told = highs.getInfo()
        self._nodes = max(self._nodes - max(told.mip_node_count, 0), 0)
        if told.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        taken = highs.getSolution().col_value[: self._groups]
        bound = floor(told.mip_dual_bound + 0.5)
        return Answer(frozenset(number for number, part in enumerate(taken) if part < 0.5), bound)

    def refuse(self, out: frozenset[int]) -> None:
        """Let at least one group be chosen otherwise."""
        row = {number: 1.0 if number in out else -1.0 for number in range(self._groups)}
        self._rows.append((row, 1.0 - (self._groups - len(out)), inf))

    def _variable(self, cost: float, lower: float, upper: float) -> int:
        self._costs.append(cost)
        self._lower.append(lower)
        self._upper.append(upper)
        return len(self._costs) - 1

    def _add_slot(self, market: Market, objective: Objective, of: dict[str, int]) -> None:
        lots, tree = market.lots, market.tree
        nodes = [
            self._variable(0.0, -float(tree.imports[node]) if node else 0.0, float(tree.exports[node]) if node else 0.0)
            for node in range(len(tree.names))
        ]
        balance: list[dict[int, float]] = [{variable: -1.0} for variable in nodes]
        for node in range(1, len(nodes)):
            balance[int(tree.parent[node])][nodes[node]] = 1.0
        green: dict[int, float] = {}
        ladder: list[tuple[int, int, float]] = []
        for index, order in enumerate(market.orders):
            bid = bool(lots.bid[index])
            worth = (
                (1.0 if bid else 0.0) if objective is Objective.ENERGY else float(order.limit if bid else -order.limit)
            )
            variable = self._variable(worth, 0.0, float(order.wh))
            balance[int(lots.place[index])][variable] = -1.0 if bid else 1.0
            ladder.append((order.limit, variable, -1.0 if bid else 1.0))
            if order.wants_green or (not bid and order.is_green):
                green[variable] = -1.0 if bid else 1.0
            if order.id in of:
                group = of[order.id]
                self._rows.append(({variable: 1.0, group: -float(order.wh)}, -inf, 0.0))
                self._rows.append(({variable: 1.0, group: -float(order.least_wh)}, 0.0, inf))
        self._rows += [(row, 0.0, 0.0) for row in balance]
        if market.green_bids().any():
            self._rows.append((green, 0.0, inf))
        if objective is Objective.ENERGY:
            # Bids up to each limit can only be met by asks up to it.
            # What they leave goes up to the next one, so that each order stands in one row.
            by_limit: dict[int, dict[int, float]] = {}
            for limit, variable, sign in ladder:
                by_limit.setdefault(limit, {})[variable] = sign
            below: dict[int, float] = {}
            for _, here in sorted(by_limit.items()):
                above = self._variable(0.0, 0.0, inf)
                self._rows.append((here | below | {above: -1.0}, 0.0, 0.0))
                below = {above: 1.0}

    def _model(self, highspy: Any) -> Any:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self._costs), len(self._rows)
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_cost_ = np.array(self._costs)
        model.col_lower_, model.col_upper_ = np.array(self._lower), np.array(self._upper)
        model.row_lower_ = np.array([lower for _, lower, _ in self._rows])
        model.row_upper_ = np.array([upper for _, _, upper in self._rows])
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = np.concatenate([[0], np.cumsum([len(row) for row, _, _ in self._rows])]).astype(np.int32)
        matrix.index_ = np.array([column for row, _, _ in self._rows for column in row], np.int32)
        matrix.value_ = np.array([value for row, _, _ in self._rows for value in row.values()])
        model.integrality_ = [
            highspy.HighsVarType.kInteger if column < self._groups else highspy.HighsVarType.kContinuous
            for column in range(len(self._costs))
        ]
        return model
