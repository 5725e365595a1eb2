"""What a flat believes of the keys of other devices: what the log holds, signed by who may say it, and nothing else."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localvpp.agreeing import KeyHistory, Stand
from localvpp.clock import SystemClock
from localvpp.etp import (
    Body,
    Chain,
    DeviceId,
    Ed25519Signer,
    Enrolled,
    EtpError,
    FieldError,
    Kind,
    Record,
    SignatureError,
    Standing,
    foresee,
)
from localvpp.guard import Guard
from localvpp.lineage import Lineage, Since
from localvpp.notebook import Notebook
from localvpp.store import FlatStore
from localvpp.tlog import TlogError
from localvpp.trading.keybook import KeyBook
from localvpp.trading.proving import Log
from localvpp.wire import MOST_KEYS, AskKeys, Keys, LoggedEnvelope, Membership, sign_keys

from .place import ORIGIN, SLOT
from .small_coordinator import Ear, SmallLog

ONE, TWO, THREE, OWN, FLAT, FRESH, STRANGER = (Ed25519Signer(bytes([each]) * 32) for each in range(1, 8))
"""Keys of the building, one after the other; those of flats."""
BUILDING, ME, OTHER = ONE.public.device_id, OWN.public.device_id, FLAT.public.device_id
NEXT = {each.public: foresee(after.public, ORIGIN) for each, after in ((ONE, TWO), (TWO, THREE), (THREE, STRANGER))}


class House:
    """A building's log, as it is written: whatever a test has it say."""

    def __init__(self) -> None:
        self.log = SmallLog()
        self.chains: dict[DeviceId, Chain] = {}
        self.entries: list[tuple[int, bytes]] = []
        self.key = ONE
        self.write(BUILDING, ONE, Kind.ENROL, enrolled=Enrolled(BUILDING, ONE.public), next_key=NEXT[ONE.public])

    def write(self, device: DeviceId, signer: Ed25519Signer, kind: Kind, **other: Any) -> int:
        receiver = ME if device == BUILDING else BUILDING
        body = Body.word(SLOT * 1000, SLOT * 1000, 60, sender=device, receiver=receiver)
        chain = self.chains.get(device, Chain(device, ORIGIN))
        record, self.chains[device] = chain.seal(signer, kind, SLOT, body, **other)
        return self.add(record)

    def add(self, record: Record) -> int:
        index = self.log.add(record.signed.statement.data)
        self.entries.append((index, record.signed.statement.data))
        return index

    def enrol(self, signer: Ed25519Signer = FLAT, by: Ed25519Signer | None = None) -> int:
        named = Enrolled(signer.public.device_id, signer.public)
        return self.write(BUILDING, by or self.key, Kind.ENROL, enrolled=named)

    def renew(self, fresh: Ed25519Signer) -> int:
        index = self.write(BUILDING, self.key, Kind.ROTATE, successor=fresh, next_key=NEXT[fresh.public])
        self.key = fresh
        return index

    def lineage(self, *since: Since) -> Lineage:
        """The building's keys, as a flat knows them; by itself, that it knows the newest from its enrolment."""
        return Lineage(BUILDING, since or (Since(0, self.key.public),), NEXT[self.key.public])

    def told(self, asked: AskKeys, until: int | None = None, without: int | None = None) -> Keys:
        until = len(self.log.entries) if until is None else until
        entries = tuple(
            LoggedEnvelope(data, index, self.log.proof(index).path)
            for index, data in self.entries
            if asked.since <= index < until and index != without
        )
        return self.signed(Keys(asked.devices, asked.since, until, entries, self.log.checkpoint().decode(), b""))

    def signed(self, told: Keys, device: DeviceId = ME, by: Ed25519Signer | None = None) -> Keys:
        return replace(told, statement=sign_keys(by or self.key, BUILDING, ORIGIN, device, told))


@pytest.fixture
def house() -> House:
    return House()


@asynccontextmanager
async def keybook(path: Path) -> AsyncIterator[KeyBook]:
    membership = Membership("http://127.0.0.1", ORIGIN, "101", ME, ONE.public, NEXT[ONE.public])
    store = await FlatStore.open(path / "flat.db", ME, ORIGIN)
    try:
        guard = Guard(ORIGIN, ME, Notebook(store), SystemClock(), Ear())
        book = KeyBook(membership, store, guard, SystemClock())
        await book.restore()
        yield book
    finally:
        await store.close()


async def learn(book: KeyBook, house: House, lineage: Lineage | None = None, **told: Any) -> KeyHistory:
    """Ask for the other flat's key, and take the answer."""
    (asked,) = book.ask({OTHER}, 0)
    log = Log(ORIGIN, lineage or house.lineage(), house.log.verifier)
    assert await book.take(house.told(asked, **told), log) == ([], True)
    return book.history(OTHER)


