"""A battery's life for outsiders: JSON for one battery, and a row for each of its days.

Names follow what Regulation (EU) 2023/1542 has a battery passport tell of a single battery (Annex XIII point 4, and
Annex VII on state of health and expected lifetime), so that what a passport asks for can be copied. It is no passport:
it tells what was measured in this flat, since it was measured. docs/exports.md describes each field.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from .anomalies import Anomaly
from .day import Day
from .energy import UJ_PER_WH
from .life import BatteryLife

FORMAT: Final = "local-vpp battery life 1"

_EPOCH: Final = date(1970, 1, 1)


def plain_life(life: BatteryLife) -> dict[str, Any]:
    """Return what a battery's life comes to, in the units of the names; unknown is None."""
    return {
        "since": plain_time(life.began_ms),
        "energy_throughput_wh": life.charged_wh + life.discharged_wh,
        "charged_energy_wh": life.charged_wh,
        "discharged_energy_wh": life.discharged_wh,
        "energy_source": "device counters" if life.counted else "integrated power",
        "unknown_seconds": life.unknown_s,
        "proven_discharged_energy_wh": life.proven_wh,
        "full_equivalent_cycles": _scaled(life.cycles_hundredths, 100),
        "usable_capacity_wh": life.capacity_wh,
        "usable_capacity_source": None
        if life.capacity_wh is None
        else "resident"
        if life.capacity_stated
        else "device",
        "state_of_health_percent": _scaled(life.health_permille, 10),
        "round_trip_efficiency_percent": _scaled(life.efficiency_permille, 10),
        "round_trip_windows": life.windows,
        "internal_resistance_milliohm": _scaled(life.resistance_uohm, 1000),
        "internal_resistance_trend_milliohm_per_30_days": _scaled(life.resistance_trend_uohm, 1000),
    }


def plain_anomaly(anomaly: Anomaly) -> dict[str, Any]:
    """Return an anomaly with its reason; `until` is None while it lasts."""
    return {
        "kind": anomaly.kind.value,
        "since": plain_time(anomaly.since_ms),
        "until": None if anomaly.healed_ms is None else plain_time(anomaly.healed_ms),
        "reason": anomaly.reason,
        "numbers": dict(anomaly.numbers),
    }


def plain_day(day: Day) -> dict[str, Any]:
    """Return a day, in the units of the names; unknown is None."""
    return {
        "day": (_EPOCH + timedelta(days=day.number)).isoformat(),
        "charged_energy_wh": day.charged_uj // UJ_PER_WH,
        "discharged_energy_wh": day.discharged_uj // UJ_PER_WH,
        "usable_capacity_wh": day.capacity_wh,
        "state_of_health_percent": _scaled(day.health_permille, 10),
        "capacity_fade_percent": None if day.health_permille is None else _scaled(1000 - day.health_permille, 10),
        "temperature_min_c": _scaled(day.coldest_dc, 10),
        "temperature_max_c": _scaled(day.warmest_dc, 10),
        "cell_voltage_spread_mv": day.cell_spread_mv,
        "cell_temperature_spread_c": _scaled(day.cell_spread_dc, 10),
        "internal_resistance_milliohm": _scaled(day.resistance_uohm, 1000),
    }


def plain_battery(
    who: Mapping[str, str | None],
    saved_ms: int,
    life: BatteryLife,
    anomalies: Iterable[Anomaly],
    days: Sequence[Day],
) -> dict[str, Any]:
    """Return all that is known of one battery.

    Args:
        who: manufacturer, model, serial number and version, under the names of an export.
        saved_ms: when it was kept last.
        life: what it comes to.
        anomalies: all that there ever were, oldest first.
        days: all of its days, oldest first.
    """
    return {
        "format": FORMAT,
        **who,
        "saved": plain_time(saved_ms),
        **plain_life(life),
        "anomalies": [plain_anomaly(anomaly) for anomaly in anomalies],
        "days": [plain_day(day) for day in days],
    }


def plain_time(time_ms: int) -> str:
    """Return a wall time as ISO 8601 in UTC."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="seconds")


def _scaled(value: int | None, parts: int) -> float | None:
    return None if value is None else value / parts
