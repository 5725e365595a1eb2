"""What a flat uses and what its sun gives, in periods of five minutes: what its forecasts are made of.

No record and no bill is made of this: the powers of each second are summed, and nobody signs them. Five minutes divide
every usual length of a slot. A period of which too little was heard is unknown, and stays so: a forecast that takes a
silence for a dark sky promises hours that the battery does not have.
"""

from dataclasses import dataclass, replace
from typing import Final

PERIOD_S: Final = 300
HELD_S: Final = 5.0
"""So long a power is taken to last until the next one is read; what is longer is a gap."""
HEARD_SHARE: Final = 0.9
"""Of a period, to be known: half a minute may be missing, as where a flat is set up anew."""
STANDBY_W: Final = 50
"""So much an inverter may draw for itself by night. Many show it as power of the sun below nothing: of that the sun
gives nothing, and that is known. What is further below is no standby but a wrong sign, and stays as it is."""


@dataclass(frozen=True, slots=True)
class Period:
    """Five minutes of Unix time, in joules; None is unknown."""

    begin: int
    load_j: int | None
    pv_j: int | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of it."""
        return self.load_j is None and self.pv_j is None


@dataclass(frozen=True, slots=True)
class _Sum:
    """A power summed over the time in which it was known."""

    joules: float = 0.0
    heard_s: float = 0.0
    watts: int | None = None
    """As it was last."""

    def after(self, seconds: float, watts: int | None) -> _Sum:
        """Let the power last until now, and be another from now on."""
        if self.watts is None or seconds > HELD_S:
            return replace(self, watts=watts)
        return _Sum(self.joules + self.watts * seconds, self.heard_s + seconds, watts)

    @property
    def whole_j(self) -> int | None:
        """The energy of a whole period, if enough of it was heard."""
        if self.heard_s < HEARD_SHARE * PERIOD_S:
            return None
        return round(self.joules * PERIOD_S / self.heard_s)


@dataclass(frozen=True, slots=True)
class Usage:
    """The period that goes on. It begins with nothing known."""

    begin: int | None = None
    at_s: float = 0.0
    load: _Sum = _Sum()
    pv: _Sum = _Sum()

    def take(self, wall_s: int, now_s: float, load_w: int | None, pv_w: int | None) -> tuple[Usage, Period | None]:
        """Take in one reading; return the period that it has ended, unless nothing is known of that.

        A step of the wall clock ends a period that had too little time to be known.

        Args:
            wall_s: Unix time, which says which period it is.
            now_s: a clock that nobody sets, which says how long a power has lasted.
            load_w: what the flat uses; None if unknown.
            pv_w: what the sun gives; None if unknown, or without PV.
        """
        begin = wall_s - wall_s % PERIOD_S
        passed_s = now_s - self.at_s
        if pv_w is not None and -STANDBY_W <= pv_w < 0:
            pv_w = 0
        load, pv = self.load.after(passed_s, load_w), self.pv.after(passed_s, pv_w)
        if begin == self.begin:
            return Usage(begin, now_s, load, pv), None
        begun = Usage(begin, now_s, _Sum(watts=load_w), _Sum(watts=pv_w))
        if self.begin is None:
            return begun, None
        ended = Period(self.begin, load.whole_j, pv.whole_j)
        return begun, None if ended.is_empty else ended
