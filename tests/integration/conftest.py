"""One flat in Home Assistant, over real sockets: a real coordinator and a simulated building that stands still.

Home Assistant, coordinator and devices share the test's event loop and speak WebSocket, HTTP and Modbus TCP over
loopback. The simulated second never passes unless a test lets it: what the registers say is the same in every run.
Flat and coordinator share a quick clock: what a flat does each second, it does twenty times in one of this machine.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
import os
from pathlib import Path
import tty
from typing import Any
from unittest.mock import PropertyMock, patch

import aiohttp
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryDataWithId
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pymodbus.framer.rtu import FramerRTU
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from commands.heldport import held_port
from coordinator import app
from coordinator.config import BuildingConfig, load
from coordinator.enrolment import issue_invite

# Before Home Assistant looks for custom integrations, or it finds the test library's own folder of that name.
from custom_components.local_vpp.const import CONF_MAP, CONF_UNIT_ID, DOMAIN, SUNSPEC, TYPE_TCP, DeviceKind
from custom_components.local_vpp.coordinator import LocalVppCoordinator
from custom_components.local_vpp.device_form import device_title, device_unique_id
from custom_components.local_vpp.devices import async_probe
from custom_components.local_vpp.joining import membership_data
from custom_components.local_vpp.lib.localvpp.enrol import BuildingCard, enrol, fetch_building
from custom_components.local_vpp.lib.localvpp.etp import Ed25519Signer
from custom_components.local_vpp.lib.localvpp.flat import Flat
from custom_components.local_vpp.lib.localvpp.wire import Invite, Membership
from custom_components.local_vpp.storage import async_save_key
from simulator.building import plan
from simulator.plant import Plant
from simulator.profiles import load as load_profile
from simulator.site import INVERTER, METER, RELAY, Site, build

from ..new_database import NewDatabase
from .quick_clock import SPEED, START_MS, QuickClock

BUILDING = """
name: Sakura Heights
origin: vpp.example/sakura-heights
data: ./data
listen: {{host: 127.0.0.1, port: {port}, announce: false}}
slot_minutes: 30
settle_after: 600
prices: {{inside: "22.00", grid: "31.50", feed_in: "8.50"}}
flats: ["101", "102", "103"]
"""

SEED = bytes(range(32))
"""The flat's private key, so that its pseudonym is the same in every run."""

UNITS = {DeviceKind.METER: METER, DeviceKind.INVERTER: INVERTER, DeviceKind.RELAY: RELAY}
MAPS = {DeviceKind.METER: "eastron_sdm120", DeviceKind.INVERTER: SUNSPEC, DeviceKind.RELAY: "relay"}


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None, socket_enabled: None) -> None:
    """Let Home Assistant load the integration, and open sockets of this machine."""


@pytest.fixture(autouse=True)
def clock(request: pytest.FixtureRequest) -> Iterator[QuickClock]:
    """Give flats the clock and the sleep of the test; where it has a parameter, as fast as that says, or that clock."""
    asked = getattr(request, "param", SPEED)
    clock = QuickClock(asked) if isinstance(asked, int) else asked()
    with (
        patch("custom_components.local_vpp.Flat", partial(Flat, clock=clock, sleep=clock.sleep)),
        patch("custom_components.local_vpp.SystemClock", return_value=clock),
    ):
        yield clock


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """A configuration folder of the test's own: the flat's database is a real file."""
    return hass_tmp_config_dir


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Snapshots that leave out what Home Assistant draws by lot."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture(autouse=True)
def _usb(hass: HomeAssistant) -> None:
    """Count as present what only a form's list of serial ports needs, and what watches this machine's ports."""
    hass.config.components.add("usb")


@pytest.fixture
def entity_registry_enabled_by_default() -> Iterator[None]:
    """Enable all entities."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        new_callable=PropertyMock(return_value=True),
    ):
        yield


# --- the devices ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of a home that draws 600 W, with a sun of 3 kW."""
    path = tmp_path_factory.mktemp("profiles") / "home.csv"
    half_hours = [f"2026-07-15 {minute // 60:02d}:{minute % 60:02d}:00,0.3,1.5" for minute in range(0, 24 * 60, 30)]
    path.write_text("\n".join([",GC,GG", *half_hours]) + "\n")
    return path


