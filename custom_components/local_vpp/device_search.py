"""How a device is found in a form: host and port are asked for, what answers there is offered, and a resident chooses.

Steps for the flows that add a device: that of a flat, which begins with its meter, and those of its further devices.
What is chosen is probed as what is entered by hand, which stays possible.
"""

from abc import abstractmethod
import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowHandler
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import probatio

from .const import CONF_CANDIDATE, CONF_MAP, CONF_UNIT_ID, DEFAULT_PORT, DeviceKind
from .devices import MAP_CLASSES, async_search
from .lib.localvpp.devices import Candidate, LinkFound, Progress

FIND: Final = "find"
"""The first step, as a menu names it."""

_FIND_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_HOST): TextSelector(),
        probatio.Required(CONF_PORT, default=DEFAULT_PORT): probatio.All(
            NumberSelector(NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)),
            probatio.Coerce(int),
        ),
    }
)


class SearchSteps(FlowHandler[Any, Any, Any]):
    """The steps of a search, in the flow of a device."""

    _place: Mapping[str, Any] | None = None
    """Host and port that are searched."""
    _search: asyncio.Task[tuple[LinkFound, tuple[tuple[str, str], ...]]] | None = None
    _candidates: Mapping[str, Candidate]
    """What was found, by the values of the form's choice, the likeliest first."""

    @property
    @abstractmethod
    def _searched(self) -> DeviceKind:
        """The kind of device that is searched for."""

    @abstractmethod
    async def _async_chosen(self, user_input: dict[str, Any]) -> Any:
        """Go on as if a resident had typed this into the form of a device on the network."""

    async def async_step_find(self, user_input: dict[str, Any] | None = None) -> Any:
        """Ask where the device is to be searched."""
        if user_input is None:
            return self._show_find()
        # One connection is shared per host and port, so spelling matters.
        self._place = {**user_input, CONF_HOST: user_input[CONF_HOST].strip().lower()}
        return await self.async_step_search()

    async def async_step_search(self, user_input: dict[str, Any] | None = None) -> Any:
        """Search, and show how far it is."""
        place = self._place
        if TYPE_CHECKING:
            # It was asked for before.
            assert place is not None
        if self._search is None:
            self._search = self.hass.async_create_task(
                async_search(self.hass, place[CONF_HOST], place[CONF_PORT], self._tell), "search for a device"
            )
        if not self._search.done():
            return self.async_show_progress(
                step_id="search",
                progress_action="search",
                description_placeholders={"host": place[CONF_HOST], "port": str(place[CONF_PORT])},
                progress_task=self._search,
            )
        return self.async_show_progress_done(next_step_id="found")

    async def async_step_found(self, user_input: dict[str, Any] | None = None) -> Any:
        """Let the resident choose among what was found; nothing is taken unasked, be it the only one."""
        if user_input is not None:
            chosen = self._candidates[user_input[CONF_CANDIDATE]]
            return await self._async_chosen({**(self._place or {}), CONF_UNIT_ID: chosen.unit, CONF_MAP: chosen.family})
        search, self._search = self._search, None
        if TYPE_CHECKING:
            # The search leads here.
            assert search is not None
        try:
            found, switches = search.result()
        except HomeAssistantError as error:
            return self._show_find("link_settings_in_use", str(error))
        likely = [
            candidate
            for unit in found.units
            for candidate in unit.candidates
            # A subentry cannot hold unit 0, which is a broadcast behind a gateway.
            if candidate.device_class is MAP_CLASSES[self._searched] and candidate.unit
        ]
        likely.sort(key=lambda candidate: not candidate.fits)
        self._candidates = {f"{candidate.unit} {candidate.family}": candidate for candidate in likely}
        if not found.units:
            told = " ".join(f"{maker}: {switch}." for maker, switch in switches)
            return self._show_find("nothing_answers", f"{found.reason} {told}".strip())
        if not likely:
            return self._show_find("nothing_fits", ", ".join(str(unit.unit) for unit in found.units))
        options = [
            SelectOptionDict(
                value=value,
                label=f"{each.name} · {each.unit} · {each.plausible}/{each.asked}{'' if each.fits else ' ?'}",
            )
            for value, each in self._candidates.items()
        ]
        choice = SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST))
        return self.async_show_form(
            step_id="found",
            data_schema=probatio.Schema({probatio.Required(CONF_CANDIDATE, default=options[0]["value"]): choice}),
            last_step=True,
        )

    @callback
    def _tell(self, progress: Progress) -> None:
        self.async_update_progress(progress.share)

    def _show_find(self, error: str = "", reason: str = "") -> Any:
        return self.async_show_form(
            step_id=FIND,
            data_schema=self.add_suggested_values_to_schema(_FIND_SCHEMA, self._place),
            errors={"base": error} if error else {},
            description_placeholders={"reason": reason},
            last_step=False,
        )
