"""What a flat and its coordinator say to each other: messages, and their strict codec.

Both ends import the messages from here, so there is one description of the protocol in code;
docs/protocol.md tells it in words.
"""

from .codec import ProtocolError, decode, encode
from .enrolment import Invite, InviteError, Membership, building_proof, flat_proof
from .messages import (
    LARGEST_BATCH,
    LARGEST_MESSAGE,
    NONCE_LENGTH,
    PROTOCOL,
    AskWitness,
    Challenge,
    Code,
    FrameAck,
    Frames,
    FromCoordinator,
    FromFlat,
    Hello,
    LastRecord,
    Mirrored,
    RecordResult,
    Records,
    RecordsAck,
    Refused,
    SlotResult,
    Welcome,
    WitnessSays,
    open_hello,
    sign_hello,
)
from .result import sign_result, verify_result
from .terms import Terms, open_terms, sign_terms

__all__ = [
    "LARGEST_BATCH",
    "LARGEST_MESSAGE",
    "NONCE_LENGTH",
    "PROTOCOL",
    "AskWitness",
    "Challenge",
    "Code",
    "FrameAck",
    "Frames",
    "FromCoordinator",
    "FromFlat",
    "Hello",
    "Invite",
    "InviteError",
    "LastRecord",
    "Membership",
    "Mirrored",
    "ProtocolError",
    "RecordResult",
    "Records",
    "RecordsAck",
    "Refused",
    "SlotResult",
    "Terms",
    "Welcome",
    "WitnessSays",
    "building_proof",
    "decode",
    "encode",
    "flat_proof",
    "open_hello",
    "open_terms",
    "sign_hello",
    "sign_result",
    "sign_terms",
    "verify_result",
]
