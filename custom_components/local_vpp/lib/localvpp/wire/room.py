"""How large the result of a round may be, for flats to be told of it in one message with its proofs, now and later."""

from dataclasses import replace
from typing import Final

from .codec import encode
from .market import LARGEST_DOCUMENT, OpenBook
from .messages import LARGEST_MESSAGE

ROOM_TO_SIGN: Final = 4096
"""Bytes that the building's word takes beside book, result and proofs at most."""
_ROOM_TO_PROPOSE: Final = 4096
"""Bytes of the sealed PROPOSAL record with its path: some 600 for the record, and 34 for each of 64 hashes at most."""
_GROWTH: Final = 2 * 34
"""Bytes by which each path grows while the log becomes four times as long: whoever was away is told of it then."""


def room_for_result(message: OpenBook) -> int:
    """Return how many bytes a result may have that is to be proposed in the place of a message's own."""
    around = replace(message, statement=b"", result=b"", proposal=None)
    paths = len(message.orders) + 1
    left = LARGEST_MESSAGE - len(encode(around)) - ROOM_TO_SIGN - _ROOM_TO_PROPOSE - _GROWTH * paths
    return min(LARGEST_DOCUMENT, left)


def no_room(document: bytes, room: int) -> str | None:
    """Say that a result is too large to be proposed; None when it is not."""
    if len(document) <= room:
        return None
    return f"it has {len(document)} bytes, and beside the book and its proofs {room} fit into a message"
