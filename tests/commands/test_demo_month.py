"""The month whose statements stand in docs comes out again, to the byte."""

import pytest

from commands.demo.building import ORIGIN
from commands.demo_month import MONTH, settled, statements_of
from commands.demo_month.__main__ import FIGURES, FOLDER, written
from commands.demo_month.living import SLOT_S, sky_permille
from localvpp.audit import AuditedLog

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
