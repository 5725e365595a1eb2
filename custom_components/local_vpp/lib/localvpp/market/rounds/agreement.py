"""By whose words a result counts: one rule for the coordinator, for each flat, and for the auditor. Pure.

A quorum of the voters has to agree, so that no two results of a round can both count unless a flat agrees to both. That
alone would let the orders of a single flat be changed: no other flat can see it. So each flat says, too, whether its
own orders, as it gave them, are among those that count (it *vouches*). A result counts only if as many devices vouch as
there are offers that count, each with an ORDERS record of the round that the log is proven to hold. Who finds something
else wrong refuses, and vouches all the same: what he finds is for the quorum to weigh, and costs him no trade.

Why that is enough. A flat that vouches has found an offer under its own blind, with its own orders. Blinds are hashes
that have the device in them, so no two flats find theirs under the same one. Of m offers that count, with h honest
flats among the m or more that vouch, h are right, each by the word of whose it is, and m - h are left for the others
that vouch: at most as many as devices which have logged orders of the round and lie. Nothing is in the book, therefore,
that is not of an honest flat as it gave it, but one offer for each liar who has logged orders: and to have one such
offer in the book he needs no lie. Where all that vouch are honest every offer is right.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import Self

from .cleared import Outcome
from .opened import OpenedBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What it takes for a round's result to count."""

    voters: int
    """Whose word counts: so many."""
    needed: int
    """Of these have to agree."""
    offers: int
    """Offers of the book that count in the result."""
    ordering: frozenset[bytes]
    """Devices of which the log is proven to hold an ORDERS record of the round: nobody else can vouch."""

    @classmethod
    def of(cls, opened: OpenedBook, outcome: Outcome, ordering: Set[bytes]) -> Self:
        """Return it for a result of a book; for one of the former format, which nobody has vouched for, a quorum."""
        left_out = frozenset(outcome.without)
        counting = sum(offer.blind not in left_out for offer in opened.offers)
        return cls(
            voters=opened.voters,
            needed=opened.needed,
            offers=0 if outcome.is_former else counting,
            ordering=frozenset(ordering),
        )


def quorum_problem(asked: Asked, agreed: Set[bytes]) -> str | None:
    """Say that too few flats have agreed; None where they are enough. Devices: a flat has one word."""
    if len(agreed) >= asked.needed:
        return None
    return f"{len(agreed)} flats have agreed, and of {asked.voters} it takes {asked.needed}"


def claim_problem(asked: Asked, vouching: Set[bytes]) -> str | None:
    """Say that fewer flats vouch for their own orders than there are offers that count; None where they are enough.

    Args:
        asked: what it takes.
        vouching: devices that say that their own orders are among those that count.
    """
    owning = len(vouching & asked.ordering)
    if owning >= asked.offers:
        return None
    return (
        f"{owning} flats with orders have said that theirs count, and those of {asked.offers} do: whose the others "
        "are nobody has said"
    )


def agreement_problem(asked: Asked, agreed: Set[bytes], vouching: Set[bytes]) -> str | None:
    """Say why a result does not count by the words that were given; None where it does."""
    return quorum_problem(asked, agreed) or claim_problem(asked, vouching)
