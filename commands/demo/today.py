"""What Home Assistant shows of its flat's trades today, against the results that enough flats have agreed to.

Bought and sold are what was agreed. Saved is of that only until a slot is settled, and then of what was delivered:
which slots are, is asked anew with each look, for others are settled while one looks.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
import time
from typing import Any, Final

import aiohttp

from localvpp.audit import RoundPapers
from localvpp.bidder import day_of
from localvpp.etp import DeviceId, Record
from localvpp.market.rounds import Outcome, Placed
from localvpp.paper import JAPAN
from localvpp.settlement import SlotPrices

from .deal import Deal, Part, parts_of
from .evidence import Evidence
from .findings import Finding
from .home_assistant import HomeAssistant
from .manager import SLOTS, Manager
from .resident import entities, states_of

type Look = tuple[Deal | None, Deal | None]
"""What was agreed, and what Home Assistant shows; None of what is unknown."""

_CLAIM: Final = "Home Assistant shows what its flat has bought, sold and saved today"
_AGREE_S: Final = 30
"""What was agreed reaches the flat at once, and its entities a second later."""
_SENSORS: Final = ("bought_today", "sold_today", "saved_today")


async def check_today(
    session: aiohttp.ClientSession, residents: Sequence[HomeAssistant], manager: Manager, evidence: Evidence
) -> Finding:
    """Each Home Assistant shows what its flat has bought, sold and saved since midnight."""
    devices = {name: device for device, name in evidence.names.items()}
    looked: dict[str, Look] = {}
    for resident in residents:
        today = Today(manager, devices[resident.flat], evidence.prices)
        looked[resident.flat] = await _looked(session, resident, today)
    return compare(looked)


def compare(looked: Mapping[str, Look]) -> Finding:
    """Hold what is shown of each flat against what was agreed; one of them has traded at least.

    A flat that only buys trades when its neighbours have something to sell: that is for nobody here to say.
    """
    told = []
    for flat, (wanted, shown) in looked.items():
        if wanted is None or shown != wanted:
            return Finding(_CLAIM, False, f"flat {flat} shows {shown}, agreed was {wanted}")
        saved = Decimal(wanted.saved).scaleb(-5)
        told.append(f"flat {flat}: bought {wanted.bought_wh} Wh, sold {wanted.sold_wh} Wh, saved {saved} yen")
    if all(wanted == Deal() for wanted, _ in looked.values()):
        return Finding(_CLAIM, False, f"{', '.join(f'flat {flat}' for flat in looked) or 'nobody'} has traded nothing")
    return Finding(_CLAIM, True, "; ".join(told))


async def _looked(session: aiohttp.ClientSession, resident: HomeAssistant, today: Today) -> Look:
    """Return what was agreed and what is shown, as soon as that is the same, or as they were at last."""
    known = await entities(session, resident)
    wanted: Deal | None = None
    shown: Deal | None = None
    try:
        async with asyncio.timeout(_AGREE_S):
            while True:
                wanted = await today.agreed(day_of(int(time.time()), JAPAN))
                shown = _shown(known, await states_of(session, resident))
                if shown == wanted:
                    break
                await asyncio.sleep(1)
    except TimeoutError:
        pass  # They differ, or are not known: the caller says so.
    return wanted, shown


def _shown(known: Mapping[str, str], states: Mapping[str, Any]) -> Deal | None:
    """Return what the entities show; None as long as one of them is unknown."""
    bought, sold, saved = (str(states.get(known.get(key, ""))) for key in _SENSORS)
    try:
        return Deal(int(bought), int(sold), int(Decimal(saved).scaleb(5)))
    except ValueError, InvalidOperation:
        return None


class Today:
    """What one flat has traded today, as the building's log and its rounds have it.

    Args:
        manager: asks the building's coordinator.
        device: the flat's.
        prices: the building's.
    """

    def __init__(self, manager: Manager, device: DeviceId, prices: SlotPrices) -> None:
        self._manager = manager
        self._device = device
        self._prices = prices
        self._settled: dict[int, tuple[Part, ...]] = {}
        """By settled slot: the flat's parts in its trades; they change no more."""

    async def agreed(self, day: range) -> Deal:
        """Return what it has bought and sold in a day's slots, and saved: in settled ones by what was delivered."""
        settled = {each["slot"] for each in await self._manager.ask(SLOTS)}
        newest = {each["slot"] for each in await self._manager.ask("/market/slots?limit=100")}
        deal = Deal()
        for slot in sorted(slot for slot in settled | newest if slot in day):
            deal = await self._traded(deal, slot)
            for part in await self._parts(slot) if slot in settled else ():
                missed = Deal().and_one(
                    buys=part.buys, wh=part.traded_wh - part.delivered_wh, price=part.price, prices=self._prices
                )
                deal = replace(deal, saved=deal.saved - missed.saved)
        return deal

    async def _traded(self, deal: Deal, slot: int) -> Deal:
        """Add what it has traded in the rounds of a slot."""
        told = await self._manager.find(f"/market/slots/{slot}/papers")
        for papers in () if told is None else (RoundPapers.read(each) for each in told["rounds"]):
            if papers.cleared is None:
                continue
            assert papers.result is not None, "it was agreed to"
            placed = [Placed.decode(document) for document in papers.orders]
            own = {order.id for each in placed if each.device == self._device for order in each.offer.orders}
            for trade in Outcome.decode(papers.result).result.trades:
                earned = trade.price if trade.seller_price is None else trade.seller_price
                if trade.buyer in own:
                    deal = deal.and_one(buys=True, wh=trade.wh, price=trade.price, prices=self._prices)
                if trade.seller in own:
                    deal = deal.and_one(buys=False, wh=trade.wh, price=earned, prices=self._prices)
        return deal

    async def _parts(self, slot: int) -> tuple[Part, ...]:
        if slot not in self._settled:
            told = await self._manager.ask(f"/slots/{slot}")
            sealed = [await self._manager.file(f"/records/{each['index']}") for each in told["transfers"]]
            records = [Record.decode(each) for each in sealed]
            self._settled[slot] = tuple(part for part in parts_of(records) if part.device == self._device)
        return self._settled[slot]
