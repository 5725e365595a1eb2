"""Bad weather: what warns, what the battery keeps then, and that it goes back afterwards."""

from datetime import timedelta
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant, ServiceCall, ServiceResponse, State, SupportsResponse
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.local_vpp.weather_warnings import UNKNOWN_AFTER_S, WeatherWarnings, warns

BLUEPRINT = Path(__file__).parents[2] / "blueprints" / "automation" / "local_vpp" / "typhoon.yaml"


@pytest.mark.parametrize(
    ("entity_id", "state", "expected"),
    [
        ("binary_sensor.typhoon", "on", True),
        ("binary_sensor.typhoon", "off", False),
        ("calendar.maintenance", "on", True),
        ("input_boolean.typhoon", "off", False),
        ("sensor.warnings", "大雨警報, 暴風警報", True),
        ("sensor.warnings", "なし", False),
        ("sensor.warnings", "2", True),
        ("sensor.warnings", "0.0", False),
        ("sensor.warnings", "None", False),
        ("weather.home", "lightning-rainy", True),
        ("weather.home", "rainy", False),
        ("weather.home", "unavailable", None),
        ("sensor.warnings", "unknown", None),
    ],
)
def test_an_entity_warns_in_its_own_way(entity_id: str, state: str, expected: bool | None) -> None:
    assert warns(State(entity_id, state)) is expected


class Heard:
    """What was told."""

    def __init__(self) -> None:
        self.told: list[tuple[bool | None, str]] = []

    def __call__(self, warned: bool | None, why: str) -> None:
        self.told.append((warned, why))


async def test_one_warning_is_enough_and_is_named(hass: HomeAssistant, entity_registry: er.EntityRegistry) -> None:
    registered = entity_registry.async_get_or_create("sensor", "other", "jma", suggested_object_id="warnings")
    hass.states.async_set("sensor.warnings", "なし", {"friendly_name": "気象警報"})
    hass.states.async_set("binary_sensor.flood", "off")
    heard = Heard()
    stop = WeatherWarnings(hass, [registered.id, "binary_sensor.flood"], heard).start()
    assert heard.told == [(False, "")]
    hass.states.async_set("sensor.warnings", "暴風警報", {"friendly_name": "気象警報"})
    await hass.async_block_till_done()
    assert heard.told[-1] == (True, "気象警報")
    hass.states.async_set("sensor.warnings", "なし")
    await hass.async_block_till_done()
    assert heard.told[-1] == (False, "")
    stop()
    hass.states.async_set("sensor.warnings", "暴風警報")
    await hass.async_block_till_done()
    assert heard.told[-1] == (False, "")


