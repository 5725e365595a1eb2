"""`settlement.yaml`: what a month's bills need besides the records: meters' papers, tariff, fees, who sends them.

It is the association's: it is read when a month is settled. The coordinator looks at the meters' papers, and again
when the file has changed: who may not be billed does not trade; and, asked for a day's plan, at who lives where.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import voluptuous as vol

from localvpp.settlement.month import Fee, MeterPapers, Split
from localvpp.settlement.statement import Issuer, RegistrationError, registration
from localvpp.settlement.tariff import Month, Tariff

from .building import BuildingConfig
from .checks import printable, unless_none, whole, yes_or_no
from .debit import DEBIT, Debit, debit_of
from .marks import ConfigError, Marked, Path_, read
from .mistakes import Form, checked
from .tariff import load_tariff
from .tenancies import TENANCIES, Tenancy, tenancies_of, tenancies_problem

_OWN: Final = ("common", "roof")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What the association has decided and knows."""

    issuer: Issuer
    tariff: Tariff | None
    """None: the utility's bill is not worked out, and there is no margin."""
    tariff_file: Path | None
    """Where it was read from."""
    power_factor: int
    """In percent, of months that have none of their own."""
    power_factors: Mapping[Month, int]
    maxima_kw: Mapping[Month, int]
    """Maximum demands of months, from the utility's bills."""
    kwh: Mapping[Month, Mapping[str, int]]
    """Of months whose kWh, by the tariff's bands, are taken from the utility's bill."""
    meters: Mapping[str, MeterPapers]
    """By flat, and those of the common parts and the roof."""
    fees: tuple[Fee, ...]
    split: Split
    loss_alarm_percent: int
    export_yen: Mapping[Month, int]
    """What was got for what the building sent out."""
    charged_yen: Mapping[Month, int]
    """What the utility has charged, to be compared with what its tariff comes to."""
    recipients: Mapping[str, str]
    """Who a flat's invoice is for, by name."""
    tenancies: Mapping[str, tuple[Tenancy, ...]]
    """Who lived in a flat when, where the boxes do not tell it."""
    debit: Debit | None
    """None: nothing is debited by a bank."""


def load_accounts(file: Path, building: BuildingConfig) -> Accounts:
    """Read and check the file of a building's accounts, and the tariff that it names. Blocking.

    Raises ConfigError; one with several problems has a line for each.
    """
    if not _is_there(file):
        raise ConfigError(
            file,
            None,
            "is not there: write it as examples/settlement.yaml, or name yours as `settlement` in building.yaml",
        )
    marked = read(file)
    if not isinstance(marked.value, dict):
        raise marked.error((), "accounts are written as `key: value` lines, as in examples/settlement.yaml")
    values = checked(marked, _FORM)
    names = {*building.flats, *_OWN}
    for name in values["meters"]:
        _among(marked, ("meters", name), name, names)
    for at, fee in enumerate(values["fees"]):
        for name in fee["parts"]:
            _among(marked, ("fees", at, "parts", name), name, names)
    for name in values["recipients"]:
        _among(marked, ("recipients", name), name, {*building.flats})
    for name, told in values["tenancies"].items():
        _among(marked, ("tenancies", name), name, {*building.flats})
        if problem := tenancies_problem(told):
            raise marked.error(("tenancies", name), problem)
    if values["split"] is Split.BY_COST and values["tariff"] is None:
        raise marked.error(("split",), "by cost divides what the utility's bill comes to: name its `tariff`")
    debit = values.get("debit")
    for name in () if debit is None else debit["payers"]:
        _among(marked, ("debit", "payers", name), name, {*building.flats})
    maxima_kw = _by_month(marked, "maxima_kw", values["maxima_kw"])
    export_yen = _by_month(marked, "export_yen", values["export_yen"])
    charged_yen = _by_month(marked, "charged_yen", values["charged_yen"])
    tariff_file = None if values["tariff"] is None else file.parent / values["tariff"]
    return Accounts(
        issuer=Issuer(**values["issuer"]),
        tariff=None if tariff_file is None else load_tariff(tariff_file),
        tariff_file=tariff_file,
        power_factor=values["power_factor"],
        power_factors=_by_month(marked, "power_factors", values["power_factors"]),
        maxima_kw=maxima_kw,
        kwh=_by_month(marked, "kwh", values["kwh"]),
        meters={name: MeterPapers(**papers) for name, papers in values["meters"].items()},
        fees=tuple(_fee(marked, at, fee) for at, fee in enumerate(values["fees"])),
        split=values["split"],
        loss_alarm_percent=values["loss_alarm_percent"],
        export_yen=export_yen,
        charged_yen=charged_yen,
        recipients=values["recipients"],
        tenancies={name: tenancies_of(told) for name, told in values["tenancies"].items()},
        debit=None if debit is None else debit_of(debit),
    )


