"""The files of a log behind an address, for code that reads files and waits for each.

A check, or a copy, runs in a thread, as it would over a folder, while an event loop fetches what it asks for and, a few
files ahead, what it will ask for next.
"""

import asyncio
from typing import Final, override

import aiohttp

from . import tlog
from .tlog.note import MAX_NOTE_BYTES

_AHEAD: Final = 3
"""Bundles fetched before they are asked for, each with its tile: they and their successor keep all connections busy."""
_CHUNK: Final = 64 * 1024
_LARGEST_TILE: Final = tlog.TILE_WIDTH * tlog.HASH_BYTES
_LARGEST_BUNDLE: Final = tlog.TILE_WIDTH * (2 + tlog.MAX_ENTRY_BYTES)


class UnreachableError(Exception):
    """A file cannot be fetched, or is not one of a log: says of which address, and why."""


class HttpReader(tlog.LogReader):
    """The files of a log behind an address. Its methods block: they are for a thread beside the event loop."""

    def __init__(self, session: aiohttp.ClientSession, address: str, *, whole: bool) -> None:
        self._session = session
        self._address = address.rstrip("/")
        self._whole = whole
        self._loop = asyncio.get_running_loop()
        self._started: dict[str, asyncio.Task[bytes]] = {}
        # What the checkpoint says before anybody has verified it: good enough to fetch ahead by.
        self._size = 0

    def expect(self, size: int) -> None:
        """Fetch ahead up to so many entries: of a checkpoint that was read elsewhere."""
        self._size = size

    @override
    def read_checkpoint(self) -> bytes:
        data = self._wait("checkpoint", MAX_NOTE_BYTES)
        try:
            self._size = tlog.Checkpoint.parse(tlog.Note.parse(data).text).size
        except tlog.TlogError:
            self._size = 0  # Whoever opens the checkpoint will say what is wrong with it.
        return data

    @override
    def read_tile(self, tile: tlog.Tile) -> bytes:
        return self._wait(tile.path, _LARGEST_TILE)

    @override
    def read_bundle(self, bundle: tlog.Bundle) -> bytes:
        return self._wait(bundle.path, _LARGEST_BUNDLE, bundle)

    def read_beside(self, path: str, most: int) -> bytes:
        """Return a file beside the log.

        Raises MissingError, UnreachableError.
        """
        return self._wait(path, most)

    def _wait(self, path: str, most: int, bundle: tlog.Bundle | None = None) -> bytes:
        return asyncio.run_coroutine_threadsafe(self._read(path, most, bundle), self._loop).result()

    async def _read(self, path: str, most: int, bundle: tlog.Bundle | None) -> bytes:
        task = self._start(path, most)
        if bundle and self._whole:
            self._read_ahead(bundle.index)
        try:
            return await task
        finally:
            del self._started[path]

    def _read_ahead(self, index: int) -> None:
        begin = (index + 1) * tlog.TILE_WIDTH
        end = min(begin + _AHEAD * tlog.TILE_WIDTH, self._size)
        if begin >= end:
            return
        for bundle in tlog.bundles_to_write(begin, end):
            self._start(bundle.path, _LARGEST_BUNDLE)
            if bundle.width == tlog.TILE_WIDTH:  # The tile at the edge was the first to be read.
                self._start(tlog.Tile(0, bundle.index).path, _LARGEST_TILE)

    def _start(self, path: str, most: int) -> asyncio.Task[bytes]:
        if path not in self._started:
            self._started[path] = asyncio.create_task(self._fetch(path, most))
        return self._started[path]

    async def fetch(self, path: str, most: int) -> bytes:
        """Return a file beside the log, from within the event loop.

        Raises MissingError, UnreachableError.
        """
        return await self._fetch(path, most)

    async def _fetch(self, path: str, most: int) -> bytes:
        address = f"{self._address}/{path}"
        try:
            async with self._session.get(address) as response:
                if response.status == 404:
                    raise tlog.MissingError(path)
                if response.status != 200:
                    raise UnreachableError(f"{address} answers {response.status} {response.reason}: expected a file")
                data = bytearray()
                async for chunk in response.content.iter_chunked(_CHUNK):
                    data += chunk
                    if len(data) > most:
                        raise UnreachableError(f"{address} has more than the {most} bytes that such a file can have")
                return bytes(data)
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise UnreachableError(f"{address} cannot be read: {reason}; is this the log's address?") from error

    async def close(self) -> None:
        """Give up what was fetched ahead and not asked for."""
        for task in self._started.values():
            task.cancel()
        await asyncio.gather(*self._started.values(), return_exceptions=True)
