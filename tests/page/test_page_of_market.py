"""The market on the page: a real coordinator, whole flats that trade, and a building that bends what came of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from copy import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from aiohttp import web
from playwright.async_api import Request, expect
import pytest
import pytest_asyncio

from commands.heldport import held_port
from coordinator.config import load
from coordinator.market.view import Names, Plain, Told, round_plain, slot_plain
from coordinator.store import market as market_store
from coordinator.web import market as market_web, resident_token
from localvpp.market.rounds import OpenedBook, Outcome
from tests.coordinator.agent import Agent, AgentClock
from tests.coordinator.conftest import FILE, SLOT, open_house
from tests.coordinator.flat import until
from tests.coordinator.market.conftest import FLATS, RULES, TRADED, WANTED, Trade, ask, bid
from tests.coordinator.market.settling import lived, settled, sunny, traded
from tests.coordinator.market.test_leaving import second_proposed, to_words, with_a_flat_that_dies
from tests.coordinator.market.test_lying_coordinator import Result as Bend, lie

from .conftest import Open, Opened

# One loop for all tests, as they share the browser that lives in it.
pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def rules(request: pytest.FixtureRequest) -> str:
    """What `building.yaml` says of the market, and of lines."""
    return str(getattr(request, "param", RULES))


@pytest_asyncio.fixture(loop_scope="session")
async def trade(tmp_path: Path, rules: str, socket_enabled: None) -> AsyncIterator[Trade]:
    file = tmp_path / "building.yaml"
    text = FILE.replace('["101", "102", "103"]', str(list(FLATS)).replace("'", '"'))
    stack = AsyncExitStack()
    port = stack.enter_context(held_port())
    file.write_text(text.replace("port: 0", f"port: {port}") + rules)
    config, clock = load(file), AgentClock(SLOT * 1000)
    house = await stack.enter_async_context(open_house(config, clock))
    async with aiohttp.ClientSession() as session:
        opened = Trade(config, clock, tmp_path, house, session, stack=stack)
        yield opened
        for agent in opened.running():
            await agent.stop()
        await opened.stack.aclose()


async def opened(trade: Trade, open_page: Open, flat: str | None = None, **how: object) -> Opened:
    """Open the page as the manager, or as a flat's resident, and wait for the market."""
    coordinator = trade.house.coordinator
    token = coordinator.web_token
    if flat is not None:
        token = resident_token(token, trade.flats[flat].membership.device)
    page = await open_page(f"{coordinator.url}/?token={token}", **how)
    await expect(page["market-panel section"]).to_be_visible()
    return page


async def disputed(trade: Trade) -> None:
    """Have five flats find what is wrong, and the slot begin without their agreement."""
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    await trade.begin()


def bent(change: dict[str, int]) -> Bend:
    """A coordinator that changes the first trade of what it has worked out."""

    def changed(_opened: OpenedBook, outcome: Outcome, _trade: Trade) -> Outcome:
        first, *others = outcome.result.trades
        first = replace(first, **{name: getattr(first, name) + by for name, by in change.items()})
        return replace(outcome, result=replace(outcome.result, trades=(first, *others)))

    return changed


