"""What happens in a blackout, as events: each notice that people are told is one."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription, EventExtraStoredData
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import Part
from .coordinator import LocalVppConfigEntry
from .entity import LocalVppEntity, LocalVppEntityDescription, is_shown
from .lib.localvpp.blackout import Told
from .lib.localvpp.islanding import Notice

# Entities only show what the agent pushes.
PARALLEL_UPDATES = 0

ATTR_NUMBER: Final = "number"
ATTR_DETAIL: Final = "detail"


@dataclass(frozen=True, kw_only=True)
class LocalVppEventEntityDescription(LocalVppEntityDescription[None], EventEntityDescription):
    """An event."""


EVENTS: Final = (
    LocalVppEventEntityDescription(
        key="notice",
        translation_key="notice",
        part=Part.FLAT,
        blackout=True,
        event_types=[notice.value for notice in Notice],
        value_fn=lambda _: None,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: LocalVppConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the events of a flat."""
    async_add_entities(NoticeEvent(entry, Part.FLAT, each) for each in EVENTS if is_shown(entry, Part.FLAT, each))


class NoticeEvent(LocalVppEntity[None], EventEntity):
    """The notices of one flat."""

    entity_description: LocalVppEventEntityDescription
    _unrecorded_attributes = frozenset({ATTR_DETAIL})
    _last: int | None = None
    """The number of what was shown last before this start."""

    @override
    async def async_added_to_hass(self) -> None:
        """Show each notice from now on, and those that were told while nothing showed them."""
        await super().async_added_to_hass()
        if (blackout := self.coordinator.flat.blackout) is None:
            return
        self.async_on_remove(blackout.subscribe(self._async_told))
        before = await self.async_get_last_event_data()
        if before is not None and (last := (before.last_event_attributes or {}).get(ATTR_NUMBER)) is not None:
            self._last = last
            for told in blackout.state.told:
                # What was told before the last number could be read is new, too.
                if told.number < 0 or told.number > last:
                    self._async_told(told)

    @property
    @override
    def extra_restore_state_data(self) -> EventExtraStoredData:
        """What is kept over a restart: with the number that the notice has got, so that none is an event twice."""
        kept, blackout = super().extra_restore_state_data, self.coordinator.flat.blackout
        shown = kept.last_event_attributes
        if blackout is None or shown is None or (number := shown.get(ATTR_NUMBER)) is None:
            return kept
        # As long as that is not known, what is new after the restart is what is newer than before.
        known = blackout.number_of(number)
        return EventExtraStoredData(
            kept.last_event_type, {**shown, ATTR_NUMBER: self._last if known is None else known}
        )

    @callback
    def _async_told(self, told: Told) -> None:
        self._trigger_event(told.notice, {ATTR_NUMBER: told.number, ATTR_DETAIL: told.detail})
        self.async_write_ha_state()
