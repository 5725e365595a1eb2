"""A flat whose key is in a token: it enrols, its records are logged, and it waits for a token that was pulled out."""

import asyncio
import json
from pathlib import Path
import sys

import pytest

from commands.log import verify
from localvpp.etp import Algorithm, Kind
from localvpp.etp.pkcs11 import KeyUri, Pkcs11Signer
from localvpp.link import LinkState

from ..softhsm import PIN, SoftHsm
from .agent import Agent, AgentClock
from .conftest import SLOT, House

BOTH = pytest.mark.parametrize(
    ("curve", "algorithm"), [("edwards25519", Algorithm.ED25519), ("P-256", Algorithm.ES256)]
)


@pytest.fixture
def clock() -> AgentClock:
    return AgentClock(SLOT * 1000)


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    return SoftHsm.make(tmp_path / "hsm", monkeypatch)


async def command(*arguments: str) -> tuple[int, str, str]:
    """Run the command line as a person does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "commands.main",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, error = await process.communicate()
    assert process.returncode is not None
    return process.returncode, told.decode(), error.decode()


@BOTH
async def test_a_flat_with_its_key_in_a_token_is_a_flat_as_any(
    house: House, clock: AgentClock, token: SoftHsm, tmp_path: Path, curve: str, algorithm: Algorithm
) -> None:
    token.make_key("vpp", curve)
    signer = Pkcs11Signer(KeyUri.parse(token.uri("vpp")))
    agent = await Agent.enrolled(house, clock, tmp_path / "flat.db", signer=signer)
    member = house.coordinator.ledger.directory.named("101")
    assert member is not None
    assert (member.key, member.key.algorithm) == (signer.public, algorithm)
    await agent.start()
    await agent.online()
    await agent.time.seconds(61)
    await agent.proven()
    records = await agent.records()
    assert Kind.INTERVAL in {record.kind for record in records}
    told = await asyncio.to_thread(verify, house.coordinator.ledger.folder, await house.log_key())
    assert told["ok"], told
    await agent.stop()
    signer.close()


async def test_a_token_that_is_pulled_out_costs_no_energy(
    house: House, clock: AgentClock, token: SoftHsm, tmp_path: Path
) -> None:
    token.make_key("vpp", "P-256")
    signer = Pkcs11Signer(KeyUri.parse(token.uri("vpp")))
    agent = await Agent.enrolled(house, clock, tmp_path / "flat.db", signer=signer)
    await agent.start()
    await agent.online()
    await agent.time.seconds(30)
    begin = (await agent.store.load()).open
    assert begin is not None
    token.pull()
    await agent.time.seconds(60)  # Over the end of the slot.
    assert "put the token back" in agent.flat.state.problems["key"]
    house.coordinator.hub.close()
    state = await agent.until(lambda state: state.link.state is LinkState.CONNECTING)
    await agent.time.wake("link")
    state = await agent.until(lambda state: "put the token back" in state.link.reason)
    assert state.meter is not None  # What needs no key goes on.
    token.put_back()
    await agent.time.wake("link")
    await agent.online()
    await agent.time.seconds(2)
    assert "key" not in agent.flat.state.problems
    await agent.proven()
    metered = [record.body for record in await agent.records() if record.kind in {Kind.INTERVAL, Kind.GAP}]
    assert metered[0].imported is not None
    assert metered[0].imported.begin == begin.begin.import_wh
    assert metered[-1].imported is not None
    assert metered[-1].imported.end >= begin.end.import_wh + 60
    await agent.stop()
    signer.close()


async def test_the_command_line_enrols_a_key_in_a_token_and_tells_what_is_wrong(
    house: House, token: SoftHsm, tmp_path: Path
) -> None:
    token.make_key("vpp", "P-256")
    invite = (await house.invite("101")).text
    data = tmp_path / "flat"
    enrol = ("flat", "enrol", house.url, "--invite", invite, "--data", str(data), "--key")
    token.write_pin("a wrong secret")
    code, told, error = await command(*enrol, token.uri("vpp"))
    assert (code, told) == (1, "")
    assert "the token refuses the PIN" in error
    assert "a wrong secret" not in error
    token.write_pin(PIN)
    code, told, error = await command(*enrol, token.uri("no such key"))
    assert code == 1
    assert "the token has no private key of that name" in error
    code, told, error = await command(*enrol, token.uri("vpp"))
    assert code == 0, error
    member = house.coordinator.ledger.directory.named("101")
    assert member is not None
    assert json.loads(told)["fingerprint"] == member.key.fingerprint
    assert member.key.algorithm is Algorithm.ES256
    assert not (data / "flat.key").exists()
    assert PIN not in error + told
    # With another key than the enrolled one it does not run.
    token.make_key("another", "P-256")
    code, _, error = await command(
        "flat", "run", "--data", str(data), "--meter", "tcp://127.0.0.1:1", "--key", token.uri("another")
    )
    assert code == 1
    assert "the key of --key is not the key" in error
