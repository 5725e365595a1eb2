"""A settled slot worked out again from the log, by the one rule of coordinator and flats.

The building's record of the slot says by how many entries it was settled. Which flats were enrolled by then, which of
them the log proves the use of, and so who had a share and who was left out, follows from these entries alone.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from localvpp.etp import Body, DeviceId, Kind, Record
from localvpp.meterslot import Told, meter_slot
from localvpp.ownnames import NOT_SHARING
from localvpp.settlement import Settlement, Traded, deliver, left_over, settle
from localvpp.traded import Made, terms_of, together, trade_of

from .evidence import Evidence, Logged


class UnsettledError(Exception):
    """The log does not say by what a slot was settled."""


type Said = tuple[DeviceId, DeviceId, int, int, tuple[object, ...]]
"""Of a transfer: from whom to whom, Wh, the price, and the trade's terms where it is of one."""


@dataclass(frozen=True, slots=True)
class Again:
    """How a slot must have been settled."""

    settlement: Settlement[DeviceId]
    transfers: list[Said]
    """What its transfer records must say."""
    missing: list[str]
    """Flats that were enrolled before the slot's end, and whose use of it the log did not prove."""


@dataclass(frozen=True, slots=True)
class Metered:
    """What the records prove of a meter in a slot, and when its first and its last reading were taken."""

    net_wh: int
    """Import less export."""
    begin_ms: int
    end_ms: int


def work_again(evidence: Evidence, slot: int) -> Again:
    """Return how a slot must have been settled.

    Raises UnsettledError.
    """
    held, seconds, cleared = _held(evidence, slot)
    flats = enrolled_flats(evidence, held)
    meters = {device: meter_slot(device, slot, seconds, _told(held, device, slot)) for device in flats}
    uses = {device: meter.use for device, meter in meters.items() if meter is not None}
    enrolled = {device for device, since_ms in flats.items() if since_ms < (slot + seconds) * 1000}
    missing = sorted(evidence.names[device] for device in enrolled - uses.keys())
    if not cleared:
        shared = settle(uses, evidence.prices)
        inside = evidence.prices.inside
        return Again(shared, [(t.sender, t.receiver, t.energy_wh, inside, ()) for t in shared.transfers], missing)
    made = _trades(evidence, held, slot, cleared)
    trades = tuple(each.trade for each in made)
    said: list[Said] = [
        (each.trade.seller, each.trade.buyer, each.energy_wh, each.trade.price, astuple(terms_of(each, trade.numbers)))
        for each, trade in zip(deliver(trades, *left_over(uses)), made, strict=True)
    ]
    return Again(settle(uses, evidence.prices, Traded(trades)), said, missing)


def said_by(body: Body) -> Said:
    """Return what a transfer's record says."""
    terms = () if body.trade is None else astuple(body.trade)
    return body.sender, body.receiver, body.energy_wh, body.price or 0, terms


def _trades(
    evidence: Evidence, held: Sequence[Logged], slot: int, cleared: tuple[bytes, ...]
) -> tuple[Made[DeviceId], ...]:
    """Return the trades of a slot from its transfers, once the log is seen to hold what they are said to be of."""
    records = [each.record for each in held if (each.record.kind, each.record.envelope.slot) == (Kind.CLEARED, slot)]
    if tuple(record.body.evidence[0] for record in records) != cleared:
        raise UnsettledError(f"slot {slot} is said to be settled by trades that no CLEARED record names")
    transfers = transfers_of(evidence, slot)
    try:
        told = [(trade_of(each.body), each.body.trade) for each in transfers]
    except ValueError as error:
        raise UnsettledError(f"slot {slot} is settled by trades: {error}") from error
    return together(Made(trade, () if terms is None else terms.numbers) for trade, terms in told)


def transfers_of(evidence: Evidence, slot: int) -> list[Record]:
    """The transfer records of a slot, without those that only stand in."""
    records = (logged.record for logged in evidence.logged)
    transfers = [record for record in records if record.kind is Kind.TRANSFER and record.envelope.slot == slot]
    return [record for record in transfers if not record.body.stands_in]


def metered_slot(evidence: Evidence, slot: int) -> dict[str, Metered]:
    """Return every meter, by its name, that the log proved a slot of when it was settled.

    Raises UnsettledError.
    """
    held, seconds, _ = _held(evidence, slot)
    found = {}
    for device, name in evidence.names.items():
        told = _told(held, device, slot)
        meter = meter_slot(device, slot, seconds, told)
        if name in evidence.registers and meter is not None:
            begin_ms, end_ms = min(each.body.start_ms for each in told), max(each.body.end_ms for each in told)
            found[name] = Metered(meter.use.import_wh - meter.use.export_wh, begin_ms, end_ms)
    return found


def _held(evidence: Evidence, slot: int) -> tuple[list[Logged], int, tuple[bytes, ...]]:
    """The entries that a slot was settled by, how many seconds it had, and what names its trades."""
    ends = [each for each in evidence.logged if (each.record.kind, each.record.envelope.slot) == (Kind.SETTLED, slot)]
    if len(ends) != 1:
        raise UnsettledError(f"{len(ends)} records say that slot {slot} is settled, expected one")
    (end,) = ends
    size, seconds = end.record.body.log_size, end.record.body.slot_seconds
    if size is None or size > end.index:
        raise UnsettledError(f"entry {end.index} says that slot {slot} was settled by {size} entries")
    return [each for each in evidence.logged if each.index < size], seconds, end.record.body.evidence


def enrolled_flats(evidence: Evidence, held: Sequence[Logged]) -> dict[DeviceId, int]:
    """Return the enrolled flats, and when that was in milliseconds of Unix time."""
    enrolled = {}
    for each in held:
        named = each.record.envelope.enrolled
        if each.record.kind is Kind.ENROL and named is not None and evidence.names[named.device] not in NOT_SHARING:
            enrolled[named.device] = each.record.body.end_ms
    return enrolled


def _told(held: Sequence[Logged], device: DeviceId, slot: int) -> list[Told]:
    told = []
    for each in held:
        envelope = each.record.envelope
        if (envelope.device, envelope.slot, envelope.kind) == (device, slot, Kind.INTERVAL):
            told.append(Told(each.record.hash, each.record.body))
    return told
