"""The building's next key: made before the log commits to it, kept off the server, needed once."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import update

from commands.main import main
from coordinator.app import serving
from coordinator.config import BuildingConfig
from coordinator.keys import load_keys, write_private
from coordinator.ledger import LedgerError
from coordinator.nextkey import LABEL, SHEET, commit, founding_commitment, key_on_sheet, sheet_here
from coordinator.rotation import rotate_own
from coordinator.store import Role, close_database, open_database, tables
from coordinator.vault import make_recovery_key, open_building
from localvpp.etp import BadKeyError, Ed25519Signer, NextKey, PublicKey, foresee, load_or_create
from localvpp.vault import RECOVERY, SecretKey, read_sheet, write_sheet

from .conftest import ORIGIN, House, open_house, prepare
from .flat import ManualClock

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def founded(config: BuildingConfig, clock: ManualClock) -> tuple[NextKey | None, str]:
    """Start a coordinator; return what its log commits to, and what it says of its keys."""
    async with aiohttp.ClientSession() as session, serving(config, clock, gather_s=0) as (coordinator, _):
        member = coordinator.ledger.directory.named("building")
        assert member is not None
        house = House(coordinator, session, clock)
        state = await (await house.get("/api/v1/state")).json()
        health = await (await house.get("/healthz", token=False)).json()
        assert state["next_key_here"] == ("lies on the server" in health["checks"]["keys"])
        return member.next_key, health["checks"]["keys"]


async def test_a_first_start_leaves_a_sheet_and_says_so_until_it_is_taken_away(
    config: BuildingConfig, clock: ManualClock, tmp_path: Path
) -> None:
    committed, told = await founded(config, clock)
    place = config.data / SHEET
    assert place.stat().st_mode & 0o777 == 0o600
    assert committed == foresee(key_on_sheet(place).public, ORIGIN)
    assert f"the building's next key lies on the server: print {place}" in told
    assert await founded(config, clock) == (committed, told)
    kept = place.rename(tmp_path / "away")
    assert await founded(config, clock) == (committed, "ok")
    assert not place.exists(), "there is one next key at a time"
    fresh = await rotate_own(config, Role.BUILDING, clock, sheet=kept)
    assert fresh == key_on_sheet(kept).public
    committed, told = await founded(config, clock)
    assert committed == foresee(key_on_sheet(place).public, ORIGIN)
    assert "lies on the server" in told


async def test_a_start_that_was_broken_off_commits_to_the_sheet_that_it_left(
    config: BuildingConfig, clock: ManualClock
) -> None:
    config.data.mkdir(mode=0o700, exist_ok=True)
    left = sheet_here(config.data).public
    assert (await founded(config, clock))[0] == foresee(left, ORIGIN)


async def test_the_sheet_of_a_rotation_that_was_broken_off_is_not_taken_for_the_next_keys(
    config: BuildingConfig, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the manager would throw the good sheet away."""
    committed, _ = await founded(config, clock)
    kept, place = (config.data / SHEET).rename(tmp_path / "kept"), config.data / SHEET

    async def crash(*_: object) -> None:
        raise OSError("the power is cut")

    with monkeypatch.context() as patch:
        patch.setattr("coordinator.rotation.Scribe.rotate", crash)
        with pytest.raises(OSError, match="power"):
            await rotate_own(config, Role.BUILDING, clock, sheet=kept)
    left, shown = key_on_sheet(place).public, config.data / "keys" / "building.next"
    now, told = await founded(config, clock)
    assert now == committed
    assert told == (
        f"the building's next key lies on the server, in {shown}: a rotate-key was broken off, or the log is of before "
        f"one. Do it again; or, if you still have its sheet, delete that file and {place}"
    )
    place.rename(tmp_path / "deleted")
    assert (await founded(config, clock))[1] == told, "the key itself is there still"
    (tmp_path / "deleted").rename(place)
    aside = shown.rename(tmp_path / "building.next")
    now, told = await founded(config, clock)
    assert now == committed
    assert told == (
        f"{place} is of no key that the log has committed to: a rotate-key was broken off. Do it again, or delete that "
        "file; the sheet that you keep is still the next key's"
    )
    aside.rename(shown)
    await rotate_own(config, Role.BUILDING, clock)
    now, told = await founded(config, clock)
    assert now == foresee(left, ORIGIN)
    assert not shown.exists()
    assert "lies on the server" in told
    place.write_text("nonsense")
    assert "is of no key that the log has committed to" in (await founded(config, clock))[1]


async def test_a_rotation_that_is_refused_leaves_the_next_key_off_the_server(
    config: BuildingConfig, clock: ManualClock
) -> None:
    await founded(config, clock)
    with pytest.raises(LedgerError, match="move the sheet away from the server"):
        await rotate_own(config, Role.BUILDING, clock, sheet=config.data / SHEET)
    assert not (config.data / "keys" / "building.next").exists()


