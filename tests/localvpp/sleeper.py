"""A flat whose inverter sleeps from dusk to dawn and answers nobody, second by second as its devices are read."""

from collections.abc import Iterator
from dataclasses import dataclass
import math

from localvpp.devices import BatteryReading, InverterReading, MeterReading
from localvpp.round import Round

DAY_S = 86_400
NOON_W = 4000
AWAKE_W = 20
"""Below so much of sun the inverter has not enough to run."""


def sun_w(at: int) -> float:
    """What the sun gives: from six to eighteen o'clock, of whatever day."""
    return max(0.0, NOON_W * math.sin(math.pi * (at % DAY_S - DAY_S / 4) / (DAY_S / 2)))


def load_w(at: int) -> int:
    """What the flat uses."""
    return 900 if 17 * 3600 <= at % DAY_S < 22 * 3600 else 300


@dataclass(frozen=True)
class Sleeper:
    """A flat of a day that begins at midnight of its wall clock."""

    every_s: int = 5
    step_wh: int = 1
    """Of the inverter's counter."""
    heard_late_s: int = 240
    """After it has woken: it is knocked at now and then."""
    battery: bool = False
    broken: range = range(0)
    """When it answers nobody although the sun gives."""

    def lived(self, begin: int, end: int) -> Iterator[Round]:
        """Read it."""
        made_wh = 0.0
        for at in range(begin, end, self.every_s):
            watts = sun_w(at) if sun_w(at) >= AWAKE_W else 0.0
            made_wh += watts * self.every_s / 3600
            heard = watts > 0 and (at % DAY_S > DAY_S / 2 or sun_w(at - self.heard_late_s) >= AWAKE_W)
            asleep = not heard or at in self.broken
            yield Round(
                time_ms=at * 1000,
                meter=MeterReading(power_w=load_w(at) - watts, import_wh=0, export_wh=0),
                inverter=None
                if asleep
                else InverterReading(pv_power_w=watts, pv_wh=int(made_wh) // self.step_wh * self.step_wh),
                battery=BatteryReading(power_w=0.0) if self.battery else None,
                relay=None,
                charger=None,
                gas=None,
                has_inverter=True,
                has_battery=self.battery,
                battery_news=None,
                has_v2h=False,
                problems={},
            )
