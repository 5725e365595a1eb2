"""The flat's agent, as Home Assistant sees it.

The agent (`localvpp.flat.Flat`) reads, signs and sends by itself, once a second; nothing here polls. This coordinator
keeps it running, hands its newest state to the entities, and turns what a person has to know into a repair issue or
into a question for a new invite.

What has happened reaches the entities at once. What is only measured is shown at a pace, which this coordinator beats.
"""

import asyncio
from dataclasses import dataclass
from typing import Final, override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .alarms import async_notify
from .const import CONF_FLAT, DOMAIN, FIRST_SECOND_S, LOGGER, MEASUREMENTS_EVERY_S, RESTART_AFTER_S, Part
from .lib.localvpp.battery import AnomalyKind, BatteryLife, shown
from .lib.localvpp.clock import Clock, SystemClock
from .lib.localvpp.control import UNKNOWN_LINE_W
from .lib.localvpp.devices import Captures
from .lib.localvpp.flat import Adoption, Flat, FlatState
from .lib.localvpp.link import LinkState, LinkStatus
from .lib.localvpp.rounds import FlatDevices
from .lib.localvpp.standing import LedgerState
from .lib.localvpp.store import FlatStore
from .lib.localvpp.wire import Code

# The agent's seconds come a little early or late. With half a second of grace the fifth one is not taken for too early.
_GRACE_S: Final = 0.5

type LocalVppConfigEntry = ConfigEntry[LocalVppData]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalVppData:
    """What runs for a config entry."""

    coordinator: LocalVppCoordinator
    devices: FlatDevices
    device_ids: dict[Part, str]
    """The device registry's ids of what the flat has."""
    captures: Captures
    """What the devices said lately, register by register."""


