"""Which orders of a slot the log held at a gate: whose they are, and what they are named by."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId, Kind

from . import entries as entry_store
from .entries import Entry


async def orders_at(connection: AsyncConnection, slot: int, log_since: int, log_size: int) -> dict[DeviceId, Entry]:
    """Return each flat's newest ORDERS record of a slot among the entries of a round: older ones do not count.

    Args:
        connection: to the database.
        slot: the slot.
        log_since: entries of the log when the gate of the round before was closed.
        log_size: when this one's was.
    """
    newest: dict[DeviceId, Entry] = {}
    for entry in await entry_store.of_kind(connection, slot, Kind.ORDERS):
        if log_since <= entry.index < log_size:
            newest[entry.device] = entry
    return newest


async def named_between(connection: AsyncConnection, device: DeviceId, begin: int, end: int) -> dict[int, set[bytes]]:
    """Return all hashes that a flat's ORDERS records name, by slot, of the slots that begin in a time."""
    found: dict[int, set[bytes]] = {}
    for entry in await entry_store.of_slots(connection, Kind.ORDERS, begin, end, device):
        if (body := entry.opened()) is not None:
            found.setdefault(entry.slot, set()).add(body.evidence[0])
    return found


def committed(orders: Mapping[DeviceId, Entry]) -> dict[DeviceId, bytes]:
    """Return the hash that each record names; one whose body is not there any more names none."""
    return {device: body.evidence[0] for device, entry in orders.items() if (body := entry.opened()) is not None}
