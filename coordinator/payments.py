"""Booking what flats pay and are paid: the manager says it, and each is a record of the log.

All that he says at once is booked, or none of it. A payment is known by its reference: said again with the same words,
as when an answer got lost, it is not booked twice; with other words it is refused.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
import datetime as dt
from enum import StrEnum
import logging
from secrets import SystemRandom
from typing import Any, Final

import voluptuous as vol

from localvpp.clock import Clock
from localvpp.etp import (
    MOST_YEN,
    BillName,
    Body,
    DeviceId,
    FieldError,
    Kind,
    Paid,
    Payment,
    RecordHash,
    StandIn,
    TakenBack,
    Way,
    check_month,
    check_reference,
)
from localvpp.paper import JAPAN
from localvpp.payments import Booked, yen_of

from .config import MOST_FLATS, BuildingConfig
from .config.checks import whole
from .ledger import Ledger, Scribe
from .members import MemberRefusedError, Members
from .store.payments import Bookings

MOST_AT_ONCE: Final = MOST_FLATS
"""A bank's answer has one of each flat, and cannot be divided. They fit into what a request may have
(`web.api`), and, with what stands in, into one commit."""

_RANDOM: Final = SystemRandom()
_log = logging.getLogger(__name__)


class For(StrEnum):
    """What a payment is for, as it is said."""

    BILL = "bill"
    DEPOSIT = "deposit"
    REVERSAL = "reversal"


class Direction(StrEnum):
    """Who paid."""

    RECEIVED = "received"
    """The flat."""
    PAID_OUT = "paid_out"
    """The building."""


WAYS: Final[Mapping[str, Way]] = {way.name.lower(): way for way in Way}


@dataclass(frozen=True, slots=True)
class Recorded:
    """What has become of payments, by their references, in the order in which they were said."""

    recorded: tuple[str, ...]
    known: tuple[str, ...]
    """They were in the log, with the same words."""

    def plain(self) -> dict[str, Any]:
        """Write the answer's JSON."""
        return {"recorded": list(self.recorded), "known": list(self.known)}


@dataclass(frozen=True, slots=True)
class _Said:
    """A payment as it is said, with where it stands in the request."""

    at: str
    flat: str
    reference: str
    day: dt.date
    out: bool
    paid: Paid | None
    reverses: str | None


