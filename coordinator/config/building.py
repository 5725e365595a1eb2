"""`building.yaml`: what the manager of a building decides, checked by voluptuous into frozen values.

A mistake gives one sentence per problem, each with file, line, field, value and what to write instead. Prices are
decimals in quotes and become ticks of 0.01 yen/kWh exactly: a bare 22.10 is a binary float in YAML, and a float never
enters money.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
import difflib
from pathlib import Path
import re
from typing import Any, Final, NewType
from unicodedata import normalize
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
import voluptuous as vol

from localvpp.devices import AddressError, DeviceAddress, parse_address
from localvpp.etp import BadKeyError
from localvpp.etp.pkcs11 import KeyUri
from localvpp.settlement import SlotPrices

from ..witnesses import OutsideWitness
from .auditors import MOST_AUDITORS, Auditor, auditor, auditor_key, auditors_problem
from .marks import ConfigError, Marked, Path_, Plain, name, read
from .outside import outside_problem, outside_witness, witness_key, witness_name
from .tls import TlsError, TlsFiles, load_tls

FlatName = NewType("FlatName", str)
"""A flat's number as its door shows it: 1 to 16 letters and digits."""

LONGEST_WAIT: Final = 7 * 86400
"""Seconds of `settle_after` at most: later than a week, a statement of the month would wait for it."""

RESERVED_NAMES: Final = frozenset({"building", "bulk", "common"})
"""How records name whoever is not a flat."""

_ORIGIN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(/[A-Za-z0-9._~-]+)*")
_PRICE: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")
_LARGEST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the coordinator answers. Port 0 takes a free one."""

    host: str
    port: int
    announce: bool
    tls: TlsFiles | None = None
    """None: plain HTTP."""
    public_url: str | None = None
    """How others reach it, if that is not what it listens on: by a name, or through a proxy. Without a slash at its
    end."""

    @property
    def scheme(self) -> str:
        """What it speaks itself."""
        return "http" if self.tls is None else "https"

    @property
    def is_secret(self) -> bool:
        """Whether whoever reaches it as he should is not overheard."""
        return self.public_url.startswith("https:") if self.public_url else self.tls is not None


@dataclass(frozen=True, slots=True)
class MeterAddresses:
    """The building's own meters; None where there is none.

    A meter's `_kw` is the most that can flow through it: what it shows beyond cannot be true.
    """

    bulk: DeviceAddress | None
    common: DeviceAddress | None
    bulk_kw: int | None = None
    common_kw: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingConfig:
    """A building as its manager wrote it."""

    file: Path
    name: str
    origin: str
    data: Path
    listen: Listen
    database: str | None = field(repr=False)
    """URL of SQLAlchemy, which may hold a password; None: SQLite in the data folder."""
    slot_seconds: int
    settle_after: int
    """Seconds after a slot's end that late flats are waited for."""
    prices: SlotPrices
    flats: tuple[FlatName, ...]
    meters: MeterAddresses
    witnesses: tuple[OutsideWitness, ...] = ()
    """Who witnesses the log besides the flats."""
    auditors: tuple[Auditor, ...] = ()
    """Who can open the bodies of records, besides the recovery key."""
    tokens: Mapping[str, KeyUri] = field(default_factory=dict)
    """Which of the building's own keys are in a token, and where; those of the others are files."""
    marked: Marked = field(repr=False, compare=False)
    """What was read: where each value stands."""

    def error(self, path: Path_, problem: str) -> ConfigError:
        """Return the error about a value that proves to be of no use only when it is used."""
        return self.marked.error(path, problem)

    @property
    def database_url(self) -> str:
        """The database in use."""
        return self.database or f"sqlite+aiosqlite:///{self.data / 'building.db'}"


def load(file: Path) -> BuildingConfig:
    """Read and check a building's file. Blocking.

    Raises ConfigError; one with several problems has a line for each.
    """
    marked = read(file)
    if not isinstance(marked.value, dict):
        raise marked.error((), "a building is written as `key: value` lines; see local-vpp coordinator init FILE")
    try:
        values = _SCHEMA(marked.value)
    except vol.MultipleInvalid as errors:
        problems = [_problem(marked, error) for error in errors.errors]
        problems.sort(key=lambda problem: problem.line or 0)
        raise problems[0] if len(problems) == 1 else _all(problems) from errors
    return _building(marked, values)


