"""The building's signature on how a slot was settled for one flat.

A result that does not come out is evidence against the building, and only what the building's key signed can be
evidence: without it, anybody between the two could make a flat distrust an honest coordinator.
"""

from dataclasses import astuple, replace
from hashlib import sha256
from typing import Final

import cbor2

from ..etp import DeviceId, FieldError, PublicKey, Signer, cbor, cose
from ..etp.envelope import issuer
from .messages import PROTOCOL, SlotResult

RESULT_TYPE: Final = "application/vnd.local-vpp.result+cbor"


def sign_result(signer: Signer, building: DeviceId, origin: str, device: DeviceId, result: SlotResult) -> SlotResult:
    """Return the result with the building's statement over it, made for one flat's device."""
    statement = cose.sign(
        signer, content_type=RESULT_TYPE, issuer=issuer(building), subject=origin, payload=_payload(device, result)
    )
    return replace(result, statement=statement)


def verify_result(
    result: SlotResult, building_key: PublicKey, building: DeviceId, origin: str, device: DeviceId
) -> None:
    """Raise EncodingError, FieldError or SignatureError unless the building signed this result for this device."""
    statement = cose.parse(result.statement, "the result")
    if (statement.content_type, statement.issuer, statement.subject) != (RESULT_TYPE, issuer(building), origin):
        raise FieldError(
            f"the result is a {statement.content_type!r} of {statement.issuer!r} for {statement.subject!r}"
        )
    statement.verify(building_key)
    if statement.payload != _payload(device, result):
        raise FieldError("the result is not the one that was signed, or was signed for another flat")


def _payload(device: DeviceId, result: SlotResult) -> bytes:
    # The fields in their order, all but the statement; what is long goes in by its hash.
    *numbers, transfers, indexes, proofs, _ = astuple(result)
    moved = cbor2.dumps([list(transfers), list(indexes), list(proofs)], canonical=True)
    return cbor.encode({0: PROTOCOL, 1: device, 2: numbers, 3: sha256(moved).digest()})
