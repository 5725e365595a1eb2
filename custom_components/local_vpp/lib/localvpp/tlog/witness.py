"""The witness: asked for its signature under a checkpoint, it signs only what has grown out of all it signed before.

Specification: C2SP tlog-witness v1.0.0 (31 March 2026), https://c2sp.org/tlog-witness@v1.0.0, the call
    ``add-checkpoint``, with the monitoring path of its text as of 1 July 2026.

``add_checkpoint`` is a pure function from (state of each log, request, now) to an answer and the new state of one log.
Whoever carries the bytes must do two things with a new state, in this order, or one key could sign two histories:

1. put it durably in the place of the state that was passed in, if that is still the one stored (compare-and-set); when
   it is not, ask again with the one that is;
2. only then send the answer.

A witness restored from a backup must not sign before it has caught up: what it signed since is part of its state.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from http import HTTPStatus
from typing import Final, Protocol, Self

from .checkpoint import Checkpoint
from .cosignature import Cosigner, cosign, cosignature_time, make_verifier
from .errors import FormatError, ProofError, SignatureError
from .keys import VerifierKey
from .merkle import EMPTY_ROOT, HASH_BYTES, Hash, to_hash, verify_consistency
from .note import MAX_NOTE_BYTES, Note, NoteSignature, Verifier, open_note
from .strict import MAX_NUMBER, decode_base64, decode_decimal, encode_base64

PLAIN_TEXT: Final = "text/plain; charset=utf-8"
SIZE_TEXT: Final = "text/x.tlog.size"

# A path in a tree of fewer than 2**63 entries; the specification's own limit.
MAX_PATH: Final = 63
# The line of the old size, the lines of the path, and a note. Whoever carries the bytes need not read more.
MAX_REQUEST_BYTES: Final = 32 + MAX_PATH * 48 + MAX_NOTE_BYTES


# --- State --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Head:
    """The last checkpoint of a log that was believed.

    Attributes:
        size: the number of entries.
        root: the root over them.
        note: the checkpoint with the signatures that were verified; empty when there was none yet.
    """

    size: int = 0
    root: Hash = EMPTY_ROOT
    note: bytes = b""


NO_HEAD: Final = Head()


class KnownLog(Protocol):
    """A log that a witness or a mirror watches."""

    @property
    def origin(self) -> str: ...  # noqa: D102  (said by the class)

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """The keys the log may sign with; one of them is enough, so that it can change keys."""
        ...

    @property
    def latest(self) -> Head:
        """The checkpoint that the next one must have grown out of."""
        ...


@dataclass(frozen=True, slots=True)
class WitnessedLog:
    """What a witness knows of one log.

    Attributes:
        origin: the log's origin.
        keys: the keys it may sign with.
        latest: the last checkpoint this witness has signed, with the log's signature and its own: what it serves to
            monitors below ``origin_hash``.
        time: the time of that signature.
    """

    origin: str
    keys: tuple[VerifierKey, ...]
    latest: Head = NO_HEAD
    time: int = 0


@dataclass(frozen=True, slots=True)
class Answer[Log]:
    """What to answer over HTTP, once ``log``, if there is one, is in the place of the old state.

    Attributes:
        status: the HTTP status.
        body: the body.
        content_type: the type of the body.
        log: the new state of the log that was asked about; None when nothing has changed.
        evidence: whether the request may prove the log dishonest: it has signed what did not grow out of what it
            signed before. Worth keeping.
    """

    status: HTTPStatus
    body: bytes
    content_type: str
    log: Log | None = None
    evidence: bool = False


def origin_hash(origin: str) -> str:
    """Give the folder of a log below a monitoring prefix.

    A witness serves ``latest.note`` there as ``checkpoint``, a mirror all files of the log.
    """
    return sha256(origin.encode()).hexdigest()


# --- The request --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """The body of a request: nothing about it has been verified.

    Attributes:
        old: the size of the checkpoint that the witness has signed last.
        path: the consistency proof from there.
        checkpoint: the signed checkpoint, byte for byte.
    """

    old: int
    path: tuple[Hash, ...]
    checkpoint: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.old <= MAX_NUMBER:
            raise FormatError(f"the old size is from 0 to 2^63-1, not {self.old}")
        if len(self.path) > MAX_PATH or any(len(step) != HASH_BYTES for step in self.path):
            raise FormatError(f"a consistency proof has at most {MAX_PATH} hashes of {HASH_BYTES} bytes")
        if not self.checkpoint or len(self.checkpoint) > MAX_NOTE_BYTES:
            raise FormatError(f"a checkpoint has from 1 to {MAX_NOTE_BYTES} bytes, not {len(self.checkpoint)}")

    def encode(self) -> bytes:
        """Write the body."""
        lines = [f"old {self.old}", *(encode_base64(step) for step in self.path), "", ""]
        return "\n".join(lines).encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a body: the inverse of ``encode``.

        Raises:
            FormatError: when it is not in that form.
        """
        if len(data) > MAX_REQUEST_BYTES:
            raise FormatError(f"a request of {len(data)} bytes is larger than {MAX_REQUEST_BYTES}")
        head, empty_line, checkpoint = data.partition(b"\n\n")
        if not empty_line:
            raise FormatError("a request has an empty line before its checkpoint")
        try:
            first, *rest = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise FormatError("the lines of a request before its checkpoint are not ASCII") from None
        if not first.startswith("old "):
            raise FormatError(f"a request starts with a line 'old' and a size, not with {first[:80]!r}")
        old = decode_decimal(first.removeprefix("old "), "the old size")
        if len(rest) > MAX_PATH:
            raise FormatError(f"a consistency proof has at most {MAX_PATH} hashes, not {len(rest)}")
        path = tuple(to_hash(decode_base64(line, "a hash of the consistency proof")) for line in rest)
        return cls(old, path, checkpoint)


