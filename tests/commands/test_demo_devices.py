"""Where the demonstration's flats find their devices: worked out from what the simulator announces."""

import argparse
from pathlib import Path

import pytest

from commands.demo import cli
from commands.demo.building import SimulatedFlat, at_home, mix, simulated_flat
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


async def test_the_first_floor_alone_is_of_six_makes_and_one_flat_is_on_a_serial_line(shared_data: Path) -> None:
    assert mix(4).residents == ("103", "104")
    _, families, _, serial, _, entities = mix(4).options
    assert families == "mixed"
    home = shared_data / "ausgrid_customer_12_2011-2012.csv"
    told = await flats(home, 4, serial=[serial], entities=[entities])
    assert len(frozenset[str]().union(*(flat.families for flat in told.values()))) >= 6
    assert [flat.flat for flat in told.values() if flat.serial is not None] == ["102"]
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


async def test_more_flats_may_run_in_home_assistants_but_none_on_a_serial_line(shared_data: Path) -> None:
    home = shared_data / "ausgrid_customer_12_2011-2012.csv"
    told = list((await flats(home, 5, serial=["102"], entities=["103"])).values())
    assert at_home(mix(5), told, None) == ("103", "104")
    assert at_home(mix(5), told, 0) == ()
    assert at_home(mix(5), told, 1) == ("103",)
    assert at_home(mix(5), told, 4) == ("103", "104", "101", "201")


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (["--home-assistants", "12"], 11),
        (["--flats", "2", "--home-assistants", "2"], 1),
        (["--blackout", "--home-assistants", "2"], 1),
        (["--home-assistants", "-1"], 11),
    ],
)
def test_more_home_assistants_than_there_can_be_are_refused(words: list[str], most: int) -> None:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    with pytest.raises(CommandError, match=rf"--home-assistants -?\d+: choose 0 to {most}$"):
        cli.run(parser.parse_args(words))
