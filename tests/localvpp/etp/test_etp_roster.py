"""Keys come and go by entries: who is taken, from which entry on, in every order of words that a building may say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
import pytest

from localvpp.etp import (
    CONCERNING,
    DOCUMENTED,
    KEYED,
    Algorithm,
    AuthorityError,
    BadKeyError,
    Basis,
    Body,
    Carrier,
    Chain,
    ChainError,
    Correction,
    DeviceId,
    Directory,
    Ed25519Signer,
    Enrolled,
    Es256Signer,
    EtpError,
    FieldError,
    KeyInUseError,
    Kind,
    Paid,
    PublicKey,
    Record,
    RevokedError,
    Roster,
    SignatureError,
    Signer,
    SlotValue,
    Standing,
    SuspendedError,
    UnforeseenKeyError,
    UnknownDeviceError,
    Way,
    cbor,
    cose,
    foresee,
    parse_envelope,
)
from localvpp.etp.envelope import CONTENT_TYPE, Envelope, issuer
from localvpp.etp.record import commitment
from localvpp.etp.roster import BUILDING_ONLY

ORIGIN = "vpp.example/test"
P256_GENERATOR = (
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
"""G of P-256 (SEC 2 v2.0, 2.4.2), uncompressed."""


def body(device: DeviceId, other: DeviceId) -> Body:
    return Body(start_ms=0, end_ms=60_000, slot_seconds=60, sender=device, receiver=other, energy_wh=0, attributes=())


def of_a_carrier(device: DeviceId, other: DeviceId) -> Body:
    return replace(body(device, other), carrier=Carrier.GAS)


def of_a_drill(device: DeviceId, _: DeviceId) -> Body:
    return replace(body(device, device), evidence=(bytes(32),), reason="l2")


def of_a_document(device: DeviceId, other: DeviceId) -> Body:
    return replace(body(device, other), evidence=(bytes(32),))


def of_a_correction(device: DeviceId, other: DeviceId) -> Body:
    value = SlotValue(basis=Basis.MEASURED, import_wh=5, export_wh=0, records=(bytes(32),))
    return replace(body(device, other), place="101", log_size=1, correction=Correction(None, value))


def of_a_payment(device: DeviceId, other: DeviceId) -> Body:
    paid = Paid(day=date(2026, 11, 27), reference="1", yen=1, way=Way.CASH, bill=None)
    return replace(body(device, other), place="101", payment=paid)


OF_ITS_OWN = dict.fromkeys(DOCUMENTED, of_a_document) | {
    Kind.SUPPLY: of_a_carrier,
    Kind.DRILL: of_a_drill,
    Kind.CORRECTION: of_a_correction,
    Kind.PAYMENT: of_a_payment,
}
"""Kinds whose bodies are like no other's."""


class Log:
    """A log as its entries tell it, and the devices that write to it."""

    def __init__(self) -> None:
        self.directory = Directory(ORIGIN)
        self.building: Signer = Ed25519Signer.generate()
        self.device = self.building.public.device_id
        self.chains = {self.device: Chain(self.device, ORIGIN)}
        self.next: Signer = Ed25519Signer.generate()
        named = Enrolled(self.device, self.building.public)
        self.write(self.building, self.device, Kind.ENROL, enrolled=named, next_key=foresee(self.next.public, ORIGIN))

    def seal(self, signer: Signer, device: DeviceId, kind: Kind, **more: Any) -> Record:
        """Sign the next record of a device, without logging it."""
        other = DeviceId(bytes(16)) if device == self.device else self.device
        said = OF_ITS_OWN.get(kind, body)(device, other)
        record, _ = self.chains[device].seal(signer, kind, 0, said, **more)
        return record

    def log(self, record: Record) -> None:
        """Log a record; one that is refused changes nothing."""
        head = self.directory.check(record.signed)
        self.directory.take(record.signed, head)
        self.chains[record.envelope.device] = replace(self.chains[record.envelope.device], head=head)

    def write(self, signer: Signer, device: DeviceId, kind: Kind, **more: Any) -> None:
        self.log(self.seal(signer, device, kind, **more))

    def enrol(self, signer: Signer) -> DeviceId:
        device = signer.public.device_id
        self.write(self.building, self.device, Kind.ENROL, enrolled=Enrolled(device, signer.public))
        self.chains[device] = Chain(device, ORIGIN)
        return device

    def turn(self, fresh: Signer, **more: Any) -> None:
        """Renew the building's key by this one, and commit to another."""
        after = Ed25519Signer.generate()
        changes = {"successor": fresh, "next_key": foresee(after.public, ORIGIN)} | more
        self.write(self.building, self.device, Kind.ROTATE, **changes)
        self.building, self.next = fresh, after

    def say(self, kind: Kind, device: DeviceId) -> None:
        self.write(self.building, self.device, kind, concerns=device)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def flat() -> Ed25519Signer:
    return Ed25519Signer.generate()


