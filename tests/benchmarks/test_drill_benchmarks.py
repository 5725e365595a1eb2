"""The benchmark of a building's drill runs, and tells figures that fit together. How fast it is is not tested."""

import json

import pytest

from benchmarks.drill.__main__ import BENCHMARKS, TINY, main, measure
from benchmarks.drill.holding import highest_mean


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_small_building(name: str) -> None:
    whole, moving, demand, busy = measure(name, TINY)
    assert whole.beside["called"] == whole.beside["flats"] == TINY["flats"]
    assert (moving.value, moving.at_most, demand.at_most) == (1, 1, 1.0), "of four flats one moves at a time"
    assert demand.is_met
    assert demand.value == pytest.approx(demand.beside["kW"] / demand.beside["contract kW"])
    assert demand.beside["kW"] <= demand.beside["kW in the highest second"]
    assert 0 < busy.value <= busy.beside["in the longest"]
    total_s = (busy.value + busy.beside["all else that is simulated"]) * whole.value / 1000
    assert total_s == pytest.approx(whole.beside["processor s for all of it"])


def test_the_command_tells_what_it_has_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evening", "--tiny", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [figure["unit"] for figure in told["figures"]["evening"]] == ["s", "flats", "of 1", "ms"]


@pytest.mark.parametrize(
    ("values", "over", "highest"),
    [([1, 2, 9, 3, 1], 2, 6.0), ([1, 2, 3], 3, 2.0), ([4, 2], 30, 3.0), ([-5, -1, -3], 2, -2.0), ([7], 1, 7.0)],
)
def test_the_highest_mean_is_that_of_any_window(values: list[int], over: int, highest: float) -> None:
    assert highest_mean(values, over) == highest
