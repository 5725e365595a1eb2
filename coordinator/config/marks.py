"""YAML (1.1, PyYAML) read into plain values that still know their lines, so that an error can name the place.

What YAML would let pass is refused here where it is a mistake in this file: a key written twice, an alias, which may
refer to itself, and what is nested deeper than anything in this file is.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

type Path_ = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top."""

type Plain = str | int | float | bool | list[Plain] | dict[str, Plain] | None

_MAP: Final = "tag:yaml.org,2002:map"
_DEEPEST: Final = 8
"""Lists and maps in one another; the file needs three. PyYAML composes by recursion, and so do we."""


class ConfigError(Exception):
    """A file cannot be used. The sentence names file, line, field, value and remedy."""

    def __init__(self, file: Path, line: int | None, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}" if line is not None else f"{file}: {problem}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Marked:
    """A document's values, and the line (from 1) of every one of them."""

    file: Path
    value: Plain
    lines: dict[Path_, int]

    def line(self, path: Path_) -> int:
        """Return the line of a value, or of the nearest value around it that is there."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, path: Path_, problem: str) -> ConfigError:
        """Return the error about the value at a path."""
        return ConfigError(self.file, self.line(path), f"{name(path)}: {problem}" if path else problem)


def name(path: Path_) -> str:
    """Write a path as a person does: `meters.bulk`, `flats[2]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read(file: Path) -> Marked:
    """Read a YAML file. Blocking.

    Raises ConfigError.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(file, None, f"is not UTF-8 text ({error.reason} at byte {error.start})") from error
    except OSError as error:
        raise ConfigError(file, None, f"cannot be read: {error.strerror}") from error
    try:
        _check_shape(file, text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ConfigError(file, line, f"is not YAML: {error.problem}; check indentation, colons and quotes") from error
    except yaml.YAMLError as error:
        raise ConfigError(file, None, f"is not YAML: {error}") from error
    if node is None:
        raise ConfigError(file, 1, "is empty; write one with: local-vpp coordinator init FILE")
    reader = _Reader(file)
    return Marked(file, reader.plain(node, ()), reader.lines)


def _check_shape(file: Path, text: str) -> None:
    """Look at a text before it is composed: its events come one by one, however deep it is. Raises ConfigError."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else None
        match event:
            case yaml.AliasEvent():
                raise ConfigError(
                    file, line, f"*{event.anchor} refers to another place, which this file does not do: write it out"
                )
            case yaml.CollectionStartEvent():
                depth += 1
                if depth > _DEEPEST:
                    raise ConfigError(
                        file,
                        line,
                        f"lists and maps stand {depth} deep in one another here, and nothing in this file is deeper "
                        "than three: take away brackets, or indentation; see local-vpp coordinator init FILE",
                    )
            case yaml.CollectionEndEvent():
                depth -= 1


class _Reader:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._scalars = yaml.SafeLoader("")
        self.lines: dict[Path_, int] = {}

    def plain(self, node: yaml.Node, path: Path_) -> Plain:
        line = node.start_mark.line + 1
        self.lines[path] = line
        match node:
            case yaml.MappingNode() if node.tag == _MAP:
                return self._mapping(node, path)
            case yaml.SequenceNode():
                return [self.plain(item, (*path, at)) for at, item in enumerate(node.value)]
            case yaml.ScalarNode():
                try:
                    value = self._scalars.construct_object(node)
                except (yaml.YAMLError, ValueError) as error:
                    raise ConfigError(
                        self._file, line, f"{name(path)}: {node.value!r} cannot be read: {error}"
                    ) from error
                if isinstance(value, str | int | float | bool | None):
                    return value
        raise ConfigError(self._file, line, f"{name(path)}: {node.tag} is of no use here; write text or a number")

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Plain]:
        values: dict[str, Plain] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self._scalars.construct_object(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                raise ConfigError(self._file, line, f"{name(path)}: the key {key_node.value!r} is not a word")
            if key in values:
                first = self.lines[*path, key]
                raise ConfigError(
                    self._file, line, f"{name((*path, key))} is written twice (first in line {first}): keep one"
                )
            values[key] = self.plain(value_node, (*path, key))
            self.lines[*path, key] = line
        return values
