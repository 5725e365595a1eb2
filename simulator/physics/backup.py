"""Where an inverter has its own output for the living room: its backup terminals, or a socket for outages.

Between the grid and an island lies a gap in which neither feeds: the device notices, opens, and builds up a voltage.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """An inverter's own output at one moment.

    Attributes:
        gap_ms: how long it takes from the grid to the island, and back.
        separated: the output is off the grid: what it has, the inverter makes.
        due_ms: when a transfer under way ends; None at rest.
        welded: the contacts inside of the device do not move.
    """

    gap_ms: int
    separated: bool = False
    due_ms: int | None = None
    welded: bool = False


def transfer(backup: Backup, out: bool, begin_ms: int, now_ms: int) -> tuple[Backup, int]:
    """The output at ``now_ms``, and for how many milliseconds since ``begin_ms`` it was at rest on its side.

    A transfer that is no longer wanted is given up: the side that it left has it again.
    """
    if backup.welded or out == backup.separated:
        return (backup if backup.due_ms is None else replace(backup, due_ms=None)), now_ms - begin_ms
    due = begin_ms + backup.gap_ms if backup.due_ms is None else backup.due_ms
    if due > now_ms:
        return replace(backup, due_ms=due), 0
    return replace(backup, separated=out, due_ms=None), now_ms - due
