"""When something fails: told once when it breaks, and once when it has healed.

What fails and answers by turns, as a device does that takes longer than its second, has not healed. And what could not
be heard for a moment because another device held up its line has not broken. Since it is told once, it waits for the
sentence that says what to do: a reading is given up before its device is, and that device's own error is known a
second later.
"""

from collections import defaultdict
from enum import Enum
import logging
from typing import Final

from .clock import Clock
from .devices import ChargerReading, DeviceError, Door, GasReading, InverterReading, MeterReading, is_own

_LOGGER = logging.getLogger(__name__)

WELL_S: Final = 2.0
"""So long it has to answer to have healed: at three readings in a row. One that is too slow is known at each other."""

EXCUSED_S: Final = 5.0
"""So long others may keep it from being heard: longer than a gateway is deaf that waits for one device. By then a
device's own error is known, too."""


class Proof(Enum):
    """What a failure proves of the thing that failed."""

    BROKEN = "it is broken, and why"
    LATE = "it is late: why, if it is broken, is known soon"
    NOTHING = "nothing, for others may have kept it from being heard"


def proof_of(error: DeviceError | TimeoutError, door: Door | None) -> Proof:
    """Return what an error at a device's reading proves; a bare time-out is that of who reads, not of the device."""
    if not is_own(error, door):
        return Proof.NOTHING
    return Proof.BROKEN if isinstance(error, DeviceError) else Proof.LATE


def reason_of(error: DeviceError | TimeoutError, seconds: float) -> str:
    """Return why a device is unknown that was to be read within so many seconds."""
    if isinstance(error, DeviceError):
        return str(error)
    return f"no answer within {seconds} s; check its power, its cable, and whether too many devices share its line"


def nonsense_of(reading: object) -> str | None:
    """Return what is wrong with a reading of which nothing is known; None when something is.

    Each value that cannot be true is unknown, and that is no failure. All of them together are: the device is not the
    one that was set up, or its answers are damaged.
    """
    match reading:
        case (
            MeterReading(power_w=None, import_wh=None, export_wh=None)
            | InverterReading(
                ac_power_w=None,
                pv_power_w=None,
                energy_wh=None,
                pv_wh=None,
                voltage_v=None,
                frequency_hz=None,
                state=None,
            )
            | ChargerReading(power_w=None, charge_wh=None, state=None)
            | GasReading(volume_l=None)
        ):
            reasons = [str(error) for error in reading.failed.values()]
            return next(
                iter(reasons),
                "it answers, but nothing that can be true; check the device type, the unit number, and the cable",
            )
        case _:
            return None


class Outage:
    """Whether one thing fails. All times are of a monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._broken_since: float | None = None
        self._well_since: float | None = None
        self._late_since: float | None = None
        self._told = False

    def fails(self, now: float, proof: Proof = Proof.BROKEN) -> bool:
        """Take down that it fails; return whether that is to be told.

        Args:
            now: the time.
            proof: what that proves. What is no proof is told when it lasts; what is late, also when it answers by
                turns.
        """
        if self._broken_since is None:
            self._broken_since = now
        self._well_since = None
        if proof is Proof.LATE and self._late_since is None:
            self._late_since = now
        late_s = 0.0 if self._late_since is None else now - self._late_since
        excused_s = max(self.away_s(now), late_s if proof is Proof.LATE else 0.0)
        if self._told or (proof is not Proof.BROKEN and excused_s < EXCUSED_S):
            return False
        self._told = True
        return True

    def answers(self, now: float) -> bool:
        """Take down that it answers; return whether it is to be told that it has healed."""
        self._broken_since = None
        if self._well_since is None:
            self._well_since = now
        if now - self._well_since < WELL_S:
            return False
        self._late_since = None
        was_told, self._told = self._told, False
        return was_told

    def away_s(self, now: float) -> float:
        """Return for how long it has failed without an answer."""
        return 0.0 if self._broken_since is None else now - self._broken_since


class Outages:
    """Tells the log of a flat's outages, by the names of what fails."""

    def __init__(self, flat: str, clock: Clock) -> None:
        self._flat = flat
        self._clock = clock
        self._outages: defaultdict[str, Outage] = defaultdict(Outage)

    def broke(self, name: str, reason: str, proof: Proof = Proof.BROKEN) -> None:
        """Take down that something fails, and what that proves."""
        if self._outages[name].fails(self._clock.monotonic(), proof):
            _LOGGER.warning("The %s of flat %s fails: %s", name, self._flat, reason)

    def answered(self, name: str) -> float:
        """Take down that something answers; return for how many seconds it had failed."""
        outage, now = self._outages[name], self._clock.monotonic()
        away_s = outage.away_s(now)
        if outage.answers(now):
            _LOGGER.info("The %s of flat %s answers again", name, self._flat)
        return away_s
