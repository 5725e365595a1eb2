"""The command that makes a flat without Home Assistant a member, against a real coordinator."""

import asyncio
from collections.abc import AsyncIterator, Iterator
import json
import os
from pathlib import Path
from typing import Any

import pytest

from commands.main import main
from coordinator.config import load
from coordinator.enrolment import issue_invite
from localvpp.etp import load_or_create
from localvpp.wire import Invite

from ..coordinator.conftest import FILE, House, open_house
from ..coordinator.flat import ManualClock
from ..lossy import lossy


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """The command narrows what the process's files may be read by."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """A connection that the coordinator keeps open for its next request leaves its timer."""
    return True


@pytest.fixture
async def house(tmp_path: Path, socket_enabled: None) -> AsyncIterator[House]:
    file = tmp_path / "building.yaml"
    file.write_text(FILE)
    async with open_house(load(file), ManualClock()) as opened:
        yield opened


async def invite(house: House, flat: str = "101") -> str:
    return (await issue_invite(house.coordinator.engine, house.coordinator.config, flat, house.clock)).text


async def enrol(url: str, code: str, data: Path) -> int:
    """Run the command in a thread: it has an event loop of its own."""
    return await asyncio.to_thread(main, ["flat", "enrol", url, "--invite", code, "--data", str(data)])


async def test_an_answer_that_got_lost_is_asked_for_again_with_the_same_key(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "flat"
    async with lossy(house.url) as line:
        assert await enrol(line.url, await invite(house), data) == 1
    told = capsys.readouterr().err
    own = load_or_create(data / "flat.key").public
    assert own.fingerprint in told
    assert "enrol into the same folder again" in told
    assert not (data / "membership.json").exists()
    member = house.coordinator.ledger.directory.named("101")
    assert member is not None
    assert member.key == own, "the coordinator did hear it"
    size = house.coordinator.ledger.size

    # A mistyped invite says nothing about the key.
    assert await enrol(house.url, Invite.issue("101").text, data) == 1
    assert load_or_create(data / "flat.key").public == own
    capsys.readouterr()
    assert await enrol(house.url, await invite(house), data) == 0
    shown: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (shown["flat"], shown["fingerprint"]) == ("101", own.fingerprint)
    assert house.coordinator.ledger.size == size
    assert (data / "flat.key").stat().st_mode & 0o777 == 0o600


async def test_a_key_that_nobody_knows_is_not_left_behind(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "flat"
    assert await enrol(house.url, Invite.issue("101").text, data) == 1
    assert "is not known for flat 101" in capsys.readouterr().err
    assert await enrol("http://127.0.0.1:9", await invite(house), data) == 1
    assert "nothing answers" in capsys.readouterr().err
    assert list(data.iterdir()) == []
    # One that was brought stays, whatever is said of it.
    brought = load_or_create(data / "flat.key").public
    assert await enrol(house.url, Invite.issue("101").text, data) == 1
    assert load_or_create(data / "flat.key").public == brought
    assert await enrol(house.url, await invite(house), data) == 0
    assert json.loads(capsys.readouterr().out)["fingerprint"] == brought.fingerprint
