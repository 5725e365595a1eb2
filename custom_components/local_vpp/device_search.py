"""How a device is found in a form: a place is asked for, what answers there is offered, and a resident chooses.

A place is a host and a port, with frames of Modbus TCP or those of a serial line, or a serial port. Steps for the flows
that add a device: that of a flat, which begins with its meter, and those of its further devices. What is chosen is
probed as what is entered by hand, which stays possible.
"""

from abc import abstractmethod
import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT, CONF_TYPE
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
    SerialPortSelector,
    TextSelector,
)
import probatio

from .const import (
    CONF_CANDIDATE,
    CONF_MAP,
    CONF_UNIT_ID,
    DEFAULT_PORT,
    TYPE_RTU_TCP,
    TYPE_RTU_UDP,
    TYPE_SERIAL,
    TYPE_TCP,
    DeviceKind,
)
from .devices import MAP_CLASSES
from .lib.localvpp.devices import Candidate
from .searching import Searched, async_search, place_of

FIND: Final = "find"
"""The first step, as a menu names it; the form of a kind of link has its name after this one."""

_PORT: Final = probatio.All(
    NumberSelector(NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)), probatio.Coerce(int)
)
# What a gateway has for the frames of its line is its own affair: there is no usual port.
_PASSED_ON: Final = probatio.Schema({probatio.Required(CONF_HOST): TextSelector(), probatio.Required(CONF_PORT): _PORT})
FOUND_BY: Final = {
    TYPE_TCP: probatio.Schema(
        {
            probatio.Required(CONF_HOST): TextSelector(),
            probatio.Required(CONF_PORT, default=DEFAULT_PORT): _PORT,
        }
    ),
    TYPE_RTU_TCP: _PASSED_ON,
    TYPE_RTU_UDP: _PASSED_ON,
    TYPE_SERIAL: probatio.Schema({probatio.Required(CONF_DEVICE): SerialPortSelector()}),
}
"""What is asked of each kind of link that is searched."""


class SearchSteps(FlowHandler[Any, Any, Any]):
    """The steps of a search, in the flow of a device. Who closes the dialog ends it: the flow's task is cancelled."""

    _place: Mapping[str, Any] | None = None
    """What is searched: a link's type, and what its form has asked for."""
    _search: asyncio.Task[Searched] | None = None
    _settings: Mapping[str, Any]
    """Of the link where something was found."""
    _candidates: Mapping[str, Candidate]
    """What was found, by the values of the form's choice, the likeliest first."""

    @property
    @abstractmethod
    def _searched(self) -> DeviceKind:
        """The kind of device that is searched for."""

    @abstractmethod
    async def _async_chosen(self, link_type: str, user_input: dict[str, Any]) -> Any:
        """Go on as if a resident had typed this into the form of a device on such a link."""

    async def async_step_find(self, user_input: dict[str, Any] | None = None) -> Any:
        """Ask what kind of link is to be searched."""
        return self.async_show_menu(step_id=FIND, menu_options=[f"{FIND}_{link_type}" for link_type in FOUND_BY])

    async def async_step_find_tcp(self, user_input: dict[str, Any] | None = None) -> Any:
        """Ask for the address of a device, or of a gateway, that speaks Modbus TCP."""
        return await self._async_find(TYPE_TCP, user_input)

    async def async_step_find_rtu_tcp(self, user_input: dict[str, Any] | None = None) -> Any:
        """Ask for the address of a gateway that passes the frames of its serial line on."""
        return await self._async_find(TYPE_RTU_TCP, user_input)

    async def async_step_find_rtu_udp(self, user_input: dict[str, Any] | None = None) -> Any:
        """Ask for the address of a module that takes the frames of a serial line as datagrams."""
        return await self._async_find(TYPE_RTU_UDP, user_input)

    async def async_step_find_serial(self, user_input: dict[str, Any] | None = None) -> Any:
        """Ask for a serial port."""
        return await self._async_find(TYPE_SERIAL, user_input)

    async def _async_find(self, link_type: str, user_input: dict[str, Any] | None) -> Any:
        if user_input is None:
            return self._show_find(link_type)
        self._place = {CONF_TYPE: link_type, **user_input}
        if CONF_HOST in user_input:
            # One connection is shared per host and port, so spelling matters.
            self._place[CONF_HOST] = user_input[CONF_HOST].strip().lower()
        return await self.async_step_search()

    async def async_step_search(self, user_input: dict[str, Any] | None = None) -> Any:
        """Search, and show how far it is."""
        place = self._known_place
        if self._search is None:
            self._search = self.hass.async_create_task(
                async_search(self.hass, self._searched, place, self._tell), "search for a device"
            )
        if not self._search.done():
            return self.async_show_progress(
                step_id="search",
                progress_action="search",
                description_placeholders={"place": place_of(place)},
                progress_task=self._search,
            )
        return self.async_show_progress_done(next_step_id="found")

    async def async_step_found(self, user_input: dict[str, Any] | None = None) -> Any:
        """Let the resident choose among what was found; nothing is taken unasked, be it the only one."""
        if user_input is not None:
            chosen = self._candidates[user_input[CONF_CANDIDATE]]
            settings = {key: value for key, value in self._settings.items() if key != CONF_TYPE}
            return await self._async_chosen(
                self._settings[CONF_TYPE], {**settings, CONF_UNIT_ID: chosen.unit, CONF_MAP: chosen.family}
            )
        link_type = self._known_place[CONF_TYPE]
        search, self._search = self._search, None
        if TYPE_CHECKING:
            # The search leads here.
            assert search is not None
        try:
            searched = search.result()
        except HomeAssistantError as error:
            return self._show_find(link_type, "link_settings_in_use", str(error))
        self._settings = searched.settings
        self._candidates = self._likely(searched)
        if not searched.found.units:
            makers = " ".join(f"{maker}: {switch}." for maker, switch in searched.switches)
            tried = "; ".join(searched.tried)
            return self._show_find(link_type, "nothing_answers", f"{searched.found.reason} ({tried}) {makers}".strip())
        if not self._candidates:
            units = ", ".join(str(unit.unit) for unit in searched.found.units)
            return self._show_find(link_type, "nothing_fits", units)
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
            description_placeholders={"place": searched.place},
            last_step=True,
        )

    def _likely(self, searched: Searched) -> dict[str, Candidate]:
        """Return what may be of the kind that is searched for, by the values of the form's choice."""
        likely = [
            candidate
            for unit in searched.found.units
            for candidate in unit.candidates
            if candidate.device_class is MAP_CLASSES[self._searched]
        ]
        likely.sort(key=lambda candidate: not candidate.fits)
        return {f"{candidate.unit} {candidate.family}": candidate for candidate in likely}

    @property
    def _known_place(self) -> Mapping[str, Any]:
        if TYPE_CHECKING:
            # It was asked for before.
            assert self._place is not None
        return self._place

    @callback
    def _tell(self, share: float) -> None:
        self.async_update_progress(share)

    def _show_find(self, link_type: str, error: str = "", reason: str = "") -> Any:
        return self.async_show_form(
            step_id=f"{FIND}_{link_type}",
            data_schema=self.add_suggested_values_to_schema(FOUND_BY[link_type], self._place),
            errors={"base": error} if error else {},
            description_placeholders={"reason": reason},
            last_step=False,
        )
