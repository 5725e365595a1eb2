"""Whether a slot was settled rightly for one flat: what it checks before it believes its coordinator. Pure.

The flat has its own records with their places in the log, the building's signed transfers and its record that the slot
is settled, each with its proof, and the prices that were announced: from these it works its share and its money out
again. Which of its records count is no choice of the building's: all that the log held when it had as many entries as
the record of the settled slot says, and `meter_slot` tells what they prove. What came into the log later changes
nothing, however much it says.

Where the slot's market was cleared the flat has its trades, too: its transfers are of all of these and of nothing else,
at their prices, and what each side bore of them follows from its own meter (`traded`); its partner is shown the same
record (`onerecord`). That a market was cleared the log has to say, and to have said before the slot was under way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from . import tlog
from .etp import Body, DeviceId, FieldError, Kind, Record, RecordHash, cbor
from .lineage import Lineage
from .market import Order
from .market_record import late_ms
from .meterslot import Told, evidence_of, meter_slot
from .onerecord import verify_places
from .settlement import DYNAMIC, KnownPrices, SlotPrices, Use, left_over
from .settlement.slot import unshared_wh
from .store import Kept
from .traded import Made, allows, problem_with_own
from .wire import LeftOut, SlotResult, SlotWord, Terms

_SIDES: Final = 2
"""A transfer's evidence: of the giver's records and of the taker's."""


class SettlementError(Exception):
    """A settled slot is not what the flat's own records and the building's transfers say."""


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the building's record of a settled slot says."""

    seconds: int
    log_size: int
    cleared: tuple[bytes, ...]
    """The documents that the slot's trades are of, in the order of its rounds; none: it was settled by the sharing
    key."""
    trades: tuple[bytes, int] | None
    """Root and number of these trades."""


@dataclass(frozen=True, slots=True)
class OwnMarket:
    """What a flat knows to have come of a slot's market."""

    cleared: tuple[bytes, ...]
    """The names of the CLEARED documents that it has heard of, in the order of the slot's rounds."""
    trades: tuple[Made[bytes], ...] | None = ()
    """Its own (`traded.problem_with_own`); None: it has not seen, or does not keep, book and result."""
    count: int | None = None
    """How many trades the results have, its own among them; None where it does not know all results."""
    ordered: tuple[tuple[Order, ...], ...] = ()
    """What it has ordered, where it has not heard what came of that: each time as a whole."""
    heard: bool = True
    """Whether it has heard what came of each round of the market; a flat that has ordered nothing need not."""
    shows: tuple[bytes, ...] = ()
    """The documents that prove it: CLEARED, book, result, and the flat's own orders."""


def check_word(
    word: SlotWord,
    device: DeviceId,
    building: Lineage,
    own: Sequence[Kept],
    terms: Terms,
    log_key: tlog.Verifier,
    prices: KnownPrices,
    market: OwnMarket | None = None,
    before: Kept | None = None,
) -> bool:
    """Raise unless a word on a slot follows from the flat's records and from what the log holds.

    `own` are all interval records of the slot that the flat has, `before` is its newest record of any kind that the log
    had when it got what the slot's market came to; `market` is None as long as it does not know that
    (`check_market` is asked again then). Return whether the money was judged by announced
    prices: it is not where the flat was never told which prices held.

    Raises SettlementError, EtpError or TlogError.
    """
    at = word.settled
    settled = _logged(at.sealed, at.index, at.proof, building, terms, log_key)
    if (settled.kind, settled.envelope.slot, settled.envelope.device) != (Kind.SETTLED, word.slot, terms.building):
        raise SettlementError(f"record {settled.hash.hex()} does not say that this slot is settled")
    if _basis(settled).log_size > at.index:
        raise SettlementError(f"entry {at.index} says that the log had {settled.body.log_size} entries before it")
    _check_key(settled.body, word.slot, prices)
    _check_traded(word, building, terms, log_key)
    _check_in_time(word, () if before is None else (before,))
    check_own(word, device, own)
    check_market(word, device, market)
    if isinstance(word, LeftOut):
        return True
    if settled.body.price != word.inside_price:
        raise SettlementError(f"its inside price is {word.inside_price}, that of the log is {settled.body.price}")
    announced = _check_prices(word, prices)
    _check_money(word, device, building, terms, log_key, _basis(settled).trades)
    return announced


