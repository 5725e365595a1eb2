"""How long a device is waited for, when a silent one is asked again, and what becomes of an answer that comes late."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import override

from conftest import Clock
from modbus_connection import (
    GatewayTargetError,
    ModbusConnectionError,
    ModbusTcpParams,
    ModbusTimeoutError,
    pymodbus,
    tmodbus,
)
from modbus_connection.mock import MockModbusConnection
import pytest

from localvpp.devices import DeviceError, DeviceRefusedError, DeviceSilentError, Line
from localvpp.devices.asking import ask, patience
from localvpp.devices.errors import LineHeldError
from localvpp.devices.line import HELD_S
from localvpp.devices.polling import Poller
from localvpp.devices.rota import Pace, Rota
from localvpp.devices.silence import METER_BESIDE_METER, Manners, Silence, Yields

MANNERS = Manners(answer_s=0.05, first_pause_s=10, longest_pause_s=40, longest_alone_s=15)


def shared() -> Line:
    """A line with two devices."""
    line = Line()
    line.join()
    line.join()
    return line


# --- When it is asked again -----------------------------------------------------------------------------------


def pauses(silence: Silence, clock: Clock, times: int, *, linked: bool = True) -> list[float]:
    """How long it takes until a device may be asked again, so often in a row in vain."""
    found = []
    for _ in range(times):
        silence.unanswered(DeviceSilentError("silent"), linked=linked)
        began = clock.now
        while not silence.due:
            clock.now += 1
        found.append(clock.now - began)
    return found


def test_a_silent_device_is_asked_at_once_and_then_ever_more_rarely(clock: Clock) -> None:
    silence = Silence(MANNERS, shared(), clock)
    assert not silence.due
    assert pauses(silence, clock, 6) == [0, 10, 20, 40, 40, 40]
    silence.hasten()
    assert silence.due
    assert pauses(silence, clock, 3) == [10, 20, 40]
    silence.answered()
    assert (silence.error, silence.due) == (None, False)
    assert pauses(silence, clock, 2) == [0, 10]
    assert pauses(Silence(MANNERS, Line(), clock), clock, 5) == [0, 10, 15, 15, 15], "alone, it holds up nobody"


def test_a_buildings_meter_that_is_mended_is_read_within_half_a_minute_and_the_other_is_left_in_peace(
    clock: Clock,
) -> None:
    silence = Silence(METER_BESIDE_METER, shared(), clock)
    for _ in range(METER_BESIDE_METER.strikes - 1):
        silence.unanswered(DeviceSilentError("silent"), linked=True)
    found = pauses(silence, clock, 12)
    assert found == [0, 2, 4, 8, 16] + [30] * 7
    assert found[-1] >= 10 * HELD_S, "the other is deafened for a tenth of the time at most"


def test_a_link_that_is_not_there_is_looked_for_at_a_steady_pace(clock: Clock) -> None:
    silence = Silence(MANNERS, shared(), clock)
    assert pauses(silence, clock, 3) == [0, 10, 20]
    assert pauses(silence, clock, 5, linked=False) == [10] * 5
    assert pauses(silence, clock, 2) == [20, 40]


def test_a_device_with_strikes_is_left_alone_after_so_many(clock: Clock) -> None:
    silence = Silence(
        Manners(answer_s=1, first_pause_s=10, longest_pause_s=40, longest_alone_s=40, strikes=3), shared(), clock
    )
    for _ in range(2):
        silence.unanswered(DeviceSilentError("silent"), linked=True)
        silence.unanswered(DeviceSilentError("silent"), linked=True)
        assert silence.error is None
        silence.answered()
    for count in range(1, 4):
        silence.unanswered(DeviceSilentError("silent"), linked=True)
        assert (silence.error is not None) is (count == 3)


# --- How long it is waited for ----------------------------------------------------------------------------------


class Slow(MockModbusConnection):
    """A link that takes its time to open, and may fail at it."""

    opening_s = 0.0
    error: Exception | None = None

    @override
    async def _connect_client(self) -> object:
        await asyncio.sleep(self.opening_s)
        if self.error is not None:
            raise self.error
        return object()


async def test_the_opening_of_a_link_is_not_what_a_device_is_given_up_for() -> None:
    link = Slow()
    link.opening_s = 0.2
    unit = link.for_unit(1)
    unit.holding[0] = 7
    async with patience(unit, 0.05):
        assert await unit.read_holding_registers(0, 1) == [7]
    with pytest.raises(ModbusTimeoutError, match=r"nothing came within 0\.05 s"):
        async with patience(unit, 0.05):
            await asyncio.Event().wait()


async def test_a_link_that_cannot_be_opened_is_told_and_found_again_at_a_steady_pace(clock: Clock) -> None:
    link = Slow()
    link.error = ModbusConnectionError("refused")
    unit = link.for_unit(1)
    unit.holding[0] = 7
    poller = poller_of(link, clock)
    with pytest.raises(DeviceSilentError, match="the device, block only cannot be reached"):
        await poller.reading()
    for _ in range(4):
        assert poller.due
        await poller.knock()
        assert not poller.due
        clock.now += MANNERS.first_pause_s
    link.error = None
    await poller.knock()
    assert await poller.reading() == 7


# --- One device, asked by many ----------------------------------------------------------------------------------


class Register:
    """A block of one register."""

    def __init__(self, link: MockModbusConnection) -> None:
        self._unit = link.for_unit(1)
        self.value = 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def async_update(self, *, notify: bool = True) -> None:
        await self.answers.wait()
        (self.value,) = await self._unit.read_holding_registers(0, 1)


def poller_of(
    link: MockModbusConnection,
    clock: Clock,
    manners: Manners = MANNERS,
    block: Register | None = None,
    line: Line | None = None,
) -> Poller[int]:
    block = block or Register(link)
    unit = link.for_unit(1)

    async def read() -> int:
        await poller.poll({"only": block}, Rota({"only": Pace.STEERS}))
        return block.value

    poller = Poller("the device", unit, line or Line(), read, lambda: unit.read_holding_registers(0, 1), manners, clock)
    return poller


async def test_a_reading_that_was_given_up_by_all_goes_on_to_its_end_and_is_nobody_s(clock: Clock) -> None:
    link = MockModbusConnection()
    unit = link.for_unit(1)
    unit.holding[0] = 7
    block = Register(link)
    manners = Manners(answer_s=5, first_pause_s=10, longest_pause_s=40, longest_alone_s=40)
    poller = poller_of(link, clock, manners, block)
    block.answers.clear()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await poller.reading()
    block.answers.set()
    while not unit.read_events:
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    clock.now += 0.2
    assert await asyncio.gather(poller.reading(), poller.reading()) == [7, 7]
    assert len(unit.read_events) == 2, "who asks later is told what is so then, and all of them by one reading"


@pytest.mark.parametrize("answer", [None, DeviceRefusedError("busy")])
async def test_whatever_a_device_says_at_its_door_it_is_there(clock: Clock, answer: DeviceError | None) -> None:
    link = MockModbusConnection()
    unit = link.for_unit(1)
    unit.holding[0] = 7
    block = Register(link)
    poller = poller_of(link, clock, block=block)
    assert await poller.reading() == 7
    block.answers.clear()
    with pytest.raises(
        DeviceSilentError, match=r"the device, block only does not answer .*nothing came within 0\.05 s"
    ):
        await poller.reading()

    async def knock() -> None:
        if answer is not None:
            raise answer

    poller._short = knock
    assert poller.due
    await asyncio.gather(poller.knock(), poller.knock())
    block.answers.set()
    assert await poller.reading() == 7


# --- A line that is held up -------------------------------------------------------------------------------------


async def silence() -> None:
    raise ModbusTimeoutError


async def answer() -> None:
    pass


@pytest.mark.parametrize(
    ("yields", "own", "others"),
    [(Yields.TO_ALL, False, False), (Yields.TO_ITSELF, False, True), (Yields.NEVER, True, True)],
)
async def test_while_a_line_may_be_held_up_devices_yield_by_their_manners(
    clock: Clock, yields: Yields, own: bool, others: bool
) -> None:
    link, line = MockModbusConnection(), shared()
    unit = link.for_unit(1)
    unit.holding[0] = 7
    manners = Manners(answer_s=0.05, first_pause_s=10, longest_pause_s=40, longest_alone_s=40, strikes=2, yields=yields)
    poller = poller_of(link, clock, manners, line=line)
    assert await poller.reading() == 7
    for who, is_asked in ((poller, own), ("another", others)):
        with pytest.raises(DeviceSilentError):
            await ask(who, "the device", unit, line, silence, 1, clock)
        before = len(unit.read_events)
        if not is_asked:
            with pytest.raises(LineHeldError, match="cannot be heard: another device on its line"):
                await poller.reading()
            assert len(unit.read_events) == before
            clock.now += HELD_S
        assert await poller.reading() == 7
        assert not line.held(clock.now), "who answers tells that the line is free"


async def test_a_silence_on_a_line_that_is_held_up_proves_nothing(clock: Clock) -> None:
    link, line = MockModbusConnection(), shared()
    unit = link.for_unit(1)
    await unit.read_holding_registers(0, 0)
    manners = Manners(answer_s=0.05, first_pause_s=10, longest_pause_s=40, longest_alone_s=40, yields=Yields.NEVER)
    poller = poller_of(link, clock, manners, line=line)
    unit.fail_requests(ModbusTimeoutError())
    with pytest.raises(DeviceSilentError):
        await ask("another", "another", unit, line, silence, 1, clock)
    unit.read_events.clear()
    for asked in (1, 2):
        with pytest.raises(LineHeldError):
            await poller.reading()
        assert len(unit.read_events) == asked, "it is not left alone"
        assert poller.hindered
        clock.now += 1
    clock.now += 1
    assert not poller.hindered
    for _ in range(2):
        with pytest.raises(DeviceSilentError, match="does not answer"):
            await poller.reading()
        assert len(unit.read_events) == 3, "it is left alone"
    assert not poller.hindered, "it holds the line up itself"
    assert not poller.due, "nor is a silent device asked again while its line may be held up"
    await ask("another", "another", unit, line, answer, 1, clock)
    assert poller.due


async def test_who_waits_behind_a_silent_device_is_not_taken_for_silent(clock: Clock) -> None:
    link, line = MockModbusConnection(), shared()
    unit = link.for_unit(1)
    await unit.read_holding_registers(0, 0)
    first = asyncio.create_task(ask("first", "the first", unit, line, asyncio.Event().wait, 0.1, clock))
    await asyncio.sleep(0)
    clock.now += 0.01
    with pytest.raises(LineHeldError, match="the second cannot be heard"):
        await ask("second", "the second", unit, line, asyncio.Event().wait, 0.05, clock)
    with pytest.raises(DeviceSilentError, match="the first does not answer"):
        await first
    assert line.held_by("first", clock.now)


async def test_a_gateway_that_says_that_a_device_is_silent_is_ready_for_the_next(clock: Clock) -> None:
    line = shared()
    unit = MockModbusConnection().for_unit(1)
    await unit.read_holding_registers(0, 0)

    async def target_failed() -> None:
        raise GatewayTargetError

    with pytest.raises(DeviceSilentError, match="the gateway answers but the device behind it does not"):
        await ask("device", "the device", unit, line, target_failed, 1, clock)
    assert not line.held(clock.now)


# --- An answer that comes late ----------------------------------------------------------------------------------


LINK_S = 60
"""The link's own time-out."""


