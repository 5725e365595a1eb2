"""A flat that was restored from a backup goes on; two boxes with one key are found out and stopped."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
import json
from pathlib import Path
import shutil

import pytest

from commands.log import verify
from commands.main import main
from localvpp.etp import Kind
from localvpp.flat import LedgerState
from localvpp.link import LinkState
from localvpp.wire import Code, Records, RecordsAck, Refused

from .agent import Agent, AgentClock
from .conftest import SLOT, House

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def clock() -> AgentClock:
    return AgentClock(SLOT * 1000)


@pytest.fixture
async def agent(house: House, clock: AgentClock, tmp_path: Path) -> AsyncIterator[Agent]:
    agent = await Agent.enrolled(house, clock, tmp_path / "flat.db")
    yield agent
    if not agent.run.done():
        await agent.stop()


async def verified(house: House) -> int:
    """Check the whole log as an outsider does, tree, keys, signatures and chains; return its size."""
    key = await house.log_key()
    told = await asyncio.to_thread(verify, house.coordinator.ledger.folder, key)
    assert told["ok"], told
    assert isinstance(told["size"], int)
    return told["size"]


async def slots(agent: Agent, number: int) -> None:
    """Let a number of slots of a minute pass, and wait until the log has their records."""
    await agent.time.seconds(60 * number + 1)
    await agent.proven()


# --- Restored from a backup ---------------------------------------------------------------------------------


async def test_a_restored_flat_goes_on_where_the_log_has_its_end(
    house: House, clock: AgentClock, agent: Agent, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    await agent.start()
    await agent.online()
    await slots(agent, 2)
    await agent.stop()
    shutil.copy(agent.path, backup)
    await agent.start()
    await agent.online()
    await slots(agent, 2)
    clock.pass_ms(700_000)
    settled = len(await house.coordinator.settler.settle_ripe())
    assert settled >= 3
    before = await agent.until(lambda state: state.totals.slots == settled)
    known = await agent.records()
    await agent.stop()
    told = await (await house.get("/api/v1/slots")).json()
    size = await verified(house)

    agent.restore(backup)
    await agent.start()
    await agent.online()
    await agent.time.seconds(2)
    state = await agent.until(lambda state: state.ledger is LedgerState.PROVEN and state.adopted is not None)
    records = await agent.records()
    assert records[: len(known)] == known
    fresh = records[len(known) :]
    assert {record.envelope.epoch for record in fresh} == {1}
    assert [record.kind for record in fresh] == [Kind.GAP, Kind.GAP, Kind.WITNESS]
    last = next(record.body for record in reversed(known) if record.kind is Kind.INTERVAL)
    gap = fresh[0].body
    assert last.imported is not None
    assert gap.imported is not None
    assert (gap.start_ms, gap.imported.begin) == (last.end_ms, last.imported.end)
    assert gap.imported.end == agent.meter.imported - 2 * agent.meter.step[0]
    assert state.adopted is not None
    assert (state.adopted.epoch, state.adopted.gap_s) == (1, (gap.end_ms - gap.start_ms) // 1000)
    # Nothing of what was settled has changed, and the flat agrees to it a second time.
    await agent.until(lambda state: state.totals == before.totals)
    assert await (await house.get("/api/v1/slots")).json() == told
    assert await verified(house) == size + 3
    # The new witness key signs: the building counts it in the place of the forgotten one.
    named = fresh[2].envelope.enrolled
    assert named is not None
    assert house.coordinator.ledger.directory.witnesses[agent.membership.device] == named.key
    await agent.until(lambda state: state.log_size == size + 3)
    await slots(agent, 2)
    assert (await agent.records())[-1].kind is Kind.INTERVAL
    assert house.coordinator.ledger.conflicts == ()


async def test_a_flat_whose_database_is_lost_takes_its_whole_chain_back(
    house: House, agent: Agent, tmp_path: Path
) -> None:
    await agent.start()
    await agent.online()
    await slots(agent, 2)
    known = await agent.records()
    await agent.stop()
    agent = replace(agent, path=tmp_path / "another.db")
    await agent.start()
    await agent.online()
    await agent.time.seconds(2)
    await agent.proven()
    records = await agent.records()
    assert records[: len(known)] == known
    assert records[len(known)].envelope.epoch == 1
    await verified(house)
    await agent.stop()


# --- A second copy ------------------------------------------------------------------------------------------


async def alone(agent: Agent, seconds: int) -> None:
    """Run a box for some seconds while its building is out of reach."""
    reached = agent.membership
    agent.membership = replace(reached, url=NOWHERE)
    await agent.start()
    await agent.time.seconds(seconds)
    await agent.stop()
    agent.membership = reached


async def turn(agent: Agent) -> None:
    """Run a box until it has taken over what the other one has written, and has written itself."""
    await agent.start()
    await agent.online()
    await agent.time.seconds(2)
    await agent.proven()
    await agent.stop()


async def test_two_boxes_with_one_key_are_stopped_and_the_evidence_convinces_anybody(
    house: House, agent: Agent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await agent.start()
    await agent.online()
    await slots(agent, 1)
    await agent.stop()
    clone = agent.copy(tmp_path / "clone.db")
    # Both close a slot by themselves: two records with one number.
    await alone(agent, 62)
    await alone(clone, 62)
    await turn(agent)
    await turn(clone)  # The copy gives way, once: for all it knows it is a restored backup.
    await turn(agent)
    await turn(clone)
    await turn(agent)
    assert house.coordinator.ledger.conflicts == ()
    # The third time it knows better, and hands its own record in.
    await clone.start()
    state = await clone.until(lambda state: state.link.state is LinkState.DIVERGED)
    assert "a second copy of this flat is running" in state.link.reason
    assert state.ledger is LedgerState.DIVERGED
    (conflict,) = house.coordinator.ledger.conflicts
    await clone.stop()
    await agent.start()
    state = await agent.until(lambda state: state.link.state is LinkState.DIVERGED)
    assert f"two records with number {conflict.seq}" in state.link.reason
    # The manager sees it, and anybody can check it.
    state = await (await house.get("/api/v1/state")).json()
    (shown,) = state["conflicts"]
    assert (shown["flat"], shown["seq"], shown["suspended"]) == ("101", conflict.seq, True)
    health = await (await house.get("/healthz", token=False)).json()
    assert (health["status"], health["checks"]["keys"]) == ("ok", "1 suspended: see the building's page")
    evidence = await house.get(f"/api/v1/conflicts/{shown['hash']}")
    file = tmp_path / "evidence.json"
    file.write_text(await evidence.text())
    assert main(["etp", "equivocation", str(file)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["device"], told["seq"]) == (True, agent.membership.device.hex(), conflict.seq)
    assert told["enrolled_key"] is True
    assert set(told["hashes"]) == {conflict.hash.hex(), conflict.logged.hex()}
    await verified(house)
    # A person stops the copy and admits the flat again: it goes on.
    house.coordinator.ledger.readmit(agent.membership.device)
    await agent.time.wake("link")
    await agent.online()
    await slots(agent, 1)
    await verified(house)


async def test_a_suspended_flat_is_heard_of_and_each_of_its_records_refused(house: House, clock: AgentClock) -> None:
    flat, other = await house.invited("101"), await house.invited("102")
    clock.pass_ms(120_000)
    heard = []
    leave = house.coordinator.ledger.on_conflict(heard.append)
    before = flat.chain
    async with house.link(other) as neighbour:
        async with house.link(flat) as client:
            logged = flat.slot(SLOT, 5)
            await client.log(logged)
            flat.chain = before
            forked = flat.slot(SLOT, 4)
            await client.send(Records(tuple(record.encode() for record in forked)))
            await client.send(Records(tuple(record.encode() for record in logged)))
            first = await client.next(RecordsAck)
            assert [result.refused for result in first.results] == [Code.CONFLICT, Code.OUT_OF_ORDER]
            assert (await client.next(Refused)).code is Code.SUSPENDED
            await client.closed()
        results, _ = await neighbour.log(other.slot(SLOT, 5))
        assert all(result.index is not None for result in results)
    (conflict,) = heard
    assert (conflict.device, conflict.seq) == (flat.device, 1)
    assert (conflict.logged, conflict.hash) == (logged[0].hash, forked[0].hash)
    refused = await house.coordinator.ledger.submit(flat.device, [logged[0].encode()])
    assert [result.refused for result in refused.results] == [Code.SUSPENDED]
    leave()


async def test_evidence_that_is_not_there_is_not_found(house: House) -> None:
    answer = await house.get(f"/api/v1/conflicts/{'0' * 64}")
    assert (answer.status, (await answer.json())["error"]["code"]) == (404, "not_found")
    assert (await house.get(f"/api/v1/conflicts/{'0' * 64}", token=False)).status == 401
