"""What a flat does with its building's word on a drill: the building suggests, the flat decides (I23).

A call begins nothing unless the building's newest key has signed it for this flat, it holds now, it is newer than every
call before, no resident is against it, and the flat's own blackout logic has nothing against it. That it was heard is
durable before anything begins, so that neither a restart nor whoever has recorded it begins it a second time.

What became of a call is told again with each new connection until the building has it durably. Whether the living room
is alight never depends on the building: a drill that was begun ends by the flat's own clock.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
import json
import logging
from typing import Any, Final, Protocol

from ..clock import Clock
from ..islanding import Asked, Owner, Phase, Place, Refusal
from ..islanding.report import Level
from ..lineage import Lineage
from ..store import FlatStore, StoreError
from ..wire import (
    LONGEST_WORDS,
    CallRefusal,
    DrillAnswer,
    DrillDocument,
    DrillNews,
    DrillSaid,
    DrillWord,
    FromFlat,
    Membership,
    RollCall,
    Says,
    open_drill_word,
)
from .blackout import Blackout
from .state import BlackoutState, DrillWish

_LOGGER = logging.getLogger(__name__)

AHEAD_MS: Final = 60_000
"""So far a flat's clock and the building's may be apart."""
LONGEST_CALL_MS: Final = 600_000
"""A call holds for minutes: one that held for long could be kept back, and begin something when nobody expects it."""
UNSEEN_S: Final = 30.0
"""So long a drill that is followed may not show in the blackout logic's state: it begins, or is being drawn up."""
_NEWEST: Final = "drill newest"
_CALL: Final = "drill call"
_ANNOUNCED: Final = "drill announced"
_DECLINED: Final = "drill declined"


@dataclass(frozen=True, slots=True)
class BuildingDrill:
    """A drill that the building has announced, as residents are to see it."""

    drill: str
    """Its name, in hex."""
    level: Level
    length_s: int
    from_ms: int
    until_ms: int
    acknowledged_by: str | None = None


@dataclass(frozen=True, slots=True)
class _Followed:
    """What became of the newest call."""

    answer: DrillAnswer
    news: DrillNews | None = None

    @property
    def is_open(self) -> bool:
        """Whether its drill is not over."""
        return self.answer.accepted and (self.news is None or not self.news.ended)

    def plain(self) -> bytes:
        told = {"answer": asdict(self.answer), "news": None if self.news is None else asdict(self.news)}
        return json.dumps(told, default=bytes.hex).encode()

    @classmethod
    def read(cls, data: bytes) -> _Followed:
        told: dict[str, Any] = json.loads(data)
        answer, news = told["answer"], told["news"]
        digest = None if news is None else news.pop("digest")
        return cls(
            DrillAnswer(bytes.fromhex(answer["call"]), answer["accepted"], tuple(answer["reasons"]), answer["words"]),
            None
            if news is None
            else DrillNews(
                **{**news, "call": bytes.fromhex(news["call"])},
                digest=None if digest is None else bytes.fromhex(digest),
            ),
        )


class CallListener(Protocol):
    """What whoever runs the flat does with the building's words on drills."""

    def building_drill(self, drill: BuildingDrill | None) -> None:
        """Show what is announced."""

    def tell_building(self, message: FromFlat) -> bool:
        """Send a message, if the link is up."""


