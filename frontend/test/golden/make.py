"""Writes log.json: a log of 300 entries made by the Python side, which the page's own code must verify.

Run from the repository: `python frontend/test/golden/make.py`. The same seed gives the same file.
"""

import base64
import hashlib
import itertools
import json
from pathlib import Path

from localvpp.tlog import (
    Checkpoint,
    Ed25519Signer,
    Frontier,
    Hash,
    SignatureType,
    SignerKey,
    StoredHashes,
    bundles_to_write,
    encode_bundle,
    leaf_hash,
    sign_checkpoint,
    tile_content,
    tiles_to_write,
)

ORIGIN = "vpp.example/golden"
SIZES = (0, 1, 7, 255, 256, 257, 300)


def main() -> None:
    """Write the file beside this one."""
    key = SignerKey(ORIGIN, SignatureType.ED25519, hashlib.sha256(b"golden log key").digest())
    # Lengths from nothing to several blocks of the hash.
    entries = [hashlib.shake_256(n.to_bytes(4)).digest(n * 7 % 70) for n in range(max(SIZES))]
    frontier, stored = Frontier(), StoredHashes()
    notes: dict[int, str] = {}
    files: dict[str, str] = {}

    def publish(size: int, before: int) -> None:
        head = Checkpoint(ORIGIN, size, Hash(frontier.root()))
        notes[size] = sign_checkpoint(head, [Ed25519Signer(key)]).decode()
        for tile in tiles_to_write(before, size):
            files[tile.path] = base64.b64encode(tile_content(tile, stored)).decode()
        for bundle in bundles_to_write(before, size):
            first = bundle.index * 256
            files[bundle.path] = base64.b64encode(encode_bundle(entries[first : first + bundle.width])).decode()

    publish(0, 0)
    for before, size in itertools.pairwise(SIZES):
        for entry in entries[before:size]:
            stored.extend(frontier.append(leaf_hash(entry)))
        publish(size, before)
    golden = {"vkey": key.verifier_key.encode(), "notes": notes, "files": files}
    Path(__file__).with_name("log.json").write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
