"""Who may sign, with which key, and what: the rule that the entries of a log make for the entries after them.

Keys come and go by entries, each effective from the next one on. The first enrols the building's own key. The building
enrols every other device, suspends and reinstates it, and revokes it for good; the device itself rotates its
key and names further ones for the log's heads. A key says one thing of one device: what was ever enrolled or rotated
away is never taken again, so that nobody can sign for two, and no key comes back that may have been copied. A key of
the building's names the one that may come after it by its hash, and no other is taken (`foreseen`).

The same rule decides what the coordinator admits and what an auditor accepts: both ask a `Roster`. It is small, one
line for each device, however long the log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

from .envelope import CONCERNING, COSIGNING, KEYED, Enrolled, Envelope, Kind, SignedEnvelope
from .errors import ChainError, EtpError, FieldError, SignatureError
from .foreseen import NextKey, foresee
from .keys import DeviceId, KeyId, PublicKey

BUILDING_ONLY: Final = frozenset(
    {
        Kind.ENROL,
        Kind.REVOKE,
        Kind.SUSPEND,
        Kind.REINSTATE,
        Kind.ERASED,
        Kind.TARIFF_CHANGE,
        Kind.TRANSFER,
        Kind.SETTLED,
        Kind.BOOK,
        Kind.CLEARED,
        Kind.PROPOSAL,
        Kind.CORRECTION,
        Kind.PAYMENT,
    }
)
"""Kinds that only the building may write."""

RULING: Final = frozenset({Kind.ENROL, Kind.ROTATE, Kind.REVOKE, Kind.SUSPEND, Kind.REINSTATE, *COSIGNING})
"""Kinds that change the roster."""


class UnknownDeviceError(EtpError):
    """No entry has enrolled the device."""


class AuthorityError(EtpError):
    """The device may not write this record."""


class KeyInUseError(AuthorityError):
    """The key that a record names says something else already, or did."""


class UnforeseenKeyError(AuthorityError):
    """The building's key is to be renewed by one that the key before has not committed to."""


class SuspendedError(EtpError):
    """The device is suspended: its records are not taken until the building reinstates it."""


class RevokedError(EtpError):
    """The device is revoked: its records are not taken any more."""


class Standing(StrEnum):
    """Whether a device's records are taken."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the entries so far say of one device."""

    device: DeviceId
    key: PublicKey
    """What it signs with now."""
    retired: tuple[PublicKey, ...] = ()
    """What it signed with before, oldest first."""
    standing: Standing = Standing.ACTIVE
    witness: PublicKey | None = None
    mirror: PublicKey | None = None
    next_key: NextKey | None = None
    """What the building's next key has to open; None for every other device."""

    def key_with(self, key_id: bytes) -> PublicKey | None:
        """Return the key of this id that the device signs with, or signed with before."""
        return next((key for key in (self.key, *self.retired) if key.key_id == key_id), None)


