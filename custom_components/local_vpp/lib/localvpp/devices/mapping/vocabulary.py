"""What a register map may say: classes of devices, their points, and the units of registers.

The points of a class are a fixed vocabulary: they are what its capabilities are made of. A maker's own registers that
are written to (modes, commands, time limits) are a map's settings, and have the maker's names.
"""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Final


class Space(StrEnum):
    """The four address spaces of Modbus."""

    HOLDING = "holding"
    INPUT = "input"
    COIL = "coil"
    DISCRETE = "discrete"


class DeviceClass(StrEnum):
    """Which capabilities a map gives."""

    METER = "meter"
    RELAY = "relay"
    HYBRID = "hybrid"
    """An inverter with a battery: both capabilities."""
    EV_CHARGER = "ev_charger"
    GAS_METER = "gas_meter"
    """It counts a volume, or pulses that stand for one."""


class Quantity(StrEnum):
    """What a point measures."""

    POWER = "power"
    ENERGY = "energy"
    VOLUME = "volume"
    PULSES = "pulses"
    VOLTAGE = "voltage"
    CURRENT = "current"
    FREQUENCY = "frequency"
    SHARE = "share"
    TEMPERATURE = "temperature"
    DURATION = "duration"
    STATE = "state"
    FLAGS = "flags"
    NUMBER = "number"
    """Of a setting that is none of the others."""
    NAME = "name"
    CONTACT = "contact"


_IDENTITY: Final[Mapping[str, Quantity]] = {"serial": Quantity.NAME, "version": Quantity.NAME}

_PHASES: Final[Mapping[str, Quantity]] = {
    "voltage_v": Quantity.VOLTAGE,
    "voltage_l2_v": Quantity.VOLTAGE,
    "voltage_l3_v": Quantity.VOLTAGE,
    "frequency_hz": Quantity.FREQUENCY,
}

POINTS: Final[Mapping[DeviceClass, Mapping[str, Quantity]]] = {
    DeviceClass.METER: {
        "power_w": Quantity.POWER,
        "power_l1_w": Quantity.POWER,
        "power_l2_w": Quantity.POWER,
        "power_l3_w": Quantity.POWER,
        "import_wh": Quantity.ENERGY,
        "export_wh": Quantity.ENERGY,
        "current_a": Quantity.CURRENT,
        "current_l2_a": Quantity.CURRENT,
        "current_l3_a": Quantity.CURRENT,
        **_PHASES,
        **_IDENTITY,
    },
    DeviceClass.RELAY: {
        "commanded": Quantity.CONTACT,
        "closed": Quantity.CONTACT,
        "energised": Quantity.CONTACT,
        **_IDENTITY,
    },
    DeviceClass.HYBRID: {
        "ac_power_w": Quantity.POWER,
        "pv_power_w": Quantity.POWER,
        "pv1_power_w": Quantity.POWER,
        "pv2_power_w": Quantity.POWER,
        "pv3_power_w": Quantity.POWER,
        "pv4_power_w": Quantity.POWER,
        "grid_power_w": Quantity.POWER,
        "grid_import_power_w": Quantity.POWER,
        "grid_export_power_w": Quantity.POWER,
        "load_power_w": Quantity.POWER,
        "backup_power_w": Quantity.POWER,
        "battery_power_w": Quantity.POWER,
        "battery_charge_power_w": Quantity.POWER,
        "battery_discharge_power_w": Quantity.POWER,
        "rated_power_w": Quantity.POWER,
        "max_charge_w": Quantity.POWER,
        "max_discharge_w": Quantity.POWER,
        "energy_wh": Quantity.ENERGY,
        "pv_wh": Quantity.ENERGY,
        "import_wh": Quantity.ENERGY,
        "export_wh": Quantity.ENERGY,
        "charge_wh": Quantity.ENERGY,
        "discharge_wh": Quantity.ENERGY,
        "capacity_wh": Quantity.ENERGY,
        "battery_voltage_v": Quantity.VOLTAGE,
        "battery_current_a": Quantity.CURRENT,
        "battery_temperature_c": Quantity.TEMPERATURE,
        "cell_min_v": Quantity.VOLTAGE,
        "cell_max_v": Quantity.VOLTAGE,
        "cell_min_c": Quantity.TEMPERATURE,
        "cell_max_c": Quantity.TEMPERATURE,
        "soc_percent": Quantity.SHARE,
        "soh_percent": Quantity.SHARE,
        "backup_voltage_v": Quantity.VOLTAGE,
        "backup_frequency_hz": Quantity.FREQUENCY,
        "lease_left_s": Quantity.DURATION,
        "state": Quantity.STATE,
        "grid_state": Quantity.STATE,
        "battery_state": Quantity.STATE,
        "meter_state": Quantity.STATE,
        "flags": Quantity.FLAGS,
        "status_flags": Quantity.FLAGS,
        **_PHASES,
        "battery_serial": Quantity.NAME,
        **_IDENTITY,
    },
    DeviceClass.EV_CHARGER: {
        "power_w": Quantity.POWER,
        "charge_wh": Quantity.ENERGY,
        "discharge_wh": Quantity.ENERGY,
        "session_wh": Quantity.ENERGY,
        "soc_percent": Quantity.SHARE,
        "current_a": Quantity.CURRENT,
        "current_l2_a": Quantity.CURRENT,
        "current_l3_a": Quantity.CURRENT,
        "limit_a": Quantity.CURRENT,
        "min_a": Quantity.CURRENT,
        "max_a": Quantity.CURRENT,
        "fallback_a": Quantity.CURRENT,
        "lease_s": Quantity.DURATION,
        "lease_left_s": Quantity.DURATION,
        "state": Quantity.STATE,
        "cable_state": Quantity.STATE,
        **_PHASES,
        **_IDENTITY,
    },
    DeviceClass.GAS_METER: {
        "volume_l": Quantity.VOLUME,
        "pulses": Quantity.PULSES,
        **_IDENTITY,
    },
}
"""The points of each class: what its readings, and the identity, are made of."""

