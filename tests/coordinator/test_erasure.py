"""What a flat's records said is destroyed: in the database's file, over REST and in mirrors; the log stays whole."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select, text

from commands.log import verify
from coordinator.config import BuildingConfig
from coordinator.ledger import Directory
from coordinator.manager import begin_of
from coordinator.rebuild import rebuild
from coordinator.store import close_database, conflicts as conflict_store, members as member_store, open_database
from coordinator.store.tables import shares
from coordinator.vault import make_recovery_key
from localvpp import tlog
from localvpp.etp import (
    Body,
    DeviceId,
    Ed25519Signer,
    Kind,
    Record,
    Register,
    Standing,
    parse_envelope,
    prove_equivocation,
)
from localvpp.logfolder import LogFolder
from localvpp.mirror import Mirror, MirrorError
from localvpp.notebook import Notebook
from localvpp.store import FlatStore
from localvpp.vault import RECOVERY, SecretKey, open_bodies
from localvpp.vaultcopies import VaultCopy

from .conftest import ORIGIN, SLOT, House, on_both_databases, open_house
from .flat import Flat, ManualClock
from .test_members import agrees, post, rotation, said

SECRET = SecretKey(RECOVERY, b"7" * 32)
UNTIL = {"until_ms": (SLOT + 120) * 1000}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock((SLOT - 600) * 1000)


@pytest.fixture
async def house(config: BuildingConfig, clock: ManualClock, socket_enabled: None) -> AsyncIterator[House]:
    keys = config.data / "keys"
    keys.mkdir(parents=True, mode=0o700)
    make_recovery_key(keys, SECRET)
    async with open_house(config, clock) as opened:
        yield opened


BEHIND = {"generated": Register(500, 530), "charged": Register(0, 0), "discharged": Register(0, 0)}


async def own_of(house: House, device: DeviceId) -> list[tuple[int | None, int | None]]:
    """What is kept of what a flat made and used in its slots, in their order."""
    query = select(shares.c.made_wh, shares.c.used_wh).where(shares.c.device == device).order_by(shares.c.slot)
    async with house.coordinator.engine.connect() as connection:
        return [(row.made_wh, row.used_wh) for row in await connection.execute(query)]


async def submit(house: House, flat: Flat, records: list[Record]) -> list[int]:
    logged = await house.coordinator.ledger.submit(flat.device, [record.encode() for record in records])
    indexes = [result.index for result in logged.results]
    assert None not in indexes, logged
    return [index for index in indexes if index is not None]


async def lived(house: House, *, flats: tuple[str, ...] = ("101", "102")) -> dict[str, Flat]:
    """Two settled slots with energy shared from the first flat to the other."""
    clock = house.clock
    enrolled = {name: await house.invited(name) for name in flats}
    clock.pass_until((SLOT + 121) * 1000)
    for slot in (SLOT, SLOT + 60):
        for name, flat in enrolled.items():
            came, went = (0, 10) if name == "101" else (6, 0)
            await submit(house, flat, flat.slot(slot, came, went, behind=BEHIND))
    assert len(await house.coordinator.settler.settle_ripe()) == 2
    return enrolled


async def statuses(house: House) -> dict[int, tuple[int, str]]:
    """Return for each record whether it can still be read, and its kind."""
    found = {}
    for event in await (await house.get("/api/v1/records?limit=500")).json():
        response = await house.get(f"/api/v1/records/{event['index']}")
        found[event["index"]] = (response.status, event["kind"])
    return found


@on_both_databases
async def test_only_the_flats_own_bodies_go_and_the_log_verifies_as_before(house: House) -> None:
    flats = await lived(house)
    ledger = house.coordinator.ledger
    before = ledger.size
    slots = await (await house.get("/api/v1/slots")).json()
    assert await said(house, "101/erase", UNTIL) == {"flat": "101", "erased": 4, "kept": 0}
    assert ledger.size == before + 1
    own = {"101": flats["101"].device.hex()}
    events = {event["index"]: event for event in await (await house.get("/api/v1/records?limit=500")).json()}
    for index, (status, kind) in (await statuses(house)).items():
        erased = kind == "interval" and events[index]["device"] == own["101"]
        assert status == (410 if erased else 200), (index, kind)
        assert (events[index]["energy_wh"] is None) == erased
        assert (await house.get(f"/api/v1/records/{index}/proof")).status == 200
    newest = await house.get(f"/api/v1/records/{before}")
    said_so = Record.decode(await newest.read())
    assert (said_so.kind, said_so.envelope.concerns) == (Kind.ERASED, flats["101"].device)
    assert (said_so.body.start_ms, said_so.body.end_ms) == (SLOT * 1000, (SLOT + 120) * 1000)
    assert said_so.body.evidence == ()
    # Slots stay as they were settled, and whoever checks the log finds it whole.
    assert await (await house.get("/api/v1/slots")).json() == slots
    assert verify(ledger.folder, await house.log_key())["ok"]
    agrees(house)
    # Asked again, there is nothing more to erase, and nothing more to say.
    assert await said(house, "101/erase", UNTIL) == {"flat": "101", "erased": 0, "kept": 0}
    assert ledger.size == before + 1


async def test_what_a_flat_drew_of_gas_goes_with_its_energy(house: House) -> None:
    flats = await lived(house)
    (index,) = await submit(house, flats["101"], [flats["101"].gas(SLOT, 5_000, 5_120)])
    (other,) = await submit(house, flats["102"], [flats["102"].gas(SLOT, 7_000, 7_030)])
    assert (await said(house, "101/erase", UNTIL))["erased"] == 5
    assert [(await house.get(f"/api/v1/records/{each}")).status for each in (index, other)] == [410, 200]
    assert verify(house.coordinator.ledger.folder, await house.log_key())["ok"]


async def test_not_a_byte_of_an_erased_body_stays_in_the_databases_files(house: House, config: BuildingConfig) -> None:
    flats = await lived(house)
    flat = flats["101"]
    # A second record with a seq that is logged is evidence, kept with its body.
    head = flat.chain.head
    twin = replace(flat.chain, head=replace(head, seq=head.seq - 1))
    other, _ = twin.seal(flat.signer, Kind.INTERVAL, SLOT, flat_body(flat))
    await house.coordinator.ledger.submit(flat.device, [other.encode()])
    async with house.coordinator.engine.connect() as connection:
        rows = list(
            await connection.execute(
                text("SELECT salt, body FROM entries WHERE device = :device"), {"device": bytes(flat.device)}
            )
        )
        assert (await connection.execute(text("SELECT sealed FROM conflicts"))).scalar_one() == other.encode()
    secrets = [secret for row in rows for secret in (row.salt, row.body)]
    secrets += [other.salt, other.body.encode()]
    assert len(secrets) == 10
    stored = await asyncio.to_thread(database_bytes, config)
    assert all(secret in stored for secret in secrets), "they are looked for in the right place"
    await said(house, "101/erase", UNTIL)
    stored = await asyncio.to_thread(database_bytes, config)
    assert [secret for secret in secrets if secret in stored] == []
    async with house.coordinator.engine.connect() as connection:
        kept = (await connection.execute(text("SELECT sealed FROM conflicts"))).scalar_one()
        # What is left of it still proves that the key is in two hands.
        evidence = await conflict_store.evidence(connection, other.hash)
    assert parse_envelope(kept).hash == other.hash
    assert evidence is not None
    assert prove_equivocation(*evidence, flat.key).seq == head.seq


def flat_body(flat: Flat) -> Body:
    return replace(Record.decode(flat.slot(SLOT, 77)[0].encode()).body, place="evidence")


def database_bytes(config: BuildingConfig) -> bytes:
    files = sorted(config.data.glob("building.db*"))
    assert len(files) == 3, files
    return b"".join(file.read_bytes() for file in files)


async def test_what_is_not_settled_yet_is_kept_and_counted(house: House) -> None:
    flats = await lived(house)
    house.clock.pass_until((SLOT + 181) * 1000)
    await submit(house, flats["101"], flats["101"].slot(SLOT + 120, 3))
    until = {"until_ms": (SLOT + 180) * 1000}
    assert await said(house, "101/erase", until) == {"flat": "101", "erased": 4, "kept": 2}
    await submit(house, flats["102"], flats["102"].slot(SLOT + 120, 3))
    (settled,) = await house.coordinator.settler.settle_ripe()
    assert settled.missing == ()
    assert await said(house, "101/erase", until) == {"flat": "101", "erased": 2, "kept": 0}


async def test_what_a_flat_made_and_used_goes_with_its_bodies_and_its_bill_stays(house: House) -> None:
    flats = await lived(house)
    both = [(30, 20), (30, 20)]
    assert await own_of(house, flats["101"].device) == both
    await said(house, "101/erase", {"until_ms": (SLOT + 119) * 1000})
    assert await own_of(house, flats["101"].device) == [(None, None), (30, 20)]
    assert await own_of(house, flats["102"].device) == [(30, 36), (30, 36)], "nobody else's"
    wallet = await (await house.get(f"/api/v1/flats/101/wallet?begin={SLOT}&end={SLOT + 120}")).json()
    assert (wallet["generated_wh"], wallet["generated_slots"], wallet["slots"]) == (30, 1, 2)
    assert wallet["export_wh"] == 20


async def test_slots_that_end_later_are_not_touched(house: House) -> None:
    await lived(house)
    assert (await said(house, "101/erase", {"until_ms": (SLOT + 119) * 1000}))["erased"] == 2
    assert (await said(house, "102/erase", {"until_ms": SLOT * 1000}))["erased"] == 0


async def test_all_devices_that_a_flat_has_had_are_erased(house: House) -> None:
    await lived(house)
    await said(house, "101/revoke")
    await house.invited("101")
    assert (await said(house, "101/erase", UNTIL))["erased"] == 4


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        ({}, "until_ms"),
        ({"until_ms": "2026-01-01"}, "write the time in milliseconds"),
        ({"until_ms": True}, "write the time in milliseconds"),
        ({"until_ms": -1}, "write the time in milliseconds"),
        ({"until_ms": 2**52}, "lies ahead"),
    ],
)
async def test_a_time_that_is_none_is_refused(request_: Any, named: str, house: House) -> None:
    await lived(house)
    size = house.coordinator.ledger.size
    status, answer = await post(house, "101/erase", request_)
    assert (status, answer["error"]["code"]) == (400, "bad_request")
    assert named in answer["error"]["message"]
    assert house.coordinator.ledger.size == size


def test_a_day_begins_by_the_clock_of_its_place() -> None:
    assert begin_of(date(2026, 4, 1), UTC) == 1_775_001_600_000


# --- Mirrors ----------------------------------------------------------------------------------------------------------


class Mirroring:
    """A flat's mirror of the running building."""

    def __init__(self, house: House, mirror: Mirror, folder: Path) -> None:
        self.house = house
        self.mirror = mirror
        self.folder = LogFolder(folder)

    async def catch_up(self) -> None:
        note = await (await self.house.get("/log/checkpoint")).read()
        checkpoint = tlog.open_checkpoint(note, await self.house.log_key()).checkpoint
        await self.mirror.catch_up(tlog.Head(checkpoint.size, checkpoint.root, note))

    def sealed(self) -> dict[str, bytes]:
        """Return all sealed parts that lie in the folder, by name."""
        place = self.copy.path
        return {
            f"vault/{path.relative_to(place)}": path.read_bytes()
            for path in place.rglob("*")
            if path.is_file() and path.parent.name != "building"
        }

    @property
    def copy(self) -> VaultCopy:
        return VaultCopy(self.folder, SECRET.public.id.hex())

    def erased(self) -> set[int]:
        """Open what is sealed; return the places of the bodies that are not there."""
        size = self.house.coordinator.ledger.size
        found = set()
        for bundle in tlog.bundles_to_write(0, size):
            first = bundle.index * tlog.TILE_WIDTH
            data = self.copy.read(bundle)
            bodies = open_bodies(SECRET, ORIGIN, first, bundle.width, data)
            found |= {first + at for at, body in enumerate(bodies) if body is None}
        return found


