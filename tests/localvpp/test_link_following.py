"""A flat believes its building's renewed key only if the one before has foreseen it, and only in a log that it knows.

That is one which has grown out of the log that it has witnessed. Whoever lies here has all keys that lie on a server:
the building's, and the log's.
"""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest

from localvpp import tlog
from localvpp.etp import Chain, DeviceId, Ed25519Signer, PublicKey, Record, foresee
from localvpp.guard import Guard, WitnessMovedError
from localvpp.lineage import Lineage, load_lineage
from localvpp.link import Link, LinkState, following
from localvpp.notebook import Evidence, EvidenceKind, Notebook
from localvpp.store import FlatStore, StoreError
from localvpp.wire import AskWitness, BuildingRotated, Hello, Membership, Terms, WitnessSays

from .place import NEXT, ORIGIN, HandClock
from .small_coordinator import Ear, SmallCoordinator, SmallLog, Waits

FRESH, FORGED = NEXT, Ed25519Signer(b"\x22" * 32)

type Begin = Callable[[], Any]


def history(name: str, count: int) -> SmallLog:
    """A log under the log's own key, with entries that tell it from every other."""
    log = SmallLog()
    for at in range(count):
        log.add(f"{name} {at}".encode())
    return log


@pytest.fixture
async def link(start: Begin, coordinator: SmallCoordinator, ear: Ear) -> Link:
    """A flat that has witnessed the honest log's five entries, and is connected."""
    coordinator.log = history("honest", 5)
    link: Link = await start()
    await ear.status(LinkState.ONLINE)
    await coordinator.say(coordinator.announce())
    assert (await ear.next("head", tlog.Checkpoint)).size == 5
    return link


async def again(coordinator: SmallCoordinator, ear: Ear, waits: Waits) -> None:
    """End the connection, and let the flat come back."""
    await coordinator.drop()
    await ear.status(LinkState.CONNECTING)
    await waits.pass_one()


async def online_again(coordinator: SmallCoordinator, ear: Ear, waits: Waits) -> None:
    """The same, and see it succeed."""
    await again(coordinator, ear, waits)
    await ear.status(LinkState.ONLINE)


def sign_with_another_key(coordinator: SmallCoordinator) -> None:
    """Have the log signed with a key of somebody's own, which the terms name."""
    coordinator.log.key = tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, b"\x23" * 32)
    coordinator.log.signer = tlog.Ed25519Signer(coordinator.log.key)
    coordinator.terms = replace(coordinator.terms, log_key=coordinator.log.key.verifier_key.encode())


def turn_back(coordinator: SmallCoordinator, log: SmallLog, building: Ed25519Signer) -> None:
    """Show a log in which the building's key was never renewed."""
    coordinator.log, coordinator.building, coordinator.rotated = log, building, lambda _: None


async def newest(store: FlatStore, membership: Membership) -> PublicKey:
    return (await load_lineage(store, membership)).newest


async def evidence(store: FlatStore) -> list[Evidence]:
    return await Notebook(store).evidence()


async def witnessed(store: FlatStore) -> tlog.Head:
    return (await Notebook(store).witnessed(ORIGIN))[0]


async def test_a_rotation_in_the_witnessed_log_is_followed_and_its_head_is_witnessed_then(
    link: Link, coordinator: SmallCoordinator, ear: Ear, waits: Waits, store: FlatStore, membership: Membership
) -> None:
    coordinator.turn_key(FRESH)
    coordinator.log.add(b"one more")
    asked: list[int] = []
    honest = coordinator.rotated

    def note(size: int) -> Any:
        asked.append(size)
        return honest(size)

    coordinator.rotated = note
    await online_again(coordinator, ear, waits)
    assert link.lineage.newest == await newest(store, membership) == FRESH.public
    head = await witnessed(store)
    assert (head.size, head.root) == (7, coordinator.log.frontier.root())
    # It is shown each time, and followed once: what has grown since is for the witness to be asked about.
    coordinator.log.add(b"and another")
    await online_again(coordinator, ear, waits)
    assert asked == [5, 7]
    assert (await witnessed(store)).size == 7
    await coordinator.say(coordinator.announce(7))
    assert (await ear.next("head", tlog.Checkpoint)).size == 8
    assert await evidence(store) == []


def fork(coordinator: SmallCoordinator, count: int) -> SmallLog:
    """Put a private log with a rotation of its own in the place of the honest one; return that.

    The key that it shows is the next one: what is looked at here is the log alone.
    """
    honest, coordinator.log = coordinator.log, history("forged", count)
    coordinator.turn_key(FRESH)
    return honest


