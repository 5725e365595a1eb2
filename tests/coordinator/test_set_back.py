"""A coordinator whose data was set back to a backup: flats hold it against the building, by what both keys signed."""

import json
from pathlib import Path
import shutil
import sqlite3

import pytest

from coordinator.config import BuildingConfig
from coordinator.holding import Hold
from localvpp import tlog
from localvpp.etp import Record
from localvpp.link import LinkState
from localvpp.notebook import EvidenceKind
from localvpp.standing import LedgerState

from .agent import Agent, AgentClock
from .conftest import SLOT, open_house, turn_key
from .flat import until

pytestmark = pytest.mark.usefixtures("socket_enabled")
PROOF = b"c2sp.org/tlog-proof@v1\n"


@pytest.fixture
def clock() -> AgentClock:
    return AgentClock(SLOT * 1000)


async def test_a_log_that_was_rolled_back_is_found_out_by_the_flat_and_by_its_witness(
    config: BuildingConfig, clock: AgentClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "backup"
    async with open_house(config, clock) as house:
        agent = await Agent.enrolled(house, clock, tmp_path / "flat.db")
        await agent.live()
        await agent.stop()
    shutil.copytree(config.data, backup)
    async with open_house(config, clock) as house:
        await agent.live_on(house)
        key, size = await house.log_key(), await agent.shows_whole_log()
        await agent.stop()
    shutil.rmtree(config.data)
    shutil.copytree(backup, config.data)
    # Ours would wait for its witnesses: one that is older, or lies, does not.
    monkeypatch.setattr(Hold, "begin", lambda *_, **__: None)
    async with open_house(config, clock) as house:
        assert house.coordinator.ledger.size < size
        agent.move(house)
        await agent.start()
        state = await agent.until(lambda state: state.link.state is LinkState.DIVERGED)
        assert (state.ledger, "it was cut or replaced" in state.ledger_reason) == (LedgerState.DISTRUSTED, True)
        (evidence,) = await agent.flat.evidence()
        assert evidence.kind is EvidenceKind.CUT
        sealed, _, proof = evidence.ours.rpartition(b"\n" + PROOF)
        entry = Record.decode(sealed).signed.statement.data
        tlog.verify_proof(tlog.TlogProof.parse(PROOF + proof), entry, key)
        shown = json.dumps(evidence.plain())
        assert '"kind": "cut log"' in shown
        await agent.stop()


async def test_a_record_that_was_acknowledged_is_not_lost_because_no_witness_had_signed_over_it(
    config: BuildingConfig, clock: AgentClock, tmp_path: Path
) -> None:
    async with open_house(config, clock) as house:
        agent = await Agent.enrolled(house, clock, tmp_path / "flat.db")
        await agent.live()
        size = await agent.shows_whole_log()
        await agent.stop()
    shutil.copytree(config.data, tmp_path / "backup")
    with sqlite3.connect(agent.path) as database:
        signed = database.execute("SELECT size, root, note, time FROM witnessed").fetchone()
    async with open_house(config, clock) as house:
        await agent.live_on(house)
        known = house.coordinator.ledger.size
        await agent.stop()
    # The server was lost before the witness was asked about the records that the flat has proofs of.
    with sqlite3.connect(agent.path) as database:
        database.execute("UPDATE witnessed SET size = ?, root = ?, note = ?, time = ?", signed)
    shutil.rmtree(config.data)
    shutil.copytree(tmp_path / "backup", config.data)
    async with open_house(config, clock) as house:
        ledger, by = house.coordinator.ledger, house.coordinator.cosigning
        assert ledger.size == size < known
        agent.move(house)
        await agent.start()
        state = await agent.until(lambda state: "signs nothing" in state.link.reason)
        assert (state.link.state, state.ledger) == (LinkState.ONLINE, LedgerState.PROVEN)
        await until(lambda: bool(by.objections))
        (objection,) = by.objections.values()
        assert objection.size is not None
        assert size < objection.size <= known
        assert objection.shown
        assert f"{objection.size} entries, and shows that head" in str(ledger.held)
        assert by.state.signers == 0
        assert await agent.flat.evidence() == []
        await agent.stop()


async def test_a_building_that_was_set_back_before_its_key_was_renewed_hears_it_from_a_flat_that_has_followed(
    config: BuildingConfig, clock: AgentClock, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    async with open_house(config, clock) as house:
        agent = await Agent.enrolled(house, clock, tmp_path / "flat.db")
        await agent.live()
        await agent.stop()
    shutil.copytree(config.data, backup)
    fresh = await turn_key(config, clock)
    async with open_house(config, clock) as house:
        agent.move(house)
        await agent.start()
        await agent.released()
        assert agent.flat.building_key == fresh
        size = house.coordinator.ledger.size
        await agent.stop()
    shutil.rmtree(config.data)
    shutil.copytree(backup, config.data)
    async with open_house(config, clock) as house:
        assert house.coordinator.ledger.size < size
        agent.move(house)
        await agent.start()
        state = await agent.until(lambda state: state.link.state is LinkState.REFUSED)
        assert "which was renewed as this flat was shown" in state.link.reason
        await until(lambda: house.coordinator.hold.set_back is not None)
        response = await house.get("/healthz", token=False)
        assert response.status == 503
        (objection,) = house.coordinator.cosigning.state.objections.values()
        assert (objection.size, objection.shown) == (size, True)
        await agent.stop()
