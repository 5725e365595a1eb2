"""A building's sharing key is a document with a word of its own, which is told, and cannot be changed afterwards."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from localvpp.etp.cose import LARGEST
from localvpp.settlement import (
    DYNAMIC,
    HIGHEST_PRICE,
    MOST_TOLD,
    Coefficients,
    ContradictionError,
    Dynamic,
    KeyName,
    KeyRule,
    KnownPrices,
    MaxMin,
    PriceList,
    PricePeriod,
    SlotPrices,
    Static,
    Times,
    Traded,
    first_prices,
    plain_prices,
    read_prices,
    read_rule,
)

PRICES = SlotPrices(inside=2200, grid=3150, feed_in=850)
STATIC = KeyRule(KeyName.STATIC, {"102": 70, "101": 55})
TIMED = KeyRule(
    KeyName.COEFFICIENTS,
    times=(
        Times({"101": 1_000_000, "102": 0}, frozenset({"sat", "sun"}), (9 * 60, 16 * 60)),
        Times({"101": 250_000, "102": 750_000}, None, (22 * 60, 6 * 60)),
        Times({"101": 400_000, "102": 600_000}),
    ),
)
EVERY = [DYNAMIC, STATIC, TIMED, KeyRule(KeyName.MAX_MIN), KeyRule(KeyName.TRADES)]


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name.value)
def test_a_key_is_read_back_from_its_document(rule: KeyRule) -> None:
    again = read_rule(rule.document)
    assert (again, again.word, again.document) == (rule, rule.word, rule.document)
    assert len(rule.word) <= 64
    assert (rule.by_name(0) is None) == (rule.word == rule.name.value)


def test_the_word_changes_with_every_part() -> None:
    assert STATIC.word == KeyRule(KeyName.STATIC, {"101": 55, "102": 70}).word
    assert STATIC.word != KeyRule(KeyName.STATIC, {"101": 56, "102": 70}).word
    first, *others = TIMED.times
    assert TIMED.word != replace(TIMED, times=(replace(first, hours=(9 * 60, 15 * 60)), *others)).word


def test_the_coefficients_of_a_slot_are_those_of_its_day_and_hour_in_japan() -> None:
    def at(text: str) -> object:
        return TIMED.by_name(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) - 9 * 3600)

    assert at("2026-10-03T10:00") == Coefficients(TIMED.times[0].millionths)  # a Saturday
    assert at("2026-10-05T10:00") == Coefficients(TIMED.times[2].millionths)
    assert at("2026-10-03T16:00") == Coefficients(TIMED.times[2].millionths)
    assert at("2026-10-05T05:30") == at("2026-10-05T22:00") == Coefficients(TIMED.times[1].millionths)
    assert TIMED.fits(1800)
    assert not TIMED.fits(7200 * 12)


def test_each_key_is_the_one_it_names() -> None:
    assert STATIC.by_name(0) == Static({"101": 55, "102": 70})
    keys: list[object] = [EVERY[0].nameless(), EVERY[3].nameless(), EVERY[4].nameless()]
    assert keys == [Dynamic(), MaxMin(), Traded(())]


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ("[]", "no sharing key"),
        ('{"key":"luck"}', "luck"),
        ('{"key":"static"}', "lacks parts"),
        ('{"key":"dynamic","parts":{"101":1}}', "has no parts"),
        ('{"key":"static","parts":{"101":0}}', "shares nothing"),
        ('{"key":"static","parts":{"101":-1}}', "write a whole number"),
        ('{"key":"coefficients"}', "lacks times"),
        ('{"key":"coefficients","times":[{"parts":{"101":5}}]}', "sum to 5, not to 1000000"),
        ('{"key":"coefficients","times":[{"hours":[0,60],"parts":{"101":1000000}}]}', "the last times"),
        ('{"key": "dynamic"}', "written otherwise"),
        ('{"key":"dynamic","more":1}', "written otherwise"),
    ],
)
def test_what_is_no_key_is_refused(document: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        read_rule(document)


# --- with the prices -------------------------------------------------------------------------------------------------


def test_a_key_is_announced_with_the_prices_for_slots_to_come() -> None:
    first = first_prices(PRICES)
    assert first.announce(PRICES, 10_000, 60) is first
    second = first.announce(PRICES, 10_000, 60, STATIC)
    assert [(each.since, each.key) for each in second.periods] == [(0, "dynamic"), (120, STATIC.word)]
    assert second.announce(PRICES, 10_000, 60, STATIC) is second
    assert (second.key_at(60), second.key_at(120)) == ("dynamic", STATIC.word)
    assert second.rule(STATIC.word) == STATIC
    assert second.rule("dynamic") == DYNAMIC
    with pytest.raises(ValueError, match="its document is needed"):
        read_prices(plain_prices(second)).rule(STATIC.word)
    assert read_prices(plain_prices(second)) == second
    # Lists of before there was a choice read as before, and are written as before.
    assert plain_prices(first) == [[0, 2200, 3150, 850]]


@pytest.mark.parametrize("word", ["dynamic", "", "x" * 65, 5, None, b"static", True])
def test_what_is_no_word_of_a_key_is_refused(word: object) -> None:
    with pytest.raises(ValueError, match=r"four numbers|does not say so"):
        read_prices([[0, 2200, 3150, 850, word]])


def test_as_many_periods_as_are_told_fit_into_a_statement() -> None:
    dear = SlotPrices(HIGHEST_PRICE, HIGHEST_PRICE, HIGHEST_PRICE)
    told = PriceList(tuple(PricePeriod(2**31 + at, dear, STATIC.word) for at in range(MOST_TOLD))).told
    cbor_of = sum(1 + 4 * 5 + 2 + len(str(period[4])) for period in plain_prices(told))
    assert cbor_of < LARGEST - 500


def test_a_key_that_is_changed_afterwards_contradicts_what_was_told() -> None:
    known = KnownPrices(PriceList((PricePeriod(0, PRICES, STATIC.word),)), 1_000)
    assert known.key_at(60) == STATIC.word
    with pytest.raises(ContradictionError, match=f"with the sharing key {STATIC.word}, are not in"):
        known.hear(first_prices(PRICES), 2_000)
    with pytest.raises(ContradictionError, match="announced after those slots had begun"):
        known.hear(PriceList((*known.prices.periods, PricePeriod(1, PRICES))), 2_000)
    assert KnownPrices.read(known.plain()) == known
