"""A coordinator under load is killed again and again: what it has acknowledged is in the log, where it said it is."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
import random
import time

import aiohttp
import pytest

from commands.demo.building import run_coordinator
from commands.demo.processes import Processes, run_once
from commands.log import verify
from localvpp import tlog
from localvpp.enrol import enrol
from localvpp.etp import PublicKey, Record, parse_envelope, record_hash
from localvpp.logfolder import LogFolder
from localvpp.wire import FromCoordinator, Invite, Records, RecordsAck, decode, encode
from tests.coordinator.flat import Flat, connected, received

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]

ORIGIN = "vpp.example/killed"
KILLS = 10
FLATS = ("101", "102", "103", "104", "105", "106")
MOST_SLOTS = 120
"""In one message; six flats together then keep the processes that verify signatures busy, too."""
RECORDS = 2_000
"""Acknowledged before the next kill."""
PATIENCE_S = 60
FILE = """
name: Killed House
origin: vpp.example/killed
data: {data}
listen: {{host: 127.0.0.1, port: {port}, announce: false}}
slot_minutes: 1
settle_after: 600
prices: {{inside: "22.00", grid: "31.50", feed_in: "8.50"}}
flats: {flats}
"""


def processes_for(argument: str) -> list[int]:
    """Return the processes that were started with an argument."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and argument.encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found


@dataclass
class Evidence:
    """What the coordinator has ever said: heads by size, entries by index. It must never say anything else."""

    key: tlog.Ed25519Verifier
    heads: dict[int, bytes] = field(default_factory=dict)
    entries: dict[int, bytes] = field(default_factory=dict)
    acknowledged: int = 0

    def head(self, note: bytes) -> tlog.Checkpoint:
        checkpoint = tlog.open_checkpoint(note, self.key).checkpoint
        known = self.heads.setdefault(checkpoint.size, note)
        assert tlog.open_checkpoint(known, self.key).checkpoint == checkpoint, f"two of size {checkpoint.size}"
        return checkpoint

    def acknowledge(self, sent: list[bytes], ack: RecordsAck) -> None:
        head = self.head(ack.checkpoint.encode())
        assert len(ack.results) == len(sent)
        for sealed, result in zip(sent, ack.results, strict=True):
            envelope = Record.decode(sealed).signed.statement.data
            assert result.refused is None, result.message
            assert result.index is not None
            assert result.hash == record_hash(envelope)
            leaf = tlog.leaf_hash(envelope)
            path = [tlog.to_hash(each) for each in result.proof]
            tlog.verify_inclusion(head.size, result.index, leaf, path, head.root)
            assert self.entries.setdefault(result.index, envelope) == envelope, f"two entries at {result.index}"
            self.acknowledged += 1


@dataclass
class Sender:
    """A flat that sends its records in order, and each until it is acknowledged."""

    flat: Flat
    slot: int
    chance: random.Random
    waiting: list[bytes] = field(default_factory=list)
    sent: set[bytes] = field(default_factory=set)

    async def run(
        self, session: aiohttp.ClientSession, url: str, building: PublicKey, told: Evidence, enough: asyncio.Event
    ) -> None:
        while not enough.is_set() or self.waiting:
            try:
                async with connected(session, url, self.flat, building) as client:
                    while not enough.is_set() or self.waiting:
                        await self._send(client.socket, told)
            except aiohttp.ClientError, ConnectionError:
                await asyncio.sleep(0.05)

    async def _send(self, socket: aiohttp.ClientWebSocketResponse, told: Evidence) -> None:
        if not self.waiting:
            for _ in range(self.chance.randint(1, MOST_SLOTS)):
                self.waiting += [record.encode() for record in self.flat.slot(self.slot, 5, 2)]
                self.slot += 60
        self.sent |= set(self.waiting)
        await socket.send_bytes(encode(Records(tuple(self.waiting))))
        async with asyncio.timeout(PATIENCE_S):
            while not isinstance(message := decode(await received(socket), FromCoordinator), RecordsAck):
                continue
        told.acknowledge(self.waiting, message)
        self.waiting = []


async def test_what_a_killed_coordinator_has_acknowledged_is_in_the_log_where_it_said(tmp_path: Path) -> None:
    file, data = tmp_path / "building.yaml", tmp_path / "data"
    chance = random.Random(20261126)

    def write(port: int) -> None:
        file.write_text(FILE.format(data=json.dumps(str(data)), port=port, flats=json.dumps(FLATS)))

    write(0)
    async with Processes(tmp_path / "logs") as processes, aiohttp.ClientSession() as session:
        url = await run_coordinator(processes, file)
        write(int(url.rpartition(":")[2]))
        async with session.get(f"{url}/api/v1/building") as response:
            key = tlog.Ed25519Verifier(tlog.VerifierKey.parse((await response.json())["log_key"]))
        told = Evidence(key)
        building = parse_envelope(tlog.read_bundle(LogFolder(data / "log"), tlog.Bundle(0, 1))[0]).envelope.enrolled
        assert building is not None
        begin = int(time.time()) // 3600 * 3600 - 30 * 86_400
        invites = await run_once("coordinator", "invite", str(file), *FLATS, "--json")
        senders = []
        for line in map(json.loads, invites.splitlines()):
            flat = Flat(line["flat"], ORIGIN, building.device)
            await enrol(session, url, Invite.parse(line["invite"]), flat.signer, software="test")
            senders.append(Sender(flat, begin, random.Random(line["flat"])))

        enough, verifying = asyncio.Event(), 0
        async with asyncio.TaskGroup() as group:
            for sender in senders:
                group.create_task(sender.run(session, url, building.key, told, enough))
            for _ in range(KILLS):
                before = told.acknowledged
                async with asyncio.timeout(PATIENCE_S):
                    while told.acknowledged < before + RECORDS:
                        await asyncio.sleep(0.01)
                await asyncio.sleep(chance.uniform(0, 0.4))
                verifying += bool(processes_for(ORIGIN))
                await processes.kill("coordinator")
                told.head((data / "log" / "checkpoint").read_bytes())
                assert await run_coordinator(processes, file) == url
                told.head((data / "log" / "checkpoint").read_bytes())
            enough.set()

    assert verifying or os.process_cpu_count() == 1, "large commits have processes of their own"
    async with asyncio.timeout(PATIENCE_S):
        while processes_for(ORIGIN):  # They end with their coordinator.
            await asyncio.sleep(0.05)
    found = verify(LogFolder(data / "log"), key, [told.heads[size] for size in sorted(told.heads)])
    assert found["ok"], found["fault"]
    log = LogFolder(data / "log")
    size = found["size"]
    entries: list[bytes] = []
    for bundle in tlog.bundles_to_write(0, size):
        entries += tlog.read_bundle(log, bundle)
    assert all(entries[index] == envelope for index, envelope in told.entries.items()), "acknowledged means logged"
    sent = {Record.decode(sealed).signed.statement.data for sender in senders for sealed in sender.sent}
    devices = {sender.flat.device for sender in senders}
    logged = [entry for entry in entries if parse_envelope(entry).envelope.device in devices]
    assert sorted(logged) == sorted(sent), "each record has one place"
    assert told.acknowledged >= KILLS * RECORDS
