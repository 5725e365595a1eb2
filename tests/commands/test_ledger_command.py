"""`local-vpp ledger`: keys are made once and for their owner alone, and open what is sealed for them anywhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import batched
import json
import os
from pathlib import Path
import shutil
import stat
from typing import Any

import aiohttp
import pytest

from commands.demo.building import run_coordinator
from commands.demo.processes import Processes, run_once
from commands.errors import CommandError
from commands.main import main
from coordinator.config import load
from coordinator.vault import recovery_recipient
from localvpp import tlog
from localvpp.clock import SystemClock
from localvpp.enrol import enrol
from localvpp.etp import Ed25519Signer, parse_envelope
from localvpp.logfolder import LogFolder
from localvpp.mirror import Mirror
from localvpp.notebook import Notebook
from localvpp.store import FlatStore
from localvpp.vault import Opening, Recipient, SecretKey, open_bodies, seal, seal_bodies
from localvpp.vaultcopies import VaultCopies
from localvpp.wire import FromCoordinator, Invite, Records, RecordsAck, decode, encode

from ..coordinator.conftest import FILE, House, open_house
from ..coordinator.flat import Flat, ManualClock, connected, received

pytestmark = pytest.mark.usefixtures("socket_enabled", "umask_kept")
ORIGIN = "vpp.example/test"
PATIENCE_S = 60


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["ledger", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


# --- Keys -------------------------------------------------------------------------------------------------------------


def test_an_auditors_key_is_his_alone_and_its_public_half_fits_the_buildings_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "auditor.key"
    code, out, err = ran(capsys, "auditor-key", str(key))
    secret = SecretKey.parse(key.read_text())
    assert (code, secret.label, out.strip()) == (0, "AUDITOR", secret.public.data.hex())
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert secret.text not in out + err
    file = tmp_path / "building.yaml"
    file.write_text(f'{FILE}auditors: [{{name: him, key: "{out.strip()}"}}]\n')
    assert load(file).auditors[0].key == secret.public
    code, out, err = ran(capsys, "auditor-key", str(key))
    assert (code, out) == (1, "")
    assert "is there already" in err
    assert SecretKey.parse(key.read_text()) == secret


def test_a_recovery_key_is_replaced_only_when_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "building.yaml"
    file.write_text(FILE)
    code, first, err = ran(capsys, "recovery-key", str(file))
    assert code == 0
    assert SecretKey.parse(first).public.id.hex() in err
    assert "the key before" not in err
    assert ran(capsys, "recovery-key", str(file))[0] == 1
    code, second, err = ran(capsys, "recovery-key", str(file), "--replace")
    assert (code, second != first) == (0, True)
    assert "Keep the sheet of the key before" in err
    assert recovery_recipient(tmp_path / "data/keys") == SecretKey.parse(second).public


def test_a_recovery_key_that_cannot_be_written_leaves_the_one_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "building.yaml"
    file.write_text(FILE)
    first = ran(capsys, "recovery-key", str(file))[1]

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    code, out, err = ran(capsys, "recovery-key", str(file), "--replace")
    assert (code, out) == (1, "")
    assert "No space left" in err
    keys = tmp_path / "data/keys"
    assert recovery_recipient(keys) == SecretKey.parse(first).public
    assert [path.name for path in keys.iterdir()] == ["recovery.pub"]


# --- What opens -------------------------------------------------------------------------------------------------------


@dataclass
class Sealed:
    """A building with an auditor, two flats and a mirror."""

    house: House
    key: Path
    flats: list[Flat]
    mirror: Mirror
    folder: Path
    vkey: str

    @property
    def secret(self) -> SecretKey:
        return SecretKey.parse(self.key.read_text())

    async def lived(self, slot: int) -> None:
        self.house.clock.pass_until((slot + 61) * 1000)
        for flat, energies in zip(self.flats, ((0, 10), (6, 0)), strict=True):
            records = [record.encode() for record in flat.slot(slot, *energies)]
            logged = await self.house.coordinator.ledger.submit(flat.device, records)
            assert all(result.index is not None for result in logged.results), logged
        assert await self.house.coordinator.settler.settle_ripe()

    async def catch_up(self) -> int:
        note = await (await self.house.get("/log/checkpoint")).read()
        checkpoint = tlog.open_checkpoint(note, await self.house.log_key()).checkpoint
        await self.mirror.catch_up(tlog.Head(checkpoint.size, checkpoint.root, note))
        return checkpoint.size

    async def open(
        self, where: str | Path, capsys: pytest.CaptureFixture[str], key: Path | None = None, *more: str
    ) -> tuple[int, list[dict[str, Any]], str]:
        """Run the command in a thread beside the coordinator that it asks."""
        arguments = ["ledger", "open", str(where), "--vkey", self.vkey, "--key", str(key or self.key), *more]
        code = await asyncio.to_thread(main, arguments)
        told = capsys.readouterr()
        return code, [json.loads(line) for line in told.out.splitlines()], told.err


@pytest.fixture
async def sealed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Sealed]:
    key, file, sheet = tmp_path / "auditor.key", tmp_path / "building.yaml", tmp_path / "sheet"
    file.write_text(FILE)
    sheet.write_text(ran(capsys, "recovery-key", str(file))[1])
    sheet.chmod(0o600)
    public = ran(capsys, "auditor-key", str(key))[1].strip()
    file.write_text(f'{FILE}auditors: [{{name: him, key: "{public}"}}]\n')
    device = Ed25519Signer.generate().public.device_id
    store = await FlatStore.open(tmp_path / "mirror.db", device, ORIGIN)
    try:
        async with open_house(load(file), ManualClock()) as house:
            flats = [await house.invited(name) for name in ("101", "102")]
            folder = tmp_path / "mirror"
            mirror = Mirror(ORIGIN, device, folder, Notebook(store), house.session, house.url, house.clock)
            vkey = tlog.VerifierKey.parse(house.coordinator.log_key)
            await mirror.open(vkey, 0)
            yield Sealed(house, key, flats, mirror, folder, vkey.encode())
    finally:
        await store.close()


def slot_of(sealed: Sealed) -> int:
    return sealed.house.clock.wall_ms() // 60_000 * 60


async def test_an_auditor_reads_all_of_it_from_the_building_and_from_a_mirror(
    sealed: Sealed, capsys: pytest.CaptureFixture[str]
) -> None:
    slot = slot_of(sealed)
    await sealed.lived(slot)
    size = await sealed.catch_up()
    code, over_http, _ = await sealed.open(f"{sealed.house.url}/log", capsys)
    assert code == 0
    summary = over_http.pop()
    assert [line["index"] for line in over_http] == list(range(size))
    assert (summary["opened"], summary["size"], summary["reasons"]) == (size, size, [])
    told = [line for line in over_http if line["kind"] == "interval"]
    assert {(line["device"], line["body"]["energy_wh"]) for line in told} == {
        (sealed.flats[0].device.hex(), 0),
        (sealed.flats[0].device.hex(), 10),
        (sealed.flats[1].device.hex(), 6),
        (sealed.flats[1].device.hex(), 0),
    }
    code, in_folder, _ = await sealed.open(sealed.folder, capsys)
    assert (code, in_folder) == (0, [*over_http, summary])
    code, by_sheet, _ = await sealed.open(sealed.folder, capsys, sealed.key.parent / "sheet")
    assert (code, by_sheet) == (0, in_folder), "the sheet opens what the auditor does"


async def test_what_was_erased_is_named_with_the_entry_that_says_so(
    sealed: Sealed, capsys: pytest.CaptureFixture[str]
) -> None:
    slot = slot_of(sealed)
    await sealed.lived(slot)
    response = await sealed.house.session.post(
        f"{sealed.house.url}/api/v1/members/101/erase",
        json={"until_ms": (slot + 60) * 1000},
        headers={"Authorization": f"Bearer {sealed.house.coordinator.web_token}"},
    )
    assert response.status == 200
    size = await sealed.catch_up()
    for where in (f"{sealed.house.url}/log", sealed.folder):
        code, lines, _ = await sealed.open(where, capsys)
        summary = lines.pop()
        assert (code, summary["opened"], summary["erased"], summary["withheld"]) == (0, size - 2, 2, 0)
        gone = lines[-2:]
        assert {line["device"] for line in gone} == {sealed.flats[0].device.hex()}
        assert [(line["body"], line["why"], line["erased_by"]) for line in gone] == [(None, "erased", size - 1)] * 2


async def test_bodies_that_are_withheld_exchanged_or_sealed_for_others_are_told(
    sealed: Sealed, capsys: pytest.CaptureFixture[str]
) -> None:
    await sealed.lived(slot_of(sealed))
    size = await sealed.catch_up()
    (copy,) = VaultCopies(LogFolder(sealed.folder)).all()
    bundle = tlog.Bundle(0, size)
    sheet = SecretKey.parse((sealed.key.parent / "sheet").read_text()).public
    openings = open_bodies(sealed.secret, ORIGIN, 0, size, copy.read(bundle))

    async def with_(recipients: list[Recipient], bodies: list[Opening | None]) -> tuple[dict[str, Any], dict[str, Any]]:
        copy.write(bundle, seal_bodies(recipients, ORIGIN, 0, bodies))
        code, lines, _ = await sealed.open(sealed.folder, capsys)
        assert code == 1
        return lines[-2], lines[-1]

    both = [sheet, sealed.secret.public]
    line, summary = await with_(both, [*openings[:7], None, *openings[8:]])
    assert (line["index"], line["why"], line["erased_by"]) == (7, "withheld", None)
    assert (summary["withheld"], summary["opened"]) == (1, size - 1)
    line, summary = await with_(both, [*openings[:7], openings[8], *openings[8:]])
    assert (line["index"], line["why"], summary["not_the_logged_one"]) == (7, "not_the_logged_one", 1)
    line, summary = await with_([sheet], openings)
    assert (line["why"], summary["unreadable"], summary["opened"]) == ("unreadable", size, 0)
    assert f"not for {sealed.secret.public.id.hex()}" in summary["reasons"][0]
    (sealed.folder / copy.path / f"000.p/{size}").unlink()
    code, lines, _ = await sealed.open(sealed.folder, capsys)
    assert (code, lines[-1]["unreadable"]) == (1, size)
    assert "has no sealed bodies beside it" in lines[-1]["reasons"][0]


async def test_with_a_policy_a_log_that_no_quorum_has_signed_is_not_opened(
    sealed: Sealed, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    await sealed.lived(slot_of(sealed))
    await sealed.catch_up()
    code, lines, _ = await sealed.open(sealed.folder, capsys)
    assert (code, lines[-1]["cosigned"]) == (0, "not looked at")
    key = tlog.SignerKey(f"{ORIGIN}/w/1", tlog.SignatureType.COSIGNATURE, bytes(32)).verifier_key
    file = tmp_path / "policy"
    file.write_bytes(tlog.Policy((), (tlog.PolicyWitness("flat", key),), (), "flat").encode())
    for where in (f"{sealed.house.url}/log", sealed.folder):
        code, lines, _ = await sealed.open(where, capsys, None, "--policy", str(file))
        assert (code, len(lines), lines[0]["ok"], lines[0]["cosigned"]) == (1, 1, False, [])


async def test_a_log_that_does_not_verify_is_not_opened_at_all(
    sealed: Sealed, capsys: pytest.CaptureFixture[str]
) -> None:
    await sealed.lived(slot_of(sealed))
    size = await sealed.catch_up()
    place = sealed.folder / f"tile/entries/000.p/{size}"
    data = bytearray(place.read_bytes())
    data[200] ^= 1
    place.write_bytes(bytes(data))
    code, lines, _ = await sealed.open(sealed.folder, capsys)
    assert (code, len(lines), lines[0]["ok"]) == (1, 1, False)
    assert lines[0]["fault"]["what"] == "entry"


async def test_a_key_that_others_can_read_or_that_is_none_is_refused(
    sealed: Sealed, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sealed.key.chmod(0o644)
    code, lines, err = await sealed.open(sealed.folder, capsys)
    assert (code, lines) == (1, [])
    assert "chmod 600" in err
    none = tmp_path / "none"
    none.touch(0o600)
    none.write_text("AUDITOR-ABC")
    code, lines, err = await sealed.open(sealed.folder, capsys, none)
    assert (code, lines) == (1, [])
    assert f"--key {none}: a secret key is" in err


# --- Copies -----------------------------------------------------------------------------------------------------------


async def test_a_mirrors_copies_are_listed_and_one_is_dropped_by_its_key(
    sealed: Sealed, capsys: pytest.CaptureFixture[str]
) -> None:
    await sealed.catch_up()
    mirror = str(sealed.folder)
    other = SecretKey.generate("RECOVERY")
    added = VaultCopies(LogFolder(sealed.folder)).begin(seal([other.public], b"", b""))
    added.write(tlog.Bundle(0), b"sealed")
    added.write(tlog.Bundle(1, 3), b"sealed")
    code, out, _ = ran(capsys, "copies", mirror)
    own, strange = (json.loads(line) for line in out.splitlines())
    now = sealed.house.clock.wall_ms() // 1000
    assert (code, own["bundles"], own["first_s"], own["newest_s"]) == (0, 0, now, now)
    assert strange == {"key": other.public.id.hex(), "bundles": 1, "first_s": None, "newest_s": None}
    code, _, err = ran(capsys, "copies", mirror, "--drop", "../tile")
    assert code == 1
    assert f"keeps no copy for that key, but for {own['key']}, {strange['key']}" in err
    code, out, _ = ran(capsys, "copies", mirror, "--drop", strange["key"])
    assert (code, [json.loads(line) for line in out.splitlines()]) == (0, [own])
    assert not added.path.exists()


# --- Processes --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_a_coordinators_process_is_audited_and_rebuilt_by_processes(tmp_path: Path) -> None:
    file, key, old, new, folder = (tmp_path / name for name in ("building.yaml", "auditor.key", "old", "new", "mirror"))
    public = (await run_once("ledger", "auditor-key", str(key))).strip()
    file.write_text(f'{FILE}auditors: [{{name: him, key: "{public}"}}]\n')
    old.write_text(await run_once("ledger", "recovery-key", str(file)))
    device = Ed25519Signer.generate().public.device_id

    async with AsyncExitStack() as stack:
        processes = await stack.enter_async_context(Processes(tmp_path / "logs"))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        store = await FlatStore.open(tmp_path / "mirror.db", device, ORIGIN)
        stack.push_async_callback(store.close)

        async def copy(url: str) -> int:
            mirror = Mirror(ORIGIN, device, folder, Notebook(store), session, url, SystemClock())
            await mirror.open(vkey, 0)
            async with session.get(f"{url}/log/checkpoint") as response:
                note = await response.read()
            head = tlog.open_checkpoint(note, tlog.Ed25519Verifier(vkey)).checkpoint
            await mirror.catch_up(tlog.Head(head.size, head.root, note))
            return head.size

        async def send(url: str, slots: int) -> None:
            """Send the records of some slots, fifty in a message, each when the one before is acknowledged."""
            async with asyncio.timeout(PATIENCE_S), connected(session, url, flat, building.key) as client:
                for some in batched(range(slots), 50, strict=False):
                    records = [record.encode() for at in some for record in flat.slot(begin + 60 * at, 12_345, 67)]
                    await client.socket.send_bytes(encode(Records(tuple(records))))
                    while not isinstance(message := decode(await received(client.socket), FromCoordinator), RecordsAck):
                        continue
                    assert all(result.index is not None for result in message.results), message.results

        async def audited(where: str) -> dict[str, Any]:
            told = await run_once("ledger", "open", where, "--vkey", vkey.encode(), "--key", str(key))
            lines = [json.loads(line) for line in told.splitlines()]
            used = [line["body"]["energy_wh"] for line in lines[:-1] if line["kind"] == "interval"]
            assert set(used) == {12_345, 67}
            return lines[-1]

        url = await run_coordinator(processes, file)
        async with session.get(f"{url}/api/v1/building") as response:
            vkey = tlog.VerifierKey.parse((await response.json())["log_key"])
        founded = LogFolder(tmp_path / "data/log")
        building = parse_envelope(tlog.read_bundle(founded, tlog.Bundle(0, 1))[0]).envelope.enrolled
        assert building is not None
        invite = json.loads(await run_once("coordinator", "invite", str(file), "101", "--json"))["invite"]
        flat = Flat("101", ORIGIN, building.device)
        await enrol(session, url, Invite.parse(invite), flat.signer, software="test")
        begin = SystemClock().wall_ms() // 3_600_000 * 3600 - 86_400
        await send(url, 140)
        size = await copy(url)
        assert size > 256
        assert (await audited(str(folder)))["opened"] == size
        told = await audited(f"{url}/log")  # Meanwhile it settles slots.
        assert told["opened"] == told["size"] >= size

        # The sheet is lost and replaced; the mirror has all of it for both keys, and says so.
        await processes.kill("coordinator")
        new.write_text(await run_once("ledger", "recovery-key", str(file), "--replace"))
        url = await run_coordinator(processes, file)
        begin += 60 * 140
        await send(url, 3)
        size = await copy(url)
        copies = [json.loads(line) for line in (await run_once("ledger", "copies", str(folder))).splitlines()]
        assert [each["key"] for each in copies] == [
            SecretKey.parse(path.read_text()).public.id.hex() for path in (new, old)
        ]
        assert (await audited(str(folder)))["opened"] == size

        await processes.kill("coordinator")
        await asyncio.to_thread(shutil.rmtree, tmp_path / "data")
        rebuilding = ["ledger", "rebuild", str(file), "--from", str(folder), "--recovery-key"]
        with pytest.raises(CommandError, match=r"records do not open: .*--leave-unreadable"):
            await run_once(*rebuilding, str(old))
        told = json.loads(await run_once(*rebuilding, str(old), "--recovery-key", str(new)))
        assert (told["size"], told["unreadable"], told["erased"]) == (size, 0, 0)
        url = await run_coordinator(processes, file)
        told = await audited(f"{url}/log")
        assert told["opened"] == told["size"] >= size
