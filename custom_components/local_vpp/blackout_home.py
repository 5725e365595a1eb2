"""What a flat's blackout logic gets from Home Assistant, and what becomes of what it says.

It gets its settings, the loads' switches and the warnings of bad weather. What it says is told: as repair issues for as
long as a person can do something, as notifications when something happens, and to the people who were named.
"""

from typing import Any, Final

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .alarms import async_common, async_title
from .blackout_people import LATE_S, People
from .blackout_settings import settings_of
from .blackout_web import language_of, signed_report_path
from .const import CONF_BLACKOUT, CONF_PEOPLE, CONF_WARNINGS, DOMAIN, LOGGER
from .coordinator import LocalVppCoordinator, issue_id
from .lib.localvpp.blackout import Blackout, Told
from .lib.localvpp.blackout.pdf_words import Words
from .lib.localvpp.clock import Clock
from .lib.localvpp.flat import FlatState
from .lib.localvpp.islanding import Fault, Notice
from .lib.localvpp.store import FlatStore, StoreError
from .load_switches import LoadSwitches
from .source import Sources
from .storage import journal_path
from .weather_warnings import WeatherWarnings

SETTINGS_ISSUE: Final = "blackout_settings"
PROBLEM_ISSUE: Final = "blackout_problem"
FEEDBACK_ISSUE: Final = "feedback_lost"
OVERDUE_ISSUE: Final = "drill_overdue"
WARNING_ISSUE: Final = "warning_lost"
PEOPLE_ISSUE: Final = "people_unreached"
LOCKED_OUT_ISSUE: Final = "load_locked_out"
"""For each load that is locked out there is one, with its name after this."""

BLACKOUT_ISSUES: Final = (
    SETTINGS_ISSUE,
    PROBLEM_ISSUE,
    FEEDBACK_ISSUE,
    OVERDUE_ISSUE,
    WARNING_ISSUE,
    PEOPLE_ISSUE,
    LOCKED_OUT_ISSUE,
    *(f"fault_{fault}" for fault in Fault),
)

_OVER: Final = {
    Notice.RETURNED: (
        Notice.GRID_LOST,
        Notice.ISLANDED,
        Notice.BATTERY_LOW,
        Notice.LIVING_ROOM_DARK,
        Notice.BACKUP_FAILED,
        Notice.RETURN_FAILED,
        Notice.DRILL_BECAME_OUTAGE,
        Notice.HANDED_OFF,
        Notice.RETURN_REFUSED,
    ),
    Notice.DRILL_ENDED: (Notice.DRILL_ANNOUNCED,),
    Notice.DRILL_ABORTED: (Notice.DRILL_ANNOUNCED,),
}
"""What is no longer so once this was told."""
_SETTLED: Final = "people told"
"""Up to which notice everybody was told, in the flat's database."""
_OUTCOMES: Final = {"passed": "passed", "not passed": "failed"}
"""How a drill has ended that was held to its end, by what the logic says."""


def async_blackout(
    hass: HomeAssistant, entry: ConfigEntry[Any], device: bytes, store: FlatStore, sources: Sources, clock: Clock
) -> Blackout | None:
    """Return the blackout logic of a flat; None where none is set up. Raises ValueError where it is refused."""
    ir.async_delete_issue(hass, DOMAIN, issue_id(SETTINGS_ISSUE, entry))
    if (options := entry.options.get(CONF_BLACKOUT)) is None:
        return None
    return Blackout(
        settings_of(entry, options, device),
        flat=entry.title,
        journal=journal_path(hass, device.hex()),
        store=store,
        switchboard=LoadSwitches(hass, entry, sources),
        clock=clock,
    )


