"""What this flat holds a round's book, and what came of it, against. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Final

from .. import tlog
from ..agreeing import Agreeing, KeyHistory, agreeing
from ..etp import DeviceId, cbor
from ..market import MarketError, Order, Result
from ..market.rounds import (
    Asked,
    Cleared,
    OpenedBook,
    Outcome,
    Own,
    Placed,
    Promised,
    Rules,
    agreement_problem,
    canonical,
    check_round,
    digest,
    falls_short,
    own_problems,
)
from ..settled import OwnMarket
from ..traded import Made, made
from ..wire import OpenBook
from .kept import KeptRound
from .proving import AHEAD_MS, devices_with_orders
from .state import OwnTrade

MOST_ALTERNATIVES: Final = 512
"""What this flat may have ordered in all rounds of a slot together, where it has not heard what came of them."""


def promised_of(kept: KeptRound, rules: Rules, flat: str) -> Promised:
    """Return what the building has told this flat before it showed orders."""
    return Promised(
        slot=kept.at.slot,
        number=kept.at.number,
        rules=rules,
        log_since=kept.log_since,
        log_size=kept.log_size,
        listed=None if kept.listed is None else kept.listed.orders,
        node=rules.node_of(flat),
    )


def counted(kept: KeptRound, log_since: int, log_size: int, opened: OpenedBook | None) -> Own | None:
    """Return what of this flat has to be in the book, or among what was not shown.

    An answer of the log may be on its way: a document that is in the book was logged, and one that may have come after
    the one that is known to be there takes its place.
    """
    for each in kept.unproven:
        if opened is not None and opened.offer_of(each.placed.offer.blind) is not None:
            return Own(each.placed, taken=True)
    counts = kept.counted(log_since, log_size)
    if counts is None:
        return None
    is_there = opened is not None and opened.offer_of(counts.placed.offer.blind) is not None
    taken = kept.taken is not None
    return Own(counts.placed, taken) if is_there or taken or not kept.unproven else None


def times_listed(kept: KeptRound) -> int | None:
    """Return how many times the orders of this flat which count are in the list at the gate; None where none count.

    They are shown if they are there once. Whoever shows what is not there lets others look at it, and it can be in no
    book. What somebody else has logged, too, is taken of neither: that is no fault of the building's, which can only
    list what the log holds.
    """
    assert kept.log_since is not None, "the gate is closed"
    assert kept.log_size is not None, "the gate is closed"
    counts = kept.counted(kept.log_since, kept.log_size)
    if counts is None or kept.listed is None:
        return None
    return kept.listed.orders.count(counts.placed.digest)


def own_market(rounds: Sequence[KeptRound], device: DeviceId) -> OwnMarket:
    """Return what this flat knows to have come of a slot's market, by its rounds in their order."""
    heard = _heard_all(rounds)
    traded = [each for each in rounds if each.is_traded]
    names = tuple(each.cleared_name for each in traded if each.cleared_name is not None)
    shows = tuple(each.cleared for each in traded if each.cleared is not None)
    may = [_alternatives(each) for each in rounds]
    if not any(any(each) for each in may):
        return OwnMarket(names, heard=heard, shows=shows)
    if not heard:
        # So many that nobody could hold them all against the word: then it is not compared.
        few = prod(map(len, may)) <= MOST_ALTERNATIVES
        ordered = tuple(sum(each, ()) for each in product(*may)) if few else ()
        return OwnMarket(names, None, ordered=ordered, heard=False, shows=shows)
    try:
        read = [_read(each) for each in traded]
        trades = own_trades(read, device)
    except MarketError, ValueError:
        return OwnMarket(names, None, shows=shows)  # They are not kept, or held against the building already.
    proofs = [
        (each.cleared, each.book, each.result, *_own_document(own))
        for each, (_, _, own) in zip(traded, read, strict=True)
    ]
    count = sum(len(outcome.result.trades) for _, outcome, _ in read)
    return OwnMarket(names, trades, count, shows=tuple(part for proof in proofs for part in proof if part is not None))


