"""What is wrong with how a slot was traded and settled, for whoever has all records and documents. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..etp import Body, DeviceId, FieldError, Kind, Record, Source, TradeTerms
from ..meterslot import MeterSlot, Told, evidence_of, meter_slot
from ..onerecord import Places
from ..ownnames import NOT_SHARING
from ..settlement import DYNAMIC, KeyRule, SharingKey, SlotPrices, among_devices, deliver, left_over, settle
from ..traded import made, most_trades, terms_of, together
from .auditedlog import AuditedLog, AuditError, Entry
from .papers import RoundPapers
from .round import ReadRound, audit_round, read_round
from .strays import audit_strays

type Said = tuple[DeviceId, DeviceId, int, int | None, TradeTerms | None, tuple[bytes, ...]]
"""Of a transfer: from whom to whom, Wh, the price, the trade that it is of, and its evidence."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What a slot was settled by."""

    seconds: int
    told: Mapping[DeviceId, Sequence[Told]]
    meters: Mapping[DeviceId, MeterSlot]
    prices: SlotPrices
    key: SharingKey[DeviceId]


def audit_slot(
    log: AuditedLog, slot: int, papers: Sequence[RoundPapers], prices: SlotPrices, rule: KeyRule = DYNAMIC
) -> tuple[str, ...]:
    """Return all that is wrong with a slot that is settled; nothing when it is as it must be.

    Args:
        log: all of the log.
        slot: the slot.
        papers: of its rounds, in their order.
        prices: what was announced for it.
        rule: the sharing key that was announced for it.

    Raises AuditError for a slot of which something was erased.
    """
    if slot in log.erased:
        raise AuditError(f"slot {slot} cannot be run again: something of it was erased")
    return tuple(f"slot {slot}: {finding}" for finding in _audit(log, slot, papers, prices, rule))


def _audit(
    log: AuditedLog, slot: int, papers: Sequence[RoundPapers], prices: SlotPrices, rule: KeyRule
) -> Iterator[str]:
    since = 0
    for each in papers:
        yield from audit_round(log, slot, each, since)
        since = max(since, each.log_size)
    ends = log.of_slot(Kind.SETTLED, slot)
    if len(ends) != 1:
        yield f"{len(ends)} records say that it is settled, expected one"
        return
    (end,) = ends
    size = end.record.body.log_size
    if size is None or size > end.index:
        yield f"entry {end.index} says that it was settled by {size} entries"
        return
    told = end.record.body.reason or DYNAMIC.word
    if told != rule.word:
        yield f"it is settled with the sharing key {told}, and {rule.word} was announced"
    yield from audit_strays(log, slot, papers, size)
    held = _held(log, slot, size, end.record.body.slot_seconds, prices, rule)
    yield from _settled(log, slot, end, size, papers, held)


def _settled(
    log: AuditedLog, slot: int, end: Entry, size: int, papers: Sequence[RoundPapers], held: _Held
) -> Iterator[str]:
    body = end.record.body
    rounds = [read for each in papers if (read := read_round(log, slot, each)) is not None]
    names = tuple(each.record.body.evidence[0] for each in log.of_slot(Kind.CLEARED, slot) if each.index < size)
    if body.evidence != names:
        yield f"it is settled by {_hexed(body.evidence)}, and the log held CLEARED records of {_hexed(names)}"
    known = tuple(each.cleared for each in rounds)
    if known != names:
        yield f"there are documents of {_hexed(known)}, and CLEARED records of {_hexed(names)}"
        return
    if body.price != held.prices.inside:
        yield f"it is settled with an inside price of {body.price}, and {held.prices.inside} was announced"
    transfers = [each.record for each in log.of_slot(Kind.TRANSFER, slot)]
    moved = [record for record in transfers if not record.body.stands_in]
    expected, count = _by_trades(rounds, held) if rounds else _by_key(held)
    told = Counter(_said(record.body) for record in moved)
    must = Counter(expected)
    for said in told - must:
        yield f"a transfer says {_written(said)}, which does not follow"
    for said in must - told:
        yield f"no transfer says {_written(said)}, which follows"
    if len(transfers) != count:
        yield f"it has {len(transfers)} transfers, with those that stand in, and must have {count}"
    yield from _colours(moved, held.meters)
    yield from _places(body, transfers, rounds)