# --- The witness --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grown[Log]:
    """A checkpoint that has grown out of the latest one.

    Attributes:
        log: the log, as it was known.
        head: the checkpoint, with the log's verified signatures and no others: an unknown line might be made to look
            like one of ours.
        text: the text of the checkpoint, to be signed.
    """

    log: Log
    head: Head
    text: bytes


def judge[Log: KnownLog](logs: Mapping[str, Log], request: bytes) -> Grown[Log] | Answer[Log]:
    """Make all checks of ``add-checkpoint``, in the order of the specification, which fixes the answer to each.

    An old size equal to the new one with another root fails as a proof (422), as any other fork does.
    """
    try:
        asked = AddCheckpoint.parse(request)
        origin = asked.checkpoint.partition(b"\n")[0].decode()
    except FormatError as error:
        return refuse(HTTPStatus.BAD_REQUEST, str(error))
    except UnicodeDecodeError:
        return refuse(HTTPStatus.BAD_REQUEST, "the origin of the checkpoint is not UTF-8")
    log = logs.get(origin)
    if log is None:
        return refuse(HTTPStatus.NOT_FOUND, f"the log {origin[:200]!r} is not known here")
    try:
        note = open_note(asked.checkpoint, [make_verifier(key) for key in log.keys])
        checkpoint = Checkpoint.parse(note.text)
    except SignatureError as error:
        return refuse(HTTPStatus.FORBIDDEN, str(error))
    except FormatError as error:
        return refuse(HTTPStatus.BAD_REQUEST, str(error))
    assert checkpoint.origin == origin, "bad math in judge: the note was read twice and differently"
    latest = log.latest
    if asked.old > checkpoint.size:
        return refuse(
            HTTPStatus.BAD_REQUEST, f"the old size {asked.old} is beyond the checkpoint's size {checkpoint.size}"
        )
    if asked.old != latest.size:
        return Answer(HTTPStatus.CONFLICT, b"%d\n" % latest.size, SIZE_TEXT)
    try:
        verify_consistency(latest.size, checkpoint.size, latest.root, checkpoint.root, asked.path)
    except ProofError as error:
        return refuse(HTTPStatus.UNPROCESSABLE_CONTENT, str(error), evidence=True)
    signed = Note(note.text, note.verified).encode()
    return Grown(log, Head(checkpoint.size, checkpoint.root, signed), note.text)


