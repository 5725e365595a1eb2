"""Gas: what a meter of it says, and a total that neither a wrap nor a restart of its counter changes.

Volume is counted in whole litres, ``int``: it is billed. A pulse counter is a chip that counts a contact of the gas
meter; it begins at 0 when it was without power, and at 0 when its register is full. What the gas meter shows on its
dial is the total that goes on (``GasTotal``), which begins where a resident read the dial.

Energy is volume times a heating value that the gas company states, for standard city gas of Japan (13A) 45 MJ/m3. No
meter measures it: it is for display.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Protocol, runtime_checkable

from .capability import Door, Failures, Identity

HIGHEST_L_H: Final = 25_000
"""Of whatever counts in a flat: a meter of size G16 passes 25 m3 in an hour, a home's one of G2.5 to G6 up to 10."""
HIGHEST_HEATING_KJ_M3: Final = 150_000
"""Butane has 134 MJ/m3, the richest gas that is sold by volume."""
_HOUR_MS: Final = 3_600_000
LITRES_PER_PULSE: Final = (Fraction(1, 1000), Fraction(1000))
"""From a laboratory's meter to an industrial one; a home's has 1, 10 or 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GasReading:
    """A gas meter at one moment.

    ``volume_l`` is what its counter shows, in whole litres. ``turn_l`` is what it shows as most before it begins anew
    at 0, None for one that never does. ``age_ms`` is how long ago that was, as of a meter of electricity.
    """

    volume_l: int | None = None
    turn_l: int | None = None
    age_ms: int = 0
    failed: Failures = field(default_factory=dict)


@runtime_checkable
class GasMeter(Protocol):
    """Counts gas."""

    @property
    def identity(self) -> Identity:
        """Who the device said it is when it was set up."""

    @property
    def door(self) -> Door | None:
        """Where to knock when it fell silent; None for a device that holds up no line."""

    async def read(self) -> GasReading:
        """Read all blocks once.

        Raises:
            DeviceError: when not one block could be read.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class GasTotal:
    """What has flowed in all. A value: keep what ``after`` returns, over restarts, too."""

    total_l: int
    counter_l: int | None = None
    """What the counter showed last."""
    time_ms: int = 0
    """When that was, by the wall clock."""

    def after(self, reading: GasReading, time_ms: int) -> GasTotal:
        """Take in a reading that was believed.

        A counter that steps back has turned over if no more has flowed through it then than a meter can pass in that
        time. Else it has begun anew, and what it shows has flowed since: that may be too little, and is never too much.
        What no meter can have passed is another counter in its place, and none of this one's gas.
        """
        now, before = reading.volume_l, self.counter_l
        if now is None:
            return self
        if before is None:
            return GasTotal(total_l=self.total_l, counter_l=now, time_ms=time_ms)
        if now >= before:
            return GasTotal(total_l=self.total_l + now - before, counter_l=now, time_ms=time_ms)
        # A clock that was set back makes no time too short to count in.
        most_l = HIGHEST_L_H * max(_HOUR_MS, time_ms - self.time_ms) // _HOUR_MS
        over_l = None if reading.turn_l is None else reading.turn_l + now - before
        likely = (each for each in (over_l, now) if each is not None and 0 <= each <= most_l)
        flowed_l = next(likely, 0)
        return GasTotal(total_l=self.total_l + flowed_l, counter_l=now, time_ms=time_ms)


def energy_wh(volume_l: int | None, heating_kj_m3: int | None) -> int | None:
    """Return the energy of a volume; None where one of both is not known. Cut, so that it never runs ahead."""
    if volume_l is None or heating_kj_m3 is None:
        return None
    # Litres times kJ/m3 are joules, and a watt-hour has 3600 of them.
    return volume_l * heating_kj_m3 // 3600
