"""The plan of a building: which flat has which devices, how big they are, and what stands on their plates.

Everything follows from a seed, so that two runs with one seed simulate the same building.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
import random
from typing import Final

from .errors import InvalidInput
from .families import Choice, InverterFamily, MeterFamily
from .physics import (
    MJ_PER_WH,
    Backup,
    BatteryRating,
    EnergyRegisters,
    Flat,
    FlatRating,
    Inverter,
    InverterRating,
    Pair,
    Relay,
    Switch,
)
from .profiles import Home, Series
from .settings import Families, FlatWiring, Wiring


class Equipment(Enum):
    """What a flat has besides its meter and relay."""

    NOTHING = "nothing"
    PV = "pv"
    PV_AND_BATTERY = "pv_and_battery"


FLOOR: Final = (Equipment.PV_AND_BATTERY, Equipment.PV_AND_BATTERY, Equipment.PV, Equipment.NOTHING)
"""What the flats of a floor have: two store, one gives by day, one only takes, so that there is something to share."""

FLATS_A_FLOOR: Final = len(FLOOR)

_PV_WP: Final = (3000, 3600, 4200, 5000, 6000)
_CHARGE_PERMILLE: Final = (300, 500, 700, 900, 990)
"""States of charge that batteries begin with: neighbours whose day went differently, one of them nearly full."""

_BATTERY_WH: Final = (5_000, 6_500, 9_800, 12_800)
_LAGS_MS: Final = (200, 950)
_MAX_FLATS: Final = 2000
"""A year of registers in one building stays far from the floats' limit, and every flat finds a port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatPlan:
    """One flat: its number, its devices' serials, its ratings, its state when the simulation begins, its profile."""

    flat: str
    meter_serial: int
    meter_family: MeterFamily
    inverter_serial: str | None
    inverter_family: InverterFamily | None
    modbus: bool
    """Whether the inverter speaks Modbus."""
    garage: bool
    """Whether there is a charger with a car, and a counter of the gas."""
    line_powered: bool
    """Whether the meter dies with its line."""
    rating: FlatRating
    initial: Flat
    home: Home


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingPlan:
    """All flats, and the serial numbers and first readings of the building's own meters."""

    flats: tuple[FlatPlan, ...]
    bulk_serial: int
    common_serial: int
    bulk: EnergyRegisters
    common: EnergyRegisters
    nominal_hz: int
    seed: int


def flat_number(index: int) -> str:
    """101, 102, 103, 104, 201 and so on."""
    floor, door = divmod(index, FLATS_A_FLOOR)
    return f"{floor + 1}{door + 1:02d}"


def _equipment(index: int, count: int, seed: int) -> Equipment:
    """What a flat has: on the first floor in :data:`FLOOR`'s order, above it in one that the seed gives each floor.

    A building of two or three flats has the last ones of that order: one that gives by day and one that only takes.
    """
    floor, door = divmod(index, FLATS_A_FLOOR)
    if floor == 0:
        return FLOOR[door + max(0, FLATS_A_FLOOR - count) if count > 1 else 0]
    return random.Random(f"{seed}/floor {floor}").sample(FLOOR, FLATS_A_FLOOR)[door]


def _first_reading(draw: random.Random) -> EnergyRegisters:
    return EnergyRegisters(draw.randint(200_000, 3_000_000) * MJ_PER_WH, draw.randint(0, 800_000) * MJ_PER_WH)


def _pv_inverter(
    draw: random.Random, family: InverterFamily, reconnect_delay_s: int, nominal_hz: int
) -> tuple[InverterRating, Inverter]:
    pv_wp = draw.choice(_PV_WP)
    rating = InverterRating(
        ac_mw=pv_wp * 1000, pv_wp=pv_wp, battery=None, enter_delay_s=reconnect_delay_s, nominal_hz=nominal_hz
    )
    lifetime = draw.randint(500_000, 9_000_000) * MJ_PER_WH
    controls = family.controls(reconnect_delay_s, nominal_hz)
    return rating, Inverter(stored_mj=0, controls=controls, pv_mj=lifetime, injected_mj=lifetime)


