"""The building on the network: a Modbus gateway for each flat, one for the building, and where each device answers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from .devices import ChargerDevice, ContactDevice, CounterDevice, Device, InverterDevice, MeterDevice, RelayDevice
from .errors import InvalidInput
from .families import MeterFamily
from .gateway import Gateway
from .physics import Backup, Pair
from .plant import History, Household, Plant
from .serial_line import BAUDRATE, SerialLine
from .settings import Fault, Wiring

METER, INVERTER, RELAY, CHARGER, GAS = 1, 2, 3, 4, 5
BULK, COMMON = 1, 2
BUILDING = "building"
ISLAND: Final = "island"
"""A pair's second contactor, beside which ``relay`` is the first one and the module."""


BUILDING_METERS: Final = MeterFamily.EASTRON_SDM120

type Line = Gateway | SerialLine
"""What a flat's devices answer on."""


def flat_units(plant: Plant, household: Household) -> dict[int, Device]:
    """A flat's devices by their unit numbers."""
    chosen = household.plan
    meter = MeterDevice(chosen.meter_family.face(chosen.meter_serial), lambda: (household.version, household.reading))
    meter.fault = Fault.LINE_POWERED if chosen.line_powered else None
    units: dict[int, Device] = {METER: meter}
    if not isinstance(household.state.switch, Backup):
        units[RELAY] = RelayDevice(plant, household)
    family, rating, serial = chosen.inverter_family, chosen.rating.inverter, chosen.inverter_serial
    if family is not None and rating is not None and serial is not None and chosen.modbus:
        units[INVERTER] = InverterDevice(family.face(rating, serial, plant.plan.nominal_hz), plant, household)
    if household.garage is not None:
        units[CHARGER] = ChargerDevice(household.garage.socket)
        units[GAS] = CounterDevice(household.garage.counter)
    return units


