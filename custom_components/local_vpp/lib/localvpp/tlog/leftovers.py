"""Files that lie in a log's folder and are no part of its published head.

Specification: C2SP tlog-tiles v0.1.0, as ``tiles``. A growing log supersedes its partial tiles and bundles, and may
delete them once a full one is there. Until then anybody can fetch them, and a witness or a mirror that stopped at an
older head does: so they must say what the head says. ``check`` follows the head alone and never meets them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from .check import Fault, Place
from .checkpoint import Checkpoint
from .errors import FormatError, MissingError, TlogError
from .tilehashes import TileHashReader
from .tiles import Bundle, LogReader, Tile, parse_bundle, parse_path, read_bundle, split_tile, tile_at


@dataclass(frozen=True, slots=True)
class LeftoverCheck:
    """What a check has found.

    Attributes:
        verified: how many superseded files say what the head says.
        unchecked: how many files the head says nothing of: entries beyond it, or no file of a log at all.
        fault: the first superseded file that says something else.
    """

    verified: int
    unchecked: int
    fault: Fault | None


def check_leftovers(log: LogReader, head: Checkpoint, paths: Iterable[str]) -> LeftoverCheck:
    """Check what lies beside the files of a head that ``check_log`` found whole.

    Args:
        log: where the files are.
        head: the checkpoint.
        paths: all files below the log's ``tile/``. One that is gone by now was superseded meanwhile, and deleted.
    """
    tiles: list[tuple[Tile, Tile]] = []
    bundles: list[tuple[Bundle, Bundle]] = []
    unchecked = 0
    for path in paths:
        try:
            each = parse_path(path)
            place = tile_at(head.size, 0 if isinstance(each, Bundle) else each.level, each.index)
        except FormatError:
            unchecked += 1
            continue
        if each.width > place.width:
            unchecked += 1
        elif each.width == place.width:
            pass  # A part of the head.
        elif isinstance(each, Bundle):
            bundles.append((Bundle(place.index, place.width), each))
        else:
            tiles.append((place, each))
    verified = 0
    for fault in chain(_tile_faults(log, head, sorted(tiles)), _bundle_faults(log, sorted(bundles))):
        if fault is not None:
            return LeftoverCheck(verified, unchecked, fault)
        verified += 1
    return LeftoverCheck(verified, unchecked, None)


def _tile_faults(log: LogReader, head: Checkpoint, pairs: Sequence[tuple[Tile, Tile]]) -> Iterator[Fault | None]:
    reader = TileHashReader(head.size, head.root, log)
    for place, each in pairs:
        try:
            data = log.read_tile(each)
        except MissingError:
            continue
        try:
            reason = _difference(split_tile(data), reader.read_tile(place)[: each.width], place.path)
        except TlogError as error:
            reason = str(error)
        yield None if reason is None else Fault(Place.TILE, each.path, reason)


def _bundle_faults(log: LogReader, pairs: Sequence[tuple[Bundle, Bundle]]) -> Iterator[Fault | None]:
    kept: tuple[Bundle, list[bytes]] | None = None
    for place, each in pairs:
        try:
            data = log.read_bundle(each)
        except MissingError:
            continue
        try:
            if kept is None or kept[0] != place:
                kept = place, read_bundle(log, place)
            reason = _difference(parse_bundle(data, each.width), kept[1][: each.width], place.path)
        except TlogError as error:
            reason = str(error)
        yield None if reason is None else Fault(Place.BUNDLE, each.path, reason, each.index)


def _difference(found: Sequence[bytes], right: Sequence[bytes], path: str) -> str | None:
    if found == right:
        return None
    remedy = "the log does not need it: delete it"
    if len(found) != len(right):
        return f"it has {len(found)} hashes, not the {len(right)} that its name says; {remedy}"
    at = next(i for i in range(len(right)) if found[i] != right[i])
    return f"it was superseded by {path}, and differs from that at place {at}; {remedy}"
