"""Why a record, a key or a signature is refused."""


class EtpError(Exception):
    """Something signed, or to be signed, is not as it must be."""


class EncodingError(EtpError):
    """Bytes are not the deterministic encoding of what they claim to be."""


class FieldError(EtpError):
    """A field is missing, unknown, of the wrong type or out of range."""


class VersionError(FieldError):
    """What was signed is of a version that this program does not read."""


class SignatureError(EtpError):
    """A signature does not verify under the key it names."""


class BadKeyError(EtpError):
    """A key is malformed, weak or of an unknown algorithm."""


class CommitmentError(EtpError):
    """A body and salt do not open the commitment of their envelope."""


class ChainError(EtpError):
    """A record does not follow the one before it on its device's chain."""


class SignerUnavailableError(EtpError):
    """The private key cannot sign now: its token is not there, or does not answer."""
