"""A tariff read from plain data (what YAML or JSON gives), each field checked: see `examples/tariff.yaml`.

Money is text with at most two decimals: a bare 4.18 is a binary float in YAML, and a float never enters money.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
import re
from types import EllipsisType
from typing import Final

from .calendar import DAYS, HOLIDAY, Month, Season, When
from .tariff import Band, Step, Tariff, Tax

type Path = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top."""

_YEN: Final = re.compile(r"-?[0-9]{1,7}(\.[0-9]{1,2})?")
_HOURS: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_DAY: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_MINUTES: Final = 1440


class TariffError(ValueError):
    """A tariff cannot be used. Says which value is wrong, and what to write instead."""

    def __init__(self, path: Path, problem: str) -> None:
        where = ""
        for part in path:
            where += f"[{part}]" if isinstance(part, int) else f".{part}" if where else part
        super().__init__(f"{where}: {problem}" if where else problem)
        self.path = path
        self.problem = problem


def read_tariff(plain: object) -> Tariff:
    """Return the tariff. Raises TariffError."""
    top = _Map.of(plain, ())
    valid = top.inner("valid")
    basic = top.inner("basic")
    seasons = {name: _season(value, path) for name, value, path in top.inner("seasons", needed=False).items()}
    fuel, levy, tax = top.inner("fuel"), top.inner("levy"), top.inner("tax")
    valid_from = valid.read("from", _date)
    valid_until = valid.read("until", _date, default=None)
    if valid_until is not None and valid_until < valid_from:
        raise TariffError(("valid", "until"), f"{valid_until} is before valid.from of {valid_from}: write a later day")
    tariff = Tariff(
        name=top.read("name", _text),
        source=top.read("source", _text),
        valid_from=valid_from,
        valid_until=valid_until,
        basic_price=basic.read("yen_per_kw", _price),
        agreed_kw=basic.read("agreed_kw", _whole(1, 100_000, "kW"), default=None),
        power_factor_base=basic.read("power_factor_base", _whole(100, 200, "percent"), default=None),
        energy=_bands(top, seasons),
        holidays=frozenset(_date(value, path) for value, path in top.listed("holidays", needed=False)),
        fuel={_month(name, path): _yen(value, path) for name, value, path in fuel.inner("months").items()},
        fuel_source=fuel.read("source", _text),
        levy={_year(name, path): _price(value, path) for name, value, path in levy.inner("years").items()},
        levy_source=levy.read("source", _text),
        levy_floored=levy.read("floored", _flag, default=False),
        tax=Tax(tax.read("percent", _whole(0, 100, "percent")), tax.read("included", _flag)),
    )
    for each in (top, valid, basic, fuel, levy, tax):
        each.end()
    return tariff


def _bands(top: _Map, seasons: Mapping[str, Season]) -> tuple[Band, ...]:
    bands: list[Band] = []
    given = top.listed("energy")
    for at, (value, path) in enumerate(given):
        fields = _Map.of(value, path)
        name = fields.read("band", _text)
        if name in [band.name for band in bands]:
            raise TariffError((*path, "band"), f"{name!r} is a band already: give each a name of its own")
        season = fields.read("season", _one_of(seasons), default=None)
        days = fields.read("days", _days, default=None)
        hours = fields.read("hours", _hours, default=None)
        unconditional = season is None and days is None and hours is None
        when = None if unconditional else When(season, days, hours)
        if (when is None) != (at == len(given) - 1):
            raise TariffError(
                path,
                "the last band, and no other, has neither season nor days nor hours: it is the price of what is left",
            )
        bands.append(Band(name, when, _steps(fields)))
        fields.end()
    if not bands:
        raise TariffError(("energy",), "is empty: list at least one band with its price")
    return tuple(bands)


def _steps(fields: _Map) -> tuple[Step, ...]:
    if "steps" not in fields.values:
        return (Step(None, fields.read("yen", _price)),)
    steps: list[Step] = []
    given = fields.listed("steps")
    for at, (value, path) in enumerate(given):
        step = _Map.of(value, path)
        until = step.read("until_kwh", _whole(1, 10**9, "kWh"), default=None)
        if (until is None) != (at == len(given) - 1):
            raise TariffError((*path, "until_kwh"), "each step but the last has an end, in kWh of the month")
        before = steps[-1].until_kwh if steps else 0
        if until is not None and before is not None and until <= before:
            raise TariffError((*path, "until_kwh"), f"{until} is not above the step before, {before}: let steps rise")
        steps.append(Step(until, step.read("yen", _price)))
        step.end()
    if not steps:
        raise TariffError((*fields.path, "steps"), "is empty: write `yen` alone where there are no steps")
    return tuple(steps)


