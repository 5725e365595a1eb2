"""What a flat's living room draws, as far as its devices tell: for the hours left, and for a drill's report.

Pure. What is not measured is None, and no 0.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from ..islanding import Load
from ..rounds import Round

REST: Final = "rest"
"""Name of what no load of the flat's own switches draws: the living room's sockets, and the lamps."""


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
