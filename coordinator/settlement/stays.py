"""Who was in the building, and when: one rule for a month's bills and for a day's plan. Pure.

A party is its name: the devices that it has had, one after the other. It is there from the enrolment of the first until
the last one was revoked, and between them, too, for a meter runs on while its box is exchanged. Devices that came after
the time that is asked for are not looked at: what was settled of it stays as it was, whoever comes later.

A box that is revoked does not tell whether the household has gone, too: where the association says who lived there
when, that holds in place of the boxes, from the first one's enrolment on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from localvpp.etp import DeviceId

from ..config import Tenancy
from ..store import Member, Role


@dataclass(frozen=True, slots=True)
class Stay:
    """A party's time in the building, in milliseconds of Unix time."""

    name: str
    role: Role
    begin_ms: int
    end_ms: int | None
    """None: it is there."""

    def touches(self, begin_ms: int, end_ms: int) -> bool:
        """Whether it was there at any time of a span."""
        return self.begin_ms < end_ms and (self.end_ms is None or self.end_ms > begin_ms)

    def covers(self, begin_ms: int, end_ms: int) -> bool:
        """Whether it was there for all of a span."""
        return self.begin_ms <= begin_ms and (self.end_ms is None or self.end_ms >= end_ms)


def stays_before(members: Iterable[Member], revoked_ms: Mapping[DeviceId, int], until_ms: int) -> tuple[Stay, ...]:
    """Return the stays that began before a time, by name; `revoked_ms` is when devices were revoked."""
    found: dict[tuple[str, Role], Stay] = {}
    for member in members:
        if member.role is Role.BUILDING or member.enrolled_ms >= until_ms:
            continue
        known = found.get((member.name, member.role))
        begin_ms, end_ms = member.enrolled_ms, revoked_ms.get(member.device)
        if known is not None:
            begin_ms = min(begin_ms, known.begin_ms)
            end_ms = None if end_ms is None or known.end_ms is None else max(end_ms, known.end_ms)
        found[member.name, member.role] = Stay(member.name, member.role, begin_ms, end_ms)
    return tuple(sorted(found.values(), key=lambda each: each.name))


def foretold(
    stays: Iterable[Stay], tenancies: Mapping[str, Sequence[Tenancy]], at_ms: int, day_ms: tuple[int, int]
) -> tuple[Stay, ...]:
    """Return of the stays that are known at a time those that a later day is planned with.

    Where the association says who lives in a flat when, that day's are, whatever becomes of the box; of the others who
    is there at that time.
    """
    return tuple(
        stay
        for stay in stays
        if (
            any(each.touches(*day_ms) for each in lived((stay,), tenancies))
            if stay.role is Role.FLAT and stay.name in tenancies
            else stay.end_ms is None or stay.end_ms > at_ms
        )
    )


def lived(stays: Iterable[Stay], tenancies: Mapping[str, Sequence[Tenancy]]) -> tuple[Stay, ...]:
    """Return stays, those of flats whose tenancies are known one for each of these."""
    found: list[Stay] = []
    for stay in stays:
        if stay.role is not Role.FLAT or stay.name not in tenancies:
            found.append(stay)
            continue
        for tenancy in tenancies[stay.name]:
            begin_ms = stay.begin_ms if tenancy.begin_ms is None else max(stay.begin_ms, tenancy.begin_ms)
            if tenancy.end_ms is None or tenancy.end_ms > begin_ms:
                found.append(Stay(stay.name, stay.role, begin_ms, tenancy.end_ms))
    return tuple(found)
