"""Constants of the Local VPP integration."""

from enum import StrEnum
import logging
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "local_vpp"
LOGGER: Final = logging.getLogger(__package__)
PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SENSOR,
)

# What a config entry holds: the flat's membership in its building. Nothing of it is secret; the private key lies in a
# file of its own.
CONF_BUILDING: Final = "building"
CONF_BUILDING_ALGORITHM: Final = "building_algorithm"
CONF_BUILDING_KEY: Final = "building_key"
CONF_FLAT: Final = "flat"
CONF_NEXT_KEY: Final = "next_key"
CONF_ORIGIN: Final = "origin"

# What a resident decides: the folder of the flat's copy of the log, if it keeps one.
CONF_MIRROR: Final = "mirror"

# How the flat stands in a blackout; a resident decides it with an electrician's help.
CONF_BLACKOUT: Final = "blackout"
CONF_ATTENDED: Final = "attended"
CONF_HERTZ: Final = "hertz"
CONF_HOLD_S: Final = "hold_s"
CONF_LIVING_RATED_W: Final = "living_rated_w"
CONF_MEDICAL: Final = "medical"
CONF_NOMINAL_V: Final = "nominal_v"
CONF_OVERDUE_DAYS: Final = "overdue_days"
CONF_PEOPLE: Final = "people"
CONF_SOURCES: Final = "sources"
CONF_USUAL_PERCENT: Final = "usual_percent"
CONF_WARNED_PERCENT: Final = "warned_percent"
CONF_WARNINGS: Final = "warnings"
CONF_WATCHDOG_S: Final = "watchdog_s"
CONF_WIRING: Final = "wiring"

# How the flat bids in its building's market, as its residents wish.
CONF_MARKET: Final = "market"
CONF_BUY_NOT_ABOVE: Final = "buy_not_above"
CONF_DELIVER: Final = "deliver"
CONF_GREEN_ONLY: Final = "green_only"
CONF_KEEP_PERCENT: Final = "keep_percent"
CONF_LINE_W: Final = "line_w"
CONF_NEIGHBOUR: Final = "neighbour_word"
CONF_SELL_NOT_BELOW: Final = "sell_not_below"
CONF_STRATEGY: Final = "strategy"
CONF_TRADES: Final = "trades"

# What the subentry of a load holds: a switch that the living room's battery is relieved by.
LOAD: Final = "load"
CONF_POWER_SENSOR: Final = "power_sensor"
CONF_START_W: Final = "start_w"
CONF_SWITCH: Final = "switch"
CONF_TIER: Final = "tier"

# What only a form asks for.
CONF_CANDIDATE: Final = "candidate"
CONF_FINGERPRINT: Final = "fingerprint"
CONF_INVITE: Final = "invite"

# What a device's subentry holds: how it is reached, and who it said it is.
CONF_BATTERY: Final = "battery"
CONF_BAUDRATE: Final = "baudrate"
CONF_CAPACITY_KWH: Final = "capacity_kwh"
CONF_CHANNEL: Final = "channel"
CONF_GAS_START: Final = "gas_start"
CONF_HEATING_VALUE: Final = "heating_value"
CONF_LITRES_PER_PULSE: Final = "litres_per_pulse"
CONF_MANUFACTURER: Final = "manufacturer"
CONF_MAP: Final = "map"
CONF_MAX_CHARGE_W: Final = "max_charge_w"
CONF_MAX_DISCHARGE_W: Final = "max_discharge_w"
CONF_PARITY: Final = "parity"
CONF_SERIAL_NUMBER: Final = "serial_number"
CONF_SW_VERSION: Final = "sw_version"
CONF_UNIT_ID: Final = "unit_id"

# What the subentry of a device made of Home Assistant's own entities holds: its entities by their roles, and what their
# signs mean.
CONF_BATTERY_SIGN: Final = "battery_sign"
CONF_ENTITIES: Final = "entities"
CONF_FEEDBACK: Final = "feedback"
CONF_POWER_SIGN: Final = "power_sign"

# The device type of an inverter that describes itself; every other one is a register map's name.
SUNSPEC: Final = "sunspec"

TYPE_ENTITIES: Final = "entities"
TYPE_RTU_TCP: Final = "rtu_tcp"
TYPE_RTU_UDP: Final = "rtu_udp"
TYPE_SERIAL: Final = "serial"
TYPE_TCP: Final = "tcp"

# Factory settings: the SDM120 is delivered with 2400 baud, inverters and relays mostly with 9600; a gateway speaks
# Modbus TCP on its registered port.
DEFAULT_BAUDRATE: Final = 9600
DEFAULT_METER_BAUDRATE: Final = 2400
DEFAULT_PORT: Final = 502
DEFAULT_UNIT_ID: Final = 1

# The agent polls each second; ten leave room for a slow disk and a meter that answers at the second try.
FIRST_SECOND_S: Final = 10.0

# Power, voltage and the like are other values each second. Home Assistant's recorder would write 86,400 of each a day;
# every five seconds is what a person can follow, and as often as other energy meters tell. Whoever needs each second
# has the agent's own records.
MEASUREMENTS_EVERY_S: Final = 5.0

# An agent that died of a full disk dies again when it is restarted at once.
RESTART_AFTER_S: Final = 60.0


class DeviceKind(StrEnum):
    """The types of subentries, and the devices behind them."""

    METER = "meter"
    INVERTER = "inverter"
    BATTERY = "battery"
    """One beside the inverter: read another way, or from another device. An inverter's own needs none."""
    RELAY = "relay"
    ISLAND_RELAY = "island_relay"
    """The second contactor of an interlocked pair: it feeds the living room from the inverter."""
    CHARGER = "charger"
    GAS = "gas"


class Part(StrEnum):
    """What entities belong to."""

    FLAT = "flat"
    METER = "meter"
    INVERTER = "inverter"
    BATTERY = "battery"
    RELAY = "relay"
    ISLAND_RELAY = "island_relay"
    CHARGER = "charger"
    GAS = "gas"

    @property
    def device(self) -> str:
        """The name under which the agent reports a device's problems."""
        return self.value.replace("_", " ")
