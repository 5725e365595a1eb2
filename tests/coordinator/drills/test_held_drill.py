"""A building's drill over real links: called in turn, refused with reasons, stopped, and survived by all of it."""

from dataclasses import replace
from hashlib import sha256

import pytest

from coordinator.config import BuildingConfig, DrillLimits
from coordinator.drills.bounds import bound_s
from coordinator.drills.hearing import OUTAGE
from coordinator.drills.requests import DrillRefusedError, read_plan
from coordinator.drills.service import LATELY_MS
from coordinator.store import drills as store, entries as entry_store
from localvpp.blackout.building_document import decode_building
from localvpp.etp import Kind
from localvpp.wire import DrillAnswer, DrillDocument, DrillKept, DrillNews, RollCall, Says

from ..conftest import House, on_both_databases, open_house
from ..flat import ManualClock, until
from ..test_web import check, schema_of
from .conftest import DrillHouse

DOCUMENT = b'{"passed": true}'


@on_both_databases
async def test_flats_are_called_one_after_the_other_and_their_reports_are_kept(drilling: DrillHouse) -> None:
    for name in ("101", "102", "103"):
        await drilling.enter(name)
    drill = await drilling.begin()
    first, word = await drilling.called()
    assert (word.drill, word.level, word.length_s) == (drill, "l2", 300)
    assert 0 < word.until_ms - word.from_ms <= 120_000
    await first.say(DrillAnswer(word.call, True, (), None))
    await drilling.stands(first.flat.name, accepted=True)
    await drilling.second(60)
    out = [flat.flat for flat in drilling.drills.flats.values() if flat.is_out]
    assert out == [first.flat.name], "one flat of three is in transition"
    assert drilling.drills.state.against == "full"

    digest = sha256(DOCUMENT).digest()
    await first.say(DrillNews(word.call, "connected", True, True, None, "≤ 2.0 s", digest))
    await first.say(DrillDocument(word.call, b"another"))
    await first.say(DrillDocument(word.call, DOCUMENT))
    assert (await first.client.next(DrillKept)).call == word.call
    second, after = await drilling.called()
    await drilling.home(second, after)
    third, last = await drilling.called()
    await drilling.home(third, last, passed=False, aborted="battery")
    await drilling.second(61)
    assert drilling.drills.drill.ended == "done"

    async with drilling.house.coordinator.engine.connect() as connection:
        flats = {flat.flat: flat for flat in await store.flats_of(connection, drill)}
        kept = await store.one(connection, drill)
    assert kept == drilling.drills.drill
    assert flats == drilling.drills.flats
    assert flats[first.flat.name].document == DOCUMENT
    assert (flats[third.flat.name].passed, flats[third.flat.name].aborted) == (False, "battery")
    assert {first.flat.name, second.flat.name, third.flat.name} == {"101", "102", "103"}


@on_both_databases
async def test_the_report_is_logged_when_every_flat_is_home_and_changes_no_more(drilling: DrillHouse) -> None:
    for name in ("101", "102"):
        await drilling.enter(name)
    drill = await drilling.begin()
    first, word = await drilling.called()
    await first.say(DrillAnswer(word.call, True, (), None))
    await drilling.stands(first.flat.name, accepted=True)
    await drilling.drills.stop(drill)
    await drilling.second(3)
    path = f"/api/v1/drills/{drill.hex()}"
    _, early = await drilling.get(f"{path}/report")
    outcomes = {flat["flat"]: flat["outcome"] for flat in early["flats"]}
    assert outcomes.pop(first.flat.name) == "unreported"
    assert set(outcomes.values()) == {"not_called"}
    assert drilling.drills.drill.record is None, "a report of it is awaited"
    digest = sha256(DOCUMENT).digest()
    await first.say(DrillNews(word.call, "connected", True, True, None, "≤ 2.0 s", digest))
    await drilling.stands(first.flat.name, phase="connected")
    await drilling.second()
    assert drilling.drills.drill.record is None, "its document is awaited"
    await first.say(DrillDocument(word.call, DOCUMENT))
    await first.client.next(DrillKept)
    await drilling.second()
    response = await drilling.house.get(f"{path}/report")
    data = await response.read()
    building = decode_building(data)
    assert building.drill == drill
    assert building.device == drilling.house.key.device_id
    assert next(flat.report for flat in building.flats if flat.flat == first.flat.name) == digest
    async with drilling.house.coordinator.engine.connect() as connection:
        entry = next(
            each
            for each in await entry_store.span(connection, 0, drilling.house.coordinator.ledger.size)
            if each.kind is Kind.DRILL
        )
        assert await store.one(connection, drill) == drilling.drills.drill
    body = entry.opened()
    assert body is not None
    assert (entry.hash, body.evidence, body.reason) == (drilling.drills.drill.record, (sha256(data).digest(),), "lb")
    size = drilling.house.coordinator.ledger.size
    await drilling.post(f"{path}/flats/103/acknowledge", {})
    await drilling.second(5)
    assert await (await drilling.house.get(f"{path}/report")).read() == data
    assert drilling.house.coordinator.ledger.size == size, "it is logged once"
    for language in ("ja", "en"):
        sheet = await drilling.house.get(f"{path}/report.pdf?language={language}")
        assert (sheet.status, sheet.content_type) == (200, "application/pdf")
        assert (await sheet.read()).startswith(b"%PDF-")
    assert (await drilling.get(f"{path}/report.pdf?language=fr"))[1]["error"]["field"] == "language"


