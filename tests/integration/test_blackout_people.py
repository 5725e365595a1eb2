"""People are told whatever else fails: one telephone that is off, a network that goes with the grid."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
from homeassistant.components.notify.const import NotifyEntityFeature
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.local_vpp.blackout_people import AGAIN_S, People
from custom_components.local_vpp.const import DOMAIN
from custom_components.local_vpp.lib.localvpp.blackout import Told
from custom_components.local_vpp.lib.localvpp.blackout.book import BlackoutBook
from custom_components.local_vpp.lib.localvpp.islanding import Fault, Notice
from custom_components.local_vpp.lib.localvpp.store import FlatStore, StoreError

from .blackout import options, ready_for_a_drill
from .conftest import MakeEntry, entity_id, set_up, state_of, until
from .test_blackout_drill import act
from .test_blackout_outage import notifications

BOTH = ["notify.taro", "notify.hanako"]


class Telephones:
    """What telephones were told, and what keeps them from it."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.told: list[tuple[str, str]] = []
        self.fails: dict[str, Exception] = {}
        hass.services.async_register("notify", "send_message", self._send)

    async def _send(self, call: ServiceCall) -> None:
        (name,) = call.data["entity_id"]
        if name in self.fails:
            raise self.fails[name]
        self.told.append((name, call.data["message"]))


@pytest.fixture
def telephones(hass: HomeAssistant) -> Telephones:
    """Two telephones that can be told."""
    for name in BOTH:
        hass.states.async_set(name, "unknown", {"supported_features": NotifyEntityFeature.TITLE})
    return Telephones(hass)


class Heard:
    """What became of it."""

    def __init__(self) -> None:
        self.reached: list[tuple[Notice, int]] = []
        self.unreached: tuple[str, ...] = ()
        self.settled: list[int] = []

    def people(self, hass: HomeAssistant, keys: list[str]) -> People:
        entry: Any = MockConfigEntry(domain=DOMAIN, title="Flat 101")
        entry.add_to_hass(hass)
        return People(
            hass,
            entry,
            keys,
            reached=lambda *told: self.reached.append(told),
            unreached=self._unreached,
            settled=self.settled.append,
        )

    def _unreached(self, people: tuple[str, ...]) -> None:
        self.unreached = people


async def later(hass: HomeAssistant) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=AGAIN_S + 1))
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize(
    "error",
    [HomeAssistantError("not connected"), aiohttp.ClientError("no route"), TimeoutError()],
    ids=["refused", "no route", "too late"],
)
async def test_whom_a_notice_did_not_reach_is_told_when_there_is_a_way_again_and_nobody_twice(
    hass: HomeAssistant, telephones: Telephones, error: Exception
) -> None:
    heard = Heard()
    people = heard.people(hass, BOTH)
    telephones.fails["notify.taro"] = error
    await people.async_tell(1, Notice.GRID_LOST, "The grid is gone", "It is dark")
    assert telephones.told == [("notify.hanako", "It is dark")]
    assert (heard.reached, heard.unreached) == ([(Notice.GRID_LOST, 1)], ("notify.taro",))
    await later(hass)
    assert len(telephones.told) == 1
    assert heard.settled == []
    telephones.fails.clear()
    await later(hass)
    assert telephones.told == [("notify.hanako", "It is dark"), ("notify.taro", "It is dark")]
    assert (heard.reached[-1], heard.unreached, heard.settled) == ((Notice.GRID_LOST, 2), (), [1])
    await later(hass)
    assert len(telephones.told) == 2


async def test_an_entity_that_home_assistant_would_leave_out_without_a_word_is_not_counted(
    hass: HomeAssistant, telephones: Telephones
) -> None:
    heard = Heard()
    hass.states.async_set("notify.taro", "unavailable")
    people = heard.people(hass, ["notify.taro", "notify.gone"])
    await people.async_tell(1, Notice.GRID_LOST, "The grid is gone", "It is dark")
    assert (telephones.told, heard.reached) == ([], [])
    assert heard.unreached == ("notify.gone", "notify.taro")
    people.stop()


