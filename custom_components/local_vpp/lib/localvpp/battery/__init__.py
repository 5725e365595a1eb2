"""A battery's life, traced from what it says each second: energy, cycles, efficiency, resistance, and what is wrong.

Pure: it knows readings and times, no device, no store and no transport. The names of an export follow what Regulation
(EU) 2023/1542 has the battery passport tell of one battery (Annex XIII, point 4).
"""

from .anomalies import Anomaly, AnomalyKind, shown
from .day import Day
from .energy import UJ_PER_WH
from .export import FORMAT, plain_anomaly, plain_battery, plain_day, plain_life
from .kept import read_anomaly, read_trace, write_anomaly, write_trace
from .life import BatteryLife
from .trace import KEPT_DAYS, Trace

__all__ = [
    "FORMAT",
    "KEPT_DAYS",
    "UJ_PER_WH",
    "Anomaly",
    "AnomalyKind",
    "BatteryLife",
    "Day",
    "Trace",
    "plain_anomaly",
    "plain_battery",
    "plain_day",
    "plain_life",
    "read_anomaly",
    "read_trace",
    "shown",
    "write_anomaly",
    "write_trace",
]
