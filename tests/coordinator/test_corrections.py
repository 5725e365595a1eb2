"""A value that comes when its slot is settled: a record of the log, written once, and one that an auditor comes to."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from coordinator.config import BuildingConfig
from coordinator.ledger import LedgerUnavailableError
from coordinator.settlement import correcting
from coordinator.store import corrections as correction_store, entries as entry_store
from localvpp.audit import AuditedLog, AuditError, CorrectedLog
from localvpp.corrections import correction_body
from localvpp.etp import Basis, Body, Correction, Kind, Record, RecordHash, SlotValue, cbor
from localvpp.settlement.month import WEEK_SECONDS

from .conftest import ORIGIN, SLOT, House, on_both_databases, open_house
from .flat import Flat, ManualClock

LATER = SLOT + WEEK_SECONDS


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SLOT * 1000 - 60_000)


async def log(house: House, flat: Flat, records: list[Record]) -> tuple[RecordHash, ...]:
    """Log a flat's records; return their names, sorted as a correction has them."""
    logged = await house.coordinator.ledger.submit(flat.device, [record.encode() for record in records])
    assert all(result.index is not None for result in logged.results), logged
    return tuple(sorted(record.hash for record in records))


async def settled(house: House) -> list[int]:
    return [each.slot for each in await house.coordinator.settler.settle_ripe()]


async def without_103(house: House, slot: int = SLOT) -> tuple[Flat, Flat, Flat]:
    """Three flats, and a slot that is settled without the third."""
    house.clock.pass_until(slot * 1000 - 10_000)
    one, two, three = [await house.invited(name) for name in ("101", "102", "103")]
    await settle_without(house, slot, one, two)
    return one, two, three


async def settle_without(house: House, slot: int, one: Flat, two: Flat) -> None:
    house.clock.pass_until((slot + 61) * 1000)
    await log(house, one, one.slot(slot, 0, 10))
    await log(house, two, two.slot(slot, 6))
    house.clock.pass_ms(601_000)
    assert await settled(house) == [slot]


async def logged(house: House) -> list[tuple[int, Record]]:
    """All entries, opened."""
    async with house.coordinator.engine.connect() as connection:
        found = await entry_store.span(connection, 0, house.coordinator.ledger.size)
    return [(entry.index, Record.decode(entry.sealed)) for entry in found if entry.sealed is not None]


async def corrections(house: House) -> list[Record]:
    return [record for _, record in await logged(house) if record.kind is Kind.CORRECTION]


async def findings(house: House, slot: int = SLOT) -> tuple[str, ...]:
    return CorrectedLog(AuditedLog.of(ORIGIN, await logged(house))).findings(slot)


async def made_up(house: House, slot: int, change: Correction, receiver: Flat, **other: Any) -> None:
    """Let the building sign a correction that it does not come to."""
    scribe = house.coordinator.settler._scribe
    size = house.coordinator.ledger.size
    body = correction_body(
        receiver.name, slot, 60, (receiver.device, change), building=scribe.device, at_ms=slot * 1000, size=size
    )
    await scribe.write([(Kind.CORRECTION, slot, replace(body, **other))])


def measured(import_wh: int, records: Iterable[bytes], export_wh: int = 0) -> SlotValue:
    names = tuple(sorted(records))
    return SlotValue(basis=Basis.MEASURED, import_wh=import_wh, export_wh=export_wh, records=names)


async def test_what_comes_late_is_a_record_that_names_flat_values_and_etps(house: House) -> None:
    _, _, three = await without_103(house)
    size = house.coordinator.ledger.size
    names = await log(house, three, three.slot(SLOT, 9, 2))
    assert await settled(house) == []
    (record,) = await corrections(house)
    body = record.body
    assert (body.place, body.receiver, body.log_size, body.energy_wh) == ("103", three.device, size + 2, 0)
    assert body.correction == Correction(None, measured(9, names, 2)), "nothing stood in: nothing was known of 103"
    assert Body.decode(record.encoded) == body
    # Neighbours see that a slot was corrected, as they see the late entries themselves, and nothing else.
    payload = cbor.decode(record.signed.statement.payload, "the payload")
    assert isinstance(payload, dict)
    assert (record.envelope.slot, set(payload)) == (SLOT, set(range(8)))
    await settled(house)
    assert len(await corrections(house)) == 1, "each change once"
    assert await findings(house) == ()
    # A resident reads of his flat's, and of no other's.
    async with house.coordinator.engine.connect() as connection:
        ((entry, _),) = await correction_store.of_slot(connection, SLOT)
    assert (await house.get(f"/api/v1/records/{entry.index}")).status == 200


