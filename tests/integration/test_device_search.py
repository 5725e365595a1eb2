"""Finding a flat's device by a search: what was found is offered, and it is probed before it is added."""

import socket
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESS_UPDATE, FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.local_vpp.const import (
    CONF_CANDIDATE,
    CONF_INVITE,
    CONF_MAP,
    CONF_UNIT_ID,
    DOMAIN,
    SUNSPEC,
    DeviceKind,
)
from custom_components.local_vpp.devices import find_subentry
from localvpp.devices import Space
from localvpp.devices.scan import Question
from simulator.devices import READ_HOLDING
from simulator.physics import MJ_PER_WH, EnergyRegisters, Grid
from simulator.registers import Refused
from simulator.registers.face import Reading
from simulator.registers.sunspec_meter import SunSpecMeterFace
from simulator.site import Site
from tests.listening import ILLEGAL_ADDRESS, Answer, listening

from .conftest import UNITS, Building, MakeEntry, reloaded, set_up

GATEWAY_TARGET = 0x0B
"""What a gateway answers for a unit that is not there."""


async def searched(hass: HomeAssistant, entry: MockConfigEntry, kind: DeviceKind, host: str, port: int) -> Any:
    """Search, up to what was found or to the form that says why nothing was."""
    subentries = hass.config_entries.subentries
    result = await subentries.async_init((entry.entry_id, kind.value), context={"source": SOURCE_USER})
    result = await subentries.async_configure(result["flow_id"], {"next_step_id": "find"})
    assert result["step_id"] == "find"
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
    assert (result["step_id"], result["errors"]) == ("find", {"base": "nothing_fits"})
    assert "1" in result["description_placeholders"]["reason"]
    assert all(each.question is not None for each in zeros.asked), "nothing is written"

    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        subentries = hass.config_entries.subentries
        port = reserved.getsockname()[1]
        result = await subentries.async_configure(result["flow_id"], {CONF_HOST: "127.0.0.1", CONF_PORT: port})
        await hass.async_block_till_done()
        result = await subentries.async_configure(result["flow_id"])
    assert (result["step_id"], result["errors"]) == ("find", {"base": "nothing_answers"})
    assert "SolarEdge: In SetApp: " in result["description_placeholders"]["reason"]


async def test_the_first_meter_is_found_when_a_flat_joins(hass: HomeAssistant, building: Building, site: Site) -> None:
    flows, gateway = hass.config_entries.flow, site.flats["101"]
    result: Any = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    flow = result["flow_id"]
    await flows.async_configure(flow, {CONF_URL: building.url})
    result = await flows.async_configure(flow, {CONF_INVITE: await building.invite()})
    assert result["menu_options"] == ["find", "tcp", "serial", "entities"]
    await flows.async_configure(flow, {"next_step_id": "find"})
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
            return GATEWAY_TARGET
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
