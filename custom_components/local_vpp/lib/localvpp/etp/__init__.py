"""The record of energy that moved (ETP), its keys, and the chain of one device.

Knows nothing of the other rooms: bytes and values only.
"""

from .body import Body, ErrorFlag, MeterStatus, Register, Source, TimeStatus
from .chain import EMPTY, Chain, Head
from .directory import AuthorityError, Directory, UnknownDeviceError
from .envelope import (
    COSIGNING,
    Enrolled,
    Envelope,
    Kind,
    RecordHash,
    SignedEnvelope,
    parse as parse_envelope,
    record_hash,
)
from .equivocation import Equivocation, NoEquivocationError, prove_equivocation
from .errors import (
    BadKeyError,
    ChainError,
    CommitmentError,
    EncodingError,
    EtpError,
    FieldError,
    SignatureError,
    SignerUnavailableError,
)
from .frame import Frame, open_frame
from .keys import (
    Algorithm,
    DeviceId,
    Ed25519Signer,
    Es256Signer,
    KeyId,
    PublicKey,
    Signer,
    load_or_create,
    same_fingerprint,
)
from .record import Record

__all__ = [
    "COSIGNING",
    "EMPTY",
    "Algorithm",
    "AuthorityError",
    "BadKeyError",
    "Body",
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
    "ErrorFlag",
    "Es256Signer",
    "EtpError",
    "FieldError",
    "Frame",
    "Head",
    "KeyId",
    "Kind",
    "MeterStatus",
    "NoEquivocationError",
    "PublicKey",
    "Record",
    "RecordHash",
    "Register",
    "SignatureError",
    "SignedEnvelope",
    "Signer",
    "SignerUnavailableError",
    "Source",
    "TimeStatus",
    "UnknownDeviceError",
    "load_or_create",
    "open_frame",
    "parse_envelope",
    "prove_equivocation",
    "record_hash",
    "same_fingerprint",
]
