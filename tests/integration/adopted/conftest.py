"""A meter of entities, and a clock that tests move, Home Assistant's with it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.local_vpp.adopted import (
    AdoptedMeter,
)
from custom_components.local_vpp.lib.localvpp.clock import Clock
from custom_components.local_vpp.lib.localvpp.devices import (
    Identity,
)
from custom_components.local_vpp.source import Sources

SLOT = 1_795_311_000
"""22 November 2026, 02:30 UTC, where a slot of half an hour begins."""

WHO = Identity(manufacturer="Route B", model="Smart meter", serial="B-101")
ISSUE = "entity_missing_entry"

IMPORT, EXPORT, POWER = "sensor.route_b_import", "sensor.route_b_export", "sensor.route_b_power"
METER = {
    "type": "entities",
    "entities": {"energy_import": IMPORT, "energy_export": EXPORT, "power": POWER},
    "power_sign": "import_positive",
}


@dataclass
class HandClock(Clock):
    """A clock that a test moves, and Home Assistant's with it."""

    freezer: FrozenDateTimeFactory
    now: float = float(SLOT)

    def __post_init__(self) -> None:
        self.move(0)

    def move(self, seconds: float) -> None:
        self.now += seconds
        self.freezer.move_to(datetime.fromtimestamp(self.now, UTC))

    def wall_ms(self) -> int:
        return round(self.now * 1000)

    def monotonic(self) -> float:
        return self.now - SLOT


@pytest.fixture(autouse=True)
def clock(freezer: FrozenDateTimeFactory) -> HandClock:
    """The clock of this file: it stands still, unless a test moves it."""
    return HandClock(freezer)


@pytest.fixture
def sources(hass: HomeAssistant, clock: HandClock) -> Sources:
    return Sources(hass, ISSUE, "Sakura Heights 101", clock)


@pytest.fixture
def meter(hass: HomeAssistant, sources: Sources) -> AdoptedMeter:
    tell(hass, IMPORT, "1234.5", "kWh")
    tell(hass, EXPORT, "17.25", "kWh")
    tell(hass, POWER, "-1250", "W")
    return AdoptedMeter(sources, METER, WHO)


def tell(hass: HomeAssistant, entity_id: str, text: str, unit: str | None = None) -> None:
    """Let an entity report a state, be it the one it has."""
    hass.states.async_set(entity_id, text, {"unit_of_measurement": unit} if unit else {})
