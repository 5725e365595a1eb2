"""A building's key, and whether it signs: one in a token may be pulled out, and comes back."""

import logging
from typing import override

from localvpp.etp import PublicKey, Signer, SignerUnavailableError

_log = logging.getLogger(__name__)


class WatchedSigner(Signer):
    """Signs with another signer; says once when that breaks, and once when it heals."""

    def __init__(self, name: str, signer: Signer) -> None:
        self.name = name
        self._signer = signer
        self._trouble: str | None = None

    @property
    def trouble(self) -> str | None:
        """Why the key does not sign; None when it does, as far as it was asked."""
        return self._trouble

    @property
    @override
    def public(self) -> PublicKey:
        return self._signer.public

    @property
    @override
    def blocks(self) -> bool:
        return self._signer.blocks

    @override
    def sign(self, message: bytes) -> bytes:
        """Raises SignerUnavailableError."""
        try:
            signature = self._signer.sign(message)
        except SignerUnavailableError as error:
            if self._trouble is None:
                _log.warning("The key of %s does not sign: %s", self.name, error)
            self._trouble = str(error)
            raise
        if self._trouble is not None:
            self._trouble = None
            _log.warning("The key of %s signs again", self.name)
        return signature
