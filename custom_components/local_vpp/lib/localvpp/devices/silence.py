"""How a device that may not answer is asked: how long it is waited for, and when it is asked again.

A request that nobody answers holds up the line (``line``), and every device behind it waits meanwhile: a meter beside
an inverter that sleeps would miss the boundary of its slot. So a device that fell silent is left alone. It is asked
again with one short request, at a time that whoever reads the devices chooses, and ever more rarely.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .errors import DeviceError
from .line import Line

KNOCK_S: Final = 1.0
"""How long a device that was silent is waited for. Two registers of a device that is there take a tenth of this at
2400 baud. Asked right after the others were read, it is given up before they miss their next second."""

LINK_LOST_S: Final = 5.0
"""A device that was away for so long may have been cut off together with others, who then may be back, too. And it may
have been exchanged meanwhile."""


class Yields(Enum):
    """When a device is asked nothing, for its line may be held up."""

    TO_ALL = "to all"
    """Whoever holds it up."""
    TO_ITSELF = "to itself"
    """While it holds it up itself: others of its kind are behind it."""
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How long a kind of device is waited for, and how long it is left alone after it did not answer."""

    answer_s: float
    """For one block, which takes a request or two."""
    first_pause_s: float
    """After it was asked for the second time. A first silence may be a lost packet, and is looked into at once."""
    longest_pause_s: float
    """Each pause is twice as long as the one before, up to this."""
    longest_alone_s: float
    """The same for a device that has its line for itself: it holds up nobody, and is to be back soon after its line."""
    strikes: int = 1
    """So often in a row it may not answer before it is left alone."""
    yields: Yields = Yields.TO_ALL
    """When it is asked nothing, for its line may be held up."""


INVERTER: Final = Manners(answer_s=1.5, first_pause_s=10, longest_pause_s=300, longest_alone_s=30)
"""It sleeps for half of each day. A block of many registers takes a second at 2400 baud; given up a little later, it is
out of the way before the meter's next second is over."""

RELAY: Final = Manners(answer_s=0.8, first_pause_s=5, longest_pause_s=60, longest_alone_s=30)
"""It has no reason to sleep, and its state is worth something in the second of its reading only."""

CHARGER: Final = Manners(answer_s=0.8, first_pause_s=5, longest_pause_s=300, longest_alone_s=30)
"""It may be switched off for weeks, and makes way for all others."""

GAS: Final = Manners(answer_s=0.8, first_pause_s=5, longest_pause_s=300, longest_alone_s=30)
"""What it does not tell now it tells later: it makes way for all others, the billing meter first."""

METER: Final = Manners(
    answer_s=0.8, first_pause_s=2, longest_pause_s=5, longest_alone_s=5, strikes=3, yields=Yields.NEVER
)
"""A flat's billing meter: what it does not tell at a boundary is lost for that slot."""

METER_BESIDE_METER: Final = Manners(
    answer_s=0.8, first_pause_s=2, longest_pause_s=30, longest_alone_s=5, strikes=3, yields=Yields.TO_ITSELF
)
"""One of a building's meters: what it does not tell at a boundary is lost, and so is what the other does not. Neither
sleeps, and once mended it is to be read again by the next boundary, also of slots of a minute. A knock costs the other
at most the seconds that its gateway is deaf, a tenth of the longest pause, and never at a boundary."""


def yields(who: object, manners: Manners, line: Line, now: float) -> bool:
    """Whether a device is to be asked nothing now."""
    match manners.yields:
        case Yields.TO_ALL:
            return line.held(now)
        case Yields.TO_ITSELF:
            return line.held_by(who, now)
        case Yields.NEVER:
            return False


def again[E: DeviceError](error: E) -> E:
    """Return an error to be raised another time, without the places where it was raised before."""
    return type(error)(str(error))


class Silence:
    """Whether a device is known not to answer, and when it may be asked again.

    Args:
        manners: the pauses between.
        line: its line.
        clock: a monotonic clock in seconds.
    """

    def __init__(self, manners: Manners, line: Line, clock: Callable[[], float]) -> None:
        self._manners = manners
        self._line = line
        self._clock = clock
        self._strikes = 0
        self._pause_s = 0.0
        self._until = 0.0
        self.error: DeviceError | None = None
        """Why it is not asked; None while it answers."""

    @property
    def due(self) -> bool:
        """Whether it did not answer, and may be asked again by now."""
        now = self._clock()
        return self.error is not None and now >= self._until and not self._line.held(now)

    def unanswered(self, error: DeviceError, *, linked: bool) -> None:
        """Take down that it was asked in vain.

        Args:
            error: what is to be said of it.
            linked: whether there is a link to it. A link that is not there holds up no other device, and is looked for
                at a steady pace, for it comes back at once for all of them.
        """
        self._strikes += 1
        if self._strikes < self._manners.strikes:
            return
        if self.error is None:
            self._pause_s = 0.0
        elif not linked or not self._pause_s:
            self._pause_s = self._manners.first_pause_s
        else:
            manners = self._manners
            longest_s = manners.longest_pause_s if self._line.shared else manners.longest_alone_s
            self._pause_s = min(2 * self._pause_s, longest_s)
        self.error, self._until = error, self._clock() + self._pause_s

    def answered(self) -> None:
        """Take down that it is there."""
        self.error = None
        self._strikes = 0

    def hasten(self) -> None:
        """Let it be asked again now, and then as if for the second time: something has changed on its line."""
        self._pause_s, self._until = 0.0, self._clock()
