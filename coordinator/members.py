"""What is said of a flat: suspended, reinstated, revoked. Each is an entry, effective from there on.

The manager says it, or, of a flat whose key is in two hands, the coordinator by itself. A word that has been said is
not said twice: a manager whose answer got lost asks again and hears how it stands.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
import logging
from typing import Any, Final

import voluptuous as vol

from localvpp.clock import Clock
from localvpp.etp import Body, Kind, Standing
from localvpp.wire import Code

from .config import BuildingConfig, FlatName
from .ledger import Conflict, Ledger, LedgerUnavailableError, RefusedError, Scribe, why_suspended
from .link import WHY_REVOKED, Hub
from .store import Member, Role

LONGEST_REASON: Final = 64
RETRY_S: Final = 5.0
"""A ledger that cannot take the entry which suspends a flat is asked again after this."""

_log = logging.getLogger(__name__)


class MemberRefusedError(Exception):
    """What the manager asks is refused, and nothing has changed."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field


class Action(StrEnum):
    """What can be said of a flat."""

    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"


_SAYS: Final[Mapping[Action, tuple[Kind, Standing]]] = {
    Action.SUSPEND: (Kind.SUSPEND, Standing.SUSPENDED),
    Action.REINSTATE: (Kind.REINSTATE, Standing.ACTIVE),
    Action.REVOKE: (Kind.REVOKE, Standing.REVOKED),
}


class Members:
    """Speaks of flats, one after the other."""

    def __init__(self, ledger: Ledger, scribe: Scribe, hub: Hub, config: BuildingConfig, clock: Clock) -> None:
        self._conflicts = asyncio.Event()
        self._conflicts.set()
        self._ledger = ledger
        self._scribe = scribe
        self._hub = hub
        self._config = config
        self._clock = clock
        self._lock = asyncio.Lock()

    def all(self) -> list[dict[str, Any]]:
        """Return every flat that was ever enrolled, by name; one that was revoked stays, beside its successor."""
        return [self.plain(member) for member in self._ledger.directory.flats]

    def plain(self, member: Member) -> dict[str, Any]:
        """Return a member's JSON."""
        return {
            "flat": member.name,
            "device": member.device.hex(),
            "standing": member.standing.value,
            "fingerprint": member.key.fingerprint,
            "enrolled_ms": member.enrolled_ms,
            "rotations": len(member.retired),
            "records": self._ledger.head(member.device).seq,
            "online": member.device in self._hub,
        }

    def history(self, flat: str) -> tuple[Member, ...]:
        """Return the members that a flat has had, the present one last.

        Raises MemberRefusedError for a flat that has none.
        """
        members = [member for member in self._ledger.directory.history(flat) if member.role is Role.FLAT]
        if not members:
            known = FlatName(flat) in self._config.flats
            why = "is not enrolled yet" if known else f"is not in {self._config.file.name}, and never was enrolled"
            raise MemberRefusedError(404, "unknown_flat", f"flat: {flat} {why}", "flat")
        return tuple(sorted(members, key=lambda member: member.is_current))

    def conflicting(self, conflict: Conflict) -> None:
        """Close the link of a flat whose key is in two hands. The ledger takes nothing of it; the entry follows."""
        self._hub.refuse(conflict.device, Code.KEY_IN_TWO_HANDS, why_suspended(conflict))
        self._conflicts.set()

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Suspend flats whose key is in two hands, until cancelled."""
        while True:
            await self._conflicts.wait()
            self._conflicts.clear()
            try:
                await self.suspend_conflicting()
            except (LedgerUnavailableError, RefusedError) as error:
                _log.warning("A flat cannot be suspended by an entry yet, and nothing is taken of it: %s", error)
                await sleep(RETRY_S)
                self._conflicts.set()

    async def suspend_conflicting(self) -> None:
        """Write the entries that suspend flats whose key is in two hands, as far as they are not written.

        Raises LedgerUnavailableError; RefusedError.
        """
        async with self._lock:
            await self._ledger.ready()
            for conflict in self._ledger.unsaid:
                member = self._ledger.directory.get(conflict.device)
                assert member is not None, "members are never forgotten"
                await self._log(member, Action.SUSPEND, conflict.reason)

    async def say(self, flat: str, action: Action, request: object) -> Member:
        """Log what the manager says of a flat, by the JSON of his request; return the flat as it stands then.

        Raises MemberRefusedError; LedgerUnavailableError when it could not be made durable now.
        """
        reason = read_reason(request)
        async with self._lock:
            await self._ledger.ready()
            member = self.history(flat)[-1]
            if member.standing is _SAYS[action][1]:
                return member
            if not member.is_current:
                raise MemberRefusedError(
                    409,
                    "revoked",
                    f"flat: the key of {flat} is revoked, which nothing lifts: invite the flat again",
                    "flat",
                )
            return await self._log(member, action, reason)

    async def _log(self, member: Member, action: Action, reason: str | None) -> Member:
        kind, standing = _SAYS[action]
        await self._scribe.say(kind, member.device, self._body(member, reason))
        changed = self._ledger.directory.get(member.device)
        assert changed is not None, "members are never forgotten"
        if standing is Standing.REVOKED:
            self._hub.refuse(member.device, Code.REVOKED, WHY_REVOKED)
        self._hub.told_anew()
        _log.warning("Flat %s with the key %s is %s", member.name, member.key.fingerprint, standing)
        return changed

    def _body(self, member: Member, reason: str | None) -> Body:
        now_ms = self._clock.wall_ms()
        return Body.word(
            now_ms,
            now_ms,
            self._config.slot_seconds,
            sender=self._scribe.device,
            receiver=member.device,
            place=member.name,
            reason=reason,
        )


def read_reason(request: object) -> str | None:
    """Return the reason that a request gives, if any.

    Raises MemberRefusedError.
    """
    try:
        reason: str | None = _REQUEST(request)["reason"]
    except vol.MultipleInvalid as errors:
        error = errors.errors[0]
        field = ".".join(str(part) for part in error.path) or None
        raise MemberRefusedError(
            400, "bad_request", f"{field or 'the request'}: {error.error_message}", field
        ) from errors
    return reason


def _reason(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.isprintable() or not 1 <= len(value) <= LONGEST_REASON:
        raise vol.Invalid(f"write one line of 1 to {LONGEST_REASON} printable characters, or leave it out")
    return value


_REQUEST: Final = vol.Schema({vol.Optional("reason", default=None): _reason})
