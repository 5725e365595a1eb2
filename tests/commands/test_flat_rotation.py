"""A stopped flat gets a fresh key: no crash loses a key, and the building hears of it when the flat runs again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
import json
from pathlib import Path

import aiohttp
import pytest

from commands import flatkeys
from commands.errors import CommandError
from commands.flatkeys import alone, flat_keys, rotate
from commands.main import main
from coordinator.enrolment import issue_invite
from localvpp import tlog
from localvpp.adopting import AdoptionBook
from localvpp.adoption import Adopted, Proven
from localvpp.etp import Body, Chain, Ed25519Signer, Kind, PublicKey, Record, RecordHash, load_or_create
from localvpp.guard import Guard
from localvpp.link import Link, LinkState, LinkStatus
from localvpp.membership import read_membership
from localvpp.notebook import Notebook
from localvpp.rotation import FlatKeys
from localvpp.store import FlatStore
from localvpp.wire import FromFlat, Membership, SlotResult, Terms

from ..coordinator.conftest import House
from ..coordinator.flat import WAIT_S, ManualClock

pytestmark = [
    pytest.mark.usefixtures("umask_kept"),
    # A connection that the coordinator keeps open for its next request leaves its timer.
    pytest.mark.parametrize("expected_lingering_timers", [True]),
]


@pytest.fixture
async def data(house: House, tmp_path: Path) -> Path:
    """The folder of an enrolled flat."""
    invite = await issue_invite(house.coordinator.engine, house.coordinator.config, "101", house.clock)
    folder = tmp_path / "flat"
    arguments = ["flat", "enrol", house.url, "--invite", invite.text, "--data", str(folder)]
    assert await asyncio.to_thread(main, arguments) == 0
    return folder


@pytest.fixture
def membership(data: Path) -> Membership:
    return read_membership(data / "membership.json")


@pytest.fixture
async def store(data: Path, membership: Membership) -> AsyncIterator[FlatStore]:
    store = await FlatStore.open(data / "flat.db", membership.device, membership.origin)
    yield store
    await store.close()


def logged_key(house: House) -> PublicKey:
    member = house.coordinator.ledger.directory.named("101")
    assert member is not None
    return member.key


class Ear:
    """Hears what the link says, and waits for some of it."""

    def __init__(self) -> None:
        self.proven = asyncio.Event()
        self.statuses: list[LinkStatus] = []

    def link_changed(self, status: LinkStatus) -> None:
        self.statuses.append(status)

    def records_proven(self, proven: Sequence[tuple[RecordHash, int]], pending: int) -> None:
        if not pending:
            self.proven.set()

    def terms_agreed(self, terms: Terms) -> None: ...
    def slot_settled(self, result: SlotResult) -> None: ...
    def frame_acknowledged(self, count: int) -> None: ...
    def ledger_distrusted(self, reason: str) -> None: ...
    def head_moved(self, checkpoint: tlog.Checkpoint, *, grown: bool) -> None: ...
    def ledger_forked(self, reason: str) -> None: ...

    async def drills_again(self) -> Sequence[FromFlat]:
        return ()

    async def market_again(self) -> Sequence[FromFlat]:
        return ()


async def run_until(
    house: House, membership: Membership, store: FlatStore, keys: FlatKeys, heard: Callable[[Ear], bool]
) -> Ear:
    """Let the flat's link run until something was heard."""
    ear = Ear()

    async def briefly(_: float) -> None:
        await asyncio.sleep(0.01)

    async with aiohttp.ClientSession() as session:
        guard = Guard(membership.origin, membership.device, Notebook(store), house.clock, ear)
        link = Link(
            session, membership, keys.current, store, guard, house.clock, ear, "test", briefly, former=keys.former
        )
        task = asyncio.create_task(link.run())
        try:
            async with asyncio.timeout(WAIT_S):
                while not heard(ear):
                    await asyncio.sleep(0.01)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    return ear


def names(data: Path) -> list[str]:
    """Return what key files there are."""
    return sorted(path.name for path in data.glob("flat.key*"))


def modes(data: Path) -> set[int]:
    """Return what the key files may be used for."""
    return {path.stat().st_mode & 0o777 for path in data.glob("flat.key*")}


