"""Leaving out of a capture what says whose device it is: its serial number, wherever its type has it.

The registers are made zero, which reads as no serial number, and the capture says which they were. Maker, model and
version stay: a driver cannot be mended without them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from ..mapping import RegisterMap, Space
from ..sunspec import BASES
from .recording import Exchange, Recording, Told, pack

IDENTIFYING: Final = frozenset({"serial", "battery_serial"})
"""Points of register maps."""

_MARKER: Final = (0x5375, 0x6E53)
_COMMON: Final = 1
_HEADER: Final = 2
_SERIAL: Final = range(_HEADER + 48, _HEADER + 64)
"""Where model 1 has ``SN``, counted from its first register (SunSpec Model 1: Mn 16, Md 16, Opt 8, Vr 8, SN 16)."""
_MOST_MODELS: Final = 200


def redacted(recording: Recording, described: RegisterMap | None) -> Recording:
    """Return a capture without the device's serial number.

    Args:
        recording: the capture.
        described: the device's register map; None if it describes itself (SunSpec).
    """
    hidden = _sunspec(recording) if described is None else _mapped(described)
    entries = tuple(entry if isinstance(entry, Told) else _without(entry, hidden) for entry in recording.entries)
    return replace(recording, entries=entries, hidden={**recording.hidden, **hidden})


def _mapped(described: RegisterMap) -> dict[Space, tuple[range, ...]]:
    hidden: dict[Space, tuple[range, ...]] = {}
    for point in described.points:
        if point.name in IDENTIFYING:
            place = range(point.address, point.address + point.length)
            hidden[point.space] = (*hidden.get(point.space, ()), place)
    return hidden


def _sunspec(recording: Recording) -> dict[Space, tuple[range, ...]]:
    holding: dict[int, int] = {}
    for exchange in recording.exchanges:
        if exchange.space is Space.HOLDING:
            holding |= dict(enumerate(exchange.answer, exchange.address))
    marked = [base for base in BASES if (holding.get(base), holding.get(base + 1)) == _MARKER]
    # Without its marker nobody knows where the map begins: then it may be at each of them.
    models = [model for base in marked or BASES for model in _commons(holding, base + len(_MARKER))]
    return {Space.HOLDING: tuple(range(model + _SERIAL.start, model + _SERIAL.stop) for model in models)}


def _commons(holding: Mapping[int, int], first: int) -> Iterator[int]:
    """Find model 1 in a chain, which is its first by the specification; others are possible, as far as it is known."""
    yield first
    model = first
    for _ in range(_MOST_MODELS):
        length = holding.get(model + 1)
        if length is None or length == 0:
            return
        model += _HEADER + length
        if holding.get(model) == _COMMON:
            yield model


def _without(exchange: Exchange, hidden: Mapping[Space, tuple[range, ...]]) -> Exchange:
    if exchange.space is None or not exchange.words:
        return exchange
    ranges = hidden.get(exchange.space, ())
    begin, end = exchange.address, exchange.address + len(exchange.words) // 2
    if not any(each.start < end and begin < each.stop for each in ranges):
        return exchange
    answer = exchange.answer
    for each in ranges:
        for address in range(max(begin, each.start), min(end, each.stop)):
            answer[address - begin] = 0
    return exchange._replace(words=pack(answer))
