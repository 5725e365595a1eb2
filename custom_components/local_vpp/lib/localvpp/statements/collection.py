"""What the manager has to collect, and to pay out: all flats on one list, plain amounts in yen.

Each amount is that of a statement, which is named with its digest. It is no order to a bank: `zengin` makes that, where
it is known whose account is debited.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from ..paper import Language
from ..settlement.month import Billing, Role, SettledMonth
from ..settlement.statement import Document, Statement
from .sheet_csv import place_in, written
from .words import Words

_KEYS: Final = ("figures[to pay]", "figures[tax]")
"""Where a statement has what is to be paid, and the tax in it."""


def collection_csv(
    settled: SettledMonth,
    made: Mapping[str, Statement],
    papers: Mapping[str, Document],
    building: Document,
    language: Language,
) -> bytes:
    """Return the list, every flat on it: who is not billed has no amount, and the reason. Its last line is the sum.

    Args:
        settled: the month.
        made: the statements of its parties.
        papers: the documents that these are handed out as, by party.
        building: the building's.
        language: of the words.
    """
    words = Words(language)
    head = ("party", "month", "to_pay", "tax_yen", "status", "notes", "records")
    rows: list[Sequence[object]] = [[words[key] for key in head]]
    for party in sorted(settled.given.parties, key=lambda each: each.name):
        if party.role is not Role.FLAT:
            continue
        statement = made.get(party.name)
        bill = settled.bills.get(party.name)
        invoice = None if statement is None else statement.invoice
        billing = settled.billing[party.name]
        status = "billed" if billing is Billing.BILLED else billing.value
        notes = [words.detail(each) for each in settled.findings if each.party == party.name]
        rows.append(
            [
                party.name,
                str(settled.given.month),
                "" if bill is None else bill.yen,
                "" if invoice is None else invoice.tax_yen,
                words[status],
                "; ".join(notes),
                "" if bill is None else place_in(papers[party.name], *_KEYS[: 1 if invoice is None else 2]),
            ]
        )
    summed = place_in(building, "figures[flats yen]")
    rows.append([words["sum"], str(settled.given.month), settled.flats_yen, "", "", "", summed])
    return written(rows)