async def test_a_flat_that_never_comes_home_is_awaited_no_longer_than_any_flat_may_take(drilling: DrillHouse) -> None:
    await drilling.enter("101")
    drill = await drilling.begin()
    first, word = await drilling.called()
    await first.say(DrillAnswer(word.call, True, (), None))
    await drilling.stands("101", accepted=True)
    await drilling.drills.stop(drill)
    drilling.house.clock.pass_ms(round(bound_s(drilling.drills.drill) * 1000) - 5_000)
    await drilling.drills.second()
    assert drilling.drills.drill.record is None
    drilling.house.clock.pass_ms(6_000)
    await drilling.drills.second()
    assert drilling.drills.drill.record is not None
    document = decode_building(drilling.drills.drill.document)
    assert (document.passed, document.flats[0].outcome) == (False, "unreported")


async def test_the_report_of_a_drill_is_logged_also_when_the_next_one_is_planned_already(drilling: DrillHouse) -> None:
    await drilling.enter("101")
    drill = await drilling.begin()
    first, word = await drilling.called()
    await first.say(DrillAnswer(word.call, True, (), None))
    await drilling.stands("101", accepted=True)
    await drilling.drills.stop(drill)
    await drilling.second()
    await drilling.drills.plan(read_plan({"level": "l1"}))
    await first.say(DrillNews(word.call, "connected", True, True, None, None, None))
    await first.client.next(DrillKept)
    await drilling.second(62)
    async with drilling.house.coordinator.engine.connect() as connection:
        earlier = await store.one(connection, drill)
    assert earlier is not None
    assert earlier.record is not None
    assert drilling.drills.drill.record is None


async def test_flats_that_are_not_enrolled_have_no_turn_and_hold_nobody_up(drilling: DrillHouse) -> None:
    await drilling.enter("101")
    await drilling.begin()
    only, word = await drilling.called()
    await drilling.home(only, word)
    await drilling.second(60)
    assert drilling.drills.drill.ended == "done"
    assert {flat.flat for flat in drilling.drills.flats.values() if flat.call is None} == {"102", "103"}


async def test_a_refusal_is_shown_with_its_reasons_and_words_and_frees_the_place(drilling: DrillHouse) -> None:
    for name in ("101", "102"):
        await drilling.enter(name)
    drill = await drilling.begin()
    first, word = await drilling.called()
    await first.say(DrillAnswer(word.call, False, ("battery_low", "declined"), "来客中"))
    await first.client.next(DrillKept)
    # Said again, with another sense: the first answer holds.
    await first.say(DrillAnswer(word.call, True, (), None))
    await drilling.called()
    status, told = await drilling.get(f"/api/v1/drills/{drill.hex()}")
    assert status == 200
    (shown,) = [flat for flat in told["flats"] if flat["flat"] == first.flat.name]
    assert (shown["stage"], shown["reasons"], shown["words"]) == ("refused", ["battery_low", "declined"], "来客中")
    check(told, schema_of("Drill"))


