"""What a search asks, and what it makes of the answers: a family is known by its own dump, and no other maker's is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from localvpp.devices import (
    Identity,
    available_maps,
    load_map,
    plan_port,
    plan_serial,
    ports,
    serial_settings,
    switches,
)
from localvpp.devices.mapping import DeviceClass, Image, Space
from localvpp.devices.scan import (
    FITTING_SHARE,
    MARKERS,
    SUNSPEC,
    Answers,
    Described,
    Question,
    bears_a_sign,
    judge,
    next_question,
    questions,
    verdict,
)

DUMPS = Path(__file__).parent / "dumps"
MAPS = [device for name in available_maps() if bears_a_sign(device := load_map(name))]

SIBLINGS: Final = (
    {"eastron_sdm120", "eastron_sdm230", "eastron_sdm630"},
    {"carlo_gavazzi_em24", "carlo_gavazzi_em340", "carlo_gavazzi_em540"},
    {"chint_dtsu666", "chint_dtsu666_4xxx"},
    {"deye_3p", "deye_3p_hv"},
    {"solax_x1_gen4", "solax_x3_gen4"},
    {"relay", "relay_pair"},
)
"""Of one maker, with the same registers for the most part: no number tells them apart, so a person is asked."""


def image(name: str) -> Image:
    """The registers of a family's dump."""
    dump: dict[str, Any] = yaml.safe_load((DUMPS / f"{name}.yaml").read_text(encoding="utf-8"))
    return {Space(space): values for space, values in dump["registers"].items()}


def asked(device: Image, *, elsewhere: Callable[[Answers, Question], Answers]) -> Answers:
    """Ask a device for every family; what none of its registers is in is answered otherwise."""
    answers = Answers(unit=1)
    for family in MAPS:
        while (question := next_question(family, answers)) is not None:
            known = device.get(question.space, {})
            span = range(question.address, question.address + question.count)
            if any(address in known for address in span):
                answers = answers.saying(question, [known.get(address, 0) for address in span])
            else:
                answers = elsewhere(answers, question)
    return answers


def zeros(answers: Answers, question: Question) -> Answers:
    """As devices that have a zero wherever they have nothing."""
    return answers.saying(question, [0] * question.count)


ELSEWHERE = {"refuses": Answers.refusing, "is silent": Answers.keeping_silent, "is zero": zeros}


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize("family", [device.name for device in MAPS])
def test_a_family_fits_its_own_registers_and_only_its_siblings_fit_them_too(family: str, elsewhere: str) -> None:
    found = verdict(MAPS, asked(image(family), elsewhere=ELSEWHERE[elsewhere]))
    fitting = {candidate.family for candidate in found.fitting}
    siblings = next((group for group in SIBLINGS if family in group), {family})
    assert family in fitting
    assert fitting <= siblings
    best = found.candidates[0]
    own = next(candidate for candidate in found.candidates if candidate.family == family)
    assert len(own.signs) == len(best.signs), "no other one is likelier"
    assert own.score >= FITTING_SHARE


@pytest.mark.parametrize("word", [0, 1, 230, 2300, 5000, 0x4366, 0xFFFF, 0x8000])
def test_a_device_with_the_same_number_everywhere_is_of_no_family(word: int) -> None:
    def same(answers: Answers, question: Question) -> Answers:
        return answers.saying(question, [min(word, 1) if question.space in _BITS else word] * question.count)

    found = verdict(MAPS, asked({}, elsewhere=same))
    assert {candidate.family for candidate in found.fitting} <= {"relay", "relay_pair"}


_BITS = {Space.COIL, Space.DISCRETE}


def test_one_plausible_voltage_makes_no_family() -> None:
    meter = load_map("eastron_sdm120")
    first = questions(meter)[0]
    answers = Answers(unit=1).saying(Question(Space.INPUT, 0, 2), [0x4366, 0])
    judged = judge(meter, answers)
    assert judged is not None
    assert (judged.signs, judged.fits) == (("voltage_v 230 V",), False)
    assert next_question(meter, answers) == first, "the rest is asked for before it is judged"


def test_a_family_that_is_refused_or_not_heard_is_asked_nothing_more() -> None:
    for device in MAPS:
        first = questions(device)[0]
        assert next_question(device, Answers(unit=1)) == first
        assert next_question(device, Answers(unit=1).refusing(first)) is None
        assert next_question(device, Answers(unit=1).keeping_silent(first)) is None


