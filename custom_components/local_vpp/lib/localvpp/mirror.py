"""The flat as a mirror: a copy of the whole log on its own disk, signed for once it is whole.

The building's server may burn: any one mirror then has the log. It is fetched file by file from wherever the log is
served and trusted in nothing: each bundle's entries must be the leaves of the tree whose head this flat has witnessed.
What is proven is written, files first and the checkpoint last, so that the checkpoint in the folder never speaks of
an entry that is not there. When an entry says that a device's bodies were erased, the sealed parts that held them are
fetched again without them, before the checkpoint that covers that entry is written. Nothing of it tells what a
neighbour uses: entries are envelopes, and the bodies beside them are sealed for others.

Specification: C2SP tlog-mirror, text as of November 2026. Entries are pulled as tlog-tiles, which it allows beside the
upload; whoever wants to upload them does so at the mirror's door (`mirror_door`).
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
import shutil
from typing import Final, override

import aiohttp

from . import tlog
from .clock import Clock
from .etp import DeviceId, EtpError, Kind, parse_envelope
from .logfolder import CHECKPOINT, LogFolder
from .logreader import HttpReader, UnreachableError
from .notebook import Notebook, Purpose
from .vault import SealError, sealed_for

BUILDING_VAULT: Final = "vault/building"
"""What a building needs besides its records to come back: its keys and its prices, sealed."""
LARGEST_SEALED: Final = tlog.TILE_WIDTH * 32 * 1024
"""Bytes of a bundle's sealed bodies at most: a record has 16 KiB."""
_SAYS_ERASED: Final = bytes((5, Kind.ERASED, 6))
"""The kind between its key and the next one, as deterministic CBOR has it: most entries need not be parsed."""
_BATCH: Final = 16
"""Bundles written, and synced, together: one and a half megabytes at most in memory."""


class MirrorError(Exception):
    """The log could not be copied as far as its witnessed head; the copy is as it was."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a mirror holds for certain."""

    size: int
    lines: bytes
    """Its signature line under the checkpoint of that size."""


def mirror_name(origin: str, device: DeviceId) -> str:
    """The name under which a flat signs for its copy. It says more than a witness does, so its key is another, too."""
    return f"{origin}/m/{device.hex()}"


def vault_path(bundle: tlog.Bundle) -> str:
    """Where the sealed bodies of a bundle lie, beside the log."""
    return bundle.path.replace("tile/entries/", "vault/", 1)


def copy_log(reader: tlog.LogReader, folder: LogFolder, old: int, head: tlog.Head) -> None:
    """Bring a copy that is whole up to `old` entries up to a witnessed head. Blocking; a crash loses nothing.

    Raises TlogError when a file is missing or is not of this tree, UnreachableError, OSError.
    """
    hashes = tlog.TileHashReader(head.size, head.root, reader)
    files: list[tuple[str, bytes]] = []
    for bundle in tlog.bundles_to_write(old, head.size):
        entries = tlog.read_bundle(reader, bundle)
        leaves = hashes.read_tile(tlog.tile_at(head.size, 0, bundle.index))
        if [tlog.leaf_hash(entry) for entry in entries] != leaves[: bundle.width]:
            raise tlog.UnauthenticTileError((bundle.path,), "its entries are not the leaves of this tree")
        files.append((bundle.path, tlog.encode_bundle(entries)))
        if len(files) == _BATCH:
            folder.write(files)
            files.clear()
    folder.write(files)
    folder.write((tile.path, tlog.tile_content(tile, hashes)) for tile in tlog.tiles_to_write(old, head.size))


