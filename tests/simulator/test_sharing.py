"""What the demonstration is there to show: by day some flats give while their neighbours take."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from simulator import Settings
from simulator.physics import Flat
from simulator.plant import Plant
from simulator.runner import prepare, read_profiles

from ..needed import module as needed

NOTICEABLE_MW = 20_000
SPEED = 30.0
TWO_HOURS = round(2 * 3600 / SPEED)


def a_building(profiles: Sequence[Path], flats: int = 12, seed: int = 1) -> Plant:
    settings = Settings(flats=flats, seed=seed, profiles=profiles, profile_speed=SPEED)
    return prepare(settings, read_profiles(settings), lambda: 0, lambda: 0)


def two_hours(plant: Plant) -> list[list[Flat]]:
    """All flats, second by second, while the profile clock runs for two hours."""
    seconds = []
    for _ in range(TWO_HOURS):
        plant.tick()
        seconds.append([household.state for household in plant.households.values()])
    return seconds


def share_of_sharing(seconds: Sequence[Sequence[Flat]]) -> float:
    """The share of the seconds in which at least one flat gives while at least two take."""
    return sum(
        sum(flat.grid_mw < -NOTICEABLE_MW for flat in flats) >= 1
        and sum(flat.grid_mw > NOTICEABLE_MW for flat in flats) >= 2
        for flats in seconds
    ) / len(seconds)


def share_of_giving(seconds: Sequence[Sequence[Flat]]) -> float:
    """The share of the seconds in which somebody gives while somebody takes."""
    return sum(
        min(flat.grid_mw for flat in flats) < -NOTICEABLE_MW and max(flat.grid_mw for flat in flats) > NOTICEABLE_MW
        for flats in seconds
    ) / len(seconds)


@pytest.mark.slow
def test_at_noon_some_flats_give_and_others_take() -> None:
    needed("demandlib", "simulator")
    plant = a_building(())
    assert plant.profile_start.isoformat() == "2026-07-15T11:00:00"
    assert share_of_sharing(two_hours(plant)) > 0.9


@pytest.mark.parametrize(
    ("files", "seed"),
    [
        (["ausgrid_customer_12_2011-2012.csv"], 1),
        (["ausgrid_customer_12_2011-2012.csv"], 2),
        (["citylearn_2022/home_1.csv"], 3),
        ([f"citylearn_2022/home_{number}.csv" for number in range(1, 6)], 1),
    ],
    ids=["ausgrid", "ausgrid, another building", "one citylearn", "five citylearn"],
)
def test_in_the_forenoon_of_measured_homes_some_flats_give_and_others_take(
    shared_data: Path, files: list[str], seed: int
) -> None:
    plant = a_building([shared_data / file for file in files], seed=seed)
    assert (plant.profile_start.hour, plant.profile_start.minute) == (10, 30)
    assert share_of_sharing(two_hours(plant)) > 0.9


def test_the_first_floor_is_the_same_in_every_building_and_upper_floors_are_mixed_alike(home_csv: Path) -> None:
    for seed in range(1, 6):
        households = list(a_building([home_csv], seed=seed).households.values())
        inverters = [household.plan.rating.inverter for household in households]
        kinds = [None if inverter is None else inverter.battery is not None for inverter in inverters]
        assert kinds[:4] == [True, True, False, None]
        for floor in (kinds[4:8], kinds[8:12]):
            assert sorted(floor, key=str) == sorted(kinds[:4], key=str)
        assert all(3000 <= inverter.pv_wp <= 6000 for inverter in inverters if inverter)


@pytest.mark.parametrize("flats", [2, 3])
def test_in_the_smallest_buildings_one_gives_and_one_takes(flats: int, shared_data: Path) -> None:
    for files in (["ausgrid_customer_12_2011-2012.csv"], ["citylearn_2022/home_1.csv", "citylearn_2022/home_3.csv"]):
        plant = a_building([shared_data / file for file in files], flats)
        assert share_of_giving(two_hours(plant)) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("flats", [2, 3])
def test_in_the_smallest_buildings_of_generated_homes_one_gives_and_one_takes(flats: int) -> None:
    needed("demandlib", "simulator")
    assert share_of_giving(two_hours(a_building((), flats))) > 0.9


def test_a_start_that_is_given_holds_and_at_night_nobody_gives(home_csv: Path) -> None:
    midnight = datetime(2026, 7, 10)  # noqa: DTZ001 - a home's own clock
    settings = Settings(profiles=[home_csv], profile_start=midnight)
    plant = prepare(settings, read_profiles(settings), lambda: 0, lambda: 0)
    assert plant.profile_start == midnight
    powers = [household.state.grid_mw for household in plant.households.values()]
    assert min(powers) == 0 < max(powers)
