"""An outside witness that `building.yaml` names is asked over HTTP, while it answers and when it does again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
import logging

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from coordinator.app import serving
from coordinator.config import BuildingConfig, load
from coordinator.witnesses import HttpAsk, cosigning
from localvpp import tlog

from .conftest import FILE, ORIGIN
from .flat import ManualClock, until

pytestmark = pytest.mark.usefixtures("socket_enabled")


@dataclass
class Outsider:
    """A witness somewhere else; it believes each log that it was told of."""

    key: tlog.SignerKey = field(
        default_factory=lambda: tlog.SignerKey("witness.example", tlog.SignatureType.MLDSA_COSIGNATURE, bytes(32))
    )
    logs: dict[str, tlog.WitnessedLog] = field(default_factory=dict)
    broken: web.Response | None = None
    asked: int = 0
    server: TestServer = field(init=False)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.broken is not None:
            return self.broken
        said = tlog.add_checkpoint(self.logs, await request.read(), 1_795_312_800, [tlog.make_cosigner(self.key)])
        if said.log is not None:
            self.logs[said.log.origin] = said.log
        return web.Response(body=said.body, status=said.status, headers={"Content-Type": said.content_type})


@pytest.fixture
async def outsider() -> AsyncIterator[Outsider]:
    outsider = Outsider()
    application = web.Application(client_max_size=tlog.MAX_REQUEST_BYTES)
    application.router.add_post("/vpp/add-checkpoint", outsider.answer)
    outsider.server = TestServer(application)
    await outsider.server.start_server()
    yield outsider
    await outsider.server.close()


@pytest.fixture
def config(config: BuildingConfig, outsider: Outsider) -> BuildingConfig:
    url = outsider.server.make_url("/vpp")
    key = outsider.key.verifier_key.encode()
    config.file.write_text(f"{FILE}witnesses: [{{name: witness.example, key: {key}, url: '{url}'}}]\n")
    return load(config.file)


@asynccontextmanager
async def running(config: BuildingConfig, clock: ManualClock) -> AsyncIterator[cosigning.Cosigning]:
    async with serving(config, clock) as (coordinator, work):
        tasks = [asyncio.create_task(each()) for each in work]
        try:
            yield coordinator.cosigning
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


async def test_the_policy_of_a_building_without_flats_asks_for_the_outsider(
    config: BuildingConfig, clock: ManualClock, outsider: Outsider
) -> None:
    async with running(config, clock) as by:
        log = by.policy.logs[0].key
        assert by.policy.encode().decode().splitlines() == [
            f"log {log.encode()}",
            f"witness witness.example {outsider.key.verifier_key.encode()} {config.witnesses[0].url}",
            "group outside all witness.example",
            "quorum outside",
        ]


async def test_its_signature_is_published_and_a_failure_of_it_told_once(
    config: BuildingConfig,
    clock: ManualClock,
    outsider: Outsider,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "coordinator")
    monkeypatch.setattr(cosigning, "RETRY_S", 0.01)
    async with running(config, clock) as by:
        await until(lambda: outsider.asked > 2)  # It does not know the log.
        outsider.logs[ORIGIN] = tlog.WitnessedLog(ORIGIN, (by.policy.logs[0].key,))
        await until(lambda: by.state.quorum_size == by.state.size)
        published = (config.data / "log" / "checkpoint").read_bytes()
        assert list(tlog.accept_checkpoint(published, by.policy).times.values()) == [1_795_312_800]
    told = [each.getMessage() for each in caplog.records if "witness.example" in each.getMessage()]
    assert told == [
        f"Witness witness.example does not sign: it answers 404: the log '{ORIGIN}' is not known here",
        "Witness witness.example signs again",
    ]


async def test_a_redirect_is_an_answer_and_not_followed(outsider: Outsider) -> None:
    outsider.broken = web.Response(status=HTTPStatus.FOUND, headers={"Location": "/vpp/add-checkpoint"})
    async with aiohttp.ClientSession() as session:
        said = await HttpAsk(session, str(outsider.server.make_url("/vpp/")))(b"request")
    assert (said.status, outsider.asked) == (HTTPStatus.FOUND, 1)


async def test_a_flood_and_a_silence_are_no_answers(outsider: Outsider) -> None:
    outsider.broken = web.Response(body=bytes(100_000))
    async with aiohttp.ClientSession() as session:
        ask = HttpAsk(session, str(outsider.server.make_url("/vpp")))
        with pytest.raises(ConnectionError, match="more than 65536 bytes"):
            await ask(b"request")
        await outsider.server.close()
        with pytest.raises(ConnectionError, match="add-checkpoint does not answer"):
            await ask(b"request")