def check_own(word: SlotWord, device: DeviceId, own: Sequence[Kept]) -> None:
    """Raise unless a word counts those of the flat's records that the log held, as far as the flat knows which.

    To be asked again when the log has proven to hold a record of the slot. Raises SettlementError.
    """
    basis = _basis(Record.decode(word.settled.sealed))
    _check_in_time(word, own)
    held = _held(own, basis.log_size)
    if isinstance(word, LeftOut):
        if all(each.index is not None for each in own) and _proves(held, device, word.slot, basis.seconds):
            raise SettlementError(
                f"the flat was left out, though the log of {basis.log_size} entries held what proves its use"
            )
        return
    places = {each.record.hash: each.index for each in own}
    _check_named(word.records, places, basis.log_size)
    for each in held:
        if each.record.hash not in word.records:
            left = each.record.hash.hex()
            raise SettlementError(f"it leaves out record {left} of this flat, which the log held at {each.index}")
    named = [each for each in own if each.record.hash in word.records]
    meter = meter_slot(device, word.slot, basis.seconds, _told(named))
    if meter is None:
        raise SettlementError("the records that it follows from do not prove the slot: nothing may be counted")
    for name, energy_wh, counted_wh in (
        ("import", word.import_wh, meter.use.import_wh),
        ("export", word.export_wh, meter.use.export_wh),
    ):
        if energy_wh != counted_wh:
            raise SettlementError(f"{name} is {energy_wh} Wh, the flat's own records say {counted_wh} Wh")


def check_market(word: SlotWord, device: DeviceId, market: OwnMarket | None) -> None:
    """Raise unless a word settles a slot by what came of its market, as far as the flat knows that.

    To be asked again when it hears. Raises SettlementError, EtpError.
    """
    if market is None:
        return
    basis = _basis(Record.decode(word.settled.sealed))
    _check_cleared(basis.cleared, market)
    if isinstance(word, LeftOut) or not basis.cleared:
        return
    told = [Record.decode(data).body for data in word.transfers]
    if market.trades is None:
        if market.ordered and not any(allows(orders, told, device) for orders in market.ordered):
            raise SettlementError("it is settled by trades that this flat's orders do not allow")
        return
    if market.count is not None and basis.trades is not None and basis.trades[1] != market.count:
        raise SettlementError(f"it is settled by {basis.trades[1]} trades, and the results have {market.count}")
    need, surplus = left_over({device: Use(word.import_wh, word.export_wh)})
    if problem := problem_with_own(market.trades, told, device, need[device], surplus[device]):
        raise SettlementError(problem)


def _check_cleared(told: tuple[bytes, ...], market: OwnMarket) -> None:
    """Compare by which results a slot is settled with those that a flat has heard of: all of them, if it has all."""
    known = market.cleared
    rest = iter(told)
    if not market.heard and all(each in rest for each in known):
        return  # In their order, others between them.
    if told == known:
        return
    if not known:
        raise SettlementError("it is settled by trades, and the building has said that nothing is traded")
    if not told:
        raise SettlementError("it is settled by the sharing key, though it was traded, and the log says so")
    raise SettlementError("it is settled by other trades than those that enough flats have agreed to")


def _check_traded(word: SlotWord, building: Lineage, terms: Terms, log_key: tlog.Verifier) -> None:
    """Raise unless the log has a CLEARED record of each result that a slot is settled by, written before it began.

    Raises SettlementError, EtpError, TlogError.
    """
    basis = _basis(Record.decode(word.settled.sealed))
    proven = word.settled.cleared
    if len(proven) != len(basis.cleared):
        raise SettlementError(
            f"it is settled by {len(basis.cleared)} results of the market, and {len(proven)} are shown to be in the log"
        )
    before = -1
    for name, at in zip(basis.cleared, proven, strict=True):
        record = _logged(at.sealed, at.index, at.proof, building, terms, log_key)
        if (record.kind, record.envelope.slot, record.envelope.device) != (Kind.CLEARED, word.slot, terms.building):
            raise SettlementError(f"record {record.hash.hex()} does not say what this slot's market came to")
        if record.body.evidence != (name,):
            raise SettlementError(f"record {record.hash.hex()} is of another result than the slot is settled by")
        if not before < at.index < basis.log_size:
            raise SettlementError(
                f"the result that it is settled by is entry {at.index} of the log, not below the {basis.log_size} "
                "entries in the order of the rounds"
            )
        before = at.index
        if record.body.start_ms >= word.slot * 1000:
            raise SettlementError(f"its result was written at {record.body.start_ms} ms, when the slot had begun")


