"""The life of a flat's batteries, as a table of days or as lines for a person."""

from collections.abc import Mapping, Sequence
import csv
import io
from typing import Any, Final

_WHO: Final = ("manufacturer", "model", "serial_number")
_LINES: Final = (
    ("state_of_health_percent", "state of health", "%"),
    ("full_equivalent_cycles", "full equivalent cycles", ""),
    ("charged_energy_wh", "charged", "Wh"),
    ("discharged_energy_wh", "discharged", "Wh"),
    ("energy_source", "energy by", ""),
    ("proven_discharged_energy_wh", "proven to have left the flat", "Wh"),
    ("usable_capacity_wh", "usable capacity", "Wh"),
    ("round_trip_efficiency_percent", "round-trip efficiency", "%"),
    ("internal_resistance_milliohm", "internal resistance", "mΩ"),
    ("internal_resistance_trend_milliohm_per_30_days", "resistance trend", "mΩ in 30 days"),
)


def batteries_csv(batteries: Sequence[Mapping[str, Any]]) -> str:
    """Return a row for each day of each battery, below the names of its columns; unknown is empty."""
    rows = [{name: battery[name] for name in _WHO} | day for battery in batteries for day in battery["days"]]
    if not rows:
        return ""
    out = io.StringIO()
    table = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue()


def batteries_text(batteries: Sequence[Mapping[str, Any]]) -> str:
    """Return each battery as a few lines."""
    return "\n\n".join(_text(battery) for battery in batteries) or "No battery was read yet."


def _text(battery: Mapping[str, Any]) -> str:
    who = f"{battery['manufacturer']} {battery['model']}"
    if battery["serial_number"] is not None:
        who += f" (serial {battery['serial_number']})"
    lines = [f"{who}, since {battery['since']}, last kept {battery['saved']}"]
    for name, title, unit in _LINES:
        value = battery[name]
        lines.append(f"  {title}: " + ("unknown" if value is None else f"{value} {unit}".rstrip()))
    for anomaly in battery["anomalies"]:
        until = "now" if anomaly["until"] is None else anomaly["until"]
        lines.append(f"  {anomaly['since']} to {until}: {anomaly['reason']}")
    return "\n".join(lines)
