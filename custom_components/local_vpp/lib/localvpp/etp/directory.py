"""What the entries of a log must be, told by the entries themselves: key directory, chains, and who may write what.

The first entry enrols the building's own key and is signed with it. Every other key is enrolled by an entry of
the building, from its index on. A record must be signed by the key enrolled for its device, come next on its device's
chain and be meant for this log. Whoever replays a log through a Directory repeats the checks that the
coordinator made when it accepted the records, so there is one rule for both.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .chain import EMPTY, Head
from .envelope import COSIGNING, Enrolled, Envelope, Kind, SignedEnvelope
from .errors import ChainError, EtpError, FieldError, SignatureError
from .keys import DeviceId, PublicKey

BUILDING_ONLY: Final = frozenset(
    {Kind.ENROL, Kind.ROTATE, Kind.REVOKE, Kind.TARIFF_CHANGE, Kind.TRANSFER, Kind.SETTLED}
)
"""Kinds that only the building may write."""


class UnknownDeviceError(EtpError):
    """No entry has enrolled the device that signs."""


class AuthorityError(EtpError):
    """The device may not write a record of this kind."""


class Directory:
    """Keys and chain heads after a number of entries; memory grows with the devices, not with the entries."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.building: DeviceId | None = None
        self._keys: dict[DeviceId, PublicKey] = {}
        self._heads: dict[DeviceId, Head] = {}
        self._cosigning: dict[Kind, dict[DeviceId, PublicKey]] = {kind: {} for kind in COSIGNING}

    def key(self, device: DeviceId) -> PublicKey:
        """Return the key that a device signs with.

        Raises UnknownDeviceError.
        """
        try:
            return self._keys[device]
        except KeyError:
            raise UnknownDeviceError(f"device {device.hex()} is not enrolled in {self.origin}") from None

    def head(self, device: DeviceId) -> Head:
        """Return the end of a device's chain: EMPTY before its first record."""
        return self._heads.get(device, EMPTY)

    @property
    def devices(self) -> frozenset[DeviceId]:
        """All enrolled devices, the building's own among them."""
        return frozenset(self._keys)

    def cosigning(self, kind: Kind) -> Mapping[DeviceId, PublicKey]:
        """Return the keys that devices witness or mirror with, in the order in which they were first named."""
        return MappingProxyType(self._cosigning[kind])

    def check(self, signed: SignedEnvelope, head: Head | None = None) -> Head:
        """Return the device's head after this entry, if the entry may come next; nothing is changed.

        `head` stands for the directory's own head of the device, while a batch is being checked.
        Raises FieldError, UnknownDeviceError, SignatureError, AuthorityError or ChainError.
        """
        envelope = signed.envelope
        if signed.building != self.origin:
            raise FieldError(f"the record is meant for {signed.building!r}, not for {self.origin!r}")
        signed.statement.verify(self._key_for(envelope))
        if envelope.kind in BUILDING_ONLY and envelope.device != (self.building or envelope.device):
            raise AuthorityError(f"only the building may write a record of kind {envelope.kind.name}")
        named = envelope.enrolled
        if envelope.kind is Kind.ENROL and named and named.device in self._keys:
            raise ChainError(f"device {named.device.hex()} is enrolled already")
        if envelope.kind in COSIGNING and named:
            self._check_cosigning(envelope.kind, named)
        return (head or self.head(envelope.device)).follow(envelope, signed.hash)

    def take(self, signed: SignedEnvelope, head: Head) -> None:
        """Enter a record that `check` has returned this head for."""
        envelope = signed.envelope
        self._heads[envelope.device] = head
        named = envelope.enrolled
        if named and envelope.kind is Kind.ENROL:
            self.building = self.building or envelope.device
            self._keys[named.device] = named.key
        if named and envelope.kind in COSIGNING:
            self._cosigning[envelope.kind][named.device] = named.key

    def _check_cosigning(self, kind: Kind, named: Enrolled) -> None:
        """One key says one thing of one device: it would be counted twice, or be taken for what it did not say."""
        own = self._cosigning[kind].get(named.device)
        taken = [*self._keys.values(), *(key for keys in self._cosigning.values() for key in keys.values())]
        if named.key in taken and named.key != own:
            raise AuthorityError(f"the {kind.name} key of device {named.device.hex()} signs for something else already")

    def _key_for(self, envelope: Envelope) -> PublicKey:
        if self.building is not None:
            return self.key(envelope.device)
        if envelope.enrolled is None or envelope.enrolled.device != envelope.device:
            raise SignatureError("a log begins with the enrolment of the building's own key, signed with it")
        if envelope.enrolled.key.device_id != envelope.device:
            raise FieldError("the building's device id is not that of its key")
        return envelope.enrolled.key
