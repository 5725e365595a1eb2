"""Takes what flats say of the market: that they take part, what they have ordered, what they find of a result."""

from collections.abc import Sequence
import logging
from typing import Final

from localvpp.clock import Clock
from localvpp.etp import DeviceId, EtpError
from localvpp.market.rounds import digest
from localvpp.wire import MOST_ASKED, RoundName, ShowOrders, Verdict

from ..store import Member, market as store
from ..store.market import StoredRound, StoredVerdict
from .board import Board
from .closing import Closing
from .hearing import orders_problem, verdict_of
from .proposing import Proposing
from .steps import Steps
from .telling import Telling

REFILL_S: Final = 10.0
"""A flat may ask for one more old round so often, and for so many at once when it has not asked for long."""

_log = logging.getLogger(__name__)


class Taking:
    """From all flats."""

    def __init__(
        self, board: Board, closing: Closing, steps: Steps, proposing: Proposing, telling: Telling, clock: Clock
    ) -> None:
        self._board = board
        self._closing = closing
        self._steps = steps
        self._proposing = proposing
        self._telling = telling
        self._clock = clock
        self._asked: dict[DeviceId, tuple[float, float]] = {}
        """How many old rounds each flat may ask for, and when that was."""

    async def joins(self, member: Member) -> None:
        """Tell a flat that takes part what holds and what is open: again and again no quicker than old rounds."""
        board, device = self._board, member.device
        board.listening.add(device)
        if not self._may_ask(device):
            _log.warning("Flat %s asks for the market again and again", member.name)
            return
        for rules in board.ruling.current(self._clock.wall_ms()):
            await self._telling.rules(device, rules)
        for _, known in sorted(board.rounds.items()):
            known.told.discard(device)
            self._proposing.joined(known, device)
            await self._telling.closed(device, known.stored)
            await self._proposing.tell(known)
            await self._steps.propose(known)

    async def over(self, member: Member, rounds: Sequence[RoundName]) -> list[StoredRound]:
        """Return what came of rounds that a flat asks for: since it is a member, and not more than it may ask for."""
        device, found = member.device, list[StoredRound]()
        for at in sorted(set(rounds) - self._board.rounds.keys()):
            if not self._may_ask(device):
                _log.warning("Flat %s asks for more old rounds than it is told at once", member.name)
                break
            async with self._board.engine.connect() as connection:
                stored = await store.one(connection, at)
            stored = stored or await self._closing.missed(at, device)
            if stored is not None and stored.closed_ms >= member.enrolled_ms:
                found.append(stored)
        return found

    def _may_ask(self, device: DeviceId) -> bool:
        now = self._clock.monotonic()
        left, since = self._asked.get(device, (float(MOST_ASKED), now))
        left = min(float(MOST_ASKED), left + (now - since) / REFILL_S)
        self._asked[device] = (max(0.0, left - 1), now)
        return left >= 1

    async def shows(self, member: Member, told: ShowOrders) -> None:
        """Take a flat's orders, durably, before it is told so."""
        board, device = self._board, member.device
        known = board.rounds.get(told.at)
        if known is None or (known.stored.book is not None and device not in known.shown):
            return
        problem = orders_problem(told, known, known.rules.origin, device)
        if member.name in known.rules.without:
            problem = "the rules leave it out"
        if problem is not None:
            _log.warning("Orders of flat %s do not count: %s", member.name, problem)
            return
        if device not in known.shown:
            async with board.engine.begin() as connection:
                await store.show(connection, told.at, device, told.document, self._clock.wall_ms())
            known.shown[device] = told.document
        await self._telling.taken(device, told.at, known.committed[device])

    async def judges(self, member: Member, told: Verdict) -> None:
        """Take what a flat finds: its first word on a result counts."""
        board, device = self._board, member.device
        known = board.rounds.get(told.at)
        if known is None or known.stored.result is None or known.stored.book is None or device in known.verdicts:
            return
        key = (board.ledger.directory.get(device) or member).key  # It may be a new one.
        names = (digest(known.stored.book), digest(known.stored.result))
        try:
            found = verdict_of(told, names, known.rules.origin, device, key)
        except (EtpError, ValueError) as error:
            _log.warning("A verdict of flat %s does not count: %s", member.name, error)
            return
        if told.findings:
            _log.warning("Flat %s disputes %s: %s", member.name, told.at, "; ".join(told.findings))
        verdict = StoredVerdict(told.statement, told.findings, found.vouches, self._clock.wall_ms())
        async with board.engine.begin() as connection:
            await store.say(connection, known.stored, device, verdict)
        known.verdicts[device] = verdict
