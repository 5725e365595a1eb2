"""The blackout logic of one flat, as whoever runs the flat sees it: what it knows, what it is asked, whom it tells.

`Flat` gives it each second's readings. All that is decided is decided by `islanding`; nothing here waits for a device
or a disk in the way of a frame: what takes time is done by tasks of its own, and each second goes on without them.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
import logging
from pathlib import Path
from typing import Final

from ..clock import Clock, SystemClock
from ..control import charge_room_w
from ..disk import Disk
from ..islanding import (
    Asked,
    LoadsSeen,
    Notice,
    Observation,
    Owner,
    Phase,
    Place,
    Refusal,
)
from ..islanding.endurance import Forecast, Reserve
from ..round import Round
from ..rounds import FlatDevices
from ..store import FlatStore
from .alarms import Alarms
from .asking import against_an_island
from .book import BlackoutBook, KeptReport, Unlogged
from .charging import Charging
from .drawing import drawn
from .drills import Around, Drills, Held
from .hands import Hands
from .house import House, check
from .journal_file import JournalFile
from .keeping import Keeping
from .loads import NO_SWITCHES, Switchboard
from .logic import Logic
from .powers import by_tier
from .recalling import DRILL, UNSEEN, Recalling
from .senses import Senses
from .settings import BlackoutSettings
from .shedding import Shedding
from .showing import Shown
from .state import BlackoutState, DrillSummary, DrillWish, Told

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
        self.state = BlackoutState(may_separate=settings.policy.may_separate)
        self._flat = flat
        self._book = BlackoutBook(store)
        self._switchboard = switchboard
        self._clock = clock or SystemClock()
        self._house: House | None = None
        self._hands = Hands(settings, flat, self._devices)
        self._logic = Logic(settings.policy, JournalFile(journal, disk or Disk()), self._clock, flat, self._hands.give)
        self._drills = Drills(settings, flat)
        self._senses = Senses(settings.policy, flat)
        self._alarms = Alarms(self._tell, settings.policy.floors.emergency)
        self._asked: Asked | None = None
        self._event_near: bool | None = False
        self._online = False
        self._database: str | None = None
        self._pv: tuple[Forecast, ...] | None = None
        self._holds = False
        """Whether the inverter was to be kept off the grid in the last turn."""
        self._seers: list[Callable[[str], None]] = []
        self._keeping = Keeping(
            self._book,
            store,
            self._clock,
            flat,
            draw=self._draw,
            drill_kept=self._drill_kept,
            seal=self._seal,
        )
        self._shedding = Shedding(settings, flat, switchboard, self._keeping.noted, self._keeping.note)
        self._charging = Charging(
            flat,
            settings.recharge,
            lambda: self._devices().battery,
            self._clock,
            noted=self._keeping.noted,
            note=self._keeping.note,
        )
        self.steering: Final = self._charging.steering
        self._shown = Shown(settings.policy, self._logic, self._senses, self._shedding, self._drills, self._clock)
        self._recalling = Recalling(
            flat, self._book, self._keeping, self._shedding, self._charging, self._drills, self._clock
        )

    def attach(self, house: House) -> None:
        """Take the flat whose living room it is. Raises SettingsError where that lacks what the wiring needs."""
        check(house, self.settings.policy.wiring)
        self._house = house

    def _devices(self) -> FlatDevices:
        assert self._house is not None, "it was attached to its flat"
        return self._house.devices

    # --- what is asked ---------------------------------------------------------------------------

    def ask(self, asked: Asked) -> None:
        """Ask for an island, for the return, or acknowledge a fault; it is answered at the next second."""
        if asked is Asked.ISLAND and not self._hands.able:
            # A contact that opened before the inverter refuses would leave the living room dark.
            self._tell(Notice.ISLAND_REFUSED, str(Refusal.NOT_POSSIBLE))
            return
        self._asked = asked
        if asked is Asked.RETURN:
            self._drills.withdraw(self._clock.monotonic())

    def island_refusals(self) -> tuple[Refusal, ...]:
        """Say all that speaks against an island that a person asks for now, as far as is known."""
        state, seen, now = self._logic.shown, self._senses.undoubted, self._clock.monotonic()
        return against_an_island(state, seen, now, self.settings.policy, possible=self.state.may_separate)

    def drill(self, wish: DrillWish) -> tuple[Refusal, ...]:
        """Begin a drill, or say all that speaks against it now; nothing is begun then."""
        now = self._clock.monotonic()
        if not self._recalling.done:
            return (Refusal.STALE,)  # Whether the last one was passed is not known.
        refusals = self._drills.begin(
            wish, self._logic.shown, self._senses.undoubted, self._around(), now, self._clock.wall_ms()
        )
        if not refusals and (session := self._drills.session) is not None:
            self._keeping.note(DRILL, session.note())
            self._tell(Notice.DRILL_ANNOUNCED, f"{wish.level}: {wish.by}")
            self._show(now)
        return refusals

    def acknowledge(self, who: str) -> None:
        """Take down that somebody has seen what was told: a drill that is announced, or that one was not passed."""
        _LOGGER.info("Flat %s: %s has seen what was told", self._flat, who)
        self._drills.acknowledge(self._clock.monotonic())
        self._keeping.note(UNSEEN, b"")
        for seer in self._seers:
            seer(who)

    def when_acknowledged(self, seer: Callable[[str], None]) -> None:
        """Call with who has seen what was told, each time."""
        self._seers.append(seer)

    def notified(self, number: int) -> None:
        """Take down that so many people were told of the drill."""
        if (session := self._drills.session) is not None:
            session.notified = number

    def warn(self, active: bool | None, why: str = "") -> None:
        """Take down whether a warning of bad weather is in force; None when nobody can tell.

        A flat that is never told has no source of warnings, and none is in force.
        """
        if active is not self.state.warned:
            said = {True: "in force", False: "over", None: "not known"}[active]
            _LOGGER.info("Flat %s: a warning is %s%s", self._flat, said, f" ({why})" if why else "")
        self.state = replace(self.state, warned=active, reserve_percent=self._reserve(active))

    def keep(self, reserve: Reserve) -> None:
        """Keep another share for an outage from now on, while the flat goes on."""
        self.settings = replace(self.settings, reserve=reserve)
        self.state = replace(self.state, reserve_percent=self._reserve(self.state.warned))

    def event_near(self, near: bool | None) -> None:
        """Take down whether a demand response event is on or near; None when nobody can tell."""
        self._event_near = near

    def expect_sun(self, pv: Sequence[Forecast] | None) -> None:
        """Take down what the sun is expected to give from now on; None when nobody forecasts it."""
        self._pv = None if pv is None else tuple(pv)

    def forgive(self, load: str) -> None:
        """Let a load that was locked out come back: a person has looked at it."""
        self._shedding.forgive(load)

    # --- what is kept and told -------------------------------------------------------------------

    async def reports(self) -> list[KeptReport]:
        """Return all drills that were held, newest first. Raises StoreError."""
        return await self._book.reports()

    async def report(self, digest: bytes) -> bytes | None:
        """Return a drill's document by its SHA-256. Raises StoreError."""
        return await self._book.document(digest)

    def subscribe(self, listener: Callable[[Told], None]) -> Callable[[], None]:
        """Call a listener with each notice; return how to stop that."""
        return self._keeping.subscribe(listener)

    def number_of(self, number: int) -> int | None:
        """Return which number a notice has that was told with one; None before what was told before could be read."""
        return self._keeping.number_of(number)

    def _tell(self, notice: Notice, detail: str = "") -> None:
        self._keeping.tell(notice, detail)
        self.state = replace(self.state, told=self._keeping.told)

    # --- starting and working --------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled; the devices are then left as the journal says.

        The journal alone has to be there for that. What the database holds comes to it when it can be read.
        """
        await self._logic.restore()
        self._alarms.begin(self._clock.monotonic())
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._logic.run(), name=f"flat {self._flat} journal")
                tasks.create_task(self._hands.run(), name=f"flat {self._flat} commands")
                tasks.create_task(self._shedding.run(self._changed), name=f"flat {self._flat} loads")
                tasks.create_task(self._charging.run(), name=f"flat {self._flat} charging")
                tasks.create_task(self._keep(), name=f"flat {self._flat} notices")
        finally:
            await self._keeping.keep_now()

    async def _keep(self) -> None:
        """Go on from what was kept, as soon as it can be read, and keep what is new."""
        if self._logic.unreadable is not None:
            self._tell(Notice.JOURNAL_FAILED, self._logic.unreadable)
        await self._recalling.run()
        self._changed()
        await self._keeping.run()

    def _draw(self, held: Held, before: bytes | None, told: Sequence[Told]) -> tuple[bytes, DrillSummary]:
        assert self._house is not None, "it was attached to its flat"
        house, next_ms = self._house, self._drills.next_ms
        return drawn(held, self.settings, house.membership, house.software, told=told, before=before, next_ms=next_ms)

    def _drill_kept(self, summary: DrillSummary | None, detail: str) -> None:
        if summary is not None:
            self._drills.last = summary
        self._keeping.note(DRILL, b"")
        self._keeping.note(UNSEEN, b"1" if self._drills.failed_unseen else b"")
        self._tell(Notice.DRILL_ENDED, detail)
        self._changed()

    async def _seal(self, drill: Unlogged) -> bool:
        assert self._house is not None, "it was attached to its flat"
        return await self._house.seal_drill(drill)

    # --- each second -----------------------------------------------------------------------------

    def second(self, read: Round, *, online: bool, database: str | None = None, bears_w: int | None = None) -> None:
        """Take in a second's readings, and do what follows from them.

        Args:
            read: the readings.
            online: whether the building is heard.
            database: why the flat's database fails, as a sentence.
            bears_w: what may flow over the flat's line; None where nobody says it.
        """
        now = self._clock.monotonic()
        self._senses.take(read, now)
        self._online, self._database = online, database
        self._keeping.second()
        self._recalling.second()
        if self._logic.ready:
            self._turn(now)
        elif self._senses.seen is not None:
            # The journal is being written. What a device was asked for a while is held on to meanwhile.
            seen = self._senses.look(now)
            self._hold(self._holds and seen.fresh and self._senses.where is Place.ISLANDED)
        if self._senses.seen is not None:
            self._watch(read, self._senses.seen, now, bears_w)
        self._alarms.journal(self._logic.journal_problem)
        self._show(now)
        self._charging.hold(self.state)

    def _turn(self, now: float) -> None:
        asked, self._asked = self._asked, None
        seen = self._senses.look(now, asked or self._drills.take())
        before = self._logic.shown
        taken = self._logic.turn(seen, now)
        for notice in taken.notices:
            self._drills.took(notice, seen, now)
            self._tell(notice, "" if taken.state.fault is None else str(taken.state.fault))
        self._holds = taken.holds
        self._hold(taken.holds)
        owner = self._logic.was if before.phase is Phase.UNKNOWN else before.owner
        if taken.state.phase is Phase.CONNECTED and before.phase is not Phase.CONNECTED:
            self._hands.home()
            if owner is Owner.OUTAGE:
                self._charging.returned(now)
            self._logic.was = Owner.NONE

    def _hold(self, holds: bool) -> None:
        self._hands.hold(holds, proven=self._drills.passed_ms is not None)

    def _watch(self, read: Round, seen: Observation, now: float, bears_w: int | None) -> None:
        """Look after what is around the logic: the drill, the loads, the battery, and what a person has to know."""
        state, where = self._logic.shown, self._senses.where
        islanded, collapsed = where is Place.ISLANDED, self._senses.collapsed(now)
        # Loads are given back to a grid that is known to be there. Of an island that is not known to be one nothing
        # is shed and nothing given: its charge and what it can give are unknown, then.
        home = state.phase is Phase.CONNECTED and where is Place.CONNECTED
        locked = self._shedding.second(
            LoadsSeen(
                islanded=not home,
                drilling=state.owner is Owner.DRILL,
                soc_percent=seen.soc_percent if islanded else None,
                free_w=self._senses.free_w(now) if islanded else None,
                overloaded=islanded and seen.overloaded,
                collapsed=collapsed,
            ),
            now,
        )
        for name in sorted(locked):
            self._tell(Notice.LOAD_LOCKED_OUT, name)
        if state.owner is Owner.OUTAGE:
            self._charging.away()
        self._charging.second(
            self.state.reserve_percent,
            read.battery,
            seen.soc_percent,
            now,
            connected=state.phase is Phase.CONNECTED,
            room_w=charge_room_w(read.line_load_w, bears_w),
        )
        self._alarms.second(seen, where, now, sleeps=self._senses.may_sleep(now))
        self._follow_the_drill(read, seen, now)

    def _follow_the_drill(self, read: Round, seen: Observation, now: float) -> None:
        state = self._logic.shown
        asked = self._drills.follow(
            seen,
            state,
            self._around(),
            now,
            load_w=by_tier(read, self.settings.loads, self._switchboard.watts()),
            shed=self._shedding.state.shed,
            pv_w=None if read.inverter is None else read.inverter.pv_power_w,
            heard=not read.problems,
        )
        if asked is not None and self._asked is None:
            self._asked = asked
        capacity = None if read.battery is None else read.battery.holds_wh
        if (held := self._drills.ended(state, now, self._clock.wall_ms(), capacity)) is not None:
            self._keeping.drill_over(held)

    # --- what is known around the logic ------------------------------------------------------------

    def _around(self) -> Around:
        return Around(
            warned=self.state.warned,
            event_near=self._event_near,
            endurance_s=self.state.lasts_s,
            able=self._hands.able,
            online=self._online,
        )

    def _reserve(self, warned: bool | None) -> int | None:
        reserve = self.settings.reserve
        return None if reserve is None else reserve.percent(warned)

    # --- what there is to show -------------------------------------------------------------------

    def _show(self, now: float) -> None:
        self.state = replace(
            self._shown.of(self.state, now, pv=self._pv, problems=self._problems()),
            reserve_percent=self._reserve(self.state.warned),
            may_separate=self.settings.policy.may_separate and (self._house is None or self._hands.able),
            feedback_lost=self._alarms.lost,
            told=self._keeping.told,
        )

    def _problems(self) -> tuple[str, ...]:
        found: list[str | None] = [
            self._logic.journal_problem,
            self._logic.unreadable,
            self._hands.problem,
            self._charging.problem,
            *self._shedding.problems,
            self._database or self._recalling.problem or self._keeping.problem,
        ]
        return tuple(each for each in found if each is not None)

    def _changed(self) -> None:
        """Show what became known between two seconds."""
        self._show(self._clock.monotonic())
        if self._house is not None:
            self._house.blackout_changed()
