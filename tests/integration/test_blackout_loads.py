"""The switches of loads, whatever the integrations behind them raise."""

from types import MappingProxyType

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.const import DOMAIN
from custom_components.local_vpp.lib.localvpp.blackout import SwitchError
from custom_components.local_vpp.lib.localvpp.clock import SystemClock
from custom_components.local_vpp.load_switches import LoadSwitches
from custom_components.local_vpp.source import Sources

HEATER = {"name": "Water heater", "switch": "switch.heater", "tier": 0, "start_w": 1500}


@pytest.mark.parametrize(
    "error",
    [HomeAssistantError("no answer"), ConnectionRefusedError(), KeyError("state"), ValueError("not JSON")],
    ids=lambda error: type(error).__name__,
)
async def test_whatever_a_switch_raises_is_a_switch_that_does_not_move(hass: HomeAssistant, error: Exception) -> None:
    """A plug whose circuit is dark raises what its library raises; the flat's agent goes on."""

    async def turn_off(call: ServiceCall) -> None:
        raise error

    hass.services.async_register("homeassistant", "turn_off", turn_off)
    hass.states.async_set("switch.heater", "on")
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    load = ConfigSubentry(data=MappingProxyType(HEATER), subentry_type="load", title="Water heater", unique_id=None)
    hass.config_entries.async_add_subentry(entry, load)
    switches = LoadSwitches(hass, entry, Sources(hass, "entity_missing", "Flat 101", SystemClock()))
    with pytest.raises(SwitchError, match="Water heater") as raised:
        await switches.switch("Water heater", False)
    assert str(error) in str(raised.value)
    assert not str(raised.value).endswith(": ")
    assert not ir.async_get(hass).issues
