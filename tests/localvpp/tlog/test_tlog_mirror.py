"""The mirror: entries are kept once they are proven, a checkpoint is signed once all are, and nothing goes back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

import pytest

from localvpp.tlog import (
    EMPTY_ROOT,
    MAX_PACKAGES,
    MAX_REPEATED,
    NO_HEAD,
    TICKET_LIFE_S,
    AddCheckpoint,
    AddEntries,
    Answer,
    Checkpoint,
    Cosigned,
    Cosigner,
    Ed25519Signer,
    Ed25519Verifier,
    FormatError,
    Head,
    MirroredLog,
    MirrorInfo,
    Note,
    Package,
    ProofError,
    Refused,
    Resume,
    SignatureError,
    SignerKey,
    Span,
    Tickets,
    Upload,
    add_pending_checkpoint,
    begin_upload,
    build_upload,
    cosignature_time,
    finish_upload,
    keep_entries,
    leaf_hash,
    make_cosigner,
    make_ticket,
    make_verifier,
    open_checkpoint,
    pause_upload,
    prove_consistency,
    prove_subtree,
    read_upload_answer,
    receive_package,
    refuse_upload,
    root,
    sign_checkpoint,
    take_header,
    take_package,
    upload_stop,
)

ORIGIN = "vpp.example/building-7"
NOW = 1_700_000_000
LARGEST = 9000
TICKETS = Tickets(bytes(range(32)), 5000)

type MakeKey = Callable[..., SignerKey]


def entry(index: int) -> bytes:
    return b"record %d" % index


def refused(answer: Answer[MirroredLog], status: HTTPStatus, why: str) -> None:
    assert (answer.status, answer.log) == (status, None), answer
    assert why in answer.body.decode()


class KilledError(Exception):
    """The power went."""


@dataclass
class Mirror:
    """What carries the bytes for a mirror: its disk, its state, and the order in which they are written."""

    log: MirroredLog
    cosigners: list[Cosigner]
    disk: dict[int, bytes] = field(default_factory=dict)
    now: int = NOW
    tickets: Tickets = TICKETS
    kill_after: int | None = None
    others: Callable[[], None] | None = None

    def add_checkpoint(self, request: bytes) -> Answer[MirroredLog]:
        return self._store(add_pending_checkpoint({ORIGIN: self.log}, request))

    def add_entries(self, chunks: Iterator[bytes] | Sequence[bytes]) -> Answer[MirroredLog]:
        """Take a request as it arrives, in chunks."""
        arriving = iter(chunks)
        buffer = bytearray()

        def more() -> bool:
            chunk = next(arriving, None)
            buffer.extend(chunk or b"")
            return chunk is not None

        try:
            while (header := take_header(buffer)) is None:
                if not more():
                    return refuse_upload(FormatError("the request ends before its header does"))
            del buffer[: header[1]]
            upload = begin_upload({ORIGIN: self.log}, header[0], self.tickets)
            if isinstance(upload, Answer):
                return upload
            while (span := upload.span) is not None:
                while (package := take_package(buffer, span)) is None:
                    if not more():
                        return pause_upload(self.log, upload, self.tickets)
                del buffer[: package[1]]
                before = [leaf_hash(self.disk[at]) for at in range(span.begin, span.start)]
                upload = receive_package(upload, package[0], before)
                self._write(span, package[0])
                self.log = keep_entries(self.log, upload)
        except (FormatError, ProofError) as error:
            return refuse_upload(error)
        if self.others is not None:
            self.others()
        return self._store(finish_upload(self.log, upload, self.now, self.cosigners, self.tickets))

    def _write(self, span: Span, package: Package) -> None:
        for index, data in enumerate(package.entries, span.start):
            if self.kill_after is not None and index >= self.kill_after:
                raise KilledError
            self.disk.setdefault(index, data)

    def _store(self, answer: Answer[MirroredLog]) -> Answer[MirroredLog]:
        if answer.log is not None:
            self.log = answer.log
        return answer

    @property
    def held(self) -> int:
        """How many entries there are, all of which must be right."""
        assert all(data == entry(index) for index, data in self.disk.items())
        assert set(range(self.log.next_entry)) <= set(self.disk)
        return self.log.next_entry


@dataclass
class Log:
    """The other side: a log that feeds mirrors."""

    hashes: Any
    signer: Ed25519Signer

    def checkpoint(self, size: int) -> bytes:
        return sign_checkpoint(Checkpoint(ORIGIN, size, root(size, self.hashes)), [self.signer])

    def text(self, size: int) -> bytes:
        return Note.parse(self.checkpoint(size)).text

    def pending(self, old: int, new: int) -> bytes:
        return AddCheckpoint(old, tuple(prove_consistency(old, new, self.hashes)), self.checkpoint(new)).encode()

    def upload(self, header: AddEntries, stop: int | None = None) -> bytes:
        stop = upload_stop(header.start, header.end) if stop is None else stop
        return build_upload(header, [entry(index) for index in range(header.start, stop)], self.hashes)

    def entries(self, start: int, end: int, ticket: bytes = b"", stop: int | None = None) -> bytes:
        return self.upload(AddEntries(ORIGIN, start, end, ticket), stop)


@pytest.fixture(scope="module")
def log(make_tree: Callable[[int], Any], signer: Ed25519Signer) -> Log:
    return Log(make_tree(LARGEST).hashes, signer)


@pytest.fixture
def mirror(signer_key: SignerKey, cosigner_key: MakeKey) -> Mirror:
    cosigner = make_cosigner(cosigner_key(1, role="m"))
    return Mirror(MirroredLog(ORIGIN, (signer_key.verifier_key,)), [cosigner])


@pytest.fixture
def mirror_key(cosigner_key: MakeKey) -> Any:
    return make_verifier(cosigner_key(1, role="m").verifier_key)


def fill(mirror: Mirror, log: Log, *sizes: int) -> None:
    """Bring a mirror to each of these sizes."""
    for size in sizes:
        assert mirror.add_checkpoint(log.pending(mirror.log.latest.size, size)).status is HTTPStatus.OK
        assert mirror.add_entries([log.entries(mirror.log.next_entry, size)]).status is HTTPStatus.OK


def told(answer: Answer[MirroredLog], status: HTTPStatus = HTTPStatus.CONFLICT) -> MirrorInfo:
    assert (answer.status, answer.content_type, answer.log) == (status, "text/x.tlog.mirror-info", None), answer
    return MirrorInfo.parse(answer.body)


# --- A mirror that follows ----------------------------------------------------------------------------------


def test_a_mirror_signs_what_it_holds(mirror: Mirror, log: Log, verifier: Ed25519Verifier, mirror_key: Any) -> None:
    for size in (0, 1, 2, 255, 256, 257, 300, 512, 700, 2000):
        answer = mirror.add_checkpoint(log.pending(mirror.log.latest.size, size))
        assert (answer.status, answer.body) == (HTTPStatus.OK, b"")
        assert mirror.log.mirrored.size < size or size == 0
        answer = mirror.add_entries([log.entries(mirror.log.next_entry, size)])
        assert answer.status is HTTPStatus.OK
        assert (mirror.held, mirror.log.mirrored.size, mirror.log.latest.size) == (size, size, size)
        opened = open_checkpoint(log.checkpoint(size) + answer.body, verifier, cosigners=[mirror_key])
        assert opened.note.signed_by(mirror_key)
        served = open_checkpoint(mirror.log.mirrored.note, verifier, cosigners=[mirror_key])
        assert (served.checkpoint, len(served.note.verified)) == (opened.checkpoint, 2)


def test_a_pending_checkpoint_is_kept_with_the_logs_signature_and_not_signed(
    mirror: Mirror, log: Log, verifier: Ed25519Verifier
) -> None:
    mirror.add_checkpoint(log.pending(0, 700))
    opened = open_checkpoint(mirror.log.latest.note, verifier)
    assert (opened.checkpoint.size, len(opened.note.verified), opened.note.unknown) == (700, 1, ())
    assert (mirror.log.mirrored, mirror.log.next_entry) == (NO_HEAD, 0)


def test_a_pending_checkpoint_is_judged_as_by_a_witness(mirror: Mirror, log: Log) -> None:
    mirror.add_checkpoint(log.pending(0, 700))
    answer = mirror.add_checkpoint(log.pending(0, 900))
    assert (answer.status, answer.body, answer.content_type) == (HTTPStatus.CONFLICT, b"700\n", "text/x.tlog.size")
    forked = sign_checkpoint(Checkpoint(ORIGIN, 700, EMPTY_ROOT), [log.signer])
    answer = mirror.add_checkpoint(AddCheckpoint(700, (), forked).encode())
    assert (answer.status, answer.evidence) == (HTTPStatus.UNPROCESSABLE_CONTENT, True)
    refused(mirror.add_checkpoint(b"old"), HTTPStatus.BAD_REQUEST, "empty line")
    assert mirror.log.latest.size == 700


def test_a_long_upload_is_made_in_several_requests(mirror: Mirror, log: Log, mirror_key: Any) -> None:
    mirror.add_checkpoint(log.pending(0, LARGEST))
    header = AddEntries(ORIGIN, 0, LARGEST)
    heard: list[Any] = []
    for _ in range(3):
        body = log.upload(header)
        answer = mirror.add_entries([body[at : at + 5000] for at in range(0, len(body), 5000)])
        heard.append(
            read_upload_answer(int(answer.status), answer.content_type, answer.body, log.text(LARGEST), [mirror_key])
        )
        if isinstance(heard[-1], Cosigned):
            break
        assert heard[-1].accepted
        header = header.resume(heard[-1].info)
    assert [type(each) for each in heard] == [Resume, Cosigned]
    assert heard[0].info.next_entry == MAX_PACKAGES * 256
    assert mirror.held == LARGEST


def test_a_client_that_knows_nothing_is_told(mirror: Mirror, log: Log) -> None:
    assert told(mirror.add_entries([log.entries(0, 0)])) == MirrorInfo(0, 0)
    fill(mirror, log, 300)
    mirror.add_checkpoint(log.pending(300, 400))
    info = told(mirror.add_entries([log.entries(0, 0)]))
    assert (info.size, info.next_entry) == (400, 300)
    assert mirror.add_entries([log.upload(AddEntries(ORIGIN, 0, 0).resume(info))]).status is HTTPStatus.OK


def test_an_upload_may_repeat_what_the_mirror_holds(mirror: Mirror, log: Log) -> None:
    fill(mirror, log, 700)
    mirror.add_checkpoint(log.pending(700, 1000))
    assert mirror.add_entries([log.entries(3, 1000)]).status is HTTPStatus.OK
    # And a checkpoint that is mirrored already is signed again, once.
    mirror.now += 60
    assert mirror.add_entries([log.entries(1000, 1000)]).status is HTTPStatus.OK
    assert mirror.add_entries([log.entries(990, 1000)]).status is HTTPStatus.OK
    lines = Note.parse(mirror.log.mirrored.note).signatures
    assert len(lines) == 2
    assert cosignature_time(lines[1]) == NOW + 60


def test_a_clock_that_is_set_back_does_not_take_the_signature_back(mirror: Mirror, log: Log) -> None:
    fill(mirror, log, 10)
    mirror.now -= 3600
    fill(mirror, log, 20)
    assert mirror.log.time == NOW
    assert cosignature_time(Note.parse(mirror.log.mirrored.note).signatures[1]) == NOW


# --- Uploads that break off ---------------------------------------------------------------------------------


def test_an_upload_may_break_off_at_every_byte_and_goes_on(mirror: Mirror, log: Log) -> None:
    """From the middle of one bundle into the next: two packages, the first of which is 6 entries."""
    fill(mirror, log, 250)
    mirror.add_checkpoint(log.pending(250, 258))
    body = log.entries(250, 258)
    first = len(log.entries(250, 258, stop=256))
    before = replace(mirror.log)
    disk = dict(mirror.disk)
    for end in range(len(body)):
        mirror.log, mirror.disk = before, dict(disk)
        answer = mirror.add_entries([body[:end]])
        if end < first:
            refused(answer, HTTPStatus.BAD_REQUEST, "the request ends before its")
            assert mirror.log == before
        else:
            info = told(answer, HTTPStatus.ACCEPTED)
            assert (info.size, info.next_entry, mirror.held) == (258, 256, 256)
            assert mirror.log.mirrored.size == 250
            rest = log.upload(AddEntries(ORIGIN, 250, 258).resume(info))
            assert mirror.add_entries([rest]).status is HTTPStatus.OK
            assert mirror.held == 258
    mirror.log, mirror.disk = before, dict(disk)
    assert mirror.add_entries([body[at : at + 1] for at in range(len(body))]).status is HTTPStatus.OK
    # What follows the last package says nothing.
    assert mirror.add_entries([body, b"more"]).status is HTTPStatus.OK


def test_a_mirror_that_dies_inside_a_package_goes_on_where_its_state_says(mirror: Mirror, log: Log) -> None:
    fill(mirror, log, 100)
    mirror.add_checkpoint(log.pending(100, 700))
    for dies_at in (100, 101, 255, 256, 300, 511, 512, 699):
        mirror.kill_after = dies_at
        with pytest.raises(KilledError):
            mirror.add_entries([log.entries(mirror.log.next_entry, 700)])
        assert mirror.held == max(100, dies_at // 256 * 256)
        assert mirror.log.mirrored.size == 100
    mirror.kill_after = None
    assert mirror.add_entries([log.entries(mirror.log.next_entry, 700)]).status is HTTPStatus.OK
    assert (mirror.held, mirror.log.mirrored.size) == (700, 700)


# --- Uploads that are wrong ---------------------------------------------------------------------------------


def test_an_upload_with_any_byte_changed_keeps_nothing_wrong(mirror: Mirror, log: Log) -> None:
    fill(mirror, log, 250)
    mirror.add_checkpoint(log.pending(250, 258))
    before, disk = mirror.log, dict(mirror.disk)
    body = log.entries(250, 258)
    for place in range(len(body)):
        for flip in (1, 0x80):
            mirror.log, mirror.disk = before, dict(disk)
            answer = mirror.add_entries([body[:place] + bytes([body[place] ^ flip]) + body[place + 1 :]])
            assert answer.status is not HTTPStatus.OK, (place, flip)
            assert mirror.held in {250, 256}
            assert mirror.log.mirrored.size == 250


def test_a_wrong_package_is_refused_and_those_before_it_stay(mirror: Mirror, log: Log) -> None:
    mirror.add_checkpoint(log.pending(0, 700))
    forged = [entry(index) for index in range(700)]
    forged[600] = b"forged"
    answer = mirror.add_entries([build_upload(AddEntries(ORIGIN, 0, 700), forged, log.hashes)])
    refused(answer, HTTPStatus.UNPROCESSABLE_CONTENT, "subtree [512, 700) in a tree of 700 entries")
    assert (mirror.held, mirror.log.mirrored) == (512, NO_HEAD)
    assert mirror.add_entries([log.entries(512, 700)]).status is HTTPStatus.OK


def test_a_package_for_another_tree_is_refused(mirror: Mirror, log: Log) -> None:
    mirror.add_checkpoint(log.pending(0, 700))
    head = AddEntries(ORIGIN, 0, 700).encode()
    other = log.entries(0, 900)[len(head) :]
    refused(mirror.add_entries([head + other]), HTTPStatus.UNPROCESSABLE_CONTENT, "subtree [0, 256)")
    assert mirror.held == 0


def test_a_copy_that_has_rotted_takes_no_more_entries(mirror: Mirror, log: Log) -> None:
    fill(mirror, log, 300)
    mirror.add_checkpoint(log.pending(300, 310))
    mirror.disk[280] = b"rotted"
    answer = mirror.add_entries([log.entries(300, 310)])
    refused(answer, HTTPStatus.UNPROCESSABLE_CONTENT, "subtree [256, 310)")
    mirror.disk[280] = entry(280)
    assert mirror.add_entries([log.entries(300, 310)]).status is HTTPStatus.OK


def test_a_proof_that_no_tree_needs_is_bad(mirror: Mirror, log: Log) -> None:
    mirror.add_checkpoint(log.pending(0, 1))
    body = AddEntries(ORIGIN, 0, 1).encode() + b"\x00\x00" + bytes([64]) + bytes(64 * 32)
    refused(mirror.add_entries([body]), HTTPStatus.BAD_REQUEST, "at most 63 hashes, not 64")


def test_numbers_beyond_63_bits_and_a_start_after_the_end_are_bad(mirror: Mirror) -> None:
    for start, end in ((0, 2**63), (2**63, 2**63), (2**64 - 1, 2**64 - 1), (2, 1)):
        header = len(ORIGIN).to_bytes(2) + ORIGIN.encode() + start.to_bytes(8) + end.to_bytes(8) + bytes(2)
        refused(mirror.add_entries([header]), HTTPStatus.BAD_REQUEST, "an upload goes from a start to an end")


def test_an_unknown_log_is_not_found_without_waiting_for_its_entries(mirror: Mirror) -> None:
    refused(
        mirror.add_entries([AddEntries("vpp.example/other", 0, 1000).encode()]),
        HTTPStatus.NOT_FOUND,
        "'vpp.example/other' is not known",
    )


def test_an_upload_that_does_not_fit_is_told_what_would(mirror: Mirror, log: Log) -> None:
    fill(mirror, log, 300)
    mirror.add_checkpoint(log.pending(300, 700))
    for start, end in ((301, 700), (0, 299), (300, 699), (300, 701)):
        info = told(mirror.add_entries([AddEntries(ORIGIN, start, end).encode()]))
        assert (info.size, info.next_entry) == (700, 300), (start, end)
        assert mirror.held == 300


def test_an_upload_does_not_repeat_more_than_eight_bundles(mirror: Mirror, log: Log) -> None:
    fill(mirror, log, 3000)
    mirror.add_checkpoint(log.pending(3000, 3100))
    start = 3000 - MAX_REPEATED
    info = told(mirror.add_entries([AddEntries(ORIGIN, start - 1, 3100).encode()]))
    assert (info.size, info.next_entry) == (3100, 3000)
    assert mirror.add_entries([log.entries(start, 3100)]).status is HTTPStatus.OK


# --- Tickets and simultaneous uploads -----------------------------------------------------------------------


@pytest.fixture
def overtaken(mirror: Mirror, log: Log) -> AddEntries:
    """An upload to 700 that has brought 512 entries when the pending checkpoint moves on to 900."""
    mirror.add_checkpoint(log.pending(0, 700))
    info = told(mirror.add_entries([log.entries(0, 700, stop=512)]), HTTPStatus.ACCEPTED)
    mirror.add_checkpoint(log.pending(700, 900))
    return AddEntries(ORIGIN, 0, 700).resume(info)


def test_with_its_ticket_an_upload_goes_on_to_the_checkpoint_its_proofs_are_for(
    mirror: Mirror, log: Log, overtaken: AddEntries, verifier: Ed25519Verifier, mirror_key: Any
) -> None:
    info = told(mirror.add_entries([log.upload(replace(overtaken, ticket=b""))]))
    assert (info.size, info.next_entry) == (900, 512)
    answer = mirror.add_entries([log.upload(overtaken)])
    assert answer.status is HTTPStatus.OK
    open_checkpoint(log.checkpoint(700) + answer.body, verifier, cosigners=[mirror_key])
    assert (mirror.log.mirrored.size, mirror.log.latest.size) == (700, 900)
    # Now 700 is the mirror checkpoint, and known without a ticket.
    assert mirror.add_entries([log.entries(700, 700)]).status is HTTPStatus.OK
    fill(mirror, log, 900)


def test_a_conflict_gives_back_the_ticket_of_the_clients_own_checkpoint(
    mirror: Mirror, log: Log, overtaken: AddEntries
) -> None:
    info = told(mirror.add_entries([log.upload(replace(overtaken, start=513), stop=700)]))
    assert (info.size, info.next_entry) == (700, 512)
    assert mirror.add_entries([log.upload(overtaken.resume(info))]).status is HTTPStatus.OK
    # With all of its entries there, a client that is far behind is sent to the newest checkpoint.
    fill(mirror, log, 900, 3000)
    mirror.add_checkpoint(log.pending(3000, 3100))
    info = told(mirror.add_entries([AddEntries(ORIGIN, 0, 3000).encode()]))
    assert (info.size, info.next_entry) == (3000, 3000)


def test_a_ticket_with_any_bit_changed_is_none(mirror: Mirror, log: Log, overtaken: AddEntries) -> None:
    assert len(overtaken.ticket) > 100
    for bit in range(len(overtaken.ticket) * 8):
        wrong = bytearray(overtaken.ticket)
        wrong[bit // 8] ^= 1 << bit % 8
        answer = mirror.add_entries([replace(overtaken, ticket=bytes(wrong)).encode()])
        assert told(answer).size == 900
    for end in (0, 1, 31, 32, 33, len(overtaken.ticket) - 1):
        answer = mirror.add_entries([replace(overtaken, ticket=overtaken.ticket[:end]).encode()])
        assert told(answer).size == 900


def test_a_ticket_is_of_one_mirror_one_log_and_one_size(mirror: Mirror, log: Log, overtaken: AddEntries) -> None:
    mirror.tickets = Tickets(bytes(32), 5000)
    assert told(mirror.add_entries([log.upload(overtaken)])).size == 900
    mirror.tickets = TICKETS
    head = Head(700, root(700, log.hashes), log.checkpoint(700))
    foreign = make_ticket(replace(mirror.log, origin="vpp.example/other"), head, TICKETS)
    assert told(mirror.add_entries([replace(overtaken, ticket=foreign).encode()])).size == 900
    assert told(mirror.add_entries([replace(overtaken, end=650).encode()])).size == 900
    assert mirror.add_entries([log.upload(overtaken)]).status is HTTPStatus.OK


def test_a_ticket_lasts_for_an_hour_of_a_clock_that_only_grows(mirror: Mirror, log: Log, overtaken: AddEntries) -> None:
    for past in (TICKET_LIFE_S + 1, 2**40, -1):  # The last is of a clock that began anew: it does not come with a key.
        mirror.tickets = Tickets(TICKETS.key, TICKETS.now + past)
        info = told(mirror.add_entries([log.upload(overtaken)]))
        assert (info.size, info.next_entry) == (900, 512)
    mirror.tickets = Tickets(TICKETS.key, TICKETS.now + TICKET_LIFE_S)
    assert mirror.add_entries([log.upload(overtaken)]).status is HTTPStatus.OK


def test_a_ticket_does_not_bring_back_what_a_backup_has_taken(mirror: Mirror, log: Log, overtaken: AddEntries) -> None:
    """A state restored to 600 may meet a log that has forked since: what it said at 700 no longer counts."""
    head = Head(600, root(600, log.hashes), log.checkpoint(600))
    mirror.log = replace(mirror.log, latest=head)
    info = told(mirror.add_entries([log.upload(overtaken)]))
    assert (info.size, info.next_entry) == (600, 512)


def test_a_checkpoint_too_long_for_a_ticket_gets_none(mirror: Mirror, log: Log) -> None:
    long_note = Head(700, root(700, log.hashes), bytes(0x10000))
    assert make_ticket(mirror.log, long_note, TICKETS) == b""
    assert make_ticket(mirror.log, NO_HEAD, TICKETS) == b""


def test_the_slower_of_two_uploads_does_not_take_the_mirror_back(
    mirror: Mirror, log: Log, overtaken: AddEntries
) -> None:
    def faster() -> None:
        mirror.others = None
        assert mirror.add_entries([log.entries(512, 900)]).status is HTTPStatus.OK

    mirror.others = faster
    info = told(mirror.add_entries([log.upload(overtaken)]))
    assert (info.size, info.next_entry) == (900, 900)
    assert (mirror.log.mirrored.size, mirror.held) == (900, 900)
    # And an end below the mirror checkpoint is no longer taken at all.
    assert told(mirror.add_entries([log.upload(overtaken)])).size == 900


def test_two_uploads_at_once_fill_one_copy(mirror: Mirror, log: Log) -> None:
    mirror.add_checkpoint(log.pending(0, 700))
    first = begin_upload({ORIGIN: mirror.log}, AddEntries(ORIGIN, 0, 700), TICKETS)
    assert isinstance(first, Upload)
    assert mirror.add_entries([log.entries(0, 700, stop=512)]).status is HTTPStatus.ACCEPTED
    # The first has slept and now counts less than is held.
    package = Package(tuple(entry(i) for i in range(256)), tuple(prove_subtree(0, 256, 700, log.hashes)))
    first = receive_package(first, package, [])
    mirror.log = keep_entries(mirror.log, first)
    assert mirror.held == 512
    # Its request ends; it is told to go on after what the other has brought.
    info = told(pause_upload(mirror.log, first, TICKETS), HTTPStatus.ACCEPTED)
    assert (info.size, info.next_entry) == (700, 512)


def test_a_paused_upload_that_was_overtaken_is_sent_to_the_newest_checkpoint(
    mirror: Mirror, log: Log, overtaken: AddEntries
) -> None:
    upload = begin_upload({ORIGIN: mirror.log}, replace(overtaken, start=300), TICKETS)
    assert isinstance(upload, Upload)
    fill(mirror, log, 1000)
    upload = replace(upload, at=512)
    assert told(pause_upload(mirror.log, upload, TICKETS), HTTPStatus.ACCEPTED).size == 1000


def test_a_state_that_was_not_stored_whole_is_refused(mirror: Mirror) -> None:
    three, five = (Head(size, EMPTY_ROOT, b"note") for size in (3, 5))
    MirroredLog(ORIGIN, (), latest=five, mirrored=three, next_entry=4)
    for latest, mirrored, held in ((three, five, 4), (five, three, 2), (five, three, 6)):
        with pytest.raises(FormatError, match="was not stored whole"):
            MirroredLog(ORIGIN, (), latest=latest, mirrored=mirrored, next_entry=held)


# --- The side of the client ---------------------------------------------------------------------------------


def test_answers_are_read_by_their_status_and_type(mirror: Mirror, log: Log, mirror_key: Any) -> None:
    text = log.text(10)
    info = MirrorInfo(5, 3, b"ticket")
    for status in (202, 409):
        heard = read_upload_answer(status, "text/x.tlog.mirror-info; charset=utf-8", info.encode(), text, [])
        assert heard == Resume(info, accepted=status == 202)
        assert isinstance(read_upload_answer(status, "text/plain", b"?", text, []), Refused)
    assert read_upload_answer(422, "text/plain", b"no\n", text, []) == Refused(422, "no")
    with pytest.raises(FormatError):
        read_upload_answer(409, "text/x.tlog.mirror-info", b"5\n3\n", text, [])
    fill(mirror, log, 10)
    answer = mirror.add_entries([log.entries(10, 10)])
    assert isinstance(read_upload_answer(200, "", answer.body, text, [mirror_key]), Cosigned)
    with pytest.raises(SignatureError):
        read_upload_answer(200, "", answer.body, log.text(9), [mirror_key])


def test_a_mirror_that_claims_more_than_its_checkpoint_has_is_not_followed() -> None:
    with pytest.raises(FormatError, match="an upload goes from a start to an end"):
        AddEntries(ORIGIN, 0, 5).resume(MirrorInfo(5, 6))