async def test_a_warning_that_falls_silent_holds_for_a_while_and_is_unknown_then(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("binary_sensor.typhoon", "on")
    heard = Heard()
    stop = WeatherWarnings(hass, ["binary_sensor.typhoon"], heard).start()
    assert heard.told[-1][0] is True
    hass.states.async_set("binary_sensor.typhoon", "unavailable")
    await hass.async_block_till_done()
    assert heard.told[-1][0] is True
    freezer.tick(timedelta(seconds=UNKNOWN_AFTER_S + 1))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert heard.told[-1] == (None, "typhoon")
    hass.states.async_set("binary_sensor.typhoon", "off")
    await hass.async_block_till_done()
    assert heard.told[-1] == (False, "")
    stop()


async def test_a_warning_is_followed_to_the_new_name_of_its_entity(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    registered = entity_registry.async_get_or_create("sensor", "other", "jma", suggested_object_id="warnings")
    hass.states.async_set("sensor.warnings", "なし")
    heard = Heard()
    stop = WeatherWarnings(hass, [registered.id], heard).start()
    entity_registry.async_update_entity("sensor.warnings", new_entity_id="sensor.jma_tokyo")
    hass.states.async_remove("sensor.warnings")
    hass.states.async_set("sensor.jma_tokyo", "なし")
    await hass.async_block_till_done()
    hass.states.async_set("sensor.jma_tokyo", "暴風警報")
    await hass.async_block_till_done()
    assert heard.told[-1] == (True, "jma tokyo")
    stop()
    entity_registry.async_update_entity("sensor.jma_tokyo", new_entity_id="sensor.jma_osaka")
    told = len(heard.told)
    hass.states.async_set("sensor.jma_osaka", "なし")
    await hass.async_block_till_done()
    assert len(heard.told) == told


async def test_nothing_is_told_before_home_assistant_has_started(hass: HomeAssistant) -> None:
    """A battery would be charged full at each start, for its warnings come later."""
    hass.set_state(CoreState.starting)
    heard = Heard()
    stop = WeatherWarnings(hass, ["binary_sensor.typhoon"], heard).start()
    assert heard.told == []
    hass.states.async_set("binary_sensor.typhoon", "off")
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await hass.async_block_till_done()
    assert heard.told == [(False, "")]
    stop()


async def test_without_any_source_no_warning_is_in_force(hass: HomeAssistant) -> None:
    heard = Heard()
    WeatherWarnings(hass, [], heard).start()()
    assert heard.told == [(False, "")]


# --- the blueprint ----------------------------------------------------------------------------------


@pytest.fixture
def _imported(hass: HomeAssistant) -> None:
    """The blueprint lies where Home Assistant puts what is imported."""
    folder = Path(hass.config.path("blueprints", "automation", "local_vpp"))
    folder.mkdir(parents=True)
    shutil.copy(BLUEPRINT, folder)


@pytest.mark.usefixtures("_imported")
@pytest.mark.parametrize(("unit", "gust"), [("km/h", 100), ("m/s", 28), ("kn", 55)])
async def test_the_blueprint_turns_its_toggle_with_the_forecast(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, unit: str, gust: float
) -> None:
    forecast: list[dict[str, Any]] = []

    async def get_forecasts(call: ServiceCall) -> ServiceResponse:
        assert call.data["type"] == "hourly"
        return {"weather.home": {"forecast": list(forecast)}}

    hass.services.async_register("weather", "get_forecasts", get_forecasts, supports_response=SupportsResponse.ONLY)
    hass.states.async_set("weather.home", "cloudy", {"wind_speed_unit": unit})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"typhoon": {}}})
    inputs = {
        "toggle": "input_boolean.typhoon",
        "weather": "weather.home",
        "also": [{"event": "typhoon_in_sight"}],
    }
    blueprint = {"path": "local_vpp/typhoon.yaml", "input": inputs}
    assert await async_setup_component(hass, "automation", {"automation": {"use_blueprint": blueprint}})
    seen: list[Any] = []
    hass.bus.async_listen("typhoon_in_sight", seen.append)

    async def half_an_hour() -> str:
        freezer.move_to(dt_util.utcnow().replace(minute=0, second=0) + timedelta(hours=1))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        state = hass.states.get("input_boolean.typhoon")
        assert state is not None
        return state.state

    def hour(hours: float, **wind: float) -> dict[str, Any]:
        return {"datetime": (dt_util.utcnow() + timedelta(hours=hours)).isoformat(), **wind}

    forecast[:] = [hour(3, wind_speed=3), hour(40, wind_gust_speed=gust)]
    assert await half_an_hour() == "off", "it is too far ahead"
    forecast[:] = [hour(3, wind_speed=3), hour(20, wind_speed=3, wind_gust_speed=gust)]
    assert await half_an_hour() == "on"
    assert await half_an_hour() == "on"
    assert len(seen) == 1
    forecast.clear()
    assert await half_an_hour() == "on", "nothing is known"
    forecast[:] = [hour(3, wind_speed=3, wind_gust_speed=5)]
    assert await half_an_hour() == "off"
    # Its timer ends with it.
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)
