"""How two flats that have agreed on a word find each other in a round in which nobody sees whose orders are whose.

Each makes the same tag with the key of the word, and gives it with its orders: two offers of one tag are partners. A
tag is of one round of one slot, and is shown only after the gate, when nobody can order any more: whoever has seen it
can use it nowhere. That two offers belong together is seen by all, and not whose they are.
"""

from collections import defaultdict
from collections.abc import Iterable
import hmac
import re
from typing import Final

TAG_LENGTH: Final = 16
"""Bytes of an HMAC-SHA256 (RFC 2104): no two words meet in one by chance."""
_TAG: Final = re.compile(f"[0-9a-f]{{{2 * TAG_LENGTH}}}")
_PARTNER: Final = b"local-vpp partner\0"


def partner_tag(key: bytes, origin: str, slot: int, number: int) -> str:
    """Return what the orders of a round carry as their partner."""
    name = origin.encode()
    told = _PARTNER + len(name).to_bytes(4) + name + slot.to_bytes(8) + number.to_bytes(1)
    return hmac.digest(key, told, "sha256")[:TAG_LENGTH].hex()


def is_tag(told: str) -> bool:
    """Whether it is written as a tag is."""
    return _TAG.fullmatch(told) is not None


def partners(tags: Iterable[tuple[bytes, str | None]]) -> dict[bytes, bytes]:
    """Return whose partner each is, of blinds with the tags of their offers.

    A tag that more than two have makes none: which two of them have agreed nobody can say.
    """
    found: defaultdict[str, list[bytes]] = defaultdict(list)
    for blind, tag in tags:
        if tag is not None:
            found[tag].append(blind)
    pairs = [blinds for blinds in found.values() if len(blinds) == 2]
    return {one: other for pair in pairs for one, other in (pair, reversed(pair))}
