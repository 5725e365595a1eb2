"""A flat as a coordinator meets it: really signs, really speaks the wire, remembers what it was told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
import secrets
from types import MappingProxyType
from typing import Any, override

import aiohttp

from localvpp.clock import Clock
from localvpp.drill_record import drill_body
from localvpp.etp import (
    Body,
    Chain,
    DeviceId,
    Ed25519Signer,
    Enrolled,
    Frame,
    Kind,
    PublicKey,
    Record,
    Register,
    Source,
)
from localvpp.islanding.report import Level
from localvpp.supply import Drawn, Supply, supply_body
from localvpp.wire import (
    NONCE_LENGTH,
    Challenge,
    Frames,
    FromCoordinator,
    FromFlat,
    Hello,
    RecordResult,
    Records,
    RecordsAck,
    Terms,
    Welcome,
    decode,
    encode,
    open_terms,
    sign_hello,
)

WAIT_S = 60.0
"""What is awaited comes within milliseconds; this long is never waited unless a test fails."""


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something has become true."""
    async with asyncio.timeout(WAIT_S):
        while not condition():
            await asyncio.sleep(0.01)


class ManualClock(Clock):
    """Both clocks stand until a test moves them."""

    def __init__(self, wall_ms: int = 1_795_312_800_000) -> None:
        self._wall_ms = wall_ms
        self._monotonic = 1000.0

    def pass_ms(self, ms: int) -> None:
        """Let time pass."""
        self._wall_ms += ms
        self._monotonic += ms / 1000

    def step(self, ms: int) -> None:
        """Set the wall clock; no time passes."""
        self._wall_ms += ms

    def pass_until(self, wall_ms: int) -> None:
        """Let time pass until the wall clock shows this."""
        self.pass_ms(max(wall_ms - self._wall_ms, 0))

    @override
    def wall_ms(self) -> int:
        return self._wall_ms

    @override
    def monotonic(self) -> float:
        return self._monotonic


@dataclass(slots=True)
class Flat:
    """Keeps a flat's key, chain and registers."""

    name: str
    origin: str
    building: DeviceId
    signer: Ed25519Signer = field(default_factory=Ed25519Signer.generate)
    imported: int = 10_000
    exported: int = 5_000
    frames: int = 0
    device: DeviceId = field(init=False)
    """Of the key that it was enrolled with; it stays when the key is rotated."""
    chain: Chain = field(init=False)

    def __post_init__(self) -> None:
        self.device = self.signer.public.device_id
        self.chain = Chain(self.device, self.origin)

    @property
    def key(self) -> PublicKey:
        return self.signer.public

    def seal(self, kind: Kind, slot: int, body: Body, named: Enrolled | None = None) -> Record:
        """Sign the next record of the chain."""
        record, self.chain = self.chain.seal(self.signer, kind, slot, body, named)
        return record

    def body(
        self, slot: int, energy: int, *, out: bool = False, seconds: int = 60, registers: tuple[Register, Register]
    ) -> Body:
        return Body(
            start_ms=slot * 1000,
            end_ms=(slot + seconds) * 1000,
            slot_seconds=seconds,
            sender=self.device if out else self.building,
            receiver=self.building if out else self.device,
            energy_wh=energy,
            attributes=(((Source.SOLAR if out else Source.GRID), energy),) if energy else (),
            imported=registers[0],
            exported=registers[1],
        )

    def slot(
        self,
        slot: int,
        import_wh: int,
        export_wh: int = 0,
        kind: Kind = Kind.INTERVAL,
        behind: Mapping[str, Register] = MappingProxyType({}),
        **other: Any,
    ) -> list[Record]:
        """Sign the records of a slot of one minute, as a meter gives them; `behind` it is what came in that tells."""
        registers = (
            Register(self.imported, self.imported + import_wh),
            Register(self.exported, self.exported + export_wh),
        )
        self.imported += import_wh
        self.exported += export_wh
        bodies = [
            self.body(slot, energy, out=out, registers=registers)
            for energy, out in ((import_wh, False), (export_wh, True))
        ]
        bodies[0] = replace(bodies[0], **behind)  # type: ignore[arg-type]  # each test gives what its field holds
        return [self.seal(kind, slot, replace(body, **other)) for body in bodies]

    def gas(self, slot: int, begin_l: int, end_l: int, **other: Any) -> Record:
        """Sign the gas of a slot of one minute."""
        supply = Supply(slot, Drawn(slot * 1000, begin_l), Drawn((slot + 60) * 1000, end_l))
        body = supply_body(
            supply, device=self.device, building=self.building, slot_seconds=60, meter="G-4711", place=self.name
        )
        return self.seal(Kind.SUPPLY, slot, replace(body, **other))

    def drill(self, slot: int, **other: Any) -> Record:
        """Sign that a drill was held in the first half of a slot of one minute."""
        body = drill_body(
            report=bytes(range(32)),
            level=Level.QUICK,
            begun_ms=slot * 1000,
            ended_ms=slot * 1000 + 30_000,
            separated=True,
            device=self.device,
            slot_seconds=60,
            place=self.name,
        )
        return self.seal(Kind.DRILL, slot, replace(body, **other))

    def witness(self, slot: int, key: PublicKey, *, energy: int = 0) -> Record:
        """Name the key that this flat cosigns the log's heads with."""
        body = Body(
            start_ms=slot * 1000,
            end_ms=slot * 1000,
            slot_seconds=60,
            sender=self.device,
            receiver=self.building,
            energy_wh=energy,
            attributes=((Source.UNKNOWN, energy),) if energy else (),
        )
        named = Enrolled(self.device, key)
        record, self.chain = self.chain.seal(self.signer, Kind.WITNESS, slot, body, named)
        return record

    def frame(self, time_ms: int, grid_w: int | None = None) -> bytes:
        """Sign a frame."""
        self.frames += 1
        frame = Frame(device=self.device, time_ms=time_ms, count=self.frames, grid_w=grid_w, soc_permille=642)
        return frame.sign(self.signer, self.origin)

    def state_frame(self, time_ms: int, *, islanded: bool | None = False, grid_w: int | None = 400) -> Frames:
        """Say where the flat stands, with a battery that rests."""
        self.frames += 1
        frame = Frame(
            device=self.device,
            time_ms=time_ms,
            count=self.frames,
            grid_w=grid_w,
            pv_w=0,
            battery_w=0,
            islanded=islanded,
        )
        return Frames((frame.sign(self.signer, self.origin),))


