"""A drill's report says what was measured, to the step of the samples, and passes nothing that was not."""

from dataclasses import replace

import pytest

from localvpp.islanding import Phase, Policy, Supply, Wiring
from localvpp.islanding.report import Gap, Level, People, Report, Sample, report

POLICY = Policy(wiring=Wiring.PAIR)
GOOD, DARK, ISLAND = Supply(101.0, 50.0), Supply(0.0), Supply(99.0, 50.2)


def drill(step: float = 1.0, dark_s: float = 3.0, island_s: float = 300.0, hold_s: float = 310.0) -> list[Sample]:
    """Samples of a drill: a minute on the grid, dark, the island, the watch, dark, home."""
    plan = [
        (60.0, Phase.CONNECTED, GOOD),
        (dark_s, Phase.ISLANDING, DARK),
        (island_s, Phase.ISLANDED, ISLAND),
        (hold_s, Phase.RETURN_HOLD, ISLAND),
        (dark_s, Phase.RECONNECTING, DARK),
        (60.0, Phase.CONNECTED, GOOD),
    ]
    samples, at, charge = [], 0.0, 80.0
    for seconds, phase, room in plan:
        end = at + seconds
        while at < end:
            loads = {"living": 360.0, "fridge": 180.0} if phase in {Phase.ISLANDED, Phase.RETURN_HOLD} else {}
            samples.append(
                Sample(at=at, phase=phase, grid=GOOD, island=room, soc_percent=charge, pv_w=0.0, load_w=loads)
            )
            charge -= 0.001 * step if loads else 0.0
            at += step
    return samples


def drawn(samples: list[Sample] | None = None, **more: object) -> Report:
    return report(Level.QUICK, samples or drill(), POLICY, capacity_wh=10_000, **more)  # type: ignore[arg-type]


def test_a_drill_that_shows_all_that_it_is_to_show_passes() -> None:
    told = drawn()
    assert told.passed, [each for each in told.criteria if not each.passed]
    assert (told.soc_begin, round(told.soc_end or 0, 2)) == (80.0, 79.39)
    assert told.wh_by_tier == pytest.approx({"living": 360 * 609 / 3600, "fridge": 180 * 609 / 3600})
    # 70 % of 10 kWh at 540 W.
    assert told.endurance_s == pytest.approx(7000 / 540 * 3600)


def test_a_gap_is_known_to_the_step_of_the_samples_and_no_better() -> None:
    assert drawn().transfer == Gap(4.0, 1.0)
    assert str(drawn().transfer) == "≤ 4.0 s, sampled each 1.0 s"
    coarse = drawn(drill(step=10.0, dark_s=10.0)).transfer
    assert coarse == Gap(20.0, 10.0)


def test_what_was_not_seen_in_a_transition_counts_as_dark() -> None:
    unseen = [replace(s, island=None) if s.island == DARK else s for s in drill()]
    assert (drawn(unseen).transfer, drawn(unseen).return_gap) == (Gap(4.0, 1.0), Gap(4.0, 1.0))


def test_a_room_of_which_nothing_is_known_on_the_grid_has_no_measured_transfer() -> None:
    blind = [replace(s, island=None) if s.phase not in {Phase.ISLANDED, Phase.RETURN_HOLD} else s for s in drill()]
    told = drawn(blind)
    assert (told.transfer, told.return_gap) == (None, None)
    assert not told.passed


def test_a_room_that_stays_dark_has_a_gap_up_to_the_end() -> None:
    dark = [replace(s, island=DARK) if s.phase is Phase.CONNECTED and s.at > 100 else s for s in drill()]
    gap = drawn(dark).return_gap
    assert gap is not None
    assert gap.most_s == pytest.approx(63.0)


def test_a_transfer_that_no_sample_saw_is_shorter_than_a_step() -> None:
    seamless = [replace(s, island=GOOD) if s.island == DARK else s for s in drill()]
    assert drawn(seamless).transfer == Gap(1.0, 1.0)


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        (lambda s: replace(s, island=Supply(85.0, 50.0)) if s.island == ISLAND else s, "voltage"),
        (lambda s: replace(s, island=Supply(99.0, 51.5)) if s.island == ISLAND else s, "frequency"),
        (lambda s: replace(s, heard=s.at % 5 != 0), "communication"),
        (lambda s: replace(s, load_w={"living": 5000.0}) if s.load_w else s, "endurance"),
    ],
)
def test_what_is_out_of_its_bounds_fails_by_name(change, fails: str) -> None:  # type: ignore[no-untyped-def]
    told = drawn([change(sample) for sample in drill()])
    assert [each.name for each in told.criteria if each.passed is False] == [fails]
    assert not told.passed


def test_a_slow_transfer_and_a_slow_return_fail() -> None:
    told = drawn(drill(dark_s=12.0))
    assert {each.name for each in told.criteria if each.passed is False} == {"transfer", "return"}


def test_what_was_not_measured_is_not_passed() -> None:
    told = drawn([replace(sample, island=None) for sample in drill()])
    unmeasured = {each.name for each in told.criteria if each.passed is None}
    assert unmeasured == {"transfer", "return", "voltage", "frequency"}
    assert not told.passed


def test_a_drill_that_was_ended_before_its_time_is_not_passed() -> None:
    assert not drawn(aborted="battery_low").passed


def test_of_a_building_drill_people_count() -> None:
    people = People(notified=10, acknowledged_after_s=(5.0,) * 7 + (601.0,))
    told = report(Level.BUILDING, drill(), POLICY, capacity_wh=10_000, people=people)
    assert [each.name for each in told.criteria if each.passed is False] == ["people"]


def test_a_paper_drill_is_held_against_communication_alone() -> None:
    told = report(Level.PAPER, [Sample(at=float(at), phase=Phase.CONNECTED) for at in range(10)], POLICY)
    assert [each.name for each in told.criteria] == ["communication"]
    assert told.passed


def test_samples_out_of_their_order_are_refused() -> None:
    with pytest.raises(ValueError, match="each later than the one before"):
        report(Level.QUICK, drill()[::-1], POLICY)
