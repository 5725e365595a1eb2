"""Who lived in a flat when, by its boxes and by what the association says, decides who is estimated."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from coordinator.config import BuildingConfig
from coordinator.settlement.months import unlike

from ...coordinator.conftest import SLOT
from .living import HALF_HOUR, NEXT, NOVEMBER, leave, month_of

pytestmark = pytest.mark.usefixtures("socket_enabled", "umask_kept")


def test_who_has_left_and_who_has_not_come_yet_is_neither_estimated_nor_unknown(building: BuildingConfig) -> None:
    before = month_of(building)[1]
    at = NOVEMBER.slots(HALF_HOUR)
    week = 7 * 86_400
    # A week after what was told something stands in; until then, and from the enrolment on, nothing is known.
    estimated = [SLOT + week, NEXT + week]
    assert [before.accounts[name].estimated for name in ("101", "103")] == [estimated, estimated]
    unknown = [begin for begin in at if begin > NEXT and begin not in estimated]
    assert before.accounts["101"].unknown == unknown
    asyncio.run(leave(building, "103", NEXT + 3 * HALF_HOUR))
    records, after = month_of(building)
    assert unlike(after, records) == []
    assert [party.name for party in records.parties] == ["101", "102", "103"]
    assert (after.accounts["103"].estimated, after.accounts["103"].slots) == ([], 2)
    assert after.accounts["103"].unknown == [NEXT + HALF_HOUR, NEXT + 2 * HALF_HOUR]
    assert after.accounts["101"] == before.accounts["101"]


def test_a_household_that_stays_is_estimated_though_its_box_is_gone_and_an_empty_flat_is_not(
    building: BuildingConfig,
) -> None:
    week = 7 * 86_400
    before = month_of(building)[1]
    asyncio.run(leave(building, "103", NEXT + 3 * HALF_HOUR))
    file = building.file.with_name("settlement.yaml")
    text = file.read_text(encoding="utf-8")
    file.write_text(f'{text}\ntenancies: {{"103": [{{}}]}}\n', encoding="utf-8")
    records, stayed = month_of(building)
    assert unlike(stayed, records) == []
    assert stayed.accounts["103"] == before.accounts["103"], "as if its box had never been revoked"
    last = datetime.fromtimestamp(SLOT, ZoneInfo("Asia/Tokyo")).date()
    first = datetime.fromtimestamp(NEXT + week, ZoneInfo("Asia/Tokyo")).date() + timedelta(days=1)
    file.write_text(f'{text}\ntenancies: {{"103": [{{until: "{last}"}}, {{since: "{first}"}}]}}\n', encoding="utf-8")
    empty = month_of(building)[1]
    assert empty.accounts["103"].estimated == [], "nobody lived there when something could have stood in"
    assert empty.accounts["101"] == before.accounts["101"]
    assert [party.name for party in records.parties] == ["101", "102", "103"], "each once"