def _hybrid_inverter(
    draw: random.Random, family: InverterFamily, reconnect_delay_s: int, nominal_hz: int, *, half_full: bool
) -> tuple[InverterRating, Inverter]:
    """An inverter with a battery; one that is half full shows from the start that it obeys in both directions."""
    capacity = draw.choice(_BATTERY_WH)
    power_mw = min(capacity // 2, 5000) * 1000
    pv_wp = draw.choice(_PV_WP)
    battery = BatteryRating(capacity_mj=capacity * MJ_PER_WH, charge_mw=power_mw, discharge_mw=power_mw)
    ac_mw = max(power_mw, pv_wp * 1000)
    rating = InverterRating(
        ac_mw=ac_mw, pv_wp=pv_wp, battery=battery, enter_delay_s=reconnect_delay_s, nominal_hz=nominal_hz
    )
    soc = draw.randint(450, 750) if half_full else draw.choice(_CHARGE_PERMILLE)
    lifetime = draw.randint(500_000, 9_000_000) * MJ_PER_WH
    state = Inverter(
        stored_mj=battery.capacity_mj * soc // 1000,
        controls=family.controls(reconnect_delay_s, nominal_hz),
        pv_mj=lifetime,
        injected_mj=lifetime,
        absorbed_mj=lifetime // 20,
        charged_mj=lifetime // 3,
        discharged_mj=lifetime // 3 * 92 // 100,
    )
    return rating, state


def _switch(draw: random.Random, wired: FlatWiring | None) -> Switch:
    """What stands between the living room and the grid, at rest on the grid."""
    main = Relay(lag_ms=draw.randint(*_LAGS_MS))
    if wired is None or wired.wiring is Wiring.AUTONOMOUS:
        return main
    output = Backup(gap_ms=wired.gap_ms)
    if wired.wiring is Wiring.OWNED:
        return output
    # Not drawn: a flat is the same one however it is wired.
    island = Relay(lag_ms=_LAGS_MS[0] + _LAGS_MS[1] - main.lag_ms, command=False, contact=False)
    return Pair(main=main, island=island, output=output, watchdog_ms=wired.watchdog_s * 1000)


def _check_wirings(wirings: Mapping[str, FlatWiring]) -> None:
    hybrids = [family.value for family in InverterFamily]
    for name, wired in wirings.items():
        if not 20 <= wired.gap_ms <= 10_000:
            raise InvalidInput(f"wiring of {name}, gap", wired.gap_ms / 1000, "give 0.02 to 10 seconds")
        if not 1 <= wired.watchdog_s <= 3600:
            raise InvalidInput(f"wiring of {name}, watchdog", wired.watchdog_s, "give 1 to 3600 seconds")
        if wired.inverter is not None and wired.inverter not in hybrids:
            raise InvalidInput(f"wiring of {name}, inverter", wired.inverter, f"give one of {', '.join(hybrids)}")


def plan(
    count: int,
    series: tuple[Series, ...],
    *,
    seed: int = 1,
    reconnect_delay_s: int = 300,
    nominal_hz: int = 60,
    families: Families = Families.SUNSPEC,
    entities: Collection[str] = (),
    garages: Collection[str] = (),
    wirings: Mapping[str, FlatWiring] | None = None,
) -> BuildingPlan:
    """A building of ``count`` flats whose homes follow ``series`` in turn.

    The inverters of the flats in ``entities`` speak no Modbus; those in ``garages`` have a charger and a gas counter.
    Those in ``wirings`` are wired so, and have PV and a battery.

    Raises:
        InvalidInput: a number of flats, a delay or a frequency that makes no building, or a flat without an inverter
            whose inverter was named.
    """
    if not 1 <= count <= _MAX_FLATS:
        raise InvalidInput("flats", count, f"give a number from 1 to {_MAX_FLATS}")
    if not 0 <= reconnect_delay_s <= 3600:
        raise InvalidInput("reconnect-delay", reconnect_delay_s, "give seconds from 0 to 3600")
    if nominal_hz not in {50, 60}:
        raise InvalidInput("frequency", nominal_hz, "give 50 or 60")
    wirings = wirings or {}
    _check_wirings(wirings)
    flats: list[FlatPlan] = []
    choice = Choice(families)
    for index in range(count):
        name = flat_number(index)
        # Each flat draws from its own stream: from four flats on, one more changes no other.
        draw = random.Random(f"{seed}/{name}")
        family: InverterFamily | None = None
        rating: InverterRating | None = None
        state: Inverter | None = None
        wired = wirings.get(name)
        match Equipment.PV_AND_BATTERY if wired else _equipment(index, count, seed):
            case Equipment.PV:
                family = choice.inverter(index, battery=False)
                rating, state = _pv_inverter(draw, family, reconnect_delay_s, nominal_hz)
            case Equipment.PV_AND_BATTERY:
                family = choice.inverter(index, battery=True)
                if wired and wired.inverter:
                    family = InverterFamily(wired.inverter)
                half_full = wired is not None or index < FLATS_A_FLOOR
                rating, state = _hybrid_inverter(draw, family, reconnect_delay_s, nominal_hz, half_full=half_full)
            case Equipment.NOTHING:
                pass
        flats.append(
            FlatPlan(
                flat=name,
                meter_serial=12_000_000 + int(name),
                meter_family=choice.meter(index),
                inverter_serial=f"LVPP-SIM-{name}" if rating else None,
                inverter_family=family,
                modbus=name not in entities,
                garage=name in garages,
                line_powered=wired is not None and wired.line_powered,
                rating=FlatRating(living_permille=draw.randint(250, 400), inverter=rating),
                initial=Flat(
                    clock_ms=-1000,
                    switch=_switch(draw, wired),
                    inverter=state,
                    meter=_first_reading(draw),
                ),
                home=Home(
                    series=series[index % len(series)],
                    seed=draw.getrandbits(31),
                    scale_permille=draw.randint(700, 1300),
                    pv_wp=rating.pv_wp if rating else 0,
                    weeks=draw.randint(-3, 3),
                ),
            )
        )
    for name in entities:
        if not any(each.flat == name and each.inverter_family for each in flats):
            with_inverter = ", ".join(each.flat for each in flats if each.inverter_family)
            raise InvalidInput("entities", name, f"give a flat that has an inverter: {with_inverter}")
    for name in wirings:
        if not any(each.flat == name for each in flats):
            raise InvalidInput("wiring", name, f"give one of {', '.join(each.flat for each in flats)}")
    for name in garages:
        if not any(each.flat == name for each in flats):
            raise InvalidInput("garage", name, f"give one of {', '.join(each.flat for each in flats)}")
    draw = random.Random(f"{seed}/building")
    return BuildingPlan(
        flats=tuple(flats),
        bulk_serial=11_000_001,
        common_serial=11_000_002,
        bulk=_first_reading(draw),
        common=EnergyRegisters(draw.randint(200_000, 3_000_000) * MJ_PER_WH, 0),
        nominal_hz=nominal_hz,
        seed=seed,
    )
