"""What the devices of a flat with sun and battery say in one second."""

from typing import Final

from localvpp.devices import BatteryReading, InverterReading, MeterReading
from localvpp.round import Round

from .place import SLOT

READ: Final = Round(
    time_ms=SLOT * 1000,
    meter=MeterReading(power_w=-900.0, import_wh=5_000, export_wh=70),
    inverter=InverterReading(pv_power_w=1500.0, pv_wh=10_000, energy_wh=9_000),
    battery=BatteryReading(power_w=-200.0, charge_wh=400, discharge_wh=300),
    relay=None,
    charger=None,
    gas=None,
    has_inverter=True,
    has_battery=True,
    battery_news=None,
    has_v2h=False,
    problems={},
)
