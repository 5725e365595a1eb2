"""Two records of one device with one seq: its key is in two hands, or its agent was rolled back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import re
from typing import Any, Final

from localvpp.etp import DeviceId, Kind, RecordHash, Standing

from ..store import Member, Role, entries as entry_store

_SAID: Final = re.compile(r"signed record \d+ twice: [0-9a-f]{16}")
"""See `Conflict.reason`."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A device has signed two records with one seq: its key is in two hands, or its agent was rolled back."""

    device: DeviceId
    seq: int
    logged: RecordHash
    hash: RecordHash
    """Of the other one, which is kept beside the log."""
    seen_ms: int

    @property
    def reason(self) -> str:
        """What the entry says that suspends the device for it."""
        return f"signed record {self.seq} twice: {self.hash.hex()[:16]}"


def conflict_of(row: Mapping[str, Any]) -> Conflict:
    """Return the conflict that a row of the table tells of."""
    return Conflict(
        DeviceId(row["device"]), row["seq"], RecordHash(row["logged_hash"]), RecordHash(row["hash"]), row["seen_ms"]
    )


def why_suspended(conflict: Conflict) -> str:
    """Return what a suspended flat is told."""
    return (
        f"a second copy of this flat is running: its key has signed two records with number {conflict.seq}. Stop the "
        "copy, and ask the building's manager to reinstate this flat"
    )


def is_of_two_hands(word: entry_store.Word) -> bool:
    """Whether an entry suspends a flat because its key is in two hands.

    The log tells that by itself: of a log that was rebuilt from a mirror, nobody has the two records any more.
    """
    return word.kind is Kind.SUSPEND and _SAID.fullmatch(word.reason or "") is not None


def is_in_force(conflict: Conflict, member: Member | None, words: Sequence[entry_store.Word]) -> bool:
    """Whether a conflict keeps its flat out: it was not reinstated since, by which somebody would have looked at it.

    What was said before says nothing of it, be it a suspension for something else.
    """
    if member is None or member.role is not Role.FLAT or member.standing is Standing.REVOKED:
        return False
    last = next((word for word in reversed(words) if word.concerns == conflict.device), None)
    if last is None or last.logged_ms < conflict.seen_ms:
        return True
    return last.kind is Kind.SUSPEND and last.reason == conflict.reason