@pytest.mark.parametrize("make", [Ed25519Signer.generate, Es256Signer.generate], ids=["Ed25519", "ES256"])
def test_after_a_rotation_only_the_new_key_signs(log: Log, flat: Ed25519Signer, make: Callable[[], Signer]) -> None:
    device, fresh = log.enrol(flat), make()
    log.write(flat, device, Kind.INTERVAL)
    log.write(flat, device, Kind.ROTATE, successor=fresh)
    with pytest.raises(SignatureError, match="signed by key"):
        log.write(flat, device, Kind.INTERVAL)
    log.write(fresh, device, Kind.INTERVAL)
    assert log.directory.key(device) == fresh.public
    assert log.directory.head(device).seq == 3


def test_a_rotation_is_signed_by_both_keys(log: Log, flat: Ed25519Signer) -> None:
    device, fresh, thief = log.enrol(flat), Ed25519Signer.generate(), Ed25519Signer.generate()
    with pytest.raises(SignatureError, match="signed by key"):
        log.write(thief, device, Kind.ROTATE, successor=fresh)

    class Claims:
        """Names a key that it cannot sign with."""

        public = fresh.public

        def sign(self, message: bytes) -> bytes:
            return thief.sign(message)

    with pytest.raises(SignatureError, match="the new key has not signed the rotation"):
        log.write(flat, device, Kind.ROTATE, successor=Claims())
    log.write(flat, device, Kind.ROTATE, successor=fresh)


def test_a_proof_of_possession_is_of_one_record_in_one_building(log: Log, flat: Ed25519Signer) -> None:
    device, fresh = log.enrol(flat), Ed25519Signer.generate()
    lost = log.seal(flat, device, Kind.ROTATE, successor=fresh)
    log.write(flat, device, Kind.INTERVAL)
    proof = lost.envelope.possession
    assert proof is not None
    for stolen in (proof, fresh.sign(lost.envelope.to_possess("vpp.example/other")), bytes(64)):
        with pytest.raises(SignatureError, match="the new key has not signed"):
            log.log(reused(log, flat, device, lost.envelope, stolen))
    # What the new key signs to be taken is no signature over a record.
    with pytest.raises(SignatureError):
        fresh.public.verify(proof, cbor.encode(["Signature1", b"", b"", lost.signed.statement.payload]))


def reused(log: Log, flat: Signer, device: DeviceId, old: Envelope, possession: bytes) -> Record:
    head = log.chains[device].head
    salt, told = bytes(32), body(device, log.device)
    envelope = replace(
        old, seq=head.seq + 1, prev=head.hash, commitment=commitment(salt, told.encode()), possession=possession
    )
    return Record(parse_envelope(envelope.sign(flat, ORIGIN)), salt, told, told.encode())


def test_no_key_comes_back_or_says_a_second_thing(log: Log, flat: Ed25519Signer) -> None:
    device, other = log.enrol(flat), Ed25519Signer.generate()
    neighbour = log.enrol(other)
    witness, fresh = Ed25519Signer.generate(), Ed25519Signer.generate()
    log.write(other, neighbour, Kind.WITNESS, enrolled=Enrolled(neighbour, witness.public))
    for taken in (flat, other, log.building, witness):
        with pytest.raises(KeyInUseError, match="signs for something else already"):
            log.write(flat, device, Kind.ROTATE, successor=taken)
    log.write(flat, device, Kind.ROTATE, successor=fresh)
    for retired in (flat, fresh):
        with pytest.raises(KeyInUseError):
            log.write(fresh, device, Kind.ROTATE, successor=retired)
        with pytest.raises((KeyInUseError, ChainError)):
            log.enrol(retired)
    log.say(Kind.REVOKE, neighbour)
    with pytest.raises(KeyInUseError):
        log.write(fresh, device, Kind.ROTATE, successor=other)


