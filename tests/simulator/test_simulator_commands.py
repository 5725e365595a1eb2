"""The simulator's commands, as a person types them."""

from collections.abc import Iterator
import json
import os
from pathlib import Path
import signal
import subprocess
import sys

import pytest


def simulator(*arguments: str, url: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "LOCAL_VPP_SIMULATOR"}
    if url:
        environment["LOCAL_VPP_SIMULATOR"] = url
    command = [sys.executable, "-m", "simulator", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, env=environment, check=False)


@pytest.fixture
def process(home_csv: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    command = [sys.executable, "-m", "simulator", "run", "--flats", "2", "--profiles", str(home_csv)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        try:
            yield started, json.loads(started.stdout.readline())
        finally:
            started.kill()


@pytest.mark.slow
def test_a_building_runs_is_driven_by_commands_and_ends_cleanly(
    process: tuple[subprocess.Popen[str], dict[str, object]],
) -> None:
    started, announced = process
    url = str(announced["url"])
    layout = simulator("layout", url=url)
    assert layout.returncode == 0
    assert json.loads(layout.stdout)["flats"] == announced["flats"]
    assert json.loads(simulator("grid", "off", "--url", url).stdout) == {"on": False, "flats": None}
    assert json.loads(simulator("grid", "on", "--flat", "101", url=url).stdout) == {"on": True, "flats": ["101"]}
    assert json.loads(simulator("break", "101", "relay", "welded", url=url).stdout) == {"fault": "welded"}
    assert json.loads(simulator("mend", "101", "relay", url=url).stdout) == {"fault": None}
    assert json.loads(simulator("weather", "rain", url=url).stdout) == {"sky": "rain"}
    refused = simulator("break", "999", "relay", "welded", url=url)
    assert refused.returncode == 2
    assert "flat is '999': give one of 101, 102" in refused.stderr
    started.send_signal(signal.SIGTERM)
    assert started.wait(10) == 0


@pytest.mark.slow
def test_without_a_running_building_a_command_says_what_to_do() -> None:
    nowhere = simulator("layout")
    assert nowhere.returncode == 2
    assert "give --url http://HOST:PORT" in nowhere.stderr
    dead = simulator("layout", "--url", "http://127.0.0.1:9")
    assert dead.returncode == 2
    assert "is `run` still running?" in dead.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--flats", "0"], "flats is 0: give a number from 1"),
        (["--port-base", "65535"], "port-base is 65535: give 0 for free ports"),
        (["--reconnect-delay", "-1"], "reconnect-delay is -1"),
        (["--profile-start", "noon"], "'noon' is no local time"),
        (["--profile-speed", "-2"], "'-2' is out of range"),
    ],
)
def test_a_bad_argument_is_refused_with_its_remedy(home_csv: Path, arguments: list[str], told: str) -> None:
    refused = simulator("run", "--profiles", str(home_csv), *arguments)
    assert refused.returncode == 2
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_a_port_in_use_is_refused(home_csv: Path, process: tuple[subprocess.Popen[str], dict[str, object]]) -> None:
    taken = str(process[1]["url"]).rsplit(":", 1)[1]
    refused = simulator("run", "--profiles", str(home_csv), "--flats", "1", "--http-port", taken)
    assert refused.returncode == 2
    assert "choose another --http-port" in refused.stderr
