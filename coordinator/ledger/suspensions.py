"""Keys in two hands: which flats nothing more is taken of, since when, and who has to be told."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
import logging
from types import MappingProxyType

from localvpp.etp import DeviceId, Kind, Roster, Standing

from ..store import Member, Role, entries as entry_store
from .conflict import Conflict, is_in_force, is_of_two_hands
from .directory import Directory

_log = logging.getLogger(__name__)


class Suspensions:
    """The flats that have signed two records with one seq.

    A suspension is in force from the moment in which the conflict is durable until the building reinstates or revokes
    the flat. The flat is suspended by an entry, too, as soon as one can be written. One that is suspended already, for
    another reason, has its entry: nothing more is written, and when it is reinstated somebody has looked at both.
    """

    def __init__(self) -> None:
        self._conflicts: list[Conflict] = []
        self._in_force: dict[DeviceId, Conflict] = {}
        self._said: set[DeviceId] = set()
        """Flats that entries of before the start suspend for it."""
        self._before: set[DeviceId] = set()
        """Flats that were suspended for something else when it was found."""
        self._untold: list[Conflict] = []
        self._listeners: list[Callable[[Conflict], None]] = []

    @property
    def conflicts(self) -> Sequence[Conflict]:
        """The records that were contradicted, oldest first."""
        return tuple(self._conflicts)

    @property
    def in_force(self) -> Mapping[DeviceId, Conflict]:
        """For whom nothing is taken, as it is at any time."""
        return MappingProxyType(self._in_force)

    def keeps_out(self, device: DeviceId, roster: Roster) -> bool:
        """Whether an entry suspends a flat because its key is in two hands."""
        known = device in self._said or (device in self._in_force and device not in self._before)
        return known and roster.line(device).standing is Standing.SUSPENDED

    def unsaid(self, roster: Roster) -> Sequence[Conflict]:
        """Return the conflicts for which a flat is still to be suspended by an entry."""
        return tuple(
            conflict for device, conflict in self._in_force.items() if roster.line(device).standing is Standing.ACTIVE
        )

    def subscribe(self, listener: Callable[[Conflict], None]) -> Callable[[], None]:
        """Call a listener, in the event loop, for each flat of which nothing is taken from then on."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def add(self, conflict: Conflict, member: Member | None) -> None:
        """Take nothing more of a flat whose second record with one seq is durable."""
        if not any((known.device, known.seq) == (conflict.device, conflict.seq) for known in self._conflicts):
            self._conflicts.append(conflict)
        if member is None or member.role is not Role.FLAT or member.standing is Standing.REVOKED:
            return
        if conflict.device in self._in_force:
            return
        self._in_force[conflict.device] = conflict
        if member.standing is Standing.SUSPENDED:
            self._before.add(conflict.device)
        _log.error(
            "Flat %s has signed two records with number %d, %s and %s: nothing more is taken of it",
            member.name,
            conflict.seq,
            conflict.logged.hex(),
            conflict.hash.hex(),
        )
        self._untold.append(conflict)

    def lift(self, before: Roster, now: Roster) -> None:
        """Take the records again of whom the building has reinstated; of the revoked, the roster takes none."""
        self._said = {device for device in self._said if now.line(device).standing is Standing.SUSPENDED}
        for device in tuple(self._in_force):
            standing, known = now.line(device).standing, before.lines.get(device)
            was_suspended = known is not None and known.standing is Standing.SUSPENDED
            if standing is Standing.REVOKED or (standing is Standing.ACTIVE and was_suspended):
                del self._in_force[device]
                self._before.discard(device)

    def take_up(self, conflicts: Sequence[Conflict], directory: Directory, words: Sequence[entry_store.Word]) -> None:
        """Know what is durable."""
        self._conflicts = list(conflicts)
        last = {word.concerns: word for word in words}
        self._said = {device for device, word in last.items() if is_of_two_hands(word)}
        for conflict in conflicts:
            member = directory.get(conflict.device)
            if conflict.device not in self._in_force and is_in_force(conflict, member, words):
                self._in_force[conflict.device] = conflict
                word = last.get(conflict.device)
                if word is not None and word.kind is Kind.SUSPEND and word.reason != conflict.reason:
                    self._before.add(conflict.device)

    def tell(self) -> None:
        """Tell of such flats. Their senders are answered first: what a listener says is the end of their links."""
        untold, self._untold = self._untold, []
        for conflict in untold:
            for listener in tuple(self._listeners):
                asyncio.get_running_loop().call_soon(listener, conflict)
