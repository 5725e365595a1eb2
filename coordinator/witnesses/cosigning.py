"""Collects the witnesses' signatures under the newest head, and publishes the head with them.

Each witness has a task of its own and is asked one thing at a time, always about the newest head: one that is slow
holds nobody up, and one that comes back begins where the log is by then. The head is published again, with at most 16
signatures, as soon as the policy is met that follows from the entries under it; all of them can be asked for.

A witness that says it knows a larger head than the log has says that the log was set back. A number alone may be wrong,
or a lie; with the head itself, which only the log's key can have signed, it is a proof. What follows is for `holding`.

What a witness says against the log counts while it is there to be asked: until it signs, its link ends, or it has not
answered for a minute. Else one that is wrong, or lies, could say it once and be gone.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
import logging
from typing import Final, Protocol

from localvpp import tlog
from localvpp.clock import Clock

from .ask import Ask, Said
from .policy import FLATS

ANSWER_S: Final = 10.0
"""How long a witness may take; a flat answers within a round trip."""
RETRY_S: Final = 5.0
"""Before a witness that failed is asked again."""
KEPT_HEADS: Final = 64
"""Heads whose signatures can be asked for: those of about an hour of a busy building."""
LAPSES_S: Final = 60.0
"""An objection is forgotten when its witness has not answered for so long."""
LATE_S: Final = 60.0
"""A quorum that takes longer is late: witnesses are gone, and somebody should look."""

_log = logging.getLogger(__name__)


class Heads(Protocol):
    """Where heads come from, and where they are published."""

    async def grown(self, old: int) -> tuple[bytes, tuple[tlog.Hash, ...]]:
        """Return the newest head and the proof that it has grown out of the one of `old` entries.

        Raises TlogError or OSError when the log's files are damaged.
        """
        ...

    async def publish_again(self, size: int, checkpoint: bytes) -> None:
        """Publish the head of a size again, with signatures. One that is not the newest any more is left alone.

        Raises OSError.
        """
        ...


class ObjectionKind(StrEnum):
    """Why a witness that answers does not sign."""

    AHEAD = "ahead"
    """It says that it has signed more entries than the log has: the log was set back, or the witness lies."""
    FORK = "fork"
    """It says that the head does not follow from the one that it has signed: the log has two histories, or it lies."""


@dataclass(frozen=True, slots=True)
class Objection:
    """What one witness says against the log. It may be wrong, or lie; whoever reads it should look."""

    kind: ObjectionKind
    size: int | None = None
    """How many entries it says that it has signed, or holds a proof of."""
    shown: bool = False
    """Whether it has shown that head: the log's key has signed it."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """How far the witnesses are."""

    size: int
    """Of the newest head that was asked about."""
    signers: int
    """How many witnesses have signed it."""
    witnesses: int
    needed: int
    """Flats that have to sign; 0 when the policy asks for none of them."""
    met: bool
    """Whether the newest head meets its policy; one that asks for nobody is not met."""
    quorum_size: int
    """Of the newest head that met its policy, 0 when none has."""
    quorum_ms: int | None
    objections: Mapping[str, Objection]
    """Of the witnesses that say something against the log, by their names in the policy."""


@dataclass(frozen=True, slots=True)
class _Said:
    """An objection, as long as it counts."""

    objection: Objection
    heard_by: Ask
    """Over which way it came: it ends with that."""
    at: float


@dataclass(slots=True)
class _Round:
    """One head and who has signed it."""

    size: int
    text: bytes
    log_line: tlog.NoteSignature
    policy: tlog.Policy
    began: float
    lines: dict[str, tlog.NoteSignature] = field(default_factory=dict)
    met: bool = False
    published: bool = False


