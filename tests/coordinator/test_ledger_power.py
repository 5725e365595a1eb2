"""The power is cut: of what was not synced anything may be left, and the log is what the database says."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
import random
import shutil
from typing import override

import pytest

from .ledgers import FaultyDisk, check_whole, opened
from .test_ledger_steps import BEFORE, Case, Heads, case, clock, submitted_again

__all__ = ["case"]


class Volatile(FaultyDisk):
    """A disk that keeps what was synced, and of the rest what chance will have."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        super().__init__(root)
        self._chance = chance
        self._durable: dict[Path, bytes | None] = {}
        """What a power cut leaves at least, of each file that was touched; None where nothing was there."""
        self._contents: set[Path] = set()
        """Files whose content is synced, whatever their names are."""
        self.cuts: list[int] = []
        """After so many steps the power is cut."""
        self.answered: list[bytes] = []
        """Heads that somebody was answered with."""
        self.copies: list[tuple[Path, list[bytes]]] = []
        """What was left by each cut, and what had been answered."""

    def _before(self, path: Path) -> None:
        if path not in self._durable:
            self._durable[path] = path.read_bytes() if path.is_file() else None

    @override
    def put(self, path: str, data: bytes) -> None:
        self._before(Path(path))
        self._contents.discard(Path(path))
        super().put(path, data)

    @override
    def write(self, path: str, data: bytes) -> None:
        self._before(Path(path))
        super().write(path, data)
        self._contents.add(Path(path))

    @override
    def sync(self, path: str) -> None:
        super().sync(path)
        self._contents.add(Path(path))

    @override
    def rename(self, old: str, new: str) -> None:
        self._before(Path(new))
        super().rename(old, new)
        moved = Path(old) in self._contents
        self._contents.discard(Path(old))
        (self._contents.add if moved else self._contents.discard)(Path(new))

    @override
    def sync_folder(self, path: str) -> None:
        super().sync_folder(path)
        for file in tuple(self._durable):
            # A name is durable; what it leads to only if that was synced, too.
            if file.parent == Path(path) and file in self._contents:
                self._durable[file] = file.read_bytes() if file.is_file() else None

    @override
    def remove(self, folder: str) -> None:
        # It is the worst that can happen to it: gone for good.
        super().remove(folder)
        for file in tuple(self._durable):
            if file.is_relative_to(folder):
                del self._durable[file]

    @override
    def _do(self, what: str, path: str, act: Callable[[], None], half: bytes | None = None) -> None:
        super()._do(what, path, act, half)
        if self.cuts and len(self.steps) == self.cuts[0]:
            self.cuts.pop(0)
            self._cut()

    def _cut(self) -> None:
        """Copy the building as a power cut may leave it at this moment.

        Of each file that is not known to be on the disk that is what was there, what is there, or a part of it.
        """
        data = self._root.parent
        copy = data.with_name(f"cut{len(self.copies)}")
        shutil.copytree(data, copy)
        for file, before in self._durable.items():
            now = file.read_bytes() if file.is_file() else None
            left = self._chance.choice([before, now, b"", None if now is None else now[: len(now) // 2]])
            place = copy / file.relative_to(data)
            if now == before:
                continue
            if left is None:
                place.unlink(missing_ok=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(left)
        self.copies.append((copy, list(self.answered)))


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_a_power_cut_leaves_the_log_is_whole_and_has_not_forked(
    seed: int, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    config = case.copy(tmp_path)
    # Not beside a commit: the database is copied while nobody writes to it.
    monkeypatch.setattr("coordinator.ledger.publishing.SYNC_EVERY_S", 3600.0)
    monkeypatch.setattr("coordinator.ledger.publishing.UNSYNCED", chance.choice([1, 3, 5, 1000]))
    disk = Volatile(config.data / "log", chance)
    async with opened(config, clock(), disk) as each:
        disk.answered.append(each.folder.read_checkpoint())
        disk.cuts = sorted(chance.sample(range(len(disk.steps) + 1, len(disk.steps) + 60), 8))
        for record in case.records:
            logged = await each.ledger.submit(case.device, [record])
            disk.answered.append(logged.checkpoint)
    assert disk.copies
    for copy, answered in disk.copies:
        left = replace(config, data=copy)
        async with opened(left, clock()) as each:
            assert check_whole(each, *answered) >= BEFORE + len(answered) - 1, "what was answered is there"
            heads = Heads({})
            heads.add(*answered)
            await submitted_again(each, case, heads)
