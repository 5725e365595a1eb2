"""The battery in the service of the blackout logic: what it keeps for an outage, and how it is filled after one.

The reserve is a setting that stays in the device: it is written when it changes only, also over restarts, and what a
warning raised is put back. After an outage the battery is filled slowly, so that a building's flats do not all draw at
once (I21), through a set-point whose lease ends without us; it is left alone as soon as the ramp is over or the
reserve is there.
"""

import asyncio
from collections.abc import Callable
import logging
from typing import Final

from ..devices import Battery, BatteryReading, DeviceError, Reserving
from ..islanding.endurance import Recharge
from ..store import FlatStore, StoreError

_LOGGER = logging.getLogger(__name__)

WRITE_S: Final = 5.0
RETRY_S: Final = (60.0, 3600.0)
"""So long a setting that was not taken is left alone, at first and at last."""
RAMP_LEASE_S: Final = 30
_NOTE: Final = "reserve"


def _reserving(battery: object) -> Reserving | None:
    """Return a battery that keeps a reserve."""
    return battery if isinstance(battery, Reserving) and battery.reservable else None


class Charging:
    """Keeps one battery's reserve, and fills it after an outage."""

    def __init__(
        self, flat: str, store: FlatStore, recharge: Recharge | None, battery: Callable[[], Battery | None]
    ) -> None:
        self._flat = flat
        self._store = store
        self._recharge = recharge
        self._battery = battery
        self._wanted: int | None = None
        self._written: int | None = None
        """What was written last, by this program or by the one before."""
        self._retry_at = float("-inf")
        self._patience_s = RETRY_S[0]
        self._back_at: float | None = None
        self._ramping = False
        self._reading: BatteryReading | None = None
        self._now = 0.0
        self._wake = asyncio.Event()
        self.problem: str | None = None

    async def restore(self) -> None:
        """Go on from what was kept. Raises StoreError."""
        noted = await self._store.noted(_NOTE)
        self._written = None if noted is None else int(noted)

    def returned(self, now: float) -> None:
        """Take down that an outage is over: from now on the battery is filled slowly."""
        if self._recharge is not None:
            self._back_at = now

    def second(self, wanted: int | None, reading: BatteryReading | None, now: float, *, connected: bool) -> None:
        """Take down what is wanted and known in a second.

        Args:
            wanted: the share to keep, in percent; None leaves the device's own.
            reading: what the battery says.
            now: the time.
            connected: whether the flat hangs on the grid.
        """
        self._wanted, self._reading, self._now = wanted, reading, now
        if not connected:
            self._back_at = None
        if self._due_reserve() or self._back_at is not None or self._ramping:
            self._wake.set()

    def _due_reserve(self) -> bool:
        reading = self._reading
        if self._wanted is None or reading is None or self._now < self._retry_at:
            return False
        if _reserving(self._battery()) is None:
            return False
        kept = self._kept(reading)
        if kept == self._wanted:
            self.problem = None
            return False
        if self._written == self._wanted:
            # It was taken, and the device keeps something else: it has a bound of its own, or somebody else has set it.
            self.problem = (
                f"the battery keeps {kept} % for an outage, though it took {self._wanted} %: it may have a bound of "
                "its own, or be set by its maker's app; nothing is written against that"
            )
            return False
        return True

    def _kept(self, reading: BatteryReading) -> int | None:
        """What the device keeps: as it shows it, or as it was written."""
        return self._written if reading.reserve_percent is None else round(reading.reserve_percent)

    async def run(self) -> None:
        """Do what is due until cancelled; a set-point that still runs then ends by itself."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._due_reserve():
                await self._write_reserve()
            if self._back_at is not None or self._ramping:
                await self._ramp()

    async def _write_reserve(self) -> None:
        battery, wanted = _reserving(self._battery()), self._wanted
        assert battery is not None, "it was due"
        assert wanted is not None, "it was due"
        try:
            async with asyncio.timeout(WRITE_S):
                await battery.set_reserve(wanted)
        except (DeviceError, ValueError, TimeoutError) as error:
            why = str(error) or f"no answer within {WRITE_S:g} s"
            if self.problem is None:
                _LOGGER.warning("Flat %s: its battery does not keep %d %%: %s", self._flat, wanted, why)
            self.problem = f"the battery does not keep {wanted} % for an outage: {why}"
            self._retry_at = self._now + self._patience_s
            self._patience_s = min(2 * self._patience_s, RETRY_S[1])
            return
        _LOGGER.info("Flat %s: its battery keeps %d %% for an outage", self._flat, wanted)
        self.problem, self._written, self._patience_s = None, wanted, RETRY_S[0]
        # The device shows it at its next reading, or at one of the next.
        self._retry_at = self._now + RETRY_S[0]
        try:
            await self._store.note(_NOTE, str(wanted).encode())
        except StoreError as error:
            _LOGGER.warning("Flat %s: what its battery keeps cannot be noted: %s", self._flat, error)

    async def _ramp(self) -> None:
        battery, reading = self._battery(), self._reading
        if battery is None or not battery.controllable:
            self._back_at, self._ramping = None, False
            return
        if self._back_at is not None and (reading is None or reading.soc_percent is None):
            return  # What it was asked last holds for its lease, and then it is free.
        most_w = self._most_w()
        try:
            async with asyncio.timeout(WRITE_S):
                if most_w is not None:
                    self._ramping = True
                    await battery.set_power(-round(most_w), RAMP_LEASE_S)
                    return
                self._back_at = None
                if self._ramping:
                    await battery.release()
                    self._ramping = False
        except (DeviceError, ValueError, TimeoutError) as error:
            _LOGGER.debug("Flat %s: its battery does not take its ramp: %s", self._flat, error)

    def _most_w(self) -> float | None:
        """The most that it may take now; None once it is left alone."""
        reading = self._reading
        if self._back_at is None or self._recharge is None or self._wanted is None:
            return None
        if reading is None or reading.max_charge_w is None or reading.soc_percent is None:
            return None  # Of a battery that does not tell what it takes no share can be told.
        most_w = self._recharge.most_w(self._now - self._back_at, reading.max_charge_w)
        done = most_w >= reading.max_charge_w or reading.soc_percent >= self._wanted
        return None if done else most_w
