"""The one hand on a battery: it asks, renews and lets go, and leaves a device that does not answer alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
import logging

import pytest

from localvpp.control import Claimant, Let, Power
from localvpp.devices import DeviceRefusedError, DeviceSilentError
from localvpp.devices.lease import Keeper
from localvpp.steering import RELEASE_RETRY_S, RETRY_S, WRITE_S, GaveWayError, Steering

from ..place import HandClock
from .leased_device import LeasedBattery, LeasedDevice
from .steered_battery import SteeredBattery


class Hand:
    """A steering at work."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.battery = SteeredBattery()
        self.steering = Steering("101", lambda: self.battery, clock)
        self.work = asyncio.create_task(self.steering.run())

    async def until(self, ready: Callable[[], bool]) -> None:
        """Wait for what is done in no time, and not only when a writing is given up for its slowness."""
        async with asyncio.timeout(0.8 * WRITE_S):
            while not ready():
                await asyncio.sleep(0)

    async def stop(self) -> None:
        """End it in an orderly way."""
        self.work.cancel()
        with suppress(asyncio.CancelledError):
            await self.work

    async def seconds(self, number: int, claims: dict[Claimant, Power | Let]) -> None:
        """Let time pass, in which so much is claimed each second."""
        for _ in range(number):
            self.clock.move(1.0)
            for claimant in Claimant:
                self.steering.claim(claimant, claims.get(claimant))
            await self.until(lambda: not self.steering.busy)


SELLS: dict[Claimant, Power | Let] = {Claimant.MARKET: Power(900, -3000, 3000)}
FILLS: dict[Claimant, Power | Let] = {Claimant.REFILL: Power.exactly(-300)}


@pytest.fixture
async def hand(clock: HandClock) -> AsyncIterator[Hand]:
    hand = Hand(clock)
    yield hand
    await hand.stop()


async def test_what_is_claimed_is_asked_and_renewed_and_let_go_of_once(hand: Hand) -> None:
    await hand.seconds(3, SELLS)
    assert hand.battery.asked == [(900, 40)] * 3, "the driver writes no more often than its lease wants"
    await hand.seconds(3, {})
    assert hand.battery.asked[3:] == [None]


async def test_an_island_ends_what_the_market_asked_in_the_same_second(hand: Hand) -> None:
    await hand.seconds(2, SELLS)
    await hand.seconds(3, SELLS | {Claimant.ISLANDING: Let.GO})
    assert hand.battery.asked[2:] == [None]


async def test_a_device_that_refuses_is_told_of_once_and_asked_seldom(
    hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "localvpp.steering")
    hand.battery.refuses = DeviceRefusedError("not today")
    await hand.seconds(60, SELLS)
    assert hand.battery.tried <= 60 / RETRY_S + 1
    assert hand.steering.problem == "not today"
    hand.battery.refuses = None
    await hand.seconds(int(RETRY_S), SELLS)
    assert hand.steering.problem is None
    assert [each.getMessage() for each in caplog.records] == [
        "Flat 101: its battery does not take a command: not today",
        "Flat 101: its battery takes commands again",
    ]


async def test_less_than_a_device_has_refused_is_asked_at_once(hand: Hand) -> None:
    await hand.seconds(2, {Claimant.REFILL: Power.exactly(-300)})
    hand.battery.refuses = DeviceRefusedError("its memory bears no more")
    await hand.seconds(2, {Claimant.REFILL: Power.exactly(-500)})
    hand.battery.refuses = None
    await hand.seconds(1, {Claimant.REFILL: Power.exactly(-100)})
    assert hand.battery.asked[-1] == (-100, 40)


async def test_a_silent_device_is_left_alone_whatever_is_asked_of_it(hand: Hand) -> None:
    hand.battery.refuses = DeviceSilentError("no answer")
    for watts in range(-600, 0, 100):
        await hand.seconds(1, {Claimant.REFILL: Power.exactly(watts)})
    assert hand.battery.tried == 1