def _heard_all(rounds: Sequence[KeptRound]) -> bool:
    """Whether it is known what came of each round of the slot."""
    if not rounds or not all(each.ended for each in rounds):
        return False
    last = last_round(rounds[-1])
    return last is not None and [each.at.number for each in rounds] == list(range(last + 1))


def last_round(kept: KeptRound) -> int | None:
    """Return the number of the slot's last round by the rules that this flat was told; None when they are dropped."""
    if not kept.rules:
        return None
    match cbor.decode(kept.rules, "rules"):
        case [bytes(), bytes() as document]:
            return Rules.decode(document).last
        case _:
            return None


def _alternatives(kept: KeptRound) -> list[tuple[Order, ...]]:
    """Return what of this flat's orders may have been in a round's book: each time as a whole."""
    if kept.ended and not kept.is_traded:
        return [()]
    return [each.placed.offer.orders for each in kept.documents if each.record is not None] or [()]


def _read(kept: KeptRound) -> tuple[OpenedBook, Outcome, Own | None]:
    """Return a round's book and result, and what of this flat is in it. Raises MarketError, ValueError."""
    if kept.book is None or kept.result is None:
        raise ValueError(f"{kept.at}: book and result are not kept")
    opened, outcome = OpenedBook.decode(kept.book), Outcome.decode(kept.result)
    return opened, outcome, counted(kept, opened.log_since, opened.log_size, opened)


def _own_document(own: Own | None) -> tuple[bytes, ...]:
    return () if own is None else (own.placed.encode(),)


def own_trades(rounds: Sequence[tuple[OpenedBook, Outcome, Own | None]], device: bytes) -> tuple[Made[bytes], ...]:
    """Return a flat's trades of a slot's results, one by one, the other sides by their blinds.

    Raises ValueError for a trade that is none.
    """
    owners: dict[str, bytes] = {}
    for opened, outcome, own in rounds:
        # Of orders in a result that the book does not have, nobody is known.
        owners |= {name: name.encode(errors="surrogatepass") for name in _orders(outcome.result)}
        owners |= {order.id: offer.blind for offer in opened.offers for order in offer.orders}
        owners |= {} if own is None else {order.id: device for order in own.placed.offer.orders}
    results = [outcome.result for _, outcome, _ in rounds]
    return tuple(each for each in made(results, owners) if device in {each.trade.seller, each.trade.buyer})


def excluded(kept: KeptRound, log_size: int, gate_ms: int) -> list[str]:
    """Say which orders the log was proven to hold before the gate, though the gate was closed without them."""
    return [
        f"orders {each.placed.digest.hex()[:16]} were entry {each.index} of the log before the gate, which is said to "
        f"have closed at {log_size}"
        for each in kept.documents
        if each.index is not None
        and each.index >= log_size
        and each.proven_ms is not None
        and each.proven_ms < gate_ms - AHEAD_MS
    ]


def words_of(
    document: bytes, index: int, kept: KeptRound, history: Callable[[DeviceId], KeyHistory], building: DeviceId
) -> Agreeing:
    """Return whose words say that a result counts; none, where they cannot be read. It takes its time.

    Args:
        document: names the words.
        index: of the CLEARED record that names it.
        kept: the round, with its book.
        history: gives what is known of the keys of a device.
        building: its own device, which has no word.
    """
    assert kept.book is not None, "asked of a round with its book"
    try:
        cleared, opened = Cleared.decode(document), OpenedBook.decode(kept.book)
    except MarketError:
        return Agreeing(frozenset(), frozenset(), (), frozenset())  # `cleared_problems` says so.
    return agreeing(cleared, history, building, opened.log_size, index)


