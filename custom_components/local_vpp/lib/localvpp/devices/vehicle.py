"""What a charger of an electric car can do, whatever its make; one that also feeds the flat from the car is a V2H.

The sign is a battery's, for the car is one: power out of the car into the flat is positive (discharging), power into
the car is negative (charging). Most chargers count the other way round; maps and forms turn them.

What is commanded is a limit in amperes and not a power: it is what the standard's pilot signal tells the car (IEC
61851-1), which takes what it likes of it. Below 6 A the signal means nothing but a pause.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from .capability import Ages, Door, Failures, Identity

LEAST_MA: Final = 6_000
"""The smallest current that a charger can offer to a car, by IEC 61851-1."""
MOST_MA: Final = 80_000
"""The largest that its pilot signal can tell."""
IDLE_W: Final = 50.0
"""A charger takes some watts for itself, with a car beside it or without."""


class ChargerState(StrEnum):
    """What happens between charger and car."""

    UNPLUGGED = "unplugged"
    PLUGGED = "plugged"
    """A car is there, and nothing flows."""
    CHARGING = "charging"
    DISCHARGING = "discharging"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerReading:
    """A charger at one moment.

    ``power_w`` + is out of the car, - into it, and is measured. ``charge_wh`` and ``discharge_wh`` are lifetime
    counters, ``session_wh`` is what the car got since it was plugged in. ``limit_a`` is the current for each phase that
    the charger offers at present, whoever asked for it; ``fallback_a`` what it goes back to when nobody renews a limit.
    ``lease_s`` is for how long it keeps one, ``lease_left_s`` its own countdown, where it tells them. ``min_a`` and
    ``max_a`` are what it can offer.
    """

    power_w: float | None = None
    charge_wh: int | None = None
    discharge_wh: int | None = None
    session_wh: int | None = None
    state: ChargerState | None = None
    soc_percent: float | None = None
    voltage_v: float | None = None
    current_a: float | None = None
    limit_a: float | None = None
    min_a: float | None = None
    max_a: float | None = None
    fallback_a: float | None = None
    lease_s: int | None = None
    lease_left_s: int | None = None
    ages_ms: Ages = field(default_factory=dict)
    failed: Failures = field(default_factory=dict)


@runtime_checkable
class Charger(Protocol):
    """Charges a car; follows a limit for as long as the lease on it is renewed."""

    @property
    def identity(self) -> Identity:
        """Who the device said it is when it was set up."""

    @property
    def door(self) -> Door | None:
        """Where to knock when it fell silent; None for a device that holds up no line."""

    @property
    def controllable(self) -> bool:
        """Whether ``limit`` and ``pause`` can work: the charger has a limit AND an end of its own to it."""

    @property
    def can_discharge(self) -> bool:
        """Whether it can feed the flat from the car, be it at its own will: it is a V2H."""

    async def read(self) -> ChargerReading:
        """Read all blocks once.

        Raises:
            DeviceError: when not one block could be read.
        """

    async def limit(self, milliamperes: int, lease_s: int) -> None:
        """Let the car take at most so much on each phase; the charger falls back by itself after ``lease_s``.

        To be called as often as one likes, as ``Battery.set_power``.

        Raises:
            ValueError: less than ``LEAST_MA``, more than the charger offers, or a lease that it does not keep.
            DeviceError: the charger is silent or refuses, or has no lease.
        """

    async def pause(self, lease_s: int) -> None:
        """Let the car take nothing for the time of the lease.

        Raises:
            ValueError: a lease that the charger does not keep.
            DeviceError: the charger is silent or refuses, or has no lease.
        """

    async def discharge(self, watts: int, lease_s: int) -> None:
        """Feed the flat from the car for the time of the lease.

        Raises:
            DeviceError: the charger is silent or refuses, cannot do it, or has no lease.
        """

    async def release(self) -> None:
        """Let the charger decide by itself again; where it knows no such command, when its lease is over.

        Raises:
            DeviceError: the charger is silent or refuses; its lease then ends the limit.
        """


def state_of(plugged: bool | None, power_w: float | None) -> ChargerState | None:
    """Tell a charger's state where nothing but a contact and a power is known of it."""
    if power_w is not None and power_w < -IDLE_W:
        return ChargerState.CHARGING
    if power_w is not None and power_w > IDLE_W:
        return ChargerState.DISCHARGING
    if plugged is None:
        return None
    return ChargerState.PLUGGED if plugged else ChargerState.UNPLUGGED