async def test_a_sheet_that_was_used_up_is_not_committed_to_again(
    config: BuildingConfig, clock: ManualClock, tmp_path: Path
) -> None:
    """No key comes back, so that after this the building's could never be renewed."""
    await founded(config, clock)
    place, first = config.data / SHEET, tmp_path / "first"
    place.rename(first)
    await rotate_own(config, Role.BUILDING, clock, sheet=first)
    second = place.rename(tmp_path / "second")
    for used in ("building", "building.former"):
        place.write_text(write_sheet(LABEL, load_or_create(config.data / "keys" / used).seed()))
        with pytest.raises(LedgerError, match="signs with, or did, and none comes back"):
            await rotate_own(config, Role.BUILDING, clock, sheet=second)
    place.unlink()
    assert await rotate_own(config, Role.BUILDING, clock, sheet=second) == key_on_sheet(second).public


async def test_no_building_is_founded_on_a_next_key_that_signs_already(
    config: BuildingConfig, clock: ManualClock
) -> None:
    prepare(config)
    commit(config.data / "keys", load_keys(config.data / "keys", ORIGIN).building.public, ORIGIN)
    with pytest.raises(BadKeyError, match="could never renew its key"):
        await founded(config, clock)
    prepare(config)
    assert await founded(config, clock)


async def test_no_next_key_is_made_while_a_coordinator_runs(
    config: BuildingConfig, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be founding just then, and have committed to another."""
    async with open_house(config, clock):
        assert await asyncio.to_thread(main, ["coordinator", "next-key", str(config.file)]) == 1
        assert "is in use by process" in capsys.readouterr().err


async def test_a_log_of_an_older_version_is_not_gone_on_with(config: BuildingConfig, clock: ManualClock) -> None:
    await founded(config, clock)
    engine = await open_database(config.database_url)
    async with engine.begin() as connection:
        await connection.execute(update(tables.members).values(next_key=None))
    await close_database(engine)
    with pytest.raises(LedgerError, match="begun by an older version"):
        await founded(config, clock)


async def test_the_manager_prints_the_sheet_before_the_first_start_and_the_server_keeps_nothing_of_it(
    config: BuildingConfig, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    keys: list[PublicKey] = []
    for _ in range(2):
        assert await asyncio.to_thread(main, ["coordinator", "next-key", str(config.file)]) == 0
        label, secret = read_sheet(capsys.readouterr().out)
        assert label == LABEL
        keys.append(Ed25519Signer(secret).public)
    everything = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file())
    assert secret not in everything
    assert secret.hex().encode() not in everything
    assert await founded(config, clock) == (foresee(keys[1], ORIGIN), "ok")
    assert not (config.data / SHEET).exists()
    assert await asyncio.to_thread(main, ["coordinator", "next-key", str(config.file)]) == 1
    assert "the log has committed to a next key already" in capsys.readouterr().err


async def test_a_sheet_that_lies_there_is_not_made_void_by_another(
    config: BuildingConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    config.data.mkdir(mode=0o700, exist_ok=True)
    sheet_here(config.data)
    assert await asyncio.to_thread(main, ["coordinator", "next-key", str(config.file)]) == 1
    assert "the building's next key is made already" in capsys.readouterr().err


def test_what_is_no_commitment_founds_nothing(config: BuildingConfig) -> None:
    prepare(config)
    key = Ed25519Signer.generate().public
    commit(config.data / "keys", key, ORIGIN)
    assert founding_commitment(config.data, ORIGIN) == foresee(key, ORIGIN)
    for text in ("", "nonsense", "ab" * 31):
        (config.data / "keys" / "building.committed").write_text(text)
        with pytest.raises(BadKeyError, match="holds no commitment of 64 hex digits"):
            founding_commitment(config.data, ORIGIN)


async def test_the_next_key_is_in_no_copy_of_the_building_that_mirrors_keep(
    config: BuildingConfig, clock: ManualClock
) -> None:
    """Not even where a rotation that was broken off has left it among the building's keys."""
    secret, next_key = SecretKey.generate(RECOVERY), Ed25519Signer.generate()
    prepare(config)
    await asyncio.to_thread(make_recovery_key, config.data / "keys", secret)
    commit(config.data / "keys", next_key.public, ORIGIN)
    write_private(config.data / "keys" / "building.next", next_key.seed().hex())
    async with open_house(config, clock) as house:
        answer = await house.get("/log/vault/building", token=False)
        files, _ = open_building(secret, ORIGIN, await answer.read())
    assert "building" in files
    assert next_key.seed().hex() not in files.values()
