"""The orders of one slot, or of several, with the seed that ranks equal ones and the lines that they share."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .errors import BookError, OrderError, PlaceError
from .network import Network
from .order import Order

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
                raise PlaceError(order.flat, "", f"place the flat at a node, for it has order {order.id!r}")
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
        if len(numbers := {order.slot for order in self.orders}) == 1:
            return {number: list(self.orders) for number in numbers}
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
            elif order.all_or_nothing or order.min_wh:
                yield (order,)
        yield from (tuple(orders) for orders in blocks.values())
