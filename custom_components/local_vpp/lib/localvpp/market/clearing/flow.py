"""The most energy shared over lines with limits, and of it the most gain.

Energy goes round: from an ask's limit to its node, over the lines to a bid's node, up to the bid's limit, and down the
ladder of limits to the ask's. Ladder and tree limit what can circulate; each Wh that does is worth `energy_worth` and
its gain, so that no gain makes up for a Wh. Of equally good solutions that one counts in which the order of the best
rank trades most, then the next one, and so on: each is worth twice as much more as the one behind it, and all of that
together less than a tick. So no two solutions are worth the same. Bids are let in one after the other, and each draws
the cheapest way round that is still worth it (successive shortest paths with potentials: Edmonds and Karp 1972). In the
end what a Wh is worth at each node and each limit is read from what could still be changed, and proves that nothing
better circulates. This is for the hundreds of orders of a building, not for a million.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
import heapq

import numpy as np

from ..arrays import Ints
from ..lots import UNLIMITED, Lots, Tree
from ..result import energy_worth


@dataclass(frozen=True, slots=True)
class Circulated:
    """How much of each order trades, and what a Wh is worth at each node and at each limit."""

    fills: Ints
    prices: Ints
    values: dict[int, int]
    energy_prices: Ints
    energy_values: dict[int, int]
    """The same with a Wh that is bought worth one, and no gain: no more energy than by these could circulate."""


class _Graph:
    """A graph with capacities and costs; arc `k ^ 1` is what can be taken back of arc `k`."""

    def __init__(self, nodes: int) -> None:
        self.leaving: list[list[int]] = [[] for _ in range(nodes)]
        self.end: list[int] = []
        self.left: list[int] = []
        self.cost: list[int] = []
        self.potential = [0] * nodes

    def add(self, begin: int, end: int, capacity: int, cost: int) -> int:
        """Add an arc; return its number."""
        number = len(self.end)
        self.leaving[begin].append(number)
        self.leaving[end].append(number + 1)
        self.end += [end, begin]
        self.left += [capacity, 0]
        self.cost += [cost, -cost]
        return number

    def draw(self, arc: int) -> None:
        """Circulate over an arc as long as it is worth it; other arcs cost no less than nothing already."""
        begin, end = self.end[arc ^ 1], self.end[arc]
        while self.left[arc]:
            worth = -self.cost[arc] - self.potential[begin] + self.potential[end]
            if worth <= 0:
                return
            path = self._cheapest(end, begin, worth)
            if path is None:
                return
            amount = min(self.left[number] for number in (arc, *path))
            for number in (arc, *path):
                self.left[number] -= amount
                self.left[number ^ 1] += amount

    def values(self, costs: Callable[[int], int]) -> list[int]:
        """Return what a Wh is worth at each node, if an arc costs what is said of its cost.

        By these costs no way round may be left that costs less than nothing.
        """
        plain = []
        for cost in self.cost[::2]:
            one = costs(cost)
            plain += [one, -one]
        values = [0] * len(self.leaving)
        waiting = deque(range(len(values)))
        while waiting:
            node = waiting.popleft()
            for number in self.leaving[node]:
                other, there = self.end[number], values[node] + plain[number]
                if self.left[number] and there < values[other]:
                    values[other] = there
                    waiting.append(other)
        return values

    def _cheapest(self, begin: int, end: int, worth: int) -> list[int] | None:
        """Return the cheapest path if it costs less than it is worth, and bring the potentials up to date."""
        distance, came = {begin: 0}, dict[int, int]()
        waiting, known = [(0, begin)], set[int]()
        reached = worth
        while waiting:
            far, node = heapq.heappop(waiting)
            if node in known:
                continue
            if far >= worth or node == end:
                reached = min(far, worth)
                break
            known.add(node)
            for number in self.leaving[node]:
                if not self.left[number]:
                    continue
                other = self.end[number]
                there = far + self.cost[number] + self.potential[node] - self.potential[other]
                if there < distance.get(other, worth):
                    distance[other], came[other] = there, number
                    heapq.heappush(waiting, (there, other))
        for node in range(len(self.potential)):
            self.potential[node] += min(distance.get(node, reached), reached)
        if end not in distance:
            return None
        path, node = [], end
        while node != begin:
            path.append(came[node])
            node = self.end[came[node] ^ 1]
        return path


def clear_energy_over_lines(lots: Lots, tree: Tree) -> Circulated:
    """Return the one solution of most energy, and of it most gain, that the ranks allow."""
    nodes = len(tree.names)
    ranked = lots.ranked(np.arange(len(lots)))
    bids, places, whs, ticks = lots.bid[ranked], lots.place[ranked], lots.wh[ranked], lots.limit[ranked]
    limits, level = np.unique(ticks, return_inverse=True)
    graph = _Graph(nodes + len(limits))
    for child in range(1, nodes):
        parent = int(tree.parent[child])
        graph.add(child, parent, int(tree.exports[child]), 0)
        graph.add(parent, child, int(tree.imports[child]), 0)
    for rung in range(1, len(limits)):
        graph.add(nodes + rung, nodes + rung - 1, UNLIMITED, 0)
    worth, many = energy_worth(len(lots)), len(lots)
    # An ask for nothing costs less than nothing by its rank: seen from nodes that are worth a tick less, none does.
    graph.potential[:nodes] = [-(1 << many)] * nodes
    arcs = []
    for rank in sorted(range(many), key=lambda one: (bool(bids[one]), int(ticks[one]), one)):
        rung, place = nodes + int(level[rank]), int(places[rank])
        wh, limit = int(whs[rank]), int(ticks[rank])
        # Ranks count below the ticks: 2ⁿ⁻¹ for the first of n orders, 1 for the last.
        first = 1 << (many - 1 - rank)
        if bids[rank]:
            arc = graph.add(place, rung, wh, -((worth + limit) << many) - first)
            graph.draw(arc)
        else:
            arc = graph.add(rung, place, wh, (limit << many) - first)
        arcs.append((rank, arc))
    fills = np.zeros(many, np.int64)
    for rank, arc in arcs:
        fills[ranked[rank]] = graph.left[arc ^ 1]
    # Without the ranks, which the lowest bits of costs are for; then a Wh that is bought alone.
    values, energy = graph.values(lambda cost: -(-cost >> many)), graph.values(lambda cost: -(-cost >= worth << many))

    def by_limit(of: list[int]) -> dict[int, int]:
        return {int(limit): of[nodes + rung] for rung, limit in enumerate(limits)}

    return Circulated(
        fills,
        np.array(values[:nodes], np.int64),
        by_limit(values),
        np.array(energy[:nodes], np.int64),
        by_limit(energy),
    )
