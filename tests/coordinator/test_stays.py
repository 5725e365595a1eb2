"""Who was in the building, and when: by all devices that a name has had, as far as a time knows of them."""

import pytest

from coordinator.config import Tenancy
from coordinator.settlement.stays import Stay, lived, stays_before
from coordinator.store import Member, Role
from localvpp.etp import DeviceId, Ed25519Signer

KEY = Ed25519Signer(b"\x07" * 32).public
FIRST, SECOND, ROOF = (DeviceId(name * 16) for name in (b"a", b"b", b"r"))
MEMBERS = [
    Member(FIRST, "101", Role.FLAT, KEY, "", 100),
    Member(SECOND, "101", Role.FLAT, KEY, "", 300),
    Member(ROOF, "roof", Role.ROOF, KEY, "", 50),
    Member(DeviceId(b"x" * 16), "building", Role.BUILDING, KEY, "", 0),
]


@pytest.mark.parametrize(
    ("until", "begin", "end"),
    [
        (1000, 100, None),  # A meter runs on between two boxes.
        (300, 100, 200),  # What comes later is not looked at.
        (250, 100, 200),
        (200, 100, 200),  # A name's time ends when it ends, whoever asks.
    ],
)
def test_a_flat_is_there_from_its_first_box_to_its_last(until: int, begin: int, end: int | None) -> None:
    found = stays_before(MEMBERS, {FIRST: 200}, until)
    assert found == (Stay("101", Role.FLAT, begin, end), Stay("roof", Role.ROOF, 50, None))
    assert stays_before(reversed(MEMBERS), {FIRST: 200}, until) == found


def test_a_flat_that_left_twice_has_left_at_last() -> None:
    (flat, _) = stays_before(MEMBERS, {FIRST: 200, SECOND: 400}, 1000)
    assert (flat.begin_ms, flat.end_ms) == (100, 400)
    assert stays_before(MEMBERS, {}, 100)[0].name == "roof", "nobody was enrolled then"


@pytest.mark.parametrize(
    ("begin", "end", "touches", "covers"),
    [
        (0, 100, False, False),
        (0, 101, True, False),
        (100, 200, True, True),
        (199, 300, True, False),
        (200, 300, False, False),
    ],
)
def test_a_stay_is_half_open(begin: int, end: int, touches: bool, covers: bool) -> None:
    stay = Stay("101", Role.FLAT, 100, 200)
    assert (stay.touches(begin, end), stay.covers(begin, end)) == (touches, covers)


def test_a_household_that_stays_is_there_between_two_boxes_whenever_the_second_one_comes() -> None:
    said = {"101": (Tenancy(begin_ms=None, end_ms=None),)}
    before_the_second = lived(stays_before(MEMBERS, {FIRST: 200}, 250), said)
    assert before_the_second == (Stay("101", Role.FLAT, 100, None), Stay("roof", Role.ROOF, 50, None))
    assert lived(stays_before(MEMBERS, {FIRST: 200}, 1000), said) == before_the_second


def test_between_two_households_a_flat_is_empty_though_boxes_tell_otherwise() -> None:
    said = {"101": (Tenancy(begin_ms=0, end_ms=150), Tenancy(begin_ms=260, end_ms=None))}
    first, second, _ = lived(stays_before(MEMBERS, {FIRST: 200}, 1000), said)
    assert (first, second) == (Stay("101", Role.FLAT, 100, 150), Stay("101", Role.FLAT, 260, None))
    assert not any(each.touches(150, 260) for each in (first, second))


def test_nobody_is_there_before_the_first_box() -> None:
    said = {"101": (Tenancy(begin_ms=0, end_ms=90), Tenancy(begin_ms=90, end_ms=None))}
    assert lived(stays_before(MEMBERS, {}, 1000), said)[0] == Stay("101", Role.FLAT, 100, None)
