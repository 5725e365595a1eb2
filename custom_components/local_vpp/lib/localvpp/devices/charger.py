"""A charger of an electric car described by a register map."""

import asyncio
from collections.abc import Callable, Mapping
from fractions import Fraction
from time import monotonic
from typing import Final, override

from modbus_connection import ModbusUnit

from .capability import Identity
from .counting import Counting
from .errors import DeviceNonsenseError, DeviceRefusedError
from .lease import Lease
from .line import Line
from .mapping import Asked, EnergySample, LeaseRule, RegisterMap, Step, Value, parts
from .polled import MappedDevice
from .polling import Polled
from .silence import CHARGER, Manners
from .vehicle import LEAST_MA, MOST_MA, ChargerReading, ChargerState
from .writing import Writer

COUNTER_SLACK_WH: Final = 200
"""What a counter may show at once, whatever its step."""


class MapCharger(MappedDevice[ChargerReading]):
    """Reads a charger and limits it.

    Args:
        unit: where the charger answers.
        device: its register map.
        identity: as ``probe.probe_charger`` gave it.
        clock: a monotonic clock in seconds.
        line: its line, if others share it.
        manners: how long it is waited for, and left alone when it is silent.
    """

    def __init__(
        self,
        unit: ModbusUnit,
        device: RegisterMap,
        identity: Identity,
        clock: Callable[[], float] = monotonic,
        *,
        line: Line | None = None,
        manners: Manners = CHARGER,
    ) -> None:
        super().__init__("charger", unit, device, identity, clock, line=line, manners=manners)
        self._map = device
        self._clock = clock
        self._block_of = {point.name: part.name for part in parts(device) for point in part.points}
        self._counting = Counting(self._what, max(COUNTER_SLACK_WH, 2 * device.energy_step_wh), clock)
        self._writer = Writer(self._what, unit, device.control, clock)
        self._lease: Lease | None = None
        self._proven = False
        """Whether it was seen to keep a limit for no longer than it is asked to."""
        self._writing = asyncio.Lock()

    @property
    def controllable(self) -> bool:
        """Whether the charger has a limit and a lease on it."""
        return self._map.control.has_charge_limit

    @property
    def can_discharge(self) -> bool:
        """Whether it counts what comes out of the car. None is told to do so: no such register is known well enough."""
        return self._map.point("discharge_wh") is not None

    async def limit(self, milliamperes: int, lease_s: int) -> None:
        """Limit the car for the time of the lease; see ``vehicle.Charger.limit``."""
        if not LEAST_MA <= milliamperes <= MOST_MA:
            raise ValueError(
                f"milliamperes is {milliamperes}: a car is offered {LEAST_MA} to {MOST_MA}; to offer none, pause it"
            )
        await self._hold(milliamperes, lease_s, self._map.control.charge_limit)

    async def pause(self, lease_s: int) -> None:
        """Offer the car nothing for the time of the lease; see ``vehicle.Charger.pause``."""
        await self._hold(0, lease_s, self._map.control.pause)

    async def discharge(self, watts: int, lease_s: int) -> None:
        """Refuse; see ``vehicle.Charger.discharge``."""
        raise DeviceRefusedError(
            f"{self._what} is not asked for {watts} W for {lease_s} s: it only charges, as far as its registers tell"
        )

    async def release(self) -> None:
        """Let the charger decide by itself again; see ``vehicle.Charger.release``."""
        async with self._writing:
            self._lease = None
            await self._writer.send(self._map.control.release, {}, lets_go=True)

    async def _hold(self, milliamperes: int, lease_s: int, steps: tuple[Step, ...]) -> None:
        rule = self._map.control.lease
        if rule is None or not self.controllable:
            reason = self._map.control.why_not or "it has no time limit for a charging current"
            raise DeviceRefusedError(f"{self._what} is not controlled: {reason}")
        kept_s = rule.kept(lease_s)
        async with self._writing:
            now = self._clock()
            told = await self._poller.reading()
            self._check_left(told, rule, lease_s)
            if self._map.point("lease_s") is not None:
                # Whoever installed the charger has set the time; 0 is none.
                if told.lease_s is None or not 0 < told.lease_s <= lease_s:
                    raise DeviceRefusedError(
                        f"{self._what} keeps a limit for {told.lease_s} s: set its communication time-out to 1 to "
                        f"{lease_s} s"
                    )
                kept_s = told.lease_s
            if told.max_a is not None and milliamperes > told.max_a * 1000:
                raise ValueError(f"milliamperes is {milliamperes}: {self._what} offers {told.max_a:g} A at most")
            if self._lease is not None and not self._lease.must_write(milliamperes, milliamperes, kept_s, now=now):
                return
            if self._map.point("lease_left_s") is not None and not self._proven:
                await self._prove(told, rule, lease_s)
            if self._lease is None or now - self._lease.at >= self._lease.lease_s:
                self._writer.forget()  # The charger has fallen back by itself.
            self._lease = None
            asked = {Asked.CURRENT: Fraction(milliamperes, 1000), Asked.LEASE: Fraction(kept_s)}
            await self._writer.send(steps, asked)
            self._lease = Lease(watts=milliamperes, target_w=milliamperes, lease_s=kept_s, at=now)

    async def _prove(self, told: ChargerReading, rule: LeaseRule, lease_s: int) -> None:
        """See for how long the charger keeps what it is told, before it is told anything that could do harm.

        That shows only after a writing. So it is first told what it offers by itself.
        """
        if told.fallback_a is None:
            raise DeviceRefusedError(
                f"{self._what} does not tell what it offers by itself; it is asked again at the next limit"
            )
        asked = {Asked.CURRENT: Fraction(told.fallback_a), Asked.LEASE: Fraction(lease_s)}
        self._writer.forget()
        await self._writer.send(self._map.control.charge_limit, asked)
        self._writer.forget()
        await self._poller.reading()  # It may have begun before the writing.
        shown = await self._poller.reading()
        self._check_left(shown, rule, lease_s)
        if not shown.lease_left_s:
            raise DeviceRefusedError(
                f"{self._what} does not count down the time of a limit: one without end would outlive its controller"
            )
        self._proven = True

    def _check_left(self, told: ChargerReading, rule: LeaseRule, lease_s: int) -> None:
        if told.lease_left_s is not None and told.lease_left_s > lease_s:
            # A longer time than the maker's is set in the charger: nobody must rely on the shorter one.
            raise DeviceRefusedError(
                f"{self._what} would keep a limit for {told.lease_left_s} s more, and not for {lease_s} s: set its "
                f"validity time to {rule.longest_s} s"
            )

    @override
    async def _read(self) -> ChargerReading:
        polled = await self._poller.poll(self._blocks, self._rota)
        failed = polled.failed
        values: dict[str, Value | None] = {}
        for name, group in self._blocks.items():
            if name not in failed:
                values |= group.values
        counted = {name: self._count(name, values, polled) for name in ("charge_wh", "discharge_wh")}
        ages_s = {name: polled.ages_s.get(self._block_of[name]) for name, wh in counted.items() if wh is not None}
        lease_s, left_s = _number(values, "lease_s"), _number(values, "lease_left_s")
        return ChargerReading(
            power_w=_number(values, "power_w"),
            charge_wh=counted["charge_wh"],
            discharge_wh=counted["discharge_wh"],
            session_wh=_energy(values, "session_wh"),
            state=self._state(values),
            soc_percent=_number(values, "soc_percent"),
            voltage_v=_number(values, "voltage_v"),
            current_a=_number(values, "current_a"),
            limit_a=_number(values, "limit_a"),
            min_a=_number(values, "min_a"),
            max_a=_number(values, "max_a"),
            fallback_a=_number(values, "fallback_a"),
            lease_s=None if lease_s is None else round(lease_s),
            lease_left_s=None if left_s is None else round(left_s),
            ages_ms={name: round(age_s * 1000) for name, age_s in ages_s.items() if age_s is not None},
            failed=failed,
        )

    def _state(self, values: Mapping[str, Value | None]) -> ChargerState | None:
        # In the map's order: a point that does not say leaves it to the next.
        for point in self._map.points:
            shown = values.get(point.name)
            if point.operating is not None and isinstance(shown, str) and shown in point.operating:
                return ChargerState(point.operating[shown])
        return None

    def _count(self, name: str, values: Mapping[str, Value | None], polled: Polled) -> int | None:
        sample = values.get(name)
        if not isinstance(sample, EnergySample):
            return None
        stands = self._block_of[name] in polled.ages_s
        rated_w = self._map.rated_power_w
        counted = self._counting.take(name, sample.wh, rated_w=rated_w, doubtful=sample.torn, stands=stands)
        if isinstance(counted, DeviceNonsenseError):
            polled.failed[name] = counted
            return None
        return counted


def _energy(values: Mapping[str, Value | None], name: str) -> int | None:
    sample = values.get(name)
    return sample.wh if isinstance(sample, EnergySample) else None


def _number(values: Mapping[str, Value | None], name: str) -> float | None:
    value = values.get(name)
    return value if isinstance(value, float) else None
