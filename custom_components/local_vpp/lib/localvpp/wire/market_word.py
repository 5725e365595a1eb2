"""The building's signed words on the market, for one flat, and the flat's signed word on a round's result.

The rules, that a gate was closed, that orders were taken, what is best so far, what is proposed, and that nothing came
of a round are signed, so that a building which tells two flats different things, or one flat two things, has signed the
proof of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import Final

from ..etp import DeviceId, FieldError, PublicKey, Signer, cbor, cose
from ..etp.envelope import HASH_LENGTH, issuer
from ..etp.fields import Fields
from ..etp.keys import DEVICE_ID_LENGTH
from .market import LATEST_SLOT, MOST_ROUNDS, RoundName
from .messages import PROTOCOL

MARKET_TYPE: Final = "application/vnd.local-vpp.market+cbor"
VERDICT_TYPE: Final = "application/vnd.local-vpp.verdict+cbor"


VERDICTS_SINCE: Final = 8
"""Since this protocol a verdict says what it says now: those in documents of before are read by whoever audits them."""
VOUCHED_SINCE: Final = 10
"""Since this one it says, too, whether the flat's own orders are among those that count."""


class _Says(IntEnum):
    RULES = 1
    CLOSED = 2
    PROPOSED = 3
    UNTRADED = 4
    TAKEN = 5
    BEST = 6


@dataclass(frozen=True, slots=True)
class MarketRules:
    """How slots are traded from one on (`market.rounds.Rules`): the document comes with the word."""

    number: int
    since: int
    name: bytes
    """The document's SHA-256."""


@dataclass(frozen=True, slots=True)
class GateClosed:
    """Orders of the round count that are between two numbers of entries of the log: show them, if they are listed."""

    at: RoundName
    log_since: int
    log_size: int
    listed: bytes
    """The SHA-256 of the list of all of them (`market.rounds.GateList`), which comes with the word."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """This book and this result are the round's, if enough flats agree: the names of the two documents."""

    at: RoundName
    book: bytes
    result: bytes


@dataclass(frozen=True, slots=True)
class BestSoFar:
    """This is the round's book, and this the best result so far: whoever has a better one proposes it."""

    at: RoundName
    book: bytes
    result: bytes


@dataclass(frozen=True, slots=True)
class Untraded:
    """The round is over, and nothing is traded by it."""

    at: RoundName
    why: str


@dataclass(frozen=True, slots=True)
class OrdersTaken:
    """The building has the flat's orders durably: they will be in the round's book."""

    at: RoundName
    orders: bytes
    """Their hash, as the flat's ORDERS record names it."""


type MarketWord = MarketRules | GateClosed | OrdersTaken | BestSoFar | Proposed | Untraded


def sign_market_word(signer: Signer, building: DeviceId, origin: str, device: DeviceId, word: MarketWord) -> bytes:
    """Return the building's statement, made for one flat's device."""
    payload: dict[int, cbor.Value]
    match word:
        case MarketRules():
            said, payload = _Says.RULES, {3: word.number, 4: word.since, 5: word.name}
        case GateClosed():
            said, payload = _Says.CLOSED, {5: word.log_since, 6: word.log_size, 7: word.listed}
        case OrdersTaken():
            said, payload = _Says.TAKEN, {5: word.orders}
        case Proposed():
            said, payload = _Says.PROPOSED, {5: word.book, 6: word.result}
        case BestSoFar():
            said, payload = _Says.BEST, {5: word.book, 6: word.result}
        case Untraded():
            said, payload = _Says.UNTRADED, {5: word.why}
    if not isinstance(word, MarketRules):
        payload |= {3: word.at.slot, 4: word.at.number}
    return cose.sign(
        signer,
        content_type=MARKET_TYPE,
        issuer=issuer(building),
        subject=origin,
        payload=cbor.encode({0: PROTOCOL, 1: device, 2: int(said), **payload}),
    )


def open_market_word(
    data: bytes, building_key: PublicKey, building: DeviceId, origin: str, device: DeviceId
) -> MarketWord:
    """Return what the building says to this flat.

    Raises EncodingError, FieldError or SignatureError: it is of somebody else, or for somebody else.
    """
    what = "the market's word"
    statement = cose.parse(data, what)
    if (statement.content_type, statement.issuer, statement.subject) != (MARKET_TYPE, issuer(building), origin):
        raise FieldError(f"{what} is a {statement.content_type!r} of {statement.issuer!r} for {statement.subject!r}")
    statement.verify(building_key)
    fields = Fields(cbor.decode(statement.payload, what), what)
    fields.version(0, "protocol", PROTOCOL)
    if (named := fields.bytes_(1, "device", DEVICE_ID_LENGTH)) != device:
        raise FieldError(f"{what} is for device {named.hex()}")
    said = fields.enum(2, "what is said", _Says)
    word = _rules(fields) if said is _Says.RULES else _of_round(fields, said)
    fields.end()
    return word


