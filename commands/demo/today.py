"""What Home Assistant shows of its flat's trades today, against the results that enough flats have agreed to."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
import time
from typing import Any, Final

import aiohttp

from localvpp.audit import RoundPapers
from localvpp.bidder import day_of
from localvpp.etp import DeviceId
from localvpp.market.rounds import Outcome, Placed
from localvpp.paper import JAPAN
from localvpp.settlement import SlotPrices

from .again import transfers_of
from .auction import Deal, ask
from .building import Building
from .evidence import Evidence
from .findings import Finding
from .home_assistant import HomeAssistant
from .resident import entities, states_of

_AGREE_S: Final = 30
"""What was agreed reaches the flat at once, and its entities a second later."""
_SENSORS: Final = ("bought_today", "sold_today", "saved_today")


async def check_today(
    session: aiohttp.ClientSession, resident: HomeAssistant, demo: Building, evidence: Evidence
) -> Finding:
    """Home Assistant shows what its flat has bought, sold and saved since midnight."""
    claim = "Home Assistant shows what its flat has bought, sold and saved today"
    (device,) = (device for device, name in evidence.names.items() if name == resident.flat)
    known = await entities(session, resident)
    wanted, shown = Deal(), None
    try:
        async with asyncio.timeout(_AGREE_S):
            while True:
                wanted = await _agreed(session, demo, evidence, device)
                shown = _shown(known, await states_of(session, resident))
                if shown == wanted:
                    break
                await asyncio.sleep(1)
    except TimeoutError:
        return Finding(claim, False, f"flat {resident.flat} shows {shown}, agreed was {wanted}")
    return Finding(
        claim,
        bool(wanted.bought_wh or wanted.sold_wh),
        f"flat {resident.flat}: bought {wanted.bought_wh} Wh, sold {wanted.sold_wh} Wh, saved {_yen(wanted.saved)} yen",
    )


def _yen(saved: int) -> Decimal:
    return Decimal(saved).scaleb(-5)


def _shown(known: Mapping[str, str], states: Mapping[str, Any]) -> Deal | None:
    """Return what the entities show; None as long as one of them is unknown."""
    bought, sold, saved = (str(states.get(known.get(key, ""))) for key in _SENSORS)
    try:
        return Deal(int(bought), int(sold), int(Decimal(saved).scaleb(5)))
    except ValueError, InvalidOperation:
        return None


async def _agreed(session: aiohttp.ClientSession, demo: Building, evidence: Evidence, device: DeviceId) -> Deal:
    """Return what a flat has traded today, settled or not, and saved: in settled slots by what was delivered."""
    newest = await ask(session, demo, "/api/v1/market/slots?limit=100")
    today = day_of(int(time.time()), JAPAN)
    deal = Deal()
    for slot in sorted({each["slot"] for each in (*newest, *evidence.slots)}):
        told = await ask(session, demo, f"/api/v1/market/slots/{slot}/papers") if slot in today else None
        for papers in () if told is None else (RoundPapers.read(each) for each in told["rounds"]):
            if papers.cleared is not None:
                deal = _traded(deal, papers, device, evidence.prices)
    settled = [each["slot"] for each in evidence.slots if each["slot"] in today]
    return replace(deal, saved=deal.saved - _not_saved(evidence, settled, device))


def _not_saved(evidence: Evidence, slots: Sequence[int], device: DeviceId) -> int:
    """Return what trades of settled slots would have saved a flat by the Wh that were not delivered, in 10⁻⁵ yen."""
    missed = 0
    for body in (record.body for slot in slots for record in transfers_of(evidence, slot)):
        if body.trade is None or body.price is None:
            continue
        wh = body.trade.wh - body.energy_wh
        if body.receiver == device:
            missed += wh * (evidence.prices.grid - body.price)
        if body.sender == device:
            missed += wh * (body.trade.earned - evidence.prices.feed_in)
    return missed


def _traded(deal: Deal, papers: RoundPapers, device: DeviceId, prices: SlotPrices) -> Deal:
    """Add what a flat has traded in one round."""
    assert papers.result is not None, "it was agreed to"
    placed = [Placed.decode(document) for document in papers.orders]
    own = {order.id for each in placed if each.device == device for order in each.offer.orders}
    for trade in Outcome.decode(papers.result).result.trades:
        if trade.buyer in own:
            deal = deal.and_bought(trade.wh, trade.price, prices)
        if trade.seller in own:
            deal = deal.and_sold(trade.wh, trade.price if trade.seller_price is None else trade.seller_price, prices)
    return deal
