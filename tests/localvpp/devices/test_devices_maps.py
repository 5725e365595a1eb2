"""Every map that comes with the product, against a dump of its registers and the values worked out by hand.

A dump (`dumps/NAME.yaml`) has `registers` as in `local-vpp devices decode`, `values` for every point of the map, and in
comments how each was worked out from the source's description.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from commands.devices.decoding import parse_image
from localvpp.devices import available_maps, decode_image, load_map
from localvpp.devices.mapping import Quantity

DUMPS = Path(__file__).parent / "dumps"


def dump(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DUMPS / f"{name}.yaml").read_text(encoding="utf-8"))
    assert loaded.keys() == {"registers", "values"}
    return loaded


@pytest.mark.parametrize("name", available_maps())
def test_a_map_reads_its_dump_as_it_was_worked_out_by_hand(name: str) -> None:
    device, known = load_map(name), dump(name)
    registers = {space: {str(key): value for key, value in of.items()} for space, of in known["registers"].items()}
    shown = {point: each.value for point, each in decode_image(device, parse_image(registers)).items()}
    assert shown.keys() == known["values"].keys()
    assert shown == {
        point: pytest.approx(value, rel=1e-6) if isinstance(value, float) else value
        for point, value in known["values"].items()
    }
    # A dump that leaves everything unknown would show nothing.
    assert sum(value is None for value in shown.values()) <= len(shown) // 4


def test_there_is_no_dump_without_a_map() -> None:
    assert {path.stem for path in DUMPS.iterdir()} == set(available_maps())


@pytest.mark.parametrize("name", available_maps())
def test_every_sentinel_of_a_map_reads_as_unknown(name: str) -> None:
    device = load_map(name)
    for point in device.points:
        for sentinel in point.sentinels:
            words = [sentinel >> 16 * index & 0xFFFF for index in reversed(range(point.type.words))]
            words = words if point.words == "big" else words[::-1]
            if point.high is not None:
                words = [words[0], *[0] * (point.length - 2), words[1]]
            registers = dict(enumerate(words, point.address))
            assert decode_image(device, {point.space: registers})[point.name].value is None, point.name


@pytest.mark.parametrize("name", available_maps())
def test_powers_of_a_map_are_bounded_by_the_largest_model(name: str) -> None:
    device = load_map(name)
    for point in device.points:
        if point.quantity is Quantity.POWER:
            assert point.limits is not None, point.name
            assert max(map(abs, point.limits)) <= 2 * (device.rated_power_w or 0), point.name
