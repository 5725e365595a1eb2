"""What this flat holds a slot's book, and what came of it, against. Pure."""

from dataclasses import replace
from typing import Final

from .. import tlog
from ..etp import DeviceId, EtpError, cose
from ..market import MarketError, Objective, PriceRule, Result
from ..market.rounds import Cleared, OpenedBook, Outcome, Placed, Promised, check_round, digest
from ..quorum import quorum_of
from ..settled import OwnMarket
from ..traded import Made, made
from ..wire import MarketRules, OpenBook, open_verdict
from .kept import KeptSlot
from .proving import devices_with_orders
from .state import OwnTrade

SURE_MS: Final = 5_000
"""What the log was proven to hold so long before the gate, by the flat's own clock, came before the gate."""


def promised_of(origin: str, kept: KeptSlot, rules: MarketRules) -> Promised:
    """Return what the building has told this flat before it showed orders."""
    return Promised(
        origin=origin,
        slot=kept.slot,
        objective=Objective(rules.objective),
        price=PriceRule(rules.price),
        log_size=kept.log_size,
        node=rules.node,
    )


def counted(kept: KeptSlot, log_size: int, opened: OpenedBook | None) -> Placed | None:
    """Return which of this flat's documents is to be in the book.

    An answer of the log may be on its way: a document that is in the book was logged. One that counts and was never
    taken, as by a flat that was away, is not missed: that it was shown could not be proven either.
    """
    for each in kept.unproven:
        if opened is not None and opened.offer_of(each.placed.offer.blind) is not None:
            return each.placed
    counts = kept.counted(log_size)
    if counts is None:
        return None
    is_there = opened is not None and opened.offer_of(counts.placed.offer.blind) is not None
    return counts.placed if is_there or kept.taken is not None else None


def own_market(kept: KeptSlot | None, device: DeviceId) -> OwnMarket:
    """Return what this flat knows to have come of a slot's market."""
    if kept is None:
        return OwnMarket((), heard=False)
    if kept.cleared is None and kept.shared is None:
        ordered = tuple(each.placed.offer.orders for each in kept.documents if each.record is not None)
        return OwnMarket((), None if ordered else (), ordered=ordered, heard=False)
    if kept.cleared is None:
        return OwnMarket(())
    named = (digest(kept.cleared),)
    if kept.book is None or kept.result is None:
        return OwnMarket(named, None, shows=(kept.cleared,))
    try:
        opened, outcome = OpenedBook.decode(kept.book), Outcome.decode(kept.result)
    except MarketError:
        return OwnMarket(named, None, shows=(kept.cleared,))  # It is held against the building already.
    own = counted(kept, opened.log_size, opened)
    count = len(outcome.result.trades)
    if own is None:
        return OwnMarket(named, count=count, shows=(kept.cleared, kept.book, kept.result))
    try:
        trades = own_trades(opened, outcome, own, device)
    except ValueError:
        return OwnMarket(named, None, shows=(kept.cleared,))  # As above.
    return OwnMarket(named, trades, count, shows=(kept.cleared, kept.book, kept.result, own.encode()))


def own_trades(opened: OpenedBook, outcome: Outcome, own: Placed, device: bytes) -> tuple[Made[bytes], ...]:
    """Return a flat's trades of a result, one by one, the other sides by their blinds.

    Raises ValueError for a trade that is none.
    """
    # Of orders in a result that the book does not have, nobody is known.
    owners = {name: name.encode(errors="surrogatepass") for name in _orders(outcome.result)}
    owners |= {order.id: offer.blind for offer in opened.offers for order in offer.orders}
    owners |= {order.id: device for order in own.offer.orders}
    return tuple(each for each in made([outcome.result], owners) if device in {each.trade.seller, each.trade.buyer})


