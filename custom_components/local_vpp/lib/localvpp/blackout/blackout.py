"""The blackout logic of one flat, as whoever runs the flat sees it: what it knows, what it is asked, whom it tells.

`Flat` gives it each second's readings. All that is decided is decided by `islanding`; nothing here waits for a device
or a disk in the way of a frame.
"""

from collections.abc import Callable
from dataclasses import replace
import logging
from pathlib import Path
from typing import Final

from ..clock import Clock, SystemClock
from ..disk import Disk
from ..islanding import Asked, Notice, Refusal
from ..islanding.endurance import Reserve
from ..store import FlatStore
from .book import SHOWN, BlackoutBook, KeptReport
from .loads import NO_SWITCHES, Switchboard
from .settings import BlackoutSettings
from .state import BlackoutState, DrillWish, Told

_LOGGER = logging.getLogger(__name__)

JOURNAL: Final = "blackout.journal"
"""The file's name, beside the flat's database."""


class Blackout:
    """One flat's.

    Args:
        settings: how it is set up.
        flat: its name, for the log.
        journal: the file in which is written what is about to be done.
        store: the flat's database.
        switchboard: the loads' switches.
        clock: both times.
        disk: where the journal is written.
    """

    def __init__(
        self,
        settings: BlackoutSettings,
        *,
        flat: str,
        journal: Path,
        store: FlatStore,
        switchboard: Switchboard = NO_SWITCHES,
        clock: Clock | None = None,
        disk: Disk | None = None,
    ) -> None:
        self.settings = settings
        self.state = BlackoutState(
            may_separate=settings.policy.may_separate,
            reserve_percent=None if settings.reserve is None else settings.reserve.percent(False),
        )
        self._flat = flat
        self._journal = journal
        self._book = BlackoutBook(store)
        self._switchboard = switchboard
        self._clock = clock or SystemClock()
        self._disk = disk or Disk()
        self._asked: Asked | None = None
        self._event_near: bool | None = False
        self._listeners: list[Callable[[Told], None]] = []
        self._untold: list[Told] = []

    # --- what is asked ---------------------------------------------------------------------------

    def ask(self, asked: Asked) -> None:
        """Ask for an island, for the return, or acknowledge a fault; it is answered at the next second."""
        self._asked = asked

    def drill(self, wish: DrillWish) -> tuple[Refusal, ...]:
        """Begin a drill, or say all that speaks against it now; nothing is begun then."""
        raise NotImplementedError("drills are not held yet")

    def acknowledge(self, who: str) -> None:
        """Take down that somebody has seen what was told: a drill that is announced, or that one was not passed."""
        _LOGGER.info("Flat %s: %s has seen what was told", self._flat, who)

    def notified(self, number: int) -> None:
        """Take down that so many people were told of the drill."""

    def warn(self, active: bool | None, why: str = "") -> None:
        """Take down whether a warning of bad weather is in force; None when nobody can tell.

        A flat that is never told has no source of warnings, and none is in force.
        """
        if active is not self.state.warned:
            said = {True: "in force", False: "over", None: "not known"}[active]
            _LOGGER.info("Flat %s: a warning is %s%s", self._flat, said, f" ({why})" if why else "")
        reserve = self.settings.reserve
        self.state = replace(
            self.state, warned=active, reserve_percent=None if reserve is None else reserve.percent(active)
        )

    def keep(self, reserve: Reserve) -> None:
        """Keep another share for an outage from now on, while the flat goes on."""
        self.settings = replace(self.settings, reserve=reserve)
        self.state = replace(self.state, reserve_percent=reserve.percent(self.state.warned))

    def event_near(self, near: bool | None) -> None:
        """Take down whether a demand response event is on or near; None when nobody can tell."""
        self._event_near = near

    def forgive(self, load: str) -> None:
        """Let a load that was locked out come back: a person has looked at it."""
        raise NotImplementedError("loads are not shed yet")

    # --- what is kept and told -------------------------------------------------------------------

    async def reports(self) -> list[KeptReport]:
        """Return all drills that were held, newest first. Raises StoreError."""
        return await self._book.reports()

    async def report(self, digest: bytes) -> bytes | None:
        """Return a drill's document by its SHA-256. Raises StoreError."""
        return await self._book.document(digest)

    def subscribe(self, listener: Callable[[Told], None]) -> Callable[[], None]:
        """Call a listener with each notice; return how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, notice: Notice, detail: str = "") -> None:
        number = self.state.told[-1].number + 1 if self.state.told else 1
        told = Told(number, self._clock.wall_ms(), notice, detail)
        self._untold.append(told)
        self.state = replace(self.state, told=(*self.state.told, told)[-SHOWN:])
        for listener in tuple(self._listeners):
            listener(told)
