"""A flat's mirror holds what was proven, whatever its server says, and signs for no more."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from localvpp import tlog
from localvpp.etp import DeviceId, Ed25519Signer
from localvpp.logfolder import COSIGNED, LogFolder
from localvpp.mirror import Mirror, MirrorError, MirrorRefusedError, mirror_name
from localvpp.notebook import Notebook
from localvpp.store import FlatStore
from localvpp.vault import (
    AUDITOR,
    RECOVERY,
    Opening,
    Recipient,
    SecretKey,
    open_bodies,
    open_sealed,
    seal,
    seal_bodies,
    sealed_for,
)
from localvpp.vaultcopies import BUILDING_VAULT, MOST_PARTS, VaultCopies, VaultCopy, vault_path

from .place import ORIGIN, SLOT, HandClock
from .records import erased
from .small_coordinator import SmallLog

SHEETS = [SecretKey(RECOVERY, bytes([number]) * 32) for number in range(1, 6)]


class Served:
    """A log whose files are served as a coordinator does, with what a test changes of them."""

    def __init__(self) -> None:
        self.log = SmallLog()
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.url = ""
        self.recovery = SHEETS[0]
        self.auditors: tuple[Recipient, ...] = ()

    def seal(self, told: bytes, bundle: tlog.Bundle) -> bytes:
        """What a coordinator seals: bodies which say what the test wants."""
        bodies = [Opening(bytes(32), told)] * bundle.width
        return seal_bodies([self.recovery.public, *self.auditors], ORIGIN, bundle.index * tlog.TILE_WIDTH, bodies)

    def seal_for(self, recovery: SecretKey, told: bytes = b"anew") -> None:
        """Seal everything for another recovery key."""
        self.recovery = recovery
        for bundle in tlog.bundles_to_write(0, len(self.log.entries)):
            self.files[vault_path(bundle)] = self.seal(told, bundle)
        self.files[BUILDING_VAULT] = seal([recovery.public], b"keys", told)

    def grow(self, count: int) -> tlog.Head:
        old = len(self.log.entries)
        for number in range(old, old + count):
            self.log.add(b"entry %d" % number)
        size = len(self.log.entries)
        for bundle in tlog.bundles_to_write(old, size):
            first = bundle.index * tlog.TILE_WIDTH
            entries = self.log.entries[first : first + bundle.width]
            self.files[bundle.path] = tlog.encode_bundle(entries)
            self.files[vault_path(bundle)] = self.seal(b"sealed %d" % size, bundle)
        for tile in tlog.tiles_to_write(old, size):
            self.files[tile.path] = tlog.tile_content(tile, self.log.hashes)
        for place in (*tlog.bundles_to_write(old, size), *tlog.tiles_to_write(old, size)):
            if place.width == tlog.TILE_WIDTH:
                for path in [path for path in self.files if path.startswith(f"{place.path}.p/")]:
                    del self.files[path]
        self.files[BUILDING_VAULT] = seal([self.recovery.public], b"keys", b"keys")
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


def copy_of(folder: Path, secret: SecretKey = SHEETS[0]) -> VaultCopy:
    (copy,) = (copy for copy in VaultCopies(LogFolder(folder)).all() if copy.key == secret.public.id.hex())
    return copy


def told(copy: VaultCopy, bundle: tlog.Bundle, secrets: Sequence[SecretKey] = SHEETS) -> set[bytes]:
    """What the bodies of a bundle say."""
    (secret,) = (secret for secret in secrets if secret.public.id.hex() == copy.key)
    openings = open_bodies(secret, ORIGIN, bundle.index * tlog.TILE_WIDTH, bundle.width, copy.read(bundle))
    return {b"" if each is None else each.body for each in openings}


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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
    copy = copy_of(tmp_path / "mirror")
    assert told(copy, tlog.Bundle(0)) == {b"sealed 256"}
    assert told(copy, tlog.Bundle(2, 51)) == {b"sealed 563"}
    assert [copy.parts(index) for index in range(3)] == [[tlog.Bundle(0)], [tlog.Bundle(1)], [tlog.Bundle(2, 51)]]
    assert open_sealed(SHEETS[0], b"keys", copy.read_building(copy.building_parts()[0])) == b"keys"
    assert not (folder.path / "tile/entries/000.p").exists()


def witness(number: int) -> tlog.SignerKey:
    return tlog.SignerKey(f"{ORIGIN}/w/{number}", tlog.SignatureType.COSIGNATURE, bytes([number]) * 32)


def serve_signatures(served: Served, signing: int, of: int = 20) -> tlog.Policy:
    """Serve the lines of so many witnesses under the newest head, and a policy that asks for eighteen of twenty."""
    witnesses = tuple(tlog.PolicyWitness(str(each), witness(each).verifier_key) for each in range(1, of + 1))
    group = tlog.Group("flats", 18, tuple(each.name for each in witnesses))
    policy = tlog.Policy((tlog.PolicyLog(served.log.key.verifier_key),), witnesses, (group,), "flats")
    text = tlog.Note.parse(served.log.checkpoint()).text
    lines = tlog.cosign(text, [tlog.Ed25519Cosigner(witness(each)) for each in range(1, signing + 1)], SLOT)
    served.files["policy"] = policy.encode()
    served.files[f"cosignatures/{len(served.log.entries)}"] = b"".join(line.encode().encode() for line in lines)
    return policy


async def test_a_quorum_lies_beside_the_copy_once_its_witnesses_have_signed_that_head(
    mirror: Mirror, served: Served, tmp_path: Path
) -> None:
    place = tmp_path / "mirror" / COSIGNED
    await mirror.catch_up(served.grow(300))
    assert not await mirror.keep_quorum(), "a server that says nothing of witnesses is asked again"
    serve_signatures(served, 17)
    assert not await mirror.keep_quorum()
    lines = served.files["cosignatures/300"]
    policy = serve_signatures(served, 18)
    served.files["cosignatures/300"] = lines + b"\xe2\x80\x94 " + f"{ORIGIN}/w/18 AAAA".encode() + b"\n"
    assert not await mirror.keep_quorum(), "a line that does not verify is none"
    assert not place.exists()
    serve_signatures(served, 20)
    assert await mirror.keep_quorum()
    accepted = tlog.accept_checkpoint(place.read_bytes(), policy)
    assert accepted.checkpoint.size == 300
    assert len(accepted.times) == 18, "more than the published checkpoint may have, and no more than are enough"
    # A newer head has none yet: what lies there is of the one before, as what it says of itself.
    await mirror.catch_up(served.grow(1))
    assert not await mirror.keep_quorum()
    assert tlog.accept_checkpoint(place.read_bytes(), policy).checkpoint.size == 300
    assert check(tmp_path / "mirror", served) == 301


async def test_of_a_building_without_witnesses_no_quorum_is_waited_for(mirror: Mirror, served: Served) -> None:
    await mirror.catch_up(served.grow(3))
    served.files["policy"] = tlog.Policy((tlog.PolicyLog(served.log.key.verifier_key),), (), ()).encode()
    assert await mirror.keep_quorum()


async def test_what_the_copy_has_is_not_fetched_again(mirror: Mirror, served: Served) -> None:
    await mirror.catch_up(served.grow(600))
    served.asked.clear()
    await mirror.catch_up(served.grow(5))
    assert {path for path in served.asked if path.startswith("tile/entries/")} == {"tile/entries/002.p/93"}


async def test_files_that_are_fuller_by_now_serve_as_well(mirror: Mirror, served: Served, tmp_path: Path) -> None:
    head = served.grow(255)
    served.grow(1)  # The partial files are gone, as tlog-tiles allows.
    served.files[vault_path(tlog.Bundle(0, 255))] = served.seal(b"anew", tlog.Bundle(0, 255))
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


async def test_a_recovery_key_that_comes_later_has_all_bodies_fetched(
    mirror: Mirror, served: Served, tmp_path: Path
) -> None:
    served.grow(300)
    sealed = {path: served.files.pop(path) for path in [*served.files] if path.startswith("vault/")}
    await mirror.catch_up(served.head)
    head = served.grow(1)
    served.files = sealed | served.files
    await mirror.catch_up(head)
    assert [copy_of(tmp_path / "mirror").parts(index) for index in (0, 1)] == [[tlog.Bundle(0)], [tlog.Bundle(1, 45)]]


async def test_what_is_sealed_for_another_recovery_key_lies_beside_what_was_sealed_for_the_old_one(
    mirror: Mirror, served: Served, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "mirror"
    await mirror.catch_up(served.grow(600))
    old = files_in(copy_of(folder).path)
    served.asked.clear()
    head = served.grow(1)
    served.files[BUILDING_VAULT] = seal([served.recovery.public], b"keys", b"sealed with each start")
    await mirror.catch_up(head)
    assert "vault/000" not in served.asked
    assert "seals for another recovery key" not in caplog.text

    served.seal_for(SHEETS[1])
    away = served.files.pop("vault/001")
    for _ in range(2):
        with pytest.raises(MirrorError, match="vault/001"):
            await mirror.catch_up(served.head)
    assert caplog.text.count("seals for another recovery key") == 1
    served.files["vault/001"] = away
    served.asked.clear()
    await mirror.catch_up(served.head)
    assert "vault/000" not in served.asked, "an earlier try has it"
    new = copy_of(folder, SHEETS[1])
    assert [told(new, bundle) for bundle in tlog.bundles_to_write(0, 601)] == [{b"anew"}] * 3
    assert {path: data for path, data in files_in(copy_of(folder).path).items() if path in old} == {
        path: data for path, data in old.items() if path != "002.p/88"
    }
    await mirror.catch_up(served.grow(300))
    assert copy_of(folder).parts(2) == [tlog.Bundle(2, 89)], "its last part stays, whatever the new one has"
    assert copy_of(folder).parts(3) == []
    assert told(new, tlog.Bundle(2)) == {b"sealed 901"}


async def test_a_server_that_names_one_key_after_the_other_drives_no_copy_out(
    mirror: Mirror, served: Served, tmp_path: Path
) -> None:
    folder = tmp_path / "mirror"
    await mirror.catch_up(served.grow(300))
    for sheet in SHEETS[1:3]:
        served.seal_for(sheet)
        await mirror.catch_up(served.grow(1))
    before = files_in(folder / "vault")
    served.seal_for(SHEETS[3])
    head = served.grow(1)
    for _ in range(2):
        with pytest.raises(MirrorError, match=r"ask its manager which sheets he has.*ledger copies MIRROR --drop"):
            await mirror.catch_up(head)
    assert files_in(folder / "vault") == before
    assert check(folder, served) == 302
    # One that is here already is gone on with, whichever it is; and a person makes room.
    copy_of(folder, SHEETS[1]).drop()
    await mirror.catch_up(head)
    assert {copy.key for copy in VaultCopies(LogFolder(folder)).all()} == {
        SHEETS[number].public.id.hex() for number in (0, 2, 3)
    }
    assert told(copy_of(folder), tlog.Bundle(0)) == {b"sealed 300"}


async def test_a_vault_that_vanishes_is_not_signed_for_until_it_is_back_or_a_person_has_dropped_the_copy(
    mirror: Mirror, served: Served, tmp_path: Path
) -> None:
    folder = tmp_path / "mirror"
    await mirror.catch_up(served.grow(300))
    before = files_in(folder / "vault")
    head = served.grow(1)
    vault = {path: served.files.pop(path) for path in [*served.files] if path.startswith("vault/")}
    for _ in range(2):
        with pytest.raises(
            MirrorRefusedError, match=r"gives no sealed bodies any more, and copies for .*Ask its manager .*--drop"
        ):
            await mirror.catch_up(head)
        assert mirror.cosigner is None, "nor for what others bring to its door"
    assert files_in(folder / "vault") == before
    assert check(folder, served) == 300
    served.files |= vault
    await mirror.catch_up(head)
    assert (check(folder, served), mirror.cosigner is None) == (301, False)
    for path in vault:
        served.files.pop(path, None)
    head = served.grow(1)
    served.files = {path: data for path, data in served.files.items() if not path.startswith("vault/")}
    copy_of(folder).drop()
    await mirror.catch_up(head)
    assert check(folder, served) == 302


async def test_what_was_fetched_for_a_key_is_not_replaced_by_what_is_only_said_to_be_for_it(
    mirror: Mirror, served: Served, tmp_path: Path
) -> None:
    folder = tmp_path / "mirror"
    await mirror.catch_up(served.grow(300))
    served.seal_for(SHEETS[1])
    await mirror.catch_up(served.grow(1))
    served.seal_for(SHEETS[0], b"worthless")
    await mirror.catch_up(served.grow(300))
    assert told(copy_of(folder), tlog.Bundle(0)) == {b"sealed 300"}
    assert told(copy_of(folder), tlog.Bundle(2, 89)) == {b"sealed 601"}


async def test_of_the_buildings_own_part_that_of_each_day_stays_and_the_first_for_good(
    served: Served, tmp_path: Path, device: DeviceId, store: FlatStore
) -> None:
    clock = HandClock()
    async with aiohttp.ClientSession() as session:
        mirror = Mirror(ORIGIN, device, tmp_path / "mirror", Notebook(store), session, served.url, clock)
        await mirror.open(served.log.key.verifier_key, 0)
        served.grow(1)
        for text in (b"first", b"good", b"bad", b"worse", b"worst"):
            if text == b"bad":
                clock.move(86400)
            served.files[BUILDING_VAULT] = seal([served.recovery.public], b"keys", text)
            for _ in range(2):  # The same again is nothing new.
                await mirror.catch_up(served.head)
    copy = copy_of(tmp_path / "mirror")
    kept = [open_sealed(SHEETS[0], b"keys", copy.read_building(at)) for at in copy.building_parts()]
    assert kept == [b"worst", b"good", b"first"]


def test_after_a_year_of_parts_the_first_and_the_newest_are_here(tmp_path: Path) -> None:
    copy = VaultCopy(LogFolder(tmp_path), "0" * 16)
    for day in range(MOST_PARTS + 20):
        copy.write_building(b"%d" % day, day * 86400)
    days = [int(copy.read_building(at)) for at in copy.building_parts()]
    assert days == [*range(MOST_PARTS + 19, 20, -1), 0]
    assert len(days) == MOST_PARTS


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda served: served.files.update({BUILDING_VAULT: b"nonsense"}), "not CBOR"),
        (
            lambda served: served.files.update({BUILDING_VAULT: seal([each.public for each in SHEETS], b"", b"")}),
            "sealed for 5 keys",
        ),
        (lambda served: served.files.update({"vault/000.p/9": b"nonsense"}), "not CBOR"),
        (
            lambda served: served.files.update({"vault/000.p/9": seal([SHEETS[1].public], b"", b"")}),
            "not sealed for the recovery key",
        ),
        (lambda served: served.files.pop("vault/000.p/9"), "vault/000.p/9"),
    ],
    ids=["no part", "for many", "no bodies", "bodies for others", "none"],
)
async def test_sealed_parts_that_are_none_are_not_kept_and_the_mirror_does_not_sign(
    spoil: Callable[[Served], object], named: str, mirror: Mirror, served: Served, tmp_path: Path
) -> None:
    head = served.grow(9)
    kept = dict(served.files)
    spoil(served)
    with pytest.raises(MirrorError, match=named):
        await mirror.catch_up(head)
    assert not (tmp_path / "mirror/vault").exists()
    served.files = kept
    await mirror.catch_up(head)
    assert told(copy_of(tmp_path / "mirror"), tlog.Bundle(0, 9)) == {b"sealed 9"}


async def test_an_auditor_who_comes_later_gets_what_is_new_and_the_copy_stays_one(
    mirror: Mirror, served: Served, tmp_path: Path
) -> None:
    auditor = SecretKey(AUDITOR, b"9" * 32)
    await mirror.catch_up(served.grow(300))
    served.auditors = (auditor.public,)
    await mirror.catch_up(served.grow(300))
    copy = copy_of(tmp_path / "mirror")
    assert [auditor.public.id in sealed_for(copy.read(part)) for index in range(3) for part in copy.parts(index)] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("size", [40, 300, 600], ids=["in a part", "in a full one", "in one that was a part"])
async def test_erasing_reaches_the_copies_for_keys_that_are_no_more_in_use(
    size: int, mirror: Mirror, served: Served, tmp_path: Path, signer: Ed25519Signer
) -> None:
    folder = tmp_path / "mirror"
    served.log.add(b"an entry that names " + signer.public.device_id)
    await mirror.catch_up(served.grow(min(size, 299)))
    served.seal_for(SHEETS[1])
    await mirror.catch_up(served.grow(size - min(size, 299)))
    await mirror.catch_up(served.grow(1))
    before = {copy.key: copy.parts(0) for copy in VaultCopies(LogFolder(folder)).all()}
    assert all(before.values())
    assert len(before) == 2
    served.log.add(erased(signer))
    served.grow(1)
    served.seal_for(SHEETS[1], b"without them")
    served.asked.clear()
    await mirror.catch_up(served.head)
    assert copy_of(folder).parts(0) == [], "it cannot be had without them, so it goes"
    (part,) = copy_of(folder, SHEETS[1]).parts(0)
    assert told(copy_of(folder, SHEETS[1]), part) == {b"without them"}
    if size == 600:
        assert "vault/001" not in served.asked
    if size > 256:
        assert copy_of(folder).parts(1), "nothing of the device is in it"
    check(folder, served)


async def test_erasing_does_not_wait_until_somebody_has_made_room(
    mirror: Mirror, served: Served, tmp_path: Path, signer: Ed25519Signer
) -> None:
    folder = tmp_path / "mirror"
    served.log.add(b"an entry that names " + signer.public.device_id)
    await mirror.catch_up(served.grow(300))
    for sheet in SHEETS[1:3]:
        served.seal_for(sheet)
        await mirror.catch_up(served.grow(1))
    served.log.add(erased(signer))
    served.grow(1)
    served.seal_for(SHEETS[3])
    with pytest.raises(MirrorError, match="ask its manager"):
        await mirror.catch_up(served.head)
    assert [copy.parts(0) for copy in VaultCopies(LogFolder(folder)).all()] == [[], [], []]


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
