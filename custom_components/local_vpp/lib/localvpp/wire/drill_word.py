"""The building's signed word on a drill, for one flat.

A call holds for minutes and is followed once: a flat remembers since when the newest one held, and refuses whatever is
not newer, so that what somebody has recorded begins nothing (I23). That a drill is to end needs neither: it names the
one call that it ends, and lets a device go back to where it is without us, which is never wrong (I18).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from ..etp import DeviceId, FieldError, PublicKey, Signer, cbor, cose
from ..etp.envelope import issuer
from ..etp.fields import Fields
from ..etp.keys import DEVICE_ID_LENGTH
from ..islanding.report import Level
from .drills import CALL_LENGTH
from .messages import PROTOCOL

DRILL_TYPE: Final = "application/vnd.local-vpp.drill+cbor"
LONGEST_S: Final = 86_400
"""Of a drill; what a flat follows is for its own policy to say, and less."""


class Says(IntEnum):
    """What the building says of a drill."""

    ANNOUNCED = 1
    """It takes place from then until then: tell the residents, and let them acknowledge it."""
    GO = 2
    """The flat's turn has come: begin, if nothing speaks against it."""
    RETURN = 3
    """End what was called for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillWord:
    """What the building says."""

    says: Says
    drill: bytes
    call: bytes
    """One flat's turn in the drill: what it answers, tells and reports names it."""
    level: Level
    length_s: int
    from_ms: int
    until_ms: int
    """Of an announcement: when the drill takes place; of a call: when it holds."""


def sign_drill_word(signer: Signer, building: DeviceId, origin: str, device: DeviceId, word: DrillWord) -> bytes:
    """Return the building's statement, made for one flat's device."""
    return cose.sign(
        signer,
        content_type=DRILL_TYPE,
        issuer=issuer(building),
        subject=origin,
        payload=cbor.encode(
            {
                0: PROTOCOL,
                1: device,
                2: word.drill,
                3: word.call,
                4: int(word.says),
                5: word.level.value,
                6: word.length_s,
                7: word.from_ms,
                8: word.until_ms,
            }
        ),
    )


def open_drill_word(
    data: bytes, building_key: PublicKey, building: DeviceId, origin: str, device: DeviceId
) -> DrillWord:
    """Return what the building says to this flat; whether it still holds is for whoever asks.

    Raises EncodingError, FieldError or SignatureError: it is of somebody else, or for somebody else.
    """
    statement = cose.parse(data, "the drill's word")
    if (statement.content_type, statement.issuer, statement.subject) != (DRILL_TYPE, issuer(building), origin):
        raise FieldError(
            f"the drill's word is a {statement.content_type!r} of {statement.issuer!r} for {statement.subject!r}"
        )
    statement.verify(building_key)
    fields = Fields(cbor.decode(statement.payload, "the drill's word"), "the drill's word")
    fields.version(0, "protocol", PROTOCOL)
    if (named := fields.bytes_(1, "device", DEVICE_ID_LENGTH)) != device:
        raise FieldError(f"the drill's word is for device {named.hex()}")
    word = DrillWord(
        drill=fields.bytes_(2, "drill", CALL_LENGTH),
        call=fields.bytes_(3, "call", CALL_LENGTH),
        says=fields.enum(4, "what is said", Says),
        level=_level(fields.text(5, "level")),
        length_s=fields.unsigned(6, "length", most=LONGEST_S),
        from_ms=fields.unsigned(7, "begin"),
        until_ms=fields.unsigned(8, "end"),
    )
    fields.end()
    if word.until_ms <= word.from_ms:
        raise FieldError(f"the drill's word holds from {word.from_ms} until {word.until_ms}: it never does")
    return word


def _level(text: str) -> Level:
    try:
        return Level(text)
    except ValueError:
        raise FieldError(f"the drill's word: level is {text!r}, expected one of {', '.join(Level)}") from None
