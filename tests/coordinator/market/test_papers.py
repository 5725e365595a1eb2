"""A building that is lost between a round and its settlement has the round's documents back from its flats."""

import asyncio
from dataclasses import replace
import json
from pathlib import Path
import sqlite3
from typing import NoReturn

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from coordinator.ledger import Ledger
from coordinator.market import telling
from coordinator.market.papers import papers_of
from coordinator.rebuild import rebuild
from coordinator.settlement import Cleared, Papers, PapersMissingError, settled_body, told_by, work_out
from coordinator.settlement.cleared import cleared_slot
from coordinator.settlement.papers import AGAIN_S
from coordinator.settlement.settler import PAPERS_ASKED_S, PAPERS_WAIT_S
from coordinator.store import entries as entry_store
from coordinator.store.market import StoredRound
from localvpp.etp import Kind
from localvpp.market.rounds import OpenedBook, RoundError, digest
from localvpp.settlement import SlotPrices
from localvpp.trading.kept import TradingBook
from localvpp.wire import OpenBook, Paper

from ..flat import until
from ..test_rebuild import SECRET, mirrored
from .conftest import FLATS, TRADED, Trade
from .settling import SECONDS, believed, lived, records, settled, shares, traded
from .test_audit import audited, command
from .test_market_deals import deals
from .test_market_round import stored
from .test_market_troubles import bare

PRICES = SlotPrices(2200, 3150, 850)
SOLD = 800
"""Wh of flat 101."""


async def lose(trade: Trade, tmp_path: Path) -> Cleared:
    """Lose the server, and build it anew from a mirror; return by what the slot would have been settled."""
    coordinator = trade.house.coordinator
    async with coordinator.engine.connect() as connection:
        cleared = await cleared_slot(connection, TRADED, coordinator.ledger.size)
    assert cleared is not None
    mirror = await mirrored(trade.house, tmp_path)
    await trade.kill()
    trade.config = replace(trade.config, data=tmp_path / "elsewhere")
    rebuilt = await rebuild(trade.config, mirror, [SECRET], trade.clock)
    assert rebuilt.unsettled == 0
    await trade.revive()
    return cleared


def papers(trade: Trade) -> Papers:
    return trade.house.coordinator.papers


async def back(trade: Trade) -> None:
    """Have the flats asked until nothing is lacking."""
    await papers(trade).second()
    await until(lambda: papers(trade).lacking == 0)


@pytest.mark.usefixtures("recoverable")
async def test_a_slot_that_was_traded_before_the_server_was_lost_is_settled_by_its_trades(
    trade: Trade, tmp_path: Path
) -> None:
    await traded(trade)
    cleared = await lose(trade, tmp_path)
    await lived(trade, {"101": (0, 5)})
    await papers(trade).second()
    assert "documents of 1 rounds" in (papers(trade).trouble or "")
    await back(trade)
    assert papers(trade).trouble is None
    slot = await settled(trade)
    assert slot.cleared == cleared.documents
    of = shares(trade, slot)
    assert of["102"].shared_out_wh == 400
    coordinator = trade.house.coordinator
    async with coordinator.engine.connect() as connection:
        told = told_by(await entry_store.intervals(connection, TRADED), coordinator.ledger.size)
    members = tuple(coordinator.ledger.directory.by_device.values())
    work = work_out(TRADED, SECONDS, told, members, PRICES, slot.settled_ms, cleared)
    transfers = await records(trade, Kind.TRANSFER)
    assert sorted(each.encoded for each in transfers) == sorted(body.encode() for _, _, body in work.transfers)
    (record,) = await records(trade, Kind.SETTLED)
    *_, says = settled_body(work, record.envelope.device, record.body.log_size or 0, transfers)
    assert record.body == says
    await believed(trade)
    for name in FLATS:
        assert await trade.evidence(name) == []


def forget(db: sqlite3.Connection) -> None:
    """Have a flat drop the documents of its rounds."""
    with db:
        db.execute("UPDATE market_round SET book = NULL, result = NULL, cleared = NULL")


async def lost_by_all(trade: Trade, tmp_path: Path) -> None:
    """Let a traded slot pass whose documents the building has lost, and its flats, too."""
    await traded(trade)
    for agent in trade.running():
        await agent.store.run(forget)
    await lose(trade, tmp_path)
    await lived(trade)