def _all(problems: list[ConfigError]) -> ConfigError:
    error = ConfigError(Path(), None, "")
    error.args = ("\n".join(str(problem) for problem in problems),)
    error.line = problems[0].line
    return error


def _building(marked: Marked, values: dict[str, Any]) -> BuildingConfig:
    prices = values["prices"]
    for lower, higher in (("feed_in", "inside"), ("inside", "grid")):
        if prices[lower] > prices[higher]:
            raise marked.error(
                ("prices", lower),
                f"{_yen(prices[lower])} is more than prices.{higher} of {_yen(prices[higher])}: prices must rise from "
                "feed_in to inside to grid, or sharing harms one of the two",
            )
    flats: list[FlatName] = values["flats"]
    read_as: dict[str, FlatName] = {}
    for at, flat in enumerate(flats):
        if flat in flats[:at]:
            raise marked.error(("flats", at), f"{flat!r} is listed twice: keep one")
        # Nobody sees on a door or a page which of them is meant (UAX #15).
        if (same := read_as.setdefault(normalize("NFKC", flat), flat)) != flat:
            raise marked.error(
                ("flats", at),
                f"{flat!r} is the same as {same!r} to whoever reads it, written with other characters (half and full "
                "width, for instance): keep one",
            )
    meters = values["meters"]
    if meters["bulk"] is not None and meters["bulk"] == meters["common"]:
        raise marked.error(("meters", "common"), "is the same device as meters.bulk: check host, port and unit")
    if (problem := outside_problem(values["witnesses"])) is not None:
        at, key, told = problem
        raise marked.error(("witnesses", at, key), told)
    if (problem := auditors_problem(values["auditors"])) is not None:
        at, key, told = problem
        raise marked.error(("auditors", at, key), told)
    return BuildingConfig(
        file=marked.file,
        name=values["name"],
        origin=values["origin"],
        data=(marked.file.parent / values["data"]).resolve(),
        listen=_listen(marked, values["listen"]),
        database=values["database"],
        slot_seconds=values["slot_minutes"] * 60,
        settle_after=values["settle_after"],
        prices=SlotPrices(**prices),
        flats=tuple(flats),
        meters=MeterAddresses(**meters),
        witnesses=tuple(outside_witness(each) for each in values["witnesses"]),
        auditors=tuple(auditor(each) for each in values["auditors"]),
        tokens={name: uri for name, uri in values["keys"].items() if uri is not None},
        marked=marked,
    )


def _listen(marked: Marked, values: dict[str, Any]) -> Listen:
    tls: TlsFiles | None = None
    if "tls" in values:
        tls = TlsFiles(**{field: (marked.file.parent / path).absolute() for field, path in values["tls"].items()})
        try:
            load_tls(tls)
        except TlsError as error:
            raise marked.error(("listen", "tls", error.field), str(error)) from error
    public_url = values["public_url"]
    if tls is not None and public_url is not None and not public_url.startswith("https:"):
        raise marked.error(
            ("listen", "public_url"), f"{public_url!r} is not what listen.tls answers: let it begin with https://"
        )
    return Listen(values["host"], values["port"], values["announce"], tls, public_url)


def _yen(ticks: int) -> str:
    return f"{Decimal(ticks) / 100:.2f}"


# --- Fields -----------------------------------------------------------------------------------------------------------


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise vol.Invalid(f'{value!r} is not text: write it in quotes, as in "{value}"')
    if not value.strip() or len(value) > 200 or not value.isprintable():
        raise vol.Invalid(f"{value!r}: write 1 to 200 printable characters")
    return value


def _origin(value: object) -> str:
    text = _text(value)
    if not _ORIGIN.fullmatch(text):
        raise vol.Invalid(
            f"{text!r} is no log's name: write a domain you own and a path without a scheme, "
            "as in vpp.example/sakura-heights"
        )
    return text


