"""The transfer records of a settled slot: what the building signs about energy that one flat gave another. Pure.

How many there are is for every neighbour to see, so their number must say nothing. Of n flats some give and the others
take; paired off one after the other, that makes n - 1 transfers at most: none at night, and one less for each flat
whose meter stood still. So a slot always has n - 1 records, n being the flats (the building's roof counts as one) that
have interval records of it, which is in the log anyway: where there are fewer transfers, the others are the building's
to itself, of 0 Wh. A slot that is settled by its trades has as many as its book can have trades
(`traded.most_trades`), which all flats have seen: one for each trade, whatever of it was delivered, and others that
stand in.
"""

from collections.abc import Mapping, Sequence

from localvpp.etp import Body, DeviceId, Kind, Source, TimeStatus, TradeTerms
from localvpp.meterslot import MeterSlot, Told, evidence_of
from localvpp.settlement import Delivered, Transfer, apportion
from localvpp.traded import terms_of


def transfer_bodies(
    slot: int, seconds: int, price: int, transfers: Sequence[Transfer[DeviceId]], meters: Mapping[DeviceId, MeterSlot]
) -> list[tuple[Kind, int, Body]]:
    """Return kind, slot and body of each transfer.

    The colours of a seller's energy follow each of his transfers in proportion; what one transfer has taken, the next
    cannot take again. Evidence are the interval records of both, the seller's first, each side's under one hash: a
    transfer of a slot that was told in many parts must be no longer than what stands in for one.
    """
    left = _Colours(meters)
    bodies = []
    for transfer in transfers:
        body = _body(
            slot,
            seconds,
            (transfer.sender, transfer.receiver),
            price,
            left.take(transfer.sender, transfer.energy_wh),
            (meters[transfer.sender].evidence, meters[transfer.receiver].evidence),
        )
        bodies.append((Kind.TRANSFER, slot, body))
    return bodies


def trade_bodies(
    slot: int,
    seconds: int,
    delivered: Sequence[tuple[Delivered[DeviceId], tuple[int, ...]]],
    meters: Mapping[DeviceId, MeterSlot],
    told: Mapping[DeviceId, Sequence[Told]],
) -> list[tuple[Kind, int, Body]]:
    """Return kind, slot and body of each trade's record, also of those of which nothing was delivered.

    Each comes with its numbers among the slot's trades. Of a party whose meter is unknown the evidence is what the log
    held of it, be it nothing.
    """
    left = _Colours(meters)
    bodies = []
    for each, numbers in delivered:
        trade = each.trade
        parties = (trade.seller, trade.buyer)
        evidence = tuple(evidence_of(record.name for record in told.get(party, ())) for party in parties)
        colours = left.take(trade.seller, each.energy_wh)
        body = _body(slot, seconds, parties, trade.price, colours, evidence, terms_of(each, numbers))
        bodies.append((Kind.TRANSFER, slot, body))
    return bodies


class _Colours:
    """What sellers have left, by source."""

    def __init__(self, meters: Mapping[DeviceId, MeterSlot]) -> None:
        self._left = {
            device: {int(source): energy for source, energy in meter.colours} for device, meter in meters.items()
        }

    def take(self, seller: DeviceId, energy_wh: int) -> tuple[tuple[Source, int], ...]:
        """Take energy in proportion to what is left of each source."""
        if not energy_wh:
            return ()
        colours = self._left[seller]
        taken = apportion(energy_wh, colours)
        self._left[seller] = {source: energy - taken[source] for source, energy in colours.items()}
        return tuple((Source(source), energy) for source, energy in sorted(taken.items()) if energy)


def stand_ins(slot: int, seconds: int, price: int, building: DeviceId, count: int) -> list[tuple[Kind, int, Body]]:
    """Return kind, slot and body of records that stand where there is no transfer."""
    return [(Kind.TRANSFER, slot, _body(slot, seconds, (building, building), price))] * count


def _body(
    slot: int,
    seconds: int,
    parties: tuple[DeviceId, DeviceId],
    price: int,
    colours: tuple[tuple[Source, int], ...] = (),
    evidence: tuple[bytes, ...] = (),
    trade: TradeTerms | None = None,
) -> Body:
    """Return what a transfer says: the giver is the first of its parties."""
    sender, receiver = parties
    return Body(
        start_ms=slot * 1000,
        end_ms=(slot + seconds) * 1000,
        slot_seconds=seconds,
        sender=sender,
        receiver=receiver,
        energy_wh=sum(wh for _, wh in colours),
        attributes=colours,
        time_status=TimeStatus.INFORMATIVE,
        price=price,
        evidence=evidence,
        trade=trade,
    )
