"""A flat around a blackout logic under test: it has devices, and remembers which drills were to be sealed."""

from typing import override

from localvpp.blackout import House, Unlogged
from localvpp.rounds import FlatDevices
from localvpp.wire import Membership


class PlainHouse(House):
    """One flat."""

    _devices: FlatDevices

    def __init__(self, membership: Membership) -> None:
        self._membership = membership
        self.sealed: list[Unlogged] = []

    @property
    @override
    def devices(self) -> FlatDevices:
        return self._devices

    @property
    @override
    def membership(self) -> Membership:
        return self._membership

    @property
    @override
    def software(self) -> str:
        return "tests/1"

    @override
    def blackout_changed(self) -> None:
        pass

    @override
    async def seal_drill(self, drill: Unlogged) -> bool:
        self.sealed.append(drill)
        return True
