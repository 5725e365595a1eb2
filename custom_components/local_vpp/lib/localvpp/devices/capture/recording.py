"""A capture as a value, and as a file: JSON lines, a header before the lines of each device.

    {"capture": 1, "device": "meter", "type": "eastron_sdm120", "hidden": {}}
    {"at": 12.25, "wall_ms": 17953128000, "took_ms": 4.1, "asked": ["read_input_registers", 0, 2], "answer": [17225, 0]}
    {"at": 13.25, "wall_ms": 1795312801000, "took_ms": 800.0, "asked": […], "error": "silent", "linked": true}
    {"at": 13.3, "wall_ms": 1795312801050, "reading": "meter", "values": {"power_w": 12.5, …}}

``at`` is monotonic and what is replayed by; ``wall_ms`` is there to be looked at. An error is told by its kind alone:
its sentence would name the host, or the device by its serial number.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
import gzip
import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from ..capability import BatteryReading, FlashWrites, InverterReading, MeterReading, RelayReading
from ..gas import GasReading
from ..mapping import Space
from ..vehicle import ChargerReading

VERSION: Final = 1

READS: Final[Mapping[str, Space]] = {
    "read_holding_registers": Space.HOLDING,
    "read_input_registers": Space.INPUT,
    "read_coils": Space.COIL,
    "read_discrete_inputs": Space.DISCRETE,
}
"""Questions, and what they are about. Everything else is a writing, or is not captured."""
WRITES: Final = frozenset({"write_register", "write_registers", "write_coil", "write_coils"})

type Reading = MeterReading | InverterReading | BatteryReading | RelayReading | ChargerReading | GasReading
type Request = tuple[str, tuple[object, ...]]


class CaptureError(Exception):
    """A file that is no capture: where, and what it should be."""


class Failure(StrEnum):
    """Why there was no answer."""

    SILENT = "silent"
    """Nothing came, or it was given up before."""
    UNLINKED = "unlinked"
    DAMAGED = "damaged"
    REFUSED = "refused"
    """By a Modbus exception, whose code stands beside it."""
    OTHER = "other"


class Exchange(NamedTuple):
    """One request, and what became of it. Made for each of them, so it is a tuple: cheap to make and small to keep."""

    at: float
    wall_ms: int
    took_s: float
    function: str
    arguments: tuple[object, ...]
    words: bytes
    """The answer's registers or bits, two bytes each in the machine's order; empty without one."""
    failure: Failure | None = None
    code: int | None = None
    linked: bool = True
    kept: bool = False
    """It is older than the rest, and was kept because it stood when the rest began."""

    @property
    def request(self) -> Request:
        """What was asked."""
        return self.function, self.arguments

    @property
    def space(self) -> Space | None:
        """What it asked about; None for a writing."""
        return READS.get(self.function)

    @property
    def address(self) -> int:
        """Where it began."""
        return int(str(self.arguments[0]))

    @property
    def answer(self) -> list[int]:
        """Registers, or bits."""
        return list(memoryview(self.words).cast("H"))

    def plain(self) -> dict[str, Any]:
        """Return what JSON holds."""
        told: dict[str, Any] = {
            "at": round(self.at, 6),
            "wall_ms": self.wall_ms,
            "took_ms": round(self.took_s * 1000, 3),
            "asked": [self.function, *self.arguments],
        }
        if self.failure is None:
            told["answer"] = self.answer
        else:
            told |= {"error": self.failure.value, "linked": self.linked}
            if self.code is not None:
                told["code"] = self.code
        return told | ({"kept": True} if self.kept else {})


class Told(NamedTuple):
    """What the driver made of it at home."""

    at: float
    wall_ms: int
    name: str
    reading: Mapping[str, Any]
    """As ``plain_reading`` gives it."""

    def plain(self) -> dict[str, Any]:
        """Return what JSON holds."""
        return {
            "at": round(self.at, 6), "wall_ms": self.wall_ms, "reading": self.name, "values": dict(self.reading)
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """All that is kept of one device, the oldest first."""

    device: str
    type: str
    """Of the device: ``sunspec``, or the name of its map."""
    entries: tuple[Exchange | Told, ...]
    hidden: Mapping[Space, tuple[range, ...]] = field(default_factory=dict)
    """Registers that were made zero, for they name the device."""

    @property
    def exchanges(self) -> list[Exchange]:
        """What was asked."""
        return [entry for entry in self.entries if isinstance(entry, Exchange)]

    def plain(self) -> Iterator[dict[str, Any]]:
        """Return what the lines of a file hold."""
        hidden = {
            space.value: [[each.start, len(each)] for each in ranges] for space, ranges in sorted(self.hidden.items())
        }
        yield {"capture": VERSION, "device": self.device, "type": self.type, "hidden": hidden}
        for entry in self.entries:
            yield entry.plain()


def plain_reading(reading: Reading) -> dict[str, Any]:
    """Return a reading as JSON holds it; of what failed the kind of error alone."""
    plain = {each.name: getattr(reading, each.name) for each in fields(reading)}
    for told in ("rated_w", "stated"):  # The map's word, or a resident's, and nothing that was read.
        plain.pop(told, None)
    if not plain.get("ages_ms"):
        plain.pop("ages_ms", None)
    failed = {block: type(error).__name__ for block, error in reading.failed.items()}
    return {name: _plain(value) for name, value in plain.items()} | {"failed": failed}


def _plain(value: Any) -> Any:
    match value:
        case StrEnum():
            return str(value)
        case FlashWrites():
            return asdict(value)
        case _:
            return value


def write_recordings(path: Path, recordings: Iterable[Recording]) -> None:
    """Write captures; a name that ends with .gz is packed. Blocking."""
    text = "".join(
        f"{json.dumps(line, ensure_ascii=False)}\n" for recording in recordings for line in recording.plain()
    )
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())


def read_recordings(path: Path) -> dict[str, Recording]:
    """Read captures from lines, packed or not, or from Home Assistant's diagnostics; by their devices. Blocking.

    Raises:
        CaptureError: it cannot be read, or is none.
    """
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CaptureError(f"{path} cannot be read: {error}") from error
    return parse_recordings(path.name, _documents(path.name, text))


def _documents(file: str, text: str) -> list[object]:
    try:
        match json.loads(text):
            case {"data": {"captures": dict(captures)}}:
                return [line for lines in captures.values() for line in lines]
    except ValueError:
        pass  # More than one document: lines.
    documents: list[object] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            documents.append(json.loads(line))
        except ValueError as error:
            raise CaptureError(f"{file}, line {number}: {error}; it is to be one JSON object") from error
    return documents


def parse_recordings(file: str, documents: Iterable[Any]) -> dict[str, Recording]:
    """Take captures from what their lines hold.

    Raises:
        CaptureError: they are none.
    """
    found: dict[str, Recording] = {}
    header: Mapping[str, Any] | None = None
    entries: list[Exchange | Told] = []

    def end() -> None:
        if header is not None:
            hidden = {
                Space(space): tuple(range(start, start + length) for start, length in ranges)
                for space, ranges in header.get("hidden", {}).items()
            }
            name = str(header["device"])
            if name in found:
                raise ValueError(f"the device {name} comes twice")
            found[name] = Recording(device=name, type=str(header["type"]), entries=tuple(entries), hidden=hidden)

    number = 0
    try:
        for document in documents:
            number += 1
            match document:
                case {"capture": int(version)}:
                    if version != VERSION:
                        raise ValueError(f"capture is {version}: this program reads version {VERSION}")
                    end()
                    header, entries = document, []
                case {"asked": [str(), *_]} if header is not None:
                    entries.append(_exchange(document))
                case {"reading": str(name), "values": dict(values)} if header is not None:
                    entries.append(Told(float(document["at"]), int(document["wall_ms"]), name, values))
                case _:
                    raise ValueError("it is neither a header, a request nor a reading; a header comes first")
        end()
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        what = f"the field {error} is missing" if isinstance(error, KeyError) else str(error)
        raise CaptureError(f"{file}, line {number}: {what}; take the capture anew") from error
    if not found:
        raise CaptureError(f"{file} holds no capture: its first line is to be a header")
    return found


def _exchange(document: Mapping[str, Any]) -> Exchange:
    function, *given = document["asked"]
    if function not in READS and function not in WRITES:
        raise ValueError(f"asked is {function!r}: write one of {', '.join((*READS, *sorted(WRITES)))}")
    arguments = tuple(tuple(each) if isinstance(each, list) else each for each in given)
    if len(arguments) != 2 or not isinstance(arguments[0], int):
        raise ValueError(f"asked is {document['asked']!r}: a function has an address, and a count or what was written")
    failure = Failure(document["error"]) if "error" in document else None
    words = b"" if failure is not None else pack(document["answer"])
    if function in READS and failure is None and len(words) != 2 * int(str(arguments[1])):
        raise ValueError(f"answer has {len(words) // 2} values, and {arguments[1]} were asked for")
    return Exchange(
        float(document["at"]),
        int(document["wall_ms"]),
        float(document["took_ms"]) / 1000,
        function,
        arguments,
        words,
        failure,
        document.get("code"),
        bool(document.get("linked", True)),
        bool(document.get("kept", False)),
    )


def pack(values: Iterable[int]) -> bytes:
    """Put registers or bits into bytes.

    Raises OverflowError for what is no register.
    """
    return array("H", values).tobytes()
