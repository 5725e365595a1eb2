"""What tells that a file was changed, without reading it."""

from pathlib import Path

type Stamp = tuple[int, int, int]
"""What changes when a file does: inode, time and size."""

NOT_THERE: Stamp = (0, 0, 0)


def stamp_of(path: Path) -> Stamp:
    """Return it; `NOT_THERE` of a file that is not, or that nobody may look at. Blocking."""
    try:
        found = path.stat()
    except OSError:
        return NOT_THERE
    return found.st_ino, found.st_mtime_ns, found.st_size
