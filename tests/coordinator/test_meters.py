"""The building's own meters: a device on real Modbus, its slots in the log, and no watt-hour lost in a crash."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
import struct
from typing import Any, cast, override

import aiohttp
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from coordinator.app import Coordinator, run
from coordinator.config import BuildingConfig, load
from coordinator.keys import load_keys
from coordinator.ledger import LedgerUnavailableError, Scribe
from coordinator.meters import MeterPost, OwnMeters
from coordinator.metrics import Metrics
from coordinator.store import Member, Role, conflicts as conflict_store, entries as entry_store
from localvpp.devices import DeviceSilentError, Identity, Meter, MeterReading
from localvpp.etp import METERED, Ed25519Signer, Kind, Source
from localvpp.slots import MeterPlace

from .conftest import FILE, ORIGIN, SLOT, House, on_both_databases, open_house, prepare
from .flat import ManualClock
from .test_web import check, schema_of


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SLOT * 1000 - 60_000)


@dataclass(slots=True)
class Counting(Meter):
    """A meter whose registers a test turns."""

    import_wh: int = 1000
    export_wh: int = 0
    silent: bool = False
    nonsense: bool = False

    @property
    @override
    def identity(self) -> Identity:
        return Identity(manufacturer="Test", model="Meter", serial="7")

    @override
    async def read(self) -> MeterReading:
        if self.silent:
            raise DeviceSilentError("the meter does not answer: check the cable")
        if self.nonsense:
            return MeterReading()
        return MeterReading(power_w=5210.4, import_wh=self.import_wh, export_wh=self.export_wh, frequency_hz=60.01)


class Giving(Counting):
    """Counts what goes out."""

    @override
    async def read(self) -> MeterReading:
        return MeterReading(power_w=-3600.0, import_wh=self.import_wh, export_wh=self.export_wh)


async def post_of(
    house: House, signer: Ed25519Signer, *, enrol: bool = True, slot_seconds: int = 60, pv_alone: bool = False
) -> MeterPost:
    """Give a house a bulk meter."""
    coordinator = house.coordinator
    device = signer.public.device_id
    if enrol:
        keys = load_keys(coordinator.config.data / "keys", ORIGIN)
        scribe = Scribe(coordinator.ledger, keys.building, house.key.device_id, ORIGIN)
        member = Member(device, "bulk", Role.BULK, signer.public, "test", house.clock.wall_ms())
        await scribe.enrol(member, 60, house.clock)
    place = MeterPlace(device=device, building=house.key.device_id, slot_seconds=slot_seconds, serial="7", place="bulk")
    own = Scribe(coordinator.ledger, signer, device, ORIGIN)
    post = MeterPost("bulk", place, own, coordinator.engine, house.clock, Metrics(), pv_alone=pv_alone)
    await post.resume()
    return post


async def run_seconds(house: House, post: MeterPost, meter: Counting, seconds: int, *, wh: int = 1) -> None:
    for _ in range(seconds):
        house.clock.pass_ms(1000)
        if not meter.silent:
            meter.import_wh += wh
        await post.second(meter)


async def intervals(house: House, slot: int) -> list[tuple[Kind, int]]:
    """What came in by the intervals of a slot, as it is logged; what went out is logged beside it."""
    async with house.coordinator.engine.connect() as connection:
        found = await entry_store.span(connection, 0, house.coordinator.ledger.size)
    told = [(entry.kind, body) for entry in found if entry.slot == slot and (body := entry.opened()) is not None]
    came_in = [(kind, body) for kind, body in told if kind in METERED and body.sender == house.key.device_id]
    assert len([kind for kind, _ in told if kind in METERED]) == 2 * len(came_in)
    return [(kind, body.energy_wh) for kind, body in came_in]


async def test_a_meters_slots_are_logged_as_a_flats_are(house: House) -> None:
    post, meter = await post_of(house, Ed25519Signer.generate()), Counting()
    await run_seconds(house, post, meter, 181)
    assert await intervals(house, SLOT) == [(Kind.INTERVAL, 60)]
    assert await intervals(house, SLOT + 60) == [(Kind.INTERVAL, 60)]
    assert post.now is not None
    assert post.now.power_w == 5210.4
    assert post.trouble is None


@pytest.mark.parametrize(("pv_alone", "source"), [(True, Source.SOLAR), (False, Source.UNKNOWN)])
async def test_what_the_roofs_meter_gives_is_the_suns(house: House, pv_alone: bool, source: Source) -> None:
    """Any other meter does not know what is behind it."""
    meter = Giving()
    post = await post_of(house, Ed25519Signer.generate(), pv_alone=pv_alone)
    for _ in range(125):
        house.clock.pass_ms(1000)
        meter.export_wh += 1
        await post.second(meter)
    async with house.coordinator.engine.connect() as connection:
        found = await entry_store.intervals(connection, SLOT)
    bodies = [body for entry in found if (body := entry.opened()) is not None]
    (given,) = [body for body in bodies if body.receiver == house.key.device_id]
    assert given.attributes == ((source, given.energy_wh),)
    assert given.energy_wh > 0


async def test_a_silent_meter_is_unknown_and_its_energy_a_gap(house: House, caplog: pytest.LogCaptureFixture) -> None:
    post, meter = await post_of(house, Ed25519Signer.generate()), Counting()
    await run_seconds(house, post, meter, 90)
    meter.silent = True
    await run_seconds(house, post, meter, 90)
    assert post.now is None
    assert OwnMeters(bulk=post).trouble == ("the bulk meter cannot be read: the meter does not answer: check the cable")
    assert caplog.text.count("cannot be read") == 1
    meter.silent = False
    meter.import_wh += 90
    await run_seconds(house, post, meter, 61)
    assert caplog.text.count("is read again") == 1
    assert post.trouble is None
    told = [await intervals(house, SLOT + minute * 60) for minute in range(-1, 4)]
    assert sum(energy for slot in told for _, energy in slot) <= meter.import_wh - 1000
    assert (Kind.GAP, 121) in [record for slot in told for record in slot]


@on_both_databases
async def test_after_a_crash_the_open_slot_goes_on_from_its_begin(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    signer, meter = Ed25519Signer.generate(), Counting()
    async with open_house(config, clock) as house:
        post = await post_of(house, signer)
        await run_seconds(house, post, meter, 60 + 30)
    async with open_house(config, clock) as house:  # Nothing was saved on leaving: it could have been a kill.
        post = await post_of(house, signer, enrol=False)
        await run_seconds(house, post, meter, 31)
        assert await intervals(house, SLOT) == [(Kind.INTERVAL, 60)]


@on_both_databases
async def test_what_was_closed_while_the_log_takes_no_records_outlives_a_stop(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer, meter = Ed25519Signer.generate(), Counting()
    for number in range(2):
        async with open_house(config, clock) as house:
            post = await post_of(house, signer, enrol=number == 0)

            async def held(*_: object) -> None:
                raise LedgerUnavailableError("the log waits for its witnesses")

            with monkeypatch.context() as patch:
                patch.setattr(house.coordinator.ledger, "submit_whole", held)
                # It stops in the middle of a slot, and is back within it.
                await run_seconds(house, post, meter, 150)
            size = house.coordinator.ledger.size
    async with open_house(config, clock) as house:
        assert house.coordinator.ledger.size == size
        post = await post_of(house, signer, enrol=False)
        await run_seconds(house, post, meter, 1)
        slots = [await intervals(house, SLOT + minute * 60) for minute in range(4)]
        assert slots == [[(Kind.INTERVAL, 60)]] * 4, "each once, and no gap"
        # What is logged waits no more, over a further start.
        post = await post_of(house, signer, enrol=False)
        await run_seconds(house, post, meter, 1)
        assert [await intervals(house, SLOT + minute * 60) for minute in range(4)] == slots


@on_both_databases
async def test_a_slot_that_was_kept_although_its_commit_seemed_to_fail_is_logged_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a connection that breaks between the commit and its answer leaves it."""
    post, meter = await post_of(house, Ed25519Signer.generate()), Counting()
    await run_seconds(house, post, meter, 119)
    engine = house.coordinator.engine
    begin = engine.begin

    @asynccontextmanager
    async def unanswered() -> AsyncIterator[AsyncConnection]:
        async with begin() as connection:
            yield connection
        raise OperationalError("COMMIT", None, OSError("the connection is lost"))

    with monkeypatch.context() as broken:
        broken.setattr(AsyncEngine, "begin", lambda _: unanswered())
        await run_seconds(house, post, meter, 1)
    await run_seconds(house, post, meter, 61)
    assert await intervals(house, SLOT) == [(Kind.INTERVAL, 60)]
    assert await intervals(house, SLOT + 60) == [(Kind.INTERVAL, 60)]


