"""Who takes part in a month's settlement, and by which meter.

In Japan a meter that splits the bill of a bulk-received building is a 特定計量器 under the Measurement Act: it has to
be verified, and within its time (10, 7 or 5 years by type). What an unverified or expired one counts is not billed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from ..tariff import Month
from .finding import Told, tell

WARN_MONTHS: Final = 6
"""Before the verification ends."""

BUILDING: Final = "building"
"""The account of what belongs to nobody else: rents of full lines, and what a price rule leaves over."""


class Role(StrEnum):
    """What a party of the building is."""

    FLAT = "flat"
    ROOF = "roof"
    """PV that belongs to the building."""
    COMMON = "common"
    """Lifts, lights, pumps."""


@dataclass(frozen=True, slots=True)
class MeterPapers:
    """What makes a meter fit for billing."""

    serial: str
    approval: str
    """The mark of its type approval (型式承認番号)."""
    verified_until: Month | None
    """The last month of its verification (検定有効期間満了); None: it was never verified."""
    information_only: bool = False
    """Somebody has said that this meter's figures are shown and not billed."""


@dataclass(frozen=True, slots=True)
class Party:
    """A flat, the roof or the common parts."""

    name: str
    role: Role
    meter: MeterPapers | None
    """None: nothing is known of it, so it is not billed."""
    shares: bool = True
    """Whether it takes part in sharing; else it meets the grid's prices alone."""


class Billing(Enum):
    """Whether a party is billed in a month."""

    BILLED = "billed"
    INFORMATION_ONLY = "information only"
    """Its meter is not fit for billing and is marked so: it gets a statement and nothing to pay."""
    REFUSED = "refused"
    """Its meter is not fit for billing, and nobody has said what to do."""


def billing_of(party: Party, month: Month) -> tuple[Billing, Told | None]:
    """Return whether a party is billed, and what is wrong with its meter, or will soon be."""
    meter = party.meter
    if meter is None:
        return Billing.REFUSED, tell("no meter")
    marked = Billing.INFORMATION_ONLY if meter.information_only else Billing.REFUSED
    if meter.verified_until is None:
        return marked, tell("not verified", meter.serial)
    if month > meter.verified_until:
        return marked, tell("expired", meter.serial, meter.verified_until)
    if not meter.approval.strip():
        return marked, tell("no approval", meter.serial)
    if meter.information_only:
        return Billing.INFORMATION_ONLY, tell("information only", meter.serial)
    if month.plus(WARN_MONTHS) > meter.verified_until:
        return Billing.BILLED, tell("expires", meter.serial, meter.verified_until)
    return Billing.BILLED, None


def unfit(flats: Iterable[str], meters: Mapping[str, MeterPapers], month: Month) -> dict[str, Told]:
    """Return the flats that may not be billed in a month, and so do not trade in it, each with the reason."""
    found = ((flat, billing_of(Party(flat, Role.FLAT, meters.get(flat)), month)) for flat in flats)
    return {flat: why for flat, (billing, why) in found if billing is not Billing.BILLED and why is not None}
