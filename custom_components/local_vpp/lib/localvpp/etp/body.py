"""The body of an ETP (電力移動証明): which energy moved, from whom to whom, when, where and of what kind.

Integers throughout: Wh, milliseconds of Unix time, mHz, ticks of 0.01 yen/kWh. The disciplines of
OCMF 1.4.1 (time status, meter status, error flags, register readings at both ends) apply. The body is
private: it goes to the flat, its partners, the coordinator and the auditor; the log sees only a
commitment to it (see `envelope`). A record of another carrier, of gas, has its amounts in that carrier's unit.
"""

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from itertools import pairwise
from typing import Final, Self

from . import cbor
from .cbor import Value
from .correction import Correction
from .errors import FieldError
from .fields import LARGEST, Fields
from .keys import DEVICE_ID_LENGTH, DeviceId
from .payment import Payment, StandIn, plain_payment, read_payment

VERSION: Final = 1
HASH_LENGTH: Final = 32
LONGEST_SLOT: Final = 3600
"""Seconds: slots are 1 to 60 minutes."""
HIGHEST_FREQUENCY: Final = 100_000
"""mHz: twice that of the lower of the two grids of Japan."""


class TimeStatus(IntEnum):
    """How sure the signer was of its clock (OCMF 1.4.1, TM)."""

    UNKNOWN = 0
    INFORMATIVE = 1
    SYNCHRONISED = 2
    RELATIVE = 3


class Source(IntEnum):
    """What the energy came from: the colour of an ETP."""

    UNKNOWN = 0
    GRID = 1
    SOLAR = 2
    BATTERY = 3
    VEHICLE = 4
    WIND = 5
    FUEL_CELL = 6


class Carrier(IntEnum):
    """What moved, where it is no electricity. A body says it where its amounts are in another unit than Wh."""

    GAS = 1
    """City gas, by volume: its amounts are whole litres."""

    @property
    def unit(self) -> str:
        """Of the body's amounts."""
        return "L"


class MeterStatus(IntEnum):
    """State of the meter at the readings (OCMF 1.4.1, ST)."""

    GOOD = 0
    TIMEOUT = 1
    EXCHANGED = 2
    READ_ERROR = 3


class ErrorFlag(IntFlag):
    """Which quantity of the record is not fit for billing (OCMF 1.4.1, EF), and what else to know."""

    ENERGY = 1
    TIME = 2
    ISLAND = 4
    """The flat was cut off from the grid during a part of the interval."""


NO_ERROR: Final = ErrorFlag(0)


