"""Actions of other integrations, of which nobody knows what they raise.

Home Assistant hands on whatever the integration behind a switch or a telephone raises. In an outage that is anything:
a plug without power, a cloud without a line. So such an action is a task of its own, and how it ended is looked at.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant


async def async_act(
    hass: HomeAssistant, domain: str, action: str, data: Mapping[str, Any], *, within_s: float | None = None
) -> str | None:
    """Run an action to its end; return why it failed, None if it did not."""
    task = hass.async_create_task(
        hass.services.async_call(domain, action, dict(data), blocking=True), f"{domain}.{action}"
    )
    try:
        done, _ = await asyncio.wait({task}, timeout=within_s)
    finally:
        task.cancel()
    if not done:
        return f"no answer within {within_s:g} s"
    error = asyncio.CancelledError("it was broken off") if task.cancelled() else task.exception()
    return None if error is None else str(error) or type(error).__name__