async def test_the_manager_sees_curves_orders_trades_and_the_check_of_his_own_browser(
    trade: Trade, open_page: Open
) -> None:
    await traded(trade)
    page = await opened(trade, open_page)
    entry = page[f'market-panel [data-slot="{TRADED}"]']
    await expect(entry).to_have_attribute("aria-current", "true")
    await expect(entry.locator(".outcome")).to_have_text("約定")
    await expect(page["market-round .state"]).to_have_text("約定量 1,200 Wh、約定価格 17.50 円/kWh")
    for curve, steps in {"asks": "1000:500 1200:900 1500:1200", "bids": "2500:700 2000:1300 1100:1400"}.items():
        await expect(page[f"order-chart path.{curve}[data-steps]"]).to_have_attribute("data-steps", steps)
    await expect(page["order-chart .price[data-price]"]).to_have_attribute("data-price", "1750")
    await expect(page["order-chart rect.traded[data-wh]"]).to_have_attribute("data-wh", "1200")
    picture = page.page.get_by_role("img", name="需要曲線と供給曲線。約定価格 17.50 円/kWh、約定量 1,200 Wh")
    await expect(picture).to_be_visible()
    table = page.page.get_by_role("table", name="需要曲線と供給曲線の値")
    await expect(table.get_by_role("row")).to_have_text(
        [
            "売買 限度単価 その単価までの累計",
            "供給(売り注文) 10.00 円/kWh 500 Wh",
            "供給(売り注文) 12.00 円/kWh 900 Wh",
            "供給(売り注文) 15.00 円/kWh 1,200 Wh",
            "需要(買い注文) 25.00 円/kWh 700 Wh",
            "需要(買い注文) 20.00 円/kWh 1,300 Wh",
            "需要(買い注文) 11.00 円/kWh 1,400 Wh",
        ],
        use_inner_text=True,
    )
    orders = page["market-round tr[data-order]"]
    await expect(orders).to_have_count(7)
    await expect(orders.first.locator("td")).to_have_text(["売り", "101 号室", "10.00", "500", "500"])
    verdict = page["market-check .verdict"]
    await expect(verdict).to_have_attribute("data-right", "true")
    await expect(verdict).to_have_attribute("data-by", "browser")
    steps = page["market-check .steps > li"]
    await expect(steps).to_have_count(7)
    for step in await steps.all():
        await expect(step).to_have_attribute("data-outcome", "passed")
    await expect(page["market-round .quorum p"]).to_have_text("5 戸中 5 戸が結果を正しいと認めました(必要数 4 戸)。")
    await page["market-round button.record"].first.click()
    await expect(page["proof-check .verdict"]).to_have_class("verdict proven")
    await expect(page['proof-check [data-value="document"]']).to_be_visible()
    await page.assert_clean()


async def test_what_was_delivered_is_told_apart_from_what_was_traded(trade: Trade, open_page: Open) -> None:
    await traded(trade)
    page = await opened(trade, open_page, locale="en-GB")
    await expect(page["market-round"]).to_contain_text("This slot is not settled yet")
    # 102 gives nothing of what it has sold.
    await lived(trade, {"102": (0, 0)})
    await settled(trade)
    await page.page.reload()
    row = page["market-round tr[data-index]"]
    await expect(row.filter(has_text="not delivered").first).to_contain_text("Flat 102")
    await expect(page["market-round .by"].first).to_have_text("by its trades")
    await expect(page["slot-chart .settled-by"]).to_have_text("by its trades")
    transfers = page["record-table tr"].filter(has_text="102").filter(has_text="not delivered")
    await expect(transfers.first).to_be_visible()
    await transfers.first.locator("button").click()
    await expect(page["proof-check .verdict"]).to_have_class("verdict proven")
    await expect(page['proof-check [data-value="energy"]']).to_have_text("0 Wh")
    await expect(page['proof-check [data-value="traded"]']).to_contain_text("Wh")
    await page['[data-flat="103"]'].click()
    await page.assert_clean()


@pytest.mark.parametrize(
    ("change", "step", "says"),
    [
        ({"wh": 1}, "possible", "1 Wh"),
        ({"wh": -1}, "book", "1 Wh"),
        ({"price": 1}, "prices", "17.51 円/kWh ですが、規則では 17.50 円/kWh"),
        ({"price": -1}, "prices", "17.49 円/kWh ですが、規則では 17.50 円/kWh"),
    ],
)
async def test_a_result_that_was_bent_by_one_is_found_wrong_by_order_and_energy(
    trade: Trade, open_page: Open, monkeypatch: pytest.MonkeyPatch, change: dict[str, int], step: str, says: str
) -> None:
    lie(monkeypatch, trade, result=bent(change))
    await disputed(trade)
    page = await opened(trade, open_page)
    await expect(page["market-check .verdict"]).to_have_attribute("data-right", "false")
    await expect(page["market-check .verdict"]).to_have_attribute("data-by", "browser")
    found = page[f'market-check [data-step="{step}"]']
    await expect(found).to_have_attribute("data-outcome", "failed")
    await expect(found).to_contain_text(says)
    # The flats have found it, too: nothing was traded.
    await expect(page["market-round .state"]).to_have_text("融通: 異議があり、同意が足りませんでした")
    await expect(page["market-round .quorum > p"]).to_have_text("5 戸中 0 戸が結果を正しいと認めました(必要数 4 戸)。")
    await expect(page["market-round .dispute"]).to_have_count(5)
    await expect(page["market-round .dispute"].first).to_contain_text("101 号室の異議:")
    await page.assert_clean()


