"""Sensors of a blackout: the grid, where the flat stands, how long the battery lasts, and its drills."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime

from .const import Part
from .lib.localvpp.blackout import BlackoutState
from .lib.localvpp.flat import FlatState
from .lib.localvpp.islanding import Grid, Phase
from .sensor_value import LocalVppSensorEntityDescription, Value

PASSED: Final = "passed"
FAILED: Final = "failed"


def of_blackout[T](value: Callable[[BlackoutState], T]) -> Callable[[FlatState], T | None]:
    """Give a value of what is known of a blackout; unknown where it is not looked after."""
    return lambda state: None if state.blackout is None else value(state.blackout)


def _known(value: Grid | Phase, unknown: Grid | Phase) -> str | None:
    """Return a state; Home Assistant has a word of its own for unknown."""
    return None if value is unknown else value.value


def _time(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def _minutes(seconds: float | None) -> Value:
    """Return a duration without the seconds, which nobody can forecast."""
    return None if seconds is None else round(seconds / 60)


def _last_drill(state: BlackoutState) -> str | None:
    if state.last_drill is None:
        return None
    return PASSED if state.last_drill.passed else FAILED


def _of_last_drill(state: BlackoutState) -> Mapping[str, Any] | None:
    if (last := state.last_drill) is None:
        return None
    return {
        "level": last.level.value,
        "ended": _time(last.ended_ms),
        "transfer": last.transfer,
        "aborted": last.aborted,
        "report": last.report.hex(),
    }


BLACKOUT_SENSORS: Final = (
    LocalVppSensorEntityDescription(
        key="grid_state",
        translation_key="grid_state",
        part=Part.FLAT,
        blackout=True,
        device_class=SensorDeviceClass.ENUM,
        options=[each.value for each in Grid if each is not Grid.UNKNOWN],
        value_fn=of_blackout(lambda state: _known(state.grid, Grid.UNKNOWN)),
    ),
    LocalVppSensorEntityDescription(
        key="backup",
        translation_key="backup",
        part=Part.FLAT,
        blackout=True,
        device_class=SensorDeviceClass.ENUM,
        options=[each.value for each in Phase if each is not Phase.UNKNOWN],
        value_fn=of_blackout(lambda state: _known(state.phase, Phase.UNKNOWN)),
        attributes_fn=of_blackout(
            lambda state: {"owner": state.owner.value, "shed": list(state.shed), "locked_out": sorted(state.locked_out)}
        ),
    ),
    LocalVppSensorEntityDescription(
        key="reserve",
        translation_key="reserve",
        part=Part.FLAT,
        blackout=True,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=of_blackout(lambda state: state.reserve_percent),
    ),
    LocalVppSensorEntityDescription(
        key="lasts",
        translation_key="lasts",
        part=Part.FLAT,
        blackout=True,
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=1,
        noisy=True,
        value_fn=of_blackout(lambda state: _minutes(state.lasts_s)),
    ),
    LocalVppSensorEntityDescription(
        key="lasts_sun",
        translation_key="lasts_sun",
        part=Part.FLAT,
        blackout=True,
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=1,
        noisy=True,
        value_fn=of_blackout(lambda state: _minutes(state.lasts_sun_s)),
    ),
    LocalVppSensorEntityDescription(
        key="last_drill",
        translation_key="last_drill",
        part=Part.FLAT,
        blackout=True,
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.ENUM,
        options=[PASSED, FAILED],
        value_fn=of_blackout(_last_drill),
        attributes_fn=of_blackout(_of_last_drill),
    ),
    LocalVppSensorEntityDescription(
        key="next_drill",
        translation_key="next_drill",
        part=Part.FLAT,
        blackout=True,
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=of_blackout(lambda state: _time(state.next_drill_ms)),
    ),
)
