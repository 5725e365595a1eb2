"""Who holds a copy of the log is told to the manager's page: by the flat's name, as far as it has signed for."""

from collections.abc import Callable

from coordinator.witnesses import Mirrors
from localvpp import tlog
from localvpp.etp import Algorithm, Body, Ed25519Signer, Enrolled, Kind, PublicKey
from localvpp.mirror import mirror_name
from localvpp.wire import Code, Mirrored, Refused

from .conftest import ORIGIN, SLOT, House
from .flat import ManualClock, until
from .witness import Witness


async def told(house: House) -> list[dict[str, object]]:
    mirrors: list[dict[str, object]] = (await (await house.get("/api/v1/state")).json())["mirrors"]
    return mirrors


async def test_a_copy_is_told_once_its_flat_has_signed_for_it_and_a_wrong_signature_changes_nothing(
    house: House,
) -> None:
    flat = await house.invited("101")
    seed = bytes(range(32))
    key = tlog.SignerKey(mirror_name(ORIGIN, flat.device), tlog.SignatureType.COSIGNATURE, seed)
    signer = tlog.Ed25519Cosigner(key)
    now_ms = SLOT * 1000
    body = Body(
        start_ms=now_ms,
        end_ms=now_ms,
        slot_seconds=60,
        sender=flat.device,
        receiver=house.key.device_id,
        energy_wh=0,
        attributes=(),
    )
    named = Enrolled(flat.device, PublicKey(Algorithm.ED25519, key.verifier_key.public))
    async with house.link(flat) as client:
        await client.log([flat.seal(Kind.MIRROR, SLOT, body, named)])
        assert await told(house) == []
        published = house.coordinator.ledger.published
        assert published is not None
        text = tlog.Note.parse(published.checkpoint).text
        signature = signer.cosign(SLOT, text)
        line = tlog.NoteSignature(signer.name, signer.key_id, signature).encode().encode()
        bent = tlog.NoteSignature(signer.name, signer.key_id, signature[:-1] + bytes([signature[-1] ^ 1]))

        await client.send(Mirrored(published.size, bent.encode().encode()))
        assert (await client.next(Refused)).code is Code.BAD_SIGNATURE
        assert await told(house) == []

        await client.send(Mirrored(published.size, line))
        await client.send(Mirrored(published.size, bent.encode().encode()))
        await client.next(Refused)  # What was sent before has been taken by then.
        expected = [{"flat": "101", "size": published.size, "signed_ms": house.clock.wall_ms()}]
        assert await told(house) == expected


def mirrors_of(clock: ManualClock) -> tuple[Mirrors, Callable[[int], None]]:
    """The mirrors of a log that has two, and what has the first of them sign for a size."""
    device = Ed25519Signer(b"m" * 32).public.device_id
    secret = tlog.SignerKey(mirror_name(ORIGIN, device), tlog.SignatureType.COSIGNATURE, bytes(range(32)))
    signer, key = tlog.Ed25519Cosigner(secret), PublicKey(Algorithm.ED25519, secret.verifier_key.public)

    def text(size: int) -> bytes:
        return tlog.Checkpoint(ORIGIN, size, tlog.to_hash(bytes(32))).encode()

    mirrors = Mirrors(ORIGIN, lambda: {device: key}, text, clock)

    def sign(size: int) -> None:
        line = tlog.NoteSignature(signer.name, signer.key_id, signer.cosign(SLOT, text(size)))
        assert mirrors.take(device, size, line.encode().encode()) is None

    return mirrors, sign


def test_what_a_quorum_has_signed_and_no_mirror_has_is_told_after_a_minute() -> None:
    clock = ManualClock()
    mirrors, sign = mirrors_of(clock)
    assert (mirrors.trouble, mirrors.unmirrored_ms) == (None, None), "nobody witnesses"
    began = clock.wall_ms()
    mirrors.must_hold(10)
    clock.pass_ms(59_000)
    assert (mirrors.trouble, mirrors.unmirrored_ms) == (None, began)
    clock.pass_ms(2_000)
    assert mirrors.trouble is not None
    assert "signed for the 10 entries that a quorum has signed 61 s ago (the newest copy has 0)" in mirrors.trouble
    sign(10)
    assert (mirrors.trouble, mirrors.unmirrored_ms) == (None, None)


def test_a_mirror_that_follows_a_busy_log_is_never_late_and_one_that_stops_is() -> None:
    clock = ManualClock()
    mirrors, sign = mirrors_of(clock)
    for size in range(1, 400):
        mirrors.must_hold(size)
        mirrors.must_hold(size)  # Told with every signature.
        clock.pass_ms(1_000)
        if size > 5:
            sign(size - 5)
        assert mirrors.trouble is None
    for size in range(400, 600):
        mirrors.must_hold(size)
        clock.pass_ms(1_000)
    assert mirrors.trouble is not None
    assert "(the newest copy has 394)" in mirrors.trouble


async def test_health_and_page_say_when_nobody_has_a_copy(house: House) -> None:
    witness = Witness(house, await house.invited("101"))
    async with house.link(witness.flat) as client:
        await witness.name()
        await witness.signs(client)
        await until(lambda: house.coordinator.cosigning.state.quorum_size == house.coordinator.ledger.size)
        told_ms = (await (await house.get("/api/v1/state")).json())["log"]["unmirrored_ms"]
        assert told_ms == house.clock.wall_ms()
        assert (await (await house.get("/healthz", token=False)).json())["checks"]["mirrors"] == "ok"
        house.clock.pass_ms(61_000)
        response = await house.get("/healthz", token=False)
        health = await response.json()
        assert (response.status, health["status"]) == (200, "degraded")
        assert "if the server is lost now" in health["checks"]["mirrors"]
