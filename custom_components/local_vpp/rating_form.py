"""What a form asks of a battery beside its place: what it can, where it does not tell that itself.

A form asks in the units of a data sheet, and a subentry keeps what was entered. What the device tells always counts for
more (`lib/localvpp/devices/rating`).
"""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import UnitOfEnergy, UnitOfPower
from homeassistant.helpers.selector import NumberSelectorConfig, NumberSelectorMode
import probatio

from .const import CONF_CAPACITY_KWH, CONF_MAX_CHARGE_W, CONF_MAX_DISCHARGE_W, DeviceKind
from .finite_number import FiniteNumberSelector
from .lib.localvpp.devices import Rating, RatingError

RATED: Final = frozenset({DeviceKind.INVERTER, DeviceKind.BATTERY})
"""What may have a battery."""
RATINGS: Final = {
    CONF_CAPACITY_KWH: ("capacity_wh", 1000, UnitOfEnergy.KILO_WATT_HOUR),
    CONF_MAX_CHARGE_W: ("max_charge_w", 1, UnitOfPower.WATT),
    CONF_MAX_DISCHARGE_W: ("max_discharge_w", 1, UnitOfPower.WATT),
}
"""The rating that each field is about, how many of its unit the field's are, and the field's unit."""


def rating_fields() -> dict[probatio.Marker, Any]:
    """Return the fields; what is out of range is refused with a sentence of its own (`rating_error`)."""
    return {
        probatio.Optional(name): FiniteNumberSelector(
            NumberSelectorConfig(step="any", mode=NumberSelectorMode.BOX, unit_of_measurement=unit)
        )
        for name, (_, _, unit) in RATINGS.items()
    }


def rating_of(data: Mapping[str, Any]) -> Rating:
    """Return what a form, or a subentry, states of a battery. Raises RatingError for what cannot be."""
    return Rating(
        **{
            field: round(data[name] * times)
            for name, (field, times, _) in RATINGS.items()
            if data.get(name) is not None
        }
    )


def rating_error(user_input: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is wrong with the first field that cannot be, and what its sentence needs."""
    try:
        rating_of(user_input)
    except RatingError as error:
        name = next(name for name, (field, _, _) in RATINGS.items() if field == error.field)
        _, times, unit = RATINGS[name]
        told = {"value": user_input[name], "least": error.least / times, "most": error.most / times}
        return {name: "rating_out_of_range"}, {key: f"{number:g} {unit}" for key, number in told.items()}
    return {}, {}
