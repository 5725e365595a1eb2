"""A building comes back from one flat's mirror and a sheet of paper, and forks nothing by that."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
import json
from pathlib import Path
import shutil
import sys

import aiohttp
import pytest

from coordinator.config import BuildingConfig, ConfigError
from coordinator.ledger import FolderLock, LedgerError, LedgerUnavailableError
from coordinator.nextkey import SHEET, key_on_sheet
from coordinator.rebuild import RebuildError, rebuild
from coordinator.site import REBUILT, claimed
from coordinator.store import prices as price_store
from coordinator.store.payments import Bookings
from coordinator.vault import make_recovery_key, recovery_recipient
from coordinator.witnesses import Said
from localvpp import tlog
from localvpp.audit import audit_payments
from localvpp.etp import (
    Algorithm,
    Ed25519Signer,
    Enrolled,
    Kind,
    PublicKey,
    Record,
    Register,
    cbor,
    foresee,
    parse_envelope,
)
from localvpp.guard import witness_name
from localvpp.logfolder import LogFolder
from localvpp.mirror import Mirror
from localvpp.notebook import Notebook
from localvpp.settlement import DYNAMIC, KeyName, KeyRule
from localvpp.store import FlatStore
from localvpp.vault import RECOVERY, Opening, SecretKey, open_bodies, seal, seal_bodies

from .conftest import NEXT, ORIGIN, SLOT, House, open_house, turn_key
from .flat import WAIT_S, Flat, ManualClock
from .test_payments import deposit, log_of, post, reversal

SECRET = SecretKey(RECOVERY, b"7" * 32)
OTHER = SecretKey(RECOVERY, b"8" * 32)


@dataclass
class Lost:
    """What a building was before its server was lost, and the mirror that is left of it."""

    mirror: Path
    size: int
    root: bytes
    slots: list[object]
    flats: list[Flat]
    witness: tlog.Ed25519Cosigner


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SLOT * 1000 - 60_000)


@pytest.fixture
def sharing() -> KeyRule:
    """By which key the building shares."""
    return DYNAMIC


@pytest.fixture
async def lost(
    config: BuildingConfig, clock: ManualClock, tmp_path: Path, socket_enabled: None, sharing: KeyRule
) -> Lost:
    """Three flats, one of which witnesses; a slot that was shared in and one that nobody shared in."""
    keys = config.data / "keys"
    keys.mkdir(parents=True, mode=0o700)
    make_recovery_key(keys, SECRET)
    async with open_house(replace(config, sharing=sharing), clock) as house:
        flats = [await house.invited(name) for name in ("101", "102", "103")]
        witness = tlog.Ed25519Cosigner(
            tlog.SignerKey(witness_name(ORIGIN, flats[0].device), tlog.SignatureType.COSIGNATURE, b"w" * 32)
        )
        clock.pass_until((SLOT + 121) * 1000)
        await submit(house, flats[0], [name_witness(flats[0])])
        for flat, use, sold in zip(flats, (0, 6, 9), (10, 0, 0), strict=True):
            signed = [*flat.slot(SLOT, use, sold), flat.gas(SLOT, 5_000, 5_120), *flat.slot(SLOT + 60, 4)]
            await submit(house, flat, signed)
        settled = await house.coordinator.settler.settle_ripe()
        assert [slot.slot for slot in settled] == [SLOT, SLOT + 60]
        mirror = await mirrored(house, tmp_path)
        ledger = house.coordinator.ledger
        assert ledger.published is not None
        slots = await (await house.get("/api/v1/slots")).json()
        return Lost(mirror, ledger.size, ledger.published.root, slots, flats, witness)


def name_witness(flat: Flat) -> Record:
    key = Ed25519Signer(b"w" * 32).public
    assert key.algorithm is Algorithm.ED25519
    return flat.seal(
        Kind.WITNESS,
        SLOT,
        flat.body(SLOT, 0, registers=(Register(0, 0), Register(0, 0))),
        Enrolled(flat.device, PublicKey(key.algorithm, key.data)),
    )


async def submit(house: House, flat: Flat, records: list[Record]) -> None:
    logged = await house.coordinator.ledger.submit(flat.device, [record.encode() for record in records])
    assert all(result.index is not None for result in logged.results), logged


async def mirrored(house: House, tmp_path: Path, name: str = "mirror") -> Path:
    """Have a flat's mirror copy the log as it is now."""
    flat = Ed25519Signer(b"m" * 32).public.device_id
    store = await FlatStore.open(tmp_path / f"{name}.db", flat, ORIGIN)
    try:
        async with aiohttp.ClientSession() as session:
            mirror = Mirror(ORIGIN, flat, tmp_path / name, Notebook(store), session, house.url, house.clock)
            key = (await (await house.get("/api/v1/building")).json())["log_key"]
            await mirror.open(tlog.VerifierKey.parse(key), 0)
            note = await (await house.get("/log/checkpoint")).read()
            checkpoint = tlog.open_checkpoint(note, await house.log_key()).checkpoint
            await mirror.catch_up(tlog.Head(checkpoint.size, checkpoint.root, note))
    finally:
        await store.close()
    return tmp_path / name


