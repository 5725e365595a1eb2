"""Two contactors of one module: a living room hangs on the grid (main) or on an inverter's own output (island).

Each coil has a contact that follows it later, and a feedback contact of its own. Each coil's current runs through a
break contact of the other contactor, which is forced to tell the truth even of a welded one (mirror contact, IEC
60947-4-1): so the two are never closed together, whatever the coils are told and whatever is welded. Main closes
without current, island opens: a module that hears nothing for the time of its communication watchdog lets both go,
and the living room is on the grid.
"""

from dataclasses import dataclass, replace

from .backup import Backup
from .relay import Relay, move


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A pair at one moment.

    Attributes:
        main: to the grid.
        island: to the inverter's own output.
        output: that output.
        watchdog_ms: after so long without a request both coils are let go.
        spoken_ms: when the last request came.
        at_ms: up to when the contacts have moved.
    """

    main: Relay
    island: Relay
    output: Backup
    watchdog_ms: int
    spoken_ms: int = 0
    at_ms: int = -1000

    @property
    def released(self) -> bool:
        """Whether both coils are without current."""
        return self.main.command and not self.island.command


def release(pair: Pair) -> Pair:
    """Both coils without current."""
    return replace(pair, main=replace(pair.main, command=True), island=replace(pair.island, command=False))


def settle(pair: Pair, now_ms: int) -> Pair:
    """The pair at ``now_ms``, after every movement until then in the order in which they happened."""
    moment = pair.at_ms
    while True:
        main = move(pair.main, pair.main.command and not pair.island.contact, moment)
        island = move(pair.island, pair.island.command and not main.contact, moment)
        # An island contact that has opened just now lets main begin.
        main = move(main, pair.main.command and not island.contact, moment)
        assert not (main.contact and island.contact), "the interlock let both contacts close"
        pair = replace(pair, main=main, island=island, at_ms=moment)
        loose_ms = None if pair.released else pair.spoken_ms + pair.watchdog_ms
        due = [each for each in (main.due_ms, island.due_ms, loose_ms) if each is not None]
        if not due or min(due) > now_ms:
            return replace(pair, at_ms=max(now_ms, moment))
        moment = max(moment, min(due))
        if loose_ms is not None and loose_ms <= moment:
            pair = release(pair)
