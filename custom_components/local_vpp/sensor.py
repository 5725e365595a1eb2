"""Sensors of a flat and its devices.

Energy and money are whole numbers of the meter's registers and of the settled slots, as the flat's own database has
them; a total is unknown while its register is, and never zero instead. Power follows Home Assistant's signs: + is
import from the grid, + is discharging of the battery.
"""

from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.const import (
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import Part
from .coordinator import LocalVppConfigEntry
from .entity import LocalVppEntity, is_shown, subentry_of
from .lib.localvpp.devices import OperatingState
from .lib.localvpp.link import LinkState
from .lib.localvpp.standing import LedgerState
from .sensor_battery import BATTERY_SENSORS
from .sensor_blackout import BLACKOUT_SENSORS
from .sensor_charger import CHARGER_SENSORS, GAS_SENSORS
from .sensor_market import MARKET_SENSORS
from .sensor_value import (
    CURRENCY,
    PRICE_UNIT,
    LocalVppSensorEntityDescription,
    Value,
    last_record_time,
    ledger,
    money,
    of_inverter,
    of_meter,
    price,
    rounded,
)

# Entities only show what the agent pushes.
PARALLEL_UPDATES = 0

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
        native_unit_of_measurement=CURRENCY,
        suggested_display_precision=0,
        value_fn=lambda state: money(state.totals.inside_money),
    ),
    LocalVppSensorEntityDescription(
        key="grid_balance",
        translation_key="grid_balance",
        part=Part.FLAT,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=CURRENCY,
        suggested_display_precision=0,
        value_fn=lambda state: money(state.totals.grid_money),
    ),
    LocalVppSensorEntityDescription(
        key="inside_price",
        translation_key="inside_price",
        part=Part.FLAT,
        native_unit_of_measurement=PRICE_UNIT,
        suggested_display_precision=2,
        value_fn=price(lambda terms: terms.prices.newest.inside),
    ),
    LocalVppSensorEntityDescription(
        key="grid_price",
        translation_key="grid_price",
        part=Part.FLAT,
        native_unit_of_measurement=PRICE_UNIT,
        suggested_display_precision=2,
        value_fn=price(lambda terms: terms.prices.newest.grid),
    ),
    LocalVppSensorEntityDescription(
        key="feed_in_price",
        translation_key="feed_in_price",
        part=Part.FLAT,
        native_unit_of_measurement=PRICE_UNIT,
        suggested_display_precision=2,
        value_fn=price(lambda terms: terms.prices.newest.feed_in),
    ),
    LocalVppSensorEntityDescription(
        key="ledger",
        translation_key="ledger",
        part=Part.FLAT,
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in LedgerState if state is not LedgerState.UNKNOWN],
        value_fn=ledger,
    ),
    LocalVppSensorEntityDescription(
        key="last_record",
        translation_key="last_record",
        part=Part.FLAT,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=last_record_time,
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
        value_fn=of_meter(lambda meter: rounded(meter.power_w)),
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
        value_fn=of_meter(lambda meter: meter.import_wh),
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
        value_fn=of_meter(lambda meter: meter.export_wh),
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
        value_fn=of_meter(lambda meter: meter.step_wh),
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
        value_fn=of_meter(lambda meter: rounded(meter.voltage_v, 1)),
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
        value_fn=of_meter(lambda meter: rounded(meter.current_a, 1)),
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
        value_fn=of_meter(lambda meter: rounded(meter.frequency_hz, 2)),
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
        value_fn=of_inverter(lambda inverter: rounded(inverter.pv_power_w)),
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
        value_fn=of_inverter(lambda inverter: rounded(inverter.ac_power_w)),
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
        value_fn=of_inverter(lambda inverter: inverter.energy_wh),
    ),
    LocalVppSensorEntityDescription(
        key="state",
        translation_key="operating_state",
        part=Part.INVERTER,
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in OperatingState],
        value_fn=of_inverter(lambda inverter: None if inverter.state is None else inverter.state.value),
    ),
)

SENSORS: Final = (
    *FLAT_SENSORS,
    *BLACKOUT_SENSORS,
    *MARKET_SENSORS,
    *METER_SENSORS,
    *INVERTER_SENSORS,
    *BATTERY_SENSORS,
    *CHARGER_SENSORS,
    *GAS_SENSORS,
)


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
                if is_shown(entry, part, description)
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

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return what else is to be told."""
        told = self.entity_description.attributes_fn(self.coordinator.data)
        return None if told is None else dict(told)

    @property
    @override
    def last_reset(self) -> datetime | None:
        """Return when a total that begins anew each day last did."""
        return self.entity_description.last_reset_fn(self.coordinator.data)

    @override
    def _news(self) -> tuple[object, ...]:
        return (*super()._news(), self.extra_state_attributes, self.last_reset)