async def test_of_what_a_silent_device_had_refused_before_nothing_is_known(hand: Hand) -> None:
    await hand.seconds(2, {Claimant.REFILL: Power.exactly(-300)})
    hand.battery.refuses = DeviceRefusedError("its memory bears no more")
    await hand.seconds(1, {Claimant.REFILL: Power.exactly(-500)})
    hand.battery.refuses = DeviceSilentError("no answer")
    await hand.seconds(1, {Claimant.REFILL: Power.exactly(-200)})
    tried = hand.battery.tried
    await hand.seconds(1, {Claimant.REFILL: Power.exactly(-100)})
    assert hand.battery.tried == tried, "it is left alone as any silent one is"


async def test_whoever_comes_before_waits_for_no_failure_of_those_behind_him(hand: Hand) -> None:
    await hand.seconds(2, SELLS)
    hand.battery.refuses = DeviceRefusedError("not now")
    await hand.seconds(2, SELLS)
    hand.battery.refuses = None
    await hand.seconds(1, SELLS | {Claimant.ISLANDING: Let.GO})
    assert hand.battery.asked[-1] is None


async def test_a_battery_that_cannot_be_let_go_of_is_tried_until_its_lease_is_over(hand: Hand) -> None:
    await hand.seconds(2, SELLS)
    hand.battery.refuses = DeviceRefusedError("silent")
    tried = hand.battery.tried
    await hand.seconds(120, {Claimant.ISLANDING: Let.GO})
    soon = 2  # Before it is asked as seldom as one that takes no power: after 2 s, and 4 s later.
    assert hand.battery.tried - tried <= (40 * 4 / 3 + 2) / RETRY_S + 1 + soon
    assert hand.steering.held is None


async def test_a_battery_that_was_not_let_go_of_is_tried_again_two_seconds_later(hand: Hand) -> None:
    await hand.seconds(2, SELLS)
    hand.battery.refuses = DeviceRefusedError("not now")
    await hand.seconds(1, SELLS | {Claimant.ISLANDING: Let.GO})
    hand.battery.refuses = None
    await hand.seconds(int(RELEASE_RETRY_S), SELLS | {Claimant.ISLANDING: Let.GO})
    assert hand.battery.asked[-1] is None


@pytest.mark.parametrize("above", [Claimant.ISLANDING, Claimant.DRILL])
async def test_letting_go_waits_for_no_writing_under_way(hand: Hand, above: Claimant) -> None:
    await hand.seconds(2, SELLS)
    hand.battery.stuck = True
    tried = hand.battery.tried
    hand.steering.claim(Claimant.MARKET, SELLS[Claimant.MARKET])
    await hand.until(lambda: hand.battery.tried > tried)
    hand.steering.claim(above, Let.GO)
    hand.steering.claim(Claimant.MARKET, SELLS[Claimant.MARKET])
    await hand.until(lambda: not hand.steering.busy)
    assert hand.battery.asked[2:] == [None]
    assert hand.steering.held is None
    assert hand.steering.problem is None, "nobody failed"


async def test_a_slow_filling_waits_for_no_writing_of_the_market(hand: Hand) -> None:
    hand.battery.stuck = True
    hand.steering.claim(Claimant.MARKET, SELLS[Claimant.MARKET])
    await hand.until(lambda: hand.battery.tried == 1)
    hand.battery.stuck = False
    await hand.seconds(1, SELLS | FILLS)
    assert hand.battery.asked == [(-300, 40)]


async def test_a_writing_goes_on_while_it_is_wished_or_nothing_is_known(hand: Hand) -> None:
    hand.battery.stuck = True
    hand.steering.claim(Claimant.MARKET, SELLS[Claimant.MARKET])
    await hand.until(lambda: hand.battery.tried == 1)
    for claimant, wish in (
        (Claimant.MARKET, Power(1500, -3000, 3000)),
        (Claimant.MARKET, Let.BE),
        (Claimant.REFILL, Let.BE),
    ):
        hand.steering.claim(claimant, wish)
        for _ in range(20):
            await asyncio.sleep(0)
    assert hand.battery.tried == 1
    assert hand.steering.busy
    for claimant in Claimant:
        hand.steering.claim(claimant, None)
    await hand.until(lambda: not hand.steering.busy)
    assert hand.battery.asked == [None]