@pytest.fixture
def elsewhere(config: BuildingConfig, tmp_path: Path) -> BuildingConfig:
    """The building's file with an empty data folder."""
    return replace(config, data=tmp_path / "elsewhere")


@pytest.mark.parametrize("sharing", [KeyRule(KeyName.STATIC, {"101": 1, "102": 3, "103": 5})])
async def test_slots_are_settled_again_by_the_key_that_they_were_settled_by(
    lost: Lost, elsewhere: BuildingConfig, clock: ManualClock, sharing: KeyRule
) -> None:
    rebuilt = await rebuild(elsewhere, lost.mirror, [SECRET], clock)
    assert (rebuilt.slots, rebuilt.unsettled) == (2, 0)
    async with open_house(replace(elsewhere, sharing=sharing), clock) as house:
        assert await (await house.get("/api/v1/slots")).json() == lost.slots
        async with house.coordinator.engine.connect() as connection:
            prices = await price_store.every(connection)
        assert prices is not None
        assert [each.key for each in prices.periods] == [sharing.word]
        assert prices.rule(sharing.word) == sharing


async def test_everything_that_the_log_told_comes_back_and_goes_on(
    lost: Lost, elsewhere: BuildingConfig, clock: ManualClock
) -> None:
    rebuilt = await rebuild(elsewhere, lost.mirror, [SECRET], clock)
    assert (rebuilt.size, rebuilt.root) == (lost.size, lost.root)
    assert (rebuilt.members, rebuilt.slots, rebuilt.erased, rebuilt.unsettled) == (4, 2, 0, 0)
    async with open_house(elsewhere, clock) as house:
        ledger = house.coordinator.ledger
        assert (ledger.size, ledger.published.root if ledger.published else None) == (lost.size, lost.root)
        assert await (await house.get("/api/v1/slots")).json() == lost.slots
        assert [member.name for member in ledger.directory.flats] == ["101", "102", "103"]
        for index in range(lost.size):
            assert (await house.get(f"/api/v1/records/{index}")).status == 200
        # No record before the witness has signed the head: it may know of a later one.
        with pytest.raises(LedgerUnavailableError, match="a quorum of the witnesses has yet to sign"):
            await submit(house, lost.flats[0], lost.flats[0].slot(SLOT + 120, 1))
        async with house.link(lost.flats[0]) as client:
            assert client.terms.held
        await sign(house, lost, size=0)
        assert ledger.held is None
        assert not (elsewhere.data / REBUILT).exists()
        async with house.link(lost.flats[0]) as client:
            assert not client.terms.held
            assert client.welcome.last is not None
        clock.pass_ms(120_000)
        records = lost.flats[1].slot(SLOT + 120, 1)
        await submit(house, lost.flats[1], records)
        assert ledger.size == lost.size + len(records)


