"""The report of the largest building's drill is kept, logged and given, whatever its flats say in their own words."""

from dataclasses import replace
from hashlib import sha256
from typing import Final

import pytest

from coordinator.config import MOST_FLATS, BuildingConfig, ConfigError, load
from coordinator.drills.hearing import heard
from coordinator.drills.requests import read_plan
from coordinator.store import drills as store
from coordinator.store.drills import DrillFlat
from localvpp.blackout.building_document import LARGEST, Outcome, decode_building
from localvpp.blackout.document import encode
from localvpp.etp import Kind
from localvpp.wire import CALL_LENGTH, LONGEST_WORDS, REASONS, DrillAnswer, DrillDocument, DrillNews

from ...localvpp.blackout.drills import document
from ..conftest import House, on_both_databases, open_house
from ..flat import ManualClock
from ..test_web import check, schema_of

WORDS: Final = "\U00020000" * LONGEST_WORDS
"""The longest there are in UTF-8: each of these characters has four bytes."""
REFUSED: Final = MOST_FLATS // 2
NAMES: Final = tuple(f"{'室' * 12}{number:04}" for number in range(MOST_FLATS))


def building(config: BuildingConfig, flats: tuple[str, ...]) -> BuildingConfig:
    text = config.file.read_text()
    before = next(line for line in text.splitlines() if line.startswith("flats:"))
    config.file.write_text(text.replace(before, f"flats: [{', '.join(f'"{flat}"' for flat in flats)}]"))
    return load(config.file)


def said(flat: DrillFlat, number: int, now_ms: int) -> DrillFlat:
    """A flat of which the longest is kept that it can say: half of them refuse, half end before their time."""
    call = number.to_bytes(CALL_LENGTH)
    report = encode(document(flat=flat.flat))
    told: list[DrillAnswer | DrillNews | DrillDocument] = [DrillAnswer(call, False, tuple(sorted(REASONS)), WORDS)]
    if number >= REFUSED:
        ended = DrillNews(call, "connected", True, False, WORDS, WORDS, sha256(report).digest())
        told = [ended, DrillDocument(call, report)]
    flat = replace(flat, call=call, called_ms=now_ms, notified_ms=now_ms, acknowledged_ms=now_ms, acknowledged_by=WORDS)
    for each in told:
        flat, _ = heard(flat, each, now_ms)
    return flat


async def held(house: House) -> bytes:
    """A drill that is over, and of which every flat has said its longest."""
    drills = house.coordinator.drills
    drill = await drills.plan(read_plan({"level": "l2", "notice_s": 0}))
    await drills.start(drill.drill)
    await drills.stop(drill.drill)
    async with house.coordinator.engine.begin() as connection:
        for number, flat in enumerate(await store.flats_of(connection, drill.drill)):
            await store.change_flat(connection, said(flat, number, house.clock.wall_ms()))
    return drill.drill


@on_both_databases
async def test_the_report_of_a_thousand_flats_with_the_longest_words_is_kept_logged_and_given(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    config = building(config, NAMES)
    async with open_house(config, clock) as house:
        drill = await held(house)
    async with open_house(config, clock) as house:
        await house.coordinator.drills.second()
        logged = house.coordinator.drills.drill
        assert logged is not None
        assert logged.record is not None, "it is logged"
        response = await house.get(f"/api/v1/drills/{drill.hex()}/report")
        assert response.status == 200
        data = await response.read()
        record = await (await house.get("/api/v1/records?limit=1")).json()
        whole = await house.get(f"/api/v1/drills/{drill.hex()}")
        check(await whole.json(), schema_of("Drill"))
    assert record[0]["kind"] == Kind.DRILL.name.lower()
    assert data == logged.document
    assert len(data) < LARGEST
    told = decode_building(data)
    assert [flat.flat for flat in told.flats] == list(NAMES)
    assert told.count(Outcome.REFUSED) == REFUSED
    assert told.count(Outcome.ABORTED) == MOST_FLATS - REFUSED
    assert {flat.reasons for flat in told.flats} == {(*sorted(REASONS), WORDS), (WORDS,)}
    longest = max(len(part) for part in data.partition(b'"flats":[')[2].split(b'{"acknowledged_after_ms"'))
    assert longest < LARGEST // MOST_FLATS


def test_a_building_of_more_flats_is_refused(config: BuildingConfig) -> None:
    with pytest.raises(ConfigError, match=f"flats: list at most {MOST_FLATS} flats"):
        building(config, (*NAMES, "one more"))
