"""What a flat makes of its building's prices and of its word on settled slots: checked, stored, or held against it.

The building says one word of each settled slot, in their order, and each word names the slot that was settled before
it. A word that is missing proves nothing, for anybody between the two can hold one back: the connection ends, and the
building is asked again from the last word that is stored. A word that the building signed and that does not follow
from what else it signed is evidence: it is kept before it is told.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
import json
import logging
from typing import Final, Protocol

from . import tlog
from .clock import Clock
from .etp import EtpError, Kind
from .lineage import Lineage
from .notebook import Evidence, EvidenceKind, Notebook
from .settled import OwnMarket, SettlementError, check_market, check_own, check_passed_over, check_word, testify
from .settlement import ContradictionError, KnownPrices, plain_prices
from .store import FlatStore, Kept
from .trading.judging import own_market
from .trading.kept import TradingBook
from .wire import LeftOut, Membership, SlotWord, Terms, encode, same_word, verify_word, word_name
from .wordbook import WordBook

_LOGGER = logging.getLogger(__name__)

_PRICES: Final = "prices"
_TERMS: Final = "signed terms"
"""The newest terms that did not contradict those before: what proves which prices the building has told."""


class WordError(Exception):
    """A word on a slot proves nothing, or came without the one before it."""


class JudgeListener(Protocol):
    """Who wants to hear of settled slots. Called in the event loop; must not block."""

    def slot_settled(self, word: SlotWord) -> None:
        """What the building says of a settled slot was checked and stored."""
        ...

    def ledger_distrusted(self, reason: str) -> None:
        """A settlement or the prices do not come out; the evidence is kept."""
        ...


class Judge:
    """Judges one building for one flat. All methods raise StoreError when the flat's database fails them."""

    def __init__(self, membership: Membership, store: FlatStore, clock: Clock, listener: JudgeListener) -> None:
        self._membership = membership
        self._store = store
        self._words = WordBook(store)
        self._notebook = Notebook(store)
        self._clock = clock
        self._listener = listener
        self._terms: Terms | None = None
        self._lineage = Lineage.of(membership)
        self._log_key: tlog.Verifier | None = None
        self._prices: KnownPrices | None = None
        """All that this flat was ever told of; None before the first terms."""
        self._heard = 0
        """The slot of the last word of this connection, at its begin the last one that is stored."""
        self._follows = False
        """Whether the next word must name that slot."""
        self._unjudged = False
        self._said: set[tuple[EvidenceKind, bytes]] = set()
        """For what the building is distrusted, by the name of the evidence."""
        self._lock = asyncio.Lock()
        """Words are checked beside the log's answers: of each slot one after the other."""

    async def open(self, terms: Terms, lineage: Lineage, signed: bytes, settled_slot: int) -> None:
        """Begin a connection on its terms, the last word on a slot being stored."""
        self._terms, self._lineage = terms, lineage
        self._log_key = tlog.Ed25519Verifier(tlog.VerifierKey.parse(terms.log_key))
        self._heard = settled_slot
        # Words of an older protocol did not tell which came before, and may never come.
        self._follows = await self._words.word(settled_slot) is not None
        noted = await self._store.noted(_PRICES)
        known = None if noted is None else KnownPrices.read(json.loads(noted))
        try:
            heard = (
                KnownPrices(terms.prices, terms.signed_ms)
                if known is None
                else known.hear(terms.prices, terms.signed_ms)
            )
        except ContradictionError as error:
            self._prices = known
            before = await self._store.noted(_TERMS) or b""
            reason = f"the building changed its prices afterwards: {error}"
            name = json.dumps(plain_prices(terms.prices)).encode()
            await self._distrust(EvidenceKind.PRICES, reason, before, signed, name)
            return
        self._prices = heard
        await self._store.note(_TERMS, signed)
        await self._store.note(_PRICES, json.dumps(heard.plain()).encode())

    async def take(self, word: SlotWord) -> None:
        """Check a word on a slot and store it, or keep it as evidence.

        Raises WordError.
        """
        async with self._lock:
            await self._take(word)

    async def _take(self, word: SlotWord) -> None:
        member, terms = self._membership, self._terms
        assert terms is not None, "opened before anything is said"
        try:
            verify_word(word, self._lineage.newest, terms.building, terms.origin, member.device)
        except EtpError as error:
            # Anybody between the two could have written this: only what the building's key signed is evidence.
            raise WordError(f"the settlement of slot {word.slot} is not signed by the building: {error}") from error
        stored = await self._words.word(word.slot)
        if stored is not None:
            if not same_word(stored, word):
                reason = f"the building has settled slot {word.slot} twice, and not in the same way"
                kind = EvidenceKind.TWO_SETTLEMENTS
                await self._distrust(kind, reason, encode(stored), encode(word), word_name(word))
            return
        self._keep_order(word)
        if await self._comes_out(word):
            await self._believe(word)

    async def proven(self, slots: Iterable[int]) -> None:
        """Look again at slots of which the log has proven to hold a further record of this flat."""
        async with self._lock:
            for slot in slots:
                word = await self._words.word(slot)
                if word is not None:
                    await self._counts_own(word)
                    continue
                later = await self._words.word_after(slot)
                if later is not None and later.after < slot:
                    await self._passes_over(slot, later)

    def _keep_order(self, word: SlotWord) -> None:
        if word.slot <= self._heard:
            return
        if self._follows and word.after != self._heard:
            raise WordError(
                f"the building tells of slot {word.slot}, settled after slot {word.after}; the last one that it told "
                f"of is {self._heard}"
            )
        self._heard, self._follows = word.slot, True

    async def market_ended(self, slot: int) -> None:
        """Look again at a slot of which the flat has just heard what came of its market."""
        async with self._lock:
            word = await self._words.word(slot)
            if word is None:
                return
            try:
                check_market(word, self._membership.device, await self._market(word))
            except (SettlementError, EtpError) as error:
                await self._hold_against(slot, word, error)

    async def _market(self, word: SlotWord) -> OwnMarket:
        rounds = await TradingBook(self._store).of_slot(word.slot)
        # A book of many flats takes its time to be read.
        market = await asyncio.to_thread(own_market, rounds, self._membership.device)
        known = {each.record for kept in rounds for each in kept.documents}
        if all(each.record.hash in known for each in await self._store.of_slot(word.slot, Kind.ORDERS)):
            return market
        # A flat that was restored has its records again from the log, and not what it had ordered.
        return replace(market, trades=None, ordered=())

    async def _comes_out(self, word: SlotWord) -> bool:
        terms, log_key, prices = self._terms, self._log_key, self._prices
        assert terms is not None, "opened before anything is said"
        assert log_key is not None, "opened before anything is said"
        assert prices is not None, "told with the terms"
        own = await self._store.intervals(word.slot)
        market = await self._market(word)
        try:
            judged = check_word(
                word,
                self._membership.device,
                self._lineage,
                own,
                terms,
                log_key,
                prices,
                market,
                await self._before(word),
            )
        except (SettlementError, EtpError, tlog.TlogError) as error:
            await self._hold_against(word.slot, word, error)
            return False
        if not judged and not self._unjudged:
            self._unjudged = True
            _LOGGER.warning(
                "Flat %s was away while prices changed more often than is told: which ones held for slot %s is unknown "
                "to it, and their money is not judged",
                self._membership.flat,
                word.slot,
            )
        for slot in await self._store.interval_slots(word.after, word.slot):
            await self._passes_over(slot, word)
        return True

    async def _before(self, word: SlotWord) -> Kept | None:
        """Return this flat's newest record that the log had when it got what the slot's market came to."""
        cleared = word.settled.cleared
        return await self._store.logged_before(cleared[-1].index) if cleared else None

    async def _believe(self, word: SlotWord) -> None:
        if isinstance(word, LeftOut):
            is_new = await self._words.left_out(word)
            _LOGGER.info("Slot %s was settled without flat %s", word.slot, self._membership.flat)
        else:
            is_new = await self._words.settled(word)
        if is_new:
            self._listener.slot_settled(word)

    async def _counts_own(self, word: SlotWord) -> None:
        try:
            check_own(word, self._membership.device, await self._store.intervals(word.slot))
        except SettlementError as error:
            await self._hold_against(word.slot, word, error)

    async def _passes_over(self, slot: int, later: SlotWord) -> None:
        try:
            check_passed_over(slot, later, self._membership.device, await self._store.intervals(slot))
        except SettlementError as error:
            await self._hold_against(slot, later, error)

    async def _hold_against(self, slot: int, word: SlotWord, error: Exception) -> None:
        """Keep a word that does not follow from the flat's records of a slot."""
        signed = await self._store.noted(_TERMS) or b""
        own = await self._store.intervals(slot)
        before = await self._before(word)
        if before is not None and before.record.hash not in {each.record.hash for each in own}:
            own.append(before)
        testimony = testify(signed, own, await self._market(word))
        reason = f"the settlement of slot {word.slot} does not come out: {error}"
        name = b"%d " % slot + word_name(word)
        await self._distrust(EvidenceKind.SETTLEMENT, reason, testimony, encode(word), name)

    async def _distrust(self, kind: EvidenceKind, reason: str, ours: bytes, theirs: bytes, name: bytes) -> None:
        await self._notebook.keep(Evidence(self._clock.wall_ms(), reason, ours, theirs, kind), name)
        # A word and the log's answers are checked beside each other, and both may come to the same.
        if (kind, name) not in self._said:
            self._said.add((kind, name))
            self._listener.ledger_distrusted(reason)
