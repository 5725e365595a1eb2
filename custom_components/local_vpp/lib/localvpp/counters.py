"""Follows the counters of a flat's inverter and battery, second by second, for its records to tell. Pure.

Nothing is made up:

- A counter is known as it was read, up to `STANDS_MS` before. What is older is unknown, but for an inverter that fell
  asleep: by its last word the sun gave no more than it draws by itself, and it is silent since, so its counter stands
  until it is heard again.
- An inverter with a counter of its PV is told by that, as it counts: on its DC side mostly. One without tells what it
  fed, on its AC side, and that is its PV's only where the flat has no battery. One that tells powers alone has none.
- A flat without an inverter makes nothing, as long as nothing ever flowed out of it; else somebody has not set up what
  made that. One without a battery stores nothing. What goes into a car is used; where one can give back, what was
  stored is unknown.
"""

from dataclasses import dataclass
from typing import Final

from .behind import UNKNOWN, Behind, Count
from .devices import Identity
from .round import Round
from .slots import Reading
from .usage import STANDBY_W

STANDS_MS: Final = 60_000
"""Counters that nobody bills are read every ten seconds or less often, and may fail once or twice."""
NOBODY: Final = "none"
"""Whose counters of 0 are, where there is no such device."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A counter as it was last read."""

    count: Count
    time_ms: int

    def at(self, time_ms: int, *, asleep: bool) -> Count | None:
        """Return what it shows at a time, as far as that is known."""
        return self.count if asleep or 0 <= time_ms - self.time_ms <= STANDS_MS else None


@dataclass(frozen=True, slots=True)
class Counters:
    """What was read of a flat's counters. A value: keep what `after` returns."""

    now: Behind = UNKNOWN
    """In the last second."""
    _generated: _Kept | None = None
    _charged: _Kept | None = None
    _discharged: _Kept | None = None
    _sun_w: int | None = None
    """As it was last told."""
    _battery_w: float | None = None

    @classmethod
    def resumed(cls, last: Reading | None) -> Counters:
        """Go on from the last reading before a restart: what slept then sleeps until it is heard."""
        if last is None:
            return cls()

        def kept(count: Count | None) -> _Kept | None:
            return None if count is None else _Kept(count, last.time_ms)

        behind = last.behind
        return cls(
            UNKNOWN,
            kept(behind.generated),
            kept(behind.charged),
            kept(behind.discharged),
            0 if behind.asleep else None,
            0.0 if behind.asleep and behind.charged is not None else None,
        )

    def after(self, read: Round, inverter: Identity | None, battery: Identity | None) -> Counters:
        """Return what is known after a second.

        Args:
            read: what the devices said.
            inverter: who the inverter is; None without one.
            battery: who the battery is.
        """
        told_w = read.sun_w
        sun_w = self._sun_w if told_w is None else told_w
        asleep = told_w is None and sun_w is not None and sun_w <= STANDBY_W
        battery_w = self._battery_w if read.battery is None else read.battery.power_w
        rests = asleep and read.battery is None and battery_w is not None and abs(battery_w) <= STANDBY_W
        generated = self._made(read, inverter)
        charged, discharged = self._stored(read, battery)

        def stored(kept: _Kept | None) -> Count | None:
            if kept is None or read.has_v2h:
                return None
            return kept.at(read.time_ms, asleep=asleep if kept.count.of == NOBODY else rests)

        made = None if generated is None else generated.at(read.time_ms, asleep=asleep)
        now = Behind(made, stored(charged), stored(discharged), asleep)
        return Counters(now, generated, charged, discharged, sun_w, battery_w)

    def _made(self, read: Round, inverter: Identity | None) -> _Kept | None:
        if inverter is None or not read.has_inverter:
            gave_nothing = read.meter is not None and read.meter.export_wh == 0
            return _next(self._generated, 0, NOBODY, read.time_ms) if gave_nothing else _of(self._generated, NOBODY)
        of_pv, fed = f"{inverter}: PV", f"{inverter}: fed"
        kept = _of(self._generated, of_pv) or (None if read.has_battery else _of(self._generated, fed))
        reading = read.inverter
        if reading is None:
            return kept
        if reading.pv_wh is not None:
            return _next(kept, reading.pv_wh, of_pv, read.time_ms - reading.ages_ms.get("pv_wh", 0))
        if reading.energy_wh is None or read.has_battery or _of(kept, of_pv):
            return kept
        return _next(kept, reading.energy_wh, fed, read.time_ms - reading.ages_ms.get("energy_wh", 0))

    def _stored(self, read: Round, battery: Identity | None) -> tuple[_Kept | None, _Kept | None]:
        if read.inverter is None and read.has_inverter and not read.has_battery:
            return self._charged, self._discharged  # Whether it has a battery is known once it has been heard.
        if battery is None or not read.has_battery:
            return _next(self._charged, 0, NOBODY, read.time_ms), _next(self._discharged, 0, NOBODY, read.time_ms)
        into, out_of = f"{battery}: charged", f"{battery}: discharged"
        charged, discharged = _of(self._charged, into), _of(self._discharged, out_of)
        reading = read.battery
        if reading is None:
            return charged, discharged
        if reading.charge_wh is not None:
            charged = _next(charged, reading.charge_wh, into, read.time_ms - reading.ages_ms.get("charge_wh", 0))
        if reading.discharge_wh is not None:
            read_ms = read.time_ms - reading.ages_ms.get("discharge_wh", 0)
            discharged = _next(discharged, reading.discharge_wh, out_of, read_ms)
        return charged, discharged


def _next(kept: _Kept | None, wh: int, of: str, time_ms: int) -> _Kept:
    return _Kept(Count(wh, of) if kept is None else kept.count.after(wh, of), time_ms)


def _of(kept: _Kept | None, of: str) -> _Kept | None:
    """Pass what was kept of this counter; None for another one's."""
    return kept if kept is not None and kept.count.of == of else None
