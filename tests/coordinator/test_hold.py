"""A ledger takes nothing before its witnesses have signed the very head it has: restarted, restored or rebuilt."""

import asyncio
from contextlib import AsyncExitStack
import json
import logging
from pathlib import Path
import shutil

import aiohttp
import pytest

from commands.main import main
from coordinator.app import serving
from coordinator.config import BuildingConfig, load
from coordinator.ledger import LedgerUnavailableError
from coordinator.site import REBUILT
from coordinator.witnesses import cosigning
from localvpp.etp import Ed25519Signer, Kind
from localvpp.link import LinkState
from localvpp.standing import LedgerState
from localvpp.wire import RELEASED, FrameAck, Frames

from .agent import Agent, AgentClock
from .conftest import FILE, SLOT, House, open_house
from .flat import WAIT_S, Flat, until
from .test_meters import Counting, intervals, post_of, run_seconds
from .test_web import check, schema_of
from .three import all_sign, restarted, three_witnesses
from .witness import Witness

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def clock() -> AgentClock:
    return AgentClock(SLOT * 1000)


@pytest.fixture
async def witnesses(config: BuildingConfig, clock: AgentClock) -> list[Witness]:
    return await three_witnesses(config, clock)


async def health_of(house: House) -> tuple[int, str, str]:
    response = await house.get("/healthz")
    health = await response.json()
    check(health, schema_of("Health"))
    return response.status, health["status"], health["checks"]["ledger"]


async def submit(house: House, flat: Flat, slot: int) -> None:
    logged = await house.coordinator.ledger.submit(flat.device, [record.encode() for record in flat.slot(slot, 5)])
    assert all(result.index is not None for result in logged.results), logged


# --- A restart --------------------------------------------------------------------------------------------------------


