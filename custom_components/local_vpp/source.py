"""An entity of Home Assistant as the source of one quantity: whether it still tells something, and since when.

An entity has no register and no time-out. What it has is a state and the time of its last report, be it of the same
value again. So a quantity is known while its entity is there, has a state, and has reported within a bound; the bound
is kept by a monotonic clock. When it was measured, at the latest, the time of the report says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CoreState, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .lib.localvpp.clock import Clock
from .lib.localvpp.devices import DeviceError, DeviceNonsenseError, DeviceSilentError
from .lib.localvpp.devices.told import ENERGY, Measure, ToldCounter, told
from .lib.localvpp.wire import Terms

POWER_WITHIN_S: Final = 90.0
"""Three of Home Assistant's usual polls. What steers must not steer by what was long ago."""
ENERGY_WITHIN_S: Final = 300.0
"""A register keeps its meaning, for its reading has the time of the report; a frozen one must end some time."""
GAS_WITHIN_S: Final = 86_400.0
"""A gas meter that is read by radio tells some times in a day."""
CHARGE_WITHIN_S: Final = 900.0
"""A battery's state of charge moves by a few per cent in this time; clouds tell it each five or ten minutes."""


class Failed(dict[str, DeviceError]):
    """Roles whose quantity is unknown in one reading, with the reasons."""

    def __init__(self) -> None:
        super().__init__()
        self.logged: set[str] = set()
        """Those of which the log was told where it was found out."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an entity says."""

    text: str
    unit: str | None
    age_ms: int
    held_ms: int
    """For how long it has been seen, by a clock that nobody sets."""
    fresh: bool
    """Whether it has not been seen before."""


class Sources:
    """The entities of one flat's adopted devices. Those that do not exist any more are told in a repair issue."""

    def __init__(self, hass: HomeAssistant, issue_id: str, title: str, clock: Clock) -> None:
        self.hass = hass
        self.clock = clock
        self.slot_seconds: int | None = None
        """How long the building's slots are; None before that is known."""
        self._issue_id = issue_id
        self._title = title
        self._missing: dict[str, str] = {}
        ir.async_delete_issue(hass, DOMAIN, issue_id)

    @callback
    def agreed(self, terms: Terms | None) -> None:
        """Take down what the building has agreed on."""
        self.slot_seconds = None if terms is None else terms.slot_seconds

    @callback
    def found(self, key: str) -> None:
        """Take down that an entity is there."""
        if self._missing.pop(key, None) is not None:
            self._tell()

    @callback
    def missing(self, key: str, name: str) -> None:
        """Take down that an entity is not there any more; while Home Assistant starts, it may be yet to come."""
        if self.hass.state is CoreState.running and key not in self._missing:
            self._missing[key] = name
            self._tell()

    def _tell(self) -> None:
        if not self._missing:
            ir.async_delete_issue(self.hass, DOMAIN, self._issue_id)
            return
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            self._issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="entity_missing",
            translation_placeholders={"name": self._title, "entities": ", ".join(sorted(self._missing.values()))},
        )


class Source:
    """One entity in one role.

    Args:
        sources: where its loss is told.
        role: what it is for, as a reading calls it.
        key: its id in the entity registry, which outlives a new name; the entity's id where it is not in there.
        within_s: the longest time without a report; None for what reports only when it changes.
    """

    def __init__(self, sources: Sources, role: str, key: str, within_s: float | None) -> None:
        self.role = role
        self._sources = sources
        self._key = key
        self._within_s = within_s
        self._name = resolve(sources.hass, key) or key
        self._last: tuple[float, str, str | None] | None = None
        self._seen_at = 0.0

    @property
    def entity_id(self) -> str:
        """Under what name it is known now, or was last."""
        return self._name

    def report(self) -> Report:
        """Return what it says.

        Raises:
            DeviceSilentError: it is not there, has no state, or has not reported for too long.
        """
        state = self._state()
        now, reported = self._sources.clock.monotonic(), state.last_reported.timestamp()
        # Both times are Home Assistant's: a step of the clock in between shows until the next report, and in nothing
        # but the time of the reading.
        age_s = max(0.0, dt_util.utcnow().timestamp() - reported)
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        fresh = (seen := (reported, state.state, unit)) != self._last
        if fresh:
            # What was reported before this was begun has waited since; from then on, each report is seen in its second.
            self._seen_at = now - age_s if self._last is None else now
            self._last = seen
        if self._within_s is not None and now - self._seen_at > self._within_s:
            raise DeviceSilentError(
                f"{self._name} has reported nothing for more than {self._within_s:.0f} s; check the integration that "
                "it comes from, and how often that reads it"
            )
        held_s = max(0.0, now - self._seen_at)
        return Report(state.state, unit, round(age_s * 1000), round(held_s * 1000), fresh)

    def _state(self) -> State:
        name = resolve(self._sources.hass, self._key)
        state = None if name is None else self._sources.hass.states.get(name)
        if state is None:
            self._sources.missing(self._key, self._name)
            raise DeviceSilentError(
                f"{self._name} does not exist, or not yet; if it is gone, choose another in its place"
            )
        self._name = state.entity_id
        self._sources.found(self._key)
        if state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
            raise DeviceSilentError(f"{self._name} is {state.state}; check the integration that it comes from")
        return state


