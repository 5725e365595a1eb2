"""What clearing gives: trades, and what proves that there were none better."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from .order import HIGHEST_LIMIT, Side
from .rules import Objective, PriceRule


class Stage(StrEnum):
    """What is served before the rest, and the rest."""

    PARTNERS = "partners"
    GREEN = "green"
    MARKET = "market"


def energy_worth(orders: int) -> int:
    """Return what a Wh is worth beside its gain where lines limit and energy is the goal, for so many orders.

    More than all that exchanging orders on its way round can cost: no gain makes up for a Wh.
    """
    return (HIGHEST_LIMIT + 1) * (orders + 1)


class Trade(NamedTuple):
    """Energy that one order sells to another; a tuple, for there are as many as half of the orders.

    `price` is what the buyer pays, in 0.01 yen/kWh, and the seller gets it, unless McAfee's rule leaves something over
    for the building: then he gets `seller_price`.
    """

    seller: str
    buyer: str
    wh: int
    price: int
    seller_price: int | None = None


@dataclass(frozen=True, slots=True)
class FloorLevel:
    """The gain to which the flats of a node were raised by their bids, or by their asks."""

    node: str
    side: Side
    gain: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Why one stage of one slot could not be better: what its proof is depends on the objective.

    gain: a price for each node, at which every order wants what it got (`prices`). energy: the limit at which the cut
    is smallest (`threshold`), or where lines limit, what a Wh is worth at each node and each limit (`prices`,
    `values`). floor: prices as for gain, the prices that gains are counted from (`reference`), and the levels.
    """

    stage: Stage
    slot: int = 0
    trades: int
    """How many of the result's trades are this stage's: they stand in the order of the stages."""
    seller: str | None = None
    buyer: str | None = None
    prices: Mapping[str, int] = field(default_factory=dict)
    threshold: int | None = None
    values: Mapping[int, int] = field(default_factory=dict)
    reference: Mapping[str, int] = field(default_factory=dict)
    levels: tuple[FloorLevel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What no solution can exceed, for a slot of a book with orders that refuse parts: as if all could be divided.

    Nobody is served first in it, either.

    gain, floor: a price for each node. energy: the limit at which the cut is smallest, or where lines limit, what a Wh
    is worth at each node and each limit, if no gain counts.
    """

    slot: int = 0
    prices: Mapping[str, int] = field(default_factory=dict)
    threshold: int | None = None
    values: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The goal and the price rule, a proof for each stage, and which orders had to be left out whole."""

    objective: Objective
    price: PriceRule
    stages: tuple[Proof, ...]
    left_out: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A cleared book. `gain` is Σ wh × (bid limit − ask limit), in 10⁻⁵ yen.

    `gap` is how far the objective may be from the best: 0, but for orders that refuse parts and for McAfee's rule. With
    `floor` it is of what the energy would gain before it is shared (`clearing.bound`), which sharing always makes less.
    """

    energy_wh: int
    gain: int
    trades: tuple[Trade, ...]
    certificate: Certificate
    gap: int

    @property
    def value(self) -> int:
        """How much energy it moves, if that is the objective, in Wh; else what it gains, in 10⁻⁵ yen."""
        return self.energy_wh if self.certificate.objective is Objective.ENERGY else self.gain
