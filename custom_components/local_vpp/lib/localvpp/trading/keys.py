"""What the log is proven to say of the keys of other devices. Pure.

A flat follows the entries as whoever replays the log does, and by the same rule (`etp.roster`): from the building's own
enrolment, which names the key that its device is named after, over its rotations to the key that the flat knows by its
own lineage. In between the building enrols devices, suspends, reinstates and revokes them, each by an entry that its
key of then has signed; and each device rotates its key by one that both of its keys have. So a flat that was enrolled
after the building had renewed its key believes what the key before has signed, and no old key enrols anybody after it.

What is not proven is that no entry was left out: that the building signs (`wire.keys_word`). An enrolment or a rotation
that it leaves out only takes words from it; a suspension or a revocation that it leaves out, whoever has the log finds.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from .. import tlog
from ..agreeing import KeyHistory
from ..etp import DeviceId, Envelope, FieldError, Kind, Line, Roster, parse_envelope
from ..wire import Keys
from .proving import Log, prove_entry

KEYED: Final = frozenset({Kind.ENROL, Kind.ROTATE, Kind.SUSPEND, Kind.REINSTATE, Kind.REVOKE})
"""Kinds that say with which key a device signs its words, and whether they are taken."""


class Replay:
    """The answer to one question, message by message: what an error leaves of it is of no use."""

    def __init__(self, log: Log, devices: Sequence[DeviceId]) -> None:
        self.devices = tuple(devices)
        self.since = 0
        """The first entry that was not told yet."""
        self._log = log
        self._roster = Roster(log.origin)
        self._lines: dict[DeviceId, list[tuple[int, Line]]] = defaultdict(list)

    def follow(self, told: Keys, head: tlog.Checkpoint) -> None:
        """Go on with what is told, a head being what the log's key has signed. It takes its time.

        Raises EtpError, TlogError.
        """
        if (told.devices, told.since) != (self.devices, self.since):
            raise FieldError("the keys that are told are not those that were asked for")
        if told.until > head.size:
            raise FieldError(f"keys are told up to entry {told.until}, proven by a head of {head.size} entries")
        at = told.since
        for each in told.entries:
            if not at <= each.index < told.until:
                raise FieldError(f"entry {each.index} is told out of its place")
            prove_entry(head, each.index, each.envelope, each.proof)
            signed = parse_envelope(each.envelope)
            device = _about(signed.envelope)
            if device not in (*self.devices, self._log.lineage.building):
                raise FieldError(f"entry {each.index} says nothing of the devices that were asked for")
            if self._roster.building is None and (each.index, device) != (0, self._log.lineage.building):
                raise FieldError("a log begins with the enrolment of the building's own key")
            self._roster.verify(signed)
            self._roster.admit(signed)
            self._roster.take(signed.envelope)
            self._lines[device].append((each.index, self._roster.line(device)))
            at = each.index + 1
        self.since = told.until

    def histories(self) -> dict[DeviceId, KeyHistory]:
        """Return what the entries say of each device, all of them being told. Raises EtpError."""
        lineage = self._log.lineage
        if self._roster.line(lineage.building).key != lineage.newest:
            raise FieldError("the building's rotations that are told do not lead to the key that it signs with")
        return {device: KeyHistory.of(self._lines[device]) for device in self.devices}


def _about(envelope: Envelope) -> DeviceId:
    """Return of which device an entry says something. Raises FieldError."""
    device = envelope.concerns if envelope.enrolled is None else envelope.enrolled.device
    if envelope.kind not in KEYED or device is None:
        raise FieldError(f"a record of kind {envelope.kind.name} says nothing of a key that words are signed with")
    return device
