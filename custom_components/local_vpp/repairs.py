"""Repairs of the Local VPP integration.

Only one issue is for the resident to close: evidence against the coordinator, once the building manager was told.
"""

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Let the resident confirm that the evidence was passed on."""
    return ConfirmRepairFlow()
