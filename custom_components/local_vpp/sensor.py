"""Sensors of a flat and its devices.

Energy and money are whole numbers of the meter's registers and of the settled slots, as the flat's own database has
them; a total is unknown while its register is, and never zero instead. Power follows Home Assistant's signs: + is
import from the grid, + is discharging of the battery.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import Part
from .coordinator import LocalVppConfigEntry
from .entity import LocalVppEntity, LocalVppEntityDescription, is_shown, subentry_of
from .lib.localvpp.battery import BatteryLife
from .lib.localvpp.devices import BatteryReading, InverterReading, MeterReading, OperatingState
from .lib.localvpp.flat import FlatState
from .lib.localvpp.link import LinkState
from .lib.localvpp.standing import LedgerState
from .lib.localvpp.wire import Terms

# Entities only show what the agent pushes.
PARALLEL_UPDATES = 0

# Prices and money are settled in yen; the building's terms know no other currency.
_CURRENCY: Final = "JPY"
_PRICE_UNIT: Final = f"{_CURRENCY}/{UnitOfEnergy.KILO_WATT_HOUR}"

_MILLIOHM: Final = "mΩ"

_PRICE_DIGITS: Final = -2
"""A price is a whole number of 0.01 yen/kWh."""
_MONEY_DIGITS: Final = -5
"""Money is a whole number of Wh times 0.01 yen/kWh: of 10⁻⁵ yen."""

type Value = int | float | str | Decimal | datetime | None


@dataclass(frozen=True, kw_only=True)
class LocalVppSensorEntityDescription(LocalVppEntityDescription[Value], SensorEntityDescription):
    """A sensor."""


def _of_meter(value: Callable[[MeterReading], Value]) -> Callable[[FlatState], Value]:
    return lambda state: None if state.meter is None else value(state.meter)


def _of_inverter(value: Callable[[InverterReading], Value]) -> Callable[[FlatState], Value]:
    return lambda state: None if state.inverter is None else value(state.inverter)


def _of_battery(value: Callable[[BatteryReading], Value]) -> Callable[[FlatState], Value]:
    return lambda state: None if state.battery is None else value(state.battery)


def _of_life(value: Callable[[BatteryLife], Value]) -> Callable[[FlatState], Value]:
    return lambda state: None if state.life is None else value(state.life)


def _part_of(value: int | None, digits: int) -> Decimal | None:
    """Return a whole number of decimal parts as what it stands for."""
    return None if value is None else Decimal(value).scaleb(-digits)


def _price(value: Callable[[Terms], int]) -> Callable[[FlatState], Value]:
    return lambda state: None if state.terms is None else Decimal(value(state.terms)).scaleb(_PRICE_DIGITS)


def _rounded(value: float | None, digits: int | None = None) -> float | int | None:
    """Return a measured value without the noise below its last useful digit, which would be another state each time."""
    return None if value is None else round(value, digits)


def _money(value: int) -> Decimal:
    return Decimal(value).scaleb(_MONEY_DIGITS)


def _ledger(state: FlatState) -> str | None:
    return None if state.ledger is LedgerState.UNKNOWN else state.ledger.value


def _last_record_time(state: FlatState) -> datetime | None:
    return None if state.last_record is None else datetime.fromtimestamp(state.last_record.end_ms / 1000, UTC)


FLAT_SENSORS: Final = (
    LocalVppSensorEntityDescription(
        key="shared_in",
        translation_key="shared_in",
        part=Part.FLAT,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=lambda state: state.totals.shared_in_wh,
    ),
    LocalVppSensorEntityDescription(
        key="shared_out",
        translation_key="shared_out",
        part=Part.FLAT,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=lambda state: state.totals.shared_out_wh,
    ),
    LocalVppSensorEntityDescription(
        key="sharing_balance",
        translation_key="sharing_balance",
        part=Part.FLAT,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=_CURRENCY,
        suggested_display_precision=0,
        value_fn=lambda state: _money(state.totals.inside_money),
    ),
    LocalVppSensorEntityDescription(
        key="grid_balance",
        translation_key="grid_balance",
        part=Part.FLAT,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=_CURRENCY,
        suggested_display_precision=0,
        value_fn=lambda state: _money(state.totals.grid_money),
    ),
    LocalVppSensorEntityDescription(
        key="inside_price",
        translation_key="inside_price",
        part=Part.FLAT,
        native_unit_of_measurement=_PRICE_UNIT,
        suggested_display_precision=2,
        value_fn=_price(lambda terms: terms.prices.newest.inside),
    ),
    LocalVppSensorEntityDescription(
        key="grid_price",
        translation_key="grid_price",
        part=Part.FLAT,
        native_unit_of_measurement=_PRICE_UNIT,
        suggested_display_precision=2,
        value_fn=_price(lambda terms: terms.prices.newest.grid),
    ),
    LocalVppSensorEntityDescription(
        key="feed_in_price",
        translation_key="feed_in_price",
        part=Part.FLAT,
        native_unit_of_measurement=_PRICE_UNIT,
        suggested_display_precision=2,
        value_fn=_price(lambda terms: terms.prices.newest.feed_in),
    ),
    LocalVppSensorEntityDescription(
        key="ledger",
        translation_key="ledger",
        part=Part.FLAT,
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in LedgerState if state is not LedgerState.UNKNOWN],
        value_fn=_ledger,
    ),
    LocalVppSensorEntityDescription(
        key="last_record",
        translation_key="last_record",
        part=Part.FLAT,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_last_record_time,
    ),
    LocalVppSensorEntityDescription(
        key="last_record_energy",
        translation_key="last_record_energy",
        part=Part.FLAT,
        # No total and no measurement: each record is of another time, so there is no statistic of it.
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_display_precision=0,
        value_fn=lambda state: None if state.last_record is None else state.last_record.energy_wh,
    ),
    LocalVppSensorEntityDescription(
        key="last_record_index",
        translation_key="last_record_index",
        part=Part.FLAT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda state: None if state.last_record is None else state.last_record.index,
    ),
    LocalVppSensorEntityDescription(
        key="pending_records",
        translation_key="pending_records",
        part=Part.FLAT,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda state: state.pending,
    ),
    LocalVppSensorEntityDescription(
        key="log_size",
        translation_key="log_size",
        part=Part.FLAT,
        entity_category=EntityCategory.DIAGNOSTIC,
        # It grows with every record of every flat.
        entity_registry_enabled_default=False,
        value_fn=lambda state: state.log_size,
    ),
    LocalVppSensorEntityDescription(
        key="mirrored",
        translation_key="mirrored",
        part=Part.FLAT,
        entity_category=EntityCategory.DIAGNOSTIC,
        # It grows with every record of every flat, and only in flats that keep a copy.
        entity_registry_enabled_default=False,
        value_fn=lambda state: state.mirrored,
    ),
    LocalVppSensorEntityDescription(
        key="link",
        translation_key="link",
        part=Part.FLAT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in LinkState],
        value_fn=lambda state: state.link.state.value,
    ),
)

METER_SENSORS: Final = (
    LocalVppSensorEntityDescription(
        key="power",
        translation_key="grid_power",
        part=Part.METER,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        noisy=True,
        value_fn=_of_meter(lambda meter: _rounded(meter.power_w)),
    ),
    LocalVppSensorEntityDescription(
        key="energy_import",
        translation_key="energy_import",
        part=Part.METER,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=_of_meter(lambda meter: meter.import_wh),
    ),
    LocalVppSensorEntityDescription(
        key="energy_export",
        translation_key="energy_export",
        part=Part.METER,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=_of_meter(lambda meter: meter.export_wh),
    ),
    LocalVppSensorEntityDescription(
        key="energy_step",
        translation_key="energy_step",
        part=Part.METER,
        entity_category=EntityCategory.DIAGNOSTIC,
        # No total: how much a counter counts at once, where nobody but its readings says so.
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_display_precision=0,
        adopted_only=True,
        value_fn=_of_meter(lambda meter: meter.step_wh),
    ),
    LocalVppSensorEntityDescription(
        key="voltage",
        part=Part.METER,
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
        noisy=True,
        value_fn=_of_meter(lambda meter: _rounded(meter.voltage_v, 1)),
    ),
    LocalVppSensorEntityDescription(
        key="current",
        part=Part.METER,
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
        noisy=True,
        value_fn=_of_meter(lambda meter: _rounded(meter.current_a, 1)),
    ),
    LocalVppSensorEntityDescription(
        key="frequency",
        part=Part.METER,
        device_class=SensorDeviceClass.FREQUENCY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfFrequency.HERTZ,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        noisy=True,
        value_fn=_of_meter(lambda meter: _rounded(meter.frequency_hz, 2)),
    ),
)

INVERTER_SENSORS: Final = (
    LocalVppSensorEntityDescription(
        key="pv_power",
        translation_key="pv_power",
        part=Part.INVERTER,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        noisy=True,
        value_fn=_of_inverter(lambda inverter: _rounded(inverter.pv_power_w)),
    ),
    LocalVppSensorEntityDescription(
        key="ac_power",
        translation_key="ac_power",
        part=Part.INVERTER,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        entity_registry_enabled_default=False,
        noisy=True,
        value_fn=_of_inverter(lambda inverter: _rounded(inverter.ac_power_w)),
    ),
    LocalVppSensorEntityDescription(
        key="energy",
        translation_key="ac_energy",
        part=Part.INVERTER,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=_of_inverter(lambda inverter: inverter.energy_wh),
    ),
    LocalVppSensorEntityDescription(
        key="state",
        translation_key="operating_state",
        part=Part.INVERTER,
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in OperatingState],
        value_fn=_of_inverter(lambda inverter: None if inverter.state is None else inverter.state.value),
    ),
)

BATTERY_SENSORS: Final = (
    LocalVppSensorEntityDescription(
        key="power",
        part=Part.BATTERY,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        noisy=True,
        value_fn=_of_battery(lambda battery: _rounded(battery.power_w)),
    ),
    LocalVppSensorEntityDescription(
        key="state_of_charge",
        translation_key="state_of_charge",
        part=Part.BATTERY,
        device_class=SensorDeviceClass.BATTERY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        noisy=True,
        value_fn=_of_battery(lambda battery: _rounded(battery.soc_percent, 1)),
    ),
    LocalVppSensorEntityDescription(
        key="capacity",
        translation_key="capacity",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.ENERGY_STORAGE,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        value_fn=_of_battery(lambda battery: battery.capacity_wh),
    ),
    LocalVppSensorEntityDescription(
        key="temperature",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=1,
        noisy=True,
        value_fn=_of_battery(lambda battery: _rounded(battery.temperature_c, 1)),
    ),
    LocalVppSensorEntityDescription(
        key="energy_charged",
        translation_key="energy_charged",
        part=Part.BATTERY,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=_of_life(lambda life: life.charged_wh),
    ),
    LocalVppSensorEntityDescription(
        key="energy_discharged",
        translation_key="energy_discharged",
        part=Part.BATTERY,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=_of_life(lambda life: life.discharged_wh),
    ),
    LocalVppSensorEntityDescription(
        key="energy_proven",
        translation_key="energy_proven",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.ENERGY,
        # A flat that was restored from a backup counts again, and may come to less.
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=_of_life(lambda life: life.proven_wh),
    ),
    LocalVppSensorEntityDescription(
        key="cycles",
        translation_key="cycles",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=1,
        value_fn=_of_life(lambda life: _part_of(life.cycles_hundredths, 2)),
    ),
    LocalVppSensorEntityDescription(
        key="efficiency",
        translation_key="efficiency",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=1,
        value_fn=_of_life(lambda life: _part_of(life.efficiency_permille, 1)),
    ),
    LocalVppSensorEntityDescription(
        key="health",
        translation_key="health",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=1,
        value_fn=_of_life(lambda life: _part_of(life.health_permille, 1)),
    ),
    LocalVppSensorEntityDescription(
        key="cell_spread",
        translation_key="cell_spread",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        # Few devices tell of their cells, or of current and voltage.
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.MILLIVOLT,
        suggested_display_precision=0,
        value_fn=_of_life(lambda life: life.cell_spread_mv),
    ),
    LocalVppSensorEntityDescription(
        key="resistance",
        translation_key="resistance",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=_MILLIOHM,
        suggested_display_precision=1,
        value_fn=_of_life(lambda life: _part_of(life.resistance_uohm, 3)),
    ),
    LocalVppSensorEntityDescription(
        key="resistance_trend",
        translation_key="resistance_trend",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=_MILLIOHM,
        suggested_display_precision=1,
        value_fn=_of_life(lambda life: _part_of(life.resistance_trend_uohm, 3)),
    ),
)

SENSORS: Final = (*FLAT_SENSORS, *METER_SENSORS, *INVERTER_SENSORS, *BATTERY_SENSORS)


async def async_setup_entry(
    hass: HomeAssistant, entry: LocalVppConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the sensors of a flat and of the devices it has."""
    for part in entry.runtime_data.device_ids:
        subentry = subentry_of(entry, part)
        async_add_entities(
            (
                LocalVppSensorEntity(entry, part, description)
                for description in SENSORS
                if is_shown(description, part, subentry)
            ),
            config_subentry_id=None if subentry is None else subentry.subentry_id,
        )


class LocalVppSensorEntity(LocalVppEntity[Value], SensorEntity):
    """A sensor of a flat."""

    entity_description: LocalVppSensorEntityDescription

    @property
    @override
    def native_value(self) -> Value:
        """Return the value in the newest state; None when it is unknown."""
        return self._value
