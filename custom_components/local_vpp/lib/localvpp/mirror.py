"""The flat as a mirror: a copy of the whole log on its own disk, signed for once it is whole.

The building's server may burn: any one mirror then has the log. It is fetched file by file from wherever the log is
served and trusted in nothing: each bundle's entries must be the leaves of the tree whose head this flat has witnessed.
What is proven is written, files first and the checkpoint last, so that the checkpoint in the folder never speaks of
an entry that is not there. When an entry says that a device's bodies were erased, the sealed parts that held them are
fetched again without them, before the checkpoint that covers that entry is written, and dropped where they cannot be
had again (`vaultcopies`). Nothing of it tells what a neighbour uses: entries are envelopes, and the bodies beside them
are sealed for others.

Soon after, when the building's witnesses have signed that head, it lies with their lines in `cosigned`: an auditor who
has the folder alone can see that others were shown the same log.

Specification: C2SP tlog-mirror, text as of November 2026. Entries are pulled as tlog-tiles, which it allows beside the
upload; whoever wants to upload them does so at the mirror's door (`mirror_door`).
"""

import asyncio
from dataclasses import dataclass
import logging
from pathlib import Path
from typing import Final, override

import aiohttp

from . import tlog
from .clock import Clock
from .etp import DeviceId, EtpError, Kind, parse_envelope
from .logfolder import CHECKPOINT, COSIGNED, LogFolder
from .logreader import HttpReader, UnreachableError
from .notebook import Notebook, Purpose
from .tlog.note import MAX_NOTE_BYTES
from .tlog.policy import MAX_POLICY_BYTES
from .vault import SealError, sealed_for
from .vaultcopies import BUILDING_VAULT, LARGEST_SEALED, VaultCopies, VaultCopy, VaultRefusedError, vault_path

_SAYS_ERASED: Final = bytes((5, Kind.ERASED, 6))
"""The kind between its key and the next one, as deterministic CBOR has it: most entries need not be parsed."""
_BATCH: Final = 16
"""Bundles written, and synced, together: one and a half megabytes at most in memory."""

_log = logging.getLogger(__name__)


class MirrorError(Exception):
    """The log could not be copied as far as its witnessed head; the copy is as it was."""


class MirrorRefusedError(MirrorError):
    """What the building seals has changed so that a person has to decide before this mirror signs again."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a mirror holds for certain."""

    size: int
    lines: bytes
    """Its signature line under the checkpoint of that size."""


