"""The building and its meters get fresh keys: the log names them, flats follow, and nothing of before breaks."""

import asyncio
from dataclasses import replace
import json
from pathlib import Path

import pytest

from commands.log import verify
from commands.main import main
from coordinator.config import BuildingConfig, load
from coordinator.founding import own_keys
from coordinator.keys import FORMER, NEXT as NEXT_FILE, load_keys, settle
from coordinator.ledger import LedgerError, LedgerUnavailableError
from coordinator.link.lineage import building_rotated
from coordinator.nextkey import LABEL, SHEET, key_on_sheet
from coordinator.rotation import rotate_own
from coordinator.store import Role, close_database, open_database
from localvpp import tlog
from localvpp.etp import Ed25519Signer, PublicKey, foresee, load_or_create
from localvpp.lineage import load_lineage
from localvpp.link import LinkState
from localvpp.logfolder import LogFolder
from localvpp.vault import write_sheet

from .agent import Agent, AgentClock
from .conftest import FILE, NEXT, ORIGIN, SLOT, House, open_house, turn_key

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def clock() -> AgentClock:
    return AgentClock(SLOT * 1000)


def building_key(house: House) -> PublicKey:
    member = house.coordinator.ledger.directory.named("building")
    assert member is not None
    return member.key


async def verified(house: House, *earlier: bytes) -> None:
    """Check the whole log as an outsider does, and against heads that were kept from before."""
    told = await asyncio.to_thread(verify, house.coordinator.ledger.folder, await house.log_key(), earlier)
    assert told["ok"], told


async def moved(agent: Agent, house: House) -> Agent:
    """The same flat, with its coordinator at the address that it has now."""
    agent.house = house
    agent.membership = replace(agent.membership, url=house.url)
    return agent


async def test_a_flat_follows_a_rotation_that_its_buildings_key_has_signed_and_never_goes_back(
    config: BuildingConfig, clock: AgentClock, tmp_path: Path
) -> None:
    async with open_house(config, clock) as house:
        agent = await Agent.enrolled(house, clock, tmp_path / "flat.db")
        old, device = building_key(house), house.coordinator.ledger.directory.named("building")
        assert device is not None
        await agent.live(121)
        await agent.stop()
        # Two slots are settled and told of after the rotation only: their records have the old key's signature.
        clock.pass_ms(700_000)
        assert len(await house.coordinator.settler.settle_ripe()) >= 2
        head = house.coordinator.ledger.published
        assert head is not None
    fresh = await turn_key(config, clock)
    assert fresh != old
    async with open_house(config, clock) as house:
        assert building_key(house) == fresh
        after = foresee(key_on_sheet(config.data / SHEET).public, ORIGIN)
        turned = replace(device, key=fresh, retired=(old,), next_key=after)
        assert house.coordinator.ledger.directory.get(device.device) == turned
        await verified(house, head.checkpoint)
        # A flat is shown that the log has grown out of what it has witnessed; whoever has witnessed more is not.
        ledger, building = house.coordinator.ledger, house.coordinator.ledger.directory.get(device.device)
        assert building is not None
        shown = await building_rotated(house.coordinator.engine, ledger, building, head.size)
        assert shown is not None
        opened = tlog.open_checkpoint(shown.checkpoint.encode(), await house.log_key(), origin=ORIGIN)
        tlog.verify_consistency(
            head.size,
            opened.checkpoint.size,
            tlog.to_hash(head.root),
            opened.checkpoint.root,
            [tlog.to_hash(step) for step in shown.growth],
        )
        shown = await building_rotated(house.coordinator.engine, ledger, building, ledger.size + 1)
        assert shown is not None
        assert shown.growth == ()
        agent = await moved(agent, house)
        await agent.start()
        await agent.released()
        state = await agent.until(lambda state: state.totals.slots >= 2)
        assert state.link.state is LinkState.ONLINE
        assert state.ledger != "distrusted"
        assert agent.flat.building_key == fresh
        lineage = await load_lineage(agent.store, agent.membership)
        assert (lineage.building, lineage.newest) == (device.device, fresh)
        assert [since.key for since in lineage.keys] == [old, fresh]
        await agent.time.seconds(61)
        await agent.proven()
        assert (await agent.records())[-1].body.sender in {device.device, agent.membership.device}
        await agent.stop()
        # A flat that is enrolled now knows the new key, and needs none of this.
        other = await Agent.enrolled(house, clock, tmp_path / "other.db", "102")
        assert other.membership.building_key == fresh
        await other.live()
        assert {record.body.receiver for record in await other.records()} == {device.device, other.membership.device}
        await other.stop()
    second = await turn_key(config, clock)
    async with open_house(config, clock) as house:
        for each in (agent, other):
            await moved(each, house)
            await each.start()
            await each.online()
            assert each.flat.building_key == second
            await each.stop()
        await verified(house, head.checkpoint)
    # Whoever holds the old key is nobody to a flat that has followed.
    (config.data / "keys" / "building").unlink()
    (config.data / "keys" / f"building{FORMER}").unlink()
    with pytest.raises(LedgerError, match="not the one that the log names"):
        async with open_house(config, clock):
            pytest.fail("it went on with a strange key")


