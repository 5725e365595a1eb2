"""When the ledger may take records: a log that has witnesses waits at each start until a quorum has signed its head.

Data that was put back from a backup, a rebuilt log and an ordinary restart look the same from here: what the log held
beyond its last entry, only others can know. So there is one rule for all three. At a start nothing is taken and nothing
signed before a quorum of the log's witnesses has signed the very head that it has. Two quorums share more than a third
of the flats: had one signed a later head, some of those that are asked now would have signed it, too, and do not sign
an earlier one. While it is held, the word of witnesses that they know of more counts: the log cannot know better.

A log that runs does: it has signed all that it has since its head was found to be the newest, so that a number by which
a witness says otherwise is worth nothing. It is held again when a witness shows a larger head that the log's key has
signed. So no flat alone can stop a ledger that runs, and of three or fewer each can make one wait that starts, as it
can by being away.

Records wait meanwhile: flats keep theirs, the building's meters queue theirs, no slot is settled. Frames go on. What a
building does whose flats are gone for long, its manager decides (`go_on`); the ledger does not guess.
"""

import asyncio
from collections.abc import Collection
import logging
from pathlib import Path
from typing import Final

from localvpp.tlog import NO_QUORUM

from .ledger import Ledger
from .link import Hub
from .site import REBUILT
from .witnesses import Cosigning

LATE_S: Final = 60.0
"""Flats are back within their back-off; a quorum that takes longer is somebody's concern."""

_log = logging.getLogger(__name__)


class HoldError(Exception):
    """The ledger is not released by the manager's word, and nothing has changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Hold:
    """Holds one building's ledger, and releases it."""

    def __init__(self, ledger: Ledger, cosigning: Cosigning, hub: Hub, data: Path, file: str) -> None:
        """Take the rooms, the data folder and the name of the building's file, for what a person is told to type."""
        self._ledger = ledger
        self._cosigning = cosigning
        self._hub = hub
        self._mark = data / REBUILT
        self._file = file
        self._free = asyncio.Event()
        self._free.set()
        self._taken = asyncio.Event()
        self._set_back = False
        self._despite: set[str] = set()
        """Witnesses, by their names in the policy, that the manager has overruled in this run."""

    def begin(self, *, rebuilt: bool) -> None:
        """Hold a ledger that has been opened, if its log has witnesses, and follow what they say."""
        ledger, cosigning = self._ledger, self._cosigning
        if cosigning.policy.quorum != NO_QUORUM and ledger.size:
            self._hold()
            _log.log(
                logging.WARNING if rebuilt else logging.INFO,
                "%s log has %d entries, and takes no record before a quorum of its witnesses has signed that head",
                "The rebuilt" if rebuilt else "The",
                ledger.size,
            )
        elif rebuilt:
            _log.warning("The log was rebuilt at %d entries, and no witness could know of later ones", ledger.size)
            self._mark.unlink()
        cosigning.subscribe(lambda _: self.look())

    async def free(self) -> None:
        """Return when the ledger is not held."""
        await self._free.wait()

    async def run(self) -> None:
        """Tell of a hold that lasts, until cancelled."""
        while True:
            await self._taken.wait()
            try:
                async with asyncio.timeout(LATE_S):
                    await self._free.wait()
            except TimeoutError:
                _log.warning("Still no record is taken: %s", self._ledger.held)
                await self._free.wait()

    @property
    def set_back(self) -> str | None:
        """Say that the log has lost entries, as far as witnesses that nobody has overruled can tell; None if not."""
        return self._cosigning.set_back(by_word=self._ledger.held is not None, despite=self._despite)

    def go_on(self, size: int, despite: Collection[str] = ()) -> None:
        """Release the ledger by the word of the manager, who has read how many entries it has.

        He may name witnesses, flats by their number, that object and are wrong: they are not listened to in this run.
        Raises HoldError when the log has another number of entries, when a witness objects that he has not named, or
        one that he has named does not.
        """
        ledger, told = self._ledger, self._cosigning.state
        if ledger.held is None:
            return
        if size != ledger.size:
            raise HoldError("other_size", f"size: the log has {ledger.size} entries, not {size}: look again")
        objecting = {self._called(name): name for name in told.objections}
        if strange := sorted(set(despite) - objecting.keys()):
            raise HoldError(
                "not_objecting",
                f"despite: {', '.join(strange)} does not object now; those who do: {', '.join(objecting) or 'nobody'}",
            )
        if others := sorted(objecting.keys() - set(despite)):
            raise HoldError(
                "objected",
                f"a witness objects ({', '.join(others)}), so going on would fork the log: {self._cosigning.trouble}. "
                "If you know that it is wrong, name it with --despite",
            )
        for name in despite:
            self._despite.add(objecting[name])
            said = told.objections[objecting[name]]
            _log.warning("The manager overrules witness %s, which says %s (size: %s)", name, said.kind, said.size)
        _log.warning(
            "The manager lets the log go on from %d entries with the word of %d of its %d witnesses: if one of the "
            "others has signed more, this forks it",
            ledger.size,
            told.signers,
            told.witnesses,
        )
        self._release()

    def look(self) -> None:
        """Judge anew: a witness has signed or objected, or the log has grown and its members with it."""
        ledger, told, set_back = self._ledger, self._cosigning.state, self.set_back
        if ledger.held is not None and told.met and told.size == ledger.size:
            if self._set_back:
                _log.warning("A quorum of witnesses has signed the head of %d entries after all", ledger.size)
            else:
                _log.info("A quorum of witnesses has signed the head of %d entries: records are taken", ledger.size)
            self._release()
        elif set_back is not None:
            if not self._set_back:
                _log.error("No record is taken any more: %s", set_back)
            self._set_back = True
            self._hold()
        elif ledger.held is not None:
            self._set_back = False
            self._hold()

    def _hold(self) -> None:
        self._ledger.hold(self.set_back or self._waits())
        self._free.clear()
        self._taken.set()

    def _release(self) -> None:
        self._set_back = False
        self._taken.clear()
        self._ledger.release()
        self._free.set()
        self._hub.told_anew()
        try:
            self._mark.unlink(missing_ok=True)  # One small file, once in a building's life.
        except OSError as error:
            _log.warning("The next start calls the log rebuilt once more, for a file cannot be removed: %s", error)

    def _called(self, witness: str) -> str:
        """Return how people call a witness of the policy: a flat by its number."""
        flats = self._ledger.directory.flats
        return next((flat.name for flat in flats if flat.device.hex() == witness), witness)

    def _waits(self) -> str:
        told = self._cosigning.state
        return (
            f"a quorum of the witnesses has yet to sign the head of {self._ledger.size} entries ({told.signers} of "
            f"{told.witnesses} have). Records wait for that, and none is lost. If witnesses are gone for long, let the "
            f"log go on without them: local-vpp coordinator go-on {self._file}"
        )
