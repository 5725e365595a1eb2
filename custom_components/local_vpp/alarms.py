"""What a resident has to know at once: a notification beside the repair issue, in the same words."""

from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN

# An issue that can be fixed has its text in the first step of its flow.
_TEXTS: Final = ("description", "fix_flow.step.confirm.description")


async def async_common(hass: HomeAssistant, key: str) -> str:
    """Return a text that several places share, in the language of Home Assistant."""
    texts = await async_get_translations(hass, hass.config.language, "common", {DOMAIN})
    return texts[f"component.{DOMAIN}.common.{key}"]


async def async_notify(hass: HomeAssistant, issue_id: str, key: str, placeholders: dict[str, str]) -> None:
    """Show an issue as a notification, too, until the resident dismisses it."""
    texts = await async_get_translations(hass, hass.config.language, "issues", {DOMAIN})
    issue = f"component.{DOMAIN}.issues.{key}"
    description = next(texts[f"{issue}.{each}"] for each in _TEXTS if f"{issue}.{each}" in texts)
    persistent_notification.async_create(
        hass,
        description.format(**placeholders),
        title=texts[f"{issue}.title"].format(**placeholders),
        notification_id=f"{DOMAIN}_{issue_id}",
    )
