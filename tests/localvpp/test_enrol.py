"""A flat becomes a member of the building that knows its invite, and of no other."""

import base64
from collections.abc import AsyncIterator, Callable
import json
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from localvpp.enrol import EnrolmentError, Why, enrol, fetch_building
from localvpp.etp import Ed25519Signer, Es256Signer, PublicKey, Signer
from localvpp.wire import NONCE_LENGTH, PROTOCOL, Invite, Membership, building_proof, flat_proof, sign_refusal

from ..lossy import lossy
from .place import NEXT_KEY, ORIGIN

INVITE = Invite("101", b"\1\2\3\4", bytes(range(16)))


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Door:
    """The two REST calls of enrolment, answered honestly unless a test changes them."""

    def __init__(self, building: Ed25519Signer) -> None:
        self.building = building
        self.asked: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        """The same, as they came."""
        self.card: dict[str, Any] = {
            "name": "さくらハイツ",
            "origin": ORIGIN,
            "version": "0.1.0",
            "protocol": PROTOCOL,
            "fingerprint": building.public.fingerprint,
            "algorithm": -8,
            "public_key": base64_of(building.public.data),
        }
        self.lies: dict[str, Any] = {}
        self.instead: Callable[[], web.Response] | None = None
        self.no_card: Callable[[], web.Response] | None = None

    async def building_card(self, request: web.Request) -> web.Response:
        return web.json_response(self.card) if self.no_card is None else self.no_card()

    async def enrolments(self, request: web.Request) -> web.Response:
        told = await request.json()
        self.asked.append(told)
        self.bodies.append(await request.read())
        if self.instead is not None:
            return self.instead()
        key = PublicKey(told["algorithm"], base64.b64decode(told["public_key"]))
        assert told["invite"] == INVITE.id.hex()
        assert base64.b64decode(told["proof"]) == flat_proof(INVITE, key)
        answer = {
            "origin": ORIGIN,
            "flat": told["flat"],
            "device": key.device_id.hex(),
            "algorithm": -8,
            "public_key": base64_of(self.building.public.data),
            "next_key": base64_of(NEXT_KEY),
            "proof": base64_of(building_proof(INVITE, key, self.building.public, NEXT_KEY, ORIGIN)),
        }
        return web.json_response(answer | self.lies, status=201)


@pytest.fixture
def door(building: Ed25519Signer) -> Door:
    return Door(building)


@pytest.fixture
async def url(socket_enabled: None, door: Door) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/api/v1/building", door.building_card)
    app.router.add_post("/api/v1/enrolments", door.enrolments)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize("key", [Ed25519Signer.generate(), Es256Signer.generate()], ids=["EdDSA", "ES256"])
async def test_a_flat_is_enrolled_with_its_invite(
    url: str, session: aiohttp.ClientSession, door: Door, building: Ed25519Signer, key: Signer
) -> None:
    member = await enrol(
        session, url, INVITE, key, software="tests", fingerprint=building.public.fingerprint.upper().replace(" ", "-")
    )
    assert member == Membership(url.rstrip("/"), ORIGIN, "101", key.public.device_id, building.public, NEXT_KEY)
    (told,) = door.asked
    assert (told["flat"], told["software"], told["algorithm"]) == ("101", "tests", int(key.public.algorithm))


async def test_the_secret_never_travels(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer
) -> None:
    await enrol(session, url, INVITE, signer, software="tests")
    sent = json.dumps(door.asked)
    for form in (INVITE.secret.hex(), base64_of(INVITE.secret), base64.b32encode(INVITE.secret).decode(), INVITE.text):
        assert form not in sent


async def fails(session: aiohttp.ClientSession, url: str, signer: Signer, **more: Any) -> EnrolmentError:
    with pytest.raises(EnrolmentError) as caught:
        await enrol(session, url, INVITE, signer, software="tests", **more)
    return caught.value


async def test_another_fingerprint_than_expected_stops_before_anything_is_told(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer, stranger: Ed25519Signer
) -> None:
    error = await fails(session, url, signer, fingerprint=stranger.public.fingerprint)
    assert error.why is Why.WRONG_FINGERPRINT
    assert "do not go on" in str(error)
    assert door.asked == []


