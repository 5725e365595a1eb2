"""Names this run of the machine. A monotonic time that is kept is good for as long as that name is the same.

The monotonic clock of Linux runs on while programs come and go, and begins anew with the machine.
"""

from pathlib import Path
from typing import Final
from uuid import uuid4

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


def name_of_boot() -> str:
    """Return the name; where the machine has none, one that no other run has: no time of before is good then."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return uuid4().hex