class DrillCalls:
    """Takes the building's words for one flat. All that waits raises StoreError when the store fails.

    Args:
        membership: the flat, and its building.
        store: the flat's database.
        blackout: decides; None where nothing is set up for blackouts.
        clock: both times.
        listener: hears what is to be shown and sent.
    """

    def __init__(
        self,
        membership: Membership,
        store: FlatStore,
        blackout: Blackout | None,
        clock: Clock,
        listener: CallListener,
    ) -> None:
        self._membership = membership
        self._store = store
        self._blackout = blackout
        self._clock = clock
        self._listener = listener
        if blackout is not None:
            blackout.when_acknowledged(self._acknowledged)
        self._newest_ms = 0
        self._followed: _Followed | None = None
        self._shown_at = 0.0
        self.announced: BuildingDrill | None = None
        """What takes place, or is to."""
        self._unkept = False
        """Whether what is announced is not stored as it stands."""
        self.declined: str | None = None
        """In a resident's words, why the building's drills are not followed; None where they are."""

    async def restore(self) -> None:
        """Go on with what was known before a restart."""
        self._newest_ms = int(await self._store.noted(_NEWEST) or b"0")
        if kept := await self._store.noted(_CALL):
            self._followed = _Followed.read(kept)
        self.declined = (await self._store.noted(_DECLINED) or b"").decode() or None
        if self._unkept:
            pass  # What a resident has said since is newer than what the database holds.
        elif announced := await self._store.noted(_ANNOUNCED):
            told = json.loads(announced)
            self._show(BuildingDrill(**told | {"level": Level(told["level"])}))
        self._shown_at = self._clock.monotonic()

    # --- what residents say ----------------------------------------------------------------------

    async def decline(self, words: str | None) -> None:
        """Refuse the building's drills from now on, for a reason in a resident's own words; None: follow them again.

        Raises ValueError for words that do not fit into an answer.
        """
        if words is not None and not (words.strip() and words.isprintable() and len(words) <= LONGEST_WORDS):
            raise ValueError(f"{words!r}: say in one line of at most {LONGEST_WORDS} characters why not")
        self.declined = words
        await self._store.note(_DECLINED, (words or "").encode())

    def acknowledge(self, who: str) -> None:
        """Take down that somebody has seen what was told, be it by the building or by the flat's blackout logic."""
        if self._blackout is not None:
            self._blackout.acknowledge(who)  # Which calls back.
        else:
            self._acknowledged(who)

    def _acknowledged(self, who: str) -> None:
        """Tell the building, if that was its announcement."""
        drill = self.announced
        if drill is not None and drill.acknowledged_by is None:
            said = "".join(each for each in who if each.isprintable())[:LONGEST_WORDS]
            self._show(replace(drill, acknowledged_by=said))
            self._unkept = True
            self._listener.tell_building(RollCall(bytes.fromhex(drill.drill), said))

    # --- what the building says ------------------------------------------------------------------

    async def take(self, said: DrillSaid, lineage: Lineage) -> Sequence[FromFlat]:
        """Take a word that the building has signed with the newest of its keys; return what is answered at once.

        Raises EtpError: it is of somebody else, or for somebody else. Nothing has begun then.
        """
        own = self._membership
        word = open_drill_word(said.statement, lineage.newest, lineage.building, own.origin, own.device)
        match word.says:
            case Says.ANNOUNCED:
                return await self._announced(word)
            case Says.GO:
                return [await self._called(word)]
            case Says.RETURN:
                self._called_back(word)
                return []

    async def _announced(self, word: DrillWord) -> Sequence[FromFlat]:
        if word.until_ms <= self._clock.wall_ms():
            return []
        known = self.announced
        if known is None or known.drill != word.drill.hex():
            _LOGGER.info("The building announces a drill of level %s to flat %s", word.level, self._membership.flat)
            known = BuildingDrill(word.drill.hex(), word.level, word.length_s, word.from_ms, word.until_ms)
            await self._keep_announced(known)
        return [RollCall(word.drill, None), *self._roll_call(known)]

    async def _called(self, word: DrillWord) -> DrillAnswer:
        against = self._against(word)
        if word.from_ms > self._newest_ms and not {CallRefusal.EARLY, CallRefusal.EXPIRED} & set(against):
            await self._store.note(_NEWEST, str(word.from_ms).encode())
            self._newest_ms = word.from_ms
        if self._followed is not None and self._followed.is_open:
            return DrillAnswer(word.call, False, tuple(against), self._words(against))
        if not against:
            # Before it begins: whoever is restarted in between knows that it may have begun.
            self._shown_at = self._clock.monotonic()
            await self._follow(_Followed(DrillAnswer(word.call, True, (), None)))
            assert self._blackout is not None, "a flat without one was refused above"
            known = self.announced
            seen = known is not None and known.drill == word.drill.hex() and known.acknowledged_by is not None
            by, call = self._membership.origin, word.call.hex()
            wish = DrillWish(word.level, float(word.length_s), by=by, call=call, attended=seen)
            against = list(self._blackout.drill(wish))
        answer = DrillAnswer(word.call, not against, tuple(each.value for each in against), self._words(against))
        if against:
            _LOGGER.info("Flat %s refuses its building's drill: %s", self._membership.flat, ", ".join(answer.reasons))
            if CallRefusal.SEEN not in against:
                await self._follow(_Followed(answer))
        return answer

    def _against(self, word: DrillWord) -> list[Any]:
        """Say all that speaks against a call, but for what the blackout logic has to say."""
        now_ms = self._clock.wall_ms()
        against = {
            CallRefusal.EXPIRED: now_ms > word.until_ms,
            CallRefusal.EARLY: word.from_ms > now_ms + AHEAD_MS,
            CallRefusal.TOO_LASTING: word.until_ms - word.from_ms > LONGEST_CALL_MS,
            CallRefusal.SEEN: word.from_ms <= self._newest_ms,
            Refusal.BUSY: self._followed is not None and self._followed.is_open,
            CallRefusal.DECLINED: self.declined is not None,
            CallRefusal.NOT_SET_UP: self._blackout is None,
        }
        return [reason for reason, holds in against.items() if holds]

    def _words(self, against: Sequence[object]) -> str | None:
        return self.declined if CallRefusal.DECLINED in against else None

    def _called_back(self, word: DrillWord) -> None:
        blackout = self._blackout
        drill = None if blackout is None else blackout.state.drill
        if blackout is not None and drill is not None and drill.call == word.call.hex():
            _LOGGER.info("The building ends the drill of flat %s", self._membership.flat)
            blackout.ask(Asked.RETURN)

    async def kept(self, call: bytes) -> None:
        """Forget what became of a call: the building has it durably."""
        followed = self._followed
        if followed is not None and followed.answer.call == call and not followed.is_open:
            self._followed = None
            await self._store.note(_CALL, b"")

    # --- what is told ----------------------------------------------------------------------------

    async def again(self) -> Sequence[FromFlat]:
        """Return what a new connection begins with: all that the building may not have heard."""
        told: list[FromFlat] = []
        if self.announced is not None:
            told += [RollCall(bytes.fromhex(self.announced.drill), None), *self._roll_call(self.announced)]
        if (followed := self._followed) is not None:
            told.append(followed.answer)
            if followed.news is not None:
                told += [followed.news, *await self._document(followed.news)]
        return told

    async def second(self) -> None:
        """Look where the flat stands, and tell what has changed."""
        now_ms = self._clock.wall_ms()
        if self.announced is not None and self.announced.until_ms <= now_ms:
            await self._keep_announced(None)
        elif self._unkept:
            await self._keep_announced(self.announced)
        followed, blackout = self._followed, self._blackout
        if followed is None or not followed.is_open or blackout is None:
            return
        news = self._news(followed.answer.call, blackout.state)
        if news is None or news == followed.news:
            return
        await self._follow(replace(followed, news=news))
        for message in (news, *await self._document(news)):
            self._listener.tell_building(message)

    def _news(self, call: bytes, state: BlackoutState) -> DrillNews | None:
        """Say where a call that is followed stands; None when nothing is known of it yet."""
        name, summary = call.hex(), state.last_drill
        over = summary is not None and summary.call == name
        if state.drill is not None and state.drill.call == name and not over:
            self._shown_at = self._clock.monotonic()
            return DrillNews(call, state.phase, False, None, None, None, None)
        home = state.phase is Phase.CONNECTED and state.place is not Place.ISLANDED
        if over:
            assert summary is not None, "it is over by its summary"
            aborted = "outage" if state.owner is Owner.OUTAGE else summary.aborted
            digest = summary.report
            return DrillNews(call, state.phase, home, summary.passed, aborted, summary.transfer, digest)
        if state.owner is Owner.OUTAGE:
            return DrillNews(call, state.phase, False, None, "outage", None, None)
        if home and self._clock.monotonic() - self._shown_at >= UNSEEN_S:
            return DrillNews(call, state.phase, True, False, "lost", None, None)  # As in a restart before it had begun.
        return None

    async def _document(self, news: DrillNews) -> list[FromFlat]:
        if not news.ended or news.digest is None or self._blackout is None:
            return []
        document = await self._blackout.report(news.digest)
        return [] if document is None else [DrillDocument(news.call, document)]

    def _roll_call(self, drill: BuildingDrill) -> list[FromFlat]:
        who = drill.acknowledged_by
        return [] if who is None else [RollCall(bytes.fromhex(drill.drill), who)]

    async def _follow(self, followed: _Followed) -> None:
        await self._store.note(_CALL, followed.plain())
        self._followed = followed

    async def _keep_announced(self, drill: BuildingDrill | None) -> None:
        self._unkept = False
        try:
            await self._store.note(_ANNOUNCED, b"" if drill is None else json.dumps(asdict(drill)).encode())
        except StoreError:
            self._unkept = True
            raise
        if drill != self.announced:
            self._show(drill)

    def _show(self, drill: BuildingDrill | None) -> None:
        self.announced = drill
        self._listener.building_drill(drill)