def _rules(fields: Fields) -> MarketRules:
    number, since = fields.unsigned(3, "number"), fields.unsigned(4, "first slot", most=LATEST_SLOT)
    return MarketRules(number, since, fields.bytes_(5, "rules", HASH_LENGTH))


def _of_round(fields: Fields, said: _Says) -> MarketWord:
    at = _round(fields, 3)
    match said:
        case _Says.CLOSED:
            since, size = fields.unsigned(5, "log size before"), fields.unsigned(6, "log size")
            return GateClosed(at, since, size, fields.bytes_(7, "list", HASH_LENGTH))
        case _Says.PROPOSED:
            return Proposed(at, fields.bytes_(5, "book", HASH_LENGTH), fields.bytes_(6, "result", HASH_LENGTH))
        case _Says.BEST:
            return BestSoFar(at, fields.bytes_(5, "book", HASH_LENGTH), fields.bytes_(6, "result", HASH_LENGTH))
        case _Says.TAKEN:
            return OrdersTaken(at, fields.bytes_(5, "orders", HASH_LENGTH))
        case _:
            return Untraded(at, fields.text(5, "why"))


def _round(fields: Fields, key: int) -> RoundName:
    slot = fields.unsigned(key, "slot", most=LATEST_SLOT)
    return RoundName(slot, fields.unsigned(key + 1, "round", most=MOST_ROUNDS - 1))


@dataclass(frozen=True, slots=True)
class Found:
    """What a verdict says, its signature still to be verified with the key enrolled for the device."""

    statement: cose.Statement
    protocol: int
    """By which it was said."""
    at: RoundName
    book: bytes
    result: bytes
    findings: bytes | None
    """SHA-256 of what was found; None for a flat that agrees."""
    vouches: bool
    """Whether the flat's own orders, as it gave them, are among those that count: whatever else it finds wrong."""


def sign_verdict(
    signer: Signer,
    device: DeviceId,
    origin: str,
    at: RoundName,
    book: bytes,
    result: bytes,
    findings: Sequence[str] = (),
    *,
    vouches: bool = False,
) -> bytes:
    """Return a flat's signed word on a round's book and result, by the names of the two; without findings it agrees.

    It vouches where its own orders, as it gave them, are among those that count, whether it agrees or not.
    """
    payload: dict[int, cbor.Value] = {0: PROTOCOL, 1: device, 2: at.slot, 3: at.number, 4: book, 5: result}
    if findings:
        payload[6] = findings_name(findings)
    if vouches:
        payload[7] = True
    return cose.sign(
        signer, content_type=VERDICT_TYPE, issuer=issuer(device), subject=origin, payload=cbor.encode(payload)
    )


def open_verdict(data: bytes, device: DeviceId, origin: str) -> Found:
    """Return what a flat says of a round. Raises EncodingError or FieldError."""
    what = "the verdict"
    statement = cose.parse(data, what)
    if (statement.content_type, statement.issuer, statement.subject) != (VERDICT_TYPE, issuer(device), origin):
        raise FieldError(f"{what} is a {statement.content_type!r} of {statement.issuer!r} for {statement.subject!r}")
    fields = Fields(cbor.decode(statement.payload, what), what)
    protocol = fields.version(0, "protocol", PROTOCOL, VERDICTS_SINCE)
    if (named := fields.bytes_(1, "device", DEVICE_ID_LENGTH)) != device:
        raise FieldError(f"{what} names device {named.hex()}")
    vouched = fields.has(7)
    found = Found(
        statement=statement,
        protocol=protocol,
        at=_round(fields, 2),
        book=fields.bytes_(4, "book", HASH_LENGTH),
        result=fields.bytes_(5, "result", HASH_LENGTH),
        findings=fields.bytes_(6, "findings", HASH_LENGTH) if fields.has(6) else None,
        vouches=vouched and fields.boolean(7, "vouches"),
    )
    fields.end()
    if vouched and (not found.vouches or protocol < VOUCHED_SINCE):
        raise FieldError(f"{what} says in another way than flats do that it vouches for orders")
    return found


def findings_name(findings: Sequence[str]) -> bytes:
    """Return what stands for findings in a verdict."""
    return sha256(cbor.encode(list(findings))).digest()
