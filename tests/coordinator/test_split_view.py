"""One log key, two histories: whoever shows one to some flats and another to the rest gets no quorum for both.

Two real coordinators with one set of keys run from two copies of one data folder, and whole flats, each with the guard
and the database of its own, connect to either over real links. Then they change sides, and each finds the fork out.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
import shutil

import pytest

from coordinator.config import BuildingConfig, load
from coordinator.holding import Hold
from coordinator.witnesses import ObjectionKind
from localvpp import tlog
from localvpp.notebook import EvidenceKind
from localvpp.quorum import quorum_of
from localvpp.standing import LedgerState

from .agent import Agent, AgentClock
from .conftest import FILE, SLOT, House, open_house
from .flat import until

pytestmark = pytest.mark.usefixtures("socket_enabled")

NAMES = ("101", "102", "103", "104")


@pytest.fixture
def clock() -> AgentClock:
    return AgentClock(SLOT * 1000)


@pytest.fixture
def config(tmp_path: Path) -> BuildingConfig:
    file = tmp_path / "building.yaml"
    file.write_text(FILE.replace('"103"]', '"103", "104", "201", "202"]'))
    return load(file)


async def all_sign(house: House, agents: Sequence[Agent]) -> None:
    """Wait until each of these flats has signed the newest head."""
    names = [f" {agent.flat.witness.key.name} ".encode() for agent in agents if agent.flat.witness.key is not None]
    assert len(names) == len(agents)
    cosigning, ledger = house.coordinator.cosigning, house.coordinator.ledger
    await until(lambda: all(name in (cosigning.lines(ledger.size) or b"") for name in names))


async def move(agent: Agent, house: House) -> None:
    """Start a flat that believes this coordinator to be its building's."""
    agent.move(house)
    await agent.start()


def head_of(house: House) -> tuple[int, bytes]:
    published = house.coordinator.ledger.published
    assert published is not None
    return published.size, published.root


async def found_out(agent: Agent, house: House, key: tlog.Ed25519Verifier) -> None:
    """Hold a flat's evidence against the log's key, as anybody can who gets to see it."""
    state = await agent.until(lambda state: state.ledger in {LedgerState.FORKED, LedgerState.DISTRUSTED})
    assert state.ledger_reason
    (evidence,) = [each for each in await agent.flat.evidence() if each.kind is EvidenceKind.HEADS]
    ours, theirs = (tlog.open_checkpoint(note, key).checkpoint for note in (evidence.ours, evidence.theirs))
    assert (theirs.size, theirs.root) == head_of(house)
    assert ours.root != theirs.root
    await until(lambda: agent.membership.device.hex() in house.coordinator.cosigning.state.objections)
    said = house.coordinator.cosigning.state.objections[agent.membership.device.hex()]
    assert said.kind is ObjectionKind.FORK


@pytest.mark.parametrize("with_first", [3, 2, 1])
async def test_of_two_histories_one_gets_a_quorum_at_most_and_flats_that_see_both_keep_both_heads(
    with_first: int, config: BuildingConfig, clock: AgentClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_house(config, clock) as house:
        agents = [await Agent.enrolled(house, clock, tmp_path / f"{name}.db", name) for name in NAMES]
        for agent in agents:
            await agent.start()
            await agent.online()
            await agent.time.seconds(1)  # It names the key that it witnesses with.
        cosigning = house.coordinator.cosigning
        await until(lambda: cosigning.state.witnesses == len(NAMES))
        await all_sign(house, agents)
        common, key = house.coordinator.ledger.size, await house.log_key()
        for agent in agents:
            await agent.stop()
    twin = tmp_path / "twin"
    shutil.copytree(config.data, twin)
    # Ours would wait for a quorum under the head that it has: one that lies does not.
    monkeypatch.setattr(Hold, "begin", lambda *_, **__: None)
    async with open_house(config, clock) as first, open_house(replace(config, data=twin), clock) as second:
        sides = (first, agents[:with_first]), (second, agents[with_first:])
        for house, flats in sides:
            for agent in flats:
                await move(agent, house)
        # Each history goes on otherwise, and its flats sign that.
        await first.invited("201")
        await second.invited("202")
        for house, flats in sides:
            assert house.coordinator.ledger.size == common + 1
            await all_sign(house, flats)
        assert head_of(first)[1] != head_of(second)[1]

        def quorums() -> list[bool]:
            return [house.coordinator.cosigning.state.quorum_size > common for house, _ in sides]

        enough = [len(flats) >= quorum_of(len(NAMES)) for _, flats in sides]
        assert sum(enough) <= 1
        await until(lambda: quorums() == enough)
        for agent in agents:
            assert await agent.flat.evidence() == []
            await agent.stop()

        # They change sides: who has signed one of them does not sign the other.
        for (house, _), (_, others) in zip(sides, reversed(sides), strict=True):
            for agent in others:
                await move(agent, house)
                await found_out(agent, house, key)
        assert quorums() == enough
        for house, flats in sides:
            lines = house.coordinator.cosigning.lines(common + 1) or b""
            assert len(lines.splitlines()) == len(flats), "nobody has signed both"
        for agent in agents:
            await agent.stop()
