"""A month of a building whose loads and sun are drawn by a seed."""

import math
import random
from typing import Final

from localvpp.settlement import (
    WHOLE,
    Coefficients,
    Dynamic,
    MaxMin,
    SharingKey,
    SlotPrices,
    Static,
    Trade,
    Traded,
    Use,
    apportion,
)
from localvpp.settlement.month import MeterPapers, MonthInput, Party, Reading, Reference, Role, SlotInput
from localvpp.settlement.tariff import Month

KEYS: Final = ("dynamic", "static", "coefficients", "traded", "maxmin")
_OCTOBER: Final = Month(2026, 10)
_SECONDS: Final = 1800
_PRICES: Final = SlotPrices(inside=2200, grid=3100, feed_in=850)
_PAPERS: Final = MeterPapers("M", "1234", Month(2031, 1))


def month_of(flats: int, slots: int | None, key: str) -> MonthInput:
    """Return a month: a third of the flats have PV, the roof has some, each reading has two records in the log."""
    chance = random.Random(7)
    parties = [Party(f"{101 + at}", Role.FLAT, _PAPERS) for at in range(flats)]
    parties += [Party("roof", Role.ROOF, _PAPERS), Party("common", Role.COMMON, _PAPERS, shares=False)]
    begins = _OCTOBER.slots(_SECONDS)
    made = [
        _slot(begin, parties, key, chance) if slots is None or at < slots else SlotInput(begin, {}, None, _PRICES)
        for at, begin in enumerate(begins)
    ]
    return MonthInput(building="made up", month=_OCTOBER, slot_seconds=_SECONDS, parties=parties, slots=made, before={})


def _slot(begin: int, parties: list[Party], key: str, chance: random.Random) -> SlotInput:
    shining = max(0.0, math.sin(((begin + 9 * 3600) % 86400 / 3600 - 6) * math.pi / 12))
    readings: dict[str, Reading | None] = {}
    net = 0
    for at, party in enumerate(parties):
        used = 0 if party.role is Role.ROOF else chance.randrange(40, 600)
        most = {Role.ROOF: 9000, Role.FLAT: 1800 if at % 3 == 0 else 0, Role.COMMON: 0}[party.role]
        made = int(shining * chance.randrange(most + 1))
        drawn = used - made
        net += drawn
        records = tuple(Reference(begin + 2 * at + side, bytes(32)) for side in range(2))
        readings[party.name] = Reading(Use(max(drawn, 0), max(-drawn, 0)), made, records=records)
    net += chance.randrange(-30, 90)
    return SlotInput(begin, readings, Use(max(net, 0), max(-net, 0)), _PRICES, _key(key, readings, chance))


def _key(key: str, readings: dict[str, Reading | None], chance: random.Random) -> SharingKey[str]:
    names = [name for name in readings if name not in {"roof", "common"}]
    match key:
        case "static":
            return Static({name: 1 + at % 3 for at, name in enumerate(names)})
        case "coefficients":
            return Coefficients(apportion(WHOLE, {name: chance.randrange(1, 100) for name in names}))
        case "traded":
            nets = {name: r.use.import_wh - r.use.export_wh for name, r in readings.items() if r and name != "common"}
            givers = [name for name, net in nets.items() if net < 0]
            takers = [name for name, net in nets.items() if net > 0]
            if not givers or not takers:
                return Traded(())
            # What was forecast: about as much as comes, between whom chance has it.
            return Traded(
                tuple(
                    Trade(chance.choice(givers), taker, max(nets[taker] // 2, 1), chance.randrange(900, 3000))
                    for taker in takers
                )
            )
        case "maxmin":
            return MaxMin()
        case _:
            return Dynamic()