async def test_the_sheet_of_the_next_key_is_as_good_after_a_rebuild_as_before(
    lost: Lost, elsewhere: BuildingConfig, clock: ManualClock, tmp_path: Path
) -> None:
    """The log has the commitment; the key itself is in no mirror, and needs none."""
    await rebuild(elsewhere, lost.mirror, [SECRET], clock)
    assert not any(SHEET in path.name for path in elsewhere.data.rglob("*"))
    with pytest.raises(LedgerError, match="waits for its witnesses"):
        await turn_key(elsewhere, clock)
    async with open_house(elsewhere, clock) as house:
        await sign(house, lost, size=0)
    assert await turn_key(elsewhere, clock) == NEXT.public
    after = foresee(key_on_sheet(elsewhere.data / SHEET).public, ORIGIN)
    async with open_house(elsewhere, clock) as house:
        assert (house.key, house.next_key) == (NEXT.public, after)
        mirror = await mirrored(house, tmp_path, "later")
    # So it is of a mirror from after the rotation: what stands now is what the newest rotation says.
    again = replace(elsewhere, data=tmp_path / "again")
    await rebuild(again, mirror, [SECRET], clock)
    async with open_house(again, clock) as house:
        assert (house.key, house.next_key) == (NEXT.public, after)


async def sign(house: House, lost: Lost, size: int, root: bytes | None = None) -> None:
    """Ask the witness once; it has signed a head of some size before."""
    head = tlog.NO_HEAD if root is None else tlog.Head(size, tlog.to_hash(root), b"")
    key = (await (await house.get("/api/v1/building")).json())["log_key"]
    state = {ORIGIN: tlog.WitnessedLog(ORIGIN, (tlog.VerifierKey.parse(key),), head)}
    answered = asyncio.Event()

    async def ask(request: bytes) -> Said:
        answer = tlog.add_checkpoint(state, request, house.clock.wall_ms() // 1000, [lost.witness])
        if answer.log is not None:
            state[ORIGIN] = answer.log
        answered.set()
        return Said(int(answer.status), answer.content_type, answer.body)

    cosigning = house.coordinator.cosigning
    signed = asyncio.Event()
    cosigning.subscribe(lambda state: signed.set() if state.met else None)
    task = asyncio.create_task(cosigning.ask(lost.flats[0].device.hex(), ask))
    try:
        async with asyncio.timeout(WAIT_S):
            await answered.wait()
            if root is None:
                await signed.wait()
            else:
                while cosigning.trouble is None:
                    await asyncio.sleep(0.01)
    finally:
        task.cancel()


async def test_a_mirror_that_was_behind_is_found_out_by_the_witness_and_nothing_forks(
    lost: Lost, elsewhere: BuildingConfig, clock: ManualClock
) -> None:
    await rebuild(elsewhere, lost.mirror, [SECRET], clock)
    async with open_house(elsewhere, clock) as house:
        await sign(house, lost, size=lost.size + 5, root=bytes(32))
        assert house.coordinator.cosigning.trouble is not None
        assert f"{lost.size + 5} entries" in house.coordinator.cosigning.trouble
        with pytest.raises(LedgerUnavailableError):
            await submit(house, lost.flats[0], lost.flats[0].slot(SLOT + 120, 1))
        assert (elsewhere.data / REBUILT).exists()


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda mirror: (mirror / "checkpoint").unlink(), "checkpoint is missing"),
        (lambda mirror: shutil.rmtree(copy_in(mirror) / "building"), "the building's own part is missing"),
        (lambda mirror: damage(newest(copy_in(mirror) / "building")), "does not open"),
        (lambda mirror: shutil.rmtree(copy_in(mirror) / "000.p"), "the mirror lacks vault/000.p"),
        (lambda mirror: damage(next((copy_in(mirror) / "000.p").iterdir())), "do not open: vault/000.p"),
        (lambda mirror: damage(newest(mirror / "tile/entries/000.p")), "is damaged at tile/entries/000.p"),
        (lambda mirror: damage(newest(mirror / "tile/0/000.p")), "is damaged at"),
        (lambda mirror: damage(mirror / "checkpoint"), "checkpoint"),
    ],
    ids=["no head", "no keys", "keys", "no bodies", "bodies", "entries", "tile", "head"],
)
async def test_a_damaged_mirror_is_refused_with_what_is_wrong(
    spoil: Callable[[Path], object], named: str, lost: Lost, elsewhere: BuildingConfig, clock: ManualClock
) -> None:
    spoil(lost.mirror)
    with pytest.raises(RebuildError, match=named):
        await rebuild(elsewhere, lost.mirror, [SECRET], clock)


