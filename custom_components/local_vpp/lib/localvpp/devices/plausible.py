"""What cannot be true: pure rules that turn an implausible reading into an unknown or a held one.

Each rule answers a failure that was seen in the field with inverters and meters of many makes: total counters that
step back for one poll (and make an energy dashboard count a lifetime twice), megawatt spikes from a 32-bit value whose
halves are of two moments, values off by powers of ten when a scale factor changes, NaN read as zero.

A rule that needs memory takes its state as a value and gives the next one: ``Counter`` in, ``Counter`` out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
import math
from typing import Final

FREQUENCY_HZ: Final = (45.0, 65.0)
"""Both nominal frequencies (50 and 60 Hz, by region in Japan) with the widest trip limits around them."""

VOLTAGE_V: Final = (80.0, 280.0)
"""From a weak 100 V (Japan) to a strong 240 V. Below is a dead line or a wrong register: neither is a grid's."""

DEAD_V: Final = 10.0
"""A line with less is dead: a tenth of the lowest nominal voltage."""

SAG_V: Final = (VOLTAGE_V[1] / 10, VOLTAGE_V[0])
"""A grid that is there and far too weak: every relay calls it gone. Less may be one whose scale was misread by ten."""

LONGEST_WAIT_S: Final = 3600
"""IEEE 1547-2018 lets a device wait for 600 s before it returns to the grid, and for 1000 s of chance."""

RATING_MARGIN: Final = 1.5
"""A device overshoots its nameplate for seconds, but not by half."""

RESET_FRACTION: Final = 100
"""A counter that begins anew begins below one hundredth of what it was; less far back is an error of reading."""

RESET_POLLS: Final = 3
"""So many readings in a row must tell of the new beginning before it is believed."""

CONFIRM_STEPS: Final = 10
"""A device may count so many times faster than its declared rating and is still believed, slowly. More is no rating
that somebody forgot to set: it is nonsense, and two readings of nonsense do not confirm each other."""

TORN_MARGIN: Final = 1000
"""A low word so near to its turn may belong to the other high word."""


def within(value: float | None, limits: tuple[float, float]) -> float | None:
    """Pass a value inside of the limits (both included), None otherwise."""
    return value if value is not None and limits[0] <= value <= limits[1] else None


def frequency(hertz: float | None) -> float | None:
    """Pass a grid's frequency, None otherwise."""
    return within(hertz, FREQUENCY_HZ)


def voltage(volts: float | None) -> float | None:
    """Pass a low voltage grid's phase voltage, None otherwise."""
    return within(volts, VOLTAGE_V)


def line_voltage(volts: float | None, others: Iterable[float | None], counted_wh: int | None) -> float | None:
    """Pass a meter's voltage: a grid's, that of a line which is shown to be dead, or a sag.

    A meter with power of its own shows an outage as a voltage near 0, and so does one whose answer is all zeros. It is
    the first only where nothing else tells of a grid, neither another phase nor a frequency, and its counter was
    believed and is not 0. A sag is the other way round: something else does tell of a grid; alone it is a wrong
    register.

    Args:
        volts: as it was read.
        others: what else it shows of voltages and frequency, as far as it can be true of a grid.
        counted_wh: what it counted with this reading; None where that is not believed.
    """
    alive = voltage(volts)
    if alive is not None or volts is None or not counted_wh:
        return alive
    witnessed = any(each is not None for each in others)
    dead, sags = 0 <= volts < DEAD_V, SAG_V[0] <= volts < SAG_V[1]
    return volts if (sags if witnessed else dead) else None


def percent(value: float | None) -> float | None:
    """Pass a share of 0 to 100 %, None otherwise."""
    return within(value, (0.0, 100.0))


def power(watts: float | None, rated_w: float | None) -> float | None:
    """Pass a power that the nameplate allows; without a nameplate every finite power passes."""
    if watts is None or not math.isfinite(watts):
        return None
    if rated_w is None or rated_w <= 0:
        return watts
    return within(watts, (-RATING_MARGIN * rated_w, RATING_MARGIN * rated_w))


def says_nothing(volts: float | None, hertz: float | None, state: object) -> bool:
    """Tell whether an inverter shows neither voltage nor frequency nor a state that has a name.

    Then its answer is no answer: one bit of garbage must not be read as an island.
    """
    return volts is None and hertz is None and state is None