async def test_what_is_over_is_sent_to_nobody(hass: HomeAssistant, telephones: Telephones) -> None:
    heard = Heard()
    people = heard.people(hass, ["notify.taro"])
    telephones.fails["notify.taro"] = HomeAssistantError("no network")
    await people.async_tell(1, Notice.GRID_LOST, "The grid is gone", "It is dark")
    await people.async_tell(2, Notice.RETURNED, "Back", "It is light")
    people.withdraw([Notice.GRID_LOST])
    assert heard.settled == [1]
    telephones.fails.clear()
    await later(hass)
    assert telephones.told == [("notify.taro", "It is light")]


async def test_a_telephone_that_shows_no_titles_reads_it_in_the_message(
    hass: HomeAssistant, telephones: Telephones
) -> None:
    hass.states.async_set("notify.taro", "unknown", {"supported_features": 0})
    await Heard().people(hass, ["notify.taro"]).async_tell(3, Notice.LOCKED, "Somebody has to look", "Open the repairs")
    assert telephones.told == [("notify.taro", "Somebody has to look\n\nOpen the repairs")]


@pytest.fixture
async def entry(hass: HomeAssistant, make_entry: MakeEntry, telephones: Telephones) -> MockConfigEntry:
    """Flat 101 of Taro and Hanako, whose Home Assistant speaks Japanese."""
    hass.config.language = "ja"
    entry = await make_entry()
    hass.config_entries.async_update_entry(entry, options=options(people=BOTH))
    await set_up(hass, entry)
    await ready_for_a_drill(hass, entry)
    return entry


