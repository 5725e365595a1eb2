"""The record of energy that moved (ETP), its keys, and the chain of one device.

Knows nothing of the other rooms: bytes and values only.
"""

from .body import Body, Carrier, ErrorFlag, MeterStatus, Register, Source, TimeStatus
from .chain import EMPTY, Chain, Head
from .directory import Directory
from .envelope import (
    CONCERNING,
    COSIGNING,
    KEYED,
    Enrolled,
    Envelope,
    Kind,
    RecordHash,
    SignedEnvelope,
    parse as parse_envelope,
    record_hash,
)
from .equivocation import Equivocation, NoEquivocationError, prove_equivocation
from .erasures import ERASABLE, Erasures
from .errors import (
    BadKeyError,
    ChainError,
    CommitmentError,
    EncodingError,
    EtpError,
    FieldError,
    SignatureError,
    SignerUnavailableError,
    VersionError,
)
from .foreseen import NEXT_KEY_LENGTH, NextKey, foresee
from .frame import Frame, open_frame
from .keys import (
    Algorithm,
    DeviceId,
    Ed25519Signer,
    Es256Signer,
    KeyId,
    PublicKey,
    Signer,
    is_fingerprint,
    load_or_create,
    off_loop,
    same_fingerprint,
)
from .reader import Opened, Reader
from .record import Record
from .roster import (
    AuthorityError,
    KeyInUseError,
    Line,
    RevokedError,
    Roster,
    Standing,
    SuspendedError,
    UnforeseenKeyError,
    UnknownDeviceError,
    check_foreseen,
)

__all__ = [
    "CONCERNING",
    "COSIGNING",
    "EMPTY",
    "ERASABLE",
    "KEYED",
    "NEXT_KEY_LENGTH",
    "Algorithm",
    "AuthorityError",
    "BadKeyError",
    "Body",
    "Carrier",
    "Chain",
    "ChainError",
    "CommitmentError",
    "DeviceId",
    "Directory",
    "Ed25519Signer",
    "EncodingError",
    "Enrolled",
    "Envelope",
    "Equivocation",
    "Erasures",
    "ErrorFlag",
    "Es256Signer",
    "EtpError",
    "FieldError",
    "Frame",
    "Head",
    "KeyId",
    "KeyInUseError",
    "Kind",
    "Line",
    "MeterStatus",
    "NextKey",
    "NoEquivocationError",
    "Opened",
    "PublicKey",
    "Reader",
    "Record",
    "RecordHash",
    "Register",
    "RevokedError",
    "Roster",
    "SignatureError",
    "SignedEnvelope",
    "Signer",
    "SignerUnavailableError",
    "Source",
    "Standing",
    "SuspendedError",
    "TimeStatus",
    "UnforeseenKeyError",
    "UnknownDeviceError",
    "VersionError",
    "check_foreseen",
    "foresee",
    "is_fingerprint",
    "load_or_create",
    "off_loop",
    "open_frame",
    "parse_envelope",
    "prove_equivocation",
    "record_hash",
    "same_fingerprint",
]