@pytest.mark.parametrize("size", [6, 9])
async def test_a_larger_log_that_has_not_grown_out_of_the_witnessed_one_is_shouted_and_its_key_not_believed(
    size: int,
    link: Link,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    membership: Membership,
    building: Ed25519Signer,
) -> None:
    before = await witnessed(store)
    honest = fork(coordinator, size - 1)
    await again(coordinator, ear, waits)
    forked = await ear.next("forked", str)
    assert "does not prove that one has grown into the other" in forked
    status = await ear.status(LinkState.CONNECTING)
    assert "the key is not believed" in status.reason
    assert await newest(store, membership) == link.lineage.newest == building.public
    assert await witnessed(store) == before
    (kept,) = await evidence(store)
    assert kept.kind is EvidenceKind.HEADS
    for note, log in ((kept.ours, honest), (kept.theirs, coordinator.log)):
        opened = tlog.open_checkpoint(note, log.verifier, origin=ORIGIN)
        assert opened.checkpoint.root == log.frontier.root()
    # The honest coordinator is believed as ever, and proves the fork when it grows to the size that was forged.
    turn_back(coordinator, honest, building)
    await waits.pass_one()
    await ear.status(LinkState.ONLINE)
    while coordinator.log.frontier.size < size:
        coordinator.log.add(f"more {coordinator.log.frontier.size}".encode())
    await coordinator.say(coordinator.announce(5))
    assert "cannot both be true" in await ear.next("distrusted", str)


async def test_a_log_of_the_same_size_proves_the_fork_at_once(
    link: Link,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    membership: Membership,
    building: Ed25519Signer,
) -> None:
    fork(coordinator, 4)
    await again(coordinator, ear, waits)
    assert "cannot both be true" in await ear.next("distrusted", str)
    assert "the key is not believed" in (await ear.status(LinkState.CONNECTING)).reason
    assert await newest(store, membership) == building.public
    assert len(await evidence(store)) == 1


async def test_a_smaller_log_proves_nothing_and_is_not_believed(
    link: Link,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    membership: Membership,
    building: Ed25519Signer,
) -> None:
    fork(coordinator, 2)
    await again(coordinator, ear, waits)
    status = await ear.status(LinkState.CONNECTING)
    assert "older than the witnessed one of 5" in status.reason
    assert await newest(store, membership) == building.public
    assert await evidence(store) == [], "an old head of an honest log looks the same"


async def test_the_same_entries_under_another_key_are_another_log(
    link: Link,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    membership: Membership,
    building: Ed25519Signer,
) -> None:
    # Whoever has a key of the building, and not the log's, can copy the log and sign it with a key of his own.
    sign_with_another_key(coordinator)
    coordinator.turn_key(FRESH)
    await again(coordinator, ear, waits)
    assert "a log's key is never renewed" in (await ear.status(LinkState.REFUSED)).reason
    assert await newest(store, membership) == building.public
    assert (await witnessed(store)).size == 5
    assert await evidence(store) == [], "it is not the log's key that has signed it"


async def test_whoever_has_the_buildings_key_alone_shows_no_log_of_his_own(
    link: Link, coordinator: SmallCoordinator, ear: Ear, waits: Waits, store: FlatStore
) -> None:
    before, honest = await witnessed(store), (coordinator.log, coordinator.terms)
    coordinator.log = history("honest", 5)
    sign_with_another_key(coordinator)
    coordinator.log.add(b"his own entry")
    await again(coordinator, ear, waits)
    status = await ear.status(LinkState.REFUSED)
    assert f"the building's terms name the log key {coordinator.terms.log_key}" in status.reason
    assert status.foreign, "no invite of his helps"
    assert await witnessed(store) == before
    coordinator.log, coordinator.terms = honest
    await coordinator.drop()
    await waits.pass_one()
    await ear.status(LinkState.ONLINE)


