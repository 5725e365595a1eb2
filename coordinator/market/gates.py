"""When the gate of a slot is closed. Pure."""


def closing(now_ms: int, slot_seconds: int, gate_s: int) -> range:
    """Return the slots whose gate is to be closed by now, and that have not begun."""
    first = (now_ms // 1000 // slot_seconds + 1) * slot_seconds
    return range(first, now_ms // 1000 + gate_s + 1, slot_seconds)