def _held(log: AuditedLog, slot: int, size: int, seconds: int, prices: SlotPrices, rule: KeyRule) -> _Held:
    told: dict[DeviceId, list[Told]] = {}
    for entry in log.of_slot(Kind.INTERVAL, slot):
        if entry.index < size:
            record = entry.record
            told.setdefault(record.envelope.device, []).append(Told(record.hash, record.body))
    enrolled = log.enrolled(size)
    flats = [device for device, record in enrolled.items() if record.body.place not in NOT_SHARING]
    meters = {device: meter_slot(device, slot, seconds, told.get(device, ())) for device in flats}
    known = {device: meter for device, meter in meters.items() if meter is not None}
    names = [(device, record.body.place or "") for device, record in enrolled.items() if device in known]
    key = among_devices(rule, slot, names)
    return _Held(seconds, {device: told.get(device, ()) for device in flats}, known, prices, key)


def _by_key(held: _Held) -> tuple[list[Said], int]:
    """Return what the transfers must say of a slot that was settled by the sharing key, and how many there are."""
    uses = {device: meter.use for device, meter in held.meters.items()}
    said: list[Said] = [
        (
            each.sender,
            each.receiver,
            each.energy_wh,
            held.prices.inside,
            None,
            _evidence(held, each.sender, each.receiver),
        )
        for each in settle(uses, held.prices, held.key).transfers
    ]
    return said, max(sum(bool(told) for told in held.told.values()) - 1, 0)


def _by_trades(rounds: Sequence[ReadRound], held: _Held) -> tuple[list[Said], int]:
    """The same of a slot that was settled by its trades."""
    uses = {device: meter.use for device, meter in held.meters.items()}
    owners = {order: device for each in rounds for order, device in each.owners.items()}
    trades = together(made([each.outcome.result for each in rounds], owners))
    delivered = deliver([each.trade for each in trades], *left_over(uses))
    said: list[Said] = [
        (
            each.trade.seller,
            each.trade.buyer,
            each.energy_wh,
            each.trade.price,
            terms_of(each, trade.numbers),
            _evidence(held, each.trade.seller, each.trade.buyer),
        )
        for each, trade in zip(delivered, trades, strict=True)
    ]
    return said, sum(most_trades(each.opened) for each in rounds)


def _evidence(held: _Held, *parties: DeviceId) -> tuple[bytes, ...]:
    return tuple(evidence_of(each.name for each in held.told.get(party, ())) for party in parties)


def _colours(moved: Sequence[Record], meters: Mapping[DeviceId, MeterSlot]) -> Iterator[str]:
    """Say of whom more of a source is told to have moved than he gave."""
    given: Counter[tuple[DeviceId, Source]] = Counter()
    for record in moved:
        for source, wh in record.body.attributes:
            given[record.body.sender, source] += wh
    for (sender, source), wh in given.items():
        had = dict(meters[sender].colours).get(source, 0) if sender in meters else 0
        if wh > had:
            yield f"device {sender.hex()} is said to have given {wh} Wh of {source.name.lower()}, and had {had} Wh"


def _places(settled: Body, transfers: Sequence[Record], rounds: Sequence[ReadRound]) -> Iterator[str]:
    if not rounds:
        if settled.seconds_root is not None:
            yield "it was settled by the sharing key, and its record names trades"
        return
    count = sum(len(each.outcome.result.trades) for each in rounds)
    try:
        root = Places(count, transfers).root
    except FieldError as error:
        yield str(error)
        return
    if (settled.seconds_root, settled.seconds_count) != (root, count):
        yield f"its record does not name the transfers of its {count} trades: a flat may have been shown another one"


def _said(body: Body) -> Said:
    return body.sender, body.receiver, body.energy_wh, body.price, body.trade, body.evidence


def _written(said: Said) -> str:
    sender, receiver, wh, price, trade, _ = said
    of = (
        ""
        if trade is None
        else (f" of a trade of {trade.wh} Wh, {trade.offered_wh} Wh being offered and {trade.wanted_wh} Wh wanted")
    )
    return f"{wh} Wh from {sender.hex()} to {receiver.hex()} for {price}{of}"


def _hexed(names: Sequence[bytes]) -> str:
    return ", ".join(name.hex()[:16] for name in names) or "none"