class FlatClient:
    """A flat's open connection."""

    def __init__(self, flat: Flat, socket: aiohttp.ClientWebSocketResponse, terms: Terms, welcome: Welcome) -> None:
        self.flat = flat
        self.socket = socket
        self.terms = terms
        self.welcome = welcome
        self._kept: list[FromCoordinator] = []

    async def send(self, message: FromFlat) -> None:
        await self.socket.send_bytes(encode(message))

    async def next[M](self, kind: type[M], suits: Callable[[M], bool] = lambda _: True) -> M:
        """Return the next message of a kind; others wait for their turn. Raises ConnectionError when the link ends."""
        for at, kept in enumerate(self._kept):
            if isinstance(kept, kind) and suits(kept):
                del self._kept[at]
                return kept
        async with asyncio.timeout(WAIT_S):
            while True:
                message: FromCoordinator = decode(await received(self.socket), FromCoordinator)
                if isinstance(message, kind) and suits(message):
                    return message
                self._kept.append(message)

    async def closed(self) -> None:
        """Return when the coordinator has closed the link."""
        async with asyncio.timeout(WAIT_S):
            while (await self.socket.receive()).type is aiohttp.WSMsgType.BINARY:
                continue

    async def log(self, records: list[Record]) -> tuple[list[RecordResult], str]:
        """Submit records; return the results and the checkpoint's text."""
        return await self.log_bytes([record.encode() for record in records])

    async def log_bytes(self, sealed: list[bytes]) -> tuple[list[RecordResult], str]:
        """Submit anything as records."""
        await self.send(Records(tuple(sealed)))
        ack = await self.next(RecordsAck)
        return list(ack.results), ack.checkpoint


async def received(socket: aiohttp.ClientWebSocketResponse) -> bytes:
    """Return the next message's bytes. Raises ConnectionError when the link has ended."""
    message = await socket.receive()
    if message.type is not aiohttp.WSMsgType.BINARY:
        raise ConnectionError(f"the link ended: {message}")
    data: bytes = message.data
    return data


@asynccontextmanager
async def connected(
    session: aiohttp.ClientSession, url: str, flat: Flat, building: PublicKey, settled_slot: int = 0
) -> AsyncIterator[FlatClient]:
    """Connect a flat and prove both keys."""
    async with session.ws_connect(f"{url}/api/v1/link", max_msg_size=2**20) as socket:
        challenge = decode(await received(socket), Challenge)
        own_nonce = secrets.token_bytes(NONCE_LENGTH)
        statement = sign_hello(flat.signer, flat.device, challenge.origin, challenge.nonce, own_nonce, 0)
        await socket.send_bytes(encode(Hello(statement, "test", settled_slot)))
        welcome = decode(await received(socket), Welcome)
        yield FlatClient(flat, socket, open_terms(welcome.terms, building, own_nonce), welcome)
