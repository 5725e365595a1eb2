"""A settled month as plain values and as bytes: JSON with sorted keys and no spaces, integers and text alone.

Whoever re-runs a month from the same readings, prices and keys gets the same bytes, whatever machine he has: that is
how anybody checks it. Energy is in Wh, money in 10⁻⁵ yen, but for what is named yen; fractions are "a/b".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
import json
from typing import Any, Final

from ..keys import DYNAMIC
from ..slot_prices import SlotPrices
from ..tariff import Month, UtilityBill
from .account import Account
from .bills import Bill
from .difference import Billed, Difference, Priced, StoodIn, stood_in
from .month import SettledMonth
from .party import BUILDING
from .reading import Reference
from .slot import SettledSlot

FORMAT = "local-vpp/month/1"
_REFERENCES: Final = ("records", "before", "corrections")
"""What of a difference are places in the log."""


def encode_month(settled: SettledMonth) -> bytes:
    """Return a settled month as bytes."""
    return json.dumps(plain_month(settled), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def plain_month(settled: SettledMonth) -> dict[str, Any]:
    """Return a settled month as what JSON holds."""
    given, peak = settled.given, settled.peak
    keys = {word: document for word, document in given.keys.items() if word != DYNAMIC.word}
    return ({"keys": keys} if keys else {}) | {
        "format": FORMAT,
        "building": given.building,
        "month": str(given.month),
        "slot_seconds": given.slot_seconds,
        "split": given.split,
        "parties": {
            each.name: {"role": each.role, "billing": settled.billing[each.name].value, "shares": each.shares}
            for each in given.parties
        },
        "accounts": {name: plain_account(each) for name, each in settled.accounts.items()},
        "shown": {name: plain_account(each) for name, each in settled.shown.items()},
        "bills": {name: _bill(each) for name, each in settled.bills.items()},
        "utility": None if given.utility is None else plain_utility(given.utility),
        "export_yen": given.export_yen,
        "charged_yen": given.charged_yen,
        "loss_alarm_percent": given.loss_alarm_percent,
        "levelling": {"money": settled.levelling_money, "grid_money": settled.grid_money},
        "fees": [{"name": fee.name, "yen": fee.yen, "parts": dict(fee.parts)} for fee in given.fees],
        "flats_yen": settled.flats_yen,
        "common_yen": settled.common_yen,
        "margin_yen": settled.margin_yen,
        "loss_wh": settled.loss_wh,
        "unbilled_wh": settled.unbilled_wh,
        "rent": settled.rent,
        "peak": None if peak is None else {"begin": peak.begin, "wh": peak.wh, "kw": peak.kw, "unknown": peak.unknown},
        "differences": [plain_difference(each) for each in given.differences],
        "findings": [[each.kind, each.party, each.detail] for each in settled.findings],
        "slots": [_slot(each) for each in settled.slots],
    }


@dataclass(frozen=True, slots=True)
class BilledMonth:
    """What was billed for a month, as its bytes have it."""

    month: Month
    slots: Mapping[int, Mapping[str, Billed]]
    parties: frozenset[str]
    """Who was billed."""
    differences: tuple[Difference, ...]
    """Of earlier months, which were billed with it."""
    estimates: Mapping[int, StoodIn]
    """By slot."""


def read_billed(data: bytes) -> BilledMonth:
    """Read of a month's bytes what was billed. Raises ValueError."""
    try:
        plain = json.loads(data)
        if plain["format"] != FORMAT:
            raise ValueError(f"its format is {plain['format']!r}, expected {FORMAT!r}: read it with another version")
        return BilledMonth(
            Month.parse(plain["month"]),
            {slot["begin"]: _read_slot(slot) for slot in plain["slots"]},
            frozenset(plain["accounts"]),
            tuple(read_difference(each) for each in plain["differences"]),
            {
                slot["begin"]: {name: _references(each) for name, each in slot["stood_in"].items()}
                for slot in plain["slots"]
                if "stood_in" in slot
            },
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"is no settled month: {error!r}") from error


def _read_slot(plain: Mapping[str, Any]) -> dict[str, Billed]:
    billed = {}
    inside_sum = 0
    _, grid, feed_in = plain["prices"]
    for name, numbers in plain["shares"].items():
        if len(numbers) != 5 or any(type(number) is not int for number in (*numbers, grid, feed_in)):
            raise ValueError(
                f"slot {plain['begin']}: the share of {name!r} is {numbers!r}, expected five whole numbers"
            )
        imported, exported, shared_in, shared_out, inside = numbers
        bought, sold = max(imported - exported, 0) - shared_in, max(exported - imported, 0) - shared_out
        billed[name] = Billed(imported, exported, shared_in, shared_out, bought * grid - sold * feed_in - inside)
        inside_sum += inside
    return billed | {BUILDING: Billed(money=inside_sum)}


