"""An auditor of a round whose result is without somebody: where he gave no word it passes, and all else is found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
import secrets

import pytest

from coordinator.market import leaving, proposing, steps
from coordinator.market.books import Words
from coordinator.market.telling import Telling
from coordinator.store.market import StoredRound, StoredVerdict
from localvpp.audit import AuditedLog, RoundPapers, audit_slot
from localvpp.etp import DeviceId, Kind
from localvpp.market.clearing import whole
from localvpp.market.rounds import (
    NONCE_LENGTH,
    Cleared,
    OpenedBook,
    Outcome,
    Placed,
    canonical,
    digest,
    proposals as search_steps,
)
from localvpp.trading import Phase
from localvpp.wire import OpenBook, sign_verdict

from ..conftest import ORIGIN
from ..flat import until
from .conftest import FLATS, ROUND, TRADED, Trade, bid
from .settling import lived, settled
from .test_audit import PRICES, audited, logged, papers
from .test_leaving import device_of, second_proposed, to_words, with_a_flat_that_dies
from .test_lying_coordinator import with_offer
from .test_proposals import CHOICE, cleared, fixed, proposed

ALIVE = ("101", "102", "103", "105")


@dataclass
class Audited:
    """A slot that is settled, and what an auditor has of it."""

    trade: Trade
    log: AuditedLog
    papers: RoundPapers

    @property
    def book(self) -> bytes:
        assert self.papers.book is not None
        return self.papers.book

    @property
    def opened(self) -> OpenedBook:
        return OpenedBook.decode(self.book)

    @property
    def outcome(self) -> Outcome:
        assert self.papers.result is not None
        return Outcome.decode(self.papers.result)

    def blind(self, name: str) -> bytes:
        """Of a flat's offer."""
        device = device_of(self.trade, name)
        placed = [Placed.decode(document) for document in self.papers.orders]
        (own,) = [each for each in placed if each.device == device]
        return own.offer.blind

    def without(self, *names: str) -> bytes:
        """What everybody clears without some flats' offers."""
        return canonical(self.opened, self.book, [self.blind(name) for name in names]).encode()

    def word(self, name: str, result: bytes, findings: Sequence[str] = (), *, vouches: bool = True) -> bytes:
        """What a flat may say of a result."""
        agent, names = self.trade.flats[name], (digest(self.book), digest(result))
        return sign_verdict(agent.signer, agent.membership.device, ORIGIN, ROUND, *names, findings, vouches=vouches)

    def cleared(self, result: bytes, words: Sequence[bytes]) -> bytes:
        return Cleared.of(ORIGIN, TRADED, 0, digest(self.book), digest(result), words).encode()

    def counting(self, result: bytes, vouching: Sequence[str], agreeing: Sequence[str] = ()) -> RoundPapers:
        """The papers, had another result been agreed to."""
        words = [self.word(name, result) for name in vouching]
        words += [self.word(name, result, vouches=False) for name in agreeing]
        return replace(self.papers, result=result, cleared=self.cleared(result, words))

    def found(self, given: RoundPapers) -> str:
        return "; ".join(audit_slot(self.log, TRADED, [given], PRICES))


async def audit(trade: Trade) -> Audited:
    """Let the slot pass and be settled, though somebody is silent."""
    await trade.ended()
    await lived(trade)
    await settled(trade, late=True)
    (good,) = await papers(trade)
    return Audited(trade, AuditedLog.of(trade.config.origin, await logged(trade)), good)


async def without_104(trade: Trade) -> Audited:
    """One flat dies between showing and its word, and is left out."""
    await with_a_flat_that_dies(trade)
    await to_words(trade)
    known = await second_proposed(trade)
    await until(lambda: len(known.verdicts) == 4)
    return await audit(trade)


