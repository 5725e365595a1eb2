"""A battery that takes set-points, and remembers them."""

import asyncio
from typing import override

from localvpp.devices import BatteryReading, Cadence, Steerable

from ..scripted_devices import ScriptedBattery


class SteeredBattery(ScriptedBattery, Steerable):
    """A battery that takes set-points."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, int] | None] = []
        self.refuses: Exception | None = None
        self.stuck = False
        """Whether it takes for ever to take a power."""
        self.able = True
        self.tried = 0
        self.act = lambda: BatteryReading(
            power_w=0.0, soc_percent=64.2, capacity_wh=6000, max_charge_w=3000.0, max_discharge_w=5000.0
        )

    @property
    @override
    def controllable(self) -> bool:
        return self.able

    @property
    @override
    def cadence(self) -> Cadence:
        return Cadence(lease_s=40)

    @override
    async def set_power(self, watts: int, lease_s: int) -> None:
        self._try()
        if self.stuck:
            await asyncio.Event().wait()
        self.asked.append((watts, lease_s))

    @override
    async def release(self) -> None:
        self._try()
        self.asked.append(None)

    def _try(self) -> None:
        self.tried += 1
        if self.refuses is not None:
            raise self.refuses