async def test_nobody_speaks_for_another_flat(drilling: DrillHouse) -> None:
    for name in ("101", "102"):
        await drilling.enter(name)
    await drilling.begin()
    first, word = await drilling.called()
    other = next(tenant for tenant in drilling.tenants.values() if tenant is not first)
    await other.say(DrillAnswer(word.call, False, ("battery_low",), None))
    await other.say(RollCall(word.drill, "somebody"))
    await drilling.stands(other.flat.name, acknowledged_by="somebody")
    assert drilling.drills.flats[first.flat.name].accepted is None
    assert drilling.drills.flats[first.flat.name].acknowledged_by is None


async def test_the_roll_call_counts_who_has_seen_it_and_the_manager_ticks_others_off(drilling: DrillHouse) -> None:
    for name in ("101", "102"):
        await drilling.enter(name)
    drill = await drilling.begin(level="l1", notice_s=600)
    assert (await drilling.get(f"/api/v1/drills/{drill.hex()}/report"))[1]["error"]["code"] == "not_over"
    await drilling.second()
    word = await drilling.tenants["101"].word(Says.ANNOUNCED)
    assert word.until_ms - word.from_ms == 4 * 3600 * 1000
    await drilling.roll(drill, "101", "102")
    await drilling.stands("102", notified_ms=drilling.house.clock.wall_ms())
    await drilling.second(300)
    await drilling.roll(drill, "101", who="Hanako")
    await drilling.stands("101", acknowledged_by="Hanako")
    await drilling.roll(drill, "101", who="Taro")
    path = f"/api/v1/drills/{drill.hex()}"
    status, flat = await drilling.post(f"{path}/flats/103/acknowledge", {"who": "管理人"})
    assert (status, flat["acknowledged_by"], flat["notified_ms"]) == (200, "管理人", None)
    await drilling.second(301)
    assert drilling.drills.drill.ended == "done"
    status, late = await drilling.post(f"{path}/flats/102/acknowledge", {})
    assert (status, late["acknowledged_after_s"], late["acknowledged_by"]) == (200, 602, "manager")
    status, report = await drilling.get(f"{path}/report")
    assert (status, report["level"], report["flats_level"], report["ended"]) == (200, "lb", "l1", "done")
    assert [flat["told"] for flat in report["flats"]] == [True, True, False]
    people = next(row for row in report["criteria"] if row["name"] == "people")
    assert (people["wanted"], people["measured"], people["passed"]) == ("≥ 80% within 600 s", "2 of 3", False)
    assert report["passed"] is False
    check(report, schema_of("DrillReport"))
    assert {flat["outcome"] for flat in report["flats"]} == {"not_called"}, "a roll-call separates nobody"


async def test_the_announcement_is_said_again_until_the_flat_shows_it(drilling: DrillHouse) -> None:
    await drilling.enter("101")
    drill = await drilling.begin(level="l1", notice_s=600)
    await drilling.second()
    await drilling.tenants["101"].word(Says.ANNOUNCED)
    await drilling.second(61)
    await drilling.tenants["101"].word(Says.ANNOUNCED)
    await drilling.roll(drill, "101")
    await until(lambda: drilling.drills.flats["101"].notified_ms is not None)
    late = await drilling.enter("102")
    await drilling.second()
    await late.word(Says.ANNOUNCED)


async def test_whoever_is_out_is_told_to_return_when_the_manager_stops_it(drilling: DrillHouse) -> None:
    for name in ("101", "102"):
        await drilling.enter(name)
    drill = await drilling.begin()
    first, word = await drilling.called()
    await first.say(DrillAnswer(word.call, True, (), None))
    await drilling.stands(first.flat.name, accepted=True)
    status, told = await drilling.post(f"/api/v1/drills/{drill.hex()}/stop")
    assert (status, told["stage"], told["ended"]) == (200, "ended", "stopped")
    back = await first.word(Says.RETURN)
    assert back.call == word.call
    # What it tells of it afterwards is kept all the same.
    await first.say(DrillNews(word.call, "connected", True, False, "person", None, None))
    await first.client.next(DrillKept)
    status, told = await drilling.get(f"/api/v1/drills/{drill.hex()}")
    assert [flat["stage"] for flat in told["flats"] if flat["flat"] == first.flat.name] == ["home"]