@dataclass(frozen=True, slots=True)
class Register:
    """A counter's readings at the begin and the end of an interval, in Wh."""

    begin: int
    end: int

    @property
    def moved(self) -> int:
        """Wh counted in between."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeTerms:
    """The trade that a TRANSFER delivers, and what of it each side bore; `price` of the body is the buyer's.

    Each side works its own figure out from its own trades and its own meter (`settlement.delivery`), and at least the
    smaller one moved. Both sides are shown one record for it (`onerecord`): so nobody's trade is cut for a reason that
    neither he nor his partner knows to be untrue.
    """

    wh: int
    earned: int
    """What the seller gets, 0.01 yen/kWh; the difference to the price is the building's."""
    offered_wh: int
    wanted_wh: int
    numbers: tuple[int, ...] = ()
    """Which of the slot's trades it is, as its results have them, counted from 0 through all of its rounds."""

    def __post_init__(self) -> None:
        if not all(one < other for one, other in pairwise(self.numbers)):
            raise FieldError("the numbers of a trade are not sorted, or one is there twice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What an ETP proves. Raises FieldError when its fields contradict each other."""

    start_ms: int
    """Unix time of the begin readings, in milliseconds."""
    end_ms: int
    slot_seconds: int
    """Length of the slot; its begin stands in the envelope."""
    sender: DeviceId
    receiver: DeviceId
    energy_wh: int
    attributes: tuple[tuple[Source, int], ...]
    """Wh by source, sorted by source; they sum to the energy."""
    time_status: TimeStatus = TimeStatus.INFORMATIVE
    meter_status: MeterStatus = MeterStatus.GOOD
    errors: ErrorFlag = NO_ERROR
    meter: str | None = None
    """Serial number of the meter that was read."""
    imported: Register | None = None
    exported: Register | None = None
    frequency_mhz: int | None = None
    """Mean of the interval, where the meter tells it."""
    place: str | None = None
    """Coarse: the flat's number or the riser, never a coordinate."""
    seconds_root: bytes | None = None
    """Merkle root (RFC 6962) over the interval's signed frames; of a slot that is settled by its trades, over these
    (`onerecord`)."""
    seconds_count: int | None = None
    price: int | None = None
    """0.01 yen/kWh, for transfers."""
    evidence: tuple[bytes, ...] = field(default=())
    """What this record follows from, by SHA-256: of a transfer, the giver's interval records, then the taker's
    (`meterslot.evidence_of`); of a drill, its report (`blackout.document`)."""
    log_size: int | None = None
    """Entries that the log had when a slot was settled, or corrected: what came later was not looked at."""
    reason: str | None = None
    """Why a flat was suspended, reinstated or revoked, as the manager put it; of a drill, its level; of a settled slot,
    the word of its sharing key, where that is not the dynamic one (`settlement.KeyRule`)."""
    carrier: Carrier | None = None
    """None is electricity. Of another one, `energy_wh`, the attributes and the registers are in its own unit: it is
    never added to watt-hours."""
    trade: TradeTerms | None = None
    """Of a transfer in a slot that is settled by its trades."""
    generated: Register | None = None
    """What the flat's own PV made behind its meter, as its inverters' counters tell; of the interval record of what
    came in. None: not known. Nothing is billed by it, and no verified meter stands behind it; so of the next two."""
    charged: Register | None = None
    """What went into the flat's own battery; a flat without one tells 0 to 0."""
    discharged: Register | None = None
    """What came out of it."""
    correction: Correction | None = None
    """Of a settled slot's value that has changed since: what it was, and what it is."""
    payment: Payment | StandIn | None = None
    """Money from sender to receiver, one of whom is the building; or what takes such a record back."""

    def __post_init__(self) -> None:
        if self.start_ms > self.end_ms:
            raise FieldError(f"the interval ends at {self.end_ms} before it starts at {self.start_ms}")
        if not 1 <= self.slot_seconds <= LONGEST_SLOT:
            raise FieldError(f"a slot of {self.slot_seconds} s; slots have 1 to {LONGEST_SLOT} s")
        if self.sender == self.receiver and self.energy_wh:
            raise FieldError("sender and receiver are the same: energy does not move from a device to itself")
        if len(self.attributes) > 1 and not all(one < other for (one, _), (other, _) in pairwise(self.attributes)):
            raise FieldError("attributes are not sorted, or name a source twice")
        total = 0
        for _, wh in self.attributes:
            if wh <= 0:
                raise FieldError("an attribute has no energy: leave it out")
            total += wh
        if total != self.energy_wh:
            raise FieldError(f"the attributes do not sum to the energy of {self.energy_wh} {self.unit}")
        for name, register in (
            ("import", self.imported),
            ("export", self.exported),
            ("generated", self.generated),
            ("charged", self.charged),
            ("discharged", self.discharged),
        ):
            if register is not None and register.end < register.begin:
                raise FieldError(f"the {name} register runs backwards: {register.begin} to {register.end} {self.unit}")
        if self.carrier is not None and self.behind:
            raise FieldError("of another carrier than electricity nothing is generated or stored behind the meter")
        if self.trade is not None:
            self._check_trade(self.trade)
        if (self.seconds_root is None) != (self.seconds_count is None):
            raise FieldError("the root of the seconds and their number go together")

    def _check_trade(self, trade: TradeTerms) -> None:
        if self.price is None or not trade.earned <= self.price:
            raise FieldError(f"a trade earns {trade.earned} of a price of {self.price}: nobody gets more than is paid")
        if not min(trade.offered_wh, trade.wanted_wh) <= self.energy_wh <= trade.wh:
            raise FieldError(
                f"{self.energy_wh} Wh are delivered of a trade of {trade.wh} Wh, {trade.offered_wh} Wh being offered "
                f"and {trade.wanted_wh} Wh wanted"
            )
        if max(trade.offered_wh, trade.wanted_wh) > trade.wh or self.sender == self.receiver:
            raise FieldError("a trade is between two, and neither offers or wants more than was traded")

    @classmethod
    def word(
        cls,
        start_ms: int,
        end_ms: int,
        slot_seconds: int,
        *,
        sender: DeviceId,
        receiver: DeviceId,
        place: str | None = None,
        reason: str | None = None,
    ) -> Self:
        """What one says to another, as of a key or a membership: no energy moves by it."""
        return cls(
            start_ms=start_ms,
            end_ms=end_ms,
            slot_seconds=slot_seconds,
            sender=sender,
            receiver=receiver,
            energy_wh=0,
            attributes=(),
            place=place,
            reason=reason,
        )

    @property
    def wh(self) -> int | None:
        """Its energy; None where what moved is counted in another unit."""
        return self.energy_wh if self.carrier is None else None

    @property
    def unit(self) -> str:
        """Of its amounts."""
        return "Wh" if self.carrier is None else self.carrier.unit

    @property
    def behind(self) -> dict[str, Register]:
        """What is known of the counters behind the meter, by what they count."""
        registers = {"generated": self.generated, "charged": self.charged, "discharged": self.discharged}
        return {name: register for name, register in registers.items() if register is not None}

    @property
    def stands_in(self) -> bool:
        """Whether a TRANSFER record with this body stands in for none, so that their number tells nothing."""
        return self.sender == self.receiver

    def encode(self) -> bytes:
        """Return the body's deterministic CBOR."""
        value: dict[int, Value] = {
            1: VERSION,
            2: self.start_ms,
            3: self.end_ms,
            4: int(self.time_status),
            5: self.sender,
            6: self.receiver,
            7: self.energy_wh,
            10: {int(source): wh for source, wh in self.attributes},
            13: int(self.meter_status),
            14: int(self.errors),
            15: self.slot_seconds,
        }
        registers = ((8, self.imported), (9, self.exported))
        behind = ((24, self.generated), (25, self.charged), (26, self.discharged))
        value |= {key: [each.begin, each.end] for key, each in (*registers, *behind) if each is not None}
        optional: tuple[tuple[int, Value | None], ...] = (
            (11, self.frequency_mhz),
            (12, self.place),
            (16, self.price),
            (17, self.seconds_root),
            (18, self.seconds_count),
            (19, list(self.evidence) or None),
            (20, self.meter),
            (21, self.log_size),
            (22, self.reason),
            (23, None if self.carrier is None else int(self.carrier)),
            (0, None if self.trade is None else _plain_trade(self.trade)),
            (27, None if self.correction is None else self.correction.plain()),
            (28, None if self.payment is None else plain_payment(self.payment)),
        )
        value |= {key: item for key, item in optional if item is not None}
        return cbor.encode(value)

    @classmethod
    def decode(cls, data: bytes) -> Body:
        """Return a body read strictly.

        Raises EncodingError or FieldError.
        """
        fields = Fields(cbor.decode(data, "the body"), "the body")
        fields.version(1, "version", VERSION)
        body = cls(
            start_ms=fields.unsigned(2, "start"),
            end_ms=fields.unsigned(3, "end"),
            time_status=fields.enum(4, "time status", TimeStatus),
            sender=DeviceId(fields.bytes_(5, "sender", DEVICE_ID_LENGTH)),
            receiver=DeviceId(fields.bytes_(6, "receiver", DEVICE_ID_LENGTH)),
            energy_wh=fields.unsigned(7, "energy"),
            imported=_register(fields, 8, "import register"),
            exported=_register(fields, 9, "export register"),
            attributes=_attributes(fields.map_(10, "attributes")),
            frequency_mhz=fields.unsigned(11, "frequency", most=HIGHEST_FREQUENCY) if fields.has(11) else None,
            place=fields.text(12, "place") if fields.has(12) else None,
            meter_status=fields.enum(13, "meter status", MeterStatus),
            errors=_flags(fields.unsigned(14, "error flags")),
            slot_seconds=fields.unsigned(15, "slot length", most=LONGEST_SLOT),
            price=fields.unsigned(16, "price") if fields.has(16) else None,
            seconds_root=fields.bytes_(17, "root of the seconds", HASH_LENGTH) if fields.has(17) else None,
            seconds_count=fields.unsigned(18, "number of seconds") if fields.has(18) else None,
            evidence=_evidence(fields.list_(19, "evidence")) if fields.has(19) else (),
            meter=fields.text(20, "meter") if fields.has(20) else None,
            log_size=fields.unsigned(21, "log size") if fields.has(21) else None,
            reason=fields.text(22, "reason") if fields.has(22) else None,
            carrier=fields.enum(23, "carrier", Carrier) if fields.has(23) else None,
            trade=_trade(fields.list_(0, "trade", 5)) if fields.has(0) else None,
            generated=_register(fields, 24, "generation's register"),
            charged=_register(fields, 25, "charge's register"),
            discharged=_register(fields, 26, "discharge's register"),
            correction=Correction.read(fields.list_(27, "correction", 2)) if fields.has(27) else None,
            payment=read_payment(fields.list_(28, "payment")) if fields.has(28) else None,
        )
        fields.end()
        return body


def _register(fields: Fields, key: int, name: str) -> Register | None:
    if not fields.has(key):
        return None
    match fields.list_(key, name, 2):
        case [int() as begin, int() as end] if (
            type(begin) is type(end) is int and 0 <= begin <= LARGEST and 0 <= end <= LARGEST
        ):
            return Register(begin, end)
        case other:
            raise FieldError(f"the body: {name} is {other!r}, expected [begin, end] in Wh")


def _plain_trade(trade: TradeTerms) -> list[Value]:
    return [trade.wh, trade.earned, trade.offered_wh, trade.wanted_wh, list(trade.numbers)]


def _trade(items: list[Value]) -> TradeTerms:
    match items:
        case [int() as wh, int() as earned, int() as offered, int() as wanted, list() as told]:
            numbers = [item for item in told if isinstance(item, int)]
            if len(numbers) == len(told) and all(
                type(item) is int and 0 <= item <= LARGEST for item in (wh, earned, offered, wanted, *numbers)
            ):
                return TradeTerms(wh=wh, earned=earned, offered_wh=offered, wanted_wh=wanted, numbers=tuple(numbers))
    raise FieldError(
        f"the body: trade is {items!r}, expected [Wh, price of the seller, Wh offered, Wh wanted, [* number]]"
    )


def _attributes(value: dict[int, Value]) -> tuple[tuple[Source, int], ...]:
    pairs = []
    for key, wh in value.items():
        if type(wh) is not int or key not in set(Source):
            raise FieldError(f"the body: attribute {key}: {wh!r} is no source with its Wh")
        pairs.append((Source(key), wh))
    return tuple(sorted(pairs))


def _flags(value: int) -> ErrorFlag:
    known = int(ErrorFlag.ENERGY | ErrorFlag.TIME | ErrorFlag.ISLAND)
    if value & ~known:
        raise FieldError(f"the body: error flags {value:#x} hold an unknown bit")
    return ErrorFlag(value)


def _evidence(items: list[Value]) -> tuple[bytes, ...]:
    hashes = [item for item in items if isinstance(item, bytes) and len(item) == HASH_LENGTH]
    if len(hashes) != len(items) or not items:
        raise FieldError("the body: evidence must be a list of 32-byte hashes")
    return tuple(hashes)
