"""Config flow: how a flat becomes a member of its building.

The order matters. An invite is good once, so everything that can fail without it comes first: the coordinator is looked
up, the resident compares fingerprints, the meter is probed. Enrolment is the last step, and the entry exists only
after it has succeeded. The key is on disk before a coordinator is asked, and stays there until the coordinator is known
not to have enrolled it: a flat whose answer got lost asks again with the same key, in this flow or in a later one, and
the coordinator knows it again.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_URL
from homeassistant.core import callback
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
import probatio
from yarl import URL

from . import async_keys, async_membership
from .const import (
    CONF_BUILDING,
    CONF_FINGERPRINT,
    CONF_FLAT,
    CONF_INVITE,
    CONF_ORIGIN,
    DOMAIN,
    LOAD,
)
from .coordinator import LocalVppConfigEntry
from .device_flow import SUBENTRY_FLOWS, async_reload_changed
from .joining import (
    ALREADY_ENROLLED,
    async_is_known,
    async_try_enrol,
    base_url,
    building_data,
    error_key,
    membership_data,
)
from .lib.localvpp.enrol import BuildingCard, EnrolmentError, fetch_building
from .lib.localvpp.etp import Ed25519Signer, is_fingerprint, same_fingerprint
from .lib.localvpp.link import LinkState, LinkStatus
from .lib.localvpp.wire import Invite, InviteError, Membership
from .load_flow import LoadSubentryFlow
from .meter_flow import MeterSteps
from .options_flow import LocalVppOptionsFlow
from .pending import KeyNotStoredError, PendingKeys, async_forget_pending
from .proof import async_prove_building

_URL_SCHEMA: Final = probatio.Schema(
    {probatio.Required(CONF_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.URL))}
)

# The address that a form shows as an example: one of a home's network, with the coordinator's usual port.
_EXAMPLE_URL: Final = "http://192.168.1.20:8470"

_INVITE_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_INVITE): TextSelector(TextSelectorConfig(autocomplete="off")),
        probatio.Optional(CONF_FINGERPRINT): TextSelector(TextSelectorConfig(autocomplete="off")),
    }
)


def _link_of(entry: LocalVppConfigEntry) -> LinkStatus | None:
    """Return where a flat's connection stands; None when the flat is not running."""
    return entry.runtime_data.coordinator.data.link if entry.state is ConfigEntryState.LOADED else None


