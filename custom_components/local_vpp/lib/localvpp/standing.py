"""How a flat stands to its ledger: how far its records are proven, and what it holds against the log.

Doubts of different sorts come and go by themselves, so each is kept for itself: one that goes does not take along
another. The gravest is shown.
"""

from enum import StrEnum
from typing import Final


class LedgerState(StrEnum):
    """How far the flat's records can be proven."""

    UNKNOWN = "unknown"
    """No record was made yet."""
    PENDING = "pending"
    """Records wait to be sent or proven."""
    PROVEN = "proven"
    """The log is proven to hold all records."""
    DIVERGED = "diverged"
    """The log holds other records of this flat than its own store."""
    FORKED = "forked"
    """The newest head of the log is not shown to follow from those witnessed before; both are kept as evidence."""
    DISTRUSTED = "distrusted"
    """The log or a settlement contradicted itself: evidence against the coordinator."""


_DOUBTS: Final = (LedgerState.DISTRUSTED, LedgerState.FORKED, LedgerState.DIVERGED)
"""The gravest first."""


class Standing:
    """What is held against a ledger."""

    def __init__(self) -> None:
        self._reasons: dict[LedgerState, str] = {}

    def doubt(self, state: LedgerState, reason: str) -> bool:
        """Hold something against the ledger; return False when that was held against it already."""
        assert state in _DOUBTS, "a doubt"
        news = self._reasons.get(state) != reason
        self._reasons[state] = reason
        return news

    def trust_again(self, state: LedgerState) -> bool:
        """Drop a doubt; return False when there was none."""
        return self._reasons.pop(state, None) is not None

    def show(self, *, recorded: bool, pending: int) -> tuple[LedgerState, str]:
        """Return the state and its reason, for a flat that has made records, so many of which are not proven."""
        for state in _DOUBTS:
            if state in self._reasons:
                return state, self._reasons[state]
        if pending:
            return LedgerState.PENDING, ""
        return LedgerState.PROVEN if recorded else LedgerState.UNKNOWN, ""