async def test_the_command_turns_a_key_while_the_coordinator_is_stopped_and_refuses_while_it_runs(
    config: BuildingConfig, clock: AgentClock, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = str(config.file)
    async with open_house(config, clock):
        assert await asyncio.to_thread(main, ["coordinator", "rotate-key", file]) == 1
        assert "is in use by process" in capsys.readouterr().err
    # The command takes its time from the machine, as the coordinator does.
    assert await asyncio.to_thread(main, ["coordinator", "rotate-key", file]) == 1
    assert "give its sheet with --next-key FILE" in capsys.readouterr().err
    sheet = tmp_path / "sheet"
    rotate = ["coordinator", "rotate-key", file, "--next-key", str(sheet)]
    sheet.write_text(write_sheet(LABEL, Ed25519Signer.generate().seed()))
    assert await asyncio.to_thread(main, rotate) == 1
    assert "is not the next key that the log has committed to" in capsys.readouterr().err
    for text in ("NEXTKEY-TYPED-WRONG", write_sheet("RECOVERY", NEXT.seed())):
        sheet.write_text(text)
        assert await asyncio.to_thread(main, rotate) == 1
        assert str(sheet) in capsys.readouterr().err
    assert not (config.data / SHEET).exists(), "what is refused makes no sheet"
    sheet.write_text(write_sheet(LABEL, NEXT.seed()).lower())
    assert await asyncio.to_thread(main, rotate) == 0
    shown = capsys.readouterr()
    told = json.loads(shown.out)
    assert f"the building's next key lies on the server: print {config.data / SHEET}" in shown.err
    keys = load_keys(config.data / "keys", ORIGIN)
    assert told == {"key": "building", "fingerprint": keys.building.public.fingerprint}
    assert {path.stat().st_mode & 0o777 for path in (config.data / "keys").iterdir()} == {0o600}
    assert (config.data / SHEET).stat().st_mode & 0o777 == 0o600
    # The sheet that lies there is no use as long as it lies there: the key after it would lie there, too.
    here = ["coordinator", "rotate-key", file, "--next-key", str(config.data / SHEET)]
    assert await asyncio.to_thread(main, here) == 1
    assert "move the sheet away from the server" in capsys.readouterr().err
    assert await asyncio.to_thread(main, rotate) == 1
    assert "is the one that the log names already" in capsys.readouterr().err
    assert await asyncio.to_thread(main, ["coordinator", "rotate-key", file, "bulk"]) == 1
    assert "no key of the bulk is enrolled yet" in capsys.readouterr().err


async def test_a_meters_key_turns_once_it_is_enrolled(tmp_path: Path, clock: AgentClock) -> None:
    file = tmp_path / "building.yaml"
    file.write_text(f"{FILE}meters: {{bulk: 'tcp://127.0.0.1:1?unit=1'}}\n")
    config = load(file)
    with pytest.raises(LedgerError, match="no key of the bulk is enrolled yet: run the coordinator first"):
        await rotate_own(config, Role.BULK, clock)
    async with open_house(config, clock) as house:
        before = house.coordinator.ledger.directory.named("bulk")
        assert before is not None
    fresh = await rotate_own(config, Role.BULK, clock)
    async with open_house(config, clock) as house:
        bulk = house.coordinator.ledger.directory.named("bulk")
        assert bulk == replace(before, key=fresh, retired=(before.key,))
        await verified(house)


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("at", ["before the entry", "after the entry", "after the old key was put aside"])
async def test_a_crash_at_any_step_leaves_a_building_that_signs_as_its_log_says(
    at: str,
    config: BuildingConfig,
    clock: AgentClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with open_house(config, clock) as house:
        old = building_key(house)
    folder = config.data / "keys"

    def crash(*_: object) -> None:
        raise Crash

    async def crash_soon(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        if at == "before the entry":
            patch.setattr("coordinator.rotation.Scribe.rotate", crash_soon)
        elif at == "after the entry":
            patch.setattr("coordinator.rotation._put_away", crash)
        else:
            replaced = Path.replace

            def once(self: Path, target: Path) -> Path:
                if target.name == "building":
                    raise Crash
                return replaced(self, target)

            patch.setattr(Path, "replace", once)
        with pytest.raises(Crash):
            await turn_key(config, clock)
    fresh = load_or_create(folder / f"building{NEXT_FILE}").public
    # Before the next start has put the files right, an invite goes by the log, too.
    assert await asyncio.to_thread(main, ["coordinator", "invite", str(config.file), "101", "--json"]) == 0
    named = old if at == "before the entry" else fresh
    assert json.loads(capsys.readouterr().out)["fingerprint"] == named.fingerprint
    async with open_house(config, clock) as house:
        assert building_key(house) == named
        await verified(house)
    if at == "before the entry":
        assert await rotate_own(config, Role.BUILDING, clock) == fresh, "the key that was shown need not be shown again"
    assert load_or_create(folder / "building").public == fresh
    assert load_or_create(folder / f"building{FORMER}").public == old
    assert not (folder / f"building{NEXT_FILE}").exists()


async def test_a_log_that_was_rebuilt_from_before_a_rotation_is_signed_with_the_key_that_it_names(
    config: BuildingConfig, clock: AgentClock
) -> None:
    async with open_house(config, clock) as house:
        old = building_key(house)
    folder = config.data / "keys"
    database = {path: path.read_bytes() for path in config.data.glob("building.db*")}
    log = {path: path.read_bytes() for path in (config.data / "log").rglob("*") if path.is_file()}
    fresh = await turn_key(config, clock)
    for path in [*config.data.glob("building.db*"), *(config.data / "log").rglob("*")]:
        if path.is_file():
            path.chmod(0o600)
            path.unlink()
    for path, content in (database | log).items():
        path.write_bytes(content)
    async with open_house(config, clock) as house:
        assert building_key(house) == old
    assert load_or_create(folder / f"building{NEXT_FILE}").public == fresh
    assert await rotate_own(config, Role.BUILDING, clock) == fresh


async def test_a_rotation_that_cannot_be_written_leaves_the_old_key(
    config: BuildingConfig, clock: AgentClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_house(config, clock) as house:
        old = building_key(house)

    def fails(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(LogFolder, "put", fails)
        with pytest.raises(LedgerUnavailableError):
            await turn_key(config, clock)
    engine = await open_database(config.database_url)
    keys, founder = await own_keys(config, engine, clock)
    await close_database(engine)
    # The entry may be durable although the files were not written: the next start goes by it, either way.
    assert founder.key == keys.building.public
    async with open_house(config, clock) as house:
        assert building_key(house) == keys.building.public
        assert building_key(house) in {old, load_or_create(config.data / "keys" / "building").public}


def test_files_that_hold_no_key_the_log_names_stay_where_they_are(tmp_path: Path) -> None:
    for name in ("building", f"building{NEXT_FILE}", f"building{FORMER}"):
        load_or_create(tmp_path / name)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    settle(tmp_path, "building", Ed25519Signer.generate().public)
    settle(tmp_path, "building", load_or_create(tmp_path / "building").public)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before