def async_refuse_blackout(hass: HomeAssistant, entry: ConfigEntry[Any], error: ValueError) -> None:
    """Tell that a flat runs without its blackout logic, and why."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(SETTINGS_ISSUE, entry),
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=SETTINGS_ISSUE,
        translation_placeholders={"name": entry.title, "reason": str(error)},
    )


class BlackoutHome:
    """Tells what a flat's blackout logic says, and the logic what is known of the weather."""

    def __init__(self, hass: HomeAssistant, coordinator: LocalVppCoordinator, blackout: Blackout, clock: Clock) -> None:
        self._hass = hass
        self._entry = coordinator.config_entry
        self._coordinator = coordinator
        self._blackout = blackout
        self._clock = clock
        self._heard: set[int] = set()
        """The notices that were told since this was begun."""
        self._open: set[int] = set()
        """Those of them that have not reached everybody."""
        self._catching_up = False
        """Whether what was told before was looked at, or is."""
        self._before: int | None = None
        """Up to which notice everybody was told by an earlier run; None before that was read."""
        self._unread = False
        """Whether that could not be read."""
        self._locked_out: frozenset[str] = frozenset()
        self._people = People(
            hass,
            self._entry,
            self._entry.options[CONF_BLACKOUT][CONF_PEOPLE],
            reached=self._reached,
            unreached=self._async_unreached,
            settled=self._async_settled,
        )

    @callback
    def start(self) -> None:
        """Listen until the entry is unloaded."""
        entry, options = self._entry, self._entry.options[CONF_BLACKOUT]
        entry.async_on_unload(self._blackout.subscribe(self._async_told))
        entry.async_on_unload(self._coordinator.flat.subscribe(self._async_state_changed))
        entry.async_on_unload(WeatherWarnings(self._hass, options[CONF_WARNINGS], self._async_warned).start())
        entry.async_on_unload(self._people.stop)
        entry.async_on_unload(self._async_forget)

    # --- repair issues: as long as they are so ---------------------------------------------------

    @callback
    def _async_state_changed(self, state: FlatState) -> None:
        if (blackout := state.blackout) is None:
            return
        if not self._catching_up and blackout.next_drill_ms is not None:
            # Known from when the logic has what an earlier run has left.
            self._catching_up = True
            self._entry.async_create_background_task(
                self._hass, self._async_catch_up(blackout.told), f"{DOMAIN} tells what was not told"
            )
        self._async_hold(FEEDBACK_ISSUE, {} if blackout.feedback_lost else None, ir.IssueSeverity.ERROR)
        self._async_hold(OVERDUE_ISSUE, {} if blackout.overdue else None, ir.IssueSeverity.WARNING)
        problems = {"problems": "\n".join(f"- {each}" for each in blackout.problems)} if blackout.problems else None
        self._async_hold(PROBLEM_ISSUE, problems, ir.IssueSeverity.ERROR)
        for fault in Fault:
            severity, found = ir.IssueSeverity.CRITICAL, blackout.fault is fault
            self._async_hold(f"fault_{fault}", {} if found else None, severity, about={"fault": fault.value})
        for load in blackout.locked_out | self._locked_out:
            told = {"load": load} if load in blackout.locked_out else None
            self._async_hold(LOCKED_OUT_ISSUE, told, ir.IssueSeverity.WARNING, about={"load": load}, of=load)
        self._locked_out = blackout.locked_out

    @callback
    def _async_warned(self, active: bool | None, why: str) -> None:
        """Pass on what is known of the weather; of what says nothing the resident hears why the battery is filled."""
        self._blackout.warn(active, why)
        self._async_hold(WARNING_ISSUE, {"entities": why} if active is None else None, ir.IssueSeverity.WARNING)

    @callback
    def _async_unreached(self, people: tuple[str, ...]) -> None:
        told = {"people": ", ".join(people)} if people else None
        self._async_hold(PEOPLE_ISSUE, told, ir.IssueSeverity.WARNING)

    @callback
    def _async_hold(
        self,
        key: str,
        told: dict[str, str] | None,
        severity: ir.IssueSeverity,
        *,
        about: dict[str, str] | None = None,
        of: str = "",
    ) -> None:
        """Have an issue there for as long as it is told of: one that was confirmed and is so still comes again.

        Where a person confirms something with it, `about` names that.
        """
        issue = issue_id(f"{key}_{of}" if of else key, self._entry)
        standing = ir.async_get(self._hass).async_get_issue(DOMAIN, issue)
        if told is None:
            if standing is not None:
                ir.async_delete_issue(self._hass, DOMAIN, issue)
            return
        placeholders = {"name": self._entry.title, **told}
        if standing is not None and standing.active and standing.translation_placeholders == placeholders:
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue,
            data=None if about is None else {"entry_id": self._entry.entry_id, **about},
            is_fixable=about is not None,
            severity=severity,
            translation_key=key,
            translation_placeholders=placeholders,
        )

    @callback
    def _async_forget(self) -> None:
        """Take back what is told of a flat that does not run: nobody can confirm it then."""
        for key in BLACKOUT_ISSUES:
            if key != SETTINGS_ISSUE:
                ir.async_delete_issue(self._hass, DOMAIN, issue_id(key, self._entry))
        for load in self._locked_out:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id(f"{LOCKED_OUT_ISSUE}_{load}", self._entry))

    # --- notices: when they happen ---------------------------------------------------------------

    @callback
    def _async_told(self, told: Told) -> None:
        self._heard.add(told.number)
        self._open.add(told.number)
        self._entry.async_create_background_task(self._hass, self._async_tell(told), f"{DOMAIN} tells {told.notice}")

    async def _async_tell(self, told: Told) -> None:
        hass = self._hass
        over = _OVER.get(told.notice, ())
        self._people.withdraw(over)
        title = f"{self._entry.title}: {await async_common(hass, f'notice_{told.notice}')}"
        message = await async_common(hass, f"advice_{told.notice}")
        if detail := await self._async_detail(told):
            message = f"{message}\n\n{detail}"
        link = await self._async_link() if told.notice is Notice.DRILL_ENDED else ""
        for each in over:
            persistent_notification.async_dismiss(hass, self._notification(each))
        persistent_notification.async_create(hass, message + link, title, self._notification(told.notice))
        await self._people.async_tell(told.number, told.notice, title, message)

    async def _async_catch_up(self, told: tuple[Told, ...]) -> None:
        """Tell what had not reached everybody when Home Assistant ended, which the outage itself may have ended."""
        try:
            noted = await self._coordinator.store.noted(_SETTLED)
        except StoreError as error:
            if not self._unread:
                LOGGER.warning("Whom %s has told what cannot be read: %s", self._entry.title, error)
            self._unread, self._catching_up = True, False  # Once more with the next second.
            return
        # A flat that has noted nothing yet has told all of it, by an earlier release.
        self._before = max((each.number for each in told), default=0) if noted is None else int(noted)
        now_ms, heard = self._clock.wall_ms(), self._numbers(self._heard)
        for at, each in enumerate(told):
            over = any(each.notice in _OVER.get(later.notice, ()) for later in told[at + 1 :])
            late = now_ms - each.time_ms > LATE_S * 1000
            if each.number > self._before and each.number not in heard and not over and not late:
                self._async_told(each)
        self._async_note_settled()

    def _numbers(self, told: set[int]) -> set[int]:
        """Return which numbers notices have by now that were told with others."""
        return {number for each in told if (number := self._blackout.number_of(each)) is not None}

    @callback
    def _async_settled(self, number: int) -> None:
        self._open.discard(number)
        self._async_note_settled()

    @callback
    def _async_note_settled(self) -> None:
        """Keep up to which notice everybody was told; not before it is known what an earlier run has left untold."""
        if self._before is None or not self._heard:
            return
        open_ = self._numbers(self._open)
        upto = min(open_) - 1 if open_ else max(self._numbers(self._heard))
        self._entry.async_create_background_task(self._hass, self._async_note(upto), f"{DOMAIN} keeps whom it has told")

    async def _async_note(self, upto: int) -> None:
        try:
            await self._coordinator.store.note(_SETTLED, str(upto).encode())
        except StoreError as error:
            LOGGER.warning("Whom %s has told what cannot be kept: %s", self._entry.title, error)

    def _reached(self, notice: Notice, people: int) -> None:
        """A drill's report says how many people knew of it beforehand."""
        if notice is Notice.DRILL_ANNOUNCED:
            self._blackout.notified(people)

    async def _async_detail(self, told: Told) -> str:
        """Return what is told besides, in the words of the household: the logic names things by their codes."""
        detail, words = told.detail, Words(language_of(self._hass))
        if detail in Fault:
            return await async_title(self._hass, f"fault_{detail}", {"name": self._entry.title})
        match told.notice:
            case Notice.DRILL_ANNOUNCED:
                level, colon, who = detail.partition(":")
                return f"{words.name('level', level)}{colon}{who}"
            case Notice.DRILL_ENDED if detail in _OUTCOMES:
                return words.name("outcome", _OUTCOMES[detail])
            case Notice.DRILL_ENDED | Notice.ISLAND_REFUSED:
                return words.reason(detail)
            case _:
                return detail

    async def _async_link(self) -> str:
        """Return where the newest drill's report is, for a notification."""
        try:
            kept = await self._blackout.reports()
        except StoreError as error:
            LOGGER.warning("The report of the drill of %s cannot be read: %s", self._entry.title, error)
            return ""
        if not kept or self._entry.unique_id is None:
            return ""
        path = signed_report_path(self._hass, self._entry.unique_id, kept[0].summary.report)
        return f"\n\n[{await async_common(self._hass, 'report_link')}]({path})"

    def _notification(self, notice: Notice) -> str:
        return f"{DOMAIN}_{self._entry.entry_id}_{notice}"