def _check_in_time(word: SlotWord, own: Iterable[Kept]) -> None:
    """Raise if the log got what a slot's market came to behind a record that was made when the slot was under way."""
    under_way = late_ms(word.slot)
    for at in word.settled.cleared:
        for each in own:
            if each.index is not None and each.index < at.index and each.record.body.end_ms >= under_way:
                raise SettlementError(
                    f"its result came into the log at {at.index}, behind this flat's own record at {each.index}, which "
                    "was made when the slot was under way"
                )


def check_passed_over(slot: int, later: SlotWord, device: DeviceId, own: Sequence[Kept]) -> None:
    """Raise if the building settled a later slot while this one of the flat's was ripe, and had not settled it.

    `later` is the word on the first settled slot after this one. Raises SettlementError.
    """
    assert later.after < slot < later.slot, "asked of a slot that the two settled ones have between them"
    basis = _basis(Record.decode(later.settled.sealed))
    if slot % basis.seconds or any(each.index is None for each in own):
        return
    if _proves(_held(own, basis.log_size), device, slot, basis.seconds):
        raise SettlementError(
            f"slot {slot} was passed over, though the log of {basis.log_size} entries held what proves this flat's use"
        )


def testify(terms: bytes, own: Sequence[Kept], market: OwnMarket | None) -> bytes:
    """Return what a flat has to show against a word: the building's signed terms, and its own records with proofs.

    Where the slot was traded, also what proves with the log's CLEARED record that it was, and what.

    testimony = [ terms: bstr, [* [ sealed record: bstr, ? ( index: uint, .tlog-proof: tstr ) ] ],
                  ? [ cleared: bstr, ? ( book: bstr, result: bstr, ? orders: bstr ) ] ]
    """
    records: list[cbor.Value] = []
    for each in own:
        proven: list[cbor.Value] = [] if each.index is None or each.proof is None else [each.index, each.proof]
        records.append([each.record.encode(), *proven])
    traded: list[cbor.Value] = [] if market is None or not market.shows else [[*market.shows]]
    return cbor.encode([terms, records, *traded])


def _basis(settled: Record) -> _Basis:
    body = settled.body
    if body.log_size is None:
        raise SettlementError(f"record {settled.hash.hex()} does not say how many entries the slot was settled by")
    trades = None
    if body.evidence:
        if body.seconds_root is None or body.seconds_count is None:
            raise SettlementError(f"record {settled.hash.hex()} names a result, and not the records of its trades")
        trades = (body.seconds_root, body.seconds_count)
    return _Basis(body.slot_seconds, body.log_size, body.evidence, trades)


def _held(own: Sequence[Kept], log_size: int) -> list[Kept]:
    return [each for each in own if each.index is not None and each.index < log_size]


def _told(kept: Sequence[Kept]) -> list[Told]:
    return [Told(each.record.hash, each.record.body) for each in kept]


def _proves(held: Sequence[Kept], device: DeviceId, slot: int, seconds: int) -> bool:
    return meter_slot(device, slot, seconds, _told(held)) is not None


def _check_named(named: Sequence[RecordHash], places: dict[RecordHash, int | None], log_size: int) -> None:
    if len(set(named)) != len(named):
        raise SettlementError("it follows from one record twice")
    for name in named:
        if name not in places:
            raise SettlementError(f"it follows from record {name.hex()}, which is none of this flat's of the slot")
        index = places[name]
        if index is not None and index >= log_size:
            raise SettlementError(
                f"it follows from record {name.hex()}, which the log got at {index}, after the {log_size} entries"
            )


def _check_key(settled: Body, slot: int, known: KnownPrices) -> None:
    """Raise unless a slot was settled by the sharing key that was announced for it, where the flat was told which."""
    announced, told = known.key_at(slot), settled.reason or DYNAMIC.word
    if announced is not None and announced != told:
        raise SettlementError(f"it is settled with the sharing key {told}, that announced for the slot is {announced}")


