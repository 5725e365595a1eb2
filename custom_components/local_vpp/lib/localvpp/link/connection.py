"""The flat's connection to its coordinator: one WebSocket that comes back by itself.

It proves both keys, sends frames while it is up (a frame that misses its second is not sent later), sends
records in order from the store until the log has proven to hold them, and stores how slots were settled.
Nothing is believed: an acknowledgement counts only with an inclusion proof under a checkpoint of the building's log,
a settlement only with transfer records of the building's key that add up.

The session is passed in, and so is what to do with news (`LinkListener`).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
import logging
import random
import secrets
from typing import Final, Protocol, override

import aiohttp

from .. import tlog
from ..clock import Clock
from ..etp import EtpError, FieldError, Kind, RecordHash, Signer, off_loop
from ..guard import Guard
from ..judge import Judge, JudgeListener, WordError
from ..lineage import Lineage, check_logged, keep_lineage, load_lineage
from ..mirror import Held
from ..notebook import EvidenceKind
from ..store import FlatStore
from ..trust import distrust
from ..wire import (
    LARGEST_BATCH,
    LARGEST_MESSAGE,
    NONCE_LENGTH,
    PROTOCOL,
    RELEASED,
    AskWitness,
    BuildingRotated,
    Challenge,
    Code,
    FrameAck,
    Frames,
    FromCoordinator,
    FromFlat,
    Hello,
    LeftOut,
    Membership,
    Mirrored,
    ProtocolError,
    RecordResult,
    Records,
    RecordsAck,
    Refused,
    SlotResult,
    Terms,
    Welcome,
    WitnessSays,
    decode,
    encode,
    open_terms,
    sign_hello,
)
from .meeting import Meeting, MeetingListener, Peer
from .status import FatalLinkError, LinkError, LinkState, LinkStatus, ReleasedError

_LOGGER = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
"""Back-off doubles from the first to the longest; a building of flats must not storm a coordinator that comes back."""
STEADY_S: Final = 30.0
"""A connection that held this long resets the back-off."""
HANDSHAKE_S: Final = 15.0
SILENCE_S: Final = 45.0
"""The coordinator pings each 20 s, which also keeps the connection open in middle boxes: two pings missed, and it is
gone. The flat has no heartbeat of its own: aiohttp 3.14 leaves its timer behind when the client closes."""
QUEUED_FRAMES: Final = 5
"""Frames that wait for a slow connection; older ones are no longer news."""
RETRY_RECORDS_S: Final = 30.0
"""Records without an answer are sent again after this; the ledger knows the same bytes again."""
_FOR_A_PERSON: Final = frozenset(
    {
        Code.UNKNOWN_FLAT,
        Code.WRONG_PROTOCOL,
        Code.BAD_SIGNATURE,
        Code.SUSPENDED,
        Code.KEY_IN_TWO_HANDS,
        Code.REVOKED,
    }
)
"""Refusals that trying again soon does not mend."""


class LinkListener(JudgeListener, MeetingListener, Protocol):
    """What the agent wants to hear. Called in the event loop; must not block."""

    def link_changed(self, status: LinkStatus) -> None:
        """The connection came or went."""
        ...

    def terms_agreed(self, terms: Terms) -> None:
        """The building's terms, proven."""
        ...

    def records_proven(self, proven: Sequence[tuple[RecordHash, int]], pending: int) -> None:
        """The log holds these records at these indexes; so many are still to be sent."""
        ...

    def frame_acknowledged(self, count: int) -> None:
        """The coordinator has the frame with this count."""
        ...


@dataclass(frozen=True, slots=True)
class _Peer(Peer):
    """The coordinator at the other end of a socket."""

    socket: aiohttp.ClientWebSocketResponse
    following: Callable[[aiohttp.ClientWebSocketResponse], Awaitable[FromCoordinator]]

    @override
    async def say(self, message: FromFlat) -> None:
        await self.socket.send_bytes(encode(message))

    @override
    async def hear(self) -> FromCoordinator:
        return await self.following(self.socket)


