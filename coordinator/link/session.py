"""One connection of one flat, from its challenge to its end.

Some tasks share it: reading, writing, logging the flat's records in order, sending results. All queues are
bounded; a flat that does not read what it is sent is cut off and may come back. Nothing that a flat sends can end
another flat's session: what it did wrong, it is told alone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
import logging
import secrets
from typing import Final

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.clock import Clock
from localvpp.etp import (
    EtpError,
    SignatureError,
    Signer,
    SignerUnavailableError,
    Standing,
    VersionError,
    off_loop,
)
from localvpp.tlog import TlogError
from localvpp.wire import (
    LARGEST_BATCH,
    LARGEST_MESSAGE,
    NONCE_LENGTH,
    PROTOCOL,
    RELEASED,
    AskChainEnd,
    AskRecords,
    AskWitness,
    ChainEnd,
    Challenge,
    Code,
    FrameAck,
    Frames,
    FromCoordinator,
    FromFlat,
    Hello,
    LastRecord,
    Mirrored,
    ProtocolError,
    RecordResult,
    Records,
    RecordsAck,
    Refused,
    SignedEnd,
    SlotWord,
    Terms,
    Welcome,
    WitnessSays,
    decode,
    encode,
    open_hello,
    sign_chain_end,
    sign_terms,
    sign_word,
)

from ..ledger import Ledger, LedgerUnavailableError, why_suspended
from ..metrics import Metrics
from ..store import Member, Role
from ..witnesses import Cosigning, Mirrors, Said
from .chains import records_after
from .frames import FrameRefusedError, LiveFrames
from .hub import Hub
from .lineage import building_rotated
from .results import words_after

HELLO_TIMEOUT_S: Final = 10.0
"""A flat answers within a round trip; whoever says nothing holds a connection for nothing."""
HEARTBEAT_S: Final = 20.0
"""A ping each 20 s: a dead connection is known within half a minute, and routers keep the living ones open."""
SILENCE_S: Final = 30.0
"""Each ping is answered: who says nothing for so long is gone. aiohttp 3.14 has a heartbeat of its own, which is not
used: what arrives while a socket is being closed sets its timer again, and nobody stops that one."""
OUTBOX: Final = 256
"""Messages a flat may be behind."""
RECORD_BATCHES: Final = 4
"""Batches of one flat that may wait for the ledger; then its messages wait."""
_SOFTWARE_MOST: Final = 200
WHY_REVOKED: Final = (
    "the building has revoked this flat's key for good: if the flat shall take part again, ask the manager for a new "
    "invite and enrol it afresh, with new data"
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkServices:
    """What a session needs of the coordinator."""

    engine: AsyncEngine
    ledger: Ledger
    hub: Hub
    frames: LiveFrames
    metrics: Metrics
    clock: Clock
    terms: Terms
    signer: Signer
    cosigning: Cosigning
    mirrors: Mirrors


async def serve_link(request: web.Request, services: LinkServices) -> web.WebSocketResponse:
    """Serve one WebSocket until it closes."""
    socket = web.WebSocketResponse(max_msg_size=LARGEST_MESSAGE, receive_timeout=SILENCE_S)
    await socket.prepare(request)
    greeted = await _greet(socket, services)
    if greeted is not None:
        member, hello, told = greeted
        session = Session(request, socket, services, member, hello.settled_slot, told)
        await session.run()
    return socket


def _terms_now(services: LinkServices, member: Member) -> Terms:
    """Return what one flat is told now."""
    now = services.ledger.directory.get(member.device) or member
    return replace(
        services.terms,
        signed_ms=services.clock.wall_ms(),
        held=services.ledger.held is not None,
        suspended=now.standing is Standing.SUSPENDED,
    )


async def _greet(socket: web.WebSocketResponse, services: LinkServices) -> tuple[Member, Hello, Terms] | None:
    """Prove both keys; return who connected and the terms that it was told, None if it was refused."""
    terms = services.terms
    nonce = secrets.token_bytes(NONCE_LENGTH)
    await socket.send_bytes(encode(Challenge(PROTOCOL, terms.origin, nonce, services.clock.wall_ms())))
    try:
        async with asyncio.timeout(HELLO_TIMEOUT_S):
            message = await socket.receive()
    except TimeoutError:
        await _turn_away(socket, Code.BAD_MESSAGE, f"no hello within {HELLO_TIMEOUT_S:.0f} s")
        return None
    if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
        return None
    if message.type is not WSMsgType.BINARY:
        await _turn_away(socket, Code.BAD_MESSAGE, "messages are binary: CBOR arrays")
        return None
    try:
        hello = decode(message.data, Hello)
        greeting = open_hello(hello.statement, terms.origin, nonce)
    except VersionError as error:
        await _turn_away(socket, Code.WRONG_PROTOCOL, str(error))
        return None
    except (ProtocolError, EtpError) as error:
        await _turn_away(socket, Code.BAD_MESSAGE, str(error))
        return None
    member = services.ledger.directory.get(greeting.device)
    if member is None or member.role is not Role.FLAT:
        await _turn_away(
            socket,
            Code.UNKNOWN_FLAT,
            f"device {greeting.device.hex()} is not enrolled in {terms.origin}: ask the manager for an invite",
        )
        return None
    try:
        greeting.statement.verify(member.key)
    except SignatureError as error:
        await _turn_away(socket, Code.BAD_SIGNATURE, str(error))
        return None
    conflict = services.ledger.suspended(member.device)
    if conflict is not None:
        await _turn_away(socket, Code.KEY_IN_TWO_HANDS, why_suspended(conflict))
        return None
    if member.standing is Standing.REVOKED:
        await _turn_away(socket, Code.REVOKED, WHY_REVOKED)
        return None
    head = services.ledger.head(member.device)
    last = LastRecord(head.epoch, head.seq, head.hash) if head.seq else None
    building = services.ledger.directory.get(terms.building)
    assert building is not None, "a log begins with its building"
    try:
        rotated = await building_rotated(services.engine, services.ledger, building, greeting.witnessed)
    except (TlogError, SQLAlchemyError, OSError) as error:
        _log.warning("Flat %s cannot be shown that the building has renewed its key: %s", member.name, error)
        await socket.close()
        return None
    if rotated is not None:
        await socket.send_bytes(encode(rotated))
    told = _terms_now(services, member)
    try:
        signed = await off_loop(services.signer, lambda: sign_terms(services.signer, told, greeting.own_nonce))
    except SignerUnavailableError:
        # It is told where the building's key is watched; the flat tries again.
        await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"the building's key does not sign")
        return None
    await socket.send_bytes(encode(Welcome(signed, last)))
    _log.debug("Flat %s connected with %s", member.name, hello.software[:_SOFTWARE_MOST])
    return member, hello, told


async def _turn_away(socket: web.WebSocketResponse, code: Code, message: str) -> None:
    await socket.send_bytes(encode(Refused(code, message, fatal=True)))
    await socket.close(code=WSCloseCode.POLICY_VIOLATION)


class Session:
    """A greeted flat's connection."""

    def __init__(
        self,
        request: web.Request,
        socket: web.WebSocketResponse,
        services: LinkServices,
        member: Member,
        settled_slot: int,
        told: Terms,
    ) -> None:
        self._told = told
        """What the flat was told: where no records of it are taken, it hears of no settled slot either."""
        self._request = request
        self._socket = socket
        self._services = services
        self._member = member
        self._settled_slot = settled_slot
        self._outbox: asyncio.Queue[FromCoordinator] = asyncio.Queue(OUTBOX)
        self._batches: asyncio.Queue[Records] = asyncio.Queue(RECORD_BATCHES)
        self._ending = asyncio.Event()
        self._closes_with: int = WSCloseCode.OK
        self._results_ready = asyncio.Event()
        self._results_ready.set()
        self._questions = count(1)
        self._asked: dict[int, asyncio.Future[Said]] = {}
        """What the flat's witness was asked and has not answered yet; one that nobody waits for is not in it."""

    async def run(self) -> None:
        """Serve until the flat leaves, is replaced or is cut off."""
        tasks = [
            asyncio.create_task(work, name=f"{name} of flat {self._member.name}")
            for name, work in (
                ("writing", self._write()),
                ("logging", self._log_records()),
                ("results", self._send_results()),
                ("witness", self._services.cosigning.ask(self._member.device.hex(), self.ask_witness)),
                ("reading", self._read()),
                ("heartbeat", self._ping()),
                ("ending", self._ended()),
            )
        ]
        self._services.hub.join(self._member.device, self)
        self.told_anew()  # Perhaps something has changed since it was greeted.
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._services.hub.leave(self._member.device, self)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            if (error := task.exception()) is not None and not isinstance(error, ConnectionError):
                _log.error("The link of flat %s broke", self._member.name, exc_info=error)
        await self._socket.close(code=self._closes_with)

    # --- What the hub calls -------------------------------------------------------------------------------------------

    def send(self, message: FromCoordinator) -> None:
        """Queue a message; a flat that does not read is cut off."""
        try:
            self._outbox.put_nowait(message)
        except asyncio.QueueFull:
            _log.warning("Flat %s does not read what it is sent: its link is cut", self._member.name)
            self._cut()

    def refuse(self, code: Code, message: str) -> None:
        """Say why, and close."""
        self.send(Refused(code, message, fatal=True))

    def results_ready(self) -> None:
        """Look for results."""
        self._results_ready.set()

    def told_anew(self) -> None:
        """Close if the flat was told otherwise than holds now, but for a hold that has begun since: it shall come back.

        A ledger that begins to be held while it runs puts off what it is sent; no connection has to end for that.
        """
        now, told = _terms_now(self._services, self._member), self._told
        if now.suspended != told.suspended or (told.held and not now.held):
            self._closes_with = RELEASED
            self._ending.set()

    def end(self) -> None:
        """Close, because the coordinator stops."""
        self._ending.set()

    async def ask_witness(self, request: bytes) -> Said:
        """Carry a question to the flat's witness."""
        question = next(self._questions)
        answer: asyncio.Future[Said] = asyncio.get_running_loop().create_future()
        self._asked[question] = answer
        try:
            await self._outbox.put(AskWitness(question, request))
            return await answer
        finally:
            del self._asked[question]

    def _cut(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()

    # --- The tasks ----------------------------------------------------------------------------------------------------

    async def _ended(self) -> None:
        await self._ending.wait()

    async def _write(self) -> None:
        while True:
            message = await self._outbox.get()
            await self._socket.send_bytes(encode(message))
            if isinstance(message, Refused) and message.fatal:
                return

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self._socket.ping()

    async def _heard(self) -> WSMessage | None:
        """Return the next message; None when none will come any more."""
        try:
            message = await self._socket.receive()
        except TimeoutError:
            _log.debug("Flat %s was not heard for %.0f s: its link is cut", self._member.name, SILENCE_S)
            self._cut()
            return None
        over = message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED)
        return None if over else message

    async def _read(self) -> None:
        while (message := await self._heard()) is not None:
            if message.type is not WSMsgType.BINARY:
                self.refuse(Code.BAD_MESSAGE, "messages are binary: CBOR arrays")
                continue
            try:
                told: FromFlat = decode(message.data, FromFlat)
            except ProtocolError as error:
                self.send(Refused(Code.BAD_MESSAGE, str(error), fatal=False))
                continue
            match told:
                case Frames():
                    await self._take_frames(told)
                case Records() if len(told.records) <= LARGEST_BATCH:
                    await self._batches.put(told)
                case Records():
                    self.send(
                        Refused(
                            Code.BAD_MESSAGE,
                            f"a batch of {len(told.records)} records; send at most {LARGEST_BATCH}",
                            fatal=False,
                        )
                    )
                case WitnessSays(question, status, content_type, body, shows):
                    answer = self._asked.get(question)
                    if answer is not None and not answer.done():
                        answer.set_result(Said(status, content_type, body, shows))
                case AskRecords():
                    await self._tell_records(told)
                case AskChainEnd(nonce):
                    await self._tell_chain_end(nonce)
                case Mirrored(size, lines):
                    problem = self._services.mirrors.take(self._member.device, size, lines)
                    if problem is not None:
                        self.send(Refused(Code.BAD_SIGNATURE, problem, fatal=False))
                case Hello():
                    self.send(Refused(Code.BAD_MESSAGE, "the hello was said already", fatal=False))

    async def _tell_chain_end(self, nonce: bytes) -> None:
        """Sign where the flat's chain ends: it has heard that, and was proven more."""
        services, device = self._services, self._member.device
        head = services.ledger.head(device)
        last = LastRecord(head.epoch, head.seq, head.hash) if head.seq else None
        end = SignedEnd(last, services.ledger.size)
        signer, terms = services.signer, services.terms
        try:
            sign = partial(sign_chain_end, signer, terms.building, terms.origin, device, nonce, end)
            self.send(ChainEnd(await off_loop(signer, sign)))
        except EtpError as error:
            self.send(Refused(Code.BAD_MESSAGE, str(error), fatal=False))
        _log.error(
            "Flat %s was proven more of its records than this log has, which ends with its record %d: the log was set "
            "back, or the flat is wrong",
            self._member.name,
            head.seq,
        )

    async def _tell_records(self, asked: AskRecords) -> None:
        services = self._services
        try:
            self.send(await records_after(services.engine, services.ledger, self._member.device, asked))
        except (SQLAlchemyError, TlogError, OSError) as error:
            _log.warning("The records of flat %s cannot be given back: %s", self._member.name, error)
            self.send(Refused(Code.BAD_MESSAGE, f"the records cannot be given back: {error}", fatal=False))

    async def _take_frames(self, told: Frames) -> None:
        if len(told.frames) > LARGEST_BATCH:
            message = f"{len(told.frames)} frames in one message; send at most {LARGEST_BATCH}"
            self.send(Refused(Code.BAD_MESSAGE, message, fatal=False))
            return
        if self._told.suspended:
            self.send(Refused(Code.SUSPENDED, "no frame is taken of a flat that is suspended", fatal=False))
            return
        member = self._services.ledger.directory.get(self._member.device) or self._member  # Its key may be a new one.
        accepted: int | None = None
        for at, data in enumerate(told.frames):
            if at % 16 == 15:
                await asyncio.sleep(0)  # After a silence there are many: others have their turn in between.
            try:
                frame, fresh = self._services.frames.accept(member, data)
            except FrameRefusedError as error:
                self._services.metrics.frames_refused.labels(error.code.value).inc()
                self.send(Refused(error.code, str(error), fatal=False))
                continue
            accepted = frame.count
            if fresh:
                self._services.metrics.frames.inc()
                delay_ms = max(self._services.clock.wall_ms() - frame.time_ms, 0)
                self._services.metrics.frame_latency.observe(delay_ms / 1000)
        if accepted is not None:
            self.send(FrameAck(accepted))

    async def _log_records(self) -> None:
        while True:
            batch = await self._batches.get()
            try:
                logged = await self._services.ledger.submit(self._member.device, batch.records)
            except LedgerUnavailableError:
                # Without an answer the flat keeps its records and submits them again when it is back.
                await self._socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"the ledger cannot write")
                return
            self._count(logged.results)
            self.send(RecordsAck(logged.results, logged.checkpoint.decode()))

    def _count(self, results: Sequence[RecordResult]) -> None:
        for result in results:
            if result.refused is not None:
                self._services.metrics.records_refused.labels(result.refused.value).inc()

    async def _send_results(self) -> None:
        services = self._services
        if not self._told.takes_records:
            await self._ending.wait()
            return  # What a log that may be behind has settled is no word on anything yet.
        while True:
            await self._results_ready.wait()
            self._results_ready.clear()
            try:
                while words := await words_after(services.engine, services.ledger, self._member, self._settled_slot):
                    for word in words:
                        await self._outbox.put(await self._signed(word))
                        self._settled_slot = word.slot
            except SignerUnavailableError:
                # Without a word the flat asks again when it is back.
                await self._socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"the building's key does not sign")
                return
            except (SQLAlchemyError, TlogError, OSError) as error:
                _log.warning("Results for flat %s cannot be read: %s", self._member.name, error)

    async def _signed(self, word: SlotWord) -> SlotWord:
        services = self._services
        terms, device = services.terms, self._member.device
        sign = partial(sign_word, services.signer, terms.building, terms.origin, device, word)
        return await off_loop(services.signer, sign)