async def test_what_was_estimated_says_by_which_rule_and_from_which_etps(house: House) -> None:
    house.clock.pass_until(SLOT * 1000 - 10_000)
    one, two, three = [await house.invited(name) for name in ("101", "102", "103")]
    house.clock.pass_until((SLOT + 61) * 1000)
    week_before = await log(house, three, three.slot(SLOT, 7))
    await settle_without(house, SLOT, one, two)
    await settle_without(house, LATER, one, two)
    names = await log(house, three, three.slot(LATER, 9))
    await settled(house)
    (record,) = await corrections(house)
    assert record.body.correction is not None
    estimate = SlotValue(
        basis=Basis.EARLIER_WEEK, import_wh=7, export_wh=0, records=tuple(week_before), estimated_from=SLOT
    )
    assert record.body.correction == Correction(estimate, measured(9, names))
    assert await findings(house, LATER) == ()


async def test_what_changes_again_is_corrected_again_and_the_newest_counts(house: House) -> None:
    _, _, three = await without_103(house)
    names = await log(house, three, three.slot(SLOT, 9))
    await settled(house)
    # A second record of the same minute: now nobody can say what the meter has counted in it.
    await log(house, three, three.slot(SLOT, 5))
    await settled(house)
    one, other = await corrections(house)
    assert one.body.correction == Correction(None, measured(9, names))
    assert other.body.correction == Correction(measured(9, names), None)
    assert other.body.receiver == three.device
    assert await findings(house) == ()


async def test_what_was_known_in_time_stays_whatever_comes_after(house: House) -> None:
    one, _, _ = await without_103(house)
    await log(house, one, one.slot(SLOT, 5))
    await settled(house)
    assert await corrections(house) == []
    assert await findings(house) == ()


async def test_a_slot_that_was_passed_over_is_corrected_too(house: House) -> None:
    _, _, three = await without_103(house, SLOT + 60)
    names = await log(house, three, three.slot(SLOT, 9))
    await settled(house)
    (record,) = await corrections(house)
    assert (record.envelope.slot, record.body.correction) == (SLOT, Correction(None, measured(9, names)))
    assert await findings(house) == ()
    assert SLOT in CorrectedLog(AuditedLog.of(ORIGIN, await logged(house))).concerned


async def test_what_came_late_is_corrected_before_the_next_slot_is_settled(house: House) -> None:
    one, two, three = await without_103(house)
    await log(house, three, three.slot(SLOT, 9))
    await settle_without(house, SLOT + 60, one, two)
    kinds = [record.kind for _, record in await logged(house)]
    assert kinds.index(Kind.CORRECTION) < len(kinds) - 1 - kinds[::-1].index(Kind.SETTLED)


# --- A coordinator that is killed -------------------------------------------------------------------------------------

type Crash = Callable[[House], None]


def in_the_transaction(house: House) -> None:
    def crash(_: object) -> None:
        event.remove(house.coordinator.engine.sync_engine, "commit", crash)
        raise OSError(5, "input/output error")

    event.listen(house.coordinator.engine.sync_engine, "commit", crash)


def before_publishing(house: House) -> None:
    folder = house.coordinator.ledger.folder
    put = folder.put

    def crash(files: Iterable[tuple[str, bytes]]) -> None:
        folder.put = put  # type: ignore[method-assign]  # as it was
        raise OSError(28, "no space left")

    folder.put = crash  # type: ignore[method-assign]  # fails once


