"""Reading what a person names on the command line."""

from pathlib import Path

from .errors import CommandError


def read_bytes(path: Path, what: str) -> bytes:
    """Return a file's bytes.

    Raises CommandError, naming what the file was meant to be.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{what} {path} cannot be read: {error.strerror}") from error
