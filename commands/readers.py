"""Where the files of a log are: in a folder, or behind an address."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import aiohttp

from localvpp import tlog
from localvpp.logfolder import LogFolder
from localvpp.logreader import HttpReader, UnreachableError

from .errors import CommandError

_CONNECTIONS: Final = 4
"""Requests at once: enough to hide the way there and back, too few to be a burden for a building's small server."""
_CONNECT_S: Final = 10.0
_SILENCE_S: Final = 30.0
"""Without a byte: then the server is given up."""


def read_log[T](where: str, use: Callable[[tlog.LogReader], T], *, whole: bool) -> T:
    """Return what a function makes of the log in a folder, or behind an http address.

    `whole` says that it reads all of it, from the first bundle to the last.
    Raises CommandError when it cannot be read.
    """
    if where.startswith(("http://", "https://")):
        return asyncio.run(_over_http(where, use, whole))
    folder = Path(where)
    if not folder.is_dir():
        raise CommandError(
            f"{where} is no folder: name the one that holds `checkpoint` and `tile/`, or an address http://…/log"
        )
    try:
        return use(LogFolder(folder))
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be read: {error.strerror}") from error


async def _over_http[T](address: str, use: Callable[[tlog.LogReader], T], whole: bool) -> T:
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S, sock_read=_SILENCE_S)
    connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        reader = HttpReader(session, address, whole=whole)
        try:
            return await asyncio.to_thread(use, reader)
        except UnreachableError as error:
            raise CommandError(str(error)) from error
        finally:
            await reader.close()