def test_a_rotation_to_a_key_of_low_order_is_not_read(log: Log, flat: Ed25519Signer) -> None:
    """The identity, as a key, would take signatures that nobody made."""
    device, fresh = log.enrol(flat), Ed25519Signer.generate()
    payload = cbor.decode(log.seal(flat, device, Kind.ROTATE, successor=fresh).signed.statement.payload, "it")
    assert isinstance(payload, dict)
    payload[8] = [device, -8, b"\x01" + bytes(31)]
    data = cose.sign(
        flat, content_type=CONTENT_TYPE, issuer=issuer(device), subject=ORIGIN, payload=cbor.encode(payload)
    )
    with pytest.raises(BadKeyError, match="low order"):
        parse_envelope(data)


def test_the_building_and_its_meters_rotate_as_well(log: Log) -> None:
    old, fresh, meter = log.building, log.next, Ed25519Signer.generate()
    log.turn(fresh)
    log.building = old
    with pytest.raises(SignatureError):
        log.enrol(meter)
    log.building = fresh
    device = log.enrol(meter)
    assert log.directory.building == log.device
    renewed = Ed25519Signer.generate()
    log.write(meter, device, Kind.ROTATE, successor=renewed)
    log.write(renewed, device, Kind.INTERVAL)


def test_the_buildings_key_is_renewed_by_the_one_that_was_committed_to_alone(log: Log, flat: Ed25519Signer) -> None:
    """Whoever has stolen the building's key can sign all that it signs, and cannot put another in its place."""
    thiefs = Ed25519Signer.generate()
    with pytest.raises(UnforeseenKeyError, match="is not the one that the building's key before has committed to"):
        log.turn(thiefs)
    with pytest.raises(AuthorityError, match="commits to the one after it, and this one does not"):
        log.turn(log.next, next_key=None)
    for _ in range(2):
        log.turn(log.next)
        with pytest.raises(UnforeseenKeyError):
            log.turn(thiefs)
    assert len(log.directory.roster.line(log.device).retired) == 2
    # What is committed to is a key in one building: the same key in another opens nothing.
    assert foresee(flat.public, ORIGIN) != foresee(flat.public, "vpp.example/other")
    es256 = Es256Signer.generate()
    log.turn(log.next, next_key=foresee(es256.public, ORIGIN))
    log.turn(es256)


def test_a_key_that_was_committed_to_must_still_be_a_fresh_one(log: Log, flat: Ed25519Signer) -> None:
    log.turn(log.next, next_key=foresee(flat.public, ORIGIN))
    log.enrol(flat)
    with pytest.raises(KeyInUseError):
        log.turn(flat)


def test_only_the_building_commits_to_a_next_key(log: Log, flat: Ed25519Signer) -> None:
    device, next_key = log.enrol(flat), foresee(Ed25519Signer.generate().public, ORIGIN)
    with pytest.raises(AuthorityError, match="only the building commits to its next key"):
        log.write(flat, device, Kind.ROTATE, successor=Ed25519Signer.generate(), next_key=next_key)
    named = Enrolled(Ed25519Signer.generate().public.device_id, Ed25519Signer.generate().public)
    for kind, more in ((Kind.INTERVAL, {}), (Kind.ENROL, {"enrolled": named})):
        with pytest.raises(FieldError, match="belongs to the building's own ENROL and ROTATE records"):
            log.seal(log.building, log.device, kind, next_key=next_key, **more)
    own = Enrolled(log.device, log.building.public)
    with pytest.raises(FieldError, match="commits to its next one: this log was begun by an older version"):
        log.seal(log.building, log.device, Kind.ENROL, enrolled=own)


def test_a_suspension_is_lifted_and_a_revocation_stays(log: Log, flat: Ed25519Signer) -> None:
    device = log.enrol(flat)
    log.say(Kind.SUSPEND, device)
    with pytest.raises(SuspendedError, match="ask the building's manager"):
        log.write(flat, device, Kind.INTERVAL)
    with pytest.raises(SuspendedError):
        log.write(flat, device, Kind.ROTATE, successor=Ed25519Signer.generate())
    log.say(Kind.REINSTATE, device)
    log.write(flat, device, Kind.INTERVAL)
    log.say(Kind.SUSPEND, device)
    log.say(Kind.REVOKE, device)
    with pytest.raises(RevokedError, match="ask the building's manager for a new invite"):
        log.write(flat, device, Kind.INTERVAL)
    for kind in (Kind.REINSTATE, Kind.SUSPEND, Kind.REVOKE):
        with pytest.raises(ChainError, match="is revoked: it cannot be"):
            log.say(kind, device)
    log.say(Kind.ERASED, device)
    assert log.directory.head(device).seq == 1


