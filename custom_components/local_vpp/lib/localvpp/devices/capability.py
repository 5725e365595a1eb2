"""What a device can do, whatever its make: readings as values, devices as protocols.

One sign convention everywhere, Home Assistant's (energy dashboard, 2026.10): power from the grid is positive (import),
power from the battery is positive (discharging), power from the PV is positive (generation). The maps and drivers turn
the maker's signs into these.

Unknown is ``None`` and never 0: a sentinel, a silent block and an implausible value all read as unknown. What was not
read in the very moment of a reading stands in its ``ages_ms``: the field's name and how long ago that was. Energy is
counted in whole watt-hours, ``int``: it is billed. Power, voltage, current and frequency are ``float``: they steer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from .errors import DeviceError, LineHeldError
from .wear import Wear

type Failures = Mapping[str, DeviceError]
"""Blocks of registers that failed in this reading, by the block's name; the fields they feed are None."""
type Ages = Mapping[str, int]
"""Fields of a reading that were read before it, and how many milliseconds before."""

STEERING_SHARE: Final = 0.5
"""Of a day's writings into a device's flash, set-points that move all day take no more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a device says it is. ``serial`` tells two devices of one model apart; None where the device has none."""

    manufacturer: str
    model: str
    serial: str | None = None
    version: str | None = None

    def __str__(self) -> str:
        """Name the device in a sentence."""
        name = f"{self.manufacturer} {self.model}"
        return name if self.serial is None else f"{name} (serial {self.serial})"

    def may_be(self, other: Identity) -> bool:
        """Whether both may be the same device; a serial number that was not read proves nothing."""
        return self.serial is None or other.serial is None or self.serial == other.serial


