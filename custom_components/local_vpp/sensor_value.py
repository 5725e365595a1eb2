"""What a sensor of a flat shows: its description, and how a value of the flat's state becomes a state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from homeassistant.components.sensor import (
    SensorEntityDescription,
)
from homeassistant.const import (
    UnitOfEnergy,
)

from .entity import LocalVppEntityDescription
from .lib.localvpp.battery import BatteryLife
from .lib.localvpp.devices import BatteryReading, ChargerReading, InverterReading, MeterReading
from .lib.localvpp.flat import FlatState
from .lib.localvpp.standing import LedgerState
from .lib.localvpp.wire import Terms

# Prices and money are settled in yen; the building's terms know no other currency.
CURRENCY: Final = "JPY"
PRICE_UNIT: Final = f"{CURRENCY}/{UnitOfEnergy.KILO_WATT_HOUR}"

MILLIOHM: Final = "mΩ"

PRICE_DIGITS: Final = -2
"""A price is a whole number of 0.01 yen/kWh."""
MONEY_DIGITS: Final = -5
"""Money is a whole number of Wh times 0.01 yen/kWh: of 10⁻⁵ yen."""

type Value = int | float | str | Decimal | datetime | None


@dataclass(frozen=True, kw_only=True)
class LocalVppSensorEntityDescription(LocalVppEntityDescription[Value], SensorEntityDescription):
    """A sensor, and what else is to be told with its state."""

    attributes_fn: Callable[[FlatState], Mapping[str, Any] | None] = lambda _: None
    last_reset_fn: Callable[[FlatState], datetime | None] = lambda _: None
    """When a total began anew; None for one that never does."""


def of_meter(value: Callable[[MeterReading], Value]) -> Callable[[FlatState], Value]:
    """Give a value of the meter's reading; unknown without one."""
    return lambda state: None if state.meter is None else value(state.meter)


def of_inverter(value: Callable[[InverterReading], Value]) -> Callable[[FlatState], Value]:
    """Give a value of the inverter's reading; unknown without one."""
    return lambda state: None if state.inverter is None else value(state.inverter)


def of_battery(value: Callable[[BatteryReading], Value]) -> Callable[[FlatState], Value]:
    """Give a value of the battery's reading; unknown without one."""
    return lambda state: None if state.battery is None else value(state.battery)


def of_charger(value: Callable[[ChargerReading], Value]) -> Callable[[FlatState], Value]:
    """Give a value of the charger's reading; unknown without one."""
    return lambda state: None if state.charger is None else value(state.charger)


def of_life(value: Callable[[BatteryLife], Value]) -> Callable[[FlatState], Value]:
    """Give a value of what is known of the battery's life."""
    return lambda state: None if state.life is None else value(state.life)


def part_of(value: int | None, digits: int) -> Decimal | None:
    """Return a whole number of decimal parts as what it stands for."""
    return None if value is None else Decimal(value).scaleb(-digits)


def price(value: Callable[[Terms], int]) -> Callable[[FlatState], Value]:
    """Give a price of the building's terms, in yen/kWh."""
    return lambda state: None if state.terms is None else Decimal(value(state.terms)).scaleb(PRICE_DIGITS)


def rounded(value: float | None, digits: int | None = None) -> float | int | None:
    """Return a measured value without the noise below its last useful digit, which would be another state each time."""
    return None if value is None else round(value, digits)


def money(value: int) -> Decimal:
    """Return money in yen."""
    return Decimal(value).scaleb(MONEY_DIGITS)


def ledger(state: FlatState) -> str | None:
    """Return what is known of the flat's records in the log."""
    return None if state.ledger is LedgerState.UNKNOWN else state.ledger.value


def last_record_time(state: FlatState) -> datetime | None:
    """Return when the newest record ended."""
    return None if state.last_record is None else datetime.fromtimestamp(state.last_record.end_ms / 1000, UTC)
