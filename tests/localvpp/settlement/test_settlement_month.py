"""A month's bills add up to the yen, nothing is made up, and whoever works it out again gets the same bytes."""

from dataclasses import replace
from fractions import Fraction
import os
from pathlib import Path
import random
import subprocess
import sys

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.settlement import Coefficients, Dynamic, MaxMin, SharingKey, SlotPrices, Static, Trade, Traded, apportion
from localvpp.settlement.month import (
    BUILDING,
    UNITS,
    Billing,
    Difference,
    Fee,
    FindingKind,
    IdentityError,
    MonthInput,
    Priced,
    Reference,
    Role,
    SettledMonth,
    SlotInput,
    Split,
    correct,
    encode_month,
    plain_difference,
    read_billed,
    read_difference,
    settle_month,
    settle_slot,
    since,
    stand_in,
    to_yen,
    wh_by_band,
)
from localvpp.settlement.tariff import Month, MonthUse, UtilityBill, read_tariff, utility_bill

from .months import OCTOBER, PRICES, SECONDS, building, flat, month_of, papers, reading
from .test_settlement_tariff import example

SMALL = building(6)
FLATS = [party.name for party in SMALL if party.role is Role.FLAT]


def utility_of(given: MonthInput) -> UtilityBill:
    tariff = read_tariff(example())
    return utility_bill(tariff, MonthUse(given.month, wh_by_band(tariff, given.slots, SECONDS), [9, 14, 11]))


def with_utility(given: MonthInput, **changes: object) -> MonthInput:
    return replace(given, utility=utility_of(given), **changes)  # type: ignore[arg-type]


def traded() -> SharingKey[str]:
    chance = random.Random(3)
    trades = [Trade(*chance.sample(FLATS, 2), chance.randrange(1, 600), chance.randrange(900, 3000)) for _ in range(9)]
    return Traded((*trades, Trade("roof", "101", 500, 1500, 1400)))


KEYS: dict[str, SharingKey[str]] = {
    "dynamic": Dynamic(),
    "static": Static(dict.fromkeys(FLATS, 1)),
    "coefficients": Coefficients(apportion(1_000_000, dict.fromkeys(FLATS, 1))),
    "traded": traded(),
    "maxmin": MaxMin(),
}


def check_conservation(settled: SettledMonth) -> None:
    """All identities of every slot and of the month, worked out here once more."""
    for slot in settled.slots:
        shares, prices = slot.settlement.shares, slot.given.prices
        for name, share in shares.items():
            used = slot.readings[name].used_wh
            if used is not None and slot.readings[name].pv_wh is not None:
                own = used - share.shared_in_wh - share.bought_wh
                assert slot.readings[name].pv_wh == own + share.shared_out_wh + share.sold_wh
        assert sum(share.shared_in_wh - share.shared_out_wh for share in shares.values()) == 0
        assert sum(share.inside_money for share in shares.values()) + slot.settlement.rent == 0
        paid = sum(share.bought_wh * prices.grid - share.sold_wh * prices.feed_in for share in shares.values())
        assert slot.settlement.building_money == paid
        if slot.loss_wh is not None:
            bulk = slot.given.bulk
            assert bulk is not None
            came = bulk.import_wh + sum(share.export_wh for share in shares.values())
            went = bulk.export_wh + sum(share.import_wh for share in shares.values())
            assert came == went + slot.unbilled_wh + slot.loss_wh
    exact = sum(bill.exact_money for bill in settled.bills.values())
    assert sum(bill.yen for bill in settled.bills.values()) == exact // UNITS
    for bill in settled.bills.values():
        assert abs(bill.yen * UNITS - bill.exact_money) < UNITS
    if settled.given.utility is not None:
        assert settled.margin_yen is not None
        paid = settled.given.utility.total_yen + settled.margin_yen
        assert settled.flats_yen + settled.common_yen + settled.given.export_yen == paid


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_all_identities_hold_with_every_key(key: SharingKey[str]) -> None:
    settled = settle_month(with_utility(month_of(SMALL, key=key)))
    check_conservation(settled)
    assert any(each.neighbours_wh for each in settled.accounts.values())
    assert any(each.roof_wh for each in settled.accounts.values())
    assert {each.kind for each in settled.findings} <= {FindingKind.LOSS}


