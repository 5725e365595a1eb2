"""A flat of which five weeks are known: it takes 300 W, 900 W from 18 to 22 o'clock, and its roof gives by day."""

from collections.abc import Iterator
import sqlite3
from zoneinfo import ZoneInfo

from localvpp.bidder import MarketSettings, Situation
from localvpp.devices import BatteryReading
from localvpp.settlement import first_prices
from localvpp.store import FlatStore
from localvpp.usage import PERIOD_S, Period

from ..place import PRICES

TOKYO = ZoneInfo("Asia/Tokyo")
DAY_S = 86_400
MIDNIGHT = 1_795_359_600
"""23 November 2026, 00:00 in Japan."""
HOUR = 3600
SLOT_S = 1800
BATTERY = BatteryReading(soc_percent=50.0, capacity_wh=6000, max_charge_w=2000.0, max_discharge_w=2000.0)

SETTINGS = MarketSettings(zone=TOKYO)


def situation(**changes: object) -> Situation:
    """What a flat with a roof and without a battery knows."""
    told: dict[str, object] = {
        "slot_seconds": SLOT_S,
        "prices": first_prices(PRICES),
        "online": True,
        "market_told": True,
        "islanded": False,
        "has_inverter": True,
        "has_battery": False,
        "battery": None,
        "reserve_percent": None,
    }
    return Situation(**told | changes)  # type: ignore[arg-type]


def lived(days: int, until: int = MIDNIGHT, *, sun: bool = True) -> Iterator[Period]:
    """What was used and made on so many days up to a moment, in periods."""
    for begin in range(until - days * DAY_S, until, PERIOD_S):
        hour = (begin - MIDNIGHT) % DAY_S // HOUR
        load_w = 900 if 18 <= hour < 22 else 300
        sun_w = 2000 if 9 <= hour < 15 else 0
        yield Period(begin, load_w * PERIOD_S, sun_w * PERIOD_S if sun else None)


async def keep(store: FlatStore, periods: Iterator[Period]) -> None:
    """Have a flat know what it has lived."""
    rows = [(each.begin, each.load_j, each.pv_j) for each in periods]

    def work(db: sqlite3.Connection) -> None:
        with db:
            db.executemany("INSERT INTO usage (begin, load_j, pv_j) VALUES (?, ?, ?)", rows)

    await store.run(work)
