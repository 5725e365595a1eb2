"""The tree against the definitions of RFC 6962, for every small size, and against published values."""

import base64
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from hypothesis import given, strategies as st
import pytest

from localvpp.tlog import (
    EMPTY_ROOT,
    FormatError,
    Frontier,
    Hash,
    ProofError,
    StoredHashes,
    consistency_indexes,
    consistency_length,
    inclusion_indexes,
    inclusion_length,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    root,
    root_from_consistency,
    root_from_inclusion,
    split_stored_index,
    stored_count,
    stored_index,
    to_hash,
    verify_consistency,
    verify_inclusion,
)

LARGEST = 100
# For what grows with the third power of the size.
CUBIC = 64


@pytest.fixture(scope="module")
def leaves() -> list[Hash]:
    return [leaf_hash(b"record %d" % i) for i in range(LARGEST)]


@pytest.fixture(scope="module")
def hashes(make_tree: Callable[[int], Any]) -> StoredHashes:
    stored: StoredHashes = make_tree(LARGEST).hashes
    return stored


@pytest.fixture(scope="module")
def roots(hashes: StoredHashes) -> list[Hash]:
    return [root(size, hashes) for size in range(LARGEST + 1)]


def test_hashes_have_their_published_values() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex().startswith("6e340b9c")
    assert leaf_hash(b"").hex().endswith("a01d")
    assert leaf_hash(b"L123456").hex().startswith("395aa064")
    assert leaf_hash(b"L123456").hex().endswith("4d56")
    node = sha256(b"\x01N123N456").digest()
    assert (node[:4].hex(), node[-2:].hex()) == ("aa217fe8", "6bbb")
    assert node_hash(Hash(b"N123"), Hash(b"N456")) == node
    assert base64.b64encode(leaf_hash(b"hello world")) == b"TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0="


def test_a_hash_has_32_bytes() -> None:
    assert to_hash(bytes(32)) == bytes(32)
    for length in (0, 31, 33):
        with pytest.raises(FormatError, match=f"not {length}"):
            to_hash(bytes(length))


def test_stored_hashes_are_in_the_order_in_which_a_growing_log_completes_them() -> None:
    at = 0
    for entry in range(300):
        assert stored_count(entry) == at
        level = 0
        while (entry + 1) % (1 << level) == 0:
            assert stored_index(level, entry >> level) == at
            assert split_stored_index(at) == (level, entry >> level)
            at += 1
            level += 1


@given(st.integers(0, 40), st.integers(0, 2**60))
def test_stored_index_and_its_inverse_agree(level: int, n: int) -> None:
    assert split_stored_index(stored_index(level, n)) == (level, n)


def test_stored_indexes_below_zero_are_refused() -> None:
    with pytest.raises(ProofError):
        split_stored_index(-1)


def test_roots_agree_with_the_definition(roots: Sequence[Hash], definitions: Any) -> None:
    data = [b"record %d" % i for i in range(LARGEST)]
    assert roots == [definitions.mth(data[:size]) for size in range(LARGEST + 1)]


def test_the_frontier_gives_root_and_stored_hashes_after_every_append(
    leaves: Sequence[Hash], hashes: StoredHashes, roots: Sequence[Hash]
) -> None:
    frontier = Frontier()
    written: list[Hash] = []
    for size, leaf in enumerate(leaves):
        assert (frontier.size, frontier.root()) == (size, roots[size])
        written += frontier.append(leaf)
        assert len(frontier.peaks) == (size + 1).bit_count()
    assert frontier.root() == roots[LARGEST]
    assert written == hashes.read_hashes(range(stored_count(LARGEST)))


def test_a_frontier_continues_from_stored_hashes_and_its_copy_grows_alone(
    leaves: Sequence[Hash], hashes: StoredHashes, roots: Sequence[Hash]
) -> None:
    for size in range(LARGEST):
        loaded = Frontier.load(size, hashes)
        copy = loaded.copy()
        copy.append(leaves[size])
        assert (copy.size, copy.root()) == (size + 1, roots[size + 1])
        assert (loaded.size, loaded.root()) == (size, roots[size])


def test_a_frontier_with_the_wrong_number_of_subtrees_is_refused(leaves: Sequence[Hash]) -> None:
    for size, count in ((0, 1), (3, 1), (4, 2), (-1, 1)):
        with pytest.raises(ProofError):
            Frontier(size, leaves[:count])
    with pytest.raises(FormatError):
        Frontier(1, [Hash(b"short")])
    with pytest.raises(ProofError, match="not negative"):
        Frontier.load(-1, StoredHashes())


def test_inclusion_proofs_agree_with_the_definition(
    leaves: Sequence[Hash], hashes: StoredHashes, roots: Sequence[Hash], definitions: Any
) -> None:
    data = [b"record %d" % i for i in range(LARGEST)]
    for size in range(1, LARGEST + 1):
        for index in range(size):
            path = prove_inclusion(size, index, hashes)
            assert path == definitions.path(index, data[:size])
            assert len(path) == inclusion_length(size, index)
            verify_inclusion(size, index, leaves[index], path, roots[size])


