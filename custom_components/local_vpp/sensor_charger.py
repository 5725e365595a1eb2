"""The sensors of a charger of an electric car, and of a gas meter."""

from typing import Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    UnitOfElectricCurrent,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfVolume,
)

from .const import Part
from .lib.localvpp.devices import ChargerState
from .sensor_value import LocalVppSensorEntityDescription, of_charger, part_of, rounded

CHARGER_SENSORS: Final = (
    LocalVppSensorEntityDescription(
        key="power",
        part=Part.CHARGER,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        noisy=True,
        value_fn=of_charger(lambda charger: rounded(charger.power_w)),
    ),
    LocalVppSensorEntityDescription(
        key="state",
        translation_key="charger_state",
        part=Part.CHARGER,
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in ChargerState],
        value_fn=of_charger(lambda charger: None if charger.state is None else charger.state.value),
    ),
    LocalVppSensorEntityDescription(
        key="energy_charged",
        translation_key="energy_charged",
        part=Part.CHARGER,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=of_charger(lambda charger: charger.charge_wh),
    ),
    LocalVppSensorEntityDescription(
        key="energy_discharged",
        translation_key="energy_discharged",
        part=Part.CHARGER,
        # Most chargers only charge.
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=of_charger(lambda charger: charger.discharge_wh),
    ),
    LocalVppSensorEntityDescription(
        key="session_energy",
        translation_key="session_energy",
        part=Part.CHARGER,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.ENERGY,
        # It begins anew with each car that is plugged in.
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=of_charger(lambda charger: charger.session_wh),
    ),
    LocalVppSensorEntityDescription(
        key="state_of_charge",
        translation_key="state_of_charge",
        part=Part.CHARGER,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.BATTERY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        noisy=True,
        value_fn=of_charger(lambda charger: rounded(charger.soc_percent, 1)),
    ),
    LocalVppSensorEntityDescription(
        key="current_limit",
        translation_key="current_limit",
        part=Part.CHARGER,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        noisy=True,
        value_fn=of_charger(lambda charger: rounded(charger.limit_a, 1)),
    ),
)

GAS_SENSORS: Final = (
    LocalVppSensorEntityDescription(
        key="volume",
        part=Part.GAS,
        device_class=SensorDeviceClass.GAS,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfVolume.CUBIC_METERS,
        suggested_display_precision=2,
        value_fn=lambda state: part_of(state.gas_l, 3),
    ),
    LocalVppSensorEntityDescription(
        key="gas_energy",
        translation_key="gas_energy",
        part=Part.GAS,
        # Computed with the heating value, which nobody needs to state.
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.ENERGY,
        # Another heating value makes another sum.
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        value_fn=lambda state: state.gas_wh,
    ),
)
