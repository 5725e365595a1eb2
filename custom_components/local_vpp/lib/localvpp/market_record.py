"""What the market of a slot leaves in the log: records that each name one document by its hash. Pure.

A flat's ORDERS are in the log before anybody may see them, so nobody orders after having looked, and none is changed
or lost unseen. The BOOK of a slot fixes what was shown in time and by which rules it is cleared; CLEARED is what came
of it. The documents (`market.rounds`) are no part of the log: whom they concern has them, and the records prove them.
"""

from .etp import Body, DeviceId


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
