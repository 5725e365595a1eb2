"""Which blocks of a device are asked at a reading, and for how long their values stand: one rule for all devices. Pure.

A block is what one request reads. In a second `MOST_REQUESTS` blocks are asked: a device takes its time for each,
its line and our processor do, too. All are wanted, some more often than others: a power steers, a temperature can wait.
So each block has a pace, and those are asked that have waited for longest, by their own pace: what steers comes each
second as far as there is room, what is slow shares what is left, and nothing ever waits for ever. If all paces together
ask for more than there is, all of them are stretched alike.

A block that was not asked keeps its values, with their age, for three of its turns: a turn may come late, and the one
after it may be lost. What no longer stands is asked at once, however many blocks that are: so it is at the first
reading, and after a device was away. In a second that follows a second there is no such block.
"""

from collections.abc import Container, Mapping
from enum import IntEnum
from typing import Final

MOST_REQUESTS: Final = 3

TURNS: Final = 3
"""So many turns the values of a block stand."""


class Pace(IntEnum):
    """How often a block is wanted: after so many seconds."""

    ALWAYS = 0
    """At each reading, whatever else is asked: its values are billed, or prove what a contact does. They never stand
    for longer than their reading."""
    STEERS = 1
    """Powers, the state of charge, what tells of an island, a set-point and its lease."""
    SLOW = 10
    """Counters that nobody bills, voltages, temperatures, cells. Where there is room it comes earlier."""
    PLATE = 60
    """Ratings and settings. They never change, but may have been read in a bad moment, while a device woke up: what was
    misread must not stay until the next start. Never asked earlier."""


class Rota:
    """The turns of one device's blocks.

    Args:
        paces: of the blocks, by their names.
        most: so many are asked in a second, but for those that stand no more. Beside those that are always asked there
            is room for one at least.
    """

    def __init__(self, paces: Mapping[str, Pace], most: int = MOST_REQUESTS) -> None:
        self._paces = paces
        in_turn = [int(pace) for pace in paces.values() if pace is not Pace.ALWAYS]
        always = len(paces) - len(in_turn)
        self._most = max(most, always + 1)
        self._stretch = max(1.0, sum(1 / each for each in in_turn) / (self._most - always))
        """How many times longer a turn takes than its pace, for want of room."""

    def stands_s(self, name: str) -> float:
        """Return for how long the values of a block stand."""
        return TURNS * self._paces[name] * self._stretch

    def stands(self, name: str, age_s: float) -> bool:
        """Whether values of a block that were read so long ago are to be used still."""
        return self._paces[name] is not Pace.ALWAYS and age_s <= self.stands_s(name)

    def is_plate(self, name: str) -> bool:
        """Whether a block tells what never changes, and has no age."""
        return self._paces[name] is Pace.PLATE

    def due(
        self, waited_s: Mapping[str, float], failed: Container[str] = (), *, since_s: float = 1.0
    ) -> frozenset[str]:
        """Return the blocks to be asked now.

        Args:
            waited_s: since each was asked last, infinite if it never was; those asked longest ago come first. Blocks
                that are left alone are not in it.
            failed: those that said nothing of use then.
            since_s: since the last reading. What was not asked in the seconds between may be asked now.
        """
        gone = [name for name, waited in waited_s.items() if not self.stands(name, waited)]
        pressures = {
            name: self._pressure(name, waited, failed) for name, waited in waited_s.items() if name not in gone
        }
        in_turn = sorted((name for name in pressures if pressures[name] >= 0), key=pressures.__getitem__, reverse=True)
        room = max(0, self._most * max(1, round(since_s)) - len(gone))
        return frozenset((*gone, *in_turn[:room]))

    def _pressure(self, name: str, waited_s: float, failed: Container[str]) -> float:
        """Return how much it is its turn; negative before it."""
        # Readings a few milliseconds early or late must not change whose turn it is.
        pace, waited = self._paces[name], round(waited_s)
        if pace is Pace.PLATE:
            # Much rests on it: it is not left unknown until its next turn.
            return waited if name in failed else waited / pace if waited >= pace else -1.0
        if pace is Pace.STEERS and name in failed:
            return waited + 1  # Unknown is worse than a second old, but must not keep the others from their turns.
        return waited / pace
