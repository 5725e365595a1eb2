"""Enrolment, the coordinator's side: invites, and the key that one invite brings into the directory.

An invite is good once, for a day, and void after ten wrong proofs; its secret leaves the database with it. A flat is
enrolled when its ENROL entry is durable, in the same transaction that uses the invite up: there is no state between.

An answer can get lost. A flat that asks again with the key it is enrolled with is answered as enrolled, by the same
invite or by a fresh one, and the log does not change.
"""

import asyncio
import base64
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
import hmac
import logging
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine
import voluptuous as vol

from localvpp.clock import Clock
from localvpp.etp import BadKeyError, DeviceId, NextKey, PublicKey, Signer, SignerUnavailableError, off_loop
from localvpp.etp.keys import algorithm
from localvpp.wire import NONCE_LENGTH, Invite, InviteError, building_proof, flat_proof, sign_refusal

from .config import BuildingConfig, FlatName
from .ledger import Ledger, Scribe
from .store import Member, Role, alone, invites as invite_store, members as member_store, snapshot

INVITE_MS: Final = 24 * 3600 * 1000
"""A day: long enough to walk up the stairs, too short to be found in a drawer."""
MOST_WRONG_PROOFS: Final = 10
"""A person mistypes; a guesser of 128 bits needs more."""
TRIES: Final = 20
"""Enrolments that one address may try in TRIES_S."""
TRIES_S: Final = 60.0
_ADDRESSES: Final = 4_096

_log = logging.getLogger(__name__)


class EnrolmentRefusedError(Exception):
    """A flat is not enrolled, and nothing has changed."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field
        self.statement: bytes | None = None
        """The building's signature on it: only a flat that was understood can be told."""


@dataclass(frozen=True, slots=True)
class EnrolmentRequest:
    """What a flat asks."""

    invite: bytes
    flat: str
    key: PublicKey
    proof: bytes
    software: str

    @classmethod
    def parse(cls, value: object) -> EnrolmentRequest:
        """Read a request's JSON.

        Raises EnrolmentRefusedError.
        """
        try:
            values = _REQUEST(value)
        except vol.MultipleInvalid as errors:
            error = errors.errors[0]
            field = ".".join(str(part) for part in error.path) or None
            raise EnrolmentRefusedError(
                400, "bad_request", f"{field or 'the request'}: {error.error_message}", field
            ) from errors
        try:
            key = PublicKey(algorithm(values["algorithm"]), values["public_key"])
        except BadKeyError as error:
            raise EnrolmentRefusedError(
                400, "bad_key", f"public_key: {error}; make a fresh key", "public_key"
            ) from error
        return cls(values["invite"], values["flat"], key, values["proof"], values["software"])


@dataclass(frozen=True, slots=True)
class EnrolmentAnswer:
    """What the flat is told."""

    origin: str
    flat: str
    device: DeviceId
    building_key: PublicKey
    next_key: NextKey
    proof: bytes

    def plain(self) -> dict[str, Any]:
        """Write the answer's JSON."""
        return {
            "origin": self.origin,
            "flat": self.flat,
            "device": self.device.hex(),
            "algorithm": int(self.building_key.algorithm),
            "public_key": base64.b64encode(self.building_key.data).decode(),
            "next_key": base64.b64encode(self.next_key).decode(),
            "proof": base64.b64encode(self.proof).decode(),
        }