@given(st.data())
def test_one_bit_of_any_hash_spoils_any_proof_of_any_tree(
    leaves: Sequence[Hash], hashes: StoredHashes, roots: Sequence[Hash], data: st.DataObject
) -> None:
    def flipped(given: Sequence[Hash]) -> list[Hash]:
        at = data.draw(st.integers(0, len(given) * 256 - 1))
        whole = bytearray(b"".join(given))
        whole[at // 8] ^= 1 << at % 8
        return [Hash(bytes(whole[i : i + 32])) for i in range(0, len(whole), 32)]

    size = data.draw(st.integers(1, LARGEST))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    leaf, size_root, *path = flipped([leaves[index], roots[size], *prove_inclusion(size, index, hashes)])
    with pytest.raises(ProofError):
        verify_inclusion(size, index, leaf, path, size_root)
    old_root, new_root, *path = flipped([roots[old], roots[size], *prove_consistency(old, size, hashes)])
    with pytest.raises(ProofError):
        verify_consistency(old, size, old_root, new_root, path)


def test_a_proof_fits_its_entry_and_no_other_index(
    leaves: Sequence[Hash], hashes: StoredHashes, roots: Sequence[Hash]
) -> None:
    for size in range(1, CUBIC + 1):
        for index in range(size):
            path = prove_inclusion(size, index, hashes)
            verify_inclusion(size, index, leaves[index], path, roots[size])
            for wrong in range(-1, size + 1):
                if wrong != index:
                    with pytest.raises(ProofError):
                        verify_inclusion(size, wrong, leaves[index], path, roots[size])


def test_a_proof_fits_no_other_tree(leaves: Sequence[Hash], hashes: StoredHashes, roots: Sequence[Hash]) -> None:
    for size in range(1, CUBIC + 1):
        for index in range(size):
            path = prove_inclusion(size, index, hashes)
            for wrong in range(CUBIC + 1):
                if wrong != size:
                    with pytest.raises(ProofError):
                        verify_inclusion(wrong, index, leaves[index], path, roots[wrong])


def test_a_wrong_size_with_the_right_root_passes_only_where_both_trees_have_the_same_shape(
    leaves: Sequence[Hash], hashes: StoredHashes, roots: Sequence[Hash], definitions: Any
) -> None:
    """The size is bound by the signed checkpoint, not by the path: this is the tree's own property."""
    for size in range(1, CUBIC // 2 + 1):
        for index in range(size):
            path = prove_inclusion(size, index, hashes)
            sides = definitions.sides(index, size)
            for wrong in range(index + 1, CUBIC + 1):
                if definitions.sides(index, wrong) == sides:
                    verify_inclusion(wrong, index, leaves[index], path, roots[size])
                else:
                    with pytest.raises(ProofError):
                        verify_inclusion(wrong, index, leaves[index], path, roots[size])


def test_a_changed_longer_or_shorter_inclusion_path_is_refused(
    leaves: Sequence[Hash], hashes: StoredHashes, roots: Sequence[Hash]
) -> None:
    for size in (1, 2, 7, 8, 33, 64):
        for index in range(size):
            path = prove_inclusion(size, index, hashes)
            bad = [[*path, leaves[0]], [leaves[0], *path]]
            bad += [path[:i] + path[i + 1 :] for i in range(len(path))]
            bad += [[*path[:i], Hash(path[i][::-1]), *path[i + 1 :]] for i in range(len(path))]
            bad += [[*path[:i], Hash(path[i][:-1]), *path[i + 1 :]] for i in range(len(path))]
            for wrong in bad:
                with pytest.raises(ProofError):
                    verify_inclusion(size, index, leaves[index], wrong, roots[size])
            with pytest.raises(ProofError):
                verify_inclusion(size, index, leaves[index - 1] if size > 1 else roots[2], path, roots[size])


def test_a_path_of_the_wrong_length_is_refused_before_anything_is_hashed() -> None:
    with pytest.raises(ProofError, match="takes 3 hashes, not 100000"):
        root_from_inclusion(8, 0, EMPTY_ROOT, [Hash(b"not even a hash")] * 100_000)
    with pytest.raises(ProofError, match="takes 3 hashes, not 100000"):
        verify_consistency(6, 8, EMPTY_ROOT, EMPTY_ROOT, [Hash(b"not even a hash")] * 100_000)


def test_consistency_proofs_agree_with_the_definition(
    hashes: StoredHashes, roots: Sequence[Hash], definitions: Any
) -> None:
    data = [b"record %d" % i for i in range(LARGEST)]
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            path = prove_consistency(old, new, hashes)
            assert path == definitions.proof(old, data[:new])
            assert len(path) == consistency_length(old, new)
            verify_consistency(old, new, roots[old], roots[new], path)


def test_from_an_old_root_a_consistency_path_leads_to_the_new_one(hashes: StoredHashes, roots: Sequence[Hash]) -> None:
    for new in range(1, 20):
        for old in range(1, new + 1):
            path = prove_consistency(old, new, hashes)
            assert root_from_consistency(old, new, roots[old], path) == roots[new]
            if old.bit_count() == 1:
                # The path starts from the old root itself, so from another one it leads elsewhere.
                assert root_from_consistency(old, new, roots[old + 1], path) != roots[new]
            elif old < new:
                with pytest.raises(ProofError, match="leads to the old root"):
                    root_from_consistency(old, new, roots[old + 1], path)
    with pytest.raises(ProofError, match="takes 0 hashes"):
        root_from_consistency(5, 5, roots[5], [roots[5]])
    with pytest.raises(ProofError, match="says nothing"):
        root_from_consistency(0, 5, EMPTY_ROOT, [])


def test_a_consistency_proof_fits_no_other_pair_of_sizes(hashes: StoredHashes, roots: Sequence[Hash]) -> None:
    largest = 40
    honest = {(old, new): prove_consistency(old, new, hashes) for new in range(largest + 1) for old in range(new + 1)}
    for (old, new), path in honest.items():
        for wrong in (*((o, new) for o in range(new + 1)), *((old, n) for n in range(old, largest + 1))):
            if honest[wrong] == path:
                verify_consistency(*wrong, roots[wrong[0]], roots[wrong[1]], path)
            else:
                with pytest.raises(ProofError):
                    verify_consistency(*wrong, roots[wrong[0]], roots[wrong[1]], path)


def test_a_consistency_proof_with_wrong_roots_or_hashes_is_refused(hashes: StoredHashes, roots: Sequence[Hash]) -> None:
    for new in range(1, 40):
        for old in range(1, new):
            path = prove_consistency(old, new, hashes)
            bad = [(roots[old], roots[new - 1], path), (roots[old - 1], roots[new], path)]
            bad += [
                (roots[old], roots[new], [*path[:i], Hash(path[i][::-1]), *path[i + 1 :]]) for i in range(len(path))
            ]
            bad += [(roots[old], roots[new], path[1:]), (roots[old], roots[new], [*path, path[0]])]
            bad += [(Hash(b""), roots[new], path), (roots[old], Hash(b""), path)]
            for old_root, new_root, wrong in bad:
                with pytest.raises(ProofError):
                    verify_consistency(old, new, old_root, new_root, wrong)


def test_a_tree_never_shrinks_and_one_size_has_one_root(roots: Sequence[Hash], hashes: StoredHashes) -> None:
    with pytest.raises(ProofError, match="cannot have grown"):
        verify_consistency(5, 4, roots[5], roots[4], [])
    with pytest.raises(ProofError, match="cannot have grown"):
        prove_consistency(5, 4, hashes)
    with pytest.raises(ProofError, match="two roots"):
        verify_consistency(5, 5, roots[5], roots[4], [])
    with pytest.raises(ProofError, match="empty tree"):
        verify_consistency(0, 5, roots[1], roots[5], [])
    with pytest.raises(ProofError, match="takes 0 hashes"):
        verify_consistency(0, 5, EMPTY_ROOT, roots[5], [roots[5]])
    verify_consistency(0, 5, EMPTY_ROOT, roots[5], [])
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])