def excluded(kept: KeptSlot, log_size: int, gate_ms: int) -> list[str]:
    """Say which orders the log was proven to hold before the gate, though the gate was closed without them."""
    return [
        f"orders {each.placed.digest.hex()[:16]} were entry {each.index} of the log before the gate, which is said to "
        f"have closed at {log_size}"
        for each in kept.documents
        if each.index is not None
        and each.index >= log_size
        and each.proven_ms is not None
        and each.proven_ms < gate_ms - SURE_MS
    ]


def cleared_problems(document: bytes, written_ms: int, kept: KeptSlot, origin: str) -> list[str]:
    """Say what is wrong with a result that is said to count."""
    assert kept.book is not None, "asked of a slot with its book"
    assert kept.result is not None, "asked of a slot with its book"
    try:
        cleared = Cleared.decode(document)
        voters = OpenedBook.decode(kept.book).voters
        result = Outcome.decode(kept.result).result
        made([result], {name: name for name in _orders(result)})  # Each is a trade.
    except (MarketError, ValueError) as error:
        return [f"what came of the slot cannot be read: {error}"]
    names = (origin, kept.slot, digest(kept.book), digest(kept.result))
    if (cleared.origin, cleared.slot, cleared.book, cleared.result) != names:
        return ["what came of the slot is of another book or result than was proposed"]
    try:
        devices = {_agreeing(word, origin, kept.slot, cleared) for word in cleared.words}
    except (EtpError, ValueError) as error:
        return [f"a word of agreement is none: {error}"]
    if len(devices) < quorum_of(voters):
        return [f"{len(devices)} flats have agreed, and of {voters} it takes {quorum_of(voters)}"]
    if written_ms >= kept.slot * 1000:
        return [f"the result was written at {written_ms} ms, when the slot had begun"]
    return []


def _orders(result: Result) -> set[str]:
    return {name for each in result.trades for name in (each.seller, each.buyer)}


def _agreeing(word: bytes, origin: str, slot: int, cleared: Cleared) -> DeviceId:
    """Return whose word it is, if it agrees to this book and result; its key is not known here.

    Raises EtpError, ValueError.
    """
    named = cose.parse(word, "the word").issuer.rpartition(":")[2]
    device = DeviceId(bytes.fromhex(named))
    found = open_verdict(word, device, origin)
    if (found.slot, found.book, found.result) != (slot, cleared.book, cleared.result):
        raise ValueError(f"that of {named} is on another slot, book or result")
    if found.findings is not None:
        raise ValueError(f"that of {named} does not agree")
    return device


def with_trades(kept: KeptSlot, own: Placed | None) -> KeptSlot:
    """Return a slot whose result counts, with this flat's trades and the price. Raises MarketError."""
    assert kept.book is not None, "it counts"
    assert kept.result is not None, "it counts"
    opened, outcome = OpenedBook.decode(kept.book), Outcome.decode(kept.result)
    if own is None:
        return replace(kept, price=outcome.price)
    trades = tuple(
        OwnTrade(True, each.trade.wh, each.trade.price)
        if each.trade.buyer == own.device
        else OwnTrade(False, each.trade.wh, each.trade.earned)
        for each in own_trades(opened, outcome, own, own.device)
    )
    return replace(kept, trades=trades, price=outcome.price)


def judge(said: OpenBook, kept: KeptSlot, promised: Promised, gate_ms: int, head: tlog.Checkpoint) -> tuple[str, ...]:
    """Return all that is wrong with a book and its result; it takes its time.

    Raises EtpError, TlogError for orders that are not proven.
    """
    try:
        opened: OpenedBook | None = OpenedBook.decode(said.book)
    except MarketError:
        opened = None  # `check_round` says why.
    size = kept.log_size
    if size is None:
        size = said.index if opened is None else opened.log_size
    devices = devices_with_orders(head, promised.origin, said.slot, size, said.orders)
    own = counted(kept, size, opened)
    findings = [*check_round(said.book, said.result, promised, own, len(devices)), *excluded(kept, size, gate_ms)]
    if said.index < size:
        findings.append(f"the book is entry {said.index} of the log, before the {size} that it counts")
    return tuple(findings)