def copy_in(mirror: Path) -> Path:
    (copy,) = (mirror / "vault").iterdir()
    return copy


def newest(folder: Path) -> Path:
    return max(folder.iterdir(), key=lambda path: int(path.name))


async def test_another_sheet_opens_nothing(lost: Lost, elsewhere: BuildingConfig, clock: ManualClock) -> None:
    with pytest.raises(RebuildError, match="take the key of that sheet"):
        await rebuild(elsewhere, lost.mirror, [OTHER], clock)
    assert not elsewhere.data.exists()


async def replaced(config: BuildingConfig, lost: Lost, clock: ManualClock, tmp_path: Path, recovery: SecretKey) -> int:
    """Seal for another recovery key, log one record more, and let the flat's mirror follow; return the log's size."""
    make_recovery_key(config.data / "keys", recovery)
    async with open_house(config, clock) as house:
        await sign(house, lost, size=0)
        clock.pass_ms(120_000)
        await submit(house, lost.flats[1], lost.flats[1].slot(SLOT + 120, 1))
        await mirrored(house, tmp_path)
        return house.coordinator.ledger.size


async def test_after_its_key_was_replaced_a_building_comes_back_with_the_new_sheet(
    lost: Lost, config: BuildingConfig, elsewhere: BuildingConfig, clock: ManualClock, tmp_path: Path
) -> None:
    size = await replaced(config, lost, clock, tmp_path, OTHER)
    rebuilt = await rebuild(elsewhere, lost.mirror, [SECRET, OTHER], clock)
    assert (rebuilt.size, rebuilt.unreadable, rebuilt.erased, rebuilt.slots) == (size, 0, 0, 2)
    assert recovery_recipient(elsewhere.data / "keys") == OTHER.public, "what is newest is sealed for it"
    again = replace(elsewhere, data=tmp_path / "again")
    assert (await rebuild(again, lost.mirror, [OTHER], clock)).unreadable == 0


async def test_who_seals_for_himself_takes_nothing_from_the_papers_owner(
    lost: Lost, config: BuildingConfig, elsewhere: BuildingConfig, clock: ManualClock, tmp_path: Path
) -> None:
    size = await replaced(config, lost, clock, tmp_path, OTHER)
    with pytest.raises(RebuildError, match=rf"bodies of {size - lost.size} records do not open: .*--leave-unreadable"):
        await rebuild(elsewhere, lost.mirror, [SECRET], clock)
    assert not elsewhere.data.exists()
    rebuilt = await rebuild(elsewhere, lost.mirror, [SECRET], clock, leave_unreadable=True)
    assert (rebuilt.size, rebuilt.unreadable) == (size, size - lost.size)
    assert (rebuilt.members, rebuilt.slots, rebuilt.erased, rebuilt.unsettled) == (4, 2, 0, 0)
    assert recovery_recipient(elsewhere.data / "keys") == SECRET.public
    async with open_house(elsewhere, clock) as house:
        assert [(await house.get(f"/api/v1/records/{index}")).status for index in range(size)] == [200] * lost.size + [
            410
        ] * rebuilt.unreadable


