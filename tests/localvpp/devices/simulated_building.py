"""A simulated building on real sockets in this process, whose seconds pass when a test lets them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from modbus_connection import ModbusSerialParams, ModbusTcpParams, ModbusUnit

from localvpp.devices import DeviceAddress, Line
from localvpp.devices.backend import ModbusLinks
from simulator import Settings
from simulator.building import BuildingPlan, plan
from simulator.families import InverterFamily, MeterFamily
from simulator.physics import Inverter
from simulator.plant import Plant
from simulator.runner import read_profiles, serving
from simulator.serial_line import BAUDRATE, SerialLine
from simulator.settings import Fault
from simulator.site import INVERTER, METER, RELAY, Site, build

UNITS = {"meter": METER, "inverter": INVERTER, "relay": RELAY}

DAY = datetime(2026, 7, 9)  # noqa: DTZ001 - profiles run on a clock without a zone


def write_home(path: Path) -> Path:
    """Two weeks of a home that draws 600 W all day and has sun from 6 to 18, rising and falling for a quarter hour.

    One bright half hour of the first day makes the sun of all others weak: no inverter is at its limit then.
    """
    lines = [",GC,GG"]
    moment = datetime(2026, 7, 8)  # noqa: DTZ001 - a home's own clock
    for number in range(48 * 14):
        lines.append(f"{moment},0.3,{2.5 if number == 24 else 1.0 if 6 <= moment.hour < 18 else 0.0}")
        moment += timedelta(minutes=30)
    path.write_text("\n".join(lines) + "\n")
    return path


@dataclass(frozen=True)
class Makes:
    """What flat 101 has instead of what the plan gives it."""

    meter: MeterFamily = MeterFamily.EASTRON_SDM120
    inverter: InverterFamily = InverterFamily.SUNSPEC_LEGACY
    battery_w: int | None = None
    """The most that its battery takes or gives; None: what the plan says. A weak one leaves something to the grid."""

    def put_into(self, plan: BuildingPlan) -> BuildingPlan:
        """The building with flat 101's devices of these makes."""
        first, *others = plan.flats
        inverter = first.initial.inverter
        rating = first.rating.inverter
        assert inverter is not None
        assert rating is not None
        assert rating.battery is not None
        if self.battery_w is not None:
            limit_mw = self.battery_w * 1000
            rating = replace(rating, battery=replace(rating.battery, charge_mw=limit_mw, discharge_mw=limit_mw))
        controls = self.inverter.controls(2, plan.nominal_hz)
        first = replace(
            first,
            rating=replace(first.rating, inverter=rating),
            meter_family=self.meter,
            inverter_family=self.inverter,
            initial=replace(first.initial, inverter=replace(inverter, controls=controls)),
        )
        return replace(plan, flats=(first, *others))


class SimulatedBuilding:
    """Twelve flats: 101 and 201 with a hybrid of the 1xx models, 102 and 204 of the 7xx; 103 (1xx) and 302 (7xx) with
    PV alone. Flat 101's makes may be others, and its devices may stand on a serial line."""

    now_ms = 0

    def __init__(
        self, home: Path, start: datetime, speed: float, makes: Makes | None = None, serial: Sequence[str] = ()
    ) -> None:
        settings = Settings(flats=12, profiles=[home], profile_start=start, profile_speed=speed)
        profiles = read_profiles(settings)
        described = (makes or Makes()).put_into(plan(settings.flats, profiles.series))
        self.plant: Plant = Plant(described, start, speed, lambda: self.now_ms, lambda: self.now_ms)
        self.site: Site = build(self.plant, profiles.generator, settings.host, 0, serial)
        self.links = ModbusLinks()
        self.detours: dict[str, int] = {}
        """Flat → a port that stands before its gateway's."""

    def pass_s(self, seconds: float) -> None:
        """Let time pass; each whole second is a tick of the plant."""
        self.now_ms += round(seconds * 1000)
        while self.now_ms >= self.plant.ticks * 1000:
            self.plant.tick()

    def seconds(self) -> float:
        """The building's clock, for a driver."""
        return self.now_ms / 1000

    def _address(self, flat: str, device: str) -> DeviceAddress:
        line = self.site.flats[flat]
        if isinstance(line, SerialLine):
            return DeviceAddress(ModbusSerialParams(device=line.path, baudrate=BAUDRATE), UNITS[device])
        port = self.detours.get(flat, line.port)
        return DeviceAddress(ModbusTcpParams(host=line.host, port=port), UNITS[device])

    def unit(self, flat: str, device: str) -> ModbusUnit:
        """Where a flat's device answers."""
        return self.links.unit(self._address(flat, device))

    def line(self, flat: str) -> Line:
        """The line of one more device of a flat."""
        return self.links.line(self._address(flat, "meter"))

    def has(self, flat: str, device: str) -> bool:
        """Whether a flat has such a device."""
        return UNITS[device] in self.site.flats[flat].units.by_number

    def truth(self, flat: str) -> Inverter:
        """What a flat's inverter really does."""
        inverter = self.plant.household(flat).state.inverter
        assert inverter is not None
        return inverter

    def breaks(self, flat: str, device: str, fault: Fault | None) -> None:
        """Break a device, or mend it."""
        self.site.set_fault(flat, device, fault)


@asynccontextmanager
async def simulated(
    home: Path, start: datetime, speed: float = 1, makes: Makes | None = None, serial: Sequence[str] = ()
) -> AsyncIterator[SimulatedBuilding]:
    """A building that answers while the block runs."""
    building = SimulatedBuilding(home, start, speed, makes, serial)
    async with serving(building.site, 0), building.links:
        yield building
