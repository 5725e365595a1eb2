"""Hears which results count: by the words of enough flats, each verified with a key that the log names for its device.

What is said to count waits for the keys that are lacking. It is not kept: as long as the round is open, or waits, each
new connection asks again what came of it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from ..agreeing import Agreeing
from ..etp import Kind
from ..guard import Guard
from ..market.rounds import digest
from ..wire import MOST_ASKED, MOST_FINDINGS, AskMarket, FromFlat, Keys, RoundName, Traded, encode
from .heard import Heard
from .judging import cleared_problems, with_trades, words_of
from .kept import KeptRound
from .keybook import KeyBook
from .proving import Log, prove_named
from .rulebook import RuleBook
from .shelf import Shelf
from .view import newest_of

MOST_WAITING: Final = 4 * 2**20
"""Bytes of documents that wait for keys: the rounds of days, where a few hundred flats agree."""


class Counting:
    """Of one flat. All that waits raises StoreError when the store fails.

    Args:
        shelf: its rounds.
        rules: of the market.
        keys: of other devices.
        guard: compares heads of the log.
        kept: gives a round, or the begin of one that the flat has not had to do with; None of one that is none.
    """

    def __init__(
        self,
        shelf: Shelf,
        rules: RuleBook,
        keys: KeyBook,
        guard: Guard,
        kept: Callable[[RoundName], Awaitable[KeptRound | None]],
    ) -> None:
        self._shelf = shelf
        self._rules = rules
        self._keys = keys
        self._guard = guard
        self._kept = kept
        self._waiting: dict[RoundName, Traded | None] = {}
        """What is said to count, and waits for the keys of those who have agreed; None where it is to be said again."""

    async def traded(self, said: Traded, log: Log) -> Heard:
        """Hear that a result counts: it waits as long as keys are lacking by which its words are verified."""
        proven = prove_named(log, Kind.CLEARED, said.at.slot, digest(said.document), said)
        await self._guard.compare(proven.head, proven.note)
        kept = await self._kept(said.at)
        if kept is not None and self._contradicts(said, kept):
            await self._shelf.hold_against(kept, [f"two results of {kept.at} are said to count"], encode(said))
            return Heard(ended=(said.at.slot,))
        if kept is None or kept.is_traded or kept.book is None or kept.result is None:
            self._waiting.pop(said.at, None)
            return Heard(ended=(said.at.slot,))
        keys, building = self._keys, log.lineage.building
        words = await asyncio.to_thread(words_of, said.document, said.index, kept, keys.history, building)
        if lacking := keys.lacking(words.unproven, said.index):
            self._wait(said)
            return Heard(tuple(keys.ask(lacking, said.index)))
        self._waiting.pop(said.at, None)
        await self._judged(said, kept, words, proven.record.body.start_ms, log)
        return Heard(ended=(said.at.slot,))

    def _contradicts(self, said: Traded, kept: KeptRound) -> bool:
        """Whether another result of the round counts, or waits for its keys."""
        if kept.is_traded:
            return kept.cleared_name != digest(said.document)
        waits = self._waiting.get(said.at)
        return waits is not None and waits.document != said.document

    def _wait(self, said: Traded) -> None:
        """Keep what is said to count until it can be judged; what is too much is asked for again."""
        others = (each.document for at, each in self._waiting.items() if each is not None and at != said.at)
        room = MOST_WAITING - sum(map(len, others))
        self._waiting[said.at] = said if len(said.document) <= room else None

    async def keys_told(self, said: Keys, log: Log) -> Heard:
        """Hear of keys, and judge what has waited for them."""
        answers, whole = await self._keys.take(said, log)
        told, ended = list[FromFlat](answers), list[int]()
        for waits in tuple(self._waiting.values()) if whole else ():
            if waits is not None:
                heard = await self.traded(waits, log)
                told += heard.answers
                ended += heard.ended
        again = sorted(at for at, waits in self._waiting.items() if waits is None)
        if whole and again and len(again) == len(self._waiting):
            told.append(AskMarket(tuple(again[:MOST_ASKED])))
        return Heard(tuple(told), tuple(ended))

    def again(self) -> list[RoundName]:
        """Return the rounds of which it has to be said again what came of them: a connection begins."""
        self._keys.again()
        self._waiting = dict.fromkeys(self._waiting)
        return list(self._waiting)

    async def _judged(self, said: Traded, kept: KeptRound, words: Agreeing, written_ms: int, log: Log) -> None:
        rules = self._rules.opened(kept.rules, log.lineage)
        findings = await asyncio.to_thread(cleared_problems, said.document, written_ms, kept, rules, words)
        if kept.untraded is not None:
            findings.append(f"{kept.at} is traded by the log, and nothing was said to be traded by it")
        if findings:
            await self._shelf.hold_against(kept, findings, encode(said))
            await self._shelf.change(replace(kept, findings=(*kept.findings, *findings)[:MOST_FINDINGS]))
            return
        counts = await asyncio.to_thread(with_trades, kept, newest_of(kept))
        await self._shelf.change(replace(counts, cleared=said.document, cleared_name=digest(said.document)))
