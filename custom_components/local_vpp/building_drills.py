"""A drill that the building has announced: residents see it, and say that they have.

It is shown as a repair issue whose form is the answer to the building's roll-call, beside a notification: also where a
flat looks after no blackouts of its own.
"""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .alarms import async_dismiss, async_notify
from .const import DOMAIN
from .coordinator import LocalVppCoordinator, issue_id
from .lib.localvpp.blackout.calls import BuildingDrill
from .lib.localvpp.flat import FlatState

DRILL_ISSUE: Final = "building_drill"


class BuildingDrills:
    """Shows the drills that one flat's building announces."""

    def __init__(self, hass: HomeAssistant, coordinator: LocalVppCoordinator) -> None:
        self._hass = hass
        self._entry = coordinator.config_entry
        self._flat = coordinator.flat
        self._issue = issue_id(DRILL_ISSUE, self._entry)
        self._shown: BuildingDrill | None = None

    @callback
    def start(self) -> None:
        """Listen until the entry is unloaded."""
        self._entry.async_on_unload(self._flat.subscribe(self._async_state_changed))
        self._entry.async_on_unload(self._async_forget)

    @callback
    def _async_state_changed(self, state: FlatState) -> None:
        drill = state.building_drill
        if drill is not None and drill.acknowledged_by is not None:
            drill = None
        if drill == self._shown:
            return
        self._shown = drill
        if drill is None:
            self._async_forget()
            return
        placeholders = {"name": self._entry.title, "begin": _said(drill.from_ms), "end": _said(drill.until_ms)}
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue,
            data={"entry_id": self._entry.entry_id, "drill": drill.drill},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=DRILL_ISSUE,
            translation_placeholders=placeholders,
        )
        self._entry.async_create_task(
            self._hass, async_notify(self._hass, self._issue, DRILL_ISSUE, placeholders), f"{DOMAIN} notification"
        )

    @callback
    def _async_forget(self) -> None:
        ir.async_delete_issue(self._hass, DOMAIN, self._issue)
        async_dismiss(self._hass, self._issue)


def _said(time_ms: int) -> str:
    """Return a time of the building's as the resident's clock shows it."""
    return dt_util.as_local(dt_util.utc_from_timestamp(time_ms / 1000)).strftime("%Y-%m-%d %H:%M")
