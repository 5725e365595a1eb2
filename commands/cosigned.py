"""Whether enough witnesses have signed the head of a log: `--policy FILE`, for whoever checks a log as a whole.

The log's own key says only that its holder wrote this log. He can write another one for one reader alone, and no check
of its entries shows it: that others have seen the same head is what witnesses sign. Whom to ask for is not the log's to
say; the policy (C2SP tlog-policy) comes from elsewhere, as from residents.

A published checkpoint has 16 of their signatures at most, and a mirror's has its own only. So those under the same head
count as well that the log's server gives beside it, or that lie beside it in a mirror's folder (`cosigned`), and those
of checkpoints that are given as files.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from localvpp import tlog
from localvpp.logfolder import COSIGNED, LogFolder
from localvpp.logreader import HttpReader
from localvpp.tlog.note import MAX_NOTE_BYTES

from .errors import CommandError
from .files import read_bytes

NOT_LOOKED_AT: Final = "not looked at"


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Who has signed a head, of those that a policy names."""

    witnesses: tuple[str, ...]
    missing: str | None
    """How many are too few; None when they are enough."""


def add_policy(parser: argparse.ArgumentParser) -> None:
    """Describe whose signatures a head needs."""
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="FILE",
        help="witnesses that must have signed the log's head (C2SP tlog-policy); without it nobody looks for them",
    )
    parser.add_argument(
        "--earlier",
        type=Path,
        nargs="*",
        default=[],
        metavar="FILE",
        help="checkpoints kept from elsewhere: each must be one that this log has grown from; witnesses' signatures "
        "under the log's own head count for --policy",
    )


def read_earlier(arguments: argparse.Namespace) -> list[bytes]:
    """Return the checkpoints of the command line. Raises CommandError."""
    return [read_bytes(path, "the checkpoint") for path in arguments.earlier]


def read_policy(arguments: argparse.Namespace, key: tlog.Ed25519Verifier) -> tlog.Policy | None:
    """Return the policy of the command line. Raises CommandError for one that says nothing of this log."""
    if arguments.policy is None:
        return None
    try:
        policy = tlog.Policy.parse(read_bytes(arguments.policy, "the policy"))
    except tlog.TlogError as error:
        raise CommandError(f"{arguments.policy}: {error}") from error
    named = {(log.key.name, log.key.key_id) for log in policy.logs}
    if named and (key.name, key.key_id) not in named:
        raise CommandError(f"{arguments.policy} is the policy of another log than that of --vkey")
    if policy.is_met(()):
        raise CommandError(
            f"{arguments.policy} asks for no witness: then nobody but the log's own key stands for its head. Name "
            "witnesses and a quorum, or leave --policy out"
        )
    return policy


def look(
    log: tlog.LogReader, head: tlog.OpenedCheckpoint, policy: tlog.Policy, others: Sequence[bytes] = ()
) -> Cosigned:
    """Return who has signed a head of a log, by its own checkpoint, what lies beside the log, and other checkpoints.

    Raises UnreachableError.
    """
    times = tlog.verify_cosignatures(head.note.text, head.note.unknown, policy)
    if not policy.is_met(times):
        kept = kept_beside(log)
        lines = (*head.note.unknown, *_beside(log, head.checkpoint.size), *_under(head.note.text, [*kept, *others]))
        times = tlog.verify_cosignatures(head.note.text, lines, policy)
    return Cosigned(tuple(times), None if policy.is_met(times) else policy.explain(times))


def kept_beside(log: tlog.LogReader) -> list[bytes]:
    """Return the checkpoint with its quorum that a mirror keeps beside its own, if there is one."""
    if not isinstance(log, LogFolder):
        return []
    try:
        return [log.read(COSIGNED)]
    except tlog.MissingError:
        return []


def _beside(log: tlog.LogReader, size: int) -> list[tlog.NoteSignature]:
    """Return all signatures under a head, where a server gives them."""
    if not isinstance(log, HttpReader):
        return []
    try:
        data = log.read_beside(f"cosignatures/{size}", MAX_NOTE_BYTES)
        return [tlog.NoteSignature.parse(line) for line in data.decode(errors="surrogateescape").splitlines()]
    except tlog.MissingError, tlog.FormatError:
        return []  # Then they are too few, which is said.


def _under(text: bytes, notes: Iterable[bytes]) -> Iterator[tlog.NoteSignature]:
    for data in notes:
        try:
            note = tlog.Note.parse(data)
        except tlog.TlogError:
            continue  # What is wrong with it, the look at earlier heads says.
        if note.text == text:
            yield from note.signatures
