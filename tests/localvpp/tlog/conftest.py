"""A log in memory, its key, and the definitions of RFC 6962 word for word, which the implementation must agree with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from localvpp.tlog import (
    Bundle,
    Checkpoint,
    Ed25519Signer,
    Ed25519Verifier,
    Frontier,
    Hash,
    MissingError,
    SignatureType,
    SignerKey,
    StoredHashes,
    Tile,
    bundles_to_write,
    encode_bundle,
    leaf_hash,
    sign_checkpoint,
    tile_content,
    tiles_to_write,
)

ORIGIN = "vpp.example/building-7"


class Definitions:
    """RFC 6962 section 2.1 as it is written: recursive, over slices. Slow and plain."""

    @staticmethod
    def _k(n: int) -> int:
        k = 1
        while 2 * k < n:
            k *= 2
        return k

    def mth(self, d: Sequence[bytes]) -> bytes:
        if not d:
            return sha256(b"").digest()
        if len(d) == 1:
            return sha256(b"\x00" + d[0]).digest()
        k = self._k(len(d))
        return sha256(b"\x01" + self.mth(d[:k]) + self.mth(d[k:])).digest()

    def path(self, m: int, d: Sequence[bytes]) -> list[bytes]:
        if len(d) == 1:
            return []
        k = self._k(len(d))
        if m < k:
            return [*self.path(m, d[:k]), self.mth(d[k:])]
        return [*self.path(m - k, d[k:]), self.mth(d[:k])]

    def sides(self, m: int, n: int) -> str:
        """On which side the siblings stand, leaf first: the shape of an inclusion path."""
        if n == 1:
            return ""
        k = self._k(n)
        return self.sides(m, k) + "R" if m < k else self.sides(m - k, n - k) + "L"

    def proof(self, m: int, d: Sequence[bytes]) -> list[bytes]:
        return [] if m == 0 else self._subproof(m, d, known=True)

    def _subproof(self, m: int, d: Sequence[bytes], *, known: bool) -> list[bytes]:
        if m == len(d):
            return [] if known else [self.mth(d)]
        k = self._k(len(d))
        if m <= k:
            return [*self._subproof(m, d[:k], known=known), self.mth(d[k:])]
        return [*self._subproof(m - k, d[k:], known=False), self.mth(d[:k])]


@dataclass
class MemoryLog:
    """The files of a log, by path."""

    files: dict[str, bytes] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    def _read(self, path: str) -> bytes:
        self.reads.append(path)
        try:
            return self.files[path]
        except KeyError:
            raise MissingError(path) from None

    def read_checkpoint(self) -> bytes:
        return self._read("checkpoint")

    def read_tile(self, tile: Tile) -> bytes:
        return self._read(tile.path)

    def read_bundle(self, bundle: Bundle) -> bytes:
        return self._read(bundle.path)

    def flipped(self, path: str, bit: int) -> MemoryLog:
        """The same log with one bit of one file changed."""
        data = bytearray(self.files[path])
        data[bit // 8] ^= 1 << bit % 8
        return MemoryLog(self.files | {path: bytes(data)})

    def without(self, path: str) -> MemoryLog:
        return MemoryLog({name: data for name, data in self.files.items() if name != path})


@dataclass(frozen=True)
class Tree:
    """Stored hashes of a tree and its root at the end."""

    hashes: StoredHashes
    frontier: Frontier

    @property
    def root(self) -> Hash:
        return self.frontier.root()


def entry(index: int) -> bytes:
    return b"record %d" % index


def grow(entries: Sequence[bytes]) -> Tree:
    hashes, frontier = StoredHashes(), Frontier()
    for data in entries:
        hashes.extend(frontier.append(leaf_hash(data)))
    return Tree(hashes, frontier)


@pytest.fixture(scope="session")
def definitions() -> Definitions:
    return Definitions()


@pytest.fixture(scope="session")
def signer_key() -> SignerKey:
    return SignerKey(ORIGIN, SignatureType.ED25519, sha256(b"the log's key in tests").digest())


@pytest.fixture(scope="session")
def signer(signer_key: SignerKey) -> Ed25519Signer:
    return Ed25519Signer(signer_key)


@pytest.fixture(scope="session")
def verifier(signer_key: SignerKey) -> Ed25519Verifier:
    return Ed25519Verifier(signer_key.verifier_key)


@pytest.fixture(scope="session")
def cosigner_key() -> Callable[..., SignerKey]:
    """Keys of witnesses and mirrors, by number."""

    def make(number: int, kind: SignatureType = SignatureType.COSIGNATURE, role: str = "w") -> SignerKey:
        return SignerKey(f"{ORIGIN}/{role}/{number}", kind, sha256(b"%s %d" % (role.encode(), number)).digest())

    return make


@pytest.fixture(scope="session")
def make_tree() -> Callable[[int], Tree]:
    """Trees of `entry(0)`, `entry(1)`…; made once for each size."""
    made: dict[int, Tree] = {}

    def make(size: int) -> Tree:
        if size not in made:
            made[size] = grow([entry(index) for index in range(size)])
        return made[size]

    return make


@pytest.fixture(scope="session")
def make_log(make_tree: Callable[[int], Tree], signer: Ed25519Signer) -> Callable[..., MemoryLog]:
    """Complete logs of `entry(0)`, `entry(1)`…, whose files a test may change."""

    def make(size: int, signed: Checkpoint | None = None, forged: int | None = None) -> MemoryLog:
        """With `forged`, the entry at that index is another one, in its bundle and in all tiles above it."""
        entries = [entry(index) for index in range(size)]
        tree = make_tree(size)
        if forged is not None:
            entries[forged] = b"forged"
            tree = grow(entries)
        files = {tile.path: tile_content(tile, tree.hashes) for tile in tiles_to_write(0, size)}
        for bundle in bundles_to_write(0, size):
            first = bundle.index * 256
            files[bundle.path] = encode_bundle(entries[first : first + bundle.width])
        files["checkpoint"] = sign_checkpoint(signed or Checkpoint(ORIGIN, size, tree.root), [signer])
        return MemoryLog(files)

    return make
