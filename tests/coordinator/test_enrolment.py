"""Enrolment: one invite, one key, both sides proven; and every way to fail leaves all as it was."""

import asyncio
import base64
from collections.abc import Iterable
import json
import secrets
from typing import Any

import aiohttp
import pytest

from coordinator.enrolment import INVITE_MS, MOST_WRONG_PROOFS, TRIES, issue_invite
from localvpp import tlog
from localvpp.enrol import EnrolmentError, Why, enrol
from localvpp.etp import Ed25519Signer, FieldError, Kind, parse_envelope
from localvpp.wire import Invite, InviteError, building_proof, flat_proof, verify_refusal

from .conftest import ORIGIN, House, on_both_databases
from .flat import Flat

pytestmark = on_both_databases


async def invited(house: House, flat: str = "101") -> Invite:
    return await issue_invite(house.coordinator.engine, house.coordinator.config, flat, house.clock)


def request(invite: Invite, signer: Ed25519Signer) -> dict[str, Any]:
    return {
        "invite": invite.id.hex(),
        "flat": invite.flat,
        "algorithm": -8,
        "public_key": base64.b64encode(signer.public.data).decode(),
        "proof": base64.b64encode(flat_proof(invite, signer.public)).decode(),
        "software": "test 1",
        "nonce": base64.b64encode(secrets.token_bytes(32)).decode(),
    }


async def post(house: House, body: Any) -> tuple[int, dict[str, Any]]:
    async with house.session.post(f"{house.url}/api/v1/enrolments", json=body) as response:
        return response.status, await response.json()


async def test_a_flat_is_enrolled_by_an_entry_of_the_building_in_the_log(house: House) -> None:
    invite, signer = await invited(house), Ed25519Signer.generate()
    membership = await enrol(house.session, house.url, invite, signer, software="test 1")
    assert membership.building_key == house.key
    assert membership.origin == ORIGIN
    entry = tlog.read_bundle(house.coordinator.ledger.folder, tlog.Bundle(0, 2))[1]
    signed = parse_envelope(entry)
    signed.statement.verify(house.key)
    assert signed.envelope.kind is Kind.ENROL
    assert signed.envelope.enrolled is not None
    assert (signed.envelope.enrolled.device, signed.envelope.enrolled.key) == (membership.device, signer.public)


async def test_the_first_entry_enrols_the_buildings_own_key(house: House) -> None:
    signed = parse_envelope(tlog.read_bundle(house.coordinator.ledger.folder, tlog.Bundle(0, 1))[0])
    assert signed.envelope.enrolled is not None
    signed.statement.verify(signed.envelope.enrolled.key)
    assert signed.envelope.enrolled.key == house.key


async def test_a_flat_that_did_not_hear_its_answer_asks_again_with_the_same_key(house: House) -> None:
    invite, signer = await invited(house), Ed25519Signer.generate()
    first = await post(house, request(invite, signer))
    again = await post(house, request(invite, signer))
    assert first[0] == again[0] == 201
    assert first[1] == again[1]
    expected = building_proof(invite, signer.public, house.key, house.next_key, ORIGIN)
    assert base64.b64decode(first[1]["proof"]) == expected
    assert house.coordinator.ledger.size == 2


async def test_a_flat_whose_enrolment_could_not_be_published_gets_its_answer_when_it_asks_again(house: House) -> None:
    invite, signer = await invited(house), Ed25519Signer.generate()
    folder = house.coordinator.ledger.folder
    put = folder.put

    def full(files: Iterable[tuple[str, bytes]]) -> None:
        raise OSError(28, "No space left on device")

    folder.put = full  # type: ignore[method-assign]  # a full disk
    for _ in range(2):
        status, answer = await post(house, request(invite, signer))
        assert (status, answer["error"]["code"]) == (503, "unavailable")
    folder.put = put  # type: ignore[method-assign]  # room again
    status, answer = await post(house, request(invite, signer))
    assert status == 201
    assert base64.b64decode(answer["proof"]) == building_proof(invite, signer.public, house.key, house.next_key, ORIGIN)
    assert house.coordinator.ledger.size == 2
    status, answer = await post(house, request(invite, Ed25519Signer.generate()))
    assert (status, answer["error"]["code"]) == (410, "used_invite")
    metrics = await (await house.get("/metrics")).text()
    for line in ('enrolments_total{outcome="enrolled"} 1.0', 'enrolments_total{outcome="used_invite"} 1.0'):
        assert f"localvpp_{line}" in metrics


