"""Repairs of the Local VPP integration.

Two issues are for the resident to close: evidence against the coordinator, once the building manager was told, and what
a restored backup has cost, once it was read.
"""

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Let the resident confirm that the evidence was passed on, or that the notice was read."""
    return ConfirmRepairFlow()