@pytest.mark.parametrize("why", ["warning", "outage"])
async def test_a_warning_at_two_flats_and_an_outage_at_one_end_the_drill(drilling: DrillHouse, why: str) -> None:
    for name in ("101", "102", "103"):
        await drilling.enter(name)
    await drilling.begin()
    first, word = await drilling.called()
    if why == "outage":
        await first.say(DrillAnswer(word.call, True, (), None))
        await first.say(DrillNews(word.call, "islanded", False, None, OUTAGE, None, None))
        await drilling.stands(first.flat.name, aborted=OUTAGE)
    else:
        await first.say(DrillAnswer(word.call, False, ("warning",), None))
        await drilling.stands(first.flat.name, accepted=False)
        second, after = await drilling.called()
        await second.say(DrillAnswer(after.call, False, ("warning",), None))
        await drilling.stands(second.flat.name, accepted=False)
    await drilling.second()
    assert drilling.drills.drill.ended == why
    assert drilling.drills.state is None


async def test_nobody_is_called_while_the_bulk_meter_is_silent_or_shows_too_much(drilling: DrillHouse) -> None:
    await drilling.enter("101")
    drilling.meter.power_w = None
    await drilling.begin()
    await drilling.second(15)
    assert drilling.drills.state.against == "demand_unknown"
    drilling.meter.power_w = 17_500
    await drilling.second(15)
    assert drilling.drills.state.against == "contract"
    drilling.meter.power_w = 15_000
    await drilling.called()
    assert drilling.drills.drill.demand_seen_w == 17_500