def reconnect_wait(seconds: float | None) -> int | None:
    """Pass the time that a device still waits for before it returns to the grid, None otherwise."""
    passed = within(seconds, (0, LONGEST_WAIT_S))
    return None if passed is None else int(passed)


def may_be_torn(raw: int) -> bool:
    """Tell whether a pattern of several words could be words of two moments.

    That takes a higher word in use and a lowest word near its turn: 0x0001_FFFF becoming 0x0002_0000 can show as
    0x0002_FFFF or 0x0001_0000.
    """
    low = raw & 0xFFFF
    return raw >> 16 != 0 and (low < TORN_MARGIN or low > 0xFFFF - TORN_MARGIN)


class Doubt(Enum):
    """Why a counter's reading was not taken over."""

    NONE = "none"
    BACKWARD = "backward"
    JUMP = "jump"
    TORN = "torn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """What is known of a lifetime counter that only goes up.

    ``value_wh`` is the last reading believed, None before the first. ``candidate_wh`` waits to be confirmed by the
    readings after it; ``seen`` counts how often it was.
    """

    value_wh: int | None = None
    candidate_wh: int | None = None
    seen: int = 0
    doubt: Doubt = Doubt.NONE

    def after(
        self,
        reading_wh: int | None,
        *,
        most_wh: int,
        further_wh: int | None = None,
        torn: bool = False,
        volatile: bool = False,
    ) -> Counter:
        """Take in one more reading.

        * A step forward by at most ``most_wh`` is believed.
        * A larger step, or a first reading that may be torn, waits for one more reading that confirms it: a spike is
          gone at the next poll, a true step stays. One of more than ``CONFIRM_STEPS`` times as much is another
          counter: a meter that was exchanged, or a neighbour's that answers in its place. However long it stays, it is
          no energy of this one; it is believed only where what was believed before was none (below a hundredth of it:
          a device that showed 0 while it woke up), after three readings.
        * A step back is held at the old value. Only when the counter has begun anew (below a hundredth of its old
          value) and stays there for three readings, it is believed: a meter reset or exchanged. One that begins at 0
          whenever it was without power has then begun anew, too, when it shows no more than can have flowed since.
        * An unknown reading changes nothing.

        Args:
            reading_wh: the counter as read, None if unknown.
            most_wh: what can have flowed since a reading was believed: rating times that time, and the resolution.
            further_wh: the same since the last reading, which may not have been believed; by default as much.
            volatile: it is such a one, be its old value as small as it may.
            torn: the raw words look torn (``may_be_torn``), or came with others that cannot be.
        """
        if reading_wh is None:
            return self
        further_wh = most_wh if further_wh is None else further_wh
        if self.value_wh is None:
            if not torn or self._continues(reading_wh, further_wh):
                return Counter(value_wh=reading_wh)
            return Counter(candidate_wh=reading_wh, seen=1, doubt=Doubt.TORN)
        if 0 <= reading_wh - self.value_wh <= most_wh:
            return Counter(value_wh=reading_wh)
        if reading_wh > self.value_wh:
            seen = self.seen + 1 if self._continues(reading_wh, CONFIRM_STEPS * further_wh) else 1
            possible = reading_wh - self.value_wh <= CONFIRM_STEPS * most_wh
            anew = self.value_wh * RESET_FRACTION <= reading_wh and seen >= RESET_POLLS
            if seen > 1 and (possible or anew):
                return Counter(value_wh=reading_wh)
            return replace(self, candidate_wh=reading_wh, seen=seen, doubt=Doubt.JUMP)
        seen = self.seen + 1 if self._continues(reading_wh, further_wh) else 1
        if reading_wh * RESET_FRACTION >= self.value_wh and not (volatile and reading_wh <= most_wh):
            return replace(self, candidate_wh=None, seen=0, doubt=Doubt.BACKWARD)
        if seen >= RESET_POLLS:
            return Counter(value_wh=reading_wh)
        return replace(self, candidate_wh=reading_wh, seen=seen, doubt=Doubt.BACKWARD)

    def _continues(self, reading_wh: int, most_wh: int) -> bool:
        return self.candidate_wh is not None and 0 <= reading_wh - self.candidate_wh <= most_wh
