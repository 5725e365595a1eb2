"""How SunSpec inverters are told to feed less, and to leave the grid.

Model 123 (2012 to 2018) has both, each with a time limit of its own: ``WMaxLimPct`` in percent of ``WMax`` (model
121), ``Conn`` for the connection. Off the grid by ``Conn`` is no island: most inverters just stop. Model 704 (2021) has
``WMaxLimPct`` with the values that follow its lease and a countdown. Its separation is model 703's ``ES``, which has no
time limit: one told to leave the grid by it would stay away if whoever told it died. So it is only told that it may
return.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Final

from modbus_connection import ModbusUnit
from modbus_connection.model.sunspec import SunSpecModels

from ..errors import DeviceError, DeviceRefusedError, device_border
from ..lease import checked
from .chain import AtMost, prepared, send
from .layout import place
from .models.der import DERCapacity, DEREnterService
from .models.der_control import DERCtlAC
from .models.settings import Controls, Settings
from .reverting import Requests, Reverting

LONGEST_IMMEDIATE_S: Final = 0xFFFE
"""The time limits of model 123 have 16 bits, and 0xFFFF means that they are not there."""

LONGEST_DER_S: Final = 7 * 24 * 3600
"""The register has 32 bits; a limit for more than a week is a mistake."""

_CONTROL_FIELDS: Final = ("conn_rvrt_tms", "conn", "w_max_lim_pct", "w_max_lim_pct_rvrt_tms", "w_max_lim_ena")
_LIMIT_OFF: Final = {"w_max_lim_pct_ena": 0}
_FULL: Final = 100


class ImmediateControls:
    """Model 123 of one device, with the power that its percentages mean.

    It is not among what is read each second: which time limits there are does not change, and what was commanded shows
    in what the inverter feeds.
    """

    def __init__(self, what: str, unit: ModbusUnit, models: SunSpecModels) -> None:
        self._what = what
        self._unit = unit
        controls, settings = models.first(123), models.first(121)
        self._block = place(what, Controls, unit, controls, _CONTROL_FIELDS) if controls else None
        self._settings = place(what, Settings, unit, settings, ("w_max",)) if settings else None
        if self._block is not None:
            self._block.restrict_fields(_CONTROL_FIELDS)
        if self._settings is not None:
            self._settings.restrict_fields(("w_max",))

    async def look(self) -> None:
        """Find out which time limits there are; what cannot be read now is asked again by the first command."""
        if self._block is not None:
            with suppress(DeviceError), device_border(f"{self._what}, model 123"):
                await self._block.async_update(notify=False)

    @property
    def limitable(self) -> bool:
        """Whether limit and lease are there, as far as was read."""
        return self._settings is not None and self._block is not None and self._block.w_max_lim_pct_rvrt_tms is not None

    @property
    def separable(self) -> bool:
        """Whether connection and lease are there, as far as was read."""
        return self._block is not None and self._block.conn_rvrt_tms is not None

    @property
    def reconnectable(self) -> bool:
        """Whether there is a connection to be commanded."""
        return self._block is not None

    def kept_s(self, lease_s: int) -> int:
        """Give the lease that the device will keep for one that is asked for."""
        return checked(lease_s, LONGEST_IMMEDIATE_S)

    def forget(self) -> None:
        """Nothing is left out of what is written here."""

    async def limit(self, watts: int, lease_s: int) -> None:
        """Write a limit, the lease first."""
        what = f"{self._what}, model 123"
        with device_border(what):
            controls = await self._now("its output is not limited")
            if controls.w_max_lim_pct_rvrt_tms is None or self._settings is None:
                raise DeviceRefusedError(
                    f"{self._what} has no time limit for a limit of its output (WMaxLimPct_RvrtTms), or no power that "
                    "it is a share of (model 121), so its output is not limited"
                )
            await self._settings.async_update(notify=False)
            requests = (
                {"w_max_lim_pct_rvrt_tms": lease_s},
                {"w_max_lim_pct": _share(self._what, watts, self._settings.w_max)},
                {"w_max_lim_ena": 1},
            )
            await send(self._unit, await prepared(what, controls, requests))

    async def unlimit(self) -> None:
        """Take the limit away."""
        await self._write("its output is not limited", {"w_max_lim_ena": 0})

    async def separate(self, lease_s: int) -> None:
        """Disconnect for the time of a lease: both are one request."""
        what = f"{self._what}, model 123"
        with device_border(what):
            controls = await self._now("it is not taken off the grid")
            if controls.conn_rvrt_tms is None:
                raise DeviceRefusedError(
                    f"{self._what} has no time limit for being off the grid (Conn_RvrtTms), so it is not taken off it: "
                    "it would stay away if its controller died"
                )
            await send(self._unit, await prepared(what, controls, [{"conn_rvrt_tms": lease_s, "conn": 0}]))

    async def reconnect(self) -> None:
        """Connect: the device does so when its own protection lets it."""
        await self._write("it is not commanded to return to the grid", {"conn": 1})

    async def _write(self, so: str, values: dict[str, int]) -> None:
        what = f"{self._what}, model 123"
        with device_border(what):
            await send(self._unit, await prepared(what, await self._now(so), [values]))

    async def _now(self, so: str) -> Controls:
        """Read the model, which also makes sure that it still stands there: nothing is written to foreign registers."""
        if self._block is None:
            raise DeviceRefusedError(f"{self._what} has no immediate controls (model 123), so {so}")
        await self._block.async_update(notify=False)
        return self._block


class DerOutput:
    """Models 703 and 704 of one device, which are read with its others.

    Args:
        what: the device, as it begins a sentence.
        unit: where it answers.
        control: model 704.
        enter: model 703.
        capacity: model 702.
        refuse_local: raises DeviceRefusedError while the device takes commands at its own panel only.
    """

    def __init__(
        self,
        what: str,
        unit: ModbusUnit,
        control: DERCtlAC | None,
        enter: DEREnterService | None,
        capacity: DERCapacity | None,
        refuse_local: Callable[[], Awaitable[None]],
    ) -> None:
        self._what = what
        self._unit = unit
        self._control = control
        self._enter = enter
        self._capacity = capacity
        self._refuse_local = refuse_local
        self._limiting = Reverting(
            "w_max_lim_pct_rvrt_rem",
            _LIMIT_OFF,
            f"{what} does not count down the time limit of a limit (WMaxLimPctRvrtRem), so its output is not limited: "
            "a limit without end would outlive its controller",
        )

    @property
    def limitable(self) -> bool:
        """Whether limit and lease are there, as far as was read."""
        control = self._control
        return self._capacity is not None and control is not None and control.w_max_lim_pct_rvrt_tms is not None

    @property
    def separable(self) -> bool:
        """Nothing in these models ends a separation by itself."""
        return False

    @property
    def reconnectable(self) -> bool:
        """Whether its entering of service can be permitted."""
        return self._enter is not None and self._enter.es is not None

    def kept_s(self, lease_s: int) -> int:
        """Give the lease that the device will keep for one that is asked for."""
        return checked(lease_s, LONGEST_DER_S)

    def forget(self) -> None:
        """Nothing is left out of what is written here."""

    async def limit(self, watts: int, lease_s: int) -> None:
        """Write a limit, its lease and what follows the lease; make sure that the lease runs."""
        what, control, capacity = f"{self._what}, model 704", self._control, self._capacity
        with device_border(what):
            if control is not None:
                # It also makes sure that the model still stands there: nothing is written into foreign registers.
                await control.async_update(notify=False)
            if control is None or capacity is None or control.w_max_lim_pct_rvrt_tms is None:
                raise DeviceRefusedError(
                    f"{self._what} has no time limit for a limit of its output (WMaxLimPctRvrtTms), or no power that "
                    "it is a share of (model 702), so its output is not limited"
                )
            await self._refuse_local()
            await capacity.async_update(notify=False)
            share = _share(self._what, watts, capacity.w_max if capacity.w_max is not None else capacity.w_max_rtg)

            def requests(percent: float, still_enabled: int) -> Requests:
                return (
                    {"w_max_lim_pct_rvrt": _FULL},
                    {"w_max_lim_pct_ena_rvrt": still_enabled, "w_max_lim_pct_rvrt_tms": lease_s},
                    {"w_max_lim_pct_ena": 1, "w_max_lim_pct": percent},
                )

            await self._limiting.start(what, self._unit, control, partial(requests, share), partial(requests, _FULL))

    async def unlimit(self) -> None:
        """Take the limit away."""
        control = self._control
        if control is not None:
            what = f"{self._what}, model 704"
            with device_border(what):
                await control.async_update(notify=False)
                await send(self._unit, await prepared(what, control, [_LIMIT_OFF]))

    async def separate(self, lease_s: int) -> None:
        """Refuse: model 703's permission has no time limit."""
        del lease_s
        raise DeviceRefusedError(
            f"{self._what} has no time limit for being off the grid (model 703 has none), so it is not taken off it: "
            "it would stay away if its controller died"
        )

    async def reconnect(self) -> None:
        """Permit it to enter service: it does so by its own window and delay."""
        enter, what = self._enter, f"{self._what}, model 703"
        with device_border(what):
            if enter is not None:
                await enter.async_update(notify=False)
            if enter is None or enter.es is None:
                raise DeviceRefusedError(f"{self._what} has no permission to return to the grid (model 703)")
            await self._refuse_local()
            await send(self._unit, await prepared(what, enter, [{"es": 1}]))


def _share(what: str, watts: int, most_w: float | None) -> AtMost:
    """Give a limit in percent of the highest power."""
    if not most_w:
        raise DeviceRefusedError(f"{what} does not tell its highest power (WMax), of which a limit is a share")
    return AtMost(min(float(_FULL), _FULL * watts / most_w))
