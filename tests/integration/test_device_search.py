"""Finding a flat's device by a search: what was found is offered, and it is probed before it is added."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import socket
import termios
import tty
from typing import Any
from unittest.mock import patch

from homeassistant.components.modbus.connection import async_get_connection_info
from homeassistant.config_entries import SOURCE_USER
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT, CONF_TYPE, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESS_UPDATE, FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
import yaml

from custom_components.local_vpp.const import (
    CONF_BAUDRATE,
    CONF_CANDIDATE,
    CONF_INVITE,
    CONF_MAP,
    CONF_PARITY,
    CONF_UNIT_ID,
    DOMAIN,
    SUNSPEC,
    DeviceKind,
)
from custom_components.local_vpp.devices import find_subentry
from custom_components.local_vpp.lib.localvpp.devices import DeviceRefusedError
from custom_components.local_vpp.lib.localvpp.devices.scan import Plan
from localvpp.devices.mapping import Space
from simulator.devices import READ_HOLDING
from simulator.physics import MJ_PER_WH, EnergyRegisters, Grid
from simulator.registers import Refused
from simulator.registers.face import Reading
from simulator.registers.sunspec_meter import SunSpecMeterFace
from simulator.site import Site
from tests.goodwe import goodwe
from tests.listening import ILLEGAL_ADDRESS, NOBODY_THERE, READS, Answer, Question, listening, of_image

from .conftest import UNITS, Building, MakeEntry, address, reloaded, set_up, until

DUMPS = Path(__file__).parents[1] / "localvpp" / "devices" / "dumps"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers here wants no rest after each question, as the slowest of all families does."""
    monkeypatch.setattr(Plan, "pause_s", 0.0)


async def searched(hass: HomeAssistant, entry: MockConfigEntry, kind: DeviceKind, host: str, port: int) -> Any:
    """Search, up to what was found or to the form that says why nothing was."""
    subentries = hass.config_entries.subentries
    result = await subentries.async_init((entry.entry_id, kind.value), context={"source": SOURCE_USER})
    result = await subentries.async_configure(result["flow_id"], {"next_step_id": "find"})
    assert (result["type"], result["menu_options"]) == (
        FlowResultType.MENU,
        ["find_tcp", "find_rtu_tcp", "find_rtu_udp", "find_serial"],
    )
    result = await subentries.async_configure(result["flow_id"], {"next_step_id": "find_tcp"})
    assert result["step_id"] == "find_tcp"
    result = await subentries.async_configure(result["flow_id"], {CONF_HOST: host, CONF_PORT: port})
    assert (result["type"], result["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "search")
    await hass.async_block_till_done()
    return await subentries.async_configure(result["flow_id"])


async def test_an_inverter_is_found_and_added(hass: HomeAssistant, make_entry: MakeEntry, site: Site) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    before = entry.runtime_data.coordinator
    shares = async_capture_events(hass, EVENT_DATA_ENTRY_FLOW_PROGRESS_UPDATE)
    gateway = site.flats["101"]
    result = await searched(hass, entry, DeviceKind.INVERTER, gateway.host, gateway.port)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "found")
    told = [event.data["progress"] for event in shares]
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] <= 1
    assert before is entry.runtime_data.coordinator, "a flat that runs is read meanwhile"
    unit = UNITS[DeviceKind.INVERTER]
    assert result["data_schema"]({}) == {CONF_CANDIDATE: f"{unit} {SUNSPEC}"}
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {CONF_CANDIDATE: f"{unit} {SUNSPEC}"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, before)
    inverter = find_subentry(entry, DeviceKind.INVERTER)
    assert inverter is not None
    assert (inverter.data[CONF_MAP], inverter.data[CONF_UNIT_ID]) == (SUNSPEC, unit)


async def test_what_is_of_another_kind_is_not_offered_and_a_silent_address_says_what_to_turn_on(
    hass: HomeAssistant, make_entry: MakeEntry, site: Site
) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    async with listening(lambda unit, question: [0] * question.count) as zeros:
        result = await searched(hass, entry, DeviceKind.INVERTER, "127.0.0.1", zeros.port)
    assert (result["step_id"], result["errors"]) == ("find_tcp", {"base": "nothing_fits"})
    assert "1" in result["description_placeholders"]["reason"]
    assert all(each.question is not None for each in zeros.asked), "nothing is written"

    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        subentries = hass.config_entries.subentries
        port = reserved.getsockname()[1]
        result = await subentries.async_configure(result["flow_id"], {CONF_HOST: "127.0.0.1", CONF_PORT: port})
        await hass.async_block_till_done()
        result = await subentries.async_configure(result["flow_id"])
    assert (result["step_id"], result["errors"]) == ("find_tcp", {"base": "nothing_answers"})
    assert "SolarEdge: In SetApp: " in result["description_placeholders"]["reason"]