def cleared_problems(document: bytes, written_ms: int, kept: KeptRound, rules: Rules, words: Agreeing) -> list[str]:
    """Say what is wrong with a result that is said to count, by the words that are in its document."""
    assert kept.book is not None, "asked of a round with its book"
    assert kept.result is not None, "asked of a round with its book"
    try:
        cleared, opened = Cleared.decode(document), OpenedBook.decode(kept.book)
        outcome = Outcome.decode(kept.result)
        result = outcome.result
        made([result], {name: name for name in _orders(result)})  # Each is a trade.
    except (MarketError, ValueError) as error:
        return [f"what came of the round cannot be read: {error}"]
    names = (rules.origin, kept.at.slot, kept.at.number, digest(kept.book), digest(kept.result))
    if (cleared.origin, cleared.slot, cleared.number, cleared.book, cleared.result) != names:
        return ["what came of the round is of another book or result than was proposed"]
    if words.wrong:
        return [f"a word of agreement does not count: {why}" for why in words.wrong]
    if problem := agreement_problem(Asked.of(opened, outcome, kept.ordering), words.devices, words.vouching):
        return [problem]
    if written_ms >= rules.end_ms(kept.at.slot, kept.at.number):
        return [f"the result was written at {written_ms} ms, when the round was over"]
    return []


def _orders(result: Result) -> set[str]:
    return {name for each in result.trades for name in (each.seller, each.buyer)}


def with_trades(kept: KeptRound, own: Placed | None) -> KeptRound:
    """Return a round whose result counts, with this flat's trades and the price. Raises MarketError."""
    assert kept.book is not None, "it counts"
    assert kept.result is not None, "it counts"
    opened, outcome = OpenedBook.decode(kept.book), Outcome.decode(kept.result)
    if own is None:
        return replace(kept, price=outcome.price)
    trades = tuple(
        OwnTrade(True, each.trade.wh, each.trade.price)
        if each.trade.buyer == own.device
        else OwnTrade(False, each.trade.wh, each.trade.earned)
        for each in own_trades([(opened, outcome, Own(own, taken=True))], own.device)
    )
    return replace(kept, trades=trades, price=outcome.price)


def told_best(statement: bytes, book: bytes) -> bytes:
    """Return the building's word on the best result so far of a book, with the name of the book."""
    return cbor.encode([statement, book])


def book_of_best(told: bytes) -> bytes:
    """Return the name of the book that a best result was told of."""
    match cbor.decode(told, "the best so far"):
        case [bytes(), bytes() as book]:
            return book
        case _:
            raise ValueError("it was written otherwise")


def _in_time(kept: KeptRound, rules: Rules) -> bool:
    """Whether a proposal came in time, whatever the building's clock: half of the time is left, or a minute."""
    if kept.proposal_record is not None:
        return True
    until_ms = rules.proposals_ms(kept.slot, kept.at.number)
    sure_ms = until_ms - min(AHEAD_MS, (rules.gate_s - rules.show_s) * 250)
    return kept.proposed_ms is not None and kept.proposed_ms < sure_ms


def _searched(said: OpenBook, kept: KeptRound, opened: OpenedBook, rules: Rules, now_ms: int) -> Iterator[str]:
    """Say why the result of a book whose orders refuse parts is not the best that was known in time."""
    try:
        outcome, own = Outcome.decode(said.result), canonical(opened, said.book)
    except MarketError:
        return  # `check_round` says why.
    if said.proposal is None and own.encode() != said.result:
        yield "the result is not what everybody clears, and the log names no proposal of it"
    if short := falls_short(outcome.result, own.result, "what everybody clears"):
        yield short
    early_ms = rules.proposals_ms(kept.slot, kept.at.number) - now_ms
    if outcome.result.gap and early_ms > AHEAD_MS:
        yield f"the result was fixed {early_ms // 1000} s before the time for better ones was over"
    if kept.proposal is None or not _in_time(kept, rules):
        return
    mine = Outcome.decode(kept.proposal)
    if mine.book == digest(said.book):
        became = "the log was to name" if kept.proposal_record is not None else "the building has not taken"
        found = f"the proposal {digest(kept.proposal).hex()[:16]} of this flat, which {became}"
        if short := falls_short(outcome.result, mine.result, found):
            yield short


