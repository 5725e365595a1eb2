"""The lines of a building: a tree of nodes, each joined to its parent by a line with a limit for either direction.

A limit is in Wh per slot: what the line may carry in that time. `import_limit_wh` is what may flow down into the node's
part of the tree, `export_limit_wh` what may flow up out of it, netted over the slot. Limits of the root's own line, to
the grid, never bind: inside the market everything sold is bought, so nothing flows through it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from .errors import NetworkError, PlaceError, shown
from .order import LARGEST_BOOK_WH, LONGEST_NAME

DEEPEST: Final = 32
"""Lines from a flat to the building's meter, at most: a bound, so that sums over all lines stay below 2⁶³."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place of the tree and the line above it; None is no limit."""

    id: str
    parent: str | None = None
    import_limit_wh: int | None = None
    export_limit_wh: int | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.id) <= LONGEST_NAME or not self.id.isprintable():
            raise NetworkError(self.id, "id", self.id, f"give a name of 1 to {LONGEST_NAME} printable characters")
        for name in ("import_limit_wh", "export_limit_wh"):
            limit = getattr(self, name)
            if limit is None:
                continue
            if type(limit) is not int or not 0 <= limit <= LARGEST_BOOK_WH:
                raise NetworkError(self.id, name, limit, f"give whole Wh from 0 to {LARGEST_BOOK_WH}, or leave it out")


@dataclass(frozen=True, slots=True)
class Network:
    """The tree, and at which node each flat is."""

    nodes: tuple[Node, ...]
    flats: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known: dict[str, Node] = {}
        for node in self.nodes:
            if node.id in known:
                raise NetworkError(node.id, "id", node.id, "name each node once")
            known[node.id] = node
        roots = [node.id for node in self.nodes if node.parent is None]
        if len(roots) != 1:
            raise NetworkError(
                roots[1] if roots else "",
                "parent",
                None,
                f"leave out the parent of exactly one node, not of {len(roots)}",
            )
        for node in self.nodes:
            if node.parent is not None and node.parent not in known:
                raise NetworkError(node.id, "parent", node.parent, "name a node that is listed")
        for node in self.nodes:
            self._climb(known, node)
        for flat, place in self.flats.items():
            if place not in known:
                raise PlaceError(flat, place, f"name one of the nodes that are listed, {_listed(known)}")

    @property
    def has_limits(self) -> bool:
        """Whether any line below the root has a limit: without one the tree decides nothing."""
        return any(
            node.parent is not None and (node.import_limit_wh is not None or node.export_limit_wh is not None)
            for node in self.nodes
        )

    @staticmethod
    def _climb(known: Mapping[str, Node], node: Node) -> None:
        at, steps = node, 0
        while at.parent is not None:
            at, steps = known[at.parent], steps + 1
            if steps > DEEPEST:
                raise NetworkError(
                    node.id, "parent", node.parent, f"reach the root in {DEEPEST} steps at most, and in no circle"
                )


def _listed(known: Mapping[str, Node]) -> str:
    """Write the first names of nodes, for somebody who has mistyped one."""
    first = [shown(name) for name, _ in zip(known, range(5), strict=False)]
    return ", ".join([*first, "…"] if len(known) > len(first) else first)