def meters_of(building: BuildingConfig) -> Mapping[str, MeterPapers] | None:
    """Read the papers of the meters out of the accounts that a building's file names; None where there are none.

    Blocking. Raises ConfigError.
    """
    found = _known(building)
    return None if found is None else found.meters


def tenancies_known(building: BuildingConfig) -> Mapping[str, tuple[Tenancy, ...]]:
    """Read who lived where when, out of the accounts that a building's file names; nobody, where there are none.

    Blocking. Raises ConfigError.
    """
    found = _known(building)
    return {} if found is None else found.tenancies


def _known(building: BuildingConfig) -> Accounts | None:
    file = building.accounts
    return load_accounts(file, building) if file is not None and _is_there(file) else None


def _is_there(file: Path) -> bool:
    """Say whether there is a file. One that cannot be looked at is not one that is absent. Raises ConfigError."""
    try:
        file.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ConfigError(file, None, f"cannot be looked at: {error.strerror}") from error
    return True


def _among(marked: Marked, path: Path_, name: str, names: set[str]) -> None:
    if name not in names:
        raise marked.error(
            path, f"{name!r} is no flat of the building's file, nor {' or '.join(_OWN)}: check its number"
        )


def _fee(marked: Marked, at: int, values: Mapping[str, Any]) -> Fee:
    try:
        return Fee(**values)
    except ValueError as error:
        raise marked.error(("fees", at), str(error)) from error


def _by_month[Value](marked: Marked, key: str, values: Mapping[str, Value]) -> dict[Month, Value]:
    found = {}
    for text, value in values.items():
        try:
            found[Month.parse(text)] = value
        except ValueError as error:
            raise marked.error((key, text), str(error)) from error
    return found


def _registration(value: object) -> str:
    try:
        return registration(printable(value))
    except RegistrationError as error:
        raise vol.Invalid(str(error)) from error


def _month(value: object) -> Month:
    if not isinstance(value, str):
        raise vol.Invalid(f'{value!r} is no month: write it in quotes, as in "2030-03"')
    try:
        return Month.parse(value)
    except ValueError as error:
        raise vol.Invalid(str(error)) from error


def _split(value: object) -> Split:
    if value not in set(Split):
        raise vol.Invalid(f"{value!r}: write {' or '.join(Split)}")
    return Split(str(value))


_MOST_YEN: Final = 10**9
_MOST_KWH: Final = 10**8

_FORM: Final = Form(
    vol.Schema(
        {
            vol.Required("issuer"): {
                vol.Required("name"): printable,
                vol.Optional("registration", default=None): unless_none(_registration),
                vol.Optional("tax_percent", default=10): whole(0, 100, "percent"),
            },
            vol.Optional("tariff", default=None): unless_none(printable),
            vol.Optional("power_factor", default=100): whole(0, 100, "percent"),
            vol.Optional("power_factors", default=dict): {str: whole(0, 100, "percent")},
            vol.Optional("maxima_kw", default=dict): {str: whole(0, 10_000, "kW")},
            vol.Optional("kwh", default=dict): {str: {str: whole(0, _MOST_KWH, "kWh")}},
            vol.Required("meters"): {
                str: {
                    vol.Required("serial"): printable,
                    vol.Required("approval"): printable,
                    vol.Optional("verified_until", default=None): unless_none(_month),
                    vol.Optional("information_only", default=False): yes_or_no,
                }
            },
            vol.Optional("fees", default=list): [
                {
                    vol.Required("name"): printable,
                    vol.Required("yen"): whole(0, _MOST_YEN, "yen"),
                    vol.Required("parts"): {str: whole(0, _MOST_YEN, "parts")},
                }
            ],
            vol.Optional("split", default=Split.BY_PRICE): _split,
            vol.Optional("loss_alarm_percent", default=5): whole(0, 100, "percent"),
            vol.Optional("export_yen", default=dict): {str: whole(0, _MOST_YEN, "yen")},
            vol.Optional("charged_yen", default=dict): {str: whole(0, _MOST_YEN, "yen")},
            vol.Optional("recipients", default=dict): {str: printable},
            vol.Optional("tenancies", default=dict): TENANCIES,
            vol.Optional("debit"): DEBIT,
        }
    ),
    {
        ("issuer",): "issuer: {name: Sakura Heights Owners' Association}",
        ("issuer", "name"): "name: Sakura Heights Owners' Association",
        ("debit", "code"): 'code: "12345"',
        ("debit", "day"): "day: 27",
        ("meters",): 'meters: {"101": {serial: "M101", approval: "1234", verified_until: "2030-03"}}',
    },
)
