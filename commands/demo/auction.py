"""What the demonstration's flats have traded: each slot run again from the log, and what flats themselves say of it.

The log names the documents of each round by their hashes; whoever has documents and log runs the round again and comes
to the same bytes (`localvpp.audit`). What a flat says that it has bought and sold is held against the transfers of the
log, and so is what Home Assistant shows of its own.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Final

from localvpp.audit import AuditedLog, AuditError, RoundPapers, audit_slot
from localvpp.etp import DeviceId
from localvpp.market import Side
from localvpp.market.rounds import Outcome, Placed
from localvpp.membership import read_membership
from localvpp.ownnames import NOT_SHARING
from localvpp.settlement import SlotPrices
from localvpp.store import FlatStore
from localvpp.trading.kept import TradingBook
from localvpp.trading.state import OwnTrade

from ..flat import DATABASE, MEMBERSHIP
from .again import enrolled_flats, transfers_of
from .building import EARLIER_MIN, GATE_S, ORIGIN, SLOT_SECONDS, Building
from .deal import Deal, parts_of
from .evidence import Evidence
from .findings import Finding
from .home_assistant import HomeAssistant, database_of
from .manager import Manager
from .undisturbed import START_S

_ORDERED_S: Final = GATE_S + SLOT_SECONDS // 2
"""So long before a slot its flats begin to order."""
LEADS_S: Final = (EARLIER_MIN * 60, GATE_S)
"""So long before a slot the gates of its rounds are closed."""
_TRADED: Final = "trades"
"""By what the building says that a traded slot is settled."""


@dataclass(frozen=True, slots=True)
class Auctions:
    """What there is of the market besides log and settlement."""

    papers: Mapping[int, tuple[RoundPapers, ...]]
    """By slot: the documents of its rounds."""
    why: Mapping[int, str]
    """Of slots that had a round and were not traded: the reason that the building gives."""
    own: Mapping[str, Mapping[int, tuple[OwnTrade, ...]]]
    """By flat and slot: what it knows to have traded."""


async def gather_auctions(
    manager: Manager, demo: Building, residents: Sequence[HomeAssistant], evidence: Evidence
) -> Auctions:
    """Ask for the rounds of all settled slots, and read what flats have kept of them."""
    papers: dict[int, tuple[RoundPapers, ...]] = {}
    why: dict[int, str] = {}
    for slot in (slot["slot"] for slot in evidence.slots):
        told = await manager.find(f"/market/slots/{slot}/papers")
        papers[slot] = () if told is None else tuple(RoundPapers.read(each) for each in told["rounds"])
        shown = await manager.find(f"/market/slots/{slot}")
        if shown is not None and shown["outcome"] != "traded":
            why[slot] = ", ".join(each["why"] or "not ended" for each in shown["rounds"])
    own = {}
    folders = {resident.flat: resident.folder for resident in residents}
    for flat in demo.simulation.flats:
        if flat.flat in folders:
            file, device = await asyncio.to_thread(database_of, folders[flat.flat])
        else:
            data = demo.folder / "flats" / flat.flat
            file, device = data / DATABASE, (await asyncio.to_thread(read_membership, data / MEMBERSHIP)).device
        own[flat.flat] = await _own(file, device)
    return Auctions(papers, why, own)


async def _own(file: Path, device: DeviceId) -> Mapping[int, tuple[OwnTrade, ...]]:
    store = await FlatStore.open(file, device, ORIGIN)
    try:
        found: dict[int, tuple[OwnTrade, ...]] = {}
        for at, trades, _ in await TradingBook(store).traded(0):
            found[at.slot] = (*found.get(at.slot, ()), *trades)
        return found
    finally:
        await store.close()


def check_auctions(evidence: Evidence, auctions: Auctions) -> Iterator[Finding]:
    """Yield a finding for each claim about the market."""
    yield check_rounds(evidence, auctions)
    yield check_again(evidence, auctions)
    yield check_reasons(evidence, auctions)
    yield check_trading(evidence, auctions)
    yield check_own(evidence, auctions)


def check_rounds(evidence: Evidence, auctions: Auctions) -> Finding:
    """Every slot comes out again: orders, book, result, words and transfers, to the byte."""
    claim = "every slot's market, run again from the log, gives the same bytes"
    try:
        log = AuditedLog.of(evidence.building["origin"], ((each.index, each.record) for each in evidence.logged))
    except AuditError as error:
        return Finding(claim, False, str(error))
    # What is said to be lost is audited for less, and of this building nothing was lost.
    if lost := [
        slot for slot, papers in auctions.papers.items() if any(each.came_back or each.lost for each in papers)
    ]:
        return Finding(claim, False, f"slot {min(lost)}: its documents are said to be lost, or given back by flats")
    for slot in evidence.slots:
        if wrong := audit_slot(log, slot["slot"], auctions.papers[slot["slot"]], evidence.prices):
            return Finding(claim, False, wrong[0])
    rounds = [each for papers in auctions.papers.values() for each in papers]
    cleared = [each for each in rounds if each.cleared is not None]
    documents = sum(len(each.orders) for each in rounds)
    return Finding(
        claim,
        bool(evidence.slots),
        f"{len(evidence.slots)} slots, {len(cleared)} rounds cleared again of {documents} flats' orders; words, quorum "
        "and transfers verified",
    )


def check_again(evidence: Evidence, auctions: Auctions) -> Finding:
    """Every slot is cleared again until its last gate, and what its rounds have traded stands side by side."""
    claim = "every slot is cleared again until its gate"
    # Before flats have told the building of the time it closes no gate: of the first slot it may have missed one.
    first = min((slot for slot, papers in auctions.papers.items() if papers), default=None)
    due = [slot["slot"] for slot in evidence.slots if first is not None and slot["slot"] >= first + LEADS_S[0]]
    sums = [[0, 0] for _ in LEADS_S]
    for slot in due:
        rounds = auctions.papers[slot]
        if (numbers := [each.number for each in rounds]) != list(range(len(LEADS_S))):
            return Finding(claim, False, f"slot {slot} has rounds {numbers}, and not {len(LEADS_S)}")
        for each in rounds:
            if each.cleared is not None and each.result is not None:
                sums[each.number][0] += 1
                sums[each.number][1] += Outcome.decode(each.result).result.energy_wh
    told = "; ".join(
        f"{lead} s before: {traded} traded, {wh} Wh" for lead, (traded, wh) in zip(LEADS_S, sums, strict=True)
    )
    return Finding(claim, bool(due), f"{len(due)} slots of {len(LEADS_S)} rounds; {told}")


def check_reasons(evidence: Evidence, auctions: Auctions) -> Finding:
    """Every slot is traded, or the building says why it is not, from the first gate on."""
    claim = "every slot is traded, or says why it is shared"
    first = min((slot for slot, papers in auctions.papers.items() if papers), default=None)
    shared = [slot["slot"] for slot in evidence.slots if slot["settled_by"] != _TRADED]
    silent = [slot for slot in shared if first is not None and slot >= first and slot not in auctions.why]
    if silent:
        return Finding(claim, False, f"slot {silent[0]} is shared, and nothing says why")
    why = Counter(auctions.why.get(slot, "before the first gate") for slot in shared)
    told = "".join(f", {count} shared ({reason})" for reason, count in sorted(why.items()))
    return Finding(claim, first is not None, f"{len(evidence.slots) - len(shared)} traded{told}")


def check_trading(evidence: Evidence, auctions: Auctions) -> Finding:
    """Flats trade: of the slots that they could all order for no more were shared than slots were traded.

    Slots in which no offer met a wish are left out, by the orders themselves: measured homes may have such minutes.
    """
    claim = "flats trade by themselves"
    running_ms = max(enrolled_flats(evidence, evidence.logged).values()) + START_S * 1000
    traded = [slot["slot"] for slot in evidence.slots if slot["settled_by"] == _TRADED]
    due = [slot["slot"] for slot in evidence.slots if slot["slot"] * 1000 >= running_ms + _ORDERED_S * 1000]
    apart = [slot for slot in due if is_apart(auctions.papers[slot])]
    shared = [slot for slot in due if slot not in traded and slot not in apart]
    deals = deals_of(evidence, traded)
    return Finding(
        claim,
        bool(traded or apart) and len(shared) <= len(traded),
        f"{len(traded)} slots traded, {_bought(deals)} Wh; {len(shared)} of the {len(due)} since all flats run shared"
        + (f", and in {len(apart)} no offer met a wish" if apart else ""),
    )


def is_apart(papers: Sequence[RoundPapers]) -> bool:
    """Whether flats have ordered for a slot, and in none of its rounds an offer could have met another flat's wish."""
    rounds = [[Placed.decode(document) for document in each.orders] for each in papers]
    return any(rounds) and not any(
        ask.limit <= bid.limit
        for placed in rounds
        for seller, buyer in permutations(placed, 2)
        for ask in seller.offer.orders
        for bid in buyer.offer.orders
        if ask.side is Side.ASK and bid.side is Side.BID and (ask.is_green or not bid.wants_green)
    )


