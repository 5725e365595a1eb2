"""The sensors of a battery: what it does now, and what its life has been (`lib/localvpp/battery`)."""

from collections.abc import Callable, Mapping
from typing import Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTemperature,
)

from .const import Part
from .lib.localvpp.devices import FlashWrites, Wearable
from .lib.localvpp.flat import FlatState
from .lib.localvpp.rounds import FlatDevices
from .sensor_value import MILLIOHM, LocalVppSensorEntityDescription, Value, of_battery, of_life, part_of, rounded


def writes_flash(devices: FlatDevices) -> bool:
    """Whether some commands of the battery are kept in flash."""
    battery = devices.battery
    return battery is not None and isinstance(battery, Wearable) and battery.wear is not None


def of_flash(value: Callable[[FlashWrites], int]) -> Callable[[FlatState], Value]:
    """Give a number of what was written to the battery's flash."""
    return of_battery(lambda battery: None if battery.flash_writes is None else value(battery.flash_writes))


def _of_capacity(state: FlatState) -> Mapping[str, str] | None:
    """Return who tells the capacity."""
    if state.battery is None or state.battery.capacity_wh is None:
        return None
    return {"told_by": "resident" if "capacity_wh" in state.battery.stated else "device"}


BATTERY_SENSORS: Final = (
    LocalVppSensorEntityDescription(
        key="power",
        part=Part.BATTERY,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        noisy=True,
        value_fn=of_battery(lambda battery: rounded(battery.power_w)),
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
        value_fn=of_battery(lambda battery: rounded(battery.soc_percent, 1)),
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
        value_fn=of_battery(lambda battery: battery.capacity_wh),
        attributes_fn=_of_capacity,
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
        value_fn=of_battery(lambda battery: rounded(battery.temperature_c, 1)),
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
        value_fn=of_life(lambda life: life.charged_wh),
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
        value_fn=of_life(lambda life: life.discharged_wh),
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
        value_fn=of_life(lambda life: life.proven_wh),
    ),
    LocalVppSensorEntityDescription(
        key="cycles",
        translation_key="cycles",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=1,
        value_fn=of_life(lambda life: part_of(life.cycles_hundredths, 2)),
    ),
    LocalVppSensorEntityDescription(
        key="efficiency",
        translation_key="efficiency",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=1,
        value_fn=of_life(lambda life: part_of(life.efficiency_permille, 1)),
    ),
    LocalVppSensorEntityDescription(
        key="health",
        translation_key="health",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=1,
        value_fn=of_life(lambda life: part_of(life.health_permille, 1)),
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
        value_fn=of_life(lambda life: life.cell_spread_mv),
    ),
    LocalVppSensorEntityDescription(
        key="resistance",
        translation_key="resistance",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=MILLIOHM,
        suggested_display_precision=1,
        value_fn=of_life(lambda life: part_of(life.resistance_uohm, 3)),
    ),
    LocalVppSensorEntityDescription(
        key="resistance_trend",
        translation_key="resistance_trend",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=MILLIOHM,
        suggested_display_precision=1,
        value_fn=of_life(lambda life: part_of(life.resistance_trend_uohm, 3)),
    ),
    LocalVppSensorEntityDescription(
        key="flash_writes",
        translation_key="flash_writes",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        # A window of 24 hours that moves on: it goes down, too.
        state_class=SensorStateClass.MEASUREMENT,
        exists_fn=writes_flash,
        value_fn=of_flash(lambda flash: flash.written),
    ),
    LocalVppSensorEntityDescription(
        key="flash_writes_allowed",
        translation_key="flash_writes_allowed",
        part=Part.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        exists_fn=writes_flash,
        value_fn=of_flash(lambda flash: flash.most),
    ),
)