async def test_parts_that_were_only_said_to_be_for_the_sheet_are_passed_over(
    lost: Lost, elsewhere: BuildingConfig, clock: ManualClock
) -> None:
    """Whoever was on the server knows the public key, and seals for it what he likes."""
    place = newest(copy_in(lost.mirror) / "building")
    context = cbor.encode(["local-vpp building", ORIGIN])
    for later, files in enumerate([[["log", "ab" * 32]], [["log", "no key"]], []], 1):
        listed: list[cbor.Value] = [list[cbor.Value](pair) for pair in files]
        sealed = seal([SECRET.public], context, cbor.encode([listed, []]))
        place.with_name(str(int(place.name) + later)).write_bytes(sealed)
    place.with_name(str(int(place.name) + 9)).write_bytes(b"nonsense")
    assert (await rebuild(elsewhere, lost.mirror, [SECRET], clock)).root == lost.root


async def test_what_flats_paid_comes_back_and_is_booked_on(
    config: BuildingConfig, elsewhere: BuildingConfig, clock: ManualClock, tmp_path: Path, socket_enabled: None
) -> None:
    keys = config.data / "keys"
    keys.mkdir(parents=True, mode=0o700)
    make_recovery_key(keys, SECRET)
    paid, kept = deposit("101", "r1", 20_000), deposit("102", "r2", 5_000)
    async with open_house(config, clock) as house:
        for name in ("101", "102"):
            await house.invited(name)
        assert (await post(house, paid, kept))[0] == 200
        before = await Bookings(house.coordinator.engine).every()
        mirror = await mirrored(house, tmp_path)
    await rebuild(elsewhere, mirror, [SECRET], clock)
    async with open_house(elsewhere, clock) as house:
        assert await Bookings(house.coordinator.engine).every() == before
        assert await post(house, paid, kept) == (200, {"recorded": [], "known": ["r1", "r2"]})
        assert (await post(house, reversal("r1")))[0] == 200
        assert audit_payments(await log_of(house)) == ()


def leave_out(lost: Lost, *indexes: int) -> None:
    """Seal the vault's bodies anew as whoever was on the server could: without some of them."""
    part = newest(copy_in(lost.mirror) / "000.p")
    bodies = open_bodies(SECRET, ORIGIN, 0, lost.size, part.read_bytes())
    left: list[Opening | None] = [None if index in indexes else body for index, body in enumerate(bodies)]
    part.write_bytes(seal_bodies([SECRET.public], ORIGIN, 0, left))


def of_kind(lost: Lost, kind: Kind) -> list[int]:
    """Return which entries of the mirror are of a kind."""
    entries = tlog.read_bundle(LogFolder(lost.mirror), tlog.Bundle(0, lost.size))
    return [index for index, entry in enumerate(entries) if parse_envelope(entry).envelope.kind is kind]


@pytest.mark.parametrize("kind", [Kind.INTERVAL, Kind.TRANSFER, Kind.SETTLED, Kind.ENROL])
async def test_a_body_that_is_left_out_is_not_erased_without_the_logs_word(
    kind: Kind, lost: Lost, elsewhere: BuildingConfig, clock: ManualClock
) -> None:
    """Whoever was on the server seals empty places for the right key."""
    gone = of_kind(lost, kind)
    leave_out(lost, *gone)
    with pytest.raises(
        RebuildError, match=rf"bodies of {len(gone)} records do not open: .* entry {gone[0]}, and no entry of the log"
    ):
        await rebuild(elsewhere, lost.mirror, [SECRET], clock)
    assert not elsewhere.data.exists()
    if kind is Kind.ENROL:  # Without its name no member comes back, whatever is to be left out.
        with pytest.raises(RebuildError, match="whose name is not there"):
            await rebuild(elsewhere, lost.mirror, [SECRET], clock, leave_unreadable=True)
        return
    rebuilt = await rebuild(elsewhere, lost.mirror, [SECRET], clock, leave_unreadable=True)
    assert (rebuilt.unreadable, rebuilt.erased, rebuilt.slots, rebuilt.unsettled) == (len(gone), 0, 0, 2)
    async with open_house(elsewhere, clock) as house:
        await sign(house, lost, size=0)
        assert house.coordinator.ledger.held is None
        clock.pass_ms(3_600_000)
        assert await house.coordinator.settler.settle_ripe() == [], "what the log says is settled is settled once"


