"""Subtrees against the definition of the draft, for every tree up to 100 entries, and against its published values."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any

import pytest

from localvpp.tlog import (
    EMPTY_ROOT,
    Hash,
    ProofError,
    StoredHashes,
    is_subtree,
    leaf_hash,
    prove_consistency,
    prove_subtree,
    root,
    root_of,
    subtree_indexes,
    subtree_length,
    subtree_root,
    verify_consistency,
    verify_subtree,
)

LARGEST = 100
# The draft's accumulated values are over all trees up to this size.
PUBLISHED = 130


@pytest.fixture(scope="module")
def hashes(make_tree: Callable[[int], Any]) -> StoredHashes:
    stored: StoredHashes = make_tree(LARGEST).hashes
    return stored


@pytest.fixture(scope="module")
def roots(hashes: StoredHashes) -> list[Hash]:
    return [root(size, hashes) for size in range(LARGEST + 1)]


@pytest.fixture(scope="module")
def subtrees(hashes: StoredHashes) -> dict[tuple[int, int], Hash]:
    """The root of every subtree of 100 entries."""
    return {pair: subtree_root(*pair, hashes) for pair in all_subtrees(LARGEST)}


def all_subtrees(size: int) -> Iterator[tuple[int, int]]:
    for end in range(size + 1):
        for start in range(end + 1):
            if is_subtree(start, end):
                yield start, end


def test_subtrees_are_those_that_start_at_a_multiple_of_the_power_of_two_that_holds_them() -> None:
    for end in range(70):
        for start in range(end + 1):
            power = 1
            while power < end - start:
                power *= 2
            assert is_subtree(start, end) == (start % power == 0)
    assert not is_subtree(-1, 0)
    assert not is_subtree(8, 7)


def test_all_subtrees_and_their_proofs_have_the_values_that_the_draft_publishes(
    grow_bytes: Callable[[int], StoredHashes],
) -> None:
    tree = grow_bytes(PUBLISHED)
    seen = sha256()
    for start, end in all_subtrees(PUBLISHED):
        seen.update(f"[{start}, {end}) {subtree_root(start, end, tree).hex()}\n".encode())
    assert seen.hexdigest() == "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81"
    seen = sha256()
    for size in range(PUBLISHED + 1):
        for start, end in all_subtrees(size):
            path = "".join(f" {step.hex()}" for step in prove_subtree(start, end, size, tree))
            seen.update(f"[{start}, {end}) {size}{path}\n".encode())
    assert seen.hexdigest() == "10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74"


@pytest.fixture(scope="module")
def grow_bytes(make_tree: Callable[[int], Any]) -> Callable[[int], StoredHashes]:
    """The tree of the draft: its entries are the bytes 0, 1, 2…"""
    frontier = make_tree(0).frontier.copy()

    def make(size: int) -> StoredHashes:
        stored = StoredHashes()
        for value in range(size):
            stored.extend(frontier.append(leaf_hash(bytes([value]))))
        return stored

    return make


def test_every_subtree_of_every_tree_is_proven(
    hashes: StoredHashes, roots: Sequence[Hash], subtrees: dict[tuple[int, int], Hash]
) -> None:
    for size in range(LARGEST + 1):
        for start, end in all_subtrees(size):
            path = prove_subtree(start, end, size, hashes)
            assert len(path) == subtree_length(start, end, size)
            verify_subtree(start, end, size, subtrees[start, end], roots[size], path)


def test_a_consistency_proof_is_the_proof_of_the_subtree_at_the_start(
    hashes: StoredHashes, roots: Sequence[Hash]
) -> None:
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            path = prove_consistency(old, new, hashes)
            assert path == prove_subtree(0, old, new, hashes)
            verify_consistency(old, new, roots[old], roots[new], path)


def test_the_root_of_a_subtree_is_that_of_its_leaves(subtrees: dict[tuple[int, int], Hash], definitions: Any) -> None:
    data = [b"record %d" % i for i in range(LARGEST)]
    for (start, end), found in subtrees.items():
        assert root_of([leaf_hash(entry) for entry in data[start:end]]) == found
        if end < 40:
            assert definitions.mth(data[start:end]) == found


def test_a_proof_fits_its_subtree_and_no_other(
    hashes: StoredHashes, roots: Sequence[Hash], subtrees: dict[tuple[int, int], Hash]
) -> None:
    size = 37
    honest = {pair: prove_subtree(*pair, size, hashes) for pair in all_subtrees(size)}
    for (start, end), path in honest.items():
        if start == end:
            continue
        for wrong in honest:
            if wrong != (start, end):
                with pytest.raises(ProofError):
                    verify_subtree(*wrong, size, subtrees[start, end], roots[size], path)


def test_a_proof_fits_no_other_tree(
    hashes: StoredHashes, roots: Sequence[Hash], subtrees: dict[tuple[int, int], Hash]
) -> None:
    for size in range(1, 41):
        for start, end in all_subtrees(size):
            if start == end:
                continue
            path = prove_subtree(start, end, size, hashes)
            for wrong in range(41):
                if wrong != size:
                    with pytest.raises(ProofError):
                        verify_subtree(start, end, wrong, subtrees[start, end], roots[wrong], path)


def test_a_changed_longer_or_shorter_path_is_refused(
    hashes: StoredHashes, roots: Sequence[Hash], subtrees: dict[tuple[int, int], Hash]
) -> None:
    size = 53
    for (start, end), found in subtrees.items():
        if not start < end <= size:
            continue
        path = prove_subtree(start, end, size, hashes)
        bad = [[*path, roots[1]], [roots[1], *path]]
        bad += [path[:i] + path[i + 1 :] for i in range(len(path))]
        bad += [[*path[:i], Hash(path[i][::-1]), *path[i + 1 :]] for i in range(len(path))]
        bad += [[*path[:i], Hash(path[i][:-1]), *path[i + 1 :]] for i in range(len(path))]
        for wrong in bad:
            with pytest.raises(ProofError):
                verify_subtree(start, end, size, found, roots[size], wrong)
        reverse = Hash(found[::-1])
        for subtree, tree in ((found, roots[size - 1]), (reverse, roots[size]), (Hash(b""), roots[size])):
            with pytest.raises(ProofError):
                verify_subtree(start, end, size, subtree, tree, path)


def test_an_empty_subtree_has_the_empty_root_and_no_path(roots: Sequence[Hash], hashes: StoredHashes) -> None:
    assert prove_subtree(5, 5, 9, hashes) == []
    verify_subtree(5, 5, 9, EMPTY_ROOT, roots[9], [])
    with pytest.raises(ProofError, match="empty subtree"):
        verify_subtree(5, 5, 9, roots[1], roots[9], [])
    with pytest.raises(ProofError, match="takes 0 hashes"):
        verify_subtree(5, 5, 9, EMPTY_ROOT, roots[9], [roots[9]])


def test_ranges_that_are_no_subtree_of_the_tree_are_refused(hashes: StoredHashes) -> None:
    for start, end, size in ((7, 9, 9), (1, 5, 8), (-4, 0, 8), (6, 5, 8)):
        with pytest.raises(ProofError, match="not aligned"):
            prove_subtree(start, end, size, hashes)
        with pytest.raises(ProofError, match="not aligned"):
            subtree_root(start, end, hashes)
    with pytest.raises(ProofError, match="a tree of 8 entries does not have"):
        verify_subtree(8, 9, 8, EMPTY_ROOT, EMPTY_ROOT, [])


def test_a_path_of_the_wrong_length_is_refused_before_anything_is_hashed() -> None:
    with pytest.raises(ProofError, match="takes 3 hashes, not 100000"):
        verify_subtree(0, 1, 8, EMPTY_ROOT, EMPTY_ROOT, [Hash(b"not even a hash")] * 100_000)


def test_plans_name_exactly_the_stored_hashes_that_are_read(hashes: StoredHashes) -> None:
    class Recorder:
        def __init__(self) -> None:
            self.asked: list[list[int]] = []

        def read_hashes(self, indexes: Sequence[int]) -> list[Hash]:
            self.asked.append(list(indexes))
            return hashes.read_hashes(indexes)

    for start, end in ((0, 5), (8, 13), (64, 90), (40, 41)):
        recorder = Recorder()
        prove_subtree(start, end, LARGEST, recorder)
        assert recorder.asked == [subtree_indexes(start, end, LARGEST)]


def test_the_example_of_the_witness_specification_has_as_many_hashes() -> None:
    """C2SP tlog-witness, the request to sign the subtree [8, 13) of 14 entries. Its hashes are of no real tree."""
    assert subtree_length(8, 13, 14) == 4


def test_a_published_proof_in_a_tree_of_2_to_the_48_is_right() -> None:
    """A value of the draft's working group: large_consistency_proofs, subtree [0x800000000000, 0xffffff000000)."""
    path = [
        "e95c04b6f0500c6210eac954afa096ccec8a497e9e8dc051ca3b7713c301a2d9",
        "8daf6357905b4382c0df84b42bcbe0d5c4d0f83d291e3a923453cec92f654266",
        "7e89e7aaa9e17efb8370917146a3a7feb26c4b6eadf5770d3dd5b6581ac394c8",
        "6fa5c9e7afe0591dd131a91c97f40658e0de919a828c5ccdf1a149e71f53dcbe",
        "38bcb07d8cbbfe9ad4af040552d0325b0de71e5b645b23167e066769a9797c2b",
        "88590740f1c7172f3967be697c18abe9807f1cca69a4cabc1036ad9679e84dd0",
        "5d0fa20beb2727b811bd3ba512b4d23e7273dd99c1b16b3f619882988785ee6d",
        "160fe9870f5d1ef0443bc0e8e6f21f8a9274838ddf086f9a3b1c3089c5185818",
        "cd0f7c8c81d49e5e4c6bed1c56343c714ba97f2d7449381b9bbaf16d6c715f80",
        "a042cb95587cce2f696dea27647517224bff0aa5a2c84dca9f74e7dc9b9e7969",
        "4c25f64c1113959b9c6a22866b9cd193602183845ef64a9075054b12426b6e05",
        "66c7aec1d762499789740a38c13f917ff43c64b60cf353afd277313d8ca677b9",
        "04f296b9b250c5a0acb9d4ea81b01402fcdb0849d76728caaac48523ad7815d3",
        "c3b0d7ba55b67fcaaf174e1c8b87bedad52c01c156f19811a246f8781ef136e0",
        "be00d72e1863a37e1759c2bcbcf9c88c0e1c95dd0c9575495cda98c5ab1e494a",
        "3392f02ba0300751b4b603217dd515bdc5b222170cbc95e2123a761f5631f5dc",
        "4a316ebc7c22902ede534009cb48877311d793c7a8862efdabc4611766b91d02",
        "97d59564282aeab49f983862d988a57a9e0317d5f30405b5318e4b04791fbe67",
        "0c3297aa2d66ac97f9aa41d22bf1fa0bb9e225b6e13615da1147a241ed1a769f",
        "11d1e9514225b24425ec61b2c09aecefee6ea3a02c48c3ddf03ed34b4165dd3e",
        "5cbdfcce6dc8a670a361e6a58882b98bba0e44514c084d2cb3658848057aa5f5",
        "271ca6d63058bcc6685b11a8195080092105800ae73a6065ab255ed04d370e37",
        "0e591a004d744953fd74c47f4c136b4d5c285a7b83c101c067116164725323b2",
        "acef9fffe476eab7fba6b4a6e20e369908056538674f76c19f6c61ea6544dbb7",
        "b1d56f82b25ced1019359fafb60c1db86f923aeb920d12977ef894f90f3463e9",
    ]
    verify_subtree(
        0x800000000000,
        0xFFFFFF000000,
        2**48 - 2**24 + 2**12,
        Hash(bytes.fromhex("fefad1cf31f741a0356f12736f9a68a455251a64053b596c89d76a229c0c48f3")),
        Hash(bytes.fromhex("660afc6a5d50d93ad9d6bcc6758c57b2520fb4dda5be49398e1be3929d7cc0b3")),
        [Hash(bytes.fromhex(step)) for step in path],
    )
