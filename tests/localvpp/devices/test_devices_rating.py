"""What a battery can is the device's word; what that does not tell, its resident's; else it is unknown."""

import pytest

from localvpp.devices import BatteryReading, Rating, RatingError, later, rated

STATED = Rating(capacity_wh=9700, max_charge_w=3000, max_discharge_w=2500)


def test_what_the_device_does_not_tell_its_resident_states() -> None:
    reading = rated(BatteryReading(soc_percent=40.0), STATED)
    assert (reading.capacity_wh, reading.max_charge_w, reading.max_discharge_w) == (9700, 3000, 2500)
    assert reading.stated == ("capacity_wh", "max_charge_w", "max_discharge_w")


def test_what_the_device_tells_counts() -> None:
    told = BatteryReading(capacity_wh=6000, max_charge_w=0.0, max_discharge_w=1800.0)
    assert rated(told, STATED) == told, "one that takes nothing now says so"
    some = rated(BatteryReading(capacity_wh=6000), Rating(capacity_wh=9700, max_discharge_w=2500))
    assert (some.capacity_wh, some.max_charge_w, some.max_discharge_w) == (6000, None, 2500)
    assert some.stated == ("max_discharge_w",)


def test_what_nobody_says_is_unknown() -> None:
    reading = BatteryReading(soc_percent=40.0)
    assert rated(reading, Rating()) is reading


def test_what_a_reading_says_of_itself_has_no_age() -> None:
    assert later(BatteryReading(soc_percent=40.0), 2).ages_ms == {"soc_percent": 2000}


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("capacity_wh", 10, "stated as 10 Wh: give 500 to 200000 Wh"),
        ("capacity_wh", 9_700_000, "9.7e\\+06 Wh: give 500 to 200000 Wh"),
        ("max_charge_w", 3, "stated as 3 W: give 100 to 50000 W"),
        ("max_discharge_w", 60_000, "max_discharge_w is stated as 60000 W"),
    ],
)
def test_what_cannot_be_is_refused(field: str, value: int, remedy: str) -> None:
    with pytest.raises(RatingError, match=remedy):
        Rating(**{field: value})


@pytest.mark.parametrize(("soh_percent", "holds_wh"), [(None, 6000), (70.0, 4200), (0.0, 6000), (104.0, 6000)])
def test_an_aged_battery_holds_less_than_it_tells(soh_percent: float | None, holds_wh: int) -> None:
    assert BatteryReading(capacity_wh=6000, soh_percent=soh_percent).holds_wh == holds_wh
    assert BatteryReading(soh_percent=soh_percent).holds_wh is None
