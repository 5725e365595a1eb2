"""What flats have saved today: of what was traded, and once a slot is settled of what was delivered.

A flat says it of itself; the demonstration holds what Home Assistant shows of that against the building's log.
"""

from commands.demo.building import Coordination
from commands.demo.deal import Deal
from commands.demo.manager import Manager
from commands.demo.today import Today
from localvpp.settlement import SlotPrices

from .conftest import TRADED, Trade
from .settling import believed, lived, settled, traded

PRICES = SlotPrices(2200, 3150, 850)
DAY = range(TRADED - 3600, TRADED + 3600)
SOLD = {"101": 800, "102": 400}
BOUGHT = {"103": 350, "104": 350, "105": 500}
AGREED = {name: (BOUGHT.get(name, 0), SOLD.get(name, 0)) for name in SOLD | BOUGHT}


async def says(trade: Trade, name: str, *, saved: int, of_settled: int) -> None:
    """Let a second of a flat pass, and wait until it says so of the one slot that it has traded today."""
    await trade.flats[name].time.seconds()
    state = await trade.flats[name].until(
        lambda state: (
            state.bidder.today is not None
            and (state.bidder.today.saved, state.bidder.today.settled) == (saved, of_settled)
        )
    )
    assert state.bidder.today is not None
    assert (state.bidder.today.bought_wh, state.bidder.today.sold_wh) == AGREED[name]


def gains(trade: Trade) -> dict[str, int]:
    """By flat what a Wh of its trades saves it, in 10⁻⁵ yen."""
    (price,) = {each.price for name in SOLD for each in trade.state(name).trades}
    return dict.fromkeys(SOLD, price - PRICES.feed_in) | dict.fromkeys(BOUGHT, PRICES.grid - price)


def todays(trade: Trade) -> dict[str, Today]:
    """By flat what the demonstration asks the building."""
    building = trade.house.coordinator
    coordination = Coordination(building.url, building.web_token, building.config.file, building.config.data)
    manager = Manager(trade.session, coordination)
    return {name: Today(manager, agent.membership.device, PRICES) for name, agent in trade.flats.items()}


async def test_a_slot_that_is_settled_between_two_looks_counts_from_then_on_by_what_was_delivered(
    trade: Trade,
) -> None:
    await traded(trade)
    gain, looks = gains(trade), todays(trade)
    for name, look in looks.items():
        saved = sum(AGREED[name]) * gain[name]
        assert await look.agreed(DAY) == Deal(*AGREED[name], saved=saved)
        await says(trade, name, saved=saved, of_settled=0)
    await lived(trade, {"101": (0, 0)})
    await settled(trade)
    own = await believed(trade)
    assert (own["101"].shared_out_wh, own["102"].shared_out_wh) == (0, 400), "of 101 nothing came"
    for name, look in looks.items():
        saved = (own[name].shared_in_wh + own[name].shared_out_wh) * gain[name]
        assert await look.agreed(DAY) == Deal(*AGREED[name], saved=saved)
        await says(trade, name, saved=saved, of_settled=1)
    assert await looks["101"].agreed(range(TRADED + 60, TRADED + 3600)) == Deal(), "it was another day"
    await trade.flats["102"].stop()
    await trade.flats["102"].start()
    await trade.flats["102"].online()
    await says(trade, "102", saved=400 * gain["102"], of_settled=1)


async def test_who_was_away_in_a_slot_that_it_has_traded_has_saved_nothing_by_it(trade: Trade) -> None:
    await traded(trade)
    gain, looks = gains(trade), todays(trade)
    await trade.flats["101"].stop()
    await lived(trade)
    await settled(trade, late=True)
    assert await looks["101"].agreed(DAY) == Deal(0, 800, saved=0)
    agent = trade.flats["101"]
    await agent.start()
    await says(trade, "101", saved=800 * gain["101"], of_settled=0)
    await agent.online()
    await says(trade, "101", saved=0, of_settled=1)
    await agent.stop()
    await agent.start()
    await says(trade, "101", saved=0, of_settled=1)
