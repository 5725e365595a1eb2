"""Months of made-up buildings: loads and sun by a seed, whole Wh, a bulk meter that counts a little less and more."""

from collections.abc import Iterable, Mapping
import math
import random
from typing import Any, Final

from localvpp.settlement import SharingKey, SlotPrices, Use
from localvpp.settlement.month import (
    MeterPapers,
    MonthInput,
    Party,
    Reading,
    Reference,
    Role,
    SettledMonth,
    SlotInput,
    encode_month,
)
from localvpp.settlement.statement import (
    MONTH_FILE,
    BuildingStatement,
    Document,
    Documents,
    Statement,
    building_statement,
    encode_statement,
    trail_of,
)
from localvpp.settlement.tariff import Month, Tariff

PRICES: Final = SlotPrices(inside=2200, grid=3100, feed_in=850)
OCTOBER: Final = Month(2026, 10)
LATER: Final = Month(2030, 3)
SECONDS: Final = 1800


def papers(serial: str, until: Month | None = LATER, **changes: Any) -> MeterPapers:
    return MeterPapers(serial, "第1234号", until, **changes)


def flat(name: str, meter: MeterPapers | None = None, **changes: Any) -> Party:
    return Party(name, Role.FLAT, meter or papers(f"M{name}"), **changes)


def building(flats: int) -> list[Party]:
    """So many flats, a roof with PV and common parts that share with nobody."""
    return [
        *(flat(f"{100 + at}") for at in range(flats)),
        Party("roof", Role.ROOF, papers("MR")),
        Party("common", Role.COMMON, papers("MC"), shares=False),
    ]


def reading(import_wh: int, export_wh: int = 0, **changes: Any) -> Reading:
    return Reading(Use(import_wh, export_wh), **changes)


def sun(begin: int) -> float:
    """Between 0 and 1, by Japan's clock."""
    hour = (begin + 9 * 3600) % 86400 / 3600
    return max(0.0, math.sin((hour - 6) * math.pi / 12))


def slot_of(begin: int, parties: Iterable[Party], chance: random.Random, key: SharingKey[str] | None) -> SlotInput:
    """A slot: every third flat has PV; what the bulk meter counts beyond the flats is lost."""
    shining = sun(begin)
    readings: dict[str, Reading | None] = {}
    net = 0
    for at, party in enumerate(parties):
        used = chance.randrange(40, 600)
        made = int(shining * chance.randrange(0, 1800)) if party.role is Role.FLAT and at % 3 == 0 else 0
        if party.role is Role.ROOF:
            used, made = 0, int(shining * 4000)
        drawn = used - made
        net += drawn
        readings[party.name] = Reading(
            Use(max(drawn, 0), max(-drawn, 0)), made, records=(Reference(begin % 10**6 * 100 + at, b"\x01" * 32),)
        )
    net += chance.randrange(-30, 90)
    return SlotInput(begin, readings, Use(max(net, 0), max(-net, 0)), PRICES, key)


def month_of(
    parties: list[Party],
    *,
    month: Month = OCTOBER,
    seed: int = 1,
    key: SharingKey[str] | None = None,
    without: Mapping[int, Iterable[str]] | None = None,
    **changes: Any,
) -> MonthInput:
    """A whole month; `without` names whose readings are missing, by the slot's number."""
    chance = random.Random(seed)
    slots = [slot_of(begin, parties, chance, key) for begin in month.slots(SECONDS)]
    for at, names in (without or {}).items():
        readings = {name: None if name in set(names) else each for name, each in slots[at].readings.items()}
        slots[at] = SlotInput(slots[at].begin, readings, slots[at].bulk, slots[at].prices, key)
    values: dict[str, Any] = {"before": {}} | changes
    return MonthInput(
        building="Sakura Heights", month=month, slot_seconds=SECONDS, parties=parties, slots=slots, **values
    )


def house_of(
    settled: SettledMonth, made: Mapping[str, Statement], tariff: Tariff | None = None, file: Document | None = None
) -> BuildingStatement:
    """The building's statement, its parties' being handed out as they are encoded."""
    parties = {name: Document.of(f"{name}.json", encode_statement(each, trail_of(each))) for name, each in made.items()}
    documents = Documents(Document.of(MONTH_FILE, encode_month(settled)), file)
    return building_statement(settled, made, parties, documents, tariff)
