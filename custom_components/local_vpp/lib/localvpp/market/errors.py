"""What is wrong with a book or a result: which order, which field, which value, and what to do."""


class MarketError(Exception):
    """Something that was handed to the market cannot be used."""


class OrderError(MarketError):
    """One order is not one."""

    def __init__(self, order: str, field: str, value: object, remedy: str) -> None:
        super().__init__(f"order {order!r}: {field} is {value!r}: {remedy}")
        self.order, self.field, self.value, self.remedy = order, field, value, remedy


class NetworkError(MarketError):
    """The lines are not a tree, or a limit of one is none."""

    def __init__(self, node: str, field: str, value: object, remedy: str) -> None:
        super().__init__(f"node {node!r}: {field} is {value!r}: {remedy}")
        self.node, self.field, self.value, self.remedy = node, field, value, remedy


class BookError(MarketError):
    """A book as a whole, or what is asked of it, does not fit together."""


class ResultError(MarketError):
    """A result cannot be read; one that can be read and is wrong has findings instead (`check`)."""


class StoppedError(MarketError):
    """Nobody waits for a search any more, and it has ended."""
