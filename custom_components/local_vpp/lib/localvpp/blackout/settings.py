"""How the blackout logic of one flat is set up, refused in plain words where it could do harm (I7, I10, I19, I24)."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from ..islanding import Load, LoadPolicy, Policy, Wiring
from ..islanding.endurance import Recharge, Reserve

LEASE_S: Final = (6, 900)
"""How short and how long a device may be asked to stay off the grid: it is asked again at half of that, by a program
that looks each second, and a program that died is to be noticed while the grid is still watched."""
WATCHDOG_S: Final = (3, 120)
"""How short and how long the watchdog of the contactors' I/O module may be: it is spoken to each second."""


class SettingsError(ValueError):
    """Settings that cannot be used together; says which, and what would do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackoutSettings:
    """What is set for one flat. Raises SettingsError; its parts raise ValueErrors of their own."""

    policy: Policy
    loads: tuple[Load, ...] = ()
    load_policy: LoadPolicy = field(default_factory=LoadPolicy)
    reserve: Reserve | None = None
    """None leaves the device's own setting as it is."""
    recharge: Recharge | None = None
    """None lets the battery take what it likes after an outage."""
    medical: bool = False
    """Whether a medical device hangs on the living room's circuit."""
    attended: bool = False
    """Whether a drill wants somebody's acknowledgement first."""
    overdue_days: int = 180
    """After so long without a drill that was passed one is overdue."""
    living_rated_w: int | None = None
    """What the living room's circuit is made for."""
    lease_s: int = 60
    """So long a device that is asked to leave the grid stays away without being asked again (I7)."""
    watchdog_s: int | None = None
    """After so long without a word the contactors' I/O module releases both coils (I7)."""
    v2h_forms: bool = False
    """Whether a car's V2H makes the voltage of the living room's circuit in an outage."""
    battery_forms: bool = True
    """Whether the battery's inverter does."""

    def __post_init__(self) -> None:
        self._check_leases()
        self._check_floors()
        self._check_loads()
        if self.v2h_forms and self.battery_forms:
            raise SettingsError(
                "v2h_forms and battery_forms are both true: two devices that each make the voltage of one circuit work "
                "against each other; let the car feed a circuit of its own, or the battery"
            )
        if self.overdue_days < 1:
            raise SettingsError(f"overdue_days {self.overdue_days}: write 1 or more")
        if self.living_rated_w is not None and self.living_rated_w < 1:
            raise SettingsError(f"living_rated_w {self.living_rated_w}: write what the circuit bears, in watts")

    def _check_leases(self) -> None:
        shortest, longest = LEASE_S
        if not shortest <= self.lease_s <= longest:
            raise SettingsError(
                f"lease_s {self.lease_s}: write {shortest} to {longest} seconds; it is renewed at half of that, and "
                "without us the device is to return by itself"
            )
        if self.policy.wiring is not Wiring.PAIR:
            return
        if self.watchdog_s is None:
            raise SettingsError(
                "watchdog_s is missing: two contactors are only commanded through an I/O module that releases both "
                "coils when nobody speaks to it; set its watchdog, and write its seconds here"
            )
        shortest, longest = WATCHDOG_S
        if not shortest <= self.watchdog_s <= longest:
            raise SettingsError(
                f"watchdog_s {self.watchdog_s}: write {shortest} to {longest} seconds; the module is spoken to each "
                "second, and contacts that nobody watches are not to stay as they are for longer"
            )

    def _check_floors(self) -> None:
        floors = self.policy.floors
        if self.reserve is not None and self.reserve.floor_percent <= floors.hard:
            raise SettingsError(
                f"reserve: its floor of {self.reserve.floor_percent} % is not above the {floors.hard:g} % at which the "
                "inverter stops by itself; write more"
            )
        last = self.load_policy.shed_below[-1]
        if not floors.hard < last <= self.load_policy.shed_below[0]:
            raise SettingsError(
                f"load_policy: the last tier goes at {last:g} %, and the inverter stops at {floors.hard:g} %; write "
                "more, or it is never shed"
            )

    def _check_loads(self) -> None:
        twice = [name for name, count in Counter(load.name for load in self.loads).items() if count > 1]
        if twice:
            raise SettingsError(f"loads: {', '.join(sorted(twice))} is there more than once; name each load once")
        tiers = len(self.load_policy.shed_below)
        for load in self.loads:
            if not 0 <= load.tier < tiers:
                raise SettingsError(f"loads: {load.name} is of tier {load.tier}; there are the tiers 0 to {tiers - 1}")
            if load.start_w < 0:
                raise SettingsError(f"loads: {load.name} starts with {load.start_w:g} W; write 0 or more")
