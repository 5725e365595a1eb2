"""What a resident decides for his flat: a copy of the building's log, a fresh key, the market, and blackouts.

The copy is larger than all the rest of Home Assistant's data, so there is none unless a folder is named, and one
outside of the configuration is better: what lies inside goes into every backup.
"""

from collections.abc import Mapping
import os
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig
import probatio

from .blackout_flow import BlackoutSteps
from .const import CONF_MIRROR, CONF_ORIGIN
from .coordinator import LocalVppConfigEntry
from .lib.localvpp.link import LinkState
from .lib.localvpp.logfolder import CHECKPOINT
from .lib.localvpp.store import StoreError
from .market_flow import MarketSteps
from .rotating import KeyNotKeptError, StillRotatingError, async_ask_for_rotation

_SCHEMA: Final = probatio.Schema({probatio.Optional(CONF_MIRROR): TextSelector(TextSelectorConfig(autocomplete="off"))})

# An example that most installations have: a folder for large files, which backups can leave out.
_EXAMPLE: Final = "/media/local_vpp"


def mirror_folder(options: Mapping[str, Any]) -> Path | None:
    """Return where a flat keeps its copy of the log; None when it keeps none."""
    return Path(options[CONF_MIRROR]) if options.get(CONF_MIRROR) else None


class LocalVppOptionsFlow(BlackoutSteps, MarketSteps):
    """Asks what is to be changed, and changes it."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what it is about."""
        return self.async_show_menu(step_id="init", menu_options=["blackout", "market", "mirror", "rotate_key"])

    async def async_step_mirror(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take a folder, or none."""
        error, reason = "", ""
        if user_input is not None:
            folder = str(user_input.get(CONF_MIRROR, "")).strip()
            if folder:
                origin = self.config_entry.data[CONF_ORIGIN]
                error, reason = await self.hass.async_add_executor_job(_problem, Path(folder), origin)
            if not error:
                others = {key: value for key, value in self.config_entry.options.items() if key != CONF_MIRROR}
                return self.async_create_entry(data={**others, CONF_MIRROR: folder} if folder else others)
        return self.async_show_form(
            step_id="mirror",
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, user_input or self.config_entry.options),
            errors={CONF_MIRROR: error} if error else {},
            description_placeholders={"example": _EXAMPLE, "reason": reason},
        )

    async def async_step_rotate_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Tell what renewing the key means, and do it."""
        entry: LocalVppConfigEntry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_running")
        coordinator, error = entry.runtime_data.coordinator, ""
        if user_input is not None:
            # The chains have met: what the key is renewed on is the end that the log has.
            if coordinator.data.link.state is not LinkState.ONLINE:
                error = "not_connected"
            else:
                device = coordinator.flat.membership.device
                try:
                    fresh = await async_ask_for_rotation(self.hass, coordinator.store, device)
                except StillRotatingError:
                    error = "still_rotating"
                except KeyNotKeptError:
                    error = "key_not_stored"
                except StoreError, ConfigEntryError:
                    return self.async_abort(reason="not_running")
                else:
                    self.hass.config_entries.async_schedule_reload(entry.entry_id)
                    return self.async_abort(
                        reason="key_renewed", description_placeholders={"fingerprint": fresh.public.fingerprint}
                    )
        return self.async_show_form(
            step_id="rotate_key",
            errors={"base": error} if error else {},
            description_placeholders={"fingerprint": coordinator.flat.fingerprint},
        )


def _problem(folder: Path, origin: str) -> tuple[str, str]:
    """Return the form's error and the sentence to it; nothing for a folder that can be written to."""
    if not folder.is_absolute():
        return "folder_relative", ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return "folder_unusable", "it may not be written to"
        checkpoint = folder / CHECKPOINT
        if checkpoint.exists():
            first, _, _ = checkpoint.read_text(encoding="utf-8", errors="replace").partition("\n")
            if first != origin:
                return "folder_other_log", first
        elif any(folder.iterdir()):
            return "folder_not_empty", ""
    except OSError as error:
        return "folder_unusable", error.strerror or str(error)
    return "", ""