def check_own(evidence: Evidence, auctions: Auctions) -> Finding:
    """What each flat says that it has bought, sold and saved is what the log says."""
    claim = "each flat's own sums of bought, sold and saved are those of the log"
    slots = [slot["slot"] for slot in evidence.slots if slot["settled_by"] == _TRADED]
    logged = deals_of(evidence, slots)
    settled = [slot["slot"] for slot in evidence.slots]
    for flat in sorted(set(evidence.registers) - NOT_SHARING):
        own = _summed(auctions.own.get(flat, {}), settled, evidence.prices)
        if own != logged.get(flat, Deal()):
            return Finding(claim, False, f"flat {flat} says {own}, the log {logged.get(flat, Deal())}")
    yen, rest = divmod(sum(each.saved for each in logged.values()), 100_000)
    return Finding(
        claim,
        bool(logged) or not slots,
        f"{len(logged)} flats, {_bought(logged)} Wh in {len(slots)} slots, {yen}.{rest:05} yen saved",
    )


def deals_of(evidence: Evidence, slots: Sequence[int]) -> Mapping[str, Deal]:
    """Return by flat what the transfers of some slots say was traded, whatever of it was delivered."""
    found: dict[str, Deal] = {}
    for part in (part for slot in slots for part in parts_of(transfers_of(evidence, slot))):
        flat = evidence.names[part.device]
        found[flat] = found.get(flat, Deal()).and_one(
            buys=part.buys, wh=part.traded_wh, price=part.price, prices=evidence.prices
        )
    return found


def _summed(own: Mapping[int, Sequence[OwnTrade]], slots: Sequence[int], prices: SlotPrices) -> Deal:
    deal = Deal()
    for trade in (trade for slot in slots for trade in own.get(slot, ())):
        deal = deal.and_one(buys=trade.buys, wh=trade.wh, price=trade.price, prices=prices)
    return deal


def _bought(deals: Mapping[str, Deal]) -> int:
    return sum(each.bought_wh for each in deals.values())
