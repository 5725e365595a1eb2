"""What cannot be true is unknown or held; what becomes true again is believed again."""

from hypothesis import given, strategies as st
import pytest

from localvpp.devices.plausible import Counter, Doubt, frequency, line_voltage, may_be_torn, percent, power, voltage

STEP = 100


def run(*readings: int | None, counter: Counter | None = None, torn: bool = False) -> Counter:
    counter = counter or Counter()
    for reading in readings:
        counter = counter.after(reading, most_wh=STEP, torn=torn)
    return counter


def test_a_counter_that_goes_up_is_believed() -> None:
    assert run(1000, 1000, 1050, 1150).value_wh == 1150


def test_a_counter_that_steps_back_for_one_poll_leaves_the_total_unchanged() -> None:
    held = run(50_000, 49_999)
    assert (held.value_wh, held.doubt) == (50_000, Doubt.BACKWARD)
    assert run(50_010, counter=held) == Counter(value_wh=50_010)


def test_a_counter_that_stays_back_by_a_little_is_held_for_ever() -> None:
    assert run(50_000, *[49_000] * 50).value_wh == 50_000


def test_a_counter_that_shows_zero_once_is_held() -> None:
    assert run(50_000, 0).value_wh == 50_000
    assert run(50_000, 0, 50_020).value_wh == 50_020


def test_a_counter_that_begins_anew_is_believed_at_the_third_reading() -> None:
    assert run(50_000, 10, 20).value_wh == 50_000
    assert run(50_000, 10, 20, 30) == Counter(value_wh=30)


def test_small_readings_that_do_not_continue_each_other_are_no_new_beginning() -> None:
    assert run(50_000, 10, 0, 400, 3, 200).value_wh == 50_000


def test_a_jump_for_one_poll_is_held() -> None:
    held = run(50_000, 65_535)
    assert (held.value_wh, held.doubt) == (50_000, Doubt.JUMP)
    assert run(50_020, counter=held) == Counter(value_wh=50_020)


def test_a_jump_that_stays_is_energy_that_flowed_unseen() -> None:
    assert run(50_000, 50_000 + 9 * STEP, 50_010 + 9 * STEP) == Counter(value_wh=50_010 + 9 * STEP)


def test_a_jump_to_another_meter_s_reading_is_no_energy_however_long_it_stays() -> None:
    other = run(50_000, *range(90_000, 91_000, 10))
    assert (other.value_wh, other.doubt) == (50_000, Doubt.JUMP)
    assert run(50_020, counter=other) == Counter(value_wh=50_020)


def test_a_counter_that_showed_nothing_while_its_device_woke_up_is_believed_at_the_third_reading() -> None:
    assert run(0, 90_000, 90_010).value_wh == 0
    assert run(0, 90_000, 90_010, 90_020) == Counter(value_wh=90_020)


def test_a_counter_faster_than_its_rating_is_slow_to_be_believed_but_not_stuck() -> None:
    counter, seconds = Counter(value_wh=50_000), 0
    for reading in range(50_000, 60_000, 5 * STEP):
        seconds += 1
        counter = counter.after(reading, most_wh=seconds * STEP, further_wh=STEP)
        seconds = 0 if counter.doubt is Doubt.NONE else seconds
    assert counter.value_wh is not None
    assert counter.value_wh >= 59_000


@given(st.lists(st.integers(60_000, 10**9).filter(lambda wh: wh % 2000 < 900), unique=True, max_size=6))
def test_spikes_do_not_confirm_each_other(spikes: list[int]) -> None:
    apart = [wh // 2000 * 2000 for wh in spikes]
    if len(set(apart)) == len(apart):
        assert run(50_000, *apart).value_wh == 50_000
        assert run(50_000, *apart, 50_040).value_wh == 50_040


def test_an_unknown_reading_changes_nothing() -> None:
    held = run(50_000, 65_535)
    assert run(None, counter=held) == held


def test_a_first_reading_that_may_be_torn_waits_for_the_next() -> None:
    waiting = run(131_071, torn=True)
    assert (waiting.value_wh, waiting.doubt) == (None, Doubt.TORN)
    assert run(131_072, counter=waiting, torn=True).value_wh == 131_072
    assert run(65_540, counter=waiting).value_wh == 65_540


@pytest.mark.parametrize("torn", [0x0001_0000, 0x0002_FFFF])
def test_a_torn_pair_between_two_good_readings_is_held(torn: int) -> None:
    good = run(0x0001_FFFF)
    assert run(torn, counter=good).value_wh == 0x0001_FFFF
    assert run(torn, 0x0002_0000, counter=good).value_wh == 0x0002_0000


@given(st.lists(st.integers(0, 200_000) | st.none(), max_size=40))
def test_the_total_never_steps_back_but_to_below_a_hundredth(readings: list[int | None]) -> None:
    counter = Counter()
    for reading in readings:
        before, counter = counter, counter.after(reading, most_wh=STEP)
        if before.value_wh is not None:
            assert counter.value_wh is not None
            assert counter.value_wh >= before.value_wh or counter.value_wh * 100 < before.value_wh


@given(st.integers(0, 0xFFFF_FFFF))
def test_words_may_be_torn_only_near_the_turn_of_the_low_word(raw: int) -> None:
    low = raw & 0xFFFF
    assert may_be_torn(raw) is (raw > 0xFFFF and (low < 1000 or low > 64_535))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf"), None])
def test_what_is_no_number_passes_no_gate(bad: float | None) -> None:
    assert [gate(bad) for gate in (frequency, voltage, percent)] == [None, None, None]
    assert power(bad, None) is None
    assert power(bad, 5000) is None


def test_the_gates_pass_their_limits_and_nothing_beyond() -> None:
    assert (frequency(45.0), frequency(65.0), frequency(44.99), frequency(0.0)) == (45.0, 65.0, None, None)
    assert (voltage(80.0), voltage(280.0), voltage(3276.7), voltage(0.0)) == (80.0, 280.0, None, None)
    assert (percent(0.0), percent(100.0), percent(100.5), percent(-1.0)) == (0.0, 100.0, None, None)
    assert (power(7500.0, 5000), power(-7501.0, 5000), power(1e6, None)) == (7500.0, None, 1e6)


@pytest.mark.parametrize(
    ("volts", "others", "counted_wh", "passed"),
    [
        (101.0, (None,), None, 101.0),
        (0.0, (None, None), 1_234, 0.0),
        (9.9, (None,), 1_234, 9.9),
        (None, (None,), 1_234, None),
        (0.0, (50.0, None), 1_234, None),
        (0.0, (None,), None, None),
        (0.0, (None,), 0, None),
        (45.0, (None,), 1_234, None),
        (-0.1, (None,), 1_234, None),
        (79.9, (50.0,), 1_234, 79.9),
        (28.0, (None, 50.0), 1_234, 28.0),
        (60.0, (101.0, None), 1_234, 60.0),
        (60.0, (50.0,), None, None),
        (60.0, (50.0,), 0, None),
        (27.9, (50.0,), 1_234, None),
        (10.1, (50.0,), 1_234, None),
    ],
)
def test_a_voltage_that_is_no_grids_is_a_dead_line_or_a_sag_where_all_else_says_so_and_the_counter_goes_on(
    volts: float | None, others: tuple[float | None, ...], counted_wh: int | None, passed: float | None
) -> None:
    assert line_voltage(volts, others, counted_wh) == passed
