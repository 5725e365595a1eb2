"""A meter described by a register map."""

from collections.abc import Callable
import logging
from time import monotonic
from typing import Final

from modbus_connection import ModbusUnit

from .capability import Identity, MeterReading
from .errors import DeviceError, DeviceNonsenseError
from .plausible import RATING_MARGIN, Counter, Doubt
from .points import EnergySample, RegisterMap, components, readings
from .polling import REQUEST_TIMEOUT_S, poll

_LOGGER: Final = logging.getLogger(__name__)

COUNTER_SLACK_WH: Final = 200
"""Two steps of the coarsest register in use (0.1 kWh): a counter may show them at once."""


class MapMeter:
    """Reads a meter and holds its counters against what can have flowed since the last reading.

    Args:
        unit: where the meter answers.
        device: its register map.
        identity: as ``probe.probe_meter`` gave it.
        clock: a monotonic clock in seconds.
    """

    def __init__(
        self, unit: ModbusUnit, device: RegisterMap, identity: Identity, clock: Callable[[], float] = monotonic
    ) -> None:
        self._identity = identity
        self._clock = clock
        self._rated_w = device.rated_power_w or 0
        self._groups = readings(components(unit, device), device)
        self._counters: dict[str, Counter] = {}
        self._counted_at: dict[str, float] = {}
        unit.require_timeout(REQUEST_TIMEOUT_S)

    @property
    def identity(self) -> Identity:
        """Who the meter said it is when it was set up."""
        return self._identity

    async def read(self) -> MeterReading:
        """Read all groups once; see ``capability.Meter.read``."""
        failed = await poll(f"the meter {self._identity}", self._groups)
        values: dict[str, object] = {}
        for name, group in self._groups.items():
            if name not in failed:
                values |= group.values
        return MeterReading(
            power_w=_number(values.get("power_w")),
            import_wh=self._count("import_wh", values.get("import_wh"), failed),
            export_wh=self._count("export_wh", values.get("export_wh"), failed),
            voltage_v=_number(values.get("voltage_v")),
            current_a=_number(values.get("current_a")),
            frequency_hz=_number(values.get("frequency_hz")),
            failed=failed,
        )

    def _count(self, name: str, sample: object, failed: dict[str, DeviceError]) -> int | None:
        if not isinstance(sample, EnergySample):
            return None
        now = self._clock()
        elapsed_s = now - self._counted_at.get(name, now)
        before = self._counters.get(name, Counter())
        most_wh = int(self._rated_w * RATING_MARGIN * elapsed_s / 3600) + COUNTER_SLACK_WH
        counter = before.after(sample.wh, most_wh=most_wh, torn=sample.torn)
        self._counters[name] = counter
        self._counted_at[name] = now
        if counter.doubt is Doubt.NONE:
            if before.doubt is not Doubt.NONE:
                _LOGGER.info("The meter %s counts %s plausibly again: %d Wh", self._identity, name, sample.wh)
            return counter.value_wh
        doubtful = DeviceNonsenseError(
            f"the meter {self._identity} shows {name} = {sample.wh} Wh after {counter.value_wh} Wh "
            f"({counter.doubt.value}): unknown until it goes on from there or stays; if the meter was reset or "
            "exchanged, set the device up again"
        )
        failed[name] = doubtful
        if before.doubt is Doubt.NONE:
            _LOGGER.warning("%s", doubtful)
        return None  # What is signed was read: the last good value is for comparing only.


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None