async def test_what_is_shown_otherwise_than_the_documents_have_it_is_told(
    trade: Trade, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    await traded(trade)

    def prettier(told: Told, names: Names) -> Plain:
        plain = round_plain(told, names)
        plain["orders"][0]["limit"] += 1
        return plain

    monkeypatch.setattr(market_web, "round_plain", prettier)
    page = await opened(trade, open_page, locale="en-GB")
    await expect(page["market-check .verdict"]).to_have_attribute("data-right", "false")
    await expect(page['market-check [data-step="shown"]']).to_contain_text("is shown otherwise than it is")
    await expect(page['market-check [data-step="prices"]']).to_have_attribute("data-outcome", "passed")
    await page.assert_clean()


async def test_a_book_that_was_exchanged_after_it_was_logged_is_not_the_one_that_the_log_names(
    trade: Trade, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    await traded(trade)
    right = market_web._document

    def exchanged(document: bytes | None, what: str) -> web.Response:
        assert document is not None
        return right(document.replace(b'"limit":2000', b'"limit":2001'), what)

    monkeypatch.setattr(market_web, "_document", exchanged)
    page = await opened(trade, open_page, locale="en-GB")
    await expect(page["market-check .verdict"]).to_have_attribute("data-right", "false")
    await expect(page['market-check [data-step="log"]']).to_contain_text("names another book: this one was exchanged")
    await expect(page['market-check [data-step="book"]']).to_contain_text("the result of another book")
    await page.assert_clean()


LINES = RULES + 'drills: {lines: [{name: east, kw: 6, flats: ["103", "104"]}]}\n'
FLOOR = RULES.replace("show_s: 10", "show_s: 10, objective: floor")


@pytest.mark.parametrize("rules", [LINES], indirect=True)
@pytest.mark.parametrize("lies", [False, True])
async def test_the_browser_checks_over_lines_and_with_green_only_orders_too(
    trade: Trade, open_page: Open, monkeypatch: pytest.MonkeyPatch, *, lies: bool
) -> None:
    if lies:
        lie(monkeypatch, trade, result=bent({"price": 1}))
    green = replace(bid(100, 2400), requires=frozenset({"green"}))
    await trade.enter(*FLATS)
    solar = replace(ask(400, 1200), attributes=frozenset({"solar"}))
    await trade.order(WANTED | {"102": (solar,), "105": (*WANTED["105"], green)})
    await trade.close()
    await trade.judged()
    await (trade.begin() if lies else trade.ended())
    async with trade.house.coordinator.engine.connect() as connection:
        (stored,) = await market_store.of_slot(connection, TRADED)
    assert stored.book is not None
    assert len(OpenedBook.decode(stored.book).nodes) == 2, "the whole, and its line"
    page = await opened(trade, open_page, locale="en-GB")
    verdict = page["market-check .verdict"]
    await expect(verdict).to_have_attribute("data-by", "browser")
    await expect(verdict).to_have_attribute("data-right", "false" if lies else "true")
    prices = page['market-check [data-step="prices"]']
    await expect(prices).to_have_attribute("data-outcome", "failed" if lies else "passed")
    await page.assert_clean()


@pytest.mark.parametrize("rules", [FLOOR], indirect=True)
@pytest.mark.parametrize("lies", [False, True])
async def test_where_the_browser_cannot_check_the_servers_check_is_named_as_such(
    trade: Trade, open_page: Open, monkeypatch: pytest.MonkeyPatch, *, lies: bool
) -> None:
    if lies:
        lie(monkeypatch, trade, result=bent({"price": 1}))
    await (disputed(trade) if lies else traded(trade))
    page = await opened(trade, open_page, locale="en-GB")
    verdict = page["market-check .verdict"]
    await expect(verdict).to_have_attribute("data-by", "server")
    await expect(verdict).to_have_attribute("data-right", "false" if lies else "true")
    await expect(page["market-check .by"]).to_contain_text("This browser has not checked it")
    await expect(page["market-check .by"]).to_contain_text("cannot compute the building's objective")
    await expect(page['market-check [data-step="log"]']).to_have_attribute("data-outcome", "passed")
    told = page['market-check [data-step="server"]']
    await expect(told).to_have_attribute("data-outcome", "failed" if lies else "passed")
    if lies:
        await expect(told).to_contain_text("price:")
    await page.assert_clean()


async def test_a_resident_sees_blinds_his_own_trades_and_his_wallet(
    trade: Trade, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Agent, "devices_of", sunny)
    await traded(trade)
    await lived(trade)
    slot = await settled(trade)
    page = await opened(trade, open_page, "103", timezone_id="UTC")
    # The wallet is of the reader's today: of the building's clock, which stands still in these tests.
    await page.page.clock.set_fixed_time(datetime.fromtimestamp(TRADED, UTC))
    await page.page.reload()
    own = page["market-round tr.own"]
    await expect(own.first).to_contain_text("103 号室 (自分)")
    market = await page["market-panel"].inner_text()
    for other in set(FLATS) - {"103"}:
        assert f"{other} 号室" not in market
    await expect(page["flow-picture"]).to_have_count(0)
    await expect(page["market-check .verdict"]).to_have_attribute("data-right", "true")
    share = slot.shares[trade.flats["103"].membership.device]
    row = '[data-row="{}"] .day'
    await expect(page["wallet-view " + row.format("bought")]).to_have_text(f"{share.shared_in_wh / 1000:.3f} kWh")
    await expect(page["wallet-view " + row.format("tradedBought")]).to_have_text("0.350 kWh")
    await expect(page["wallet-view " + row.format("imported")]).to_have_text(f"{share.import_wh / 1000:.3f} kWh")
    await expect(page["wallet-view " + row.format("generated")]).to_have_text("0.000 kWh")
    await expect(page["wallet-view " + row.format("consumed")]).to_have_text(f"{share.import_wh / 1000:.3f} kWh")
    saved = share.shared_in_wh * 3150 + share.inside_money
    await expect(page["wallet-view " + row.format("saved")]).to_have_text(f"+{saved / 100_000:.2f} 円")
    await page["market-round button.record"].first.click()
    await expect(page["proof-check .verdict"]).to_have_class("verdict proven")
    await page.assert_clean(network=False)


@pytest.mark.parametrize("reader", ["103", None])
async def test_a_number_of_the_wallet_leads_to_its_days_slots_and_records_which_are_verified(
    trade: Trade, open_page: Open, monkeypatch: pytest.MonkeyPatch, reader: str | None
) -> None:
    monkeypatch.setattr(Agent, "devices_of", sunny)
    await traded(trade)
    await lived(trade)
    slot = await settled(trade)
    page = await opened(trade, open_page, reader, timezone_id="UTC")
    await page.page.clock.set_fixed_time(datetime.fromtimestamp(TRADED, UTC))
    await page.page.reload()
    if reader is None:  # The manager looks at a flat's, too.
        await page['flow-picture [data-flat="103"]'].click()
    share = slot.shares[trade.flats["103"].membership.device]
    row = 'wallet-view [data-row="{}"] .{}'
    bought = f"{share.shared_in_wh / 1000:.3f} kWh"
    for key, told, kinds in (
        ("bought", bought, ("meter", "transfers", "settled")),
        ("tradedBought", "0.350 kWh", ("orders", "cleared")),
        ("imported", f"{share.import_wh / 1000:.3f} kWh", ("meter",)),
    ):
        await page[f"{row.format(key, 'day')} button"].click()
        one = page[f'wallet-ways [data-slot="{TRADED}"]']
        await expect(one.locator(".value")).to_have_text(told)
        for kind in kinds:
            record = one.locator(f'button.record[data-kind="{kind}"]').first
            index = await record.get_attribute("data-index")
            await record.click()
            await expect(page["proof-check .verdict"]).to_have_class("verdict proven")
            await expect(page["proof-check .files"]).to_contain_text(f"{index}.etp")
    await page[f"{row.format('bought', 'month')} button"].click()
    day = page["wallet-ways .days > li"]
    await expect(day).to_have_count(1)
    await expect(day.locator(".day .value")).to_have_text(bought)
    await day.locator("button.day").click()
    await expect(day.locator(f'[data-slot="{TRADED}"] .value')).to_have_text(bought)
    await page[f"{row.format('bought', 'month')} button"].click()
    await expect(page["wallet-ways"]).to_have_count(0)
    await expect(page[f"{row.format('sold', 'day')} button"]).to_have_count(0), "0 comes from nowhere"
    await page.assert_clean(network=False)


async def test_the_days_of_a_month_are_asked_for_one_after_the_other_and_without_what_was_traded(
    trade: Trade, open_page: Open
) -> None:
    await traded(trade)
    await lived(trade)
    await settled(trade)
    page = await opened(trade, open_page, "103", timezone_id="UTC")
    await page.page.clock.set_fixed_time(datetime.fromtimestamp(TRADED, UTC))
    await page.page.reload()
    month = page['wallet-view [data-row="bought"] .month button']
    await expect(month).to_be_visible()
    asked: list[str] = []
    waiting: set[Request] = set()
    most = 0

    def begun(request: Request) -> None:
        nonlocal most
        if "/wallet?" in request.url:
            asked.append(request.url)
            waiting.add(request)
            most = max(most, len(waiting))

    page.page.on("request", begun)

    def ended(request: Request) -> None:
        waiting.discard(request)

    page.page.on("requestfinished", ended)
    await month.click()
    await expect(page["wallet-ways .days > li"]).to_have_count(1)
    assert len(asked) == datetime.fromtimestamp(TRADED, UTC).day, "none that is still to come"
    assert all(url.endswith("&traded=0") for url in asked)
    assert most == 1
    await page.assert_clean(network=False)


async def test_what_a_number_comes_from_is_read_anew_with_it_and_is_not_loading_where_the_building_is_away(
    trade: Trade, open_page: Open
) -> None:
    await traded(trade)
    page = await opened(trade, open_page, "103", timezone_id="UTC")
    await page.page.clock.install(time=datetime.fromtimestamp(TRADED, UTC))
    await page.page.reload()
    row, way = 'wallet-view [data-row="{}"] .{} button', page[f'wallet-ways [data-slot="{TRADED}"]']
    settlement = way.locator('button.record[data-kind="settled"]')
    await page[row.format("tradedBought", "day")].click()
    await expect(way.locator('button.record[data-kind="cleared"]')).to_have_count(1)
    slots = "**/wallet/slots?*"
    await page.page.route(slots, lambda route: route.abort())
    await page.page.clock.fast_forward(60_000)
    await expect(page["wallet-ways"]).to_contain_text("ウォレットを取得できません")
    await expect(way).to_have_count(1)
    await page.page.unroute(slots)
    await page.page.clock.fast_forward(60_000)
    await expect(page["wallet-ways"]).not_to_contain_text("ウォレットを取得できません")
    await lived(trade)
    await settled(trade)
    await page.page.clock.fast_forward(60_000)
    await page.page.route(slots, lambda route: route.abort())
    await page[row.format("bought", "day")].click()
    await expect(page["wallet-ways"]).to_contain_text("ウォレットを取得できません")
    await expect(page["wallet-ways"]).not_to_contain_text("読み込み")
    await page.page.unroute(slots)
    await page.page.clock.fast_forward(60_000)
    await expect(settlement).to_have_count(1)
    # A jump of the clock may end any request: what the browser says of that is the test's doing.


async def test_what_a_flat_made_and_used_is_told_by_its_records_or_said_to_be_unknown(
    trade: Trade, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Agent, "devices_of", sunny)
    await traded(trade)
    await lived(trade)
    slot = await settled(trade)
    for name, known in (("101", True), ("105", False)):
        page = await opened(trade, open_page, name, timezone_id="UTC")
        await page.page.clock.set_fixed_time(datetime.fromtimestamp(TRADED, UTC))
        await page.page.reload()
        wallet = 'wallet-view [data-row="{}"] .day'
        share = slot.shares[trade.flats[name].membership.device]
        made, used = (f"{part * share.export_wh / 1000:.3f} kWh" for part in (3, 2))
        untold = "–住戸の記録にありません"
        await expect(page[wallet.format("generated")]).to_have_text(made if known else untold)
        await expect(page[wallet.format("consumed")]).to_have_text(used if known else untold)
        await page.assert_clean(network=False)


async def test_a_slot_that_was_shared_says_why_and_the_list_goes_by_keyboard(trade: Trade, open_page: Open) -> None:
    await trade.enter("101", "103")
    await trade.order({"101": (ask(100, 2500),), "103": (bid(100, 1000),)})
    await trade.close()
    await trade.second(2)
    page = await opened(trade, open_page)
    entry = page[f'market-panel [data-slot="{TRADED}"]']
    await expect(entry).to_contain_text("売りと買いの条件が折り合わず")
    await expect(page["market-round .state"]).to_contain_text("融通: 売りと買いの条件が折り合わず")
    await entry.focus()
    await page.page.keyboard.press("Enter")
    await expect(entry).to_have_attribute("aria-current", "true")
    await expect(page.page.get_by_role("navigation", name="取引のコマ")).to_be_visible()
    await expect(page["order-chart .price[data-price]"]).to_have_count(0)
    await page.assert_clean()


async def test_each_round_of_a_slot_is_chosen_by_its_gate(
    trade: Trade, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    await traded(trade)

    def two(slot: int, rounds: Sequence[Plain]) -> Plain:
        """A round before, in which no offer met a wish."""
        (last,) = rounds
        cleared = {"outcome": "sharing_key", "why": "no_trades", "energy_wh": None, "clearing_price": None}
        first = last | cleared | {"book": None, "result": None, "closed_ms": last["closed_ms"] - 3_600_000}
        if "trades" in first:
            first |= {"trades": [], "book_index": None, "cleared_index": None}
        return slot_plain(slot, [first, last | {"number": 1}])

    monkeypatch.setattr(market_web, "slot_plain", two)
    page = await opened(trade, open_page, locale="en-GB")
    rounds = page["market-rounds button"]
    await expect(rounds).to_have_count(2)
    await expect(rounds.nth(1)).to_have_attribute("aria-pressed", "true")
    await expect(page["market-round .state"]).to_have_text("Traded 1,200 Wh, clearing price 17.50 yen/kWh")
    first, second = page['market-rounds [data-round="0"]'], page['market-rounds [data-round="1"]']
    hour = [(await each.locator("td").first.inner_text())[-8:-6] for each in (first, second)]
    assert (int(hour[0]) + 1) % 24 == int(hour[1]), "an hour lies between the two gates"
    await expect(first.locator("td:not(:nth-child(2))")).to_have_text(["no offer met a wish", "1,200", "1,400"])
    await expect(second.locator("td:not(:nth-child(2))")).to_have_text(["1,200", "17.50", "0", "200"])
    await expect(page["market-rounds [data-together]"]).to_have_text("1,200")
    await rounds.first.focus()
    await page.page.keyboard.press("Space")
    await expect(rounds.first).to_have_attribute("aria-pressed", "true")
    await expect(page["market-round .state"]).to_have_text("shared: no offer met a wish")
    await expect(page["market-check"]).to_have_count(0)
    await expect(page["market-round tr[data-order]"]).to_have_count(7)


async def test_whose_orders_the_result_is_without_is_told_by_itself_and_why(trade: Trade, open_page: Open) -> None:
    await with_a_flat_that_dies(trade)
    await to_words(trade)
    known = await second_proposed(trade)
    await until(lambda: len(known.verdicts) == 4)
    await trade.ended()
    page = await opened(trade, open_page)
    await expect(page["market-round .state"]).to_contain_text("約定量")
    told = page["market-round .left-out"]
    await expect(told).to_have_text(
        "104 号室の注文は結果に含まれません: 最初の結果に対する回答が期限までにありませんでした。"
    )
    orders = page["market-round tr[data-order]"].filter(has_text="対象外")
    await expect(orders.locator(".flat")).to_have_text(["104 号室"])
    await expect(page["market-check .verdict"]).to_have_attribute("data-right", "true")
    await page.assert_clean()
    other = await opened(trade, open_page, "103", locale="en-GB")
    await expect(other["market-round .left-out"]).to_have_text(
        "A flat is left out of the result: it gave no word on the first one, and its orders do not count."
    )
    await other.assert_clean(network=False)


async def test_a_server_that_does_not_say_whose_orders_are_left_out_is_found_by_the_browser(
    trade: Trade, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_a_flat_that_dies(trade)
    await to_words(trade)
    known = await second_proposed(trade)
    await until(lambda: len(known.verdicts) == 4)
    await trade.ended()
    monkeypatch.setattr(market_web, "round_plain", lambda told, names: round_plain(told, names) | {"left_out": []})
    page = await opened(trade, open_page, locale="en-GB")
    await expect(page["market-check .verdict"]).to_have_attribute("data-right", "false")
    await expect(page['market-check [data-step="shown"]']).to_contain_text("is shown otherwise than it is")
    await page.assert_clean()


@pytest.mark.parametrize("locale", ["ja-JP", "en-GB"])
async def test_on_a_phone_nothing_is_wider_than_the_screen(trade: Trade, open_page: Open, locale: str) -> None:
    await traded(trade)
    page = await opened(trade, open_page, viewport=PHONE, locale=locale)
    await expect(page["market-check .verdict"]).to_be_visible()
    width = await page.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    await page.assert_clean()
