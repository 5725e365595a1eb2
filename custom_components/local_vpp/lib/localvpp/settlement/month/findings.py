"""What somebody should look at in a settled month, each found once, in a fixed order."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..tariff.calendar import JAPAN_MINUTES, local
from .account import Account
from .finding import Finding, FindingKind, Told, tell
from .party import Billing
from .slot import SettledSlot

if TYPE_CHECKING:
    from .month import MonthInput


def findings_of(
    given: MonthInput,
    slots: Sequence[SettledSlot],
    accounts: Mapping[str, Account],
    meters: Mapping[str, Told | None],
    billing: Mapping[str, Billing],
) -> tuple[Finding, ...]:
    """Return what is not as it should be; `meters` is what `billing_of` says of each party's meter."""
    found = []
    for name, told in meters.items():
        if told is not None:
            kind = FindingKind.EXPIRES if billing[name] is Billing.BILLED else FindingKind.METER
            found.append(Finding(kind, name, told))
    for name, account in accounts.items():
        for kind, begins, key in (
            (FindingKind.ESTIMATED, account.estimated, "stand in"),
            (FindingKind.UNKNOWN, account.unknown, "unknown"),
            (FindingKind.CONTRADICTION, account.contradictory, "less than none"),
        ):
            if begins:
                found.append(Finding(kind, name, tell(key, len(begins), _at(begins[0])), tuple(begins)))
    found += [
        Finding(FindingKind.LATE, party.name, tell("late", len(begins), _at(begins[0])), tuple(begins))
        for party in given.parties
        if party.shares and party.name in accounts
        if (begins := [slot.given.begin for slot in slots if party.name in slot.given.late])
    ]
    found += [
        Finding(FindingKind.CROWDED, party.name, tell("crowded", len(begins), _at(begins[0])), tuple(begins))
        for party in given.parties
        if (begins := [slot.given.begin for slot in slots if party.name in slot.given.crowded])
    ]
    found += [
        Finding(FindingKind.PARTNER, name, tell("partner", len(in_slots), _at(min(in_slots))), tuple(sorted(in_slots)))
        for name, in_slots in _without_partner(slots, billing).items()
    ]
    unknown = tuple(slot.begin for slot in given.slots if slot.bulk is None)
    if unknown:
        found.append(Finding(FindingKind.BULK, "", tell("no bulk", len(unknown)), unknown))
    found += _losses(slots, given.loss_alarm_percent)
    utility = given.utility
    if utility is not None and given.charged_yen not in {None, utility.total_yen}:
        found.append(Finding(FindingKind.UTILITY, "", tell("charged", given.charged_yen, utility.total_yen)))
    return tuple(sorted(found))


def _at(slot: int) -> str:
    """Write a slot's begin by Japan's clock."""
    return f"{local(slot, JAPAN_MINUTES):%Y-%m-%d %H:%M}"


def _without_partner(slots: Sequence[SettledSlot], billing: Mapping[str, Billing]) -> dict[str, set[int]]:
    """Return in which slots somebody who is billed has traded with somebody who is not."""
    found: dict[str, set[int]] = {}
    barred = {name for name, each in billing.items() if each is not Billing.BILLED}
    if not barred:
        return found
    for slot in slots:
        for trade in slot.given.trades:
            parties = {trade.seller, trade.buyer}
            for name in parties - barred if parties & barred else ():
                found.setdefault(name, set()).add(slot.given.begin)
    return found


def _losses(slots: Sequence[SettledSlot], percent: int) -> list[Finding]:
    """Say where more was lost than the alarm allows: over the month, and slot by slot.

    Each register is read in whole Wh, so in a slot as many Wh as there are meters may be lost to that alone.
    """
    found = []
    loss = came = 0
    lossy: list[tuple[int, int, int]] = []
    for slot in slots:
        bulk = slot.given.bulk
        if slot.loss_wh is None or bulk is None:
            continue
        loss += slot.loss_wh
        came += bulk.import_wh
        entered = bulk.import_wh + sum(share.export_wh for share in slot.settlement.shares.values())
        size = abs(slot.loss_wh)
        if size * 100 > percent * entered and size > len(slot.given.readings) + 1:
            lossy.append((size, -slot.given.begin, entered))
    if abs(loss) * 100 > percent * came:
        found.append(Finding(FindingKind.LOSS, "", tell("loss", loss, came, percent)))
    if lossy:
        size, begin, entered = worst = max(lossy)
        told = tell("loss in slots", len(lossy), percent, _at(-begin), size, entered)
        others = (-each[1] for each in lossy if each is not worst)
        found.append(Finding(FindingKind.LOSS, "", told, (-begin, *others)))
    return found
