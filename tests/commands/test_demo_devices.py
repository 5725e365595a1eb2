"""Where the demonstration's flats find their devices: worked out from what the simulator announces."""

import argparse
from pathlib import Path

import pytest

from commands.demo import cli
from commands.demo.building import SimulatedFlat, at_home, mix, simulated_flat
from commands.demo.resident import menu_and_form
from commands.errors import CommandError
from simulator import Settings
from simulator.runner import prepare, read_profiles
from simulator.settings import Families
from simulator.site import build


async def flats(home: Path, number: int, **more: list[str]) -> dict[str, SimulatedFlat]:
    """The flats of a mixed building that is not opened: its serial lines have no path yet."""
    settings = Settings(flats=number, profiles=[home], families=Families.MIXED, **more)  # type: ignore[arg-type]
    profiles = read_profiles(settings)
    plant = prepare(settings, profiles, lambda: 0, lambda: 0)
    told = build(plant, profiles.generator, "127.0.0.1", 20_000, settings.serial).layout()["flats"]
    assert isinstance(told, list)
    return {flat["flat"]: simulated_flat(flat) for flat in told}


async def test_the_first_floor_alone_is_of_six_makes_and_two_flats_are_on_serial_lines(shared_data: Path) -> None:
    assert mix(4).residents == ("103", "104")
    _, families, _, *serial, _, entities = mix(4).options
    assert serial == ["102", "--serial", "104"]
    assert families == "mixed"
    home = shared_data / "ausgrid_customer_12_2011-2012.csv"
    told = await flats(home, 4, serial=["102", "104"], entities=[entities])
    assert len(frozenset[str]().union(*(flat.families for flat in told.values()))) >= 6
    assert [flat.flat for flat in told.values() if flat.serial is not None] == ["102", "104"]
    assert told["102"].meter == "rtu://?baudrate=9600&unit=1"
    assert (told["102"].inverter, told["102"].inverter_map) == ("rtu://?baudrate=9600&unit=2", "sungrow_sh")
    assert (told["101"].meter, told["101"].meter_map) == ("tcp://127.0.0.1:20000?unit=1", "eastron_sdm120")
    assert (told["103"].inverter, told["103"].inverter_map) == (None, None)
    assert (told["104"].inverter, told["104"].inverter_map) == (None, None)
    assert (told["103"].adopts, told["104"].adopts) == (True, False), "one has no inverter at all"


async def test_an_inverter_that_only_home_assistant_knows_has_no_address(shared_data: Path) -> None:
    told = await flats(shared_data / "ausgrid_customer_12_2011-2012.csv", 4, entities=["101"])
    assert (told["101"].inverter, told["101"].inverter_map) == (None, None)
    assert told["101"].families == {"eastron_sdm120", "entities"}


async def test_every_flat_may_run_in_a_home_assistant_and_the_first_two_are_one_by_tcp_and_one_by_serial_line(
    shared_data: Path,
) -> None:
    home = shared_data / "ausgrid_customer_12_2011-2012.csv"
    told = list((await flats(home, 5, serial=["102", "104"], entities=["103"])).values())
    assert at_home(mix(5), told, None) == ("103", "104")
    assert [flat.flat for flat in told if flat.serial is not None] == ["102", "104"]
    assert at_home(mix(5), told, 0) == ()
    assert at_home(mix(5), told, 1) == ("103",)
    assert at_home(mix(5), told, 5) == ("103", "104", "101", "102", "201")


@pytest.mark.parametrize(
    ("address", "link", "place"),
    [
        ("tcp://127.0.0.1:20000?unit=2", "tcp", {"host": "127.0.0.1", "port": 20_000, "unit_id": 2}),
        (
            "rtu:///dev/pts/7?baudrate=9600&parity=E&unit=1",
            "serial",
            {"device": "/dev/pts/7", "baudrate": "9600", "parity": "even", "unit_id": 1},
        ),
    ],
)
def test_a_resident_answers_where_a_device_is_as_the_simulator_tells_it(
    address: str, link: str, place: dict[str, object]
) -> None:
    menu, form = menu_and_form(address, "sungrow_sh")
    assert (menu, form) == ({"next_step_id": link}, {"map": "sungrow_sh", **place})


def test_a_device_that_no_form_of_the_demonstration_reaches_is_refused() -> None:
    with pytest.raises(CommandError, match=r"device rtuudp://127\.0\.0\.1:8899\?unit=1: .* tcp: and rtu: alone"):
        menu_and_form("rtuudp://127.0.0.1:8899?unit=1", "sungrow_sh")


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (["--home-assistants", "13"], 12),
        (["--flats", "2", "--home-assistants", "3"], 2),
        (["--blackout", "--home-assistants", "2"], 1),
        (["--home-assistants", "-1"], 12),
    ],
)
def test_more_home_assistants_than_there_can_be_are_refused(words: list[str], most: int) -> None:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    with pytest.raises(CommandError, match=rf"--home-assistants -?\d+: choose 0 to {most}$"):
        cli.run(parser.parse_args(words))
