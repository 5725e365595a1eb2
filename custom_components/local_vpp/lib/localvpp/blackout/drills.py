"""The drills of one flat: whether one may begin, the one that is held, and what the last ones showed.

What islanding cannot see is judged here (I13, I14, I20): warnings, events of demand response, the building's word, a
medical device, somebody's acknowledgement, and a drill before this one that was not passed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
import logging
from typing import Final

from ..islanding import (
    Asked,
    Drill,
    Notice,
    Observation,
    Owner,
    Phase,
    Place,
    Refusal,
    State,
    drill_refusals,
    place,
)
from ..islanding.report import Level, Report
from .drilling import PAPER, Session
from .settings import BlackoutSettings
from .state import DrillSummary, DrillWish

_LOGGER = logging.getLogger(__name__)

SEEN_S: Final = 3600.0
"""So long somebody's acknowledgement counts for a drill that is asked for afterwards."""
ALONE_S: Final = 60.0
"""A drill of the building ends when the building was not heard for so long."""
DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known around the flat at a moment."""

    warned: bool | None
    event_near: bool | None
    endurance_s: float | None
    able: bool
    """Whether the devices can be asked to separate."""
    online: bool
    """Whether the building is heard."""

    @property
    def speaks_against(self) -> str | None:
        """Say in a word what of it a drill has to give way to."""
        if self.warned is not False:
            return "warning"
        return "event" if self.event_near is not False else None


@dataclass(frozen=True, slots=True)
class Held:
    """A drill that is over."""

    session: Session
    report: Report
    ended_ms: int


class Drills:
    """Begins, follows and ends drills."""

    def __init__(self, settings: BlackoutSettings, flat: str) -> None:
        self._settings = settings
        self._flat = flat
        self.session: Session | None = None
        self.last: DrillSummary | None = None
        self.since_ms: int | None = None
        """When the flat was set up: from then on the first drill is due."""
        self.passed_ms: int | None = None
        """When a drill that counts was passed last."""
        self.failed_unseen = False
        """Whether the last one was not passed, and nobody has said that they saw it."""
        self._wished: Drill | None = None
        self._seen_at: float | None = None
        self._heard_at: float | None = None

    @property
    def wish(self) -> DrillWish | None:
        """What is held now."""
        return None if self.session is None else self.session.wish

    @property
    def next_ms(self) -> int | None:
        """When one is due at the latest."""
        begin = self.since_ms if self.passed_ms is None else self.passed_ms
        return None if begin is None else begin + self._settings.overdue_days * DAY_MS

    def counts(self, level: Level) -> bool:
        """Whether a drill of a level shows that the living room stays alight, as far as this flat can show it."""
        return level not in PAPER or (not self._settings.policy.may_separate and level is Level.TELEMETRY)

    def take(self) -> Drill | None:
        """Give what the logic is to be asked, once."""
        wished, self._wished = self._wished, None
        return wished

    def withdraw(self, now: float) -> None:
        """End a drill of which the logic does not know yet."""
        if self._wished is not None and self.session is not None:
            self._wished = None
            self.session.abort("person", now)

    def acknowledge(self, now: float) -> None:
        """Take down that somebody has seen what was told."""
        self._seen_at = now
        self.failed_unseen = False
        if self.session is not None:
            self.session.acknowledged.append(now - self.session.begun_at)

    def begin(
        self, wish: DrillWish, state: State, seen: Observation | None, around: Around, now: float, now_ms: int
    ) -> tuple[Refusal, ...]:
        """Begin a drill, or say all that speaks against it; nothing is begun then."""
        if seen is None:
            return (Refusal.STALE,)
        drill = self._drill(wish, around, now)
        reasons = self._against(wish, drill, state, seen, around, now)
        if reasons:
            return reasons
        self.session = Session(wish, now_ms, now)
        self._heard_at = now
        if wish.level not in PAPER:
            self._wished = drill
        _LOGGER.info("Flat %s: a drill %s begins, asked for by %s", self._flat, wish.level, wish.by)
        return ()

    def _drill(self, wish: DrillWish, around: Around, now: float) -> Drill:
        settings = self._settings
        seen = self._seen_at is not None and now - self._seen_at <= SEEN_S
        return Drill(
            length_s=wish.length_s,
            endurance_s=around.endurance_s,
            warned=around.speaks_against is not None,
            attended=not settings.attended or wish.confirmed or wish.attended or seen,
            medical=settings.medical and not wish.confirmed,
        )

    def _against(
        self, wish: DrillWish, drill: Drill, state: State, seen: Observation, around: Around, now: float
    ) -> tuple[Refusal, ...]:
        policy = self._settings.policy
        connected = state.phase is Phase.CONNECTED and place(seen, policy.wiring) is Place.CONNECTED
        reasons = {Refusal.BUSY: self.session is not None, Refusal.NOT_CONNECTED: not connected}
        if wish.level in PAPER:
            reasons[Refusal.TOO_LONG] = not 0 < wish.length_s <= policy.longest_drill_s
        else:
            core = drill_refusals(state, drill, seen, now, policy)
            reasons |= {
                Refusal.FAILED_BEFORE: self.failed_unseen,
                Refusal.STALE: not seen.fresh,
                Refusal.NOT_POSSIBLE: not around.able,
            }
            reasons |= dict.fromkeys(core, True)
        return tuple(reason for reason in Refusal if reasons.get(reason))

    def follow(
        self,
        seen: Observation,
        state: State,
        around: Around,
        now: float,
        *,
        load_w: Mapping[str, float],
        shed: Collection[str],
        pv_w: float | None,
        heard: bool,
    ) -> Asked | None:
        """Take down a second of a drill; return what the logic is to be asked because of it."""
        session = self.session
        if session is None:
            return None
        session.loads(shed, now)
        session.sample(seen, state.phase, now, load_w=load_w, pv_w=pv_w, heard=heard)
        if around.online:
            self._heard_at = now
        if not session.moves or state.phase in {Phase.RETURN_HOLD, Phase.RECONNECTING}:
            return None
        if session.aborted is not None:
            # Until it is on its way back: whatever was asked in the same second may have come before.
            leaves = state.owner is Owner.DRILL and state.phase in {Phase.ISLANDING, Phase.ISLANDED}
            return Asked.RETURN if leaves else None
        alone = session.wish.call is not None and self._heard_at is not None and now - self._heard_at >= ALONE_S
        why = "coordinator" if alone else around.speaks_against
        if why is None:
            return None
        session.abort(why, now)
        self._wished = None
        return Asked.RETURN

    def took(self, notice: Notice, seen: Observation, now: float) -> None:
        """Take down what people are told while a drill is on."""
        if self.session is not None:
            self.session.took(notice, seen, self._settings.policy, now)

    def ended(self, state: State, now: float, now_ms: int, capacity_wh: float | None) -> Held | None:
        """Return the drill that is over now, with its report."""
        session = self.session
        if session is None or self._wished is not None or not session.samples or not session.over(state, now):
            return None
        self.session = None
        rated_w = self._settings.living_rated_w
        report = session.draw_up(self._settings.policy, capacity_wh=capacity_wh, rated_w=rated_w)
        if session.separated or session.resumed:
            self.failed_unseen = not report.passed
        if report.passed and self.counts(report.level):
            self.passed_ms = now_ms
        _LOGGER.info(
            "Flat %s: the drill %s is over and %s",
            self._flat,
            report.level,
            "was passed" if report.passed else f"was not passed{f' ({report.aborted})' if report.aborted else ''}",
        )
        return Held(session, report, now_ms)

    def resume(self, note: bytes, now: float, kept_ms: Sequence[int]) -> None:
        """Go on with a drill that was under way when the program ended: the flat is led back, and that is its end.

        `kept_ms` tells of the drills whose documents are kept when they began: such a one was over.
        """
        session = Session.resume(note, now)
        if session.begun_ms not in kept_ms:
            self.session = session
            self.failed_unseen = True

    def kept(self, summary: DrillSummary) -> None:
        """Take down that a drill's document is kept."""
        self.last = summary

    def restore(self, drills: list[DrillSummary], *, failed_unseen: bool) -> None:
        """Go on from what is kept, newest first."""
        self.last = drills[0] if drills else None
        self.passed_ms = next((each.ended_ms for each in drills if each.passed and self.counts(each.level)), None)
        self.failed_unseen = failed_unseen