@dataclass(slots=True)
class Site:
    """All gateways of a plant.

    Args:
        plant: the building behind them.
        generator: what the profiles come from, for the layout.
        flats: the gateways or serial lines of the flats, by number.
        building: the gateway of the building's own meters.
    """

    plant: Plant
    generator: str
    flats: Mapping[str, Line]
    building: Gateway

    async def open(self) -> None:
        """Listen on every port.

        Raises:
            SimulatorError: a port cannot be had; those opened before are closed again.
        """
        try:
            for gateway in (*self.flats.values(), self.building):
                await gateway.open()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close every port and connection."""
        for gateway in (*self.flats.values(), self.building):
            await gateway.stop()

    def device(self, flat: str, device: str) -> Device:
        """A device by the names that the layout gives.

        Raises:
            InvalidInput: there is no such flat or device.
        """
        if flat == BUILDING:
            units, names = self.building.units.by_number, {"bulk": BULK, "common": COMMON}
        elif flat in self.flats:
            units = self.flats[flat].units.by_number
            names = {"meter": METER, "inverter": INVERTER, "relay": RELAY, "charger": CHARGER, "gas": GAS}
        else:
            raise InvalidInput("flat", flat, f"give one of {', '.join(self.flats)}, or {BUILDING}")
        present = [name for name, unit in names.items() if unit in units]
        module = units.get(RELAY)
        if isinstance(module, RelayDevice) and module.island is not None:
            if device == ISLAND:
                return module.island
            present.append(ISLAND)
        if device not in present:
            raise InvalidInput("device", device, f"{flat} has {', '.join(present)}")
        return units[names[device]]

    def set_fault(self, flat: str, device: str, fault: Fault | None) -> None:
        """Break or mend a device.

        Raises:
            InvalidInput: there is no such device, or it cannot have this fault.
        """
        found = self.device(flat, device)
        if fault is not None and fault not in found.faults:
            raise InvalidInput("fault", fault.value, f"a {device} can be {', '.join(sorted(found.faults))}")
        if isinstance(found, ContactDevice):
            household, coil = self.plant.household(flat), int(device == ISLAND)
            self.plant.weld(household, coil, fault is Fault.WELDED)
            module = self.device(flat, "relay")
            assert isinstance(module, RelayDevice), "contacts are a module's"
            found.stuck = module.contacts[coil]
        elif isinstance(found, InverterDevice):
            self.plant.ail(self.plant.household(flat), fault)
        found.fault = fault

    def history(self, path: str) -> History:
        """The truth of a meter by its path: ``101/meter``, ``building/bulk`` or ``building/common``.

        Raises:
            InvalidInput: no meter has this path.
        """
        if path == "building/bulk":
            return self.plant.bulk_history
        if path == "building/common":
            return self.plant.common_history
        flat, _, device = path.partition("/")
        if device != "meter" or flat not in self.flats:
            raise InvalidInput("device", path, "give a meter such as 101/meter, building/bulk or building/common")
        return self.plant.household(flat).history

    def layout(self) -> dict[str, object]:
        """Where every device answers, for ``GET /api/layout``."""
        flats = [
            {"flat": name, **_place(line), "wiring": self._wiring(name).value, "devices": self._devices(name)}
            for name, line in self.flats.items()
        ]
        plan_of_all = self.plant.plan
        meter = BUILDING_METERS.value
        return {
            "generator": self.generator,
            "profile_start": self.plant.profile_start.isoformat(timespec="seconds"),
            "flats": flats,
            "building": {
                "host": self.building.host,
                "port": self.building.port,
                "bulk": {"unit": BULK, "model": meter, "serial": str(plan_of_all.bulk_serial)},
                "common": {"unit": COMMON, "model": meter, "serial": str(plan_of_all.common_serial)},
            },
        }

    def _wiring(self, flat: str) -> Wiring:
        match self.plant.household(flat).state.switch:
            case Backup():
                return Wiring.OWNED
            case Pair():
                return Wiring.PAIR
            case _:
                return Wiring.AUTONOMOUS

    def _devices(self, flat: str) -> dict[str, object]:
        plan = self.plant.household(flat).plan
        meter: dict[str, object] = {"unit": METER, "model": plan.meter_family.value}
        if plan.meter_family.shows_serial:
            meter["serial"] = str(plan.meter_serial)
        devices: dict[str, object] = {"meter": meter}
        if plan.inverter_family is not None:
            place = {"unit": INVERTER, **plan.inverter_family.names} if plan.modbus else {"model": "entities"}
            rating = plan.rating.inverter
            stores = rating is not None and rating.battery is not None
            devices["inverter"] = {**place, "serial": plan.inverter_serial, "battery": stores}
        switch = self.plant.household(flat).state.switch
        if not isinstance(switch, Backup):
            devices["relay"] = {"unit": RELAY, "model": "relay_pair" if isinstance(switch, Pair) else "relay"}
        if plan.garage:
            devices["charger"] = {"unit": CHARGER, "model": "alfen_eve"}
            devices["gas"] = {"unit": GAS, "model": "moxa_iologik_e1210"}
        return devices


def _place(line: Line) -> dict[str, object]:
    if isinstance(line, SerialLine):
        return {"serial": line.path, "baudrate": BAUDRATE}
    return {"host": line.host, "port": line.port}


def build(plant: Plant, generator: str, host: str, port_base: int, serial: Collection[str] = ()) -> Site:
    """The lines of ``plant``: gateways, and serial lines for the flats in ``serial``.

    Gateways take free ports when ``port_base`` is 0, else consecutive ones, the building's last; a serial line's port
    stays unused.

    Raises:
        InvalidInput: the ports would not fit below 65536, or there is no such flat.
    """
    for name in serial:
        plant.household(name)
    count = len(plant.households) + 1
    if not 0 <= port_base <= 65536 - count:
        raise InvalidInput("port-base", port_base, f"give 0 for free ports, or 1 to {65536 - count} for {count} ports")
    flats: dict[str, Line] = {}
    for index, (name, household) in enumerate(plant.households.items()):
        units = flat_units(plant, household)
        port = port_base + index if port_base else 0
        flats[name] = SerialLine(units) if name in serial else Gateway(units, host, port)
    meters: dict[int, Device] = {
        BULK: MeterDevice(BUILDING_METERS.face(plant.plan.bulk_serial), lambda: (plant.ticks, plant.bulk)),
        COMMON: MeterDevice(BUILDING_METERS.face(plant.plan.common_serial), lambda: (plant.ticks, plant.common)),
    }
    return Site(plant, generator, flats, Gateway(meters, host, port_base + count - 1 if port_base else 0))