def test_a_month_worked_out_again_has_the_same_bytes() -> None:
    first = encode_month(settle_month(with_utility(month_of(SMALL))))
    again = month_of(SMALL)
    # Whatever order parties and readings are told in.
    slots = [replace(slot, readings=dict(reversed(slot.readings.items()))) for slot in again.slots]
    other = encode_month(settle_month(with_utility(replace(again, slots=slots, parties=list(reversed(SMALL))))))
    assert first == other
    assert b"." not in first.replace(b"10.", b"").split(b'"utility"')[0]


@pytest.mark.usefixtures("outside")
def test_the_bytes_are_the_same_whatever_order_an_interpreter_keeps_sets_in() -> None:
    program = (
        "from hashlib import sha256\n"
        "from tests.localvpp.settlement.test_settlement_month import KEYS, SMALL, with_utility, month_of\n"
        "from localvpp.settlement.month import encode_month, settle_month\n"
        "given = with_utility(month_of(SMALL, key=KEYS['traded'], without={900: ['103', '101']}))\n"
        "print(sha256(encode_month(settle_month(given))).hexdigest())\n"
    )
    root = Path(__file__).parents[3]
    digests = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert digests[0] == digests[1] != ""


def test_what_is_shared_costs_the_inside_price_and_the_rest_the_grids() -> None:
    settled = settle_month(month_of(SMALL))
    for name, account in settled.accounts.items():
        assert account.neighbours_money + account.roof_money == account.inside_wh * PRICES.inside
        assert account.grid_money == account.bought_wh * PRICES.grid
        assert account.fed_in_money == account.sold_wh * PRICES.feed_in
        assert account.energy_money <= account.alone_money, f"{name} is worse off than alone"
    assert settled.accounts["common"].inside_wh == 0
    assert settled.rent == 0
    assert settled.bills[BUILDING].yen == 0


def test_what_buyers_pay_beyond_what_sellers_get_is_the_buildings() -> None:
    settled = settle_month(month_of(SMALL, key=KEYS["traded"]))
    assert settled.rent > 0
    assert settled.bills[BUILDING].energy_money == -settled.rent


def test_how_far_everyone_was_from_his_trades_is_measured() -> None:
    settled = settle_month(month_of(SMALL, key=KEYS["traded"]))
    trades = KEYS["traded"].trades  # type: ignore[attr-defined]
    for slot in settled.slots[:96]:
        for name, found in slot.imbalances.items():
            share = slot.settlement.shares[name]
            planned = sum(t.wh for t in trades if t.seller == name) - sum(t.wh for t in trades if t.buyer == name)
            assert found.wh == share.export_wh - share.import_wh - planned
    for name, account in settled.accounts.items():
        own = [slot.imbalances[name] for slot in settled.slots if name in slot.imbalances]
        assert account.over_wh - account.short_wh == sum(each.wh for each in own)
        assert account.undelivered_wh == sum(each.undelivered_wh for each in own)
    assert b'"imbalances"' in encode_month(settled)
    assert settle_month(month_of(SMALL)).slots[0].imbalances == {}


def test_what_prices_leave_is_the_margin_or_is_divided() -> None:
    given = month_of(SMALL)
    by_price = settle_month(with_utility(given))
    assert by_price.margin_yen not in {None, 0}
    by_cost = settle_month(with_utility(given, split=Split.BY_COST))
    check_conservation(by_cost)
    assert by_cost.margin_yen == 0
    utility = by_cost.given.utility
    assert utility is not None
    assert by_cost.flats_yen + by_cost.common_yen == utility.total_yen
    with_income = settle_month(with_utility(given, split=Split.BY_COST, export_yen=5000))
    check_conservation(with_income)
    assert with_income.flats_yen + with_income.common_yen == utility.total_yen - 5000
    with pytest.raises(ValueError, match="an income of -1 yen"):
        settle_month(replace(given, export_yen=-1))
    for name, bill in by_cost.bills.items():
        grid = by_price.accounts[name].grid_money if name in by_price.accounts else 0
        assert (bill.levelling_money == 0) == (grid == 0)


