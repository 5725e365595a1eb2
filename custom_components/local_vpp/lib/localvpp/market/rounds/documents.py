"""How the documents of a round are written and read: one JSON text each, which nothing else can be written as.

Keys sorted, no spaces, UTF-8, whole numbers (RFC 8785, as `export.plain`): the same to the byte wherever it is written.
It is read strictly: what would be written in any other way is refused, so that a document has one name.
"""

from collections.abc import Callable, Mapping, Sequence
import hashlib
from typing import Any, Final

from ...export.errors import UnfitError
from ...export.plain import canonical_json
from ..book import Book
from ..errors import JsonError, MarketError
from ..network import Network, Node
from ..order import Order
from ..plain import plain_book, read_book
from ..strict import read_json

LARGEST: Final = 1024 * 1024
"""Bytes of a document at most: a book of a hundred flats with five orders each has about forty thousand."""
HASH_LENGTH: Final = 32


class RoundError(MarketError):
    """A document of a round cannot be used; says why."""


def digest(data: bytes) -> bytes:
    """Return the name of a document: what a record has as its evidence."""
    return hashlib.sha256(data).digest()


def written(format_: str, fields: Mapping[str, Any]) -> bytes:
    """Return a document. Raises RoundError for one that nobody would read."""
    try:
        data = canonical_json({"format": format_, **fields})
    except UnfitError as error:
        raise RoundError(f"{format_}: {error}") from error
    if len(data) > LARGEST:
        raise RoundError(f"{format_}: it has {len(data)} bytes, and {LARGEST} are read at most")
    return data


def read[Document](
    data: bytes,
    format_: str,
    build: Callable[[dict[str, Any]], Document],
    write: Callable[[Document], bytes],
    *,
    former: str | None = None,
) -> Document:
    """Return what a document says. Raises RoundError.

    One of the `former` format is read, too, and written again as it was: the log names it for good.
    """
    if len(data) > LARGEST:
        raise RoundError(f"{format_}: it has {len(data)} bytes, and {LARGEST} are read at most")
    try:
        fields = read_json(data, whole=True)
    except JsonError as error:
        raise RoundError(f"{format_}: {error}") from error
    if not isinstance(fields, dict) or fields.get("format") not in [each for each in (format_, former) if each]:
        raise RoundError(f"{format_}: it is another document")
    try:
        document = build(fields)
    except MarketError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RoundError(f"{format_}: a field is missing or of another type: {error!r}") from error
    if write(document) != data:
        raise RoundError(f"{format_}: it is not written as it is to be, or has fields that nobody reads")
    return document


def octets(told: str, length: int | None = None) -> bytes:
    """Return bytes that are written in hex. Raises ValueError."""
    data = bytes.fromhex(told)
    if length is not None and len(data) != length:
        raise ValueError(f"{len(data)} bytes, expected {length}")
    return data


def whole(value: object) -> int:
    """Give back a whole number. Raises TypeError."""
    if type(value) is not int:
        raise TypeError(f"{str(value)[:60]!r} is no whole number")
    return value


def text(value: object) -> str:
    """Give back text. Raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{str(value)[:60]!r} is no text")
    return value


def plain_orders(orders: Sequence[Order]) -> list[dict[str, Any]]:
    """Write orders without who gives them: their names and their flat say nothing that counts."""
    numbered = plain_book(Book(seed=b"", orders=tuple(orders)))["orders"]
    return [{name: value for name, value in order.items() if name not in _NAMES} for order in numbered]


def named_orders(plain: Sequence[object], flat: str, prefix: str) -> tuple[Order, ...]:
    """Return orders by the name of their flat, numbered. Raises MarketError."""
    told = []
    for number, order in enumerate(plain):
        if not isinstance(order, Mapping) or not _NAMES.isdisjoint(order):
            raise RoundError(f"order {number} is {str(order)[:60]!r}: give an object without id, flat and slot")
        told.append({**order, "id": f"{prefix}-{number}", "flat": flat})
    return read_book({"seed": "", "orders": told}).orders


def plain_lines(nodes: Sequence[Node]) -> list[dict[str, Any]] | None:
    """Write a building's lines; None where nothing is limited."""
    if not nodes:
        return None
    told: list[dict[str, Any]] = plain_book(Book(seed=b"", orders=(), network=Network(tuple(nodes))))["network"][
        "nodes"
    ]
    return told


def read_lines(plain: Sequence[object] | None) -> tuple[Node, ...]:
    """Return a building's lines. Raises MarketError."""
    if plain is None:
        return ()
    network = read_book({"seed": "", "orders": [], "network": {"nodes": plain}}).network
    assert network is not None, "one was given"
    return network.nodes


_NAMES: Final = frozenset({"id", "flat", "slot"})
