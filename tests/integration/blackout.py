"""What the tests of a blackout share: how a flat is set up for one."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.const import CONF_BLACKOUT

FORM: Final[dict[str, dict[str, Any]]] = {
    "circuit": {"wiring": "autonomous", "sources": ["inverter"]},
    "grid": {"hertz": "60", "nominal_v": "100", "hold_s": 300},
    "reserve": {"usual_percent": 30, "warned_percent": 100, "warnings": []},
    "people": {"people": [], "attended": False, "medical": False, "overdue_days": 180},
}
"""The form of the options, as a resident fills it in."""


def form(**changes: Any) -> dict[str, dict[str, Any]]:
    """Return the form with other values in it."""
    parts = {"watchdog_s": "circuit", "living_rated_w": "people"}
    parts |= {name: part for part, fields in FORM.items() for name in fields}
    filled = {part: dict(fields) for part, fields in FORM.items()}
    for name, value in changes.items():
        filled[parts[name]][name] = value
    return filled


def options(**changes: Any) -> dict[str, dict[str, Any]]:
    """Return an entry's options as the form would have left them."""
    return {CONF_BLACKOUT: {key: value for part in form(**changes).values() for key, value in part.items()}}


async def asked(hass: HomeAssistant, entry: MockConfigEntry, filled: dict[str, dict[str, Any]]) -> Any:
    """Fill in the form."""
    flow = await opened(hass, entry)
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "blackout")
    return await hass.config_entries.options.async_configure(flow["flow_id"], filled)


async def opened(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Open the form."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert (flow["type"], flow["step_id"]) == (FlowResultType.MENU, "init")
    return await hass.config_entries.options.async_configure(flow["flow_id"], {"next_step_id": "blackout"})
