"""A flat without Home Assistant takes its building's log in from whoever brings it, and serves it: C2SP tlog-mirror."""

import asyncio
from collections.abc import AsyncIterator
import gzip
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest

from commands.witness import Address, serving_witness
from localvpp import tlog
from localvpp.etp import Ed25519Signer
from localvpp.logfolder import LogFolder
from localvpp.logreader import HttpReader
from localvpp.mirror import mirror_name
from localvpp.notebook import EvidenceKind, Notebook
from localvpp.store import FlatStore
from localvpp.vaultcopies import VaultCopy

from ..localvpp.place import ORIGIN
from ..localvpp.records import erased
from ..localvpp.small_coordinator import SmallLog
from .mirror_box import DEVICE, HASH, Box, grow, make, opened

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[FlatStore]:
    store = await FlatStore.open(tmp_path / "flat.db", DEVICE, ORIGIN)
    yield store
    await store.close()


@pytest.fixture
def log() -> SmallLog:
    log = SmallLog()
    grow(log, 700)
    return log


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def box(store: FlatStore, tmp_path: Path, session: aiohttp.ClientSession, log: SmallLog) -> AsyncIterator[Box]:
    async with opened(store, tmp_path / "mirror", session, log) as box:
        yield box


# --- A log that is brought --------------------------------------------------------------------------------------------


async def test_a_log_that_is_brought_is_kept_signed_for_and_served(box: Box) -> None:
    for old, size in ((0, 700), (700, 701), (701, 768), (768, 1100)):
        grow(box.log, size - len(box.log.entries))
        assert await box.pending(old) == (200, tlog.PLAIN_TEXT, b"")
        async with box.session.get(f"{box.url}/mirror/{HASH}/checkpoint") as response:
            assert response.status == (404 if old == 0 else 200), "what is pending is not served"
        said = box.read(await box.post("add-entries", box.upload(old, size)))
        assert isinstance(said, tlog.Cosigned)
        assert said.lines[0].name == mirror_name(ORIGIN, DEVICE)
        assert box.size() == size
    reader = HttpReader(box.session, f"{box.url}/mirror/{HASH}", whole=True)
    found = await asyncio.to_thread(verify_files, reader, box.log)
    await reader.close()
    assert found == 1100
    async with box.session.get(f"{box.url}/mirror/{HASH}/checkpoint") as response:
        assert box.mirror.key is not None
        cosigner = tlog.make_verifier(box.mirror.key)
        opened = tlog.open_checkpoint(await response.read(), box.log.verifier, cosigners=[cosigner])
        assert opened.note.signed_by(cosigner)


def verify_files(reader: tlog.LogReader, log: SmallLog) -> int:
    found = tlog.check_log(reader, log.verifier)
    assert found.fault is None, found.fault
    assert found.checkpoint is not None
    return found.checkpoint.size


async def test_an_upload_comes_in_pieces_compressed_and_goes_on_where_it_broke(box: Box) -> None:
    await box.pending(0)
    body = box.upload(0, 700)

    async def trickle() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 997):
            yield body[at : at + 997]

    # The connection ends in the middle of the second package: what came before it stays.
    cut = len(box.upload(0, 256)) + 1000
    resumed = box.read(await box.post("add-entries", body[:cut]))
    assert isinstance(resumed, tlog.Resume)
    assert (resumed.accepted, resumed.info.size, resumed.info.next_entry) == (True, 700, 256)
    # A gap is refused, and told where to go on.
    gap = box.read(await box.post("add-entries", box.upload(512, 700)))
    assert isinstance(gap, tlog.Resume)
    assert (gap.accepted, gap.info.next_entry) == (False, 256)
    # Compressed, as the specification says a mirror must take it; what it has already may come again.
    said = box.read(await box.post("add-entries", gzip.compress(box.upload(100, 512)), **{"Content-Encoding": "gzip"}))
    assert isinstance(said, tlog.Resume)
    assert said.info.next_entry == 512
    assert isinstance(box.read(await box.post("add-entries", trickle())), tlog.Cosigned)
    assert box.size() == 700
    # The same once more is signed again, and changes nothing.
    assert isinstance(box.read(await box.post("add-entries", box.upload(700, 700))), tlog.Cosigned)
    assert box.size() == 700


