"""The mirror: it keeps a copy of a log, and signs a checkpoint once it holds every entry under it.

Specification: C2SP tlog-mirror, text as of November 2026 (untagged; ``add-entries`` as of July 2026),
    https://c2sp.org/tlog-mirror. The request is in ``upload``.

A mirror has two checkpoints. The **pending** one grows as a witness's does (``add_pending_checkpoint``) and is not
signed. Then entries arrive, package by package, each proven to stand in a pending tree before it may be kept
(``begin_upload``, ``receive_package``). When all are durable the pending checkpoint becomes the **mirrored** one and is
signed (``finish_upload``). Because no pending checkpoint was ever inconsistent with another, entries of interrupted and
of simultaneous uploads fit together.

Whoever carries the bytes must put each new state durably in the place of the one that was passed in, by
compare-and-set, before it goes on; and must hold these, in this order:

1. the entries of a received package are durable before ``keep_entries`` counts them;
2. all tiles of the mirrored tree are durable before ``finish_upload`` is called, its state before its answer is sent.

A mirror's key and name are its own: they say more than a witness's, so one key must not say both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
import hmac
from http import HTTPStatus
from typing import Final

from .checkpoint import Checkpoint
from .cosignature import Cosigner, cosign
from .errors import FormatError, ProofError
from .keys import VerifierKey
from .merkle import Hash, leaf_hash
from .note import Note, Verifier
from .subtree import root_of, verify_subtree
from .tiles import TILE_WIDTH
from .upload import MIRROR_INFO_TEXT, AddEntries, MirrorInfo, Package, Span, spans
from .witness import NO_HEAD, PLAIN_TEXT, Answer, Cosigned, Head, Refused, encode_lines, judge, read_lines, refuse

# An upload may repeat what the mirror has, since its client may not know; not so much that it costs the mirror work
# for nothing. Eight bundles.
MAX_REPEATED: Final = 8 * TILE_WIDTH
TICKET_KEY_BYTES: Final = 32
# Each answer to a request of an upload brings a fresh ticket: this is for one request, and for one that is tried again.
TICKET_LIFE_S: Final = 3600

_TICKET_LABEL: Final = b"localvpp tlog-mirror ticket v2\n"
_TIME_BYTES: Final = 8
_MAX_TICKET: Final = 0xFFFF


# --- State --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MirroredLog:
    """What a mirror knows of one log.

    Attributes:
        origin: the log's origin.
        keys: the keys it may sign with.
        latest: the pending checkpoint, with the log's signature.
        mirrored: the mirror checkpoint, with the log's signature and the mirror's: what it serves.
        next_entry: the first entry that is not held.
        time: the time of the mirror's last signature.
    """

    origin: str
    keys: tuple[VerifierKey, ...]
    latest: Head = NO_HEAD
    mirrored: Head = NO_HEAD
    next_entry: int = 0
    time: int = 0

    def __post_init__(self) -> None:
        if not self.mirrored.size <= self.next_entry <= self.latest.size:
            raise FormatError(
                f"the mirror of {self.origin!r} cannot hold {self.next_entry} entries between a mirrored checkpoint "
                f"of {self.mirrored.size} and a pending one of {self.latest.size}; its state was not stored whole"
            )


@dataclass(frozen=True, slots=True)
class Tickets:
    """What a mirror makes its tickets with, and knows them by. Nothing is kept of a ticket that was given out.

    Attributes:
        key: random bytes, a secret of this mirror.
        now: whole seconds of a clock that only grows, from the begin that it had when the key was made.
    """

    key: bytes
    now: int

    def __post_init__(self) -> None:
        assert len(self.key) == TICKET_KEY_BYTES, f"a ticket key has {TICKET_KEY_BYTES} bytes"
        assert self.now >= 0, "a clock that only grows begins at 0 or later"


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that was accepted: what is still to come of it.

    Attributes:
        header: what its client has announced.
        head: the checkpoint its proofs are for.
        at: the next entry that the client will send.
    """

    header: AddEntries
    head: Head
    at: int

    @property
    def span(self) -> Span | None:
        """The next package, or None when all have come."""
        return next(spans(self.at, self.header.end), None)


# --- Pending checkpoint -------------------------------------------------------------------------------------


def add_pending_checkpoint(logs: Mapping[str, MirroredLog], request: bytes) -> Answer[MirroredLog]:
    """Answer one request to ``add-checkpoint``: as a witness would, but sign nothing."""
    grown = judge(logs, request)
    if isinstance(grown, Answer):
        return grown
    return Answer(HTTPStatus.OK, b"", PLAIN_TEXT, replace(grown.log, latest=grown.head))


