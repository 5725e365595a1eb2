"""The building's lines as the market's tree, and where in it each flat hangs. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from localvpp.market import Node

from ..config import LineLimit
from ..config.market import ROOT


@dataclass(frozen=True, slots=True)
class Lines:
    """Nothing of both, where nothing is limited."""

    nodes: tuple[Node, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    """The node of each flat."""


def lines_of(limits: Sequence[LineLimit], flats: Sequence[str], slot_seconds: int) -> Lines:
    """Return the tree of lines that hold each other's flats, or none (`config.market` has refused others).

    What a line carries in a slot is its kW over the slot, in either direction.
    """
    if not limits:
        return Lines()
    outermost = sorted(limits, key=lambda line: len(line.flats), reverse=True)
    nodes, places = [Node(id=ROOT)], dict.fromkeys(flats, ROOT)
    for line in outermost:
        # Lines come from the outermost in: all flats of this one hang on the same so far.
        parent = places[line.flats[0]] if line.flats else ROOT
        most_wh = line.kw * 1000 * slot_seconds // 3600
        nodes.append(Node(id=line.name, parent=parent, import_limit_wh=most_wh, export_limit_wh=most_wh))
        places |= dict.fromkeys(line.flats, line.name)
    return Lines(tuple(nodes), places)
