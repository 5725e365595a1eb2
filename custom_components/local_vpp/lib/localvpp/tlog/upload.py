"""Entries on their way to a mirror: the request ``add-entries`` of C2SP tlog-mirror, for both of its sides.

Specification: C2SP tlog-mirror, text as of November 2026 (untagged; ``add-entries`` as of July 2026),
    https://c2sp.org/tlog-mirror.

A request is a header and packages of entries, cut where entry bundles are: at multiples of 256. Each package carries
the proof that it stands in the tree of the checkpoint at the upload's end, so a mirror may keep each as it comes, and
an upload that breaks off goes on where it broke. Compression is the business of whoever carries the bytes; a mirror
must take gzip.

Requests may be long. ``take_header`` and ``take_package`` read from the front of what has arrived and give None while
it is too little; no more than one package is ever waited for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from .errors import FormatError
from .merkle import HASH_BYTES, Hash, HashReader, to_hash
from .strict import MAX_NUMBER, decode_base64, decode_decimal, encode_base64
from .subtree import prove_subtree
from .tiles import MAX_ENTRY_BYTES, TILE_WIDTH, encode_bundle

ENTRIES_TYPE: Final = "application/octet-stream"
MIRROR_INFO_TEXT: Final = "text/x.tlog.mirror-info"

# What a client should send at most in one request, for the sake of limits on the length of bodies.
MAX_PACKAGES: Final = 32
# 256 entries of the greatest length, and a proof: what a receiver must be ready to hold.
MAX_PACKAGE_BYTES: Final = TILE_WIDTH * (2 + MAX_ENTRY_BYTES) + 1 + 63 * HASH_BYTES

_MAX_PATH: Final = 63
_MAX_OPAQUE: Final = 0xFFFF
_MAX_INFO_BYTES: Final = 20 + 20 + 4 * (_MAX_OPAQUE // 3 + 1) + 1


# --- Which packages an upload has ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """The entries ``[start, end)`` of one package. They are in one bundle."""

    start: int
    end: int

    @property
    def begin(self) -> int:
        """Where the bundle begins: the package's proof is for ``[begin, end)``."""
        return self.start - self.start % TILE_WIDTH


def spans(start: int, end: int) -> Iterator[Span]:
    """Give the packages for entries ``[start, end)``, in order."""
    while start < end:
        stop = min(end, start - start % TILE_WIDTH + TILE_WIDTH)
        yield Span(start, stop)
        start = stop


# --- The header ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddEntries:
    """The header of a request: entries ``[start, end)`` of a log are to follow.

    Attributes:
        origin: the log's origin.
        start: the first entry; at most the mirror's next one.
        end: the size of a checkpoint that the mirror has as pending, now or before.
        ticket: what the mirror gave out last, by which it knows an earlier pending checkpoint again.
    """

    origin: str
    start: int
    end: int
    ticket: bytes = b""

    def __post_init__(self) -> None:
        try:
            length = len(self.origin.encode())
        except UnicodeEncodeError:
            raise FormatError("the origin of an upload is not text that UTF-8 can carry") from None
        if not 1 <= length <= _MAX_OPAQUE:
            raise FormatError(f"the origin of an upload has from 1 to {_MAX_OPAQUE} bytes, not {length}")
        if not 0 <= self.start <= self.end <= MAX_NUMBER:
            raise FormatError(f"an upload goes from a start to an end up to 2^63-1, not [{self.start}, {self.end})")
        if len(self.ticket) > _MAX_OPAQUE:
            raise FormatError(f"a ticket has at most {_MAX_OPAQUE} bytes, not {len(self.ticket)}")

    def encode(self) -> bytes:
        """Write the header."""
        origin = self.origin.encode()
        return b"".join(
            (
                len(origin).to_bytes(2),
                origin,
                self.start.to_bytes(8),
                self.end.to_bytes(8),
                len(self.ticket).to_bytes(2),
                self.ticket,
            )
        )

    def resume(self, info: MirrorInfo) -> Self:
        """Give the header of the next request, as the mirror's answer asks for it.

        Raises:
            FormatError: when the mirror claims more entries than its checkpoint has; add a newer checkpoint first.
        """
        return replace(self, start=info.next_entry, end=info.size, ticket=info.ticket)


def take_header(data: bytes | bytearray) -> tuple[AddEntries, int] | None:
    """Read a header from the front of ``data``: the inverse of ``AddEntries.encode``.

    Returns:
        the header and its length, or None when ``data`` ends before it does.

    Raises:
        FormatError: when it is not a header.
    """
    origin_end = 2 + int.from_bytes(data[:2])
    ticket_at = origin_end + 18
    end = ticket_at + int.from_bytes(data[ticket_at - 2 : ticket_at])
    if len(data) < ticket_at or len(data) < end:
        return None
    try:
        origin = data[2:origin_end].decode()
    except UnicodeDecodeError:
        raise FormatError("the origin of an upload is not UTF-8") from None
    start, stop = (int.from_bytes(data[at : at + 8]) for at in (origin_end, origin_end + 8))
    return AddEntries(origin, start, stop, bytes(data[ticket_at:end])), end


