"""A real PostgreSQL server for tests: on loopback, with a free port, in a folder that goes with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
import os
from pathlib import Path
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

from commands.heldport import held_port

from ..needed import lacks

STARTING_S = 60.0
"""A server that is not there after this long is broken."""
_DEBIAN = Path("/usr/lib/postgresql")


def binaries() -> Path | None:
    """Return the folder with the newest server's programs; Debian keeps them off the path."""
    found = [each for each in _DEBIAN.glob("*/bin") if (each / "initdb").exists()]
    if found:
        return max(found, key=lambda each: int(each.parent.name))
    on_path = shutil.which("initdb")
    return None if on_path is None else Path(on_path).parent


class PostgreSql:
    """A server that this process started."""

    def __init__(self, programs: Path, folder: Path, port: int) -> None:
        self._programs = programs
        self._data = folder / "data"
        self._sockets = folder
        self._log = folder / "log"
        self._names = count()
        self._process: subprocess.Popen[bytes] | None = None
        self.port = port
        # The server ends with this process, however that ends.
        self._as_user = ["setpriv", "--pdeathsig=INT"]
        if os.geteuid() == 0:  # The server refuses to run as root.
            user = next(each for each in ("postgres", "nobody") if _is_user(each))
            entry = pwd.getpwnam(user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            self._as_user += [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
        self._run("initdb", "-D", self._data, "-U", "tests", "-E", "UTF8", "--locale=C", "-A", "trust", "--no-sync")

    def _run(self, program: str, *arguments: str | Path) -> str:
        command = [*self._as_user, self._programs / program, *arguments]
        done = subprocess.run(
            command, check=False, cwd=self._sockets, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert done.returncode == 0, f"{command}: {done.stdout}"
        return done.stdout

    def start(self) -> None:
        """Start the server and wait until it answers. Its disk is not synced: no power fails during a test."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self._sockets,
            "fsync": "off",
            "max_connections": 40,
            "shared_buffers": "16MB",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [*self._as_user, self._programs / "postgres", "-D", self._data, *options]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self._sockets, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + STARTING_S
        while self._ask("pg_isready", "-q") != 0:
            assert self._process.poll() is None, f"the server ended:\n{self._log.read_text()}"
            assert time.monotonic() < until, f"the server does not answer:\n{self._log.read_text()}"
            time.sleep(0.02)

    def _ask(self, program: str, *arguments: str) -> int:
        command = [self._programs / program, "-h", "127.0.0.1", "-p", str(self.port), *arguments]
        return subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """End the server: SIGINT disconnects everybody, SIGQUIT leaves it to recover at its next start."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait(STARTING_S)

    def new_database(self, *options: str) -> str:
        """Make an empty database and return its URL."""
        name = f"building{next(self._names)}"
        self._run("createdb", "-h", self._sockets, "-p", str(self.port), "-U", "tests", *options, name)
        return self.url(name)

    def copy(self, url: str) -> str:
        """Copy a database that nobody is connected to, and return the copy's URL."""
        return self.new_database(f"--template={url.rpartition('/')[2]}")

    def url(self, name: str) -> str:
        """Return the URL of a database."""
        return f"postgresql+asyncpg://tests@127.0.0.1:{self.port}/{name}"

    def url_by_socket(self, url: str) -> str:
        """Return the URL of the same database over the server's Unix socket."""
        name = url.rpartition("/")[2]
        return f"postgresql+asyncpg://tests@/{name}?host={self._sockets}&port={self.port}"

    def sql(self, url: str, statement: str) -> str:
        """Run a statement in a database."""
        name = url.rpartition("/")[2]
        return self._run(
            "psql", "-h", self._sockets, "-p", str(self.port), "-U", "tests", "-d", name, "-qtAc", statement
        ).strip()


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@contextmanager
def running() -> Iterator[PostgreSql]:
    """Give a running server; skip where none is installed."""
    programs = binaries()
    if programs is None:
        lacks("no PostgreSQL server is installed: scripts/services")
    # Not below pytest's own folders, which no other user may enter; and short, for a socket's path ends at 107 bytes.
    with held_port() as port, tempfile.TemporaryDirectory(prefix="vpp-pg-") as folder:
        server = PostgreSql(programs, Path(folder), port)
        server.start()
        try:
            yield server
        finally:
            server.stop()