class Cosigning:
    """Asks the witnesses of one log."""

    def __init__(self, heads: Heads, log: tlog.VerifierKey, policy: Callable[[], tlog.Policy], clock: Clock) -> None:
        self._heads = heads
        self._verifier = tlog.Ed25519Verifier(log)
        self._policy_of = policy
        self._policy = policy()
        self._clock = clock
        self._rounds: OrderedDict[int, _Round] = OrderedDict()
        self._newest = 0
        self._quorum_size = 0
        self._quorum_ms: int | None = None
        self._moved = asyncio.Event()
        """Set, and replaced, with each new head."""
        self._listeners: list[Callable[[Cosigned], None]] = []
        self._objections: dict[str, _Said] = {}
        """What witnesses say against the log since they signed it last."""
        self._unpublished = False
        """Whether the newest quorum could not be written."""

    def subscribe(self, listener: Callable[[Cosigned], None]) -> None:
        """Call a listener, in the event loop, whenever a signature or an objection has come."""
        self._listeners.append(listener)

    @property
    def policy(self) -> tlog.Policy:
        """The policy that the newest head is published by."""
        return self._policy

    @property
    def state(self) -> Cosigned:
        """How far the witnesses are."""
        current = self._rounds.get(self._newest)
        flats = next((group for group in self._policy.groups if group.name == FLATS), None)
        return Cosigned(
            size=self._newest,
            signers=len(current.lines) if current else 0,
            witnesses=len(self._policy.witnesses),
            needed=flats.threshold if flats else 0,
            met=bool(current and current.met),
            quorum_size=self._quorum_size,
            quorum_ms=self._quorum_ms,
            objections=self.objections,
        )

    # --- What is wrong ------------------------------------------------------------------------------------------------

    @property
    def objections(self) -> Mapping[str, Objection]:
        """What witnesses that are there say against the log, by their names in the policy."""
        return {name: each.objection for name, each in self._objections.items() if self._names(name)}

    def set_back(self, *, by_word: bool, despite: Collection[str] = ()) -> str | None:
        """Say that the log has lost entries and cannot go on; None when that is not shown.

        One head that the log's key has signed shows it. Where words count, so do so many witnesses that without them
        no quorum can be had. Who is named in `despite` is not listened to.
        """
        claims = {name: each for name, each in self._claims.items() if name not in despite}
        if any(self.objections[name].shown for name in claims):
            return self._claimed()
        others = {witness.name for witness in self._policy.witnesses} - claims.keys()
        return self._claimed() if by_word and claims and not self._policy.is_met(others) else None

    @property
    def trouble(self) -> str | None:
        """What a person should see to; None when there is nothing."""
        if self._claims:
            return self._claimed()
        if self.objections:
            names = ", ".join(sorted(self.objections))
            return (
                f"witnesses say that the newest head does not follow from the one that they have signed ({names}): the "
                "log has two histories, or they are wrong. Compare with the heads that these flats keep as evidence"
            )
        if self._unpublished:
            return "the signatures under the newest head cannot be written: see that the disk is not full"
        waiting = next((each for each in self._rounds.values() if each.size > self._quorum_size), None)
        if self._policy.quorum == tlog.NO_QUORUM or waiting is None:
            return None
        if (late := self._clock.monotonic() - waiting.began) < LATE_S:
            return None
        newest = self._rounds[self._newest]
        return (
            f"no head was signed by enough witnesses for {late:.0f} s ({newest.policy.explain(newest.lines)}): "
            "see which flats are not connected"
        )

    @property
    def _claims(self) -> dict[str, int]:
        """Witnesses that say they know of more entries than there were, and of how many."""
        return {name: each.size for name, each in self.objections.items() if each.size is not None}

    def _claimed(self) -> str:
        told = ", ".join(
            f"{name} {size} entries{', and shows that head' if self.objections[name].shown else ''}"
            for name, size in sorted(self._claims.items())
        )
        return (
            f"witnesses say that they know of more than the log had ({told}): it was set back, as by an old "
            "backup, or they are wrong. If it was, stop the coordinator, and put back a backup that has them; or move "
            "the data folder away and rebuild it from a flat's mirror that has them: local-vpp ledger rebuild "
            "building.yaml --from MIRROR --recovery-key FILE"
        )

    # --- Signatures ---------------------------------------------------------------------------------------------------

    def lines(self, size: int) -> bytes | None:
        """Return all signature lines under one of the last heads; None for any other."""
        found = self._rounds.get(size)
        return None if found is None else b"".join(line.encode().encode() for line in found.lines.values())

    def text(self, size: int) -> bytes | None:
        """Return the text of one of the last heads, None for any other."""
        found = self._rounds.get(size)
        return None if found is None else found.text

    def note(self, size: int) -> bytes | None:
        """Return one of the last heads with as many signatures as every reader takes; None for any other."""
        found = self._rounds.get(size)
        return None if found is None else self._write(found)

    def proof_note(self, index: int) -> bytes | None:
        """Return the newest head over an entry that has met its policy, with every signature that this took.

        A proof is held against the policy by whoever gets it, with nothing else at hand: it cannot show 16 where more
        are needed. None when no such head is kept.
        """
        found = self._rounds.get(self._quorum_size)
        return None if found is None or index >= found.size else self._write(found, tlog.MAX_SIGNATURES)

    def head_moved(self, note: bytes) -> None:
        """Have a new head, signed by the log, cosigned by all who are its witnesses now."""
        self._policy = self._policy_of()
        opened = tlog.open_checkpoint(note, self._verifier)
        size, log_line = opened.checkpoint.size, opened.note.verified[0]
        if size not in self._rounds:
            self._rounds[size] = _Round(size, opened.note.text, log_line, self._policy, self._clock.monotonic())
            while len(self._rounds) > KEPT_HEADS:
                self._rounds.popitem(last=False)
        self._newest = size
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def ask(self, name: str, ask: Ask) -> None:
        """Ask one witness about each new head, from when the policy names it, until cancelled."""
        try:
            await self._ask(name, ask)
        finally:
            self._forget(name, lambda said: said.heard_by is ask)

    async def _ask(self, name: str, ask: Ask) -> None:
        known, signed, failing, stale = 0, -1, False, False
        while True:
            await self._news_for(name, signed)
            try:
                said, size, text = await self._put(ask, known)
                known, signed = await self._take(name, ask, said, size, text, known)
                if stale and signed != size:
                    raise ConnectionError(f"it says that it has signed {known} entries, after other answers")
                stale = signed != size
            except (ConnectionError, TimeoutError, tlog.TlogError, OSError) as error:
                if not failing:
                    _log.warning("Witness %s does not sign: %s", name, str(error) or f"no answer in {ANSWER_S:g} s")
                failing = True
                self._forget(name, lambda said: self._clock.monotonic() - said.at >= LAPSES_S)
                await asyncio.sleep(RETRY_S)
            else:
                if failing and signed == size:
                    failing = False
                    _log.info("Witness %s signs again", name)

    async def _news_for(self, name: str, signed: int) -> None:
        """Wait for a head that a witness has not signed; one that the policy does not name has nothing to sign."""
        while not self._names(name) or self._newest in {0, signed}:
            await self._moved.wait()

    def _names(self, name: str) -> bool:
        return any(witness.name == name for witness in self._policy.witnesses)

    async def _put(self, ask: Ask, known: int) -> tuple[Said, int, bytes]:
        note, path = await self._heads.grown(known)
        opened = tlog.open_checkpoint(note, self._verifier)
        request = tlog.AddCheckpoint(known, path, note).encode()
        async with asyncio.timeout(ANSWER_S):
            return await ask(request), opened.checkpoint.size, opened.note.text

    def _object(self, name: str, ask: Ask, objection: Objection) -> None:
        self._objections[name] = _Said(objection, ask, self._clock.monotonic())
        self._tell()

    def _forget(self, name: str, ends: Callable[[_Said], bool]) -> None:
        """Forget what a witness has said against the log, if that ends it."""
        said = self._objections.get(name)
        if said is not None and ends(said):
            del self._objections[name]
            _log.warning("Witness %s, which said something against the log, is gone: that counts no more", name)
            self._tell()

    def _is_shown(self, note: bytes) -> bool:
        """Whether a head is the log's, and larger than the newest one."""
        try:
            return tlog.open_checkpoint(note, self._verifier).checkpoint.size > self._newest
        except tlog.TlogError:
            return False  # Only a word, then: whoever showed it can write anything.

    async def _take(self, name: str, ask: Ask, said: Said, size: int, text: bytes, known: int) -> tuple[int, int]:
        """Return the size that the witness has signed last, and the head that it has signed now, -1 for none."""
        found = self._rounds.get(size)
        policy = self._policy if found is None else found.policy
        verifiers = [tlog.make_verifier(each.key) for each in policy.witnesses if each.name == name]
        match tlog.read_answer(said.status, said.content_type, said.body, text, verifiers):
            case tlog.Cosigned(lines):
                self._objections.pop(name, None)
                if found is not None:
                    await self._add(found, name, lines[0])
                return size, size
            case tlog.Stale(theirs) if theirs > max(size, self._newest):
                self._object(name, ask, Objection(ObjectionKind.AHEAD, theirs, self._is_shown(said.shows)))
                raise ConnectionError(f"it says that it knows of {theirs} entries, the log has {self._newest}")
            case tlog.Stale(theirs):
                if theirs == known:
                    raise ConnectionError(f"it says that it has signed {theirs} entries, and does not go on from there")
                return theirs, -1
            case tlog.Refused(status, reason):
                if status == HTTPStatus.UNPROCESSABLE_ENTITY:
                    # One that has signed more than there was says the stronger thing, and goes on saying it.
                    before = self.objections.get(name)
                    self._object(name, ask, before or Objection(ObjectionKind.FORK))
                raise ConnectionError(f"it answers {status}: {reason}")

    async def _add(self, found: _Round, name: str, line: tlog.NoteSignature) -> None:
        found.lines[name] = line
        found.met = found.met or found.policy.is_met(found.lines)
        if found.met and not found.published:
            await self._publish(found)
        if found.met and found.size > self._quorum_size:
            self._quorum_size, self._quorum_ms = found.size, self._clock.wall_ms()
        self._tell()

    def _tell(self) -> None:
        state = self.state
        for listener in self._listeners:
            listener(state)

    async def _publish(self, found: _Round) -> None:
        found.published = True
        try:
            await self._heads.publish_again(found.size, self._write(found))
        except OSError as error:
            # The next signature, under this head or another, tries again.
            found.published = False
            if not self._unpublished:
                _log.warning("A head cannot be published with its signatures: %s", error)
            self._unpublished = True
        else:
            if self._unpublished:
                _log.info("Heads are published with their signatures again")
            self._unpublished = False

    @staticmethod
    def _write(found: _Round, most: int = tlog.MAX_PUBLISHED) -> bytes:
        """Write a head with the log's signature and the witnesses' that are enough, or the first of them."""
        chosen = found.policy.choose(found.lines) or ()
        return tlog.Note(found.text, (found.log_line, *(found.lines[name] for name in chosen[:most]))).encode()
