"""What is wrong with a file that its schema refuses: a sentence with its line, and what to write instead."""

from collections.abc import Mapping
from dataclasses import dataclass
import difflib
from pathlib import Path
from typing import Any

import voluptuous as vol

from .marks import ConfigError, Marked, Path_, Plain, name


@dataclass(frozen=True, slots=True)
class Form:
    """What a kind of file has to look like."""

    schema: vol.Schema
    examples: Mapping[Path_, str]
    """Of each required key a line that could be written, by its path without positions in lists."""


def checked(marked: Marked, form: Form) -> dict[str, Any]:
    """Return a file's values.

    Raises ConfigError; one with several problems has a line for each.
    """
    try:
        values: dict[str, Any] = form.schema(marked.value)
    except vol.MultipleInvalid as errors:
        problems = [_problem(marked, error, form) for error in errors.errors]
        problems.sort(key=lambda problem: problem.line or 0)
        raise problems[0] if len(problems) == 1 else _all(problems) from errors
    return values


def _all(problems: list[ConfigError]) -> ConfigError:
    error = ConfigError(Path(), None, "")
    error.args = ("\n".join(str(problem) for problem in problems),)
    error.line = problems[0].line
    return error


def _problem(marked: Marked, error: vol.Invalid, form: Form) -> ConfigError:
    path: Path_ = tuple(part if isinstance(part, int) else str(part) for part in error.path)
    match error:
        case vol.RequiredFieldInvalid():
            example = form.examples.get(_without_numbers(path))
            remedy = f"add a line `{path[-1]}: …`" + (f", as in {example}" if example else "")
            return ConfigError(marked.file, marked.line(path[:-1]), f"{name(path)} is missing: {remedy}")
        case _ if path and (known := _known(form.schema, path[:-1])) and path[-1] not in known:
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


def _without_numbers(path: Path_) -> Path_:
    return tuple(part for part in path if isinstance(part, str))


def _known(schema: vol.Schema, path: Path_) -> list[str]:
    """Return the keys that the schema has at a path; none where it has a value."""
    level: Any = schema.schema
    for part in path:
        if isinstance(level, vol.All):
            level = level.validators[0]
        if isinstance(level, list):
            (level,) = level
            continue
        if not isinstance(level, dict):
            return []
        level = next((value for key, value in level.items() if str(key) == part or key is str), None)
    if not isinstance(level, dict):
        return []
    return sorted(str(key) for key in level if key is not str)


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
