"""The course of a drill: which loads went off and came back stands in its report, in words."""

from localvpp.blackout import DrillWish
from localvpp.blackout.drilling import Session
from localvpp.blackout.pdf_words import Language, Words
from localvpp.islanding import Observation, Phase, Policy, Wiring
from localvpp.islanding.report import Level


def test_loads_that_went_off_and_came_back_are_in_the_report() -> None:
    session = Session(DrillWish(Level.QUICK, 300.0, "Aoi"), begun_ms=0, begun_at=0.0)
    for second, shed in enumerate([("heater",), ("heater",), ("heater", "washer"), ("heater",), (), ()]):
        session.loads(shed, float(second))
        session.sample(Observation(), Phase.ISLANDED, float(second), load_w={}, pv_w=None, heard=True)
    drawn = session.draw_up(Policy(wiring=Wiring.PAIR), capacity_wh=None, rated_w=None)
    # What was off before the drill is no part of it.
    assert drawn.events == ((2.0, "shed washer"), (3.0, "restored washer"), (4.0, "restored heater"))
    said = [Words(language).happened(what) for language in Language for _, what in drawn.events[:2]]
    assert said == ["washer を切った", "washer を入れた", "shed washer", "restored washer"]


def test_why_a_drill_ended_early_is_said_in_words() -> None:
    japanese, english = (Words(language) for language in Language)
    for why in ("overload", "coordinator", "event", "warning", "restart", "battery unknown"):
        assert japanese.reason(why) != why
        assert japanese.happened(f"ends early: {why}") == f"途中で終了: {japanese.reason(why)}"
    assert english.happened("ends early: fault: main_welded") == "ends early: fault: main_welded"
    assert (english.tier("2"), english.tier("rest"), japanese.tier("kitchen")) == ("tier 2", "the rest", "kitchen")