async def test_the_first_meter_is_found_when_a_flat_joins(hass: HomeAssistant, building: Building, site: Site) -> None:
    flows, gateway = hass.config_entries.flow, site.flats["101"]
    result: Any = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    flow = result["flow_id"]
    await flows.async_configure(flow, {CONF_URL: building.url})
    result = await flows.async_configure(flow, {CONF_INVITE: await building.invite()})
    assert result["menu_options"] == ["find", "tcp", "rtu_tcp", "rtu_udp", "serial", "entities"]
    await flows.async_configure(flow, {"next_step_id": "find"})
    await flows.async_configure(flow, {"next_step_id": "find_tcp"})
    result = await flows.async_configure(flow, {CONF_HOST: gateway.host, CONF_PORT: gateway.port})
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await hass.async_block_till_done()
    result = await flows.async_configure(flow)
    assert result["step_id"] == "found"
    choice = next(iter(result["data_schema"].schema.values())).config["options"]
    # The same registers for the most part: a resident knows what is written on the meter.
    assert {"1 eastron_sdm120", "1 eastron_sdm230"} <= {option["value"] for option in choice}
    assert not any("sunspec" in option["value"] for option in choice), "an inverter is no meter"
    result = await flows.async_configure(flow, {CONF_CANDIDATE: "1 eastron_sdm120"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (meter,) = result["result"].subentries.values()
    assert (meter.data[CONF_MAP], meter.data[CONF_UNIT_ID]) == ("eastron_sdm120", 1)
    await hass.async_block_till_done()


async def test_a_meter_that_describes_itself_is_found_and_read(hass: HomeAssistant, building: Building) -> None:
    face = SunSpecMeterFace(7788)
    face.show(Reading(Grid(202_000, 60_000), -1_250_000, EnergyRegisters(4_321 * MJ_PER_WH, 765 * MJ_PER_WH)))

    def answer(unit: int, question: Question) -> Answer:
        if unit != 1:
            return NOBODY_THERE
        try:
            return face.read(READ_HOLDING if question.space is Space.HOLDING else 0, question.address, question.count)
        except Refused:
            return ILLEGAL_ADDRESS

    flows = hass.config_entries.flow
    async with listening(answer) as meter:
        result: Any = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
        flow = result["flow_id"]
        await flows.async_configure(flow, {CONF_URL: building.url})
        await flows.async_configure(flow, {CONF_INVITE: await building.invite()})
        await flows.async_configure(flow, {"next_step_id": "find"})
        await flows.async_configure(flow, {"next_step_id": "find_tcp"})
        await flows.async_configure(flow, {CONF_HOST: "127.0.0.1", CONF_PORT: meter.port})
        await hass.async_block_till_done()
        result = await flows.async_configure(flow)
        assert result["step_id"] == "found"
        result = await flows.async_configure(flow, {CONF_CANDIDATE: f"1 {SUNSPEC}"})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        (kept,) = result["result"].subentries.values()
        assert (kept.title, kept.data[CONF_MAP], kept.unique_id) == ("LVPP-SIM Meter 2xx", SUNSPEC, "meter_7788")
        await hass.async_block_till_done()
        shown = hass.states.get("sensor.lvpp_sim_meter_2xx_grid_power")
        # The server is there until the flat has let go of it.
        assert await hass.config_entries.async_unload(result["result"].entry_id)
        await hass.async_block_till_done()
    assert shown is not None
    assert float(shown.state) == -1250


# --- behind a gateway that passes frames on, and on a serial line -----------------------------------


def dumped(name: str, unit: int, question: Question, number: int = 1) -> Answer:
    """Answer as the device of a map's register dump does, with its unit number."""
    if unit != number:
        return NOBODY_THERE
    registers = yaml.safe_load((DUMPS / f"{name}.yaml").read_text(encoding="utf-8"))["registers"]
    return of_image({Space(space): values for space, values in registers.items()})(question)


@asynccontextmanager
async def wired(port: int, baud: int) -> AsyncIterator[str]:
    """A serial port with a line behind it that carries frames to a port and back, at one speed only.

    A pseudo-terminal of Linux knows its speed, and drops its parity.
    """
    controller, terminal = os.openpty()
    tty.setraw(terminal)
    os.set_blocking(controller, False)
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    def heard() -> None:
        frame = os.read(controller, 256)
        _, _, _, _, speed, _, _ = termios.tcgetattr(controller)
        if speed == baud:
            writer.write(frame)

    async def answer() -> None:
        while data := await reader.read(256):
            os.write(controller, data)

    loop.add_reader(controller, heard)
    answering = asyncio.create_task(answer())
    try:
        yield os.ttyname(terminal)
    finally:
        loop.remove_reader(controller)
        answering.cancel()
        await asyncio.wait({answering})
        writer.close()
        os.close(controller)
        os.close(terminal)


async def begun(hass: HomeAssistant, entry: MockConfigEntry, kind: DeviceKind, form: str, **place: Any) -> Any:
    """Begin a search."""
    subentries = hass.config_entries.subentries
    result = await subentries.async_init((entry.entry_id, kind.value), context={"source": SOURCE_USER})
    await subentries.async_configure(result["flow_id"], {"next_step_id": "find"})
    result = await subentries.async_configure(result["flow_id"], {"next_step_id": form})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, form)
    return await subentries.async_configure(result["flow_id"], place)


async def test_a_device_behind_a_gateway_that_passes_frames_on_is_found_added_and_read(
    hass: HomeAssistant, make_entry: MakeEntry
) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    before = entry.runtime_data.coordinator
    subentries = hass.config_entries.subentries
    async with listening(lambda unit, question: dumped("sungrow_sh", unit, question), rtu=True) as gateway:
        result = await begun(
            hass, entry, DeviceKind.INVERTER, "find_rtu_tcp", **{CONF_HOST: " LocalHost ", CONF_PORT: gateway.port}
        )
        assert result["description_placeholders"] == {"place": f"localhost:{gateway.port}"}
        await hass.async_block_till_done()
        result = await subentries.async_configure(result["flow_id"])
        assert result["step_id"] == "found"
        assert result["data_schema"]({}) == {CONF_CANDIDATE: "1 sungrow_sh"}
        result = await subentries.async_configure(result["flow_id"], {CONF_CANDIDATE: "1 sungrow_sh"})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await reloaded(entry, before)
        inverter = find_subentry(entry, DeviceKind.INVERTER)
        assert inverter is not None
        assert (inverter.data[CONF_TYPE], inverter.data[CONF_HOST]) == ("rtu_tcp", "localhost")
        await until(lambda: entry.runtime_data.coordinator.data.battery is not None)
        assert await hass.config_entries.async_unload(entry.entry_id)


# A module is silent for all units but its own, and a search waits for each.
@pytest.mark.parametrize("way", [pytest.param("found", marks=pytest.mark.slow), "by hand"])
async def test_a_device_that_speaks_on_udp_alone_is_added_and_read(
    hass: HomeAssistant, make_entry: MakeEntry, way: str
) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    before = entry.runtime_data.coordinator
    subentries = hass.config_entries.subentries
    async with goodwe(lambda unit, question: dumped("goodwe_et", unit, question, 247)) as module:
        place: dict[str, Any] = {CONF_HOST: "127.0.0.1", CONF_PORT: module.port}
        if way == "found":
            result = await begun(hass, entry, DeviceKind.INVERTER, "find_rtu_udp", **place)
            await hass.async_block_till_done()
            result = await subentries.async_configure(result["flow_id"])
            assert result["step_id"] == "found"
            result = await subentries.async_configure(result["flow_id"], {CONF_CANDIDATE: "247 goodwe_et"})
        else:
            where = (entry.entry_id, DeviceKind.INVERTER.value)
            result = await subentries.async_init(where, context={"source": SOURCE_USER})
            result = await subentries.async_configure(result["flow_id"], {"next_step_id": "rtu_udp"})
            assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "rtu_udp")
            result = await subentries.async_configure(
                result["flow_id"], {**place, CONF_MAP: "goodwe_et", CONF_UNIT_ID: 247}
            )
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await reloaded(entry, before)
        inverter = find_subentry(entry, DeviceKind.INVERTER)
        assert inverter is not None
        assert inverter.data[CONF_TYPE] == "rtu_udp"
        await until(lambda: entry.runtime_data.coordinator.data.battery is not None)
        assert all(data[1] in READS for data in module.asked), "nothing is written"
        assert await hass.config_entries.async_unload(entry.entry_id)


