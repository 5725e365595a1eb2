"""How a round can end, and why nothing is traded by it."""

from enum import StrEnum


class Ended(StrEnum):
    """What came of a round."""

    TRADED = "traded"
    UNTRADED = "untraded"
    """A slot none of whose rounds is traded is settled by the sharing key."""


class Why(StrEnum):
    """Why nothing is traded by a round."""

    NO_ORDERS = "no_orders"
    """The log held none at the gate."""
    NOT_SHOWN = "not_shown"
    """Nobody has shown the orders that the log names."""
    NO_BOOK = "no_book"
    """The log did not take the book before the slot began."""
    UNCLEARED = "uncleared"
    """The book could not be cleared."""
    NO_TRADES = "no_trades"
    """No offer met a wish: nothing came of the orders, and nobody is to lose what is shared by it."""
    TOO_LARGE = "too_large"
    """Book or result do not fit into a message."""
    NO_QUORUM = "no_quorum"
    """Too few flats have agreed in time."""
    UNCLAIMED = "unclaimed"
    """Enough have, and there are offers of which no flat has said that they are its own."""
    UNLOGGED = "unlogged"
    """Enough flats have agreed, and the log did not take their words in time."""
    DISPUTED = "disputed"
    """The same, and some have found something wrong."""
    MISSED = "missed"
    """The coordinator was down when the gate was to be closed, until the round was over."""
    REBUILT = "rebuilt"
    """The log has a book of the round, and perhaps its end, that this coordinator has not: it was built anew."""