class Link:
    """Keeps the connection up while `run` runs."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        membership: Membership,
        signer: Signer,
        store: FlatStore,
        guard: Guard,
        clock: Clock,
        listener: LinkListener,
        software: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        former: Signer | None = None,
    ) -> None:
        self._session = session
        self._membership = membership
        self._signer = signer
        self._former = former
        """What the flat signed with before a rotation that the building may not have logged yet."""
        self._greets_with = former or signer
        self._store = store
        self._guard = guard
        self._clock = clock
        self._listener = listener
        self._software = software
        self._sleep = sleep
        self._frames: deque[bytes] = deque(maxlen=QUEUED_FRAMES)
        self._news = asyncio.Event()
        self._answered = asyncio.Event()
        self._broken = False
        self._refused: set[Code] = set()
        """What the coordinator refuses of the frames, until it takes one again."""
        self._held_up = False
        """Whether records wait for something that may mend itself."""
        self._held: Held | None = None
        self._told_held = False
        self._judge = Judge(membership, store, clock, listener)
        self.lineage = Lineage.of(membership)
        """The building's keys."""
        self._early: list[FromCoordinator] = []
        """What came while the flat was waiting for its own records."""
        self._meeting = Meeting(membership, store, guard, clock, listener)

    def sign_with(self, signer: Signer) -> None:
        """Greet with this key, and with no other: the rotation away from it was not logged."""
        self._signer = self._greets_with = signer
        self._former = None

    def send_frame(self, data: bytes) -> None:
        """Queue a signed frame; the oldest waiting one gives way."""
        self._frames.append(data)
        self._news.set()

    def records_waiting(self) -> None:
        """Tell that the store has new records to send."""
        self._answered.set()

    def mirrored(self, held: Held) -> None:
        """Tell the building what this flat holds a copy of, now and after each new connection."""
        self._held = held
        self._told_held = False
        self._news.set()

    async def run(self) -> None:
        """Connect, and connect again, until cancelled."""
        wait = FIRST_WAIT_S
        while True:
            began = self._clock.monotonic()
            try:
                await self._connect_once()
            except ReleasedError:
                wait = FIRST_WAIT_S
            except FatalLinkError as error:
                if error.state is LinkState.DIVERGED:
                    self._guard.close()
                wait = LONGEST_WAIT_S
                self._down(LinkStatus(error.state, str(error), error.code))
            except (LinkError, ProtocolError, EtpError, tlog.TlogError, aiohttp.ClientError, TimeoutError) as error:
                if self._clock.monotonic() - began > STEADY_S:
                    wait = FIRST_WAIT_S
                self._down(LinkStatus(LinkState.CONNECTING, distrust(error) or str(error) or type(error).__name__))
            # Half of the wait is chance, so that flats which lost the coordinator together come back apart.
            await self._sleep(wait * random.uniform(0.5, 1.0))
            wait = min(wait * 2, LONGEST_WAIT_S)

    def _down(self, status: LinkStatus) -> None:
        if not self._broken:
            self._broken = True
            _LOGGER.warning("Flat %s lost its coordinator: %s", self._membership.flat, status.reason)
        self._listener.link_changed(status)

    async def _connect_once(self) -> None:
        url = f"{self._membership.url}/api/v1/link"
        timeout = aiohttp.ClientWSTimeout(ws_receive=SILENCE_S, ws_close=5.0)
        async with (
            asyncio.timeout(None) as deadline,
            self._session.ws_connect(url, max_msg_size=LARGEST_MESSAGE, timeout=timeout, compress=0) as socket,
        ):
            deadline.reschedule(asyncio.get_running_loop().time() + HANDSHAKE_S)
            terms, welcome = await self._shake_hands(socket)
            deadline.reschedule(None)
            self._early.clear()
            if not terms.held:
                keys = [signer.public for signer in (self._signer, self._former) if signer is not None]
                peer = _Peer(socket, self._next)
                self._early = await self._meeting.meet(peer, terms, self.lineage, keys, welcome.last)
                # A log that may be behind may not know of prices that this flat was told: no word on it is asked for.
                await self._judge.open(terms, self.lineage, welcome.terms, (await self._store.load()).settled_slot)
            await self._guard.open(tlog.VerifierKey.parse(terms.log_key), (await self._store.load()).head.epoch)
            self._broken = False
            self._held_up = False
            self._frames.clear()
            self._told_held = False
            self._news.set()
            _LOGGER.info("Flat %s is connected to %s", self._membership.flat, self._membership.url)
            self._listener.terms_agreed(terms)
            why = "the building's log waits for its witnesses, and takes records then" if terms.held else ""
            self._listener.link_changed(LinkStatus(LinkState.ONLINE, why))
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._receive(socket, terms))
                    tasks.create_task(self._send_frames(socket))
                    if not terms.held:
                        tasks.create_task(self._send_records(socket))
            except* (LinkError, ProtocolError, EtpError, tlog.TlogError, aiohttp.ClientError) as group:
                raise _first(group) from group

    async def _shake_hands(self, socket: aiohttp.ClientWebSocketResponse) -> tuple[Terms, Welcome]:
        challenge = await self._next(socket)
        if not isinstance(challenge, Challenge):
            raise LinkError(f"the coordinator began with {type(challenge).__name__} instead of a challenge")
        if challenge.protocol != PROTOCOL:
            raise FatalLinkError(
                LinkState.REFUSED,
                f"the coordinator speaks protocol {challenge.protocol}, this flat {PROTOCOL}: update the older one",
            )
        if challenge.origin != self._membership.origin:
            raise FatalLinkError(
                LinkState.REFUSED,
                f"{self._membership.url} is the coordinator of {challenge.origin}, not of {self._membership.origin}",
            )
        own_nonce = secrets.token_bytes(NONCE_LENGTH)
        member, signer = self._membership, self._greets_with
        statement = await off_loop(
            signer, lambda: sign_hello(signer, member.device, member.origin, challenge.nonce, own_nonce)
        )
        saved = await self._store.load()
        await socket.send_bytes(encode(Hello(statement, self._software, saved.settled_slot)))
        welcome = await self._next(socket)
        rotated = welcome if isinstance(welcome, BuildingRotated) else None
        if rotated is not None:
            welcome = await self._next(socket)
        if not isinstance(welcome, Welcome):
            raise LinkError(f"the coordinator answered the hello with {type(welcome).__name__}")
        try:
            lineage = await load_lineage(self._store, self._membership)
            known = len(lineage.keys)
            if rotated is not None:
                lineage = lineage.follow(rotated, self._membership.origin)
            terms = open_terms(welcome.terms, lineage.newest, own_nonce)
            if rotated is not None:
                log_key = tlog.Ed25519Verifier(tlog.VerifierKey.parse(terms.log_key))
                check_logged(rotated, lineage, known, log_key, terms)
        except FieldError as error:
            raise FatalLinkError(
                LinkState.REFUSED, f"{self._membership.url} answered with terms that cannot be used: {error}"
            ) from error
        except (EtpError, tlog.TlogError) as error:
            raise FatalLinkError(
                LinkState.REFUSED,
                f"{self._membership.url} cannot prove that it is the building this flat was enrolled in ({error}): "
                "ask the building manager whether its key was changed",
            ) from error
        if terms.origin != self._membership.origin:
            raise FatalLinkError(
                LinkState.REFUSED,
                f"{self._membership.url} has terms for {terms.origin}, not for {self._membership.origin}",
            )
        if terms.building == self._membership.device:
            raise FatalLinkError(LinkState.REFUSED, f"{self._membership.url} calls this flat's device the building")
        await self._follow(replace(lineage, building=terms.building), known)
        return terms, welcome

    async def _follow(self, lineage: Lineage, known: int) -> None:
        """Store the building's keys as far as this flat did not know them."""
        if lineage != await load_lineage(self._store, self._membership):
            await keep_lineage(self._store, lineage)
        if len(lineage.keys) > known:
            _LOGGER.warning(
                "The building of flat %s has renewed its key: the log holds the rotation to %s, which the key before "
                "has signed",
                self._membership.flat,
                lineage.newest.fingerprint,
            )
        self.lineage = lineage

    async def _next(self, socket: aiohttp.ClientWebSocketResponse) -> FromCoordinator:
        try:
            message = await socket.receive()
        except TimeoutError as error:
            raise LinkError(f"nothing was heard of the coordinator for {SILENCE_S:.0f} s") from error
        match message.type:
            case aiohttp.WSMsgType.BINARY:
                received: FromCoordinator = decode(message.data, FromCoordinator)
            case aiohttp.WSMsgType.CLOSE | aiohttp.WSMsgType.CLOSING | aiohttp.WSMsgType.CLOSED:
                if socket.close_code == RELEASED:
                    raise ReleasedError("the building's log takes records again")
                raise LinkError("the coordinator closed the connection")
            case aiohttp.WSMsgType.ERROR:
                raise LinkError(f"the connection broke: {socket.exception()}")
            case _:
                raise LinkError(f"the coordinator sent a {message.type.name} message; messages are binary")
        if isinstance(received, Refused):
            if received.fatal and received.code is Code.BAD_SIGNATURE and self._turn_key():
                raise LinkError("the building knows this flat by its new key: it greets with that one now")
            if received.fatal and received.code in _FOR_A_PERSON:
                raise FatalLinkError(LinkState.REFUSED, received.message, received.code)
            if received.fatal:
                raise LinkError(received.message)
            if received.code not in self._refused:
                self._refused.add(received.code)
                _LOGGER.warning(
                    "The coordinator refuses something of flat %s: %s", self._membership.flat, received.message
                )
        return received

    def _turn_key(self) -> bool:
        """Greet with the other key of a rotation next time; return whether the new one is yet to be tried."""
        if self._former is None:
            return False
        is_former = self._greets_with is self._former
        self._greets_with = self._signer if is_former else self._former
        return is_former

    async def _send_frames(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            if self._frames:
                frames = tuple(self._frames)
                self._frames.clear()
                await socket.send_bytes(encode(Frames(frames)))
            if self._held is not None and not self._told_held:
                self._told_held = True
                await socket.send_bytes(encode(Mirrored(self._held.size, self._held.lines)))

    async def _send_records(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            self._answered.clear()
            batch = await self._store.unsent(LARGEST_BATCH)
            if batch:
                await socket.send_bytes(encode(Records(tuple(batch))))
            try:
                async with asyncio.timeout(RETRY_RECORDS_S):
                    await self._answered.wait()
            except TimeoutError:
                continue

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse, terms: Terms) -> None:
        log_key = tlog.Ed25519Verifier(tlog.VerifierKey.parse(terms.log_key))
        while True:
            match self._early.pop(0) if self._early else await self._next(socket):
                case FrameAck(count):
                    if self._refused:
                        self._refused.clear()
                        _LOGGER.info("The coordinator takes the frames of flat %s again", self._membership.flat)
                    self._listener.frame_acknowledged(count)
                case RecordsAck() as ack if not terms.held:
                    await self._take_proofs(ack, log_key, terms)
                case SlotResult() | LeftOut() as word if not terms.held:
                    try:
                        await self._judge.take(word)
                    except WordError as error:
                        raise LinkError(str(error)) from error
                case AskWitness(question, request):
                    said = await self._guard.answer(request)
                    await socket.send_bytes(
                        encode(WitnessSays(question, int(said.status), said.content_type, said.body))
                    )
                case Refused():
                    pass  # logged by _next, and not fatal
                case other:
                    raise LinkError(f"the coordinator sent {type(other).__name__} out of its place")

    async def _take_proofs(self, ack: RecordsAck, log_key: tlog.Verifier, terms: Terms) -> None:
        proofs: list[tuple[RecordHash, int, str]] = []
        slots: set[int] = set()
        refused: RecordResult | None = None
        for result in ack.results:
            if result.index is None:
                if result.refused is None:
                    raise LinkError(f"the coordinator neither took nor refused record {result.hash.hex()}")
                refused = refused or result
                continue
            kept = await self._store.kept(result.hash)
            if kept is None:
                raise LinkError(f"the coordinator acknowledged record {result.hash.hex()}, which is not this flat's")
            proof = tlog.TlogProof(
                index=result.index,
                path=tuple(tlog.to_hash(step) for step in result.proof),
                checkpoint=ack.checkpoint.encode(),
            )
            try:
                opened = tlog.verify_proof(proof, kept.record.signed.statement.data, log_key, origin=terms.origin)
            except tlog.TlogError as error:
                # Anybody between the two could have written this: only what the log's key signed is evidence.
                raise LinkError(f"the proof of record {kept.record.envelope.seq} does not hold: {error}") from error
            if kept.index not in (None, result.index):
                reason = f"the log holds record {kept.record.envelope.seq} twice, at {kept.index} and at {result.index}"
                await self._meeting.keep_proven(EvidenceKind.TWICE, reason, kept.record.envelope.seq, proof.encode())
                raise LinkError(f"record {kept.record.envelope.seq} was logged twice")
            proofs.append((result.hash, result.index, proof.encode().decode()))
            if kept.record.kind is Kind.INTERVAL:
                slots.add(kept.record.envelope.slot)
            await self._guard.compare(opened.checkpoint, proof.checkpoint)
        pending = await self._store.proven(proofs)
        if proofs:
            self._listener.records_proven([(name, index) for name, index, _ in proofs], pending)
            await self._judge.proven(sorted(slots))
        if refused is not None:
            self._take_refusal(refused)
        elif self._held_up:
            self._held_up = False
            _LOGGER.info("The log takes the records of flat %s again", self._membership.flat)
            self._listener.link_changed(LinkStatus(LinkState.ONLINE))
        # An answer that brought nothing on must not be asked for again at once: the retry's time will.
        if pending and proofs and refused is None:
            self._answered.set()

    def _take_refusal(self, refused: RecordResult) -> None:
        """Act on the first refused record; those after it are refused for its sake.

        Raises LinkError where sending the same record again on this connection cannot help.
        """
        reason = f"the log refuses a record of this flat: {refused.refused}: {refused.message}"
        match refused.refused:
            case Code.FROM_THE_FUTURE:
                # Time mends it: the retry sends the same bytes again.
                if not self._held_up:
                    self._held_up = True
                    _LOGGER.warning("%s", reason)
                    told = f"this flat's clock is ahead of the building's: set it ({refused.message})"
                    self._listener.link_changed(LinkStatus(LinkState.ONLINE, told))
            case Code.OUT_OF_ORDER:
                raise LinkError(reason)  # The next welcome tells where the chains part, if they do.
            case Code.CONFLICT:
                raise FatalLinkError(LinkState.DIVERGED, reason, Code.CONFLICT)
            case code:
                raise FatalLinkError(LinkState.REFUSED, reason, code)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