# Where nobody answers, half a second is waited for each question: a busy machine's meter answers within it.
@pytest.mark.slow
async def test_a_serial_line_is_searched_with_the_speeds_and_parities_of_the_types(
    hass: HomeAssistant, make_entry: MakeEntry
) -> None:
    entry = await make_entry(DeviceKind.INVERTER)
    await set_up(hass, entry)
    before = entry.runtime_data.coordinator
    subentries = hass.config_entries.subentries
    shares = async_capture_events(hass, EVENT_DATA_ENTRY_FLOW_PROGRESS_UPDATE)
    async with (
        listening(lambda unit, question: dumped("eastron_sdm120", unit, question), rtu=True) as meter,
        wired(meter.port, termios.B2400) as port,
    ):
        with patch("custom_components.local_vpp.lib.localvpp.devices.scan.SERIAL_ANSWER_S", 0.5):
            result = await begun(hass, entry, DeviceKind.METER, "find_serial", **{CONF_DEVICE: port})
            await hass.async_block_till_done()
            result = await subentries.async_configure(result["flow_id"])
        assert result["step_id"] == "found", result["description_placeholders"]
        assert result["description_placeholders"]["place"] == f"{port}, 2400 baud, no parity"
        assert result["data_schema"]({}) == {CONF_CANDIDATE: "1 eastron_sdm120"}
        told = [event.data["progress"] for event in shares]
        assert told == sorted(told)
        assert told[-1] <= 1
        assert all(each.question is not None for each in meter.asked), "nothing is written"
        result = await subentries.async_configure(result["flow_id"], {CONF_CANDIDATE: "1 eastron_sdm120"})
        assert result["type"] is FlowResultType.CREATE_ENTRY, result
        await reloaded(entry, before)
        found = find_subentry(entry, DeviceKind.METER)
        assert found is not None
        settings = {key: found.data[key] for key in (CONF_TYPE, CONF_DEVICE, CONF_BAUDRATE, CONF_PARITY, CONF_UNIT_ID)}
        assert settings == {
            CONF_TYPE: "serial",
            CONF_DEVICE: port,
            CONF_BAUDRATE: 2400,
            CONF_PARITY: "none",
            CONF_UNIT_ID: 1,
        }
        await until(lambda: entry.runtime_data.coordinator.data.meter is not None)
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_serial_line_on_which_nothing_answers_is_told_with_what_was_tried(
    hass: HomeAssistant, make_entry: MakeEntry, tmp_path: Path
) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    subentries = hass.config_entries.subentries
    async with (
        listening(lambda unit, question: None, rtu=True) as dead,
        wired(dead.port, termios.B1200) as port,
    ):
        with patch("custom_components.local_vpp.lib.localvpp.devices.scan.SERIAL_ANSWER_S", 0.02):
            result = await begun(hass, entry, DeviceKind.INVERTER, "find_serial", **{CONF_DEVICE: port})
            await hass.async_block_till_done()
            result = await subentries.async_configure(result["flow_id"])
    assert (result["step_id"], result["errors"]) == ("find_serial", {"base": "nothing_answers"})
    reason = result["description_placeholders"]["reason"]
    assert f"{port}, 9600 baud, no parity; {port}, 19200 baud, no parity" in reason
    assert "FoxESS: On the inverter's panel" in reason
    assert "Eastron" not in reason, "no meter is searched for"
    # A port that is not there is tried once.
    missing = str(tmp_path / "ttyUSB0")
    result = await subentries.async_configure(result["flow_id"], {CONF_DEVICE: missing})
    await hass.async_block_till_done()
    result = await subentries.async_configure(result["flow_id"])
    assert (result["step_id"], result["errors"]) == ("find_serial", {"base": "nothing_answers"})
    assert result["description_placeholders"]["reason"].count(f"{missing}, ") == 1