@on_both_databases
@pytest.mark.parametrize("crash", [in_the_transaction, before_publishing])
async def test_a_coordinator_that_is_killed_in_between_corrects_once(
    crash: Crash, config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    async with open_house(config, clock) as house:
        _, _, three = await without_103(house)
        names = await log(house, three, three.slot(SLOT, 9))
        crash(house)
        with pytest.raises(LedgerUnavailableError):
            await settled(house)
    async with open_house(config, clock) as house:
        await settled(house)
        (record,) = await corrections(house)
        assert record.body.correction == Correction(None, measured(9, names))
        assert await findings(house) == ()


async def test_a_log_of_before_corrections_is_looked_at_once_from_its_beginning(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_house(config, clock) as house:
        with monkeypatch.context() as patch:
            patch.setattr(correcting.Corrector, "correct", nothing)
            one, two, three = await without_103(house)
            await log(house, three, three.slot(SLOT, 9))
            await settle_without(house, SLOT + 60, one, two)
        (missing,) = await findings(house)
        assert "no record corrects what 103 was taken for from nothing to 9 Wh drawn" in missing
    async with open_house(config, clock) as house:
        await settled(house)
        assert len(await corrections(house)) == 1
        assert await findings(house) == ()


async def nothing(*_: object) -> int:
    """Correct nothing."""
    return 0


# --- A coordinator that lies ------------------------------------------------------------------------------------------


async def test_a_correction_that_is_left_out_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting.Corrector, "correct", nothing)
    one, two, three = await without_103(house)
    await log(house, three, three.slot(SLOT, 9))
    assert await findings(house) == (), "it may come yet: nothing was settled since"
    await settle_without(house, SLOT + 60, one, two)
    (missing,) = await findings(house)
    assert "no record corrects what 103 was taken for" in missing


async def test_a_correction_of_another_value_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def less(*given: Any, **named: Any) -> Body:
        body = correction_body(*given, **named)
        assert body.correction is not None
        assert body.correction.after is not None
        return replace(body, correction=replace(body.correction, after=replace(body.correction.after, import_wh=8)))

    monkeypatch.setattr(correcting, "correction_body", less)
    _, _, three = await without_103(house)
    await log(house, three, three.slot(SLOT, 9))
    await settled(house)
    (wrong,) = await findings(house)
    assert "corrects what 103 was taken for from nothing to 8 Wh drawn" in wrong
    assert "and it is to be from nothing to 9 Wh drawn" in wrong


async def test_a_correction_that_is_made_up_is_found(house: House) -> None:
    one, _, three = await without_103(house)
    names = [record.hash for _, record in await logged(house) if record.envelope.device == one.device]
    await made_up(house, SLOT, Correction(measured(0, names, 10), measured(3, names)), one)
    (told,) = await findings(house)
    assert "corrects what 101 was taken for, and nothing that came changes it" in told
    await made_up(house, SLOT, Correction(None, measured(3, names)), replace(three, name="109"))
    assert any("corrects what 109 was taken for, who was never enrolled" in each for each in await findings(house))


async def test_a_correction_told_twice_or_by_entries_that_were_not_there_is_found(house: House) -> None:
    _, _, three = await without_103(house)
    names = await log(house, three, three.slot(SLOT, 9))
    await settled(house)
    change = Correction(None, measured(9, names))
    await made_up(house, SLOT, change, three)
    (twice,) = await findings(house)
    assert "nothing that came changes it" in twice
    await made_up(house, SLOT, change, three, log_size=10_000)
    assert len(await findings(house)) == 1, "after the first wrong one nobody can say what the next must be"


async def test_a_correction_of_what_is_not_settled_is_no_entry_of_a_log(house: House) -> None:
    _, _, three = await without_103(house)
    await made_up(house, SLOT + 60, Correction(None, measured(9, [bytes(32)])), three)
    with pytest.raises(AuditError, match=r"is corrected, and slot \d+ is the last that is settled"):
        AuditedLog.of(ORIGIN, await logged(house))