async def test_a_restarted_log_takes_records_when_a_quorum_has_signed_its_head_and_flats_are_told_to_come_again(
    config: BuildingConfig, clock: AgentClock, witnesses: list[Witness], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    clock.pass_ms(120_000)
    async with restarted(config, clock, witnesses) as house, AsyncExitStack() as stack:
        ledger, size = house.coordinator.ledger, house.coordinator.ledger.size
        clients = [await stack.enter_async_context(house.link(each.flat)) for each in witnesses]
        assert [client.terms.held for client in clients] == [True, True, True]
        chain = witnesses[0].flat.chain
        with pytest.raises(LedgerUnavailableError, match="a quorum of the witnesses has yet to sign"):
            await submit(house, witnesses[0].flat, SLOT)
        witnesses[0].flat.chain = chain
        state = await (await house.get("/api/v1/state")).json()
        check(state, schema_of("State"))
        assert "has yet to sign the head" in state["log"]["held"]
        assert (await health_of(house))[:2] == (200, "degraded")
        # Frames are shown meanwhile.
        await clients[0].send(Frames((witnesses[0].flat.frame(clock.wall_ms(), 320),)))
        assert (await clients[0].next(FrameAck)).count == 1
        state = await (await house.get("/api/v1/state")).json()
        assert state["flats"][0]["grid_w"] == 320
        for each, client in zip(witnesses[:2], clients, strict=False):
            await each.signs(client)
        assert ledger.held is not None
        answering = asyncio.create_task(witnesses[2].answers(clients[2]))
        await until(lambda: ledger.held is None)
        await asyncio.gather(answering, return_exceptions=True)
        for client in clients:
            await client.closed()
            assert client.socket.close_code == RELEASED
        assert ledger.size == size
        assert await health_of(house) == (200, "ok", "ok")
        async with house.link(witnesses[0].flat) as client:
            assert not client.terms.held
            results, _ = await client.log(witnesses[0].flat.slot(SLOT, 5))
            assert [result.refused for result in results] == [None, None]
    told = [record for record in caplog.records if record.name == "coordinator.holding"]
    assert [record.levelname for record in told] == ["INFO", "INFO"]  # An ordinary restart troubles nobody.


async def test_a_mark_that_cannot_be_removed_leaves_nobody_waiting(
    config: BuildingConfig, clock: AgentClock, witnesses: list[Witness], caplog: pytest.LogCaptureFixture
) -> None:
    clock.pass_ms(120_000)
    async with restarted(config, clock, witnesses) as house:
        (config.data / REBUILT).mkdir()
        await all_sign(house, witnesses)
        async with asyncio.timeout(WAIT_S):
            await house.coordinator.hold.free()
        async with house.link(witnesses[0].flat) as client:
            assert client.terms.takes_records
            await witnesses[0].signs(client)
            results, _ = await client.log(witnesses[0].flat.slot(SLOT, 5))
            assert [result.refused for result in results] == [None, None]
    assert caplog.text.count("a file cannot be removed") == 1


async def test_a_whole_flat_sends_what_has_waited_a_second_after_the_ledger_is_free(
    config: BuildingConfig, clock: AgentClock, tmp_path: Path
) -> None:
    async with open_house(config, clock) as house:
        agent = await Agent.enrolled(house, clock, tmp_path / "flat.db")
        await agent.live()
        size = await agent.shows_whole_log()
        await agent.stop()
    async with open_house(config, clock) as house:
        agent.move(house)
        await agent.start()
        await agent.until(lambda state: "waits for its witnesses" in state.link.reason)
        slept = clock.monotonic()
        state = await agent.released()
        assert clock.monotonic() - slept <= 1
        assert state.link.state is LinkState.ONLINE
        await agent.time.seconds(61)
        await agent.proven()
        assert house.coordinator.ledger.size > size
        assert agent.flat.state.ledger is LedgerState.PROVEN
        await agent.stop()


async def test_the_buildings_meter_loses_nothing_while_its_ledger_waits(
    config: BuildingConfig, clock: AgentClock, witnesses: list[Witness], monkeypatch: pytest.MonkeyPatch
) -> None:
    signer, meter = Ed25519Signer.generate(), Counting()
    async with restarted(config, clock, witnesses) as house:
        await all_sign(house, witnesses)
        post = await post_of(house, signer)
        await run_seconds(house, post, meter, 30)
        async with AsyncExitStack() as stack:
            for each in witnesses:
                await each.signs(await stack.enter_async_context(house.link(each.flat)))
    async with restarted(config, clock, witnesses) as house:
        post = await post_of(house, signer, enrol=False)
        sealed = 0

        def counts(data: bytes) -> bytes:
            nonlocal sealed
            sealed += 1
            return Ed25519Signer.sign(signer, data)

        monkeypatch.setattr(signer, "sign", counts)
        await run_seconds(house, post, meter, 200)
        assert (sealed, post.trouble) == (0, None)  # A key in a token is not asked each second for nothing.
        await all_sign(house, witnesses)
        await run_seconds(house, post, meter, 1)
        told = [await intervals(house, SLOT + minute * 60) for minute in range(3)]
    assert [kind for slot in told for kind, _ in slot] == [Kind.INTERVAL] * len(
        [each for slot in told for each in slot]
    )
    assert told[1:] == [[(Kind.INTERVAL, 60)], [(Kind.INTERVAL, 60)]]


async def test_no_flat_is_missing_in_a_slot_because_its_records_waited_for_the_witnesses(
    config: BuildingConfig, clock: AgentClock, witnesses: list[Witness]
) -> None:
    async with restarted(config, clock, witnesses) as house:
        settler = house.coordinator.settler
        clock.pass_until((SLOT + 180) * 1000)
        await all_sign(house, witnesses)
        await submit(house, witnesses[0].flat, SLOT + 60)
        async with AsyncExitStack() as stack:
            for each in witnesses:
                await each.signs(await stack.enter_async_context(house.link(each.flat)))
    async with restarted(config, clock, witnesses) as house:
        settler = house.coordinator.settler
        clock.pass_ms(2 * 600_000)  # The others' records wait for longer than `settle_after`.
        assert (await settler.settle_ripe(), settler.trouble) == ([], None)
        await all_sign(house, witnesses)
        assert await settler.settle_ripe() == []
        await submit(house, witnesses[1].flat, SLOT + 60)
        clock.pass_ms(599_000)
        assert await settler.settle_ripe() == []
        await submit(house, witnesses[2].flat, SLOT + 60)
        (settled,) = await settler.settle_ripe()
        assert settled.missing == ()
        # Whoever sends nothing is missing after the usual time.
        await submit(house, witnesses[0].flat, SLOT + 120)
        assert await settler.settle_ripe() == []
        clock.pass_ms(1_000)
        (settled,) = await settler.settle_ripe()
        assert settled.missing == ("102", "103")


async def test_a_meter_that_is_new_in_the_buildings_file_is_enrolled_when_the_witnesses_have_signed(
    config: BuildingConfig, clock: AgentClock, witnesses: list[Witness]
) -> None:
    config.file.write_text(f"{FILE}meters: {{bulk: 'tcp://127.0.0.1:1?unit=1'}}\n")
    async with (
        aiohttp.ClientSession() as session,
        serving(load(config.file), clock, gather_s=0) as (coordinator, works),
    ):
        ledger, size = coordinator.ledger, coordinator.ledger.size
        tasks = [asyncio.create_task(work()) for work in works]
        assert ledger.directory.named("bulk") is None
        await all_sign(House(coordinator, session, clock), witnesses)
        await until(lambda: ledger.directory.named("bulk") is not None)
        assert ledger.size == size + 1
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


# --- A log that was set back ------------------------------------------------------------------------------------------


async def test_a_coordinator_that_was_restored_from_an_old_backup_takes_nothing_and_forks_nothing(
    config: BuildingConfig, clock: AgentClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_house(config, clock) as house:
        agent = await Agent.enrolled(house, clock, tmp_path / "flat.db")
        await agent.live()
        await agent.stop()
    shutil.copytree(config.data, tmp_path / "backup")
    async with open_house(config, clock) as house:
        await agent.live_on(house, 121)
        size = await agent.shows_whole_log()
        await agent.stop()
    config.data.rename(tmp_path / "newest")
    shutil.copytree(tmp_path / "backup", config.data)
    async with open_house(config, clock) as house:
        ledger = house.coordinator.ledger
        old = ledger.size
        assert old < size
        agent.move(house)
        await agent.start()
        await until(lambda: house.coordinator.hold.set_back is not None)
        await agent.time.seconds(121)
        status, verdict, told = await health_of(house)
        assert (status, verdict) == (503, "failing")
        assert f"{size} entries" in told
        assert "local-vpp ledger rebuild building.yaml --from MIRROR" in told
        state = await (await house.get("/api/v1/state")).json()
        assert state["log"]["held"] in told
        refused = await house.session.post(
            f"{house.url}/api/v1/log/go-on",
            json={"size": old},
            headers={"Authorization": f"Bearer {house.coordinator.web_token}"},
        )
        error = (await refused.json())["error"]
        assert (refused.status, error["code"]) == (409, "objected")
        assert "going on would fork the log" in error["message"]
        assert ledger.size == old
        # The flat accuses nobody: a held log does not say that it is the whole one.
        assert agent.flat.state.link.state is LinkState.ONLINE
        assert await agent.flat.evidence() == []
        await agent.stop()
    assert caplog.text.count("No record is taken any more") == 1
    shutil.rmtree(config.data)
    (tmp_path / "newest").rename(config.data)
    async with open_house(config, clock) as house:
        await agent.live_on(house, 1)
        assert house.coordinator.ledger.size > size
        assert await agent.flat.evidence() == []
        await agent.stop()


async def test_a_running_ledger_is_held_when_a_witness_shows_a_larger_head_that_its_key_has_signed(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cosigning, "RETRY_S", 0)
    house.clock.pass_ms(120_000)
    witness = Witness(house, await house.invited("101"))
    async with house.link(witness.flat) as client:
        assert not client.terms.held
        await witness.name()
        await witness.says_ahead(client, 99)
        await until(lambda: house.coordinator.ledger.held is not None)
        chain = witness.flat.chain
        with pytest.raises(LedgerUnavailableError, match="99 entries"):
            await submit(house, witness.flat, SLOT)
        witness.flat.chain = chain
        size = house.coordinator.ledger.size
        await witness.signs(client)  # It was wrong.
        await until(lambda: house.coordinator.ledger.held is None)
        results, _ = await client.log(witness.flat.slot(SLOT, 5))
        assert [result.index for result in results] == [size, size + 1]
    assert caplog.text.count("No record is taken any more") == 1
    assert caplog.text.count("has signed the head of 3 entries after all") == 1


# --- Without witnesses ------------------------------------------------------------------------------------------------


async def test_a_log_without_witnesses_waits_for_nobody(config: BuildingConfig, clock: AgentClock) -> None:
    async with open_house(config, clock) as house:
        flat = await house.invited("101")
    clock.pass_ms(120_000)
    async with open_house(config, clock) as house:
        assert house.coordinator.ledger.held is None
        await submit(house, flat, SLOT)


async def test_the_manager_lets_a_log_go_on_whose_flats_are_gone_for_long_and_revokes_them(
    config: BuildingConfig,
    clock: AgentClock,
    witnesses: list[Witness],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock.pass_ms(120_000)
    async with restarted(config, clock, witnesses) as house:
        ledger, file = house.coordinator.ledger, str(config.file)
        async with house.link(witnesses[0].flat) as client:
            await witnesses[0].signs(client)

            async def command(*arguments: str) -> tuple[int, str, str]:
                code = await asyncio.to_thread(main, ["coordinator", *arguments, "--url", house.url])
                return code, *capsys.readouterr()

            code, out, err = await command("go-on", file)
            assert code == 1
            assert json.loads(out)["held"] == ledger.held
            assert "1 of its 3 witnesses have signed that" in err
            assert f"give this with --size {ledger.size}" in err
            code, _, err = await command("go-on", file, "--size", str(ledger.size - 1))
            assert (code, ledger.held is None) == (1, False)
            assert f"the log has {ledger.size} entries, not {ledger.size - 1}" in err
            code, out, _ = await command("go-on", file, "--size", str(ledger.size))
            assert (code, json.loads(out)["held"], ledger.held) == (0, None, None)
            assert "go on from 7 entries with the word of 1 of its 3 witnesses" in caplog.text
            await client.closed()
        for name in ("102", "103"):
            assert (await command("member", file, "revoke", name))[0] == 0
        code, _, err = await command("go-on", file, "--size", "1")
        assert code == 0
        async with house.link(witnesses[0].flat) as client:
            await witnesses[0].signs(client)
            assert house.coordinator.cosigning.state.met
    async with restarted(config, clock, witnesses) as house:
        assert house.coordinator.ledger.held is not None
        await all_sign(house, witnesses[:1])


@pytest.mark.parametrize(
    "body", ["{}", '{"size": true}', '{"size": "7"}', '{"size": 7, "force": 1}', '{"size": 7, "despite": "101"}', "[7]"]
)
async def test_going_on_takes_the_number_of_entries_and_nothing_else(house: House, body: str) -> None:
    headers = {"Authorization": f"Bearer {house.coordinator.web_token}"}
    answer = await house.session.post(f"{house.url}/api/v1/log/go-on", data=body, headers=headers)
    assert (answer.status, (await answer.json())["error"]["code"]) == (400, "bad_request")
    assert (await house.session.post(f"{house.url}/api/v1/log/go-on", json={"size": 1})).status == 401