# --- Entries ------------------------------------------------------------------------------------------------


def begin_upload(logs: Mapping[str, MirroredLog], header: AddEntries, tickets: Tickets) -> Upload | Answer[MirroredLog]:
    """Accept an upload, or give the answer that says how it should be.

    The state may be stale: what it accepts was right once, and stays so.

    Args:
        logs: the known logs by origin.
        header: the header of the request.
        tickets: what this mirror makes them with, see ``make_ticket``.
    """
    log = logs.get(header.origin)
    if log is None:
        return refuse(HTTPStatus.NOT_FOUND, f"the log {header.origin[:200]!r} is not known here")
    head = _known_head(log, header, tickets)
    if head is None:
        return _conflict(log, log.latest, tickets)
    repeated = min(header.end, log.next_entry) - header.start
    if header.start > log.next_entry or repeated > MAX_REPEATED:
        # With what is still missing under it, the client's checkpoint is as good as ours, and its proofs fit.
        return _conflict(log, head if log.next_entry <= head.size else log.latest, tickets)
    return Upload(header, head, header.start)


def receive_package(upload: Upload, package: Package, before: Sequence[Hash]) -> Upload:
    """Check the next package of an upload. Only then may its entries be kept; those already held are skipped.

    Args:
        upload: the upload; its ``span`` is what ``package`` was read for.
        package: the package.
        before: the leaf hashes of entries ``[span.begin, span.start)``, out of what the mirror holds.

    Returns:
        the upload without that package.

    Raises:
        ProofError: when the entries do not stand there in the tree of the upload's checkpoint, or the mirror's own
            leaves before them do not: if honest clients are refused time and again, the copy is to be checked.
    """
    span = upload.span
    assert span is not None, "all packages of the upload have come"
    assert len(before) == span.start - span.begin, "the leaves before a package fill its bundle up to it"
    assert len(package.entries) == span.end - span.start, "the package was read for another span"
    leaves = [*before, *(leaf_hash(entry) for entry in package.entries)]
    head = upload.head
    verify_subtree(span.begin, span.end, head.size, root_of(leaves), head.root, package.path)
    return replace(upload, at=span.end)


def keep_entries(log: MirroredLog, upload: Upload) -> MirroredLog:
    """Count the entries which an upload has brought so far, once they are durable."""
    assert upload.header.start <= log.next_entry, "a mirror's next entry never goes back"
    return replace(log, next_entry=max(log.next_entry, upload.at))


def refuse_upload(error: FormatError | ProofError) -> Answer[MirroredLog]:
    """Give the answer to a header or a package that is wrong. What came before it stays kept."""
    status = HTTPStatus.UNPROCESSABLE_CONTENT if isinstance(error, ProofError) else HTTPStatus.BAD_REQUEST
    return refuse(status, str(error))


def pause_upload(log: MirroredLog, upload: Upload, tickets: Tickets) -> Answer[MirroredLog]:
    """Give the answer when the request has ended before its last package.

    Args:
        log: the log as it is now.
        upload: what is still to come.
        tickets: what this mirror makes them with.
    """
    if upload.at == upload.header.start:
        return refuse(HTTPStatus.BAD_REQUEST, "the request ends before its first package does; send it again")
    head = upload.head if log.next_entry <= upload.head.size else log.latest
    return _info(HTTPStatus.ACCEPTED, log, head, tickets)


def finish_upload(
    log: MirroredLog, upload: Upload, now: int, cosigners: Sequence[Cosigner], tickets: Tickets
) -> Answer[MirroredLog]:
    """Sign the upload's checkpoint, all of whose entries and tiles are durable.

    Args:
        log: the log as it is now; another upload may have changed it.
        upload: an upload of which nothing is missing.
        now: seconds of the POSIX clock. The last time is given again while the clock stands before it.
        cosigners: the mirror's keys; each gives a line of the answer.
        tickets: what this mirror makes them with.

    Raises:
        FormatError: when the clock was never set: there is no time to sign with.
    """
    head = upload.head
    assert upload.span is None, "the upload is not complete"
    assert log.next_entry >= head.size, "the entries are counted before the checkpoint is signed"
    if head.size < log.mirrored.size:
        # Another upload was faster and went further: never go back.
        return _conflict(log, log.latest, tickets)
    time = max(now, log.time)
    note = Note.parse(head.note)
    lines = cosign(note.text, cosigners, time)
    # The mirrored checkpoint may be signed again, at a later time: our lines of before go.
    ours = {(line.name, line.key_id) for line in lines}
    others = tuple(line for line in note.signatures if (line.name, line.key_id) not in ours)
    body = encode_lines(lines)
    mirrored = replace(head, note=Note(note.text, (*others, *lines)).encode())
    return Answer(HTTPStatus.OK, body, PLAIN_TEXT, replace(log, mirrored=mirrored, time=time))


