"""Repairs of the Local VPP integration.

What a resident closes by reading it: evidence against the coordinator, once the building manager was told, and what a
restored backup has cost. And what goes on only when a person has looked: a fault of the blackout logic, a load that
brought the living room down. There the form is the confirmation that an action needs. And a drill that the building has
announced: its form is the answer to the building's roll-call.
"""

from typing import override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .coordinator import LocalVppConfigEntry
from .lib.localvpp.blackout import Blackout
from .lib.localvpp.islanding import Asked, Fault


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Let the resident confirm that the evidence was passed on, the notice was read, or the thing was looked at."""
    entry: LocalVppConfigEntry | None = None
    if data is not None and isinstance(entry_id := data.get("entry_id"), str):
        entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or data is None:
        return ConfirmRepairFlow()
    if isinstance(drill := data.get("drill"), str):
        return SeenFlow(entry, drill)
    fault, load = data.get("fault"), data.get("load")
    return LookedFlow(
        entry,
        fault=Fault(fault) if isinstance(fault, str) else None,
        load=load if isinstance(load, str) else None,
    )


class SeenFlow(ConfirmRepairFlow):
    """Shows a drill of the building, and tells the building that a resident has seen it."""

    def __init__(self, entry: LocalVppConfigEntry, drill: str) -> None:
        """Ask for one flat, about one drill."""
        self._entry = entry
        self._drill = drill

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show when it is, and take the confirmation: of what was shown, and of none that was announced since."""
        if user_input is not None and self._entry.state is ConfigEntryState.LOADED:
            drills = self._entry.runtime_data.coordinator.flat.drills
            if drills.announced is not None and drills.announced.drill == self._drill:
                drills.acknowledge("Home Assistant")
        return await super().async_step_confirm(user_input)


class LookedFlow(ConfirmRepairFlow):
    """Asks whether a person has looked at the fault, or at the load, and lets the flat go on then."""

    def __init__(self, entry: LocalVppConfigEntry, *, fault: Fault | None, load: str | None) -> None:
        """Ask for one flat, about one of the two."""
        self._entry = entry
        self._fault = fault
        self._load = load

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show what it is about, and take the confirmation: of that fault, and of none that came since."""
        if user_input is not None and (blackout := self._blackout()) is not None:
            if self._load is not None:
                blackout.forgive(self._load)
            elif blackout.state.fault is self._fault:
                blackout.ask(Asked.ACKNOWLEDGE)
        return await super().async_step_confirm(user_input)

    @callback
    def _blackout(self) -> Blackout | None:
        if self._entry.state is not ConfigEntryState.LOADED:
            return None
        return self._entry.runtime_data.coordinator.flat.blackout
