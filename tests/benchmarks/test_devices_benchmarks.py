"""The benchmarks of reading devices run, and tell figures that fit together. How fast they are is not tested."""

import json
from typing import Any

import pytest

from benchmarks.devices.__main__ import BENCHMARKS, TINY, measure
from benchmarks.figures import Figure
from localvpp.devices import available_maps

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]


def measured(name: str) -> list[Figure]:
    figures = measure(name, TINY[name])
    for figure in figures:
        assert all(value >= 0 for value in figure.beside.values()), figure
        json.dumps(figure.plain(), allow_nan=False)
    return figures


def test_every_kind_of_device_takes_three_requests_in_a_second_at_most() -> None:
    figures = measured("requests")
    assert len(figures) == len(available_maps()) + 2
    assert all(figure.is_met and figure.beside["in the first"] >= figure.value for figure in figures)


def test_a_flat() -> None:
    requests, cycle, share = measured("flat")
    assert requests.value == max(requests.beside.values())
    assert 0 < cycle.beside["half within"] <= cycle.value
    assert share.beside["times that"] == pytest.approx(share.value / share.beside["pymodbus alone"])
    assert (requests.at_most, cycle.at_most, share.at_most) == (3, 300, 0.03)


def test_many_flats() -> None:
    share, cycle, known = measured("many")
    assert share.beside["devices"] > 4
    assert cycle.beside["half within"] <= cycle.value
    assert known.value <= 1


def test_a_late_gateway() -> None:
    (metered,) = measured("late")
    assert metered.value <= 1
    assert metered.beside["ms for one request"] >= 200


def test_capturing() -> None:
    (more,) = measured("capture")
    assert more.value == pytest.approx(more.beside["with"] - more.beside["without"])


def test_each_has_a_tiny_size() -> None:
    options: dict[str, dict[str, Any]] = TINY
    assert options.keys() == BENCHMARKS.keys()