def test_plans_name_exactly_the_stored_hashes_that_are_read(hashes: StoredHashes) -> None:
    class Recorder:
        def __init__(self) -> None:
            self.asked: list[list[int]] = []

        def read_hashes(self, indexes: Sequence[int]) -> list[Hash]:
            self.asked.append(list(indexes))
            return hashes.read_hashes(indexes)

    for size in (1, 2, 13, 40, 64):
        for at in range(size):
            recorder = Recorder()
            prove_inclusion(size, at, recorder)
            prove_consistency(at, size, recorder)
            assert recorder.asked == [inclusion_indexes(size, at), consistency_indexes(at, size)]


def test_proofs_of_entries_that_are_not_there_are_refused(hashes: StoredHashes) -> None:
    for size, index in ((0, 0), (5, 5), (5, -1), (-1, 0)):
        with pytest.raises(ProofError, match="no entry"):
            prove_inclusion(size, index, hashes)
    with pytest.raises(ProofError, match="not negative"):
        root(-1, hashes)
    with pytest.raises(ProofError, match="does not exist"):
        root(LARGEST + 1, hashes)


def test_a_reader_that_gives_too_few_hashes_is_found_out() -> None:
    class Short:
        def read_hashes(self, indexes: Sequence[int]) -> list[Hash]:
            return [EMPTY_ROOT] * (len(indexes) - 1)

    with pytest.raises(ProofError, match="0 hashes for 1"):
        root(4, Short())


def test_new_hashes_stand_on_an_older_reader(leaves: Sequence[Hash], hashes: StoredHashes) -> None:
    for old in range(LARGEST):
        grown = StoredHashes(stored_count(old), hashes)
        frontier = Frontier.load(old, hashes)
        for leaf in leaves[old:]:
            grown.extend(frontier.append(leaf))
        assert len(grown) == stored_count(LARGEST) - stored_count(old)
        everything = list(range(stored_count(LARGEST)))
        assert grown.read_hashes(everything[::-1]) == hashes.read_hashes(everything[::-1])