async def test_a_result_without_who_gave_no_word_comes_out_again_and_any_other_is_found(trade: Trade) -> None:
    told = await without_104(trade)
    good = told.papers
    assert await audited(trade) == ()
    assert told.outcome.without == (told.blind("104"),)
    assert good.first is not None
    assert good.result is not None
    assert good.cleared is not None
    assert len(good.first_words) == 4
    silent, vouched = device_of(trade, "104").hex(), device_of(trade, "103").hex()
    both = told.without("103", "104")
    words = Cleared.decode(good.cleared).words
    stranger = replace(told.outcome, without=tuple(sorted((*told.outcome.without, bytes(32))))).encode()
    worse = replace(told.outcome, result=Outcome.decode(both).result).encode()
    for given, must in (
        (
            told.counting(both, ("101", "102", "105"), ("103",)),
            f"the orders of device {vouched} are left out, though it has vouched for them in the result that was",
        ),
        (
            replace(good, cleared=told.cleared(good.result, [*words, told.word("104", good.result)])),
            f"device {silent} vouches for orders of its own in the result, and none that count are its own",
        ),
        (
            replace(told.counting(good.first, ALIVE), first=None, first_words=()),
            "4 flats with orders have said that theirs count, and those of 5 do",
        ),
        (told.counting(good.first, FLATS), "a second result was proposed, and it leaves out nobody"),
        (
            replace(told.counting(both, ("101", "102", "105"), ("103",)), first=good.result, first_words=()),
            "the result that was proposed first is without 1 offers: there is no third one",
        ),
        (
            replace(good, result=replace(told.outcome, book=bytes(32)).encode()),
            f"the result is of another round or book, {bytes(8).hex()}",
        ),
        (told.counting(stranger, ALIVE), "the result is without 1 offers that are not in the book"),
        (
            told.counting(stranger, ALIVE[:3], ALIVE[3:]),
            "3 flats with orders have said that theirs count, and those of 4 do",
        ),
        (replace(good, first=None), "is without 1 offers of the book, and there is none that was proposed with them"),
        (replace(good, first=b"{}"), "the result that was proposed first cannot be read"),
        (replace(good, first=worse), "the book, cleared again, has another result that was proposed first"),
        (told.counting(worse, ALIVE), "the book without 1 offers, cleared again, has another result"),
        (told.counting(worse, ALIVE), "the result is worse than what everybody clears without them by"),
        (told.counting(told.without(*FLATS), (), FLATS), "nothing is traded by a result that is said to count"),
    ):
        assert must in told.found(given)
    for word, found in (
        (told.word("104", good.first, vouches=False), False),
        (told.word("104", good.first, ["the price is another"]), True),
    ):
        said = told.found(replace(good, first_words=(*good.first_words, word)))
        assert (f"the orders of device {silent} are left out, though it has vouched" in said) is found, (
            "who agrees has said nothing of its orders, and who refuses may have"
        )
    lost = replace(good, came_back=True, first=None, first_words=(), orders=())
    assert "proposed" not in told.found(lost), "what was said before is lost with all that was shown"


async def test_a_word_on_the_first_result_counts_by_a_key_that_was_renewed_before_the_second_was_fixed(
    trade: Trade,
) -> None:
    told = await without_104(trade)
    good, device = told.papers, device_of(trade, "104")
    assert good.first is not None
    word = told.word("104", good.first)
    index, line = told.log._lines[device][-1]
    (cleared,) = told.log.of_slot(Kind.CLEARED, TRADED)
    other = told.log._lines[device_of(trade, "103")][0][1].key
    for behind, counts in ((cleared.index - 1, True), (cleared.index, False)):
        # Its word is by the key that the log names from here on.
        lines = {**told.log._lines, device: [(index, replace(line, key=other)), (behind, line)]}
        log = AuditedLog(told.log.origin, told.log.entries, lines, told.log.erased, size=told.log.size)
        said = "; ".join(audit_slot(log, TRADED, [replace(good, first_words=(*good.first_words, word))], PRICES))
        assert (f"the orders of device {device.hex()} are left out, though it has vouched" in said) is counts