@dataclass
class LateUnit:
    """A gateway where unit 2 answers when a test says so and every other at once, each with its own number."""

    port: int = 0
    _kept: list[tuple[asyncio.StreamWriter, bytes]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def ask(self, writer: asyncio.StreamWriter, reply: bytes) -> None:
        self._kept.append((writer, reply))
        self._news.set()

    async def asked(self) -> None:
        """Wait until unit 2 has a question."""
        while not self._kept:
            self._news.clear()
            await self._news.wait()

    def answer(self) -> None:
        """Say all that unit 2 was asked for."""
        assert self._kept, "it was asked"
        while self._kept:
            writer, reply = self._kept.pop()
            writer.write(reply)


@asynccontextmanager
async def late_second_unit() -> AsyncIterator[LateUnit]:
    late = LateUnit()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while len(request := await reader.read(12)) == 12:
            reply = request[:4] + b"\0\5" + request[6:8] + b"\2\0" + request[6:7]
            if request[6] == 2:
                late.ask(writer, reply)
            else:
                writer.write(reply)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        late.port = int(server.sockets[0].getsockname()[1])
        yield late


@pytest.mark.parametrize("backend", [pymodbus, tmodbus], ids=["ours", "home_assistant_s"])
async def test_the_late_answer_of_a_device_that_was_given_up_is_nobody_else_s(
    backend: type[pymodbus] | type[tmodbus], socket_enabled: None
) -> None:
    async with late_second_unit() as late:
        link = backend.ModbusConnection(ModbusTcpParams(host="127.0.0.1", port=late.port), timeout=LINK_S)
        first, second = link.for_unit(1), link.for_unit(2)
        loop = asyncio.get_running_loop()
        for _ in range(2):
            began = loop.time()
            assert await first.read_holding_registers(0, 1) == [1]
            with pytest.raises(ModbusTimeoutError):
                async with patience(second, 0.1):
                    await second.read_holding_registers(0, 1)
            for _ in range(6):
                assert await first.read_holding_registers(0, 1) == [1], "the line is free at once"
            assert loop.time() - began < LINK_S, "long before the link's own time-out"
            late.answer()
            for _ in range(6):
                assert await first.read_holding_registers(0, 1) == [1], "the late answer is dropped"
        asked = asyncio.create_task(second.read_holding_registers(0, 1))
        await late.asked()
        late.answer()
        assert await asked == [2]
        await link.close()
