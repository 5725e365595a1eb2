"""What the log holds, as it is told with its proof: an entry's envelope, which all may see, or a whole record."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoggedEnvelope:
    """The envelope of a record with its place in the log: whose it is, and nothing of what it says."""

    envelope: bytes
    index: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LoggedRecord:
    """A sealed record with its place in the log."""

    sealed: bytes
    index: int
    proof: tuple[bytes, ...]
