"""Strangers at a flat's door: however slow, many or eager they are, the flat goes on. Real TCP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
import gzip
from http import HTTPStatus
from pathlib import Path
import socket
from urllib.parse import urlsplit

import aiohttp
import pytest

from commands.gate import Limits, Rates
from localvpp import tlog
from localvpp.logfolder import LogFolder
from localvpp.mirror_door import LARGEST_UPLOAD, MOST_UPLOADS
from localvpp.store import FlatStore

from ..localvpp.place import ORIGIN, HandClock
from ..localvpp.small_coordinator import SmallLog
from .mirror_box import DEVICE, HASH, Box, grow, opened

pytestmark = pytest.mark.usefixtures("socket_enabled")

PATIENCE_S = 60.0
"""What is awaited comes at once; so long is never waited unless a test fails."""
SOON_S = 0.1
"""For what a test wants to see run out."""

type OpenBox = Callable[[Limits], AbstractAsyncContextManager[Box]]


@pytest.fixture
async def open_box(tmp_path: Path) -> AsyncIterator[OpenBox]:
    store = await FlatStore.open(tmp_path / "flat.db", DEVICE, ORIGIN)
    log = SmallLog()
    grow(log, 700)
    async with aiohttp.ClientSession() as session:

        @asynccontextmanager
        async def open_one(limits: Limits) -> AsyncIterator[Box]:
            async with opened(store, tmp_path / "mirror", session, log, limits) as box:
                yield box

        yield open_one
    await store.close()


class Caller:
    """A stranger's connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self) -> tuple[int, dict[str, str]]:
        """Read one answer with its body."""
        async with asyncio.timeout(PATIENCE_S):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.title(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
            await self._reader.readexactly(int(headers.get("Content-Length", "0")))
        return int(head[0].split()[1]), headers

    async def rest(self) -> bytes:
        """Read to the end of the connection."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                return await self._reader.read()
            except ConnectionResetError:
                return b""

    def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def calling(box: Box, *, by: str = "127.0.0.1") -> AsyncIterator[Caller]:
    place = urlsplit(box.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, local_addr=(by, 0))
    caller = Caller(reader, writer)
    try:
        yield caller
    finally:
        caller.close()


CHECKPOINT = f"GET /{HASH}/checkpoint HTTP/1.1\r\nHost: flat\r\n\r\n".encode()


def post(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: flat", *headers, "", ""]).encode()


async def is_served(box: Box) -> None:
    """Wait until a new connection is let in and answered."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with calling(box) as caller:
                await caller.send(CHECKPOINT)
                if (await caller.answer())[0] == HTTPStatus.NOT_FOUND:
                    return


# --- Too slow ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("begun", [b"", b"G", CHECKPOINT[:-2], b"GET / HTTP/1.1\r\nX: " + b"y" * 4000])
async def test_whoever_does_not_finish_a_head_is_told_408_and_hung_up_on(open_box: OpenBox, begun: bytes) -> None:
    async with open_box(Limits(head_s=SOON_S)) as box, calling(box) as caller:
        await caller.send(begun)
        assert (await caller.rest()).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        await is_served(box)


async def test_a_head_that_drips_has_no_more_time_than_one_that_stops(open_box: OpenBox) -> None:
    async with open_box(Limits(head_s=SOON_S)) as box, calling(box) as caller:

        async def drip() -> None:
            await caller.send(CHECKPOINT[:-2] + b"X: ")
            while True:
                await caller.send(b"y")
                await asyncio.sleep(SOON_S / 20)

        dripping = asyncio.create_task(drip())
        assert (await caller.rest()).startswith(b"HTTP/1.1 408 ")
        dripping.cancel()
        await asyncio.wait([dripping])


async def test_a_connection_that_asks_no_more_is_closed_without_a_word(open_box: OpenBox) -> None:
    async with open_box(Limits(head_s=SOON_S)) as box, calling(box) as caller:
        for _ in range(2):
            await caller.send(CHECKPOINT)
            assert (await caller.answer())[0] == HTTPStatus.NOT_FOUND
        assert await caller.rest() == b""


@pytest.mark.parametrize("path", ["/add-checkpoint", "/mirror/add-checkpoint", "/mirror/add-entries"])
async def test_a_body_that_does_not_come_is_told_408(open_box: OpenBox, path: str) -> None:
    async with open_box(Limits(body_s=SOON_S, linger_s=SOON_S)) as box, calling(box) as caller:
        await caller.send(post(path, "Content-Length: 1000") + b"\0")
        status, headers = await caller.answer()
        assert (status, headers["Connection"]) == (HTTPStatus.REQUEST_TIMEOUT, "close")
        assert await caller.rest() == b""
        await is_served(box)


async def test_what_a_slow_upload_has_brought_is_kept(open_box: OpenBox) -> None:
    async with open_box(Limits(body_s=1.0, linger_s=SOON_S)) as box, calling(box) as caller:
        await box.pending(0)
        body = box.upload(0, 700)
        begun = body[: len(box.upload(0, 256)) + 1000]
        await caller.send(post("/mirror/add-entries", f"Content-Length: {len(body)}") + begun)
        assert (await caller.answer())[0] == HTTPStatus.REQUEST_TIMEOUT
        assert await caller.rest() == b""
        asked = box.read(await box.post("add-entries", box.upload(512, 700)))
        assert isinstance(asked, tlog.Resume)
        assert asked.info.next_entry == 256
        assert isinstance(box.read(await box.post("add-entries", box.upload(256, 700))), tlog.Cosigned)


async def test_whoever_does_not_read_his_answers_is_cut_off(open_box: OpenBox) -> None:
    async with open_box(Limits(answer_s=SOON_S, head_s=SOON_S, connections=1)) as box:
        large = tlog.encode_bundle([bytes(4000)] * tlog.TILE_WIDTH)
        LogFolder(box.folder).write([(tlog.Bundle(0, tlog.TILE_WIDTH).path, large)])
        asking = f"GET /mirror/{HASH}/tile/entries/000 HTTP/1.1\r\nHost: flat\r\n\r\n".encode()
        place = urlsplit(box.url)
        with socket.create_connection((place.hostname or "", place.port or 0)) as deaf:
            deaf.sendall(asking * 40)
            await is_served(box)


# --- Too large --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/add-checkpoint", tlog.MAX_REQUEST_BYTES),
        ("/mirror/add-checkpoint", tlog.MAX_REQUEST_BYTES),
        ("/mirror/add-entries", LARGEST_UPLOAD),
    ],
)
async def test_a_body_that_is_announced_as_too_large_is_refused_before_it_is_sent(
    open_box: OpenBox, path: str, most: int
) -> None:
    async with open_box(Limits(linger_s=SOON_S)) as box, calling(box) as caller:
        await caller.send(post(path, f"Content-Length: {most + 1}"))
        assert (await caller.answer())[0] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        assert await caller.rest() == b""


