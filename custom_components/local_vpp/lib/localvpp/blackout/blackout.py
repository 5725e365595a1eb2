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
from ..disk import Disk
from ..islanding import (
    Asked,
    Grid,
    LoadsSeen,
    Notice,
    Observation,
    Owner,
    Phase,
    Place,
    Refusal,
    grid,
    island_refusals,
    place,
)
from ..islanding.endurance import Forecast, Reserve
from ..islanding.judging import lit
from ..rounds import FlatDevices, Round
from ..store import FlatStore
from .book import BlackoutBook, KeptReport, Unlogged
from .charging import Charging
from .drawing import drawn
from .drilling import ends_s
from .drills import Around, Drills, Held
from .hands import Hands
from .house import House, check
from .journal_file import JournalFile
from .keeping import Keeping
from .loads import NO_SWITCHES, Switchboard
from .logic import Logic
from .observing import Memory, Sight, remember
from .powers import by_tier, hours_left
from .settings import BlackoutSettings
from .shedding import Shedding
from .state import BlackoutState, DrillSummary, DrillWish, Told

_LOGGER = logging.getLogger(__name__)

JOURNAL: Final = "blackout.journal"
"""The file's name, beside the flat's database."""
LOST_S: Final = 30.0
"""So long it may be unknown where the flat is before a person is told (L3)."""
NIGHT_S: Final = 24 * 3600.0
"""An inverter that needs nobody and sleeps by night is not missed before: the longest night of Hokkaido, and clouds."""
_SINCE: Final = "blackout since"
_DRILL: Final = "blackout drill"
_UNSEEN: Final = "blackout drill unseen"


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
        self._store = store
        self._book = BlackoutBook(store)
        self._switchboard = switchboard
        self._clock = clock or SystemClock()
        self._house: House | None = None
        self._hands = Hands(settings, flat, self._devices)
        self._logic = Logic(settings.policy, JournalFile(journal, disk or Disk()), self._clock, flat, self._hands.give)
        self._shedding = Shedding(settings, flat, switchboard, store)
        self._charging = Charging(flat, store, settings.recharge, lambda: self._devices().battery)
        self._drills = Drills(settings, flat)
        self._memory = Memory()
        self._read: Round | None = None
        self._seen: Observation | None = None
        self._asked: Asked | None = None
        self._event_near: bool | None = False
        self._online = False
        self._pv: tuple[Forecast, ...] | None = None
        self._was_lit: bool | None = None
        self._island_since: float | None = None
        self._known_at: float | None = None
        """When it was known last where the flat is."""
        self._lost = False
        self._holds = False
        """Whether the inverter was to be kept off the grid in the last turn."""
        self._low = False
        self._journal_told = False
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
        state, seen, policy = self._logic.shown, self._seen, self.settings.policy
        if seen is None:
            return (Refusal.STALE,)
        reasons = dict.fromkeys(island_refusals(state, seen, self._clock.monotonic(), policy), True)
        home = state.phase in {Phase.CONNECTED, Phase.DRILL_PRECHECK} and place(seen, policy.wiring) is Place.CONNECTED
        reasons |= {
            Refusal.NOT_CONNECTED: not home,
            Refusal.STALE: grid(seen.grid, policy.profile) is Grid.UNKNOWN,
            Refusal.NOT_POSSIBLE: not self.state.may_separate,
        }
        return tuple(reason for reason in Refusal if reasons.get(reason))

    def drill(self, wish: DrillWish) -> tuple[Refusal, ...]:
        """Begin a drill, or say all that speaks against it now; nothing is begun then."""
        now = self._clock.monotonic()
        refusals = self._drills.begin(wish, self._logic.shown, self._seen, self._around(), now, self._clock.wall_ms())
        if not refusals:
            session = self._drills.session
            assert session is not None, "it was begun"
            self._keeping.note(_DRILL, session.note())
            self._tell(Notice.DRILL_ANNOUNCED, f"{wish.level}: {wish.by}")
            self._show(now)
        return refusals

    def acknowledge(self, who: str) -> None:
        """Take down that somebody has seen what was told: a drill that is announced, or that one was not passed."""
        _LOGGER.info("Flat %s: %s has seen what was told", self._flat, who)
        self._drills.acknowledge(self._clock.monotonic())
        self._keeping.note(_UNSEEN, b"")
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

    def _tell(self, notice: Notice, detail: str = "") -> None:
        self._keeping.tell(notice, detail)
        self.state = replace(self.state, told=self._keeping.told)

    # --- starting and working --------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled; the devices are then left as the journal says. Raises StoreError at the start."""
        await self._restore()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._logic.run(), name=f"flat {self._flat} journal")
                tasks.create_task(self._hands.run(), name=f"flat {self._flat} commands")
                tasks.create_task(self._shedding.run(self._changed), name=f"flat {self._flat} loads")
                tasks.create_task(self._charging.run(), name=f"flat {self._flat} charging")
                tasks.create_task(self._keeping.run(), name=f"flat {self._flat} notices")
        finally:
            await self._keeping.keep_now()

    async def _restore(self) -> None:
        now = self._clock.monotonic()
        await self._keeping.restore()
        self.state = replace(self.state, told=self._keeping.told)
        await self._shedding.restore()
        await self._charging.restore()
        kept = await self._book.reports()
        self._drills.restore([each.summary for each in kept], failed_unseen=bool(await self._store.noted(_UNSEEN)))
        since = await self._store.noted(_SINCE)
        self._drills.since_ms = self._clock.wall_ms() if since is None else int(since)
        if since is None:
            self._keeping.note(_SINCE, str(self._drills.since_ms).encode())
        if under_way := await self._store.noted(_DRILL):
            self._drills.resume(under_way, now, [each.begun_ms for each in kept])
        await self._logic.restore()
        self._known_at = now
        if self._logic.unreadable is not None:
            self._tell(Notice.JOURNAL_FAILED, self._logic.unreadable)
        self._show(now)

    def _draw(self, held: Held, before: bytes | None, told: Sequence[Told]) -> tuple[bytes, DrillSummary]:
        assert self._house is not None, "it was attached to its flat"
        house, next_ms = self._house, self._drills.next_ms
        return drawn(held, self.settings, house.membership, house.software, told=told, before=before, next_ms=next_ms)

    def _drill_kept(self, summary: DrillSummary | None, detail: str) -> None:
        if summary is not None:
            self._drills.last = summary
        self._keeping.note(_DRILL, b"")
        self._keeping.note(_UNSEEN, b"1" if self._drills.failed_unseen else b"")
        self._tell(Notice.DRILL_ENDED, detail)
        self._changed()

    async def _seal(self, drill: Unlogged) -> bool:
        assert self._house is not None, "it was attached to its flat"
        return await self._house.seal_drill(drill)

    # --- each second -----------------------------------------------------------------------------

    def second(self, read: Round, *, online: bool) -> None:
        """Take in a second's readings, and do what follows from them."""
        now = self._clock.monotonic()
        self._memory, self._read, self._online = remember(self._memory, read, now), read, online
        self._keeping.second()
        if self._logic.ready:
            self._turn(now)
        elif self._seen is not None:
            # The journal is being written. What a device was asked for a while is held on to meanwhile.
            self._seen = Sight(self._memory, self.settings.policy, now).observe()
            self._hold(self._holds and self._seen.fresh and self._is_islanded(self._seen))
        if self._seen is not None:
            self._watch(self._seen, now)
        self._show(now)

    def _turn(self, now: float) -> None:
        asked = self._asked
        self._asked = None
        seen = Sight(self._memory, self.settings.policy, now).observe(asked or self._drills.take())
        before = self._logic.shown
        taken = self._logic.turn(seen, now)
        self._seen = seen
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

    def _is_islanded(self, seen: Observation) -> bool:
        return place(seen, self.settings.policy.wiring) is Place.ISLANDED

    def _watch(self, seen: Observation, now: float) -> None:
        """Look after what is around the logic: the drill, the loads, the battery, and what a person has to know."""
        state, read = self._logic.shown, self._read
        assert read is not None, "it was read"
        where, islanded = place(seen, self.settings.policy.wiring), self._is_islanded(seen)
        if where is Place.CONNECTED:
            self._island_since = None
        elif islanded and self._island_since is None:
            self._island_since = now
        is_lit = lit(seen, self.settings.policy)
        collapsed = islanded and self._was_lit is True and is_lit is False
        self._was_lit = is_lit
        # Loads are given back to a grid that is known to be there. Of an island that is not known to be one nothing
        # is shed and nothing given: its charge and what it can give are unknown, then.
        home = state.phase is Phase.CONNECTED and where is Place.CONNECTED
        locked = self._shedding.second(
            LoadsSeen(
                islanded=not home,
                drilling=state.owner is Owner.DRILL,
                soc_percent=seen.soc_percent if islanded else None,
                free_w=self._free_w(now) if islanded else None,
                overloaded=islanded and seen.overloaded,
                collapsed=collapsed,
            ),
            now,
        )
        for name in sorted(locked):
            self._tell(Notice.LOAD_LOCKED_OUT, name)
        self._charging.second(self.state.reserve_percent, read.battery, now, connected=state.phase is Phase.CONNECTED)
        self._look_at_the_charge(seen, islanded=islanded)
        self._look_at_the_feedback(seen, now)
        self._look_at_the_journal()
        self._follow_the_drill(seen, now)

    def _follow_the_drill(self, seen: Observation, now: float) -> None:
        read, state = self._read, self._logic.shown
        assert read is not None, "it was read"
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
        capacity = None if read.battery is None else read.battery.capacity_wh
        if (held := self._drills.ended(state, now, self._clock.wall_ms(), capacity)) is not None:
            self._keeping.drill_over(held)

    def _look_at_the_charge(self, seen: Observation, *, islanded: bool) -> None:
        floor = self.settings.policy.floors.emergency
        low = islanded and seen.soc_percent is not None and seen.soc_percent <= floor
        if low and not self._low:
            self._tell(Notice.BATTERY_LOW, f"{floor:g} %")
        self._low = low

    def _look_at_the_feedback(self, seen: Observation, now: float) -> None:
        if place(seen, self.settings.policy.wiring) is not Place.UNKNOWN:
            self._known_at, self._lost = now, False
            return
        patience_s = NIGHT_S if Sight(self._memory, self.settings.policy, now).may_sleep() else LOST_S
        if self._known_at is not None and now - self._known_at >= patience_s and not self._lost:
            self._lost = True
            self._tell(Notice.FEEDBACK_LOST)

    def _look_at_the_journal(self) -> None:
        problem = self._logic.journal_problem
        if problem is not None and not self._journal_told:
            self._tell(Notice.JOURNAL_FAILED, problem)
        self._journal_told = problem is not None

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

    def _free_w(self, now: float) -> float | None:
        sight = Sight(self._memory, self.settings.policy, now)
        output_w, rated_w = sight.known(self._memory.output_w), self._memory.rated_w
        return None if output_w is None or rated_w is None else rated_w - output_w

    def _lasts(self, now: float) -> tuple[float | None, float | None]:
        """Return how long the battery lasts at the present load, without sun and with it."""
        if self._read is None or self._seen is None:
            return None, None
        since_s = None if self._island_since is None else now - self._island_since
        return hours_left(self._read, self._seen.soc_percent, self.settings.policy, self._pv, since_s)

    # --- what there is to show -------------------------------------------------------------------

    def _problems(self) -> tuple[str, ...]:
        found: list[str | None] = [
            self._logic.journal_problem,
            self._logic.unreadable,
            self._hands.problem,
            self._charging.problem,
            *self._shedding.problems,
        ]
        return tuple(each for each in found if each is not None)

    def _show(self, now: float) -> None:
        state, seen, policy = self._logic.shown, self._seen, self.settings.policy
        dry_s, sun_s = self._lasts(now)
        next_ms = self._drills.next_ms
        self.state = replace(
            self.state,
            grid=grid(None if seen is None else seen.grid, policy.profile),
            place=Place.UNKNOWN if seen is None else place(seen, policy.wiring),
            phase=state.phase,
            owner=state.owner,
            fault=state.fault,
            reserve_percent=self._reserve(self.state.warned),
            lit=None if seen is None else lit(seen, policy),
            lasts_s=dry_s,
            lasts_sun_s=sun_s,
            shed=self._shedding.state.shed,
            locked_out=self._shedding.locked_out,
            drill=self._drills.wish,
            drill_ends_s=ends_s(state, now),
            last_drill=self._drills.last,
            next_drill_ms=next_ms,
            overdue=next_ms is not None and self._clock.wall_ms() > next_ms,
            may_separate=policy.may_separate and (self._house is None or self._hands.able),
            problems=self._problems(),
            feedback_lost=self._lost,
        )

    def _changed(self) -> None:
        """Show what became known between two seconds."""
        self._show(self._clock.monotonic())
        if self._house is not None:
            self._house.blackout_changed()