async def test_whoever_has_all_keys_of_the_server_renews_the_key_for_no_flat_not_even_one_that_sees_him_alone(
    link: Link,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    membership: Membership,
    building: Ed25519Signer,
) -> None:
    # What a public log cannot keep from anybody with its key: he goes on from the very head that this flat has signed.
    honest, before = history("honest", 5), await witnessed(store)
    coordinator.turn_key(FORGED)
    await again(coordinator, ear, waits)
    status = await ear.status(LinkState.REFUSED)
    assert status.stolen
    reason = status.reason
    assert "cannot prove that it is the building" in reason
    assert f"the key {FORGED.public.fingerprint} is not the one that the building's key before has committed" in reason
    assert await newest(store, membership) == link.lineage.newest == building.public
    assert await witnessed(store) == before, "his head is not witnessed either"
    # The building itself is believed as ever, and so is its own rotation: its next key never was on the server.
    turn_back(coordinator, honest, building)
    await coordinator.drop()
    await waits.pass_one()
    await ear.status(LinkState.ONLINE)
    coordinator.chain = Chain(building.public.device_id, ORIGIN)
    coordinator.turn_key(FRESH)
    await online_again(coordinator, ear, waits)
    assert await newest(store, membership) == FRESH.public
    # What he has signed is kept: it shows that the building's key was in his hands, and says nothing against the log.
    (kept,) = await evidence(store)
    assert kept.kind is EvidenceKind.UNFORESEEN
    assert kept.ours == foresee(FRESH.public, ORIGIN)
    rotation = Record.decode(kept.theirs)
    rotation.verify(building.public, ORIGIN)
    assert rotation.envelope.enrolled is not None
    assert rotation.envelope.enrolled.key == FORGED.public
    assert ear.distrusted == []


async def test_a_flat_that_was_away_follows_through_every_key_that_was_foreseen_and_stops_at_one_that_was_not(
    link: Link, coordinator: SmallCoordinator, ear: Ear, waits: Waits, store: FlatStore, membership: Membership
) -> None:
    third = Ed25519Signer(b"\x24" * 32)
    coordinator.turn_key(FRESH, foresee(third.public, ORIGIN))
    first = coordinator.honest_rotation(5).records
    coordinator.turn_key(third)
    honest = coordinator.honest_rotation

    def both(size: int) -> BuildingRotated:
        told = honest(size)
        again = replace(first[0], proof=coordinator.log.proof(first[0].index).path)
        return replace(told, records=(again, *told.records))

    coordinator.rotated = both
    await online_again(coordinator, ear, waits)
    assert await newest(store, membership) == third.public
    # The commitment is on the disk with the key: what the thief has of the newest one is no use to him either.
    coordinator.turn_key(FORGED)
    await again(coordinator, ear, waits)
    assert "has committed to" in (await ear.status(LinkState.REFUSED)).reason
    assert await newest(store, membership) == third.public


@pytest.mark.parametrize("held", [True, False], ids=["held", "running"])
async def test_a_building_that_was_set_back_before_its_rotation_hears_of_it_from_who_has_followed(
    held: bool,
    link: Link,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    membership: Membership,
    building: Ed25519Signer,
) -> None:
    before, honest, terms = history("honest", 5), coordinator.log, coordinator.terms
    await coordinator.hear(WitnessSays)
    coordinator.turn_key(FRESH)
    await online_again(coordinator, ear, waits)
    turn_back(coordinator, before, building)
    coordinator.terms = replace(terms, held=held)
    await again(coordinator, ear, waits)
    status = await ear.status(LinkState.REFUSED)
    assert status.foreign, "no invite of his helps"
    reason = status.reason
    assert f"signed with {building.public.fingerprint}, which was renewed as this flat was shown" in reason
    assert f"{FRESH.public.fingerprint} signs now" in reason
    assert await newest(store, membership) == FRESH.public
    # It is no building to this flat, and hears all the same what its witness has signed: that is the log's own word.
    await coordinator.say(coordinator.announce())
    said = await coordinator.hear(WitnessSays)
    assert (said.status, said.body) == (HTTPStatus.CONFLICT, b"6\n")
    shown = tlog.open_checkpoint(said.shows, honest.verifier, origin=ORIGIN).checkpoint
    assert (shown.size, shown.root) == (6, honest.frontier.root())
    before.add(b"another history")
    await coordinator.say(AskWitness(2, tlog.AddCheckpoint(6, (), before.checkpoint()).encode()))
    assert (await coordinator.hear(WitnessSays)).status != HTTPStatus.OK
    # When the newest data is put back, the flat is there again.
    coordinator.log, coordinator.building, coordinator.rotated = honest, FRESH, coordinator.honest_rotation
    coordinator.terms = terms
    await online_again(coordinator, ear, waits)


async def test_whoever_has_a_key_that_was_renewed_and_another_log_hears_nothing(
    link: Link, coordinator: SmallCoordinator, ear: Ear, waits: Waits, building: Ed25519Signer
) -> None:
    coordinator.turn_key(FRESH)
    await online_again(coordinator, ear, waits)
    coordinator.building, coordinator.rotated = building, lambda _: None
    coordinator.log = history("his own", 3)
    sign_with_another_key(coordinator)
    await again(coordinator, ear, waits)
    assert "a log's key is never renewed" in (await ear.status(LinkState.REFUSED)).reason