def plain_account(account: Account) -> dict[str, Any]:
    """Return an account's sums."""
    return {each.name: getattr(account, each.name) for each in fields(account)}


def plain_difference(difference: Difference) -> dict[str, Any]:
    """Return a difference record."""
    plain = {each.name: getattr(difference, each.name) for each in fields(difference)}
    plain |= {name: _plain_references(plain[name]) for name in _REFERENCES}
    return plain | {"priced": None if difference.priced is None else _plain_priced(difference.priced)}


def read_difference(plain: Mapping[str, Any]) -> Difference:
    """Read what `plain_difference` wrote; months that were billed before it wrote all of it have less.

    Raises ValueError.
    """
    plain = {"before": [], "corrections": [], "priced": None} | dict(plain)
    names = {each.name for each in fields(Difference)}
    if plain.keys() != names:
        raise ValueError(f"a difference record has {', '.join(sorted(names))}, got {', '.join(sorted(plain))}")
    for name, value in plain.items():
        if name == "priced":
            continue
        wanted = {"party": str, "because": str, **dict.fromkeys(_REFERENCES, list)}.get(name, int)
        if type(value) is not wanted:
            raise ValueError(f"a difference record's {name} is {value!r}, expected {wanted.__name__}")
    references = {name: _references(plain[name]) for name in _REFERENCES}
    return Difference(**{**plain, **references, "priced": _read_priced(plain["priced"])})


def _plain_priced(priced: Priced) -> dict[str, Any]:
    return {"bought_wh": priced.bought_wh, "sold_wh": priced.sold_wh, "prices": _plain_prices(priced.prices)}


def _read_priced(plain: object) -> Priced | None:
    match plain:
        case None:
            return None
        case {"bought_wh": bought, "sold_wh": sold, "prices": [inside, grid, feed_in], **more} if not more and all(
            type(each) is int for each in (bought, sold, inside, grid, feed_in)
        ):
            return Priced(bought, sold, SlotPrices(inside, grid, feed_in))
        case _:
            raise ValueError(f"a difference record's priced is {plain!r}, expected bought_wh, sold_wh, prices")


def _plain_prices(prices: SlotPrices) -> list[int]:
    return [prices.inside, prices.grid, prices.feed_in]


def _plain_references(records: Iterable[Reference]) -> list[list[Any]]:
    return [[record.index, record.hash.hex()] for record in records]


def _references(plain: Iterable[object]) -> tuple[Reference, ...]:
    return tuple(_reference(each) for each in plain)


def _reference(plain: object) -> Reference:
    match plain:
        case [int(index), str(name)] if type(index) is int and index >= 0:
            return Reference(index, bytes.fromhex(name))
        case _:
            raise ValueError(f"a difference record's records have {plain!r}, expected [log index, hash in hex]")


def plain_utility(bill: UtilityBill) -> dict[str, Any]:
    """Return the utility's bill."""
    return {
        "tariff": bill.tariff,
        "month": str(bill.month),
        "contract_kw": bill.basic.contract_kw,
        "power_factor": bill.basic.power_factor,
        "maxima_kw": list(bill.basic.maxima_kw),
        "lines": [[line.kind, line.name, line.quantity, line.price, str(line.yen)] for line in bill.lines],
        "net_yen": bill.net_yen,
        "tax_yen": bill.tax_yen,
        "tax_percent": bill.tax_percent,
        "total_yen": bill.total_yen,
    }


def _bill(bill: Bill) -> dict[str, Any]:
    return {
        "yen": bill.yen,
        "energy_money": bill.energy_money,
        "fees": [[name, money] for name, money in bill.fees],
        "adjustment_money": bill.adjustment_money,
        "levelling_money": bill.levelling_money,
    }


def _slot(slot: SettledSlot) -> dict[str, Any]:
    bulk = slot.given.bulk
    plain: dict[str, Any] = {
        "begin": slot.given.begin,
        "prices": _plain_prices(slot.given.prices),
        "bulk": None if bulk is None else [bulk.import_wh, bulk.export_wh],
        "unbilled_wh": slot.unbilled_wh,
        "loss_wh": slot.loss_wh,
        "shares": {
            name: (each.import_wh, each.export_wh, each.shared_in_wh, each.shared_out_wh, each.inside_money)
            for name, each in slot.settlement.shares.items()
        },
    }
    if slot.given.rule != DYNAMIC.word:
        plain["key"] = slot.given.rule
    if slot.missing:
        plain["missing"] = sorted(slot.missing)
    if found := slot.imbalances:
        plain["imbalances"] = {name: (each.wh, each.undelivered_wh, each.money) for name, each in found.items()}
    estimated = {name: r.estimated_from for name, r in slot.readings.items() if r.estimated_from is not None}
    if estimated:
        plain["estimated"] = estimated
        plain["stood_in"] = {name: _plain_references(records) for name, records in stood_in(slot).items()}
    return plain
