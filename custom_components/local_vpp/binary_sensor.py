"""Binary sensors of a flat and its devices."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import Part
from .coordinator import LocalVppConfigEntry
from .entity import LocalVppEntity, LocalVppEntityDescription, is_shown, subentry_of
from .lib.localvpp.blackout import BlackoutState
from .lib.localvpp.devices import ChargerState
from .lib.localvpp.flat import FlatState
from .lib.localvpp.islanding import Grid, Owner, Place
from .lib.localvpp.link import LinkState
from .sensor_blackout import of_blackout

# Entities only show what the agent pushes.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class LocalVppBinarySensorEntityDescription(LocalVppEntityDescription[bool | None], BinarySensorEntityDescription):
    """A binary sensor, on, off or unknown."""


def plugged(state: FlatState) -> bool | None:
    """Whether a car is plugged in; a charger that is out of order does not tell."""
    if state.charger is None or state.charger.state in {None, ChargerState.FAULT}:
        return None
    return state.charger.state is not ChargerState.UNPLUGGED


def outage(state: BlackoutState) -> bool | None:
    """Whether there is an outage: the grid is gone, or it is why the flat is separated and nobody has seen it since.

    A meter may die with the grid. What made the flat separate then goes on until the grid is seen.
    """
    match state.grid:
        case Grid.GONE:
            return True
        case Grid.GOOD | Grid.DOUBTFUL:
            return False
        case _:
            return True if state.owner is Owner.OUTAGE and state.place is Place.ISLANDED else None


BINARY_SENSORS: Final = (
    LocalVppBinarySensorEntityDescription(
        key="coordinator",
        translation_key="coordinator",
        part=Part.FLAT,
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        value_fn=lambda state: state.link.state is LinkState.ONLINE,
    ),
    LocalVppBinarySensorEntityDescription(
        key="outage",
        translation_key="outage",
        part=Part.FLAT,
        blackout=True,
        device_class=BinarySensorDeviceClass.PROBLEM,
        value_fn=of_blackout(outage),
    ),
    LocalVppBinarySensorEntityDescription(
        key="living_room",
        translation_key="living_room",
        part=Part.FLAT,
        blackout=True,
        device_class=BinarySensorDeviceClass.POWER,
        value_fn=of_blackout(lambda state: state.lit),
    ),
    LocalVppBinarySensorEntityDescription(
        key="warned",
        translation_key="warned",
        part=Part.FLAT,
        blackout=True,
        value_fn=of_blackout(lambda state: state.warned),
    ),
    LocalVppBinarySensorEntityDescription(
        key="locked",
        translation_key="locked",
        part=Part.FLAT,
        blackout=True,
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=BinarySensorDeviceClass.PROBLEM,
        value_fn=of_blackout(lambda state: state.fault is not None),
    ),
    LocalVppBinarySensorEntityDescription(
        key="grid",
        translation_key="grid",
        part=Part.INVERTER,
        # Off means that the inverter itself says it is cut off from the grid; that its power is zero says nothing.
        device_class=BinarySensorDeviceClass.POWER,
        value_fn=lambda state: None if state.inverter is None else state.inverter.grid_connected,
    ),
    LocalVppBinarySensorEntityDescription(
        key="anomaly",
        translation_key="anomaly",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=BinarySensorDeviceClass.PROBLEM,
        # Why, a repair issue tells.
        value_fn=lambda state: None if state.life is None else bool(state.life.anomalies),
    ),
    LocalVppBinarySensorEntityDescription(
        key="closed",
        translation_key="relay_closed",
        part=Part.RELAY,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda state: None if state.relay is None else state.relay.closed,
    ),
    LocalVppBinarySensorEntityDescription(
        key="energised",
        translation_key="relay_energised",
        part=Part.RELAY,
        device_class=BinarySensorDeviceClass.POWER,
        value_fn=lambda state: None if state.relay is None else state.relay.energised,
    ),
    LocalVppBinarySensorEntityDescription(
        key="closed",
        translation_key="relay_closed",
        part=Part.ISLAND_RELAY,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda state: None if state.island_relay is None else state.island_relay.closed,
    ),
    LocalVppBinarySensorEntityDescription(
        key="plugged",
        part=Part.CHARGER,
        device_class=BinarySensorDeviceClass.PLUG,
        value_fn=plugged,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: LocalVppConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the binary sensors of a flat and of the devices it has."""
    for part in entry.runtime_data.device_ids:
        subentry = subentry_of(entry, part)
        async_add_entities(
            (
                LocalVppBinarySensorEntity(entry, part, description)
                for description in BINARY_SENSORS
                if is_shown(entry, part, description)
            ),
            config_subentry_id=None if subentry is None else subentry.subentry_id,
        )


class LocalVppBinarySensorEntity(LocalVppEntity[bool | None], BinarySensorEntity):
    """A binary sensor of a flat."""

    entity_description: LocalVppBinarySensorEntityDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it is on in the newest state; None when that is unknown."""
        return self._value
