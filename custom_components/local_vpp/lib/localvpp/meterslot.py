"""What a slot's interval records say of one meter: the one rule of coordinator, flats and auditors. Pure.

A meter's slot is complete when its import intervals cover the slot from begin to end without a hole, registers
following one another, each with its export record, none flagged as unfit or as of an island, no more moved than a
meter can count, and in no more parts than a correction can name.
Anything else leaves the meter's use of the slot unknown. A gap never counts. Given are all interval records of the slot
that the log held at one moment: nobody may pick from them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
import hashlib
from itertools import pairwise
from operator import attrgetter
from typing import Final

from .etp import Body, DeviceId, ErrorFlag, RecordHash, Register, Source
from .etp.correction import MOST_RECORDS
from .settlement import Use
from .slots import BOUNDARY_TOLERANCE_MS

_BOTH: Final = "admission asks for both registers"
_EVIDENCE: Final = b"local-vpp interval records\0"
_GENERATED: Final = attrgetter("generated")
_CHARGED: Final = attrgetter("charged")
_DISCHARGED: Final = attrgetter("discharged")
_UNFIT: Final = ErrorFlag.ENERGY | ErrorFlag.TIME | ErrorFlag.ISLAND
"""What was counted in an island was not exchanged with the building (I22)."""
MOST_WH: Final = 10_000_000
"""Of a slot, in each direction: five times what a building on a high-voltage line (below 2 MW) can draw in an hour. A
meter that says more is wrong, and its money would not fit in 64 bits."""


@dataclass(frozen=True, slots=True)
class Told:
    """An interval record, as far as settlement looks at it."""

    name: RecordHash
    body: Body


@dataclass(frozen=True, slots=True)
class Own:
    """What was counted behind a meter in a slot, in Wh; None is unknown. No share and no transfer hangs on it."""

    made_wh: int | None = None
    charged_wh: int | None = None
    discharged_wh: int | None = None


@dataclass(frozen=True, slots=True)
class MeterSlot:
    """A complete slot of one meter."""

    use: Use
    colours: tuple[tuple[Source, int], ...]
    """Wh exported, by source."""
    records: tuple[RecordHash, ...]
    """Those it was read from, in the order of the log."""
    own: Own = Own()

    @property
    def used_wh(self) -> int | None:
        """What was used behind the meter; None: unknown."""
        return self.use.at_home(self.own.made_wh, self.own.charged_wh, self.own.discharged_wh)

    @property
    def evidence(self) -> bytes:
        """What names these records in a transfer that follows from them."""
        return evidence_of(self.records)


def evidence_of(records: Iterable[RecordHash]) -> bytes:
    """Return one hash over the names of interval records, in whatever order they are given.

    However many there are, a transfer that follows from them is no longer than another: its length is for all to see.
    Whoever has the log's envelopes has all names, and comes to the same.
    """
    return hashlib.sha256(_EVIDENCE + b"".join(sorted(records))).digest()


def is_crowded(told: Sequence[Told]) -> bool:
    """Whether a device has told a slot in more parts than a correction can name: then the slot is unknown."""
    return len(told) > MOST_RECORDS


def meter_slot(device: DeviceId, slot: int, seconds: int, told: Sequence[Told]) -> MeterSlot | None:
    """Return what a device's interval records of a slot prove; None when they do not cover it."""
    imports = sorted((each for each in told if each.body.receiver == device), key=lambda each: each.body.start_ms)
    exports = [each for each in told if each.body.sender == device]
    if not imports or is_crowded(told):
        return None
    if any(each.body.errors & _UNFIT or each.body.slot_seconds != seconds for each in told):
        return None
    if imports[0].body.start_ms > slot * 1000 + BOUNDARY_TOLERANCE_MS:
        return None
    if imports[-1].body.end_ms < (slot + seconds) * 1000 - BOUNDARY_TOLERANCE_MS:
        return None
    for before, after in pairwise(imports):
        if _ends(before.body) != _begins(after.body):
            return None
    asked = {_span(each.body) for each in imports}
    given = [_span(each.body) for each in exports]
    if len(given) != len(asked) or set(given) != asked:
        return None
    use = Use(sum(each.body.energy_wh for each in imports), sum(each.body.energy_wh for each in exports))
    if max(use.import_wh, use.export_wh) > MOST_WH:
        return None
    colours: dict[Source, int] = {}
    for each in exports:
        for source, energy in each.body.attributes:
            colours[source] = colours.get(source, 0) + energy
    own = Own(*(_counted(imports, of) for of in (_GENERATED, _CHARGED, _DISCHARGED)))
    return MeterSlot(use, tuple(sorted(colours.items())), tuple(each.name for each in told), own)


def _counted(intervals: Sequence[Told], of: Callable[[Body], Register | None]) -> int | None:
    """Return what a counter behind the meter has moved over intervals that follow one another; None if not known."""
    registers = [register for each in intervals if (register := of(each.body)) is not None]
    if len(registers) != len(intervals) or any(one.end != other.begin for one, other in pairwise(registers)):
        return None
    moved_wh = registers[-1].end - registers[0].begin
    return moved_wh if moved_wh <= MOST_WH else None


def reached_end(reached_ms: int | None, slot: int, seconds: int) -> bool:
    """Whether a chain that tells until then has come past a slot's end: nothing more of the slot will follow."""
    return reached_ms is not None and reached_ms >= (slot + seconds) * 1000 - BOUNDARY_TOLERANCE_MS


def _begins(body: Body) -> tuple[int, int, int]:
    assert body.imported is not None, _BOTH
    assert body.exported is not None, _BOTH
    return body.start_ms, body.imported.begin, body.exported.begin


def _ends(body: Body) -> tuple[int, int, int]:
    assert body.imported is not None, _BOTH
    assert body.exported is not None, _BOTH
    return body.end_ms, body.imported.end, body.exported.end


def _span(body: Body) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return _begins(body), _ends(body)
