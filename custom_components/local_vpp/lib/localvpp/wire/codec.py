"""Messages as CBOR (RFC 8949): an array of the message's code and its fields in the order they are declared.

A message is a frozen dataclass with a class constant CODE. Fields are int, str, bytes, bool, None-able
ones, tuples of one type, enumerations and nested dataclasses; anything else that arrives is refused with the
field's name. Messages are not signed, so their encoding need not be deterministic; what is signed inside
them travels as bytes.
"""

from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeAliasType, Union, get_args, get_origin, get_type_hints

import cbor2

from ..etp import EncodingError, cbor

LARGEST: Final = 2**63 - 1
"""What every database holds in an integer: nothing that arrives may be too large to be stored."""


class ProtocolError(Exception):
    """The other side said something that the protocol does not know."""


def encode(message: object) -> bytes:
    """Return a message's bytes."""
    return cbor2.dumps([message.CODE, *_plain_fields(message)])  # type: ignore[attr-defined]  # every message has its code


def decode[Message](data: bytes, union: TypeAliasType | type[Message]) -> Message:
    """Return the message, one of the members of `union`.

    Raises ProtocolError.
    """
    try:
        value = cbor.read(data, "a message")
    except EncodingError as error:
        raise ProtocolError(str(error)) from error
    kinds = _codes(union)  # type: ignore[arg-type]  # aliases and classes are hashable
    match value:
        case [int() as code, *items] if type(code) is int and code in kinds:
            return _build(kinds[code], items, kinds[code].__name__)  # type: ignore[no-any-return]  # a member of the union
        case [int() as code, *_]:
            raise ProtocolError(f"message code {code} is unknown here; known are {sorted(kinds)}")
        case _:
            raise ProtocolError("a message is an array that begins with its code")


@cache
def _codes(union: Any) -> dict[int, Any]:
    members = get_args(union.__value__ if isinstance(union, TypeAliasType) else union) or (union,)
    return {member.CODE: member for member in members}


def _plain_fields(message: Any) -> list[object]:
    return [_plain(getattr(message, field.name)) for field in fields(message)]


def _plain(value: object) -> object:
    if is_dataclass(value):
        return _plain_fields(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    return value


@cache
def _hints(kind: Any) -> list[tuple[str, Any]]:
    hints = get_type_hints(kind)
    return [(field.name, hints[field.name]) for field in fields(kind)]


def _build(kind: Any, items: list[object], where: str) -> Any:
    hints = _hints(kind)
    if len(items) != len(hints):
        raise ProtocolError(f"{where} has {len(items)} fields, expected {len(hints)}")
    values = [_value(hint, item, f"{where}.{name}") for (name, hint), item in zip(hints, items, strict=True)]
    try:
        return kind(*values)
    except ValueError as error:
        raise ProtocolError(f"{where}: {error}") from error


def _value(hint: Any, item: object, where: str) -> Any:
    if hasattr(hint, "__supertype__"):  # a NewType
        hint = hint.__supertype__
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        inner = [member for member in get_args(hint) if member is not NoneType]
        assert len(inner) == 1, f"{where} is a union of more than one type and None"
        return None if item is None else _value(inner[0], item, where)
    if origin is tuple:
        if not isinstance(item, list):
            raise ProtocolError(f"{where} is {item!r}, expected a list")
        return tuple(_value(get_args(hint)[0], part, f"{where}[{i}]") for i, part in enumerate(item))
    if is_dataclass(hint):
        if not isinstance(item, list):
            raise ProtocolError(f"{where} is {item!r}, expected the fields of a {hint.__name__}")  # type: ignore[union-attr]
        return _build(hint, item, where)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        try:
            return hint(str(item))
        except ValueError:
            raise ProtocolError(f"{where} is {item!r}, expected one of {', '.join(hint)}") from None
    if type(item) is not hint:
        raise ProtocolError(f"{where} is {item!r}, expected {hint.__name__}")
    if type(item) is int and not -LARGEST - 1 <= item <= LARGEST:
        raise ProtocolError(f"{where} is {item}, which 64 bits with a sign do not hold")
    return item
