"""Which key a building shares by, and its parameters: a document that is announced before the slots that it holds for.

Flats are told its word with the prices (`settlement.prices`), and the record that a slot is settled says it again: the
key's name, and of one with parameters a digest of the document, so that nobody can change a part afterwards. Whoever
has the document, an auditor or the month's settlement, works with the same key as the slot's settlement did.

`Static` and `Coefficients` know flats by their names; the others know no names.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
import json
from typing import Any, Final

from ..apportion import Ordered
from ..tariff.calendar import DAYS, JAPAN_MINUTES, When, local
from .claimed import Coefficients, Static
from .dynamic import Dynamic
from .key import SharingKey
from .maxmin import MaxMin
from .traded import Traded

_DIGEST_BYTES: Final = 18
"""Of SHA-256: 64 periods of prices with their keys have to fit into the building's terms."""
_DAY_MINUTES: Final = 1440


class KeyName(StrEnum):
    """The five keys."""

    DYNAMIC = "dynamic"
    STATIC = "static"
    COEFFICIENTS = "coefficients"
    MAX_MIN = "max-min"
    TRADES = "trades"
    """Nothing is shared but what is traded."""


@dataclass(frozen=True, slots=True)
class Times:
    """Coefficients, and the days and hours (minutes of the day, Japan's clock) that they hold in; None: in all."""

    millionths: Mapping[str, int]
    days: frozenset[str] | None = None
    hours: tuple[int, int] | None = None

    @property
    def when(self) -> When | None:
        """The condition on a slot; None: there is none."""
        return None if self.days is None and self.hours is None else When(days=self.days, hours=self.hours)


@dataclass(frozen=True, slots=True)
class KeyRule:
    """A building's key. Raises ValueError for parameters that are not its own."""

    name: KeyName = KeyName.DYNAMIC
    parts: Mapping[str, int] | None = None
    """Of a static key, by flat."""
    times: tuple[Times, ...] = ()
    """Of coefficients: the first whose condition holds; the last one has none."""

    def __post_init__(self) -> None:
        if (self.parts is not None) is not (self.name is KeyName.STATIC):
            raise ValueError(f"a {self.name} key {'lacks' if self.parts is None else 'has no'} parts by flat")
        if bool(self.times) is not (self.name is KeyName.COEFFICIENTS):
            raise ValueError(f"a {self.name} key {'has no' if self.times else 'lacks'} times with coefficients")
        if self.parts is not None:
            Static(self.parts)
        for at, each in enumerate(self.times):
            Coefficients(each.millionths)
            if (each.when is None) != (at == len(self.times) - 1):
                raise ValueError("the last times of coefficients, and no others, have neither days nor hours")

    @property
    def document(self) -> str:
        """It as text, the same for the same key."""
        plain: dict[str, Any] = {"key": self.name}
        if self.parts is not None:
            plain["parts"] = dict(self.parts)
        if self.times:
            plain["times"] = [_plain(each) for each in self.times]
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def word(self) -> str:
        """What stands for it in records and terms."""
        if self.parts is None and not self.times:
            return self.name.value
        digest = sha256(self.document.encode()).digest()[:_DIGEST_BYTES]
        return f"{self.name}:{urlsafe_b64encode(digest).decode()}"

    def fits(self, slot_seconds: int) -> bool:
        """Whether no coefficient changes within a slot."""
        return all(edge * 60 % slot_seconds == 0 for each in self.times if each.hours for edge in each.hours)

    def by_name(self, slot: int) -> SharingKey[str] | None:
        """Return the key of a slot that knows flats by their names; None: this one does not."""
        if self.parts is not None:
            return Static(self.parts)
        for each in self.times:
            when = each.when
            if when is None or when.holds(local(slot, JAPAN_MINUTES), frozenset()):
                return Coefficients(each.millionths)
        return None

    def nameless[Name: Ordered](self) -> SharingKey[Name]:
        """Return the key among whoever takes part, under whatever names."""
        match self.name:
            case KeyName.DYNAMIC:
                return Dynamic[Name]()
            case KeyName.MAX_MIN:
                return MaxMin[Name]()
            case KeyName.TRADES:
                return Traded[Name](())
        raise AssertionError(f"a {self.name} key knows names")


DYNAMIC: Final = KeyRule()


def read_rule(document: str) -> KeyRule:
    """Read what `KeyRule.document` wrote.

    Raises ValueError.
    """
    try:
        plain = json.loads(document)
        rule = KeyRule(
            KeyName(plain["key"]),
            plain.get("parts"),
            tuple(_times(each) for each in plain.get("times", ())),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"is no sharing key: {error!r}") from error
    if rule.document != document:
        raise ValueError(f"is a sharing key written otherwise than it has to be: {rule.document}")
    return rule


def _plain(times: Times) -> dict[str, Any]:
    plain: dict[str, Any] = {"parts": dict(times.millionths)}
    if times.days is not None:
        plain["days"] = [day for day in DAYS if day in times.days]
    if times.hours is not None:
        plain["hours"] = list(times.hours)
    return plain


def _times(plain: Mapping[str, Any]) -> Times:
    hours = plain.get("hours")
    days = plain.get("days")
    if hours is not None and not all(type(each) is int and 0 <= each <= _DAY_MINUTES for each in hours):
        raise ValueError(f"hours of {hours!r} are no minutes of the day")
    return Times(
        plain["parts"],
        None if days is None else frozenset(days),
        None if hours is None else (hours[0], hours[1]),
    )