class _Map:
    """The fields of a map, each read once; what nobody has asked for is a mistake."""

    def __init__(self, values: Mapping[str, object], path: Path) -> None:
        self.values = values
        self.path = path
        self._read: set[str] = set()

    @classmethod
    def of(cls, value: object, path: Path) -> _Map:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise TariffError(path, f"{value!r}: write `key: value` lines, each key a word")
        return cls(value, path)

    def read[Value](
        self, name: str, check: Callable[[object, Path], Value], *, default: Value | EllipsisType = ...
    ) -> Value:
        self._read.add(name)
        if name not in self.values:
            if isinstance(default, EllipsisType):
                raise TariffError((*self.path, name), "is missing")
            return default
        return check(self.values[name], (*self.path, name))

    def inner(self, name: str, *, needed: bool = True) -> _Map:
        return self.read(name, _Map.of, default=... if needed else _Map({}, (*self.path, name)))

    def listed(self, name: str, *, needed: bool = True) -> list[tuple[object, Path]]:
        def check(value: object, path: Path) -> list[tuple[object, Path]]:
            if not isinstance(value, list):
                raise TariffError(path, f"{value!r}: write a list, each item behind a dash")
            return [(each, (*path, at)) for at, each in enumerate(value)]

        return self.read(name, check, default=... if needed else [])

    def items(self) -> list[tuple[str, object, Path]]:
        return [(name, value, (*self.path, name)) for name, value in self.values.items()]

    def end(self) -> None:
        for name in self.values:
            if name not in self._read:
                known = ", ".join(sorted(self._read))
                raise TariffError((*self.path, name), f"is not a key of a tariff here: known are {known}")


def _text(value: object, path: Path) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > 300:
        raise TariffError(path, f"{value!r}: write 1 to 300 printable characters")
    return value


def _flag(value: object, path: Path) -> bool:
    if not isinstance(value, bool):
        raise TariffError(path, f"{value!r}: write true or false, without quotes")
    return value


def _yen(value: object, path: Path) -> int:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise TariffError(path, f'{value} is a bare number, and money must be exact: write it in quotes, "{value:.2f}"')
    if not isinstance(value, str) or not _YEN.fullmatch(value):
        raise TariffError(path, f'{value!r} is no price: write yen with at most two decimals, as in "22.00"')
    return int(Decimal(value) * 100)


def _price(value: object, path: Path) -> int:
    ticks = _yen(value, path)
    if ticks < 0:
        raise TariffError(path, f"{value!r} is negative: only the fuel adjustment may be")
    return ticks


def _whole(low: int, high: int, unit: str) -> Callable[[object, Path], int]:
    def check(value: object, path: Path) -> int:
        if type(value) is not int or not low <= value <= high:
            raise TariffError(path, f"{value!r}: write a whole number of {unit} from {low} to {high}")
        return value

    return check


def _date(value: object, path: Path) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise TariffError(path, f'{value!r} is no day: write it in quotes, as in "2026-04-01"')


def _month(name: str, path: Path) -> Month:
    try:
        return Month.parse(name)
    except ValueError as error:
        raise TariffError(path, f'{error}, as a key in quotes: "2026-10"') from error


def _year(name: str, path: Path) -> int:
    if not re.fullmatch(r"20[0-9]{2}", name):
        raise TariffError(path, f'{name!r} is no fiscal year: write one as a key in quotes, as in "2026"')
    return int(name)


def _season(value: object, path: Path) -> Season:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) for each in value):
        found = [_DAY.fullmatch(each) for each in value]
        if all(found):
            begin, end = ((int(each[1]), int(each[2])) for each in found if each)
            return Season(begin, end)
    raise TariffError(path, f'{value!r} is no season: write its first and last day, as in ["07-01", "09-30"]')


def _days(value: object, path: Path) -> frozenset[str]:
    known = (*DAYS, HOLIDAY)
    if not isinstance(value, list) or not value or not all(each in known for each in value):
        raise TariffError(path, f"{value!r}: write a list of {', '.join(known)}")
    return frozenset(value)


def _hours(value: object, path: Path) -> tuple[int, int]:
    found = _HOURS.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        hours = [int(part) for part in found.groups()]
        begin, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if begin != end and end <= _MINUTES:
            return begin, end
    raise TariffError(path, f'{value!r} is no time of the day: write begin and end, as in "08:00-22:00"')


def _one_of(seasons: Mapping[str, Season]) -> Callable[[object, Path], Season]:
    def check(value: object, path: Path) -> Season:
        if not isinstance(value, str) or value not in seasons:
            raise TariffError(path, f"{value!r} is no season of this tariff: it has {', '.join(seasons) or 'none'}")
        return seasons[value]

    return check
