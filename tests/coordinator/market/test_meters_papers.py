"""Who may not be billed does not trade: by rules that are made of the meters' papers, in time; an auditor sees it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from coordinator.config import BuildingConfig, load
from coordinator.market import meterpapers
from coordinator.market.meterpapers import LOOK_S, PapersOfMeters
from coordinator.market.papers import papers_of
from coordinator.market.ruling import MOST_TO_COME, Ruling
from coordinator.store import close_database, open_database
from localvpp.audit import AuditedLog, audit_meters
from localvpp.market.rounds import Rules
from localvpp.settlement.month import MeterPapers
from localvpp.settlement.tariff import Month
from localvpp.trading import TradingError

from ..flat import ManualClock
from .conftest import FLATS, TRADED, WANTED, Trade
from .settling import lived, settled, traded
from .test_audit import logged
from .test_market_rules import rules_of

DECEMBER = Month(2026, 12).begin()
SLOT_S = 1800
LEAD_S = 86_400 + 600
"""The first round of a slot, and the time for flats to hear of it."""
TARIFF = Path(__file__).parents[3] / "examples" / "tariff.yaml"
BUILDING = """
name: Sakura
origin: vpp.example/sakura
prices: {inside: "22.00", grid: "31.50", feed_in: "8.50"}
flats: ["101", "102", "103"]
market: {gate_s: 300, show_s: 60, rounds: [1440, 60], without: ["102"]}
"""


def accounts(**until: str | None) -> str:
    """The accounts of a building: the last month of the verification of each flat's meter."""
    meters = [
        f'  "{flat[1:]}": {{serial: M{flat[1:]}, approval: "1", verified_until: {f'"{month}"' if month else "null"}}}'
        for flat, month in until.items()
    ]
    return "\n".join(["issuer: {name: Sakura}", "meters:", *meters, ""])


def write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def put(file: Path, text: str | None) -> None:
    """Write the accounts, or take them away."""
    if text is None:
        file.unlink()
    else:
        write(file, text)


def lead_nowhere(file: Path) -> None:
    """Make it a link to itself."""
    file.symlink_to(file.name)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The accounts' file of a building whose database is there."""
    (tmp_path / "building.yaml").write_text(BUILDING, encoding="utf-8")
    return tmp_path / "settlement.yaml"


@pytest.fixture
def building(file: Path) -> BuildingConfig:
    return load(file.with_name("building.yaml"))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path / 'building.db'}")
    yield engine
    await close_database(engine)


async def begun(config: BuildingConfig, engine: AsyncEngine, second: int, clock: ManualClock | None = None) -> Ruling:
    assert config.market is not None
    ruling = Ruling(config, config.market, engine, PapersOfMeters(config, clock or ManualClock()))
    await ruling.resume(second * 1000)
    return ruling


async def looked(ruling: Ruling, clock: ManualClock, times: int = 2) -> None:
    """Look at the file again as often."""
    for _ in range(times):
        clock.pass_ms(round(LOOK_S * 1000))
        await ruling.look()


async def new_at(ruling: Ruling, second: int) -> Rules | None:
    """Let the ruling look at a time, and tell what is new."""
    if (new := ruling.news(second * 1000)) is not None:
        await ruling.renew(new)
    return new


