"""The messages by which a flat learns the keys of other devices: what the log says of them, each entry with its proof.

    coordinator                         flat
                 ◀───────────────────  AskKeys              whose words are to be verified
      Keys (signed) ────────────────▶                       all entries that say something of their keys

What is told are envelopes, which every neighbour may see in the log: neither names nor use of energy. That no entry
between the first and the last was left out the building signs (`keys_word`).
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from ..etp import DeviceId
from ..etp.keys import DEVICE_ID_LENGTH
from .logged import LoggedEnvelope

MOST_KEYS: Final = 256
"""Devices that one question names at most: their entries, with their proofs, fit into few messages."""


@dataclass(frozen=True, slots=True)
class AskKeys:
    """Tell what the log's entries from one on say of the keys of these devices, and of the building's own."""

    CODE: ClassVar[int] = 35
    devices: tuple[DeviceId, ...]
    since: int
    """The first entry's index: 0, or behind those that were told in answer to the same question."""

    def __post_init__(self) -> None:
        _check(self.devices, self.since)


@dataclass(frozen=True, slots=True)
class Keys:
    """All ENROL, ROTATE, SUSPEND, REINSTATE and REVOKE records of the devices that were asked for, and the building's.

    Where they do not fit into one message, `until` says how far they go; the flat asks for those behind it.
    """

    CODE: ClassVar[int] = 36
    devices: tuple[DeviceId, ...]
    since: int
    until: int
    """Behind the last entry that was looked at."""
    entries: tuple[LoggedEnvelope, ...]
    """In the order of the log."""
    checkpoint: str
    """In which all of them are proven."""
    statement: bytes
    """The building's word that there are no others: see `sign_keys`."""

    def __post_init__(self) -> None:
        _check(self.devices, self.since)
        if self.until < self.since:
            raise ValueError(f"until: entries from {self.since} to {self.until} are none")


def _check(devices: tuple[DeviceId, ...], since: int) -> None:
    if not 0 < len(devices) <= MOST_KEYS:
        raise ValueError(f"devices: {len(devices)} are named, expected 1 to {MOST_KEYS}")
    if any(len(device) != DEVICE_ID_LENGTH for device in devices):
        raise ValueError(f"devices: each has {DEVICE_ID_LENGTH} bytes")
    if since < 0:
        raise ValueError(f"since: {since} is no place in a log")