async def test_a_body_that_grows_too_large_is_refused_when_it_does(open_box: OpenBox) -> None:
    async with open_box(Limits()) as box:
        inflated = gzip.compress(bytes(100 * tlog.MAX_REQUEST_BYTES))
        assert len(inflated) < tlog.MAX_REQUEST_BYTES
        said = await box.post("add-checkpoint", inflated, **{"Content-Encoding": "gzip"})
        assert said[0] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        # Of a package that has no end no more is held than the largest one has.
        await box.pending(0)
        header = tlog.AddEntries(ORIGIN, 0, 700).encode()
        endless = gzip.compress(header + b"\xff\xff" + bytes(2**21))
        said = await box.post("add-entries", endless, **{"Content-Encoding": "gzip"})
        assert said[0] in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}


async def test_a_body_that_is_not_what_its_head_says_is_a_bad_request(open_box: OpenBox) -> None:
    async with open_box(Limits()) as box:
        for call in ("add-checkpoint", "add-entries"):
            assert (await box.post(call, b"not gzip", **{"Content-Encoding": "gzip"}))[0] == HTTPStatus.BAD_REQUEST


# --- Too many ---------------------------------------------------------------------------------------------------------


async def hold(box: Box, caller: Caller) -> None:
    """Have a connection let in."""
    await caller.send(CHECKPOINT)
    assert (await caller.answer())[0] == HTTPStatus.NOT_FOUND


