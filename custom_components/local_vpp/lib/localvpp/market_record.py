"""What the market of a slot leaves in the log: records that each name one document by its hash. Pure.

A flat's ORDERS are in the log before anybody may see them, so nobody orders after having looked, and none is changed
or lost unseen. The BOOK of a slot fixes what was shown in time and by which rules it is cleared; a PROPOSAL is a result
that was better than all before it; CLEARED is what came of it. The documents (`market.rounds`) are no part of the log:
whom they concern has them, and the records prove them.
"""

from typing import Final

from .etp import Body, DeviceId

UNDER_WAY_MS: Final = 30_000
"""So long after its begin a slot is under way for whoever compares places in the log: see `late_ms`."""


def market_body(
    *,
    document: bytes,
    written_ms: int,
    sender: DeviceId,
    receiver: DeviceId,
    slot_seconds: int,
    place: str | None = None,
) -> Body:
    """Return what a record of the market says; its envelope's slot is the one that is traded.

    Args:
        document: SHA-256 of it.
        written_ms: Unix time.
        sender: who signs: a flat for its orders, the building for the rest.
        receiver: the building.
        slot_seconds: of the building's terms.
        place: the flat's number.
    """
    return Body(
        start_ms=written_ms,
        end_ms=written_ms,
        slot_seconds=slot_seconds,
        sender=sender,
        receiver=receiver,
        energy_wh=0,
        attributes=(),
        place=place,
        evidence=(document,),
    )


def orders_problem(slot: int, body: Body, device: DeviceId, building: DeviceId) -> str | None:
    """Say why a flat's ORDERS record is none; what every such record has, `etp` has judged (`etp.record.checked`)."""
    if (body.sender, body.receiver) != (device, building):
        return "orders go from a flat to its building: sender and receiver are others"
    if body.reason is not None:
        return "orders have no reason: what a flat wants is in the document"
    if body.start_ms >= slot * 1000:
        return f"orders written at {body.start_ms} ms are too late for slot {slot}, which had begun: order a later one"
    return None


def late_ms(slot: int) -> int:
    """Return from which time on a record tells that a slot was under way when it was made: CLEARED lies before it.

    What a building may still choose when it knows what the meters counted, it may choose by that. So it does not help
    to believe the time that it writes into a CLEARED record; but a flat's own record, made when the slot was under way,
    has a place in the log, and nothing gets a place before one that is there. An honest building keeps to it
    whatever fails: it writes CLEARED before the slot begins by its clock or not at all, what it writes gets its place
    in the order in which it was handed to the log, it takes no record from more than five seconds ahead of its clock,
    and none of its own waits longer than the rest of these thirty seconds to be handed over. A flat that was away
    has its records later in the log, which asks for less.
    """
    return slot * 1000 + UNDER_WAY_MS