@pytest.mark.usefixtures("recoverable")
async def test_without_documents_a_slot_waits_and_says_so_and_is_shared_when_it_has_waited_long_enough(
    trade: Trade, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await lost_by_all(trade, tmp_path)
    away = trade.flats["105"]
    await away.stop()
    await until(lambda: away.membership.device not in trade.house.coordinator.hub)
    await papers(trade).second()
    await until(lambda: len(papers(trade)._without) == len(FLATS) - 1)
    with pytest.raises(PapersMissingError, match=f"slot {TRADED} was traded.*all slots after it wait"):
        await settled(trade)
    settler = trade.house.coordinator.settler
    settling = asyncio.create_task(settler.run())
    await until(lambda: settler.trouble is not None)
    settling.cancel()
    assert "waits for flats to give them back" in (settler.trouble or "")
    settler.trouble = None
    health = await (await trade.house.get("/healthz")).json()
    assert (health["status"], papers(trade).trouble) == ("degraded", health["checks"]["settlement"])
    assert "localvpp_rounds_without_papers 1.0" in await (await trade.house.get("/metrics")).text()
    trade.clock.step(PAPERS_WAIT_S * 1000)
    with pytest.raises(PapersMissingError):  # A coordinator that was started late asks first.
        await settled(trade)
    trade.clock.pass_ms(int(PAPERS_ASKED_S) * 1000)
    slot = await settled(trade)
    assert slot.cleared == ()
    assert "flats hold against the building" in caplog.text
    assert any("by the sharing key, though it was traded" in each.reason for each in await trade.accused("101"))


@pytest.mark.parametrize("at_once", [True, False], ids=["what says that it counts", "book and result"])
@pytest.mark.usefixtures("recoverable")
async def test_documents_that_came_back_and_cannot_be_used_are_told_of_until_their_slot_is_settled(
    trade: Trade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, at_once: bool
) -> None:
    """A release of before does not read them: whoever runs the building has a week to start the newer one again."""

    def unread(*_: object) -> NoReturn:
        raise RoundError("it was written in format 9")

    await traded(trade)
    await lose(trade, tmp_path)
    await lived(trade)
    monkeypatch.setattr("coordinator.settlement.papers." + ("_cleared" if at_once else "_round"), unread)
    await back(trade)
    for _ in range(3):
        trade.clock.pass_ms(int(AGAIN_S) * 1000)
        await papers(trade).second()
    assert papers(trade).lacking == 0
    told = papers(trade).trouble or ""
    assert (
        f"documents of 1 rounds that the log says were cleared are here and cannot be used (the first of slot {TRADED}"
        in told
    )
    assert "it was written in format 9): start a release that reads them" in told
    health = await (await trade.house.get("/healthz")).json()
    assert (health["status"], told) == ("degraded", health["checks"]["settlement"])
    assert "localvpp_rounds_with_unusable_papers 1.0" in await (await trade.house.get("/metrics")).text()
    assert caplog.text.count("was cleared by documents that cannot be used") == 1
    with pytest.raises(PapersMissingError, match=f"slot {TRADED} was traded"):
        await settled(trade)
    trade.clock.pass_ms(PAPERS_WAIT_S * 1000)
    assert (await settled(trade)).cleared == ()
    trade.clock.pass_ms(int(AGAIN_S) * 1000)
    await papers(trade).second()
    assert papers(trade).trouble is None, "what is settled cannot be settled otherwise any more"


@pytest.mark.usefixtures("recoverable")
async def test_a_slot_whose_documents_no_flat_has_holds_up_nothing(
    trade: Trade, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await lost_by_all(trade, tmp_path)
    with pytest.raises(PapersMissingError, match="all slots after it wait"):
        await settled(trade)
    await papers(trade).second()
    await until(lambda: papers(trade).is_gone(TRADED))
    assert len(papers(trade)._without) == len(FLATS)
    assert (await settled(trade)).cleared == ()
    assert "flats hold against the building" in caplog.text


@pytest.mark.usefixtures("recoverable")
async def test_rounds_that_come_back_are_told_one_after_the_other_and_proven_once_for_all_flats(
    trade: Trade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await traded(trade)
    await lose(trade, tmp_path)
    await back(trade)
    (told,) = trade.market._back
    proven = list[StoredRound]()
    proves = telling.open_book

    async def open_book(engine: AsyncEngine, ledger: Ledger, of: StoredRound) -> OpenBook | None:
        proven.append(of)
        return await proves(engine, ledger, of)

    monkeypatch.setattr(telling, "open_book", open_book)
    trade.market.came_back(told)
    await until(lambda: len(trade.market.board.listening) == len(FLATS))
    await trade.market.second()
    assert proven == [told]
    await trade.market.second()
    assert proven == [told, told]
    assert trade.market._back == []


@pytest.mark.usefixtures("recoverable")
async def test_a_flat_that_gives_something_else_is_told_so_and_others_are_asked(
    trade: Trade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await traded(trade)
    right, asked = TradingBook.document, list[bytes]()
    liar = min(trade.flats.values(), key=lambda agent: agent.membership.device)

    async def document(self: TradingBook, slot: int, name: bytes) -> bytes | None:
        if self._store is not liar.store:
            return await right(self, slot, name)
        asked.append(name)
        return b"what was never cleared"

    monkeypatch.setattr(TradingBook, "document", document)
    await lose(trade, tmp_path)
    await back(trade)
    assert len(asked) == 1
    assert "gives another document than the one it was asked for" in caplog.text
    assert "refuses something of flat" in caplog.text
    await lived(trade)
    assert (await settled(trade)).cleared
    await believed(trade)


@pytest.mark.slow
@pytest.mark.usefixtures("recoverable")
async def test_what_nobody_has_asked_for_is_not_taken(trade: Trade, tmp_path: Path) -> None:
    await traded(trade)
    cleared = (await stored(trade)).cleared
    assert cleared is not None
    await lose(trade, tmp_path)
    member = trade.house.coordinator.ledger.directory.named("103")
    assert member is not None
    assert await papers(trade).take(member, Paper(TRADED, digest(cleared), cleared)) is None
    await papers(trade)._look()
    assert papers(trade).lacking == 1


@pytest.mark.usefixtures("recoverable")
async def test_page_wallet_plan_and_audit_tell_what_is_known_of_a_round_that_came_back(
    trade: Trade, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await traded(trade)
    (before,) = (await (await trade.house.get(f"/api/v1/market/slots/{TRADED}")).json())["rounds"]
    wallet = f"/api/v1/flats/101/wallet?begin={TRADED}&end={TRADED + SECONDS}"
    sold = (await (await trade.house.get(wallet)).json())["traded_sold_wh"]
    planned = await deals(trade, TRADED, TRADED + SECONDS)
    assert (sold, before["why"]) == (SOLD, None)
    await lose(trade, tmp_path)
    await back(trade)
    (after,) = (await (await trade.house.get(f"/api/v1/market/slots/{TRADED}")).json())["rounds"]
    other = {name for name in before if before[name] != after[name]}
    assert other <= {"why", "closed_ms", "ended_ms"}
    assert after["why"] == "rebuilt"
    assert (await (await trade.house.get(wallet)).json())["traded_sold_wh"] == sold
    assert await deals(trade, TRADED, TRADED + SECONDS) == planned
    await lived(trade)
    await settled(trade)
    assert await audited(trade) == ()
    file = trade.config.file
    file.write_text(file.read_text().replace("data: ./data", f"data: {trade.config.data}"))
    capsys.readouterr()
    assert await command(trade) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["findings"], told["without_orders"]) == ([], [TRADED])
    async with trade.house.coordinator.engine.connect() as connection:
        (given,) = await papers_of(connection, TRADED)
    assert (given.came_back, given.orders) == (True, ())
    assert given.book is not None
    opened = OpenedBook.decode(given.book)
    offer = replace(opened.offers[0], orders=opened.offers[0].orders[:1], blind=b"\0" * 32)
    other_book = replace(opened, offers=(offer, *opened.offers[1:])).encode()
    assert "seed of the book" in "; ".join(await audited(trade, [replace(given, book=other_book)]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Kind.ORDERS, "5 offers of the book are not of one flat each whose orders the log names"),
        (Kind.CLEARED, "the body of the record that names by what is not here"),
    ],
)
async def test_where_the_log_itself_has_lost_what_is_needed_nobody_is_waited_for(
    trade: Trade, caplog: pytest.LogCaptureFixture, kind: Kind, told: str
) -> None:
    await traded(trade)
    await bare(trade, kind)
    await lived(trade)
    assert (await settled(trade)).cleared == ()
    assert told in caplog.text