class Roster:
    """The devices of one log after a number of entries."""

    def __init__(self, origin: str, building: DeviceId | None = None, lines: Iterable[Line] = ()) -> None:
        self.origin = origin
        self.building = building
        """The building's own device; None before the first entry."""
        self._lines = {line.device: line for line in lines}

    def copy(self) -> Self:
        """Return a roster that changes by itself."""
        return type(self)(self.origin, self.building, self._lines.values())

    @property
    def lines(self) -> Mapping[DeviceId, Line]:
        """The devices in the order of their enrolment, those that were revoked among them."""
        return MappingProxyType(self._lines)

    def line(self, device: DeviceId) -> Line:
        """Return what is known of a device.

        Raises UnknownDeviceError.
        """
        try:
            return self._lines[device]
        except KeyError:
            raise UnknownDeviceError(f"device {device.hex()} is not enrolled in {self.origin}") from None

    def verify(self, signed: SignedEnvelope) -> None:
        """Raise unless the record is meant for this log and signed with the key that its device has now.

        Raises FieldError, UnknownDeviceError, BadKeyError or SignatureError. This is the costly half; `admit` is the
        other one.
        """
        if signed.building != self.origin:
            raise FieldError(f"the record is meant for {signed.building!r}, not for {self.origin!r}")
        signed.statement.verify(self._key_for(signed.envelope))

    def admit(self, signed: SignedEnvelope) -> None:
        """Raise unless a record whose signature holds may be the next entry; its place on its chain is not looked at.

        Raises UnknownDeviceError, SignatureError, SuspendedError, RevokedError, AuthorityError or ChainError.
        """
        envelope = signed.envelope
        self._check_key_id(envelope.device, self._key_for(envelope), signed.statement.header.key_id)
        if self.building is None:
            return
        self._check_writer(self.line(envelope.device), envelope.kind)
        if envelope.enrolled is not None:
            self._check_key(signed, envelope.enrolled)
        if envelope.concerns is not None:
            self._check_word(envelope.kind, envelope.concerns)

    def admit_plain(self, device: DeviceId, kind: Kind, key_id: KeyId) -> None:
        """Do the same for a record that brings no key and is not about a device: no more of it need be known.

        Raises UnknownDeviceError, SignatureError, SuspendedError, RevokedError or AuthorityError.
        """
        assert kind not in KEYED, "its key has to be looked at"
        assert kind not in CONCERNING, "whom it concerns has to be looked at"
        if self.building is None:
            raise SignatureError(_BEGINNING)
        line = self.line(device)
        self._check_key_id(device, line.key, key_id)
        self._check_writer(line, kind)

    def take(self, envelope: Envelope) -> None:
        """Enter what an admitted record says."""
        match envelope:
            case Envelope(kind=Kind.ENROL, enrolled=Enrolled(device, key)):
                self.building = self.building or envelope.device
                self._lines[device] = Line(device=device, key=key, next_key=envelope.next_key)
            case Envelope(kind=Kind.ROTATE, enrolled=Enrolled(device, key)):
                line = self._lines[device]
                retired = (*line.retired, line.key)
                self._lines[device] = replace(line, key=key, retired=retired, next_key=envelope.next_key)
            case Envelope(kind=Kind.WITNESS, enrolled=Enrolled(device, key)):
                self._lines[device] = replace(self._lines[device], witness=key)
            case Envelope(kind=Kind.MIRROR, enrolled=Enrolled(device, key)):
                self._lines[device] = replace(self._lines[device], mirror=key)
            case Envelope(kind=kind, concerns=bytes() as device) if kind in _LEADS_TO:
                self._lines[device] = replace(self._lines[device], standing=_LEADS_TO[kind])

    def _key_for(self, envelope: Envelope) -> PublicKey:
        if self.building is not None:
            return self.line(envelope.device).key
        if envelope.kind is not Kind.ENROL or envelope.enrolled is None or envelope.enrolled.device != envelope.device:
            raise SignatureError(_BEGINNING)
        if envelope.enrolled.key.device_id != envelope.device:
            raise FieldError("the building's device id is not that of its key")
        return envelope.enrolled.key

    @staticmethod
    def _check_key_id(device: DeviceId, key: PublicKey, key_id: KeyId) -> None:
        if key.key_id != key_id:
            raise SignatureError(
                f"signed by key {key_id.hex()}, but device {device.hex()} signs with {key.key_id.hex()} now"
            )

    def _check_writer(self, line: Line, kind: Kind) -> None:
        self._check_standing(line)
        if kind in BUILDING_ONLY and line.device != self.building:
            raise AuthorityError(f"only the building writes {kind.name.lower()} records")

    @staticmethod
    def _check_standing(line: Line) -> None:
        match line.standing:
            case Standing.SUSPENDED:
                raise SuspendedError(
                    f"device {line.device.hex()} is suspended: ask the building's manager, who can reinstate it; its "
                    "records are kept and sent then"
                )
            case Standing.REVOKED:
                raise RevokedError(
                    f"device {line.device.hex()} is revoked for good: ask the building's manager for a new invite, and "
                    "enrol with it afresh"
                )
            case Standing.ACTIVE:
                pass

    def _check_key(self, signed: SignedEnvelope, named: Enrolled) -> None:
        envelope = signed.envelope
        kind = envelope.kind
        known = self._lines.get(named.device)
        if kind is Kind.ENROL and known is not None:
            raise ChainError(f"device {named.device.hex()} is enrolled already")
        own = None if known is None or kind not in COSIGNING else _cosigning_key(known, kind)
        if named.key != own and any(named.key in _keys(line) for line in self._lines.values()):
            raise KeyInUseError(
                f"the {kind.name} key of device {named.device.hex()} signs for something else already, or did: "
                "make a fresh one"
            )
        if kind is Kind.ROTATE:
            self._check_foreseen(envelope, named.key)
            assert envelope.possession is not None, "a rotation without it is not read"
            try:
                named.key.verify(envelope.possession, envelope.to_possess(signed.building))
            except SignatureError as error:
                raise SignatureError(f"the new key has not signed the rotation: {error}") from error

    def _check_foreseen(self, envelope: Envelope, key: PublicKey) -> None:
        if envelope.device != self.building:
            if envelope.next_key is not None:
                raise AuthorityError("only the building commits to its next key: leave that out of this rotation")
            return
        check_foreseen(envelope, key, self.line(envelope.device).next_key, self.origin)

    def _check_word(self, kind: Kind, device: DeviceId) -> None:
        line = self.line(device)
        if kind is Kind.ERASED:
            return
        if device == self.building:
            raise AuthorityError(f"the building cannot {_VERBS[kind]} itself: nobody could undo it")
        if line.standing not in _LEADS_FROM[kind]:
            raise ChainError(f"device {device.hex()} is {line.standing}: it cannot be {_DONE[kind]}")