async def test_letting_go_waits_for_no_setting_that_is_written(hand: Hand) -> None:
    await hand.seconds(2, SELLS)
    begun = asyncio.Event()

    async def set_something() -> None:
        async with hand.steering.setting():
            begun.set()
            await asyncio.Event().wait()

    setting = asyncio.create_task(set_something())
    await begun.wait()
    hand.steering.claim(Claimant.MARKET, SELLS[Claimant.MARKET])
    await asyncio.sleep(0)
    assert not setting.done()
    hand.steering.claim(Claimant.ISLANDING, Let.GO)
    with pytest.raises(GaveWayError):
        await setting
    await hand.until(lambda: not hand.steering.busy)
    assert hand.battery.asked[-1] is None


async def test_who_stops_in_an_orderly_way_lets_go_of_what_the_market_asked(hand: Hand) -> None:
    await hand.seconds(2, SELLS)
    await hand.stop()
    assert hand.battery.asked[2:] == [None]


async def test_who_stops_in_the_middle_of_a_writing_lets_go_too(hand: Hand) -> None:
    hand.battery.stuck = True
    hand.steering.claim(Claimant.MARKET, SELLS[Claimant.MARKET])
    await hand.until(lambda: hand.battery.tried == 1)
    await hand.stop()
    assert hand.battery.asked == [None]


async def test_a_slow_filling_goes_on_over_a_restart(hand: Hand) -> None:
    await hand.seconds(2, FILLS)
    await hand.stop()
    assert hand.battery.asked == [(-300, 40)] * 2


async def test_a_battery_that_refuses_to_be_let_go_of_holds_up_no_stop(hand: Hand) -> None:
    await hand.seconds(2, SELLS)
    hand.battery.refuses = DeviceRefusedError("not now")
    await hand.stop()
    assert hand.battery.tried == 3


async def test_a_battery_that_takes_no_power_for_the_moment_is_let_go_of_all_the_same(hand: Hand) -> None:
    await hand.seconds(2, SELLS)
    hand.battery.able = False
    await hand.seconds(3, SELLS)
    assert hand.battery.tried == 2, "nothing is asked of it"
    await hand.seconds(1, SELLS | {Claimant.ISLANDING: Let.GO})
    assert hand.battery.asked[2:] == [None]


async def test_what_no_driver_foresees_ends_nothing_and_is_told(hand: Hand, caplog: pytest.LogCaptureFixture) -> None:
    hand.battery.refuses = AttributeError("no such thing")
    await hand.seconds(30, SELLS)
    assert not hand.work.done()
    assert hand.steering.problem == "this program is at fault: AttributeError('no such thing')"
    assert [each.getMessage() for each in caplog.records] == ["Flat 101: what commands its battery is at fault"]
    hand.battery.refuses = None
    await hand.seconds(1, SELLS | {Claimant.ISLANDING: Let.GO})
    assert hand.battery.asked == [None]
    assert hand.steering.problem is None


async def test_an_unchanged_power_is_renewed_before_its_lease_ends_however_late_a_writing_was(
    clock: HandClock, hand: Hand
) -> None:
    device = LeasedDevice(clock, late_s=[0.2])
    battery = LeasedBattery(Keeper(device, clock.monotonic))
    steering = Steering("101", lambda: battery, clock)
    run = asyncio.create_task(steering.run())
    for _ in range(300):
        clock.move(1.0)
        steering.claim(Claimant.MARKET, Power(900, -3000, 3000))
        await hand.until(lambda: not steering.busy)
        assert device.left_s > 1, "it is its own nowhere between"
    assert 300 / 15 <= device.written <= 300 / 15 + 1, "and is written to no more often than at half of its lease"
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run


async def test_what_a_slow_device_took_is_held_for_held_until_its_own_lease_can_be_over(
    clock: HandClock, hand: Hand
) -> None:
    device = LeasedDevice(clock, late_s=[4.5])
    battery = LeasedBattery(Keeper(device, clock.monotonic))
    steering = Steering("101", lambda: battery, clock)
    run = asyncio.create_task(steering.run())
    steering.claim(Claimant.MARKET, Power(900, -3000, 3000))
    await hand.until(lambda: not steering.busy)
    assert steering.held is not None
    assert steering.held.asked_at == clock.monotonic(), "the device counts from then on"
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run