@pytest.fixture
async def site(home: Path, hass: HomeAssistant) -> AsyncIterator[Site]:
    """Four flats; 101 and 102 have an inverter with a battery, one of each generation of SunSpec."""
    building = plan(4, (load_profile(home),), seed=1, reconnect_delay_s=2, nominal_hz=60)
    plant = Plant(building, datetime(2026, 7, 15, 11), 0.0, lambda: 0, lambda: START_MS)  # noqa: DTZ001
    site = build(plant, "test", "127.0.0.1", 0)
    await site.open()
    yield site
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)
    await site.close()


def address(site: Site, kind: DeviceKind, flat: str = "101") -> dict[str, Any]:
    """What the form of a device asks for."""
    gateway = site.flats[flat]
    data: dict[str, Any] = {CONF_HOST: gateway.host, CONF_PORT: gateway.port, CONF_UNIT_ID: UNITS[kind]}
    return data | {CONF_MAP: MAPS[kind]}


@pytest.fixture
async def serial_line(site: Site) -> AsyncIterator[str]:
    """A serial port with flat 101's devices on its other end: RTU frames over a pseudo-terminal."""
    gateway = site.flats["101"]
    controller, terminal = os.openpty()
    tty.setraw(terminal)
    pump = asyncio.create_task(_pump(controller, gateway.host, gateway.port))
    yield os.ttyname(terminal)
    pump.cancel()
    await asyncio.wait({pump})
    os.close(controller)
    os.close(terminal)


async def _pump(controller: int, host: str, port: int) -> None:
    """Carry each request of a serial master to a TCP gateway, and its answer back."""
    loop = asyncio.get_running_loop()
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    os.set_blocking(controller, False)
    loop.add_reader(controller, lambda: heard.put_nowait(os.read(controller, 256)))
    reader, writer = await asyncio.open_connection(host, port)
    request = b""
    try:
        while True:
            request += await heard.get()
            # Every request of these tests reads: unit, function, address, count, checksum.
            while len(request) >= _READ_REQUEST:
                frame, request = request[: _READ_REQUEST - 2], request[_READ_REQUEST:]
                writer.write(b"\0\1\0\0" + len(frame).to_bytes(2) + frame)
                header = await reader.readexactly(6)
                answer = await reader.readexactly(int.from_bytes(header[4:6]))
                os.write(controller, answer + FramerRTU.compute_CRC(answer).to_bytes(2))
    finally:
        loop.remove_reader(controller)
        writer.close()


_READ_REQUEST = 8
"""Bytes of a read request on a serial line."""


# --- the building -----------------------------------------------------------------------------------


