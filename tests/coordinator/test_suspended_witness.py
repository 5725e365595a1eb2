"""A suspended flat still witnesses, so that suspending flats neither eases a quorum nor stops the ledger."""

import sqlite3

import pytest

from coordinator.config import BuildingConfig
from localvpp.etp import Kind
from localvpp.wire import RELEASED, Code, Frames, Refused

from .agent import AgentClock
from .conftest import SLOT
from .three import all_sign, manager, restarted, three_witnesses
from .witness import Witness

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def clock() -> AgentClock:
    return AgentClock((SLOT + 60) * 1000)


@pytest.fixture
async def witnesses(config: BuildingConfig, clock: AgentClock) -> list[Witness]:
    return await three_witnesses(config, clock)


async def test_a_log_of_three_flats_starts_again_when_one_of_them_is_suspended(
    config: BuildingConfig, clock: AgentClock, witnesses: list[Witness]
) -> None:
    suspended, *others = witnesses
    async with restarted(config, clock, witnesses) as house:
        await all_sign(house, witnesses)
        assert (await manager(house, "members/101/suspend"))[0] == 200
        policy = house.coordinator.cosigning.policy
        assert len(policy.witnesses) == 3
        async with house.link(suspended.flat) as client:
            assert client.terms.suspended
            await suspended.signs(client)
        for each in others:
            async with house.link(each.flat) as client:
                assert not client.terms.suspended
                await each.signs(client)
    async with restarted(config, clock, witnesses) as house:
        assert house.coordinator.ledger.held is not None
        await all_sign(house, witnesses)
        assert house.coordinator.cosigning.policy.encode() == policy.encode()
        assert (await manager(house, "members/101/reinstate"))[0] == 200


async def test_nothing_but_its_signatures_is_taken_of_a_suspended_flat_and_it_hears_when_that_ends(
    config: BuildingConfig, clock: AgentClock, witnesses: list[Witness]
) -> None:
    flat = witnesses[0].flat
    async with restarted(config, clock, witnesses) as house:
        await all_sign(house, witnesses)
        async with house.link(flat) as client:
            await manager(house, "members/101/suspend")
            await client.closed()
            assert client.socket.close_code == RELEASED
        async with house.link(flat) as client:
            assert client.terms.suspended
            chain = flat.chain
            results, _ = await client.log(flat.slot(SLOT, 5))
            assert results[0].refused is Code.SUSPENDED
            flat.chain = chain
            await client.send(Frames((flat.frame(clock.wall_ms(), 320),)))
            refused = await client.next(Refused)
            assert (refused.code, refused.fatal) == (Code.SUSPENDED, False)
            await witnesses[0].signs(client)
            await manager(house, "members/101/reinstate")
            await client.closed()
            assert client.socket.close_code == RELEASED
        async with house.link(flat) as client:
            assert client.terms.takes_records
            assert [each.refused for each in (await client.log(flat.slot(SLOT, 5)))[0]] == [None, None]


async def test_a_flat_whose_key_is_in_two_hands_is_no_witness_until_it_is_reinstated(
    config: BuildingConfig, clock: AgentClock, witnesses: list[Witness]
) -> None:
    copied, *others = witnesses
    async with restarted(config, clock, witnesses) as house:
        await all_sign(house, witnesses)
        ledger, flat = house.coordinator.ledger, copied.flat
        chain = flat.chain
        mine = flat.slot(SLOT, 5)
        flat.chain = chain
        theirs = flat.slot(SLOT, 6)
        assert theirs[0].kind is Kind.INTERVAL
        await ledger.submit(flat.device, [each.encode() for each in mine])
        assert house.coordinator.cosigning.state.witnesses == 3
        await ledger.submit(flat.device, [each.encode() for each in theirs])
        await house.coordinator.members.suspend_conflicting()
        named = {each.name for each in house.coordinator.cosigning.policy.witnesses}
        assert named == {each.flat.device.hex() for each in others}
        text = await (await house.get("/log/policy")).text()
        assert flat.device.hex() not in text
    async with restarted(config, clock, witnesses) as house:
        assert house.coordinator.ledger.held is not None
        await all_sign(house, others)
    # Of a building that was rebuilt nobody has the two records; the log says it all the same.
    with sqlite3.connect(config.data / "building.db") as database:
        assert database.execute("DELETE FROM conflicts").rowcount
    async with restarted(config, clock, witnesses) as house:
        assert house.coordinator.cosigning.state.witnesses == 2
        await all_sign(house, others)
        await manager(house, "members/101/reinstate")
        assert house.coordinator.cosigning.state.witnesses == 3
