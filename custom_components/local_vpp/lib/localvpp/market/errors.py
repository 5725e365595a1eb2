"""What is wrong with a book or a result: which order, which field, which value, and what to do."""

from reprlib import Repr
from typing import Final

_SHORT: Final = Repr(maxlevel=4, maxdict=12, maxlist=12, maxstring=210, maxlong=60, maxother=120)
"""However deep and long a value is that came from somewhere: names are shown whole, which have 200 characters."""


def shown(value: object) -> str:
    """Write a value for a person to find it."""
    return _SHORT.repr(value)


class MarketError(Exception):
    """Something that was handed to the market cannot be used."""


class OrderError(MarketError):
    """One order is not one."""

    def __init__(self, order: str, field: str, value: object, remedy: str) -> None:
        super().__init__(f"order {order!r}: {field} is {shown(value)}: {remedy}")
        self.order, self.field, self.value, self.remedy = order, field, value, remedy


class NetworkError(MarketError):
    """The lines are not a tree, or a limit of one is none."""

    def __init__(self, node: str, field: str, value: object, remedy: str) -> None:
        super().__init__(f"node {node!r}: {field} is {shown(value)}: {remedy}")
        self.node, self.field, self.value, self.remedy = node, field, value, remedy


class PlaceError(NetworkError):
    """A flat is at no node of the network: `node` is the one that was named for it, "" if none was."""

    def __init__(self, flat: str, node: str, remedy: str) -> None:
        MarketError.__init__(
            self, f"network.flats: flat {shown(flat)} is at {f'node {shown(node)}' if node else 'no node'}: {remedy}"
        )
        self.node, self.field, self.value, self.remedy = node, "flats", flat, remedy


class BookError(MarketError):
    """A book as a whole, or what is asked of it, does not fit together."""


class JsonError(MarketError):
    """What was handed over is no JSON, or says something twice."""


class ResultError(MarketError):
    """A result cannot be read; one that can be read and is wrong has findings instead (`check`)."""


class StoppedError(MarketError):
    """Nobody waits for a search any more, and it has ended."""