async def test_a_meter_that_answers_nonsense_is_in_trouble_and_told_once(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    post, meter = await post_of(house, Ed25519Signer.generate()), Counting(nonsense=True)
    await run_seconds(house, post, meter, 10)
    assert post.now is None
    assert post.trouble is not None
    assert post.trouble.startswith("the bulk meter cannot be read: it answers, but nothing that can be true; check the")
    assert caplog.text.count("The bulk meter cannot be read: it answers") == 1
    meter.nonsense = False
    await run_seconds(house, post, meter, 5)
    assert post.trouble is None


async def test_a_database_that_cannot_keep_an_open_interval_is_told_once_and_once_when_it_can(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    post, meter = await post_of(house, Ed25519Signer.generate(), slot_seconds=1800), Counting()
    await run_seconds(house, post, meter, 65)  # A slot has begun, and goes on for half an hour.

    async def rename(old: str, new: str) -> None:
        async with house.coordinator.engine.begin() as connection:
            await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    await rename("meter_books", "elsewhere")
    await run_seconds(house, post, meter, 5 * 60)
    assert caplog.text.count("cannot be kept") == 1
    await rename("elsewhere", "meter_books")
    await run_seconds(house, post, meter, 5 * 60)
    assert caplog.text.count("cannot be kept") == caplog.text.count("is kept again") == 1


@on_both_databases
async def test_records_wait_for_a_ledger_that_cannot_write_and_are_written_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, meter = await post_of(house, Ed25519Signer.generate()), Counting()
    await run_seconds(house, post, meter, 119)
    ledger = house.coordinator.ledger
    submit = ledger.submit_whole

    async def deaf(*arguments: object) -> None:
        await submit(*arguments)  # type: ignore[arg-type]  # passed through
        raise LedgerUnavailableError("the answer is lost")

    monkeypatch.setattr(ledger, "submit_whole", deaf)
    await run_seconds(house, post, meter, 1)
    monkeypatch.setattr(ledger, "submit_whole", submit)
    await run_seconds(house, post, meter, 61)
    assert await intervals(house, SLOT) == [(Kind.INTERVAL, 60)]
    assert await intervals(house, SLOT + 60) == [(Kind.INTERVAL, 60)]


async def test_after_a_failed_publish_a_meters_next_slot_follows_the_one_that_was_durable(house: House) -> None:
    post, meter = await post_of(house, Ed25519Signer.generate()), Counting()
    await run_seconds(house, post, meter, 119)
    folder = house.coordinator.ledger.folder
    put = folder.put

    def full(files: Iterable[tuple[str, bytes]]) -> None:
        raise OSError(28, "No space left on device")

    folder.put = full  # type: ignore[method-assign]  # a full disk
    await run_seconds(house, post, meter, 62)  # Two slots end meanwhile.
    assert house.coordinator.ledger.trouble is not None
    folder.put = put  # type: ignore[method-assign]  # room again
    await run_seconds(house, post, meter, 1)
    assert [await intervals(house, SLOT + at) for at in (0, 60)] == [[(Kind.INTERVAL, 60)], [(Kind.INTERVAL, 60)]]
    async with house.coordinator.engine.connect() as connection:
        assert await conflict_store.count(connection) == 0


async def test_records_from_the_future_of_a_clock_that_was_set_back_wait_until_their_time_comes(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    post, meter = await post_of(house, Ed25519Signer.generate()), Counting()
    await run_seconds(house, post, meter, 119)
    ledger = house.coordinator.ledger
    house.clock.pass_ms(1000)
    meter.import_wh += 1
    submit = ledger.submit_whole

    async def late(*arguments: Any) -> Any:
        house.clock.pass_ms(-60_000)
        return await submit(*arguments)

    ledger.submit_whole = late  # type: ignore[method-assign,assignment]  # The clock steps between a reading and its logging.
    await post.second(meter)
    ledger.submit_whole = submit  # type: ignore[method-assign]  # as it was
    meter.silent = True
    await run_seconds(house, post, meter, 2)
    assert post.trouble is not None
    assert "ahead of this clock" in post.trouble
    assert await intervals(house, SLOT) == []
    await run_seconds(house, post, meter, 60)
    assert await intervals(house, SLOT) == [(Kind.INTERVAL, 60)]
    assert caplog.text.count("are refused, and wait") == caplog.text.count("are taken again") == 1
    assert "refused" not in post.trouble


def f32(value: float) -> list[int]:
    return list(struct.unpack(">HH", struct.pack(">f", value)))


class Sdm120(ModbusTcpServer):
    """An SDM120 by its register map, on a port that the system chooses."""

    def __init__(self) -> None:
        image = {0x0000: 201.5, 0x0006: 4.25, 0x000C: 5210.0, 0x0046: 60.02, 0x0048: 1234.567, 0x004A: 89.7}
        words = [0] * 0x200
        for address, value in image.items():
            words[address : address + 2] = f32(value)
        inputs = [SimData(0, values=words, datatype=DataType.UINT16)]
        holding = [SimData(0xFC00, values=[0x00B7, 0x1B65], datatype=DataType.UINT16)]
        contacts = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
        device = SimDevice(1, (contacts, contacts, holding, inputs))
        super().__init__(device, address=("127.0.0.1", 0), ignore_missing_devices=True)

    @property
    def port(self) -> int:
        return int(cast("asyncio.Server", self.transport).sockets[0].getsockname()[1])


@pytest.fixture
async def sdm120(socket_enabled: None) -> AsyncIterator[Sdm120]:
    server = Sdm120()
    assert await server.listen()
    yield server
    await server.shutdown()  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped


async def test_a_meter_on_modbus_is_enrolled_read_and_shown(sdm120: Sdm120, tmp_path: Path) -> None:
    """The whole coordinator with a real device: no clock of this test, and no wait but for the first reading."""
    file = tmp_path / "building.yaml"
    file.write_text(f'{FILE}meters: {{bulk: "tcp://127.0.0.1:{sdm120.port}?unit=1"}}\n')
    ready: asyncio.Future[Coordinator] = asyncio.get_running_loop().create_future()
    config = load(file)
    prepare(config)
    running = asyncio.create_task(run(config, ready.set_result))
    try:
        async with asyncio.timeout(60):
            coordinator = await ready
            bulk = coordinator.ledger.directory.named("bulk")
            assert bulk is not None
            assert bulk.role is Role.BULK
            headers = {"Authorization": f"Bearer {coordinator.web_token}"}
            async with aiohttp.ClientSession(coordinator.url, headers=headers) as session:
                state: dict[str, Any] = {"bulk_w": None}
                while state["bulk_w"] is None:
                    async with session.get("/api/v1/state") as response:
                        state = (await response.json())["building"]
                assert state == {
                    "bulk_w": 5210,
                    "common_w": None,
                    "frequency_hz": pytest.approx(60.02, abs=0.01),
                    "import_wh": 1_234_567,
                    "export_wh": 89_700,
                }

                async def health() -> tuple[int, str, str]:
                    async with session.get("/healthz") as response:
                        told = await response.json()
                        check(told, schema_of("Health"))
                        return response.status, told["status"], told["checks"]["meters"]

                assert await health() == (200, "ok", "ok")
                await sdm120.shutdown()  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped
                while (told := await health())[1] == "ok":
                    await asyncio.sleep(0.1)
                assert told[:2] == (200, "degraded"), "a restart would mend no meter"
                assert told[2].startswith("the bulk meter cannot be read: ")
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
