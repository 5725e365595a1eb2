"""No flat is called within an hour of the peak, nor so that its drill would come into that hour (I20)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from coordinator.config import PeakHours
from coordinator.drills.peak import near_peak

TOKYO = ZoneInfo("Asia/Tokyo")
EVENING = PeakHours(time(17), time(20))
NIGHT = PeakHours(time(23), time(1))


@pytest.mark.parametrize(
    ("hours", "clock", "near"),
    [
        (EVENING, (15, 29), False),
        (EVENING, (15, 31), True),
        (EVENING, (18, 0), True),
        (EVENING, (20, 59), True),
        (EVENING, (21, 0), False),
        (NIGHT, (0, 30), True),
        (NIGHT, (1, 59), True),
        (NIGHT, (2, 0), False),
        (NIGHT, (21, 29), False),
        (NIGHT, (21, 31), True),
    ],
)
def test_an_hour_before_and_after_the_peak_nobody_is_called(
    hours: PeakHours, clock: tuple[int, int], near: bool
) -> None:
    now = datetime(2026, 11, 26, *clock, tzinfo=TOKYO)
    assert near_peak([hours], now, timedelta(minutes=30)) is near
    assert not near_peak([], now, timedelta(minutes=30))