def add_checkpoint(
    logs: Mapping[str, WitnessedLog], request: bytes, now: int, cosigners: Sequence[Cosigner]
) -> Answer[WitnessedLog]:
    """Answer one request to ``add-checkpoint``.

    Args:
        logs: the known logs by origin; what a new state of one must do before the answer is sent, see the module.
        request: the body, at most ``MAX_REQUEST_BYTES``.
        now: seconds of the POSIX clock. The signature carries the last time again while the clock stands before it.
        cosigners: this witness's keys; each gives a line of the answer.

    Raises:
        FormatError: when all is right but the clock was never set: there is no time to sign with.
    """
    grown = judge(logs, request)
    if isinstance(grown, Answer):
        return grown
    time = max(now, grown.log.time)
    lines = cosign(grown.text, cosigners, time)
    body = encode_lines(lines)
    log = replace(grown.log, latest=replace(grown.head, note=grown.head.note + body), time=time)
    return Answer(HTTPStatus.OK, body, PLAIN_TEXT, log)


def refuse[Log](status: HTTPStatus, reason: str, *, evidence: bool = False) -> Answer[Log]:
    """Give an answer that says no, and why."""
    return Answer(status, reason.encode(errors="replace") + b"\n", PLAIN_TEXT, evidence=evidence)


def encode_lines(lines: Iterable[NoteSignature]) -> bytes:
    """Write signature lines as the body of an answer."""
    return "".join(line.encode() for line in lines).encode()


# --- The other side: whoever asks a witness -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The witness has signed.

    Attributes:
        lines: its lines, verified; to be added to the note of the checkpoint.
    """

    lines: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True)
class Stale:
    """The witness has last signed another size: ask again with a proof from there.

    A size beyond our own says that the log has been set back behind what it signed.
    """

    size: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The witness, or the mirror, says no."""

    status: int
    reason: str


def read_answer(
    status: int, content_type: str, body: bytes, text: bytes, verifiers: Iterable[Verifier]
) -> Cosigned | Stale | Refused:
    """Read the answer to ``add-checkpoint``.

    Args:
        status: the HTTP status.
        content_type: the type of the body.
        body: the body.
        text: the text of the checkpoint that was sent.
        verifiers: the keys of this witness.

    Raises:
        FormatError: when the answer is not in the form the specification gives it.
        SignatureError: when a line is wrong or has no time, or none is of the witness.
    """
    if status == HTTPStatus.OK:
        return Cosigned(read_lines(body, text, verifiers))
    if status == HTTPStatus.CONFLICT and content_type.partition(";")[0].strip().lower() == SIZE_TEXT:
        return Stale(_read_size(body))
    return Refused(status, body[:200].decode(errors="replace").strip())


def read_lines(body: bytes, text: bytes, verifiers: Iterable[Verifier]) -> tuple[NoteSignature, ...]:
    """Read the lines of an answer that cosign the checkpoint ``text``; lines of unknown keys are left out.

    Raises:
        FormatError: when the body is not lines of signatures.
        SignatureError: when a line is wrong or has no time, or none is of a known key.
    """
    note = open_note(text + b"\n" + body, verifiers)
    if note.text != text:
        # An empty line inside the answer would make its first part a part of the text, and the line a signature over
        # something else.
        raise FormatError("the answer has more than lines of signatures")
    for line in note.verified:
        if cosignature_time(line) == 0:
            raise SignatureError(f"the cosignature of {line.name!r} on a checkpoint has no time; refuse it")
    return note.verified


def _read_size(body: bytes) -> int:
    try:
        text = body[:32].decode("ascii")
    except UnicodeDecodeError:
        raise FormatError("the size in the witness's answer is not ASCII") from None
    if not text.endswith("\n") or len(body) > len(text):
        raise FormatError("the witness's answer is not one line with a size")
    return decode_decimal(text[:-1], "the size in the witness's answer")
