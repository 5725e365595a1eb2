"""The key of a slot among devices. Pure.

A key that knows no names divides among devices by theirs. One that has parts by flat is worked with the flats' names:
the same key among the same flats, whoever works it out again by flat.
"""

from collections.abc import Iterable, Mapping

from localvpp.etp import DeviceId
from localvpp.settlement import KeyRule, Ranked, SharingKey

from ..store import Member


def key_of(rule: KeyRule, slot: int, members: Iterable[Member]) -> SharingKey[DeviceId]:
    """Return the key of a slot, `members` being all of the building."""
    named = rule.by_name(slot)
    if named is None:
        return rule.nameless()
    names: dict[str, DeviceId] = {}
    then: dict[DeviceId, str] = {}
    for member in members:
        # Of a flat whose device was exchanged one has the name: two that told one slot would have its part twice.
        mine = member.name if names.setdefault(member.name, member.device) == member.device else member.device.hex()
        then[member.device] = mine
        names[mine] = member.device
    return Ranked(named, then, names)


def month_key(rule: KeyRule, slot: int, then: Mapping[str, DeviceId], names: Mapping[DeviceId, str]) -> SharingKey[str]:
    """Return the same key among flats; `then` says by which device each took part."""
    named = rule.by_name(slot)
    return Ranked(rule.nameless(), then, names) if named is None else named
