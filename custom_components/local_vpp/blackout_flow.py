"""The options of a blackout: who separates the living room, what the battery keeps, who is told, what a drill needs.

Only what the devices can is offered. What breaks a safety order is refused with the reason in plain words.
"""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.const import PERCENTAGE, Platform, UnitOfPower, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import SectionConfig, section
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio

from .blackout_settings import Source, is_paired, settings_of
from .const import (
    CONF_ATTENDED,
    CONF_BLACKOUT,
    CONF_HERTZ,
    CONF_HOLD_S,
    CONF_LIVING_RATED_W,
    CONF_MEDICAL,
    CONF_NOMINAL_V,
    CONF_OVERDUE_DAYS,
    CONF_PEOPLE,
    CONF_SOURCES,
    CONF_USUAL_PERCENT,
    CONF_WARNED_PERCENT,
    CONF_WARNINGS,
    CONF_WATCHDOG_S,
    CONF_WIRING,
    DOMAIN,
)
from .coordinator import LocalVppConfigEntry
from .lib.localvpp.islanding import Grid, Supply, Wiring, grid
from .source import lasting_key, resolve

UNMANAGED: Final = "unmanaged"
"""Nothing of a blackout is looked after."""
HERTZ: Final = ("50", "60")
VOLTS: Final = ("100", "200")
_BETWEEN_HZ: Final = 55
_BETWEEN_V: Final = 150
WARNING_DOMAINS: Final = (
    Platform.BINARY_SENSOR.value,
    Platform.CALENDAR.value,
    "input_boolean",
    Platform.SENSOR.value,
    Platform.SWITCH.value,
    Platform.WEATHER.value,
)
"""What may tell that bad weather is coming (`weather_warnings` says when each does)."""
_ENTITIES: Final = (CONF_WARNINGS, CONF_PEOPLE)


def possible_wirings(entry: LocalVppConfigEntry) -> list[Wiring]:
    """Return who may separate a running flat's living room, by what its devices can.

    Of some inverters it is known only after a reading.
    """
    output = entry.runtime_data.devices.output
    owned = output is not None and output.separable
    paired = is_paired(entry) and output is not None
    possible = {Wiring.AUTONOMOUS: True, Wiring.OWNED: owned, Wiring.PAIR: paired}
    return [wiring for wiring, can in possible.items() if can]


def _number(low: int, high: int, unit: str | None = None) -> Any:
    config = NumberSelectorConfig(min=low, max=high, step=1, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return probatio.All(NumberSelector(config), probatio.Coerce(int))


def _entities(hass: HomeAssistant, domains: tuple[str, ...]) -> EntitySelector:
    own = [entry.entity_id for entry in er.async_get(hass).entities.values() if entry.platform == DOMAIN]
    wanted = [EntityWithDeviceFilterSelectorConfig(domain=domain) for domain in domains]
    return EntitySelector(EntitySelectorConfig(filter=wanted, exclude_entities=own, multiple=True))


def _choice(options: tuple[str, ...], key: str, *, multiple: bool = False) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options), mode=SelectSelectorMode.LIST, translation_key=key, multiple=multiple
        )
    )


def _sections(
    hass: HomeAssistant, wirings: list[Wiring], profile: tuple[str, str]
) -> dict[str, tuple[dict[probatio.Marker, Any], bool]]:
    """Return the parts of the form, and whether each is folded."""
    required, optional = probatio.Required, probatio.Optional
    hertz, volts = profile
    wired: dict[probatio.Marker, Any] = {
        required(CONF_WIRING, default=UNMANAGED): _choice((UNMANAGED, *wirings), CONF_WIRING),
        required(CONF_SOURCES, default=[Source.INVERTER.value]): _choice(tuple(Source), CONF_SOURCES, multiple=True),
    }
    if Wiring.PAIR in wirings:
        wired[required(CONF_WATCHDOG_S, default=5)] = _number(1, 120, UnitOfTime.SECONDS)
    return {
        "circuit": (wired, False),
        "grid": (
            {
                required(CONF_HERTZ, default=hertz): _choice(HERTZ, CONF_HERTZ),
                required(CONF_NOMINAL_V, default=volts): _choice(VOLTS, CONF_NOMINAL_V),
                required(CONF_HOLD_S, default=300): _number(1, 3600, UnitOfTime.SECONDS),
            },
            True,
        ),
        "reserve": (
            {
                required(CONF_USUAL_PERCENT, default=30): _number(0, 100, PERCENTAGE),
                required(CONF_WARNED_PERCENT, default=100): _number(0, 100, PERCENTAGE),
                optional(CONF_WARNINGS, default=[]): _entities(hass, WARNING_DOMAINS),
            },
            False,
        ),
        "people": (
            {
                optional(CONF_PEOPLE, default=[]): _entities(hass, (Platform.NOTIFY.value,)),
                required(CONF_ATTENDED, default=True): BooleanSelector(),
                required(CONF_MEDICAL, default=False): BooleanSelector(),
                required(CONF_OVERDUE_DAYS, default=180): _number(7, 730, UnitOfTime.DAYS),
                optional(CONF_LIVING_RATED_W): _number(100, 10_000, UnitOfPower.WATT),
            },
            False,
        ),
    }