def _flat(value: object) -> FlatName:
    if isinstance(value, int) and not isinstance(value, bool):
        raise vol.Invalid(f'{value} is a number for YAML, which drops leading zeros: write it in quotes, "{value}"')
    if not isinstance(value, str) or not re.fullmatch(r"[^\W_]{1,16}", value):
        raise vol.Invalid(f"{value!r}: a flat's number has 1 to 16 letters and digits")
    if normalize("NFKC", value) in RESERVED_NAMES:
        raise vol.Invalid(f"{value!r} is a name of the building's own: call the flat otherwise")
    return FlatName(value)


def _price(value: object) -> int:
    if isinstance(value, float | int) and not isinstance(value, bool):
        raise vol.Invalid(f'{value} is a bare number, and money must be exact: write it in quotes, as in "{value:.2f}"')
    if not isinstance(value, str) or not _PRICE.fullmatch(value):
        raise vol.Invalid(f'{value!r} is no price: write yen per kWh with at most two decimals, as in "22.00"')
    try:
        return int(Decimal(value) * 100)
    except InvalidOperation as error:
        raise vol.Invalid(f"{value!r} is no decimal number") from error


def _whole(low: int, high: int, unit: str) -> Any:
    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise vol.Invalid(f"{value!r}: write a whole number of {unit} from {low} to {high}")
        return value

    return check


def _slot_minutes(value: object) -> int:
    minutes = _whole(1, 60, "minutes")(value)
    if 60 % minutes:
        divisors = ", ".join(str(each) for each in range(1, 61) if 60 % each == 0)
        raise vol.Invalid(f"{minutes}: an hour must hold a whole number of slots; write one of {divisors}")
    assert isinstance(minutes, int)
    return minutes


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise vol.Invalid(f"{value!r}: write true or false, without quotes")
    return value