async def test_a_ticket_lets_an_upload_end_under_the_checkpoint_that_it_began_with(box: Box) -> None:
    await box.pending(0)
    first = SmallLog()
    grow(first, 700)
    paused = box.read(await box.post("add-entries", box.upload(0, 256)))
    assert isinstance(paused, tlog.Resume)
    grow(box.log, 50)
    assert (await box.pending(700))[0] == 200
    header = tlog.AddEntries(ORIGIN, 256, 700, paused.info.ticket)
    body = tlog.build_upload(header, first.entries[256:], first.hashes)
    status, kind, answer = await box.post("add-entries", body)
    assert (status, kind) == (200, tlog.PLAIN_TEXT)
    assert answer.startswith(f"— {mirror_name(ORIGIN, DEVICE)} ".encode())
    assert box.size() == 700


async def test_after_a_restart_what_was_not_under_a_checkpoint_is_sent_again(
    box: Box, store: FlatStore, session: aiohttp.ClientSession, log: SmallLog
) -> None:
    await box.pending(0)
    assert isinstance(box.read(await box.post("add-entries", box.upload(0, 700))), tlog.Cosigned)
    grow(log, 400)
    await box.pending(700)
    assert isinstance(box.read(await box.post("add-entries", box.upload(700, 768))), tlog.Resume)
    again = await make(store, box.folder, session, log)
    await again.guard.open(log.key.verifier_key, 0)
    await again.mirror.open(log.key.verifier_key, 0)
    async with serving_witness(again.guard, Address("127.0.0.1", 0), again.door) as again.url:
        asked = again.read(await again.post("add-entries", again.upload(768, 1100)))
        assert isinstance(asked, tlog.Resume)
        assert (asked.accepted, asked.info.size, asked.info.next_entry) == (False, 1100, 700)
        assert isinstance(again.read(await again.post("add-entries", again.upload(700, 1100))), tlog.Cosigned)
        assert again.size() == 1100


async def test_uploads_at_once_fit_together(box: Box) -> None:
    await box.pending(0)
    uploads = [box.post("add-entries", box.upload(0, stop)) for stop in (700, 256, 700, 512)]
    said = [box.read(each) for each in await asyncio.gather(*uploads)]
    assert any(isinstance(each, tlog.Cosigned) for each in said)
    assert not any(isinstance(each, tlog.Refused) for each in said), said
    assert box.size() == 700


# --- What is refused --------------------------------------------------------------------------------------------------


def spoiled(body: bytes, at: int) -> bytes:
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


async def test_every_wrong_request_has_its_own_answer_and_hurts_nothing(box: Box) -> None:
    good = box.upload(0, 700)
    begin = len(tlog.AddEntries(ORIGIN, 0, 700).encode())
    status, kind, _ = await box.post("add-entries", good)
    assert (status, kind) == (HTTPStatus.CONFLICT, tlog.MIRROR_INFO_TEXT), "nothing is pending yet"
    await box.pending(0)
    for body, refused in [
        (b"", HTTPStatus.BAD_REQUEST),
        (good[:9], HTTPStatus.BAD_REQUEST),
        (good[: begin + 100], HTTPStatus.BAD_REQUEST),
        (b"\0\3xyz" + good[2 + len(ORIGIN) :], HTTPStatus.NOT_FOUND),
        (spoiled(good, begin + 3), HTTPStatus.UNPROCESSABLE_ENTITY),
        (tlog.AddEntries(ORIGIN, 0, 701).encode(), HTTPStatus.CONFLICT),
        (tlog.AddEntries(ORIGIN, 0, 699).encode(), HTTPStatus.CONFLICT),
    ]:
        assert (await box.post("add-entries", body))[0] == refused, body[:40]
    for old, path, checkpoint, refused in [
        (0, (), b"another.example/log\n", HTTPStatus.NOT_FOUND),
        (5, (), box.log.checkpoint(), HTTPStatus.CONFLICT),
        (701, (), box.log.checkpoint(), HTTPStatus.BAD_REQUEST),
        (700, (), forged(box.log, 700), HTTPStatus.FORBIDDEN),
        (700, (), forked(box.log, 800), HTTPStatus.UNPROCESSABLE_ENTITY),
    ]:
        request = tlog.AddCheckpoint(old, path, checkpoint).encode()
        assert (await box.post("add-checkpoint", request))[0] == refused, checkpoint
    assert (await box.post("add-checkpoint", b"nonsense"))[0] == HTTPStatus.BAD_REQUEST
    assert (await box.post("add-checkpoint", bytes(tlog.MAX_REQUEST_BYTES + 1)))[0] == 413
    assert [each.kind for each in await Notebook(box.store).evidence()] == []
    assert isinstance(box.read(await box.post("add-entries", good)), tlog.Cosigned)
    assert box.size() == 700


