"""What leads a flat from the key that it knows to one that its building has renewed, and what does not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from localvpp import tlog
from localvpp.etp import (
    AuthorityError,
    Body,
    Chain,
    Ed25519Signer,
    Enrolled,
    EtpError,
    FieldError,
    Kind,
    Record,
    SignatureError,
    UnforeseenKeyError,
    foresee,
)
from localvpp.lineage import Lineage, Since, check_logged, keep_lineage, load_lineage
from localvpp.settlement import SlotPrices, first_prices
from localvpp.store import FlatStore, StoreError
from localvpp.wire import BuildingRotated, LoggedRecord, Membership, Terms

from .place import ORIGIN, SLOT
from .small_coordinator import SmallLog

ONE, TWO, THREE, STRANGER = (Ed25519Signer(bytes([each]) * 32) for each in range(1, 5))
AFTER = {each.public: foresee(after.public, ORIGIN) for each, after in ((ONE, TWO), (TWO, THREE), (THREE, STRANGER))}
"""What each key commits to."""
DEVICE = ONE.public.device_id
KNOWN = Lineage(DEVICE, (Since(0, ONE.public),), AFTER[ONE.public])
NOBODY = Chain(Ed25519Signer(bytes(32)).public.device_id, ORIGIN).device


def body() -> Body:
    return Body(
        start_ms=SLOT * 1000,
        end_ms=SLOT * 1000,
        slot_seconds=60,
        sender=DEVICE,
        receiver=NOBODY,
        energy_wh=0,
        attributes=(),
    )


class Building:
    """A building's chain in a log, as it shows it."""

    def __init__(self) -> None:
        self.log = SmallLog()
        self.chain = Chain(DEVICE, ORIGIN)
        self.told: list[tuple[Record, int]] = []
        self.log.add(b"an entry before")

    def rotate(self, old: Ed25519Signer, new: Ed25519Signer, *, commits: bool = True) -> None:
        next_key = AFTER.get(new.public, AFTER[ONE.public]) if commits else None
        record, self.chain = self.chain.seal(old, Kind.ROTATE, SLOT, body(), successor=new, next_key=next_key)
        self.told.append((record, self.log.add(record.signed.statement.data)))

    def says(self) -> BuildingRotated:
        records = [LoggedRecord(record.encode(), at, self.log.proof(at).path) for record, at in self.told]
        return BuildingRotated(tuple(records), self.log.checkpoint().decode(), ())

    def terms(self) -> Terms:
        key = self.log.key.verifier_key.encode()
        return Terms(ORIGIN, key, 60, first_prices(SlotPrices(2200, 3150, 850)), DEVICE, SLOT * 1000)


@pytest.fixture
def building() -> Building:
    building = Building()
    building.rotate(ONE, TWO)
    building.log.add(b"an entry between")
    building.rotate(TWO, THREE)
    return building


def followed(building: Building, known: Lineage = KNOWN) -> Lineage:
    told = building.says()
    lineage = known.follow(told, ORIGIN)
    check_logged(told, lineage, len(known.keys), building.log.verifier, building.terms())
    return lineage


def test_rotations_lead_from_the_known_key_to_the_newest_and_tell_which_signed_where(building: Building) -> None:
    lineage = followed(building)
    assert lineage.keys == (Since(0, ONE.public), Since(2, TWO.public), Since(4, THREE.public))
    assert (lineage.newest, lineage.building, lineage.next_key) == (THREE.public, DEVICE, AFTER[THREE.public])
    assert [lineage.at(index) for index in range(6)] == [ONE.public] * 2 + [TWO.public] * 2 + [THREE.public] * 2
    assert followed(building, lineage) == lineage, "what was followed is not followed again"
    assert Lineage.read(lineage.plain()) == lineage


def test_a_flat_that_was_enrolled_between_needs_the_later_ones_only(building: Building) -> None:
    between = Lineage(TWO.public.device_id, (Since(0, TWO.public),), AFTER[TWO.public])
    lineage = followed(building, between)
    assert (lineage.newest, lineage.building, len(lineage.keys)) == (THREE.public, DEVICE, 2)
    newest = Lineage(DEVICE, (Since(0, THREE.public),), AFTER[THREE.public])
    assert followed(building, newest) == newest


def test_what_no_known_key_has_signed_leads_nowhere() -> None:
    building = Building()
    building.rotate(STRANGER, TWO)
    assert followed(building) == KNOWN


