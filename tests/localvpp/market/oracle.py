"""The same questions asked of HiGHS, as a linear program with a variable for each pair: what must come out.

Exact here although its numbers are floating: the programs are small, and their best values whole.
"""

from typing import Any

import numpy as np

from localvpp.market import Book, Network, Objective, Order, Side

from ...needed import module

ENERGY_WORTH = 10_000
"""Of a Wh beside a tick of gain: more than the gain of any book here."""


def best(book: Book, objective: Objective) -> tuple[int, int]:
    """Return the energy and the gain of the best solution; of most gain, with the most energy."""
    asks = [order for order in book.orders if order.side is Side.ASK]
    bids = [order for order in book.orders if order.side is Side.BID]
    pairs = (
        [(ask, bid) for ask in asks for bid in bids if bid.limit >= ask.limit and (ask.is_green or not bid.wants_green)]
        if objective is Objective.ENERGY or any(bid.wants_green for bid in bids)
        else [(a, b) for a in asks for b in bids]
    )
    if not pairs:
        return 0, 0
    energy, gain = (ENERGY_WORTH, 1) if objective is Objective.ENERGY else (1, ENERGY_WORTH)
    costs = [energy + gain * (bid.limit - ask.limit) for ask, bid in pairs]
    rows: list[tuple[dict[int, float], float, float]] = []
    for order in (*asks, *bids):
        row = {number: 1.0 for number, pair in enumerate(pairs) if order in pair}
        rows.append((row, 0.0, float(order.wh)))
    if book.network is not None:
        rows += _lines(book.network, pairs)
    total = round(_maximum(costs, rows))
    if objective is Objective.ENERGY:
        return total // ENERGY_WORTH, total % ENERGY_WORTH
    return total % ENERGY_WORTH, total // ENERGY_WORTH


def _lines(network: Network, pairs: list[tuple[Order, Order]]) -> list[tuple[dict[int, float], float, float]]:
    parents = {node.id: node.parent for node in network.nodes}

    def above(flat: str) -> set[str]:
        at: str | None = network.flats[flat]
        passed = set()
        while at is not None:
            passed.add(at)
            at = parents[at]
        return passed

    rows = []
    for node in network.nodes:
        row = {
            number: float((node.id in above(ask.flat)) - (node.id in above(bid.flat)))
            for number, (ask, bid) in enumerate(pairs)
        }
        lower = -np.inf if node.import_limit_wh is None else -float(node.import_limit_wh)
        upper = np.inf if node.export_limit_wh is None else float(node.export_limit_wh)
        rows.append(({number: sign for number, sign in row.items() if sign}, lower, upper))
    return rows


def _maximum(costs: list[int], rows: list[tuple[dict[int, float], float, float]]) -> float:
    highspy: Any = module("highspy", "blocks")
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(costs), len(rows)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.array(costs, float)
    model.col_lower_, model.col_upper_ = np.zeros(len(costs)), np.full(len(costs), np.inf)
    model.row_lower_ = np.array([lower for _, lower, _ in rows])
    model.row_upper_ = np.array([upper for _, _, upper in rows])
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.concatenate([[0], np.cumsum([len(row) for row, _, _ in rows])]).astype(np.int32)
    matrix.index_ = np.array([column for row, _, _ in rows for column in row], np.int32)
    matrix.value_ = np.array([value for row, _, _ in rows for value in row.values()])
    highs = highspy.Highs.__base__()
    highs.setOptionValue("output_flag", False)
    # As the market does: HiGHS refuses another number of threads than it has begun with in a process.
    highs.setOptionValue("threads", 1)
    highs.passModel(model)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    value = float(highs.getInfo().objective_function_value)
    assert abs(value - round(value)) < 1e-3
    return value
