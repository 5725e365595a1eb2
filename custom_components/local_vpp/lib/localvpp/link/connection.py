"""The flat's connection to its coordinator: one WebSocket that comes back by itself.

It proves both keys, sends frames while it is up (a frame that misses its second is not sent later), sends
records in order from the store until the log has proven to hold them, and stores how slots were settled.
Nothing is believed: an acknowledgement counts only with an inclusion proof under a checkpoint of the building's log,
a settlement only with transfer records of the building's key that add up.

The session is passed in, and so is what to do with news (`LinkListener`).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from http import HTTPStatus
import logging
import random
from typing import Final, Never

import aiohttp

from .. import tlog
from ..clock import Clock
from ..etp import EtpError, Signer
from ..guard import Doubt, Guard
from ..judge import Judge, WordError
from ..lineage import Lineage, load_lineage
from ..mirror import Held
from ..notebook import Evidence, EvidenceKind, Notebook
from ..store import FlatStore
from ..trading.kept import TradingBook
from ..trust import distrust
from ..wire import (
    LARGEST_MESSAGE,
    AskPapers,
    AskWitness,
    Code,
    DrillKept,
    DrillSaid,
    FrameAck,
    Frames,
    FromCoordinator,
    FromFlat,
    Keys,
    LeftOut,
    MarketSaid,
    Membership,
    Mirrored,
    OpenBook,
    Paper,
    ProposalHeard,
    ProtocolError,
    RecordsAck,
    Refused,
    SlotResult,
    Traded,
    WitnessSays,
)
from .delivery import Delivery
from .following import check_log_key, follow_building
from .handshake import Caller, Introduced, shake_hands
from .listener import LinkListener
from .meeting import Meeting
from .peer import SILENCE_S, Peer, SocketPeer
from .status import (
    FatalLinkError,
    FormerKeyError,
    LinkError,
    LinkState,
    LinkStatus,
    LogBehindError,
    ReleasedError,
    StolenKeyError,
    greeted,
)

_LOGGER = logging.getLogger(__name__)

type Word = MarketSaid | OpenBook | ProposalHeard | Traded | Keys | SlotResult | LeftOut
"""What the building says of a slot: it is checked in the order in which it was said."""

MOST_WORDS: Final = 64
"""Words that wait for their check; further ones, and all behind them, wait on the line."""

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
"""Back-off doubles from the first to the longest; a building of flats must not storm a coordinator that comes back."""
STEADY_S: Final = 30.0
"""A connection that held this long resets the back-off."""
HANDSHAKE_S: Final = 15.0
QUEUED_FRAMES: Final = 5
"""Frames that wait for a slow connection; older ones are no longer news."""
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
_DIVERGED: Final = "diverged"
"""Where it is noted why the ends of the chain did not meet; empty when they have since."""


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
        self._tells: deque[FromFlat] = deque()
        """What is told of drills and of the market; with a new connection all of it is told again."""
        self._news = asyncio.Event()
        self._broken = False
        self._diverged: Doubt | None = None
        """Why the ends of the chain did not meet, until they have; a restart of the flat does not end it."""
        self._suspended = False
        """Whether the building takes nothing of this flat but its word as a witness."""
        self._refused: set[Code] = set()
        """What the coordinator refuses of the frames, until it takes one again."""
        self._held: Held | None = None
        self._told_held = False
        self._judge = Judge(membership, store, clock, listener)
        self.lineage = Lineage.of(membership)
        """The building's keys."""
        self._words = asyncio.Queue[Word](MOST_WORDS)
        """What was said of slots over this connection, and is not checked yet."""
        self._is_up = False
        """Whether what is told now is sent."""
        self._early: list[FromCoordinator] = []
        """What came while the flat was waiting for its own records."""
        self._notebook = Notebook(store)
        self._market = TradingBook(store)
        self._meeting = Meeting(membership, store, guard, clock, listener)
        self._delivery = Delivery(membership.flat, store, guard, self._judge, self._meeting, listener)

    def sign_with(self, signer: Signer) -> None:
        """Greet with this key, and with no other: the rotation away from it was not logged."""
        self._signer = self._greets_with = signer
        self._former = None

    def send_frame(self, data: bytes) -> None:
        """Queue a signed frame; the oldest waiting one gives way."""
        self._frames.append(data)
        self._news.set()

    def tell(self, message: FromFlat) -> bool:
        """Send a message if the connection is up; if it is not, what the next one begins with has to say it."""
        self._tells.append(message)
        self._news.set()
        return self._is_up

    def records_waiting(self) -> None:
        """Tell that the store has new records to send."""
        self._delivery.records_waiting()

    def mirrored(self, held: Held) -> None:
        """Tell the building what this flat holds a copy of, now and after each new connection."""
        self._held = held
        self._told_held = False
        self._news.set()

    async def run(self) -> None:
        """Connect, and connect again, until cancelled. Raises StoreError."""
        wait = FIRST_WAIT_S
        if reason := await self._store.noted(_DIVERGED):
            self._diverged = Doubt(reason.decode(), contradicts=False)
        while True:
            began = self._clock.monotonic()
            try:
                await self._connect_once()
            except ReleasedError:
                wait = FIRST_WAIT_S
            except FatalLinkError as error:
                if error.state is LinkState.DIVERGED:
                    self._guard.close()
                    self._diverged = Doubt(str(error), contradicts=False)
                    await self._store.note(_DIVERGED, str(error).encode())
                wait = LONGEST_WAIT_S
                stolen = isinstance(error, StolenKeyError)
                self._down(LinkStatus(error.state, str(error), error.code, stolen, error.foreign))
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
            peer = SocketPeer(socket, self._take_refused)
            try:
                introduced = await self._meet(peer)
            except (LogBehindError, FormerKeyError) as error:
                deadline.reschedule(None)
                await self._object(peer, error)
            terms, welcome = introduced.terms, introduced.welcome
            deadline.reschedule(None)
            self._early.clear()
            self._suspended = terms.suspended
            if terms.takes_records:
                keys = [signer.public for signer in (self._signer, self._former) if signer is not None]
                self._early = await self._meeting.meet(peer, terms, self.lineage, keys, welcome.last)
                # A log that may be behind may not know of prices that this flat was told: no word on it is asked for.
                await self._judge.open(terms, self.lineage, welcome.terms, (await self._store.load()).settled_slot)
                if self._diverged is not None:
                    await self._store.note(_DIVERGED, b"")
                doubt = self._diverged = None
            else:
                doubt = await self._meeting.doubt(welcome.last) or self._diverged
            epoch, proven = (await self._store.load()).head.epoch, await self._meeting.proven_head()
            await self._guard.open(introduced.log_key, epoch, proven, doubt)
            self._broken = False
            self._delivery.begin()
            self._frames.clear()
            self._tells.clear()
            self._tells.extend(await self._listener.drills_again())
            if terms.takes_records:
                self._tells.extend(await self._listener.market_again())
            self._told_held = False
            self._news.set()
            _LOGGER.info("Flat %s is connected to %s", self._membership.flat, self._membership.url)
            self._listener.terms_agreed(terms)
            self._listener.link_changed(greeted(terms, doubt, diverged=self._diverged is not None))
            log_key = tlog.Ed25519Verifier(introduced.log_key)
            try:
                self._is_up = True
                self._words = asyncio.Queue(MOST_WORDS)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._receive(peer, introduced))
                    tasks.create_task(self._check(peer, log_key))
                    tasks.create_task(self._send_frames(peer))
                    if terms.takes_records:
                        tasks.create_task(self._delivery.send(peer))
            except* (LinkError, ProtocolError, EtpError, tlog.TlogError, aiohttp.ClientError) as group:
                raise _first(group) from group
            finally:
                self._is_up = False

    async def _object(self, peer: Peer, error: LogBehindError | FormerKeyError) -> Never:
        """Say as a witness what this flat knows, of a log that it believes nothing else; until the link ends."""
        self._down(LinkStatus(error.state, str(error), foreign=isinstance(error, FormerKeyError)))
        epoch, proven = (await self._store.load()).head.epoch, await self._meeting.proven_head()
        await self._guard.open(error.log_key, epoch, proven, Doubt(str(error), contradicts=False))
        while True:
            if isinstance(asked := await peer.hear(), AskWitness):
                await self._say_as_witness(peer, asked)

    async def _say_as_witness(self, peer: Peer, asked: AskWitness) -> None:
        said = await self._guard.answer(asked.request)
        shows = self._guard.largest if said.status == HTTPStatus.CONFLICT else b""
        await peer.say(WitnessSays(asked.question, int(said.status), said.content_type, said.body, shows))

    async def _meet(self, peer: Peer) -> Introduced:
        """Shake hands, and keep what the building shows of its keys."""
        known = await load_lineage(self._store, self._membership)
        saved = await self._store.load()
        witnessed, _ = await self._notebook.witnessed(self._membership.origin)
        caller = Caller(self._membership, self._greets_with, self._software, saved.settled_slot, witnessed.size)
        try:
            introduced = await shake_hands(peer, caller, known)
        except StolenKeyError as error:
            evidence = Evidence(
                self._clock.wall_ms(), str(error), known.next_key, error.sealed, EvidenceKind.UNFORESEEN
            )
            await self._notebook.keep(evidence)
            raise
        except FormerKeyError as error:
            await check_log_key(error.log_key, caller, self._store)  # Of another log, this flat has nothing to say.
            raise
        await follow_building(introduced, caller, known, self._guard, self._store)
        self.lineage = introduced.lineage
        return introduced

    def _take_refused(self, refused: Refused) -> None:
        """Hear that the coordinator refuses something. Raises LinkError when it ends the connection for that."""
        if refused.fatal and refused.code is Code.BAD_SIGNATURE and self._turn_key():
            raise LinkError("the building knows this flat by its new key: it greets with that one now")
        if refused.fatal and refused.code in _FOR_A_PERSON:
            raise FatalLinkError(LinkState.REFUSED, refused.message, refused.code)
        if refused.fatal:
            raise LinkError(refused.message)
        if refused.code not in self._refused:
            self._refused.add(refused.code)
            _LOGGER.warning("The coordinator refuses something of flat %s: %s", self._membership.flat, refused.message)

    def _turn_key(self) -> bool:
        """Greet with the other key of a rotation next time; return whether the new one is yet to be tried."""
        if self._former is None:
            return False
        is_former = self._greets_with is self._former
        self._greets_with = self._signer if is_former else self._former
        return is_former

    async def _send_frames(self, peer: Peer) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            if self._frames and not self._suspended:
                frames = tuple(self._frames)
                self._frames.clear()
                await peer.say(Frames(frames))
            while self._tells:
                await peer.say(self._tells.popleft())
            if self._held is not None and not self._told_held:
                self._told_held = True
                await peer.say(Mirrored(self._held.size, self._held.lines))

    async def _receive(self, peer: Peer, introduced: Introduced) -> None:
        log_key = tlog.Ed25519Verifier(introduced.log_key)
        while True:
            match self._early.pop(0) if self._early else await peer.hear():
                case FrameAck(count):
                    if self._refused:
                        self._refused.clear()
                        _LOGGER.info("The coordinator takes the frames of flat %s again", self._membership.flat)
                    self._listener.frame_acknowledged(count)
                case RecordsAck() as ack if introduced.terms.takes_records:
                    await self._delivery.take(ack, log_key, introduced.terms)
                case SlotResult() | LeftOut() as word if introduced.terms.takes_records:
                    await self._words.put(word)
                case AskWitness() as asked:
                    await self._say_as_witness(peer, asked)
                case DrillSaid() as said:
                    for answer in await self._listener.drill_said(said, self.lineage):
                        await peer.say(answer)
                case DrillKept(call):
                    await self._listener.drill_kept(call)
                case (MarketSaid() | OpenBook() | ProposalHeard() | Traded() | Keys()) as said if (
                    introduced.terms.takes_records
                ):
                    await self._words.put(said)
                case MarketSaid() | OpenBook() | ProposalHeard() | Traded() | Keys():
                    pass  # Nothing is traded with a flat whose records are not taken.
                case AskPapers(slot, name):
                    # Whoever knows its name could have had it: it was told to all flats.
                    await peer.say(Paper(slot, name, await self._market.document(slot, name) or b""))
                case Refused():
                    pass  # heard of already, and not fatal
                case other:
                    raise LinkError(f"the coordinator sent {type(other).__name__} out of its place")

    async def _check(self, peer: Peer, log_key: tlog.Verifier) -> None:
        """Check what the building says of slots, beside all else that is heard: a large book takes its time."""
        while True:
            match await self._words.get():
                case SlotResult() | LeftOut() as word:
                    try:
                        await self._judge.take(word)
                    except WordError as error:
                        raise LinkError(str(error)) from error
                case said:
                    heard = await self._listener.market_said(said, self.lineage, log_key)
                    for told in heard.answers:
                        await peer.say(told)
                    for slot in heard.ended:
                        # What is stored of its settlement is judged by that.
                        await self._judge.market_ended(slot)
            self._words.task_done()


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
