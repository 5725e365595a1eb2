"""Becoming a member of a building: the flat's side of enrolment, over HTTP.

The session is passed in. Every way it can fail is an EnrolmentError with a code to act on and a sentence to show.

An answer can get lost after the coordinator has enrolled the key, and a coordinator enrols one key for a flat. So the
caller makes the key durable before it asks, and gives it up only when the error is certain: a refusal, when the
building has signed that it refuses this very request, and its key is known by a fingerprint that was given. A key that
only the answering side has shown proves nothing: anybody can show one, and sign a refusal with it.
"""

import base64
from dataclasses import dataclass
from enum import StrEnum
import hmac
import json
import secrets
from typing import Any, Final

import aiohttp

from .etp import (
    NEXT_KEY_LENGTH,
    BadKeyError,
    DeviceId,
    EtpError,
    NextKey,
    PublicKey,
    Signer,
    is_fingerprint,
    same_fingerprint,
)
from .etp.keys import algorithm
from .trust import distrust
from .wire import (
    NONCE_LENGTH,
    PROTOCOL,
    Invite,
    Membership,
    building_proof,
    flat_proof,
    verify_refusal,
)

_TIMEOUT: Final = aiohttp.ClientTimeout(total=15)
"""A coordinator answers within a second; a person is waiting."""


class Why(StrEnum):
    """Why enrolment failed."""

    UNREACHABLE = "unreachable"
    """Nobody was asked."""
    UNTRUSTED = "untrusted"
    """Somebody answers, and his certificate does not show that he is the one the address names. Nobody was asked."""
    NOT_A_COORDINATOR = "not_a_coordinator"
    OTHER_PROTOCOL = "other_protocol"
    """A coordinator of an older or a newer version. Nobody was asked."""
    INVALID_FINGERPRINT = "invalid_fingerprint"
    """What was given to compare is none. Nobody was asked."""
    WRONG_FINGERPRINT = "wrong_fingerprint"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    """The coordinator was asked, and no answer came that tells: it may have enrolled the key."""
    UNPROVEN = "unproven"
    """The answer does not show that the coordinator knows the invite: somebody stands in between."""


_DOUBTFUL: Final = frozenset({Why.UNANSWERED, Why.UNPROVEN})
"""After these the coordinator may know the flat's key; whoever stands in between may have passed it on."""


class EnrolmentError(Exception):
    """The flat does not know itself to be a member; nothing was changed on its side."""

    def __init__(self, why: Why, message: str, code: str | None = None, *, signed: bool = True) -> None:
        super().__init__(message)
        self.why = why
        self.code = code
        """The coordinator's own code, when it has answered with one."""
        self.signed = signed
        """Whether a refusal is certainly the building's own, and of this request."""

    @property
    def certain(self) -> bool:
        """Whether this try has certainly not enrolled the key: nobody was asked, or the building has refused it."""
        return self.why not in _DOUBTFUL and self.signed


@dataclass(frozen=True, slots=True)
class BuildingCard:
    """What a coordinator says of itself before anything is proven."""

    url: str
    name: str
    origin: str
    key: PublicKey
    version: str


async def fetch_building(session: aiohttp.ClientSession, url: str) -> BuildingCard:
    """Return the card of the coordinator at a URL.

    Raises EnrolmentError (UNREACHABLE, UNTRUSTED, NOT_A_COORDINATOR or OTHER_PROTOCOL).
    """
    base = url.rstrip("/")
    data = await _request(session, "GET", f"{base}/api/v1/building", None)
    if type(protocol := data.get("protocol")) is int and protocol != PROTOCOL:
        raise EnrolmentError(
            Why.OTHER_PROTOCOL,
            f"the coordinator at {base} speaks protocol {protocol}, this flat {PROTOCOL}: update the older one",
        )
    try:
        key = PublicKey(algorithm(data["algorithm"]), base64.b64decode(data["public_key"], validate=True))
        card = BuildingCard(base, str(data["name"]), str(data["origin"]), key, str(data["version"]))
    except (KeyError, TypeError, ValueError, BadKeyError) as error:
        raise EnrolmentError(
            Why.NOT_A_COORDINATOR, f"{base} does not answer as a Local VPP coordinator: {error}"
        ) from error
    if protocol != PROTOCOL:
        raise EnrolmentError(Why.NOT_A_COORDINATOR, f"{base} does not say which protocol it speaks")
    if not same_fingerprint(str(data.get("fingerprint", "")), key.fingerprint):
        raise EnrolmentError(Why.NOT_A_COORDINATOR, f"{base} shows a fingerprint that is not that of its key")
    return card