# --- Packages -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Package:
    """Some entries of one bundle and the proof of where they stand: nothing about it has been verified."""

    entries: tuple[bytes, ...]
    path: tuple[Hash, ...]

    def __post_init__(self) -> None:
        if len(self.path) > _MAX_PATH or any(len(step) != HASH_BYTES for step in self.path):
            raise FormatError(f"the proof of a package has at most {_MAX_PATH} hashes of {HASH_BYTES} bytes")

    def encode(self) -> bytes:
        """Write the package.

        Raises:
            FormatError: when it has not 1 to 256 entries, or one is too long.
        """
        return encode_bundle(self.entries) + bytes([len(self.path)]) + b"".join(self.path)


def take_package(data: bytes | bytearray, span: Span) -> tuple[Package, int] | None:
    """Read the package of a span from the front of ``data``: the inverse of ``Package.encode``.

    Returns:
        the package and its length, or None when ``data`` ends before it does.

    Raises:
        FormatError: when its proof has more hashes than any tree can need.
    """
    places: list[tuple[int, int]] = []
    at = 0
    for _ in range(span.end - span.start):
        start = at + 2
        at = start + int.from_bytes(data[at:start])
        if len(data) < start or len(data) <= at:
            return None
        places.append((start, at))
    count = data[at]
    if count > _MAX_PATH:
        raise FormatError(f"the proof of a package has at most {_MAX_PATH} hashes, not {count}")
    hashes_at = at + 1
    end = hashes_at + count * HASH_BYTES
    if len(data) < end:
        return None
    path = tuple(to_hash(bytes(data[step : step + HASH_BYTES])) for step in range(hashes_at, end, HASH_BYTES))
    return Package(tuple(bytes(data[begin:stop]) for begin, stop in places), path), end


def upload_stop(start: int, end: int, packages: int = MAX_PACKAGES) -> int:
    """Give where a request that starts at ``start`` stops, so as not to have more than so many packages."""
    return min(end, start - start % TILE_WIDTH + packages * TILE_WIDTH)


def build_upload(header: AddEntries, entries: Sequence[bytes], reader: HashReader) -> bytes:
    """Write a request.

    Args:
        header: where the entries stand, and the size of the tree the proofs are for.
        entries: the entries from ``header.start`` on; those before ``upload_stop(header.start, header.end)`` are what
            one request should hold. Fewer than the header announces are an upload to be continued; none ask the mirror
            where it is.
        reader: the log's stored hashes.

    Raises:
        FormatError: when there are more entries than announced or than one request should hold, or they stop inside a
            package.
    """
    stop = header.start + len(entries)
    if stop > upload_stop(header.start, stop):
        raise FormatError(
            f"{len(entries)} entries are more than {MAX_PACKAGES} packages; send them in several requests"
        )
    if stop > header.end or (entries and stop < header.end and stop % TILE_WIDTH):
        raise FormatError(f"entries up to {stop} do not end where a package of the upload to {header.end} ends")
    parts = [header.encode()]
    for span in spans(header.start, stop):
        path = prove_subtree(span.begin, span.end, header.end, reader)
        inside = entries[span.start - header.start : span.end - header.start]
        parts.append(Package(tuple(inside), tuple(path)).encode())
    return b"".join(parts)


# --- What a mirror says of itself ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MirrorInfo:
    """The body with which a mirror says how to go on.

    Attributes:
        size: the size of a checkpoint that the mirror takes entries up to.
        next_entry: the first entry that it does not have.
        ticket: to be given back as it is.
    """

    size: int
    next_entry: int
    ticket: bytes = b""

    def __post_init__(self) -> None:
        if not (0 <= self.size <= MAX_NUMBER and 0 <= self.next_entry <= MAX_NUMBER):
            raise FormatError(
                f"a mirror's size and next entry are from 0 to 2^63-1, not {self.size}, {self.next_entry}"
            )
        if len(self.ticket) > _MAX_OPAQUE:
            raise FormatError(f"a ticket has at most {_MAX_OPAQUE} bytes, not {len(self.ticket)}")

    def encode(self) -> bytes:
        """Write three lines."""
        return f"{self.size}\n{self.next_entry}\n{encode_base64(self.ticket)}\n".encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read three lines: the inverse of ``encode``.

        Raises:
            FormatError: when they are not a size, an entry and a ticket.
        """
        if len(data) > _MAX_INFO_BYTES:
            raise FormatError(f"a mirror's info of {len(data)} bytes is larger than {_MAX_INFO_BYTES}")
        try:
            lines = data.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise FormatError("a mirror's info is not ASCII") from None
        if len(lines) != 4 or lines[3]:
            raise FormatError("a mirror's info has three lines: size, next entry and ticket")
        size = decode_decimal(lines[0], "the mirror's size")
        next_entry = decode_decimal(lines[1], "the mirror's next entry")
        return cls(size, next_entry, decode_base64(lines[2], "the mirror's ticket"))
