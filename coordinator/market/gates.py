"""When the gates of a slot's rounds are closed. Pure."""

from collections.abc import Iterator, Sequence

from localvpp.market.rounds import Rules
from localvpp.wire import RoundName


def due(now_ms: int, slot_seconds: int, rules: Sequence[Rules]) -> list[RoundName]:
    """Return the rounds whose gate is to be closed by now, and that are not over; first whose gate came first."""
    found = {
        (each.gate_ms(slot, number), RoundName(slot, number))
        for each in rules
        for number in range(each.last + 1)
        for slot in _open(now_ms, slot_seconds, each.lead_s(number), each.gate_s)
        if holding(rules, slot) is each
    }
    return [at for _, at in sorted(found)]


def holding(rules: Sequence[Rules], slot: int) -> Rules | None:
    """Return the rules of a slot: of those that hold from it or before the ones with the highest number, if any do."""
    return max((each for each in rules if each.since <= slot), key=lambda each: each.number, default=None)


def _open(now_ms: int, slot_seconds: int, lead_s: int, gate_s: int) -> Iterator[int]:
    """Give the slots that begin within the lead, and later than what is left of it when a round is over."""
    now_s = now_ms // 1000
    first = ((now_s + lead_s - gate_s) // slot_seconds + 1) * slot_seconds
    yield from range(first, now_s + lead_s + 1, slot_seconds)