@pytest.fixture
async def mirroring(house: House, tmp_path: Path) -> AsyncIterator[Mirroring]:
    device = Ed25519Signer.generate().public.device_id
    store = await FlatStore.open(tmp_path / "mirror.db", device, ORIGIN)
    try:
        async with aiohttp.ClientSession() as session:
            mirror = Mirror(ORIGIN, device, tmp_path / "mirror", Notebook(store), session, house.url, house.clock)
            await mirror.open(tlog.VerifierKey.parse((await house_of(house))["log_key"]), 0)
            yield Mirroring(house, mirror, tmp_path / "mirror")
    finally:
        await store.close()


async def house_of(house: House) -> dict[str, str]:
    answer: dict[str, str] = await (await house.get("/api/v1/building")).json()
    return answer


async def many(house: House, flat: Flat, until: int) -> None:
    """Let the log grow over a bundle's end."""
    slot = SLOT + 120
    while house.coordinator.ledger.size < until:
        house.clock.pass_until((slot + 61) * 1000)
        await submit(house, flat, flat.slot(slot, 1))
        slot += 60


@pytest.mark.parametrize("size", [0, 300, 520], ids=["a partial bundle", "a whole bundle", "two whole bundles"])
async def test_a_mirror_forgets_what_was_erased(size: int, house: House, mirroring: Mirroring) -> None:
    flats = await lived(house)
    await mirroring.catch_up()
    await many(house, flats["102"], size)
    await mirroring.catch_up()
    before = mirroring.sealed()
    assert mirroring.erased() == set()
    await said(house, "101/erase", UNTIL)
    await mirroring.catch_up()
    gone = {index for index, (status, _) in (await statuses(house)).items() if status == 410} if size == 0 else None
    after = mirroring.sealed()
    assert len(mirroring.erased()) == 4
    assert gone in (None, mirroring.erased())
    first = next(name for name in before if name.startswith("vault/000"))
    assert before[first] not in after.values(), "the old sealed part is gone from the folder"
    # A bundle without a record of the flat is not fetched again.
    assert {name for name in before if name in after and before[name] == after[name]} == (
        {"vault/001"} if size == 520 else set()
    )


