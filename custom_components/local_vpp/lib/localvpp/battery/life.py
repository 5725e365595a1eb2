"""A battery's life as it is shown: by sensors, in diagnostics, and in exports."""

from dataclasses import dataclass
from typing import Self

from . import resistance
from .anomalies import Anomaly
from .day import Day
from .energy import UJ_PER_WH
from .trace import Trace

_MILLIONTHS_OF_A_HUNDREDTH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryLife:
    """What there is to show of a battery's life. Unknown is None; temperatures are in tenths of a degree."""

    began_ms: int
    charged_wh: int
    discharged_wh: int
    counted: bool
    """Whether both are the device's own counters, or integrated from its power."""
    proven_wh: int = 0
    """What came out of it and left the flat, by the flat's own signed records."""
    unknown_s: int
    cycles_hundredths: int | None
    efficiency_permille: int | None
    windows: int
    """Windows that the efficiency is of."""
    health_permille: int | None
    capacity_wh: int | None
    capacity_stated: bool
    """Whether that is its resident's word, and not the device's."""
    coldest_dc: int | None
    """Of the day, as all below."""
    warmest_dc: int | None
    cell_spread_mv: int | None
    cell_spread_dc: int | None
    resistance_uohm: int | None
    """The median of the newest day that has one."""
    resistance_trend_uohm: int | None
    """Per 30 days."""
    anomalies: tuple[Anomaly, ...] = ()

    @property
    def efficiency_percent(self) -> int | None:
        """Return what surely comes out of what goes in, in whole percents; unknown before the first window."""
        return None if self.efficiency_permille is None else max(1, self.efficiency_permille // 10)

    @classmethod
    def of(cls, trace: Trace, proven_wh: int = 0) -> Self:
        """Describe a trace."""
        cycles, day = trace.cycles_millionths, trace.day
        known = [each for each in (*trace.days, day) if each.resistance_uohm is not None]
        return cls(
            began_ms=trace.began_ms,
            charged_wh=trace.charge.total_uj // UJ_PER_WH,
            discharged_wh=trace.discharge.total_uj // UJ_PER_WH,
            counted=trace.counted,
            proven_wh=proven_wh,
            unknown_s=trace.unknown_ms // 1000,
            cycles_hundredths=None if cycles is None else cycles // _MILLIONTHS_OF_A_HUNDREDTH,
            efficiency_permille=trace.efficiency_permille,
            windows=len(trace.windows),
            health_permille=_newest_health(trace),
            capacity_wh=None if trace.cycles.capacity_uj is None else trace.cycles.capacity_uj // UJ_PER_WH,
            capacity_stated=trace.cycles.stated,
            coldest_dc=day.coldest_dc,
            warmest_dc=day.warmest_dc,
            cell_spread_mv=day.cell_spread_mv,
            cell_spread_dc=day.cell_spread_dc,
            resistance_uohm=known[-1].resistance_uohm if known else None,
            resistance_trend_uohm=resistance.trend(
                [(each.number, each.resistance_uohm) for each in trace.days if each.resistance_uohm is not None]
            ),
            anomalies=tuple(trace.watch.active[kind] for kind in sorted(trace.watch.active)),
        )


def _newest_health(trace: Trace) -> int | None:
    days: tuple[Day, ...] = (*trace.days, trace.day)
    return next((day.health_permille for day in reversed(days) if day.health_permille is not None), None)
