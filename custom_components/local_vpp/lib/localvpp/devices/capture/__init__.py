"""What a device was asked and what it said, register by register: kept for a while, and played again.

A reading that looks wrong can only be explained by the registers that it was made of. So the newest of them are kept
(``ring``), can be handed to whoever writes the driver without the device's serial number (``redaction``), and give the
same readings there as they did at home (``replay``).
"""

from .recording import (
    CaptureError,
    Exchange,
    Reading,
    Recording,
    Told,
    plain_reading,
    read_recordings,
    write_recordings,
)
from .redaction import redacted
from .replay import Replayed, ReplayedUnit, replay
from .ring import Capture, CapturedUnit, Captures
from .timeline import Timeline

__all__ = [
    "Capture",
    "CaptureError",
    "CapturedUnit",
    "Captures",
    "Exchange",
    "Reading",
    "Recording",
    "Replayed",
    "ReplayedUnit",
    "Timeline",
    "Told",
    "plain_reading",
    "read_recordings",
    "redacted",
    "replay",
    "write_recordings",
]
