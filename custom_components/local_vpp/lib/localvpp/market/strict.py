"""JSON in which each thing is said once.

Of a key that is there twice `json` takes the last one and says nothing: who has read the first of two amounts, and a
machine that takes the second, would agree to different orders.
"""

from collections import Counter
from collections.abc import Iterator
import json
from typing import Any, NoReturn

from .errors import JsonError, shown


def read_json(data: bytes | str, *, whole: bool = False) -> Any:
    """Return what JSON says; with `whole` all of its numbers are whole.

    Raises JsonError for what is none, or nested too deeply, and for a key that is there twice: it says where.
    """
    doubled: list[tuple[dict[str, Any], str]] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            doubled.append((found, next(name for name, count in counts.items() if count > 1)))
        return found

    fraction = _no_fraction if whole else None
    try:
        plain = json.loads(data, object_pairs_hook=once, parse_float=fraction, parse_constant=fraction)
    except RecursionError as error:
        raise JsonError(
            "it is nested too deeply to be read: give lists and objects as docs/market.md has them"
        ) from error
    except ValueError as error:
        raise JsonError(f"it is no JSON{' of whole numbers' if whole else ''}: {error}") from error
    if doubled:
        inside, name = doubled[0]
        place = next((place for place, one in _objects(plain) if one is inside), "")
        raise JsonError(f"{place or 'the outermost object'} has {shown(name)} twice: give it once")
    return plain


def _no_fraction(told: str) -> NoReturn:
    raise ValueError(f"{told} is no whole number")


def _objects(plain: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give all objects, and how to come to each."""
    waiting: list[tuple[str, Any]] = [("", plain)]
    while waiting:
        place, one = waiting.pop()
        if isinstance(one, dict):
            yield place, one
            waiting += [(f"{place}.{name}" if place else name, inside) for name, inside in one.items()]
        elif isinstance(one, list):
            waiting += [(f"{place}[{number}]", inside) for number, inside in enumerate(one)]