def _url(value: object) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise vol.Invalid(f"{text!r} is no URL ({error}): write https://NAME, as in {_PUBLIC_URL}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or not text.isascii():
        raise vol.Invalid(f"{text!r}: write http:// or https:// and a name in ASCII, as in {_PUBLIC_URL}")
    if "@" in parts.netloc or parts.query or parts.fragment or " " in text:
        raise vol.Invalid(f"{text!r}: write scheme, name, port and path, and nothing else, as in {_PUBLIC_URL}")
    return text.rstrip("/")


_PUBLIC_URL: Final = "https://vpp.example"


def _database(value: object) -> str:
    text = _text(value)
    try:
        driver = make_url(text).drivername
    except ArgumentError as error:
        # The URL may hold a password: it is not repeated.
        raise vol.Invalid("is no URL of a database: write postgresql+asyncpg://USER@HOST/NAME") from error
    if driver not in {"postgresql+asyncpg", "sqlite+aiosqlite"}:
        raise vol.Invalid(f"has the driver {driver!r}: write postgresql+asyncpg://… or sqlite+aiosqlite://…")
    return text


def _unless_none(check: Callable[[object], object]) -> Callable[[object], object]:
    return lambda value: None if value is None else check(value)


def _meter(value: object) -> DeviceAddress:
    try:
        return parse_address(_text(value))
    except AddressError as error:
        raise vol.Invalid(str(error)) from error


def _token(value: object) -> KeyUri:
    try:
        return KeyUri.parse(_text(value))
    except BadKeyError as error:
        raise vol.Invalid(str(error)) from error


_LARGEST_KW: Final = 10_000
"""Beyond it a building is no low-voltage customer of its own transformer any more."""


_SCHEMA: Final = vol.Schema(
    {
        vol.Required("name"): _text,
        vol.Required("origin"): _origin,
        vol.Optional("data", default="./data"): _text,
        vol.Optional("listen", default=dict): {
            vol.Optional("host", default="0.0.0.0"): _text,
            vol.Optional("port", default=8470): _whole(0, _LARGEST_PORT, "the port"),
            vol.Optional("announce", default=True): _yes_or_no,
            vol.Optional("tls"): {vol.Required("certificate"): _text, vol.Required("key"): _text},
            vol.Optional("public_url", default=None): _unless_none(_url),
        },
        vol.Optional("database", default=None): _unless_none(_database),
        vol.Optional("slot_minutes", default=30): _slot_minutes,
        vol.Optional("settle_after", default=3600): _whole(0, LONGEST_WAIT, "seconds"),
        vol.Required("prices"): {
            vol.Required("inside"): _price,
            vol.Required("grid"): _price,
            vol.Required("feed_in"): _price,
        },
        vol.Required("flats"): vol.All(list, vol.Length(min=1, msg="list at least one flat"), [_flat]),
        vol.Optional("meters", default=dict): {
            vol.Optional("bulk", default=None): _unless_none(_meter),
            vol.Optional("common", default=None): _unless_none(_meter),
            vol.Optional("bulk_kw", default=None): _unless_none(_whole(1, _LARGEST_KW, "the most the meter can show")),
            vol.Optional("common_kw", default=None): _unless_none(
                _whole(1, _LARGEST_KW, "the most the meter can show")
            ),
        },
        vol.Optional("keys", default=dict): {
            vol.Optional(name, default=None): _unless_none(_token) for name in sorted(RESERVED_NAMES)
        },
        vol.Optional("witnesses", default=list): [
            {vol.Required("name"): witness_name, vol.Required("key"): witness_key, vol.Required("url"): _url}
        ],
        vol.Optional("auditors", default=list): vol.All(
            [{vol.Required("name"): _text, vol.Required("key"): auditor_key}],
            vol.Length(max=MOST_AUDITORS, msg=f"list at most {MOST_AUDITORS} auditors"),
        ),
    }
)


# --- Errors -----------------------------------------------------------------------------------------------------------


def _problem(marked: Marked, error: vol.Invalid) -> ConfigError:
    path: Path_ = tuple(part if isinstance(part, int) else str(part) for part in error.path)
    match error:
        case vol.RequiredFieldInvalid():
            remedy = f"add a line `{path[-1]}: …`, as in {_EXAMPLES[_without_numbers(path)]}"
            return ConfigError(marked.file, marked.line(path[:-1]), f"{name(path)} is missing: {remedy}")
        case _ if path and (known := _known(path[:-1])) and path[-1] not in known:
            near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
            meant = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            return marked.error(path, f"is not a key of this file: {meant}")
        case vol.DictInvalid():
            return marked.error(path, f"{_at(marked.value, path)!r}: write indented `key: value` lines below it")
        case vol.SequenceTypeInvalid():
            return marked.error(path, f"{_at(marked.value, path)!r}: write a list, each item behind a dash")
        case vol.TypeInvalid():
            return marked.error(path, f'{_at(marked.value, path)!r}: write a list, as in ["101", "102"]')
        case _:
            return marked.error(path, error.error_message)


_EXAMPLES: Final[Mapping[Path_, str]] = {
    ("name",): "name: Sakura Heights",
    ("origin",): "origin: vpp.example/sakura-heights",
    ("listen", "tls", "certificate"): "certificate: tls/fullchain.pem",
    ("listen", "tls", "key"): "key: tls/privkey.pem",
    ("prices",): 'prices: {inside: "22.00", grid: "31.50", feed_in: "8.50"}',
    ("prices", "inside"): 'inside: "22.00"',
    ("prices", "grid"): 'grid: "31.50"',
    ("prices", "feed_in"): 'feed_in: "8.50"',
    ("flats",): 'flats: ["101", "102"]',
    ("witnesses", "name"): "name: witness.example",
    ("witnesses", "key"): "key: witness.example+ab12cd34+BA…",
    ("witnesses", "url"): "url: https://witness.example",
    ("auditors", "name"): "name: Tanaka Audit",
    ("auditors", "key"): 'key: "5f1c…"',
}


def _without_numbers(path: Path_) -> Path_:
    return tuple(part for part in path if isinstance(part, str))


def _known(path: Path_) -> list[str]:
    """Return the keys that the schema has at a path; none where it has a value."""
    level: Any = _SCHEMA.schema
    for part in path:
        if isinstance(level, vol.All):
            level = level.validators[0]
        if isinstance(level, list):
            (level,) = level
            continue
        if not isinstance(level, dict):
            return []
        level = next((value for key, value in level.items() if str(key) == part), None)
    if not isinstance(level, dict):
        return []
    return sorted(str(key) for key in level)


def _at(value: Plain, path: Path_) -> Plain:
    for part in path:
        match value:
            case dict() if isinstance(part, str):
                value = value.get(part)
            case list() if isinstance(part, int):
                value = value[part]
            case _:
                return None
    return value
