"""The ledger's tree, that grows many entries at a time, is the one of RFC 6962, at every size and in every step."""

from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise, product

from hypothesis import given, settings, strategies as st
import pytest

from coordinator.ledger.tree import Growth, Tree
from localvpp import tlog


class Files:
    """Written files, in memory."""

    def __init__(self) -> None:
        self.written: dict[str, bytes] = {}
        self.read: list[str] = []

    def read_tile(self, tile: tlog.Tile) -> bytes:
        self.read.append(tile.path)
        return self._read(tile.path)

    def read_bundle(self, bundle: tlog.Bundle) -> bytes:
        return self._read(bundle.path)

    def _read(self, path: str) -> bytes:
        try:
            return self.written[path]
        except KeyError:
            raise tlog.MissingError(path) from None


class Reference:
    """The same log, entry by entry, by the specifications' own functions."""

    def __init__(self) -> None:
        self.frontier = tlog.Frontier()
        self.hashes = tlog.StoredHashes()

    def append(self, entries: Sequence[bytes]) -> None:
        for entry in entries:
            self.hashes.extend(self.frontier.append(tlog.leaf_hash(entry)))


def entry(index: int) -> bytes:
    return b"entry %d" % index


def grown(tree: Tree, files: Files, reference: Reference, count: int) -> Growth:
    """Grow both by the next entries, and check all that the growth gives."""
    old = tree.size
    entries = [entry(index) for index in range(old, old + count)]
    growth = Growth(tree, entries)
    reference.append(entries)
    assert (growth.size, growth.root) == (old + count, reference.frontier.root())
    assert tree.size == old, "growing changes nothing"
    paths = growth.paths()
    assert len(paths) == count
    for index, path in zip(range(old, old + count), paths, strict=True):
        assert list(path) == tlog.prove_inclusion(growth.size, index, reference.hashes)
    expected = [*tlog.bundles_to_write(old, growth.size), *tlog.tiles_to_write(old, growth.size)]
    written = dict(growth.files())
    assert list(written) == [place.path for place in expected]
    for place in expected:
        if isinstance(place, tlog.Tile):
            assert written[place.path] == tlog.tile_content(place, reference.hashes)
        else:
            first = place.index * tlog.TILE_WIDTH
            assert tlog.parse_bundle(written[place.path], place.width) == [
                entry(index) for index in range(first, first + place.width)
            ]
    files.written |= written
    tree.adopt(growth)
    return growth


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64, 255, 256, 257, 600])
def test_a_tree_grows_as_its_entries_one_by_one_would_make_it(step: int) -> None:
    files, reference = Files(), Reference()
    tree = Tree(files)
    assert tree.root == sha256().digest()
    while tree.size < min(40 * step, 1_400):
        grown(tree, files, reference, step)


def test_every_small_tree_grows_to_every_larger_one() -> None:
    for old, count in product(range(20), range(1, 20)):
        files, reference = Files(), Reference()
        tree = Tree(files)
        if old:
            grown(tree, files, reference, old)
        grown(tree, files, reference, count)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=6))
def test_a_tree_grows_in_any_steps_and_goes_on_from_its_files(steps: list[int]) -> None:
    files, reference = Files(), Reference()
    tree = Tree(files)
    for step in steps:
        grown(tree, files, reference, step)
        if tree.size:
            loaded = Tree.load(files, tree.size, tree.root, tree.tail)
            assert (loaded.size, loaded.root, loaded.peaks) == (tree.size, tree.root, tree.peaks)
            assert {level: list(hashes) for level, hashes in loaded.edge.items()} == {
                level: list(hashes) for level, hashes in tree.edge.items() if hashes
            }
            tree = loaded


def test_two_levels_of_tiles_fill_and_any_entry_is_proven_from_the_files() -> None:
    files, reference = Files(), Reference()
    tree = Tree(files)
    for old, new in pairwise([0, 65_535, 65_536, 65_537, 66_000, 131_072, 131_073]):
        grown_to = Growth(tree, [entry(index) for index in range(old, new)])
        reference.append([entry(index) for index in range(old, new)])
        files.written |= dict(grown_to.files())
        assert grown_to.paths()[-1] == tuple(tlog.prove_inclusion(new, new - 1, reference.hashes))
        tree.adopt(grown_to)
        assert tree.root == reference.frontier.root()
        prover = tree.prover()
        for index in (0, new // 3, new - 1):
            files.read.clear()
            path = prover.path(index)
            tlog.verify_inclusion(new, index, tlog.leaf_hash(entry(index)), path, tree.root)
            assert len(files.read) <= 2, "the partial tiles are in memory"
        with pytest.raises(tlog.ProofError):
            prover.path(new)


def test_tiles_that_are_not_of_the_root_are_not_gone_on_from() -> None:
    files, reference = Files(), Reference()
    tree = Tree(files)
    grown(tree, files, reference, 300)
    files.written["tile/0/001.p/44"] = bytes(44 * 32)
    with pytest.raises(tlog.UnauthenticTileError):
        Tree.load(files, tree.size, tree.root, tree.tail)
    del files.written["tile/0/001.p/44"]
    with pytest.raises(tlog.MissingError):
        Tree.load(files, tree.size, tree.root, tree.tail)


def test_a_prover_proves_its_own_tree_while_the_log_grows() -> None:
    files, reference = Files(), Reference()
    tree = Tree(files)
    grown(tree, files, reference, 300)
    old, prover = tree.root, tree.prover()
    grown(tree, files, reference, 300)
    for index in (0, 256, 299):
        tlog.verify_inclusion(300, index, tlog.leaf_hash(entry(index)), prover.path(index), old)
