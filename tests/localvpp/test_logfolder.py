"""The files of a log on disk, wherever the folder's name leads, and whatever of it fails."""

from collections.abc import Callable
from pathlib import Path
from typing import override

import pytest

from localvpp.disk import Disk
from localvpp.logfolder import LogFolder
from localvpp.tlog import Bundle


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


# --- A power cut ------------------------------------------------------------------------------------------------------


class CutOff(Disk):
    """A disk whose power can be cut: then only those names are left that were synced in their folders."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._kept = {path: set(self._names(path)) for path in (root, *root.rglob("*")) if path.is_dir()}
        self.fails_at: int | None = None
        """Which operation from now on fails, having done nothing."""
        self.done: list[tuple[str, str]] = []

    @staticmethod
    def _names(folder: Path) -> list[str]:
        return [each.name for each in folder.iterdir()]

    def _do(self, what: str, path: str, act: Callable[[], None]) -> None:
        if self.fails_at is not None:
            self.fails_at -= 1
            if self.fails_at < 0:
                self.fails_at = None
                raise OSError(5, "input/output error", path)
        act()
        self.done.append((what, str(Path(path).relative_to(self._root))))

    @override
    def write(self, path: str, data: bytes) -> None:
        self._do("write", path, lambda: super(CutOff, self).write(path, data))

    @override
    def rename(self, old: str, new: str) -> None:
        self._do("rename", new, lambda: super(CutOff, self).rename(old, new))

    @override
    def make_folder(self, path: str) -> None:
        self._do("make_folder", path, lambda: super(CutOff, self).make_folder(path))

    @override
    def sync_folder(self, path: str) -> None:
        def act() -> None:
            super(CutOff, self).sync_folder(path)
            self._kept[Path(path)] = set(self._names(Path(path)))

        self._do("sync_folder", path, act)

    def left(self) -> set[str]:
        """The files that a power cut would leave."""
        return {path.relative_to(self._root).as_posix() for path in self._left(self._root)}

    def _left(self, folder: Path) -> list[Path]:
        found: list[Path] = []
        for name in self._kept.get(folder, ()):
            found += self._left(folder / name) if (folder / name).is_dir() else [folder / name]
        return found


FILES = [("tile/entries/000.p/7", b"entries"), ("tile/0/000.p/7", b"hashes"), ("vault/000", b"sealed")]


@pytest.mark.parametrize("another_process", [False, True], ids=["tried again", "and another process goes on"])
def test_what_a_failed_write_left_is_made_durable_by_the_next_whatever_failed(
    tmp_path: Path, another_process: bool
) -> None:
    at = 0
    while True:
        place = tmp_path / str(at)
        place.mkdir()
        if another_process:
            (place / "data").mkdir()  # What is above the log's folder is another's to make, if he does not know of it.
        disk = CutOff(place)
        folder = LogFolder(place / "data/log", disk)
        disk.fails_at = at
        try:
            folder.write(FILES)
        except OSError:
            pass
        else:
            break
        if another_process:
            folder = LogFolder(place / "data/log", disk)
        # Of what was to be written, one file alone: it stands in folders that the others were to be in, too.
        folder.write(FILES[:1])
        assert f"data/log/{FILES[0][0]}" in disk.left(), f"after operation {at} failed"
        folder.write(FILES)
        assert disk.left() >= {f"data/log/{path}" for path, _ in FILES}, f"after operation {at} failed"
        at += 1
    assert at == len(disk.done), "each operation has failed once"
    assert disk.left() == {f"data/log/{path}" for path, _ in FILES}


def test_folders_that_are_known_to_be_there_are_not_synced_with_each_file(tmp_path: Path) -> None:
    disk = CutOff(tmp_path)
    folder = LogFolder(tmp_path / "log", disk)
    folder.write(FILES)
    disk.done.clear()
    folder.write([("tile/0/000.p/8", b"hashes")])
    assert disk.done == [
        ("write", "log/tile/0/000.p/8.new"),
        ("rename", "log/tile/0/000.p/8"),
        ("sync_folder", "log/tile/0/000.p"),
    ]


def test_a_folder_that_was_dropped_is_made_and_named_anew(tmp_path: Path) -> None:
    disk = CutOff(tmp_path)
    folder = LogFolder(tmp_path / "log", disk)
    folder.write([("tile/entries/000.p/7", b"entries"), ("tile/entries/000", b"all of them")])
    folder.drop_partials([Bundle(0, 256)])
    folder.write([("tile/entries/000.p/9", b"entries")])
    assert disk.left() == {"log/tile/entries/000", "log/tile/entries/000.p/9"}