async def test_a_flats_key_is_that_of_its_enrolment_until_it_rotates(house: House, tmp_path: Path) -> None:
    enrolled = house.enrol()
    rotated = house.write(OTHER, FLAT, Kind.ROTATE, successor=FRESH)
    async with keybook(tmp_path) as book:
        known = await learn(book, house)
    active = Standing.ACTIVE
    assert known.stands == (Stand(enrolled, FLAT.public, active), Stand(rotated, FRESH.public, active))


async def test_what_is_known_is_kept_over_a_restart_and_not_asked_for_again(house: House, tmp_path: Path) -> None:
    house.enrol()
    async with keybook(tmp_path) as book:
        known = await learn(book, house)
    size = len(house.log.entries)
    async with keybook(tmp_path) as book:
        assert book.history(OTHER) == known
        assert book.lacking({OTHER}, size) == frozenset()
        assert book.lacking({OTHER, ME}, size) == {ME}
        assert book.lacking({OTHER}, size + 1) == {OTHER}, "the log may say more of it by now"


async def test_a_suspension_and_what_ends_it_are_part_of_what_is_known(house: House, tmp_path: Path) -> None:
    kinds = (Kind.SUSPEND, Kind.REINSTATE, Kind.REVOKE)
    said = [house.enrol(), *(house.write(BUILDING, ONE, kind, concerns=OTHER) for kind in kinds)]
    async with keybook(tmp_path) as book:
        known = await learn(book, house)
    standings = [Standing.ACTIVE, Standing.SUSPENDED, Standing.ACTIVE, Standing.REVOKED]
    assert [(each.behind, each.standing) for each in known.stands] == list(zip(said, standings, strict=True))


async def test_a_flat_that_was_enrolled_after_the_building_had_renewed_its_key_believes_what_was_signed_before(
    house: House, tmp_path: Path
) -> None:
    enrolled = house.enrol()
    house.renew(TWO)
    house.renew(THREE)
    async with keybook(tmp_path) as book:
        known = await learn(book, house)
    assert known.stands == (Stand(enrolled, FLAT.public, Standing.ACTIVE),)


def forged_enrolment(house: House) -> None:
    """A key that is not the building's."""
    house.enrol(by=STRANGER)


def former_key(house: House) -> None:
    """The key that the building had before."""
    house.renew(TWO)
    house.enrol(by=ONE)


def stolen_rotation(house: House) -> None:
    """A flat's key is renewed by somebody else."""
    house.enrol()
    house.write(OTHER, STRANGER, Kind.ROTATE, successor=FRESH)


def suspended_by_a_neighbour(house: House) -> None:
    """Only the building suspends."""
    house.enrol()
    house.enrol(FRESH)
    house.write(FRESH.public.device_id, FRESH, Kind.SUSPEND, concerns=OTHER)


def elsewhere(house: House) -> None:
    """Of another building's log."""
    chain = Chain(BUILDING, "vpp.example/another", house.chains[BUILDING].head)
    body = Body.word(SLOT * 1000, SLOT * 1000, 60, sender=BUILDING, receiver=ME)
    record, _ = chain.seal(ONE, Kind.ENROL, SLOT, body, Enrolled(OTHER, FLAT.public))
    house.add(record)


def two_enrolments(house: House) -> None:
    """One device with two keys."""
    house.enrol()
    house.write(BUILDING, ONE, Kind.ENROL, enrolled=Enrolled(OTHER, FRESH.public))


@pytest.mark.parametrize(
    "lie", [forged_enrolment, former_key, stolen_rotation, suspended_by_a_neighbour, elsewhere, two_enrolments]
)
async def test_entries_that_no_honest_log_holds_are_not_believed(
    house: House, tmp_path: Path, lie: Callable[[House], None]
) -> None:
    lie(house)
    async with keybook(tmp_path) as book:
        with pytest.raises(EtpError):
            await learn(book, house)
        assert book.history(OTHER) == KeyHistory()


async def test_an_old_key_enrols_nobody_behind_a_rotation_that_is_not_told(house: House, tmp_path: Path) -> None:
    """The flat knows of the rotation by itself: whoever has the old key, and the log's, cannot hide it."""
    rotated = house.renew(TWO)
    house.enrol(by=ONE)
    async with keybook(tmp_path) as book:
        with pytest.raises(FieldError, match="do not lead to the key that it signs with"):
            await learn(book, house, without=rotated)