def test_fees_are_divided_by_their_own_parts() -> None:
    fees = [Fee("basic charge", 10_000, dict(zip(FLATS, (50, 50, 50, 60, 60, 75), strict=True)))]
    settled = settle_month(with_utility(month_of(SMALL), fees=fees))
    check_conservation(settled)
    shares = [dict(settled.bills[name].fees)["basic charge"] for name in FLATS]
    assert sum(shares) == 10_000 * UNITS
    assert shares[0] == shares[1] == 50 * 10_000 * UNITS // 345 + 1 or shares[0] - shares[1] in {0, 1}
    without = settle_month(with_utility(month_of(SMALL)))
    assert settled.flats_yen - without.flats_yen in {9_999, 10_000, 10_001}


@pytest.mark.parametrize(
    ("fee", "named"),
    [(("f", -1, {"100": 1}), "write 0 or more"), (("f", 5, {"100": 0}), "one above")],
    ids=str,
)
def test_what_is_no_fee_is_refused(fee: tuple[str, int, dict[str, int]], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Fee(*fee)
    with pytest.raises(ValueError, match="'999', who has no account"):
        settle_month(month_of(SMALL, fees=[Fee("f", 5, {"999": 1})]))


# --- to the yen ------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(-(10**12), 10**12), min_size=1))
def test_yen_sum_to_the_floor_of_the_whole(exact: dict[str, int]) -> None:
    yen = to_yen(exact)
    assert sum(yen.values()) == sum(exact.values()) // UNITS
    assert all(abs(Fraction(exact[name], UNITS) - yen[name]) < 1 for name in exact)


def test_a_yen_that_is_left_goes_to_the_largest_fraction_then_to_the_first_name() -> None:
    assert to_yen({"b": 150_000, "a": 150_000, "c": 190_000}) == {"a": 1, "b": 1, "c": 2}
    assert to_yen({"b": 150_000, "a": 150_000}) == {"a": 2, "b": 1}
    assert to_yen({"a": -150_000, "b": 150_000}) == {"a": -1, "b": 1}


# --- what is not known -----------------------------------------------------------------------------------------------


def test_the_same_slot_of_the_week_before_stands_in_and_is_told() -> None:
    settled = settle_month(month_of(SMALL, without={500: ["101"], 501: ["101", "102"]}))
    check_conservation(settled)
    at = settled.slots[500]
    assert at.readings["101"].use == settled.slots[500 - 336].readings["101"].use
    assert at.readings["101"].estimated_from == at.given.begin - 7 * 86400
    assert at.readings["101"].pv_wh is None
    assert at.readings["101"].records == settled.slots[500 - 336].readings["101"].records != ()
    share = at.settlement.shares["101"]
    assert share.shared_in_wh == share.shared_out_wh == 0, "an estimate shares with nobody"
    account = settled.accounts["101"]
    assert (len(account.estimated), account.use_known, account.slots) == (2, 1486, 1488)
    told = [each for each in settled.findings if each.kind is FindingKind.ESTIMATED]
    assert [each.party for each in told] == ["101", "102"]
    assert told[0].detail.startswith("2 slots stand in from an earlier week")


def test_what_has_changed_since_a_month_was_billed_is_found_once() -> None:
    given = month_of(SMALL, key=KEYS["traded"], without={700: ["102"]})
    closed = settle_month(given)
    billed = read_billed(encode_month(closed))
    assert (billed.month, billed.parties) == (OCTOBER, frozenset(closed.accounts))
    assert since(billed.slots, (), closed.slots, billed.parties, billed.estimates) == ()
    # Since then 102 has told, and 101, who had bought from the roof, was misread.
    slots = list(given.slots)
    for at, name, came in ((700, "102", reading(900, pv_wh=0)), (24, "101", reading(0, 7, pv_wh=7))):
        readings = dict(slots[at].readings) | {name: came}
        slots[at] = replace(slots[at], readings=readings, late=frozenset({name}))
    now = settle_month(replace(given, slots=slots))
    found = since(billed.slots, (), now.slots, billed.parties, billed.estimates)
    measured = {slot.begin: slot.readings for slot in given.slots}
    one = correct(closed.slots[24], {"101": reading(0, 7, pv_wh=7)}, SMALL, (), measured)[1]
    other = correct(closed.slots[700], {"102": reading(900, pv_wh=0)}, SMALL, (), measured)[1]
    assert found == (*one, *other)
    assert [each.before for each in other] == [closed.slots[700 - 336].readings["102"].records]
    # Their money is energy at the half hour's prices, and what was paid inside: by trades, at theirs.
    for each in found:
        assert each.priced is not None
        assert each.priced.prices == PRICES
        moved = each.shared_in_wh - each.shared_out_wh
        assert each.priced.bought_wh - each.priced.sold_wh == each.import_wh - each.export_wh - moved
        assert moved or each.party == BUILDING or each.money == each.priced.grid_money
    assert not any(each.before for each in one), "what was measured stood for itself"
    assert BUILDING in {each.party for each in one}
    # What was billed with the next month is billed.
    november = settle_month(month_of(SMALL, month=Month(2026, 11), differences=found))
    following = read_billed(encode_month(november))
    assert following.differences == found
    assert since(billed.slots, following.differences, now.slots, billed.parties, billed.estimates) == ()
    for bad in (b"{}", b"[]", encode_month(closed).replace(b"month/1", b"month/2")):
        with pytest.raises(ValueError, match=r"is no settled month|its format is"):
            read_billed(bad)


def test_what_neighbours_owe_otherwise_since_a_meter_may_not_be_billed_from_leads_to_their_own_records() -> None:
    given = month_of(SMALL)
    billed = read_billed(encode_month(settle_month(given)))
    unfit = [flat("100", papers("M100", Month(2026, 9))) if each.name == "100" else each for each in SMALL]
    now = settle_month(replace(given, parties=unfit))
    found = since(billed.slots, (), now.slots, billed.parties & now.accounts.keys(), billed.estimates)
    assert {each.party for each in found} >= {"101", "102"}, "100 had sun for them"
    at = {slot.given.begin: slot for slot in now.slots}
    for each in found:
        assert (each.because, each.import_wh, each.export_wh) == ("", 0, 0)
        assert each.shared_in_wh or each.shared_out_wh
        assert each.records == at[each.slot].readings[each.party].records != ()
    following = settle_month(month_of(SMALL, month=Month(2026, 11), differences=found))
    assert read_billed(encode_month(following)).differences == found


def test_who_came_late_shares_with_nobody_and_the_others_as_if_he_were_not_there() -> None:
    given = month_of(SMALL)
    late = replace(given.slots[24], late=frozenset({"100"}))
    without = replace(given.slots[24], readings=dict(given.slots[24].readings) | {"100": None})
    one = settle_slot(late, SMALL, (), {})
    other = settle_slot(without, SMALL, (), {})
    assert one.settlement.shares["100"].shared_out_wh == one.settlement.shares["100"].shared_in_wh == 0
    assert {name: s for name, s in one.settlement.shares.items() if name != "100"} == other.settlement.shares
    assert one.loss_wh == settle_slot(given.slots[24], SMALL, (), {}).loss_wh


def test_a_reading_that_is_corrected_gives_neighbours_differences_that_add_up() -> None:
    given = month_of(SMALL)
    closed = settle_month(given)
    again, differences = correct(closed.slots[24], {"101": reading(5, pv_wh=0)}, SMALL, (), {})
    assert len(differences) > 1
    assert sum(each.shared_in_wh - each.shared_out_wh for each in differences) == 0
    assert again.settlement.shares["101"].shared_in_wh == 0


def test_readings_of_before_the_month_stand_in_too_but_never_what_was_estimated() -> None:
    begin = OCTOBER.begin()
    before = {begin - week * 604_800: {"101": reading(10 * week)} for week in (2, 5)}
    settled = settle_month(month_of(SMALL, without={0: ["101"], 336: ["101"]}, before=before))
    assert settled.slots[0].readings["101"].use.import_wh == 20
    # A week later the estimate of the week before is no measurement: three weeks before is.
    assert settled.slots[336].readings["101"].estimated_from == begin - 2 * 604_800
    estimate = replace(reading(5), estimated_from=1)
    assert stand_in(begin, "101", {begin - 604_800: {"101": estimate}}) is None
    assert stand_in(begin, "101", {begin - 5 * 604_800: {"101": reading(5)}}) is None


def test_where_nothing_stands_in_nothing_is_billed_and_the_loss_is_unknown() -> None:
    settled = settle_month(month_of(SMALL, without={0: ["101"]}))
    check_conservation(settled)
    assert settled.slots[0].missing == ("101",)
    assert settled.slots[0].loss_wh is None
    assert "101" not in settled.slots[0].settlement.shares
    assert settled.accounts["101"].unknown == [OCTOBER.begin()]
    assert FindingKind.UNKNOWN in {each.kind for each in settled.findings}


def test_a_bulk_meter_that_is_silent_leaves_the_loss_unknown() -> None:
    given = month_of(SMALL)
    slots = [replace(given.slots[0], bulk=None), *given.slots[1:]]
    settled = settle_month(replace(given, slots=slots))
    assert settled.slots[0].loss_wh is None
    assert settled.peak is not None
    assert settled.peak.unknown == 1
    assert FindingKind.BULK in {each.kind for each in settled.findings}
    with pytest.raises(ValueError, match="write the month's kWh by band into kwh"):
        wh_by_band(read_tariff(example()), slots, SECONDS)
    with pytest.raises(ValueError, match="change within slots of 7200 s"):
        wh_by_band(
            read_tariff(
                example()
                | {"energy": [{"band": "a", "hours": "09:00-22:00", "yen": "1.00"}, {"band": "b", "yen": "1.00"}]}
            ),
            slots,
            7200,
        )


def test_who_was_not_shared_with_as_his_values_came_late_is_told() -> None:
    given = month_of(SMALL)
    late = [replace(given.slots[at], late=frozenset({"101", "common"})) for at in (0, 1)]
    settled = settle_month(replace(given, slots=[*late, *given.slots[2:]]))
    (found,) = (each for each in settled.findings if each.kind is FindingKind.LATE)
    assert (found.party, found.detail) == (
        "101",
        "2 slots were told too late to be shared: they met the grid's prices alone, the first at 2026-10-01 00:00",
    )


def test_kwh_that_the_utility_has_told_are_not_held_against_the_bulk_meter() -> None:
    given = month_of(SMALL)
    energy = {name: wh + 90_000 for name, wh in wh_by_band(read_tariff(example()), given.slots, SECONDS).items()}
    bill = utility_bill(read_tariff(example()), MonthUse(OCTOBER, energy, [9, 14, 11]))
    with pytest.raises(IdentityError, match="the bulk meter counted"):
        settle_month(replace(given, utility=bill))
    check_conservation(settle_month(replace(given, utility=bill, utility_kwh=True)))


def test_a_loss_beyond_the_alarm_is_a_finding() -> None:
    given = month_of(SMALL)
    settled = settle_month(replace(given, loss_alarm_percent=0))
    loss = next(each for each in settled.findings if each.kind is FindingKind.LOSS)
    assert loss.detail.startswith(f"{settled.loss_wh} Wh of ")
    assert FindingKind.LOSS not in {each.kind for each in settle_month(replace(given, loss_alarm_percent=50)).findings}


def test_meters_that_contradict_one_another_over_a_day_are_told() -> None:
    given = month_of(SMALL)
    readings = dict(given.slots[0].readings) | {"101": reading(0, 50_000, pv_wh=20)}
    settled = settle_month(replace(given, slots=[replace(given.slots[0], readings=readings), *given.slots[1:]]))
    assert settled.accounts["101"].contradictory == [OCTOBER.begin()]
    assert FindingKind.CONTRADICTION in {each.kind for each in settled.findings}


def test_a_counter_of_whole_kilowatt_hours_contradicts_nothing_and_its_sums_are_right() -> None:
    """In one slot 400 Wh flow out before the inverter has counted its next kWh, and in the next one it has."""
    given = month_of(SMALL)
    first, second, *rest = given.slots
    readings = [dict(each.readings) for each in (first, second)]
    readings[0]["101"], readings[1]["101"] = reading(0, 400, pv_wh=0), reading(0, 400, pv_wh=1000)
    slots = [replace(first, readings=readings[0]), replace(second, readings=readings[1])]
    account = settle_month(replace(given, slots=[*slots, *rest])).accounts["101"]
    readings[0]["101"] = readings[1]["101"] = reading(0, 400, pv_wh=500)
    slots = [replace(first, readings=readings[0]), replace(second, readings=readings[1])]
    fine = settle_month(replace(given, slots=[*slots, *rest])).accounts["101"]
    assert account == fine
    assert not account.contradictory


# --- late values -----------------------------------------------------------------------------------------------------


def test_a_late_value_is_a_difference_record_and_the_closed_month_stays() -> None:
    given = month_of(SMALL, without={700: ["102"]})
    closed = settle_month(given)
    bytes_before = encode_month(closed)
    measured = {slot.begin: slot.readings for slot in given.slots}
    late = {"102": reading(900, pv_wh=0, records=(Reference(5, b"\x05" * 32),))}
    again, differences = correct(closed.slots[700], late, SMALL, (), measured)
    assert encode_month(closed) == bytes_before
    assert again.readings["102"].use.import_wh == 900
    assert sum(each.shared_in_wh - each.shared_out_wh for each in differences) == 0
    by_party = {each.party: each for each in differences}
    assert by_party["102"].import_wh == 900 - closed.slots[700].readings["102"].use.import_wh
    assert all(each.because == "102" for each in differences)
    assert all(each.records == late["102"].records for each in differences)
    stood_in = closed.slots[700 - 336].readings["102"].records
    assert stood_in
    assert all(each.before == stood_in for each in differences), "and to what was billed instead"
    assert [read_difference(plain_difference(each)) for each in differences] == list(differences)
    # It stands on the next month's bills, and adds up there.
    november = Month(2026, 11)
    following = settle_month(with_utility(month_of(SMALL, month=november, differences=differences)))
    check_conservation(following)
    assert following.bills["102"].adjustment_money == by_party["102"].money
    # It concerns nobody else: what was shared among the others stays.
    assert by_party.keys() == {"102"}
    was = closed.slots[700].readings["102"].use
    drawn = 900 - was.import_wh
    assert by_party["102"].money == drawn * PRICES.grid + was.export_wh * PRICES.feed_in
    assert by_party["102"].priced == Priced(drawn, -was.export_wh, PRICES)
    assert correct(again, {}, SMALL, (), measured)[1] == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"slot": "1"},
        {"money": 1.0},
        {"party": 5},
        {"more": 1},
        {"records": [[1, 2]]},
        {"before": 1},
        {"priced": 3},
        {"priced": {"bought_wh": 1, "sold_wh": 0}},
        {"priced": {"bought_wh": 1.0, "sold_wh": 0, "prices": [1, 2, 0]}},
    ],
    ids=str,
)
def test_what_is_no_difference_record_is_refused(changes: dict[str, object]) -> None:
    slot = SlotInput(0, {"101": reading(10)}, None, PRICES)
    settled = settle_slot(slot, [flat("101")], (), {})
    _, (difference,) = correct(settled, {"101": reading(20)}, [flat("101")], (), {})
    assert difference.money == 10 * PRICES.grid
    with pytest.raises(ValueError, match="a difference record"):
        read_difference(plain_difference(difference) | changes)


