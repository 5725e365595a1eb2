"""Everyone has a claim on a part of the surplus: the same in every slot (`Static`), or told for each (`Coefficients`).

What somebody does not use of his part is not divided again: it stays with the givers, as surplus that nobody took. That
is Austria's rule (EDA: an allocation is limited by each member's use) and Spain's; whoever wants the rest divided, too,
wants the dynamic key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..apportion import Ordered, apportion
from ..transfer import Transfer
from .key import pooled

WHOLE: Final = 1_000_000
"""What the coefficients of a slot sum to: Spain's β have six decimals."""


@dataclass(frozen=True, slots=True)
class Static[Name: Ordered]:
    """Parts that hold in every slot, as whole numbers whose proportion counts: percents, square metres, shares."""

    parts: Mapping[Name, int]

    def __post_init__(self) -> None:
        _check(self.parts, "a static key's part")
        if not any(self.parts.values()):
            raise ValueError("a static key without any part shares nothing: write at least one above 0")

    def share(self, need: Mapping[Name, int], surplus: Mapping[Name, int], inside: int) -> tuple[Transfer[Name], ...]:
        """Return the transfers of a slot."""
        return _claimed(self.parts, need, surplus, inside)


@dataclass(frozen=True, slots=True)
class Coefficients[Name: Ordered]:
    """Parts of one slot, in millionths that sum to one."""

    millionths: Mapping[Name, int]

    def __post_init__(self) -> None:
        _check(self.millionths, "a coefficient")
        if (total := sum(self.millionths.values())) != WHOLE:
            raise ValueError(
                f"the coefficients of a slot sum to {total}, not to {WHOLE}: write millionths that sum to one"
            )

    def share(self, need: Mapping[Name, int], surplus: Mapping[Name, int], inside: int) -> tuple[Transfer[Name], ...]:
        """Return the transfers of a slot."""
        return _claimed(self.millionths, need, surplus, inside)


def _check[Name: Ordered](parts: Mapping[Name, int], what: str) -> None:
    for name, part in parts.items():
        if type(part) is not int or part < 0:
            raise ValueError(f"{what} of {name!r} is {part!r}: write a whole number, 0 or more")


def _claimed[Name: Ordered](
    parts: Mapping[Name, int], need: Mapping[Name, int], surplus: Mapping[Name, int], inside: int
) -> tuple[Transfer[Name], ...]:
    claims = apportion(sum(surplus.values()), parts)
    received = {name: min(claims.get(name, 0), wanted) for name, wanted in need.items()}
    return pooled(received, surplus, inside)
