"""A flat's devices, read in one round each second.

A device that fails makes its own values unknown and leaves the others alone. One that fell silent is knocked at now and
then: right after the others were read, so that their line is free again by their next second, and never about a slot's
boundary. One that takes most of a second is read beside the rounds, and told with its age: all but the meter, whose
energy a frame is about, and the relays, whose feedback says whether a command was followed and must not be older.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from .beside import Beside, Readable
from .clock import Clock
from .devices import (
    Ages,
    Battery,
    BatteryReading,
    Charger,
    ChargerReading,
    DeviceError,
    Door,
    GasMeter,
    GasReading,
    Inverter,
    InverterReading,
    Meter,
    MeterReading,
    Rating,
    Relay,
    RelayReading,
    Separable,
    of_now,
    rated,
)
from .devices.silence import LINK_LOST_S
from .etp import DeviceId, Frame
from .outage import Outages, nonsense_of, proof_of, reason_of
from .slots import BOUNDARY_TOLERANCE_MS, MOST_RATED_W, Reading, Sample
from .usage_dark import Made

READ_TIMEOUT_S: Final = 0.9
"""A meter or relay that has not answered by the next poll is unknown for this second."""
BESIDE_S: Final = 0.5
"""So long a round waits for the others. A frame is to be with the building within its second."""
IN_TURN_S: Final = 0.3
"""So long the meter and then the relay have the line for themselves. Behind one gateway each request waits for those
before it, and none of theirs is to wait for an inverter that is about to fall asleep."""
SECOND_MS: Final = 1000
PROVES_MS: Final = BOUNDARY_TOLERANCE_MS
"""So old a power may be that says what an export was made of: as far as a slot's reading may be from its boundary."""

COUNTED_MS: Final = 60_000
"""So old a counter may be that says what was made in a silence: of many devices it is read seldom."""

FRESH_MS: Final = 5_000
"""So old powers and registers may be that steer."""

