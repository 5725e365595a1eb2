"""Captures of every simulated family, read by today's drivers: they say what was said when these were taken.

A capture from somebody's home is put beside them, and is tested by being there.
"""

from pathlib import Path

import pytest
from record_captures import CAPTURES, FAMILIES, SECONDS, record_all
from simulated_building import write_home

from localvpp.devices import SUNSPEC, Recording, load_map, read_recordings, redacted, replay
from localvpp.devices.capture import Replayed

FILES = sorted(CAPTURES.glob("*.jsonl*"))


def only(path: Path) -> Recording:
    (recording,) = read_recordings(path).values()
    return recording


async def read_again(recording: Recording) -> list[Replayed]:
    described = None if recording.type == SUNSPEC else load_map(recording.type)
    return [each async for each in replay(recording, described)]


def test_every_simulated_family_is_there() -> None:
    assert {path.name.partition(".")[0] for path in FILES} >= FAMILIES.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
async def test_today_s_driver_reads_what_was_read(path: Path) -> None:
    recording = only(path)
    seconds = await read_again(recording)
    compared = [each for each in seconds if each.differs is not None]
    assert len(compared) >= 10
    assert [each.differs for each in compared] == [{}] * len(compared)
    assert await read_again(recording) == seconds, "a replay is the same each time"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_capture_tells_whose_device_it_is(path: Path) -> None:
    recording = only(path)
    described = None if recording.type == SUNSPEC else load_map(recording.type)
    assert redacted(recording, described) == recording


async def test_what_is_recorded_now_is_read_again_as_it_was(tmp_path: Path, socket_enabled: None) -> None:
    for name, recording in (await record_all(write_home(tmp_path / "home.csv"))).items():
        seconds = await read_again(recording)
        assert sum(each.differs == {} for each in seconds) == SECONDS - 1, name
        assert not any(each.differs for each in seconds), name
        assert any(each.error is not None for each in seconds), name