@dataclass
class Building:
    """A coordinator that a test can stop and start again at the same address."""

    folder: Path
    clock: QuickClock
    running: app.Coordinator | None = None
    port: int = 0
    """Where it answers; set to 0, a free one is found at the next start."""
    _task: asyncio.Task[None] | None = None
    _held: ExitStack = field(default_factory=ExitStack)

    def config(self) -> BuildingConfig:
        file = self.folder / "building.yaml"
        file.write_text(BUILDING.format(port=self.port))
        return load(file)

    async def start(self) -> None:
        if self.port == 0:
            self._find_port()
        ready: asyncio.Future[app.Coordinator] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(app.run(self.config(), ready.set_result, self.clock, gather_s=0))
        await asyncio.wait({self._task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            self._task.result()
        self.running = ready.result()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = self.running = None

    def _find_port(self) -> None:
        """Find a free port and hold it: while the coordinator is away, no other process gets it."""
        self.release_port()
        self.port = self._held.enter_context(held_port())

    def release_port(self) -> None:
        self._held.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def fingerprint(self) -> str:
        assert self.running is not None
        building = self.running.ledger.directory.named("building")
        assert building is not None
        return building.key.fingerprint

    async def invite(self, flat: str = "101") -> str:
        assert self.running is not None
        return (await issue_invite(self.running.engine, self.running.config, flat, self.clock)).text


@pytest.fixture
async def building(
    tmp_path: Path, hass: HomeAssistant, clock: QuickClock, new_database: NewDatabase
) -> AsyncIterator[Building]:
    """A coordinator without meters of its own."""
    folder = tmp_path / "building"
    folder.mkdir()
    building = Building(folder, clock)
    new_database.lay(building.config())
    await building.start()
    yield building
    await building.stop()
    building.release_port()


# --- the flat ---------------------------------------------------------------------------------------


@dataclass
class MakeEntry:
    """Enrols flat 101 and adds its entry."""

    hass: HomeAssistant
    building: Building
    site: Site
    invite: str = ""
    """The one that was used."""

    async def __call__(self, *kinds: DeviceKind) -> MockConfigEntry:
        """Add an entry with these devices; with all that the simulated building has, unless told."""
        signer = Ed25519Signer(SEED)
        self.invite = await self.building.invite()
        async with aiohttp.ClientSession() as session:
            card: BuildingCard = await fetch_building(session, self.building.url)
            membership: Membership = await enrol(
                session, self.building.url, Invite.parse(self.invite), signer, software="test"
            )
        await async_save_key(self.hass, signer)
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Sakura Heights 101",
            unique_id=signer.public.device_id.hex(),
            minor_version=2,
            data=membership_data(card, membership),
            subentries_data=[await device_subentry(self.hass, self.site, kind) for kind in kinds or tuple(UNITS)],
        )
        entry.add_to_hass(self.hass)
        return entry


async def device_subentry(
    hass: HomeAssistant, site: Site, kind: DeviceKind, flat: str = "101"
) -> ConfigSubentryDataWithId:
    """A device as its form would have left it."""
    data = {CONF_TYPE: TYPE_TCP, **address(site, kind, flat)}
    found = await async_probe(hass, kind, data)
    return ConfigSubentryDataWithId(
        # Home Assistant draws it by lot; here it is the same in every run.
        subentry_id=f"{kind}-{flat}",
        data={**data, **found.as_data()},
        subentry_type=kind.value,
        title=device_title(found),
        unique_id=device_unique_id(kind, found),
    )


@pytest.fixture
async def make_entry(hass: HomeAssistant, building: Building, site: Site) -> MakeEntry:
    """What adds the flat's entry."""
    assert await async_setup_component(hass, "modbus", {})
    return MakeEntry(hass, building, site)


@pytest.fixture
async def entry(hass: HomeAssistant, make_entry: MakeEntry) -> MockConfigEntry:
    """Flat 101 with all of its devices, running and connected."""
    entry = await make_entry()
    await set_up(hass, entry)
    return entry


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set an entry up, and wait until its flat is connected."""
    assert await hass.config_entries.async_setup(entry.entry_id), entry.reason
    await connected(entry)


async def connected(entry: MockConfigEntry) -> None:
    """Wait until a flat is connected to its coordinator."""
    await until(lambda: entry.runtime_data.coordinator.data.link.state == "online")


async def reloaded(entry: MockConfigEntry, before: LocalVppCoordinator) -> None:
    """Wait until an entry was set up again."""
    await until(lambda: entry.state is ConfigEntryState.LOADED and entry.runtime_data.coordinator is not before)


PATIENCE_S = 240
"""What is awaited comes within seconds, where a grid has to be steady within two minutes; only a failing test waits so
long."""


async def until(condition: Callable[[], object]) -> None:
    """Wait until something has become true."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.005)


def entity_id(hass: HomeAssistant, suffix: str, entry: MockConfigEntry) -> str:
    """The entity whose unique id ends so."""
    found = [
        each.entity_id
        for each in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if each.unique_id.endswith(suffix)
    ]
    assert len(found) == 1, (suffix, found)
    return found[0]


def state_of(hass: HomeAssistant, suffix: str, entry: MockConfigEntry) -> str:
    """The state of the entity whose unique id ends so."""
    state = hass.states.get(entity_id(hass, suffix, entry))
    assert state is not None, suffix
    return state.state