def test_a_difference_that_was_billed_before_it_told_what_stood_in_is_read() -> None:
    plain = plain_difference(Difference(1, "101", 5, 0, 0, 0, 15_500, "101", (Reference(3, b"\x03" * 32),)))
    assert plain.pop("before") == []
    assert plain.pop("priced") is None
    assert read_difference(plain).records == (Reference(3, b"\x03" * 32),)


# --- meters ----------------------------------------------------------------------------------------------------------


def test_a_meter_that_is_not_fit_for_billing_is_not_billed() -> None:
    parties = [
        flat("100", papers("M1", Month(2026, 9))),
        flat("101", papers("M2", None)),
        flat("102", papers("M3", Month(2026, 9), information_only=True)),
        flat("103", papers("M4", Month(2027, 3))),
        flat("104", papers("M5", Month(2027, 4))),
        *SMALL[5:],
    ]
    settled = settle_month(with_utility(month_of(parties)))
    check_conservation(settled)
    assert [settled.billing[party.name] for party in parties[:5]] == [
        Billing.REFUSED,
        Billing.REFUSED,
        Billing.INFORMATION_ONLY,
        Billing.BILLED,
        Billing.BILLED,
    ]
    assert not {"100", "101", "102"} & settled.bills.keys()
    assert settled.shown.keys() == {"102"}
    assert settled.shown["102"].inside_wh == 0
    assert settled.unbilled_wh != 0
    told = {each.party: each for each in settled.findings if each.party}
    assert told["100"].detail == "meter M1 was verified until 2026-09: exchange it, or mark it as information only"
    assert told["101"].kind is FindingKind.METER
    assert told["103"].kind is FindingKind.EXPIRES
    assert told["103"].detail == "meter M4 is verified until 2027-03: have it exchanged"
    assert "104" not in told