REQUIRED: Final[Mapping[DeviceClass, frozenset[str]]] = {
    DeviceClass.METER: frozenset({"power_w", "import_wh"}),
    DeviceClass.RELAY: frozenset({"commanded", "closed"}),
    DeviceClass.HYBRID: frozenset({"soc_percent"}),
    DeviceClass.EV_CHARGER: frozenset({"power_w", "state"}),
    DeviceClass.GAS_METER: frozenset(),
}
"""Without these the device is of no use: a relay, for one, must not be driven without feedback."""

STRINGS: Final = ("pv1_power_w", "pv2_power_w", "pv3_power_w", "pv4_power_w")
"""The PV is the sum of these where it is not told as one."""

UNITS: Final[Mapping[str, tuple[Quantity, Fraction]]] = {
    "W": (Quantity.POWER, Fraction(1)),
    "kW": (Quantity.POWER, Fraction(1000)),
    "Wh": (Quantity.ENERGY, Fraction(1)),
    "kWh": (Quantity.ENERGY, Fraction(1000)),
    "MWh": (Quantity.ENERGY, Fraction(1_000_000)),
    "L": (Quantity.VOLUME, Fraction(1)),
    "m3": (Quantity.VOLUME, Fraction(1000)),
    "V": (Quantity.VOLTAGE, Fraction(1)),
    "mV": (Quantity.VOLTAGE, Fraction(1, 1000)),
    "A": (Quantity.CURRENT, Fraction(1)),
    "mA": (Quantity.CURRENT, Fraction(1, 1000)),
    "Hz": (Quantity.FREQUENCY, Fraction(1)),
    "%": (Quantity.SHARE, Fraction(1)),
    "C": (Quantity.TEMPERATURE, Fraction(1)),
    "s": (Quantity.DURATION, Fraction(1)),
    "min": (Quantity.DURATION, Fraction(60)),
    "h": (Quantity.DURATION, Fraction(3600)),
}
"""Units a map may use, and what one of them is in the unit of the reading's field."""

SHOWN_UNITS: Final[Mapping[Quantity, str]] = {
    Quantity.POWER: "W",
    Quantity.ENERGY: "Wh",
    Quantity.VOLUME: "L",
    Quantity.VOLTAGE: "V",
    Quantity.CURRENT: "A",
    Quantity.FREQUENCY: "Hz",
    Quantity.SHARE: "%",
    Quantity.TEMPERATURE: "°C",
    Quantity.DURATION: "s",
}
"""The unit of a point's value; the others have none."""

STATES: Final = frozenset({Quantity.STATE, Quantity.FLAGS})
UNITLESS: Final = frozenset({Quantity.NAME, Quantity.CONTACT, Quantity.NUMBER, Quantity.PULSES, *STATES})
COUNTERS: Final = frozenset({Quantity.ENERGY, Quantity.VOLUME, Quantity.PULSES})
"""What only counts upwards."""