@dataclass(frozen=True, slots=True)
class Judged:
    """What this flat finds of a book and its result."""

    findings: tuple[str, ...]
    """All that is wrong."""
    vouches: bool
    """Whether its own orders are among those that count, as it gave them; whatever else is wrong."""
    is_left_out: bool
    """Whether its own orders are in the book, and do not count in the result."""
    ordering: frozenset[DeviceId]
    """Devices of which the log is proven to hold orders of the round."""


def judge(
    said: OpenBook, kept: KeptRound, promised: Promised, gate_ms: int, head: tlog.Checkpoint, now_ms: int
) -> Judged:
    """Return what is wrong with a book and its result; it takes its time.

    Raises EtpError, TlogError for orders that are not proven.
    """
    try:
        opened: OpenedBook | None = OpenedBook.decode(said.book)
    except MarketError:
        opened = None  # `check_round` says why.
    since, size = kept.log_since, kept.log_size
    if since is None or size is None:
        since, size = (0, said.index) if opened is None else (opened.log_since, opened.log_size)
    devices = devices_with_orders(head, promised.rules.origin, said.at.slot, since, size, said.orders)
    own = counted(kept, since, size, opened)
    findings = [*check_round(said.book, said.result, promised, own, len(devices)), *excluded(kept, size, gate_ms)]
    if said.index < size:
        findings.append(f"the book is entry {said.index} of the log, before the {size} that it counts")
    if kept.best is not None and book_of_best(kept.best) != digest(said.book):
        findings.append("the book is another than the one that better results were wanted for")
    without = without_of(said.result)
    if opened is not None and without:
        findings += _reduced(said, kept, opened, without, promised.rules, now_ms)
    elif opened is not None and opened.chooses:
        findings += _searched(said, kept, opened, promised.rules, now_ms)
    blind = None if own is None or opened is None else own.placed.offer.blind
    is_there = opened is not None and blind is not None and opened.offer_of(blind) is not None
    untouched = opened is not None and own is not None and not any(own_problems(opened, promised, own))
    vouches = is_there and untouched and blind not in without
    return Judged(tuple(findings), vouches, is_there and blind in without, devices)


def without_of(result: bytes) -> tuple[bytes, ...]:
    """Return the blinds of the offers that do not count in a result; none where it cannot be read."""
    try:
        return Outcome.decode(result).without
    except MarketError:
        return ()  # `check_round` says why.


def is_second(said: OpenBook, kept: KeptRound, rules: Rules, now_ms: int) -> bool:
    """Whether a result may take the place of the one that was proposed first: of the same book, without some offers.

    There is one such, when the time for words on the first is over, as far as this flat's clock can tell, and it is not
    known yet what came of the round.
    """
    assert kept.book is not None, "asked of a round with its book"
    assert kept.result is not None, "asked of a round with its book"
    return (
        kept.first is None
        and not kept.ended
        and said.book == kept.book
        and not without_of(kept.result)
        and bool(without_of(said.result))
        and _early_ms(kept, rules, now_ms) <= min(AHEAD_MS, rules.word_s * 1000)
    )


def _early_ms(kept: KeptRound, rules: Rules, now_ms: int) -> int:
    """Return how long it is until the time for words on the first result is over."""
    return rules.words_ms(kept.slot, kept.at.number) - now_ms


def _reduced(
    said: OpenBook, kept: KeptRound, opened: OpenedBook, without: Sequence[bytes], rules: Rules, now_ms: int
) -> Iterator[str]:
    """Say why a result without some offers of its book is not the one that everybody comes to, in its time."""
    early_ms = _early_ms(kept, rules, now_ms)
    if early_ms > min(AHEAD_MS, rules.word_s * 1000):
        yield f"orders were left out {early_ms // 1000} s before the time for a word of their flats was over"
    if said.proposal is not None:
        yield "a result without some orders of the book was not to be proposed by anybody"
    try:
        own = canonical(opened, said.book, without)
    except MarketError:
        return  # `check_round` says why.
    if own.encode() != said.result:
        yield f"without {len(without)} offers the book, cleared as everybody clears it, has another result"