class LocalVppCoordinator(DataUpdateCoordinator[FlatState]):
    """Runs the agent and passes its states on."""

    config_entry: LocalVppConfigEntry

    def __init__(self, hass: HomeAssistant, entry: LocalVppConfigEntry, flat: Flat, store: FlatStore) -> None:
        """Take over an agent and its database, which is closed with it."""
        super().__init__(hass, LOGGER, config_entry=entry, name=entry.title, always_update=False)
        self.flat = flat
        self.beat = 0
        """Counts the states whose measurements are to be shown."""
        self._beaten_at: float | None = None
        self._clock: Clock = SystemClock()
        self.store = store
        self._first = asyncio.Event()
        self._reported: FlatState | None = None
        self._task: asyncio.Task[None] | None = None
        entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_home_assistant_stops))

    @override
    async def _async_setup(self) -> None:
        """Start the agent."""
        self._task = self.config_entry.async_create_background_task(
            self.hass, self.flat.run(), f"{DOMAIN} agent of {self.config_entry.title}"
        )
        self._task.add_done_callback(self._async_agent_ended)
        self.flat.subscribe(self._async_state_changed)

    @override
    async def _async_update_data(self) -> FlatState:
        """Wait for the agent's first whole second; later, its newest state is as new as it gets.

        Before that second the agent has not opened its database, and its totals would read as zero.
        """
        if self._task is None or self._task.done():
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="agent_stopped")
        first = asyncio.ensure_future(self._first.wait())
        try:
            await asyncio.wait({first, self._task}, timeout=FIRST_SECOND_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            first.cancel()
        if not self._first.is_set():
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="agent_stopped")
        ir.async_delete_issue(self.hass, DOMAIN, self._issue("agent_stopped"))
        return self.flat.state

    @callback
    def _async_state_changed(self, state: FlatState) -> None:
        """Pass a new state on, if there is news in it."""
        if state.meter is None and not state.problems:
            return  # The agent has not read its devices yet.
        self._first.set()
        if not self._beats() and state == self._reported:
            return
        before = self._reported
        self._reported = state
        self.async_set_updated_data(state)
        if before is None or (before.ledger, before.ledger_reason) != (state.ledger, state.ledger_reason):
            self._async_report_ledger(state, begins=before is not None)
        if state.adopted is not None and (before is None or before.adopted != state.adopted):
            self._async_report_adoption(state.adopted)
        if state.life is not None and (
            before is None or before.life is None or before.life.anomalies != state.life.anomalies
        ):
            self._async_report_battery(state.life)
        if before is None or (before.mirror_refuses, before.mirror_reason) != (
            state.mirror_refuses,
            state.mirror_reason,
        ):
            self._async_report_mirror(state)
        if before is None or before.line_unknown != state.line_unknown:
            self._async_report_line(unknown=state.line_unknown)
        if before is None or _judged(before.link) != _judged(state.link):
            self._async_report_link(state)

    def _beats(self) -> bool:
        """Whether measurements are to be shown now, for they were not for long enough.

        They are then, changed or not: who integrates power over time has to hear that it stayed as it was.
        """
        now = self._clock.monotonic()
        if self._beaten_at is not None and now - self._beaten_at < MEASUREMENTS_EVERY_S - _GRACE_S:
            return False
        self._beaten_at = now
        self.beat += 1
        return True

    @callback
    def _async_report_ledger(self, state: FlatState, *, begins: bool) -> None:
        """Raise an issue when the ledger does not come out, take it back when it does again.

        What speaks against the whole building's log is shouted, too, when it begins.
        """
        for doubt, (key, severity, for_good) in _LEDGER_ISSUES.items():
            if state.ledger is not doubt:
                if not for_good:
                    ir.async_delete_issue(self.hass, DOMAIN, self._issue(key))
                continue
            placeholders = {"name": self.config_entry.title, "reason": state.ledger_reason}
            ir.async_create_issue(
                self.hass,
                DOMAIN,
                self._issue(key),
                is_fixable=for_good,
                is_persistent=for_good,
                severity=severity,
                translation_key=key,
                translation_placeholders=placeholders,
            )
            if begins and severity is ir.IssueSeverity.CRITICAL:
                self.config_entry.async_create_task(
                    self.hass, async_notify(self.hass, self._issue(key), key, placeholders), f"{DOMAIN} notification"
                )

    @callback
    def _async_report_mirror(self, state: FlatState) -> None:
        """Raise an issue while this flat's copy of the log waits for a person's decision."""
        if not state.mirror_refuses:
            ir.async_delete_issue(self.hass, DOMAIN, self._issue("mirror_refuses"))
            return
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            self._issue("mirror_refuses"),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="mirror_refuses",
            translation_placeholders={"name": self.config_entry.title, "reason": state.mirror_reason},
        )

    @callback
    def _async_report_line(self, *, unknown: bool) -> None:
        """Raise an issue while a battery waits for somebody to say what the flat's line bears."""
        if not unknown:
            ir.async_delete_issue(self.hass, DOMAIN, self._issue("line_unknown"))
            return
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            self._issue("line_unknown"),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="line_unknown",
            translation_placeholders={"name": self.config_entry.title, "watts": str(UNKNOWN_LINE_W)},
        )

    @callback
    def _async_report_adoption(self, adopted: Adoption) -> None:
        """Tell of a restored backup: it is over by then, and the resident only has to know what it has cost."""
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            self._issue("chain_adopted"),
            is_fixable=True,
            is_persistent=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key="chain_adopted",
            translation_placeholders={
                "name": self.config_entry.title,
                "minutes": str(-(-adopted.gap_s // 60)),
                "epoch": str(adopted.epoch),
            },
        )

    @callback
    def _async_report_battery(self, life: BatteryLife) -> None:
        """Raise an issue for each thing that is wrong with the battery, and take it back when it is over."""
        active = {anomaly.kind: anomaly for anomaly in life.anomalies}
        for kind in AnomalyKind:
            key = _battery_issue(kind)
            if kind not in active:
                ir.async_delete_issue(self.hass, DOMAIN, self._issue(key))
                continue
            ir.async_create_issue(
                self.hass,
                DOMAIN,
                self._issue(key),
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key=key,
                translation_placeholders={"name": self.config_entry.title, **shown(active[kind].numbers)},
            )

    @callback
    def _async_report_link(self, state: FlatState) -> None:
        """Ask for a new invite while the coordinator refuses the flat, or cannot prove that it is the building.

        A flat that is suspended needs none, nor does one of another version: what has to be done then, an issue tells.
        Least of all does one that was shown a key which was not foreseen: the invite would be the thief's.
        """
        link = state.link
        if link.state not in {LinkState.REFUSED, LinkState.ONLINE}:
            return  # On its way to either of them.
        self._async_report_thief(link)
        refused_for = link.code if link.state is LinkState.REFUSED else None
        for code, key in _NO_INVITE_HELPS.items():
            if code is not refused_for:
                ir.async_delete_issue(self.hass, DOMAIN, self._issue(key))
                continue
            ir.async_create_issue(
                self.hass,
                DOMAIN,
                self._issue(key),
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key=key,
                translation_placeholders={
                    "name": self.config_entry.title,
                    "flat": self.config_entry.data[CONF_FLAT],
                    "reason": link.reason,
                },
            )
        self._async_report_foreign(link)
        helps = refused_for not in _NO_INVITE_HELPS and not link.stolen and not link.foreign
        if link.state is LinkState.REFUSED and helps:
            self.config_entry.async_start_reauth(self.hass)
            return
        for flow in list(self.config_entry.async_get_active_flows(self.hass, {SOURCE_REAUTH})):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])

    @callback
    def _async_report_foreign(self, link: LinkStatus) -> None:
        """Tell while whoever answers is not believed, and would not be after any enrolment with him."""
        if not link.foreign:
            ir.async_delete_issue(self.hass, DOMAIN, self._issue(_FOREIGN))
            return
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            self._issue(_FOREIGN),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=_FOREIGN,
            translation_placeholders={"name": self.config_entry.title, "reason": link.reason},
        )

    @callback
    def _async_report_thief(self, link: LinkStatus) -> None:
        """Shout while whoever answers has the building's key, and names another in its place."""
        issue = self._issue(_STOLEN)
        if not link.stolen:
            ir.async_delete_issue(self.hass, DOMAIN, issue)
            return
        placeholders = {"name": self.config_entry.title, "reason": link.reason}
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            issue,
            is_fixable=False,
            severity=ir.IssueSeverity.CRITICAL,
            translation_key=_STOLEN,
            translation_placeholders=placeholders,
        )
        self.config_entry.async_create_task(
            self.hass, async_notify(self.hass, issue, _STOLEN, placeholders), f"{DOMAIN} notification"
        )

    @callback
    def _async_agent_ended(self, task: asyncio.Task[None]) -> None:
        """Say so when the agent ended by itself, and start it again later."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, BaseExceptionGroup):
            error = _first_of(error)
        LOGGER.error("The agent of %s stopped", self.config_entry.title, exc_info=task.exception())
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            self._issue("agent_stopped"),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="agent_stopped",
            translation_placeholders={"name": self.config_entry.title, "error": str(error) or type(error).__name__},
        )
        self.async_set_update_error(UpdateFailed(translation_domain=DOMAIN, translation_key="agent_stopped"))

        @callback
        def restart(_: object) -> None:
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)

        self.config_entry.async_on_unload(async_call_later(self.hass, RESTART_AFTER_S, restart))

    async def _async_home_assistant_stops(self, _: Event) -> None:
        await self.async_shutdown()

    @override
    async def async_shutdown(self) -> None:
        """Stop the agent, which saves what it has read, and close its database."""
        if self._shutdown_requested:
            return
        await super().async_shutdown()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self.store.close()

    def _issue(self, key: str) -> str:
        return issue_id(key, self.config_entry)


# The issue of each doubt, and whether it is for good: evidence against the coordinator outlives a restart, and goes
# when the resident says that it was passed on.
_LEDGER_ISSUES: Final = {
    LedgerState.DISTRUSTED: ("ledger_distrusted", ir.IssueSeverity.CRITICAL, True),
    LedgerState.FORKED: ("ledger_forked", ir.IssueSeverity.CRITICAL, False),
    LedgerState.DIVERGED: ("ledger_diverged", ir.IssueSeverity.ERROR, False),
}
_STOLEN: Final = "building_key_stolen"
_FOREIGN: Final = "building_not_believed"
# The issue of each refusal that no invite mends.
_NO_INVITE_HELPS: Final = {
    Code.KEY_IN_TWO_HANDS: "key_copied",
    Code.SUSPENDED: "flat_suspended",
    Code.WRONG_PROTOCOL: "other_protocol",
}


def _battery_issue(kind: AnomalyKind) -> str:
    return f"battery_{kind}"


ISSUES: Final = (
    "agent_stopped",
    _STOLEN,
    _FOREIGN,
    "chain_adopted",
    "entity_missing",
    "line_unknown",
    "link_settings_in_use",
    "mirror_refuses",
    "no_meter",
    *(key for key, _, _ in _LEDGER_ISSUES.values()),
    *_NO_INVITE_HELPS.values(),
    *(_battery_issue(kind) for kind in AnomalyKind),
    "wrong_meter",
)


def _judged(link: LinkStatus) -> tuple[LinkState, Code | None, bool, bool]:
    """Return what of a connection decides what is asked of the resident."""
    return link.state, link.code, link.stolen, link.foreign


def issue_id(key: str, entry: LocalVppConfigEntry) -> str:
    """Return the id of an issue of one flat."""
    return f"{key}_{entry.entry_id}"


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
