"""What of the blackout logic outlives the program: why the flat is where it is, and what was commanded last (I16).

An entry is durable before its command is given. So a program that starts again knows for whom the flat was separated:
an island that a drill opened is led back, one that an outage made goes on. Where the flat is, the entry does not say:
that is taken from feedback, and what was commanded may or may not have happened.

The monotonic clock of Linux runs on while programs come and go, and begins anew with the machine. An entry names the
boot its times are of; of another boot only their order is left, and they are taken as if they were of this moment: the
flat then separates more rarely than it might, never more often.
"""

from dataclasses import dataclass
import json
from typing import Final

from .values import Command, Fault, Owner, Phase, State

FORMAT: Final = 1
_MOST_TIMES: Final = 64


class JournalError(ValueError):
    """An entry that cannot be used; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What was so, just before a command was given or when the phase changed."""

    seq: int
    boot: str
    """Names one run of the machine."""
    at: float
    phase: Phase
    owner: Owner
    fault: Fault | None
    command: Command | None
    """What was about to be given; None when nothing was."""
    islandings: tuple[float, ...]
    drilled_at: float | None


def entry_of(state: State, command: Command | None, *, seq: int, boot: str, now: float) -> Entry:
    """Return what is to be durable before a command is given."""
    return Entry(
        seq=seq,
        boot=boot,
        at=now,
        phase=state.phase,
        owner=state.owner,
        fault=state.fault,
        command=command,
        islandings=state.islandings,
        drilled_at=state.drilled_at,
    )


def is_new(entry: Entry | None, state: State, command: Command | None) -> bool:
    """Whether something has to be written before the program goes on."""
    if entry is None or command is not None:
        return True
    kept = (entry.phase, entry.owner, entry.fault, entry.islandings, entry.drilled_at)
    return kept != (state.phase, state.owner, state.fault, state.islandings, state.drilled_at)


def resumed(entry: Entry | None, *, boot: str, now: float) -> State:
    """Return the state to begin with: what is known of the reason, nothing of the place.

    Without an entry, of a first start, an island has no known reason and is led back. One that cannot be read is no
    first start (`unreadable`).
    """
    if entry is None:
        return State(since=now)
    same = entry.boot == boot and entry.at <= now

    def here(at: float) -> float:
        return min(at, now) if same else now

    return State(
        phase=Phase.FAULT_LOCKED if entry.phase is Phase.FAULT_LOCKED else Phase.UNKNOWN,
        owner=entry.owner,
        fault=entry.fault,
        since=now,
        islandings=tuple(here(at) for at in entry.islandings),
        drilled_at=None if entry.drilled_at is None else here(entry.drilled_at),
    )


def unreadable(now: float) -> State:
    """Return the state to begin with where there is an entry that cannot be read.

    It may have said that the logic was locked after a fault: it is, until a person has looked.
    """
    return State(phase=Phase.FAULT_LOCKED, fault=Fault.JOURNAL_UNREADABLE, since=now)


def encode(entry: Entry) -> bytes:
    """Return an entry as it is kept."""
    fields = {
        "format": FORMAT,
        "seq": entry.seq,
        "boot": entry.boot,
        "at": entry.at,
        "phase": entry.phase,
        "owner": entry.owner,
        "fault": entry.fault,
        "command": entry.command,
        "islandings": list(entry.islandings),
        "drilled_at": entry.drilled_at,
    }
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


def decode(data: bytes) -> Entry:
    """Read an entry. Raises JournalError."""
    try:
        fields = json.loads(data)
    except ValueError as error:
        raise JournalError(f"the journal of the blackout logic is not JSON: {error}") from error
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise JournalError(f"the journal of the blackout logic is not of format {FORMAT}")
    try:
        fault, command, drilled_at = fields["fault"], fields["command"], fields["drilled_at"]
        islandings = fields["islandings"]
        if not isinstance(islandings, list) or len(islandings) > _MOST_TIMES:
            raise JournalError(f"islandings: a list of at most {_MOST_TIMES} times was expected")
        entry = Entry(
            seq=fields["seq"],
            boot=fields["boot"],
            at=_time(fields["at"], "at"),
            phase=Phase(fields["phase"]),
            owner=Owner(fields["owner"]),
            fault=None if fault is None else Fault(fault),
            command=None if command is None else Command(command),
            islandings=tuple(_time(at, "islandings") for at in islandings),
            drilled_at=None if drilled_at is None else _time(drilled_at, "drilled_at"),
        )
    except (KeyError, ValueError) as error:
        raise JournalError(f"the journal of the blackout logic cannot be read: {error}") from error
    if type(entry.seq) is not int or entry.seq < 0 or not isinstance(entry.boot, str):
        raise JournalError(f"seq {entry.seq!r}, boot {entry.boot!r}: a number and a name were expected")
    if encode(entry) != data:
        raise JournalError("the journal of the blackout logic is not as it was written")
    return entry


def _time(value: object, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise JournalError(f"{field}: {value!r} is no time")
    return value
