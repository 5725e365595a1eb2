"""How old the values of a reading are, and what is left of it without the old ones. Pure.

A reading is built of blocks, some of which were not asked this time. Which fields rest on them nobody has to write
down: they are those that come out otherwise when such a block is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
import math
from typing import Any, Final

from .capability import Ages, BatteryReading, Failures, InverterReading, MeterReading
from .errors import DeviceError
from .gas import GasReading
from .vehicle import ChargerReading

_NOT_ASKED: Final = DeviceError("not asked in this reading")
_BESIDE: Final = frozenset({"failed", "ages_ms", "age_ms", "step_wh", "stated"})
"""What a reading tells of itself, and no device."""

_SAME_MS: Final = 250
"""A block is asked once a second at most; how old it is, is known to some milliseconds."""

type _Aged = MeterReading | InverterReading | BatteryReading | ChargerReading


_MEASURED: Final[Mapping[type, tuple[str, ...]]] = {
    kind: tuple(each.name for each in fields(kind) if each.name not in _BESIDE)
    for kind in (MeterReading, InverterReading, BatteryReading, ChargerReading)
}


def ages_of[R: _Aged](
    reading: R, build: Callable[[Failures], R], failed: Failures, blocks_s: Mapping[str, float]
) -> dict[str, int]:
    """Return the ages of a reading's fields.

    Args:
        reading: as it was built of all blocks that did not fail.
        build: builds it without those that are named.
        failed: those that did.
        blocks_s: the ages of the blocks that were not asked.
    """
    ages: dict[str, int] = {}
    without = dict(failed)
    # Those that were asked together are a few milliseconds apart, and are left out together.
    by_age = sorted(blocks_s.items(), key=lambda each: each[1], reverse=True)
    for place, (name, age_s) in enumerate(by_age):
        without[name] = _NOT_ASKED
        if place + 1 < len(by_age) and round(by_age[place + 1][1]) == round(age_s):
            continue
        oldest_s = max(each for _, each in by_age if round(each) == round(age_s))
        younger = build(without)
        for field in _MEASURED[type(reading)]:
            value = getattr(reading, field)
            if value is not None and field not in ages and getattr(younger, field) != value:
                ages[field] = round(oldest_s * 1000)
    return ages


def later[R: _Aged | GasReading](reading: R, seconds: float) -> R:
    """Return a reading as it is to be told so much later; a gas meter has one value, and one age."""
    more = round(seconds * 1000)
    ages: dict[str, Any]
    if isinstance(reading, GasReading):
        ages = {"age_ms": reading.age_ms + more}
    else:
        ages = {
            "ages_ms": {
                field: reading.ages_ms.get(field, 0) + more
                for field in _MEASURED[type(reading)]
                if getattr(reading, field) is not None
            }
        }
    return replace(reading, **ages)


def news[R: _Aged](reading: R, now_ms: int, known_ms: Mapping[str, int]) -> tuple[R, dict[str, int]]:
    """Return a reading without what was known before it, and when each of its values was measured.

    A block may have been read for somebody else, a moment before this reading: it is news nevertheless, of then.

    Args:
        reading: with its ages.
        now_ms: of a monotonic clock.
        known_ms: when the values that are known already were measured.
    """
    measured_ms, old = dict(known_ms), dict[str, Any]()
    for field in _MEASURED[type(reading)]:
        if getattr(reading, field) is None:
            continue
        at_ms = now_ms - reading.ages_ms.get(field, 0)
        if field in reading.ages_ms and field in known_ms and at_ms <= known_ms[field] + _SAME_MS:
            old[field] = None
        else:
            measured_ms[field] = at_ms
    return (replace(reading, ages_ms={}, **old) if old or reading.ages_ms else reading), measured_ms


def of_now(value: float | None, ages_ms: Ages, name: str, within_ms: int) -> float | None:
    """Return a field's value if it is finite and not older than that."""
    if value is None or not math.isfinite(value) or ages_ms.get(name, 0) > within_ms:
        return None
    return value