async def test_a_flat_whose_answer_was_lost_is_told_by_a_fresh_invite_and_the_log_does_not_change(house: House) -> None:
    signer = Ed25519Signer.generate()
    assert (await post(house, request(await invited(house), signer)))[0] == 201
    head = house.coordinator.ledger.size

    fresh = await invited(house)
    guess = Invite(fresh.flat, fresh.id, bytes(16))
    status, answer = await post(house, request(guess, signer))
    assert (status, answer["error"]["code"]) == (403, "wrong_proof"), "the key alone is no proof"
    status, answer = await post(house, request(fresh, signer))
    assert status == 201
    assert answer["device"] == signer.public.device_id.hex()
    assert base64.b64decode(answer["proof"]) == building_proof(fresh, signer.public, house.key, house.next_key, ORIGIN)
    assert house.coordinator.ledger.size == head, "a flat is enrolled once"

    # The invite is used up: for anybody else, and its secret is gone. The flat itself may ask again.
    status, answer = await post(house, request(fresh, Ed25519Signer.generate()))
    assert (status, answer["error"]["code"]) == (410, "used_invite")
    async with house.coordinator.engine.connect() as connection:
        left = await connection.exec_driver_sql("SELECT secret FROM invites")
        assert left.scalars().all() == [None, None]
    assert (await post(house, request(fresh, signer)))[0] == 201
    async with house.link(Flat("101", ORIGIN, house.key.device_id, signer)):
        pass

    # Another key stays refused, and leaves the invite to the flat.
    last = await invited(house)
    status, answer = await post(house, request(last, Ed25519Signer.generate()))
    assert (status, answer["error"]["code"]) == (409, "already_enrolled")
    assert signer.public.fingerprint in answer["error"]["message"]
    assert (await post(house, request(last, signer)))[0] == 201
    assert house.coordinator.ledger.size == head


async def test_an_invite_is_good_once(house: House) -> None:
    invite = await invited(house)
    await post(house, request(invite, Ed25519Signer.generate()))
    status, answer = await post(house, request(invite, Ed25519Signer.generate()))
    assert (status, answer["error"]["code"], answer["error"]["field"]) == (410, "used_invite", "invite")
    assert house.coordinator.ledger.size == 2


async def test_an_invite_is_good_for_a_day(house: House) -> None:
    invite, signer = await invited(house), Ed25519Signer.generate()
    house.clock.pass_ms(INVITE_MS)
    status, answer = await post(house, request(invite, signer))
    assert (status, answer["error"]["code"]) == (410, "expired_invite")
    async with house.coordinator.engine.connect() as connection:
        assert (await connection.exec_driver_sql("SELECT secret FROM invites")).scalar_one() is None
    status, _ = await post(house, request(await invited(house), signer))
    assert status == 201


async def test_a_newer_invite_for_the_flat_voids_the_older(house: House) -> None:
    older, newer = await invited(house), await invited(house)
    signer = Ed25519Signer.generate()
    status, answer = await post(house, request(older, signer))
    assert (status, answer["error"]["code"]) == (410, "void_invite")
    assert (await post(house, request(newer, signer)))[0] == 201


async def test_wrong_proofs_are_counted_and_then_the_invite_is_void(house: House) -> None:
    invite, signer = await invited(house), Ed25519Signer.generate()
    guess = Invite(invite.flat, invite.id, bytes(16))
    for wrong in range(1, MOST_WRONG_PROOFS + 1):
        status, answer = await post(house, request(guess, signer))
        assert (status, answer["error"]["code"]) == (403, "wrong_proof")
        assert ("is void now" in answer["error"]["message"]) == (wrong == MOST_WRONG_PROOFS)
    status, answer = await post(house, request(invite, signer))
    assert (status, answer["error"]["code"]) == (410, "void_invite")
    assert house.coordinator.ledger.size == 1


async def test_a_proof_is_of_one_key_only(house: House) -> None:
    invite, signer, thief = await invited(house), Ed25519Signer.generate(), Ed25519Signer.generate()
    stolen = request(invite, signer) | {"public_key": base64.b64encode(thief.public.data).decode()}
    assert (await post(house, stolen))[1]["error"]["code"] == "wrong_proof"
    assert (await post(house, request(invite, signer)))[0] == 201


async def test_an_address_may_not_try_without_end(house: House) -> None:
    for _ in range(TRIES):
        await post(house, {})
    status, answer = await post(house, {})
    assert (status, answer["error"]["code"]) == (429, "too_many_tries")
    house.clock.pass_ms(61_000)
    assert (await post(house, {}))[0] == 400


async def test_a_flat_that_is_enrolled_is_not_replaced(house: House) -> None:
    await house.invited("101")
    with pytest.raises(EnrolmentError, match="restored from the flat's backup") as caught:
        await house.invited("101")
    assert (caught.value.why, caught.value.code) == (Why.REFUSED, "already_enrolled")


async def test_one_key_is_not_enrolled_for_two_flats(house: House) -> None:
    signer = Ed25519Signer.generate()
    await post(house, request(await invited(house, "101"), signer))
    status, answer = await post(house, request(await invited(house, "102"), signer))
    assert (status, answer["error"]["code"]) == (409, "key_in_use")