class BlackoutSteps(OptionsFlow):
    """The step of the options that is about a blackout."""

    async def async_step_blackout(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how the flat is wired, and what is to be kept and told."""
        entry: LocalVppConfigEntry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_running")
        error, reason = "", ""
        if user_input is not None:
            told = {key: value for part in user_input.values() for key, value in part.items()}
            if told[CONF_WIRING] == UNMANAGED:
                return self._keep(None)
            error, reason = _problem(entry, told)
            if not error:
                return self._keep({key: _kept(self.hass, key, value) for key, value in told.items()})
        parts = _sections(self.hass, possible_wirings(entry), _profile(_measured(entry)))
        schema = probatio.Schema(
            {
                probatio.Required(name): section(probatio.Schema(fields), SectionConfig(collapsed=folded))
                for name, (fields, folded) in parts.items()
            }
        )
        shown = user_input or _as_form(self.hass, parts, entry.options.get(CONF_BLACKOUT))
        return self.async_show_form(
            step_id="blackout",
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors={"base": error} if error else {},
            description_placeholders={"reason": reason},
        )

    def _keep(self, blackout: Mapping[str, Any] | None) -> ConfigFlowResult:
        others = {key: value for key, value in self.config_entry.options.items() if key != CONF_BLACKOUT}
        return self.async_create_entry(data=others if blackout is None else {**others, CONF_BLACKOUT: blackout})


def _problem(entry: LocalVppConfigEntry, told: Mapping[str, Any]) -> tuple[str, str]:
    """Return the form's error and the sentence to it; nothing for what can be used together."""
    if told[CONF_WIRING] not in possible_wirings(entry):
        return "wiring_gone", ""
    try:
        settings = settings_of(entry, told, entry.runtime_data.coordinator.flat.membership.device)
    except ValueError as error:
        return "settings_refused", str(error)
    measured = _measured(entry)
    if measured is not None and grid(measured, settings.policy.profile) is Grid.GONE:
        return "not_this_grid", f"{measured.volts:.0f} V, {measured.hertz or 0:.1f} Hz"
    return "", ""


def _measured(entry: LocalVppConfigEntry) -> Supply | None:
    """Return what the meter measures of the grid, where it does."""
    meter = entry.runtime_data.coordinator.data.meter
    return None if meter is None or not meter.voltage_v else Supply(meter.voltage_v, meter.frequency_hz)


def _profile(measured: Supply | None) -> tuple[str, str]:
    """Return frequency and voltage as the meter shows them; eastern Japan's at 100 V where it does not."""
    if measured is None:
        return HERTZ[0], VOLTS[0]
    return HERTZ[(measured.hertz or 0) > _BETWEEN_HZ], VOLTS[measured.volts > _BETWEEN_V]


def _kept(hass: HomeAssistant, key: str, value: Any) -> Any:
    return [lasting_key(hass, each) for each in value] if key in _ENTITIES else value


def _as_form(
    hass: HomeAssistant, parts: Mapping[str, tuple[Mapping[probatio.Marker, Any], bool]], kept: Mapping[str, Any] | None
) -> dict[str, dict[str, Any]]:
    """Return what was kept as the form shows it, part by part."""
    if kept is None:
        return {}
    named = {
        key: [name for each in value if (name := resolve(hass, each)) is not None] if key in _ENTITIES else value
        for key, value in kept.items()
    }
    return {
        part: {str(marker): named[str(marker)] for marker in fields if str(marker) in named}
        for part, (fields, _) in parts.items()
    }