def check_foreseen(rotation: Envelope, key: PublicKey, standing: NextKey | None, origin: str) -> NextKey:
    """Return what a rotation of the building's key commits to, if its key is the one that was committed to.

    Raises UnforeseenKeyError or AuthorityError.
    """
    if standing is None or foresee(key, origin) != standing:
        raise UnforeseenKeyError(
            f"the key {key.fingerprint} is not the one that the building's key before has committed to: whoever renews "
            "it does not have the next key, which the manager keeps away from the server"
        )
    if rotation.next_key is None:
        raise AuthorityError("a rotation of the building's key commits to the one after it, and this one does not")
    return rotation.next_key


_BEGINNING: Final = "a log begins with the enrolment of the building's own key, signed with it"

_LEADS_TO: Final = {
    Kind.SUSPEND: Standing.SUSPENDED,
    Kind.REINSTATE: Standing.ACTIVE,
    Kind.REVOKE: Standing.REVOKED,
}
_LEADS_FROM: Final = {
    Kind.SUSPEND: frozenset({Standing.ACTIVE}),
    Kind.REINSTATE: frozenset({Standing.SUSPENDED}),
    Kind.REVOKE: frozenset({Standing.ACTIVE, Standing.SUSPENDED}),
}
_VERBS: Final = {Kind.SUSPEND: "suspend", Kind.REINSTATE: "reinstate", Kind.REVOKE: "revoke"}
_DONE: Final = {Kind.SUSPEND: "suspended", Kind.REINSTATE: "reinstated", Kind.REVOKE: "revoked"}


def _keys(line: Line) -> tuple[PublicKey | None, ...]:
    return (line.key, *line.retired, line.witness, line.mirror)


def _cosigning_key(line: Line, kind: Kind) -> PublicKey | None:
    return line.witness if kind is Kind.WITNESS else line.mirror
