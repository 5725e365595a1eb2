"""The terms of a building, as its coordinator signs them for each connection.

Bound to the flat's nonce: terms of yesterday cannot be shown again. They carry the prices of all periods, so that a
flat that was away learns what it missed, and a building cannot tell two flats two different stories of one slot.
"""

from dataclasses import dataclass
from typing import Final

from ..etp import DeviceId, FieldError, PublicKey, Signer, cbor, cose
from ..etp.envelope import issuer
from ..etp.fields import Fields
from ..etp.keys import DEVICE_ID_LENGTH
from ..settlement import PriceList, plain_prices, read_prices
from .messages import NONCE_LENGTH, PROTOCOL

TERMS_TYPE: Final = "application/vnd.local-vpp.terms+cbor"


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds in this building, signed by its key: the same for every flat, but for the last."""

    origin: str
    log_key: str
    """The log's verifier key in note form (name+hash+key)."""
    slot_seconds: int
    prices: PriceList
    building: DeviceId
    signed_ms: int
    """The building's time at the signature: prices that are announced later begin later."""
    held: bool = False
    """The log waits for its witnesses: it takes no records, and may be behind."""
    suspended: bool = False
    """Of this flat alone: nothing of it is taken but its word as a witness."""

    @property
    def takes_records(self) -> bool:
        """Whether this connection is for more than witnessing and, while the log is held, frames."""
        return not (self.held or self.suspended)


def sign_terms(signer: Signer, terms: Terms, own_nonce: bytes) -> bytes:
    """Return the building's signed terms, bound to the flat's nonce."""
    return cose.sign(
        signer,
        content_type=TERMS_TYPE,
        issuer=issuer(terms.building),
        subject=terms.origin,
        payload=cbor.encode(
            {
                0: PROTOCOL,
                1: own_nonce,
                2: terms.log_key,
                3: terms.slot_seconds,
                4: [list[cbor.Value](period) for period in plain_prices(terms.prices)],
                5: terms.building,
                6: terms.signed_ms,
                7: terms.held,
                8: terms.suspended,
            }
        ),
    )


def open_terms(data: bytes, building_key: PublicKey, own_nonce: bytes) -> Terms:
    """Return the terms, proven to come from the building and to answer this flat's nonce.

    Raises EncodingError, FieldError or SignatureError.
    """
    statement = cose.parse(data, "the terms")
    if statement.content_type != TERMS_TYPE:
        raise FieldError(f"the terms' content type is {statement.content_type!r}")
    statement.verify(building_key)
    fields = Fields(cbor.decode(statement.payload, "the terms' payload"), "the terms")
    fields.version(0, "protocol", PROTOCOL)
    if fields.bytes_(1, "nonce", NONCE_LENGTH) != own_nonce:
        raise FieldError("the terms answer another flat's nonce")
    terms = Terms(
        origin=statement.subject,
        log_key=fields.text(2, "log key", most=256),
        slot_seconds=fields.unsigned(3, "slot length", most=3600),
        prices=_prices(fields.list_(4, "prices")),
        building=DeviceId(fields.bytes_(5, "building", DEVICE_ID_LENGTH)),
        signed_ms=fields.unsigned(6, "time"),
        held=fields.boolean(7, "held"),
        suspended=fields.boolean(8, "suspended"),
    )
    fields.end()
    if statement.issuer != issuer(terms.building):
        raise FieldError(f"the terms name issuer {statement.issuer!r} but building {terms.building.hex()}")
    if terms.slot_seconds < 1 or 3600 % terms.slot_seconds:
        raise FieldError(f"the terms' slots of {terms.slot_seconds} s do not divide an hour")
    return terms


def _prices(periods: list[cbor.Value]) -> PriceList:
    plain: list[list[cbor.Value]] = []
    for period in periods:
        if not isinstance(period, list) or any(type(each) not in {int, str} for each in period):
            raise FieldError(f"the terms: prices hold {period!r}, expected a list of integers, and perhaps a key")
        plain.append(period)
    try:
        return read_prices(plain)
    except ValueError as error:
        raise FieldError(f"the terms: {error}") from error