async def test_a_flat_that_has_witnessed_nothing_holds_what_comes_next_against_its_first_head(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    membership: Membership,
) -> None:
    honest = history("honest", 9)
    fork(coordinator, 3)
    await start()
    assert (await coordinator.hear(Hello)).settled_slot == 0
    await ear.status(LinkState.ONLINE)
    assert await newest(store, membership) == FRESH.public
    assert (await witnessed(store)).size == 4
    coordinator.log = honest
    await coordinator.say(coordinator.announce(4))
    await ear.next("forked", str)
    (kept,) = await evidence(store)
    assert tlog.Checkpoint.parse(tlog.Note.parse(kept.ours).text).size == 4


async def test_a_crash_between_head_and_key_is_made_good_by_the_next_connection(
    link: Link,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    membership: Membership,
    building: Ed25519Signer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coordinator.turn_key(FRESH)
    keep, sizes = following.keep_lineage, []

    async def crash(store: FlatStore, lineage: Lineage) -> None:
        sizes.append((await witnessed(store)).size)
        if len(sizes) == 1:
            raise tlog.FormatError("the process ends here")
        await keep(store, lineage)

    monkeypatch.setattr(following, "keep_lineage", crash)
    await again(coordinator, ear, waits)
    await ear.status(LinkState.CONNECTING)
    assert sizes == [6], "the head is durable before the key"
    assert await newest(store, membership) == building.public
    coordinator.log.add(b"meanwhile")
    await waits.pass_one()
    await ear.next("terms", Terms)
    await ear.status(LinkState.ONLINE)
    assert await newest(store, membership) == FRESH.public
    assert sizes == [6, 7]
    assert await evidence(store) == []


async def test_a_disk_that_does_not_keep_the_head_keeps_no_key_either(
    link: Link,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    membership: Membership,
    building: Ed25519Signer,
    device: DeviceId,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coordinator.turn_key(FRESH)
    notebook = Notebook(store)
    guard = Guard(ORIGIN, device, notebook, HandClock(), ear)

    async def full(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(notebook, "replace", full)
    told = coordinator.honest_rotation(5)
    with pytest.raises(StoreError, match="full"):
        await guard.follow(
            coordinator.log.key.verifier_key,
            told.checkpoint.encode(),
            [tlog.to_hash(step) for step in told.growth],
            since=5,
        )
    assert (await witnessed(store)).size == 5
    assert await newest(store, membership) == building.public


async def test_a_head_that_was_witnessed_meanwhile_is_held_against_nobody(
    link: Link, coordinator: SmallCoordinator, ear: Ear, store: FlatStore, device: DeviceId
) -> None:
    key, log = coordinator.log.key.verifier_key, coordinator.log
    guard = Guard(ORIGIN, device, Notebook(store), HandClock(), ear)
    log.add(b"six")
    growth = tlog.prove_consistency(3, 6, log.hashes)
    with pytest.raises(WitnessMovedError, match="a head of 5 entries was witnessed"):
        await guard.follow(key, log.checkpoint(), growth, since=3)
    # The very head that is witnessed needs no proof that it has grown out of itself.
    await guard.follow(key, log.checkpoint(), tlog.prove_consistency(5, 6, log.hashes), since=5)
    opened = await guard.follow(key, log.checkpoint(), growth, since=3)
    assert opened.checkpoint.size == 6
    assert await evidence(store) == []


async def test_a_flat_that_cannot_follow_in_a_held_log_that_is_behind_says_so_as_a_witness(
    link: Link,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    membership: Membership,
    building: Ed25519Signer,
) -> None:
    honest = coordinator.log
    coordinator.log = SmallLog()
    for entry in honest.entries[:3]:
        coordinator.log.add(entry)
    coordinator.turn_key(FRESH)
    coordinator.terms = replace(coordinator.terms, held=True)
    await coordinator.hear(WitnessSays)
    await again(coordinator, ear, waits)
    status = await ear.status(LinkState.CONNECTING)
    assert "the head of 4 entries is older than the witnessed one of 5" in status.reason
    await coordinator.say(coordinator.announce())
    said = await coordinator.hear(WitnessSays)
    assert (said.status, said.body) == (HTTPStatus.CONFLICT, b"5\n")
    shown = tlog.open_checkpoint(said.shows, coordinator.log.verifier, origin=ORIGIN).checkpoint
    assert (shown.size, shown.root) == (5, honest.frontier.root())
    # It is shown the way from there, and signs nothing: the key that says so is not believed.
    coordinator.log.add(b"another history")
    await coordinator.say(AskWitness(1, tlog.AddCheckpoint(5, (), coordinator.log.checkpoint()).encode()))
    assert (await coordinator.hear(WitnessSays)).status != HTTPStatus.OK
    assert await newest(store, membership) == building.public
