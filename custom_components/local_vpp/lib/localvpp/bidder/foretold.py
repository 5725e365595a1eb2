"""What is foretold of one energy from now to the end of a slot, and what a flat needs until the slot begins. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Self

from ..forecast import History, Kind, Slot, forecast


@dataclass(frozen=True, slots=True)
class Foretold:
    """What is foretold in steps, up to the end of a slot."""

    begin: int
    """Of the slot."""
    seconds: int
    step: int
    steps: tuple[Slot, ...]
    """From the first that begins at the time of the forecast or later."""

    @classmethod
    def of(cls, history: History, at: int, begin: int, seconds: int, kind: Kind, zone: tzinfo) -> Self:
        """Foretell by what was known at `at`. Raises ForecastError."""
        step = history.slot_seconds
        at = min(at, begin - begin % step)
        first = -(-at // step) * step
        return cls(begin, seconds, step, forecast(history, at, -(-(begin + seconds - first) // step), kind, zone).slots)

    def wait(self, at: int) -> float:
        """Return the part of a step that passes before the first of them."""
        return max(0.0, (self.steps[0].begin - at) / self.step)

    def energy(self, *, early: bool) -> tuple[float, float] | None:
        """Return the energy of the slot, in Wh; None if a part of it is unknown.

        Twice the same value, or `early` the least and the most that it will be, nine times out of ten each. A slot
        that is no whole number of steps has its share of each of them.
        """
        end = self.begin + self.seconds
        least = most = 0.0
        for each in self.steps:
            overlap = min(each.begin + self.step, end) - max(each.begin, self.begin)
            if overlap <= 0:
                continue
            point = None if each.point is None else (each.point, each.point)
            told = sure(each) if early else point
            if told is None:
                return None
            least += told[0] * overlap / self.step
            most += told[1] * overlap / self.step
        return least, most


def sure(step: Slot) -> tuple[float, float] | None:
    """Return the least and the most of a step, nine times out of ten each; None if nobody can say."""
    return None if step.quantiles is None else (step.quantiles[0], step.quantiles[-1])


def needs_before(load: Foretold, sun: Foretold | None) -> Iterator[tuple[float, float] | None]:
    """Give the least and the most that a flat needs in each step before the slot, negative for a surplus."""
    for index, each in enumerate(load.steps):
        if each.begin >= load.begin:
            return
        used = sure(each)
        made = (0.0, 0.0) if sun is None else sure(sun.steps[index])
        yield None if used is None or made is None else (used[0] - made[1], used[1] - made[0])