async def enrol(
    session: aiohttp.ClientSession,
    url: str,
    invite: Invite,
    signer: Signer,
    *,
    software: str,
    fingerprint: str | None = None,
    shown: PublicKey | None = None,
    device: DeviceId | None = None,
) -> Membership:
    """Enrol a flat's key with an invite and return the membership.

    `fingerprint` is what the resident was given to expect, if anything; `shown` is the key that the coordinator has
    shown before, if it did: it must be the same, and proves nothing more. `device` is what a flat is that was enrolled
    before: once it has rotated its key, that does not follow from the key any more. Raises EnrolmentError.
    """
    expected = device or signer.public.device_id
    if fingerprint is not None and not is_fingerprint(fingerprint):
        raise EnrolmentError(
            Why.INVALID_FINGERPRINT,
            f"{fingerprint!r} is no fingerprint: it has eight groups of four digits 0-9 and a-f, as 0123 4567 89ab "
            "cdef 0123 4567 89ab cdef; copy it as the building manager gave it to you",
        )
    card = await fetch_building(session, url)
    if fingerprint is not None and not same_fingerprint(fingerprint, card.key.fingerprint):
        raise EnrolmentError(
            Why.WRONG_FINGERPRINT,
            f"the coordinator at {card.url} has the fingerprint {card.key.fingerprint}, not {fingerprint}: "
            "ask the building manager, and do not go on",
        )
    if shown is not None and shown != card.key:
        raise EnrolmentError(
            Why.WRONG_FINGERPRINT,
            f"the coordinator at {card.url} has the fingerprint {card.key.fingerprint}, and has shown "
            f"{shown.fingerprint} before: ask the building manager, and do not go on",
        )
    request = json.dumps(
        {
            "invite": invite.id.hex(),
            "flat": invite.flat,
            "algorithm": int(signer.public.algorithm),
            "public_key": base64.b64encode(signer.public.data).decode(),
            "proof": base64.b64encode(flat_proof(invite, signer.public)).decode(),
            "software": software,
            "nonce": base64.b64encode(secrets.token_bytes(NONCE_LENGTH)).decode(),
        }
    ).encode()
    answer = await _ask(session, card, request, is_known=fingerprint is not None)
    try:
        key = PublicKey(algorithm(answer["algorithm"]), base64.b64decode(answer["public_key"], validate=True))
        next_key = NextKey(base64.b64decode(answer["next_key"], validate=True))
        if len(next_key) != NEXT_KEY_LENGTH:
            raise ValueError(f"next_key has {len(next_key)} bytes, not {NEXT_KEY_LENGTH}")
        proof = base64.b64decode(answer["proof"], validate=True)
        origin = str(answer["origin"])
        told = bytes.fromhex(answer["device"])
    except (KeyError, TypeError, ValueError, BadKeyError) as error:
        raise EnrolmentError(Why.UNANSWERED, f"{card.url} answered the enrolment with nonsense: {error}") from error
    if not hmac.compare_digest(proof, building_proof(invite, signer.public, key, next_key, origin)) or key != card.key:
        raise EnrolmentError(
            Why.UNPROVEN,
            f"{card.url} accepted the invite but cannot show that it knows it: somebody may stand between you and the "
            "coordinator. Tell the building manager; the invite must not be used again",
        )
    if told != expected:
        raise EnrolmentError(Why.UNANSWERED, f"{card.url} enrolled another device than this flat's key stands for")
    return Membership(card.url, origin, invite.flat, expected, key, next_key)


