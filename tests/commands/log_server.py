"""A plain file server of a log, which a test can slow down, break and look at."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import gzip
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
import sys
import threading
from typing import override

type Change = Callable[[str, bytes], bytes | int]
"""What is sent for a path below the prefix instead of the file: other bytes, or a status alone."""

PATIENCE_S = 10


class LogServer:
    """Serves a folder as http://127.0.0.1:PORT/log/…; everything it was asked for is in `asked`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.most_at_once = 0
        self.errors: list[BaseException | None] = []
        self.change: Change = lambda _, data: data
        self.zipped = False
        self.gate: tuple[str, int] | None = None
        """A path that is not answered before so many requests have come in all, in whatever order they came."""
        self._at_once = 0
        self._changed = threading.Condition()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/log"

    port = 0

    @contextmanager
    def running(self) -> Iterator[LogServer]:
        world = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = PATIENCE_S

            def do_GET(self) -> None:
                with world.counted(self.path.removeprefix("/log/")):
                    answer = world.answer(self.path)
                if isinstance(answer, int):
                    self.send_response(answer)
                    answer = b""
                else:
                    self.send_response(200)
                if world.zipped:
                    self.send_header("Content-Encoding", "gzip")
                    answer = gzip.compress(answer, 1)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            @override
            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: the test's own words count."""

        class Server(ThreadingHTTPServer):
            daemon_threads = False  # Closing the server waits for the end of its connections.

            @override
            def handle_error(self, request: object, client_address: object) -> None:
                # A client that has read enough hangs up; anything else is the test's affair.
                if not isinstance(error := sys.exception(), ConnectionError):
                    world.errors.append(error)

        with Server(("127.0.0.1", 0), Handler) as server:
            self.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()
        assert self.errors == []

    @contextmanager
    def counted(self, path: str) -> Iterator[None]:
        with self._changed:
            self.asked.append(path)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            self._changed.notify_all()
            if self.gate and self.gate[0] == path:
                wanted = self.gate[1]
                assert self._changed.wait_for(lambda: len(self.asked) >= wanted, PATIENCE_S), "nobody else came"
        try:
            yield
        finally:
            with self._changed:
                self._at_once -= 1

    def answer(self, target: str) -> bytes | int:
        path = target.removeprefix("/log/")
        file = self.folder / path
        if not target.startswith("/log/") or not file.is_file():
            return 404
        return self.change(path, file.read_bytes())