def test_who_traded_with_a_flat_that_may_not_be_billed_is_told() -> None:
    key = Traded((Trade("100", "101", 300, 2000), Trade("102", "103", 300, 2000)))
    parties = [flat("100", papers("M1", Month(2026, 9))), *SMALL[1:]]
    settled = settle_month(month_of(parties, key=key))
    (told,) = (each for each in settled.findings if each.kind is FindingKind.PARTNER)
    assert told.party == "101"
    assert told.detail.startswith("1488 slots have trades with a neighbour whose meter may not be billed from")
    assert settled.accounts["101"].inside_wh == 0
    assert not any(each.kind is FindingKind.PARTNER for each in settle_month(month_of(SMALL, key=key)).findings)


def test_a_party_without_papers_or_approval_is_not_billed() -> None:
    parties = [replace(SMALL[0], meter=None), flat("101", replace(papers("M2"), approval=" ")), *SMALL[2:]]
    settled = settle_month(month_of(parties, fees=[Fee("f", 100, {"100": 1, "102": 1})]))
    assert settled.billing["100"] is settled.billing["101"] is Billing.REFUSED
    assert dict(settled.bills[BUILDING].fees)["f"] == 50 * UNITS
    details = {each.party: each.detail for each in settled.findings}
    assert details["100"].startswith("has no meter on record")
    assert details["101"].startswith("meter M2 has no type approval")


