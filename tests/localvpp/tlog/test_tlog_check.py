"""Checking a whole log names the first bad thing, and is content again once it is mended."""

from collections.abc import Callable
import tracemalloc
from typing import Any

import pytest

from localvpp.tlog import (
    Bundle,
    Checkpoint,
    Ed25519Signer,
    Ed25519Verifier,
    FormatError,
    Hash,
    Place,
    check_log,
    encode_bundle,
    parse_bundle,
    sign_checkpoint,
    tile_content,
    tiles_to_write,
)

ORIGIN = "vpp.example/building-7"
SIZE = 3 * 256 + 40
WITH_THREE_LEVELS = 65536 + 256 + 1


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, SIZE])
def test_a_whole_log_is_found_whole(size: int, make_log: Any, verifier: Ed25519Verifier) -> None:
    seen: list[tuple[int, bytes]] = []
    result = check_log(make_log(size), verifier, inspect=lambda index, entry: seen.append((index, entry)))
    assert result.ok
    assert result.checkpoint is not None
    assert (result.checkpoint.size, result.entries, result.tiles) == (size, size, len(list(tiles_to_write(0, size))))
    assert seen == [(i, b"record %d" % i) for i in range(size)]


def test_every_file_of_a_log_is_read(make_log: Any, verifier: Ed25519Verifier) -> None:
    log = make_log(WITH_THREE_LEVELS)
    assert check_log(log, verifier).ok
    assert set(log.reads) == set(log.files)


def test_one_bit_in_any_file_is_found_and_the_file_is_named(make_log: Any, verifier: Ed25519Verifier) -> None:
    good = make_log(SIZE)
    for path, data in good.files.items():
        for bit in (0, 8 * (len(data) // 2) + 3, 8 * len(data) - 1):
            result = check_log(good.flipped(path, bit), verifier)
            assert result.fault is not None, (path, bit)
            assert result.fault.path == path, (path, bit, str(result.fault))
            expected = {"checkpoint": {Place.CHECKPOINT}}.get(
                path, {Place.BUNDLE, Place.ENTRY} if path.startswith("tile/entries/") else {Place.TILE}
            )
            assert result.fault.place in expected
            # The entries make the signed root, or nothing was said of it: no second thing is bad.
            assert "moreover" not in result.fault.reason
    assert check_log(good, verifier).ok


@pytest.mark.parametrize(
    "path", ["tile/0/255", "tile/1/000", "tile/0/257.p/1", "tile/1/001.p/1", "tile/2/000.p/1", "tile/entries/256"]
)
def test_one_bit_in_a_log_of_three_levels_is_found(path: str, make_log: Any, verifier: Ed25519Verifier) -> None:
    fault = check_log(make_log(WITH_THREE_LEVELS).flipped(path, 100), verifier).fault
    assert fault is not None
    assert fault.path == path


@pytest.mark.parametrize("index", [0, 255, 256, 700, SIZE - 1])
def test_a_changed_entry_is_named_by_its_index(index: int, make_log: Any, verifier: Ed25519Verifier) -> None:
    log = make_log(SIZE)
    bundle = Bundle(index // 256, min(256, SIZE - index // 256 * 256))
    entries = parse_bundle(log.files[bundle.path], bundle.width)
    entries[index % 256] = b"forged"
    log.files[bundle.path] = encode_bundle(entries)
    result = check_log(log, verifier)
    assert result.fault is not None
    assert (result.fault.place, result.fault.index, result.fault.path) == (Place.ENTRY, index, bundle.path)
    assert result.entries == index


def test_an_entry_forged_with_all_its_tiles_does_not_lead_to_the_signed_root(
    make_tree: Callable[[int], Any], make_log: Any, verifier: Ed25519Verifier
) -> None:
    honest = Checkpoint(ORIGIN, SIZE, make_tree(SIZE).root)
    log = make_log(SIZE, signed=honest, forged=300)
    result = check_log(log, verifier)
    assert result.fault is not None
    assert result.fault.place is Place.CHECKPOINT
    assert honest.root.hex() in result.fault.reason
    assert "tiles and entries agree" in result.fault.reason
    log.files["tile/0/001"] = make_log(SIZE).files["tile/0/001"]
    result = check_log(log, verifier)
    assert result.fault is not None
    assert (result.fault.place, result.fault.path) == (Place.TILE, "tile/0/001")
    assert "moreover the entries make the root" in result.fault.reason
    log.files |= make_log(SIZE).files
    assert check_log(log, verifier).ok


def test_any_missing_file_is_named(make_log: Any, verifier: Ed25519Verifier) -> None:
    good = make_log(SIZE)
    for path in good.files:
        fault = check_log(good.without(path), verifier).fault
        assert fault is not None
        assert fault.path == path
        assert "no file" in fault.reason


def test_partial_files_may_be_gone_when_the_full_ones_are_there(
    make_tree: Callable[[int], Any], make_log: Any, verifier: Ed25519Verifier, signer: Ed25519Signer
) -> None:
    log = make_log(1024)
    for tile in tiles_to_write(0, SIZE):
        if tile.level:
            log.files[tile.path] = tile_content(tile, make_tree(SIZE).hashes)
    log.files["checkpoint"] = sign_checkpoint(Checkpoint(ORIGIN, SIZE, make_tree(SIZE).root), [signer])
    assert check_log(log, verifier).ok


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data: data[: -len(b"xxrecord 511")], "ends inside entry 255 of 256"),
        (lambda data: data + b"\x00\x00", "2 bytes after its 256 entries"),
        (lambda data: b"", "ends inside entry 0 of 256"),
    ],
)
def test_a_bundle_with_too_few_or_too_many_entries_is_named(
    change: Callable[[bytes], bytes], why: str, make_log: Any, verifier: Ed25519Verifier
) -> None:
    log = make_log(SIZE)
    log.files["tile/entries/001"] = change(log.files["tile/entries/001"])
    result = check_log(log, verifier)
    assert result.fault is not None
    assert (result.fault.place, result.fault.index, result.fault.path) == (Place.BUNDLE, 1, "tile/entries/001")
    assert why in str(result.fault)
    assert result.entries == 256


