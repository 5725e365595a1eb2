"""What can be asked at its connection to the grid of an inverter that may come later."""

from typing import override

from ..capability import Limitable, Separable
from .hybrid import LateDevice


class LateOutput(Limitable, Separable):
    """The commands of a device that may come later: until it is there, it can do nothing."""

    def __init__(self, device: LateDevice) -> None:
        """Command the device once it is there."""
        self._device = device

    @property
    @override
    def limitable(self) -> bool:
        return self._device.output is not None and self._device.output.limitable

    @override
    async def limit(self, watts: int, lease_s: int) -> None:
        await (await self._device.commanded()).output.limit(watts, lease_s)

    @override
    async def unlimit(self) -> None:
        await (await self._device.commanded()).output.unlimit()

    @property
    @override
    def separable(self) -> bool:
        return self._device.output is not None and self._device.output.separable

    @property
    @override
    def reconnectable(self) -> bool:
        return self._device.output is not None and self._device.output.reconnectable

    @override
    async def go_off_grid(self, lease_s: int) -> None:
        await (await self._device.commanded()).output.go_off_grid(lease_s)

    @override
    async def reconnect(self) -> None:
        await (await self._device.commanded()).output.reconnect()