def test_a_rotation_under_the_known_keys_name_that_it_has_not_signed_is_refused(building: Building) -> None:
    told = building.says()
    sealed = bytearray(told.records[0].sealed)
    entry = building.told[0][0].signed.statement.data
    at = bytes(sealed).index(entry) + len(entry) - 1
    sealed[at] ^= 1
    forged = replace(told, records=(replace(told.records[0], sealed=bytes(sealed)),))
    with pytest.raises(SignatureError):
        KNOWN.follow(forged, ORIGIN)
    with pytest.raises(FieldError, match="meant for"):
        KNOWN.follow(told, "vpp.example/other")


def test_a_key_that_was_not_foreseen_is_not_followed_whoever_has_signed_it() -> None:
    building = Building()
    building.rotate(ONE, THREE)
    with pytest.raises(UnforeseenKeyError, match="is not the one that the building's key before has committed to"):
        KNOWN.follow(building.says(), ORIGIN)
    # Nor is a second one after one that was: each is held against the commitment of the one before.
    building = Building()
    building.rotate(ONE, TWO)
    building.rotate(TWO, STRANGER)
    with pytest.raises(UnforeseenKeyError):
        KNOWN.follow(building.says(), ORIGIN)
    building = Building()
    building.rotate(ONE, TWO, commits=False)
    with pytest.raises(AuthorityError, match="commits to the one after it, and this one does not"):
        KNOWN.follow(building.says(), ORIGIN)


def test_another_kind_of_record_names_no_key_of_the_building() -> None:
    building = Building()
    key = Enrolled(TWO.public.device_id, TWO.public)
    record, _ = building.chain.seal(ONE, Kind.ENROL, SLOT, body(), key)
    building.told.append((record, building.log.add(record.signed.statement.data)))
    with pytest.raises(FieldError, match="does not name another key of the building"):
        KNOWN.follow(building.says(), ORIGIN)


def unlogged(building: Building) -> tuple[BuildingRotated, Terms]:
    other = Building()
    other.log.add(b"something else")
    told = building.says()
    return replace(told, checkpoint=other.log.checkpoint().decode()), building.terms()


def misplaced(building: Building) -> tuple[BuildingRotated, Terms]:
    told = building.says()
    return replace(told, records=(replace(told.records[0], index=2), told.records[1])), building.terms()


def of_another_log(building: Building) -> tuple[BuildingRotated, Terms]:
    building.log.key = tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, bytes(32))
    building.log.signer = tlog.Ed25519Signer(building.log.key)
    return building.says(), building.terms()


def of_another_device(building: Building) -> tuple[BuildingRotated, Terms]:
    return building.says(), replace(building.terms(), building=NOBODY)


@pytest.mark.parametrize("spoil", [unlogged, misplaced, of_another_log, of_another_device])
def test_rotations_that_the_log_is_not_proven_to_hold_are_not_believed(
    spoil: Callable[[Building], tuple[BuildingRotated, Terms]], building: Building
) -> None:
    verifier = building.log.verifier
    told, terms = spoil(building)
    lineage = KNOWN.follow(told, ORIGIN)
    with pytest.raises((EtpError, tlog.TlogError)):
        check_logged(told, lineage, 1, verifier, terms)


async def test_the_keys_are_durable_and_forgotten_when_the_flat_was_enrolled_elsewhere(
    tmp_path: Path, building: Building
) -> None:
    membership = Membership(
        "http://127.0.0.1:1", ORIGIN, "101", STRANGER.public.device_id, ONE.public, AFTER[ONE.public]
    )
    lineage = followed(building)
    store = await FlatStore.open(tmp_path / "flat.db", membership.device, ORIGIN)
    assert await load_lineage(store, membership) == KNOWN
    await keep_lineage(store, lineage)
    await store.close()
    store = await FlatStore.open(tmp_path / "flat.db", membership.device, ORIGIN)
    assert await load_lineage(store, membership) == lineage
    assert await load_lineage(store, replace(membership, building_key=THREE.public)) == lineage
    elsewhere = replace(membership, building_key=STRANGER.public)
    assert await load_lineage(store, elsewhere) == Lineage.of(elsewhere)
    for broken in (b"{}", b"nonsense", b'{"building": "00", "keys": []}'):
        await store.note("building keys", broken)
        with pytest.raises(StoreError, match="keys of the building that cannot be read"):
            await load_lineage(store, membership)
    await store.close()