class LocalVppConfigFlow(ConfigFlow, MeterSteps, domain=DOMAIN):
    """Enrols a flat."""

    VERSION = 1
    MINOR_VERSION = 2

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._card: BuildingCard | None = None
        self._signer: Ed25519Signer | None = None
        self._invite: Invite | None = None
        self._fingerprint: str | None = None

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry[Any]) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flows of a flat's devices, and of the loads that a blackout sheds."""
        return {**SUBENTRY_FLOWS, LOAD: LoadSubentryFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry[Any]) -> LocalVppOptionsFlow:
        """Return the flow of what a resident decides."""
        return LocalVppOptionsFlow()

    # --- which building --------------------------------------------------------------------------

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the coordinator's address."""
        error, reason = "", ""
        if user_input is not None:
            card, error, reason = await self._async_fetch(base_url(user_input[CONF_URL]))
            if card is not None:
                self._card = card
                return await self.async_step_invite()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(_URL_SCHEMA, user_input),
            errors={"base": error} if error else {},
            description_placeholders={"example": _EXAMPLE_URL, "reason": reason},
        )

    @override
    async def async_step_zeroconf(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        """Look at a coordinator that announces itself."""
        host = f"[{discovery_info.host}]" if ":" in discovery_info.host else discovery_info.host
        told = discovery_info.properties
        own = f"{told.get('scheme') or 'http'}://{host}:{discovery_info.port}{told.get('path') or ''}"
        card, error, _ = await self._async_fetch(base_url(told.get("url") or own))
        if card is None:
            return self.async_abort(reason=error)
        # Of one building there is one discovery to offer, or to ignore, wherever it answers.
        await self.async_set_unique_id(card.key.device_id.hex())
        self._abort_if_unique_id_configured()
        if await self._async_known(card):
            return self.async_abort(reason="already_configured")
        self._card = card
        self.context["title_placeholders"] = {"name": card.name}
        return await self.async_step_zeroconf_confirm()

    async def async_step_zeroconf_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the resident confirm that this is the building."""
        card = self._known_card
        if user_input is not None:
            return await self.async_step_invite()
        self._set_confirm_only()
        return self.async_show_form(
            step_id="zeroconf_confirm",
            description_placeholders={"name": card.name, "host": URL(card.url).host or card.url},
        )

    async def _async_known(self, card: BuildingCard) -> bool:
        """Whether a flat of this building is set up already; if so, and if it lost the building, tell it the address.

        An announcement proves nothing. A flat that is connected keeps the address it has, and one that is not finds out
        in the handshake who it is speaking to. But that does not tell who listens in between, as https does: whoever
        has such an address keeps it.
        """
        entries: list[LocalVppConfigEntry] = [
            entry
            for entry in self._async_current_entries(include_ignore=False)
            if entry.data[CONF_ORIGIN] == card.origin and await async_is_known(self.hass, entry, card.key)
        ]
        for entry in entries:
            link = _link_of(entry)
            if entry.data[CONF_URL].startswith("https:"):
                continue
            if (link is None or link.state is not LinkState.ONLINE) and entry.data[CONF_URL] != card.url:
                async_reload_changed(self.hass, entry)
                self.hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_URL: card.url})
        return bool(entries)

    # --- the invite ------------------------------------------------------------------------------

    async def async_step_invite(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show both fingerprints, and ask for the invite."""
        if user_input is None:
            await self._async_take_key(None)
            return self._show_invite()
        self._invite, error = self._read_invite(user_input)
        if self._invite is not None:
            self._async_abort_entries_match({CONF_ORIGIN: self._known_card.origin, CONF_FLAT: self._invite.flat})
            if await self._async_take_key(self._invite.flat):
                # A meter that was accepted before an invite failed needs no second probe.
                return await (self._async_enrol() if self._meter is not None else self.async_step_meter())
            # Another flat's key was shown, and another flat's meter was given.
            error, self._meter = "other_key", None
        return self._show_invite(user_input, error)

    async def _async_take_key(self, flat: str | None) -> bool:
        """Choose the key to join with; return whether it is the one whose fingerprint was shown."""
        shown = self._signer
        self._signer = await self._pending_keys.async_choose(flat, shown)
        return shown is not None and shown.public == self._signer.public

    def _read_invite(self, user_input: Mapping[str, Any]) -> tuple[Invite | None, str]:
        expected = user_input.get(CONF_FINGERPRINT)
        self._fingerprint = expected or None
        if expected and not is_fingerprint(expected):
            return None, "invalid_fingerprint"
        if expected and not same_fingerprint(expected, self._known_card.key.fingerprint):
            return None, "wrong_fingerprint"
        try:
            return Invite.parse(user_input[CONF_INVITE]), ""
        except InviteError:
            return None, "invalid_invite"

    def _show_invite(
        self, user_input: Mapping[str, Any] | None = None, error: str = "", reason: str = ""
    ) -> ConfigFlowResult:
        card = self._known_card
        return self.async_show_form(
            step_id="invite",
            data_schema=self.add_suggested_values_to_schema(_INVITE_SCHEMA, user_input),
            errors={"base": error} if error else {},
            description_placeholders={
                "name": card.name,
                "origin": card.origin,
                "url": card.url,
                "fingerprint": card.key.fingerprint,
                "own_fingerprint": self._own_signer.public.fingerprint,
                "reason": reason,
            },
        )

    # --- enrolment -------------------------------------------------------------------------------

    @override
    async def _async_enrol(self) -> ConfigFlowResult:
        """Use the invite up, and create the entry."""
        card, signer, invite, meter = self._known_card, self._own_signer, self._invite, self._meter
        if TYPE_CHECKING:
            # Enrolment is the last step.
            assert invite is not None
            assert meter is not None
        device = signer.public.device_id.hex()
        await self.async_set_unique_id(device)
        self._abort_if_unique_id_configured()
        # The key is on disk before anybody relies on it.
        try:
            sent_before = await self._pending_keys.async_keep(signer, invite.flat)
        except KeyNotStoredError:
            return self._show_invite(self._typed, "key_not_stored")
        outcome = await async_try_enrol(self.hass, card, invite, signer, self._fingerprint)
        if isinstance(outcome, Membership):
            return self.async_create_entry(
                title=f"{card.name} {outcome.flat}", data=membership_data(card, outcome), subentries=[meter]
            )
        # That an invite is refused says nothing about a key that was sent before; that the flat has another key does.
        if outcome.certain and (not sent_before or outcome.code == ALREADY_ENROLLED):
            await async_forget_pending(self.hass, device)
        return self._show_invite(self._typed, error_key(outcome), str(outcome))

    @property
    def _typed(self) -> dict[str, Any]:
        """What the resident has typed of the invite."""
        typed = {CONF_INVITE: None if self._invite is None else self._invite.text, CONF_FINGERPRINT: self._fingerprint}
        return {key: value for key, value in typed.items() if value is not None}

    # --- changes of an entry ---------------------------------------------------------------------

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change the coordinator's address; it has to prove that it is the same building."""
        entry = self._get_reconfigure_entry()
        error, reason = "", ""
        if user_input is not None:
            url = base_url(user_input[CONF_URL])
            card, error, reason = await self._async_fetch(url)
            if card is not None:
                error, reason = await async_prove_building(self.hass, entry, card)
            if not error:
                async_reload_changed(self.hass, entry)
                return self.async_update_and_abort(entry, data_updates={CONF_URL: url})
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(_URL_SCHEMA, user_input or entry.data),
            errors={"base": error} if error else {},
            description_placeholders={"name": entry.data[CONF_BUILDING], "example": _EXAMPLE_URL, "reason": reason},
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Enrol anew: the coordinator refuses the flat, or shows another key than the building's."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show both fingerprints, and ask for a new invite. The flat keeps its own key, and with it its history."""
        entry = self._get_reauth_entry()
        try:
            device = async_membership(entry).device
        except ConfigEntryError:
            return self.async_abort(reason="old_membership")
        try:
            self._signer = (await async_keys(self.hass, entry)).current
        except ConfigEntryError:
            return self.async_abort(reason="no_key")
        error, reason = "", ""
        if self._card is None:
            # What was typed before the fingerprint could be compared is asked for again.
            self._card, error, reason = await self._async_fetch(entry.data[CONF_URL])
        elif user_input is not None:
            invite, error = self._read_invite(user_input)
            if self._card.origin != entry.data[CONF_ORIGIN]:
                error = "wrong_building"
            elif invite is not None and invite.flat != entry.data[CONF_FLAT]:
                error = "wrong_flat"
            elif invite is not None:
                outcome = await async_try_enrol(self.hass, self._card, invite, self._signer, self._fingerprint, device)
                if isinstance(outcome, Membership):
                    return self._enrolled_anew(entry, membership_data(self._card, outcome))
                error, reason = error_key(outcome), str(outcome)
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=self.add_suggested_values_to_schema(_INVITE_SCHEMA, user_input),
            errors={"base": error} if error else {},
            description_placeholders={
                "name": entry.data[CONF_BUILDING],
                "flat": entry.data[CONF_FLAT],
                "why": (link.reason if (link := _link_of(entry)) is not None else "") or "—",
                "url": entry.data[CONF_URL],
                "fingerprint": self._card.key.fingerprint if self._card is not None else "—",
                "own_fingerprint": self._signer.public.fingerprint,
                "reason": reason,
            },
        )

    @callback
    def _enrolled_anew(self, entry: LocalVppConfigEntry, data: Mapping[str, Any]) -> ConfigFlowResult:
        """Keep the membership, and connect again at once: a coordinator that refused is asked once a minute only."""
        # A running entry reloads itself for what has changed, and listens to nothing any more once that has begun.
        listens = bool(entry.update_listeners)
        changed = self.hass.config_entries.async_update_entry(entry, data={**entry.data, **data})
        if not (changed and listens):
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_abort(reason="reauth_successful")

    # --- what the steps share --------------------------------------------------------------------

    @property
    def _known_card(self) -> BuildingCard:
        """The building that this flow is about."""
        if TYPE_CHECKING:
            # It is looked up in the first step.
            assert self._card is not None
        return self._card

    @property
    def _own_signer(self) -> Ed25519Signer:
        """The flat's key, whose fingerprint was shown."""
        if TYPE_CHECKING:
            # It is chosen before the form with the fingerprints is shown.
            assert self._signer is not None
        return self._signer

    @property
    def _pending_keys(self) -> PendingKeys:
        """The keys that were sent to this building before."""
        card = self._known_card
        return PendingKeys(self.hass, building_data(card.origin, card.key))

    async def _async_fetch(self, url: str) -> tuple[BuildingCard | None, str, str]:
        """Look a coordinator up: return its card, or the form's error and the sentence to it."""
        try:
            return await fetch_building(async_get_clientsession(self.hass), url), "", ""
        except EnrolmentError as error:
            return None, error_key(error), str(error)
