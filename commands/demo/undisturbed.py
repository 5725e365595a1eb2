"""What holds of a building in which nothing broke: nothing is missing, neither a slot nor a second.

Apart from the other claims, since those hold of a building, too, in which somebody pulls the plug.
"""

from collections.abc import Iterator
from typing import Final

from localvpp.ownnames import NOT_SHARING

from .again import enrolled_flats
from .building import SETTLE_AFTER_S, SLOT_SECONDS
from .evidence import Evidence
from .findings import Finding

START_S: Final = 20
"""From the enrolment of a flat until its agent reads: the start of a program on a small, busy computer."""
LATE_S: Final = 20
"""After its time a slot is settled within this, on a small, busy computer."""
_PERMILLE: Final = 950
"""So many of a thousand seconds have a frame: a busy machine's poll that takes longer than a second skips one."""
_WINDOW_S: Final = 600
"""The coordinator counts the frames of the last ten minutes …"""
_STEP_S: Final = 10
"""… in steps of ten seconds."""


def check_undisturbed(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each claim that a broken device, process or connection would make false."""
    yield check_wholeness(evidence)
    yield check_frames(evidence)


def check_wholeness(evidence: Evidence) -> Finding:
    """Every slot that begins when all flats run, and that had the time to be settled, is whole for every meter."""
    claim = "every slot after the start is whole, for every flat"
    enrolled = enrolled_flats(evidence, evidence.logged)
    flats = sorted(set(evidence.registers) - NOT_SHARING)
    if absent := sorted(set(flats) - {evidence.names[device] for device in enrolled}):
        return Finding(claim, False, f"never enrolled: {', '.join(absent)}")
    # Rounded up to the next slot's begin.
    first = -(-(max(enrolled.values()) + START_S * 1000) // (SLOT_SECONDS * 1000)) * SLOT_SECONDS
    last_end = evidence.asked_ms // 1000 - SETTLE_AFTER_S - LATE_S
    settled = {slot["slot"]: slot for slot in evidence.slots if slot["slot"] >= first}
    due = sorted({*range(first, last_end - SLOT_SECONDS + 1, SLOT_SECONDS), *settled})
    for begin in due:
        slot = settled.get(begin)
        if slot is None:
            return Finding(claim, False, f"slot {begin} was over for {last_end - begin} s and is not settled")
        told = {share["flat"] for share in slot["flats"]} - set(slot["missing"])
        absent = [name for name in flats if name not in told]
        absent += [name for name, field in (("bulk", "bulk_import_wh"), ("common", "common_wh")) if slot[field] is None]
        if absent:
            return Finding(claim, False, f"slot {begin} is not whole: {', '.join(absent)}")
    return Finding(
        claim,
        bool(due),
        f"{len(due)} slots of {len(flats)} flats, bulk and common meter, from {START_S} s after the last enrolment on",
    )


def check_frames(evidence: Evidence) -> Finding:
    """As many frames came as there were seconds for flats to send one."""
    claim = "every flat sends a frame each second"
    frames = evidence.state["latency_ms"]["frames"]
    seconds = [
        (evidence.asked_ms - since_ms) // 1000 for since_ms in enrolled_flats(evidence, evidence.logged).values()
    ]
    at_least = sum(min(max(each - START_S, 0), _WINDOW_S - _STEP_S) for each in seconds) * _PERMILLE // 1000
    # Two more each: for the begun second, and for one that passes while the state is asked for.
    at_most = sum(min(each, _WINDOW_S + _STEP_S) + 2 for each in seconds)
    return Finding(
        claim,
        bool(seconds) and at_least <= frames <= at_most,
        f"{frames} frames of {len(seconds)} flats; {at_least} to {at_most} wanted, which is one a second for each in "
        f"the last {_WINDOW_S} s at most, less {START_S} s for its start and {100 - _PERMILLE / 10:g} % skipped",
    )
