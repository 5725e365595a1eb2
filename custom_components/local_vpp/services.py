"""The actions of a flat: a drill, an island that a person asks for, the return, and what a drill has shown.

Home Assistant asks for no confirmation when a button is pressed or an action runs. So whatever takes the living room
off the grid, or lets commands begin again after a fault, is an action with a field `confirm` that has to be true, and
no button. To return to the grid needs none: it is what the flat does by itself anyway, under the same guards, and
whoever stands in the dark should not have to look for a field.
"""

from collections.abc import Callable
import json
from typing import Any, Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import Context, HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry, async_register_admin_service
import probatio

from .alarms import async_common
from .const import DOMAIN
from .coordinator import LocalVppConfigEntry
from .lib.localvpp.blackout import Blackout, DrillWish
from .lib.localvpp.islanding import Asked, Refusal
from .lib.localvpp.islanding.report import Level
from .lib.localvpp.store import StoreError

ATTR_CONFIRM: Final = "confirm"
ATTR_LENGTH: Final = "length"
ATTR_LEVEL: Final = "level"
ATTR_WORDS: Final = "words"

LEVELS: Final = tuple(level for level in Level if level is not Level.BUILDING)
"""A building's drill is asked for by the building."""
STILL: Final = frozenset({Level.PAPER, Level.TELEMETRY})
"""No contact moves in these."""
LENGTH_S: Final = {Level.PAPER: 60, Level.TELEMETRY: 60, Level.QUICK: 300, Level.LOAD: 1800, Level.DEEP: 3600}
"""How long each takes where nothing else is said."""
_SHORTEST_S: Final = 10
_LONGEST_S: Final = 3600