def test_an_edge_tile_of_the_wrong_length_is_named(make_log: Any, verifier: Ed25519Verifier) -> None:
    log = make_log(SIZE)
    log.files["tile/1/000.p/3"] = log.files["tile/1/000.p/3"][:-1]
    fault = check_log(log, verifier).fault
    assert fault is not None
    assert (fault.place, fault.path) == (Place.TILE, "tile/1/000.p/3")


def test_what_an_inspection_refuses_is_named_with_its_reason(make_log: Any, verifier: Ed25519Verifier) -> None:
    def refuse(index: int, entry: bytes) -> None:
        if index >= 300:
            raise FormatError(f"{entry.decode()} is not to our taste")

    result = check_log(make_log(SIZE), verifier, inspect=refuse)
    assert result.fault is not None
    assert (result.fault.place, result.fault.index, result.fault.reason) == (
        Place.ENTRY,
        300,
        "record 300 is not to our taste",
    )
    assert result.entries == 300


def test_a_mistake_in_an_inspection_is_not_blamed_on_the_log(make_log: Any, verifier: Ed25519Verifier) -> None:
    def broken(index: int, entry: bytes) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        check_log(make_log(SIZE), verifier, inspect=broken)


def test_a_checkpoint_of_another_log_or_key_is_refused(
    make_log: Any, verifier: Ed25519Verifier, signer: Ed25519Signer
) -> None:
    log = make_log(3)
    result = check_log(log, verifier, origin="vpp.example/other")
    assert result.checkpoint is None
    assert result.fault is not None
    assert result.fault.place is Place.CHECKPOINT
    log.files["checkpoint"] = sign_checkpoint(Checkpoint(ORIGIN, 0, Hash(bytes(32))), [signer])
    result = check_log(log, verifier)
    assert result.fault is not None
    assert (result.fault.place, result.fault.path) == (Place.CHECKPOINT, "checkpoint")


def test_memory_does_not_grow_with_the_log(make_log: Any, verifier: Ed25519Verifier) -> None:
    def peak(size: int) -> int:
        log = make_log(size)
        tracemalloc.start()
        assert check_log(log, verifier).ok
        result = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return result

    peak(256)
    # The reader keeps up to 64 tiles: both logs have more.
    small, large = peak(70 * 256), peak(140 * 256)
    assert large < small * 1.25
