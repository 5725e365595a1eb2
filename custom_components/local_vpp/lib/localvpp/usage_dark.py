"""What is known of a silence of the inverter, once it is over: most inverters sleep by night and answer nobody.

Its lifetime counter tells. One that shows after the silence what it showed before says that the sun gave nothing in
between: each period of the silence is then known, and what the flat used in it is what meter and battery tell. Where
the counter has moved, only the sum is known, and not when it came: the periods stay unknown.

Two things are taken for nothing all the same. An inverter that wakes at dawn is heard some minutes later: what its
powers before and after the silence come to in so many minutes may have come at the ends. And a counter that counts in
large steps hides as much as a step: that is nothing where it would be, over the whole silence, no more than an inverter
draws by itself. What the flat takes from the grid is right even so, for its load is then less by as much as its sun.

Nothing is assumed while the silence goes on. Forecasts, and bids with them, do not miss it: they rest on the nights
before. What waits for the end of a silence is in memory only: a restart by night leaves that night unknown.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from .usage import STANDBY_W, Period, Usage

LONGEST_S: Final = 20 * 3600
"""No night where people live is longer: what is silent for longer is broken."""
EDGE_S: Final = 600
"""So long an inverter that has woken may not be heard: it is knocked at every five minutes, and starts slowly."""
STEPPED_S: Final = 5.0
"""What the wall clock may gain on the other one meanwhile: it says which periods a silence was of."""


@dataclass(frozen=True, slots=True)
class Made:
    """A lifetime counter of what the sun gave: which one it is, and what it shows."""

    name: str
    wh: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A moment at which the sun's power was told."""

    at_s: float
    wall_s: int
    watts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dark:
    """What would be known if the sun gave nothing while it is not told. A value: keep what `take` returns."""

    usage: Usage = field(default_factory=Usage)
    """Summed so."""
    counted: Made | None = None
    """What the counter showed last before a silence, or until now."""
    step_wh: int | None = None
    """The smallest step that the counter was seen to make."""
    before: Heard | None = None
    """When the sun was told last before a silence, or until now."""
    silent: bool = False
    """Whether there is a silence of which it is not known yet whether it was dark."""
    after: Heard | None = None
    """When the sun was told first after it: the counter may follow."""
    last: Heard | None = None
    since_j: float = 0.0
    """What it has given since."""
    waiting: tuple[Period, ...] = ()
    """The periods of the silence, as they were if it was dark."""
    proven: bool = False
    """Whether a silence of the period that goes on was dark."""

    def take(
        self, wall_s: int, now_s: float, load_w: int | None, pv_w: int | None, rest_w: int | None, made: Made | None
    ) -> tuple[Dark, tuple[Period, ...]]:
        """Take in one reading; return the periods with a silence that was dark.

        Args:
            wall_s: Unix time.
            now_s: a clock that nobody sets.
            load_w: what the flat uses; None if unknown.
            pv_w: what the sun gives; None if unknown.
            rest_w: what the flat uses if the sun gives nothing; None if unknown.
            made: the counter, if it was read about now.
        """
        if pv_w is None and self.before is not None and now_s - self.before.at_s > LONGEST_S:
            return Dark(usage=self.usage.take(wall_s, now_s, None, None)[0], step_wh=self.step_wh), ()
        known = pv_w is not None or self.before is None or self.counted is None
        usage, ended = self.usage.take(wall_s, now_s, load_w if known else rest_w, pv_w if known else 0)
        dark = replace(self, usage=usage)
        said: tuple[Period, ...] = ()
        if ended is not None and dark.silent:
            dark = replace(dark, waiting=(*dark.waiting, ended))
        elif ended is not None and dark.proven:
            said = (ended,)
        if usage.begin != self.usage.begin:
            dark = replace(dark, proven=False)
        if pv_w is None:
            return (dark if known else replace(dark, silent=True, last=None)), said
        dark, found = dark.heard(Heard(now_s, wall_s, pv_w), made)
        return dark, (*found, *said)

    def heard(self, heard: Heard, made: Made | None) -> tuple[Dark, tuple[Period, ...]]:
        """Return it after a reading that tells of the sun, and what that shows to have been dark."""
        if not self.silent:
            return replace(self, before=heard, counted=made or self.counted, step_wh=self._step(made)), ()
        gave_j = 0.0 if self.last is None else self.last.watts * (heard.at_s - self.last.at_s)
        dark = replace(self, after=self.after or heard, last=heard, since_j=self.since_j + gave_j)
        if made is None:
            return dark, ()
        was_dark = dark.was_dark(made)
        # Of the period that goes on a part was silent: it is known with that, or not at all.
        usage = dark.usage if was_dark else Usage(begin=dark.usage.begin, at_s=dark.usage.at_s)
        after = Dark(usage=usage, counted=made, step_wh=dark.step_wh, before=heard, proven=was_dark or dark.proven)
        return after, dark.waiting if was_dark else ()

    def was_dark(self, made: Made) -> bool:
        """Whether the counter shows that the sun gave nothing in the silence that is over."""
        before, after, counted, step_wh = self.before, self.after, self.counted, self.step_wh
        assert before is not None, "a silence begins after something was heard"
        assert after is not None, "it is over"
        assert counted is not None, "a silence begins after the counter was read"
        lasted_s = after.at_s - before.at_s
        is_one = made.name == counted.name and made.wh >= counted.wh
        stepped = abs(after.wall_s - before.wall_s - lasted_s) > STEPPED_S
        if not is_one or stepped or step_wh is None or lasted_s > LONGEST_S:
            return False
        moved_wh = max(0.0, made.wh - counted.wh - self.since_j / 3600)
        edges_j = (max(0, before.watts) + max(0, after.watts)) * EDGE_S
        hidden_j = (moved_wh + step_wh) * 3600
        return (moved_wh - step_wh) * 3600 <= edges_j and hidden_j <= STANDBY_W * lasted_s

    def _step(self, made: Made | None) -> int | None:
        counted = self.counted
        moved = 0 if made is None or counted is None or made.name != counted.name else made.wh - counted.wh
        return self.step_wh if moved <= 0 else moved if self.step_wh is None else min(self.step_wh, moved)