# --- Tickets ------------------------------------------------------------------------------------------------


def make_ticket(log: MirroredLog, head: Head, tickets: Tickets) -> bytes:
    """Give a ticket by which this mirror will know a pending checkpoint again when it has a newer one.

    It is the time and the checkpoint under a code that only the holder of the key can make. Without the code the log
    could have signed a second history and put it into a ticket. With the key lost, the ticket older than
    ``TICKET_LIFE_S``, or a checkpoint too long for a ticket, clients are sent to the newest pending checkpoint instead.
    """
    said = tickets.now.to_bytes(_TIME_BYTES) + head.note
    ticket = _ticket_code(log, said, tickets) + said
    return ticket if head.note and len(ticket) <= _MAX_TICKET else b""


def _read_ticket(log: MirroredLog, ticket: bytes, tickets: Tickets) -> Head | None:
    size = sha256().digest_size
    code, said = ticket[:size], ticket[size:]
    if not hmac.compare_digest(code, _ticket_code(log, said, tickets)):
        return None
    if not 0 <= tickets.now - int.from_bytes(said[:_TIME_BYTES]) <= TICKET_LIFE_S:
        return None
    note = said[_TIME_BYTES:]
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    return Head(checkpoint.size, checkpoint.root, note)


def _ticket_code(log: MirroredLog, said: bytes, tickets: Tickets) -> bytes:
    return hmac.digest(tickets.key, _TICKET_LABEL + log.origin.encode() + b"\n" + said, sha256)


def _known_head(log: MirroredLog, header: AddEntries, tickets: Tickets) -> Head | None:
    """Find the checkpoint at the end of an upload among those this mirror has had as pending."""
    if not log.mirrored.size <= header.end <= log.latest.size:
        # A ticket beyond the pending checkpoint is of a state that a backup has taken back.
        return None
    for head in (log.latest, log.mirrored):
        if head.note and head.size == header.end:
            return head
    found = _read_ticket(log, header.ticket, tickets)
    return found if found is not None and found.size == header.end else None


# --- The other side: whoever feeds a mirror -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Resume:
    """The mirror has not got all: go on as ``info`` says.

    Attributes:
        info: what it has, and what it takes.
        accepted: whether this request has brought it further (202), or did not fit at all (409).
    """

    info: MirrorInfo
    accepted: bool


def read_upload_answer(
    status: int, content_type: str, body: bytes, text: bytes, verifiers: Sequence[Verifier]
) -> Cosigned | Resume | Refused:
    """Read the answer to ``add-entries``.

    Args:
        status: the HTTP status.
        content_type: the type of the body.
        body: the body.
        text: the text of the checkpoint at the upload's end.
        verifiers: the keys of this mirror.

    Raises:
        FormatError: when the answer is not in the form the specification gives it.
        SignatureError: when a line is wrong or has no time, or none is of the mirror.
    """
    if status == HTTPStatus.OK:
        return Cosigned(read_lines(body, text, verifiers))
    told = content_type.partition(";")[0].strip().lower() == MIRROR_INFO_TEXT
    if told and status in {HTTPStatus.ACCEPTED, HTTPStatus.CONFLICT}:
        return Resume(MirrorInfo.parse(body), accepted=status == HTTPStatus.ACCEPTED)
    return Refused(status, body[:200].decode(errors="replace").strip())


# --- Answers ------------------------------------------------------------------------------------------------


def _conflict(log: MirroredLog, head: Head, tickets: Tickets) -> Answer[MirroredLog]:
    return _info(HTTPStatus.CONFLICT, log, head, tickets)


def _info(status: HTTPStatus, log: MirroredLog, head: Head, tickets: Tickets) -> Answer[MirroredLog]:
    info = MirrorInfo(head.size, log.next_entry, make_ticket(log, head, tickets))
    return Answer(status, info.encode(), MIRROR_INFO_TEXT)
