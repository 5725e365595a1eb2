"""Whether a slot was settled rightly for one flat: what it checks before it believes its coordinator. Pure.

The flat has its own records, the building's signed transfers with their proofs, and the prices that were announced:
from these it works its share and its money out again.
"""

from collections.abc import Sequence

from . import tlog
from .etp import Kind, PublicKey, Record, record_hash
from .settlement import PriceList
from .wire import Membership, SlotResult, Terms


class SettlementError(Exception):
    """A settled slot is not what the flat's own records and the building's transfers say."""


def check_result(
    result: SlotResult,
    membership: Membership,
    own: Sequence[Record],
    terms: Terms,
    log_key: tlog.Verifier,
    announced: PriceList,
) -> None:
    """Raise unless a slot's result follows from the flat's records and from transfers that the log holds.

    Its prices must be those that the building had `announced` for the slot, and its transfers must name as evidence
    all records of the flat's own.

    Raises SettlementError, EtpError or TlogError.
    """
    told = (result.inside_price, result.grid_price, result.feed_in_price)
    prices = announced.at(result.slot)
    if prices is None or told != (prices.inside, prices.grid, prices.feed_in):
        raise SettlementError(
            f"its prices are {_written(told)}, those announced for the slot are "
            f"{'unknown' if prices is None else _written((prices.inside, prices.grid, prices.feed_in))}"
        )
    for name, register, energy_wh in (
        ("import", "imported", result.import_wh),
        ("export", "exported", result.export_wh),
    ):
        # Both records of an interval carry both registers: each interval counts once.
        counted = {
            (r.body.start_ms, r.body.end_ms, r.body.imported, r.body.exported): getattr(r.body, register).moved
            for r in own
        }
        if sum(counted.values()) != energy_wh:
            raise SettlementError(f"{name} is {energy_wh} Wh, the flat's own records say {sum(counted.values())} Wh")
    if not len(result.transfers) == len(result.indexes) == len(result.proofs):
        raise SettlementError("transfers, indexes and proofs are not of one number")
    if len(set(result.indexes)) != len(result.indexes):
        raise SettlementError("a transfer is told twice")
    names = {record.hash for record in own}
    received = given = money = 0
    for data, index, proof_text in zip(result.transfers, result.indexes, result.proofs, strict=True):
        record = _open_transfer(data, membership.building_key, terms, result.slot, prices.inside)
        proof = tlog.TlogProof.parse(proof_text.encode())
        if proof.index != index:
            raise SettlementError(f"the proof is of entry {proof.index}, not of {index}")
        tlog.verify_proof(proof, record.signed.statement.data, log_key, origin=terms.origin)
        body = record.body
        if not names <= set(body.evidence):
            raise SettlementError(f"transfer {index} does not follow from this flat's own records of the slot")
        if body.receiver == membership.device:
            received += body.energy_wh
            money -= body.energy_wh * prices.inside
        elif body.sender == membership.device:
            given += body.energy_wh
            money += body.energy_wh * prices.inside
        else:
            raise SettlementError(f"transfer {index} is between two other flats")
    if (received, given, money) != (result.shared_in_wh, result.shared_out_wh, result.inside_money):
        raise SettlementError(
            f"shared in {result.shared_in_wh} Wh, out {result.shared_out_wh} Wh for {result.inside_money}, "
            f"but the transfers say {received} Wh, {given} Wh for {money}"
        )
    bought = max(result.import_wh - result.export_wh, 0) - received
    sold = max(result.export_wh - result.import_wh, 0) - given
    if bought < 0 or sold < 0:
        raise SettlementError("more was shared than the meter counted")
    due = sold * prices.feed_in - bought * prices.grid
    if due != result.grid_money:
        raise SettlementError(f"the grid's part is {result.grid_money}, by the prices it is {due}")


def _open_transfer(data: bytes, building_key: PublicKey, terms: Terms, slot: int, price: int) -> Record:
    record = Record.decode(data)
    record.verify(building_key, terms.origin)
    envelope = record.envelope
    if (envelope.kind, envelope.slot, envelope.device) != (Kind.TRANSFER, slot, terms.building):
        raise SettlementError(f"record {record_hash(record.signed.statement.data).hex()} is no transfer of this slot")
    if record.body.price != price:
        raise SettlementError(f"the transfer's price is {record.body.price}, the slot's is {price}")
    return record


def _written(prices: tuple[int, int, int]) -> str:
    return "{}, {} and {} (inside, grid, feed-in)".format(*prices)
