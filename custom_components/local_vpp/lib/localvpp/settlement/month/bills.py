"""What everybody pays: exact amounts, and whole yen that sum to the building's own.

The building takes what its flats pay at its grid prices, and pays the utility; what is left, with its sign, is its
margin. Under `Split.BY_COST` nothing is left: the difference is divided over all in proportion to what each paid for
grid energy, so that together they pay the utility's bill and no more.

sum of the flats + everything that is not a flat + income for what was sent out = the utility's bill + the margin, to
the yen.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..apportion import apportion
from .account import Account
from .difference import Difference
from .party import BUILDING
from .yen import UNITS, to_yen


class Split(StrEnum):
    """What becomes of the difference between what the parties pay by price, and the utility's bill."""

    BY_PRICE = "by price"
    """It is the building's margin."""
    BY_COST = "by cost"
    """It is divided."""


@dataclass(frozen=True, slots=True)
class Fee:
    """An amount that is divided by a key of its own: a basic charge by floor area, say, or a service."""

    name: str
    yen: int
    parts: Mapping[str, int]
    """By party, as whole numbers whose proportion counts."""

    def __post_init__(self) -> None:
        if self.yen < 0:
            raise ValueError(f"fee {self.name!r} is of {self.yen} yen: write 0 or more")
        if any(part < 0 for part in self.parts.values()) or not any(self.parts.values()):
            raise ValueError(f"fee {self.name!r} is divided by {dict(self.parts)}: write parts of 0 or more, one above")


@dataclass(frozen=True, slots=True)
class Bill:
    """What one party pays for a month; below 0 it gets it."""

    yen: int
    energy_money: int
    """10⁻⁵ yen, as are the others."""
    fees: tuple[tuple[str, int], ...]
    adjustment_money: int
    """Of difference records of earlier months."""
    levelling_money: int
    """Its part of the difference to the utility's bill, where it is divided."""

    @property
    def exact_money(self) -> int:
        """The amount before it was rounded."""
        return self.energy_money + sum(each for _, each in self.fees) + self.adjustment_money + self.levelling_money


def bills_of(
    accounts: Mapping[str, Account],
    rent: int,
    *,
    fees: Iterable[Fee] = (),
    differences: Iterable[Difference] = (),
    costs_yen: int | None = None,
    split: Split = Split.BY_PRICE,
    unbilled: Collection[str] = (),
) -> dict[str, Bill]:
    """Return the bill of each account, that of the building among them.

    `costs_yen` is what the building pays the utility, less what it gets for what it sent out; None: not known yet. The
    part of a fee of somebody who is not billed falls to the building. Raises ValueError for a fee or a difference
    of somebody who has no account.
    """
    energy = {name: account.energy_money for name, account in accounts.items()} | {BUILDING: -rent}
    charged: dict[str, list[tuple[str, int]]] = {name: [] for name in energy}
    for fee in fees:
        _known(f"fee {fee.name!r}", (name for name in fee.parts if name not in unbilled), energy)
        for name, part in sorted(apportion(fee.yen * UNITS, fee.parts).items()):
            charged[BUILDING if name in unbilled else name].append((fee.name, part))
    adjusted = dict.fromkeys(energy, 0)
    for each in differences:
        _known(f"the difference of slot {each.slot}", (each.party,), energy)
        adjusted[each.party] += each.money
    exact = {name: energy[name] + sum(part for _, part in charged[name]) + adjusted[name] for name in energy}
    levelled = dict.fromkeys(energy, 0)
    if split is Split.BY_COST and costs_yen is not None:
        levelled |= _levelling(costs_yen * UNITS - sum(exact.values()), accounts)
    yen = to_yen({name: exact[name] + levelled[name] for name in energy})
    return {
        name: Bill(yen[name], energy[name], tuple(charged[name]), adjusted[name], levelled[name])
        for name in sorted(yen)
    }


def _known(what: str, names: Iterable[str], accounts: Mapping[str, object]) -> None:
    for name in names:
        if name not in accounts:
            raise ValueError(f"{what} is of {name!r}, who has no account in this month: check the name and its meter")


def _levelling(difference: int, accounts: Mapping[str, Account]) -> dict[str, int]:
    weights = {name: account.grid_money for name, account in accounts.items()}
    if not any(weights.values()):
        return {}
    sign = 1 if difference >= 0 else -1
    return {name: sign * part for name, part in apportion(abs(difference), weights).items()}