def resolve(hass: HomeAssistant, key: str) -> str | None:
    """Return the name of an entity, of which the registry's id is kept or the name itself; None if it is gone."""
    return er.async_resolve_entity_id(er.async_get(hass), key)


def lasting_key(hass: HomeAssistant, entity_id: str) -> str:
    """Return what outlives an entity's name: the registry's id, or the name itself where it is not in there."""
    entry = er.async_get(hass).async_get(entity_id)
    return entity_id if entry is None else entry.id


class Gauge:
    """A measured quantity."""

    def __init__(self, source: Source, units: Mapping[str, Fraction], sign: int = 1) -> None:
        self._source = source
        self._units = units
        self._sign = sign
        self.age_ms = 0
        """How old it is at least: a clock that was set back makes nothing young."""

    def read(self, failed: Failed) -> float | None:
        """Return the quantity in its first unit; None, and why, when it is unknown."""
        self.age_ms = 0
        try:
            report = self._source.report()
            value = float(told(self._source.entity_id, report.text, report.unit, self._units) * self._sign)
        except DeviceError as error:
            failed[self._source.role] = error
            return None
        self.age_ms = max(report.age_ms, report.held_ms)
        return value


class Tally:
    """A lifetime counter."""

    def __init__(self, source: Source, clock: Clock, measure: Measure = ENERGY) -> None:
        self._source = source
        self._counter = ToldCounter(source.role, source.entity_id, clock.monotonic, measure)
        self._newest: int | DeviceError | None = None
        self.age_ms = 0
        """How long ago it was what was read."""

    @property
    def source(self) -> Source:
        """The entity that counts."""
        return self._source

    @property
    def step_wh(self) -> int | None:
        """The smallest step it makes, as far as is known."""
        return self._counter.step_wh

    def read(self, failed: Failed) -> int | None:
        """Return the count in whole units; None, and why, when it is unknown."""
        try:
            report = self._source.report()
            if report.fresh or self._newest is None:
                self._newest = self._counter.take(report.text, report.unit)
        except DeviceError as error:
            self._newest = None
            failed[self._source.role] = error
            return None
        if isinstance(self._newest, DeviceError):
            failed[self._source.role] = self._newest
            failed.logged.add(self._source.role)
            return None
        self.age_ms = report.age_ms
        return self._newest


class Contact:
    """A thing of two states; it reports when it changes, so that its last report may be as old as it likes."""

    def __init__(self, source: Source, on_means: bool = True) -> None:
        self._source = source
        self._on_means = on_means

    @property
    def entity_id(self) -> str:
        """Of the entity behind it."""
        return self._source.entity_id

    def read(self, failed: Failed) -> bool | None:
        """Return the state; None, and why, when it is unknown."""
        try:
            text = self._source.report().text
            if text not in (STATE_ON, STATE_OFF):
                raise DeviceNonsenseError(f"{self._source.entity_id} is {text!r}, which is neither on nor off")
        except DeviceError as error:
            failed[self._source.role] = error
            return None
        return self._on_means if text == STATE_ON else not self._on_means
