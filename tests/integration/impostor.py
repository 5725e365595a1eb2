"""A coordinator that is not what it says: it shows a building's card, but holds another key and no invite's secret."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import secrets
import time
from typing import Any

from aiohttp import web

from localvpp import tlog
from localvpp.etp import Ed25519Signer, PublicKey
from localvpp.settlement import SlotPrices, first_prices
from localvpp.wire import (
    NONCE_LENGTH,
    PROTOCOL,
    Challenge,
    Hello,
    Terms,
    Welcome,
    decode,
    encode,
    open_hello,
    sign_terms,
)


@dataclass
class Impostor:
    """What it shows and answers; a test changes it as it likes."""

    url: str = ""
    signer: Ed25519Signer = field(default_factory=Ed25519Signer.generate)
    """What it signs with."""
    shown: PublicKey | None = None
    """The key on its card."""
    origin: str = "vpp.example/sakura-heights"
    name: str = "Sakura Heights"
    enrolment: tuple[int, Any] | None = None
    """An answer to every enrolment, instead of one without a good proof."""
    link: bytes | str | None = None
    """The first message of its link, instead of a challenge."""
    has_link: bool = True
    protocol: int = PROTOCOL


def _card(impostor: Impostor, key: PublicKey) -> dict[str, Any]:
    return {
        "name": impostor.name,
        "origin": impostor.origin,
        "version": "0",
        "protocol": impostor.protocol,
        "fingerprint": key.fingerprint,
        "algorithm": int(key.algorithm),
        "public_key": base64.b64encode(key.data).decode(),
    }


@asynccontextmanager
async def impostor_at_work() -> AsyncIterator[Impostor]:
    """Run it on a free port of loopback."""
    impostor = Impostor()

    def shown() -> PublicKey:
        return impostor.shown or impostor.signer.public

    async def building(_request: web.Request) -> web.Response:
        return web.json_response(_card(impostor, shown()))

    async def enrolments(request: web.Request) -> web.Response:
        if impostor.enrolment is not None:
            status, answer = impostor.enrolment
            return web.json_response(answer, status=status)
        asked = await request.json()
        theirs = PublicKey(impostor.signer.public.algorithm, base64.b64decode(asked["public_key"]))
        answer = _card(impostor, shown()) | {
            "flat": asked["flat"],
            "device": theirs.device_id.hex(),
            "next_key": base64.b64encode(bytes(32)).decode(),
            "proof": base64.b64encode(bytes(32)).decode(),
        }
        return web.json_response(answer, status=201)

    async def link(request: web.Request) -> web.StreamResponse:
        if not impostor.has_link:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if isinstance(impostor.link, str):
            await socket.send_str(impostor.link)
        elif impostor.link is not None:
            await socket.send_bytes(impostor.link)
        else:
            nonce = secrets.token_bytes(NONCE_LENGTH)
            await socket.send_bytes(
                encode(Challenge(impostor.protocol, impostor.origin, nonce, time.time_ns() // 1_000_000))
            )
            greeting = open_hello(decode((await socket.receive()).data, Hello).statement, impostor.origin, nonce)
            log_key = tlog.SignerKey(impostor.origin, tlog.SignatureType.ED25519, bytes(32)).verifier_key.encode()
            terms = Terms(impostor.origin, log_key, 1800, first_prices(SlotPrices(0, 0, 0)), shown().device_id, 0)
            await socket.send_bytes(encode(Welcome(sign_terms(impostor.signer, terms, greeting.own_nonce), None)))
        await socket.close()
        return socket

    application = web.Application()
    application.add_routes(
        [
            web.get("/api/v1/building", building),
            web.post("/api/v1/enrolments", enrolments),
            web.get("/api/v1/link", link),
        ]
    )
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        impostor.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield impostor
    finally:
        await runner.cleanup()