async def test_what_is_in_the_way_is_left_alone(lost: Lost, elsewhere: BuildingConfig, clock: ManualClock) -> None:
    elsewhere.data.mkdir()
    (elsewhere.data / "building.db").write_bytes(b"somebody's")
    with pytest.raises(RebuildError, match="is not empty"):
        await rebuild(elsewhere, lost.mirror, [SECRET], clock)
    assert (elsewhere.data / "building.db").read_bytes() == b"somebody's"


@pytest.mark.slow
@pytest.mark.parametrize("where", ["inside", "outside"])
async def test_a_rebuild_that_is_killed_at_any_step_starts_no_coordinator_and_is_done_anew(
    where: str, lost: Lost, elsewhere: BuildingConfig, clock: ManualClock, tmp_path: Path
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.coordinator.crashing_rebuild"),
        *(str(elsewhere.file), str(lost.mirror), where),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    *killed, whole = [json.loads(line) for line in out.splitlines()]
    assert (whole["came_through"], whole["refused"]) == (True, None)
    assert len(killed) >= 12
    for each in killed:
        assert (each["again"], each["whole"]) == (0, whole["left"]), each
        # Before the mark nothing of a building is there, and after it is gone everything.
        if each["refused"] is None:
            assert {name for name in each["left"] if not name.startswith(".")} <= {"lock", "rebuilding.new"}, each
        else:
            assert "its rebuild has not ended, or was broken off" in each["refused"]
    assert sum(each["refused"] is not None for each in killed) >= 6
    assert any({"building.db", "keys"} & set(each["left"]) for each in killed if each["refused"])
    outside = tmp_path / f"outside-{killed[-1]['step']}.db"
    config = replace(
        elsewhere,
        data=tmp_path / f"data-{killed[-1]['step']}",
        database=None if where == "inside" else f"sqlite+aiosqlite:///{outside}",
    )
    async with open_house(config, clock) as house:
        assert house.coordinator.ledger.size == lost.size
        assert await (await house.get("/api/v1/slots")).json() == lost.slots
        await sign(house, lost, size=0)
        assert house.coordinator.ledger.held is None


async def test_a_rebuild_and_a_coordinator_keep_each_other_out(
    lost: Lost, elsewhere: BuildingConfig, clock: ManualClock
) -> None:
    elsewhere.data.mkdir()
    with FolderLock(elsewhere.data), pytest.raises(LedgerError, match="is in use by process"):
        await rebuild(elsewhere, lost.mirror, [SECRET], clock)
    with claimed(elsewhere.data):
        with pytest.raises(LedgerError, match="is in use by process"):
            await rebuild(elsewhere, lost.mirror, [SECRET], clock)
        with pytest.raises(ConfigError, match="its rebuild has not ended"):
            async with open_house(elsewhere, clock):
                pytest.fail("it started from a part of a building")
    assert (await rebuild(elsewhere, lost.mirror, [SECRET], clock)).size == lost.size


async def test_a_database_that_holds_another_log_is_left_alone(
    lost: Lost, config: BuildingConfig, elsewhere: BuildingConfig, clock: ManualClock
) -> None:
    taken = replace(elsewhere, database=config.database_url)
    for _ in range(2):
        with pytest.raises(RebuildError, match="the database holds a log already"):
            await rebuild(taken, lost.mirror, [SECRET], clock)
    async with open_house(config, clock) as house:
        assert house.coordinator.ledger.size == lost.size