def test_a_slot_is_settled_once(log: Log) -> None:
    log.write(log.building, log.device, Kind.SETTLED)
    with pytest.raises(ChainError, match="or two flats could be shown two settlements"):
        log.write(log.building, log.device, Kind.SETTLED)


def test_a_revoked_device_signs_no_heads_any_more(log: Log, flat: Ed25519Signer) -> None:
    device, key = log.enrol(flat), Ed25519Signer.generate().public
    log.write(flat, device, Kind.WITNESS, enrolled=Enrolled(device, key))
    log.say(Kind.SUSPEND, device)
    assert log.directory.cosigning(Kind.WITNESS) == {device: key}
    log.say(Kind.REVOKE, device)
    assert log.directory.cosigning(Kind.WITNESS) == {}


def test_only_the_building_judges_and_never_itself(log: Log, flat: Ed25519Signer) -> None:
    device, other = log.enrol(flat), Ed25519Signer.generate()
    neighbour = log.enrol(other)
    for kind in (Kind.REVOKE, Kind.SUSPEND, Kind.REINSTATE, Kind.ERASED):
        with pytest.raises(AuthorityError, match=f"only the building writes {kind.name.lower()} records"):
            log.write(flat, device, kind, concerns=neighbour)
    for kind in (Kind.REVOKE, Kind.SUSPEND, Kind.REINSTATE):
        with pytest.raises(AuthorityError, match="nobody could undo it"):
            log.say(kind, log.device)
        with pytest.raises(UnknownDeviceError):
            log.say(kind, DeviceId(bytes(16)))


@pytest.mark.parametrize(
    ("kind", "more", "named"),
    [
        (Kind.INTERVAL, {"concerns": DeviceId(bytes(16))}, "a device concerned belongs to"),
        (Kind.REVOKE, {}, "a device concerned belongs to"),
        (Kind.ERASED, {}, "a device concerned belongs to"),
        (Kind.ROTATE, {}, "a key belongs to"),
        (Kind.INTERVAL, {"successor": Ed25519Signer.generate()}, "a key belongs to"),
        (Kind.WITNESS, {"successor": Ed25519Signer.generate()}, "a proof of possession belongs to"),
    ],
)
def test_fields_go_with_their_kinds(
    kind: Kind, more: dict[str, Any], named: str, log: Log, flat: Ed25519Signer
) -> None:
    device = log.enrol(flat)
    with pytest.raises(FieldError, match=named):
        log.seal(flat, device, kind, **more)


def test_a_rotation_names_a_key_of_its_own_device(log: Log, flat: Ed25519Signer) -> None:
    device, fresh = log.enrol(flat), Ed25519Signer.generate()
    envelope = log.seal(flat, device, Kind.ROTATE, successor=fresh).envelope
    wrong = replace(envelope, enrolled=Enrolled(log.device, fresh.public))
    with pytest.raises(FieldError, match="names a key of the device that writes it"):
        parse_envelope(wrong.sign(flat, ORIGIN))


def refused(admit: Callable[[], None]) -> tuple[type[EtpError], str] | None:
    try:
        admit()
    except EtpError as error:
        return type(error), str(error)
    return None


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in KEYED | CONCERNING])
def test_a_plain_record_is_admitted_by_its_device_its_kind_and_its_key(
    kind: Kind, log: Log, flat: Ed25519Signer
) -> None:
    fresh, stranger = Ed25519Signer.generate(), Ed25519Signer.generate()

    def agree(signer: Signer, device: DeviceId) -> tuple[type[EtpError], str] | None:
        signed = log.seal(signer, device, kind).signed
        roster = log.directory.roster
        told = refused(lambda: roster.admit(signed))
        assert refused(lambda: roster.admit_plain(device, kind, signer.public.key_id)) == told
        return told

    device = log.enrol(flat)
    log.chains[stranger.public.device_id] = Chain(stranger.public.device_id, ORIGIN)
    assert agree(log.building, log.device) is None
    assert (agree(flat, device) is None) == (kind not in BUILDING_ONLY)
    assert agree(stranger, device) is not None
    assert agree(stranger, stranger.public.device_id) is not None
    log.write(flat, device, Kind.ROTATE, successor=fresh)
    assert agree(flat, device) is not None
    assert (agree(fresh, device) is None) == (kind not in BUILDING_ONLY)
    for word in (Kind.SUSPEND, Kind.REVOKE):
        log.say(word, device)
        assert agree(fresh, device) is not None
    empty, signed = Roster(ORIGIN), log.seal(log.building, log.device, kind).signed
    told = refused(lambda: empty.admit_plain(log.device, kind, log.building.public.key_id))
    assert told == refused(lambda: empty.admit(signed)) is not None