async def test_two_at_once_with_one_invite_enrol_one(house: House) -> None:
    invite = await invited(house)
    answers = await asyncio.gather(*(post(house, request(invite, Ed25519Signer.generate())) for _ in range(5)))
    assert sorted(status for status, _ in answers) == [201, 410, 410, 410, 410]
    assert house.coordinator.ledger.size == 2


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "no invite": ({"invite": None}, "bad_request", "invite"),
    "an invite that is not hex": ({"invite": "xyzxyzxy"}, "bad_request", "invite"),
    "an unknown invite": ({"invite": "00000000"}, "unknown_invite", "invite"),
    "another flat": ({"flat": "102"}, "unknown_invite", "invite"),
    "a key of low order": ({"public_key": base64.b64encode(bytes(32)).decode()}, "bad_key", "public_key"),
    "a short key": ({"public_key": base64.b64encode(bytes(31)).decode()}, "bad_key", "public_key"),
    "an unknown algorithm": ({"algorithm": -37}, "bad_key", "public_key"),
    "a key that is not base64": ({"public_key": "%%%"}, "bad_request", "public_key"),
    "an unknown field": ({"colour": "red"}, "bad_request", "colour"),
    "half a character": ({"software": "\ud800"}, "bad_request", "software"),
    "what a database may not store": ({"software": "a\0b"}, "bad_request", "software"),
    "a nonce that is too short": ({"nonce": base64.b64encode(bytes(31)).decode()}, "bad_request", "nonce"),
    "too much software": ({"software": "x" * 201}, "bad_request", "software"),
}


@pytest.mark.parametrize("what", BAD)
async def test_a_bad_request_names_the_field_and_leaves_the_invite_good(what: str, house: House) -> None:
    changes, code, field = BAD[what]
    invite, signer = await invited(house), Ed25519Signer.generate()
    status, answer = await post(house, request(invite, signer) | changes)
    assert 400 <= status < 500
    assert (answer["error"]["code"], answer["error"]["field"]) == (code, field)
    assert answer["error"]["message"].startswith(field)
    assert (await post(house, request(invite, signer)))[0] == 201


async def test_a_flat_of_the_protocol_before_is_told_to_update(house: House) -> None:
    invite, signer = await invited(house), Ed25519Signer.generate()
    asked = request(invite, signer)
    del asked["nonce"]
    status, answer = await post(house, asked)
    assert (status, answer["error"]["code"], answer["error"]["field"]) == (400, "bad_request", "nonce")
    assert "update the flat's software" in answer["error"]["message"]
    assert "statement" not in answer["error"], "it was not understood, so nobody signs that it was refused"


async def test_a_refusal_is_signed_over_the_very_request(house: House) -> None:
    invite, signer = await invited(house), Ed25519Signer.generate()
    wrong = Invite(invite.flat, invite.id, bytes(16))
    bodies = [json.dumps(request(wrong, signer)).encode() for _ in range(2)]
    url, told = f"{house.url}/api/v1/enrolments", []
    for body in bodies:
        async with house.session.post(url, data=body, headers={"Content-Type": "application/json"}) as response:
            assert response.status == 403
            told.append(base64.b64decode((await response.json())["error"]["statement"]))
    for statement, body in zip(told, bodies, strict=True):
        verify_refusal(statement, house.key, ORIGIN, body, "wrong_proof")
        with pytest.raises(FieldError, match="another reason"):
            verify_refusal(statement, house.key, ORIGIN, body, "used_invite")
    # What was recorded of one request answers no other, not even of the same key by the same invite.
    with pytest.raises(FieldError, match="another request"):
        verify_refusal(told[0], house.key, ORIGIN, bodies[1], "wrong_proof")


async def test_a_body_that_is_not_json_or_too_large_is_refused(house: House) -> None:
    url = f"{house.url}/api/v1/enrolments"
    async with house.session.post(url, data=b"{", headers={"Content-Type": "application/json"}) as response:
        assert (response.status, (await response.json())["error"]["code"]) == (400, "bad_json")
    for body, media in (
        (b'"\xff"', "application/json"),
        (b"{", "application/json; charset=bogus"),
        (b"[" * 60_000, "x/y"),
    ):
        async with house.session.post(url, data=body, headers={"Content-Type": media}) as response:
            assert (response.status, (await response.json())["error"]["code"]) == (400, "bad_json")
    async with house.session.post(url, data=b" " * 70_000) as response:
        assert (response.status, (await response.json())["error"]["code"]) == (413, "too_large")


async def test_a_coordinator_that_does_not_know_the_secret_is_not_trusted(house: House) -> None:
    """The flat's side, against a coordinator that accepts anything."""
    invite = await invited(house)
    wrong = Invite(invite.flat, invite.id, bytes(16))
    async with aiohttp.ClientSession() as session:
        with pytest.raises(EnrolmentError) as caught:
            await enrol(session, house.url, wrong, Ed25519Signer.generate(), software="test")
    assert caught.value.code == "wrong_proof"


async def test_an_invite_is_for_a_flat_of_the_building(house: House) -> None:
    with pytest.raises(InviteError, match="known are 101, 102, 103"):
        await invited(house, "999")
