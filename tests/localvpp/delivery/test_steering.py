"""The one hand on a battery: it asks, renews and lets go, and leaves a device that does not answer alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
import logging

import pytest

from localvpp.control import Claimant, Let, Power
from localvpp.devices import DeviceRefusedError
from localvpp.steering import RETRY_S, Steering

from ..place import HandClock
from .steered_battery import SteeredBattery


class Hand:
    """A steering at work."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.battery = SteeredBattery()
        self.steering = Steering("101", lambda: self.battery, clock)

    async def seconds(self, number: int, claims: dict[Claimant, Power | Let]) -> None:
        """Let time pass, in which so much is claimed each second."""
        for _ in range(number):
            self.clock.move(1.0)
            for claimant in Claimant:
                self.steering.claim(claimant, claims.get(claimant))
            while self.steering.busy:
                await asyncio.sleep(0)


SELLS: dict[Claimant, Power | Let] = {Claimant.MARKET: Power(900, -3000, 3000)}


@pytest.fixture
async def hand(clock: HandClock) -> AsyncIterator[Hand]:
    hand = Hand(clock)
    run = asyncio.create_task(hand.steering.run())
    yield hand
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run


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
    assert hand.battery.tried - tried <= (40 * 4 / 3 + 2) / RETRY_S + 1
    assert hand.steering.held is None