class OperatingState(StrEnum):
    """What an inverter is doing (SunSpec 101-103 ``St`` and 701 ``InvSt``, reduced to what differs for a flat)."""

    OFF = "off"
    SLEEPING = "sleeping"
    STARTING = "starting"
    RUNNING = "running"
    THROTTLED = "throttled"
    SHUTTING_DOWN = "shutting_down"
    FAULT = "fault"
    STANDBY = "standby"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterReading:
    """A meter at one moment.

    ``power_w`` + is import. ``import_wh`` and ``export_wh`` are the lifetime registers, both counting upwards; they are
    what the meter showed ``age_ms`` ago: of one that is read by us that is now, of one that another program reads it is
    when that told them. ``step_wh`` is the smallest step of the registers where only watching them tells it.
    ``rated_w`` is the most that the meter is made for, where that is known: what its registers cannot have moved in a
    time follows from it.
    """

    power_w: float | None = None
    import_wh: int | None = None
    export_wh: int | None = None
    voltage_v: float | None = None
    current_a: float | None = None
    frequency_hz: float | None = None
    age_ms: int = 0
    step_wh: int | None = None
    rated_w: int | None = None
    ages_ms: Ages = field(default_factory=dict)
    failed: Failures = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InverterReading:
    """An inverter at one moment.

    ``ac_power_w`` + is what it feeds into the flat (PV and battery together on a hybrid). ``pv_power_w`` is 0 at night
    only where the device says that the PV is off, else unknown. ``energy_wh`` is the lifetime AC energy it fed.
    ``grid_connected`` False means the device itself says it is separated from the grid; ``grid_forming`` True means it
    holds the voltage. ``island_capable`` is what its rating says, ``reconnect_wait_s`` the seconds it will still wait
    before it returns to the grid. ``pv_wh`` is the lifetime energy of the PV. Where the device has a meter of its own,
    ``grid_power_w`` is what that shows (+ import); ``load_power_w`` is what the flat uses, and the three of ``backup``
    are of the terminals that it feeds while it is separated from the grid.
    """

    ac_power_w: float | None = None
    pv_power_w: float | None = None
    energy_wh: int | None = None
    voltage_v: float | None = None
    frequency_hz: float | None = None
    grid_connected: bool | None = None
    grid_forming: bool | None = None
    island_capable: bool | None = None
    reconnect_wait_s: int | None = None
    state: OperatingState | None = None
    rated_power_w: float | None = None
    pv_wh: int | None = None
    grid_power_w: float | None = None
    load_power_w: float | None = None
    backup_power_w: float | None = None
    backup_voltage_v: float | None = None
    backup_frequency_hz: float | None = None
    ages_ms: Ages = field(default_factory=dict)
    failed: Failures = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashWrites:
    """What was written to a device's flash in the last 24 hours, as far as that is known (``wearing``)."""

    written: int
    most: int
    """So many writings a day its memory bears; what is beyond them is refused."""

    @property
    def steered_out(self) -> bool:
        """Whether what is left of today is for settings and emergencies, and no more for set-points that move."""
        return self.written >= self.most * STEERING_SHARE


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryReading:
    """A battery at one moment.

    ``power_w`` + is discharging and is measured; ``set_point_w`` is what the device was asked to do (same sign), None
    while it decides by itself. ``lease_left_s`` is the device's own countdown, where it shows one. ``charge_wh`` and
    ``discharge_wh`` are lifetime counters at its terminals, ``soh_percent`` its state of health as it tells it.
    ``voltage_v`` and ``current_a`` (+ discharging) are of its terminals, too. The four of ``cell`` are of its weakest
    and strongest cell, and of its coldest and warmest cell or module. ``reserve_percent`` is what the device keeps for
    an outage, where it shows it. ``flash_writes`` is None where no command is kept in flash. ``stated`` names those of
    ``capacity_wh``, ``max_charge_w`` and ``max_discharge_w`` that no device tells but its resident (`rating`).
    """

    power_w: float | None = None
    soc_percent: float | None = None
    capacity_wh: int | None = None
    max_charge_w: float | None = None
    max_discharge_w: float | None = None
    set_point_w: float | None = None
    lease_left_s: int | None = None
    charge_wh: int | None = None
    discharge_wh: int | None = None
    soh_percent: float | None = None
    voltage_v: float | None = None
    current_a: float | None = None
    temperature_c: float | None = None
    cell_min_v: float | None = None
    cell_max_v: float | None = None
    cell_min_c: float | None = None
    cell_max_c: float | None = None
    reserve_percent: float | None = None
    flash_writes: FlashWrites | None = None
    stated: tuple[str, ...] = ()
    ages_ms: Ages = field(default_factory=dict)
    failed: Failures = field(default_factory=dict)

    @property
    def holds_wh(self) -> int | None:
        """What it holds when it is full by now: many tell as their capacity what they held when they were new."""
        if self.capacity_wh is None or self.soh_percent is None or not 0 < self.soh_percent < 100:
            return self.capacity_wh
        return int(self.capacity_wh * self.soh_percent / 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayReading:
    """A contactor at one moment, as its independent feedback tells, never as it was commanded.

    ``closed`` is the main contact's auxiliary contact, ``energised`` whether the circuit behind it has voltage,
    ``commanded`` the coil.
    """

    closed: bool | None = None
    energised: bool | None = None
    commanded: bool | None = None
    failed: Failures = field(default_factory=dict)


class Door(Protocol):
    """What is left of a device that fell silent: reading it fails at once, and somebody has to knock.

    Whoever reads the devices chooses when, for a knock that nobody answers holds up the device's line for a moment.
    """

    @property
    def hindered(self) -> bool:
        """Whether another device on its line may keep this one from being heard: what it does not say means nothing."""

    @property
    def due(self) -> bool:
        """Whether the device fell silent, and may be asked again by now."""

    async def knock(self) -> None:
        """Ask once, shortly, whether it is there again; if it is, the next reading asks for all. Raises nothing."""

    def hasten(self) -> None:
        """Let a device that fell silent be asked again now: others on its line answer again, too."""


def is_own(error: DeviceError | TimeoutError, door: Door | None) -> bool:
    """Whether an error is the device's own: one that others keep from being heard is unknown, but not silent."""
    if isinstance(error, LineHeldError):
        return False
    return isinstance(error, DeviceError) or door is None or not door.hindered


@runtime_checkable
class Meter(Protocol):
    """Counts energy at one point of the wiring."""

    @property
    def identity(self) -> Identity:
        """Who the device said it is when it was set up."""

    @property
    def door(self) -> Door | None:
        """Where to knock when it fell silent; None for a device that holds up no line."""

    async def read(self) -> MeterReading:
        """Read all blocks once.

        Raises:
            DeviceError: when not one block could be read.
        """


@runtime_checkable
class Inverter(Protocol):
    """Feeds the flat from PV, from a battery, or from both."""

    @property
    def identity(self) -> Identity:
        """Who the device said it is when it was set up."""

    @property
    def door(self) -> Door | None:
        """Where to knock when it fell silent; None for a device that holds up no line."""

    async def read(self) -> InverterReading:
        """Read all blocks once.

        Raises:
            DeviceError: when not one block could be read.
        """


@runtime_checkable
class Battery(Protocol):
    """Stores energy; follows a set-point for as long as the lease on it is renewed."""

    @property
    def identity(self) -> Identity:
        """Who the device said it is when it was set up."""

    @property
    def door(self) -> Door | None:
        """Where to knock when it fell silent; None for a device that holds up no line."""

    @property
    def controllable(self) -> bool:
        """Whether ``set_power`` can work: the device has a set-point AND a lease of its own."""

    async def read(self) -> BatteryReading:
        """Read all blocks once.

        Raises:
            DeviceError: when not one block could be read.
        """

    async def set_power(self, watts: int, lease_s: int) -> None:
        """Ask for ``watts`` (+ discharging, - charging, 0 hold); the device falls back by itself after ``lease_s``.

        To be called as often as one likes: the device is written to when the value or the lease changes and when half
        of the lease has passed, not otherwise.

        Raises:
            ValueError: a lease outside of 1 s to what the device's register holds. A set-point without end is refused.
            DeviceError: the device is silent or refuses, or has no lease.
        """

    async def release(self) -> None:
        """Let the device decide by itself again, now.

        Raises:
            DeviceError: the device is silent or refuses; its lease then ends the set-point.
        """


@runtime_checkable
class Reserving(Protocol):
    """A battery that can keep a share of its charge for an outage."""

    @property
    def reservable(self) -> bool:
        """Whether ``set_reserve`` can work, as far as is known: of some devices after the first reading."""

    async def set_reserve(self, percent: int) -> None:
        """Keep a share for an outage. It is a setting, and stays: it is written when it changes only.

        Raises:
            ValueError: no share, or one that the device does not take.
            DeviceError: silent, refusing, without such a setting, or out of writings for today.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """How a battery's set-point may be moved all day long."""

    lease_s: int
    """The lease to ask with: the device's shortest that is no shorter than half a minute, and bears its renewal."""
    change_s: float = 0.0
    """So far apart two changes are to be for the sake of the device's memory."""
    rated_w: int | None = None
    """What no model of its kind can surpass, for one that does not tell its own powers."""


@runtime_checkable
class Steerable(Protocol):
    """A battery that says how its set-point may be moved."""

    @property
    def cadence(self) -> Cadence | None:
        """How; None where it takes no set-point, or that is not known yet."""


@runtime_checkable
class Wearable(Protocol):
    """A battery that may keep its commands in a memory that wears out."""

    @property
    def wear(self) -> Wear | None:
        """What was written to that; None where nothing is kept there."""


@runtime_checkable
class Limitable(Protocol):
    """An inverter whose output can be limited for a while."""

    @property
    def limitable(self) -> bool:
        """Whether ``limit`` can work: there is a limit AND a lease on it; of some it is known after a reading."""

    async def limit(self, watts: int, lease_s: int) -> None:
        """Let it feed at most ``watts`` at its AC terminals; the device ends that by itself after ``lease_s``.

        To be called as often as one likes: it is written on a change, and when half of the lease has passed.

        Raises:
            ValueError: a negative power, or a lease that the device does not have.
            DeviceError: the device is silent or refuses, or has no lease.
        """

    async def unlimit(self) -> None:
        """Take the limit away, now.

        Raises:
            DeviceError: the device is silent or refuses; its lease then ends the limit.
        """


@runtime_checkable
class Separable(Protocol):
    """An inverter that can be taken off the grid for a while, and told to return; its own protection owns both."""

    @property
    def separable(self) -> bool:
        """Whether ``go_off_grid`` can work: only where the device returns by itself after a time limit."""

    @property
    def reconnectable(self) -> bool:
        """Whether ``reconnect`` can work, as far as is known."""

    async def go_off_grid(self, lease_s: int) -> None:
        """Leave the grid; the device returns by itself after ``lease_s``. What it then feeds is the device's affair.

        To be called as often as one likes, as ``Limitable.limit``. Whether it left, only its reading tells.

        Raises:
            ValueError: a lease that the device does not have.
            DeviceError: the device is silent or refuses, or would stay away without us.
        """

    async def reconnect(self) -> None:
        """Let it return, when its own protection finds the grid good.

        Raises:
            DeviceError: the device is silent or refuses, or has no such command.
        """


@runtime_checkable
class Relay(Protocol):
    """Separates the living room's circuit from the rest; not the protective relay."""

    @property
    def identity(self) -> Identity:
        """Who the device said it is when it was set up."""

    @property
    def door(self) -> Door | None:
        """Where to knock when it fell silent; None for a device that holds up no line."""

    async def read(self) -> RelayReading:
        """Read coil and feedback once.

        Raises:
            DeviceError: when not one block could be read.
        """

    async def command(self, closed: bool) -> None:
        """Ask the contact to close or open. Whether it did, only ``read`` tells.

        Raises:
            DeviceError: the device is silent or refuses.
        """
