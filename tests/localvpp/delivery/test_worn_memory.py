"""A battery whose memory bears no more writings today: where less is wished it is stopped, and asked nothing else."""

from typing import override

import pytest

from localvpp.devices import BatteryReading
from localvpp.devices.errors import MemoryWornError
from localvpp.devices.lease import Keeper, Target

from ..place import HandClock
from .leased_device import LEASE_S, LeasedDevice

PV_W = 700


class WornDevice(LeasedDevice):
    """A device that is told a power for PV and battery together, and whose memory bears what a test says."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock, [])
        self.is_worn = False
        self.told: list[Target] = []

    @override
    def target(self, watts: int, told: BatteryReading) -> Target:
        return Target(watts, watts + PV_W)

    @override
    async def activate(self, target: Target, lease_s: int, *, anew: bool, stops: bool = False) -> None:
        if self.is_worn and not stops:
            raise MemoryWornError("its memory bears no more")
        await super().activate(target, lease_s, anew=anew, stops=stops)
        self.told.append(target)


class Worn:
    """A device that was told to charge, and has no writing left since."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.device = WornDevice(clock)
        self.keeper: Keeper[BatteryReading] = Keeper(self.device, clock.monotonic)

    async def asked(self, watts: int) -> list[Target]:
        """Ask for a power; return what was written for it."""

        async def read() -> BatteryReading:
            return BatteryReading()

        before = len(self.device.told)
        await self.keeper.hold(watts, LEASE_S, read)
        return self.device.told[before:]

    async def refused(self, watts: int) -> None:
        """Ask for a power, and see that nothing is written for it."""
        before = len(self.device.told)
        with pytest.raises(MemoryWornError):
            await self.asked(watts)
        assert self.device.told[before:] == []


STOPPED = [Target(0, PV_W)]
"""The battery stands still, and what the sun gives goes on."""


@pytest.fixture
async def worn(clock: HandClock) -> Worn:
    worn = Worn(clock)
    assert await worn.asked(-2500) == [Target(-2500, -2500 + PV_W)]
    worn.device.is_worn = True
    return worn


@pytest.mark.parametrize("watts", [-2400, 0, 1000, 3000])
async def test_where_less_is_wished_or_the_other_way_round_it_is_stopped_once(worn: Worn, watts: int) -> None:
    assert await worn.asked(watts) == STOPPED
    assert worn.keeper.held_w == 0
    await worn.refused(-100)
    await worn.refused(100)


async def test_more_is_refused_and_what_stands_goes_on(worn: Worn) -> None:
    await worn.refused(-2600)
    assert worn.keeper.held_w == -2500
    assert await worn.asked(-2500) == [], "it is held to that, and was not asked anew"


async def test_what_stands_is_not_renewed_and_not_stopped_for_that(worn: Worn) -> None:
    worn.clock.move(LEASE_S - 1)
    await worn.refused(-2500)


async def test_a_lease_that_is_over_by_this_clock_may_still_run_by_the_devices(worn: Worn) -> None:
    worn.clock.move(1.5 * LEASE_S)
    assert worn.keeper.held_w is None
    assert await worn.asked(-1000) == STOPPED


async def test_of_what_can_stand_no_more_there_is_nothing_to_stop(worn: Worn) -> None:
    worn.clock.move(2 * LEASE_S)
    await worn.refused(-1000)


async def test_of_what_was_let_go_of_there_is_nothing_to_stop(worn: Worn) -> None:
    await worn.keeper.release()
    await worn.refused(-1000)
