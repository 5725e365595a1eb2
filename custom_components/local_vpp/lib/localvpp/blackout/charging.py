"""The battery in the service of the blackout logic: what it keeps for an outage, and how it is filled after one.

The reserve is a setting that stays in the device: it is written when it changes only, also over restarts, and what a
warning raised is put back. After an outage the battery is filled slowly, so that a building's flats do not all draw at
once (I21), through a set-point whose lease ends without us; it is left alone as soon as the ramp is over or the
reserve is there. Nobody else steers it while the flat is anywhere but at home, or a drill is on or announced.

That the battery is to be filled slowly is noted while the outage lasts, and when the ramp has begun. A program that
starts again goes on with the ramp where the machine has run on. After another start of the machine nobody knows how
long ago the grid was back: the ramp begins anew, which is later than it might be, and never sooner.
"""

import asyncio
from collections.abc import Awaitable, Callable
import json
import logging
from typing import Final

from ..clock import Clock
from ..control import Claimant, Let, Power, Wish
from ..devices import Battery, BatteryReading, DeviceError, Reserving
from ..islanding import Phase
from ..islanding.endurance import Recharge
from ..steering import WRITE_S, GaveWayError, Steering, cadence_of
from .boot import name_of_boot
from .state import BlackoutState

_LOGGER = logging.getLogger(__name__)

RETRY_S: Final = (60.0, 3600.0)
"""So long a setting that was not taken is left alone, at first and at last."""
_RESERVE: Final = "reserve"
_RAMP: Final = "recharge"


def _reserving(battery: object) -> Reserving | None:
    """Return a battery that keeps a reserve."""
    return battery if isinstance(battery, Reserving) and battery.reservable else None


