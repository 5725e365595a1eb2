"""The messages of the link between a flat and its coordinator.

    coordinator                         flat
      Challenge  ───────────────────▶
                 ◀───────────────────  Hello (signed over the nonce)
      BuildingRotated ──────────────▶                                       only when the building has renewed its key
      Welcome (terms signed) ───────▶
                 ◀───────────────────  AskRecords           only when the log's chain is not the flat's own
      TheRecords ───────────────────▶
                 ◀───────────────────  AskChainEnd          only when that contradicts what was proven
      ChainEnd (signed) ────────────▶
                 ◀───────────────────  Frames, Records, Mirrored            any time after
      FrameAck, RecordsAck ─────────▶                                       any time after
      SlotResult, LeftOut ──────────▶                                       one for each settled slot
      DrillSaid ────────────────────▶                                       of a drill: announced, go, return
                 ◀───────────────────  RollCall, DrillAnswer, DrillNews, DrillDocument
      DrillKept ────────────────────▶
      MarketSaid, OpenBook, Traded ─▶                                       of a slot's round: see `market`
                 ◀───────────────────  AskMarket, ShowOrders, Verdict
                 ◀───────────────────  AskKeys              whose words a result counts by: see `keys`
      Keys (signed) ────────────────▶
      AskPapers ────────────────────▶                                       of one that was lost
                 ◀───────────────────  Paper
      AskWitness ───────────────────▶                                       for each new head of the log
                 ◀───────────────────  WitnessSays
      Refused ──────────────────────▶                           then closes, if fatal

Each side proves its key: the flat by signing the coordinator's nonce, the coordinator by signing the
flat's. A record is acknowledged with its inclusion proof in a signed checkpoint, so the flat need not
believe the acknowledgement.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from ..etp import RecordHash
from .drills import DrillAnswer, DrillDocument, DrillKept, DrillNews, DrillSaid, RollCall
from .keys import AskKeys, Keys
from .logged import LoggedRecord
from .market import (
    AskMarket,
    AskPapers,
    MarketSaid,
    OpenBook,
    Paper,
    Proposal,
    ProposalHeard,
    ShowOrders,
    Traded,
    Verdict,
)

PROTOCOL: Final = 11
"""Counts up with every change of what is said: a message more, another field, other bytes under a signature."""
NONCE_LENGTH: Final = 32
RELEASED: Final = 4000
"""The WebSocket is closed with this (a code of RFC 6455's private range) when a log that waited for its witnesses takes
records again, and when the flat is suspended or reinstated: it comes back at once and hears terms that say so."""
LARGEST_MESSAGE: Final = 1024 * 1024
"""Bytes of one message at most: a batch of 256 records with their proofs has about 300 kB."""
LARGEST_BATCH: Final = 256
"""Records in one message at most: one entry bundle of the log."""


class Code(StrEnum):
    """Why something was refused; a program acts on the code, a person reads the message beside it."""

    UNKNOWN_FLAT = "unknown_flat"
    WRONG_PROTOCOL = "wrong_protocol"
    BAD_MESSAGE = "bad_message"
    BAD_SIGNATURE = "bad_signature"
    BAD_RECORD = "bad_record"
    """Not the strict encoding, a field wrong, or the body does not open the commitment."""
    WRONG_DEVICE = "wrong_device"
    OUT_OF_ORDER = "out_of_order"
    """Send the earlier records first."""
    CONFLICT = "conflict"
    """Another record with this seq is in the log: evidence of a copied or rolled-back key."""
    FROM_THE_FUTURE = "from_the_future"
    NOT_YOURS_TO_SAY = "not_yours_to_say"
    """A kind of record that only the building may write."""
    SUSPENDED = "suspended"
    """The building takes nothing of this device until it reinstates it: keep the records, and send them then."""
    KEY_IN_TWO_HANDS = "key_in_two_hands"
    """Suspended, for this device's key has signed two records with one number: its copy has to be found and stopped."""
    REVOKED = "revoked"
    """The building takes nothing of this device any more: enrol afresh."""
    REPLACED = "replaced"
    """The same flat connected again."""
    ERASED = "erased"
    """The body of a record was erased: nobody can hand it out again."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """The coordinator's first word."""

    CODE: ClassVar[int] = 1
    protocol: int
    origin: str
    nonce: bytes
    time_ms: int


@dataclass(frozen=True, slots=True)
class Hello:
    """The flat's answer: see `sign_hello`."""

    CODE: ClassVar[int] = 2
    statement: bytes
    software: str
    settled_slot: int
    """Begin of the last settled slot of which the flat has stored what the building said, 0 when none."""


@dataclass(frozen=True, slots=True)
class LastRecord:
    """The end of the flat's chain as the log has it."""

    epoch: int
    seq: int
    hash: RecordHash


@dataclass(frozen=True, slots=True)
class Welcome:
    """The coordinator's proof of its key, and where the flat's chain stands."""

    CODE: ClassVar[int] = 3
    terms: bytes
    last: LastRecord | None


@dataclass(frozen=True, slots=True)
class Frames:
    """One frame, or several after a silence, oldest first."""

    CODE: ClassVar[int] = 4
    frames: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class FrameAck:
    """The frame with this count, and all before it, are known to the coordinator."""

    CODE: ClassVar[int] = 5
    count: int


@dataclass(frozen=True, slots=True)
class Records:
    """Sealed records in the order of the chain."""

    CODE: ClassVar[int] = 6
    records: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RecordResult:
    """What became of one record: an index with its proof, or a refusal."""

    hash: RecordHash
    index: int | None
    proof: tuple[bytes, ...]
    refused: Code | None
    message: str


@dataclass(frozen=True, slots=True)
class RecordsAck:
    """Results in the order of the records, all proven in one checkpoint (empty text when all are refused)."""

    CODE: ClassVar[int] = 7
    results: tuple[RecordResult, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class ClearedProof:
    """The building's record of what a round of the slot's market came to, in the log."""

    sealed: bytes
    index: int
    proof: str
    """Its .tlog-proof text."""


@dataclass(frozen=True, slots=True)
class SettledProof:
    """The building's record of a settled slot, in the log: it says how many entries the slot was settled by."""

    sealed: bytes
    index: int
    proof: str
    """Its .tlog-proof text."""
    cleared: tuple[ClearedProof, ...] = ()
    """Of each result that it names, in its order."""
    paths: tuple[tuple[bytes, ...], ...] = ()
    """From each trade of the word's transfers, in their order, to the root that it names (`onerecord`)."""


@dataclass(frozen=True, slots=True)
class SlotResult:
    """How a slot was settled for this flat (`sign_word`). Money in 10⁻⁵ yen = Wh × 0.01 yen/kWh, income positive."""

    CODE: ClassVar[int] = 8
    slot: int
    after: int
    """The slot that was settled before this one, 0 when none."""
    import_wh: int
    export_wh: int
    shared_in_wh: int
    shared_out_wh: int
    inside_money: int
    """Of the energy shared with other flats."""
    grid_money: int
    """Of the rest, bought from and sold to the grid through the building."""
    inside_price: int
    """0.01 yen/kWh, as is each price: what was announced for the slot, which may be no more the newest."""
    grid_price: int
    feed_in_price: int
    records: tuple[RecordHash, ...]
    """The flat's interval records that its use was read from: all of the slot that the log held."""
    transfers: tuple[bytes, ...]
    """The sealed transfer records that the flat is a party of."""
    indexes: tuple[int, ...]
    """Their places in the log."""
    proofs: tuple[str, ...]
    """Their .tlog-proof texts."""
    settled: SettledProof
    statement: bytes
    """The building's signature over all of the above."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A slot that was settled without this flat, because the log did not hold what proves its use (`sign_word`)."""

    CODE: ClassVar[int] = 13
    slot: int
    after: int
    """The slot that was settled before this one, 0 when none."""
    settled: SettledProof
    statement: bytes
    """The building's signature over all of the above."""


@dataclass(frozen=True, slots=True)
class AskWitness:
    """The log's newest checkpoint, to be witnessed: the body of `add-checkpoint` (C2SP tlog-witness)."""

    CODE: ClassVar[int] = 9
    question: int
    """Counts the questions of a connection: an answer that comes late is told from the one to the next."""
    request: bytes


@dataclass(frozen=True, slots=True)
class WitnessSays:
    """The flat's answer to a question: status, content type and body as over HTTP, and what they rest on."""

    CODE: ClassVar[int] = 11
    question: int
    status: int
    content_type: str
    body: bytes
    shows: bytes
    """With 409 the head that it names, signed by the log: what makes a witness's word a proof. Empty otherwise."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """The flat holds the whole log of this checkpoint: the signature lines of its mirror key under it."""

    CODE: ClassVar[int] = 12
    size: int
    lines: bytes


@dataclass(frozen=True, slots=True)
class AskRecords:
    """The flat's chain ends otherwise than the log's: give its records from there on."""

    CODE: ClassVar[int] = 14
    after: int
    """Seq of the last record that both have."""
    size: int
    """Entries of the newest head that the flat has witnessed, 0 when none: the log must have grown out of it."""


@dataclass(frozen=True, slots=True)
class TheRecords:
    """The asking flat's own records, oldest first, as many as fit: all proven in one checkpoint."""

    CODE: ClassVar[int] = 15
    records: tuple[LoggedRecord, ...]
    checkpoint: str
    growth: tuple[bytes, ...]
    """That the checkpoint has grown out of the head which the flat has witnessed."""


@dataclass(frozen=True, slots=True)
class BuildingRotated:
    """Comes before the welcome of a building that has renewed its key: its rotations, all proven in one checkpoint."""

    CODE: ClassVar[int] = 16
    records: tuple[LoggedRecord, ...]
    """Oldest first."""
    checkpoint: str
    growth: tuple[bytes, ...]
    """That the checkpoint has grown out of the head which the hello names; empty when it is the smaller one."""


@dataclass(frozen=True, slots=True)
class AskChainEnd:
    """The welcome contradicts what the log was proven to hold of this flat: say it once more, signed over a nonce."""

    CODE: ClassVar[int] = 17
    nonce: bytes


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The building's signed word on where the flat's chain ends: see `sign_chain_end`."""

    CODE: ClassVar[int] = 18
    statement: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """Something was not accepted. After a fatal one the coordinator closes the connection."""

    CODE: ClassVar[int] = 10
    code: Code
    message: str
    fatal: bool


type SlotWord = SlotResult | LeftOut
"""What the building says to one flat of a settled slot. Each flat gets a word of each slot, in their order."""
type FromCoordinator = (
    Challenge
    | BuildingRotated
    | Welcome
    | FrameAck
    | RecordsAck
    | SlotResult
    | LeftOut
    | AskWitness
    | TheRecords
    | ChainEnd
    | DrillSaid
    | DrillKept
    | MarketSaid
    | OpenBook
    | ProposalHeard
    | Traded
    | Keys
    | AskPapers
    | Refused
)
type FromFlat = (
    Hello
    | Frames
    | Records
    | WitnessSays
    | Mirrored
    | AskRecords
    | AskChainEnd
    | RollCall
    | DrillAnswer
    | DrillNews
    | DrillDocument
    | AskMarket
    | ShowOrders
    | Proposal
    | Verdict
    | AskKeys
    | Paper
)