async def test_a_coordinator_that_stops_in_the_middle_ends_the_drill_and_says_so(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    async with open_house(config, clock) as house:
        before = DrillHouse(house)
        async with before.stack:
            tenant = await before.enter("101")
            drill = await before.begin()
            _, word = await before.called()
            await tenant.say(DrillAnswer(word.call, True, (), None))
            await before.stands("101", accepted=True)
            flat = tenant.flat
    clock.pass_ms(60_000)
    async with open_house(config, clock) as house:
        after = DrillHouse(house)
        async with after.stack:
            await check_ended(house, drill)
            # Nothing of it goes on; the flat is still out, and holds its place in the next drill.
            tenant, other = await after.enter("101", flat), await after.enter("102")
            following = await after.begin()
            await after.second(30)
            assert after.drills.state.against == "full"
            assert after.drills.flats["102"].call is None
            # It was told of while nobody listened, and tells it again.
            await tenant.say(DrillAnswer(word.call, True, (), None))
            await tenant.say(DrillNews(word.call, "connected", True, True, None, None, None))
            assert (await tenant.client.next(DrillKept)).call == word.call
            called, go = await after.called()
            assert (called, go.drill) == (other, following)
            async with house.coordinator.engine.connect() as connection:
                earlier = {each.flat: each for each in await store.flats_of(connection, drill)}
            assert (earlier["101"].passed, earlier["101"].phase) == (True, "connected")


@pytest.mark.parametrize("late", ["home", "refused", "outage"])
@on_both_databases
async def test_what_a_flat_tells_late_of_an_older_call_frees_no_place_and_ends_nothing(
    drilling: DrillHouse, late: str
) -> None:
    tenant, waiting = await drilling.enter("101"), await drilling.house.invited("102")
    older = await drilling.begin()
    _, before = await drilling.called()
    if late != "refused":
        await tenant.say(DrillAnswer(before.call, True, (), None))
        await drilling.stands("101", accepted=True)
    await drilling.drills.stop(older)
    drilling.house.clock.pass_ms(LATELY_MS + 60_000)  # It is not taken to be out any more, and is called again.
    await drilling.begin()
    _, word = await drilling.called()
    assert word.call != before.call
    match late:
        case "home":
            await tenant.say(DrillNews(before.call, "connected", True, True, None, None, None))
        case "refused":
            await tenant.say(DrillAnswer(before.call, False, ("declined",), None))
        case _:
            await tenant.say(DrillNews(before.call, "islanded", False, None, OUTAGE, None, None))
    if late != "outage":
        assert (await tenant.client.next(DrillKept)).call == before.call, "it is kept all the same"
    await tenant.say(DrillAnswer(word.call, True, (), None))
    await drilling.stands("101", accepted=True, call=word.call)
    other = await drilling.enter("102", waiting)
    await drilling.second(60)
    assert drilling.drills.state.against == "full", "the flat is out, by the call that it follows"
    assert drilling.drills.flats["102"].call is None
    await tenant.say(DrillNews(word.call, "connected", True, True, None, None, None))
    await drilling.stands("101", phase="connected")
    assert (await drilling.called())[0] is other


async def check_ended(house: House, drill: bytes) -> None:
    response = await house.get(f"/api/v1/drills/{drill.hex()}")
    told = await response.json()
    assert (told["stage"], told["ended"]) == ("ended", "restarted")


async def test_one_drill_at_a_time_and_only_what_can_be_bounded(drilling: DrillHouse) -> None:
    status, told = await drilling.post("/api/v1/drills", {"level": "l2", "seed": "spring"})
    assert (status, told["stage"], sorted(told["order"])) == (201, "planned", ["101", "102", "103"])
    check(told, schema_of("PlannedDrill"))
    path = f"/api/v1/drills/{told['drill']}"
    assert (await drilling.get(f"{path}/report"))[0] == 404
    assert (await drilling.post(f"{path}/flats/101/acknowledge", {}))[1]["error"]["code"] == "not_begun"
    drilling.house.clock.pass_ms(1)  # The newer of two plans is the one of later.
    status, again = await drilling.post("/api/v1/drills", {"level": "l2", "seed": "spring"})
    assert again["order"] == told["order"]
    assert (await drilling.post(f"{path}/start"))[1]["error"]["code"] == "not_found"
    path = f"/api/v1/drills/{again['drill']}"
    assert (await drilling.post(f"{path}/start"))[1]["stage"] == "announced"
    assert (await drilling.post(f"{path}/start"))[1]["error"]["code"] == "busy"
    assert (await drilling.post("/api/v1/drills", {"level": "l1"}))[1]["error"]["code"] == "busy"
    assert (await drilling.post(f"{path}/flats/999/acknowledge", {}))[1]["error"]["code"] == "unknown_flat"
    assert (await drilling.post(f"{path}/stop"))[1]["ended"] == "stopped"
    assert (await drilling.post(f"{path}/stop"))[0] == 200
    assert (await drilling.post(f"{path}/start"))[1]["error"]["code"] == "ended"
    status, listed = await drilling.get("/api/v1/drills?limit=1")
    assert [each["drill"] for each in listed] == [again["drill"]]
    check(listed, {"type": "array", "items": schema_of("Drill")})
    status, refused = await drilling.get("/api/v1/drills/nonsense")
    assert (status, refused["error"]["field"]) == (404, "drill")
    response = await drilling.house.get("/api/v1/drills", token=False)
    assert response.status == 401


async def test_a_plan_for_more_than_a_tenth_of_the_flats_is_refused_and_changes_nothing(drilling: DrillHouse) -> None:
    status, told = await drilling.post("/api/v1/drills", {"level": "l2", "most": 2})
    assert (status, told["error"]["field"]) == (400, "most")
    assert told["error"]["message"] == "most: 2: in this building write 1 at most"
    assert drilling.drills.drill is None
    status, told = await drilling.post("/api/v1/drills", {"level": "l2", "most": 1})
    assert (status, told["most"]) == (201, 1)


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        ({}, "level: required key not provided|level"),
        ({"level": "lb"}, "level: 'lb': write one of l1, l2, l3, l4"),
        ({"level": "l2", "length_s": 59}, "length_s: 59: write a whole number of seconds from 60 to 3600"),
        ({"level": "l2", "length_s": True}, "length_s: True"),
        ({"level": "l2", "most": 0}, "most: 0: write a whole number of flats from 1"),
        ({"level": "l2", "seed": ""}, "seed"),
        ({"level": "l2", "colour": "red"}, "colour: extra keys not allowed|colour"),
        ([], "the request|expected a dictionary"),
    ],
    ids=str,
)
def test_a_plan_that_cannot_be_is_refused_with_field_and_remedy(request_: object, named: str) -> None:
    with pytest.raises(DrillRefusedError, match=named) as refused:
        read_plan(request_)
    assert refused.value.status == 400


async def test_without_a_contract_demand_nobody_is_separated_and_a_roll_call_is_held(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    async with open_house(replace(config, drills=DrillLimits()), clock) as house:
        drills = house.coordinator.drills
        with pytest.raises(DrillRefusedError, match=r"drills\.contract_kw is not set in building\.yaml"):
            await drills.plan(read_plan({"level": "l2"}))
        drill = await drills.plan(read_plan({"level": "l1", "notice_s": 60}))
        await drills.start(drill.drill)
        clock.pass_ms(61_000)
        await drills.second()
        assert drills.drill is not None
        assert drills.drill.ended == "done"