@pytest.mark.parametrize("given", ["00:11:22", "", "指紋", "0123 4567 89ab cdef 0123 4567 89ab cdeg"])
async def test_what_is_no_fingerprint_is_told_as_that_and_nobody_is_asked(
    session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer, given: str
) -> None:
    error = await fails(session, "http://192.0.2.1", signer, fingerprint=given)
    assert (error.why, error.certain) == (Why.INVALID_FINGERPRINT, True)
    assert "eight groups of four" in str(error)
    assert "do not go on" not in str(error)


def lies_of_the_middle(stranger: Ed25519Signer, signer: Ed25519Signer) -> dict[str, dict[str, Any]]:
    other = Invite(INVITE.flat, INVITE.id, bytes(16))
    return {
        "a key of his own": {"public_key": base64_of(stranger.public.data)},
        "a key of his own, proven with another secret": {
            "public_key": base64_of(stranger.public.data),
            "proof": base64_of(building_proof(other, signer.public, stranger.public, NEXT_KEY, ORIGIN)),
        },
        "another origin": {"origin": "vpp.example/next-door"},
        "no proof": {"proof": ""},
        "the flat's own proof": {"proof": base64_of(flat_proof(INVITE, signer.public))},
    }


@pytest.mark.parametrize("which", range(5))
async def test_whoever_stands_in_between_cannot_put_his_key_in(
    url: str,
    session: aiohttp.ClientSession,
    door: Door,
    signer: Ed25519Signer,
    stranger: Ed25519Signer,
    which: int,
) -> None:
    door.lies = list(lies_of_the_middle(stranger, signer).values())[which]
    error = await fails(session, url, signer)
    assert (error.why, error.certain) == (Why.UNPROVEN, False), "he may have passed the flat's key on"
    assert "must not be used again" in str(error)


async def test_a_card_with_one_key_and_a_proof_with_another_is_unproven(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer, stranger: Ed25519Signer
) -> None:
    door.card |= {"public_key": base64_of(stranger.public.data), "fingerprint": stranger.public.fingerprint}
    assert (await fails(session, url, signer)).why is Why.UNPROVEN


@pytest.mark.parametrize(
    "lie",
    [
        {"algorithm": 5},
        {"algorithm": "EdDSA"},
        {"public_key": "%%%"},
        {"public_key": "鍵"},
        {"public_key": 7},
        {"public_key": base64_of(bytes(32))},
        {"proof": None},
        {"proof": "証"},
        {"device": "zz"},
        {"device": 7},
    ],
    ids=str,
)
async def test_an_answer_that_is_nonsense_is_called_so(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer, lie: dict[str, Any]
) -> None:
    door.lies = lie
    error = await fails(session, url, signer)
    assert (error.why, error.certain) == (Why.UNANSWERED, False)
    assert "nonsense" in str(error)


async def test_the_device_must_be_that_of_the_flats_key(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer
) -> None:
    door.lies = {"device": "00" * 16}
    error = await fails(session, url, signer)
    assert (error.why, "another device" in str(error)) == (Why.UNANSWERED, True)


@pytest.mark.parametrize(
    "lie",
    [
        {"algorithm": 5},
        {"public_key": "鍵"},
        {"public_key": "AAAA"},
        {"public_key": base64_of(bytes(32))},
        {"public_key": None},
        {"fingerprint": "0000 0000"},
        {"fingerprint": None},
        {"protocol": "3"},
        {"protocol": True},
    ],
    ids=str,
)
async def test_a_card_that_contradicts_itself_is_no_coordinators(
    url: str, session: aiohttp.ClientSession, door: Door, lie: dict[str, Any]
) -> None:
    door.card |= lie
    with pytest.raises(EnrolmentError) as caught:
        await fetch_building(session, url)
    assert caught.value.why is Why.NOT_A_COORDINATOR
    for field in ("name", "origin", "algorithm", "public_key", "version", "protocol"):
        door.card.pop(field)
        with pytest.raises(EnrolmentError):
            await fetch_building(session, url)


