"""A slot of a real coordinator, run again from its log and the documents of its market; and what a bent one shows."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
import json
from pathlib import Path

import pytest

from commands.main import main
from coordinator.keys import load_keys
from coordinator.market.papers import papers_of
from coordinator.members import Action
from coordinator.settlement import working
from coordinator.store import entries as entry_store
from localvpp import tlog
from localvpp.audit import AuditedLog, AuditError, RoundPapers, audit_slot
from localvpp.etp import DeviceId, Kind, Record, SignedEnvelope, Standing, cose
from localvpp.market.rounds import Cleared, OpenedBook
from localvpp.settlement import Delivered, KeyName, KeyRule, SlotPrices
from localvpp.wire import sign_verdict

from ..conftest import FILE
from .conftest import FLATS, ROUND, TRADED, WANTED, Trade
from .settling import lived, settled, traded

PRICES = SlotPrices(2200, 3150, 850)


async def logged(trade: Trade) -> list[tuple[int, Record]]:
    """All entries, opened."""
    async with trade.house.coordinator.engine.connect() as connection:
        found = await entry_store.span(connection, 0, trade.house.coordinator.ledger.size)
    return [(entry.index, Record.decode(entry.sealed)) for entry in found if entry.sealed is not None]


async def papers(trade: Trade) -> list[RoundPapers]:
    told = await (await trade.house.get(f"/api/v1/market/slots/{TRADED}/papers")).json()
    read = [RoundPapers.read(each) for each in told["rounds"]]
    async with trade.house.coordinator.engine.connect() as connection:
        assert read == await papers_of(connection, TRADED)
    return read


async def audited(trade: Trade, given: Sequence[RoundPapers] | None = None) -> tuple[str, ...]:
    log = AuditedLog.of(trade.config.origin, await logged(trade))
    return audit_slot(log, TRADED, await papers(trade) if given is None else given, PRICES)


def found(log: AuditedLog, given: RoundPapers) -> str:
    """What an auditor says of a slot with one round."""
    return "; ".join(audit_slot(log, TRADED, [given], PRICES))


async def audited_trade(trade: Trade) -> tuple[AuditedLog, RoundPapers, OpenedBook]:
    """A slot that came out again: the log, the documents of its round, and the book among them."""
    await traded(trade)
    await lived(trade)
    await settled(trade)
    log = AuditedLog.of(trade.config.origin, await logged(trade))
    (good,) = await papers(trade)
    assert good.book is not None
    assert found(log, good) == ""
    return log, good, OpenedBook.decode(good.book)


async def test_a_traded_slot_comes_out_again(trade: Trade) -> None:
    await traded(trade)
    await lived(trade, {"101": (0, 5)})
    await settled(trade)
    assert await audited(trade) == ()


async def test_a_slot_that_was_shared_comes_out_again(trade: Trade) -> None:
    await trade.enter("101", "103")
    await trade.order({name: WANTED[name] for name in ("101", "103")})
    await trade.to_gate()
    await trade.shut()
    await trade.begin()
    await lived(trade)
    await settled(trade)
    assert await audited(trade) == ()


async def test_documents_that_are_not_those_of_the_round_are_found(trade: Trade) -> None:
    log, good, opened = await audited_trade(trade)
    assert good.result is not None
    assert good.cleared is not None
    cleared = Cleared.decode(good.cleared)
    limits = replace(opened, voters=opened.voters + 1).encode()
    fewer = replace(cleared, words=cleared.words[:1]).encode()
    mangled = bytearray(cleared.words[0])
    mangled[-1] ^= 1
    forged = Cleared.of(cleared.origin, TRADED, 0, cleared.book, cleared.result, [*cleared.words[1:], bytes(mangled)])
    building = trade.house.coordinator.ledger.directory.named("building")
    assert building is not None
    signer = load_keys(trade.config.data / "keys", trade.config.origin).building
    word = sign_verdict(signer, building.device, cleared.origin, ROUND, cleared.book, cleared.result)
    ruled = Cleared.of(cleared.origin, TRADED, 0, cleared.book, cleared.result, [*cleared.words[1:], word])
    for given, told in (
        ([], "there are documents of none"),
        ([replace(good, cleared=None)], "there are documents of none"),
        ([replace(good, orders=good.orders[1:])], "is of no flat that has shown orders"),
        ([replace(good, book=limits)], "no BOOK record behind the gate names the book"),
        ([replace(good, book=limits)], "has another result"),
        ([replace(good, result=good.book)], "the book, cleared again, has another result"),
        ([replace(good, cleared=fewer)], "1 flats have agreed, and of 5 it takes 4"),
        ([replace(good, cleared=forged.encode())], "a word of agreement does not count"),
        ([replace(good, cleared=ruled.encode())], "is the building's own"),
    ):
        assert told in "; ".join(audit_slot(log, TRADED, given, PRICES))
    assert audit_slot(log, TRADED, [good], replace(PRICES, inside=PRICES.inside + 1)) == (
        f"slot {TRADED}: it is settled with an inside price of 2200, and 2201 was announced",
    )
    assert audit_slot(log, TRADED, [good], PRICES, KeyRule(KeyName.MAX_MIN)) == (
        f"slot {TRADED}: it is settled with the sharing key dynamic, and max-min was announced",
    )
    assert "0 records say that it is settled" in "; ".join(audit_slot(log, TRADED + 60, [], PRICES))


async def test_a_trade_that_is_cut_for_no_reason_is_found(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    await traded(trade)
    await lived(trade)
    right = working.deliver

    def deliver(*args: object) -> tuple[Delivered[DeviceId], ...]:
        found: tuple[Delivered[DeviceId], ...] = right(*args)  # type: ignore[arg-type]
        return (replace(found[0], energy_wh=0, offered_wh=0), *found[1:])

    monkeypatch.setattr(working, "deliver", deliver)
    await settled(trade)
    told = "; ".join(await audited(trade))
    assert "which does not follow" in told
    assert "which follows" in told


async def test_a_log_with_an_entry_missing_is_none(trade: Trade) -> None:
    await trade.enter("101", "102", "103")
    records = await logged(trade)
    with pytest.raises(AuditError, match="entry 1 is missing"):
        AuditedLog.of(trade.config.origin, [records[0], *records[2:]])
    with pytest.raises(AuditError, match="entry 1: "):
        AuditedLog.of(trade.config.origin, [records[0], (1, records[2][1]), *records[2:]])


async def test_of_a_slot_of_which_something_was_erased_nobody_can_say_anything(trade: Trade) -> None:
    await traded(trade)
    await lived(trade)
    await settled(trade)
    given = await papers(trade)
    records: list[tuple[int, Record | SignedEnvelope]] = list(await logged(trade))
    whole = [each for _, each in records if isinstance(each, Record) and each.kind is Kind.INTERVAL]
    earlier = next(each for each in whole if each.envelope.slot < TRADED)
    for gone, slot in ((earlier, earlier.envelope.slot), (whole[-1], TRADED)):
        left = [(index, gone.signed if each is gone else each) for index, each in records]
        log = AuditedLog.of(trade.config.origin, left)
        assert log.erased == {slot}
        with pytest.raises(AuditError, match="something of it was erased"):
            audit_slot(log, slot, given, PRICES)
        if slot != TRADED:
            assert audit_slot(log, TRADED, given, PRICES) == ()


async def test_entries_that_were_erased_are_entries_all_the_same(trade: Trade) -> None:
    _, good, _ = await audited_trade(trade)
    assert good.cleared is not None
    cleared = Cleared.decode(good.cleared)
    await trade.house.coordinator.members.say("101", Action.REVOKE, {})
    records = await logged(trade)
    gone = next(each for _, each in records if each.kind is Kind.INTERVAL and each.envelope.slot < TRADED)
    log = AuditedLog.of(trade.config.origin, [(at, gone.signed if each is gone else each) for at, each in records])
    assert (log.size, len(log.entries)) == (len(records), len(records) - 1)
    revoked = trade.flats["101"].membership.device
    last = log.history(revoked).stands[-1]
    assert (last.behind, last.standing) == (log.size - 1, Standing.REVOKED)
    # Its word was given before: it counts beside those of others, and not instead of them.
    own = [word for word in cleared.words if cose.parse(word, "a word").issuer.endswith(revoked.hex())]
    unnamed = Cleared.of(cleared.origin, TRADED, 0, cleared.book, cleared.result, own)
    told = found(log, replace(good, cleared=unnamed.encode()))
    assert "1 flats have agreed, and of 5 it takes 4" in told
    assert "a word of agreement does not count" not in told


async def test_who_was_enrolled_is_known_without_reading_the_log_again(trade: Trade) -> None:
    await trade.enter(*FLATS)
    records = await logged(trade)
    log = AuditedLog.of(trade.config.origin, records)
    sizes = range(1, len(records) + 1)
    naive = [
        [one.envelope.enrolled.device for _, one in records[:size] if one.kind is Kind.ENROL and one.envelope.enrolled]
        for size in sizes
    ]
    log.entries = ()
    assert [list(log.enrolled(size)) for size in sizes] == naive


async def command(trade: Trade, *more: str) -> int:
    """What the command line ends with, while the coordinator runs."""
    key = (await (await trade.house.get("/api/v1/building")).json())["log_key"]
    return await asyncio.to_thread(main, ["audit", str(trade.config.file), "--vkey", key, *more])


def test_an_audit_where_no_database_is_names_it_and_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "building.yaml").write_text(FILE)
    (tmp_path / "data").mkdir()
    key = tlog.SignerKey("vpp.example/test", tlog.SignatureType.ED25519, bytes(32)).verifier_key.encode()
    assert main(["audit", str(tmp_path / "building.yaml"), "--vkey", key]) == 1
    assert f"{tmp_path / 'data' / 'building.db'} is not there: the coordinator makes it" in capsys.readouterr().err
    assert list((tmp_path / "data").iterdir()) == []


async def test_an_auditors_command_runs_all_settled_slots_again(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await traded(trade)
    await lived(trade)
    await settled(trade)
    capsys.readouterr()
    assert await command(trade) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["findings"], told["not_run_again"], told["without_orders"]) == (True, [], [], [])
    assert told["slots"] >= 2
    assert (told["entries"], await command(trade, "--slot", str(TRADED))) == (trade.house.coordinator.ledger.size, 0)
    capsys.readouterr()
    assert await command(trade, "--slot", str(TRADED + 60)) == 1
    assert "the log does not say that it is settled" in capsys.readouterr().err
    other = tlog.SignerKey(trade.config.origin, tlog.SignatureType.ED25519, bytes(32)).verifier_key.encode()
    assert await asyncio.to_thread(main, ["audit", str(trade.config.file), "--vkey", other]) == 1
    assert "is not signed by the key that was given" in capsys.readouterr().err
    monkeypatch.setattr("coordinator.store.market.shown", nobody)
    assert await command(trade) == 1
    assert "is of no flat that has shown orders" in capsys.readouterr().out


async def nobody(*args: object) -> dict[DeviceId, bytes]:
    """The documents of the round, had they been lost."""
    return {}
