"""What is wrong with a `building.yaml` that the schema refuses: a sentence with its line, and what to write instead."""

from collections.abc import Mapping
import difflib
from typing import Any, Final

import voluptuous as vol

from .marks import ConfigError, Marked, Path_, Plain, name
from .schema import SCHEMA


def problem_of(marked: Marked, error: vol.Invalid) -> ConfigError:
    """Return the error that a manager can mend the file by."""
    path: Path_ = tuple(part if isinstance(part, int) else str(part) for part in error.path)
    match error:
        case vol.RequiredFieldInvalid():
            remedy = f"add a line `{path[-1]}: …`, as in {_EXAMPLES[_without_numbers(path)]}"
            return ConfigError(marked.file, marked.line(path[:-1]), f"{name(path)} is missing: {remedy}")
        case _ if path and (known := _known(path[:-1])) and path[-1] not in known:
            near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
            meant = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            return marked.error(path, f"is not a key of this file: {meant}")
        case vol.DictInvalid():
            return marked.error(path, f"{_at(marked.value, path)!r}: write indented `key: value` lines below it")
        case vol.SequenceTypeInvalid():
            return marked.error(path, f"{_at(marked.value, path)!r}: write a list, each item behind a dash")
        case vol.TypeInvalid():
            return marked.error(path, f'{_at(marked.value, path)!r}: write a list, as in ["101", "102"]')
        case _:
            return marked.error(path, error.error_message)


_EXAMPLES: Final[Mapping[Path_, str]] = {
    ("name",): "name: Sakura Heights",
    ("origin",): "origin: vpp.example/sakura-heights",
    ("listen", "tls", "certificate"): "certificate: tls/fullchain.pem",
    ("listen", "tls", "key"): "key: tls/privkey.pem",
    ("prices",): 'prices: {inside: "22.00", grid: "31.50", feed_in: "8.50"}',
    ("prices", "inside"): 'inside: "22.00"',
    ("prices", "grid"): 'grid: "31.50"',
    ("prices", "feed_in"): 'feed_in: "8.50"',
    ("flats",): 'flats: ["101", "102"]',
    ("witnesses", "name"): "name: witness.example",
    ("witnesses", "key"): "key: witness.example+ab12cd34+BA…",
    ("witnesses", "url"): "url: https://witness.example",
    ("drills", "lines", "name"): "name: riser A",
    ("drills", "lines", "kw"): "kw: 40",
    ("drills", "lines", "flats"): 'flats: ["101", "102"]',
    ("auditors", "name"): "name: Tanaka Audit",
    ("auditors", "key"): 'key: "5f1c…"',
}


def _without_numbers(path: Path_) -> Path_:
    return tuple(part for part in path if isinstance(part, str))


def _known(path: Path_) -> list[str]:
    """Return the keys that the schema has at a path; none where it has a value."""
    level: Any = SCHEMA.schema
    for part in path:
        if isinstance(level, vol.All):
            level = level.validators[0]
        if isinstance(level, list):
            (level,) = level
            continue
        if not isinstance(level, dict):
            return []
        level = next((value for key, value in level.items() if str(key) == part), None)
    if not isinstance(level, dict):
        return []
    return sorted(str(key) for key in level)


def _at(value: Plain, path: Path_) -> Plain:
    for part in path:
        match value:
            case dict() if isinstance(part, str):
                value = value.get(part)
            case list() if isinstance(part, int):
                value = value[part]
            case _:
                return None
    return value
