"""A building's database as its first start leaves it, made once: its file is laid where a building begins.

The schema has grown by migrations, and each new SQLite database goes through all of them: more work than most tests
do with it. That a start makes a database out of nothing is tested where the store is, and by every test that starts
the coordinator as a process.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from coordinator.config import BuildingConfig
from coordinator.store import close_database, open_database


@dataclass(frozen=True)
class NewDatabase:
    """The bytes of a database that has its schema and nothing else."""

    content: bytes

    def lay(self, config: BuildingConfig) -> None:
        """Lay it where a building in SQLite keeps its own, before its first start."""
        config.data.mkdir(mode=0o700)
        Path(config.database_url.partition("///")[2]).write_bytes(self.content)


def made(folder: Path) -> NewDatabase:
    """Make one with all migrations."""
    file = folder / "building.db"

    async def make() -> None:
        await close_database(await open_database(f"sqlite+aiosqlite:///{file}"))

    asyncio.run(make())
    assert {each.name for each in folder.iterdir()} == {file.name}, "closed, it is one file"
    return NewDatabase(file.read_bytes())
