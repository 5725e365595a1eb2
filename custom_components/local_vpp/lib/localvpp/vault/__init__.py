"""What mirrors keep for a building without being able to read it: the private bodies of records, sealed.

Mirrors hold every envelope of the log, and that is no one's consumption. To bring a lost building back, its bodies
must survive with them; so they travel beside the log, sealed to the building's recovery key, whose secret half lies on
paper, and to its auditor's key, if there is one.
"""

from .bodies import BUCKET, Opening, open_bodies, seal_bodies
from .recipient import AUDITOR, RECOVERY, Recipient, SecretKey, SecretKeyError
from .sealed import SealError, open_sealed, seal, sealed_for
from .sheet import SheetError, read_sheet, write_sheet

__all__ = [
    "AUDITOR",
    "BUCKET",
    "RECOVERY",
    "Opening",
    "Recipient",
    "SealError",
    "SecretKey",
    "SecretKeyError",
    "SheetError",
    "open_bodies",
    "open_sealed",
    "read_sheet",
    "seal",
    "seal_bodies",
    "sealed_for",
    "write_sheet",
]
