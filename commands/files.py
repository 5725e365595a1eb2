"""Reading and writing what a person names on the command line."""

from pathlib import Path
import sys

from .errors import CommandError


def read_bytes(path: Path, what: str) -> bytes:
    """Return a file's bytes.

    Raises CommandError, naming what the file was meant to be.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{what} {path} cannot be read: {error.strerror}") from error


def write_bytes(path: Path | None, data: bytes, what: str) -> None:
    """Write a file, or where no file is named, standard output.

    Raises CommandError when it cannot be written, or when a terminal would get bytes that are no text.
    """
    if path is None:
        if sys.stdout.isatty() and not _is_text(data):
            raise CommandError(f"{what} is no text for a terminal: name a file with --out, or send it on with | or >")
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        path.write_bytes(data)
    except OSError as error:
        raise CommandError(f"{what} cannot be written to {path}: {error.strerror}") from error


def _is_text(data: bytes) -> bool:
    try:
        return data.decode().replace("\n", "").isprintable()
    except UnicodeDecodeError:
        return False
