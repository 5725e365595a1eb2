"""The witnesses of the log: who has to have seen a head before anybody needs to believe it, and asking them."""

from .ask import Ask, HttpAsk, Said
from .cosigning import KEPT_HEADS, Cosigned, Cosigning, Objection, ObjectionKind
from .mirrors import Copy, Mirrors
from .policy import GROUPS, OutsideWitness, witness_policy

__all__ = [
    "GROUPS",
    "KEPT_HEADS",
    "Ask",
    "Copy",
    "Cosigned",
    "Cosigning",
    "HttpAsk",
    "Mirrors",
    "Objection",
    "ObjectionKind",
    "OutsideWitness",
    "Said",
    "witness_policy",
]