async def test_a_key_in_a_token_is_not_rotated_and_the_command_says_so(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load_or_create(data / "flat.key").public
    turn = ["flat", "rotate-key", "--data", str(data)]
    assert await asyncio.to_thread(main, [*turn, "--key", "pkcs11:token=Flat;object=vpp"]) == 1
    assert "one in a token is not" in capsys.readouterr().err
    assert load_or_create(data / "flat.key").public == before
    (data / "flat.key").unlink()
    assert await asyncio.to_thread(main, turn) == 1
    assert "one in a token is not" in capsys.readouterr().err
    assert not (data / "flat.key").exists()
    assert not (data / "flat.key.next").exists()


async def test_the_command_turns_the_key_and_the_log_hears_of_it_when_the_flat_runs(
    house: House, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    membership = read_membership(data / "membership.json")
    old = logged_key(house)
    capsys.readouterr()
    assert await asyncio.to_thread(main, ["flat", "rotate-key", "--data", str(data)]) == 0
    shown = json.loads(capsys.readouterr().out)
    new = load_or_create(data / "flat.key").public
    assert shown == {"flat": "101", "fingerprint": new.fingerprint}
    assert new != old
    assert load_or_create(data / "flat.key.former").public == old
    assert modes(data) == {0o600}
    # One at a time: what is not proven yet is not rotated away from.
    assert await asyncio.to_thread(main, ["flat", "rotate-key", "--data", str(data)]) == 1
    assert "run the flat until it has" in capsys.readouterr().err

    store = await FlatStore.open(data / "flat.db", membership.device, membership.origin)
    try:
        keys = await flat_keys(data, store, membership)
        await run_until(house, membership, store, keys, lambda ear: ear.proven.is_set())
        assert logged_key(house) == new
        # The next connection is greeted with the key that the building knows now, also if the flat missed the answer.
        ear = await run_until(
            house, membership, store, keys, lambda ear: any(s.state is LinkState.ONLINE for s in ear.statuses)
        )
        assert not any(status.state is LinkState.REFUSED for status in ear.statuses)
        keys = await flat_keys(data, store, membership)
        assert (keys.current.public, keys.former) == (new, None)
        assert not (data / "flat.key.former").exists()
        assert (await rotate(data, store, membership, house.clock)).former is not None
    finally:
        await store.close()


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("at", ["before the record", "after the record", "after the old key got its new name"])
async def test_a_crash_at_any_step_leaves_a_flat_that_signs_as_its_chain_says(
    at: str, data: Path, membership: Membership, store: FlatStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = load_or_create(data / "flat.key").public
    clock = ManualClock()

    def crash(*_: object) -> None:
        raise Crash

    async def crash_soon(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        if at == "before the record":
            patch.setattr(store, "append", crash_soon)
        elif at == "after the record":
            patch.setattr(flatkeys, "_exchange", crash)
        else:
            patch.setattr(Path, "replace", crash)
        with pytest.raises(Crash):
            await rotate(data, store, membership, clock)
    fresh = load_or_create(data / "flat.key.next").public
    keys = await flat_keys(data, store, membership)
    recorded = at != "before the record"
    assert keys.current.public == (fresh if recorded else old)
    assert (keys.former is not None) == recorded
    if not recorded:
        keys = await rotate(data, store, membership, clock)
    assert keys.current.public == fresh, "the key that was made is the one that is used"
    assert keys.former is not None
    assert keys.former.public == old
    assert not (data / "flat.key.next").exists()
    (sealed,) = await store.unsent(10)
    record = Record.decode(sealed)
    record.verify(old, membership.origin)
    assert record.kind is Kind.ROTATE
    assert record.envelope.enrolled is not None
    assert record.envelope.enrolled.key == fresh


@pytest.mark.parametrize("at", [None, "before the fresh key was put aside", "before the old key was put back"])
async def test_a_rotation_that_gave_way_to_the_logs_record_leaves_a_flat_that_starts_with_its_old_key(
    at: str | None, data: Path, membership: Membership, store: FlatStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, clock = load_or_create(data / "flat.key"), ManualClock()
    # A second box with the old key had its record logged first; this flat takes that over.
    body = Body(
        start_ms=0,
        end_ms=0,
        slot_seconds=60,
        sender=membership.device,
        receiver=membership.building_key.device_id,
        energy_wh=0,
        attributes=(),
    )
    logged, after = Chain(membership.device, membership.origin).seal(old, Kind.EXCEPTION, 0, body)
    fresh = (await rotate(data, store, membership, clock)).current.public
    adopted = Adopted(0, (Proven(logged, 7, "a proof"),), after.head)
    assert [each.seq for each in await AdoptionBook(store).adopt(adopted, clock.wall_ms())] == [1]

    def crash(*_: object) -> None:
        raise Crash

    if at is not None:
        with monkeypatch.context() as patch:
            step = (flatkeys.os, "link") if at == "before the fresh key was put aside" else (Path, "replace")
            patch.setattr(*step, crash)
            with pytest.raises(Crash):
                await flat_keys(data, store, membership)
    for _ in range(2):
        keys = await flat_keys(data, store, membership)
        assert (keys.current.public, keys.former) == (old.public, None)
    assert names(data) == ["flat.key", "flat.key.next"]
    assert modes(data) == {0o600}
    # What was asked for can be done again, with the key that was made.
    keys = await rotate(data, store, membership, clock)
    assert keys.current.public == fresh
    assert keys.former is not None
    assert keys.former.public == old.public
    assert not (data / "flat.key.next").exists()


async def test_a_former_key_that_the_chain_does_not_name_is_not_put_back(
    data: Path, membership: Membership, store: FlatStore
) -> None:
    for name in ("flat.key", "flat.key.former"):
        (data / name).unlink(missing_ok=True)
    strangers = [load_or_create(data / name).public for name in ("flat.key", "flat.key.former")]
    with pytest.raises(CommandError, match="not the key that the flat was enrolled with: put that back"):
        await flat_keys(data, store, membership)
    assert [load_or_create(data / name).public for name in ("flat.key", "flat.key.former")] == strangers


async def test_a_key_that_the_chain_does_not_name_is_refused(
    data: Path, membership: Membership, store: FlatStore
) -> None:
    await rotate(data, store, membership, ManualClock())
    (data / "flat.key").unlink()
    load_or_create(data / "flat.key")
    with pytest.raises(CommandError, match="is not the key that the flat's own records name"):
        await flat_keys(data, store, membership)


async def test_a_flat_whose_both_keys_are_unknown_is_refused_and_goes_on_trying(
    house: House, membership: Membership, store: FlatStore
) -> None:
    strangers = FlatKeys(Ed25519Signer.generate(), Ed25519Signer.generate())
    ear = await run_until(
        house,
        membership,
        store,
        strangers,
        lambda ear: sum(status.state is LinkState.REFUSED for status in ear.statuses) == 2,
    )
    assert [status.state for status in ear.statuses[:4]] == [
        LinkState.CONNECTING,
        LinkState.REFUSED,
        LinkState.CONNECTING,
        LinkState.REFUSED,
    ]
    assert "greets with that one now" in ear.statuses[0].reason


def test_a_folder_is_one_process_at_a_time(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(CommandError, match="stop the flat that runs on it first"), alone(tmp_path):
        pytest.fail("two were let in")
    with alone(tmp_path):
        pass


async def test_a_flat_that_is_suspended_says_what_to_do_and_comes_back_by_itself(
    house: House, data: Path, membership: Membership, store: FlatStore
) -> None:
    keys = await flat_keys(data, store, membership)
    members = f"{house.url}/api/v1/members/101"
    manager = {"Authorization": f"Bearer {house.coordinator.web_token}"}
    for action, state in (
        ("suspend", LinkState.REFUSED),
        ("reinstate", LinkState.ONLINE),
        ("revoke", LinkState.REFUSED),
    ):
        async with house.session.post(f"{members}/{action}", headers=manager) as response:
            assert response.status == 200
        ear = await run_until(
            house,
            membership,
            store,
            keys,
            lambda ear, state=state: any(status.state is state for status in ear.statuses),  # type: ignore[misc]
        )
        reason = ear.statuses[-1].reason
        assert ("ask the manager" in reason) == (state is LinkState.REFUSED), reason
