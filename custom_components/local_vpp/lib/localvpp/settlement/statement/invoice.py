"""The block of a qualified invoice (適格請求書): who issues it, for what, and the tax, worked out once for its rate.

It covers what is charged alone. What a resident is credited for his surplus is no sale of the issuer's: it stands
beside it, and would need the resident's own registration to be more than a payment.
"""

from dataclasses import dataclass
from datetime import date
import re
from typing import Final

_NUMBER: Final = re.compile(r"T[0-9]{13}")


class RegistrationError(ValueError):
    """A registration number cannot be right."""


def registration(text: str) -> str:
    """Check the registration number of an issuer with a corporate number (T and its 13 digits).

    The first digit is the check digit of the others: 9 less the rest by 9 of the sum of the twelve, from the last one
    on times 1 and 2 in turn. Raises RegistrationError.
    """
    if not _NUMBER.fullmatch(text):
        raise RegistrationError(
            f"{text!r} is no registration number: write T and 13 digits, as on the tax office's page"
        )
    digits = [int(each) for each in reversed(text[2:])]
    wanted = 9 - sum(digit * (2 if at % 2 else 1) for at, digit in enumerate(digits)) % 9
    if int(text[1]) != wanted:
        raise RegistrationError(f"{text!r} has a wrong digit: its first would be {wanted}; compare it with the notice")
    return text


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who sends the statements: the association, or whom it has asked to."""

    name: str
    registration: str | None
    """None: not registered; its statements have no invoice block."""
    tax_percent: int = 10

    def __post_init__(self) -> None:
        if self.registration is not None:
            registration(self.registration)
        if not 0 <= self.tax_percent <= 100:
            raise ValueError(f"a tax of {self.tax_percent} %: write a whole number from 0 to 100")


@dataclass(frozen=True, slots=True)
class Invoice:
    """The block, of one rate: of what power was used for no reduced rate holds."""

    issuer: str
    registration: str
    recipient: str
    issued: date
    begin: date
    """Of the month that is billed, the first day and the last."""
    end: date
    charged_yen: int
    """With tax."""
    tax_percent: int

    @property
    def tax_yen(self) -> int:
        """The tax within, its fraction floored: once for the invoice, never by line."""
        return self.charged_yen * self.tax_percent // (100 + self.tax_percent)
