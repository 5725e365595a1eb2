"""The building's own statement: what came in, what was shared, who pays what, and that it adds up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..month import BUILDING, Bill, Finding, Role, SettledMonth
from ..month.account import Account, total
from ..tariff import Month, Peak, Tariff, UtilityBill
from .figure import Document, Documents
from .party import Statement

BUILDING_FILE: Final = "building.json"
"""What the building's statement is handed out as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingStatement:
    """A building's month. Energy in Wh, money in 10⁻⁵ yen but for what is named yen."""

    building: str
    month: Month
    import_wh: int
    """Through the bulk meter, in the slots in which it is known."""
    export_wh: int
    flats_wh: int
    """What all flats drew, less what they gave."""
    common_wh: int
    """The same of all that is no flat."""
    shared_wh: int
    """What moved inside."""
    roof_wh: int
    """Of it, from the roof."""
    unbilled_wh: int
    loss_wh: int | None
    loss_slots: int
    """In how many slots the loss is known."""
    saved_money: int
    """What sharing was worth to all flats together."""
    peak: Peak | None
    utility: UtilityBill | None
    export_yen: int
    flats: Mapping[str, Bill]
    others: Mapping[str, Bill]
    flats_yen: int
    common_yen: int
    margin_yen: int | None
    rent: int
    findings: tuple[Finding, ...]
    settled: SettledMonth
    """Of which all this is told."""
    documents: Documents
    tariff: Tariff | None
    """By which the utility's bill was worked out, where that is known."""
    parties: Mapping[str, Document]
    """The statements of its parties, by name."""


def building_statement(
    settled: SettledMonth,
    made: Mapping[str, Statement],
    parties: Mapping[str, Document],
    documents: Documents,
    tariff: Tariff | None = None,
) -> BuildingStatement:
    """Return the building's statement.

    Args:
        settled: the month.
        made: the statements of its parties.
        parties: the documents that they are handed out as.
        documents: what the month's numbers follow from.
        tariff: the one that the utility's bill was worked out by.
    """
    roles = {party.name: party.role for party in settled.given.parties}
    accounts = settled.accounts
    flats = {name: each for name, each in accounts.items() if roles[name] is Role.FLAT}
    others = {name: each for name, each in accounts.items() if roles[name] is not Role.FLAT}
    bulks = [slot.bulk for slot in settled.given.slots if slot.bulk is not None]
    bills = settled.bills
    return BuildingStatement(
        building=settled.given.building,
        month=settled.given.month,
        import_wh=sum(bulk.import_wh for bulk in bulks),
        export_wh=sum(bulk.export_wh for bulk in bulks),
        flats_wh=total(flats, _drawn),
        common_wh=total(others, _drawn),
        shared_wh=total(accounts, lambda account: account.given_wh),
        roof_wh=total(accounts, lambda account: account.roof_wh),
        unbilled_wh=settled.unbilled_wh,
        loss_wh=settled.loss_wh,
        loss_slots=sum(slot.loss_wh is not None for slot in settled.slots),
        saved_money=sum(made[name].saved_money for name in flats),
        peak=settled.peak,
        utility=settled.given.utility,
        export_yen=settled.given.export_yen,
        flats={name: bill for name, bill in bills.items() if roles.get(name) is Role.FLAT},
        others={name: bill for name, bill in bills.items() if name == BUILDING or roles[name] is not Role.FLAT},
        flats_yen=settled.flats_yen,
        common_yen=settled.common_yen,
        margin_yen=settled.margin_yen,
        rent=settled.rent,
        findings=settled.findings,
        settled=settled,
        documents=documents,
        tariff=tariff,
        parties=parties,
    )


def _drawn(account: Account) -> int:
    return account.import_wh - account.export_wh
