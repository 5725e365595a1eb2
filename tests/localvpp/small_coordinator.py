"""A coordinator small enough to lie: a real WebSocket server with a real log, whose answers a test may change."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, override

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from localvpp import tlog
from localvpp.adoption import Adopted
from localvpp.etp import (
    EMPTY,
    Body,
    Chain,
    DeviceId,
    Ed25519Signer,
    Frame,
    Kind,
    NextKey,
    PublicKey,
    Record,
    RecordHash,
    Source,
    open_frame,
    parse_envelope,
)
from localvpp.guard import GuardListener
from localvpp.lineage import Lineage
from localvpp.link import Link, LinkListener, LinkState, LinkStatus
from localvpp.meterslot import evidence_of
from localvpp.trading import Heard
from localvpp.wire import (
    PROTOCOL,
    AskChainEnd,
    AskMarket,
    AskRecords,
    AskWitness,
    BuildingRotated,
    ChainEnd,
    Challenge,
    Code,
    DrillSaid,
    FrameAck,
    Frames,
    FromCoordinator,
    FromFlat,
    Hello,
    Keys,
    LastRecord,
    LeftOut,
    LoggedRecord,
    MarketSaid,
    Mirrored,
    OpenBook,
    ProposalHeard,
    RecordResult,
    Records,
    RecordsAck,
    SettledProof,
    SignedEnd,
    SlotResult,
    Terms,
    TheRecords,
    Traded,
    Welcome,
    WitnessSays,
    decode,
    encode,
    open_hello,
    sign_chain_end,
    sign_terms,
    sign_word,
)

from .place import NEXT_KEY, ORIGIN, SLOT

NONCE = sha256(b"a nonce in tests").digest()
PATIENCE_S = 10
"""What a busy machine needs at most for a round trip; a test that waits so long fails."""


@dataclass
class SmallLog:
    """A log in memory."""

    origin: str = ORIGIN
    signer: tlog.Ed25519Signer = field(init=False)
    key: tlog.SignerKey = field(init=False)
    entries: list[bytes] = field(default_factory=list)
    hashes: tlog.StoredHashes = field(default_factory=tlog.StoredHashes)
    frontier: tlog.Frontier = field(default_factory=tlog.Frontier)

    def __post_init__(self) -> None:
        self.key = tlog.SignerKey(self.origin, tlog.SignatureType.ED25519, sha256(b"the log's key").digest())
        self.signer = tlog.Ed25519Signer(self.key)

    @property
    def verifier(self) -> tlog.Ed25519Verifier:
        return tlog.Ed25519Verifier(self.key.verifier_key)

    def add(self, entry: bytes) -> int:
        """Return the entry's index; the same bytes again give the same one."""
        if entry in self.entries:
            return self.entries.index(entry)
        self.entries.append(entry)
        self.hashes.extend(self.frontier.append(tlog.leaf_hash(entry)))
        return len(self.entries) - 1

    def checkpoint(self) -> bytes:
        head = tlog.Checkpoint(self.origin, self.frontier.size, self.frontier.root())
        return tlog.sign_checkpoint(head, [self.signer])

    def proof(self, index: int) -> tlog.TlogProof:
        return tlog.make_proof(self.frontier.size, index, self.hashes, self.checkpoint())


