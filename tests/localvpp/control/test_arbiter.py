"""One steers the battery at a time, by precedence; nobody's set-point outlives its claim or its lease."""

from collections.abc import Mapping

from hypothesis import given, strategies as st
import pytest

from localvpp.control import Claimant, Do, Held, Let, Pace, Power, Wish, owner, turn

PACE = Pace(30)
HELD = Held(Claimant.MARKET, 800, 0.0, 100.0)

WISHES = st.sampled_from([*Let, Power.exactly(500), Power.exactly(-500), Power(0, -100, 100)])
CLAIMS = st.dictionaries(st.sampled_from(Claimant), WISHES)


@given(
    claims=CLAIMS, held=st.none() | st.builds(Held, st.sampled_from(Claimant), st.just(500), st.just(0.0), st.just(9.0))
)
def test_only_the_highest_claim_counts(claims: Mapping[Claimant, Wish], held: Held | None) -> None:
    done = turn(held, claims, PACE, 10.0)
    if not claims:
        assert done.do is (Do.NOTHING if held is None else Do.RELEASE)
        return
    highest = min(claims)
    assert owner(claims) is highest
    match claims[highest]:
        case Power(low=low, high=high):
            assert done.do is Do.ASK
            assert done.held is not None
            assert done.held.claimant is highest
            assert low <= done.held.watts <= high
        case Let.BE:
            assert done.do is Do.NOTHING
        case Let.GO:
            assert done.do is (Do.NOTHING if held is None else Do.RELEASE)
    alone = turn(held, {highest: claims[highest]}, PACE, 10.0)
    assert done == alone, "what the others wish changes nothing"


@pytest.mark.parametrize("claimant", [each for each in Claimant if each is not Claimant.MARKET])
def test_whoever_is_above_takes_the_battery_out_of_the_markets_hands(claimant: Claimant) -> None:
    market: dict[Claimant, Wish] = {Claimant.MARKET: Power(800, -3000, 3000)}
    assert turn(HELD, market | {claimant: Let.GO}, PACE, 101.0).do is Do.RELEASE
    asked = turn(HELD, market | {claimant: Power.exactly(-100)}, PACE, 101.0)
    assert (asked.do, asked.held) == (Do.ASK, Held(claimant, -100, 101.0, 101.0)), "at once, whatever the pace"


def test_what_is_held_is_let_go_of_once_and_then_no_more_written() -> None:
    assert turn(HELD, {}, PACE, 101.0).do is Do.RELEASE
    assert turn(None, {}, PACE, 102.0).do is Do.NOTHING
    assert turn(HELD, {}, PACE, 100.0 + PACE.outlives_s).do is Do.NOTHING, "its lease has ended it"


def test_while_nothing_is_known_nothing_is_written_and_the_lease_runs_out() -> None:
    still: dict[Claimant, Wish] = {Claimant.MARKET: Let.BE}
    done = turn(HELD, still, PACE, 110.0)
    assert (done.do, done.held) == (Do.NOTHING, HELD)
    assert turn(HELD, still, PACE, 100.0 + PACE.outlives_s).held is None


def test_a_set_point_stays_within_its_dead_band_and_its_pace_and_never_beyond_a_limit() -> None:
    def asked(power: Power, now: float) -> int:
        done = turn(Held(Claimant.MARKET, 800, 99.0, 99.0), {Claimant.MARKET: power}, PACE, now)
        assert done.held is not None
        return done.held.watts

    assert asked(Power(840, 0, 3000), 120.0) == 800, "within the dead band"
    assert asked(Power(1500, 0, 3000), 100.0) == 800, "moved a second ago"
    assert asked(Power(1500, 0, 3000), 104.0) == 1500
    assert asked(Power(700, 0, 799), 100.0) == 700, "a limit waits for nothing"