async def test_whom_nothing_reaches_a_repair_issue_names_until_something_does(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    telephones: Telephones,
    issue_registry: ir.IssueRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Not by a clock that is set forward: that would end requests to the devices, too.
    monkeypatch.setattr("custom_components.local_vpp.blackout_people.AGAIN_S", 0.1)
    telephones.fails["notify.taro"] = HomeAssistantError("no network")
    await act(hass, "start_drill", entry, level="l1")
    issue = (DOMAIN, f"people_unreached_{entry.entry_id}")
    await until(lambda: issue_registry.async_get_issue(*issue) is not None)
    told = issue_registry.async_get_issue(*issue)
    assert told is not None
    assert (told.translation_placeholders or {})["people"] == "notify.taro"
    await until(lambda: entry.runtime_data.coordinator.flat.blackout.state.last_drill is not None)
    report = (await act(hass, "get_drill_report", entry))["report"]
    assert report["people"]["notified"] == 1, "Hanako, and not Taro"
    telephones.fails.clear()
    await until(lambda: issue_registry.async_get_issue(*issue) is None)


@pytest.mark.parametrize(
    ("notice", "detail", "said"),
    [
        (Notice.LOCKED, Fault.MAIN_WELDED, "主接点が開きません"),
        (Notice.ISLAND_REFUSED, "not_possible", "切替を要求できない機器"),
        (Notice.DRILL_ANNOUNCED, "l1: Taro", "L1 連絡・通信の確認（切替なし）: Taro"),
        (Notice.DRILL_ENDED, "passed", "合格"),
        (Notice.DRILL_ENDED, "not passed", "不合格"),
        (Notice.DRILL_ENDED, "person", "住人の操作"),
        (Notice.BATTERY_LOW, "10 %", "10 %"),
    ],
)
async def test_a_notice_says_in_words_what_the_logic_names_by_codes(
    hass: HomeAssistant, entry: MockConfigEntry, notice: Notice, detail: str, said: str
) -> None:
    entry.runtime_data.coordinator.flat.blackout._keeping.tell(notice, str(detail))
    await until(lambda: notice in notifications(hass, entry))
    message = notifications(hass, entry)[notice]
    assert said in message
    assert detail not in message or detail in said


async def test_what_had_not_reached_everybody_is_told_when_home_assistant_has_started_again(
    hass: HomeAssistant, entry: MockConfigEntry, telephones: Telephones
) -> None:
    """An outage that takes Home Assistant along, too."""

    async def tell(*notices: Notice) -> None:
        blackout = entry.runtime_data.coordinator.flat.blackout
        for notice in notices:
            blackout._keeping.tell(notice)
        await until(lambda: blackout._keeping.idle)

    async def restarted() -> None:
        telephones.told.clear()
        telephones.fails.clear()
        assert await hass.config_entries.async_reload(entry.entry_id)
        await until(lambda: state_of(hass, "_backup", entry) == "connected")

    await tell(Notice.RETURN_REFUSED)
    await until(lambda: len(telephones.told) == 2)
    telephones.fails["notify.taro"] = HomeAssistantError("no network")
    await tell(Notice.LIVING_ROOM_DARK, Notice.LOCKED)
    await until(lambda: len(telephones.told) == 4)
    await restarted()
    await until(lambda: len(telephones.told) == 4)
    assert {name for name, _ in telephones.told} == set(BOTH)
    assert not any("停電中です" in message for _, message in telephones.told), "that had reached both"

    telephones.fails["notify.taro"] = HomeAssistantError("no network")
    await tell(Notice.LIVING_ROOM_DARK, Notice.RETURNED)
    await until(lambda: len(telephones.told) == 6)
    await restarted()
    await until(lambda: len(telephones.told) == 2)
    assert all("順に戻ります" in message for _, message in telephones.told), "what is over is not told late"
    await restarted()
    await tell(Notice.BATTERY_LOW)
    await until(lambda: len(telephones.told) == 2)
    assert all("非常時" in message for _, message in telephones.told)


async def test_what_is_told_before_the_database_can_be_read_is_told_once_over_all_restarts(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    telephones: Telephones,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A disk that answers late after an outage: what happens meanwhile is told at once, and gets its number later."""

    note, unread = FlatStore.noted, False

    def blackout() -> Any:
        return entry.runtime_data.coordinator.flat.blackout

    async def noted_late(store: FlatStore, key: str) -> bytes | None:
        if unread and key == "people told":
            raise StoreError("the disk does not answer")
        return await note(store, key)

    async def settled() -> bytes | None:
        found: bytes | None = await note(entry.runtime_data.coordinator.store, "people told")
        return found

    async def noted(number: int) -> None:
        async with asyncio.timeout(20):
            while await settled() != str(number).encode():
                await asyncio.sleep(0.01)

    def shown() -> Any:
        state = hass.states.get(entity_id(hass, "_notice", entry))
        assert state is not None
        return state.state, state.attributes["event_type"]

    async def restarted() -> None:
        telephones.told.clear()
        assert await hass.config_entries.async_reload(entry.entry_id)

    for notice in (Notice.RETURN_REFUSED, Notice.LOCKED, Notice.BATTERY_LOW):
        blackout()._keeping.tell(notice)
    await noted(3)
    right, broken = BlackoutBook.told, True

    async def told(book: BlackoutBook) -> tuple[Told, ...]:
        if broken:
            raise StoreError("the disk does not answer")
        return await right(book)

    monkeypatch.setattr(BlackoutBook, "told", told)
    await restarted()
    await until(lambda: any("cannot be read" in each for each in blackout().state.problems))
    blackout()._keeping.tell(Notice.LIVING_ROOM_DARK)
    await until(lambda: len(telephones.told) == 2)
    await until(lambda: shown()[1] == "living_room_dark")
    assert await settled() == b"3", "what number it will have nobody knows yet"
    broken, unread = False, True
    monkeypatch.setattr(FlatStore, "noted", noted_late)
    await until(lambda: f"Whom {entry.title} has told what cannot be read" in caplog.text)
    unread = False
    await noted(4)
    assert [each.notice for each in blackout().state.told][-2:] == [Notice.BATTERY_LOW, Notice.LIVING_ROOM_DARK]
    assert len(telephones.told) == 2, "it is told once, and what was told before is not told again"
    before = shown()
    for _ in range(2):
        await restarted()
        await until(lambda: state_of(hass, "_backup", entry) == "connected")
        assert shown() == before
    blackout()._keeping.tell(Notice.RETURN_REFUSED)
    await noted(5)
    assert len(telephones.told) == 2, "and not after the next restarts either"
