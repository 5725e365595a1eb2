"""The key of a slot among devices, and the same among flats.

A key that knows no names divides among devices by theirs. One that has parts by flat is worked with the flats' names.
So a slot that is settled among devices, and worked out again by flat, comes to the same.
"""

from collections.abc import Iterable, Mapping

from ..apportion import Ordered
from .key import SharingKey
from .ranked import Ranked
from .rule import KeyRule


def among_devices[Device: bytes](
    rule: KeyRule, slot: int, taking_part: Iterable[tuple[Device, str]]
) -> SharingKey[Device]:
    """Return the key of a slot; whoever takes part comes with his name, in the order of the log."""
    named = rule.by_name(slot)
    if named is None:
        return rule.nameless()
    names: dict[str, Device] = {}
    then: dict[Device, str] = {}
    for device, name in taking_part:
        # A flat whose device was exchanged has two: if both have told the slot, one has the flat's part.
        mine = name if names.setdefault(name, device) == device else device.hex()
        then[device] = mine
        names[mine] = device
    return Ranked(named, then, names)


def among_flats[Device: Ordered](
    rule: KeyRule, slot: int, then: Mapping[str, Device], names: Mapping[Device, str]
) -> SharingKey[str]:
    """Return the same key among flats; `then` says by which device each took part."""
    named = rule.by_name(slot)
    return Ranked(rule.nameless(), then, names) if named is None else named