# --- what is no month ------------------------------------------------------------------------------------------------


def test_a_month_with_a_slot_missing_is_refused() -> None:
    given = month_of(SMALL)
    begin = given.slots[3].begin
    with pytest.raises(ValueError, match=f"given are 1487; slot {begin} is missing"):
        settle_month(replace(given, slots=[*given.slots[:3], *given.slots[4:]]))
    with pytest.raises(ValueError, match="give each once, in their order"):
        settle_month(replace(given, slots=list(reversed(given.slots))))


def test_names_that_are_not_clear_are_refused() -> None:
    given = month_of(SMALL)
    with pytest.raises(ValueError, match="party '100': give each a name of its own"):
        settle_month(replace(given, parties=[*SMALL, flat("100")]))
    with pytest.raises(ValueError, match="party 'building'"):
        settle_month(replace(given, parties=[*SMALL, flat(BUILDING)]))
    with pytest.raises(ValueError, match="a reading of '100', who is no party"):
        settle_month(replace(given, parties=SMALL[1:]))
    with pytest.raises(ValueError, match="0 Wh or more"):
        reading(-1)


@pytest.mark.slow
def test_a_year_of_a_hundred_flats_conserves_everything_in_every_slot() -> None:
    parties = building(100)
    keys: list[SharingKey[str]] = [Dynamic(), MaxMin(), Static({party.name: 1 for party in parties[:100]})]
    flats_yen = 0
    slots = 0
    for at in range(12):
        month = Month(2026, 4).plus(at)
        given = month_of(parties, month=month, seed=at, key=keys[at % 3], without={77: ["101"], 900: ["102", "roof"]})
        settled = settle_month(given)
        check_conservation(settled)
        slots += len(settled.slots)
        flats_yen += settled.flats_yen
    assert slots == 365 * 86400 // SECONDS
    assert flats_yen > 0


def test_prices_may_change_from_slot_to_slot() -> None:
    given = month_of(SMALL)
    cheap = SlotPrices(inside=900, grid=1000, feed_in=800)
    slots = [replace(slot, prices=cheap) if at % 2 else slot for at, slot in enumerate(given.slots)]
    check_conservation(settle_month(replace(given, slots=slots)))
