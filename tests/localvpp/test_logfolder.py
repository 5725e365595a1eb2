"""The files of a log on disk, wherever the folder's name leads."""

from pathlib import Path

import pytest

from localvpp.logfolder import LogFolder


def test_a_folder_named_relatively_is_made_and_stays_the_same_wherever_the_process_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = LogFolder(Path("mirror"))
    folder.write([("tile/0/000.p/1", b"hash")])
    monkeypatch.chdir("/")
    folder.write([("checkpoint", b"head")])
    assert (tmp_path / "mirror/tile/0/000.p/1").read_bytes() == b"hash"
    assert folder.read_checkpoint() == (tmp_path / "mirror/checkpoint").read_bytes() == b"head"