async def test_more_connections_than_there_is_room_for_are_told_503_until_one_goes(open_box: OpenBox) -> None:
    async with open_box(Limits(connections=2)) as box, calling(box) as one, calling(box, by="127.0.0.2") as two:
        await hold(box, one)
        await hold(box, two)
        async with calling(box, by="127.0.0.3") as three:
            await three.send(CHECKPOINT)
            status, headers = await three.answer()
            assert (status, headers["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
            assert await three.rest() == b""
        await hold(box, one)  # Those inside have not noticed.
        two.close()
        await is_served(box)


async def test_one_address_does_not_take_all_the_room(open_box: OpenBox) -> None:
    async with open_box(Limits(connections_of_one=1)) as box, calling(box) as one, calling(box) as again:
        await hold(box, one)
        assert (await again.answer())[0] == HTTPStatus.SERVICE_UNAVAILABLE
        async with calling(box, by="127.0.0.2") as other:
            await hold(box, other)


async def test_when_too_many_are_being_turned_away_more_are_cut(open_box: OpenBox) -> None:
    async with open_box(Limits(connections=1, turned_away=0)) as box, calling(box) as one:
        await hold(box, one)
        async with calling(box) as two:
            assert await two.rest() == b""


async def test_so_many_uploads_are_taken_at_a_time(open_box: OpenBox) -> None:
    async with open_box(Limits()) as box:
        await box.pending(0)
        go_on = asyncio.Event()
        asked: asyncio.Queue[None] = asyncio.Queue()

        async def slow(body: bytes) -> AsyncIterator[bytes]:
            yield body[:1000]
            asked.put_nowait(None)
            await go_on.wait()
            yield body[1000:]

        uploads = [asyncio.create_task(box.post("add-entries", slow(box.upload(0, 700)))) for _ in range(MOST_UPLOADS)]
        async with asyncio.timeout(PATIENCE_S):
            for _ in uploads:
                await asked.get()
            while (said := await refused_upload(box)) is None:
                continue
        assert said == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
        go_on.set()
        for upload in uploads:
            assert isinstance(box.read(await upload), tlog.Cosigned)
        assert isinstance(box.read(await box.post("add-entries", box.upload(700, 700))), tlog.Cosigned)


async def refused_upload(box: Box) -> tuple[int, str] | None:
    """Ask where to go on; None when that was answered, for the others have not all been read that far."""
    async with box.session.post(f"{box.url}/mirror/add-entries", data=box.upload(512, 700)) as response:
        if response.status == HTTPStatus.CONFLICT:
            return None
        return response.status, response.headers["Retry-After"]


# --- Too often --------------------------------------------------------------------------------------------------------


async def test_whoever_asks_too_often_is_told_429_and_when_to_come_again(open_box: OpenBox) -> None:
    async with open_box(Limits(posts_at_once=2, posts_per_s=0.5)) as box:

        async def asked(by: str = "127.0.0.1") -> tuple[int, str | None]:
            async with calling(box, by=by) as caller:
                await caller.send(post("/add-checkpoint", "Content-Length: 8") + b"nonsense")
                status, headers = await caller.answer()
                return status, headers.get("Retry-After")

        assert [await asked() for _ in range(3)] == [(400, None), (400, None), (429, "2")]
        box.clock.move(1.0)
        assert await asked() == (429, "1")
        assert await asked("127.0.0.2") == (400, None)
        await is_served(box)  # Who only reads is not counted.
        box.clock.move(1.0)
        assert [await asked() for _ in range(2)] == [(400, None), (429, "2")]


def test_rates_are_remembered_of_so_many_peers_and_never_more_than_full() -> None:
    clock = HandClock()
    rates = Rates(Limits(posts_at_once=1, posts_per_s=1, peers=2), clock)
    assert [rates.take(peer) for peer in ("a", "a", "b", "c")] == [0, 1, 0, 0]
    assert rates.take("a") == 0, "forgotten, and new"
    clock.move(1000)
    assert [rates.take("a") for _ in range(2)] == [0, 1]


# --- Tickets ----------------------------------------------------------------------------------------------------------


async def test_a_ticket_lasts_for_an_hour(open_box: OpenBox) -> None:
    async with open_box(Limits()) as box:
        await box.pending(0)
        paused = box.read(await box.post("add-entries", box.upload(0, 256)))
        assert isinstance(paused, tlog.Resume)
        first = SmallLog()
        grow(first, 700)
        grow(box.log, 50)
        await box.pending(700)
        header = tlog.AddEntries(ORIGIN, 256, 700, paused.info.ticket)
        body = tlog.build_upload(header, first.entries[256:512], first.hashes)
        box.clock.move(tlog.TICKET_LIFE_S + 1)
        asked = box.read(await box.post("add-entries", body))
        assert isinstance(asked, tlog.Resume)
        assert (asked.accepted, asked.info.size) == (False, 750)
