"""Who unloads or stops a flat has its battery let go of, over the very connection that Home Assistant then closes."""

from unittest.mock import patch

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.lib.localvpp.control import Claimant, Power
from custom_components.local_vpp.lib.localvpp.flat import Flat
from simulator.physics.controls import LegacyControls
from simulator.site import Site

from .conftest import until


def _steered(site: Site) -> bool:
    inverter = site.plant.household("101").state.inverter
    assert inverter is not None
    assert isinstance(inverter.controls, LegacyControls)
    return inverter.controls.discharge_limited


@pytest.mark.parametrize("stops", ["unload", "stop"])
async def test_a_battery_that_delivers_is_let_go_of_before_the_links_are_closed(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site, stops: str
) -> None:
    flat: Flat = entry.runtime_data.coordinator.flat
    wish = Power(500, -3000, 3000)
    with patch.object(flat._delivering, "second", lambda *_: flat._steering.claim(Claimant.MARKET, wish)):
        await until(lambda: _steered(site))
        match stops:
            case "unload":
                await hass.config_entries.async_unload(entry.entry_id)
            case _:
                hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
                await hass.async_block_till_done()
        assert not _steered(site)
