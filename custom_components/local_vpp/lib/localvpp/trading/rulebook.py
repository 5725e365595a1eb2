"""The rules of the building's market, as it has told them to this flat: each with the building's word on it.

Rules are numbered and hold from a slot on. Two words on one number, and rules for a slot whose gate is closed by others
already, prove by themselves that the building says one thing and then another.
"""

from collections.abc import Iterable, Sequence
import logging
from typing import Final

from ..etp import EtpError, FieldError, SignatureError, cbor
from ..lineage import Lineage
from ..market import MarketError
from ..market.rounds import Rules, digest
from ..store import FlatStore
from ..wire import MarketRules, MarketSaid, Membership, open_market_word
from .shelf import Shelf

_LOGGER = logging.getLogger(__name__)

_NOTE: Final = "rules of the market"
MOST_RULES: Final = 32
"""That hold now, or will: a building tells 16 at most that are still to come."""


def told_rules(statement: bytes, document: bytes) -> bytes:
    """Return the building's word on its rules, with these."""
    return cbor.encode([statement, document])


class RuleBook:
    """Oldest rules first, each with what was told. All that waits raises StoreError when the store fails."""

    def __init__(self, membership: Membership, store: FlatStore, shelf: Shelf) -> None:
        self._own = membership
        self._store = store
        self._shelf = shelf
        self._known: list[tuple[Rules, bytes]] = []

    async def restore(self, lineage: Lineage) -> None:
        """Go on with what was told before a restart."""
        noted = await self._store.noted(_NOTE)
        if not noted:
            return
        told = cbor.decode(noted, "rules of the market")
        assert isinstance(told, list), "it was written so"
        try:
            self._known = [(self.opened(each, lineage), each) for each in told if isinstance(each, bytes)]
        except EtpError as error:
            _LOGGER.debug("The market's rules are of another protocol, and are asked for: %s", error)

    @property
    def all(self) -> tuple[Rules, ...]:
        """All of them."""
        return tuple(rules for rules, _ in self._known)

    def of(self, slot: int) -> tuple[Rules, bytes] | None:
        """Return the rules of a slot, with the building's word on them; None while it has told none."""
        return next((each for each in reversed(self._known) if each[0].since <= slot), None)

    def opened(self, told: bytes, lineage: Lineage) -> Rules:
        """Return rules that were told, perhaps before the building renewed its key. Raises EtpError."""
        own = self._own
        parts = cbor.decode(told, "rules")
        match parts:
            case [bytes() as statement, bytes() as document]:
                pass
            case _:
                raise FieldError("these are no rules of the building's market")
        for since in reversed(lineage.keys):
            try:
                word = open_market_word(statement, since.key, lineage.building, own.origin, own.device)
            except SignatureError:
                continue
            if isinstance(word, MarketRules):
                return self._read(word, document)
            break
        raise FieldError("these are no rules of the building's market")

    def _read(self, word: MarketRules, document: bytes) -> Rules:
        if digest(document) != word.name:
            raise FieldError("the market's rules are not those that the building has signed")
        try:
            rules = Rules.decode(document)
        except MarketError as error:
            raise FieldError(f"the market's rules cannot be read: {error}") from error
        if (rules.origin, rules.number, rules.since) != (self._own.origin, word.number, word.since):
            raise FieldError(f"the market's rules are {rules.number} of {rules.origin!r} from slot {rules.since} on")
        return rules

    async def take(self, word: MarketRules, said: MarketSaid) -> None:
        """Take rules that the building tells. Raises FieldError."""
        rules = self._read(word, said.document)
        statement = told_rules(said.statement, said.document)
        known = next((each for each in self._known if each[0].number == rules.number), None)
        if known is not None:
            if known[0] != rules:
                found = f"the building has told two rules {rules.number} of its market"
                await self._shelf.contradicted(found, known[1], statement)
            return
        if self._known and rules.number > self._known[-1][0].number and (late := self._late(rules)):
            found = (
                f"rules {rules.number} are told to hold from slot {rules.since} on, and the gate of {late} was closed"
            )
            await self._shelf.contradicted(found, self._known[-1][1], statement)
            return
        told = _holding(sorted([*self._known, (rules, statement)], key=lambda each: each[0].number))[-MOST_RULES:]
        if told == self._known:
            return
        await self._store.note(_NOTE, cbor.encode([each for _, each in told]))
        self._known = told

    def _late(self, rules: Rules) -> str | None:
        """Return a round whose gate was closed by the rules that held, and that these ones are said to hold for."""
        closed: Iterable[str] = (
            str(each.at) for each in self._shelf.rounds.values() if each.closed is not None and each.slot >= rules.since
        )
        return next(iter(closed), None)


def _holding(told: Sequence[tuple[Rules, bytes]]) -> list[tuple[Rules, bytes]]:
    """Leave out rules that hold for no slot, for later ones took their place before: those that do are not lost."""
    return [each for at, each in enumerate(told) if all(later.since > each[0].since for later, _ in told[at + 1 :])]
