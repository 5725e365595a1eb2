"""What this flat holds a round's book, and what came of it, against. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from .. import tlog
from ..etp import DeviceId, EtpError, cose
from ..market import MarketError
from ..market.rounds import Cleared, OpenedBook, Outcome, Own, Placed, Promised, Rules, check_round, digest
from ..settled import OwnMarket
from ..traded import trades_of
from ..wire import OpenBook, RoundName, open_verdict
from .kept import KeptRound
from .proving import AHEAD_MS, devices_with_orders
from .state import OwnTrade


def promised_of(kept: KeptRound, rules: Rules, flat: str) -> Promised:
    """Return what the building has told this flat before it showed orders."""
    return Promised(
        slot=kept.at.slot,
        number=kept.at.number,
        rules=rules,
        log_since=kept.log_since,
        log_size=kept.log_size,
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


def own_market(rounds: Sequence[KeptRound], device: DeviceId) -> OwnMarket:
    """Return what this flat knows to have come of a slot's market."""
    if not rounds:
        return OwnMarket(None, heard=False)
    kept = next((each for each in rounds if each.is_traded), rounds[-1])
    if not kept.ended:
        ordered = tuple(each.placed.offer.orders for each in kept.documents if each.record is not None)
        return OwnMarket(None, None if ordered else (), ordered, heard=False)
    if not kept.is_traded:
        return OwnMarket(None)
    shows = () if kept.cleared is None else (kept.cleared,)
    if kept.book is None or kept.result is None:
        return OwnMarket(kept.cleared_name, None, shows=shows)
    try:
        opened, outcome = OpenedBook.decode(kept.book), Outcome.decode(kept.result)
    except MarketError:
        return OwnMarket(kept.cleared_name, None, shows=shows)  # It is held against the building already.
    own = counted(kept, opened.log_since, opened.log_size, opened)
    shows = (*shows, kept.book, kept.result)
    if own is None:
        return OwnMarket(kept.cleared_name, shows=shows)
    orders = own.placed.offer
    owners = {order.id: offer.blind for offer in opened.offers for order in offer.orders}
    owners |= {order.id: bytes(device) for order in orders.orders}
    touching = replace(outcome.result, trades=outcome.trades_of(orders))
    return OwnMarket(kept.cleared_name, trades_of(touching, owners), shows=(*shows, own.placed.encode()))


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


def cleared_problems(document: bytes, written_ms: int, kept: KeptRound, rules: Rules) -> list[str]:
    """Say what is wrong with a result that is said to count."""
    assert kept.book is not None, "asked of a round with its book"
    assert kept.result is not None, "asked of a round with its book"
    try:
        cleared, opened = Cleared.decode(document), OpenedBook.decode(kept.book)
    except MarketError as error:
        return [f"what came of the round cannot be read: {error}"]
    names = (rules.origin, kept.at.slot, kept.at.number, digest(kept.book), digest(kept.result))
    if (cleared.origin, cleared.slot, cleared.number, cleared.book, cleared.result) != names:
        return ["what came of the round is of another book or result than was proposed"]
    try:
        devices = {_agreeing(word, rules.origin, kept.at, cleared) for word in cleared.words}
    except (EtpError, ValueError) as error:
        return [f"a word of agreement is none: {error}"]
    if len(devices) < opened.needed:
        return [f"{len(devices)} flats have agreed, and of {opened.voters} it takes {opened.needed}"]
    if written_ms >= rules.end_ms(kept.at.slot, kept.at.number):
        return [f"the result was written at {written_ms} ms, when the round was over"]
    return []


def _agreeing(word: bytes, origin: str, at: RoundName, cleared: Cleared) -> DeviceId:
    """Return whose word it is, if it agrees to this book and result; its key is not known here.

    Raises EtpError, ValueError.
    """
    named = cose.parse(word, "the word").issuer.rpartition(":")[2]
    device = DeviceId(bytes.fromhex(named))
    found = open_verdict(word, device, origin)
    if (found.at, found.book, found.result) != (at, cleared.book, cleared.result):
        raise ValueError(f"that of {named} is on another round, book or result")
    if found.findings is not None:
        raise ValueError(f"that of {named} does not agree")
    return device


def with_trades(kept: KeptRound, own: Placed | None) -> KeptRound:
    """Return a round whose result counts, with this flat's trades and the price. Raises MarketError."""
    assert kept.result is not None, "it counts"
    outcome = Outcome.decode(kept.result)
    if own is None:
        return replace(kept, price=outcome.price)
    names = {order.id for order in own.offer.orders}
    trades = tuple(
        OwnTrade(True, each.wh, each.price)
        if each.buyer in names
        else OwnTrade(False, each.wh, each.price if each.seller_price is None else each.seller_price)
        for each in outcome.trades_of(own.offer)
    )
    return replace(kept, trades=trades, price=outcome.price)


def judge(said: OpenBook, kept: KeptRound, promised: Promised, gate_ms: int, head: tlog.Checkpoint) -> tuple[str, ...]:
    """Return all that is wrong with a book and its result; it takes its time.

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
    return tuple(findings)
