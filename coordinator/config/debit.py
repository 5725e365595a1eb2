"""`debit` of a building's accounts: who collects by debit, and from whose accounts.

Each value is checked as the bank's file will have it (`localvpp.statements.zengin`), so that a mistake is told with its
line, and not by the bank.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import re
from typing import Any, Final

import voluptuous as vol

from localvpp.statements import BankAccount, Collector, Payer, half_width

from .checks import whole, yes_or_no

_KINDS: Final = (1, 2, 9)
_LAST_DAY: Final = 31
"""Of every month its last (月末)."""


@dataclass(frozen=True, slots=True)
class Debit:
    """The collector and the payers, by flat."""

    collector: Collector
    payers: Mapping[str, Payer]


def _digits(least: int, most: int) -> Callable[[object], str]:
    wanted = f"{most}" if least == most else f"{least} to {most}"

    def check(value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(rf"[0-9]{{{least},{most}}}", value):
            raise vol.Invalid(f'{value!r}: write {wanted} digits in quotes, as in "{"1" * most}"')
        return value

    return check


def _kana(width: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise vol.Invalid(f"{value!r}: write a name in katakana")
        try:
            half = half_width(value)
        except ValueError as error:
            raise vol.Invalid(str(error)) from error
        if len(half) > width:
            raise vol.Invalid(f"{value!r} has {len(half)} characters as banks count them: write {width} at most")
        return value

    return check


def _kind(value: object) -> int:
    if value not in _KINDS or isinstance(value, bool):
        raise vol.Invalid(f"{value!r}: write 1 (普通), 2 (当座) or 9 (others)")
    assert isinstance(value, int)
    return value


_ACCOUNT: Final = {
    vol.Required("bank"): _digits(4, 4),
    vol.Required("branch"): _digits(3, 3),
    vol.Optional("kind", default=1): _kind,
    vol.Required("account"): _digits(1, 7),
    vol.Optional("bank_name"): _kana(15),
    vol.Optional("branch_name"): _kana(15),
}
DEBIT: Final = {
    **_ACCOUNT,
    vol.Required("code"): _digits(1, 10),
    vol.Required("name"): _kana(40),
    vol.Required("day"): whole(1, _LAST_DAY, "days of the month"),
    vol.Required("payers"): {
        str: {
            **_ACCOUNT,
            vol.Required("holder"): _kana(30),
            vol.Required("number"): _digits(1, 20),
            vol.Optional("first", default=False): yes_or_no,
        }
    },
}


def debit_of(values: Mapping[str, Any]) -> Debit:
    """Return the checked values."""
    payers = {
        flat: Payer(_account(each), each["holder"], each["number"], each["first"])
        for flat, each in values["payers"].items()
    }
    return Debit(Collector(values["code"], values["name"], _account(values), values["day"]), payers)


def _account(values: Mapping[str, Any]) -> BankAccount:
    return BankAccount(
        values["bank"],
        values["branch"],
        values["kind"],
        values["account"],
        values.get("bank_name", ""),
        values.get("branch_name", ""),
    )