def test_questions_hold_every_register_and_keep_the_families_limits() -> None:
    for device in MAPS:
        asked_for = questions(device)
        assert all(question.count <= device.max_registers for question in asked_for)
        for point in device.points:
            if not point.optional:
                span = set(range(point.address, point.address + point.length))
                assert any(
                    question.space is point.space
                    and span <= set(range(question.address, question.address + question.count))
                    for question in asked_for
                )


def test_a_device_that_says_who_it_is_comes_first_and_families_that_fit_stay_beside_it() -> None:
    answers = asked(image("solaredge"), elsewhere=Answers.refusing)
    identity = Identity(manufacturer="SolarEdge", model="SE5000H", serial="7E0001")
    told = Described(identity=identity, models=(1, 103), inverter=True, meter=None)
    answers = answers.describing(40000, told)
    found = verdict(MAPS, answers)
    assert [candidate.family for candidate in found.fitting] == [SUNSPEC, "solaredge"]
    assert found.candidates[0].reasons == "it says so itself, at 40000: models 1, 103"
    assert (found.base, found.candidates[0].serial) == (40000, "7E0001")


def test_the_marker_is_two_letters_in_each_register() -> None:
    assert Answers(unit=1).saying(MARKERS[0], [0x5375, 0x6E53]).marked(MARKERS[0])
    assert not Answers(unit=1).saying(MARKERS[0], [0x5375, 0x6E54]).marked(MARKERS[0])
    assert not Answers(unit=1).marked(MARKERS[0])


def test_unit_0_is_asked_only_where_a_family_has_it_at_this_port() -> None:
    assert 0 in plan_port(MAPS, 502).units
    assert 0 in plan_port(MAPS, 6607).units
    for plan in (plan_port(MAPS, 1502), plan_port(MAPS, 5020), plan_port(MAPS, 5020, all_units=True)):
        assert 0 not in plan.units
    assert 0 not in plan_serial(MAPS, 3.5, all_units=True).units


def test_likely_units_come_first_and_all_of_them_on_request() -> None:
    likely, every = plan_port(MAPS, 502), plan_port(MAPS, 502, all_units=True)
    assert every.units[: len(likely.units)] == likely.units
    assert set(every.units) == {*range(248), 255}
    assert {1, 3, 100, 247} <= set(likely.units)
    assert plan_port(MAPS, 1502).units[0] == 71, "Kostal's own"
    assert plan_port(MAPS, 502).maps[0].wiring.ports


def test_ports_and_settings_are_those_of_the_families() -> None:
    assert ports(MAPS) == (502, 1502, 6607)
    assert serial_settings(MAPS)[0] == (9600, "N")
    assert set(serial_settings(MAPS)) == {(9600, "N"), (2400, "N"), (19200, "N"), (9600, "E"), (19200, "E")}


def test_the_slowest_family_that_may_be_there_sets_the_pace() -> None:
    assert (plan_port(MAPS, 502).pause_s, plan_port(MAPS, 502).connect_delay_s) == (0.05, 1)
    meters = [device for device in MAPS if device.device_class is DeviceClass.METER]
    assert (plan_port(meters, 502).pause_s, plan_port(meters, 502).connect_delay_s) == (0, 0)


def test_makers_whose_sources_name_a_switch_are_told() -> None:
    told = dict(switches(MAPS))
    assert {"SolarEdge", "Huawei", "Kostal", "SMA", "Victron", "Fronius", "GoodWe", "Sungrow"} <= told.keys()
    assert "two minutes" in told["SolarEdge"]
    assert "Pocket WiFi 3.0" in told["SolaX"]
    assert "Device ID" in told["FoxESS"]


def test_every_maker_is_told_of_when_nothing_answers() -> None:
    told = dict(switches(MAPS))
    assert told.keys() == {device.manufacturer for device in MAPS} | {"Fronius"}
    assert told["Schneider Electric"] == (
        "as delivered it answers on RS485 at 19200 baud, parity even, as unit 1; compare with the device's own menu"
    )
    assert "2400 baud, parity none, as unit 1; compare" in told["Eastron"]
    assert "; or: as delivered it answers on RS485 at 9600 baud" in told["Eastron"]
