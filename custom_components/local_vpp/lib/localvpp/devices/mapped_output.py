"""How an inverter that a register map describes is told to feed less, and to leave the grid."""

from fractions import Fraction

from .errors import DeviceRefusedError
from .mapping import Asked, RegisterMap, Step
from .writing import Writer


class MapOutput:
    """The commands of one device.

    Args:
        device: its register map.
        writer: writes to it.
    """

    def __init__(self, device: RegisterMap, writer: Writer) -> None:
        self._control = device.control
        self._name = f"{device.manufacturer} {device.model}"
        self._writer = writer

    @property
    def limitable(self) -> bool:
        """Whether there is a limit: a map has none without a lease."""
        return bool(self._control.limit)

    @property
    def separable(self) -> bool:
        """Whether it leaves the grid: a map has no such command without a lease."""
        return bool(self._control.go_off_grid)

    @property
    def reconnectable(self) -> bool:
        """Whether it can be told to return."""
        return bool(self._control.reconnect)

    def kept_s(self, lease_s: int) -> int:
        """Give the lease that the device will keep for one that is asked for; one that keeps none refuses later."""
        rule = self._control.lease
        return rule.kept(lease_s) if rule is not None and (self.limitable or self.separable) else lease_s

    def forget(self) -> None:
        """Write all of it the next time."""
        self._writer.forget()

    async def limit(self, watts: int, lease_s: int) -> None:
        """Write a limit with its lease."""
        reason = self._control.why_no_limit or "no limit of its output is known that ends by itself"
        steps = self._needed(self._control.limit, f"the output of {self._name} is not limited: {reason}")
        await self._writer.send(steps, {Asked.POWER: Fraction(watts), Asked.LEASE: Fraction(lease_s)})

    async def unlimit(self) -> None:
        """Take the limit away."""
        steps = self._needed(self._control.unlimit, f"{self._name} has no limit of its output")
        await self._writer.send(steps, {}, lets_go=True)

    async def separate(self, lease_s: int) -> None:
        """Write the separation with its lease."""
        refusal = f"{self._name} is not taken off the grid: no command is known that it ends by itself"
        steps = self._needed(self._control.go_off_grid, refusal)
        await self._writer.send(steps, {Asked.LEASE: Fraction(lease_s)})

    async def reconnect(self) -> None:
        """Let it return."""
        steps = self._needed(self._control.reconnect, f"{self._name} returns to the grid by itself")
        await self._writer.send(steps, {}, lets_go=True)

    @staticmethod
    def _needed(steps: tuple[Step, ...], refusal: str) -> tuple[Step, ...]:
        if not steps:
            raise DeviceRefusedError(refusal)
        return steps
