"""A flat without Home Assistant witnesses for others, over HTTP, by the standard of all C2SP witnesses."""

from collections.abc import AsyncIterator
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest

from commands.errors import CommandError
from commands.witness import Address, parse_listen, serving_witness
from coordinator.witnesses import HttpAsk
from localvpp import tlog
from localvpp.etp import DeviceId, Ed25519Signer
from localvpp.guard import Guard, GuardListener
from localvpp.notebook import Notebook
from localvpp.store import FlatStore

from ..localvpp.place import ORIGIN, HandClock
from ..localvpp.small_coordinator import Ear, SmallLog

pytestmark = pytest.mark.usefixtures("socket_enabled")
DEVICE: DeviceId = Ed25519Signer(sha256(b"a witnessing flat").digest()).public.device_id
HASH = tlog.origin_hash(ORIGIN)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[FlatStore]:
    store = await FlatStore.open(tmp_path / "flat.db", DEVICE, ORIGIN)
    yield store
    await store.close()


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def log() -> SmallLog:
    log = SmallLog()
    for number in range(5):
        log.add(b"entry %d" % number)
    return log


@pytest.fixture
async def guard(store: FlatStore, ear: GuardListener, log: SmallLog) -> Guard:
    guard = Guard(ORIGIN, DEVICE, Notebook(store), HandClock(), ear)
    await guard.open(log.key.verifier_key, 0)
    return guard


@pytest.fixture
async def url(guard: Guard) -> AsyncIterator[str]:
    async with serving_witness(guard, Address("127.0.0.1", 0)) as url:
        yield url


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def request(log: SmallLog, old: int) -> bytes:
    path = tlog.prove_consistency(old, log.frontier.size, log.hashes)
    return tlog.AddCheckpoint(old, tuple(path), log.checkpoint()).encode()


async def test_it_signs_what_has_grown_and_shows_what_it_signed(
    url: str, guard: Guard, log: SmallLog, session: aiohttp.ClientSession
) -> None:
    ask = HttpAsk(session, url)
    assert guard.key is not None
    async with session.get(f"{url}/{HASH}/checkpoint") as response:
        assert response.status == HTTPStatus.NOT_FOUND
    for old in (0, 5):
        said = await ask(request(log, old))
        text = log.checkpoint().split(b"\n\n")[0] + b"\n"
        answer = tlog.read_answer(said.status, said.content_type, said.body, text, [tlog.make_verifier(guard.key)])
        assert isinstance(answer, tlog.Cosigned)
        async with session.get(f"{url}/{HASH}/checkpoint") as response:
            shown = await response.read()
            assert response.headers["Content-Type"] == tlog.PLAIN_TEXT
        opened = tlog.open_checkpoint(shown, log.verifier, cosigners=[tlog.make_verifier(guard.key)])
        assert (opened.checkpoint.size, len(opened.note.verified)) == (log.frontier.size, 2)
        log.add(b"one more")
    stale = await ask(request(log, 0))
    assert (stale.status, stale.content_type, stale.body) == (HTTPStatus.CONFLICT, tlog.SIZE_TEXT, b"6\n")


async def test_a_head_that_another_key_has_signed_is_forbidden(
    url: str, session: aiohttp.ClientSession, ear: Ear
) -> None:
    other = tlog.Ed25519Signer(tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, bytes(32)))
    forged = tlog.sign_checkpoint(tlog.Checkpoint(ORIGIN, 9, tlog.to_hash(bytes(32))), [other])
    said = await HttpAsk(session, url)(tlog.AddCheckpoint(0, (), forged).encode())
    assert said.status == HTTPStatus.FORBIDDEN
    assert ear.told.empty()


async def test_every_other_request_has_its_own_refusal(
    url: str, log: SmallLog, session: aiohttp.ClientSession, guard: Guard
) -> None:
    ask = HttpAsk(session, url)
    elsewhere = SmallLog("elsewhere.example/log")
    elsewhere.add(b"entry")
    assert (await ask(b"nonsense")).status == HTTPStatus.BAD_REQUEST
    assert (await ask(request(elsewhere, 0))).status == HTTPStatus.NOT_FOUND
    assert (await ask(request(log, 0))).status == HTTPStatus.OK
    log.add(b"one more")
    spoiled = tlog.AddCheckpoint(5, (tlog.to_hash(bytes(32)),), log.checkpoint())
    assert (await ask(spoiled.encode())).status == HTTPStatus.UNPROCESSABLE_ENTITY
    large = request(log, 5) + bytes(tlog.MAX_REQUEST_BYTES)
    assert (await ask(large)).status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    for path in (f"{tlog.origin_hash('elsewhere.example/log')}/checkpoint", "nothing", f"{HASH}/tile/0/000"):
        async with session.get(f"{url}/{path}") as response:
            assert response.status == HTTPStatus.NOT_FOUND
    async with session.get(f"{url}/add-checkpoint") as response:
        assert response.status == HTTPStatus.METHOD_NOT_ALLOWED
    # None of it has hurt.
    assert (await ask(request(log, 5))).status == HTTPStatus.OK


async def test_it_does_not_sign_before_its_flat_has_met_the_coordinator_nor_without_a_store(
    url: str, log: SmallLog, session: aiohttp.ClientSession, guard: Guard, store: FlatStore
) -> None:
    ask = HttpAsk(session, url)
    await store.run(lambda db: db.execute("PRAGMA query_only = ON"))
    assert (await ask(request(log, 0))).status == HTTPStatus.SERVICE_UNAVAILABLE
    await store.run(lambda db: db.execute("PRAGMA query_only = OFF"))
    assert (await ask(request(log, 0))).status == HTTPStatus.OK
    guard.close()
    assert (await ask(request(log, 5))).status == HTTPStatus.SERVICE_UNAVAILABLE
    async with session.get(f"{url}/{HASH}/checkpoint") as response:
        assert response.status == HTTPStatus.OK, "what it signed it shows whenever it can"


@pytest.mark.parametrize(
    ("text", "address"),
    [("0.0.0.0:8471", Address("0.0.0.0", 8471)), ("[::1]:0", Address("::1", 0)), ("box:80", Address("box", 80))],
)
def test_where_to_listen_is_host_and_port(text: str, address: Address) -> None:
    assert parse_listen(text) == address


@pytest.mark.parametrize(
    "text", ["8471", ":8471", "box", "box:", "box:port", "box:99999", "::1:8471", "a@b:1", "b:1/x"]
)
def test_an_address_that_is_none_is_told_with_an_example(text: str) -> None:
    with pytest.raises(CommandError, match=r"write HOST:PORT, as in 0\.0\.0\.0:8471"):
        parse_listen(text)


async def test_an_address_that_is_taken_is_told(url: str, guard: Guard) -> None:
    taken = parse_listen(url.removeprefix("http://"))
    with pytest.raises(CommandError, match="choose another"):
        async with serving_witness(guard, taken):
            raise AssertionError
