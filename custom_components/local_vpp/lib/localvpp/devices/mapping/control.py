"""What a map says of commanding a device: settings, the steps that write them, and the lease on what was written.

A command is a list of steps, each one request. Every set-point of a battery has a lease, so that the device falls back
by itself when nobody renews it; a device without one gets no set-point, whatever its registers offer. So has a limit of
its output, and so has its leaving of the grid.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final

from modbus_connection import WordOrder

from ..capability import STEERING_SHARE
from ..quantity import WordType, words_of
from ..wear import DAY_S
from .vocabulary import Quantity


class Asked(StrEnum):
    """What a step writes that is known only when it is commanded."""

    POWER = "power"
    """In watts, without a sign."""
    DISCHARGE = "discharge_power"
    """In watts, positive when the battery gives."""
    CHARGE = "charge_power"
    """In watts, positive when the battery takes."""
    AC_CHARGE = "ac_charge_power"
    """In watts, positive when PV and battery together take at the AC terminals: for a device that counts there."""
    CURRENT = "current"
    """In amperes on each phase, of a charger."""
    LEASE = "lease"
    """In seconds."""
    PERCENT = "percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A register of the maker's that is written to."""

    name: str
    quantity: Quantity
    address: int
    type: WordType
    words: WordOrder
    factor: Fraction
    sentinels: frozenset[int]
    states: Mapping[str, int]
    """A state's name → the register's value."""
    limits: tuple[Fraction, Fraction] | None
    """Least and most that it takes, in the unit of its quantity."""
    volatile: bool
    """Not kept in flash: may be written as often as one likes."""
    renewed: bool
    """Written with each renewal, although it only repeats: its writing is what the device counts its time from."""
    single: bool
    """Written by function 6, which some devices take alone."""
    readback: int | None
    """Where it is read, if that is another address."""

    def encode(self, value: Fraction) -> list[int]:
        """Give the registers for a value in the unit of its quantity. A power is never rounded up, a lease never down.

        Raises:
            ValueError: the register, or the device, takes no such value.
        """
        if self.limits is not None and not self.limits[0] <= value <= self.limits[1]:
            raise ValueError(f"{self.name} takes {self.limits[0]} to {self.limits[1]}, not {value}")
        step = value / self.factor
        number = -(-step.numerator // step.denominator) if self.quantity is Quantity.DURATION else int(step)
        if self.type.is_float:
            return words_of(float(step), self.type, self.words)
        return words_of(number, self.type, self.words)


@dataclass(frozen=True, slots=True)
class Step:
    """One request: settings that stand one behind the other, and what is written to each."""

    writes: tuple[tuple[Setting, Fraction | Asked], ...]

    @property
    def is_flash(self) -> bool:
        """Whether it writes something that is kept in flash."""
        return not all(setting.volatile for setting, _ in self.writes)

    @property
    def is_renewed(self) -> bool:
        """Whether it is written again although it only repeats what was written before."""
        return not self.is_flash or any(
            setting.renewed or (isinstance(value, Asked) and value is not Asked.PERCENT)
            for setting, value in self.writes
        )


class LeaseKind(StrEnum):
    """How a device ends a set-point that nobody renews."""

    TIMER = "timer"
    """By a time limit that is written with it."""
    REWRITE = "rewrite"
    """When nothing was written for a time of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRule:
    """The device's own end of a set-point."""

    kind: LeaseKind
    shortest_s: int
    longest_s: int
    observed_s: int | None = None
    """After how long it was seen to fall back, where that is another time than the maker's."""
    step_s: int = 1
    """What its time limit counts in: a time between two steps is kept as the longer one."""

    def nearest(self, lease_s: int) -> int:
        """Give the shortest lease that can be asked for and is no shorter than this; the longest, if there is none."""
        if self.kind is LeaseKind.REWRITE:
            return max(lease_s, self.observed_s or 0, self.longest_s)
        return min(max(-(-lease_s // self.step_s) * self.step_s, self.shortest_s), self.longest_s)

    def kept(self, lease_s: int) -> int:
        """Give the lease that the device will keep for one that is asked for.

        Raises:
            ValueError: none that the device has.
        """
        if self.kind is LeaseKind.REWRITE:
            real_s = max(self.observed_s or 0, self.longest_s)
            if lease_s < real_s:
                raise ValueError(
                    f"lease_s is {lease_s}: this device falls back by itself {real_s} s after the last writing, and "
                    "not earlier; give at least that"
                )
            return self.shortest_s
        if not self.shortest_s <= lease_s <= self.longest_s:
            raise ValueError(
                f"lease_s is {lease_s}: a set-point of this device needs a lease from {self.shortest_s} to "
                f"{self.longest_s} seconds, for one without end would outlive its controller"
            )
        return -(-lease_s // self.step_s) * self.step_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What can be commanded; an empty list of steps is a command that the device does not have."""

    settings: Mapping[str, Setting] = field(default_factory=dict)
    lease: LeaseRule | None = None
    charge: tuple[Step, ...] = ()
    discharge: tuple[Step, ...] = ()
    hold: tuple[Step, ...] = ()
    release: tuple[Step, ...] = ()
    """Back to what the device decides by itself."""
    reserve: tuple[Step, ...] = ()
    """The share of the battery that is kept for an outage."""
    limit: tuple[Step, ...] = ()
    """The most that it feeds at its AC terminals, for the time of a lease."""
    unlimit: tuple[Step, ...] = ()
    go_off_grid: tuple[Step, ...] = ()
    """Off the grid, for the time of a lease."""
    reconnect: tuple[Step, ...] = ()
    charge_limit: tuple[Step, ...] = ()
    """What a charger offers to a car."""
    pause: tuple[Step, ...] = ()
    """It offers nothing."""
    writes_per_day: int = 0
    """Most writings of what is kept in flash."""
    why_not: str | None = None
    """Why the battery is not commanded although the maker has registers for it."""
    why_no_limit: str | None = None
    """Why its output is not limited although the maker has a register for it."""

    @property
    def has_set_point(self) -> bool:
        """Whether the battery follows a power, for the time of a lease."""
        return self.lease is not None and bool(self.charge and self.discharge and self.hold and self.release)

    @property
    def change_s(self) -> float:
        """So far apart a set-point may be written all day with its share of what the memory bears; 0 without flash."""
        commands = (self.charge, self.discharge, self.hold)
        most = max(sum(step.is_flash and step.is_renewed for step in command) for command in commands)
        return most * DAY_S / (self.writes_per_day * STEERING_SHARE) if most else 0.0

    @property
    def has_charge_limit(self) -> bool:
        """Whether a charger follows a limit, for the time of a lease."""
        return self.lease is not None and bool(self.charge_limit and self.pause)

    @property
    def follows_pv(self) -> bool:
        """Whether the set-point is for PV and battery together, so that it must be moved when the PV moves."""
        steps = (*self.charge, *self.discharge, *self.hold)
        return any(value is Asked.AC_CHARGE for step in steps for _, value in step.writes)


NO_CONTROL: Final = Control()
