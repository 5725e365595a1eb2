"""Collects the witnesses' signatures under the newest head, and publishes the head with them.

Each witness has a task of its own and is asked one thing at a time, always about the newest head: one that is slow
holds nobody up, and one that comes back begins where the log is by then. The head is published again, with at most 16
signatures, as soon as the policy is met; all of them can be asked for.

A witness that has signed a larger head than the log has proves that the log was set back: that is trouble, and the
coordinator says so instead of going on.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
import logging
from typing import Final, Protocol

from localvpp import tlog
from localvpp.clock import Clock

from .ask import Ask, Said

ANSWER_S: Final = 10.0
"""How long a witness may take; a flat answers within a round trip."""
RETRY_S: Final = 5.0
"""Before a witness that failed is asked again."""
KEPT_HEADS: Final = 64
"""Heads whose signatures can be asked for: those of about an hour of a busy building."""

_log = logging.getLogger(__name__)


class Heads(Protocol):
    """Where heads come from, and where they are published."""

    async def grown(self, old: int) -> tuple[bytes, tuple[tlog.Hash, ...]]:
        """Return the newest head and the proof that it has grown out of the one of `old` entries.

        Raises TlogError or OSError when the log's files are damaged.
        """
        ...

    async def publish_again(self, size: int, checkpoint: bytes) -> None:
        """Publish the head of a size again, with signatures. One that is not the newest any more is left alone."""
        ...


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
    quorum_size: int
    """Of the newest head that met the policy, 0 when none has."""
    quorum_ms: int | None


@dataclass(slots=True)
class _Round:
    """One head and who has signed it."""

    size: int
    text: bytes
    log_line: tlog.NoteSignature
    lines: dict[str, tlog.NoteSignature]
    met: bool = False


class Cosigning:
    """Asks the witnesses of one log. `run` works until it is cancelled."""

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
        self.trouble: str | None = None

    def subscribe(self, listener: Callable[[Cosigned], None]) -> None:
        """Call a listener, in the event loop, whenever a signature has come."""
        self._listeners.append(listener)

    @property
    def policy(self) -> tlog.Policy:
        """The policy that heads are published by."""
        return self._policy

    @property
    def state(self) -> Cosigned:
        """How far the witnesses are."""
        current = self._rounds.get(self._newest)
        flats = next((group for group in self._policy.groups if group.name == "flats"), None)
        return Cosigned(
            size=self._newest,
            signers=len(current.lines) if current else 0,
            witnesses=len(self._policy.witnesses),
            needed=flats.threshold if flats else 0,
            met=bool(current and current.met),
            quorum_size=self._quorum_size,
            quorum_ms=self._quorum_ms,
        )

    def lines(self, size: int) -> bytes | None:
        """Return all signature lines under a head of the last hour, None for any other."""
        found = self._rounds.get(size)
        return None if found is None else b"".join(line.encode().encode() for line in found.lines.values())

    def text(self, size: int) -> bytes | None:
        """Return the text of a head of the last hour, None for any other."""
        found = self._rounds.get(size)
        return None if found is None else found.text

    def head_moved(self, note: bytes) -> None:
        """Have a new head, signed by the log, cosigned by all who are its witnesses now."""
        self._policy = self._policy_of()
        opened = tlog.open_checkpoint(note, self._verifier)
        size = opened.checkpoint.size
        if size not in self._rounds:
            log_line = opened.note.verified[0]
            self._rounds[size] = _Round(size, opened.note.text, log_line, {})
            while len(self._rounds) > KEPT_HEADS:
                self._rounds.popitem(last=False)
        self._newest = size
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def ask(self, name: str, ask: Ask) -> None:
        """Ask one witness about each new head, from when the policy names it, until cancelled."""
        known, signed, failing = 0, -1, False
        while True:
            await self._news_for(name, signed)
            try:
                said, size, text = await self._put(ask, known)
                known, signed = await self._take(name, said, size, text, known)
            except (ConnectionError, TimeoutError, tlog.TlogError, OSError) as error:
                if not failing:
                    _log.warning("Witness %s does not sign: %s", name, error)
                failing = True
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

    async def _take(self, name: str, said: Said, size: int, text: bytes, known: int) -> tuple[int, int]:
        """Return the size that the witness has signed last, and the head that it has signed now, -1 for none."""
        verifiers = [tlog.make_verifier(each.key) for each in self._policy.witnesses if each.name == name]
        match tlog.read_answer(said.status, said.content_type, said.body, text, verifiers):
            case tlog.Cosigned(lines):
                await self._add(name, size, lines[0])
                return size, size
            case tlog.Stale(theirs) if theirs > size:
                self.trouble = (
                    f"witness {name} has signed {theirs} entries, the log has {size}: it was set back. Stop it, and "
                    "rebuild it from a mirror that has them"
                )
                raise ConnectionError(self.trouble)
            case tlog.Stale(theirs):
                if theirs == known:
                    raise ConnectionError(f"it says that it has signed {theirs} entries, and does not go on from there")
                return theirs, -1
            case tlog.Refused(status, reason):
                raise ConnectionError(f"it answers {status}: {reason}")

    async def _add(self, name: str, size: int, line: tlog.NoteSignature) -> None:
        found = self._rounds.get(size)
        if found is None:
            return
        found.lines[name] = line
        if not found.met and self._policy.is_met(found.lines):
            found.met = True
            if size > self._quorum_size:
                self._quorum_size, self._quorum_ms = size, self._clock.wall_ms()
            await self._heads.publish_again(size, self._note(found))
        for listener in self._listeners:
            listener(self.state)

    def _note(self, found: _Round) -> bytes:
        """Write a head with the log's signature and as many of the witnesses' as every reader takes."""
        chosen = self._policy.choose(found.lines) or ()
        shown: Mapping[str, tlog.NoteSignature] = {name: found.lines[name] for name in chosen[: tlog.MAX_PUBLISHED]}
        return tlog.Note(found.text, (found.log_line, *shown.values())).encode()
