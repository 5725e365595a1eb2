"""What may stand in `building.yaml`: each field with its check, which says what to write instead.

Prices are decimals in quotes and become ticks of 0.01 yen/kWh exactly: a bare 22.10 is a binary float in YAML, and a
float never enters money.
"""

from decimal import Decimal, InvalidOperation
import re
from typing import Final, NewType
from unicodedata import normalize
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
import voluptuous as vol

from localvpp.devices import AddressError, DeviceAddress, parse_address
from localvpp.etp import BadKeyError
from localvpp.etp.pkcs11 import KeyUri
from localvpp.market import Objective, PriceRule
from localvpp.ownnames import OWN_NAMES

from .auditors import MOST_AUDITORS, auditor_key
from .checks import printable, unless_none, whole, yes_or_no
from .drills import peak_hours
from .market import objective, price_rule
from .outside import witness_key, witness_name
from .sharing import SHARING

FlatName = NewType("FlatName", str)
"""A flat's number as its door shows it: 1 to 16 letters and digits."""

LONGEST_WAIT: Final = 7 * 86400
"""Seconds of `settle_after` at most: later than a week, a statement of the month would wait for it."""

RESERVED_NAMES: Final = frozenset(OWN_NAMES)
"""No flat may be called so."""

_ORIGIN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(/[A-Za-z0-9._~-]+)*")
_PRICE: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")
_LARGEST_PORT: Final = 65535


def _origin(value: object) -> str:
    text = printable(value)
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


def _slot_minutes(value: object) -> int:
    minutes = whole(1, 60, "minutes")(value)
    if 60 % minutes:
        divisors = ", ".join(str(each) for each in range(1, 61) if 60 % each == 0)
        raise vol.Invalid(f"{minutes}: an hour must hold a whole number of slots; write one of {divisors}")
    assert isinstance(minutes, int)
    return minutes


def _url(value: object) -> str:
    text = printable(value)
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
    text = printable(value)
    try:
        driver = make_url(text).drivername
    except ArgumentError as error:
        # The URL may hold a password: it is not repeated.
        raise vol.Invalid("is no URL of a database: write postgresql+asyncpg://USER@HOST/NAME") from error
    if driver not in {"postgresql+asyncpg", "sqlite+aiosqlite"}:
        raise vol.Invalid(f"has the driver {driver!r}: write postgresql+asyncpg://… or sqlite+aiosqlite://…")
    return text


def _meter(value: object) -> DeviceAddress:
    try:
        return parse_address(printable(value))
    except AddressError as error:
        raise vol.Invalid(str(error)) from error


def _token(value: object) -> KeyUri:
    try:
        return KeyUri.parse(printable(value))
    except BadKeyError as error:
        raise vol.Invalid(str(error)) from error


MOST_FLATS: Final = 1_000
"""Flats of one building: the report of its drill has room for so many, whatever each of them says."""
_LARGEST_KW: Final = 10_000
_LONGEST_LEAD_MIN: Final = 366 * 1440
"""Beyond it a building is no low-voltage customer of its own transformer any more."""


SCHEMA: Final = vol.Schema(
    {
        vol.Required("name"): printable,
        vol.Required("origin"): _origin,
        vol.Optional("data", default="./data"): printable,
        vol.Optional("settlement", default="settlement.yaml"): unless_none(printable),
        vol.Optional("listen", default=dict): {
            vol.Optional("host", default="0.0.0.0"): printable,
            vol.Optional("port", default=8470): whole(0, _LARGEST_PORT, "the port"),
            vol.Optional("announce", default=True): yes_or_no,
            vol.Optional("tls"): {vol.Required("certificate"): printable, vol.Required("key"): printable},
            vol.Optional("public_url", default=None): unless_none(_url),
        },
        vol.Optional("database", default=None): unless_none(_database),
        vol.Optional("slot_minutes", default=30): _slot_minutes,
        vol.Optional("settle_after", default=3600): whole(0, LONGEST_WAIT, "seconds"),
        vol.Required("prices"): {
            vol.Required("inside"): _price,
            vol.Required("grid"): _price,
            vol.Required("feed_in"): _price,
        },
        vol.Required("flats"): vol.All(
            list,
            vol.Length(min=1, msg="list at least one flat"),
            vol.Length(
                max=MOST_FLATS, msg=f"list at most {MOST_FLATS} flats: give more of them a coordinator of their own"
            ),
            [_flat],
        ),
        vol.Optional("meters", default=dict): {
            vol.Optional("bulk", default=None): unless_none(_meter),
            vol.Optional("common", default=None): unless_none(_meter),
            vol.Optional("bulk_kw", default=None): unless_none(whole(1, _LARGEST_KW, "the most the meter can show")),
            vol.Optional("common_kw", default=None): unless_none(whole(1, _LARGEST_KW, "the most the meter can show")),
            vol.Optional("roof", default=None): unless_none(_meter),
            vol.Optional("roof_kw", default=None): unless_none(whole(1, _LARGEST_KW, "the most the meter can show")),
        },
        vol.Optional("drills", default=dict): {
            vol.Optional("contract_kw", default=None): unless_none(whole(1, _LARGEST_KW, "kW")),
            vol.Optional("most", default=None): unless_none(whole(1, MOST_FLATS, "flats")),
            vol.Optional("flat_kw", default=6): whole(1, 100, "kW"),
            vol.Optional("recharge_kw", default=3): whole(0, 100, "kW"),
            vol.Optional("peak", default=list): [peak_hours],
            vol.Optional("lines", default=list): [
                {
                    vol.Required("name"): printable,
                    vol.Required("kw"): whole(1, _LARGEST_KW, "kW"),
                    vol.Required("flats"): [_flat],
                }
            ],
        },
        vol.Optional("market"): {
            vol.Optional("gate_s", default=300): whole(10, 86_400, "seconds before the slot"),
            vol.Optional("rounds"): [whole(1, _LONGEST_LEAD_MIN, "minutes before the slot")],
            vol.Optional("show_s", default=10): whole(1, 600, "seconds after the gate"),
            vol.Optional("objective", default=Objective.GAIN): objective,
            vol.Optional("price", default=PriceRule.MID): price_rule,
            vol.Optional("without", default=list): [_flat],
        },
        vol.Optional("sharing"): SHARING,
        vol.Optional("keys", default=dict): {
            vol.Optional(name, default=None): unless_none(_token) for name in sorted(RESERVED_NAMES)
        },
        vol.Optional("witnesses", default=list): [
            {vol.Required("name"): witness_name, vol.Required("key"): witness_key, vol.Required("url"): _url}
        ],
        vol.Optional("auditors", default=list): vol.All(
            [{vol.Required("name"): printable, vol.Required("key"): auditor_key}],
            vol.Length(max=MOST_AUDITORS, msg=f"list at most {MOST_AUDITORS} auditors"),
        ),
    }
)
