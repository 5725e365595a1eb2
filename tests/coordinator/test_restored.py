"""A flat that was restored from a backup goes on; two boxes with one key are found out and stopped."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
import json
from pathlib import Path
import shutil

import aiohttp
import pytest
from sqlalchemy import select

from commands.log import verify
from commands.main import main
from coordinator.app import serving
from coordinator.config import BuildingConfig
from coordinator.ledger import LedgerUnavailableError
from coordinator.members import Action
from coordinator.store import entries as entry_store, tables
from coordinator.witnesses import cosigning
from localvpp.etp import Ed25519Signer, Enrolled, Kind, Register
from localvpp.link import LinkState
from localvpp.rotation import record_rotation
from localvpp.standing import LedgerState
from localvpp.store import FlatStore
from localvpp.wire import Code, Records, RecordsAck, Refused

from .agent import Agent, AgentClock
from .conftest import SLOT, House, open_house
from .flat import WAIT_S, Flat
from .test_link import greet

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
    house: House, clock: AgentClock, agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The witness's old key is asked for once more before its new one is known.
    monkeypatch.setattr(cosigning, "RETRY_S", 0.1)
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


async def test_a_rotation_on_a_forgotten_end_gives_way_and_the_flat_signs_with_the_key_that_the_log_knows(
    house: House, clock: AgentClock, agent: Agent, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    await agent.start()
    await agent.online()
    await slots(agent, 1)
    await agent.stop()
    shutil.copy(agent.path, backup)
    await agent.start()
    await agent.online()
    await slots(agent, 1)
    await agent.stop()
    agent.restore(backup)
    # The key is renewed before the flat has met its building again.
    fresh = Ed25519Signer.generate()
    store = await FlatStore.open(agent.path, agent.membership.device, agent.membership.origin)
    await record_rotation(store, agent.membership, agent.signer, fresh, clock)
    await store.close()
    agent.signer, agent.former = fresh, agent.signer
    old = agent.former.public
    await agent.start()
    await agent.online()
    await agent.time.seconds(2)
    await agent.until(lambda state: state.ledger is LedgerState.PROVEN and state.adopted is not None)
    assert agent.flat.fingerprint == old.fingerprint
    await slots(agent, 1)
    assert not [record for record in await agent.records() if record.kind is Kind.ROTATE]
    assert house.coordinator.ledger.directory.by_device[agent.membership.device].key == old
    assert house.coordinator.ledger.conflicts == ()
    await verified(house)


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
    state = await agent.until(lambda state: state.link.state is LinkState.REFUSED)
    assert f"two records with number {conflict.seq}" in state.link.reason
    # The manager sees it, and anybody can check it.
    state = await (await house.get("/api/v1/state")).json()
    (shown,) = state["conflicts"]
    assert (shown["flat"], shown["seq"], shown["suspended"]) == ("101", conflict.seq, True)
    health = await (await house.get("/healthz", token=False)).json()
    assert (health["status"], health["checks"]["keys"]) == ("degraded", "1 suspended: see conflicts in /api/v1/state")
    evidence = await house.get(f"/api/v1/conflicts/{shown['hash']}")
    file = tmp_path / "evidence.json"
    file.write_text(await evidence.text())
    assert main(["etp", "equivocation", str(file)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["device"], told["seq"]) == (True, agent.membership.device.hex(), conflict.seq)
    assert told["enrolled_key"] is True
    assert set(told["hashes"]) == {conflict.hash.hex(), conflict.logged.hex()}
    await verified(house)
    # A person stops the copy and reinstates the flat: it goes on.
    await house.reinstate("101")
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
            assert (await client.next(Refused)).code is Code.KEY_IN_TWO_HANDS
            await client.closed()
        results, _ = await neighbour.log(other.slot(SLOT, 5))
        assert all(result.index is not None for result in results)
    (conflict,) = heard
    assert (conflict.device, conflict.seq) == (flat.device, 1)
    assert (conflict.logged, conflict.hash) == (logged[0].hash, forked[0].hash)
    refused = await house.coordinator.ledger.submit(flat.device, [logged[0].encode()])
    assert [result.refused for result in refused.results] == [Code.SUSPENDED]
    leave()


async def contradicted(house: House) -> Flat:
    """Let a flat sign two records with one seq; return it when nothing is taken of it any more."""
    flat = await house.invited("101")
    house.clock.pass_ms(120_000)
    before = flat.chain
    ledger = house.coordinator.ledger
    await ledger.submit(flat.device, [record.encode() for record in flat.slot(SLOT, 5)])
    flat.chain = before
    await ledger.submit(flat.device, [flat.slot(SLOT, 4)[0].encode()])
    assert ledger.suspended(flat.device) is not None
    return flat


async def test_a_key_in_two_hands_is_suspended_by_an_entry_that_names_the_record_and_reinstated_by_one(
    house: House,
) -> None:
    flat = await contradicted(house)
    ledger, members = house.coordinator.ledger, house.coordinator.members
    await members.suspend_conflicting()
    (conflict,) = ledger.conflicts
    (member,) = members.all()
    assert member["standing"] == "suspended"
    async with house.coordinator.engine.connect() as connection:
        (word,) = await entry_store.words(connection)
    assert (word.kind, word.concerns) == (Kind.SUSPEND, flat.device)
    assert word.reason == f"signed record 1 twice: {conflict.hash.hex()[:16]}"
    size = ledger.size
    await members.suspend_conflicting()
    assert ledger.size == size
    await verified(house)
    house.clock.pass_ms(1)
    await house.reinstate("101")
    assert ledger.suspended(flat.device) is None
    assert ledger.unsaid == ()
    state = await (await house.get("/api/v1/state")).json()
    assert [each["suspended"] for each in state["conflicts"]] == [False]
    # Who hands the same record in once more is suspended once more.
    forked = await ledger.submit(flat.device, [await kept(house, conflict.hash)])
    assert [result.refused for result in forked.results] == [Code.CONFLICT]
    await members.suspend_conflicting()
    assert members.all()[0]["standing"] == "suspended"


async def test_a_flat_that_is_suspended_already_and_signs_twice_is_marked_until_somebody_has_looked(
    config: BuildingConfig, clock: AgentClock, socket_enabled: None
) -> None:
    async with open_house(config, clock) as house:
        ledger, members = house.coordinator.ledger, house.coordinator.members
        flat = await house.invited("101")
        clock.pass_ms(120_000)
        before = flat.chain
        await ledger.submit(flat.device, [record.encode() for record in flat.slot(SLOT, 5)])
        witness = Ed25519Signer.generate().public
        nothing = flat.body(SLOT, 0, registers=(Register(0, 0), Register(0, 0)))
        named = flat.seal(Kind.WITNESS, SLOT, nothing, Enrolled(flat.device, witness))
        await ledger.submit(flat.device, [named.encode()])
        await members.say("101", Action.SUSPEND, {"reason": "meter opened"})
        clock.pass_ms(1)
        flat.chain = before
        answered = await ledger.submit(flat.device, [flat.slot(SLOT, 4)[0].encode()])
        assert [result.refused for result in answered.results] == [Code.CONFLICT]
        size = ledger.size
        for _ in range(2):
            await members.suspend_conflicting()
        assert (ledger.size, ledger.unsaid) == (size, ()), "it has its entry"
        # Nor does it change who witnesses: the log's entries say nothing else than before.
        assert list(ledger.witnesses) == [flat.device]
        answer = await greet(house, flat)
        assert isinstance(answer, Refused)
        assert answer.code is Code.KEY_IN_TWO_HANDS
    async with open_house(config, clock) as house:
        ledger, members = house.coordinator.ledger, house.coordinator.members
        health = await (await house.get("/healthz", token=False)).json()
        assert health["checks"]["keys"] == "1 suspended: see conflicts in /api/v1/state"
        assert ledger.suspended(flat.device) is not None
        assert list(ledger.witnesses) == [flat.device]
        house.coordinator.hold.go_on(ledger.size, [])
        clock.pass_ms(1)
        await members.say("101", Action.REINSTATE, {})
        assert ledger.suspended(flat.device) is None
        assert ledger.unsaid == ()
        assert members.all()[0]["standing"] == "active"


async def kept(house: House, name: bytes) -> bytes:
    async with house.coordinator.engine.connect() as connection:
        rows = await connection.execute(select(tables.conflicts.c.sealed).where(tables.conflicts.c.hash == name))
        return bytes(rows.scalar_one())


async def test_while_the_entry_cannot_be_written_nothing_is_taken_and_it_is_written_later(
    config: BuildingConfig, clock: AgentClock, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coordinator.members.RETRY_S", 0.01)
    async with open_house(config, clock) as house:
        ledger = house.coordinator.ledger
        flat = await house.invited("101")
        house.clock.pass_ms(120_000)
        before = flat.chain
        records = flat.slot(SLOT, 5)
        await ledger.submit(flat.device, [record.encode() for record in records])
        flat.chain = before
        forked = flat.slot(SLOT, 4)[0]

        def fails(*_: object) -> None:
            raise OSError("the disk is full")

        with monkeypatch.context() as broken:
            broken.setattr(ledger.folder, "put", fails)
            answered = await ledger.submit(flat.device, [forked.encode()])
            assert [result.refused for result in answered.results] == [Code.CONFLICT]
            with pytest.raises(LedgerUnavailableError):
                await house.coordinator.members.suspend_conflicting()
            assert ledger.suspended(flat.device) is not None
            answer = await greet(house, flat)
            assert isinstance(answer, Refused)
            assert answer.code is Code.KEY_IN_TWO_HANDS
        async with asyncio.timeout(WAIT_S):
            while house.coordinator.members.all()[0]["standing"] != "suspended":
                await asyncio.sleep(0.01)
        assert ledger.suspended(flat.device) is not None


@pytest.mark.parametrize("said", [[], ["suspended"], ["suspended", "reinstated"]], ids=str)
async def test_a_restart_changes_nothing_of_a_key_in_two_hands(
    config: BuildingConfig, clock: AgentClock, socket_enabled: None, said: list[str]
) -> None:
    async with aiohttp.ClientSession() as session, serving(config, clock, gather_s=0) as (coordinator, _):
        house = House(coordinator, session, clock)
        flat = await contradicted(house)
        house.clock.pass_ms(1)
        if "suspended" in said:
            await house.coordinator.members.suspend_conflicting()
        if "reinstated" in said:
            await house.reinstate("101")
    async with aiohttp.ClientSession() as session, serving(config, clock, gather_s=0) as (coordinator, _):
        (conflict,) = coordinator.ledger.conflicts
        assert coordinator.ledger.suspended(flat.device) == (None if "reinstated" in said else conflict)
        assert coordinator.ledger.unsaid == (() if said else (conflict,))
        await coordinator.members.suspend_conflicting()
        assert coordinator.members.all()[0]["standing"] == ("active" if "reinstated" in said else "suspended")


async def test_evidence_that_is_not_there_is_not_found(house: House) -> None:
    answer = await house.get(f"/api/v1/conflicts/{'0' * 64}")
    assert (answer.status, (await answer.json())["error"]["code"]) == (404, "not_found")
    assert (await house.get(f"/api/v1/conflicts/{'0' * 64}", token=False)).status == 401
