"""The members in memory, by device and by name. Small: one line per device.

What may be logged is not decided here but by the roster, which this follows (`localvpp.etp.roster`).
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from localvpp.etp import DeviceId, PublicKey

from ..store import Member, Role


class Directory:
    """All members, by device and by name."""

    def __init__(self, members: Iterable[Member] = ()) -> None:
        self._by_device: dict[DeviceId, Member] = {}
        self._by_name: dict[str, Member] = {}
        for member in members:
            self.put(member)

    def put(self, member: Member) -> None:
        """Take in a member whose entry is logged, or what a further entry says of him."""
        self._by_device[member.device] = member
        named = self._by_name.get(member.name)
        if member.is_current:
            self._by_name[member.name] = member
        elif named is not None and named.device == member.device:
            del self._by_name[member.name]

    def __len__(self) -> int:
        return len(self._by_device)

    @property
    def by_device(self) -> Mapping[DeviceId, Member]:
        """The members by device."""
        return MappingProxyType(self._by_device)

    def get(self, device: DeviceId) -> Member | None:
        """Return the member with a device."""
        return self._by_device.get(device)

    def history(self, name: str) -> tuple[Member, ...]:
        """Return all members that had a name, oldest first: those that were revoked, and the present one."""
        return tuple(member for member in self._by_device.values() if member.name == name)

    def named(self, name: str) -> Member | None:
        """Return the member with a name; None when its device was revoked and no other is enrolled."""
        return self._by_name.get(name)

    def name(self, device: DeviceId) -> str | None:
        """Return how a device is called."""
        member = self._by_device.get(device)
        return None if member is None else member.name

    @property
    def witnesses(self) -> dict[DeviceId, PublicKey]:
        """The keys that flats cosign with, in the order of enrolment: one key counts once, for who named it first."""
        return _once((member.device, member.witness) for member in self._by_device.values() if member.is_current)

    @property
    def mirrors(self) -> dict[DeviceId, PublicKey]:
        """The keys that flats sign with for their copies."""
        return _once((member.device, member.mirror) for member in self._by_device.values() if member.is_current)

    @property
    def flats(self) -> tuple[Member, ...]:
        """All flats, by name; a name may be there more than once, with devices that were revoked."""
        flats = (member for member in self._by_device.values() if member.role is Role.FLAT)
        return tuple(sorted(flats, key=lambda member: member.name))


def _once(named: Iterable[tuple[DeviceId, PublicKey | None]]) -> dict[DeviceId, PublicKey]:
    keys: dict[PublicKey, DeviceId] = {}
    for device, key in named:
        if key is not None:
            keys.setdefault(key, device)
    return {device: key for key, device in keys.items()}
