"""The demonstration's own check passes with measured homes."""

from pathlib import Path

import pytest

from .demonstrating import demonstrated

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]

PATIENCE_S = 480
"""Two minutes to run, up to two for the last slot, and a busy machine's starts."""


async def test_the_check_passes_with_measured_homes(shared_data: Path) -> None:
    files = ["ausgrid_customer_12_2011-2012.csv", "citylearn_2022/home_1.csv", "citylearn_2022/home_3.csv"]
    profiles = [argument for file in files for argument in ("--profiles", str(shared_data / file))]
    words = ("--check", "--flats", "5", "--minutes", "2", "--home-assistants", "0", *profiles)
    code, told = await demonstrated(*words, patience_s=PATIENCE_S)
    assert code == 0, told
    assert "0 failed" in told
    assert "profiles: measured: ausgrid_customer_12_2011-2012.csv" in told, "the source of the profiles is told"
