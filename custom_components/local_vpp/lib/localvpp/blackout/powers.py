"""What a flat's living room draws, as far as its devices tell: for the hours left, and for a drill's report.

Pure. What is not measured is None, and no 0.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from ..islanding import Load, Policy, Wiring
from ..islanding.endurance import Forecast, after_separation, lasts_s, usable_wh
from ..round import Round

REST: Final = "rest"
"""Name of what no load of the flat's own switches draws: the living room's sockets, and the lamps."""


SUN_S: Final = 3600.0
"""So long the sun is taken to shine on as it does, where nobody forecasts it."""


def living_w(read: Round, *, islanded: bool, paired: bool) -> float | None:
    """Return what the battery has to feed in an island: what it feeds now, or what hangs on its circuit.

    Of a pair of contactors nothing hangs on the inverter's backup terminals while the flat is on the grid; then it is
    what the whole flat draws, which is no less.
    """
    inverter, meter = read.inverter, read.meter
    if inverter is None:
        return None
    if inverter.backup_power_w is not None and (islanded or not paired):
        return max(0.0, inverter.backup_power_w)
    if inverter.load_power_w is not None:
        return max(0.0, inverter.load_power_w)
    if inverter.ac_power_w is None:
        return None
    if islanded:
        return max(0.0, inverter.ac_power_w)
    if meter is None or meter.power_w is None:
        return None
    return max(0.0, meter.power_w + inverter.ac_power_w)


def by_tier(read: Round, loads: Sequence[Load], watts: Mapping[str, float | None]) -> dict[str, float]:
    """Return what each tier of loads draws in an island, and the rest, as far as it is measured."""
    tiers: dict[str, float] = {}
    for load in loads:
        drawn_w = watts.get(load.name)
        if drawn_w is not None:
            tiers[str(load.tier)] = tiers.get(str(load.tier), 0.0) + drawn_w
    total_w = living_w(read, islanded=True, paired=False)
    if total_w is not None:
        tiers[REST] = max(0.0, total_w - sum(tiers.values()))
    return tiers


def hours_left(
    read: Round, soc_percent: float | None, policy: Policy, pv: Sequence[Forecast] | None, island_s: float | None
) -> tuple[float | None, float | None]:
    """Return for how many seconds the battery lasts at the present load, without sun and with it.

    Args:
        read: what the devices say.
        soc_percent: the battery's charge.
        policy: has the floor.
        pv: what the sun is expected to give; None where nobody forecasts it.
        island_s: for how long the flat has been separated; None while it is not.
    """
    load_w = living_w(read, islanded=island_s is not None, paired=policy.wiring is Wiring.PAIR)
    if load_w is None or soc_percent is None or read.battery is None or read.battery.holds_wh is None:
        return None, None
    capacity_wh = read.battery.holds_wh
    energy_wh = usable_wh(soc_percent, policy.floors.emergency, capacity_wh)
    room_wh = usable_wh(100.0, min(100.0, soc_percent), capacity_wh)
    if pv is None:
        pv_w = None if read.inverter is None else read.inverter.pv_power_w
        pv = None if pv_w is None else (Forecast(SUN_S, max(0.0, pv_w)),)
    sun_s = None if pv is None else lasts_s(energy_wh, load_w, after_separation(pv, island_s or 0.0), room_wh=room_wh)
    return lasts_s(energy_wh, load_w), sun_s