async def test_a_line_in_use_is_searched_with_the_settings_that_it_has(
    hass: HomeAssistant, make_entry: MakeEntry, serial_line: str
) -> None:
    entry = await make_entry(DeviceKind.METER)
    meter = find_subentry(entry, DeviceKind.METER)
    assert meter is not None
    line = {CONF_TYPE: "serial", CONF_DEVICE: serial_line, CONF_BAUDRATE: 9600, CONF_PARITY: "none"}
    hass.config_entries.async_update_subentry(entry, meter, data={**meter.data, **line})
    await set_up(hass, entry)
    subentries = hass.config_entries.subentries
    result = await begun(hass, entry, DeviceKind.INVERTER, "find_serial", **{CONF_DEVICE: serial_line})
    await hass.async_block_till_done()
    result = await subentries.async_configure(result["flow_id"])
    assert result["step_id"] == "found", (result["errors"], result["description_placeholders"])
    before = entry.runtime_data.coordinator
    hass.config_entries.async_update_subentry(entry, meter, data={**meter.data, CONF_BAUDRATE: 4800})
    await reloaded(entry, before)
    result = await begun(hass, entry, DeviceKind.INVERTER, "find_serial", **{CONF_DEVICE: serial_line})
    await hass.async_block_till_done()
    result = await subentries.async_configure(result["flow_id"])
    assert (result["step_id"], result["errors"]) == ("find_serial", {"base": "link_settings_in_use"})


