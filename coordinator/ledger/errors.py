"""Why the ledger does not take records."""


class LedgerError(Exception):
    """The ledger cannot be opened or used; the sentence says what to do."""


class LedgerUnavailableError(LedgerError):
    """The ledger could not make a batch durable, or is closing: submit the same records again later."""


class RefusedError(LedgerError):
    """The building's own records were refused: nothing of the submission was logged."""
