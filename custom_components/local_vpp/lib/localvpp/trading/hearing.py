"""Hears what the building says of a round, and checks it: what a flat finds wrong is kept before it is told.

It believes a book only if the log is proven to hold the building's record of it, and a result only if a record names
the words of enough flats. A verdict is durable before it is sent: whoever asks again gets no second one.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
import logging

from .. import tlog
from ..clock import Clock
from ..etp import FieldError, Kind, Signer, SignerUnavailableError, off_loop
from ..guard import Guard
from ..market import MarketError
from ..market.rounds import GateList, Rules, digest
from ..wire import (
    LONGEST_FINDING,
    MOST_FINDINGS,
    BestSoFar,
    FromFlat,
    GateClosed,
    MarketSaid,
    Membership,
    OpenBook,
    OrdersTaken,
    Proposal,
    ProposalHeard,
    Proposed,
    RoundName,
    Untraded,
    Verdict,
    encode,
    sign_verdict,
)
from .judging import Judged, book_of_best, is_second, judge, promised_of, times_listed, told_best
from .kept import KeptRound
from .placing import Placing
from .proving import AHEAD_MS, Log, proposal_record, prove_named, prove_proposal
from .rulebook import RuleBook
from .searching import Searching
from .shelf import Shelf

_LOGGER = logging.getLogger(__name__)


class Hearing:
    """Of one flat. All that waits raises StoreError when the store fails.

    Args:
        membership: the flat, and its building.
        shelf: its rounds.
        rules: of the market.
        placing: its orders.
        searching: looks for better results.
        signer: gives the key that it signs with.
        guard: compares heads of the log.
        clock: its wall time.
    """

    def __init__(
        self,
        membership: Membership,
        shelf: Shelf,
        rules: RuleBook,
        placing: Placing,
        searching: Searching,
        signer: Callable[[], Signer],
        guard: Guard,
        clock: Clock,
    ) -> None:
        self._own = membership
        self._shelf = shelf
        self._rules = rules
        self._placing = placing
        self._searching = searching
        self._signer = signer
        self._guard = guard
        self._clock = clock
        self._taken: set[RoundName] = set()
        """Rounds that the building has taken this flat's orders for over this connection,"""
        self._vouched: dict[RoundName, float] = {}
        """and when this flat has first vouched for them over it: of the monotonic clock."""

    async def kept(self, at: RoundName) -> KeptRound | None:
        """Return a round, or the begin of one that this flat has not had to do with; None of one that is none."""
        known = await self._shelf.of(at)
        if known is not None:
            return known
        rules = self._rules.of(at.slot)
        if rules is None or not self._placing.is_round(at):
            _LOGGER.debug("Flat %s knows of no %s", self._own.flat, at)
            return None
        return KeptRound(at=at, rules=rules[1])

    # --- the gate ----------------------------------------------------------------------------------

    async def closed(self, closed: GateClosed, said: MarketSaid, log: Log) -> Sequence[FromFlat]:
        """Hear that a gate is closed; return the orders that are to be shown."""
        note = said.checkpoint.encode()
        head = tlog.open_checkpoint(note, log.key, origin=log.origin).checkpoint
        if head.size != closed.log_size:
            raise FieldError(f"the gate was closed at {closed.log_size} entries, shown is a head of {head.size}")
        listed = self._list_of(closed, said.document)
        await self._guard.compare(head, note)
        kept, rules = await self.kept(closed.at), self._rules.of(closed.at.slot)
        if kept is None or rules is None:
            return []
        findings = await self._gate_problems(kept, closed)
        if findings:
            await self._shelf.hold_against(kept, findings, said.statement)
        if kept.closed is None:
            kept = replace(kept, closed=said.statement, log_since=closed.log_since, log_size=closed.log_size)
            await self._shelf.change(replace(kept, listed=listed, rules=rules[1]))
        elif kept.at not in self._shelf.rounds:
            self._shelf.rounds[kept.at] = kept
        self._placing.shown.discard(closed.at)
        if self._shelf.rounds[closed.at].unproven:
            await self._placing.look_up(closed.at)
        kept = self._shelf.rounds[closed.at]
        return [] if kept.book is not None or kept.ended else await self.show(kept)

    def _list_of(self, closed: GateClosed, document: bytes) -> GateList:
        """Return the list at a gate. Raises FieldError for one that was not signed so, or is of another round."""
        if digest(document) != closed.listed:
            raise FieldError(f"the list at the gate of {closed.at} is not the one that the building has signed")
        try:
            listed = GateList.decode(document)
        except MarketError as error:
            raise FieldError(f"the list at the gate of {closed.at} cannot be read: {error}") from error
        if (listed.origin, listed.slot, listed.number) != (self._own.origin, closed.at.slot, closed.at.number):
            raise FieldError(f"the list at the gate of {closed.at} is of round {listed.number} of slot {listed.slot}")
        return listed

    async def show(self, kept: KeptRound) -> Sequence[FromFlat]:
        """Return this flat's orders, once it is time to show them, if they are in the list at the gate."""
        match times_listed(kept):
            case None | 1:
                return self._placing.due_to_show(kept)
            case 0:
                problem = "the orders of this flat were in the log at the gate, and are not in the list of all"
            case _:
                # Another flat has logged the same: nothing is shown, and nobody is to blame but that flat.
                return []
        if problem not in kept.findings:
            await self._shelf.hold_against(kept, [problem], kept.closed or b"")
            await self._shelf.change(replace(kept, findings=(*kept.findings, problem)[:MOST_FINDINGS]))
        return []

    async def _gate_problems(self, kept: KeptRound, closed: GateClosed) -> list[str]:
        """Say what the building has said otherwise before."""
        findings = []
        if kept.closed is not None and kept.log_size != closed.log_size:
            told = f"at {kept.log_size} entries of the log, and then at {closed.log_size}"
            findings.append(f"the gate of {kept.at} was closed {told}")
        if kept.listed is not None and digest(kept.listed.encode()) != closed.listed:
            findings.append(f"at the gate of {kept.at} two lists of its orders were told")
        rules = self._rules.of(kept.slot)
        early_ms = 0 if rules is None else rules[0].gate_ms(kept.slot, kept.at.number) - self._clock.wall_ms()
        if early_ms > AHEAD_MS:
            # Whoever orders late would be shut out.
            findings.append(f"the gate of {kept.at} was closed {early_ms // 1000} s before its time")
        earlier = {
            each.at.number: each.log_size
            for each in await self._shelf.book.of_slot(kept.slot)
            if each.at.number < kept.at.number and each.log_size is not None
        }
        least = max(earlier.values(), default=0)
        since = earlier.get(kept.at.number - 1, 0 if kept.at.number == 0 else max(least, closed.log_since))
        if closed.log_since != since:
            findings.append(
                f"orders of {kept.at} count from entry {closed.log_since} of the log on, and not from {since}"
            )
        return findings

    async def taken(self, taken: OrdersTaken, statement: bytes) -> None:
        """Hear that the building has this flat's orders."""
        kept = await self.kept(taken.at)
        if kept is not None and any(each.placed.digest == taken.orders for each in kept.documents):
            self._taken.add(taken.at)
            await self._shelf.change(replace(kept, taken=statement))

    async def untraded(self, untraded: Untraded, statement: bytes) -> None:
        """Hear that nothing is traded by a round."""
        kept = await self.kept(untraded.at)
        if kept is None or kept.untraded is not None:
            return
        if kept.is_traded:
            found = ["nothing is said to be traded by it, and the log says that its result counts"]
            await self._shelf.hold_against(kept, found, statement)
            return
        _LOGGER.info("Nothing is traded by %s for flat %s: %s", kept.at, self._own.flat, untraded.why)
        await self._shelf.change(replace(kept, untraded=untraded.why))

    # --- the best result ---------------------------------------------------------------------------

    async def best_so_far(self, word: BestSoFar, said: OpenBook, log: Log) -> Sequence[FromFlat]:
        """Hear a book and its best result so far; look for a better one, and return one that was found before."""
        name = digest(said.book)
        if word != BestSoFar(said.at, name, digest(said.result)):
            raise FieldError(f"the book and the best result of {said.at} are not those that the building has signed")
        proven = prove_named(log, Kind.BOOK, said.at.slot, name, said)
        await self._guard.compare(proven.head, proven.note)
        kept = await self.kept(said.at)
        if kept is None or kept.book is not None or kept.ended:
            return []
        if kept.best is None:
            kept = replace(kept, best=told_best(said.statement, name))
            await self._shelf.change(kept)
        elif book_of_best(kept.best) != name:
            await self._shelf.hold_against(kept, [f"the building tells a second book of {kept.at}"], encode(said))
            return []
        until_ms = self._rules.opened(kept.rules, log.lineage).proposals_ms(kept.slot, kept.at.number)
        if kept.proposal is None:
            self._searching.look(said, until_ms)
        elif kept.proposal_record is None and self._clock.wall_ms() < until_ms:
            # The answer was lost, or the proposal; this connection is up, or it would not be heard.
            await self._shelf.change(replace(kept, proposed_ms=self._clock.wall_ms()))
            return [Proposal(said.at, kept.proposal)]
        return []

    async def heard(self, said: ProposalHeard, log: Log) -> None:
        """Hear what the building makes of a proposal."""
        kept = await self.kept(said.at)
        if kept is None or kept.proposal is None or digest(kept.proposal) != said.name:
            return
        if said.record:
            proposal_record(said.record, log.lineage.newest, log, said.at.slot, said.name)
            await self._shelf.change(replace(kept, proposal_record=said.record))
            return
        _LOGGER.info("What flat %s proposes for %s is not taken: %s", self._own.flat, said.at, "; ".join(said.reasons))

    # --- the book and its result -------------------------------------------------------------------

    async def proposed(self, word: object, said: OpenBook, log: Log) -> Sequence[FromFlat]:
        """Check a book and its result; return what this flat finds."""
        proposed = Proposed(said.at, digest(said.book), digest(said.result))
        if word != proposed:
            raise FieldError(f"the book and the result of {said.at} are not those that the building has signed")
        proven = prove_named(log, Kind.BOOK, said.at.slot, proposed.book, said)
        prove_proposal(log, said, proposed.result, proven.head)
        await self._guard.compare(proven.head, proven.note)
        kept = await self.kept(said.at)
        if kept is None:
            return []
        rules, now_ms = self._rules.opened(kept.rules, log.lineage), self._clock.wall_ms()
        if kept.book is not None and kept.result is not None:
            if not is_second(said, kept, rules, now_ms):
                return await self._proposed_again(kept, proposed, said)
            kept = replace(kept, first=kept.result, first_verdict=kept.verdict, result=None, verdict=None)
        promised, gate_ms = promised_of(kept, rules, self._own.flat), rules.gate_ms(kept.slot, kept.at.number)
        judged = await asyncio.to_thread(judge, said, kept, promised, gate_ms, proven.head, now_ms)
        found = [*self._left_out(kept, judged, rules), *judged.findings]
        findings = tuple(each[:LONGEST_FINDING] for each in found[:MOST_FINDINGS])
        kept = replace(kept, book=said.book, result=said.result, findings=findings)
        kept = replace(kept, vouches=judged.vouches, ordering=judged.ordering)
        if findings:
            await self._shelf.hold_against(replace(kept, verdict=kept.first_verdict), findings, encode(said))
        await self._shelf.change(kept)
        return await self.verdict(kept)

    def _left_out(self, kept: KeptRound, judged: Judged, rules: Rules) -> list[str]:
        """Say that the orders of this flat are left out, though the building had its word, or has never asked for it.

        Only what was said, or not asked for, over one connection: what a broken line has lost the building cannot know.
        """
        if not judged.is_left_out:
            return []
        vouched, now = self._vouched.get(kept.at), self._clock.monotonic()
        if vouched is not None and now - vouched > rules.word_s:
            return [
                f"the orders of this flat do not count, though it has said {int(now - vouched)} s ago that they are "
                "in the result"
            ]
        if kept.first is None and kept.at in self._taken:
            return ["the orders of this flat do not count: the building has taken them, and has not asked for its word"]
        _LOGGER.warning("The orders of flat %s do not count in %s: its word came too late", self._own.flat, kept.at)
        return []

    def connected(self) -> None:
        """Begin a connection: of what was said over the one before nobody knows what has come through."""
        self._vouched.clear()
        self._taken.clear()

    async def _proposed_again(self, kept: KeptRound, proposed: Proposed, said: OpenBook) -> Sequence[FromFlat]:
        """Say the same of the same; of another book or result for the round, that there are two."""
        assert kept.book is not None, "there is one"
        assert kept.result is not None, "there is one"
        if (digest(kept.book), digest(kept.result)) == (proposed.book, proposed.result):
            return await self.verdict(kept)
        findings = [f"the building proposes a second book or result for {kept.at}"]
        await self._shelf.hold_against(kept, findings, encode(said))
        signed = await self._sign(proposed, findings)
        return [] if signed is None else [Verdict(kept.at, signed, tuple(findings))]

    async def verdict(self, kept: KeptRound) -> Sequence[FromFlat]:
        """Return this flat's word on a book and a result that it has checked: nothing when it is too late for one.

        As long as its key is out it is asked again.
        """
        rules = self._rules.of(kept.slot)
        if rules is None or kept.book is None or kept.result is None or kept.ended:
            return []
        if self._clock.wall_ms() >= rules[0].end_ms(kept.slot, kept.at.number):
            return []
        if kept.verdict is None:
            proposed = Proposed(kept.at, digest(kept.book), digest(kept.result))
            signed = await self._sign(proposed, kept.findings, vouches=kept.vouches)
            if signed is None:
                return []
            kept = replace(kept, verdict=signed)
            await self._shelf.change(kept)
        assert kept.verdict is not None, "it was signed"
        if kept.vouches:
            self._vouched.setdefault(kept.at, self._clock.monotonic())
        return [Verdict(kept.at, kept.verdict, kept.findings)]

    async def _sign(self, proposed: Proposed, findings: Sequence[str], *, vouches: bool = False) -> bytes | None:
        signer, own = self._signer(), self._own

        def sign() -> bytes:
            named = own.device, own.origin, proposed.at, proposed.book, proposed.result
            return sign_verdict(signer, *named, findings, vouches=vouches)

        try:
            return await off_loop(signer, sign)
        except SignerUnavailableError as error:
            _LOGGER.warning("Flat %s cannot sign its word on %s: %s", own.flat, proposed.at, error)
            return None
