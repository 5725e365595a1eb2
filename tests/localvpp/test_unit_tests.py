"""A test of the core that asks for nothing is a unit test, and is held to it."""

from collections.abc import Callable
import socket
import sqlite3
import subprocess
import sys

import pytest


def open_database() -> None:
    sqlite3.connect(":memory:").close()


def start_process() -> None:
    subprocess.run([sys.executable, "-c", ""], check=True)


def open_socket() -> None:
    with socket.socket(socket.AF_UNIX) as own:
        own.bind("\0local-vpp unit tests")


REACHES = pytest.mark.parametrize("reach", [open_database, start_process, open_socket])


@REACHES
def test_a_test_that_asks_for_nothing_gets_nothing(reach: Callable[[], None], request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("unit")
    with pytest.raises(RuntimeError, match=r"gets_nothing\[.* asks for none: have it use the fixture"):
        reach()


@REACHES
@pytest.mark.usefixtures("outside", "socket_enabled")
def test_a_test_that_asks_gets_it(reach: Callable[[], None], request: pytest.FixtureRequest) -> None:
    assert not request.node.get_closest_marker("unit")
    reach()