ENTRY: Final = probatio.Schema({probatio.Required(ATTR_CONFIG_ENTRY_ID): cv.string})
_CONFIRMED: Final = ENTRY.extend({probatio.Required(ATTR_CONFIRM): cv.boolean})
_DRILL: Final = ENTRY.extend(
    {
        probatio.Required(ATTR_LEVEL): probatio.All(probatio.In([level.value for level in LEVELS]), Level),
        probatio.Optional(ATTR_LENGTH): probatio.All(
            cv.positive_time_period, lambda length: length.total_seconds(), probatio.Range(_SHORTEST_S, _LONGEST_S)
        ),
        probatio.Optional(ATTR_CONFIRM, default=False): cv.boolean,
    }
)


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register the actions of all flats."""

    async def start_drill(call: ServiceCall) -> None:
        entry = entry_of(hass, call)
        level: Level = call.data[ATTR_LEVEL]
        if level not in STILL:
            _confirmed(call)
        by, confirmed = await async_who(hass, call.context), call.data[ATTR_CONFIRM]
        await async_start_drill(hass, entry, level, call.data.get(ATTR_LENGTH), by=by, confirmed=confirmed)

    async def go_off_grid(call: ServiceCall) -> None:
        entry = entry_of(hass, call)
        _confirmed(call)
        blackout = blackout_of(entry)
        if refused := blackout.island_refusals():
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="island_refused",
                translation_placeholders={"reasons": await _async_said(hass, refused)},
            )
        blackout.ask(Asked.ISLAND)

    async def return_to_grid(call: ServiceCall) -> None:
        blackout_of(entry_of(hass, call)).ask(Asked.RETURN)

    async def acknowledge(call: ServiceCall) -> None:
        entry = entry_of(hass, call)
        blackout = blackout_of(entry)
        if blackout.state.fault is not None:
            await _async_administrator(hass, call)
            _confirmed(call)
            blackout.ask(Asked.ACKNOWLEDGE)
        blackout.acknowledge(await async_who(hass, call.context))

    async def decline_building_drills(call: ServiceCall) -> None:
        drills = entry_of(hass, call).runtime_data.coordinator.flat.drills
        try:
            await drills.decline(call.data.get(ATTR_WORDS))
        except StoreError as error:
            raise not_kept(error) from error
        except ValueError as error:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="words_refused",
                translation_placeholders={"reason": str(error)},
            ) from error

    async def get_drill_report(call: ServiceCall) -> ServiceResponse:
        document = await async_last_report(entry_of(hass, call))
        report: dict[str, Any] = json.loads(document)
        return {"report": report}

    handlers: dict[str, tuple[Callable[[ServiceCall], Any], probatio.Schema]] = {
        "start_drill": (start_drill, _DRILL),
        "go_off_grid": (go_off_grid, _CONFIRMED),
    }
    for name, (handler, schema) in handlers.items():
        async_register_admin_service(hass, DOMAIN, name, handler, schema=schema)
    # Whoever lives there may end it and say that it was seen, and need not be an administrator for that. To let
    # commands begin again after a fault is another thing (`acknowledge`).
    hass.services.async_register(DOMAIN, "return_to_grid", return_to_grid, schema=ENTRY)
    acknowledging = ENTRY.extend({probatio.Optional(ATTR_CONFIRM, default=False): cv.boolean})
    hass.services.async_register(DOMAIN, "acknowledge", acknowledge, schema=acknowledging)
    declining = ENTRY.extend({probatio.Optional(ATTR_WORDS): cv.string})
    hass.services.async_register(DOMAIN, "decline_building_drills", decline_building_drills, schema=declining)
    hass.services.async_register(
        DOMAIN, "get_drill_report", get_drill_report, schema=ENTRY, supports_response=SupportsResponse.ONLY
    )


async def async_start_drill(
    hass: HomeAssistant, entry: LocalVppConfigEntry, level: Level, length_s: float | None, *, by: str, confirmed: bool
) -> None:
    """Begin a drill. Raises ServiceValidationError with every reason that speaks against it."""
    wish = DrillWish(
        level=level,
        length_s=float(LENGTH_S[level] if length_s is None else length_s),
        by=by,
        call=None,
        confirmed=confirmed,
    )
    if refused := blackout_of(entry).drill(wish):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="drill_refused",
            translation_placeholders={"reasons": await _async_said(hass, refused)},
        )


async def _async_said(hass: HomeAssistant, refused: tuple[Refusal, ...]) -> str:
    """Return reasons in words."""
    return " / ".join([await async_common(hass, f"refusal_{reason}") for reason in refused])


def blackout_of(entry: LocalVppConfigEntry) -> Blackout:
    """Return a flat's blackout logic. Raises ServiceValidationError where nothing of a blackout is looked after."""
    if (blackout := entry.runtime_data.coordinator.flat.blackout) is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_blackout")
    return blackout


async def async_last_report(entry: LocalVppConfigEntry) -> bytes:
    """Return the newest drill's document, as it was signed.

    Raises ServiceValidationError when there is none, HomeAssistantError when it cannot be read.
    """
    blackout = blackout_of(entry)
    last = blackout.state.last_drill
    try:
        document = None if last is None else await blackout.report(last.report)
    except StoreError as error:
        raise not_kept(error) from error
    if document is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_drill")
    return document


async def async_who(hass: HomeAssistant, context: Context | None) -> str:
    """Return the name of the person behind a call; that of Home Assistant for an automation's."""
    user = None if context is None or context.user_id is None else await hass.auth.async_get_user(context.user_id)
    return "Home Assistant" if user is None or user.name is None else user.name


def entry_of(hass: HomeAssistant, call: ServiceCall) -> LocalVppConfigEntry:
    """Return the flat that a call is about. Raises ServiceValidationError where it is none, or is not set up."""
    entry: LocalVppConfigEntry = async_get_config_entry(hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY_ID])
    return entry


async def _async_administrator(hass: HomeAssistant, call: ServiceCall) -> None:
    """Want what the repair of a fault wants, too: whoever lets commands begin again is an administrator."""
    if call.context.user_id is None:
        return
    user = await hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    if not user.is_admin:
        raise Unauthorized(context=call.context)


def not_kept(error: StoreError) -> HomeAssistantError:
    """Return what says that the flat's database fails."""
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key="database", translation_placeholders={"error": str(error)}
    )


def _confirmed(call: ServiceCall) -> None:
    if not call.data[ATTR_CONFIRM]:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_confirmed")
