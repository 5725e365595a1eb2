"""What the manager has to collect, and to pay out: all flats on one list, plain amounts in yen.

It is no order to a bank: `zengin` makes that, where it is known whose account is debited.
"""

from collections.abc import Mapping, Sequence

from ..paper import Language
from ..settlement.month import Billing, Role, SettledMonth
from ..settlement.statement import Statement
from .sheet_csv import written
from .words import Words


def collection_csv(settled: SettledMonth, made: Mapping[str, Statement], language: Language) -> bytes:
    """Return the list, every flat on it: who is not billed has no amount, and the reason. Its last line is the sum."""
    words = Words(language)
    head = ("party", "month", "to_pay", "tax_yen", "status", "notes")
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
            ]
        )
    rows.append([words["sum"], str(settled.given.month), settled.flats_yen, "", "", ""])
    return written(rows)
