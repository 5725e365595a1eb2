"""Buttons of a blackout: a rehearsal in which nothing moves, the way back, and that somebody has seen it.

A button is pressed by a finger that slips, too, and nothing asks again. So none of them takes the living room off the
grid, and none lets commands begin again after a fault: those are actions with a confirmation (`services`), and the
fault's repair.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import Part
from .coordinator import LocalVppConfigEntry
from .entity import LocalVppEntity, LocalVppEntityDescription, is_shown
from .lib.localvpp.islanding import Asked
from .lib.localvpp.islanding.report import Level
from .services import async_start_drill, async_who, blackout_of

# One after the other: what a press asks for is answered before the next one asks.
PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class LocalVppButtonEntityDescription(LocalVppEntityDescription[None], ButtonEntityDescription):
    """A button, and what happens when somebody presses it."""

    press_fn: Callable[[HomeAssistant, LocalVppConfigEntry, str], Awaitable[None]]


async def _rehearse(hass: HomeAssistant, entry: LocalVppConfigEntry, who: str) -> None:
    await async_start_drill(hass, entry, Level.TELEMETRY, None, by=who, confirmed=False)


async def _return(hass: HomeAssistant, entry: LocalVppConfigEntry, who: str) -> None:
    blackout_of(entry).ask(Asked.RETURN)


async def _seen(hass: HomeAssistant, entry: LocalVppConfigEntry, who: str) -> None:
    blackout_of(entry).acknowledge(who)


BUTTONS: Final = (
    LocalVppButtonEntityDescription(
        key="rehearse",
        translation_key="rehearse",
        part=Part.FLAT,
        blackout=True,
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda _: None,
        press_fn=_rehearse,
    ),
    LocalVppButtonEntityDescription(
        key="return",
        translation_key="return",
        part=Part.FLAT,
        blackout=True,
        value_fn=lambda _: None,
        press_fn=_return,
    ),
    LocalVppButtonEntityDescription(
        key="seen",
        translation_key="seen",
        part=Part.FLAT,
        blackout=True,
        value_fn=lambda _: None,
        press_fn=_seen,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: LocalVppConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the buttons of a flat."""
    async_add_entities(LocalVppButton(entry, each) for each in BUTTONS if is_shown(entry, Part.FLAT, each))


class LocalVppButton(LocalVppEntity[None], ButtonEntity):
    """A button of a flat."""

    entity_description: LocalVppButtonEntityDescription

    def __init__(self, entry: LocalVppConfigEntry, description: LocalVppButtonEntityDescription) -> None:
        """Act for one flat."""
        super().__init__(entry, Part.FLAT, description)
        self._entry = entry

    @override
    async def async_press(self) -> None:
        """Do it, in the name of whoever pressed."""
        who = await async_who(self.hass, self._context)
        await self.entity_description.press_fn(self.hass, self._entry, who)
