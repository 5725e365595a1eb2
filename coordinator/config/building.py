"""`building.yaml`: what the manager of a building decides, checked by voluptuous into frozen values.

A mistake gives one sentence per problem, each with file, line, field, value and what to write instead. `schema` has
the checks of single fields; what fields say together is checked here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

from localvpp.devices import DeviceAddress
from localvpp.etp.pkcs11 import KeyUri
from localvpp.settlement import DYNAMIC, KeyRule, SlotPrices

from ..witnesses import OutsideWitness
from .auditors import Auditor, auditor, auditors_problem
from .drills import DrillLimits, drill_limits, drills_problem
from .market import MarketRulesConfig, market_problem, market_rules
from .marks import ConfigError, Marked, Path_, read
from .mistakes import Form, checked
from .outside import outside_problem, outside_witness
from .schema import SCHEMA, FlatName
from .sharing import sharing_problem, sharing_rule
from .tls import TlsError, TlsFiles, load_tls


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
    roof: DeviceAddress | None = None
    """Of PV that belongs to the building."""
    roof_kw: int | None = None


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
    drills: DrillLimits = field(default_factory=DrillLimits)
    market: MarketRulesConfig | None = None
    """None: flats do not trade, and each slot is settled by the sharing key."""
    sharing: KeyRule = DYNAMIC
    """By which key is shared what is not traded."""
    accounts: Path | None
    """The file of the association's own part of a month's bills (`accounts`); None: it is said that there is none."""
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
    return _building(marked, checked(marked, _FORM))


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
    ("drills", "lines", "name"): "name: riser A",
    ("drills", "lines", "kw"): "kw: 40",
    ("drills", "lines", "flats"): 'flats: ["101", "102"]',
    ("auditors", "name"): "name: Tanaka Audit",
    ("sharing", "key"): "key: dynamic",
    ("sharing", "times", "parts"): 'parts: {"101": 400000, "102": 600000}',
    ("auditors", "key"): 'key: "5f1c…"',
}
_FORM: Final = Form(SCHEMA, _EXAMPLES)


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
    own = ("bulk", "common", "roof")
    for at, name in enumerate(own):
        for other in own[:at]:
            if meters[name] is not None and meters[name] == meters[other]:
                raise marked.error(("meters", name), f"is the same device as meters.{other}: check host, port and unit")
    if (problem := outside_problem(values["witnesses"])) is not None:
        at, key, told = problem
        raise marked.error(("witnesses", at, key), told)
    if (problem := auditors_problem(values["auditors"])) is not None:
        at, key, told = problem
        raise marked.error(("auditors", at, key), told)
    if (wrong := drills_problem(values["drills"], flats)) is not None:
        place, told = wrong
        raise marked.error(("drills", *place), told)
    limits = drill_limits(values["drills"])
    if (wrong := market_problem(values.get("market"), limits.lines, flats)) is not None:
        raise marked.error(*wrong)
    sharing, slot_seconds = values.get("sharing"), values["slot_minutes"] * 60
    if (wrong := sharing_problem(sharing, flats, slot_seconds, has_market="market" in values)) is not None:
        raise marked.error(*wrong)
    return BuildingConfig(
        file=marked.file,
        name=values["name"],
        origin=values["origin"],
        data=(marked.file.parent / values["data"]).resolve(),
        listen=_listen(marked, values["listen"]),
        database=values["database"],
        slot_seconds=slot_seconds,
        settle_after=values["settle_after"],
        prices=SlotPrices(**prices),
        flats=tuple(flats),
        meters=MeterAddresses(**meters),
        witnesses=tuple(outside_witness(each) for each in values["witnesses"]),
        auditors=tuple(auditor(each) for each in values["auditors"]),
        drills=limits,
        sharing=sharing_rule(sharing),
        accounts=(None if values["settlement"] is None else (marked.file.parent / values["settlement"]).absolute()),
        market=market_rules(values["market"]) if "market" in values else None,
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
