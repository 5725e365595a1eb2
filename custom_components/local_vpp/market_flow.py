"""The options of the building's market: whether the flat trades by itself, within which wishes, and if it delivers."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.const import PERCENTAGE, UnitOfEnergy, UnitOfPower
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util import dt as dt_util
import probatio

from .const import (
    CONF_BUY_NOT_ABOVE,
    CONF_DELIVER,
    CONF_GREEN_ONLY,
    CONF_KEEP_PERCENT,
    CONF_LINE_W,
    CONF_MARKET,
    CONF_NEIGHBOUR,
    CONF_SELL_NOT_BELOW,
    CONF_STRATEGY,
    CONF_TRADES,
)
from .coordinator import LocalVppConfigEntry
from .lib.localvpp.bidder.settings import DEFAULT_STRATEGY, HIGHEST_LINE_W, LEAST_LINE_W
from .lib.localvpp.devices import MeterReading
from .lib.localvpp.market.bidding import STRATEGIES, WishError, WordError, WordProblem
from .market_settings import market_settings_of
from .sensor_value import CURRENCY

_HIGHEST_YEN: Final = 1_000
"""More than any tariff has for a kWh."""
WORD_ERRORS: Final = {
    WordProblem.NO_TEXT: "word_no_text",
    WordProblem.TOO_LONG: "word_too_long",
    WordProblem.UNSEEN: "word_unseen",
    WordProblem.TOO_SHORT: "word_too_short",
    WordProblem.FEW_SIGNS: "word_few_signs",
    WordProblem.NUMBER: "word_number",
}
"""What is wrong with a word that two agreed on, as residents are told it."""


def _yen() -> NumberSelector:
    unit = f"{CURRENCY}/{UnitOfEnergy.KILO_WATT_HOUR}"
    return NumberSelector(
        NumberSelectorConfig(min=0, max=_HIGHEST_YEN, step=0.01, mode=NumberSelectorMode.BOX, unit_of_measurement=unit)
    )


_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_TRADES, default=True): BooleanSelector(),
        probatio.Required(CONF_STRATEGY, default=DEFAULT_STRATEGY): SelectSelector(
            SelectSelectorConfig(options=list(STRATEGIES), mode=SelectSelectorMode.LIST, translation_key=CONF_STRATEGY)
        ),
        probatio.Optional(CONF_SELL_NOT_BELOW): _yen(),
        probatio.Optional(CONF_BUY_NOT_ABOVE): _yen(),
        probatio.Required(CONF_GREEN_ONLY, default=False): BooleanSelector(),
        # Nobody who looks over a shoulder is to read it, and no browser is to keep it.
        probatio.Optional(CONF_NEIGHBOUR): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
        ),
        probatio.Required(CONF_KEEP_PERCENT, default=0): probatio.All(
            NumberSelector(
                NumberSelectorConfig(
                    min=0, max=100, step=1, mode=NumberSelectorMode.BOX, unit_of_measurement=PERCENTAGE
                )
            ),
            probatio.Coerce(int),
        ),
        probatio.Required(CONF_DELIVER, default=False): BooleanSelector(),
        probatio.Optional(CONF_LINE_W): probatio.All(
            NumberSelector(
                NumberSelectorConfig(
                    min=LEAST_LINE_W,
                    max=HIGHEST_LINE_W,
                    step=100,
                    mode=NumberSelectorMode.BOX,
                    unit_of_measurement=UnitOfPower.WATT,
                )
            ),
            probatio.Coerce(int),
        ),
    }
)


class MarketSteps(OptionsFlow):
    """The step of the options that is about the market."""

    async def async_step_market(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what the residents wish."""
        reason, errors = "", {}
        if user_input is not None:
            try:
                settings = market_settings_of(user_input, dt_util.get_default_time_zone())
            except WordError as error:
                errors = {CONF_NEIGHBOUR: WORD_ERRORS[error.problem]}
            except WishError as error:
                reason, errors = str(error), {"base": "settings_refused"}
            else:
                if not settings.deliver or settings.bears_w(self._meter()) is not None:
                    return self.async_create_entry(data={**self.config_entry.options, CONF_MARKET: user_input})
                errors = {CONF_LINE_W: "line_needed"}
        return self.async_show_form(
            step_id="market",
            data_schema=self.add_suggested_values_to_schema(
                _SCHEMA, user_input or self.config_entry.options.get(CONF_MARKET, {})
            ),
            errors=errors,
            description_placeholders={"reason": reason},
        )

    def _meter(self) -> MeterReading | None:
        """Return what the meter says now; many, as those that other integrations read, do not say what they bear."""
        entry: LocalVppConfigEntry = self.config_entry
        return entry.runtime_data.coordinator.data.meter if entry.state is ConfigEntryState.LOADED else None
