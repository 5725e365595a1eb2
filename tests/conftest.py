"""What all tests share: quiet logs, event loops that are watched at little cost, and processes that divide the work.

Unit tests are those of the pure core that need nothing outside of their process; they run first. Nobody lists them: a
test of `tests/localvpp` is one unless it asks for a folder, a socket or `outside`, and fails if it reaches for more.
"""

import asyncio
from collections.abc import Callable, Iterator
import functools
import gc
import logging
import os
from pathlib import Path
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from hypothesis import settings
import pytest

if TYPE_CHECKING:
    from xdist.remote import Producer  # type: ignore[import-untyped]
    from xdist.scheduler import Scheduling  # type: ignore[import-untyped]

    from .new_database import NewDatabase

settings.register_profile("local-vpp", deadline=None)
settings.load_profile("local-vpp")
# How long an example takes is a matter of benchmarks: on a busy machine a deadline fails what is right.

# Home Assistant's tests log every statement of a database; here that would be most of a test's time.
for name in ("sqlalchemy.engine", "aiosqlite"):
    logging.getLogger(name).setLevel(logging.WARNING)


_MEMORY: Final = Path("/dev/shm")
"""Files in memory, where the system has a place for them."""


def _whole_step(config: pytest.Config) -> bool:
    """Whether one of the steps of `scripts/test` runs, with all of its tests."""
    return bool(config.option.markexpr) and config.args_source is not pytest.Config.ArgsSource.ARGS


def pytest_configure(config: pytest.Config) -> None:
    """Keep the files of whole steps in memory.

    What they commit is synced thousands of times: on a disk that others use, too, that can be most of the time. Those
    that kill processes lose nothing by it: what a process has written, it has written; no power fails.
    """
    if _whole_step(config) and os.access(_MEMORY, os.W_OK):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Let the garbage collector rest while modules are imported: it would look for garbage in what stays, again and
    again, for half of the time that it takes. It needs not look at it later either.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Divide unit tests, or all quick ones, among the processors; others run in this process, unless told otherwise.

    Few tests last longer than another process takes to start.
    """
    return None if _whole_step(config) and config.option.markexpr in {"unit", "not slow"} else 0


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Divide slow files so that the longest of them begin first."""
    if config.option.dist != "loadfile":
        return None
    from .dividing import LongestFirst  # Only the process that divides needs it.

    return LongestFirst(config, log)


_CORE: Final = Path(__file__).parent / "localvpp"
_NEEDS_MORE: Final = frozenset({"outside", "socket_enabled", "tmp_path", "tmp_path_factory"})
"""Fixtures of tests that are no unit tests. Home Assistant's library refuses sockets to those without the second."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Read the core's tests alone for a step of unit tests: what the others import takes longer than many tests."""
    inside = collection_path in _CORE.parents or collection_path == _CORE or _CORE in collection_path.parents
    return True if config.option.markexpr == "unit" and not inside else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the unit tests, before it is chosen by marks."""
    for item in items:
        needs_more = not _NEEDS_MORE.isdisjoint(getattr(item, "fixturenames", ()))
        if _CORE in item.path.parents and not needs_more and item.get_closest_marker("slow") is None:
            item.add_marker("unit")


_OUTSIDE: Final = {
    "sqlite3.connect": "opens a database",
    "subprocess.Popen": "starts a process",
    "os.fork": "starts a process",
    "os.posix_spawn": "starts a process",
    "socket.bind": "opens a socket",
    "socket.connect": "opens a socket",
}
_within: str | None = None
"""The unit test that runs."""


def _refuse(event: str, _: tuple[object, ...]) -> None:
    if _within is not None and event in _OUTSIDE:
        raise RuntimeError(
            f"{_within} {_OUTSIDE[event]}, and asks for none: have it use the fixture 'outside', or 'socket_enabled'"
        )


sys.addaudithook(_refuse)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Hold a unit test to what it is."""
    global _within  # noqa: PLW0603  # an audit hook has no other way to know
    _within = item.nodeid if item.get_closest_marker("unit") else None
    try:
        return (yield)
    finally:
        _within = None


@pytest.fixture(scope="session")
def outside() -> None:
    """Ask for a process, or for what the system has installed: who does is no unit test."""


_PATIENCE_S: Final = 30
"""A connection's last sync can be held up by a busy disk; only a failing test waits so long."""


@pytest.fixture(autouse=True)
def database_threads_end(verify_cleanup: None) -> Iterator[None]:
    """Wait until the threads of closed connections have ended, a moment after the closing; one that is open has not.

    Then comes Home Assistant's look for threads that were left.
    """
    yield
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            thread.join(_PATIENCE_S)
            assert not thread.is_alive(), "a connection was not closed"


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Refuse calls of a loop from another thread, as in asyncio's debug mode, which Home Assistant's tests turn on.

    The rest of that mode, a stack trace of each task, future and timer, would be half of the time of these tests.
    """
    loop = asyncio.get_running_loop()
    assert isinstance(loop, asyncio.BaseEventLoop)

    def watched[**P, R](call: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(call)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            loop._check_thread()  # type: ignore[attr-defined]  # what the debug mode calls
            return call(*args, **kwargs)

        return checked

    names: dict[str, Callable[..., Any]] = {"call_soon": loop.call_soon, "call_at": loop.call_at}
    for name, call in names.items():
        setattr(loop, name, watched(call))


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """A building's database as its first start leaves it."""
    from .new_database import made  # The pure core's tests do without Alembic.

    return made(tmp_path_factory.mktemp("new_database"))


_SHARED_DATA: Final = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public measurements of homes, which lie beside a checkout and not in it."""
    if not _SHARED_DATA.is_dir():
        pytest.skip("the folder ../shared/data with the public data sets is not here")
    return _SHARED_DATA


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what tests have counted: how much was searched stands beside that nothing was found."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name} {value}")
