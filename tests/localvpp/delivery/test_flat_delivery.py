"""The agent of a flat lets its battery deliver what it has traded, where a resident has said so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from localvpp import delivering, flat
from localvpp.bidder import MarketSettings
from localvpp.blackout import Blackout
from localvpp.delivering import Around, Why
from localvpp.devices import DeviceRefusedError, DeviceSilentError, InverterReading
from localvpp.islanding import Grid, Wiring
from localvpp.islanding.endurance import Recharge
from localvpp.store import FlatStore
from localvpp.surroundings import around_of
from localvpp.trading.state import MarketState, OwnTrade, Phase, SlotState

from ..blackout.room import settings_of
from ..home import SECONDS, Home
from .steered_battery import SteeredBattery

DELIVERS = MarketSettings(zone=UTC, trades=False, deliver=True, line_w=6000)


@pytest.fixture
def sell(home: Home) -> Callable[[int], None]:
    """Have the flat have sold so much in the slot that comes."""

    def work(wh: int) -> None:
        slot = (home.clock.wall_ms() // 1000 // SECONDS + 1) * SECONDS
        trades = (OwnTrade(buys=False, wh=wh, price=1500),)
        told = SlotState(slot=slot, phase=Phase.TRADED, trades=trades, price=1500)
        home.flat.trading.state = replace(home.flat.trading.state, slots=(told,))

    return work


async def begun(home: Home, market: MarketSettings | None = None) -> None:
    """Start the flat, and let it know of its building."""
    if market is not None:
        home.market = market
    await home.start()
    await home.online()
    await home.time.seconds(SECONDS)


def grid_is(grid: Grid) -> Callable[..., Around]:
    """Have it known so of the grid."""
    return lambda *known: replace(around_of(*known), grid=grid)


async def into_slot(home: Home, second: int) -> None:
    await home.time.seconds(SECONDS - home.clock.wall_ms() // 1000 % SECONDS + second)


@pytest.fixture
async def battery(home: Home) -> SteeredBattery:
    battery = SteeredBattery()
    home.battery = battery
    home.inverter.act = lambda: InverterReading(pv_power_w=0.0, grid_connected=True, rated_power_w=8000.0)
    return battery


async def test_trades_become_set_points_and_the_battery_is_let_go_of_when_the_slot_is_over(
    home: Home, battery: SteeredBattery, sell: Callable[[int], None]
) -> None:
    await begun(home, DELIVERS)
    sell(2)
    await into_slot(home, 4)
    assert battery.asked[-1] is not None
    watts, lease_s = battery.asked[-1]
    assert watts > 3600, "what the flat takes, and what it has sold"
    assert lease_s == 40
    shown = home.flat.state.delivery
    assert (shown.why, shown.traded_wh, shown.target_w) == (None, 2, watts)
    await into_slot(home, 2)
    assert home.flat.state.delivery.why is Why.NO_TRADES
    assert battery.asked[-1] is None
    asked = len(battery.asked)
    await home.time.seconds(5)
    assert len(battery.asked) == asked


async def test_a_device_that_refuses_is_told_of(
    home: Home, battery: SteeredBattery, sell: Callable[[int], None]
) -> None:
    await begun(home, DELIVERS)
    battery.refuses = DeviceRefusedError("not today")
    sell(2)
    await into_slot(home, 4)
    assert home.flat.state.delivery.why is Why.REFUSED
    assert battery.asked == []


async def test_a_battery_that_takes_a_command_and_does_something_else_is_told_of(
    home: Home, battery: SteeredBattery, sell: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "FOLLOWS_S", 4.0)
    await begun(home, DELIVERS)
    sell(2)
    await into_slot(home, 3)
    assert home.flat.state.delivery.why is None
    await home.time.seconds(4)
    assert home.flat.state.delivery.why is Why.NOT_FOLLOWED, "it gives 0 W"
    assert battery.asked[-1] is not None, "it is asked on"
    asked_w = battery.asked[-1][0]
    told = battery.act()
    battery.act = lambda: replace(told, power_w=0.9 * asked_w)
    await home.time.seconds(1)
    assert home.flat.state.delivery.why is None


async def test_a_grid_that_is_gone_lets_go_and_one_of_which_nothing_is_known_writes_nothing(
    home: Home, battery: SteeredBattery, sell: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(home, DELIVERS)
    sell(2)
    await into_slot(home, 2)
    asked = len(battery.asked)
    with monkeypatch.context() as patched:
        for grid in (Grid.UNKNOWN, Grid.DOUBTFUL):
            patched.setattr(flat, "around_of", grid_is(grid))
            await home.time.seconds(1)
            assert home.flat.state.delivery.why is Why.GRID_UNKNOWN
            assert len(battery.asked) == asked
        patched.setattr(flat, "around_of", grid_is(Grid.GONE))
        await home.time.seconds(1)
        assert home.flat.state.delivery.why is Why.GRID_GONE
        assert battery.asked[asked:] == [None]


async def test_what_stays_unknown_for_long_lets_go(
    home: Home, battery: SteeredBattery, sell: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "UNKNOWN_S", 3.0)
    await begun(home, DELIVERS)
    sell(2)
    await into_slot(home, 1)
    asked = len(battery.asked)
    with monkeypatch.context() as patched:
        patched.setattr(flat, "around_of", grid_is(Grid.UNKNOWN))
        await home.time.seconds(2)
        assert len(battery.asked) == asked
    await home.time.seconds(1)
    assert battery.asked[-1] is not None, "it is known again, and counted anew"
    asked = len(battery.asked)
    monkeypatch.setattr(flat, "around_of", grid_is(Grid.UNKNOWN))
    await home.time.seconds(2)
    assert battery.asked[asked:] == []
    await home.time.seconds(2)
    assert home.flat.state.delivery.why is Why.GRID_UNKNOWN, "the slot goes on"
    assert battery.asked[asked:] == [None]


async def test_an_inverter_that_is_off_the_grid_is_let_go_of(
    home: Home, battery: SteeredBattery, sell: Callable[[int], None]
) -> None:
    await begun(home, DELIVERS)
    sell(2)
    await into_slot(home, 2)
    assert battery.asked[-1] is not None
    home.inverter.act = lambda: InverterReading(pv_power_w=0.0, grid_connected=False, rated_power_w=8000.0)
    await home.time.seconds(1)
    assert home.flat.state.delivery.why is Why.GRID_GONE
    assert battery.asked[-1] is None


async def test_who_reloads_with_the_delivery_off_has_it_off_at_once(
    home: Home, battery: SteeredBattery, sell: Callable[[int], None]
) -> None:
    await begun(home, DELIVERS)
    sell(2)
    told = home.flat.trading.state
    await into_slot(home, 2)
    assert battery.asked[-1] is not None
    await home.stop()
    assert battery.asked[-1] is None
    asked = len(battery.asked)
    home.market = replace(DELIVERS, deliver=False)
    await home.start()
    home.flat.trading.state = told
    await home.time.seconds(2)
    assert home.flat.state.delivery.why is Why.OFF
    assert len(battery.asked) == asked


@pytest.mark.parametrize("unforeseen", [ZeroDivisionError, AttributeError, RuntimeError])
async def test_a_fault_in_what_is_worked_out_lets_go_of_the_battery_and_ends_nothing_else(
    home: Home,
    battery: SteeredBattery,
    sell: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
    unforeseen: type[Exception],
) -> None:
    def fails(*_: object) -> float:
        raise unforeseen

    await begun(home, DELIVERS)
    sell(2)
    await into_slot(home, 2)
    assert battery.asked[-1] is not None
    with monkeypatch.context() as patched:
        patched.setattr(delivering, "asked_w", fails)
        await home.time.seconds(1)
        assert home.flat.state.delivery.why is Why.FAULT
        assert battery.asked[-1] is None
        assert home.flat.state.meter is not None, "the flat goes on"
    await home.time.seconds(1)
    assert home.flat.state.delivery.why is None
    assert battery.asked[-1] is not None


async def test_over_a_line_of_which_nobody_says_what_it_bears_nothing_is_delivered(
    home: Home, battery: SteeredBattery, sell: Callable[[int], None]
) -> None:
    await begun(home, replace(DELIVERS, line_w=None))
    sell(2)
    await into_slot(home, 4)
    assert home.flat.state.delivery.why is Why.LINE_UNKNOWN
    assert battery.asked == []
    assert home.flat.state.line_unknown, "a person is told"
    home.meter.rated_w = 5000
    await home.time.seconds(2)
    assert home.flat.state.delivery.why is None, "its meter tells it"
    assert battery.asked
    assert not home.flat.state.line_unknown


async def test_a_meter_that_is_silent_leaves_what_is_asked_of_the_line_as_it_was(
    home: Home, battery: SteeredBattery
) -> None:
    home.meter.rated_w = 5000
    await begun(home, replace(DELIVERS, line_w=None))
    assert not home.flat.state.line_unknown
    good, home.meter.act = home.meter.act, lambda: DeviceSilentError("the meter does not answer")
    await home.time.seconds(3)
    assert not home.flat.state.line_unknown, "it has told it, and will again"
    home.meter.rated_w, home.meter.act = None, good
    await home.time.seconds(2)
    assert home.flat.state.line_unknown, "another meter does not tell it"


async def test_a_line_is_asked_for_only_where_the_battery_is_steered(home: Home, battery: SteeredBattery) -> None:
    await begun(home)
    assert battery.cadence is not None
    assert not home.flat.state.line_unknown


async def test_a_battery_that_takes_no_power_asks_for_no_line(home: Home) -> None:
    await begun(home, replace(DELIVERS, line_w=None))
    assert not home.flat.state.line_unknown


@pytest.mark.parametrize("recharge", [Recharge(delay_s=60.0), None], ids=["filled", "left"])
async def test_a_battery_that_is_filled_after_an_outage_asks_for_the_line_though_it_delivers_nothing(
    home: Home, battery: SteeredBattery, tmp_path: Path, recharge: Recharge | None
) -> None:
    def blackout(store: FlatStore) -> Blackout:
        settings = settings_of(Wiring.AUTONOMOUS, recharge=recharge)
        return Blackout(settings, flat="101", journal=tmp_path / "blackout.journal", store=store, clock=home.clock)

    home.blackout = blackout
    await begun(home)
    assert home.flat.state.line_unknown is (recharge is not None)


async def test_who_has_said_nothing_has_his_battery_left_alone(
    home: Home, battery: SteeredBattery, sell: Callable[[int], None]
) -> None:
    await begun(home)
    sell(2)
    await into_slot(home, 4)
    assert home.flat.state.delivery.why is Why.OFF
    assert battery.asked == []


async def test_without_a_building_what_was_traded_is_delivered_all_the_same(
    home: Home, battery: SteeredBattery, sell: Callable[[int], None]
) -> None:
    await begun(home, DELIVERS)
    assert home.flat.trading.state == MarketState(slots=())
    sell(2)
    home.flat._picture.state = replace(home.flat.state, link=replace(home.flat.state.link, reason="cut"))
    await into_slot(home, 4)
    assert home.flat.state.delivery.why is None
    assert battery.asked


async def test_a_flat_that_starts_again_within_a_slot_goes_on_delivering(
    home: Home, battery: SteeredBattery, sell: Callable[[int], None]
) -> None:
    await begun(home, DELIVERS)
    sell(2)
    told = home.flat.trading.state
    await into_slot(home, 3)
    assert home.flat.state.delivery.why is None
    await home.stop()
    battery.asked.clear()
    await home.start()
    home.flat.trading.state = told
    await home.time.seconds(3)
    state = home.flat.state.delivery
    assert (state.why, state.traded_wh) == (None, 2)
    assert state.exchanged_wh is not None
    assert state.exchanged_wh <= -4, "counted from the slot's begin on"
    assert battery.asked
