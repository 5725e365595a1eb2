"""What a resident has to know at once: a notification beside the repair issue, in the same words."""

from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN

# An issue that can be fixed has its text in the first step of its flow.
_TEXTS: Final = ("description", "fix_flow.step.confirm.description")


async def async_common(hass: HomeAssistant, key: str) -> str:
    """Return a text that several places share, in the language of Home Assistant."""
    texts = await async_get_translations(hass, hass.config.language, "common", {DOMAIN})
    return texts[f"component.{DOMAIN}.common.{key}"]


async def async_title(hass: HomeAssistant, key: str, placeholders: dict[str, str]) -> str:
    """Return what an issue is about, in the language of Home Assistant."""
    texts = await async_get_translations(hass, hass.config.language, "issues", {DOMAIN})
    return texts[f"component.{DOMAIN}.issues.{key}.title"].format(**placeholders)


async def async_notify(hass: HomeAssistant, issue_id: str, key: str, placeholders: dict[str, str]) -> None:
    """Show an issue as a notification, too, until the resident dismisses it."""
    texts = await async_get_translations(hass, hass.config.language, "issues", {DOMAIN})
    issue = f"component.{DOMAIN}.issues.{key}"
    description = next(texts[f"{issue}.{each}"] for each in _TEXTS if f"{issue}.{each}" in texts)
    persistent_notification.async_create(
        hass,
        description.format(**placeholders),
        title=texts[f"{issue}.title"].format(**placeholders),
        notification_id=_notification(issue_id),
    )


@callback
def async_dismiss(hass: HomeAssistant, issue_id: str) -> None:
    """Take an issue's notification back: there is nothing to do about it any more."""
    persistent_notification.async_dismiss(hass, _notification(issue_id))


def _notification(issue_id: str) -> str:
    return f"{DOMAIN}_{issue_id}"
