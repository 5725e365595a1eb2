"""The keys of other devices as a flat knows them: asked for once, proven by the log, kept in its database.

One question is out at a time. It ends with its connection: what it was asked for is heard again then, and asked for
again. A device that the log does not know is not kept.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
import json
import logging
import sqlite3
from typing import Any, Final

from .. import tlog
from ..agreeing import KeyHistory, Stand
from ..clock import Clock
from ..etp import BadKeyError, DeviceId, EtpError, FieldError, PublicKey, Standing
from ..etp.keys import algorithm
from ..guard import Guard
from ..store import FlatStore
from ..wire import MOST_KEYS, AskKeys, Keys, Membership, check_keys
from .keys import Replay
from .proving import Log

ASK_AGAIN_S: Final = 60.0
"""A question that is not answered for so long is asked once more over the same connection."""

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    history: KeyHistory
    told: int
    """All entries before this one are in it."""


@dataclass(slots=True)
class _Question:
    replay: Replay | None
    """None until the first message of the answer."""
    devices: tuple[DeviceId, ...]
    need: int
    """The answer has to be told up to here, at least."""
    asked: float
    """When, by the monotonic clock."""

    @property
    def message(self) -> AskKeys:
        return AskKeys(self.devices, 0 if self.replay is None else self.replay.since)


class KeyBook:
    """Of one flat. All that waits raises StoreError when the store fails.

    Args:
        membership: the flat, and its building.
        store: its database.
        guard: compares heads of the log.
        clock: its monotonic time.
    """

    def __init__(self, membership: Membership, store: FlatStore, guard: Guard, clock: Clock) -> None:
        self._own = membership
        self._store = store
        self._guard = guard
        self._clock = clock
        self._known: dict[DeviceId, _Known] = {}
        self._wanted: dict[DeviceId, int] = {}
        """What is to be asked for: up to which entry it has to be told."""
        self._question: _Question | None = None

    async def restore(self) -> None:
        """Go on with what was known before a restart."""

        def work(db: sqlite3.Connection) -> dict[DeviceId, _Known]:
            rows = db.execute("SELECT device, told, history FROM key_history")
            return {DeviceId(device): _Known(_read(history), told) for device, told, history in rows}

        self._known = await self._store.run(work)

    def history(self, device: DeviceId) -> KeyHistory:
        """Return what is known of a device."""
        known = self._known.get(device)
        return KeyHistory() if known is None else known.history

    def lacking(self, devices: Collection[DeviceId], need: int) -> frozenset[DeviceId]:
        """Return of which devices not all entries before one are known."""
        return frozenset(each for each in devices if each not in self._known or self._known[each].told < need)

    def again(self) -> None:
        """Begin a connection: the question that was out was lost with the one before."""
        self._question = None
        self._wanted.clear()
        self._known = {device: known for device, known in self._known.items() if known.history.stands}

    def ask(self, devices: Collection[DeviceId], need: int) -> list[AskKeys]:
        """Return the question for what the log says of devices before an entry; none while another one is out."""
        for each in devices:
            self._wanted[each] = max(need, self._wanted.get(each, 0))
        return self._next() if self._question is None else []

    def overdue(self) -> list[AskKeys]:
        """Return the question that was not answered for long."""
        question, now = self._question, self._clock.monotonic()
        if question is None or now < question.asked + ASK_AGAIN_S:
            return []
        question.asked = now
        return [question.message]

    async def take(self, said: Keys, log: Log) -> tuple[list[AskKeys], bool]:
        """Take what the building tells; return what is asked next, and whether more is known now.

        Raises EtpError, TlogError: it is not the building's word, or not proven.
        """
        own, question = self._own, self._question
        check_keys(said, log.lineage.newest, log.lineage.building, own.origin, own.device)
        note = said.checkpoint.encode()
        head = tlog.open_checkpoint(note, log.key, origin=log.origin).checkpoint
        await self._guard.compare(head, note)
        if question is None or (said.devices, said.since) != (question.devices, question.message.since):
            _LOGGER.debug("Flat %s is told keys that it has not asked for, or has been told", own.flat)
            return [], False
        replay = question.replay = question.replay or Replay(log, question.devices)
        await asyncio.to_thread(replay.follow, said, head)
        question.asked = self._clock.monotonic()
        if replay.since < question.need:
            if said.until == said.since:
                raise FieldError(f"keys are told up to entry {said.until} of the log, and no further")
            return [question.message], False
        histories = replay.histories()
        await self._keep(histories, replay.since)
        self._question = None
        for each in question.devices:
            if self._wanted.get(each, 0) <= replay.since:
                self._wanted.pop(each, None)
        return self._next(), True

    def _next(self) -> list[AskKeys]:
        if not self._wanted:
            return []
        devices = tuple(sorted(self._wanted)[:MOST_KEYS])
        need = max(self._wanted[each] for each in devices)
        self._question = _Question(None, devices, need, self._clock.monotonic())
        return [self._question.message]

    async def _keep(self, histories: dict[DeviceId, KeyHistory], told: int) -> None:
        rows = [(device, told, _plain(history)) for device, history in histories.items() if history.stands]

        def work(db: sqlite3.Connection) -> None:
            with db:
                db.executemany("INSERT OR REPLACE INTO key_history (device, told, history) VALUES (?, ?, ?)", rows)

        await self._store.run(work)
        self._known |= {device: _Known(history, told) for device, history in histories.items()}


def _plain(history: KeyHistory) -> str:
    return json.dumps(
        [[each.behind, int(each.key.algorithm), each.key.data.hex(), each.standing] for each in history.stands]
    )


def _read(kept: str) -> KeyHistory:
    """Return a history that was kept. Raises ValueError."""
    told: Any = json.loads(kept)
    try:
        return KeyHistory(
            tuple(
                Stand(behind, PublicKey(algorithm(kind), bytes.fromhex(key)), Standing(standing))
                for behind, kind, key, standing in told
            )
        )
    except (TypeError, EtpError, BadKeyError) as error:
        raise ValueError(f"keys of a device cannot be read: {error}") from error