async def test_a_flat_whose_verification_ends_trades_until_the_month_is_over_and_not_a_slot_longer(
    building: BuildingConfig, engine: AsyncEngine, file: Path
) -> None:
    write(file, accounts(f101="2030-03", f102="2030-03", f103="2026-11"))
    ruling = await begun(building, engine, DECEMBER - 10 * 86_400)
    assert ruling.all[0].without == {"102"}, "as the building's file says"
    told = [
        (second, new)
        for second in range(DECEMBER - 3 * 86_400, DECEMBER + 3600, SLOT_S // 3)
        if (new := await new_at(ruling, second)) is not None
    ]
    ((second, new),) = told
    assert (new.since, new.without) == (DECEMBER, {"102", "103"})
    assert DECEMBER - LEAD_S - SLOT_S <= second < DECEMBER - LEAD_S + SLOT_S, "as soon as rules can begin then"
    again = await begun(building, engine, DECEMBER - 3600)
    assert again.news((DECEMBER - 3600) * 1000) is None, "a start makes no new ones"


async def test_a_meter_that_was_verified_anew_trades_again(
    building: BuildingConfig, engine: AsyncEngine, file: Path
) -> None:
    now = DECEMBER + 86_400
    write(file, accounts(f101="2030-03", f102="2030-03", f103=None))
    ruling = await begun(building, engine, now)
    assert ruling.all[0].without == {"102", "103"}, "it was never verified"
    write(file, accounts(f101="2030-03", f102="2030-03", f103="2036-12"))
    again = await begun(building, engine, now + 60)
    new = await new_at(again, now + 60)
    assert new is not None
    assert (new.without, new.since > now + LEAD_S) == ({"102"}, True)


async def test_papers_that_are_entered_while_the_coordinator_runs_are_in_the_next_rules(
    building: BuildingConfig, engine: AsyncEngine, file: Path
) -> None:
    now, clock = DECEMBER + 86_400, ManualClock()
    ruling = await begun(building, engine, now, clock)
    assert ruling.all[0].without == {"102"}, "there are no accounts yet"
    write(file, accounts(f101="2030-03", f102="2030-03", f103=None))
    await looked(ruling, clock)
    new = await new_at(ruling, now)
    assert new is not None
    assert (new.without, new.since > now + LEAD_S) == ({"102", "103"}, True)
    write(file, accounts(f101="2030-03", f102="2030-03", f103="2036-12"))
    await looked(ruling, clock)
    again = await new_at(ruling, now + 60)
    assert again is not None
    assert again.without == {"102"}
    await looked(ruling, clock)
    assert await new_at(ruling, now + 120) is None, "what has not changed makes no new ones"


async def test_nothing_is_taken_of_a_file_that_is_being_written(
    building: BuildingConfig, engine: AsyncEngine, file: Path
) -> None:
    """Half of it reads as a whole one, and would leave out who comes in the other half."""
    clock = ManualClock()
    write(file, accounts(f101="2030-03", f102="2030-03", f103="2030-03"))
    ruling = await begun(building, engine, DECEMBER, clock)
    write(file, accounts(f101="2031-03"))
    await ruling.look()
    await looked(ruling, clock, 1)
    assert await new_at(ruling, DECEMBER) is None
    write(file, accounts(f101="2031-03", f102="2031-03"))
    await looked(ruling, clock, 1)
    assert await new_at(ruling, DECEMBER) is None
    write(file, accounts(f101="2031-03", f102="2031-03", f103="2031-03"))
    await looked(ruling, clock)
    assert await new_at(ruling, DECEMBER) is None, "the same flats may trade"
    write(file, accounts(f101="2031-03", f102="2031-03"))
    await looked(ruling, clock)
    new = await new_at(ruling, DECEMBER)
    assert new is not None
    assert new.without == {"102", "103"}, "it has stood so"


async def test_papers_that_change_again_and_again_make_no_more_rules_than_flats_keep(
    building: BuildingConfig, engine: AsyncEngine, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = ManualClock()
    write(file, accounts(f101="2030-03", f102="2030-03", f103=None))
    ruling = await begun(building, engine, DECEMBER, clock)
    for slot in range(3 * MOST_TO_COME):
        write(file, accounts(f101="2030-03", f102="2030-03", f103=("2036-12", None)[slot % 2]))
        await looked(ruling, clock)
        now = DECEMBER + slot * SLOT_S
        await new_at(ruling, now)
        assert len({each.since for each in ruling.all if each.since > now}) <= MOST_TO_COME
        assert ruling.of(now) is not None
    write(file, accounts(f101="2030-03", f102="2030-03", f103="2037-01"))
    await looked(ruling, clock)
    caplog.clear()
    for second in range(3):
        assert await new_at(ruling, now + second) is None
    said = f"Other rules of the market wait: from {MOST_TO_COME} slots to come on rules hold that were told before"
    assert caplog.text.count(said) == 1, "the log says why nothing follows from the papers, and says it once"
    later = DECEMBER + 4 * MOST_TO_COME * SLOT_S + LEAD_S
    await new_at(ruling, later)
    assert ruling.all[-1].without == {"102"}, "what they say last is told in its turn"


@pytest.mark.parametrize("now", ["meters: [", None], ids=["not to be read", "gone"])
async def test_papers_that_cannot_be_read_any_more_change_nothing_until_they_can_be(
    building: BuildingConfig, engine: AsyncEngine, file: Path, caplog: pytest.LogCaptureFixture, now: str | None
) -> None:
    clock = ManualClock()
    write(file, accounts(f101="2030-03", f102="2030-03", f103=None))
    ruling = await begun(building, engine, DECEMBER, clock)
    put(file, now)
    await looked(ruling, clock, 5)
    assert await new_at(ruling, DECEMBER + 60) is None
    assert ruling.all[-1].without == {"102", "103"}
    assert caplog.text.count("Whose meter may not be billed from is not known") == 1
    write(file, accounts(f101="2030-03", f102="2030-03", f103="2036-12"))
    await looked(ruling, clock)
    new = await new_at(ruling, DECEMBER + 120)
    assert new is not None
    assert new.without == {"102"}
    assert "can be read again" in caplog.text


async def test_papers_whose_tariff_is_not_there_are_read_once_it_is(
    building: BuildingConfig, engine: AsyncEngine, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The tariff's file has a time of its own: that of the accounts does not change when it is written."""
    clock = ManualClock()
    write(file, accounts(f101="2030-03", f102="2030-03", f103=None))
    ruling = await begun(building, engine, DECEMBER, clock)
    write(file, accounts(f101="2030-03", f102="2030-03", f103="2036-12") + "tariff: tariff.yaml\n")
    await looked(ruling, clock, 5)
    assert await new_at(ruling, DECEMBER + 60) is None
    assert caplog.text.count("tariff.yaml: cannot be read: No such file") == 1, "one line for one fault"
    write(file.with_name("tariff.yaml"), "name: [")
    await looked(ruling, clock, 2)
    assert caplog.text.count("Whose meter may not be billed from is not known") == 2, "and one for another"
    write(file.with_name("tariff.yaml"), TARIFF.read_text(encoding="utf-8"))
    await looked(ruling, clock)
    new = await new_at(ruling, DECEMBER + 120)
    assert new is not None
    assert new.without == {"102"}
    assert caplog.text.count("can be read again") == 1


async def test_a_fault_in_reading_papers_costs_one_second_and_changes_nothing_that_was_told(
    building: BuildingConfig, engine: AsyncEngine, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(_: BuildingConfig) -> None:
        raise RuntimeError("the program fails")

    clock = ManualClock()
    write(file, accounts(f101="2030-03", f102="2030-03", f103=None))
    ruling = await begun(building, engine, DECEMBER, clock)
    with monkeypatch.context() as patch:
        patch.setattr(meterpapers, "meters_of", fault)
        write(file, accounts(f101="2030-03", f102="2030-03", f103="2036-12"))
        with pytest.raises(RuntimeError, match="the program fails"):
            await looked(ruling, clock)
        await looked(ruling, clock)
    assert await new_at(ruling, DECEMBER + 60) is None
    write(file, accounts(f101="2030-03", f102="2030-03", f103="2037-12") + "fees: []\n")
    await looked(ruling, clock)
    assert await new_at(ruling, DECEMBER + 60) is not None


async def test_nobody_trades_until_papers_that_there_are_were_read_once(
    building: BuildingConfig, engine: AsyncEngine, file: Path
) -> None:
    """Rules without them would let everybody trade, and hold for good."""
    clock = ManualClock()
    write(file, "meters: [")
    ruling = await begun(building, engine, DECEMBER, clock)
    assert ruling.all == ()
    assert await new_at(ruling, DECEMBER) is None
    write(file, accounts(f101="2030-03", f102="2030-03", f103=None))
    await looked(ruling, clock)
    new = await new_at(ruling, DECEMBER + 60)
    assert new is not None
    assert (new.number, new.without) == (0, {"102", "103"})


async def test_a_flat_of_whose_meter_nothing_is_known_does_not_trade(
    building: BuildingConfig, engine: AsyncEngine, file: Path
) -> None:
    write(file, accounts(f101="2030-03", f102="2030-03"))
    assert (await begun(building, engine, DECEMBER)).all[0].without == {"102", "103"}


async def test_accounts_that_cannot_be_read_change_nothing_that_was_told(
    building: BuildingConfig, engine: AsyncEngine, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(file, accounts(f101="2030-03", f102="2030-03", f103=None))
    await begun(building, engine, DECEMBER)
    write(file, "meters: [")
    ruling = await begun(building, engine, DECEMBER + 60)
    assert ruling.news((DECEMBER + 60) * 1000) is None
    assert ruling.all[-1].without == {"102", "103"}
    assert "Whose meter may not be billed from is not known" in caplog.text


async def test_accounts_that_were_taken_away_while_the_coordinator_was_off_are_missed(
    building: BuildingConfig, engine: AsyncEngine, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Rules without them would let a flat trade whose meter may not be billed from, and hold for good."""
    write(file, accounts(f101="2030-03", f102="2030-03", f103=None))
    await begun(building, engine, DECEMBER)
    put(file, None)
    clock = ManualClock()
    ruling = await begun(building, engine, DECEMBER + 60, clock)
    assert await new_at(ruling, DECEMBER + 60) is None
    await looked(ruling, clock, 5)
    assert await new_at(ruling, DECEMBER + 90) is None
    said = "settlement.yaml: is not there, and the rules 0 leave out 103: put it back"
    assert caplog.text.count(said) == 1
    write(file, accounts(f101="2030-03", f102="2030-03", f103="2036-12"))
    await looked(ruling, clock)
    new = await new_at(ruling, DECEMBER + 120)
    assert new is not None
    assert new.without == {"102"}
    assert "can be read again" in caplog.text


async def test_a_building_that_keeps_no_accounts_lets_a_flat_trade_again_that_its_file_has_left_out(
    building: BuildingConfig, engine: AsyncEngine, file: Path
) -> None:
    await begun(building, engine, DECEMBER)
    other = BUILDING.replace(', without: ["102"]', "")
    write(building.file, other)
    ruling = await begun(load(building.file), engine, DECEMBER + 60)
    assert await new_at(ruling, DECEMBER + 60) is None, "it may have been the papers that left 102 out"
    write(building.file, other + "settlement: null\n")
    again = await begun(load(building.file), engine, DECEMBER + 120)
    new = await new_at(again, DECEMBER + 120)
    assert new is not None
    assert new.without == frozenset()


async def test_accounts_that_nobody_may_look_at_are_not_taken_for_none(
    building: BuildingConfig, engine: AsyncEngine, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A link that leads to itself is not absent, nor is a folder that may not be entered."""
    lead_nowhere(file)
    ruling = await begun(building, engine, DECEMBER)
    assert ruling.all == ()
    assert "settlement.yaml: cannot be looked at: Too many levels of symbolic links" in caplog.text


async def test_a_building_without_accounts_leaves_out_whom_its_file_names(
    building: BuildingConfig, engine: AsyncEngine
) -> None:
    ruling = await begun(building, engine, DECEMBER)
    assert ruling.all[0].without == {"102"}
    assert ruling.news((DECEMBER + 40 * 86_400) * 1000) is None


async def test_flats_hear_whom_the_papers_leave_out_and_that_flat_orders_nothing(trade: Trade) -> None:
    await trade.enter("101", "103")
    until = {f"f{flat}": None if flat == "103" else "2030-03" for flat in trade.config.flats}
    write(trade.config.file.with_name("settlement.yaml"), accounts(**until))
    for _ in range(2):
        trade.clock.pass_ms(round(LOOK_S * 1000))
        await trade.market.second()
    _, new = await rules_of(trade, "103", 2)
    assert new.without == {"103"}
    with pytest.raises(TradingError, match="leave flat 103 out: its meter may not be billed from"):
        await trade.flats["103"].flat.trading.place(new.since + 60, WANTED["103"])
    await trade.flats["101"].flat.trading.place(new.since + 60, WANTED["101"])


async def test_an_auditor_names_who_has_traded_and_may_not_be_billed(trade: Trade) -> None:
    await traded(trade)
    await lived(trade, {"101": (0, 5)})
    await settled(trade)
    log = AuditedLog.of(trade.config.origin, await logged(trade))
    async with trade.house.coordinator.engine.connect() as connection:
        papers = await papers_of(connection, TRADED)
    month = Month.of(TRADED)
    good = {flat: MeterPapers(f"M{flat}", "1", month) for flat in FLATS}
    assert list(audit_meters(log, TRADED, papers, good)) == []
    bad = good | {"101": MeterPapers("M101", "1", month.plus(-1))}
    (found,) = audit_meters(log, TRADED, papers, bad)
    assert f"round 0: flat 101 has traded, and its meter may not be billed from in {month}" in found
