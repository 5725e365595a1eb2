"""The rounds of one slot: what flats order, what the book of all says, what came of it, and what a flat checks of it.

Documents only: nothing here sends, signs or waits. A record of the log names each of them by its SHA-256, so that
whoever is given one can prove that it is the one that counted, to the byte.
"""

from .agreement import Asked, agreement_problem, claim_problem, quorum_problem
from .checking import Own, Promised, check_round, own_problems
from .cleared import Cleared, Outcome
from .documents import RoundError, digest
from .listed import GateList
from .opened import MOST_OFFERS, OpenedBook
from .partner import partner_tag
from .placed import LARGEST_OFFER_WH, MOST_ORDERS, MOST_WHOLE, NONCE_LENGTH, Offer, Placed
from .proposals import MOST_PROPOSALS, Bid, bid_of, canonical, falls_short, not_better, searched
from .ruled import LATEST_SLOT, LONGEST_GATE_S, MOST_ROUNDS, Rules, leads_problem

__all__ = [
    "LARGEST_OFFER_WH",
    "LATEST_SLOT",
    "LONGEST_GATE_S",
    "MOST_OFFERS",
    "MOST_ORDERS",
    "MOST_PROPOSALS",
    "MOST_ROUNDS",
    "MOST_WHOLE",
    "NONCE_LENGTH",
    "Asked",
    "Bid",
    "Cleared",
    "GateList",
    "Offer",
    "OpenedBook",
    "Outcome",
    "Own",
    "Placed",
    "Promised",
    "RoundError",
    "Rules",
    "agreement_problem",
    "bid_of",
    "canonical",
    "check_round",
    "claim_problem",
    "digest",
    "falls_short",
    "leads_problem",
    "not_better",
    "own_problems",
    "partner_tag",
    "quorum_problem",
    "searched",
]
