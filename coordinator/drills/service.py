"""Holds the building's drills over the links of its flats: announces, calls, hears, ends, and keeps all of it.

What the planner says is durable before it is sent, so that a coordinator which is started again knows whom it has
called. It goes on with no drill that it finds half done: it ends it, and says so; the flats return by themselves, and
what they tell later is taken all the same. A flat that is not known to be home holds its place in the next drill.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
import logging
import secrets
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.clock import Clock
from localvpp.etp import DeviceId, Signer, SignerUnavailableError, off_loop
from localvpp.islanding.report import Level
from localvpp.wire import (
    CALL_LENGTH,
    DrillAnswer,
    DrillDocument,
    DrillKept,
    DrillNews,
    DrillSaid,
    DrillWord,
    RollCall,
    Says,
    sign_drill_word,
)

from ..config import BuildingConfig
from ..ledger import Directory
from ..link import Hub, LiveFrames
from ..meters import STALE_S, OwnMeters
from ..store import Member, drills as store
from ..store.drills import DrillFlat, StoredDrill
from .hearing import OUTAGE, heard, warned
from .peak import near_peak
from .planner import begin, most_at_once, turn
from .requests import DrillRefusedError, Wanted
from .values import (
    IN_TRANSITION,
    Call,
    DrillState,
    Ended,
    FlatSeen,
    Go,
    Line,
    News,
    Place,
    Rules,
    Seen,
    Stage,
)

LOOK_S: Final = 1.0
CALL_MS: Final = 120_000
"""So long a call holds."""
ANNOUNCE_AGAIN_S: Final = 60.0
"""A flat that does not say that it shows the announcement is told again after this."""
RETURN_S: Final = 3_600.0
"""So long after a drill's length a flat is home by itself: it was announced, held for the grid, given up on (L2)."""
WARNED_BY: Final = 2
"""So many flats that refuse for a warning have a warning in force for the whole building; one alone may be wrong."""
MOVING: Final = frozenset({Level.QUICK, Level.LOAD, Level.DEEP})
"""Levels at which flats are separated; the others are a roll-call."""

_log = logging.getLogger(__name__)

type Message = RollCall | DrillAnswer | DrillNews | DrillDocument


