"""Who holds a copy of the log is told to the manager's page: by the flat's name, as far as it has signed for."""

from localvpp import tlog
from localvpp.etp import Algorithm, Body, Enrolled, Kind, PublicKey
from localvpp.mirror import mirror_name
from localvpp.wire import Code, Mirrored, Refused

from .conftest import ORIGIN, SLOT, House


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