async def test_a_mirror_that_cannot_replace_a_part_does_not_sign_and_does_it_later(
    house: House, mirroring: Mirroring, monkeypatch: pytest.MonkeyPatch
) -> None:
    flats = await lived(house)
    await many(house, flats["102"], 300)
    await mirroring.catch_up()
    old = mirroring.folder.read_checkpoint()
    await said(house, "101/erase", UNTIL)
    write = mirroring.folder.__class__.write

    def full(self: LogFolder, files: Any) -> None:
        listed = list(files)
        if any(path.endswith("/000") and path.startswith("vault/") for path, _ in listed):
            raise OSError(28, "No space left on device")
        write(self, listed)

    with monkeypatch.context() as patch:
        patch.setattr(LogFolder, "write", full)
        with pytest.raises(MirrorError, match="No space left"):
            await mirroring.catch_up()
    assert mirroring.folder.read_checkpoint() == old
    await mirroring.catch_up()
    assert len(mirroring.erased()) == 4


async def test_a_rebuilt_building_knows_members_and_what_was_erased(
    house: House, mirroring: Mirroring, config: BuildingConfig, clock: ManualClock, tmp_path: Path
) -> None:
    flats = await lived(house)
    await submit(house, flats["102"], [rotation(flats["102"], Ed25519Signer.generate())])
    await said(house, "101/erase", UNTIL)
    await said(house, "101/revoke")
    again = await house.invited("101")
    await said(house, "101/suspend")
    await mirroring.catch_up()
    known = house.coordinator.ledger.directory
    elsewhere = replace(config, data=tmp_path / "elsewhere")
    rebuilt = await rebuild(elsewhere, mirroring.folder.path, [SECRET], clock)
    assert (rebuilt.members, rebuilt.erased, rebuilt.slots, rebuilt.unsettled) == (4, 4, 0, 2)
    engine = await open_database(elsewhere.database_url)
    try:
        async with engine.connect() as connection:
            members = Directory(await member_store.every(connection))
    finally:
        await close_database(engine)
    assert {device: member.line for device, member in members.by_device.items()} == {
        device: member.line for device, member in known.by_device.items()
    }
    named = members.named("101")
    assert named is not None
    assert named.device == again.device
    assert [member.standing for member in members.history("101")] == [Standing.REVOKED, Standing.SUSPENDED]