class SmallCoordinator:
    """Serves one flat at a time, honestly unless a test replaces one of its answers."""

    def __init__(self, building: Ed25519Signer, flat_key: PublicKey, terms: Terms) -> None:
        self.building = building
        self.flat_key = flat_key
        self.log = SmallLog()
        self.terms = replace(terms, log_key=self.log.key.verifier_key.encode())
        self.chain = Chain(building.public.device_id, ORIGIN)
        self.head = EMPTY
        """The end of the flat's chain as this log has it."""
        self.evidence: tuple[RecordHash, ...] = (RecordHash(bytes(32)),)
        """The flat's records that transfers and results follow from."""
        self.kept: list[tuple[bytes, int]] = []
        """The flat's sealed records and their places, in the order of its chain."""
        self.show: Callable[[AskRecords], FromCoordinator] = self.honest_records
        self.end: Callable[[bytes], FromCoordinator] = self.honest_end
        self.heard: asyncio.Queue[FromFlat] = asyncio.Queue()
        self.frames: list[Frame] = []
        self.connected = 0
        self.to_say: list[FromCoordinator] = []
        """Said after the welcome of each connection."""
        self.challenge: Callable[[], FromCoordinator] = lambda: Challenge(PROTOCOL, ORIGIN, NONCE, SLOT * 1000)
        self.welcome: Callable[[bytes], FromCoordinator] = self.honest_welcome
        self.rotated: Callable[[int], FromCoordinator | None] = lambda _: None
        """Said before the welcome, to a flat that has witnessed so many entries."""
        self.acknowledge: Callable[[Records], FromCoordinator | None] = self.honest_ack
        self._server: TestServer | None = None
        self._socket: web.WebSocketResponse | None = None

    async def start(self) -> str:
        """Listen on loopback; return the base URL."""
        app = web.Application()
        app.router.add_get("/api/v1/link", self._serve)
        self._server = TestServer(app)
        await self._server.start_server()
        return str(self._server.make_url("")).rstrip("/")

    async def stop(self) -> None:
        await self.drop()
        if self._server is not None:
            await self._server.close()

    async def drop(self) -> None:
        """End the connection there is."""
        if self._socket is not None:
            await self._socket.close()

    async def say(self, *messages: FromCoordinator | bytes) -> None:
        assert self._socket is not None
        for message in messages:
            await self._socket.send_bytes(message if isinstance(message, bytes) else encode(message))

    async def ping(self) -> None:
        """Say only that it is there."""
        assert self._socket is not None
        await self._socket.ping()

    async def hear[M](self, kind: type[M]) -> M:
        """Return the next message of a kind."""
        async with asyncio.timeout(PATIENCE_S):
            while not isinstance(message := await self.heard.get(), kind):
                pass
        return message

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._socket = socket
        self.connected += 1
        await self.say(self.challenge())
        async for message in socket:
            assert message.type is WSMsgType.BINARY
            told: FromFlat = decode(message.data, FromFlat)
            self.heard.put_nowait(told)
            answer: FromCoordinator | None
            match told:
                case Hello(statement):
                    greeting = open_hello(statement, ORIGIN, NONCE)
                    greeting.statement.verify(self.flat_key)
                    if (rotated := self.rotated(greeting.witnessed)) is not None:
                        await self.say(rotated)
                    await self.say(self.welcome(greeting.own_nonce), *self.to_say)
                    continue
                case Frames(frames):
                    self.frames += [open_frame(data, self.flat_key, ORIGIN) for data in frames]
                    answer = FrameAck(self.frames[-1].count)
                case Records():
                    answer = self.acknowledge(told)
                case AskRecords():
                    answer = self.show(told)
                case AskChainEnd(nonce):
                    answer = self.end(nonce)
                case WitnessSays() | Mirrored() | AskMarket():
                    continue  # What was heard is for the test to look at.
            if answer is not None:
                await self.say(answer)
        return socket

    # --- Honest answers -------------------------------------------------------------------------------------

    def honest_welcome(self, own_nonce: bytes) -> Welcome:
        last = LastRecord(self.head.epoch, self.head.seq, self.head.hash) if self.head.seq else None
        return Welcome(sign_terms(self.building, self.terms, own_nonce), last)

    def take(self, sealed: Sequence[bytes]) -> list[tuple[RecordHash, int]]:
        """Log records; known ones keep their place."""
        places = []
        for data in sealed:
            record = Record.decode(data)
            record.verify(self.flat_key, ORIGIN)
            if record.envelope.seq > self.head.seq:
                self.head = self.head.follow(record.envelope, record.hash)
            at = self.log.add(record.signed.statement.data)
            if (data, at) not in self.kept:
                self.kept.append((data, at))
            places.append((record.hash, at))
        return places

    def honest_records(self, asked: AskRecords) -> TheRecords:
        return TheRecords(
            tuple(LoggedRecord(data, at, self.log.proof(at).path) for data, at in self.kept[asked.after :]),
            self.log.checkpoint().decode(),
            tuple(tlog.prove_consistency(asked.size, self.log.frontier.size, self.log.hashes)),
        )

    def turn_key(self, fresh: Ed25519Signer, next_key: NextKey = NEXT_KEY) -> None:
        """Let the building sign with a fresh key, and show every flat the entry that names it, and what it foresees."""
        none = DeviceId(bytes(16))
        body = Body(
            start_ms=SLOT * 1000,
            end_ms=SLOT * 1000,
            slot_seconds=60,
            sender=self.terms.building,
            receiver=none,
            energy_wh=0,
            attributes=(),
        )
        record, self.chain = self.chain.seal(self.building, Kind.ROTATE, SLOT, body, successor=fresh, next_key=next_key)
        self.building = fresh
        self.turned = (record, self.log.add(record.signed.statement.data))
        self.rotated = self.honest_rotation

    def honest_rotation(self, witnessed: int) -> BuildingRotated:
        record, at = self.turned
        since = witnessed if witnessed <= self.log.frontier.size else 0
        return BuildingRotated(
            (LoggedRecord(record.encode(), at, self.log.proof(at).path),),
            self.log.checkpoint().decode(),
            tuple(tlog.prove_consistency(since, self.log.frontier.size, self.log.hashes)),
        )

    def honest_end(self, nonce: bytes) -> ChainEnd:
        last = LastRecord(self.head.epoch, self.head.seq, self.head.hash) if self.head.seq else None
        end = SignedEnd(last, self.log.frontier.size)
        device = self.flat_key.device_id
        return ChainEnd(sign_chain_end(self.building, self.terms.building, ORIGIN, device, nonce, end))

    def honest_ack(self, records: Records) -> RecordsAck:
        places = self.take(records.records)
        return RecordsAck(
            tuple(RecordResult(name, at, self.log.proof(at).path, None, "") for name, at in places),
            self.log.checkpoint().decode(),
        )

    def settle(
        self,
        partner: DeviceId,
        device: DeviceId,
        *,
        energy_wh: int,
        import_wh: int,
        export_wh: int = 0,
        slot: int = SLOT,
        after: int = 0,
        log_size: int | None = None,
        seconds: int = 60,
        **changes: Any,
    ) -> SlotResult:
        """A slot in which a partner gave the flat energy, if any; `changes` are fields of the result that lie."""
        size = self.log.frontier.size if log_size is None else log_size
        moved = self.prove([self.transfer(partner, device, energy_wh, slot=slot)] if energy_wh else [])
        bought = import_wh - export_wh - energy_wh
        prices = self.terms.prices.newest
        fields: dict[str, Any] = {
            "slot": slot,
            "after": after,
            "import_wh": import_wh,
            "export_wh": export_wh,
            "shared_in_wh": energy_wh,
            "shared_out_wh": 0,
            "inside_money": -energy_wh * prices.inside,
            "grid_money": -bought * prices.grid,
            "inside_price": prices.inside,
            "grid_price": prices.grid,
            "feed_in_price": prices.feed_in,
            "records": self.evidence,
            **moved,
            "settled": self.settled(slot, size, seconds=seconds),
            "statement": b"",
        }
        return self.sign(SlotResult(**(fields | changes)), device)

    def leave_out(
        self, device: DeviceId, slot: int = SLOT, *, after: int = 0, log_size: int | None = None, seconds: int = 60
    ) -> LeftOut:
        """A slot that was settled without the flat."""
        size = self.log.frontier.size if log_size is None else log_size
        return self.sign(LeftOut(slot, after, self.settled(slot, size, seconds=seconds), b""), device)

    def sign[Word: (SlotResult, LeftOut)](self, word: Word, device: DeviceId) -> Word:
        """The word with the building's statement, whether it tells the truth or not."""
        return sign_word(self.building, self.terms.building, ORIGIN, device, word)

    def settled(
        self,
        slot: int,
        log_size: int | None,
        *,
        seconds: int = 60,
        price: int | None = None,
        kind: Kind = Kind.SETTLED,
        signer: Ed25519Signer | None = None,
    ) -> SettledProof:
        """The record of a settled slot, next on the building's chain and in the log."""
        body = Body(
            start_ms=slot * 1000,
            end_ms=(slot + seconds) * 1000,
            slot_seconds=seconds,
            sender=self.terms.building,
            receiver=self.terms.building,
            energy_wh=0,
            attributes=(),
            price=self.terms.prices.newest.inside if price is None else price,
            log_size=log_size,
        )
        record, self.chain = self.chain.seal(signer or self.building, kind, slot, body)
        index = self.log.add(record.signed.statement.data)
        return SettledProof(record.encode(), index, self.log.proof(index).encode().decode())

    def transfer(
        self,
        sender: DeviceId,
        receiver: DeviceId,
        energy_wh: int,
        *,
        slot: int = SLOT,
        price: int | None = None,
        kind: Kind = Kind.TRANSFER,
        signer: Ed25519Signer | None = None,
    ) -> bytes:
        """A sealed transfer record, next on the building's chain."""
        body = Body(
            start_ms=slot * 1000,
            end_ms=(slot + 60) * 1000,
            slot_seconds=60,
            sender=sender,
            receiver=receiver,
            energy_wh=energy_wh,
            attributes=((Source.SOLAR, energy_wh),),
            price=self.terms.prices.newest.inside if price is None else price,
            evidence=(evidence_of(self.evidence),) * 2,
        )
        record, self.chain = self.chain.seal(signer or self.building, kind, slot, body)
        return record.encode()

    def prove(self, sealed: Sequence[bytes]) -> dict[str, Any]:
        """The fields of a result for transfers that are in the log."""
        indexes = tuple(self.log.add(Record.decode(data).signed.statement.data) for data in sealed)
        return {
            "transfers": tuple(sealed),
            "indexes": indexes,
            "proofs": tuple(self.log.proof(index).encode().decode() for index in indexes),
        }

    def entry(self, index: int) -> RecordHash:
        """The name of the record at an index."""
        return parse_envelope(self.log.entries[index]).hash

    def announce(self, old: int = 0) -> AskWitness:
        """The newest head, to be witnessed by whoever has witnessed `old` entries."""
        path = tlog.prove_consistency(old, self.log.frontier.size, self.log.hashes)
        return AskWitness(1, tlog.AddCheckpoint(old, tuple(path), self.log.checkpoint()).encode())


