"""A SunSpec device as inverter and, where it has one, battery."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from time import monotonic
from typing import Final, Protocol, Self

from modbus_connection import ModbusUnit

from ..capability import BatteryReading, Cadence, Failures, Identity, InverterReading
from ..errors import DeviceNonsenseError, DeviceRefusedError
from ..inverting import DeviceBattery, InverterDevice, Snapshot
from ..lease import STEERING_LEASE_S, Keeper, Target, checked
from ..line import Line
from ..output import Orders, Output
from ..polling import Block, approach
from ..rota import Pace
from ..silence import INVERTER, Manners
from .chain import BASES, base_of, discover, identify, is_marked
from .der import DerModels
from .legacy import AC_MODELS, LegacyModels
from .reserve import Reserve


class Models(Protocol):
    """What the two generations have in common: blocks to poll, what they mean, and how a set-point is written."""

    @property
    def live(self) -> Mapping[str, Block]:
        """Blocks of powers, charge and set-point, by name."""

    @property
    def slow(self) -> Mapping[str, Block]:
        """Blocks of what steers nothing."""

    @property
    def static(self) -> Mapping[str, Block]:
        """Blocks of what stands on the plate, or hardly moves."""

    @property
    def has_battery(self) -> bool:
        """Whether there is a battery."""

    @property
    def controllable(self) -> bool:
        """Whether set-point and lease are there, as far as was read."""

    @property
    def longest_lease_s(self) -> int:
        """What the lease's register holds."""

    @property
    def deadband_w(self) -> int:
        """How far a target may move without a writing."""

    @property
    def output(self) -> Orders:
        """How its output is limited, and how it leaves the grid."""

    @property
    def reserve(self) -> Reserve | None:
        """The share that its battery keeps for an outage, where a model has it."""

    def inverter(self, failed: Failures) -> InverterReading:
        """Build the reading from the blocks that did not fail."""

    def battery(self, failed: Failures) -> BatteryReading:
        """Build the reading from the blocks that did not fail."""

    def target(self, watts: int, inverter: InverterReading, battery: BatteryReading) -> int:
        """Give what is to be written for a wish, by what was just read."""

    async def activate(self, target_w: int, lease_s: int) -> None:
        """Write a set-point with its lease."""

    async def deactivate(self) -> None:
        """Take the set-point away."""

    async def beat(self) -> None:
        """Show the device that its controller lives."""


class SunSpecDevice(InverterDevice):
    """A device that describes itself. Made by ``open``."""

    def __init__(
        self,
        unit: ModbusUnit,
        base: int,
        identity: Identity,
        models: Models,
        line: Line,
        manners: Manners,
        clock: Callable[[], float],
        name: Callable[[], Awaitable[Identity]],
    ) -> None:
        super().__init__(
            f"the inverter {identity}",
            identity,
            unit,
            _Blocks(models),
            lambda: is_marked(unit, base),
            name,
            line=line,
            manners=manners,
            clock=clock,
        )
        self.output = Output(models.output, clock)
        if models.has_battery:
            self.battery = SunSpecBattery(self, Keeper(_Orders(models), clock, self.commanded), models)

    @classmethod
    async def open(
        cls,
        unit: ModbusUnit,
        clock: Callable[[], float] = monotonic,
        *,
        bases: Sequence[int] = BASES,
        line: Line | None = None,
        manners: Manners = INVERTER,
    ) -> Self:
        """Find out what the device is.

        Args:
            unit: where it answers.
            clock: a monotonic clock in seconds.
            bases: where its map may begin.
            line: its line, if others share it.
            manners: how long it is waited for, and left alone when it is silent.

        Raises:
            DeviceError: it is silent, is no SunSpec device, no inverter, or one whose models contradict their lengths.
        """
        approach(unit)
        models = await discover(unit, bases)
        name = partial(identify, unit, models)
        identity = await name()
        base = base_of(models)
        what, line = f"the inverter {identity}", line or Line()
        if models.first(701):
            return cls(unit, base, identity, await DerModels.open(what, unit, models), line, manners, clock, name)
        if models.first(*AC_MODELS):
            return cls(unit, base, identity, await LegacyModels.open(what, unit, models), line, manners, clock, name)
        raise DeviceNonsenseError(
            f"the SunSpec device {identity} has the models {', '.join(map(str, models))} and none of an inverter "
            f"(701, {', '.join(map(str, sorted(AC_MODELS)))}): choose the unit number of the inverter"
        )


class SunSpecBattery(DeviceBattery):
    """The battery of a device that describes itself."""

    def __init__(self, device: InverterDevice, keeper: Keeper[Snapshot], models: Models) -> None:
        super().__init__(device, keeper)
        self._models = models

    @property
    def reservable(self) -> bool:
        """Whether the device has a reserve; known after the first reading."""
        return self._models.reserve is not None and self._models.reserve.percent is not None

    async def set_reserve(self, percent: int) -> None:
        """Keep a share for an outage; see ``capability.Reserving.set_reserve``."""
        if not 0 <= percent <= 100:
            raise ValueError(f"percent is {percent}: write 0 to 100")
        if self._models.reserve is None:
            raise DeviceRefusedError(f"{self.identity} has no setting for a reserve")
        async with self._keeper.writing:
            await self._models.reserve.set(percent)


_SET_POINTS: Final = ("control", "storage")
"""The block that shows a set-point: model 704, or in a generation that has none model 124."""


class _Blocks:
    """The models' blocks with their paces."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self.inverter, self.battery = models.inverter, models.battery
        self.blocks: Mapping[str, Block] = {**models.live, **models.slow, **models.static}
        self.paces: Mapping[str, Pace] = {
            **dict.fromkeys(models.live, Pace.STEERS),
            **dict.fromkeys(models.slow, Pace.SLOW),
            **dict.fromkeys(models.static, Pace.PLATE),
        }
        self.commanded = [name for name in _SET_POINTS if name in models.live][:1]

    def is_torn(self, counter: str) -> bool:
        """A device's counters come with their scale in one answer."""
        del counter
        return False


class _Orders:
    """How the models are commanded."""

    def __init__(self, models: Models) -> None:
        self._models = models

    @property
    def controllable(self) -> bool:
        """Whether set-point and lease are there, as far as was read."""
        return self._models.controllable

    @property
    def deadband_w(self) -> int:
        """How far what is written may move without a writing."""
        return self._models.deadband_w

    @property
    def cadence(self) -> Cadence | None:
        """How a set-point may be moved: the models say of no memory that it wears out."""
        return Cadence(lease_s=STEERING_LEASE_S) if self._models.controllable else None

    def kept_s(self, lease_s: int) -> int:
        """Give the lease that the device will keep for one that is asked for."""
        return checked(lease_s, self._models.longest_lease_s)

    def target(self, watts: int, told: Snapshot) -> Target:
        """Give what is to be written for a wish."""
        return Target(watts, self._models.target(watts, told.inverter, told.battery))

    async def activate(self, target: Target, lease_s: int, *, anew: bool, stops: bool = False) -> None:
        """Write a set-point with its lease: all of it, each time."""
        del anew, stops
        await self._models.activate(target.written_w, lease_s)

    async def deactivate(self) -> None:
        """Take the set-point away."""
        await self._models.deactivate()

    async def beat(self) -> None:
        """Show the device that its controller lives."""
        await self._models.beat()
