"""The month itself: lives, trades, what the bulk meter counted, the utility's bill, and everybody's."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from coordinator.config.tariff import load_tariff
from localvpp.etp import Record, Register
from localvpp.meterslot import MeterSlot
from localvpp.settlement import Dynamic, Ranked, Traded, Use
from localvpp.settlement.month import (
    Fee,
    MeterPapers,
    MonthInput,
    Party,
    Reading,
    Reference,
    Role,
    SettledMonth,
    SlotInput,
    encode_month,
    settle_month,
    wh_by_band,
)
from localvpp.settlement.statement import (
    MONTH_FILE,
    BuildingStatement,
    Document,
    Documents,
    Issuer,
    Statement,
    building_statement,
    encode_statement,
    statements,
    trail_of,
)
from localvpp.settlement.tariff import Month, MonthUse, UtilityBill, peak_of, utility_bill
from simulator import Settings
from simulator.building import BuildingPlan, plan
from simulator.physics import EnergyRegisters
from simulator.plant import COMMON_BASE_MW, COMMON_PER_FLAT_MW
from simulator.runner import read_profiles
from simulator.settings import Families

from ..demo.building import PRICES, mix
from .living import SLOT_S, Life, live
from .records import Records
from .trading import trade

MONTH: Final = Month(2026, 10)
FLATS: Final = 12
_SEED: Final = 1
TARIFF_FILE: Final = Path(__file__).resolve().parents[2] / "examples" / "tariff.yaml"
_COMMON: Final = "common"
_BULK: Final = "bulk"
_MAXIMA_KW: Final = (11, 11, 12, 12, 11, 10, 9, 10, 13, 14, 12)
"""Of the eleven months before, which nobody has simulated."""
_FEE_YEN: Final = 6_000
ISSUER: Final = Issuer("デモ館管理組合 (owners' association)", None)
ISSUED: Final = date(2026, 11, 5)
_PAPERS_UNTIL: Final = Month(2032, 3)


@cache
def settled() -> tuple[SettledMonth, Sequence[Record]]:
    """Return the month, settled, and the records that it rests on. It takes a good while."""
    slots = MONTH.slots(SLOT_S)
    building = _plan()
    lives = {each.flat: live(each, slots, _SEED, building.nominal_hz) for each in building.flats}
    given, records = _slots(lives, slots)
    imports = [(slot.begin, None if slot.bulk is None else slot.bulk.import_wh) for slot in given]
    month = settle_month(
        MonthInput(
            building="デモ館 (demonstration building)",
            month=MONTH,
            slot_seconds=SLOT_S,
            parties=_parties(building),
            slots=given,
            before={},
            utility=_utility(given, imports),
            fees=(Fee("管理費 (administration)", _FEE_YEN, dict.fromkeys(lives, 1)),),
        )
    )
    return month, records


def documents_of(month: SettledMonth) -> Documents:
    """Return what the month's numbers follow from."""
    return Documents(
        Document.of(MONTH_FILE, encode_month(month)), Document.of(TARIFF_FILE.name, TARIFF_FILE.read_bytes())
    )


def statements_of(month: SettledMonth) -> Mapping[str, Statement]:
    """Return everybody's statement."""
    return statements(month, ISSUER, ISSUED, documents=documents_of(month))


def house_of(month: SettledMonth, made: Mapping[str, Statement]) -> BuildingStatement:
    """Return the building's statement; `made` are those of its parties."""
    parties = {name: Document.of(f"{name}.json", encode_statement(each, trail_of(each))) for name, each in made.items()}
    return building_statement(month, made, parties, documents_of(month), load_tariff(TARIFF_FILE))


def _plan() -> BuildingPlan:
    profiles = read_profiles(Settings())
    entities = mix(FLATS).residents[:1]
    return plan(FLATS, profiles.series, seed=_SEED, families=Families.MIXED, entities=entities)


def _parties(building: BuildingPlan) -> Sequence[Party]:
    flats = [
        Party(each.flat, Role.FLAT, MeterPapers(str(each.meter_serial), "第1234号", _PAPERS_UNTIL))
        for each in building.flats
    ]
    common = Party(
        _COMMON, Role.COMMON, MeterPapers(str(building.common_serial), "第1234号", _PAPERS_UNTIL), shares=False
    )
    return [*flats, common]


def _slots(lives: Mapping[str, Life], slots: range) -> tuple[Sequence[SlotInput], Sequence[Record]]:
    log = Records([*lives, _COMMON, _BULK], slots.start)
    then = {flat: log.devices[flat] for flat in lives}
    names = {device: flat for flat, device in then.items()}
    common_mw = COMMON_BASE_MW + COMMON_PER_FLAT_MW * len(lives)
    common, bulk_in, bulk_out = EnergyRegisters(), 0, 0
    found = []
    for at, (begin, made) in enumerate(zip(slots, trade(lives, slots, PRICES, then), strict=True)):
        readings: dict[str, Reading | None] = {}
        meters = {}
        for flat, life in lives.items():
            half_hour = life.half_hours[at]
            meter, places = log.meter(flat, begin, half_hour.imported, half_hour.exported, half_hour)
            meters[then[flat]] = meter
            readings[flat] = _reading(meter, places)
        after = common.count(common_mw, SLOT_S)
        meter, places = log.meter(_COMMON, begin, Register(common.import_wh, after.import_wh), Register(0, 0))
        readings[_COMMON] = Reading(meter.use, records=tuple(places))
        common = after
        net_wh = sum(each.use.import_wh - each.use.export_wh for each in readings.values() if each is not None)
        bulk = Use(max(net_wh, 0), max(-net_wh, 0))
        imported = Register(bulk_in, bulk_in + bulk.import_wh)
        exported = Register(bulk_out, bulk_out + bulk.export_wh)
        bulk_in, bulk_out = imported.end, exported.end
        _, at_the_bulk_meter = log.meter(_BULK, begin, imported, exported)
        moved = log.shared(begin, meters, made, PRICES)
        found.append(
            SlotInput(
                begin,
                readings,
                bulk,
                PRICES,
                Ranked(Traded(tuple(each.trade for each in made)) if made else Dynamic(), then, names),
                {(names[giver], names[taker]): places for (giver, taker), places in moved.items()},
                bulk_records=tuple(at_the_bulk_meter),
            )
        )
    return found, log.records


def _reading(meter: MeterSlot, places: Sequence[Reference]) -> Reading:
    own = meter.own
    return Reading(meter.use, own.made_wh, own.charged_wh, own.discharged_wh, records=tuple(places))


def _utility(slots: Sequence[SlotInput], imports: Sequence[tuple[int, int | None]]) -> UtilityBill:
    tariff, peak = load_tariff(TARIFF_FILE), peak_of(imports, SLOT_S)
    assert peak is not None, "the bulk meter is known"
    return utility_bill(tariff, MonthUse(MONTH, wh_by_band(tariff, slots, SLOT_S), [*_MAXIMA_KW, peak.kw], 100))
