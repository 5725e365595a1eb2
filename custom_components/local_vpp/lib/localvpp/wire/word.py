"""The building's signature on what it says to one flat of a settled slot.

A word that does not come out is evidence against the building, and only what the building's key signed can be
evidence: without it, anybody between the two could make a flat distrust an honest coordinator.
"""

from dataclasses import astuple, replace
from hashlib import sha256
from typing import Final

import cbor2

from ..etp import DeviceId, FieldError, PublicKey, Signer, cbor, cose
from ..etp.envelope import issuer
from .messages import PROTOCOL, LeftOut, SlotResult, SlotWord

RESULT_TYPE: Final = "application/vnd.local-vpp.result+cbor"
LEFT_OUT_TYPE: Final = "application/vnd.local-vpp.left-out+cbor"


def sign_word[Word: SlotResult | LeftOut](
    signer: Signer, building: DeviceId, origin: str, device: DeviceId, word: Word
) -> Word:
    """Return the word with the building's statement over it, made for one flat's device."""
    statement = cose.sign(
        signer, content_type=_type(word), issuer=issuer(building), subject=origin, payload=_payload(device, word)
    )
    return replace(word, statement=statement)


def verify_word(word: SlotWord, building_key: PublicKey, building: DeviceId, origin: str, device: DeviceId) -> None:
    """Raise EncodingError, FieldError or SignatureError unless the building signed this word for this device."""
    statement = cose.parse(word.statement, "the word")
    if (statement.content_type, statement.issuer, statement.subject) != (_type(word), issuer(building), origin):
        raise FieldError(f"the word is a {statement.content_type!r} of {statement.issuer!r} for {statement.subject!r}")
    statement.verify(building_key)
    if statement.payload != _payload(device, word):
        raise FieldError("the word is not the one that was signed, or was signed for another flat")


def same_word(one: SlotWord, other: SlotWord) -> bool:
    """Whether two words say the same: proofs, and so signatures, are made anew for each newer head of the log."""
    return _said(one) == _said(other)


def word_name(word: SlotWord) -> bytes:
    """A name for what a word says: the same for all words that say the same."""
    return sha256(cbor2.dumps([_type(word), *_plain(_said(word))], canonical=True)).digest()


def _said(word: SlotWord) -> SlotWord:
    cleared = tuple(replace(each, proof="") for each in word.settled.cleared)
    settled = replace(word.settled, proof="", cleared=cleared)
    if isinstance(word, SlotResult):
        return replace(word, settled=settled, proofs=(), statement=b"")
    return replace(word, settled=settled, statement=b"")


def _type(word: SlotWord) -> str:
    return RESULT_TYPE if isinstance(word, SlotResult) else LEFT_OUT_TYPE


def _payload(device: DeviceId, word: SlotWord) -> bytes:
    # The fields in their order, all but the statement; what is long goes in by its hash.
    *fields, _ = _plain(word)
    numbers: list[cbor.Value] = [field for field in fields if isinstance(field, int)]
    long = cbor2.dumps(fields[len(numbers) :], canonical=True)
    return cbor.encode({0: PROTOCOL, 1: device, 2: numbers, 3: sha256(long).digest()})


def _plain(word: SlotWord) -> list[object]:
    return [list(field) if isinstance(field, tuple) else field for field in astuple(word)]
