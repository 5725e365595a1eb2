"""The building's plan of a day, out of what it has settled; and how far the day was from it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from commands import planmaking
from commands.main import main
from coordinator.config import BuildingConfig, load
from coordinator.members import Action
from coordinator.store.tables import shares, slots
from localvpp.plan import Day, Deal, Field, from_csv, from_json, read_plan, zone_named
from localvpp.settlement import Share, SlotPrices

from .conftest import FILE, House, open_house
from .flat import ManualClock

SLOT_S = 1800
DAY = Day.of(date(2026, 11, 24), zone_named("Asia/Tokyo"), SLOT_S)
PRICES = SlotPrices(2200, 3150, 850)
DAYS = 20
CODES = "information=0110&sender=1234A&recipient=30001&group=L1234"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock((DAY.begin - DAYS * 86_400) * 1000)


@pytest.fixture
async def lived(tmp_path: Path, clock: ManualClock, socket_enabled: None) -> AsyncIterator[House]:
    """A building of two flats of which three weeks are settled: 101 takes, 102 gives at noon."""
    file = tmp_path / "building.yaml"
    file.write_text(FILE.replace("slot_minutes: 1", f"slot_minutes: {SLOT_S // 60}"))
    async with lived_in(load(file), clock, ("101", "102")) as house:
        yield house


@asynccontextmanager
async def lived_in(config: BuildingConfig, clock: ManualClock, names: tuple[str, str]) -> AsyncIterator[House]:
    """Have one of two meters take, and the other one give at noon."""
    assert config.slot_seconds == SLOT_S
    async with open_house(config, clock) as house:
        for name in names:
            if name != "roof":
                await house.invited(name)
        named = {member.name: member.device for member in house.coordinator.ledger.directory.by_device.values()}
        devices = [named[name] for name in names]
        clock.pass_until((DAY.begin + 9 * 3600 + 60) * 1000)
        settled, shared = [], []
        for begin in range(DAY.begin - DAYS * 86_400, DAY.begin + 8 * 3600, SLOT_S):
            hour = (begin - DAY.begin) % 86_400 // 3600
            today = begin >= DAY.begin
            uses = [(250 + today * 30, 0), (0, 400) if 10 <= hour < 14 else (100, 0)]
            net = sum(taken - given for taken, given in uses)
            settled.append(
                {
                    "slot": begin,
                    "seconds": SLOT_S,
                    "settled_ms": begin * 1000,
                    "inside_price": PRICES.inside,
                    "grid_price": PRICES.grid,
                    "feed_in_price": PRICES.feed_in,
                    "bulk_import_wh": max(net, 0),
                    "bulk_export_wh": max(-net, 0),
                    "common_wh": None,
                    "loss_wh": None,
                    "building_money": 0,
                    "missing": [],
                }
            )
            for device, (taken, given) in zip(devices, uses, strict=True):
                share = Share(taken, given, 0, 0, 0, 0)
                shared.append(
                    {"slot": begin, "device": device} | {name: getattr(share, name) for name in share.__slots__}
                )
        async with house.coordinator.engine.begin() as connection:
            await connection.execute(insert(slots), settled)
            await connection.execute(insert(shares), shared)
        yield house


async def test_a_plan_is_made_of_what_is_settled_and_may_go_out(lived: House) -> None:
    told = await (await lived.get(f"/api/v1/market/plan?day={DAY.date}&flats=yes")).json()
    assert told["findings"] == []
    plan = read_plan(told["plan"])
    assert (plan.number, plan.made_at, [part.name for part in plan.parts]) == (1, DAY.begin - 3600, ["101", "102"])
    first, second = (part.sheet for part in plan.parts)
    assert set(first.column(Field.DEMAND).tolist()) == {250}
    assert max(second.column(Field.GENERATION).tolist()) == pytest.approx(400, abs=20)


async def test_outsiders_get_no_flats_and_each_form_is_whole(lived: House) -> None:
    plain = await (await lived.get(f"/api/v1/market/plan?day={DAY.date}")).json()
    assert "parts" not in plain["plan"]
    table = await lived.get(f"/api/v1/market/plan?day={DAY.date}&format=csv")
    assert from_csv(await table.read()) == read_plan(plain["plan"])
    refused = await lived.get(f"/api/v1/market/plan?day={DAY.date}&format=xml")
    assert refused.status == 409, "it wants its codes"
    page = await lived.get(f"/api/v1/market/plan?day={DAY.date}&format=xml&{CODES}")
    assert page.status == 200
    assert "UNVERIFIED" in (await page.text()).upper()


async def test_what_a_day_was_from_its_plan_is_measured_and_priced(lived: House) -> None:
    told = await (await lived.get(f"/api/v1/market/imbalance?day={DAY.date}")).json()
    flat = told["parts"]["101"]
    assert (flat["short_wh"], flat["long_wh"], flat["unmetered_slots"]) == (16 * 30, 0, 32)
    first = flat["slots"][0]
    assert (first["planned_wh"], first["metered_wh"], first["wh"]) == (250, 280, -30)
    building = told["building"]
    assert building["short_wh"] == 16 * 30, "what one flat misses the building's meter shows"


async def test_the_same_records_give_the_same_plan_whenever_it_is_made(lived: House, clock: ManualClock) -> None:
    path = f"/api/v1/market/plan?day={DAY.date}&flats=yes"
    before = await (await lived.get(path)).read()
    clock.pass_ms(3 * 3600 * 1000)
    assert await (await lived.get(path)).read() == before


async def test_a_day_that_is_past_is_as_it_was_whoever_lives_there_now(lived: House, clock: ManualClock) -> None:
    plan, imbalance = f"/api/v1/market/plan?day={DAY.date}&flats=yes", f"/api/v1/market/imbalance?day={DAY.date}"
    before = [await (await lived.get(path)).read() for path in (plan, imbalance)]
    clock.pass_ms(86_400_000)
    # 101 gets another box, 102 moves out, and 103 is new.
    for name in ("101", "102"):
        await lived.coordinator.members.say(name, Action.REVOKE, {})
    for name in ("101", "103"):
        await lived.invited(name)
    assert [await (await lived.get(path)).read() for path in (plan, imbalance)] == before


async def test_a_flat_is_foretold_by_what_all_its_boxes_have_counted(lived: House, clock: ManualClock) -> None:
    clock.pass_ms(86_400_000)
    day = DAY.date + timedelta(days=1)
    path = f"/api/v1/market/plan?day={day}&flats=yes"
    before = (await (await lived.get(path)).json())["plan"]["parts"]
    await lived.coordinator.members.say("101", Action.REVOKE, {})
    await lived.invited("101")
    assert (await (await lived.get(path)).json())["plan"]["parts"] == before
    # Who has moved out before the plan was made is none of it.
    await lived.coordinator.members.say("102", Action.REVOKE, {})
    clock.pass_ms(SLOT_S * 1000)
    later = DAY.date + timedelta(days=2)
    told = await (await lived.get(f"/api/v1/market/plan?day={later}&flats=yes")).json()
    assert [part["name"] for part in told["plan"]["parts"]] == ["101"]


TENANCIES = """
issuer: {{name: 管理組合}}
meters: {{}}
tenancies: {{"102": [{}]}}
"""


async def test_who_lives_in_a_flat_on_a_day_is_in_its_plan_whatever_became_of_the_box(
    lived: House, clock: ManualClock
) -> None:
    await lived.coordinator.members.say("102", Action.REVOKE, {})
    clock.pass_ms(86_400_000)
    day = DAY.date + timedelta(days=2)

    async def parts(tenancy: str | None) -> list[str]:
        accounts = lived.coordinator.config.accounts
        accounts.unlink(missing_ok=True)
        if tenancy is not None:
            accounts.write_text(TENANCIES.format(tenancy), encoding="utf-8")
        told = await (await lived.get(f"/api/v1/market/plan?day={day}&flats=yes")).json()
        return [part["name"] for part in told["plan"]["parts"]]

    assert await parts(None) == ["101"], "without a word of it who has no box has gone"
    assert await parts("{}") == ["101", "102"], "the household has stayed"
    assert await parts(f'{{until: "{day}"}}') == ["101", "102"], "it lives there to the end of that day"
    assert await parts(f'{{until: "{day - timedelta(days=1)}"}}') == ["101"], "the flat is empty then"
    assert await parts(f'{{since: "{day}"}}') == ["101", "102"], "the next one moves in"
    assert await parts(f'{{since: "{day + timedelta(days=1)}"}}') == ["101"]


async def test_accounts_that_cannot_be_read_leave_no_plan_and_say_why(lived: House) -> None:
    path = f"/api/v1/market/plan?day={DAY.date}"
    lived.coordinator.config.accounts.write_text(TENANCIES.format("{until: 5}"), encoding="utf-8")
    refused = await lived.get(path)
    assert refused.status == 409
    assert "who lives where is not known" in (await refused.json())["error"]["message"]
    lived.coordinator.config.accounts.unlink()
    assert (await lived.get(path)).status == 200


async def test_a_flat_that_comes_in_the_middle_of_a_day_and_trades_leaves_nobody_without_a_plan(
    lived: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lived.invited("103")
    deal = Deal(DAY.begin + 20 * SLOT_S, "102", "103", 60)

    async def deals(*_: object) -> tuple[Deal, ...]:
        return (deal,)

    monkeypatch.setattr("coordinator.planning.day.deals_between", deals)
    told = await (await lived.get(f"/api/v1/market/plan?day={DAY.date}&flats=yes")).json()
    plan = read_plan(told["plan"])
    assert (plan.number, [part.name for part in plan.parts], told["findings"]) == (2, ["101", "102", "103"], [])
    assert plan.alone("103").column(Field.BOUGHT)[20] == 60
    assert (await lived.get(f"/api/v1/market/imbalance?day={DAY.date}")).status == 200


async def test_the_roof_is_in_the_buildings_plan(tmp_path: Path, clock: ManualClock, socket_enabled: None) -> None:
    file = tmp_path / "building.yaml"
    meters = 'meters: {roof: "tcp://127.0.0.1:9?unit=3"}\n'
    file.write_text(FILE.replace("slot_minutes: 1", f"slot_minutes: {SLOT_S // 60}") + meters)
    async with lived_in(load(file), clock, ("101", "roof")) as house:
        told = await (await house.get(f"/api/v1/market/plan?day={DAY.date}&flats=yes")).json()
        plan = read_plan(told["plan"])
        assert [part.name for part in plan.parts] == ["101", "roof"]
        assert max(plan.column(Field.GENERATION).tolist()) == pytest.approx(400, abs=20)


async def test_a_command_beside_the_coordinator_makes_the_same_plan(
    lived: House, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await (await lived.get(f"/api/v1/market/plan?day={DAY.date}&flats=yes")).json()
    monkeypatch.setattr(planmaking, "SystemClock", lambda: clock)
    file, out = lived.coordinator.config.file, tmp_path / "plan.json"
    assert await asyncio.to_thread(main, ["plan", "make", str(file), "--day", str(DAY.date), "--out", str(out)]) == 0
    assert from_json(out.read_bytes()) == read_plan(told["plan"])