def frame(signer: Ed25519Signer, device: DeviceId, count: int) -> bytes:
    """A signed frame of the flat."""
    return Frame(device=device, time_ms=SLOT * 1000 + count, count=count, grid_w=count).sign(signer, ORIGIN)


def refuse(records: Records, code: Code, message: str) -> RecordsAck:
    """Refuse all records of a batch."""
    names = [Record.decode(data).hash for data in records.records]
    return RecordsAck(tuple(RecordResult(name, None, (), code, message) for name in names), "")


class Ear(LinkListener, GuardListener):
    """Keeps what the link and the guard tell."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.distrusted: list[str] = []
        self.link: Link | None = None
        """Whose it is."""

    async def checked(self) -> None:
        """Wait until the flat has checked all that it has heard of slots."""
        assert self.link is not None
        async with asyncio.timeout(PATIENCE_S):
            await self.link._words.join()
            async with self.link._judge._lock:
                pass  # What the log's answers have let it look at again is done with, too.

    async def next[T](self, what: str, kind: type[T]) -> T:
        """Return the next news of one sort."""
        async with asyncio.timeout(PATIENCE_S):
            while (news := await self.told.get())[0] != what:
                pass
        assert isinstance(news[1], kind)
        return news[1]

    async def status(self, state: LinkState) -> LinkStatus:
        """Return the next status that is of a state."""
        while (status := await self.next("link", LinkStatus)).state is not state:
            pass
        return status

    @override
    def link_changed(self, status: LinkStatus) -> None:
        self.told.put_nowait(("link", status))

    @override
    def terms_agreed(self, terms: Terms) -> None:
        self.told.put_nowait(("terms", terms))

    @override
    def records_proven(self, proven: Sequence[tuple[RecordHash, int]], pending: int) -> None:
        self.told.put_nowait(("proven", (tuple(proven), pending)))

    @override
    def slot_settled(self, result: SlotResult) -> None:
        self.told.put_nowait(("settled", result))

    @override
    def head_moved(self, checkpoint: tlog.Checkpoint, *, grown: bool) -> None:
        self.told.put_nowait(("head", checkpoint))

    @override
    def ledger_forked(self, reason: str) -> None:
        self.told.put_nowait(("forked", reason))

    @override
    def ledger_distrusted(self, reason: str) -> None:
        self.distrusted.append(reason)
        self.told.put_nowait(("distrusted", reason))

    @override
    def frame_acknowledged(self, count: int) -> None:
        self.told.put_nowait(("frame", count))

    @override
    async def chain_adopted(self, adopted: Adopted) -> None:
        self.told.put_nowait(("adopted", adopted))

    @override
    async def drill_said(self, said: DrillSaid, lineage: Lineage) -> Sequence[FromFlat]:
        self.told.put_nowait(("drill", said))
        return []

    @override
    async def drill_kept(self, call: bytes) -> None:
        self.told.put_nowait(("kept", call))

    @override
    async def drills_again(self) -> Sequence[FromFlat]:
        return []

    @override
    async def market_said(
        self, said: MarketSaid | OpenBook | ProposalHeard | Traded | Keys, lineage: Lineage, log_key: tlog.Verifier
    ) -> Heard:
        self.told.put_nowait(("market", said))
        return Heard()

    @override
    async def market_again(self) -> Sequence[FromFlat]:
        return []


class Waits:
    """Stands for asyncio.sleep: tells how long somebody wants to wait, and lets him go when the test says so."""

    def __init__(self) -> None:
        self._asked: asyncio.Queue[tuple[float, asyncio.Event]] = asyncio.Queue()

    async def __call__(self, seconds: float) -> None:
        done = asyncio.Event()
        self._asked.put_nowait((seconds, done))
        await done.wait()

    async def pass_one(self) -> float:
        """Let the next wait pass; return its length."""
        async with asyncio.timeout(PATIENCE_S):
            seconds, done = await self._asked.get()
        done.set()
        return seconds
