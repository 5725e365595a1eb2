"""`sharing`: by which of the five keys a building shares what its flats have left, and that key's parameters."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import voluptuous as vol

from localvpp.settlement import DYNAMIC, WHOLE, KeyName, KeyRule, Times
from localvpp.settlement.tariff.calendar import DAYS

from .checks import unless_none, whole
from .drills import peak_hours

_MOST_PARTS: Final = 10**9


def _key(value: object) -> KeyName:
    if value not in set(KeyName):
        raise vol.Invalid(f"{value!r}: write one of {', '.join(KeyName)}")
    return KeyName(str(value))


def _days(value: object) -> frozenset[str]:
    if not isinstance(value, list) or not value or not all(each in DAYS for each in value):
        raise vol.Invalid(f"{value!r}: write a list of {', '.join(DAYS)}")
    return frozenset(value)


SHARING: Final = {
    vol.Required("key"): _key,
    vol.Optional("parts"): {str: whole(0, _MOST_PARTS, "parts")},
    vol.Optional("times"): [
        {
            vol.Optional("days", default=None): unless_none(_days),
            vol.Optional("hours", default=None): unless_none(peak_hours),
            vol.Required("parts"): {str: whole(0, WHOLE, "millionths")},
        }
    ],
}


def sharing_rule(values: Mapping[str, Any] | None) -> KeyRule:
    """Return the key of checked values."""
    if values is None:
        return DYNAMIC
    return KeyRule(values["key"], values.get("parts"), tuple(_times(each) for each in values.get("times", ())))


def sharing_problem(
    values: Mapping[str, Any] | None, flats: Sequence[str], slot_seconds: int, *, has_market: bool
) -> tuple[tuple[str | int, ...], str] | None:
    """Return what is wrong with the values taken together and with the building, and where."""
    if values is None:
        return None
    name = values["key"]
    needed = {KeyName.STATIC: "parts", KeyName.COEFFICIENTS: "times"}.get(name)
    for field in ("parts", "times"):
        if field in values and field != needed:
            return ("sharing", field), f"is nothing of the key {name}: take it out, or write another key"
    if needed is not None and not values.get(needed):
        return ("sharing", "key"), f"{name} needs sharing.{needed}: {_EXAMPLES[needed]}"
    if name is KeyName.TRADES and not has_market:
        return ("sharing", "key"), f"{name} shares nothing but what is traded: add `market`, or write another key"
    lists: list[tuple[tuple[str | int, ...], Mapping[str, int]]] = []
    if "parts" in values:
        lists.append((("parts",), values["parts"]))
    times = values.get("times", ())
    lists += [(("times", at, "parts"), each["parts"]) for at, each in enumerate(times)]
    for path, parts in lists:
        if problem := _parts_problem(parts, flats):
            return ("sharing", *path), problem
    for at, each in enumerate(times):
        if (total := sum(each["parts"].values())) != WHOLE:
            return ("sharing", "times", at, "parts"), f"sum to {total}: write millionths that sum to {WHOLE}"
        last = at == len(times) - 1
        if (each["days"] is None and each["hours"] is None) != last:
            return (
                ("sharing", "times", at),
                "the last times, and no others, have neither days nor hours: they hold for what is left",
            )
    rule = sharing_rule(values)
    if not rule.fits(slot_seconds):
        return ("sharing", "times"), f"hours begin or end within a slot of {slot_seconds} s: move them to a slot's edge"
    return None


_EXAMPLES: Final = {
    "parts": 'each flat\'s part as a whole number, as in {"101": 55, "102": 70}',
    "times": 'a list, as in [{parts: {"101": 400000, "102": 600000}}]',
}


def _parts_problem(parts: Mapping[str, int], flats: Sequence[str]) -> str | None:
    for flat in parts:
        if flat not in flats:
            return f"{flat!r} is not among the flats: check its number"
    if lacking := [flat for flat in flats if flat not in parts]:
        return f"lacks {', '.join(lacking)}: give each flat a part, 0 for none"
    if not any(parts.values()):
        return "are all 0: write at least one above it"
    return None


def _times(values: Mapping[str, Any]) -> Times:
    hours = values["hours"]
    if hours is None:
        return Times(values["parts"], values["days"])
    begin, end = hours.begin, hours.end
    return Times(values["parts"], values["days"], (begin.hour * 60 + begin.minute, end.hour * 60 + end.minute))