class Tries:
    """How often each address has tried of late; of the addresses, the last to try are remembered."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def one_more(self, address: str) -> bool:
        """Count a try; return whether it is still within the limit."""
        now = self._clock.monotonic()
        begin, count = self._since.pop(address, (now, 0))
        if now - begin >= TRIES_S:
            begin, count = now, 0
        self._since[address] = (begin, count + 1)
        if len(self._since) > _ADDRESSES:
            self._since.popitem(last=False)
        return count < TRIES


async def issue_invite(engine: AsyncEngine, config: BuildingConfig, flat: str, clock: Clock) -> Invite:
    """Store and return a fresh invite for a flat; an earlier one for it becomes void.

    Raises InviteError when the building has no such flat.
    """
    if FlatName(flat) not in config.flats:
        raise InviteError(f"flat {flat!r} is not in {config.file}: known are {', '.join(config.flats)}")
    invite = Invite.issue(flat)
    now_ms = clock.wall_ms()
    async with alone(engine) as connection:
        await invite_store.erase_expired(connection, now_ms)
        await invite_store.add(connection, invite, now_ms, now_ms + INVITE_MS)
    return invite


class Enrolment:
    """Enrols flats, one after the other."""

    def __init__(
        self, engine: AsyncEngine, ledger: Ledger, scribe: Scribe, config: BuildingConfig, signer: Signer, clock: Clock
    ) -> None:
        self._engine = engine
        self._ledger = ledger
        self._scribe = scribe
        self._config = config
        self._signer = signer
        self._key = signer.public
        self._clock = clock
        self._tries = Tries(clock)
        self._lock = asyncio.Lock()

    async def enrol(self, value: object, body: bytes, address: str) -> EnrolmentAnswer:
        """Enrol a flat by its request's JSON, which was read from a body that was sent from an address.

        Raises EnrolmentRefusedError; LedgerUnavailableError when it could not be made durable now.
        """
        if not self._tries.one_more(address):
            raise EnrolmentRefusedError(
                429, "too_many_tries", f"{TRIES} tries in a minute from {address}: wait a minute and try again"
            )
        request = EnrolmentRequest.parse(value)
        try:
            async with self._lock:
                return await self._enrol(request)
        except EnrolmentRefusedError as error:
            error.statement = await self._signed(body, error.code)
            raise

    async def _signed(self, body: bytes, code: str) -> bytes | None:
        """Sign the refusal of a request; without it the flat keeps its key and asks again."""
        signer, building = self._signer, self._scribe.device
        sign = partial(sign_refusal, signer, building, self._config.origin, body, code)
        try:
            return await off_loop(signer, sign)
        except SignerUnavailableError:
            return None  # It is told where the building's key is watched.

    async def _enrol(self, request: EnrolmentRequest) -> EnrolmentAnswer:
        await self._ledger.ready()
        now_ms = self._clock.wall_ms()
        stored, members = await self._stored(request, now_ms)
        device = request.key.device_id
        known = next((member for member in members if member.name == request.flat and member.is_current), None)
        if stored.answer is not None and known is not None and known.key == request.key:
            # The flat did not hear the answer and asks again with the same key: it is enrolled, and told so.
            return self._answer(request, stored.answer, known.device)
        invite = _usable(stored, now_ms)
        await self._check_proof(invite, request)
        if known is not None:
            return await self._enrolled_before(known, invite, request, now_ms)
        if any(member.device == device or member.has(request.key) for member in members):
            raise EnrolmentRefusedError(
                409, "key_in_use", "public_key: a member signs with it, or did; make a fresh key", "public_key"
            )
        member = Member(device, request.flat, Role.FLAT, request.key, request.software, now_ms)
        proof = self._proof(invite, request)
        used = invite_store.using(invite.id, now_ms, proof)
        await self._scribe.enrol(member, self._config.slot_seconds, self._clock, (used,))
        _log.info("Flat %s is enrolled with the key %s", member.name, member.key.fingerprint)
        return self._answer(request, proof, device)

    async def _enrolled_before(
        self, known: Member, invite: Invite, request: EnrolmentRequest, now_ms: int
    ) -> EnrolmentAnswer:
        """Answer a member that asks again with its own key; the fresh invite is used up, and nothing is logged."""
        if known.key != request.key:
            raise EnrolmentRefusedError(
                409,
                "already_enrolled",
                f"flat: {request.flat} is enrolled with the key {known.key.fingerprint}; go on with that key, restored "
                "from the flat's backup, or ask the manager to revoke it if it is lost",
                "flat",
            )
        proof = self._proof(invite, request)
        async with self._engine.begin() as connection:
            await connection.execute(invite_store.using(invite.id, now_ms, proof))
        _log.info("Flat %s has asked again, and is enrolled with the key %s", known.name, known.key.fingerprint)
        return self._answer(request, proof, known.device)

    def _answer(self, request: EnrolmentRequest, proof: bytes, device: DeviceId) -> EnrolmentAnswer:
        return EnrolmentAnswer(self._config.origin, request.flat, device, self._key, self._next_key, proof)

    def _proof(self, invite: Invite, request: EnrolmentRequest) -> bytes:
        return building_proof(invite, request.key, self._key, self._next_key, self._config.origin)

    @property
    def _next_key(self) -> NextKey:
        """What the log says of the building's next key; its key, and so this, does not change while this runs."""
        building = self._ledger.directory.get(self._scribe.device)
        assert building is not None, "who enrols others is enrolled"
        assert building.next_key is not None, "no building is enrolled without"
        return building.next_key

    async def _stored(self, request: EnrolmentRequest, now_ms: int) -> tuple[invite_store.StoredInvite, list[Member]]:
        """Return invite and members of one moment: a used invite without its member would be void for its flat."""
        async with alone(self._engine) as connection:
            await invite_store.erase_expired(connection, now_ms)
        async with snapshot(self._engine) as connection:
            stored = await invite_store.find(connection, request.invite)
            members = await member_store.every(connection)
        if stored is None or stored.flat != request.flat:
            raise EnrolmentRefusedError(
                404,
                "unknown_invite",
                f"invite: {request.invite.hex()} is not known for flat {request.flat}; {_AGAIN}",
                "invite",
            )
        if stored.flat not in self._config.flats:
            raise EnrolmentRefusedError(
                404,
                "unknown_flat",
                f"flat: {stored.flat} is no longer in the building's file; tell the manager",
                "flat",
            )
        return stored, members

    async def _check_proof(self, invite: Invite, request: EnrolmentRequest) -> None:
        if hmac.compare_digest(flat_proof(invite, request.key), request.proof):
            return
        async with self._engine.begin() as connection:
            wrong = await invite_store.count_wrong(connection, invite.id, MOST_WRONG_PROOFS)
        left = MOST_WRONG_PROOFS - wrong
        _log.warning("A wrong proof for the invite of flat %s: %d of %d", invite.flat, wrong, MOST_WRONG_PROOFS)
        remedy = f"{left} more tries" if left > 0 else f"the invite is void now: {_AGAIN}"
        raise EnrolmentRefusedError(
            403,
            "wrong_proof",
            f"proof: it does not show the invite's secret; check what was typed ({remedy})",
            "proof",
        )


