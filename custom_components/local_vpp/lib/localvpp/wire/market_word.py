"""The building's signed words on the market, for one flat, and the flat's signed word on a slot's result.

That a gate was closed, that orders were taken, what is proposed, and that a slot is settled by the sharing key are
signed, so that a building which tells two flats different things, or one flat two things, has signed the proof of it.
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
from .messages import PROTOCOL

MARKET_TYPE: Final = "application/vnd.local-vpp.market+cbor"
VERDICT_TYPE: Final = "application/vnd.local-vpp.verdict+cbor"
LONGEST_GATE_S: Final = 86_400
LONGEST_SHOWING_S: Final = 600
_LONGEST_NODE: Final = 200


class _Says(IntEnum):
    RULES = 1
    CLOSED = 2
    PROPOSED = 3
    SHARED = 4
    TAKEN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketRules:
    """How each slot is traded, until other rules are told."""

    gate_s: int
    """The gate of a slot is closed so long before the slot begins."""
    show_s: int
    """So long after the gate orders can be shown."""
    objective: str
    price: str
    """As `market.rules` names them."""
    node: str | None
    """Where in the building's lines this flat hangs; None where nothing is limited."""


@dataclass(frozen=True, slots=True)
class GateClosed:
    """Orders of the slot count that are among so many entries of the log: show them."""

    slot: int
    log_size: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """This book and this result are the slot's, if enough flats agree: the names of the two documents."""

    slot: int
    book: bytes
    result: bytes


@dataclass(frozen=True, slots=True)
class Shared:
    """Nothing is traded in the slot: it is settled by the sharing key."""

    slot: int
    why: str


@dataclass(frozen=True, slots=True)
class OrdersTaken:
    """The building has the flat's orders durably: they will be in the slot's book."""

    slot: int
    orders: bytes
    """Their hash, as the flat's ORDERS record names it."""


type MarketWord = MarketRules | GateClosed | OrdersTaken | Proposed | Shared


def sign_market_word(signer: Signer, building: DeviceId, origin: str, device: DeviceId, word: MarketWord) -> bytes:
    """Return the building's statement, made for one flat's device."""
    payload: dict[int, cbor.Value]
    match word:
        case MarketRules():
            said = _Says.RULES
            payload = {3: word.gate_s, 4: word.show_s, 5: word.objective, 6: word.price}
            payload |= {} if word.node is None else {7: word.node}
        case GateClosed():
            said, payload = _Says.CLOSED, {3: word.slot, 4: word.log_size}
        case OrdersTaken():
            said, payload = _Says.TAKEN, {3: word.slot, 4: word.orders}
        case Proposed():
            said, payload = _Says.PROPOSED, {3: word.slot, 4: word.book, 5: word.result}
        case Shared():
            said, payload = _Says.SHARED, {3: word.slot, 4: word.why}
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
    word: MarketWord
    match fields.enum(2, "what is said", _Says):
        case _Says.RULES:
            word = MarketRules(
                gate_s=fields.unsigned(3, "gate", most=LONGEST_GATE_S),
                show_s=fields.unsigned(4, "time to show", most=LONGEST_SHOWING_S),
                objective=fields.text(5, "objective"),
                price=fields.text(6, "price rule"),
                node=fields.text(7, "node", most=_LONGEST_NODE) if fields.has(7) else None,
            )
        case _Says.CLOSED:
            word = GateClosed(fields.unsigned(3, "slot"), fields.unsigned(4, "log size"))
        case _Says.PROPOSED:
            slot, book = fields.unsigned(3, "slot"), fields.bytes_(4, "book", HASH_LENGTH)
            word = Proposed(slot, book, fields.bytes_(5, "result", HASH_LENGTH))
        case _Says.TAKEN:
            word = OrdersTaken(fields.unsigned(3, "slot"), fields.bytes_(4, "orders", HASH_LENGTH))
        case _Says.SHARED:
            word = Shared(fields.unsigned(3, "slot"), fields.text(4, "why"))
    fields.end()
    return word


@dataclass(frozen=True, slots=True)
class Found:
    """What a verdict says, its signature still to be verified with the key enrolled for the device."""

    statement: cose.Statement
    slot: int
    book: bytes
    result: bytes
    findings: bytes | None
    """SHA-256 of what was found; None for a flat that agrees."""


def sign_verdict(
    signer: Signer, device: DeviceId, origin: str, slot: int, book: bytes, result: bytes, findings: Sequence[str] = ()
) -> bytes:
    """Return a flat's signed word on a slot's book and result, by the names of the two; without findings it agrees."""
    payload: dict[int, cbor.Value] = {0: PROTOCOL, 1: device, 2: slot, 3: book, 4: result}
    if findings:
        payload[5] = findings_name(findings)
    return cose.sign(
        signer, content_type=VERDICT_TYPE, issuer=issuer(device), subject=origin, payload=cbor.encode(payload)
    )


def open_verdict(data: bytes, device: DeviceId, origin: str) -> Found:
    """Return what a flat says of a slot. Raises EncodingError or FieldError."""
    what = "the verdict"
    statement = cose.parse(data, what)
    if (statement.content_type, statement.issuer, statement.subject) != (VERDICT_TYPE, issuer(device), origin):
        raise FieldError(f"{what} is a {statement.content_type!r} of {statement.issuer!r} for {statement.subject!r}")
    fields = Fields(cbor.decode(statement.payload, what), what)
    fields.version(0, "protocol", PROTOCOL)
    if (named := fields.bytes_(1, "device", DEVICE_ID_LENGTH)) != device:
        raise FieldError(f"{what} names device {named.hex()}")
    found = Found(
        statement=statement,
        slot=fields.unsigned(2, "slot"),
        book=fields.bytes_(3, "book", HASH_LENGTH),
        result=fields.bytes_(4, "result", HASH_LENGTH),
        findings=fields.bytes_(5, "findings", HASH_LENGTH) if fields.has(5) else None,
    )
    fields.end()
    return found


def findings_name(findings: Sequence[str]) -> bytes:
    """Return what stands for findings in a verdict."""
    return sha256(cbor.encode(list(findings))).digest()
