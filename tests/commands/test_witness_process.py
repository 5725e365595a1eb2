"""The real program of a flat witnesses its building's log, and for others over HTTP."""

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest

from commands.demo import building as parts
from commands.demo.processes import Processes, run_once
from coordinator.witnesses import HttpAsk
from localvpp import tlog

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]

PATIENCE_S = 60


async def test_a_flat_cosigns_the_logs_heads_and_shows_them(tmp_path: Path) -> None:
    async with Processes(tmp_path / "logs") as processes, aiohttp.ClientSession() as session:
        simulation = await parts.start_simulator(processes, 2, [], 30)
        coordination = await parts.start_coordinator(processes, tmp_path, simulation)
        flat = simulation.flats[0]
        handed = (await parts.invite(coordination, [flat]))[flat.flat]
        data = str(tmp_path / "flat")
        await run_once("flat", "enrol", coordination.url, "--invite", handed.code, "--data", data)
        _, line = await processes.local_vpp(
            "flat",
            "flat",
            "run",
            "--data",
            data,
            "--meter",
            flat.meter,
            "--witness-listen",
            "127.0.0.1:0",
            announces=True,
        )
        url = json.loads(line)["witness"]
        async with asyncio.timeout(PATIENCE_S):
            while not (policy := await _policy(session, coordination.url)).witnesses:
                await asyncio.sleep(0.2)
            path = f"{url}/{tlog.origin_hash(parts.ORIGIN)}/checkpoint"
            while not (shown := await _get(session, path)):
                await asyncio.sleep(0.2)
        # What it shows is a head of the log that the building's policy is satisfied with.
        accepted = tlog.accept_checkpoint(shown, policy)
        assert accepted.checkpoint.origin == parts.ORIGIN
        other = tlog.Ed25519Signer(tlog.SignerKey(parts.ORIGIN, tlog.SignatureType.ED25519, bytes(32)))
        forged = tlog.sign_checkpoint(accepted.checkpoint, [other])
        said = await HttpAsk(session, url)(tlog.AddCheckpoint(accepted.checkpoint.size, (), forged).encode())
        assert said.status == 403
        assert json.loads(await run_once("flat", "evidence", "--data", data)) == []


async def _policy(session: aiohttp.ClientSession, url: str) -> tlog.Policy:
    return tlog.Policy.parse(await _get(session, f"{url}/log/policy"))


async def _get(session: aiohttp.ClientSession, url: str) -> bytes:
    """Give what stands there; nothing when there is nothing yet."""
    async with session.get(url) as response:
        assert response.status in {200, 404}
        return await response.read() if response.status == 200 else b""