async def _ask(session: aiohttp.ClientSession, card: BuildingCard, request: bytes, *, is_known: bool) -> dict[str, Any]:
    """Ask to be enrolled; a refusal is told apart from what somebody in between may have written, or recorded.

    `is_known` is whether the key on the card is the building's by more than the card's word.
    """
    try:
        return await _request(session, "POST", f"{card.url}/api/v1/enrolments", request)
    except _RefusedError as error:
        error.signed = is_known
        try:
            verify_refusal(error.statement, card.key, card.origin, request, error.code or "")
        except EtpError:
            error.signed = False
        raise


class _RefusedError(EnrolmentError):
    """A refusal as it came, with what should prove it."""

    def __init__(self, message: str, code: str, statement: bytes) -> None:
        super().__init__(Why.REFUSED, message, code)
        self.statement = statement


async def _request(session: aiohttp.ClientSession, method: str, url: str, body: bytes | None) -> dict[str, Any]:
    changes = body is not None
    headers = {"Content-Type": "application/json"} if changes else None
    try:
        async with session.request(method, url, data=body, headers=headers, timeout=_TIMEOUT) as response:
            return await _answer(response, url, Why.UNANSWERED if changes else None)
    except (aiohttp.ClientError, TimeoutError) as error:
        if changes and not isinstance(error, aiohttp.ClientConnectorError):
            reason = str(error) or type(error).__name__
            raise EnrolmentError(Why.UNANSWERED, f"{url} was asked, but its answer got lost ({reason})") from error
        raise unreachable(url, error) from error


def unreachable(url: str, error: aiohttp.ClientError | TimeoutError) -> EnrolmentError:
    """Return the error of an address that could not be asked."""
    if (why := distrust(error)) is not None:
        return EnrolmentError(Why.UNTRUSTED, f"{url} is not asked: {why}")
    if isinstance(error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
        return EnrolmentError(
            Why.UNREACHABLE,
            f"{url} cannot be asked: a coordinator's address begins with http:// or https://, as http://192.0.2.10:8470",
        )
    reason, remedy = str(error) or type(error).__name__, "check address and network"
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        remedy = "the coordinator may speak plain http: ask the building manager how the address begins"
    elif url.startswith("http:") and isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientResponseError):
        remedy = "the coordinator may speak https: ask the building manager how the address begins"
    return EnrolmentError(Why.UNREACHABLE, f"nothing answers at {url} ({reason}): {remedy}")


async def _answer(response: aiohttp.ClientResponse, url: str, doubt: Why | None) -> dict[str, Any]:
    """Return an answer's JSON. `doubt` is what it means that an answer does not tell what has become of a request."""
    try:
        data = await response.json()
    except (aiohttp.ContentTypeError, ValueError) as error:
        raise EnrolmentError(
            doubt or Why.NOT_A_COORDINATOR,
            f"{url} answered {response.status} without JSON: is this the coordinator's address?",
        ) from error
    if not isinstance(data, dict):
        raise EnrolmentError(doubt or Why.NOT_A_COORDINATOR, f"{url} answered with something that is no JSON object")
    if response.status < 400:
        return data
    match data.get("error"):
        case {"code": str(code), "message": str(message)}:
            # A coordinator in trouble may have failed after the key was in its log.
            trouble = response.status >= 500
            if doubt and not trouble:
                raise _RefusedError(message, code, _statement(data["error"]))
            raise EnrolmentError(doubt if doubt and trouble else Why.REFUSED, message, code)
        case _:
            raise EnrolmentError(doubt or Why.NOT_A_COORDINATOR, f"{url} answered {response.status}")


def _statement(error: dict[str, Any]) -> bytes:
    """Return what is to prove a refusal; empty when there is nothing that could."""
    told = error.get("statement")
    try:
        return base64.b64decode(told, validate=True) if isinstance(told, str) else b""
    except ValueError:
        return b""