class Payments:
    """Books payments, one request after the other."""

    def __init__(
        self,
        bookings: Bookings,
        ledger: Ledger,
        scribe: Scribe,
        members: Members,
        config: BuildingConfig,
        clock: Clock,
    ) -> None:
        self._bookings = bookings
        self._ledger = ledger
        self._scribe = scribe
        self._members = members
        self._config = config
        self._clock = clock
        self._lock = asyncio.Lock()

    async def record(self, request: object) -> Recorded:
        """Log the payments of a request's JSON that are not logged yet, all or none.

        Raises MemberRefusedError; LedgerUnavailableError or StoreError: ask again.
        """
        said = _read(request)
        today = dt.datetime.fromtimestamp(self._clock.wall_ms() / 1000, JAPAN).date()
        if ahead := next((each for each in said if each.day > today), None):
            raise _refused(400, f"{ahead.at}.day", f"{ahead.day} lies ahead: book what was paid")
        async with self._lock:
            await self._ledger.ready()
            booked = await self._bookings.every()
            known = {each.payment.reference: each for each in booked}
            taken = {each.payment.record for each in booked if isinstance(each.payment, TakenBack)}
            # One moment for all: what stands in must not be of another slot than what it stands in for.
            now_ms = self._clock.wall_ms()
            fresh: list[Body] = []
            for each in said:
                body = self._body(each, known, taken, now_ms)
                if body is not None:
                    fresh.append(body)
            self._check_set_off(said, fresh, booked)
            if fresh:
                whole = [*fresh, *self._stand_ins(-len(fresh) % len(self._config.flats), now_ms)]
                # In no order: by the place of its own, each flat would count those before it, the last one all.
                _RANDOM.shuffle(whole)
                await self._scribe.write([(Kind.PAYMENT, self._slot(body), body) for body in whole])
                _log.info("%d payments are booked", len(fresh))
        new = {payment.reference for body in fresh if isinstance(payment := body.payment, Paid | TakenBack)}
        return Recorded(
            tuple(each.reference for each in said if each.reference in new),
            tuple(each.reference for each in said if each.reference not in new),
        )

    def _check_set_off(self, said: Sequence[_Said], fresh: Iterable[Body], booked: Iterable[Booked]) -> None:
        """Refuse what is set off against nothing: of each flat, all that is set off at once comes to nothing."""
        before = {each.hash: each.body for each in booked}
        of = {each.reference: each for each in said}
        sums: dict[str, int] = defaultdict(int)
        first: dict[str, _Said] = {}
        for body in fresh:
            assert isinstance(body.payment, Paid | TakenBack), "it is made with one"
            takes_back = isinstance(body.payment, TakenBack)
            counted = before[RecordHash(body.payment.record)] if isinstance(body.payment, TakenBack) else body
            if isinstance(counted.payment, Paid) and counted.payment.way is Way.SET_OFF:
                yen = yen_of(counted, self._scribe.device)
                each = of[body.payment.reference]
                sums[each.flat] += -yen if takes_back else yen
                first.setdefault(each.flat, each)
        for flat, each in first.items():
            if yen := sums[flat]:
                raise _refused(
                    400,
                    f"{each.at}.flat",
                    f"what is set off for {each.flat} comes to {yen} yen: say with it, in the same request, what it is "
                    "set off against, so that received and paid_out are alike; take both back together, too",
                )

    def _stand_ins(self, count: int, now_ms: int) -> list[Body]:
        """Return what fills a batch to a multiple of the flats, so that nobody counts who has not paid yet."""
        building = self._scribe.device
        said = Body.word(now_ms, now_ms, self._config.slot_seconds, sender=building, receiver=building)
        return [replace(said, payment=StandIn())] * count

    def _slot(self, body: Body) -> int:
        return body.start_ms // 1000 // self._config.slot_seconds * self._config.slot_seconds

    def _body(self, said: _Said, known: Mapping[str, Booked], taken: set[bytes], now_ms: int) -> Body | None:
        """Return the body of a record to be written; None where it is there."""
        payment, device = self._payment(said, known)
        before = known.get(said.reference)
        building = self._scribe.device
        if before is not None:
            if (before.payment, before.flat, before.body.sender == building) != (payment, said.flat, said.out):
                raise _refused(
                    409,
                    f"{said.at}.reference",
                    f"{said.reference} is booked as entry {before.index}, with other words: a payment is never "
                    "changed; take it back by a reversal, and book it under another reference",
                )
            return None
        if isinstance(payment, TakenBack):
            if payment.record in taken:
                raise _refused(409, f"{said.at}.reverses", f"{said.reverses} was taken back: that is done once")
            taken.add(payment.record)
        sender, receiver = (building, device) if said.out else (device, building)
        return Body(
            start_ms=now_ms,
            end_ms=now_ms,
            slot_seconds=self._config.slot_seconds,
            sender=sender,
            receiver=receiver,
            energy_wh=0,
            attributes=(),
            place=said.flat,
            payment=payment,
        )

    def _payment(self, said: _Said, known: Mapping[str, Booked]) -> tuple[Payment, DeviceId]:
        """Return a payment, and the device of the flat: of what is taken back the one that it was booked with."""
        try:
            member = self._members.history(said.flat)[-1]
        except MemberRefusedError as error:
            raise _refused(error.status, f"{said.at}.flat", str(error).removeprefix("flat: "), error.code) from error
        if said.paid is not None:
            return said.paid, member.device
        assert said.reverses is not None, "it is read so"
        was = known.get(said.reverses)
        if was is None or not isinstance(was.payment, Paid) or was.flat != said.flat:
            raise _refused(
                409, f"{said.at}.reverses", f"{said.reverses} is the reference of no payment of {said.flat} in the log"
            )
        (device,) = {was.body.sender, was.body.receiver} - {self._scribe.device}
        return TakenBack(day=said.day, reference=said.reference, record=was.hash), device