class Mirror:
    """Keeps the copy of one log in one folder."""

    def __init__(
        self,
        origin: str,
        device: DeviceId,
        folder: Path,
        notebook: Notebook,
        session: aiohttp.ClientSession,
        url: str,
        clock: Clock,
    ) -> None:
        self._origin = origin
        self._device = device
        self._folder = LogFolder(folder)
        self._notebook = notebook
        self._session = session
        self._url = url
        self._clock = clock
        self._cosigner: tlog.Ed25519Cosigner | None = None
        self._sealed = 0
        """Entries up to which the sealed bodies are here."""
        self.folder = self._folder
        self.held = tlog.NO_HEAD
        """The checkpoint in the folder, with this mirror's signature."""
        self.time = 0
        """Of this mirror's last signature."""
        self.busy = asyncio.Lock()
        """Held by whoever writes to the folder."""
        self.key: tlog.VerifierKey | None = None
        """What this mirror signs with; None before it was opened."""

    async def open(self, log_key: tlog.VerifierKey, epoch: int) -> None:
        """Read what the folder holds.

        Raises MirrorError when the folder holds another log, StoreError.
        """
        seed = await self._notebook.seed(epoch, Purpose.MIRROR)
        key = tlog.SignerKey(mirror_name(self._origin, self._device), tlog.SignatureType.COSIGNATURE, seed)
        async with self.busy:
            self._cosigner = tlog.Ed25519Cosigner(key)
            self.held = await asyncio.to_thread(self._read_held, tlog.Ed25519Verifier(log_key))
            self.time = _signed_at(self.held, self._cosigner)
            self._sealed = await asyncio.to_thread(_sealed_in, self._folder, self.held.size)
            self.key = key.verifier_key

    @property
    def cosigner(self) -> tlog.Ed25519Cosigner | None:
        """What this mirror signs with; None while it signs nothing."""
        return self._cosigner if self.key is not None else None

    def close(self) -> None:
        """Sign nothing more with this epoch's key: `open` brings that of the next one."""
        self.key = None

    def _read_held(self, verifier: tlog.Verifier) -> tlog.Head:
        try:
            note = self._folder.read_checkpoint()
        except tlog.MissingError:
            return tlog.NO_HEAD
        try:
            checkpoint = tlog.open_checkpoint(note, verifier, origin=self._origin).checkpoint
            return tlog.Head(checkpoint.size, checkpoint.root, note)
        except tlog.TlogError as error:
            raise MirrorError(
                f"{self._folder.path} holds another log than {self._origin} ({error}): name an empty folder"
            ) from error

    async def catch_up(self, head: tlog.Head) -> Held:
        """Copy the log up to a head that this flat has witnessed, and sign for it.

        Raises MirrorError; then the copy is as it was.
        """
        async with self.busy:
            return await self._catch_up(head)

    async def _catch_up(self, head: tlog.Head) -> Held:
        assert self._cosigner is not None, "opened before it copies"
        old = self.held.size
        if head.size < old:
            raise MirrorError(f"{self._folder.path} holds {old} entries, more than the {head.size} that are witnessed")
        reader = HttpReader(self._session, f"{self._url}/log", whole=True)
        reader.expect(head.size)
        try:
            await asyncio.to_thread(copy_log, _Layered(self._folder, reader), self._folder, old, head)
            sealed = min(self._sealed, old)
            await self._copy_vault(reader, sealed, head.size)
            await self._forget_erased(reader, sealed, head.size)
            time = max(self._clock.wall_ms() // 1000, self.time)
            (line,) = tlog.cosign(tlog.Note.parse(head.note).text, [self._cosigner], time)
            await asyncio.to_thread(self._publish, sealed, head, line)
        except (tlog.TlogError, UnreachableError, OSError) as error:
            raise MirrorError(f"the log could not be copied from {old} to {head.size} entries: {error}") from error
        finally:
            await reader.close()
        return Held(head.size, line.encode().encode())

    async def adopt(self, head: tlog.Head, note: bytes, time: int) -> None:
        """Take over a head whose entries are in the folder, signed by this mirror. Called with the folder held.

        Raises TlogError when they are not of this tree, OSError; then the copy is as it was.
        """
        old = self.held.size

        def work() -> None:
            copy_log(_Uploaded(self._folder), self._folder, old, head)
            for bundle in _erased_in(self._folder, old, head.size):
                # What was sealed of erased bodies is dropped; what the bundle holds else is fetched with the next head.
                (self._folder.path / vault_path(bundle)).unlink(missing_ok=True)
                self._sealed = min(self._sealed, bundle.index * tlog.TILE_WIDTH)
            self._folder.write([(CHECKPOINT, note)])

        await asyncio.to_thread(work)
        self.held, self.time = tlog.Head(head.size, head.root, note), time

    async def _copy_vault(self, reader: HttpReader, old: int, size: int) -> None:
        """Fetch the sealed bodies of new entries, and the building's own sealed part. What they say is for others.

        A building that has its first recovery key, or another one, has all bodies sealed for it: they are fetched
        anew. The building's own part is written last, so that whoever breaks off begins again.
        """
        try:
            building = await reader.fetch(BUILDING_VAULT, LARGEST_SEALED)
            anew = await asyncio.to_thread(self._is_sealed_for_others, building)
            for bundle in tlog.bundles_to_write(0 if anew else old, size):
                path = vault_path(bundle)
                data = await reader.fetch(path, LARGEST_SEALED)
                await asyncio.to_thread(self._folder.write, [(path, data)])
        except tlog.MissingError:
            return  # A building without a recovery key has no vault.
        await asyncio.to_thread(self._folder.write, [(BUILDING_VAULT, building)])

    def _is_sealed_for_others(self, building: bytes) -> bool:
        """Whether the building's part is sealed for others than the one that is here, or is the first. Blocking."""
        try:
            return _recipients(self._folder.read(BUILDING_VAULT)) != _recipients(building)
        except tlog.MissingError:
            return True

    async def _forget_erased(self, reader: HttpReader, old: int, size: int) -> None:
        """Replace what is sealed here of bodies that new entries say were erased."""
        for bundle in await asyncio.to_thread(_erased_in, self._folder, old, size):
            path = vault_path(bundle)
            if (self._folder.path / path).exists():
                # Not to be had again, it stays a reason not to sign: the copy would keep what the building destroyed.
                data = await reader.fetch(path, LARGEST_SEALED)
                await asyncio.to_thread(self._folder.write, [(path, data)])

    def _publish(self, old: int, head: tlog.Head, line: tlog.NoteSignature) -> None:
        """Write the checkpoint that speaks of all that is written, and drop what fuller files have replaced."""
        signed = tlog.Note.parse(head.note)
        note = tlog.Note(signed.text, (*signed.signatures, line)).encode()
        self._folder.write([(CHECKPOINT, note)])
        self.held, self.time = tlog.Head(head.size, head.root, note), tlog.cosignature_time(line)
        self._sealed = head.size
        full = [bundle for bundle in tlog.bundles_to_write(old, head.size) if bundle.width == tlog.TILE_WIDTH]
        self._folder.drop_partials((*full, *tlog.tiles_to_write(old, head.size)))
        for bundle in tlog.bundles_to_write(old, head.size):
            self._drop_partial_vaults(bundle)

    def _drop_partial_vaults(self, newest: tlog.Bundle) -> None:
        """Drop the sealed parts that a fuller one has replaced: bodies may be in them that were erased since."""
        whole = self._folder.path / vault_path(tlog.Bundle(newest.index, tlog.TILE_WIDTH))
        partial = whole.with_name(f"{whole.name}.p")
        if newest.width == tlog.TILE_WIDTH:
            shutil.rmtree(partial, ignore_errors=True)
        elif partial.is_dir():
            for older in partial.iterdir():
                if older.name != str(newest.width):
                    older.unlink()


def _signed_at(held: tlog.Head, cosigner: tlog.Ed25519Cosigner) -> int:
    """Return when a cosigner has signed a head; 0 when it has not."""
    lines = tlog.Note.parse(held.note).signatures if held.note else ()
    ours = [line for line in lines if (line.name, line.key_id) == (cosigner.name, cosigner.key_id)]
    return max((tlog.cosignature_time(line) for line in ours), default=0)


def _recipients(sealed: bytes) -> frozenset[bytes]:
    """Return whom something is sealed for; nobody can open what is no such thing."""
    try:
        return sealed_for(sealed)
    except SealError:
        return frozenset()


def _sealed_in(folder: LogFolder, size: int) -> int:
    """Return up to which entry the sealed bodies are here without a hole, at the begin of a bundle. Blocking."""
    for bundle in tlog.bundles_to_write(0, size):
        if not (folder.path / vault_path(bundle)).exists():
            return bundle.index * tlog.TILE_WIDTH
    return size


def _erased_in(folder: LogFolder, old: int, size: int) -> list[tlog.Bundle]:
    """Return the bundles with entries of devices whose bodies entries [old, size) say were erased. Blocking.

    What was not whole at `old` entries has been fetched a moment ago. A device's name stands in its envelopes as it is:
    they need not be read one by one.
    """
    whole = [tlog.Bundle(index, tlog.TILE_WIDTH) for index in range(old // tlog.TILE_WIDTH)]
    named: set[DeviceId] = set()
    for bundle in tlog.bundles_to_write(old, size) if whole else ():
        named.update(device for entry in tlog.read_bundle(folder, bundle) if (device := _erased(entry)) is not None)
    return [bundle for bundle in whole if named and _mentions(folder.read_bundle(bundle), named)]


def _mentions(data: bytes, devices: set[DeviceId]) -> bool:
    return any(data.find(device) >= 0 for device in devices)


def _erased(entry: bytes) -> DeviceId | None:
    """Return the device that an entry says was erased. Whether others are sound, or records, is not asked here."""
    if _SAYS_ERASED not in entry:
        return None
    try:
        envelope = parse_envelope(entry).envelope
    except EtpError:
        return None
    return envelope.concerns if envelope.kind is Kind.ERASED else None


class _Layered(tlog.LogReader):
    """The log as its server has it; tiles that the copy has already are not fetched again."""

    def __init__(self, folder: LogFolder, reader: HttpReader) -> None:
        self._folder = folder
        self._reader = reader

    @override
    def read_checkpoint(self) -> bytes:
        return self._reader.read_checkpoint()

    @override
    def read_tile(self, tile: tlog.Tile) -> bytes:
        try:
            return self._folder.read_tile(tile)
        except tlog.MissingError:
            return self._reader.read_tile(tile)

    @override
    def read_bundle(self, bundle: tlog.Bundle) -> bytes:
        return self._reader.read_bundle(bundle)


class _Uploaded(tlog.LogReader):
    """The log as its entries in a folder make it: tiles that are not there yet are worked out of what is below them."""

    def __init__(self, folder: LogFolder) -> None:
        self._folder = folder

    @override
    def read_checkpoint(self) -> bytes:
        return self._folder.read_checkpoint()

    @override
    def read_tile(self, tile: tlog.Tile) -> bytes:
        try:
            return self._folder.read_tile(tile)
        except tlog.MissingError:
            return b"".join(self._hashes(tile))

    @override
    def read_bundle(self, bundle: tlog.Bundle) -> bytes:
        return self._folder.read_bundle(bundle)

    def _hashes(self, tile: tlog.Tile) -> list[tlog.Hash]:
        if tile.level == 0:
            entries = tlog.read_bundle(self._folder, tlog.Bundle(tile.index, tile.width))
            return [tlog.leaf_hash(entry) for entry in entries]
        first = tile.index * tlog.TILE_WIDTH
        below = [tlog.Tile(tile.level - 1, first + at, tlog.TILE_WIDTH) for at in range(tile.width)]
        return [tlog.root_of(tlog.read_tile(self, each)) for each in below]
