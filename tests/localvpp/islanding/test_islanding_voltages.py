"""A meter between the outer wires of three shows 202 V, and the living room has 101 V: each has its own nominal."""

from dataclasses import replace

import pytest

from localvpp.blackout.observing import Known, Memory, Sight, remember
from localvpp.devices import DeviceSilentError, MeterReading
from localvpp.islanding import Contact, Grid, Mode, Observation, Policy, PolicyError, Wiring, grid, japanese
from localvpp.islanding.judging import dead, lit
from localvpp.islanding.policy import JP_VOLTS
from localvpp.islanding.values import Supply

from ..blackout.test_blackout_observing import a_round

THREE_WIRES = Policy(wiring=Wiring.AUTONOMOUS, profile=japanese(60, nominal_v=200), living_v=JP_VOLTS)
SAME = replace(THREE_WIRES, living_v=None)


@pytest.mark.parametrize(("volts", "expected"), [(101.0, True), (81.0, True), (80.0, False), (5.0, False)])
def test_the_living_room_is_lit_by_its_own_voltage(volts: float, expected: bool) -> None:
    seen = Observation(island=Supply(volts, 60.0))
    assert lit(seen, THREE_WIRES) is expected
    assert lit(seen, SAME) is False, "of a circuit of 202 V that is a brown-out"


def test_the_living_room_is_dead_by_its_own_voltage() -> None:
    seen = Observation(island=Supply(15.0), mode=Mode.OFF, island_contact=Contact.OPEN)
    assert not dead(seen, THREE_WIRES), "15 V is more than a tenth of 101 V"
    assert dead(seen, SAME)


def test_an_inverter_stands_for_a_meter_that_is_silent_whatever_its_terminals_have() -> None:
    """Half of the meter's voltage is no outage."""
    memory = Memory(inverter=Known(Supply(101.0, 60.0), 100.0), connected=Known(True, 100.0))
    seen = Sight(memory, THREE_WIRES, 100.0).observe()
    assert grid(seen.grid, THREE_WIRES.profile) is Grid.GOOD
    gone = replace(memory, inverter=Known(Supply(60.0, 60.0), 100.0))
    assert grid(Sight(gone, THREE_WIRES, 100.0).observe().grid, THREE_WIRES.profile) is Grid.GONE
    both = replace(memory, meter=Known(Supply(202.0, 60.0), 100.0))
    assert Sight(both, THREE_WIRES, 100.0).observe().grid == Supply(202.0, 60.0), "the meter's word as it is"


def test_a_meter_that_answers_without_a_voltage_has_no_grid_to_tell_of_any_more() -> None:
    """Whoever separates by himself is not taken back for what the meter showed before."""
    memory = remember(Memory(), a_round(meter=MeterReading(voltage_v=202.0, frequency_hz=60.0)), 100.0)
    assert Sight(memory, THREE_WIRES, 101.0).observe().grid == Supply(202.0, 60.0)
    silent = remember(memory, a_round(), 101.0)
    unheard = remember(memory, a_round(meter=MeterReading(failed={"power": DeviceSilentError("no answer")})), 101.0)
    assert silent == unheard == memory
    dead = remember(memory, a_round(meter=MeterReading(power_w=0.0)), 101.0)
    assert Sight(dead, THREE_WIRES, 101.0).observe().grid is None


@pytest.mark.parametrize("volts", [0.0, -101.0, float("nan"), float("inf")])
def test_a_voltage_that_is_none_is_refused(volts: float) -> None:
    with pytest.raises(PolicyError, match="living_v"):
        replace(THREE_WIRES, living_v=volts)
