"""One connection of one flat, from its greeting to its end.

Some tasks share it: reading, writing, logging the flat's records in order, sending results. All queues are
bounded; a flat that does not read what it is sent is cut off and may come back. Nothing that a flat sends can end
another flat's session: what it did wrong, it is told alone.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import count
import logging
from typing import Final

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from sqlalchemy.exc import SQLAlchemyError

from localvpp.etp import (
    EtpError,
    SignerUnavailableError,
    off_loop,
)
from localvpp.tlog import TlogError
from localvpp.wire import (
    LARGEST_BATCH,
    LARGEST_MESSAGE,
    RELEASED,
    AskChainEnd,
    AskKeys,
    AskMarket,
    AskRecords,
    AskWitness,
    ChainEnd,
    Code,
    DrillAnswer,
    DrillDocument,
    DrillNews,
    FrameAck,
    Frames,
    FromCoordinator,
    FromFlat,
    Hello,
    LastRecord,
    Mirrored,
    Paper,
    Proposal,
    ProtocolError,
    RecordResult,
    Records,
    RecordsAck,
    Refused,
    RollCall,
    ShowOrders,
    SignedEnd,
    SlotWord,
    Terms,
    Verdict,
    WitnessSays,
    decode,
    encode,
    sign_chain_end,
    sign_word,
)

from ..ledger import LedgerUnavailableError
from ..store import Member
from ..witnesses import Said
from .chains import records_after
from .frames import FrameRefusedError
from .greeting import greet
from .keys import keys_of
from .results import words_after
from .services import LinkServices

HEARTBEAT_S: Final = 20.0
"""A ping each 20 s: a dead connection is known within half a minute, and routers keep the living ones open."""
SILENCE_S: Final = 30.0
"""Each ping is answered: who says nothing for so long is gone. aiohttp 3.14 has a heartbeat of its own, which is not
used: what arrives while a socket is being closed sets its timer again, and nobody stops that one."""
OUTBOX: Final = 256
"""Messages a flat may be behind."""
RECORD_BATCHES: Final = 4
"""Batches of one flat that may wait for the ledger; then its messages wait."""

_log = logging.getLogger(__name__)


async def serve_link(request: web.Request, services: LinkServices) -> web.WebSocketResponse:
    """Serve one WebSocket until it closes."""
    socket = web.WebSocketResponse(max_msg_size=LARGEST_MESSAGE, receive_timeout=SILENCE_S)
    await socket.prepare(request)
    greeted = await greet(socket, services)
    if greeted is not None:
        member, hello, told = greeted
        session = Session(request, socket, services, member, hello.settled_slot, told)
        await session.run()
    return socket


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
        now, told = self._services.terms_of(self._member), self._told
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
                case AskKeys():
                    await self._tell_keys(told)
                case AskChainEnd(nonce):
                    await self._tell_chain_end(nonce)
                case Mirrored(size, lines):
                    problem = self._services.mirrors.take(self._member.device, size, lines)
                    if problem is not None:
                        self.send(Refused(Code.BAD_SIGNATURE, problem, fatal=False))
                case RollCall() | DrillAnswer() | DrillNews() | DrillDocument():
                    await self._take_drill(told)
                case AskMarket() | ShowOrders() | Proposal() | Verdict():
                    await self._take_market(told)
                case Paper():
                    await self._take_paper(told)
                case Hello():
                    self.send(Refused(Code.BAD_MESSAGE, "the hello was said already", fatal=False))

    async def _take_drill(self, told: RollCall | DrillAnswer | DrillNews | DrillDocument) -> None:
        try:
            await self._services.drills.take(self._member, told)
        except SQLAlchemyError as error:
            # The flat says all of it again with its next connection.
            _log.warning("What flat %s says of a drill cannot be kept: %s", self._member.name, error)
            await self._socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"the drill cannot be kept")

    async def _take_market(self, told: AskMarket | ShowOrders | Proposal | Verdict) -> None:
        if self._services.market is None:
            return
        try:
            await self._services.market.take(self._member, told)
        except (SQLAlchemyError, TlogError, OSError, SignerUnavailableError) as error:
            # The flat asks again with its next connection.
            _log.warning("What flat %s says of the market cannot be taken: %s", self._member.name, error)
            await self._socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"the market waits")

    async def _take_paper(self, told: Paper) -> None:
        try:
            problem = await self._services.papers.take(self._member, told)
        except SQLAlchemyError as error:
            # It is asked for again.
            _log.warning("What flat %s gives back cannot be kept: %s", self._member.name, error)
            return
        if problem is not None:
            self.send(Refused(Code.BAD_MESSAGE, problem, fatal=False))

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

    async def _tell_keys(self, asked: AskKeys) -> None:
        services, device = self._services, self._member.device
        try:
            terms, signer = services.terms, services.signer
            self.send(await keys_of(services.engine, services.ledger, terms, signer, device, asked))
        except (SQLAlchemyError, TlogError, OSError, SignerUnavailableError) as error:
            # The flat asks again with its next connection.
            _log.warning("The keys that flat %s asks for cannot be told: %s", self._member.name, error)
            await self._socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"keys cannot be told")

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
                while words := await words_after(
                    services.engine, services.ledger, services.places, self._member, self._settled_slot
                ):
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