def _check_prices(result: SlotResult, known: KnownPrices) -> bool:
    told = (result.inside_price, result.grid_price, result.feed_in_price)
    announced = known.at(result.slot)
    if announced is None:
        try:
            SlotPrices(*told)
        except ValueError as error:
            raise SettlementError(str(error)) from error
        return False
    if told != (announced.inside, announced.grid, announced.feed_in):
        raise SettlementError(
            f"its prices are {_written(told)}, those announced for the slot are "
            f"{_written((announced.inside, announced.grid, announced.feed_in))}"
        )
    return True


def _check_money(
    result: SlotResult,
    device: DeviceId,
    building: Lineage,
    terms: Terms,
    log_key: tlog.Verifier,
    trades: tuple[bytes, int] | None,
) -> None:
    if not len(result.transfers) == len(result.indexes) == len(result.proofs):
        raise SettlementError("transfers, indexes and proofs are not of one number")
    if len(set(result.indexes)) != len(result.indexes):
        raise SettlementError("a transfer is told twice")
    paths = iter(result.settled.paths)
    received = given = money = 0
    for data, index, proof in zip(result.transfers, result.indexes, result.proofs, strict=True):
        record = _logged(data, index, proof, building, terms, log_key)
        _check_transfer(record, result, terms.building, device, by_trades=trades is not None)
        body = record.body
        if trades is not None and body.trade is not None:
            verify_places(*trades, record, list(islice(paths, len(body.trade.numbers))))
        assert body.price is not None, "it was compared"
        if body.receiver == device:
            received += body.energy_wh
            money -= body.energy_wh * body.price
        elif body.sender == device:
            given += body.energy_wh
            money += body.energy_wh * (body.price if body.trade is None else body.trade.earned)
        else:
            raise SettlementError(f"transfer {index} is between two other flats")
    if next(paths, None) is not None:
        raise SettlementError("there are more paths than trades")
    if (received, given, money) != (result.shared_in_wh, result.shared_out_wh, result.inside_money):
        raise SettlementError(
            f"shared in {result.shared_in_wh} Wh, out {result.shared_out_wh} Wh for {result.inside_money}, "
            f"but the transfers say {received} Wh, {given} Wh for {money}"
        )
    bought = unshared_wh(result.import_wh, result.export_wh, received)
    sold = unshared_wh(result.export_wh, result.import_wh, given)
    if bought < 0 or sold < 0:
        raise SettlementError("more was shared than the meter counted")
    due = sold * result.feed_in_price - bought * result.grid_price
    if due != result.grid_money:
        raise SettlementError(f"the grid's part is {result.grid_money}, by the prices it is {due}")


def _check_transfer(
    record: Record, result: SlotResult, building: DeviceId, device: DeviceId, *, by_trades: bool
) -> None:
    envelope, body = record.envelope, record.body
    if (envelope.kind, envelope.slot, envelope.device) != (Kind.TRANSFER, result.slot, building):
        raise SettlementError(f"record {record.hash.hex()} is no transfer of this slot")
    if (body.trade is not None) is not by_trades:
        raise SettlementError(f"transfer {record.hash.hex()} is {'of no' if by_trades else 'of a'} trade")
    if body.trade is None and body.price != result.inside_price:
        raise SettlementError(f"the transfer's price is {body.price}, the slot's is {result.inside_price}")
    own = 0 if body.sender == device else 1
    if len(body.evidence) != _SIDES or body.evidence[own] != evidence_of(result.records):
        raise SettlementError(f"transfer {record.hash.hex()} does not follow from this flat's own records of the slot")


def _logged(
    data: bytes, index: int, proof_text: str, building: Lineage, terms: Terms, log_key: tlog.Verifier
) -> Record:
    """Return a record of the building's that the log is proven to hold at a place."""
    record = Record.decode(data)
    record.verify(building.at(index), terms.origin)
    proof = tlog.TlogProof.parse(proof_text.encode())
    if proof.index != index:
        raise FieldError(f"the proof is of entry {proof.index}, not of {index}")
    tlog.verify_proof(proof, record.signed.statement.data, log_key, origin=terms.origin)
    return record


def _written(prices: tuple[int, int, int]) -> str:
    return "{}, {} and {} (inside, grid, feed-in)".format(*prices)
