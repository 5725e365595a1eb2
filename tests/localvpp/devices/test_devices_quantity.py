"""Words become quantities exactly, or become unknown."""

from fractions import Fraction
import struct

from hypothesis import given, strategies as st
import pytest

from localvpp.devices.quantity import (
    MAX_ENERGY_WH,
    WordType,
    exact,
    factor,
    scaled_watt_hours,
    text,
    watt_hours,
    watt_hours_of,
)


def words(raw: int, count: int) -> list[int]:
    return [raw >> 16 * (count - 1 - index) & 0xFFFF for index in range(count)]


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float_register_is_read_to_its_last_bit(value: float) -> None:
    raw = int.from_bytes(struct.pack(">f", value))
    assert exact(words(raw, 2), WordType.F32) == Fraction(value)


@given(st.integers(0x7F80_0000, 0x7FFF_FFFF) | st.integers(0xFF80_0000, 0xFFFF_FFFF))
def test_no_nan_and_no_infinity_is_a_number(raw: int) -> None:
    assert exact(words(raw, 2), WordType.F32) is None


@given(st.integers(-(1 << 63), (1 << 63) - 1))
def test_words_can_come_in_either_order(value: int) -> None:
    big = words(value % (1 << 64), 4)
    assert exact(big, WordType.I64, "big") == value
    assert exact(big[::-1], WordType.I64, "little") == value


@given(st.sampled_from([WordType.U16, WordType.I16, WordType.U32, WordType.I32, WordType.U64, WordType.I64]), st.data())
def test_a_stated_sentinel_is_unknown_and_its_neighbour_is_not(kind: WordType, data: st.DataObject) -> None:
    top = (1 << 16 * kind.words) - 1
    sentinel = data.draw(st.integers(0, top))
    assert exact(words(sentinel, kind.words), kind, "big", frozenset({sentinel})) is None
    assert exact(words(sentinel ^ 1, kind.words), kind, "big", frozenset({sentinel})) is not None


@given(st.integers(0, 16_383_999))
def test_every_watt_hour_of_a_float_meter_survives(wh: int) -> None:
    """A 32-bit float of kilowatt-hours is never half a watt-hour off below 2^14 kWh."""
    kwh = struct.unpack(">f", struct.pack(">f", wh / 1000))[0]
    read = exact(words(int.from_bytes(struct.pack(">f", kwh)), 2), WordType.F32)
    assert read is not None
    assert watt_hours(read * 1000) == wh


@given(st.fractions(0, MAX_ENERGY_WH), st.fractions(0, MAX_ENERGY_WH))
def test_rounding_never_runs_backwards(one: Fraction, other: Fraction) -> None:
    low, high = sorted((one, other))
    assert (watt_hours(low) or 0) <= (watt_hours(high) or 0)


@pytest.mark.parametrize("energy", [None, Fraction(-1), Fraction(-1, 1000), Fraction(MAX_ENERGY_WH + 1)])
def test_an_energy_that_cannot_be_is_unknown(energy: Fraction | None) -> None:
    assert watt_hours(energy) is None


@pytest.mark.parametrize("energy", [None, float("nan"), float("inf"), float("-inf"), -0.6])
def test_a_float_energy_that_cannot_be_is_unknown(energy: float | None) -> None:
    assert watt_hours_of(energy) is None


@given(st.integers(1, 0xFFFF_FFFF), st.integers(-40_000, 40_000))
def test_only_the_scale_factors_of_the_specification_scale(raw: int, exponent: int) -> None:
    scaled = scaled_watt_hours(raw, exponent)
    if not -10 <= exponent <= 10:
        assert scaled is None
    elif exponent <= 0:
        assert scaled is not None
        assert abs(scaled - Fraction(raw, 10**-exponent)) <= Fraction(1, 2)


def test_large_energies_keep_every_digit_where_a_float_would_not() -> None:
    assert scaled_watt_hours(9_007_199_254_740_993, -4) == 900_719_925_474
    assert scaled_watt_hours(999_999_999_999, 0) == 999_999_999_999


def test_a_text_ends_at_its_first_nul_and_an_empty_one_is_unknown() -> None:
    assert text([0x4162, 0x6320, 0x0000, 0x5858]) == "Abc"
    assert text([0, 0]) is None
    assert text([0xFFFF, 0xFFFF]) is None
    assert text([0x8081, 0x8283]) is None


def test_a_scale_means_what_its_author_wrote() -> None:
    assert factor(0.1) == Fraction(1, 10)
    assert factor("0.001") == Fraction(1, 1000)
    for wrong in (0, "nan", "inf", True, None, "ten"):
        with pytest.raises(ValueError, match=r"number|scale"):
            factor(wrong)
