"""Whose words a result counts by: one rule for each flat that hears of it, and for the auditor. Pure.

A word of agreement is its device's if a key has signed it which the log names for that device. Time plays no part in
it, but the place in the log does: the device was enrolled when the gate was closed, for how many have to agree was
fixed then; and at some entry from there to the CLEARED record it was active and had this key. So a word that was given
before a rotation counts beside one that was given after it, and neither a device that was suspended all the while, nor
a key that was renewed before the gate, or after the words were counted, says anything.

The building has no word on its own result.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .etp import DeviceId, EtpError, Line, PublicKey, SignatureError, Standing, cose
from .market.rounds import Cleared
from .wire import Found, RoundName, open_verdict


@dataclass(frozen=True, slots=True)
class Stand:
    """How a device stands in the log behind an entry, until the next one that says something of it."""

    behind: int
    """The entry's index."""
    key: PublicKey
    standing: Standing


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """What the log's entries say of one device, oldest first; empty for a device that they do not know."""

    stands: tuple[Stand, ...] = ()

    @classmethod
    def of(cls, lines: Iterable[tuple[int, Line]]) -> KeyHistory:
        """Return the history of what the roster had of a device behind some entries, oldest first."""
        stands = list[Stand]()
        for index, line in lines:
            if not stands or (stands[-1].key, stands[-1].standing) != (line.key, line.standing):
                stands.append(Stand(index, line.key, line.standing))
        return cls(tuple(stands))

    def keys(self, gate: int, cleared: int) -> tuple[PublicKey, ...]:
        """Return with which keys a word can be signed on a round whose gate was closed at so many entries.

        Args:
            gate: entries of the log when the gate was closed.
            cleared: the index of the round's CLEARED record, which is behind it.
        """
        before = [each for each in self.stands if each.behind < gate]
        if not before:
            return ()
        within = [before[-1], *(each for each in self.stands if gate <= each.behind < cleared)]
        return tuple(each.key for each in within if each.standing is Standing.ACTIVE)


@dataclass(frozen=True, slots=True)
class Agreeing:
    """Whose words of agreement a CLEARED document has."""

    devices: frozenset[DeviceId]
    """Those whose word counts: each once, however many words it has there."""
    vouching: frozenset[DeviceId]
    """Those that vouch for orders of their own (`market.rounds.agreement`); they may refuse for something else."""
    wrong: tuple[str, ...]
    """Why other words do not."""
    unproven: frozenset[DeviceId]
    """Of those the devices that no known key has signed for: the log may say more of them by now."""


class _UnprovenError(ValueError):
    """No key that the log names for a device has signed its word."""

    def __init__(self, device: DeviceId, why: str) -> None:
        super().__init__(f"that of device {device.hex()} {why}")
        self.device = device


def agreeing(
    cleared: Cleared, history: Callable[[DeviceId], KeyHistory], building: DeviceId, gate: int, index: int
) -> Agreeing:
    """Return whose words a document has which says that a result counts.

    Args:
        cleared: the document.
        history: gives what the log says of a device.
        building: its own device.
        gate: entries of the log when the round's gate was closed.
        index: of the CLEARED record that names the document.
    """
    devices, vouching, wrong, unproven = set[DeviceId](), set[DeviceId](), list[str](), set[DeviceId]()
    for word in cleared.words:
        try:
            device, found = _whose(word, cleared, history, building, gate, index)
            devices |= {device} if found.findings is None else set()
            vouching |= {device} if found.vouches else set()
        except _UnprovenError as error:
            unproven.add(error.device)
            wrong.append(str(error))
        except (EtpError, ValueError) as error:
            wrong.append(str(error))
    return Agreeing(frozenset(devices), frozenset(vouching), tuple(wrong), frozenset(unproven))


def said_by(word: bytes, origin: str) -> tuple[DeviceId, Found]:
    """Return which device a word names as its own, and what it says; whose it is its signature has to prove.

    Raises EtpError, ValueError.
    """
    device = DeviceId(bytes.fromhex(cose.parse(word, "the word").issuer.rpartition(":")[2]))
    return device, open_verdict(word, device, origin)


def _whose(
    word: bytes,
    cleared: Cleared,
    history: Callable[[DeviceId], KeyHistory],
    building: DeviceId,
    gate: int,
    index: int,
) -> tuple[DeviceId, Found]:
    """Return whose word it is, if it counts, and what it says. Raises EtpError, ValueError."""
    device, found = said_by(word, cleared.origin)
    named = device.hex()
    if (found.at, found.book, found.result) != (RoundName(cleared.slot, cleared.number), cleared.book, cleared.result):
        raise ValueError(f"that of device {named} is on another round, book or result")
    if found.findings is not None and not found.vouches:
        raise ValueError(f"that of device {named} does not agree")
    if device == building:
        raise ValueError(f"that of device {named} is the building's own")
    keys = history(device).keys(gate, index)
    if not keys:
        raise _UnprovenError(device, "does not count: it was not enrolled at the gate, or not active since")
    key_id = found.statement.header.key_id
    key = next((each for each in keys if each.key_id == key_id), None)
    if key is None:
        raise _UnprovenError(device, f"is signed with key {key_id.hex()}, which the log does not name for it then")
    try:
        found.statement.verify(key)
    except SignatureError as error:
        raise _UnprovenError(device, f"is not signed by it: {error}") from error
    return device, found