def mirror_name(origin: str, device: DeviceId) -> str:
    """The name under which a flat signs for its copy. It says more than a witness does, so its key is another, too."""
    return f"{origin}/m/{device.hex()}"


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
        self._log: tlog.Verifier | None = None
        self._vault = VaultCopies(self._folder)
        self._sealed: dict[VaultCopy, int] = {}
        """Entries up to which the sealed bodies are here, of the copies that were looked through."""
        self._refusing = False
        """Whether the building's vault has to be looked after by a person first."""
        self._told: VaultCopy | None = None
        """The copy whose begin was told."""
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
            self._log = tlog.Ed25519Verifier(log_key)
            self.held = await asyncio.to_thread(self._read_held, self._log)
            self.time = _signed_at(self.held, self._cosigner)
            self._sealed.clear()
            self.key = key.verifier_key

    @property
    def cosigner(self) -> tlog.Ed25519Cosigner | None:
        """What this mirror signs with; None while it signs nothing: entries that others bring make no vault."""
        return self._cosigner if self.key is not None and not self._refusing else None

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
            try:
                present = await self._copy_vault(reader, old, head.size)
            except VaultRefusedError:
                self._refusing = True
                await self._forget_erased(reader, None, old, head.size)  # That waits for nobody's answer.
                raise
            self._refusing = False
            await self._forget_erased(reader, present, old, head.size)
            time = max(self._clock.wall_ms() // 1000, self.time)
            (line,) = tlog.cosign(tlog.Note.parse(head.note).text, [self._cosigner], time)
            await asyncio.to_thread(self._publish, old, head, line, present)
        except VaultRefusedError as error:
            raise MirrorRefusedError(f"the copy of {old} entries is not signed for any more: {error}") from error
        except (tlog.TlogError, UnreachableError, SealError, OSError) as error:
            raise MirrorError(f"the log could not be copied from {old} to {head.size} entries: {error}") from error
        finally:
            await reader.close()
        return Held(head.size, line.encode().encode())

    async def keep_quorum(self) -> bool:
        """Keep the lines of a quorum of witnesses under the held head, once the building gives them.

        Return whether they are kept, or the building asks for none. The policy is the building's word: whoever reads
        the lines holds them against one of his own. But each line is verified, and nothing else is kept.
        """
        held = self.held
        assert self._log is not None, "opened before it copies"
        assert held.note, "asked when a head was copied"
        reader = HttpReader(self._session, f"{self._url}/log", whole=False)
        try:
            policy = tlog.Policy.parse(await reader.fetch("policy", MAX_POLICY_BYTES))
            if policy.is_met(()):
                return True
            data = await reader.fetch(f"cosignatures/{held.size}", MAX_NOTE_BYTES)
            lines = [tlog.NoteSignature.parse(line) for line in data.decode(errors="surrogateescape").splitlines()]
            note = tlog.gather_quorum(tlog.open_note(held.note, [self._log]), lines, policy)
            if note is None:
                return False
            async with self.busy:
                await asyncio.to_thread(self._folder.write, [(COSIGNED, note)])
        except (tlog.TlogError, UnreachableError, OSError) as error:
            _log.debug("No quorum under the head of %d entries is kept yet: %s", held.size, error)
            return False
        finally:
            await reader.close()
        return True

    async def adopt(self, head: tlog.Head, note: bytes, time: int) -> None:
        """Take over a head whose entries are in the folder, signed by this mirror. Called with the folder held.

        Raises TlogError when they are not of this tree, OSError; then the copy is as it was.
        """
        old = self.held.size

        def work() -> None:
            copy_log(_Uploaded(self._folder), self._folder, old, head)
            erased, copies = _erased_in(self._folder, old, head.size), self._vault.all()
            for copy in copies:
                # What was sealed of erased bodies is dropped; what the bundle holds else is fetched with the next head.
                for bundle, at in erased:
                    copy.forget(bundle.index, beyond=at)
            if erased:
                self._sealed.clear()
            self._folder.write([(CHECKPOINT, note)])

        await asyncio.to_thread(work)
        self.held, self.time = tlog.Head(head.size, head.root, note), time

    async def _copy_vault(self, reader: HttpReader, old: int, size: int) -> _Present | None:
        """Fetch the sealed bodies of new entries, and the building's own sealed part. What they say is for others.

        A building that has its first recovery key, or another one, has all bodies sealed for it: they are fetched into
        a copy of their own. Those that are in it are not fetched again: what a server says today cannot be better.
        """
        try:
            building = await reader.fetch(BUILDING_VAULT, LARGEST_SEALED)
        except tlog.MissingError:
            await asyncio.to_thread(self._vault.gone)
            return None  # A building that never had a recovery key has no vault.
        copy, whole = await asyncio.to_thread(self._begin, building, old)
        present = _Present(copy, [*tlog.bundles_to_write(whole, size)], set())
        for bundle in present.new:
            if not await asyncio.to_thread(copy.has, bundle):
                await self._fetch_bodies(reader, copy, bundle)
                present.fetched.add(bundle)
        await asyncio.to_thread(copy.write_building, building, self._clock.wall_ms() // 1000)
        return present

    def _begin(self, building: bytes, old: int) -> tuple[VaultCopy, int]:
        """Return the copy that is to be gone on with, and up to which entry it is whole. Blocking."""
        copy = self._vault.begin(building)
        known = self._vault.all()
        if copy not in known:
            self._sealed.pop(copy, None)
            if known and copy != self._told:
                self._told = copy
                _log.warning(
                    "%s seals for another recovery key from now on, %s: what is sealed for %s is kept beside it in %s. "
                    "Ask the building's manager whether he has made a new key",
                    self._origin,
                    copy.key,
                    ", ".join(each.key for each in known),
                    self._folder.path,
                )
        if copy not in self._sealed:
            self._sealed[copy] = copy.whole_up_to(old)
        return copy, min(self._sealed[copy], old)

    async def _fetch_bodies(self, reader: HttpReader, copy: VaultCopy, bundle: tlog.Bundle) -> None:
        """Fetch a bundle's bodies. Raises SealError when the recovery key is not among those they are sealed for."""
        data = await reader.fetch(vault_path(bundle), LARGEST_SEALED)

        def keep() -> None:
            if bytes.fromhex(copy.key) not in sealed_for(data):
                raise SealError(f"{vault_path(bundle)} is not sealed for the recovery key {copy.key}")
            copy.write(bundle, data)

        await asyncio.to_thread(keep)

    async def _forget_erased(self, reader: HttpReader, present: _Present | None, old: int, size: int) -> None:
        """Replace what is sealed here of bodies that new entries say were erased, and drop it where that cannot be."""
        copies = await asyncio.to_thread(self._vault.all)
        for bundle, at in await asyncio.to_thread(_erased_in, self._folder, old, size) if copies else ():
            for copy in copies:
                if present is None or copy != present.copy:
                    await asyncio.to_thread(copy.forget, bundle.index, beyond=at)
                    continue
                if bundle not in present.fetched:
                    # Not to be had again, it stays a reason not to sign: the copy would keep what was destroyed.
                    await self._fetch_bodies(reader, copy, bundle)
                await asyncio.to_thread(copy.forget, bundle.index, but=bundle)
        for copy in [copy for copy in self._sealed if present is None or copy != present.copy]:
            del self._sealed[copy]  # There may be holes in it now.

    def _publish(self, old: int, head: tlog.Head, line: tlog.NoteSignature, present: _Present | None) -> None:
        """Write the checkpoint that speaks of all that is written, and drop what fuller files have replaced."""
        signed = tlog.Note.parse(head.note)
        note = tlog.Note(signed.text, (*signed.signatures, line)).encode()
        self._folder.write([(CHECKPOINT, note)])
        self.held, self.time = tlog.Head(head.size, head.root, note), tlog.cosignature_time(line)
        full = [bundle for bundle in tlog.bundles_to_write(old, head.size) if bundle.width == tlog.TILE_WIDTH]
        self._folder.drop_partials((*full, *tlog.tiles_to_write(old, head.size)))
        if present is not None:
            self._sealed[present.copy] = head.size
            for bundle in present.new:
                present.copy.forget(bundle.index, but=bundle)


@dataclass(frozen=True, slots=True)
class _Present:
    """The copy for the recovery key that the building seals for now."""

    copy: VaultCopy
    new: list[tlog.Bundle]
    """Bundles of this head whose bodies it did not hold under the one before."""
    fetched: set[tlog.Bundle]
    """Those that were not left from an earlier try."""


def _signed_at(held: tlog.Head, cosigner: tlog.Ed25519Cosigner) -> int:
    """Return when a cosigner has signed a head; 0 when it has not."""
    lines = tlog.Note.parse(held.note).signatures if held.note else ()
    ours = [line for line in lines if (line.name, line.key_id) == (cosigner.name, cosigner.key_id)]
    return max((tlog.cosignature_time(line) for line in ours), default=0)


def _erased_in(folder: LogFolder, old: int, size: int) -> list[tuple[tlog.Bundle, int]]:
    """Return the bundles with entries of devices whose bodies entries [old, size) say were erased. Blocking.

    With each comes the place of the first of them in it.
    """
    named: set[DeviceId] = set()
    for bundle in tlog.bundles_to_write(old, size):
        named.update(device for entry in tlog.read_bundle(folder, bundle) if (device := _erased(entry)) is not None)
    found: list[tuple[tlog.Bundle, int]] = []
    for bundle in tlog.bundles_to_write(0, size) if named else ():
        # A device's name stands in its envelopes as it is: few bundles need be read entry by entry.
        if any(folder.read_bundle(bundle).find(device) >= 0 for device in named):
            entries = tlog.read_bundle(folder, bundle)
            found += [(bundle, at) for at, entry in enumerate(entries) if _is_of(entry, named)][:1]
    return found


def _is_of(entry: bytes, devices: set[DeviceId]) -> bool:
    """Whether an entry is a record of one of some devices, and not only one that speaks of it."""
    if not any(entry.find(device) >= 0 for device in devices):
        return False
    try:
        return parse_envelope(entry).envelope.device in devices
    except EtpError:
        return True


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
