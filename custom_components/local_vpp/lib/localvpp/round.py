"""What a flat's devices said in one second, and what follows from it. A value: `rounds` reads it.

Unknown is a value: what a device has not told, or told too long ago for what it is asked for, is None, and so is what
would need it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .devices import (
    Ages,
    BatteryReading,
    ChargerReading,
    GasReading,
    InverterReading,
    MeterReading,
    RelayReading,
    of_now,
)
from .etp import DeviceId, Frame
from .slots import BOUNDARY_TOLERANCE_MS, MOST_RATED_W, Reading, Sample
from .usage_dark import Made

SECOND_MS: Final = 1000
PROVES_MS: Final = BOUNDARY_TOLERANCE_MS
"""So old a power may be that says what an export was made of: as far as a slot's reading may be from its boundary."""

COUNTED_MS: Final = 60_000
"""So old a counter may be that says what was made in a silence: of many devices it is read seldom."""

FRESH_MS: Final = 5_000
"""So old powers and registers may be that steer."""

_BACKUP: Final = frozenset({"backup_voltage_v", "backup_frequency_hz"})


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
