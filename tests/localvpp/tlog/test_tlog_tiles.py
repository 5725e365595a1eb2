"""Tiles: their names, which of them a log writes, what is in them, and reading them without trust."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, strategies as st
import pytest

from localvpp.tlog import (
    EMPTY_ROOT,
    MAX_ENTRY_BYTES,
    Bundle,
    FormatError,
    Frontier,
    Hash,
    MissingError,
    StoredHashes,
    Tile,
    TileHashReader,
    UnauthenticTileError,
    bundles_to_write,
    consistency_indexes,
    edge_tiles,
    encode_bundle,
    inclusion_indexes,
    leaf_hash,
    parse_bundle,
    parse_path,
    prove_consistency,
    prove_inclusion,
    read_bundle,
    read_tile,
    split_tile,
    stored_count,
    stored_index,
    tile_content,
    tiles_for,
    tiles_to_write,
    verify_inclusion,
)

SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 513, 65535, 65536, 65537, 65793]

indexes = st.integers(0, 2**63 - 1)
widths = st.integers(1, 256)


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(3, 1000, 255), "tile/3/x001/000.p/255"),
        (Tile(63, 999, 1), "tile/63/999.p/1"),
        (Bundle(1234067, 9), "tile/entries/x001/x234/067.p/9"),
        (Bundle(0), "tile/entries/000"),
    ],
)
def test_files_have_the_names_of_the_specification(resource: Tile | Bundle, path: str) -> None:
    assert resource.path == path
    assert parse_path(path) == resource


@given(st.integers(0, 63), indexes, widths)
def test_tile_paths_are_read_as_they_were_written(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_path(tile.path) == tile
    assert tile.full == Tile(level, index)


@given(indexes, widths)
def test_bundle_paths_are_read_as_they_were_written(index: int, width: int) -> None:
    assert parse_path(Bundle(index, width).path) == Bundle(index, width)


@given(
    st.sampled_from(["entries", "0", "00", "7", "63", "64", "163"]),
    st.lists(st.sampled_from(["x000", "x001", "000", "067", "x67", "0067"]), max_size=4),
    st.sampled_from(["000", "x000", "067", "67"]),
    st.sampled_from(["", ".p/1", ".p/0", ".p/01", ".p/255", ".p/256"]),
)
def test_a_path_that_is_read_is_the_only_path_of_its_file(level: str, groups: list[str], last: str, width: str) -> None:
    path = "/".join(["tile", level, *groups, last]) + width
    try:
        resource = parse_path(path)
    except FormatError:
        return
    assert resource.path == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/01",
        "tile/0/001.p/",
        "tile/0/001.p",
        "/tile/0/001",
        "tile/0/001/",
        "tile/0/001\n",
        "tile/0/../001",
        "tile/0/００１",
        "tile/entries/1",
        "tile/entries/x000/000",
        "tile/x999/x999/x999/x999/x999/x999/999",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ],
)
def test_paths_that_name_no_file_are_refused(path: str) -> None:
    with pytest.raises(FormatError):
        parse_path(path)


def test_a_tile_is_not_a_bundle() -> None:
    with pytest.raises(FormatError, match="not an entry bundle"):
        Bundle.parse("tile/0/000")
    with pytest.raises(FormatError, match="not a tile"):
        Tile.parse("tile/entries/000")


def test_impossible_tiles_cannot_be_made() -> None:
    for level, index, width in ((-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 2**63, 1), (0, 0, 0), (0, 0, 257)):
        with pytest.raises(FormatError):
            Tile(level, index, width)


def test_a_log_of_70000_entries_has_the_tiles_of_the_specification() -> None:
    tiles = list(tiles_to_write(0, 70_000))
    full = [tile for tile in tiles if tile.width == 256]
    assert [sum(tile.level == level for tile in full) for level in range(3)] == [273, 1, 0]
    partial = [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert [tile for tile in tiles if tile.width < 256] == partial == edge_tiles(70_000)
    assert len(list(bundles_to_write(0, 70_000))) == 274
    assert list(tiles_to_write(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]


@given(st.integers(0, 200_000), st.integers(0, 70_000))
def test_growth_writes_what_the_larger_log_has_and_the_smaller_has_not(old: int, more: int) -> None:
    new = old + more
    written = list(tiles_to_write(old, new))
    assert len(set(written)) == len(written)
    assert set(written) == set(tiles_to_write(0, new)) - set(tiles_to_write(0, old))
    assert set(bundles_to_write(old, new)) == set(bundles_to_write(0, new)) - set(bundles_to_write(0, old))


def test_a_log_that_does_not_grow_writes_nothing() -> None:
    for size in (0, 1, 256, 70_000):
        assert list(tiles_to_write(size, size)) == []
        assert list(bundles_to_write(size, size)) == []


def test_tiles_hold_the_subtrees_of_the_definition(make_tree: Callable[[int], Any], definitions: Any) -> None:
    size = 3 * 256 + 7
    tree = make_tree(size)
    data = [b"record %d" % i for i in range(size)]
    for tile in tiles_to_write(0, size):
        each = 256**tile.level
        content = split_tile(tile_content(tile, tree.hashes))
        assert len(content) == tile.width
        for at, value in enumerate(content, tile.index * 256):
            assert value == definitions.mth(data[at * each : (at + 1) * each])


@pytest.mark.parametrize("size", SIZES)
def test_hashes_out_of_tiles_are_the_stored_hashes(size: int, make_tree: Callable[[int], Any], make_log: Any) -> None:
    tree = make_tree(65793)
    log = make_log(size)
    frontier = Frontier.load(size, tree.hashes)
    count = stored_count(size)
    wanted = sorted({*range(min(count, 600)), *range(max(0, count - 600), count), *range(0, count, 997)})
    reader = TileHashReader(size, frontier.root(), log)
    assert reader.read_hashes(wanted) == tree.hashes.read_hashes(wanted)
    assert Frontier.load(size, reader).root() == frontier.root()


@pytest.mark.parametrize("old", SIZES[:-1])
def test_a_log_grows_from_its_tiles_alone(old: int, make_tree: Callable[[int], Any], make_log: Any) -> None:
    """What a coordinator does after a restart: old hashes out of tiles, new ones out of the frontier."""
    new = old + 300
    log = make_log(old)
    reader = TileHashReader(old, make_tree(old).root, log)
    frontier = Frontier.load(old, reader)
    grown = StoredHashes(stored_count(old), reader)
    for index in range(old, new):
        grown.extend(frontier.append(leaf_hash(b"record %d" % index)))
    for tile in tiles_to_write(old, new):
        log.files[tile.path] = tile_content(tile, grown)
    expected = make_tree(new)
    assert frontier.root() == expected.root
    for tile in tiles_to_write(0, new):
        assert log.files[tile.path] == tile_content(tile, expected.hashes)


def test_only_the_planned_tiles_are_read(make_tree: Callable[[int], Any], make_log: Any) -> None:
    size = 65793
    root, log = make_tree(size).root, make_log(size)
    plans = [inclusion_indexes(size, at) for at in (0, 255, 256, 40_000, 65_535, 65_536, size - 1)]
    plans += [consistency_indexes(old, size) for old in (1, 255, 256, 65_535, 65_536, size - 1)]
    for plan in plans:
        log.reads.clear()
        TileHashReader(size, root, log).read_hashes(plan)
        assert sorted(log.reads) == sorted(tile.path for tile in tiles_for(size, plan))


def test_a_warm_reader_needs_at_most_two_tiles_for_a_proof(make_tree: Callable[[int], Any], make_log: Any) -> None:
    size = 65793
    tree, log = make_tree(size), make_log(size)
    reader = TileHashReader(size, tree.root, log)
    prove_inclusion(size, 0, reader)
    for index in (300, 40_000, 65_000, 65_792):
        log.reads.clear()
        path = prove_inclusion(size, index, reader)
        assert len(log.reads) <= 2
        verify_inclusion(size, index, leaf_hash(b"record %d" % index), path, tree.root)
    assert prove_consistency(257, size, reader) == prove_consistency(257, size, tree.hashes)


def test_a_reader_keeps_no_more_tiles_than_it_was_told(make_tree: Callable[[int], Any], make_log: Any) -> None:
    size = 65793
    log = make_log(size)
    reader = TileHashReader(size, make_tree(size).root, log, kept_tiles=3)
    every_leaf_tile = [stored_index(0, n) for n in range(0, 5 * 256, 256)]
    reader.read_hashes(every_leaf_tile)
    log.reads.clear()
    reader.read_hashes(every_leaf_tile[-2:])
    assert log.reads == []
    reader.read_hashes(every_leaf_tile[:1])
    assert log.reads == [Tile(0, 0).path]


@pytest.mark.parametrize(
    "path", ["tile/0/000", "tile/0/100", "tile/1/000", "tile/0/257.p/1", "tile/1/001.p/1", "tile/2/000.p/1"]
)
def test_a_wrong_tile_is_convicted_before_its_hashes_are_used_or_kept(
    path: str, make_tree: Callable[[int], Any], make_log: Any
) -> None:
    size = 65793
    root, good = make_tree(size).root, make_log(size)
    tile = Tile.parse(path)
    index = stored_index(8 * tile.level, tile.index * 256)
    for log in (good.flipped(path, 0), good.flipped(path, 8 * len(good.files[path]) - 1)):
        reader = TileHashReader(size, root, log)
        with pytest.raises(UnauthenticTileError) as caught:
            reader.read_hashes([index])
        assert path in caught.value.paths
        log.files[path] = good.files[path]
        assert reader.read_hashes([index]) == make_tree(size).hashes.read_hashes([index])


def test_a_tile_of_the_wrong_length_is_convicted(make_tree: Callable[[int], Any], make_log: Any) -> None:
    root, log = make_tree(257).root, make_log(257)
    log.files["tile/0/000"] += bytes(32)
    with pytest.raises(UnauthenticTileError, match="8224 bytes, not 8192"):
        TileHashReader(257, root, log).read_hashes([0])
    log.files["tile/0/001.p/1"] = b""
    with pytest.raises(UnauthenticTileError, match="0 bytes, not 32"):
        TileHashReader(257, root, log).read_hashes([0])


def test_a_partial_tile_is_taken_from_the_full_one_when_the_log_has_deleted_it(
    make_tree: Callable[[int], Any], make_log: Any
) -> None:
    tree, log = make_tree(300), make_log(600)
    for tile in edge_tiles(300):
        assert tile.path not in log.files or tile.level == 1
    log.files["tile/1/000.p/1"] = make_log(300).files["tile/1/000.p/1"]
    reader = TileHashReader(300, tree.root, log)
    assert reader.read_hashes([0, stored_index(0, 299)]) == tree.hashes.read_hashes([0, stored_index(0, 299)])
    assert read_bundle(log, Bundle(1, 44)) == [b"record %d" % i for i in range(256, 300)]
    assert len(read_tile(log, Tile(0, 1, 44))) == 44


def test_a_tile_that_is_nowhere_is_named_as_it_was_asked_for(make_log: Any) -> None:
    log = make_log(257)
    for asked in (Tile(0, 7), Tile(0, 7, 3)):
        with pytest.raises(MissingError) as caught:
            read_tile(log, asked)
        assert caught.value.path == asked.path
    for bundle in (Bundle(7), Bundle(7, 3)):
        with pytest.raises(MissingError) as caught:
            read_bundle(log, bundle)
        assert caught.value.path == bundle.path


def test_a_tree_does_not_give_hashes_it_does_not_have(make_tree: Callable[[int], Any], make_log: Any) -> None:
    reader = TileHashReader(257, make_tree(257).root, make_log(257))
    for index in (stored_index(0, 257), stored_index(1, 128), stored_index(9, 0)):
        with pytest.raises(FormatError):
            reader.read_hashes([index])
    for tile in (Tile(0, 1), Tile(0, 0, 255), Tile(1, 0, 2), Tile(2, 0, 1)):
        with pytest.raises(FormatError):
            reader.read_tile(tile)


def test_the_empty_tree_needs_no_tiles(make_log: Any) -> None:
    log = make_log(0)
    assert TileHashReader(0, EMPTY_ROOT, log).read_hashes([]) == []
    assert TileHashReader(0, EMPTY_ROOT, log).read_edge() == {}
    with pytest.raises(UnauthenticTileError):
        TileHashReader(0, Hash(bytes(32)), log).read_edge()


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_bundles_are_read_as_they_were_written(entries: list[bytes]) -> None:
    assert parse_bundle(encode_bundle(entries), len(entries)) == entries


@given(st.binary(max_size=60), st.integers(1, 6))
def test_bytes_that_are_read_as_a_bundle_are_the_only_bytes_of_it(data: bytes, width: int) -> None:
    try:
        entries = parse_bundle(data, width)
    except FormatError:
        return
    assert encode_bundle(entries) == data


def test_bundles_that_are_cut_or_continued_are_refused() -> None:
    data = encode_bundle([b"one", b"", b"three"])
    for end in range(len(data)):
        with pytest.raises(FormatError, match="ends inside entry"):
            parse_bundle(data[:end], 3)
    with pytest.raises(FormatError, match="1 bytes after"):
        parse_bundle(data + b"x", 3)
    with pytest.raises(FormatError, match="7 bytes after"):
        parse_bundle(data, 2)
    with pytest.raises(FormatError, match="inside entry 3"):
        parse_bundle(data, 4)


def test_an_entry_has_at_most_65535_bytes_and_a_bundle_256_entries() -> None:
    longest = bytes(MAX_ENTRY_BYTES)
    assert parse_bundle(encode_bundle([longest]), 1) == [longest]
    with pytest.raises(FormatError, match="entry 1 of the bundle has 65536 bytes"):
        encode_bundle([b"", longest + b"x"])
    for count in (0, 257):
        with pytest.raises(FormatError, match=f"not {count}"):
            encode_bundle([b""] * count)


def test_what_is_no_row_of_hashes_is_no_tile() -> None:
    for length in (0, 31, 33, 257 * 32):
        with pytest.raises(FormatError):
            split_tile(bytes(length))
