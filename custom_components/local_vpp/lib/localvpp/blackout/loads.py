"""The switches of a flat's loads, as whoever runs the flat has them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol, override


class SwitchError(Exception):
    """A switch did not take what it was asked; says why."""


class Switchboard(Protocol):
    """Switches by the names of their loads. What it does not know is not there, or None."""

    def on(self) -> Mapping[str, bool | None]:
        """Say of each switch whether it is on, by its own state."""

    def watts(self) -> Mapping[str, float | None]:
        """Say what each load draws, where that is measured."""

    async def switch(self, name: str, on: bool) -> None:
        """Ask a switch to move. Whether it did, only `on` tells. Raises SwitchError."""


class _NoSwitches(Switchboard):
    @override
    def on(self) -> Mapping[str, bool | None]:
        return MappingProxyType({})

    @override
    def watts(self) -> Mapping[str, float | None]:
        return MappingProxyType({})

    @override
    async def switch(self, name: str, on: bool) -> None:
        raise SwitchError(f"{name} has no switch here")


NO_SWITCHES: Final[Switchboard] = _NoSwitches()
