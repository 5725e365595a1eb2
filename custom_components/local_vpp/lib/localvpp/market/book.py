"""The orders of one slot, or of several, with the seed that ranks equal ones and the lines that they share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .errors import BookError, NetworkError, OrderError
from .network import Network
from .order import Order, Side

MOST_ORDERS: Final = 10**7
LONGEST_SEED: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What is cleared, and all that decides how."""

    seed: bytes
    orders: tuple[Order, ...]
    network: Network | None = None

    def __post_init__(self) -> None:
        if len(self.seed) > LONGEST_SEED:
            raise BookError(f"the seed has {len(self.seed)} bytes: give {LONGEST_SEED} at most")
        if len(self.orders) > MOST_ORDERS:
            raise BookError(f"the book has {len(self.orders)} orders: split it, one may have {MOST_ORDERS}")
        seen: set[str] = set()
        blocks: dict[str, Order] = {}
        for order in self.orders:
            if order.id in seen:
                raise OrderError(order.id, "id", order.id, "name each order once")
            seen.add(order.id)
            if self.network is not None and order.flat not in self.network.flats:
                raise NetworkError("", "flats", order.flat, f"place the flat of order {order.id!r} at a node")
            if order.block is not None:
                first = blocks.setdefault(order.block, order)
                if first.flat != order.flat:
                    raise OrderError(
                        order.id, "block", order.block, f"name it otherwise: order {first.id!r} of another flat has it"
                    )

    @property
    def lines(self) -> Network | None:
        """The network, if any of its lines has a limit."""
        return self.network if self.network is not None and self.network.has_limits else None

    def slots(self) -> dict[int, list[Order]]:
        """Return the orders of each slot, slots in their order."""
        slots: dict[int, list[Order]] = {}
        for order in self.orders:
            slots.setdefault(order.slot, []).append(order)
        return dict(sorted(slots.items()))

    def groups(self) -> Iterator[tuple[Order, ...]]:
        """Give the orders that trade together or not at all: blocks, and single orders that refuse parts."""
        blocks: dict[str, list[Order]] = {}
        for order in self.orders:
            if order.block is not None:
                blocks.setdefault(order.block, []).append(order)
            elif order.whole:
                yield (order,)
        yield from (tuple(orders) for orders in blocks.values())


@dataclass(frozen=True, slots=True)
class Partnership:
    """Who sells to whom before all others, and by which orders: indices, the best rank first."""

    seller: str
    buyer: str
    orders: tuple[int, ...]


def partnerships(orders: Sequence[Order]) -> list[Partnership]:
    """Return the partners among ranked orders, by their best ranks: both have to name each other.

    Bids that buy nothing but green energy meet their partner's green asks before his other bids meet all.
    """
    offers: dict[tuple[str, str], list[int]] = {}
    wishes: dict[tuple[str, str], list[int]] = {}
    for index, order in enumerate(orders):
        if order.partner is not None and order.side is Side.ASK:
            offers.setdefault((order.flat, order.partner), []).append(index)
        elif order.partner is not None:
            wishes.setdefault((order.partner, order.flat), []).append(index)
    found = []
    for pair in offers.keys() & wishes.keys():
        first = min(*offers[pair], *wishes[pair])
        for green in (True, False):
            bids = [index for index in wishes[pair] if orders[index].wants_green is green]
            asks = [index for index in offers[pair] if orders[index].is_green or not green]
            if bids and asks:
                found.append((first, not green, Partnership(*pair, tuple(sorted(asks + bids)))))
    return [partnership for *_, partnership in sorted(found, key=lambda one: one[:2])]
