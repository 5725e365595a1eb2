"""A trace as the flat's database keeps it: JSON of whole numbers, its days apart.

What hangs on the monotonic clock is not kept: it means nothing after a restart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
import json
from typing import Any

from .anomalies import Anomaly, AnomalyKind, Watch
from .cycles import Closed, Cycles, Window
from .day import Day
from .energy import Flow
from .trace import Trace


def write_trace(trace: Trace) -> str:
    """Return a trace as it is kept, without the days that are over."""
    return json.dumps(
        {
            "began_ms": trace.began_ms,
            "day": trace.day.number,
            "steps": trace.day.steps,
            "charge": _flow(trace.charge),
            "discharge": _flow(trace.discharge),
            "unknown_ms": trace.unknown_ms,
            "cycles": asdict(trace.cycles),
            "window": None if trace.window is None else asdict(trace.window),
            "windows": [asdict(window) for window in trace.windows],
            "active": [write_anomaly(anomaly) for anomaly in trace.watch.active.values()],
            "waiting": dict(trace.watch.waiting),
        }
    )


def read_trace(data: str, days: Sequence[Day]) -> Trace:
    """Return a trace that was kept, as it goes on.

    Args:
        data: what `write_trace` gave.
        days: all of its days, oldest first.
    """
    kept: dict[str, Any] = json.loads(data)
    by_number = {day.number: day for day in days}
    day = by_number.pop(kept["day"], None) or Day(number=kept["day"])
    active = [read_anomaly(each) for each in kept["active"]]
    return Trace(
        began_ms=kept["began_ms"],
        day=_with_steps(day, kept["steps"]),
        days=tuple(by_number.values()),
        charge=Flow(**kept["charge"]),
        discharge=Flow(**kept["discharge"]),
        unknown_ms=kept["unknown_ms"],
        cycles=Cycles(**kept["cycles"]),
        window=None if kept["window"] is None else Window(**kept["window"]),
        windows=tuple(Closed(**window) for window in kept["windows"]),
        watch=Watch(
            {anomaly.kind: anomaly for anomaly in active},
            {AnomalyKind(kind): waited for kind, waited in kept["waiting"].items()},
        ),
    ).resumed()


def write_anomaly(anomaly: Anomaly) -> dict[str, Any]:
    """Return an anomaly as JSON."""
    return {
        "kind": anomaly.kind,
        "since_ms": anomaly.since_ms,
        "healed_ms": anomaly.healed_ms,
        "numbers": dict(anomaly.numbers),
    }


def read_anomaly(kept: Mapping[str, Any]) -> Anomaly:
    """Return an anomaly of JSON."""
    return Anomaly(AnomalyKind(kept["kind"]), kept["since_ms"], kept["numbers"], kept["healed_ms"])


def _flow(flow: Flow) -> dict[str, int | None]:
    return {
        "settled_uj": flow.settled_uj,
        "pending_uj": flow.pending_uj,
        "counter_wh": flow.counter_wh,
        "silent_ms": flow.silent_ms,
    }


def _with_steps(day: Day, steps: Sequence[int]) -> Day:
    return Day(**{**asdict(day), "steps": tuple(steps)})
