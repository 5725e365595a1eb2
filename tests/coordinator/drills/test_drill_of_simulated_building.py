"""A building's drill of a hundred simulated flats: as many move as may, and its bulk meter stays below the contract.

The planner, the blackout logic of each flat, and the simulator's physics, second by second: no link, no Modbus. The
simulator knows nothing of the two others; what is checked is what its contacts and its bulk meter show.
"""

from collections.abc import Callable
from typing import Final

import pytest

from benchmarks.drill.holding import hold
from coordinator.drills.values import Ended, Stage

FLATS: Final = 100


@pytest.mark.slow
def test_a_hundred_simulated_flats_have_their_drill_within_both_limits(
    record_property: Callable[[str, object], None],
) -> None:
    held = hold(FLATS, hour=11)
    assert held.state.ended is Ended.DONE
    assert {place.stage for place in held.state.places.values()} == {Stage.HOME}
    assert held.state.calls == FLATS
    assert 1 < held.most_separated <= held.most_moving <= FLATS // 10, "flats have their turn side by side"
    assert max(held.demands_w) <= held.rules.limit_w, "in every second, and so in every half an hour"
    record_property(
        "drilled",
        f"{FLATS} simulated flats in {held.seconds} s, {held.most_moving} at once at most, "
        f"{max(held.demands_w)} W of {held.rules.limit_w} W",
    )
