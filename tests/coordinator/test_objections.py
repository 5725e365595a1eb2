"""One flat that lies, or is broken, neither stops a ledger that runs nor keeps the manager from going on."""

import asyncio
from contextlib import AsyncExitStack
import json

import pytest

from commands.main import main
from coordinator.config import BuildingConfig
from coordinator.witnesses import cosigning
from localvpp.wire import AskWitness

from .agent import AgentClock
from .conftest import SLOT
from .flat import FlatClient, until
from .three import all_sign, manager, restarted, three_witnesses
from .witness import Witness

pytestmark = pytest.mark.usefixtures("socket_enabled")
BILLION = 1_000_000_000


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cosigning, "RETRY_S", 0.01)


@pytest.fixture
def clock() -> AgentClock:
    return AgentClock((SLOT + 60) * 1000)


@pytest.fixture
async def witnesses(config: BuildingConfig, clock: AgentClock) -> list[Witness]:
    return await three_witnesses(config, clock)


async def objects(witness: Witness, client: FlatClient) -> None:
    """Say that the log is much too short, with nothing to show for it, until that is known."""
    await witness.says_ahead(client, BILLION, shown=False)
    by, name = witness.house.coordinator.cosigning, witness.flat.device.hex()
    await until(lambda: name in by.objections)


async def test_a_running_ledger_takes_records_whatever_number_a_flat_says(
    config: BuildingConfig, clock: AgentClock, witnesses: list[Witness]
) -> None:
    bad, good, _ = witnesses
    async with restarted(config, clock, witnesses) as house:
        await all_sign(house, witnesses)
        clock.pass_ms(120_000)
        async with house.link(bad.flat) as lying, house.link(good.flat) as client:
            results, _ = await client.log(good.flat.slot(SLOT, 5))
            assert [each.refused for each in results] == [None, None]
            await objects(bad, lying)
            assert house.coordinator.ledger.held is None
            results, _ = await client.log(good.flat.slot(SLOT + 60, 5))
            assert [each.refused for each in results] == [None, None]
            state = await (await house.get("/api/v1/state")).json()
            assert [each["size"] for each in state["log"]["objections"]] == [BILLION]
            assert (await manager(house, "members/101/revoke"))[0] == 200
        assert house.coordinator.cosigning.state.objections == {}


async def test_a_flat_that_objected_and_left_does_not_keep_the_manager_from_going_on(
    config: BuildingConfig, clock: AgentClock, witnesses: list[Witness]
) -> None:
    async with restarted(config, clock, witnesses) as house:
        ledger = house.coordinator.ledger
        async with house.link(witnesses[0].flat) as client:
            await objects(witnesses[0], client)
            assert "1000000000 entries" in str(ledger.held)
            status, answer = await manager(house, "log/go-on", {"size": ledger.size})
            assert (status, answer["error"]["code"]) == (409, "objected")
        await until(lambda: not house.coordinator.cosigning.objections)
        assert "has yet to sign" in str(ledger.held)
        status, _ = await manager(house, "log/go-on", {"size": ledger.size})
        assert (status, ledger.held) == (200, None)
        assert (await manager(house, "members/101/revoke"))[0] == 200


async def test_the_manager_names_whom_he_overrules_and_the_journal_has_it(
    config: BuildingConfig,
    clock: AgentClock,
    witnesses: list[Witness],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with restarted(config, clock, witnesses) as house, AsyncExitStack() as stack:
        ledger = house.coordinator.ledger
        clients = [await stack.enter_async_context(house.link(each.flat)) for each in witnesses[:2]]
        for witness, client in zip(witnesses, clients, strict=False):
            await objects(witness, client)
        size = str(ledger.size)

        async def go_on(*despite: str) -> tuple[int, str, str]:
            named = [part for each in despite for part in ("--despite", each)]
            arguments = ["coordinator", "go-on", str(config.file), "--size", size, *named, "--url", house.url]
            code = await asyncio.to_thread(main, arguments)
            return code, *capsys.readouterr()

        code, _, err = await go_on("101")
        assert (code, ledger.held is None) == (1, False)
        assert "a witness objects (102)" in err
        assert "--despite" in err
        code, _, err = await go_on("101", "102", "103")
        assert (code, ledger.held is None) == (1, False)
        assert "103 does not object now; those who do: 101, 102" in err
        code, out, _ = await go_on("101", "102")
        assert (code, json.loads(out)["held"], ledger.held) == (0, None, None)
        for name in ("101", "102"):
            assert f"The manager overrules witness {name}, which says ahead (size: 1000000000)" in caplog.text
        # They go on saying it, when they are back and asked about the next head, and nobody listens.
        async with house.link(witnesses[0].flat) as again:
            assert again.terms.takes_records
            await again.log(witnesses[0].flat.slot(SLOT, 5))
            await witnesses[0].says_ahead(again, BILLION)
            await again.next(AskWitness)
            assert ledger.held is None
