"""`local-vpp devices scan`, and `devices read` without a type: what a person is told, over real sockets."""

import asyncio
import json
from pathlib import Path
import socket
from typing import Any

import pytest
import yaml

from commands.main import main
from localvpp.devices.mapping import Image, Space
from localvpp.devices.scan import Plan, Question
from tests.listening import NOBODY_THERE, Answer, listening, of_image

pytestmark = pytest.mark.usefixtures("socket_enabled")

DUMPS = Path(__file__).parent.parent / "localvpp" / "devices" / "dumps"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers here wants no rest after each question, as the slowest of all families does."""
    monkeypatch.setattr(Plan, "pause_s", 0.0)


def image(name: str) -> Image:
    """The registers of a family's dump."""
    dump: dict[str, Any] = yaml.safe_load((DUMPS / f"{name}.yaml").read_text(encoding="utf-8"))
    return {Space(space): values for space, values in dump["registers"].items()}


def one(unit: int, name: str) -> Any:
    """A gateway with one device behind it."""
    device = of_image(image(name))

    def answer(asked: int, question: Question) -> Answer:
        return device(question) if asked == unit else NOBODY_THERE

    return answer


async def ran(*arguments: str) -> int:
    return await asyncio.to_thread(main, ["devices", *arguments])


async def test_a_device_is_found_and_its_line_says_how_to_read_it(capsys: pytest.CaptureFixture[str]) -> None:
    async with listening(one(3, "sma_hybrid")) as gateway:
        assert await ran("scan", f"127.0.0.1:{gateway.port}") == 0
        told = capsys.readouterr()
        address = f"tcp://127.0.0.1:{gateway.port}?unit=3"
        assert told.out.splitlines()[0] == f"{address}: one type fits"
        assert told.out.splitlines()[1].startswith("  fits: sma_hybrid, SMA ")
        assert "14 of 15 values are plausible" in told.out
        progress = told.err.splitlines()
        assert progress, "in a pipe it is told in lines"
        assert all(line.startswith(f"tcp://127.0.0.1:{gateway.port} ") and "\r" not in line for line in progress)
        assert len(progress) < 30, "a line for each unit, not for each question"
        assert await ran("read", address) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "sma_hybrid"


async def test_a_device_that_counts_its_writings_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    async with listening(one(1, "sungrow_sh")) as gateway:
        assert await ran("read", f"tcp://127.0.0.1:{gateway.port}?unit=1", "--map", "sungrow_sh") == 0
    battery = json.loads(capsys.readouterr().out)["battery"]
    assert battery["flash_writes"] == {"written": 0, "most": 6000}


async def test_types_that_both_fit_are_both_shown_and_none_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    async with listening(one(1, "deye_3p")) as gateway:
        address = f"127.0.0.1:{gateway.port}"
        assert await ran("scan", address, "--json") == 0
        (link,) = json.loads(capsys.readouterr().out)["links"]
        assert await ran("read", f"tcp://{address}?unit=1") == 1
        told = capsys.readouterr().err
        assert await ran("read", f"tcp://{address}?unit=1", "--map", "deye_3p") == 0
    (unit,) = link["units"]
    assert (link["linked"], link["reason"], unit["address"]) == (True, None, f"tcp://{address}?unit=1")
    assert [each["map"] for each in unit["candidates"] if each["fits"]] == ["deye_3p", "deye_3p_hv"]
    assert "may be of several types, choose one: --map deye_3p (" in told
    assert "; --map deye_3p_hv (" in told


async def test_a_device_of_no_known_type_is_told_with_what_is_likeliest(capsys: pytest.CaptureFixture[str]) -> None:
    def answer(unit: int, question: Question) -> Answer:
        return of_image({Space.INPUT: {0: 0x4366, 1: 0}})(question)

    async with listening(answer) as device:
        assert await ran("read", f"tcp://127.0.0.1:{device.port}?unit=1") == 1
    told = capsys.readouterr().err
    assert "answers, but as no device of a known type; eastron_sdm120 at most (voltage_v 230 V; " in told
    assert "|" not in told
    assert told.count("\n") == 1


async def test_where_nothing_answers_one_reads_which_switch_to_turn_on(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{reserved.getsockname()[1]}"
        assert await ran("scan", place) == 1
        lines = capsys.readouterr().out.splitlines()
        assert await ran("scan", place, "--json") == 1
        told = json.loads(capsys.readouterr().out)
    assert lines[0].startswith(f"tcp://{place}: the address cannot be reached (")
    assert "another program holds it" in lines[1]
    assert any(line.startswith("  SolarEdge: In SetApp: ") for line in lines)
    assert told["switches"].keys() >= {"Fronius", "Huawei", "Kostal", "SMA", "SolarEdge", "Victron"}


async def test_a_device_behind_a_gateway_that_passes_frames_on_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    async with listening(one(1, "chint_ddsu666"), rtu=True) as gateway:
        assert await ran("scan", f"127.0.0.1:{gateway.port}", "--rtu") == 0
        first = capsys.readouterr().out.splitlines()[0]
        assert first == f"rtutcp://127.0.0.1:{gateway.port}?unit=1: one type fits"
        assert await ran("read", first.removesuffix(": one type fits")) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "chint_ddsu666"
    assert all(each.question is not None for each in gateway.asked)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name one place to search"),
        (("host", "--serial", "/dev/ttyUSB0"), "name one place to search"),
        (("host/x",), "write HOST or HOST:PORT"),
        (("host", "--rtu"), "needs the gateway's port"),
        (("--serial", "/dev/ttyUSB0", "--rtu"), "leave it out"),
    ],
)
def test_a_place_that_is_none_is_refused(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["devices", "scan", *arguments]) == 1
    assert told in capsys.readouterr().err


def test_a_serial_line_that_is_not_there_is_tried_with_each_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "scan", "--serial", "/dev/null-line", "--json"]) == 1
    links = json.loads(capsys.readouterr().out)["links"]
    assert links[0]["link"] == "rtu:///dev/null-line?baudrate=9600&parity=N&stopbits=1"
    assert not any(link["linked"] for link in links)
    assert len(links) == 5