async def test_a_search_ends_with_its_dialog(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    entry = await make_entry(DeviceKind.METER)
    async with listening(lambda unit, question: None) as silent:
        result = await begun(
            hass, entry, DeviceKind.INVERTER, "find_tcp", **{CONF_HOST: "127.0.0.1", CONF_PORT: silent.port}
        )
        assert result["type"] is FlowResultType.SHOW_PROGRESS
        await until(lambda: silent.asked)
        hass.config_entries.subentries.async_abort(result["flow_id"])
        await until(lambda: not async_get_connection_info(hass))
        asked = len(silent.asked)
        await hass.async_block_till_done()
        assert len(silent.asked) == asked


# --- numbers that are none --------------------------------------------------------------------------


async def test_a_device_that_speaks_modbus_tcp_itself_may_be_unit_0(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    before = entry.runtime_data.coordinator
    subentries = hass.config_entries.subentries
    async with listening(lambda unit, question: dumped("sungrow_sh", unit + 1, question)) as device:
        result = await subentries.async_init(
            (entry.entry_id, DeviceKind.INVERTER.value), context={"source": SOURCE_USER}
        )
        await subentries.async_configure(result["flow_id"], {"next_step_id": "tcp"})
        where = {CONF_HOST: "127.0.0.1", CONF_PORT: device.port, CONF_MAP: "sungrow_sh"}
        result = await subentries.async_configure(result["flow_id"], {**where, CONF_UNIT_ID: 250})
        assert result["errors"] == {"base": "no_such_unit"}
        assert "it is reserved; use 1 to 247, or 0 or 255" in result["description_placeholders"]["reason"]
        result = await subentries.async_configure(result["flow_id"], {**where, CONF_UNIT_ID: 0})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await reloaded(entry, before)
        await until(lambda: entry.runtime_data.coordinator.data.battery is not None)
        with pytest.raises(DeviceRefusedError, match="unit 0 may be the broadcast"):
            await entry.runtime_data.devices.battery.set_power(100, 60)
        assert all(each.question is not None for each in device.asked), "nothing is written"
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("link", ["serial", "rtu_tcp", "rtu_udp"])
async def test_on_a_serial_line_unit_0_is_nobody(
    hass: HomeAssistant, make_entry: MakeEntry, site: Site, link: str
) -> None:
    entry = await make_entry(DeviceKind.METER)
    subentries = hass.config_entries.subentries
    result = await subentries.async_init((entry.entry_id, DeviceKind.RELAY.value), context={"source": SOURCE_USER})
    await subentries.async_configure(result["flow_id"], {"next_step_id": link})
    place: dict[str, Any] = {CONF_DEVICE: "/dev/ttyUSB0"} if link == "serial" else address(site, DeviceKind.RELAY)
    with pytest.raises(InvalidData, match=CONF_UNIT_ID):
        await subentries.async_configure(result["flow_id"], {**place, CONF_UNIT_ID: 0})
