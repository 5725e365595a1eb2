"""A counter that another integration polls is read at each slot's boundary; nothing is made up between its reports."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
import logging
from typing import override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.helpers.update_coordinator import CoordinatorEntity, DataUpdateCoordinator, UpdateFailed
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, setup_test_component_platform

from custom_components.local_vpp.adopted import AdoptedMeter
from custom_components.local_vpp.boundary import coordinator_of
from custom_components.local_vpp.lib.localvpp.devices import Identity
from custom_components.local_vpp.lib.localvpp.outage import Outages
from custom_components.local_vpp.lib.localvpp.rounds import FlatDevices, Rounds
from custom_components.local_vpp.lib.localvpp.slots import Interval, SlotBook, Why
from custom_components.local_vpp.source import Sources

from .adopted.conftest import SLOT, HandClock

SLOT_SECONDS = 60
POLLED_S = 23
"""No divisor of the slot: its polls meet a boundary by chance only."""
LOGGER = logging.getLogger(__name__)


@dataclass
class Device:
    """What another integration reads: two counters that the time moves."""

    clock: HandClock
    reads: list[int] = field(default_factory=list)
    fails: bool = False

    def counted(self) -> dict[str, int]:
        second = round(self.clock.now) - SLOT
        self.reads.append(second)
        if self.fails:
            raise UpdateFailed("no answer")
        return {"import": 1_000_000 + second, "export": 5_000}


class Counter(CoordinatorEntity[DataUpdateCoordinator[dict[str, int]]], SensorEntity):
    """An entity of it."""

    _attr_device_class = SensorDeviceClass.ENERGY
    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _attr_native_unit_of_measurement = UnitOfEnergy.WATT_HOUR

    def __init__(self, coordinator: DataUpdateCoordinator[dict[str, int]], name: str) -> None:
        super().__init__(coordinator)
        self._attr_name = name
        self._attr_unique_id = name

    @property
    @override
    def native_value(self) -> int:
        return self.coordinator.data[self._attr_unique_id or ""]


@pytest.fixture
def clock(freezer: FrozenDateTimeFactory) -> HandClock:
    return HandClock(freezer)


@pytest.fixture
def device(clock: HandClock) -> Device:
    return Device(clock)


@pytest.fixture
async def other(hass: HomeAssistant, device: Device) -> AsyncIterator[DataUpdateCoordinator[dict[str, int]]]:
    """Another integration's coordinator; when it polls, the test says."""

    async def update() -> dict[str, int]:
        return device.counted()

    entry = MockConfigEntry(domain="route_b")
    entry.add_to_hass(hass)
    coordinator = DataUpdateCoordinator(
        hass,
        LOGGER,
        config_entry=entry,
        name="route B",
        update_method=update,
        update_interval=timedelta(seconds=POLLED_S),
    )
    await coordinator.async_refresh()
    setup_test_component_platform(
        hass, "sensor", [Counter(coordinator, "import"), Counter(coordinator, "export")], built_in=False
    )
    assert await async_setup_component(hass, "sensor", {"sensor": {"platform": "test"}})
    await hass.async_block_till_done()
    yield coordinator
    await coordinator.async_shutdown()


@dataclass
class Book:
    """A flat's slots, as its meter fills them."""

    hass: HomeAssistant
    rounds: Rounds
    clock: HandClock
    other: DataUpdateCoordinator[dict[str, int]]
    slots: SlotBook
    closed: list[Interval] = field(default_factory=list)

    async def run(self, seconds: int) -> None:
        for _ in range(seconds):
            if (round(self.clock.now) - SLOT) % POLLED_S == 0:
                await self.other.async_refresh()
            if (sample := (await self.rounds.read()).sample) is not None:
                self.slots, closed = self.slots.feed(sample)
                self.closed += closed
            await self.hass.async_block_till_done(wait_background_tasks=True)
            self.clock.move(1)


@pytest.fixture
def sources(hass: HomeAssistant, clock: HandClock) -> Iterator[Sources]:
    sources = Sources(hass, "entity_missing_entry", "Sakura Heights 101", clock)
    sources.slot_seconds = SLOT_SECONDS
    return sources


@pytest.fixture
def book(hass: HomeAssistant, clock: HandClock, sources: Sources, other: DataUpdateCoordinator[dict[str, int]]) -> Book:
    data = {"type": "entities", "entities": {"energy_import": "sensor.import", "energy_export": "sensor.export"}}
    meter = AdoptedMeter(sources, data, Identity(manufacturer="Route B", model="Smart meter"))
    rounds = Rounds(FlatDevices(meter=meter), Outages("101", clock), clock)
    return Book(hass, rounds, clock, other, SlotBook(slot_seconds=SLOT_SECONDS))


async def test_a_polled_counter_completes_every_slot_with_what_it_showed(book: Book, device: Device) -> None:
    await book.run(10 * SLOT_SECONDS + 2)
    assert [interval.why for interval in book.closed] == [Why.BOUNDARY] * 10
    for interval in book.closed:
        second = (interval.end.time_ms // 1000) - SLOT
        assert interval.end.import_wh == 1_000_000 + second, "it was read when the record says so"
        assert second in device.reads
    by_itself = 10 * SLOT_SECONDS // POLLED_S + 2
    assert len(device.reads) <= by_itself + 10 + 1, "it is read once at each boundary, for both counters"


async def test_before_the_slots_are_known_nothing_is_asked_and_without_a_reading_there_is_a_gap(
    book: Book, sources: Sources, device: Device
) -> None:
    sources.slot_seconds = None
    await book.run(3 * SLOT_SECONDS + 2)
    assert all(second % POLLED_S == 0 for second in device.reads)
    assert {interval.why for interval in book.closed} >= {Why.GAP}
    moved = sum(interval.end.import_wh - interval.begin.import_wh for interval in book.closed)
    assert moved == book.closed[-1].end.import_wh - book.closed[0].begin.import_wh, "a gap loses no energy"


async def test_a_device_that_is_away_at_a_boundary_makes_a_gap(book: Book, device: Device) -> None:
    await book.run(50)
    device.fails = True
    await book.run(30)
    device.fails = False
    await book.run(2 * SLOT_SECONDS)
    assert [interval.why for interval in book.closed] == [Why.GAP, Why.BOUNDARY, Why.BOUNDARY]


async def test_an_entity_that_is_told_by_its_device_is_not_asked(
    hass: HomeAssistant, other: DataUpdateCoordinator[dict[str, int]]
) -> None:
    assert coordinator_of(hass, "sensor.import") is other
    assert coordinator_of(hass, "sensor.nobody") is None
    assert coordinator_of(hass, "nothing.at_all") is None
    other.update_interval = None
    assert coordinator_of(hass, "sensor.import") is None
    hass.states.async_set("sensor.told", "1")
    assert coordinator_of(hass, "sensor.told") is None
