"""What there is to show of the blackout logic at a second, gathered from its parts."""

from collections.abc import Sequence
from dataclasses import replace

from ..clock import Clock
from ..islanding import Policy, grid
from ..islanding.endurance import Forecast
from .drilling import ends_s
from .drills import Drills
from .logic import Logic
from .powers import hours_left
from .senses import Senses
from .shedding import Shedding
from .state import BlackoutState


class Shown:
    """Of one flat."""

    def __init__(
        self, policy: Policy, logic: Logic, senses: Senses, shedding: Shedding, drills: Drills, clock: Clock
    ) -> None:
        self._policy = policy
        self._logic = logic
        self._senses = senses
        self._shedding = shedding
        self._drills = drills
        self._clock = clock

    def of(
        self, before: BlackoutState, now: float, *, pv: Sequence[Forecast] | None, problems: tuple[str, ...]
    ) -> BlackoutState:
        """Return what there is to show now.

        Args:
            before: what was shown last.
            now: the time.
            pv: what the sun is expected to give; None where nobody forecasts it.
            problems: what a person has to mend.
        """
        state, seen, drills = self._logic.shown, self._senses.seen, self._drills
        dry_s, sun_s = self._lasts(now, pv)
        next_ms = drills.next_ms
        return replace(
            before,
            grid=grid(None if seen is None else seen.grid, self._policy.profile),
            place=self._senses.where,
            phase=state.phase,
            owner=state.owner,
            fault=state.fault,
            lit=self._senses.lit,
            lasts_s=dry_s,
            lasts_sun_s=sun_s,
            shed=self._shedding.state.shed,
            locked_out=self._shedding.locked_out,
            drill=drills.wish,
            drill_ends_s=ends_s(state, now),
            last_drill=drills.last,
            next_drill_ms=next_ms,
            overdue=next_ms is not None and self._clock.wall_ms() > next_ms,
            problems=problems,
        )

    def _lasts(self, now: float, pv: Sequence[Forecast] | None) -> tuple[float | None, float | None]:
        """Return how long the battery lasts at the present load, without sun and with it."""
        read, seen, since = self._senses.read, self._senses.seen, self._senses.island_since
        if read is None or seen is None:
            return None, None
        since_s = None if since is None else now - since
        return hours_left(read, seen.soc_percent, self._policy, pv, since_s)