_BACKUP: Final = frozenset({"backup_voltage_v", "backup_frequency_hz"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatDevices:
    """The devices of a flat. Only the meter makes records.

    ``relay`` is what separates the living room's circuit from the grid, ``island_relay`` the second contactor of an
    interlocked pair, towards the inverter. ``output`` is what the inverter can be asked at its connection to the grid.
    ``gas_start_l`` is what the gas meter's dial showed when its pulses were begun to be counted; None for one that
    tells its dial itself. ``gas_heating_kj_m3`` is what the gas company states, ``battery_rating`` what the resident
    states of the battery, for what it does not tell itself.
    """

    meter: Meter
    inverter: Inverter | None = None
    battery: Battery | None = None
    output: Separable | None = None
    relay: Relay | None = None
    island_relay: Relay | None = None
    charger: Charger | None = None
    gas: GasMeter | None = None
    gas_start_l: int | None = None
    gas_heating_kj_m3: int | None = None
    battery_rating: Rating = field(default_factory=Rating)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What the devices said in one second; None is unknown."""

    time_ms: int
    """When the meter had answered, however long the others took."""
    meter: MeterReading | None
    inverter: InverterReading | None
    battery: BatteryReading | None
    relay: RelayReading | None
    island_relay: RelayReading | None = None
    charger: ChargerReading | None
    gas: GasReading | None
    has_inverter: bool
    has_battery: bool
    battery_news: BatteryReading | None
    """What the battery has told since the last round, for who follows its life: each reading once, as it was made."""
    has_v2h: bool
    problems: Mapping[str, str]
    """Why a device is unknown, by its name."""

    @property
    def sample(self) -> Sample | None:
        """What the slot's record is made of, if both registers are known: without them there is nothing to prove.

        An inverter that answers without having a battery is known to discharge none; without an inverter nobody knows.
        Without a V2H no car discharges; of a V2H that does not say, nobody knows. A power of long before is unknown,
        too: a record says so. The meter's own says then how much was exported of which nobody knows, and no more: such
        seconds left out, the few beside its reports would speak for all.
        """
        meter, inverter = self.meter, self.inverter
        if meter is None or meter.import_wh is None or meter.export_wh is None:
            return None
        pv_w = None if _recent(meter, "power_w") is None else _whole(_recent(inverter, "pv_power_w"))
        battery_w = _whole(_recent(self.battery, "power_w"))
        vehicle_w = _whole(_recent(self.charger, "power_w"))
        return Sample(
            reading=Reading(self.time_ms - meter.age_ms, meter.import_wh, meter.export_wh),
            grid_w=_whole(meter.power_w),
            pv_w=pv_w,
            battery_w=0 if inverter is not None and not self.has_battery else battery_w,
            vehicle_w=0 if vehicle_w is None and not self.has_v2h else vehicle_w,
            frequency_mhz=_whole(_recent(self._island if self.islanded else meter, "frequency_hz"), 1000),
            islanded=self.islanded,
            rated_w=meter.rated_w or MOST_RATED_W,
        )

    @property
    def sun_w(self) -> int | None:
        """What the sun gives now; None if that is unknown, or there is no inverter that would say so."""
        return None if self.inverter is None else _whole(self.inverter.pv_power_w)

    @property
    def sun_made(self) -> Made | None:
        """The counter of what the sun gave, if it was read about now: an inverter's own is that without a battery."""
        inverter = self.inverter
        if inverter is None:
            return None
        counters = {"pv_wh": inverter.pv_wh} | ({} if self.has_battery else {"energy_wh": inverter.energy_wh})
        for name, wh in counters.items():
            if wh is not None:
                return Made(name, wh) if inverter.ages_ms.get(name, 0) <= COUNTED_MS else None
        return None

    @property
    def load_w(self) -> int | None:
        """What the flat uses now, its charging car with it; None if a part of it is unknown.

        Without an inverter it is what the meter sees: what the sun gives behind it lessens it.
        """
        return self._load_w(self.sun_w if self.has_inverter else 0)

    @property
    def dark_load_w(self) -> int | None:
        """What the flat uses now if the sun gives nothing; None if another part of it is unknown."""
        return self._load_w(0)

    def _load_w(self, sun_w: int | None) -> int | None:
        meter, battery, charger = self.meter, self.battery, self.charger
        parts = [None if meter is None else meter.power_w, sun_w]
        if self.has_battery:
            parts.append(None if battery is None else battery.power_w)
        if self.has_v2h:
            parts.append(None if charger is None or charger.power_w is None else max(charger.power_w, 0.0))
        known = [part for part in parts if part is not None]
        return round(sum(known)) if len(known) == len(parts) else None

    @property
    def line_load_w(self) -> float | None:
        """What the flat would take over its line now if its battery did nothing; None if that is not known of now."""
        meter, battery = self.meter, self.battery
        if meter is None or battery is None:
            return None
        grid_w = of_now(meter.power_w, meter.ages_ms, "power_w", FRESH_MS)
        battery_w = of_now(battery.power_w, battery.ages_ms, "power_w", FRESH_MS)
        return None if grid_w is None or battery_w is None else grid_w + battery_w

    @property
    def islanded(self) -> bool | None:
        """Whether the flat is cut off from the grid: by its inverter's word, or by the contact in front of it."""
        inverter, relay = self.inverter, self.relay
        if relay is not None and relay.closed is False:
            return True
        if inverter is None or inverter.grid_connected is None:
            return None
        return False if inverter.grid_connected else inverter.grid_forming

    @property
    def _island(self) -> InverterReading | None:
        """What the inverter says of the voltage that it makes; it may tell that of its backup terminals apart."""
        inverter = self.inverter
        if inverter is None or not inverter.grid_forming:
            return None
        if inverter.backup_voltage_v is None and inverter.backup_frequency_hz is None:
            return inverter
        ages = {name.removeprefix("backup_"): age for name, age in inverter.ages_ms.items() if name in _BACKUP}
        return InverterReading(
            voltage_v=inverter.backup_voltage_v, frequency_hz=inverter.backup_frequency_hz, ages_ms=ages
        )

    def frame(self, device: DeviceId, count: int) -> Frame:
        """Return the second as it is told to the building."""
        meter, inverter, battery = self.meter, self.inverter, self.battery
        # A frame says what the registers were in its second, and no later one repeats it.
        counted = meter if meter is not None and meter.age_ms < SECOND_MS else None
        seen = self._island if self.islanded else meter
        return Frame(
            device=device,
            time_ms=self.time_ms,
            count=count,
            grid_w=_whole(meter.power_w if meter else None),
            import_wh=counted.import_wh if counted else None,
            export_wh=counted.export_wh if counted else None,
            pv_w=_whole(inverter.pv_power_w if inverter else None),
            battery_w=_whole(battery.power_w if battery else None),
            soc_permille=_whole(battery.soc_percent if battery else None, 10),
            frequency_mhz=_whole(seen.frequency_hz if seen else None, 1000),
            voltage_mv=_whole(seen.voltage_v if seen else None, 1000),
            islanded=self.islanded,
            age_ms=self._age_ms,
        )

    @property
    def _age_ms(self) -> int | None:
        """How old the oldest value of the frame is, None where all are of its second; energy always is."""
        ages: list[tuple[tuple[str, ...], Ages]] = [
            (fields, reading.ages_ms)
            for reading, fields in (
                (self.meter, ("power_w",)),
                (self._island if self.islanded else self.meter, ("frequency_hz", "voltage_v")),
                (self.inverter, ("pv_power_w", "grid_connected", "grid_forming")),
                (self.battery, ("power_w", "soc_percent")),
            )
            if reading is not None
        ]
        return max((ages_ms[field] for fields, ages_ms in ages for field in fields if field in ages_ms), default=None)


class Rounds:
    """Reads a flat's devices."""

    def __init__(self, devices: FlatDevices, outages: Outages, clock: Clock) -> None:
        self._devices = devices
        self._outages = outages
        self._clock = clock
        self._stated = devices.battery_rating
        """What the battery has never told since this runs."""
        self._inverter = Beside[InverterReading]()
        self._battery = Beside[BatteryReading]()
        self._charger = Beside[ChargerReading]()
        self._gas = Beside[GasReading]()

    @property
    def meter(self) -> Meter:
        """The meter, whose energy is signed."""
        return self._devices.meter

    @property
    def devices(self) -> FlatDevices:
        """The devices, as far as they are known by now."""
        return self._devices

    @property
    def battery(self) -> Battery | None:
        """The battery, if there is one."""
        return self._devices.battery

    def battery_found(self, battery: Battery) -> None:
        """Read a battery, too, from now on."""
        self._devices = replace(self._devices, battery=battery)

    async def read(self) -> Round:
        """Read all devices; this takes `BESIDE_S`, or `READ_TIMEOUT_S` where meter or relay are that slow."""
        devices = self._devices
        problems: dict[str, str] = {}
        loop = asyncio.get_running_loop()
        began = loop.time()

        def failed(name: str, error: DeviceError | TimeoutError, seconds: float, door: Door | None) -> None:
            problems[name] = reason_of(error, seconds)
            self._outages.broke(name, problems[name], proof_of(error, door))

        def answered[R](name: str, value: R) -> R:
            if (nonsense := nonsense_of(value)) is not None:
                problems[name] = nonsense
                self._outages.broke(name, nonsense)
                return value
            if self._outages.answered(name) >= LINK_LOST_S:
                self._hasten()
            return value

        async def read[R](name: str, device: Readable[R]) -> R | None:
            try:
                async with asyncio.timeout_at(began + READ_TIMEOUT_S):
                    value = await device.read()
            except (DeviceError, TimeoutError) as error:
                failed(name, error, READ_TIMEOUT_S, device.door)
                return None
            return answered(name, value)

        def take[R: (InverterReading, BatteryReading, ChargerReading, GasReading)](
            name: str, device: Readable[R] | None, beside: Beside[R]
        ) -> R | None:
            if device is None:
                return None
            try:
                value = beside.take()
            except (DeviceError, TimeoutError) as error:
                failed(name, error, BESIDE_S, device.door)
                return None
            return answered(name, value)

        async def read_meter() -> tuple[MeterReading | None, int]:
            reading = await read("meter", devices.meter)
            return reading, self._clock.wall_ms()

        async def its_turn(task: asyncio.Task[object]) -> None:
            await asyncio.wait({task}, timeout=max(0.0, began + IN_TURN_S - loop.time()))

        switching: asyncio.Task[RelayReading | None] | None = None
        feeding: asyncio.Task[RelayReading | None] | None = None
        async with asyncio.TaskGroup() as tasks:
            metered = tasks.create_task(read_meter())
            await its_turn(metered)
            if devices.relay is not None:
                switching = tasks.create_task(read("relay", devices.relay))
                await its_turn(switching)
            if devices.island_relay is not None:
                feeding = tasks.create_task(read("island relay", devices.island_relay))
                await its_turn(feeding)
            if devices.charger is not None:
                self._charger.begin(devices.charger)
            if devices.gas is not None:
                self._gas.begin(devices.gas)
            if devices.inverter is not None:
                self._inverter.begin(devices.inverter)
            if devices.battery is not None:
                self._battery.begin(devices.battery)
            if under_way := set[asyncio.Task[object]]().union(*(each.under_way for each in self._beside())):
                await asyncio.wait(under_way, timeout=max(0.0, began + BESIDE_S - loop.time()))
        meter, time_ms = metered.result()
        battery = self._rated(take("battery", devices.battery, self._battery))
        return Round(
            time_ms=time_ms,
            meter=meter,
            inverter=take("inverter", devices.inverter, self._inverter),
            battery=battery,
            relay=None if switching is None else switching.result(),
            island_relay=None if feeding is None else feeding.result(),
            charger=take("charger", devices.charger, self._charger),
            gas=take("gas", devices.gas, self._gas),
            has_inverter=devices.inverter is not None,
            has_battery=devices.battery is not None,
            battery_news=self._rated(self._battery.news()),
            has_v2h=devices.charger is not None and devices.charger.can_discharge,
            problems=MappingProxyType(problems),
        )

    def _rated(self, reading: BatteryReading | None) -> BatteryReading | None:
        """Return a reading of the battery with what its resident states of it."""
        if reading is None:
            return None
        self._stated = self._stated.untold(reading)
        return rated(reading, self._stated)

    async def close(self) -> None:
        """Read no more."""
        for each in self._beside():
            await each.close()

    def doors(self, *, quiet: bool) -> Iterator[Door]:
        """Give the doors that may be knocked at now. The meter's own silence has no boundary to be kept from.

        Args:
            quiet: a slot's boundary is near.
        """
        meter = self._devices.meter.door
        for door in ([] if meter is None else [meter]) if quiet else self._doors():
            if door.due:
                yield door

    def _beside(
        self,
    ) -> tuple[Beside[InverterReading], Beside[BatteryReading], Beside[ChargerReading], Beside[GasReading]]:
        return self._inverter, self._battery, self._charger, self._gas

    def _doors(self) -> list[Door]:
        devices = self._devices
        switches = (devices.relay, devices.island_relay)
        every = (devices.meter, *switches, devices.inverter, devices.battery, devices.charger, devices.gas)
        doors = [device.door for device in every if device is not None and device.door is not None]
        # A battery that is part of the inverter has its door.
        return list({id(door): door for door in doors}.values())

    def _hasten(self) -> None:
        for door in self._doors():
            door.hasten()


def _whole(value: float | None, times: int = 1) -> int | None:
    return None if value is None else round(value * times)


def _recent(
    reading: MeterReading | InverterReading | BatteryReading | ChargerReading | None, field: str
) -> float | None:
    """Return a value that is young enough to be proven with."""
    if reading is None or reading.ages_ms.get(field, 0) > PROVES_MS:
        return None
    value: float | None = getattr(reading, field)
    return value
