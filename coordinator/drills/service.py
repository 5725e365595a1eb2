"""Holds the building's drills over the links of its flats: announces, calls, hears, ends, and keeps all of it.

What the planner says is durable before it is sent, so that a coordinator which is started again knows whom it has
called. It goes on with no drill that it finds half done: it ends it, and says so; the flats return by themselves, and
what they tell later is taken all the same. A flat that is not known to be home holds its place in the next drill.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
import logging
import secrets
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.blackout.reading import DocumentError
from localvpp.clock import Clock
from localvpp.etp import DeviceId, SignerUnavailableError
from localvpp.islanding.report import Level
from localvpp.wire import (
    CALL_LENGTH,
    DrillAnswer,
    DrillDocument,
    DrillKept,
    DrillNews,
    RollCall,
)

from ..config import BuildingConfig, most_at_once
from ..ledger import Directory, RefusedError
from ..link import Hub
from ..store import Member, drills as store
from ..store.drills import DrillFlat, StoredDrill
from .bounds import CALL_MS, place_of, rules_of
from .filing import Filing
from .hearing import OUTAGE, heard, warned
from .herald import Herald
from .lookout import Lookout
from .planner import begin, turn
from .requests import DrillRefusedError, Wanted
from .values import (
    IN_TRANSITION,
    Call,
    DrillState,
    Ended,
    Go,
    News,
    Rules,
    Seen,
)

LOOK_S: Final = 1.0
ANNOUNCE_AGAIN_S: Final = 60.0
"""A flat that does not say that it shows the announcement is told again after this."""
LATELY_MS: Final = 86_400_000
"""A flat that was called so long ago, and never came back, is not in transition any more: it is where it is."""
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
        lookout: Lookout,
        herald: Herald,
        filing: Filing,
        clock: Clock,
    ) -> None:
        self._config = config
        self._engine = engine
        self._directory = directory
        self._hub = hub
        self.lookout = lookout
        self._herald = herald
        self.filing = filing
        self._clock = clock
        self._lock = asyncio.Lock()
        """What changes a drill is done one after the other."""
        self.drill: StoredDrill | None = None
        """The newest one."""
        self.flats: dict[str, DrillFlat] = {}
        self.state: DrillState | None = None
        """Of the drill that goes on."""
        self._rules: Rules | None = None
        self._calls: dict[str, bytes] = {}
        """By which call each flat has its place in the drill that goes on, be it one of an earlier drill."""
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
        if wanted.most is not None and wanted.most > self._most:
            raise DrillRefusedError(
                400, "bad_request", f"most: {wanted.most}: in this building write {self._most} at most", "most"
            )
        async with self._lock:
            self._refuse_while_on()
            drill = StoredDrill(
                drill=secrets.token_bytes(CALL_LENGTH),
                level=wanted.level.value,
                length_s=wanted.length_s,
                notice_s=wanted.notice_s,
                within_s=max(wanted.within_s, wanted.notice_s),
                most=wanted.most or self._most,
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
        """How many flats may be in transition at once, by the building's file."""
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
                out = await store.out(connection, now_ms - LATELY_MS) if moving else []
            already = {each.flat: place_of(self._config.drills, each, now, now_ms) for each in out}
            calls = {each.flat: each.call for each in out if each.call is not None}
            begun = replace(drill, announced_ms=now_ms)
            async with self._engine.begin() as connection:
                await store.change(connection, begun)
            self._rules = rules_of(self._config.drills, begun, len(self._config.flats))
            self.state = begin(
                drill.seed,
                map(str, self._config.flats) if moving else (),
                now,
                first_s=float(drill.notice_s),
                lasts_s=float(drill.within_s),
                already=already,
                absent={flat for flat in map(str, self._config.flats) if self._directory().named(flat) is None},
            )
            self.drill, self._stop, self._calls = begun, None, calls
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

    # --- each second -----------------------------------------------------------------------------

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look each second, until cancelled."""
        while True:
            await sleep(LOOK_S)
            try:
                await self.second()
            except (SQLAlchemyError, SignerUnavailableError, RefusedError, DocumentError) as error:
                if self._trouble is None:
                    _log.error("The drill cannot go on: %s", error)
                self._trouble = str(error)
            else:
                if self._trouble is not None:
                    _log.warning("The drill goes on")
                self._trouble = None

    async def second(self) -> None:
        """Do what is due.

        Raises SQLAlchemyError, SignerUnavailableError, RefusedError: then nothing was sent or logged, and it is tried
        again.
        """
        async with self._lock:
            drill, state, rules = self.drill, self.state, self._rules
            if drill is None:
                return
            if state is None or rules is None:
                self.drill = await self.filing.one(drill, list(self.flats.values()))
                await self.filing.others(drill.drill)
                return
            await self._announce(drill)
            news = tuple(self._news)
            seen = self.lookout.seen(drill.length_s + CALL_MS / 1000, news, self._stop)
            state, calls = turn(state, seen, self._clock.monotonic(), rules)
            await self._call(drill, calls)
            self.state = state
            del self._news[: len(news)]
            await self._note_most(seen, state)
            if state.ended is not None:
                assert self.drill is not None, "it is the one that ends"
                await self._end(self.drill, state.ended)

    async def _announce(self, drill: StoredDrill) -> None:
        """Tell whoever is connected, and has not said yet that he shows it."""
        now, now_ms = self._clock.monotonic(), self._clock.wall_ms()
        for flat in tuple(self.flats.values()):
            member = self._directory().named(flat.flat)
            told = flat.notified_ms is not None
            said_at = self._announced_at.get(flat.flat)
            lately = said_at is not None and now - said_at < ANNOUNCE_AGAIN_S
            if member is None or told or lately or member.device not in self._hub:
                continue
            said = await self._herald.announced(drill, member.device)
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
                said = await self._herald.go(drill, member.device, name, now_ms)
                await self._keep(replace(flat, call=name, called_ms=now_ms, device=member.device))
                self._calls[call.flat] = name
                _log.info("Flat %s is called to the drill", call.flat)
            elif flat.call is None:
                continue  # An earlier drill has called it; that one has told it to return.
            else:
                said = await self._herald.back(drill, member.device, flat.call, now_ms)
            self._hub.send(member.device, said)

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
        # What a flat tells late of a call before the one that it has its place by says nothing of that place.
        if self.state is not None and self._calls.get(flat.flat) == told.call:
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