def forked(log: SmallLog, size: int) -> bytes:
    """A head that the log's key has signed over other entries."""
    head = tlog.Checkpoint(ORIGIN, size, tlog.leaf_hash(b"another history"))
    return tlog.sign_checkpoint(head, [log.signer])


def forged(log: SmallLog, size: int) -> bytes:
    other = tlog.Ed25519Signer(tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, bytes(32)))
    return tlog.sign_checkpoint(tlog.Checkpoint(ORIGIN, size, log.frontier.root()), [other])


async def test_two_heads_of_one_size_are_kept_as_evidence_from_whomever_they_come(box: Box) -> None:
    await box.pending(0)
    request = tlog.AddCheckpoint(700, (), forked(box.log, 700)).encode()
    assert (await box.post("add-checkpoint", request))[0] == HTTPStatus.UNPROCESSABLE_ENTITY
    (kept,) = await Notebook(box.store).evidence()
    assert kept.kind is EvidenceKind.HEADS
    for note in (kept.ours, kept.theirs):
        tlog.open_checkpoint(note, box.log.verifier)


async def test_nothing_is_taken_before_the_flat_has_met_its_coordinator_nor_shown_that_is_not_the_logs(
    box: Box, store: FlatStore, session: aiohttp.ClientSession, log: SmallLog, tmp_path: Path
) -> None:
    fresh = await make(store, tmp_path / "fresh", session, log)
    async with serving_witness(fresh.guard, Address("127.0.0.1", 0), fresh.door) as fresh.url:
        assert (await fresh.pending(0))[0] == HTTPStatus.SERVICE_UNAVAILABLE
        assert (await fresh.post("add-entries", fresh.upload(0, 256)))[0] == HTTPStatus.SERVICE_UNAVAILABLE
    await box.pending(0)
    await box.post("add-entries", box.upload(0, 700))
    (box.folder / "vault").mkdir()
    (box.folder / "vault" / "000").write_bytes(b"sealed")
    other = tlog.origin_hash("elsewhere.example/log")
    for path in (f"{HASH}/vault/000", f"{HASH}/tile/../vault/000", f"{HASH}/tile/0/999", f"{other}/checkpoint"):
        async with session.get(f"{box.url}/mirror/{path}") as response:
            assert response.status == HTTPStatus.NOT_FOUND, path
    async with session.get(f"{box.url}/{HASH}/tile/0/000") as response:
        assert response.status == HTTPStatus.NOT_FOUND, "the witness has no tiles: the two have prefixes of their own"


async def test_a_disk_that_fails_is_told_and_what_was_signed_stays(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    await box.pending(0)
    assert isinstance(box.read(await box.post("add-entries", box.upload(0, 700))), tlog.Cosigned)
    grow(box.log, 100)
    await box.pending(700)

    def fails(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(LogFolder, "write", fails)
        assert (await box.post("add-entries", box.upload(700, 800)))[0] == HTTPStatus.SERVICE_UNAVAILABLE
    assert box.size() == 700
    assert isinstance(box.read(await box.post("add-entries", box.upload(700, 800))), tlog.Cosigned)
    assert box.size() == 800


# --- Beside the pull --------------------------------------------------------------------------------------------------


async def test_what_was_sealed_of_erased_bodies_is_dropped_when_the_entry_is_brought(box: Box) -> None:
    device = Ed25519Signer(sha256(b"whoever moved out").digest())
    box.log = SmallLog()
    box.log.add(b"an entry that names " + device.public.device_id)
    grow(box.log, 299)
    await box.pending(0)
    assert isinstance(box.read(await box.post("add-entries", box.upload(0, 300))), tlog.Cosigned)
    copies = [VaultCopy(LogFolder(box.folder), key * 16) for key in "ab"]
    for copy in copies:
        copy.write(tlog.Bundle(0), b"sealed bodies")
        copy.write(tlog.Bundle(1, 44), b"sealed bodies")
    box.log.add(erased(device))
    await box.pending(300)
    assert isinstance(box.read(await box.post("add-entries", box.upload(300, 301))), tlog.Cosigned)
    assert [copy.parts(index) for copy in copies for index in (0, 1)] == [[], [tlog.Bundle(1, 44)]] * 2
    assert box.size() == 301
