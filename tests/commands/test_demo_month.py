"""The month whose statements stand in docs comes out again, to the byte."""

from collections.abc import Sequence

import pytest

from commands.demo.building import ORIGIN, PRICES
from commands.demo_month import MONTH, documents_of, house_of, settled, statements_of
from commands.demo_month.__main__ import FIGURES, FOLDER, SHOWN, written
from commands.demo_month.living import SLOT_S, sky_permille
from localvpp.audit import AuditedLog
from localvpp.etp import DeviceId, Record
from localvpp.paper import Language
from localvpp.settlement.statement import Document, Metered, Trail, encode_statement, house_trail, trail_of
from localvpp.statements import statement_page

from ..localvpp.statements.walking import Page, check_records, check_trail, down
from ..needed import module as needed

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def profiles() -> None:
    """What the households are made of."""
    needed("demandlib", "simulator")


def test_a_fresh_run_gives_the_figures_that_stand_in_docs() -> None:
    month, _ = settled()
    assert written(month, statements_of(month)) == (FOLDER / FIGURES).read_text(encoding="utf-8")


def test_its_records_make_a_log_and_prove_what_is_billed() -> None:
    month, records = settled()
    AuditedLog.of(ORIGIN, list(enumerate(records))[:2000])
    for slot in month.slots:
        for reading in slot.readings.values():
            told = [records[place.index] for place in reading.records]
            assert [record.hash for record in told] == [place.hash for place in reading.records]
            assert sum(record.body.energy_wh for record in told) == reading.use.import_wh + reading.use.export_wh


def test_the_months_trades_are_worth_something_to_everybody_who_made_some() -> None:
    month, _ = settled()
    traded = [slot for slot in month.slots if slot.imbalances]
    assert len(traded) > 500
    for name, account in month.accounts.items():
        assert account.energy_money <= account.alone_money, f"{name} pays more than without its neighbours"


def test_the_sky_changes_by_days_alone() -> None:
    slots = MONTH.slots(SLOT_S)
    skies = [sky_permille(begin, 1) for begin in slots]
    assert len(set(skies)) == 3
    assert all(len(set(skies[at : at + 48])) == 1 for at in range(0, len(slots), 48))


def test_every_number_of_a_flats_statement_leads_down_to_the_log_and_comes_out_of_its_records() -> None:
    month, records = settled()
    made = statements_of(month)
    log = {at: record.hash for at, record in enumerate(records)}
    for name in (SHOWN, "common"):
        statement = made[name]
        trail = trail_of(statement)
        check_trail(trail, documents_of(month))
        assert check_records(trail, log, none={"unknown"}) > 1488
        for language in Language:
            page = Page(statement_page(statement, trail_of(statement), language))
            assert {f"f{figure.ref}" for figure in trail.values()} <= page.leads.keys()
            for key, figure in trail.items():
                if figure.value:
                    assert down(page, f"f{figure.ref}"), f"{key} ends before any record"
        device = records[statement.evidence[month.given.slots[0].begin][0].index].envelope.device
        _check_slots(trail, records, device)


def _check_slots(trail: Trail, records: Sequence[Record], device: DeviceId) -> None:
    """What each slot adds to a number is worked out again here, from the signed bodies alone."""
    for key, figure in trail.items():
        for way in figure.ways:
            for slot in way.slots if isinstance(way, Metered) else ():
                bodies = [records[each.index].body for each in slot.records]
                meters = [body for body in bodies if body.imported is not None]
                moved = [body for body in bodies if body.imported is None]
                taken = sum(body.energy_wh for body in meters if body.receiver == device)
                sent = sum(body.energy_wh for body in meters if body.sender == device)
                bought = [body for body in moved if body.receiver == device]
                sold = [body for body in moved if body.sender == device]
                came, went = (sum(body.energy_wh for body in each) for each in (bought, sold))
                values = {
                    "taken": taken,
                    "sent": sent,
                    "neighbours.kwh": came,
                    "neighbours.yen": sum(body.energy_wh * (body.price or 0) for body in bought),
                    "given.kwh": went,
                    "given.yen": -sum(body.energy_wh * (body.price or 0) for body in sold),
                    "grid.kwh": max(taken - sent, 0) - came,
                    "grid.yen": (max(taken - sent, 0) - came) * PRICES.grid,
                    "fed in.kwh": max(sent - taken, 0) - went,
                    "fed in.yen": -(max(sent - taken, 0) - went) * PRICES.feed_in,
                    "made": sum(body.generated.moved for body in meters if body.generated is not None),
                }
                if key in values:
                    assert slot.value == values[key], f"{key} in slot {slot.begin}"


def test_every_number_of_the_buildings_statement_leads_to_the_log_or_to_a_partys_statement() -> None:
    month, records = settled()
    made = statements_of(month)
    trail = house_trail(house_of(month, made))
    told = [Document.of(f"{name}.json", encode_statement(each, trail_of(each))).sha256 for name, each in made.items()]
    check_trail(trail, documents_of(month), told)
    assert check_records(trail, {at: record.hash for at, record in enumerate(records)}) > 1488
