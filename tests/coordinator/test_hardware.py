"""Keys in a token, a flat's and the building's: all is as with any, and what is pulled out is waited for."""

import asyncio
from dataclasses import replace
import json
from pathlib import Path
import sys
import threading
from typing import override

import pytest

from commands.log import verify
from commands.main import main
from coordinator.config import BuildingConfig, ConfigError, load
from coordinator.ledger import LedgerError, LedgerUnavailableError
from coordinator.members import Action
from coordinator.nextkey import LABEL, SHEET
from coordinator.rotation import rotate_own
from coordinator.store import Role
from localvpp.clock import SystemClock
from localvpp.enrol import enrol
from localvpp.etp import Algorithm, Ed25519Signer, Kind, PublicKey, Signer, load_or_create
from localvpp.etp.pkcs11 import KeyUri, Pkcs11Signer
from localvpp.link import LinkState
from localvpp.vault import write_sheet

from ..softhsm import PIN, SoftHsm
from .agent import Agent, AgentClock
from .conftest import FILE, NEXT, SLOT, House, open_house

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
    await agent.live()
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


@pytest.mark.slow
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


# --- The event loop -------------------------------------------------------------------------------------------------


class Threads(Signer):
    """A signer that blocks, as a token does, and remembers in which threads it was asked to."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.asked: list[threading.Thread] = []

    @property
    @override
    def public(self) -> PublicKey:
        return self._signer.public

    @property
    @override
    def blocks(self) -> bool:
        return True

    @override
    def sign(self, message: bytes) -> bytes:
        self.asked.append(threading.current_thread())
        return self._signer.sign(message)


async def test_a_flats_token_never_keeps_the_event_loop_waiting(
    house: House, clock: AgentClock, token: SoftHsm, tmp_path: Path
) -> None:
    token.make_key("vpp", "P-256")
    signer = Threads(Pkcs11Signer(KeyUri.parse(token.uri("vpp"))))
    agent = await Agent.enrolled(house, clock, tmp_path / "flat.db", signer=signer)
    await agent.live()
    kinds = {record.kind for record in await agent.records()}
    await agent.stop()
    # Hellos, frames, records of the meter and the keys that it announces.
    assert {Kind.INTERVAL, Kind.WITNESS} <= kinds
    assert len(signer.asked) > 62
    assert threading.main_thread() not in signer.asked


# --- The building's key ---------------------------------------------------------------------------------------------


def in_token(config: BuildingConfig, token: SoftHsm, label: str = "building") -> BuildingConfig:
    """The same building, with its key in a token."""
    config.file.write_text(f"{FILE}keys: {{building: '{token.uri(label)}'}}\n")
    return load(config.file)


async def lives(config: BuildingConfig, clock: AgentClock, database: Path, flat: str) -> Agent:
    """Run the building until a flat has its first slot settled, and check the log as an outsider does."""
    async with open_house(config, clock) as house:
        agent = await Agent.enrolled(house, clock, database, flat)
        await agent.live()
        clock.pass_ms(700_000)
        await house.coordinator.settler.settle_ripe()
        await agent.until(lambda state: state.totals.slots > 0)
        await agent.stop()
        told = await asyncio.to_thread(verify, house.coordinator.ledger.folder, await house.log_key())
        assert told["ok"], told
    return agent


@BOTH
async def test_a_building_with_its_key_in_a_token_is_a_building_as_any(
    config: BuildingConfig,
    clock: AgentClock,
    token: SoftHsm,
    tmp_path: Path,
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
    curve: str,
    algorithm: Algorithm,
) -> None:
    token.make_key("building", curve)
    config = in_token(config, token)
    threads: list[threading.Thread] = []
    sign = Pkcs11Signer.sign

    def watched(self: Pkcs11Signer, message: bytes) -> bytes:
        threads.append(threading.current_thread())
        return sign(self, message)

    monkeypatch.setattr(Pkcs11Signer, "sign", watched)
    agent = await lives(config, clock, tmp_path / "flat.db", "101")
    assert agent.membership.building_key.algorithm is algorithm
    assert not (config.data / "keys" / "building").exists()
    assert threads
    assert threading.main_thread() not in threads


async def test_while_the_buildings_token_is_out_nothing_breaks_and_the_manager_is_told(
    config: BuildingConfig, clock: AgentClock, token: SoftHsm, tmp_path: Path, socket_enabled: None
) -> None:
    token.make_key("building", "P-256")
    async with open_house(in_token(config, token), clock) as house:
        agent = await Agent.enrolled(house, clock, tmp_path / "flat.db")
        await agent.start()
        await agent.online()
        invite = await house.invite("102")
        token.pull()
        with pytest.raises(LedgerUnavailableError, match="put the token back"):
            await house.coordinator.members.say("101", Action.SUSPEND, {})
        health = await (await house.get("/healthz", token=False)).json()
        assert (health["status"], health["checks"]["ledger"]) == ("degraded", "ok")
        assert health["checks"]["keys"].startswith("building: key building of token flat does not sign")
        house.coordinator.hub.close()
        await agent.until(lambda state: state.link.state is LinkState.CONNECTING)
        await agent.time.wake("link")
        await agent.time.asleep("link")  # Greeted, and turned away without a word that is signed.
        assert agent.flat.state.link.reason == "the coordinator closed the connection"
        # What the flats sign is taken all the same, and so are the log's own heads.
        token.put_back()
        await agent.time.wake("link")
        await agent.online()
        health = await (await house.get("/healthz", token=False)).json()
        assert health["checks"]["keys"] == "ok"
        await enrol(house.session, house.url, invite, Ed25519Signer.generate(), software="test")
        await agent.stop()


async def test_the_buildings_key_moves_into_a_token_and_on_and_back(
    config: BuildingConfig,
    clock: AgentClock,
    token: SoftHsm,
    tmp_path: Path,
    socket_enabled: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    agent = await lives(config, clock, tmp_path / "flat.db", "101")
    token.make_key("building", "P-256")
    token.make_key("second", "edwards25519")
    moved = in_token(config, token)
    with pytest.raises(LedgerError, match="have it named with `local-vpp coordinator rotate-key"):
        async with open_house(moved, clock):
            pytest.fail("it went on with a key that the log does not name")
    invite = ["coordinator", "invite", str(config.file), "102", "--json"]
    assert await asyncio.to_thread(main, invite) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["fingerprint"] == agent.membership.building_key.fingerprint, "what the flat will be shown"
    keys = [agent.membership.building_key]
    with pytest.raises(LedgerError, match="is not the next key that the log has committed to"):
        await rotate_own(moved, Role.BUILDING, clock)
    # The log has committed to a key on a sheet. That one commits to the token's, and the token's to the next one's.
    sheet = tmp_path / "sheet"
    sheet.write_text(write_sheet(LABEL, NEXT.seed()))
    to_token, to_second = (KeyUri.parse(token.uri(name)) for name in ("building", "second"))
    keys.append(await rotate_own(config, Role.BUILDING, clock, sheet=sheet, after=to_token))
    with pytest.raises(LedgerError, match="name another token with --then"):
        await rotate_own(moved, Role.BUILDING, clock, after=to_token)
    keys.append(await rotate_own(moved, Role.BUILDING, clock, after=to_second))
    assert keys[-1].algorithm is Algorithm.ES256
    assert not (config.data / SHEET).exists(), "a key in a token has no sheet"
    with pytest.raises(LedgerError, match="is the one that the log names already: make another in the token"):
        await rotate_own(moved, Role.BUILDING, clock)
    second = in_token(config, token, "second")
    with pytest.raises(LedgerError, match="name its token with --from URI"):
        await rotate_own(second, Role.BUILDING, clock)
    with pytest.raises(LedgerError, match="is not the one that the log names for the building"):
        await rotate_own(second, Role.BUILDING, clock, KeyUri.parse(token.uri("second")))
    keys.append(await rotate_own(second, Role.BUILDING, clock, KeyUri.parse(token.uri("building"))))
    config.file.write_text(FILE)
    (config.data / SHEET).replace(sheet)
    command = ["coordinator", "rotate-key", str(config.file), "--from", token.uri("second"), "--next-key", str(sheet)]
    clock.pass_until(SystemClock().wall_ms())
    assert await asyncio.to_thread(main, command) == 0, capsys.readouterr().err
    keys.append(load_or_create(config.data / "keys" / "building").public)
    assert len(set(keys)) == 5
    async with open_house(config, clock) as house:
        member = house.coordinator.ledger.directory.named("building")
        assert member is not None
        assert (*member.retired, member.key) == tuple(keys)
        agent.house = house
        agent.membership = replace(agent.membership, url=house.url)
        await agent.start()
        await agent.online()
        assert agent.flat.building_key == keys[-1]
        await agent.stop()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{building: 'building.key'}", "the key is no PKCS#11 URI"),
        ("{building: 'pkcs11:token=a;object=b?module-path=/x&pin-value=1234'}", "the URI holds the PIN itself"),
        ("{log: 'pkcs11:token=a;object=b?module-path=/x'}", "is not a key of this file"),
    ],
)
def test_a_key_that_cannot_be_meant_is_refused_with_its_line(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "building.yaml"
    file.write_text(f"{FILE}keys: {line}\n")
    with pytest.raises(ConfigError, match=reason) as error:
        load(file)
    assert "1234" not in str(error.value)
    assert error.value.line == FILE.count("\n") + 1


async def test_a_token_that_has_not_the_key_at_the_start_is_told(
    config: BuildingConfig, clock: AgentClock, token: SoftHsm, socket_enabled: None
) -> None:
    line = FILE.count("\n") + 1
    with pytest.raises(ConfigError, match=rf":{line}: keys\.building: .*the token has no private key of that name"):
        async with open_house(in_token(config, token), clock):
            pytest.fail("it went on without its key")


@pytest.mark.slow
async def test_a_driver_that_is_not_there_is_told_by_check_and_run_with_its_line(
    config: BuildingConfig, token: SoftHsm
) -> None:
    in_token(config, token)
    code, _, told = await command("coordinator", "check", str(config.file))
    assert code == 0, told
    token.write_pin(PIN, mode=0o644)
    code, _, told = await command("coordinator", "check", str(config.file))
    assert code == 2
    assert (
        f"{config.file}:{FILE.count(chr(10)) + 1}: keys.building: the PIN's file {token.pin_file} can be read" in told
    )
    token.write_pin(PIN)
    text = config.file.read_text().replace(str(token.module), "/none.so")
    config.file.write_text(text)
    for action, *rest in (("check",), ("run",), ("invite", "101")):
        code, _, told = await command("coordinator", action, str(config.file), *rest)
        assert code == 2
        assert f"{config.file}:{text.count(chr(10))}: keys.building: the token's driver /none.so" in told
        assert "module-path" in told
