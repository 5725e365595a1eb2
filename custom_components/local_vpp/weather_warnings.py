"""Warnings of bad weather, from whatever in Home Assistant tells them: the battery keeps more then, no drill begins.

A binary sensor, a switch, a toggle or a calendar warns while it is on. A sensor warns while it tells a number above
zero or a text that is not one of "nothing": services of Japan tell the names of the warnings in force (大雨警報). A
weather entity warns while its condition is one that breaks lines.

One warning in force is enough. One that has been unknown for a while makes it unknown whether any is, and that is taken
as a warning where charge is concerned: it harms nobody.
"""

from collections.abc import Callable, Sequence
from typing import Final

from homeassistant.const import STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN, Platform
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_call_later, async_track_state_change_event
from homeassistant.helpers.start import async_at_started

from .source import resolve

UNKNOWN_AFTER_S: Final = 900.0
"""A service that is polled each few minutes may fail twice; a battery is not charged full for that."""

_NOTHING: Final = frozenset(
    {"", "-", "0", "false", "no", "none", "off", "ok", "clear", "green", "なし", "無し", "発表なし", "解除", "平常"}
)
_BREAKS_LINES: Final = frozenset({"exceptional", "hail", "lightning", "lightning-rainy"})
_UNKNOWN: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})


def warns(state: State) -> bool | None:
    """Return whether an entity warns; None where it tells nothing."""
    if state.state in _UNKNOWN:
        return None
    match state.domain:
        case Platform.SENSOR:
            text = state.state.strip().lower()
            try:
                return float(text) > 0
            except ValueError:
                return text not in _NOTHING
        case Platform.WEATHER:
            return state.state in _BREAKS_LINES
        case _:
            return state.state == STATE_ON


class WeatherWarnings:
    """Watches the entities, and tells whether a warning is in force, and which.

    Args:
        hass: Home Assistant.
        keys: the entities, by what outlives their names.
        tell: is given whether any warns (None: nothing is known of it), and the names of those that do.
    """

    def __init__(self, hass: HomeAssistant, keys: Sequence[str], tell: Callable[[bool | None, str], None]) -> None:
        self._hass = hass
        self._keys = keys
        self._tell = tell
        self._known: dict[str, bool] = {}
        self._silent: dict[str, CALLBACK_TYPE] = {}
        self._lost: set[str] = set()
        self._names: dict[str, str] = {}
        self._end: CALLBACK_TYPE | None = None

    @callback
    def start(self) -> CALLBACK_TYPE:
        """Watch from when Home Assistant has started, for before that an entity may be yet to come."""
        ends: list[CALLBACK_TYPE] = []

        @callback
        def started(_: HomeAssistant) -> None:
            self._follow()
            ends.append(self._hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_registry_updated))

        ends.append(async_at_started(self._hass, started))

        @callback
        def stop() -> None:
            for end in (*ends, *self._silent.values()):
                end()
            self._unfollow()

        return stop

    @callback
    def _follow(self) -> None:
        """Watch the entities by the names that they have now, and look at each."""
        self._unfollow()
        names = {key: resolve(self._hass, key) for key in self._keys}
        self._names = {name: key for key, name in names.items() if name is not None}
        if self._names:
            self._end = async_track_state_change_event(self._hass, list(self._names), self._async_changed)
        for key, name in names.items():
            self._take(key, None if name is None else self._hass.states.get(name))
        self._report()

    @callback
    def _unfollow(self) -> None:
        if self._end is not None:
            self._end()
            self._end = None

    @callback
    def _async_changed(self, event: Event[EventStateChangedData]) -> None:
        self._take(self._names[event.data["entity_id"]], event.data["new_state"])
        self._report()

    @callback
    def _async_registry_updated(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Follow an entity to its new name."""
        if event.data["action"] == "update" and event.data.get("old_entity_id") in self._names:
            self._follow()

    @callback
    def _take(self, key: str, state: State | None) -> None:
        told = None if state is None else warns(state)
        if told is not None:
            self._known[key] = told
            self._lost.discard(key)
            if (cancel := self._silent.pop(key, None)) is not None:
                cancel()
        elif key not in self._silent and key not in self._lost:

            @callback
            def lost(_: object) -> None:
                self._silent.pop(key, None)
                self._known.pop(key, None)
                self._lost.add(key)
                self._report()

            self._silent[key] = async_call_later(self._hass, UNKNOWN_AFTER_S, lost)

    @callback
    def _report(self) -> None:
        active = [key for key, warned in self._known.items() if warned]
        if active:
            self._tell(True, ", ".join(self._name(key) for key in active))
        elif not self._lost:
            # An entity that has told nothing yet is waited for; what it said before it fell silent holds so long.
            self._tell(False, "")
        else:
            self._tell(None, ", ".join(self._name(key) for key in sorted(self._lost)))

    def _name(self, key: str) -> str:
        name = resolve(self._hass, key)
        state = None if name is None else self._hass.states.get(name)
        return name or key if state is None else state.name
