"""What may keep the market from going on for a while, and what ends a round."""

from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from localvpp.etp import SignerUnavailableError
from localvpp.market.rounds import RoundError
from localvpp.tlog import TlogError

from ..ledger import LedgerError


class LostError(RoundError):
    """The rules of a round, or a record of it, are not here any more: it ends, and holds up no other."""


class StaleError(Exception):
    """A round has ended in the database, or its words are fixed, and that is not known here: nothing was changed."""


TROUBLES: Final = (SQLAlchemyError, SignerUnavailableError, LedgerError, TlogError, OSError, LostError, StaleError)
"""What may be over in a second, or a minute, and ends nothing else."""
