"""What the battery keeps for an outage, as the resident sets it on a dashboard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.number import NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.const import PERCENTAGE, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .blackout_settings import reserve_of
from .const import CONF_BLACKOUT, CONF_USUAL_PERCENT, Part
from .coordinator import LocalVppConfigEntry
from .entity import LocalVppEntity, LocalVppEntityDescription, is_shown

# A setting is kept before the next one is taken.
PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class LocalVppNumberEntityDescription(LocalVppEntityDescription[float | None], NumberEntityDescription):
    """A number that the resident sets."""


USUAL_RESERVE: Final = LocalVppNumberEntityDescription(
    key="usual_reserve",
    translation_key="usual_reserve",
    part=Part.FLAT,
    blackout=True,
    entity_category=EntityCategory.CONFIG,
    native_unit_of_measurement=PERCENTAGE,
    native_step=1,
    mode=NumberMode.SLIDER,
    value_fn=lambda _: None,
)
NUMBERS: Final = (USUAL_RESERVE,)


async def async_setup_entry(
    hass: HomeAssistant, entry: LocalVppConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the numbers of a flat."""
    async_add_entities(
        UsualReserveNumber(entry, Part.FLAT, each) for each in NUMBERS if is_shown(entry, Part.FLAT, each)
    )


class UsualReserveNumber(LocalVppEntity[float | None], NumberEntity):
    """What the battery keeps while no warning is in force. It stands in the entry's options, as the form's do."""

    entity_description: LocalVppNumberEntityDescription

    def __init__(self, entry: LocalVppConfigEntry, part: Part, description: LocalVppNumberEntityDescription) -> None:
        """Take the bounds from what was set up."""
        super().__init__(entry, part, description)
        self._entry = entry
        reserve = reserve_of(self._options)
        self._attr_native_min_value, self._attr_native_max_value = reserve.floor_percent, reserve.warned_percent

    @property
    def _options(self) -> Mapping[str, Any]:
        options: Mapping[str, Any] = self._entry.options[CONF_BLACKOUT]
        return options

    @property
    @override
    def native_value(self) -> float:
        """Return what is kept."""
        return float(self._options[CONF_USUAL_PERCENT])

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Keep another share; the flat goes on meanwhile."""
        changed = {**self._options, CONF_USUAL_PERCENT: round(value)}
        options = {**self._entry.options, CONF_BLACKOUT: changed}
        self.hass.config_entries.async_update_entry(self._entry, options=options)
        self.async_write_ha_state()
