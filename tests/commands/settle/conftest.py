"""The building that months are settled of."""

import asyncio
from pathlib import Path

import pytest

from coordinator.config import BuildingConfig

from ...coordinator.flat import Flat
from ...new_database import NewDatabase
from .living import laid, live


@pytest.fixture
def flats() -> list[Flat]:
    """The flat that has more to tell."""
    return []


@pytest.fixture
def building(tmp_path: Path, new_database: NewDatabase, flats: list[Flat]) -> BuildingConfig:
    config = laid(tmp_path, new_database)
    flats.append(asyncio.run(live(config)))
    return config