class Drills:
    """The building's drills: one at a time."""

    def __init__(
        self,
        config: BuildingConfig,
        engine: AsyncEngine,
        directory: Callable[[], Directory],
        hub: Hub,
        frames: LiveFrames,
        meters: OwnMeters,
        signer: Signer,
        building: DeviceId,
        clock: Clock,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._config = config
        self._engine = engine
        self._directory = directory
        self._hub = hub
        self._frames = frames
        self._meters = meters
        self._signer = signer
        self._building = building
        self._clock = clock
        self._now = now
        self._lock = asyncio.Lock()
        """What changes a drill is done one after the other."""
        self.drill: StoredDrill | None = None
        """The newest one."""
        self.flats: dict[str, DrillFlat] = {}
        self.state: DrillState | None = None
        """Of the drill that goes on."""
        self._rules: Rules | None = None
        self._news: list[News] = []
        self._stop: Ended | None = None
        self._trouble: str | None = None
        self._announced_at: dict[str, float] = {}

    async def resume(self) -> None:
        """End what was going on when the coordinator stopped, and say so; know the newest drill again."""
        async with self._engine.begin() as connection:
            for drill in await store.unfinished(connection):
                ended = replace(drill, ended=Ended.RESTARTED.value, ended_ms=self._clock.wall_ms())
                await store.change(connection, ended)
                _log.warning(
                    "A drill was going on when the coordinator stopped: it is ended, flats return by themselves"
                )
            for drill in await store.newest(connection, 1):
                self.drill = drill
                self.flats = {flat.flat: flat for flat in await store.flats_of(connection, drill.drill)}

    # --- what the manager says -------------------------------------------------------------------

    async def plan(self, wanted: Wanted) -> StoredDrill:
        """Plan a drill that begins when the manager says so; a plan before it that has not begun is left.

        Raises DrillRefusedError.
        """
        limits = self._config.drills
        if wanted.level in MOVING and limits.contract_kw is None:
            raise DrillRefusedError(
                409,
                "no_contract",
                f"drills.contract_kw is not set in {self._config.file.name}: without the contract demand no flat is "
                "separated from the grid; set it, or hold a roll-call (level l1)",
            )
        async with self._lock:
            self._refuse_while_on()
            drill = StoredDrill(
                drill=secrets.token_bytes(CALL_LENGTH),
                level=wanted.level.value,
                length_s=wanted.length_s,
                notice_s=wanted.notice_s,
                within_s=max(wanted.within_s, wanted.notice_s),
                most=min(wanted.most or self._most, self._most),
                limit_w=None if limits.contract_kw is None else limits.contract_kw * 1000,
                seed=wanted.seed or secrets.token_hex(8),
                planned_ms=self._clock.wall_ms(),
            )
            flats = {str(flat): DrillFlat(drill=drill.drill, flat=flat) for flat in self._config.flats}
            async with self._engine.begin() as connection:
                await store.add(connection, drill, flats.values())
            self.drill, self.flats = drill, flats
            return drill

    @property
    def _most(self) -> int:
        return self._config.drills.most or most_at_once(len(self._config.flats))

    def order(self, drill: StoredDrill) -> tuple[str, ...]:
        """Return in which order flats are called, as the seed draws it."""
        return begin(drill.seed, map(str, self._config.flats), 0.0, first_s=0.0, lasts_s=0.0).order

    async def start(self, drill_id: bytes) -> StoredDrill:
        """Begin the planned drill: announce it, and call flats once the residents had their time.

        Raises DrillRefusedError.
        """
        async with self._lock:
            drill = self._known(drill_id)
            if drill.ended_ms is not None:
                raise DrillRefusedError(409, "ended", "this drill is over: plan another one")
            self._refuse_while_on()
            now, now_ms = self._clock.monotonic(), self._clock.wall_ms()
            moving = Level(drill.level) in MOVING
            async with self._engine.connect() as connection:
                out = await store.out(connection) if moving else []
            already = {each.flat: self._place(each, now, now_ms) for each in out}
            begun = replace(drill, announced_ms=now_ms)
            async with self._engine.begin() as connection:
                await store.change(connection, begun)
            self._rules = self._rules_of(begun)
            self.state = begin(
                drill.seed,
                map(str, self._config.flats) if moving else (),
                now,
                first_s=float(drill.notice_s),
                lasts_s=float(drill.within_s),
                already=already,
            )
            self.drill, self._stop = begun, None
            self._news.clear()
            self._announced_at.clear()
            _log.warning("A drill of level %s begins for %d flats", drill.level, len(self.flats))
            return begun

    async def stop(self, drill_id: bytes) -> StoredDrill:
        """End the drill; whoever is out is told to return, and returns by its own rules.

        Raises DrillRefusedError.
        """
        async with self._lock:
            drill = self._known(drill_id)
            if drill.ended_ms is not None:
                return drill
            if self.state is None:
                return await self._end(drill, Ended.STOPPED)
            self._stop = Ended.STOPPED
        await self.second()
        return self._known(drill_id)

    async def tick_off(self, drill_id: bytes, flat: str, who: str) -> DrillFlat:
        """Take down that somebody has seen or heard a flat's residents.

        Raises DrillRefusedError.
        """
        async with self._lock:
            drill = self._known(drill_id)
            if flat not in self.flats:
                raise DrillRefusedError(404, "unknown_flat", f"flat: {flat[:40]} is not in this drill", "flat")
            if drill.announced_ms is None:
                raise DrillRefusedError(409, "not_begun", "this drill was not announced to anybody yet: start it first")
            return await self._acknowledged(self.flats[flat], who)

    def _known(self, drill_id: bytes) -> StoredDrill:
        if self.drill is None or self.drill.drill != drill_id:
            raise DrillRefusedError(
                404, "not_found", f"drill: {drill_id.hex()[:64]} is not the newest one, and no other can be changed"
            )
        return self.drill

    def _refuse_while_on(self) -> None:
        if self.state is not None:
            raise DrillRefusedError(409, "busy", "a drill goes on: stop it, or wait until it is over")

    def _rules_of(self, drill: StoredDrill) -> Rules:
        limits = self._config.drills
        return Rules(
            most=drill.most,
            limit_w=drill.limit_w or 1,  # Nobody is called where there is none.
            bound_s=CALL_MS / 1000 + drill.length_s + RETURN_S,
            lines=tuple(Line(each.name, each.kw * 1000, frozenset(each.flats)) for each in limits.lines),
            flat_w=limits.flat_kw * 1000,
            recharge_w=limits.recharge_kw * 1000,
        )

    def _place(self, flat: DrillFlat, now: float, now_ms: int) -> Place:
        """Return the place of a flat that an earlier drill has called, of which nothing else is known any more."""
        assert flat.called_ms is not None, "it was called"
        limits = self._config.drills
        return Place(
            stage=Stage.OUT,
            called_at=now - max(0, now_ms - flat.called_ms) / 1000,
            worst_w=limits.flat_kw * 1000,
            gave_w=limits.flat_kw * 1000,
        )

    # --- each second -----------------------------------------------------------------------------

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look each second, until cancelled."""
        while True:
            await sleep(LOOK_S)
            try:
                await self.second()
            except (SQLAlchemyError, SignerUnavailableError) as error:
                if self._trouble is None:
                    _log.error("The drill cannot go on: %s", error)
                self._trouble = str(error)
            else:
                if self._trouble is not None:
                    _log.warning("The drill goes on")
                self._trouble = None

    async def second(self) -> None:
        """Do what is due.

        Raises SQLAlchemyError, SignerUnavailableError: then nothing was sent, and it is tried again.
        """
        async with self._lock:
            drill, state, rules = self.drill, self.state, self._rules
            if drill is None or state is None or rules is None:
                return
            await self._announce(drill)
            news = tuple(self._news)
            seen = self._seen(drill, news)
            state, calls = turn(state, seen, self._clock.monotonic(), rules)
            await self._call(drill, calls)
            self.state = state
            del self._news[: len(news)]
            await self._note_most(seen, state)
            if state.ended is not None:
                assert self.drill is not None, "it is the one that ends"
                await self._end(self.drill, state.ended)

    def _seen(self, drill: StoredDrill, news: tuple[News, ...]) -> Seen:
        bulk = self._meters.bulk_now
        lasts = timedelta(seconds=drill.length_s + CALL_MS / 1000)
        return Seen(
            flats=self.seen(),
            demand_w=None if bulk is None or bulk.power_w is None else round(bulk.power_w),
            event=near_peak(self._config.drills.peak, self._now(), lasts),
            stop=self._stop,
            news=news,
        )

    def seen(self) -> dict[str, FlatSeen]:
        """Return what is known of each flat now."""
        return {str(flat): self._flat_seen(flat) for flat in self._config.flats}

    def _flat_seen(self, flat: str) -> FlatSeen:
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

    async def _announce(self, drill: StoredDrill) -> None:
        """Tell whoever is connected, and has not said yet that he shows it."""
        assert drill.announced_ms is not None, "it goes on"
        now, now_ms = self._clock.monotonic(), self._clock.wall_ms()
        for flat in tuple(self.flats.values()):
            member = self._directory().named(flat.flat)
            told = flat.notified_ms is not None
            said_at = self._announced_at.get(flat.flat)
            lately = said_at is not None and now - said_at < ANNOUNCE_AGAIN_S
            if member is None or told or lately or member.device not in self._hub:
                continue
            begins = drill.announced_ms
            word = self._word(drill, Says.ANNOUNCED, bytes(CALL_LENGTH), begins, begins + drill.within_s * 1000)
            said = await self._said(member.device, word)
            await self._keep(replace(flat, announced_ms=now_ms, device=member.device))
            self._hub.send(member.device, said)
            self._announced_at[flat.flat] = now

    async def _call(self, drill: StoredDrill, calls: tuple[Call, ...]) -> None:
        for call in calls:
            flat = self.flats.get(call.flat)
            member = self._directory().named(call.flat)
            if flat is None or member is None:
                continue
            now_ms = self._clock.wall_ms()
            if isinstance(call, Go):
                name = secrets.token_bytes(CALL_LENGTH)
                said = await self._said(member.device, self._word(drill, Says.GO, name, now_ms, now_ms + CALL_MS))
                await self._keep(replace(flat, call=name, called_ms=now_ms, device=member.device))
                _log.info("Flat %s is called to the drill", call.flat)
            elif flat.call is None:
                continue  # An earlier drill has called it; that one has told it to return.
            else:
                said = await self._said(member.device, self._word(drill, Says.RETURN, flat.call, now_ms, now_ms + 1))
            self._hub.send(member.device, said)

    def _word(self, drill: StoredDrill, says: Says, call: bytes, from_ms: int, until_ms: int) -> DrillWord:
        return DrillWord(
            says=says,
            drill=drill.drill,
            call=call,
            level=Level(drill.level),
            length_s=drill.length_s,
            from_ms=from_ms,
            until_ms=until_ms,
        )

    async def _said(self, device: DeviceId, word: DrillWord) -> DrillSaid:
        sign = partial(sign_drill_word, self._signer, self._building, self._config.origin, device, word)
        return DrillSaid(await off_loop(self._signer, sign))

    async def _note_most(self, seen: Seen, state: DrillState) -> None:
        drill = self.drill
        assert drill is not None, "it goes on"
        most = max(drill.most_seen, len(state.at(*IN_TRANSITION)))
        demands = [each for each in (drill.demand_seen_w, seen.demand_w) if each is not None]
        noted = replace(drill, most_seen=most, demand_seen_w=max(demands, default=None))
        if noted != drill:
            async with self._engine.begin() as connection:
                await store.change(connection, noted)
            self.drill = noted

    async def _end(self, drill: StoredDrill, why: Ended) -> StoredDrill:
        ended = replace(drill, ended=why.value, ended_ms=self._clock.wall_ms())
        async with self._engine.begin() as connection:
            await store.change(connection, ended)
        self.drill, self.state, self._rules = ended, None, None
        _log.warning("The drill is over: %s", why)
        return ended

    # --- what flats say --------------------------------------------------------------------------

    async def take(self, member: Member, told: Message) -> None:
        """Take what a flat says of a drill; what is durable of it is told back.

        Raises SQLAlchemyError: then the flat says it again with its next connection.
        """
        async with self._lock:
            if isinstance(told, RollCall):
                await self._rolled(member, told)
                return
            flat = await self._of_call(told.call, member.device)
            if flat is None:
                _log.debug("Flat %s speaks of a call that it never got", member.name)
                return
            flat = await self._heard(flat, told)
            refused = flat.accepted is False
            whole = flat.ended_ms is not None and (flat.digest is None or flat.document is not None)
            if refused or whole:
                self._hub.send(member.device, DrillKept(told.call))

    async def _rolled(self, member: Member, told: RollCall) -> None:
        flat = self.flats.get(member.name)
        if flat is None or self.drill is None or self.drill.drill != told.drill:
            return
        if flat.notified_ms is None:
            flat = replace(flat, notified_ms=self._clock.wall_ms())
            await self._keep(flat)
        if told.who is not None:
            await self._acknowledged(flat, told.who)

    async def _acknowledged(self, flat: DrillFlat, who: str) -> DrillFlat:
        if flat.acknowledged_ms is None:
            flat = replace(flat, acknowledged_ms=self._clock.wall_ms(), acknowledged_by=who)
            await self._keep(flat)
        return flat

    async def _of_call(self, call: bytes, device: DeviceId) -> DrillFlat | None:
        for flat in self.flats.values():
            if flat.call == call:
                return flat if flat.device == device else None
        async with self._engine.connect() as connection:
            return await store.called(connection, call, device)

    async def _heard(self, flat: DrillFlat, told: DrillAnswer | DrillNews | DrillDocument) -> DrillFlat:
        now_ms = self._clock.wall_ms()
        changed, news = heard(flat, told, now_ms)
        if changed != flat:
            await self._keep(changed)
        if self.state is not None:
            self._news += news
            if sum(map(warned, self.flats.values())) >= min(WARNED_BY, len(self.flats)):
                self._stop = self._stop or Ended.WARNING
            if isinstance(told, DrillNews) and told.aborted == OUTAGE and not told.ended:
                self._stop = self._stop or Ended.OUTAGE
        return changed

    async def _keep(self, flat: DrillFlat) -> None:
        async with self._engine.begin() as connection:
            await store.change_flat(connection, flat)
        if self.drill is not None and self.drill.drill == flat.drill:
            self.flats[flat.flat] = flat
