"""What the counters behind a flat's meter show at one time, and what they have counted in an interval. Pure.

The meter sees what a flat takes and gives, not what it makes and uses itself. Inverters count that. Their counters are
no verified meters, and nothing is billed by them; a flat's records tell them beside its registers, so that its
statement can say what its own PV made and what was used at home (docs/protocol.md). `counters` says how they are read.
"""

from dataclasses import dataclass
from typing import Final

from .etp import Register


@dataclass(frozen=True, slots=True)
class Count:
    """A counter at one time."""

    wh: int
    of: str
    """Which counter of which device: another one's does not go on from this."""
    anew: int = 0
    """How often it was seen to step back: nothing goes on from before that."""

    def after(self, wh: int, of: str) -> Count:
        """Return what is read later."""
        if of != self.of:
            return Count(wh, of)
        return Count(wh, of, self.anew if wh >= self.wh else self.anew + 1)


@dataclass(frozen=True, slots=True)
class Behind:
    """The counters behind a meter at one time; None is unknown."""

    generated: Count | None = None
    charged: Count | None = None
    discharged: Count | None = None
    asleep: bool = False
    """Whether they stand because the inverter sleeps: so they do after a restart, too, until it is heard."""


UNKNOWN: Final = Behind()


def counted(begin: Count | None, end: Count | None, most_wh: int) -> Register | None:
    """Return a counter's readings at both ends of an interval.

    None unless both are known, and are of one counter that has not stepped back in between, nor counted more than
    `most_wh`.
    """
    if begin is None or end is None or (begin.of, begin.anew) != (end.of, end.anew):
        return None
    return Register(begin.wh, end.wh) if 0 <= end.wh - begin.wh <= most_wh else None
