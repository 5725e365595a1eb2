"""What a test needs from its machine and cannot make by itself: without it the test skips, and says how to get it.

Where `.ci/run` has installed all of it, a skip would hide what was never looked at: with `LOCAL_VPP_CI=1` it fails.
"""

from importlib import import_module
import os
from types import ModuleType
from typing import Final, NoReturn

import pytest

_IN_CI: Final = "LOCAL_VPP_CI"


def lacks(what: str) -> NoReturn:
    """End a test, or a fixture, that lacks what `.ci/run` installs; `what` is a sentence with the remedy."""
    if os.environ.get(_IN_CI) == "1":
        pytest.fail(f"{what}; with {_IN_CI}=1 nothing may be left out", pytrace=False)
    pytest.skip(what)


def module(name: str, extra: str) -> ModuleType:
    """Return a module of an extra of this package, which `scripts/setup` installs."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        lacks(f"the extra local-vpp[{extra}] is not installed: scripts/setup")
