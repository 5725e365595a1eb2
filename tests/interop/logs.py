"""A log of ours, with a quorum of witnesses, for others to verify."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from localvpp.logfolder import LogFolder
from localvpp.tlog import (
    AddCheckpoint,
    Checkpoint,
    Ed25519Signer,
    Frontier,
    SignatureType,
    SignerKey,
    StoredHashes,
    WitnessedLog,
    add_checkpoint,
    bundles_to_write,
    encode_bundle,
    leaf_hash,
    make_cosigner,
    open_checkpoint,
    prove_consistency,
    root,
    sign_checkpoint,
    tile_content,
    tiles_to_write,
)
from localvpp.tlog.note import Ed25519Verifier

ORIGIN = "vpp.example/building-7"
NOW = 1_700_000_000


def key(name: str, kind: SignatureType) -> SignerKey:
    return SignerKey(name, kind, sha256(name.encode()).digest())


@dataclass(frozen=True)
class OurLog:
    """Entries, their hashes, and the key that signs; its witnesses sign what grows out of what they signed."""

    entries: tuple[bytes, ...]
    hashes: StoredHashes
    log_key: SignerKey
    witness_keys: tuple[SignerKey, ...]

    @classmethod
    def grow(cls, size: int, kinds: tuple[SignatureType, ...]) -> OurLog:
        entries = tuple(b"record %d of the building" % index for index in range(size))
        frontier, hashes = Frontier(), StoredHashes()
        for entry in entries:
            hashes.extend(frontier.append(leaf_hash(entry)))
        witnesses = tuple(key(f"{ORIGIN}/w/{number}", kind) for number, kind in enumerate(kinds))
        return cls(entries, hashes, key(ORIGIN, SignatureType.ED25519), witnesses)

    @property
    def vkey(self) -> str:
        return self.log_key.verifier_key.encode()

    @property
    def witness_vkeys(self) -> list[str]:
        return [each.verifier_key.encode() for each in self.witness_keys]

    def checkpoint(self, size: int) -> bytes:
        """A checkpoint with the log's signature alone."""
        return sign_checkpoint(Checkpoint(ORIGIN, size, root(size, self.hashes)), [Ed25519Signer(self.log_key)])

    def cosigned(self, *sizes: int) -> bytes:
        """The last of these checkpoints, once every witness has followed the log through all of them."""
        known = {each: WitnessedLog(ORIGIN, (self.log_key.verifier_key,)) for each in self.witness_keys}
        for size in sizes:
            note = self.checkpoint(size)
            signed = note
            for each in self.witness_keys:
                old = known[each].latest.size
                request = AddCheckpoint(old, tuple(prove_consistency(old, size, self.hashes)), note)
                answer = add_checkpoint({ORIGIN: known[each]}, request.encode(), NOW, [make_cosigner(each)])
                assert answer.log is not None, answer
                known[each] = answer.log
                signed += answer.body
        assert open_checkpoint(signed, Ed25519Verifier(self.log_key.verifier_key)).checkpoint.size == sizes[-1]
        return signed

    def write(self, path: Path, checkpoint: bytes) -> None:
        """Write all files of the log, as the coordinator does."""
        size = len(self.entries)
        folder = LogFolder(path)
        folder.write((tile.path, tile_content(tile, self.hashes)) for tile in tiles_to_write(0, size))
        bundles = ((each.path, self.entries[each.index * 256 :][: each.width]) for each in bundles_to_write(0, size))
        folder.write((name, encode_bundle(entries)) for name, entries in bundles)
        folder.write([("checkpoint", checkpoint)])


def flipped(data: bytes, place: int, bit: int = 0) -> bytes:
    """The same bytes with one bit changed."""
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]
