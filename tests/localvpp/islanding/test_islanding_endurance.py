"""How long a battery lasts, by numbers that can be checked by hand."""

from hypothesis import given, strategies as st
import pytest

from localvpp.islanding.endurance import (
    FARTHEST_S,
    Forecast,
    Recharge,
    Reserve,
    after_separation,
    lasts_s,
    usable_wh,
)

HOUR = 3600.0


def test_what_is_above_the_floor_is_divided_by_the_load() -> None:
    assert usable_wh(60, 10, 10_000) == 5000
    assert lasts_s(5000, 500) == 10 * HOUR
    assert lasts_s(usable_wh(5, 10, 10_000), 500) == 0


def test_the_sun_lengthens_it_and_what_the_battery_cannot_take_is_lost() -> None:
    sun = [Forecast(2 * HOUR, 1500)]
    # Two hours of 1000 W net: 2 kWh more, of which 1 kWh has room.
    assert lasts_s(5000, 500, sun, room_wh=2000) == 2 * HOUR + 14 * HOUR
    assert lasts_s(5000, 500, sun, room_wh=1000) == 2 * HOUR + 12 * HOUR
    assert lasts_s(5000, 500, sun) == 2 * HOUR + 10 * HOUR


def test_a_battery_that_empties_before_the_sun_rises_is_empty() -> None:
    assert lasts_s(500, 500, [Forecast(2 * HOUR, 0), Forecast(8 * HOUR, 3000)]) == HOUR


def test_nothing_drawn_lasts_as_long_as_anybody_plans() -> None:
    assert lasts_s(1, 0) == FARTHEST_S


def test_an_inverter_that_has_just_separated_gives_no_sun_for_five_minutes() -> None:
    sun = (Forecast(200, 1000.0), Forecast(400, 2000.0))
    assert after_separation(sun, 0) == (Forecast(200, 0.0), Forecast(100, 0.0), Forecast(300, 2000.0))
    assert after_separation(sun, 250) == (Forecast(50, 0.0), Forecast(150, 1000.0), Forecast(400, 2000.0))
    assert after_separation(sun, 300) == sun


@given(st.floats(0, 1e5), st.floats(0, 1e4), st.lists(st.builds(Forecast, st.floats(0, 1e5), st.floats(0, 1e4))))
def test_more_energy_never_lasts_shorter_and_the_sun_never_shortens_it(
    energy: float, load: float, sun: list[Forecast]
) -> None:
    plain = lasts_s(energy, load)
    assert lasts_s(energy + 100, load) >= plain
    assert lasts_s(energy, load, sun, room_wh=1000) >= plain * (1 - 1e-9) - 1e-6
    assert 0 <= plain <= FARTHEST_S


@pytest.mark.parametrize("given_", [(-1.0, 1.0), (1.0, -1.0)])
def test_negative_numbers_are_refused(given_: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="not negative"):
        lasts_s(*given_)


def test_a_battery_is_charged_again_later_and_ever_more() -> None:
    recharge = Recharge(delay_s=120)
    assert [round(recharge.most_w(s, 3000)) for s in (0, 120, 180, 420, 720, 10_000)] == [0, 0, 300, 1500, 3000, 3000]


def test_a_hundred_flats_draw_together_no_more_than_their_ramps_allow() -> None:
    flats = [Recharge(delay_s=index * 36.0) for index in range(100)]
    assert sum(each.most_w(60, 3000) for each in flats) < 0.01 * 100 * 3000


def test_a_warning_raises_the_reserve_and_its_end_puts_it_back() -> None:
    reserve = Reserve(usual_percent=30)
    assert [reserve.percent(warned) for warned in (False, True, False)] == [30, 100, 30]


def test_a_warning_of_which_nothing_is_known_counts_as_one() -> None:
    assert Reserve(usual_percent=30).percent(None) == 100


@pytest.mark.parametrize(("usual", "warned"), [(5, 100), (50, 40), (30, 101)])
def test_a_reserve_out_of_order_is_refused(usual: int, warned: int) -> None:
    with pytest.raises(ValueError, match="usual_percent"):
        Reserve(usual_percent=usual, warned_percent=warned)