_AGAIN: Final = "ask the manager for a new invite"


def _usable(stored: invite_store.StoredInvite, now_ms: int) -> Invite:
    """Return the invite if it can still be used."""
    if stored.used_ms is not None:
        raise EnrolmentRefusedError(410, "used_invite", f"invite: it was used already; {_AGAIN}", "invite")
    if stored.expires_ms <= now_ms:
        raise EnrolmentRefusedError(
            410, "expired_invite", f"invite: it was good for a day and is over; {_AGAIN}", "invite"
        )
    if stored.invite is None:
        raise EnrolmentRefusedError(
            410, "void_invite", f"invite: a newer one replaced it, or wrong proofs voided it; {_AGAIN}", "invite"
        )
    return stored.invite


# --- The request ------------------------------------------------------------------------------------------------------


def _base64(value: object) -> bytes:
    if not isinstance(value, str):
        raise vol.Invalid("write base64 text")
    try:
        return base64.b64decode(value, validate=True)
    except ValueError as error:
        raise vol.Invalid("is not base64 (RFC 4648 section 4, with padding)") from error


def _text(value: object) -> str:
    r"""Take text that any database can store: JSON's \u escapes can spell half a character, and a NUL."""
    if not isinstance(value, str):
        raise vol.Invalid("write text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise vol.Invalid("holds half a character (a lone surrogate)") from error
    if "\0" in value:
        raise vol.Invalid("holds a NUL character")
    return value


def _hex(value: object) -> bytes:
    if not isinstance(value, str) or len(value) != 8:
        raise vol.Invalid("write the invite's id, 8 hex digits")
    try:
        return bytes.fromhex(value)
    except ValueError as error:
        raise vol.Invalid("write the invite's id, 8 hex digits") from error


_REQUEST: Final = vol.Schema(
    {
        vol.Required("invite"): _hex,
        vol.Required("flat"): vol.All(_text, vol.Length(min=1, max=16)),
        vol.Required("algorithm"): int,
        vol.Required("public_key"): _base64,
        vol.Required("proof"): _base64,
        vol.Optional("software", default=""): vol.All(_text, vol.Length(max=200)),
        # Nothing is done with it: a refusal is signed over the request, and so over what is new in it.
        vol.Required("nonce", msg="is not there: update the flat's software, which speaks an older protocol"): vol.All(
            _base64, vol.Length(min=NONCE_LENGTH, max=NONCE_LENGTH, msg=f"write {NONCE_LENGTH} bytes")
        ),
    }
)
