"""What the entries of a log must be, told by the entries themselves: key directory, chains, and who may write what.

A record must be signed by the key that its device has at that place, be one that the device may write (`roster`), come
next on its device's chain and be meant for this log; slots are settled in their order, each once, and corrected after
that. Whoever replays a log through a Directory repeats the checks that the coordinator made when it accepted the
records, so there is one rule for both.
"""

from collections.abc import Mapping

from .chain import EMPTY, Head
from .envelope import Kind, SignedEnvelope
from .errors import ChainError
from .keys import DeviceId, PublicKey
from .roster import Line, Roster, Standing


class Directory:
    """Keys and chain heads after a number of entries; memory grows with the devices, not with the entries."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.roster = Roster(origin)
        self._heads: dict[DeviceId, Head] = {}
        self._settled = -1
        """The last slot that is settled."""

    @property
    def building(self) -> DeviceId | None:
        """The building's own device; None before the first entry."""
        return self.roster.building

    def key(self, device: DeviceId) -> PublicKey:
        """Return the key that a device signs with.

        Raises UnknownDeviceError.
        """
        return self.roster.line(device).key

    def head(self, device: DeviceId) -> Head:
        """Return the end of a device's chain: EMPTY before its first record."""
        return self._heads.get(device, EMPTY)

    @property
    def devices(self) -> frozenset[DeviceId]:
        """All devices that were ever enrolled, the building's own among them."""
        return frozenset(self.roster.lines)

    def cosigning(self, kind: Kind) -> Mapping[DeviceId, PublicKey]:
        """Return the keys that devices witness or mirror with; those of a revoked device are no longer among them."""

        def key(line: Line) -> PublicKey | None:
            return line.witness if kind is Kind.WITNESS else line.mirror

        lines = self.roster.lines.values()
        return {
            line.device: named
            for line in lines
            if line.standing is not Standing.REVOKED and (named := key(line)) is not None
        }

    def check(self, signed: SignedEnvelope, head: Head | None = None) -> Head:
        """Return the device's head after this entry, if the entry may come next; nothing is changed.

        `head` stands for the directory's own head of the device, while a batch is being checked.
        Raises FieldError, UnknownDeviceError, SignatureError, SuspendedError, RevokedError, AuthorityError or
        ChainError.
        """
        self.roster.verify(signed)
        self.roster.admit(signed)
        envelope = signed.envelope
        if envelope.kind is Kind.SETTLED and envelope.slot <= self._settled:
            raise ChainError(
                f"slot {envelope.slot} is settled after slot {self._settled}: each is settled once, in their order, or "
                "two flats could be shown two settlements"
            )
        if envelope.kind is Kind.CORRECTION and envelope.slot > self._settled:
            raise ChainError(
                f"slot {envelope.slot} is corrected, and slot {self._settled} is the last that is settled: what is not "
                "settled has no value yet that could change"
            )
        return (head or self.head(signed.envelope.device)).follow(signed.envelope, signed.hash)

    def take(self, signed: SignedEnvelope, head: Head) -> None:
        """Enter a record that `check` has returned this head for."""
        self._heads[signed.envelope.device] = head
        if signed.envelope.kind is Kind.SETTLED:
            self._settled = signed.envelope.slot
        self.roster.take(signed.envelope)
