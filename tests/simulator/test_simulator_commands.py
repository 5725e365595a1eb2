"""The simulator's commands, as a person types them."""

import argparse
from collections.abc import Callable, Iterator
import json
from pathlib import Path
import signal
import subprocess
import sys

import pytest

from simulator import cli

type Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, socket_enabled: None
) -> Callable[..., tuple[int, str, str]]:
    """Type a command: exit status, standard output, standard error."""
    monkeypatch.delenv("LOCAL_VPP_SIMULATOR", raising=False)

    def type_in(*words: str) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        cli.add_arguments(parser)
        try:
            status = cli.run(parser.parse_args(words))
        except SystemExit as refused:
            status = int(refused.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return type_in


@pytest.fixture
def process(home_csv: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    """A running building of two flats, and the line it announced itself with."""
    words = [sys.executable, "-m", "simulator", "run", "--flats", "2", "--profiles", str(home_csv)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        try:
            yield started, json.loads(started.stdout.readline())
        finally:
            started.kill()


@pytest.mark.slow
def test_a_building_runs_is_driven_by_commands_and_ends_cleanly(
    process: tuple[subprocess.Popen[str], dict[str, object]], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, announced = process
    url = str(announced["url"])
    assert announced["profile_start"] == "2026-07-08T10:30:00"
    assert json.loads(command("grid", "off", "--url", url)[1]) == {"on": False, "flats": None}
    monkeypatch.setenv("LOCAL_VPP_SIMULATOR", url)
    assert json.loads(command("layout")[1])["flats"] == announced["flats"]
    assert json.loads(command("grid", "on", "--flat", "101")[1]) == {"on": True, "flats": ["101"]}
    assert json.loads(command("break", "101", "relay", "welded")[1]) == {"fault": "welded"}
    assert json.loads(command("mend", "101", "relay")[1]) == {"fault": None}
    assert json.loads(command("weather", "rain")[1]) == {"sky": "rain"}
    assert json.loads(command("flap", "5", "299", "--riser", "01")[1]) == {"seconds": [5, 299]}
    held = command("disturb", "--volts", "170", "--hertz", "48")[1]
    assert json.loads(held) == {"voltage_v": 170.0, "frequency_hz": 48.0}
    status, _, told = command("break", "999", "relay", "welded")
    assert status == 2
    assert "flat is '999': give one of 101, 102" in told
    started.send_signal(signal.SIGTERM)
    assert started.wait(10) == 0


def test_without_a_running_building_a_command_says_what_to_do(command: Command) -> None:
    status, _, told = command("layout")
    assert status == 2
    assert "give --url http://HOST:PORT" in told
    status, _, told = command("layout", "--url", "http://127.0.0.1:9")
    assert status == 2
    assert "is `run` still running?" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--flats", "0"], "flats is 0: give a number from 1"),
        (["--port-base", "65535"], "port-base is 65535: give 0 for free ports"),
        (["--http-port", "65536"], "http-port is 65536: give 0 for a free port"),
        (["--reconnect-delay", "-1"], "reconnect-delay is -1"),
        (["--profile-start", "noon"], "'noon' is no local time"),
        (["--profile-speed", "-2"], "'-2' is out of range"),
        (["--frequency", "55"], "argument --frequency: invalid choice"),
        (["--families", "all"], "argument --families: invalid"),
        (["--serial", "999"], "flat is '999': give one of 101"),
        (["--entities", "999"], "entities is '999': give a flat that has an inverter: 101"),
        (["--garage", "999"], "garage is '999': give one of 101"),
    ],
)
def test_a_bad_argument_is_refused_with_its_remedy(
    home_csv: Path, command: Command, arguments: list[str], told: str
) -> None:
    status, _, error = command("run", "--profiles", str(home_csv), *arguments)
    assert status == 2
    assert told in error


@pytest.mark.slow
def test_a_port_in_use_is_refused(
    home_csv: Path, process: tuple[subprocess.Popen[str], dict[str, object]], command: Command
) -> None:
    taken = str(process[1]["url"]).rsplit(":", 1)[1]
    one = ("run", "--profiles", str(home_csv), "--flats", "1")
    status, _, told = command(*one, "--http-port", taken)
    assert status == 2
    assert "choose another --http-port" in told
    status, _, told = command(*one, "--port-base", taken)
    assert status == 2
    assert "choose another --port-base" in told
