"""The building on the network: a Modbus gateway for each flat, one for the building, and where each device answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from .devices import Device, InverterDevice, MeterDevice, RelayDevice
from .errors import InvalidInput
from .gateway import Gateway
from .plant import History, Household, Plant
from .settings import Fault

METER, INVERTER, RELAY = 1, 2, 3
BULK, COMMON = 1, 2
BUILDING = "building"


def _flat_units(plant: Plant, household: Household) -> dict[int, Device]:
    units: dict[int, Device] = {
        METER: MeterDevice(household.plan.meter_serial, lambda: (household.version, household.reading)),
        RELAY: RelayDevice(plant, household),
    }
    if household.state.inverter is not None:
        units[INVERTER] = InverterDevice(plant, household)
    return units


@dataclass(slots=True)
class Site:
    """All gateways of a plant.

    Args:
        plant: the building behind them.
        generator: what the profiles come from, for the layout.
        flats: the gateways of the flats, by number.
        building: the gateway of the building's own meters.
    """

    plant: Plant
    generator: str
    flats: Mapping[str, Gateway]
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
            units, names = self.building.units, {"bulk": BULK, "common": COMMON}
        elif flat in self.flats:
            units, names = self.flats[flat].units, {"meter": METER, "inverter": INVERTER, "relay": RELAY}
        else:
            raise InvalidInput("flat", flat, f"give one of {', '.join(self.flats)}, or {BUILDING}")
        present = [name for name, unit in names.items() if unit in units]
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
        found.fault = fault
        if isinstance(found, RelayDevice):
            self.plant.weld(self.plant.household(flat), fault is Fault.WELDED)

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
        flats = []
        for name, gateway in self.flats.items():
            plan = self.plant.household(name).plan
            devices: dict[str, object] = {
                "meter": {"unit": METER, "model": "eastron_sdm120", "serial": str(plan.meter_serial)}
            }
            if plan.generation is not None:
                devices["inverter"] = {
                    "unit": INVERTER,
                    "model": "sunspec",
                    "generation": plan.generation.value,
                    "serial": plan.inverter_serial,
                }
            devices["relay"] = {"unit": RELAY}
            flats.append({"flat": name, "host": gateway.host, "port": gateway.port, "devices": devices})
        plan_of_all = self.plant.plan
        meter = "eastron_sdm120"
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


def build(plant: Plant, generator: str, host: str, port_base: int) -> Site:
    """The gateways of ``plant``: on free ports when ``port_base`` is 0, else on consecutive ones, the building's last.

    Raises:
        InvalidInput: the ports would not fit below 65536.
    """
    count = len(plant.households) + 1
    if not 0 <= port_base <= 65536 - count:
        raise InvalidInput("port-base", port_base, f"give 0 for free ports, or 1 to {65536 - count} for {count} ports")
    flats = {
        name: Gateway(_flat_units(plant, household), host, port_base + index if port_base else 0)
        for index, (name, household) in enumerate(plant.households.items())
    }
    meters: dict[int, Device] = {
        BULK: MeterDevice(plant.plan.bulk_serial, lambda: (plant.ticks, plant.bulk)),
        COMMON: MeterDevice(plant.plan.common_serial, lambda: (plant.ticks, plant.common)),
    }
    return Site(plant, generator, flats, Gateway(meters, host, port_base + count - 1 if port_base else 0))
