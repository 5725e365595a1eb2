"""The orders of one slot, or of several, with the seed that ranks equal ones and the lines that they share."""

from collections.abc import Iterator
from dataclasses import dataclass, field
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
    slot: int | None = field(init=False, repr=False, compare=False)
    """The slot of all orders, where they have only one."""
    has_partners: bool = field(init=False, repr=False, compare=False)
    """Whether any order names a partner; so with the other two. What no order asks for nobody has to look for."""
    has_green_bids: bool = field(init=False, repr=False, compare=False)
    has_whole: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.seed) > LONGEST_SEED:
            raise BookError(f"the seed has {len(self.seed)} bytes: give {LONGEST_SEED} at most")
        if len(self.orders) > MOST_ORDERS:
            raise BookError(f"the book has {len(self.orders)} orders: split it, one may have {MOST_ORDERS}")
        seen: set[str] = set()
        blocks: dict[str, Order] = {}
        partners = green = whole = False
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
            if order.partner is not None:
                partners = True
            if order.requires:
                green = True
            if order.all_or_nothing or order.min_wh or order.block is not None:
                whole = True
        slots = {order.slot for order in self.orders}
        found = {
            "slot": slots.pop() if len(slots) == 1 else None,
            "has_partners": partners,
            "has_green_bids": green,
            "has_whole": whole,
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)

    @property
    def lines(self) -> Network | None:
        """The network, if any of its lines has a limit."""
        return self.network if self.network is not None and self.network.has_limits else None

    def slots(self) -> dict[int, tuple[Order, ...]]:
        """Return the orders of each slot, slots in their order."""
        if self.slot is not None:
            return {self.slot: self.orders}
        slots: dict[int, list[Order]] = {}
        for order in self.orders:
            slots.setdefault(order.slot, []).append(order)
        return {number: tuple(orders) for number, orders in sorted(slots.items())}

    def groups(self) -> Iterator[tuple[Order, ...]]:
        """Give the orders that trade together or not at all: blocks, and single orders that refuse parts."""
        if not self.has_whole:
            return
        blocks: dict[str, list[Order]] = {}
        for order in self.orders:
            if order.block is not None:
                blocks.setdefault(order.block, []).append(order)
            elif order.all_or_nothing or order.min_wh:
                yield (order,)
        yield from (tuple(orders) for orders in blocks.values())