async def test_a_refusal_carries_the_coordinators_code_and_sentence(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer
) -> None:
    door.instead = lambda: web.json_response(
        {"error": {"code": "invite_used", "message": "ask for a new invite", "field": "invite"}}, status=409
    )
    known = door.building.public.fingerprint
    error = await fails(session, url, signer, fingerprint=known)
    assert (error.why, error.code, str(error)) == (Why.REFUSED, "invite_used", "ask for a new invite")
    assert not error.certain, "anybody in between could have written it"
    door.instead = lambda: refusal(door)
    error = await fails(session, url, signer, fingerprint=known)
    assert (error.why, error.code, error.certain) == (Why.REFUSED, "used_invite", True)
    door.instead = None
    assert (await enrol(session, url, INVITE, signer, software="tests")).flat == "101"


def refusal(door: Door, *, code: str = "used_invite", said: str = "used_invite", **changes: Any) -> web.Response:
    """A refusal that says one code, and a statement that it says another, perhaps."""
    made = {"signer": door.building, "origin": ORIGIN, "request": door.bodies[-1]} | changes
    statement = sign_refusal(made["signer"], made["signer"].public.device_id, made["origin"], made["request"], code)
    error = {"code": said, "message": "no", "field": None, "statement": base64_of(statement)}
    return web.json_response({"error": error}, status=410)


async def test_a_refusal_that_the_building_has_not_signed_for_this_request_leaves_it_in_doubt(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer, stranger: Ed25519Signer
) -> None:
    for answer in (
        lambda: refusal(door, signer=stranger),
        lambda: refusal(door, request=door.bodies[-1] + b" "),
        lambda: refusal(door, origin="vpp.example/other"),
        lambda: refusal(door, said="already_enrolled"),
        lambda: web.json_response({"error": {"code": "used_invite", "message": "no", "statement": 7}}, status=410),
        lambda: web.json_response({"error": {"code": "used_invite", "message": "no", "statement": "?"}}, status=410),
    ):
        door.instead = answer
        error = await fails(session, url, signer, fingerprint=door.building.public.fingerprint)
        assert (error.why, error.certain) == (Why.REFUSED, False)
    door.instead = None
    assert (await enrol(session, url, INVITE, signer, software="tests")).flat == "101"


async def test_a_recorded_refusal_is_none_of_the_next_request_be_it_for_the_same_key_and_invite(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer
) -> None:
    known = door.building.public.fingerprint
    door.instead = lambda: refusal(door, code="wrong_proof", said="wrong_proof")
    assert (await fails(session, url, signer, fingerprint=known)).certain
    recorded = door.bodies[-1]
    door.instead = lambda: refusal(door, code="wrong_proof", said="wrong_proof", request=recorded)
    error = await fails(session, url, signer, fingerprint=known)
    assert (error.why, error.code, error.certain) == (Why.REFUSED, "wrong_proof", False)
    assert [len(base64.b64decode(asked["nonce"])) for asked in door.asked] == [NONCE_LENGTH] * 2
    assert door.asked[0]["nonce"] != door.asked[1]["nonce"]


async def test_a_refusal_by_a_key_that_only_the_card_has_shown_is_not_certain(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer, building: Ed25519Signer
) -> None:
    door.instead = lambda: refusal(door)
    for more in ({}, {"shown": building.public}):
        error = await fails(session, url, signer, **more)
        assert (error.why, error.certain) == (Why.REFUSED, False)


async def test_another_key_than_was_shown_before_stops_before_anything_is_told(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer, stranger: Ed25519Signer
) -> None:
    error = await fails(session, url, signer, shown=stranger.public)
    assert error.why is Why.WRONG_FINGERPRINT
    assert door.asked == []


@pytest.mark.parametrize("version", [PROTOCOL - 1, PROTOCOL + 1])
async def test_a_coordinator_of_another_protocol_is_told_before_anything_is_asked(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer, version: int
) -> None:
    # Whatever else its card says.
    door.card = {"protocol": version}
    error = await fails(session, url, signer)
    assert (error.why, error.certain) == (Why.OTHER_PROTOCOL, True)
    assert f"speaks protocol {version}, this flat {PROTOCOL}: update the older one" in str(error)
    assert door.asked == []