async def test_orders_that_no_flat_has_signed_are_found_with_documents_or_without(trade: Trade) -> None:
    told = await without_104(trade)
    bad = Placed.of(ORIGIN, device_of(trade, "105"), TRADED, 0, secrets.token_bytes(NONCE_LENGTH), (bid(600, 2600),))
    book = with_offer(told.opened, bad).encode()
    name = f"{bad.offer.blind.hex()[:16]}"
    found = told.found(replace(told.papers, book=book))
    assert f"the offer {name} of the book is of no flat that has shown orders" in found
    assert "the seed of the book is not made of all orders that the log held at the gate, and of no others" in found
    found = told.found(replace(told.papers, book=book, orders=(*told.papers.orders, bad.encode())))
    device = device_of(trade, "105").hex()
    assert f"orders {bad.digest.hex()[:16]} of device {device} are not those that the log names at the gate" in found


async def test_a_coordinator_that_drops_a_word_is_caught_by_its_flat_and_by_whoever_has_its_papers(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, cheated = steps.words_of, list[DeviceId]()

    def words_of(stored: StoredRound, verdicts: dict[DeviceId, StoredVerdict]) -> Words:
        kept = {at: each for at, each in verdicts.items() if at not in cheated or stored.first is not None}
        return right(stored, kept)

    monkeypatch.setattr(steps, "words_of", words_of)
    monkeypatch.setattr(leaving, "words_of", words_of)
    await trade.enter(*FLATS)
    cheated.append(device_of(trade, "103"))
    await trade.order()
    await trade.close()
    await trade.judged()
    known = trade.market.rounds[ROUND]
    assert known.verdicts[cheated[0]].vouches
    await to_words(trade)
    await second_proposed(trade)
    await until(lambda: len(known.verdicts) == 5)
    word = known.verdicts[cheated[0]]
    (said,) = word.findings
    assert said.startswith("the orders of this flat do not count, though it has said ")
    assert (word.agrees, word.vouches) == (False, False)
    (proof,) = await trade.accused("103")
    assert proof.reason.endswith(said)
    told = await audit(trade)
    assert [each for each in FLATS if await trade.evidence(each)] == ["103"]
    assert await audited(trade) == (
        f"slot {TRADED}: the orders of device {cheated[0].hex()} are left out, though it has vouched for them in the "
        "result that was proposed first",
    )
    assert told.outcome.without == (told.blind("103"),)


async def test_who_is_left_out_without_having_been_asked_over_its_line_refuses(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, asked = Telling.proposed, list[DeviceId]()

    async def proposed_to(self: Telling, device: DeviceId, message: OpenBook) -> None:
        if device != device_of(trade, "103") or Outcome.decode(message.result).without:
            await right(self, device, message)
        else:
            asked.append(device)

    monkeypatch.setattr(Telling, "proposed", proposed_to)
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged("101", "102", "104", "105")
    known = trade.market.rounds[ROUND]
    assert asked == [device_of(trade, "103")]
    await to_words(trade)
    await second_proposed(trade)
    await until(lambda: len(known.verdicts) == 5)
    word = known.verdicts[device_of(trade, "103")]
    assert word.findings == (
        "the orders of this flat do not count: the building has taken them, and has not asked for its word",
    )
    assert not word.vouches
    assert len(await trade.accused("103")) == 1


@pytest.mark.parametrize("says_it_again", [False, True])
async def test_who_is_left_out_after_its_line_was_lost_agrees_and_holds_nothing_against_the_building(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, says_it_again: bool
) -> None:
    """Its word may have been lost with the line, or be on its way once more: the building cannot know of it."""
    right = steps.words_of

    def words_of(stored: StoredRound, verdicts: dict[DeviceId, StoredVerdict]) -> Words:
        lost = device_of(trade, "103")
        return right(stored, {at: each for at, each in verdicts.items() if at != lost or stored.first is not None})

    await trade.enter(*FLATS)
    monkeypatch.setattr(steps, "words_of", words_of)
    monkeypatch.setattr(leaving, "words_of", words_of)
    await trade.order()
    await trade.close()
    await trade.judged()
    known = trade.market.rounds[ROUND]
    flat = trade.flats["103"]
    await flat.stop()
    await to_words(trade)
    if says_it_again:
        await flat.start()
        await until(lambda: ROUND in flat.flat.trading._hearing._vouched)
        await second_proposed(trade)
    else:
        await second_proposed(trade)
        await flat.start()
    await until(lambda: len(known.verdicts) == 5)
    word = known.verdicts[device_of(trade, "103")]
    assert (word.agrees, word.vouches) == (True, False)
    assert await trade.evidence("103") == []


async def test_how_long_ago_a_word_was_given_counts_over_the_line_that_is_up(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was said over the one before may have been lost with it, however long ago that was."""
    right = steps.words_of

    def words_of(stored: StoredRound, verdicts: dict[DeviceId, StoredVerdict]) -> Words:
        lost = device_of(trade, "103")
        return right(stored, {at: each for at, each in verdicts.items() if at != lost or stored.first is not None})

    await trade.enter(*FLATS)
    monkeypatch.setattr(steps, "words_of", words_of)
    monkeypatch.setattr(leaving, "words_of", words_of)
    await trade.order()
    await trade.close()
    await trade.judged()
    await to_words(trade)
    await trade.restart()
    await trade.market.second()
    known, hearing = trade.market.rounds[ROUND], trade.flats["103"].flat.trading._hearing
    await until(lambda: ROUND in hearing._vouched)
    trade.clock.pass_ms(2600)
    await second_proposed(trade)
    await until(lambda: len(known.verdicts) == 5)
    word = known.verdicts[device_of(trade, "103")]
    assert (word.agrees, word.vouches) == (True, False)
    assert await trade.evidence("103") == []
    hearing._taken.add(ROUND)
    hearing.connected()
    assert (hearing._taken, hearing._vouched) == (set(), {})


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """What everybody clears is not the best, and whoever goes on finds more."""
    monkeypatch.setattr(whole, "_STEPS", 1)
    monkeypatch.setattr(search_steps, "_SEARCHING", 5000)
    monkeypatch.setattr(whole, "is_installed", lambda: False)
    monkeypatch.setattr(proposing, "_searched", proposing._cleared)


@pytest.mark.usefixtures("few_steps")
async def test_where_orders_refuse_parts_the_second_result_is_what_everybody_clears_whatever_was_proposed(
    trade: Trade,
) -> None:
    await trade.enter(*FLATS)
    await trade.order(CHOICE)
    await trade.close()
    await cleared(trade)
    await proposed(trade)
    await trade.flats["104"].stop()
    await fixed(trade, *ALIVE)
    known = trade.market.rounds[ROUND]
    assert known.stored.book is not None
    assert known.stored.result == known.proposals[-1].document, "the first is what was proposed"
    assert all(verdict.agrees and verdict.vouches for verdict in known.verdicts.values())
    await to_words(trade)
    await second_proposed(trade)
    gone = Placed.decode(known.shown[device_of(trade, "104")]).offer.blind
    opened = OpenedBook.decode(known.stored.book)
    assert known.stored.result == canonical(opened, known.stored.book, (gone,)).encode()
    await until(lambda: len(known.verdicts) == 4)
    told = await audit(trade)
    for name in ALIVE:
        assert trade.state(name).phase is Phase.TRADED
        assert await trade.evidence(name) == []
    assert await audited(trade) == ()
    assert told.papers.first == told.papers.proposals[-1]
    everybodys = canonical(opened, told.book).encode()
    assert "the result that was proposed first is not the last proposal of the log" in told.found(
        replace(told.papers, first=everybodys)
    )
