"""What all tests share."""

from pathlib import Path
from typing import Final

import pytest

_SHARED_DATA: Final = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public measurements of homes, which lie beside a checkout and not in it."""
    if not _SHARED_DATA.is_dir():
        pytest.skip("the folder ../shared/data with the public data sets is not here")
    return _SHARED_DATA
