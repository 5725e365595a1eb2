"""A meter described by a register map."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Final, override

from modbus_connection import ModbusUnit

from .capability import Identity, MeterReading
from .counting import Counting
from .errors import DeviceError, DeviceNonsenseError
from .line import Line
from .mapping import EnergySample, Quantity, RegisterMap, serial_of
from .plausible import line_voltage, voltage
from .polled import MappedDevice
from .silence import METER, Manners

COUNTER_SLACK_WH: Final = 200
"""What a counter may show at once, whatever its step: two tenths of a kilowatt-hour, the commonest coarse step. A map
whose counters take larger steps has two of those."""


_SHOWN: Final = frozenset({"power_w", "voltage_v", "current_a", "frequency_hz"})
"""What a reading has beside the counters, which are read each time."""


class MapMeter(MappedDevice[MeterReading]):
    """Reads a meter and holds its counters against what can have flowed since the last reading.

    Args:
        unit: where the meter answers.
        device: its register map.
        identity: as ``probe.probe_meter`` gave it.
        clock: a monotonic clock in seconds.
        line: its line, if others share it.
        manners: how long it is waited for, and left alone when it is silent.
    """

    def __init__(
        self,
        unit: ModbusUnit,
        device: RegisterMap,
        identity: Identity,
        clock: Callable[[], float] = monotonic,
        *,
        line: Line | None = None,
        manners: Manners = METER,
    ) -> None:
        super().__init__("meter", unit, _seeing_dead_lines(device), identity, clock, line=line, manners=manners)
        self._serial = partial(serial_of, unit, device)
        self._rated_w = device.rated_power_w or 0
        self._grid = [point.name for point in device.points if point.quantity in {Quantity.VOLTAGE, Quantity.FREQUENCY}]
        self._counting = Counting(self._what, max(COUNTER_SLACK_WH, 2 * device.energy_step_wh), clock)

    async def identify(self) -> Identity:
        """Ask who it is by now; see ``late.base.Named``."""
        return replace(self._identity, serial=await self._serial())

    @override
    async def _read(self) -> MeterReading:
        polled = await self._poller.poll(self._blocks, self._rota)
        failed = polled.failed
        values: dict[str, object] = {}
        ages_ms: dict[str, int] = {}
        for name, block in self._blocks.items():
            if name in failed:
                continue
            values |= block.values
            if (age_s := polled.ages_s.get(name)) is not None:
                ages_ms |= {point: round(age_s * 1000) for point in _SHOWN & block.values.keys()}
        volts = _number(values.get("voltage_v"))
        grid = [_alive(name, _number(values.get(name))) for name in self._grid]
        # As for a probe: no likely voltage and no likely frequency is no meter's answer, or one without its grid.
        unlikely = bool(self._grid) and all(each is None for each in grid)
        import_wh = self._count("import_wh", values.get("import_wh"), failed, unlikely=unlikely)
        return MeterReading(
            power_w=_number(values.get("power_w")),
            import_wh=import_wh,
            export_wh=self._count("export_wh", values.get("export_wh"), failed, unlikely=unlikely),
            voltage_v=line_voltage(volts, grid, import_wh),
            current_a=_number(values.get("current_a")),
            frequency_hz=_number(values.get("frequency_hz")),
            rated_w=self._rated_w or None,
            failed=failed,
            ages_ms=ages_ms,
        )

    def _count(self, name: str, sample: object, failed: dict[str, DeviceError], *, unlikely: bool) -> int | None:
        if not isinstance(sample, EnergySample):
            return None
        counted = self._counting.take(name, sample.wh, rated_w=self._rated_w, doubtful=sample.torn or unlikely)
        if isinstance(counted, DeviceNonsenseError):
            failed[name] = counted
            return None
        return counted


def _seeing_dead_lines(device: RegisterMap) -> RegisterMap:
    """Let voltages down to 0 through: whether they are those of a dead line is judged by the whole reading."""
    points = tuple(
        replace(point, limits=(0.0, point.limits[1])) if point.quantity is Quantity.VOLTAGE and point.limits else point
        for point in device.points
    )
    return replace(device, points=points)


def _alive(name: str, value: float | None) -> float | None:
    return value if name == "frequency_hz" else voltage(value)


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None
