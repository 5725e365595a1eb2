"""What all entities of a flat have in common.

Identities derive from the flat's pseudonym and the serial numbers of its devices, never from an address: a device that
moves keeps its history.

An entity writes its state when there is news for it, and not each second.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import CONF_BUILDING, CONF_FLAT, DOMAIN, DeviceKind, Part
from .coordinator import LocalVppConfigEntry, LocalVppCoordinator
from .devices import battery_subentry, device_key, find_subentry, identity_of, is_adopted
from .lib.localvpp.flat import FlatState
from .lib.localvpp.rounds import FlatDevices


def _flat_id(entry: LocalVppConfigEntry) -> str:
    if TYPE_CHECKING:
        assert entry.unique_id is not None
    return entry.unique_id


def subentry_of(entry: LocalVppConfigEntry, part: Part) -> ConfigSubentry | None:
    """Return the subentry that a part belongs to; None for the flat itself."""
    if part is Part.FLAT:
        return None
    return battery_subentry(entry) if part is Part.BATTERY else find_subentry(entry, DeviceKind(part.value))


def flat_device_info(entry: LocalVppConfigEntry) -> DeviceInfo:
    """Return what is to be shown of the flat's agent."""
    return DeviceInfo(
        configuration_url=entry.data[CONF_URL],
        entry_type=DeviceEntryType.SERVICE,
        identifiers={(DOMAIN, _flat_id(entry))},
        manufacturer="Local VPP",
        model=entry.data[CONF_BUILDING],
        serial_number=_flat_id(entry),
        translation_key="flat",
        translation_placeholders={"flat": entry.data[CONF_FLAT]},
    )


def subentry_device_info(entry: LocalVppConfigEntry, subentry: ConfigSubentry, flat_id: str) -> DeviceInfo:
    """Return what is to be shown of a device, below the flat with this registry id."""
    identity = identity_of(subentry)
    return DeviceInfo(
        identifiers={(DOMAIN, f"{_flat_id(entry)}_{device_key(subentry)}")},
        manufacturer=identity.manufacturer,
        model=identity.model,
        name=subentry.title,
        serial_number=identity.serial,
        sw_version=identity.version,
        via_device_id=flat_id,
    )


def battery_device_info(entry: LocalVppConfigEntry, subentry: ConfigSubentry, inverter_id: str) -> DeviceInfo:
    """Return what is to be shown of an inverter's battery; it has no identity of its own."""
    identity = identity_of(subentry)
    return DeviceInfo(
        identifiers={(DOMAIN, f"{_flat_id(entry)}_{device_key(subentry)}_battery")},
        manufacturer=identity.manufacturer,
        model=identity.model,
        translation_key="battery",
        translation_placeholders={"inverter": subentry.title},
        via_device_id=inverter_id,
    )


@dataclass(frozen=True, kw_only=True)
class LocalVppEntityDescription[ValueT](EntityDescription):
    """An entity: which part it belongs to, and how its value follows from the flat's state."""

    part: Part
    value_fn: Callable[[FlatState], ValueT]
    adopted_only: bool = False
    """It is of devices that are made of entities of Home Assistant, and of no others."""
    exists_fn: Callable[[FlatDevices], bool] = lambda _: True
    """Whether the devices have it; asked when the flat starts, when one may not have answered yet."""
    blackout: bool = False
    """It exists only where blackouts are looked after."""
    noisy: bool = False
    """A measured value, which is another one each second: it is shown at a pace (const.MEASUREMENTS_EVERY_S)."""


def is_shown(entry: LocalVppConfigEntry, part: Part, description: LocalVppEntityDescription[Any]) -> bool:
    """Whether a part has an entity."""
    if description.part is not part or not description.exists_fn(entry.runtime_data.devices):
        return False
    if description.blackout and entry.runtime_data.coordinator.flat.blackout is None:
        return False
    subentry = subentry_of(entry, part)
    return not description.adopted_only or (subentry is not None and is_adopted(subentry))


class LocalVppEntity[ValueT](CoordinatorEntity[LocalVppCoordinator]):
    """An entity of one part of a flat."""

    entity_description: LocalVppEntityDescription[ValueT]
    _attr_has_entity_name = True

    def __init__(self, entry: LocalVppConfigEntry, part: Part, description: LocalVppEntityDescription[ValueT]) -> None:
        """Attach the entity to the part's device."""
        super().__init__(entry.runtime_data.coordinator)
        self.entity_description = description
        self._part = part
        self._written: tuple[object, ...] = ()
        subentry = subentry_of(entry, part)
        if subentry is None:
            info, prefix = flat_device_info(entry), _flat_id(entry)
        else:
            prefix = f"{_flat_id(entry)}_{device_key(subentry)}"
            ids = entry.runtime_data.device_ids
            if part is Part.BATTERY and subentry.subentry_type == DeviceKind.INVERTER:
                info = battery_device_info(entry, subentry, ids[Part.INVERTER])
                prefix += "_battery"
            else:
                info = subentry_device_info(entry, subentry, ids[Part.FLAT])
        self._attr_device_info = info
        self._attr_unique_id = f"{prefix}_{description.key}"

    @property
    @override
    def available(self) -> bool:
        """Whether the agent runs and this part's device answered in the last second.

        A device that fails takes its own entities along and no others.
        """
        return super().available and self._part.device not in self.coordinator.data.problems

    @property
    def _value(self) -> ValueT:
        """The value in the newest state; None when it is unknown."""
        return self.entity_description.value_fn(self.coordinator.data)

    def _news(self) -> tuple[object, ...]:
        """Return what is different when the state has to be written."""
        if not self.available:
            return ("unavailable",)
        value = self._value
        return ("measured", value is None, self.coordinator.beat) if self.entity_description.noisy else ("known", value)

    @override
    async def async_added_to_hass(self) -> None:
        """Begin with the state that Home Assistant is about to write by itself."""
        await super().async_added_to_hass()
        self._written = self._news()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if there is news for it."""
        if (news := self._news()) != self._written:
            self._written = news
            self.async_write_ha_state()
