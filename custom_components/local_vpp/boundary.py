"""Has adopted counters read where a slot begins, by the integration that they come from.

An entity that is polled each 10 to 60 s has a report at a slot's boundary by chance alone. What it counted there could
be guessed from the reports around it. But a record's registers are what a meter showed, and it has no way to say that
it was estimated (`etp.MeterStatus`, `etp.ErrorFlag`): where nobody has read, there is a gap. So somebody has to read.

Asked are update coordinators only, and by their own refresh. It ends when they have read, and what they tell then has
its true time. `homeassistant.update_entity` may write an old value under a new time: that of an entity that is told by
its device, that throttles itself, or whose coordinator was asked a moment before.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.update_coordinator import CoordinatorEntity, DataUpdateCoordinator

from .const import DOMAIN
from .source import Source, Sources


class BoundaryReader:
    """Looks each second whether a slot has begun, and then has the entities' coordinators read.

    Args:
        sources: where the slots' length is known.
        counters: the entities.
    """

    def __init__(self, sources: Sources, counters: Sequence[Source]) -> None:
        self._sources = sources
        self._counters = counters
        self._slot: int | None = None
        self._reading: asyncio.Task[None] | None = None

    @callback
    def look(self) -> None:
        """Have them read if a slot has begun since the last look."""
        seconds = self._sources.slot_seconds
        if seconds is None:
            return
        slot = self._sources.clock.wall_ms() // 1000 // seconds
        begun, self._slot = self._slot is not None and slot > self._slot, slot
        if begun and (self._reading is None or self._reading.done()):
            self._reading = self._sources.hass.async_create_background_task(
                self._read(), f"{DOMAIN} reads adopted counters at a slot's begin"
            )

    async def _read(self) -> None:
        hass = self._sources.hass
        found = (coordinator_of(hass, counter.entity_id) for counter in self._counters)
        # Counters of one device share its coordinator, which tells of its failures by itself.
        for coordinator in {id(each): each for each in found if each is not None}.values():
            await coordinator.async_refresh()


@callback
def coordinator_of(hass: HomeAssistant, entity_id: str) -> DataUpdateCoordinator[Any] | None:
    """Return what reads an entity's device at an interval; None of an entity that is read otherwise, or told."""
    component = hass.data.get(DATA_INSTANCES, {}).get(entity_id.partition(".")[0])
    entity = None if component is None else component.get_entity(entity_id)
    if not isinstance(entity, CoordinatorEntity) or not isinstance(entity.coordinator, DataUpdateCoordinator):
        return None
    coordinator: DataUpdateCoordinator[Any] = entity.coordinator
    return coordinator if coordinator.update_interval is not None else None
