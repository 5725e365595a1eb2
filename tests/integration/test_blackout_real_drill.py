"""A drill that moves contacts, asked for in Home Assistant: once the grid has been steady, and to its signed report."""

from collections.abc import AsyncIterator
import json
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.local_vpp.const import DOMAIN
from simulator.site import Site

from .blackout import moving, ready_for_a_drill
from .conftest import MakeEntry, entity_id, state_of, until
from .quick_clock import QuickClock
from .test_blackout_drill import act
from .test_blackout_island import OWNED, owned

STEADY_S = 1800
"""So long the grid has to have been steady before anybody is separated from it for a drill."""


@pytest.fixture
async def site(home: Path, hass: HomeAssistant, clock: QuickClock) -> AsyncIterator[Site]:
    """A building whose seconds pass; the inverter of flat 101 can be asked to leave the grid."""
    async with moving(home, clock, OWNED) as site:
        yield site
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.slow  # Half an hour of a steady grid, by a clock that is twenty times as quick.
async def test_a_real_drill_waits_for_a_steady_grid_is_fed_by_the_battery_and_returns_by_itself(
    hass: HomeAssistant, site: Site, make_entry: MakeEntry, clock: QuickClock
) -> None:
    entry = await owned(hass, make_entry)
    began = clock.monotonic()
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "start_drill", entry, level="l2", confirm=True, length={"seconds": 60})
    assert "the grid has not been steady for 30 minutes" in (error.value.translation_placeholders or {})["reasons"]

    blackout = entry.runtime_data.coordinator.flat.blackout
    await until(lambda: clock.monotonic() - began > STEADY_S)
    await act(hass, "start_drill", entry, level="l2", confirm=True, length={"seconds": 60})
    await until(lambda: state_of(hass, "_backup", entry) == "islanded")
    assert blackout.state.drill is not None
    await until(lambda: state_of(hass, "_last_drill", entry) in {"passed", "failed"})
    last = hass.states.get(entity_id(hass, "_last_drill", entry))
    assert last is not None
    report = (await act(hass, "get_drill_report", entry))["report"]
    missed = [each for each in report["criteria"] if not each["passed"]]
    assert (last.state, missed) == ("passed", []), json.dumps(report)
    assert last.attributes["level"] == "l2"
    assert report["transfer"]["most_ms"] <= 10_000
    assert report["return_gap"]["most_ms"] <= 10_000
    await ready_for_a_drill(hass, entry)
