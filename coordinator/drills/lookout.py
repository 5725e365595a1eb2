"""What is known around a drill at a moment: flats by their newest frames, the bulk meter, whether the peak is near.

What is old is unknown.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from localvpp.clock import Clock

from ..config import BuildingConfig
from ..ledger import Directory
from ..link import Hub, LiveFrames
from ..meters import STALE_S, OwnMeters
from .peak import near_peak
from .values import Ended, FlatSeen, News, Seen


class Lookout:
    """Looks."""

    def __init__(
        self,
        config: BuildingConfig,
        directory: Callable[[], Directory],
        hub: Hub,
        frames: LiveFrames,
        meters: OwnMeters,
        clock: Clock,
        now: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._directory = directory
        self._hub = hub
        self._frames = frames
        self._meters = meters
        self._clock = clock
        self._now = now

    def seen(self, lasts_s: float, news: tuple[News, ...], stop: Ended | None) -> Seen:
        """Return what a drill goes by, one of whose turns takes so long."""
        bulk = self._meters.bulk_now
        return Seen(
            flats=self.flats(),
            demand_w=None if bulk is None or bulk.power_w is None else round(bulk.power_w),
            event=near_peak(self._config.drills.peak, self._now(), timedelta(seconds=lasts_s)),
            stop=stop,
            news=news,
        )

    def flats(self) -> dict[str, FlatSeen]:
        """Return what is known of each flat."""
        return {str(flat): self._flat(flat) for flat in self._config.flats}

    def _flat(self, flat: str) -> FlatSeen:
        member = self._directory().named(flat)
        newest = None if member is None else self._frames.newest(member.device)
        online = member is not None and member.device in self._hub
        if newest is None or self._clock.monotonic() - newest.arrived > STALE_S:
            return FlatSeen(online=online)
        frame = newest.frame
        return FlatSeen(
            online=online,
            islanded=frame.islanded,
            grid_w=frame.grid_w,
            pv_w=frame.pv_w,
            battery_w=frame.battery_w,
        )
