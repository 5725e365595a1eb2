"""`local-vpp flat run --witness-listen`: a flat's witness, and its mirror, answer others over HTTP, too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from localvpp.clock import Clock, SystemClock
from localvpp.guard import Guard
from localvpp.mirror_door import MirrorDoor
from localvpp.mirror_web import answer_add_entries, answer_file, answer_pending
from localvpp.witness_web import answer_add_checkpoint, answer_checkpoint

from .errors import CommandError
from .gate import Gate, Limits

_STOPPING_S: Final = 5.0
"""How long open requests may take to end; each takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen. Port 0 takes a free one."""

    host: str
    port: int


def parse_listen(text: str, option: str = "--witness-listen") -> Address:
    """Read HOST:PORT, as an option gives it; an IPv6 address stands in brackets.

    Raises CommandError.
    """
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port is None or text != parts.netloc or "@" in text:
        raise CommandError(f"{option} {text!r}: write HOST:PORT, as in 0.0.0.0:8471 or [::]:8471")
    return Address(host, port)


@asynccontextmanager
async def serving_witness(
    witness: Guard,
    address: Address,
    door: MirrorDoor | None = None,
    *,
    limits: Limits | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[str]:
    """Answer for a witness, and below /mirror for a mirror if there is one; give the URL on this machine.

    Raises CommandError when the address is not to be had.
    """
    limits = limits or Limits()
    gate = Gate(limits, clock or SystemClock())
    application = web.Application(middlewares=[gate.watch()])

    async def add_checkpoint(request: web.Request) -> web.Response:
        return await answer_add_checkpoint(request, witness, limits.body_s)

    async def checkpoint(request: web.Request) -> web.Response:
        return await answer_checkpoint(request.match_info["origin_hash"], witness)

    application.router.add_post("/add-checkpoint", add_checkpoint)
    application.router.add_get(r"/{origin_hash:[0-9a-f]{64}}/checkpoint", checkpoint)
    if door is not None:
        _add_mirror(application, door, limits)
    runner = web.AppRunner(
        application,
        access_log=None,
        shutdown_timeout=_STOPPING_S,
        lingering_time=limits.linger_s,
        keepalive_timeout=2 * limits.head_s,  # The gate ends idle connections before.
    )
    await runner.setup()
    assert runner.server is not None, "set up"
    try:
        try:
            listening = await gate.listen(runner.server, address.host, address.port)
        except OSError as error:
            raise CommandError(
                f"--witness-listen: cannot listen on {address.host}:{address.port} ({error.strerror}): choose another"
            ) from error
        try:
            host = f"[{address.host}]" if ":" in address.host else address.host
            yield f"http://{host}:{listening.sockets[0].getsockname()[1]}"
        finally:
            listening.close()
    finally:
        gate.close()
        await runner.cleanup()


def _add_mirror(application: web.Application, door: MirrorDoor, limits: Limits) -> None:
    """Answer for a mirror under a prefix of its own, as its specification asks."""

    async def pending(request: web.Request) -> web.Response:
        return await answer_pending(request, door, limits.body_s)

    async def entries(request: web.Request) -> web.Response:
        return await answer_add_entries(request, door, limits.body_s)

    async def file(request: web.Request) -> web.Response:
        return await answer_file(request.match_info["origin_hash"], request.match_info["path"], door)

    application.router.add_post("/mirror/add-checkpoint", pending)
    application.router.add_post("/mirror/add-entries", entries)
    application.router.add_get(r"/mirror/{origin_hash:[0-9a-f]{64}}/{path:.+}", file)
