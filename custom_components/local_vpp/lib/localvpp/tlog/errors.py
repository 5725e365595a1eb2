"""What can be wrong with a log, a note or a proof.

Everything here is a ``ValueError``: the input was bad, or is more than this machine can check. A caller who does not
care which part was bad catches ``TlogError``; a witness or a mirror, which must answer differently for each, catches
the classes below it. Mistakes in our own mathematics are ``assert``ed, never raised as one of these.
"""

from typing import final


class TlogError(ValueError):
    """The base of all that this room raises on bad input."""


@final
class FormatError(TlogError):
    """Bytes or text are not in the one form the specification allows (key, note, checkpoint, path, bundle, proof)."""


@final
class SignatureError(TlogError):
    """A known key's signature is wrong, no known key has signed, or a public key must never be trusted."""


@final
class ProofError(TlogError):
    """A Merkle proof does not prove what it was given for, or was asked for what the tree does not hold."""


@final
class QuorumError(TlogError):
    """A checkpoint is right, but fewer of its witnesses have signed it than the policy asks for."""


@final
class UnsupportedError(TlogError):
    """What is asked for is well known, but the cryptography library of this machine cannot compute it."""


@final
class MissingError(TlogError):
    """A file of the log is not there. Raised by the readers which callers pass in.

    Attributes:
        path: the file's path below the log's prefix, such as ``tile/0/x001/067``.
    """

    def __init__(self, path: str) -> None:
        super().__init__(f"the log has no file {path!r}; fetch it again or take it from a mirror")
        self.path = path


@final
class UnauthenticTileError(TlogError):
    """Stored hashes do not lead to the root hash of the checkpoint.

    Attributes:
        paths: the files, at least one of which is wrong. It is one path for a full tile, which its parent convicts
            alone; the partial tiles at the tree's right edge are convicted together.
    """

    def __init__(self, paths: tuple[str, ...], reason: str) -> None:
        super().__init__(f"{' or '.join(paths)} is not of this log: {reason}; fetch it again or take it from a mirror")
        self.paths = paths
