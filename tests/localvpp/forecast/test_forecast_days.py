"""Local days: the wall clock's slots, also on the days that are longer or shorter than others."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from localvpp.forecast.days import laid_out, places
from localvpp.forecast.history import History

BERLIN = ZoneInfo("Europe/Berlin")
TOKYO = ZoneInfo("Asia/Tokyo")


def unix(text: str, zone: ZoneInfo) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def day_number(text: str) -> int:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal()


@pytest.mark.parametrize(("date", "slots"), [("2026-03-29", 46), ("2026-10-25", 50), ("2026-06-01", 48)])
def test_days_of_daylight_saving_have_their_true_number_of_slots(date: str, slots: int) -> None:
    begin = unix(f"{date}T00:00", BERLIN)
    day, column = places(begin, slots + 2, 1_800, BERLIN)
    assert (day[:slots] == day_number(date)).all()
    assert (day[slots:] == day_number(date) + 1).all()
    assert list(column[slots:]) == [0, 1]
    assert len(set(column[:slots].tolist())) == min(slots, 48)


def test_the_hour_that_is_missing_is_unknown_and_the_doubled_one_is_the_mean() -> None:
    spring, autumn = day_number("2026-03-29"), day_number("2026-10-25")
    begin = unix("2026-03-28T00:00", BERLIN)
    count = (unix("2026-10-27T00:00", BERLIN) - begin) // 1_800
    values = np.full(count, 10.0)
    again = (unix("2026-10-25T02:00", BERLIN) - begin) // 1_800
    values[again] = 4  # 02:00 for the first time.
    values[again + 2] = 8  # And for the second.
    days = laid_out(History(begin, 1_800, values), spring, autumn, BERLIN)
    assert np.flatnonzero(np.isnan(days.wh[0])).tolist() == [4, 5]
    assert days.wh[-1, 4] == 6
    assert not np.isnan(days.wh[1:]).any()


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"])
@pytest.mark.parametrize("length", [60, 900, 1_800, 3_600])
def test_every_slot_finds_its_place(zone: str, length: int) -> None:
    begin = 1_793_577_600
    count = 3 * 86_400 // length
    day, column = places(begin, count, length, ZoneInfo(zone))
    for index in range(0, count, max(1, count // 50)):
        local = datetime.fromtimestamp(begin + index * length, ZoneInfo(zone))
        assert day[index] == local.toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal()
        assert column[index] == (local.hour * 3_600 + local.minute * 60) // length


def test_a_day_that_is_not_held_is_unknown() -> None:
    days = laid_out(History.of(unix("2026-11-02T00:00", TOKYO), 1_800, [1.0] * 48), 20_000, 20_001, TOKYO)
    assert np.isnan(days.wh).all()
    assert np.isnan(days.rows(np.array([19_999, 20_002]))).all()