async def test_an_entry_that_is_not_in_the_log_is_not_believed(house: House, tmp_path: Path) -> None:
    index = house.enrol()
    async with keybook(tmp_path) as book:
        (asked,) = book.ask({OTHER}, 0)
        right = house.told(asked)
        other = House()
        other.enrol(FRESH)
        entries = (right.entries[0], replace(right.entries[1], envelope=other.entries[index][1]))
        with pytest.raises(TlogError):
            await book.take(house.signed(replace(right, entries=entries)), log_of(house))


@pytest.mark.parametrize(
    ("device", "by", "error"), [(OTHER, ONE, FieldError), (ME, STRANGER, SignatureError), (ME, TWO, SignatureError)]
)
async def test_what_the_building_has_not_signed_for_this_flat_is_not_believed(
    house: House, tmp_path: Path, device: DeviceId, by: Ed25519Signer, error: type[EtpError]
) -> None:
    house.enrol()
    async with keybook(tmp_path) as book:
        (asked,) = book.ask({OTHER}, 0)
        with pytest.raises(error):
            await book.take(house.signed(house.told(asked), device, by), log_of(house))


async def test_nobody_between_the_two_can_leave_a_rotation_out(house: House, tmp_path: Path) -> None:
    house.enrol()
    rotated = house.write(OTHER, FLAT, Kind.ROTATE, successor=FRESH)
    async with keybook(tmp_path) as book:
        (asked,) = book.ask({OTHER}, 0)
        told = house.told(asked)
        entries = tuple(each for each in told.entries if each.index != rotated)
        with pytest.raises(FieldError, match="was signed over others"):
            await book.take(replace(told, entries=entries), log_of(house))


async def test_an_answer_that_takes_many_messages_is_put_together_and_kept_when_it_is_whole(
    house: House, tmp_path: Path
) -> None:
    enrolled = house.enrol()
    rotated = house.write(OTHER, FLAT, Kind.ROTATE, successor=FRESH)
    size = len(house.log.entries)
    async with keybook(tmp_path) as book:
        (asked,) = book.ask({OTHER}, size)
        for until in (enrolled, rotated):
            ((asked,), whole) = await book.take(house.told(asked, until), log_of(house))
            assert (whole, asked) == (False, AskKeys((OTHER,), until))
            assert book.history(OTHER) == KeyHistory()
        assert await book.take(house.told(asked), log_of(house)) == ([], True)
        assert [each.key for each in book.history(OTHER).stands] == [FLAT.public, FRESH.public]


async def test_an_answer_that_does_not_go_on_ends_the_connection(house: House, tmp_path: Path) -> None:
    house.enrol()
    size = len(house.log.entries)
    async with keybook(tmp_path) as book:
        (asked,) = book.ask({OTHER}, size)
        ((asked,), _) = await book.take(house.told(asked, 1), log_of(house))
        with pytest.raises(FieldError, match="and no further"):
            await book.take(house.told(asked, 1), log_of(house))


async def test_keys_that_were_not_asked_for_change_nothing(house: House, tmp_path: Path) -> None:
    house.enrol()
    async with keybook(tmp_path) as book:
        assert await book.take(house.told(AskKeys((OTHER,), 0)), log_of(house)) == ([], False)
        assert book.history(OTHER) == KeyHistory()


async def test_one_question_is_out_at_a_time_and_a_new_connection_begins_anew(house: House, tmp_path: Path) -> None:
    house.enrol()
    many = {DeviceId(at.to_bytes(16)) for at in range(1, MOST_KEYS)}
    async with keybook(tmp_path) as book:
        (first,) = book.ask({OTHER}, 0)
        assert book.ask({*many, ME}, 0) == []
        ((second,), whole) = await book.take(house.told(first), log_of(house))
        assert whole
        assert set(second.devices) == {*many, ME}
        book.again()
        (third,) = book.ask({ME}, 0)
        assert third.devices == (ME,)
        assert book.history(OTHER).stands, "what is known stays"


async def test_a_device_that_the_log_does_not_know_is_not_kept(house: House, tmp_path: Path) -> None:
    async with keybook(tmp_path) as book:
        assert await learn(book, house) == KeyHistory()
        assert book.lacking({OTHER}, 1) == frozenset(), "it was asked for"
        book.again()
        assert book.lacking({OTHER}, 1) == {OTHER}


def log_of(house: House) -> Log:
    return Log(ORIGIN, house.lineage(), house.log.verifier)


@pytest.mark.parametrize(
    ("devices", "since"),
    [((), 0), (tuple(DeviceId(bytes(16)) for _ in range(MOST_KEYS + 1)), 0), ((DeviceId(bytes(15)),), 0), ((ME,), -1)],
)
def test_a_question_names_a_bounded_number_of_devices(devices: tuple[DeviceId, ...], since: int) -> None:
    with pytest.raises(ValueError, match=r"devices|since"):
        AskKeys(devices, since)
