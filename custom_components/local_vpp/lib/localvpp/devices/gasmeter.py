"""A gas meter described by a register map: one that tells its volume, or a module that counts its pulses."""

from collections.abc import Callable
from fractions import Fraction
from time import monotonic
from typing import Final, override

from modbus_connection import ModbusUnit

from .capability import Identity
from .counting import Counting
from .errors import DeviceError, DeviceNonsenseError
from .gas import HIGHEST_L_H, LITRES_PER_PULSE, GasReading
from .line import Line
from .mapping import CountSample, Quantity, RegisterMap
from .polled import MappedDevice
from .silence import GAS, Manners

COUNTER_SLACK_L: Final = 20
"""What a counter may show at once: two pulses of ten litres, the commonest. Larger pulses have two of theirs."""


class MapGasMeter(MappedDevice[GasReading]):
    """Reads a gas meter and holds its counter against what can have flowed since the last reading.

    Args:
        unit: where it answers.
        device: its register map, of the channel that is read.
        identity: as ``probe.probe_gas_meter`` gave it.
        clock: a monotonic clock in seconds.
        litres_per_pulse: of a module that counts pulses.
        line: its line, if others share it.
        manners: how long it is waited for, and left alone when it is silent.

    Raises:
        ValueError: a pulse of no likely volume, or none of a module that counts pulses.
    """

    def __init__(
        self,
        unit: ModbusUnit,
        device: RegisterMap,
        identity: Identity,
        clock: Callable[[], float] = monotonic,
        *,
        litres_per_pulse: Fraction | None = None,
        line: Line | None = None,
        manners: Manners = GAS,
    ) -> None:
        (point,) = (each for each in device.points if each.quantity in {Quantity.PULSES, Quantity.VOLUME})
        if point.quantity is Quantity.VOLUME:
            step = Fraction(1)
        elif litres_per_pulse is None or not LITRES_PER_PULSE[0] <= litres_per_pulse <= LITRES_PER_PULSE[1]:
            raise ValueError(
                f"litres_per_pulse is {litres_per_pulse}: give {float(LITRES_PER_PULSE[0]):g} to "
                f"{float(LITRES_PER_PULSE[1]):g}, as the gas meter's plate says"
            )
        else:
            step = litres_per_pulse
        super().__init__("gas meter", unit, device, identity, clock, line=line, manners=manners)
        self._name = point.name
        self._step = step
        # A float has no turn, and neither has a volume that the meter counts on a dial of its own.
        pulses = point.quantity is Quantity.PULSES
        self._turn_l = int(step * (1 << 16 * point.type.words)) if pulses else None
        self._counting = Counting(self._what, max(COUNTER_SLACK_L, 2 * int(step)), clock, unit="L", volatile=pulses)

    @override
    async def _read(self) -> GasReading:
        failed = (await self._poller.poll(self._blocks, self._rota)).failed
        sample: object = None
        for name, group in self._blocks.items():
            if name not in failed:
                sample = group.values.get(self._name, sample)
        return GasReading(volume_l=self._count(sample, failed), turn_l=self._turn_l, failed=failed)

    def _count(self, sample: object, failed: dict[str, DeviceError]) -> int | None:
        if not isinstance(sample, CountSample):
            return None
        litres = int(sample.count * self._step)
        counted = self._counting.take("volume_l", litres, rated_w=HIGHEST_L_H, doubtful=sample.torn)
        if isinstance(counted, DeviceNonsenseError):
            failed["volume_l"] = counted
            return None
        return counted
