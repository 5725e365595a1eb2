"""A gas meter described by a register map: one that tells its volume, or a module that counts its pulses."""

from collections.abc import Callable
from fractions import Fraction
from time import monotonic
from typing import Final

from modbus_connection import ModbusUnit

from .capability import Door, Identity
from .counting import Counting
from .errors import DeviceError, DeviceNonsenseError
from .gas import HIGHEST_L_H, LITRES_PER_PULSE, GasReading
from .line import Line
from .mapping import CountSample, Quantity, RegisterMap, knock, parts
from .polling import Poller, approach
from .rota import Rota
from .silence import GAS, Manners

COUNTER_SLACK_L: Final = 20
"""What a counter may show at once: two pulses of ten litres, the commonest. Larger pulses have two of theirs."""


class MapGasMeter:
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
        self._identity = identity
        self._name = point.name
        self._step = step
        # A float has no turn, and neither has a volume that the meter counts on a dial of its own.
        pulses = point.quantity is Quantity.PULSES
        self._turn_l = int(step * (1 << 16 * point.type.words)) if pulses else None
        found = parts(device)
        self._blocks = {part.name: part.component(unit, device) for part in found}
        self._rota = Rota({part.name: part.pace for part in found})
        what = f"the gas meter {identity}"
        self._counting = Counting(what, max(COUNTER_SLACK_L, 2 * int(step)), clock, unit="L", volatile=pulses)
        self._poller = Poller(what, unit, line or Line(), self._read, knock(unit, device), manners, clock)
        approach(unit, device.wiring)

    @property
    def identity(self) -> Identity:
        """Who the gas meter said it is when it was set up."""
        return self._identity

    @property
    def door(self) -> Door:
        """Where to knock when it fell silent."""
        return self._poller

    async def read(self) -> GasReading:
        """Read all groups once; see ``gas.GasMeter.read``."""
        return await self._poller.reading()

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
