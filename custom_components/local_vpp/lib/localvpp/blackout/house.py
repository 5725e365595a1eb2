"""The flat around its blackout logic: what that asks of it, and what its wiring needs."""

from typing import Protocol

from ..islanding import Wiring
from ..rounds import FlatDevices
from ..wire import Membership
from .book import Unlogged
from .settings import SettingsError


class House(Protocol):
    """The flat around it."""

    @property
    def devices(self) -> FlatDevices:
        """Its devices, as they are known by now."""

    def blackout_changed(self) -> None:
        """Show the new state."""

    @property
    def membership(self) -> Membership:
        """Which flat it is, of which building."""

    @property
    def software(self) -> str:
        """Name and version of the program."""

    async def seal_drill(self, drill: Unlogged) -> bool:
        """Make a drill's record; return whether that could be done by now. Raises StoreError."""


def check(house: House, wiring: Wiring) -> None:
    """Raise SettingsError where a flat lacks what its wiring needs."""
    devices = house.devices
    needed: dict[str, object] = {}
    if wiring is Wiring.PAIR:
        needed = {"a main relay": devices.relay, "an island relay": devices.island_relay}
    if wiring is not Wiring.AUTONOMOUS:
        needed["an inverter that can be asked to leave the grid"] = devices.output
    if missing := [name for name, device in needed.items() if device is None]:
        raise SettingsError(
            f"wiring {wiring}: the flat has not {' and not '.join(missing)}; add it, or set the flat up as autonomous"
        )