class Charging:
    """Keeps one battery's reserve, and fills it after an outage."""

    def __init__(
        self,
        flat: str,
        recharge: Recharge | None,
        battery: Callable[[], Battery | None],
        clock: Clock,
        *,
        noted: Callable[[str], Awaitable[bytes | None]],
        note: Callable[[str, bytes], None],
    ) -> None:
        self._flat = flat
        self._recharge = recharge
        self._battery = battery
        self.steering: Final = Steering(flat, battery, clock)
        """The one hand on the battery: until it is known where the flat is, nobody may ask anything of it."""
        self.steering.claim(Claimant.ISLANDING, Let.GO)
        self._noted = noted
        self._note = note
        self._boot = ""
        """Which run of the machine this is; unknown before what was kept is read."""
        self._wanted: int | None = None
        self._written: int | None = None
        """What was written last, by this program or by the one before."""
        self._retry_at = float("-inf")
        self._patience_s = RETRY_S[0]
        self._due_ramp = False
        """Whether the battery is to be filled slowly once the flat hangs on the grid."""
        self._back_at: float | None = None
        """When the grid was back, while the battery is filled slowly."""
        self._reading: BatteryReading | None = None
        self._soc_percent: float | None = None
        self._room_w: float | None = None
        self._now = 0.0
        self._wake = asyncio.Event()
        self.problem: str | None = None

    async def restore(self, now: float) -> None:
        """Go on from what was kept. Raises StoreError."""
        self._boot = self._boot or await asyncio.to_thread(name_of_boot)
        reserve, ramp = await self._noted(_RESERVE), await self._noted(_RAMP)
        if self._written is None and reserve is not None:
            self._written = int(reserve)
        if self._recharge is None or not ramp or self._due_ramp or self._back_at is not None:
            return
        boot, back_at = json.loads(ramp)
        if back_at is not None and boot == self._boot and back_at <= now:
            self._back_at = back_at
        else:
            self._due_ramp = True

    def away(self) -> None:
        """Take down, each second, that an outage has separated the flat."""
        if self._recharge is not None and (not self._due_ramp or self._back_at is not None):
            self._keep_ramp(due=True, back_at=None)

    def returned(self, now: float) -> None:
        """Take down that an outage is over: from now on the battery is filled slowly."""
        if self._recharge is not None:
            self._keep_ramp(due=False, back_at=now)

    def _keep_ramp(self, *, due: bool, back_at: float | None) -> None:
        self._due_ramp, self._back_at = due, back_at
        over = not due and back_at is None
        self._note(_RAMP, b"" if over else json.dumps([self._boot, back_at]).encode())

    def second(
        self,
        wanted: int | None,
        reading: BatteryReading | None,
        soc_percent: float | None,
        now: float,
        *,
        connected: bool,
        room_w: float | None,
    ) -> None:
        """Take down what is wanted and known in a second.

        Args:
            wanted: the share to keep, in percent; None leaves the device's own.
            reading: what the battery says.
            soc_percent: its charge, as far as it is known.
            now: the time.
            connected: whether the flat hangs on the grid.
            room_w: what the flat's line bears of charging; None where what flows over it is not known.
        """
        self._wanted, self._reading, self._soc_percent, self._now = wanted, reading, soc_percent, now
        self._room_w = room_w
        if connected and self._due_ramp:
            self.returned(now)
        self.steering.claim(Claimant.REFILL, self._ramp() if connected else None)
        if self._due_reserve():
            self._wake.set()

    def hold(self, state: BlackoutState) -> None:
        """Let nobody steer the battery unless the flat is at home on the grid, and no drill is on or announced."""
        at_home = state.phase is Phase.CONNECTED and state.fault is None
        self.steering.claim(Claimant.ISLANDING, None if at_home else Let.GO)
        self.steering.claim(Claimant.DRILL, None if state.drill is None else Let.GO)

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
        """Do what is due until cancelled; what is filled slowly then goes on to the end of its lease."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.steering.run(), name=f"flat {self._flat} steering")
            tasks.create_task(self._keep_reserve(), name=f"flat {self._flat} reserve")

    async def _keep_reserve(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._due_reserve():
                await self._write_reserve()

    async def _write_reserve(self) -> None:
        battery, wanted = _reserving(self._battery()), self._wanted
        assert battery is not None, "it was due"
        assert wanted is not None, "it was due"
        try:
            async with self.steering.setting():
                await battery.set_reserve(wanted)
        except GaveWayError:
            self._retry_at = self._now + RETRY_S[0]
            return
        except (DeviceError, ValueError, TimeoutError) as error:
            self._not_kept(wanted, str(error) or f"no answer within {WRITE_S:g} s")
            return
        except Exception as error:
            # Whatever a driver does not foresee: the blackout logic hangs on the same program.
            why = f"this program is at fault: {error!r}"
            if self.problem is None or not self.problem.endswith(why):
                _LOGGER.exception("Flat %s: what sets its battery is at fault", self._flat)
            self._not_kept(wanted, why)
            return
        _LOGGER.info("Flat %s: its battery keeps %d %% for an outage", self._flat, wanted)
        self.problem, self._written, self._patience_s = None, wanted, RETRY_S[0]
        # The device shows it at its next reading, or at one of the next.
        self._retry_at = self._now + RETRY_S[0]
        self._note(_RESERVE, str(wanted).encode())

    def _not_kept(self, wanted: int, why: str) -> None:
        if self.problem is None:
            _LOGGER.warning("Flat %s: its battery does not keep %d %%: %s", self._flat, wanted, why)
        self.problem = f"the battery does not keep {wanted} % for an outage: {why}"
        self._retry_at = self._now + self._patience_s
        self._patience_s = min(2 * self._patience_s, RETRY_S[1])

    def _ramp(self) -> Wish | None:
        """What the battery is to do for the ramp's sake; None without one."""
        if self._back_at is None:
            return None
        if self._is_over():
            self._keep_ramp(due=False, back_at=None)
            return None
        # Of a battery that does not tell what it takes no share can be told, and of a line on which nobody knows what
        # flows, nobody can say what it bears beside: what was asked holds for its lease.
        limit, battery = self._limit_w(), self._battery()
        if limit is None:
            return Let.BE
        cadence = None if battery is None else cadence_of(battery)
        # A memory that wears out is not written to for each second of the ramp: less than what it allows may stand.
        low = -round(limit)
        return Power(low, low, 0) if cadence is not None and cadence.change_s else Power.exactly(low)

    def _is_over(self) -> bool:
        """Whether the battery may take what it likes, by the time or because the reserve is there."""
        assert self._back_at is not None, "a ramp is on"
        recharge, wanted, soc_percent = self._recharge, self._wanted, self._soc_percent
        if recharge is None or self._now - self._back_at >= recharge.lasts_s:
            return True
        return wanted is not None and soc_percent is not None and soc_percent >= wanted

    def _limit_w(self) -> float | None:
        """The most that it may take now; None where it cannot be told."""
        reading = self._reading
        assert self._back_at is not None, "a ramp is on"
        assert self._recharge is not None, "a ramp is on"
        if reading is None or reading.max_charge_w is None or self._room_w is None:
            return None
        return min(self._room_w, self._recharge.most_w(self._now - self._back_at, reading.max_charge_w))