def _refused(status: int, field: str, message: str, code: str | None = None) -> MemberRefusedError:
    names = {400: "bad_request", 409: "other_payment"}
    return MemberRefusedError(status, code or names[status], f"{field}: {message}", field)


def _day(value: object) -> dt.date:
    try:
        day = dt.date.fromisoformat(str(value))
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise vol.Invalid(f"{value!r} is no day: write it as 2026-11-27")
    return day


def _text(value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > 200:
        raise vol.Invalid(f"{str(value)[:40]!r}: write text")
    return value


def _fit(check: Callable[[str], None]) -> Callable[[object], str]:
    """Return the check for text that a record has, too."""

    def fit(value: object) -> str:
        text = _text(value)
        try:
            check(text)
        except FieldError as error:
            raise vol.Invalid(str(error)) from error
        return text

    return fit


def _one_of(names: Collection[str]) -> Callable[[object], str]:
    def one(value: object) -> str:
        if not isinstance(value, str) or value not in names:
            raise vol.Invalid(f"{value!r}: write one of {', '.join(sorted(names))}")
        return value

    return one


def _hash(value: object) -> bytes:
    try:
        made = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        made = b""
    if made.hex() != value or len(made) != 32:
        raise vol.Invalid(f"{str(value)[:40]!r} is no SHA-256: write 64 digits, 0 to 9 and a to f")
    return made


_BASE: Final = {
    vol.Required("for"): _one_of(set(For)),
    vol.Required("flat"): _text,
    vol.Required("day"): _day,
    vol.Required("reference"): _fit(check_reference),
}
_MONEY: Final = {
    **_BASE,
    vol.Required("direction"): _one_of(set(Direction)),
    vol.Required("yen"): whole(1, MOST_YEN, "yen"),
    vol.Required("way"): _one_of(WAYS.keys()),
}
_FORMS: Final = {
    For.BILL: vol.Schema({**_MONEY, vol.Required("month"): _fit(check_month), vol.Required("statement"): _hash}),
    For.DEPOSIT: vol.Schema(_MONEY),
    For.REVERSAL: vol.Schema({**_BASE, vol.Required("reverses"): _text}),
}


def _read(request: object) -> list[_Said]:
    """Read a request. Raises MemberRefusedError."""
    match request:
        case {"payments": [*items], **rest} if not rest and 0 < len(items) <= MOST_AT_ONCE:
            said = [_read_one(f"payments.{at}", item) for at, item in enumerate(items)]
        case _:
            raise _refused(400, "payments", f'write {{"payments": [PAYMENT, …]}}, 1 to {MOST_AT_ONCE} of them')
    _check_references(said)
    return said


def _check_references(said: Sequence[_Said]) -> None:
    seen: dict[str, str] = {}
    for each in said:
        if (first := seen.setdefault(each.reference, each.at)) != each.at:
            raise _refused(400, f"{each.at}.reference", f"{each.reference} is that of {first}, too: give each its own")


def _read_one(at: str, item: object) -> _Said:
    told = item.get("for") if isinstance(item, dict) else None
    if not isinstance(told, str) or told not in set(For):
        raise _refused(400, f"{at}.for", f"{told!r}: write one of {', '.join(For)}")
    try:
        values: dict[str, Any] = _FORMS[For(told)](item)
    except vol.MultipleInvalid as errors:
        error = errors.errors[0]
        raise _refused(400, ".".join([at, *map(str, error.path)]), error.error_message) from errors
    paid = None
    if told != For.REVERSAL:
        paid = Paid(
            day=values["day"],
            reference=values["reference"],
            yen=values["yen"],
            way=WAYS[values["way"]],
            bill=BillName(values["month"], values["statement"]) if told == For.BILL else None,
        )
    # What takes back names the flat as who pays: which way the money went, the record says that is taken back.
    out = values.get("direction") == Direction.PAID_OUT
    return _Said(at, values["flat"], values["reference"], values["day"], out, paid, values.get("reverses"))