TROUBLE = {"error": {"code": "unavailable", "message": "the ledger cannot write", "field": None}}


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (lambda: web.Response(text="<html>router</html>", content_type="text/html"), "without JSON"),
        (lambda: web.Response(body=b"{", content_type="application/json"), "without JSON"),
        (lambda: web.Response(body=b'"\xff"', content_type="application/json"), "without JSON"),
        (lambda: web.json_response([1]), "no JSON object"),
        (lambda: web.json_response({"error": "no"}, status=500), "answered 500"),
        (lambda: web.json_response(TROUBLE, status=503), "the ledger cannot write"),
    ],
    ids=["html", "half", "not text", "list", "500", "503"],
)
async def test_what_does_not_tell_whether_the_flat_is_enrolled_leaves_it_in_doubt(
    url: str,
    session: aiohttp.ClientSession,
    door: Door,
    signer: Ed25519Signer,
    answer: Callable[[], web.Response],
    named: str,
) -> None:
    door.instead = answer
    error = await fails(session, url, signer)
    assert (error.why, error.certain) == (Why.UNANSWERED, False)
    assert named in str(error)
    door.instead = None
    assert (await enrol(session, url, INVITE, signer, software="tests")).flat == "101"


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (lambda: web.Response(text="<html>router</html>", content_type="text/html"), "without JSON"),
        (lambda: web.json_response([1]), "no JSON object"),
        (lambda: web.json_response({"error": "no"}, status=500), "answered 500"),
    ],
    ids=["html", "list", "500"],
)
async def test_an_address_of_something_else_is_told_before_anything_is_asked(
    url: str,
    session: aiohttp.ClientSession,
    door: Door,
    signer: Ed25519Signer,
    answer: Callable[[], web.Response],
    named: str,
) -> None:
    door.no_card = answer
    error = await fails(session, url, signer)
    assert (error.why, error.certain) == (Why.NOT_A_COORDINATOR, True)
    assert named in str(error)
    assert door.asked == []


async def test_an_answer_that_gets_lost_on_its_way_leaves_the_flat_in_doubt(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer
) -> None:
    async with lossy(url) as line:
        error = await fails(session, line.url, signer)
        assert (error.why, error.certain) == (Why.UNANSWERED, False)
        assert "its answer got lost" in str(error)
        assert [asked["flat"] for asked in door.asked] == ["101"], "the coordinator has heard it"
        line.loses = None
        assert (await enrol(session, line.url, INVITE, signer, software="tests")).flat == "101"
        # A line that is dead before anything is sent leaves no doubt.
        line.loses = "/api/v1/building"
        error = await fails(session, line.url, signer)
        assert (error.why, error.certain) == (Why.UNREACHABLE, True)
    error = await fails(session, line.url, signer)
    assert (error.why, error.certain) == (Why.UNREACHABLE, True)


async def test_a_coordinator_that_goes_between_card_and_question_was_not_asked(
    url: str, session: aiohttp.ClientSession, door: Door, signer: Ed25519Signer
) -> None:
    async with lossy(url) as line:

        def closes() -> web.Response:
            line.close()
            return web.json_response(door.card, headers={"Connection": "close"})

        door.no_card = closes
        error = await fails(session, line.url, signer)
    assert (error.why, error.certain) == (Why.UNREACHABLE, True)
    assert door.asked == []


async def test_nothing_at_the_address_is_told(session: aiohttp.ClientSession, url: str, signer: Ed25519Signer) -> None:
    async with TestServer(web.Application()) as server:
        gone = str(server.make_url("/"))
    error = await fails(session, gone, signer)
    assert (error.why, error.certain) == (Why.UNREACHABLE, True)
    assert "check address and network" in str(error)
    for address in ("no-url", "ftp://127.0.0.1/", "vpp.example:8470", "http://"):
        error = await fails(session, address, signer)
        assert (error.why, error.certain) == (Why.UNREACHABLE, True)
        assert "begins with http:// or https://" in str(error)
