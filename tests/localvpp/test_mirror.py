"""A flat's mirror holds what was proven, whatever its server says, and signs for no more."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from localvpp import tlog
from localvpp.etp import DeviceId
from localvpp.logfolder import LogFolder
from localvpp.mirror import BUILDING_VAULT, Mirror, MirrorError, mirror_name, vault_path
from localvpp.notebook import Notebook
from localvpp.store import FlatStore
from localvpp.vault import RECOVERY, SecretKey, seal

from .place import ORIGIN, HandClock
from .small_coordinator import SmallLog


class Served:
    """A log whose files are served as a coordinator does, with what a test changes of them."""

    def __init__(self) -> None:
        self.log = SmallLog()
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.url = ""

    def grow(self, count: int) -> tlog.Head:
        old = len(self.log.entries)
        for number in range(old, old + count):
            self.log.add(b"entry %d" % number)
        size = len(self.log.entries)
        for bundle in tlog.bundles_to_write(old, size):
            first = bundle.index * tlog.TILE_WIDTH
            entries = self.log.entries[first : first + bundle.width]
            self.files[bundle.path] = tlog.encode_bundle(entries)
            self.files[vault_path(bundle)] = b"sealed %d" % size
        for tile in tlog.tiles_to_write(old, size):
            self.files[tile.path] = tlog.tile_content(tile, self.log.hashes)
        for place in (*tlog.bundles_to_write(old, size), *tlog.tiles_to_write(old, size)):
            if place.width == tlog.TILE_WIDTH:
                for path in [path for path in self.files if path.startswith(f"{place.path}.p/")]:
                    del self.files[path]
        self.files[BUILDING_VAULT] = b"keys"
        return self.head

    @property
    def head(self) -> tlog.Head:
        return tlog.Head(self.log.frontier.size, self.log.frontier.root(), self.log.checkpoint())

    async def answer(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        self.asked.append(path)
        if path not in self.files:
            raise web.HTTPNotFound
        return web.Response(body=self.files[path])


@pytest.fixture
async def served(socket_enabled: None) -> AsyncIterator[Served]:
    served = Served()
    application = web.Application()
    application.router.add_get("/log/{path:.+}", served.answer)
    server = TestServer(application)
    await server.start_server()
    served.url = str(server.make_url("")).rstrip("/")
    yield served
    await server.close()


@pytest.fixture
async def mirror(served: Served, tmp_path: Path, device: DeviceId, store: FlatStore) -> AsyncIterator[Mirror]:
    async with aiohttp.ClientSession() as session:
        mirror = make_mirror(served, tmp_path / "mirror", device, store, session)
        await mirror.open(served.log.key.verifier_key, 0)
        yield mirror


def make_mirror(
    served: Served, folder: Path, device: DeviceId, store: FlatStore, session: aiohttp.ClientSession
) -> Mirror:
    return Mirror(ORIGIN, device, folder, Notebook(store), session, served.url, HandClock())


def check(folder: Path, served: Served) -> int:
    """Check the whole copy as an auditor would; return its size."""
    found = tlog.check_log(LogFolder(folder), served.log.verifier)
    assert found.fault is None, found.fault
    assert found.checkpoint is not None
    return found.checkpoint.size


async def test_a_copy_follows_the_log_and_is_signed_for_under_the_mirrors_own_name(
    mirror: Mirror, served: Served, tmp_path: Path, device: DeviceId
) -> None:
    assert mirror.key is not None
    assert mirror.key.name == mirror_name(ORIGIN, device)
    for count in (3, 0, 252, 1, 300, 7):
        head = served.grow(count)
        held = await mirror.catch_up(head)
        assert held.size == head.size == check(tmp_path / "mirror", served)
        (line,) = tlog.read_lines(held.lines, tlog.Note.parse(head.note).text, [tlog.make_verifier(mirror.key)])
        assert line.name == mirror_name(ORIGIN, device)
    folder = LogFolder(tmp_path / "mirror")
    assert folder.read("vault/000") == b"sealed 256"
    assert folder.read("vault/002.p/51") == b"sealed 563"
    assert folder.read(BUILDING_VAULT) == b"keys"
    assert not (tmp_path / "mirror/tile/entries/000.p").exists()
    assert not (tmp_path / "mirror/vault/000.p").exists()


async def test_what_the_copy_has_is_not_fetched_again(mirror: Mirror, served: Served) -> None:
    await mirror.catch_up(served.grow(600))
    served.asked.clear()
    await mirror.catch_up(served.grow(5))
    assert {path for path in served.asked if path.startswith("tile/entries/")} == {"tile/entries/002.p/93"}


async def test_files_that_are_fuller_by_now_serve_as_well(mirror: Mirror, served: Served, tmp_path: Path) -> None:
    head = served.grow(255)
    served.grow(1)  # The partial files are gone, as tlog-tiles allows.
    served.files[vault_path(tlog.Bundle(0, 255))] = b"sealed anew"
    await mirror.catch_up(head)
    assert check(tmp_path / "mirror", served) == 255
    await mirror.catch_up(served.head)
    assert check(tmp_path / "mirror", served) == 256


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("tile/entries/000", "its entries are not the leaves of this tree"),
        ("tile/0/000", "is not of this log"),
        ("tile/1/000.p/1", "is not of this log"),
        ("tile/entries/001.p/44", "its entries are not the leaves of this tree"),
    ],
)
async def test_a_server_that_lies_changes_nothing_in_the_copy(
    path: str, named: str, mirror: Mirror, served: Served, tmp_path: Path
) -> None:
    before = served.grow(2)
    await mirror.catch_up(before)
    head = served.grow(298)
    honest = served.files[path]
    served.files[path] = honest[:-1] + bytes([honest[-1] ^ 1])
    with pytest.raises(MirrorError, match=named):
        await mirror.catch_up(head)
    folder = LogFolder(tmp_path / "mirror")
    assert tlog.open_checkpoint(folder.read_checkpoint(), served.log.verifier).checkpoint.size == 2
    served.files[path] = honest
    await mirror.catch_up(head)
    assert check(tmp_path / "mirror", served) == 300


async def test_a_server_that_is_away_is_told_and_the_copy_goes_on_later(
    mirror: Mirror, served: Served, tmp_path: Path
) -> None:
    head = served.grow(10)
    kept, served.files = served.files, {}
    with pytest.raises(MirrorError, match="the log could not be copied from 0 to 10 entries"):
        await mirror.catch_up(head)
    served.files = kept
    assert (await mirror.catch_up(head)).size == 10
    assert check(tmp_path / "mirror", served) == 10


async def test_a_building_without_a_recovery_key_is_mirrored_without_a_vault(
    mirror: Mirror, served: Served, tmp_path: Path
) -> None:
    head = served.grow(10)
    served.files = {path: data for path, data in served.files.items() if not path.startswith("vault/")}
    await mirror.catch_up(head)
    assert check(tmp_path / "mirror", served) == 10
    assert not (tmp_path / "mirror/vault").exists()


def bodies_in(folder: Path) -> set[bytes]:
    """What the sealed parts hold in which a copy keeps bodies."""
    files = (path for path in (folder / "vault").rglob("*") if path.is_file() and path.name != "building")
    return {path.read_bytes() for path in files}


async def test_a_recovery_key_that_comes_later_has_all_bodies_fetched(
    mirror: Mirror, served: Served, tmp_path: Path
) -> None:
    served.grow(300)
    sealed = {path: served.files.pop(path) for path in [*served.files] if path.startswith("vault/")}
    await mirror.catch_up(served.head)
    head = served.grow(1)
    served.files = sealed | served.files
    await mirror.catch_up(head)
    assert (tmp_path / "mirror/vault/000").exists()
    assert (tmp_path / "mirror/vault/001.p/45").exists()


async def test_another_recovery_key_has_all_bodies_fetched_anew_also_by_one_who_broke_off(
    mirror: Mirror, served: Served, tmp_path: Path
) -> None:
    served.grow(600)
    first, second = (SecretKey.generate(RECOVERY).public for _ in range(2))
    served.files[BUILDING_VAULT] = seal([first], b"keys", b"keys")
    await mirror.catch_up(served.head)
    served.asked.clear()
    head = served.grow(1)
    served.files[BUILDING_VAULT] = seal([first], b"keys", b"sealed with each request")
    await mirror.catch_up(head)
    assert "vault/000" not in served.asked

    for path in served.files:
        if path.startswith("vault/") and path != BUILDING_VAULT:
            served.files[path] = b"anew"
    served.files[BUILDING_VAULT] = seal([second], b"keys", b"keys")
    away = served.files.pop("vault/001")
    await mirror.catch_up(served.head)
    assert bodies_in(tmp_path / "mirror") != {b"anew"}
    served.files["vault/001"] = away
    await mirror.catch_up(served.head)
    assert bodies_in(tmp_path / "mirror") == {b"anew"}
    assert (tmp_path / "mirror/vault/building").read_bytes() == served.files[BUILDING_VAULT]


async def test_a_copy_is_gone_on_with_after_a_restart_and_a_foreign_one_is_left_alone(
    served: Served, tmp_path: Path, device: DeviceId, store: FlatStore
) -> None:
    async with aiohttp.ClientSession() as session:
        first = make_mirror(served, tmp_path / "mirror", device, store, session)
        await first.open(served.log.key.verifier_key, 0)
        await first.catch_up(served.grow(300))
        again = make_mirror(served, tmp_path / "mirror", device, store, session)
        await again.open(served.log.key.verifier_key, 0)
        assert again.key == first.key
        served.asked.clear()
        await again.catch_up(served.grow(1))
        assert "tile/entries/000" not in served.asked
        with pytest.raises(MirrorError, match="more than the 300 that are witnessed"):
            await again.catch_up(tlog.Head(300, served.log.frontier.root(), b""))
        other = tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, bytes(32)).verifier_key
        with pytest.raises(MirrorError, match="holds another log than"):
            await again.open(other, 0)