class Histories(RuleBasedStateMachine):
    """Any order of entries: what is taken is what a plain model of standings and keys says, and no more."""

    @initialize()
    def found(self) -> None:
        self.log = Log()
        self.signers: list[list[Ed25519Signer]] = []
        """Each device's keys, the present one last."""
        self.devices: list[DeviceId] = []
        self.standing: list[Standing] = []

    def tried(self, write: Callable[[], object]) -> bool:
        before = {device: self.log.directory.head(device) for device in self.log.directory.devices}
        try:
            write()
        except EtpError:
            after = {device: self.log.directory.head(device) for device in self.log.directory.devices}
            assert after == before, "what is refused changes nothing"
            return False
        return True

    @precondition(lambda self: len(self.devices) < 4)
    @rule()
    def enrol(self) -> None:
        signer = Ed25519Signer.generate()
        self.devices.append(self.log.enrol(signer))
        self.signers.append([signer])
        self.standing.append(Standing.ACTIVE)

    @precondition(lambda self: self.devices)
    @rule(data=st.data())
    def tell(self, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.devices) - 1))
        signer = data.draw(st.sampled_from(self.signers[data.draw(st.integers(0, len(self.devices) - 1))]))
        taken = self.tried(lambda: self.log.write(signer, self.devices[at], Kind.INTERVAL))
        assert taken == (signer is self.signers[at][-1] and self.standing[at] is Standing.ACTIVE)

    @precondition(lambda self: self.devices)
    @rule(data=st.data())
    def rotate(self, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.devices) - 1))
        fresh = Ed25519Signer.generate()
        used = [key for keys in self.signers for key in keys]
        signer, successor = data.draw(st.sampled_from(used)), data.draw(st.sampled_from([fresh, *used]))
        taken = self.tried(lambda: self.log.write(signer, self.devices[at], Kind.ROTATE, successor=successor))
        may = self.standing[at] is Standing.ACTIVE and signer is self.signers[at][-1]
        assert taken == (may and successor is fresh)
        if taken:
            self.signers[at].append(fresh)

    @precondition(lambda self: self.devices)
    @rule(data=st.data(), kind=st.sampled_from([Kind.REVOKE, Kind.SUSPEND, Kind.REINSTATE]))
    def judge(self, data: st.DataObject, kind: Kind) -> None:
        at = data.draw(st.integers(0, len(self.devices) - 1))
        changes = {
            (Kind.SUSPEND, Standing.ACTIVE): Standing.SUSPENDED,
            (Kind.REINSTATE, Standing.SUSPENDED): Standing.ACTIVE,
            (Kind.REVOKE, Standing.ACTIVE): Standing.REVOKED,
            (Kind.REVOKE, Standing.SUSPENDED): Standing.REVOKED,
        }
        taken = self.tried(lambda: self.log.say(kind, self.devices[at]))
        assert taken == ((kind, self.standing[at]) in changes)
        self.standing[at] = changes.get((kind, self.standing[at]), self.standing[at])

    @invariant()
    def lines_say_what_was_logged(self) -> None:
        for device, signers, standing in zip(self.devices, self.signers, self.standing, strict=True):
            line = self.log.directory.roster.line(device)
            assert line.standing is standing
            assert [*line.retired, line.key] == [signer.public for signer in signers]


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_golden_commitments_to_a_next_key() -> None:
    """Flats, auditors and pages, of whatever version, must come to these."""
    ed25519, es256 = Ed25519Signer(bytes(32)).public, PublicKey(Algorithm.ES256, bytes.fromhex(P256_GENERATOR))
    assert foresee(ed25519, ORIGIN).hex() == "59e742ac3cc845229617f6c5249ef486ab12db1c5184c0d4f2be1b9bfbf44601"
    assert foresee(es256, ORIGIN).hex() == "b9c51f323ad23c7a1383e76609c7bfc8d8752a8fb7911d44286cef24b41457f8"
