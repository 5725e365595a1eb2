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
from .envelope import Enrolled, Envelope, Kind, SignedEnvelope
from .errors import ChainError, EtpError, FieldError, SignatureError
from .keys import DeviceId, PublicKey

BUILDING_ONLY: Final = frozenset({Kind.ENROL, Kind.ROTATE, Kind.REVOKE, Kind.TARIFF_CHANGE, Kind.TRANSFER})
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
        self._witnesses: dict[DeviceId, PublicKey] = {}

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

    @property
    def witnesses(self) -> Mapping[DeviceId, PublicKey]:
        """The keys that devices cosign with, in the order in which they were first named."""
        return MappingProxyType(self._witnesses)

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
        if envelope.kind is Kind.WITNESS and named:
            self._check_witness(named)
        return (head or self.head(envelope.device)).follow(envelope, signed.hash)

    def take(self, signed: SignedEnvelope, head: Head) -> None:
        """Enter a record that `check` has returned this head for."""
        envelope = signed.envelope
        self._heads[envelope.device] = head
        named = envelope.enrolled
        if named and envelope.kind is Kind.ENROL:
            self.building = self.building or envelope.device
            self._keys[named.device] = named.key
        if named and envelope.kind is Kind.WITNESS:
            self._witnesses[named.device] = named.key

    def _check_witness(self, named: Enrolled) -> None:
        """One key says one thing of one device: two with one key would be counted twice."""
        for device, key in self._witnesses.items():
            if key == named.key and device != named.device:
                raise AuthorityError(f"the witness key of device {named.device.hex()} is that of another device")
        if named.key in self._keys.values():
            raise AuthorityError(
                f"the witness key of device {named.device.hex()} signs records: give it one of its own"
            )

    def _key_for(self, envelope: Envelope) -> PublicKey:
        if self.building is not None:
            return self.key(envelope.device)
        if envelope.enrolled is None or envelope.enrolled.device != envelope.device:
            raise SignatureError("a log begins with the enrolment of the building's own key, signed with it")
        if envelope.enrolled.key.device_id != envelope.device:
            raise FieldError("the building's device id is not that of its key")
        return envelope.enrolled.key
