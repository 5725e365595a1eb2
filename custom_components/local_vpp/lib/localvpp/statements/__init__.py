"""Statements and accounts laid out: as CSV, as a page, as PDF; the manager's lists. Nothing is computed here.

In every language these are documents by which an association splits what its building pays (料金按分・精算). Nobody
sells electricity by them.
"""

from .account import AccountSheet
from .collection import collection_csv
from .page import account_page, accounts_page, building_page, statement_page
from .pdf import account_pdf, building_pdf, statement_pdf
from .sheet_csv import (
    account_csv,
    accounts_csv,
    building_csv,
    building_records_csv,
    exact_yen,
    records_csv,
    statement_csv,
)
from .words import Words
from .zengin import BankAccount, Collector, Payer, debits, half_width, zengin
from .zengin_answer import Answer, Answered, AnswerError, Result, read_answer

__all__ = [
    "AccountSheet",
    "Answer",
    "AnswerError",
    "Answered",
    "BankAccount",
    "Collector",
    "Payer",
    "Result",
    "Words",
    "account_csv",
    "account_page",
    "account_pdf",
    "accounts_csv",
    "accounts_page",
    "building_csv",
    "building_page",
    "building_pdf",
    "building_records_csv",
    "collection_csv",
    "debits",
    "exact_yen",
    "half_width",
    "read_answer",
    "records_csv",
    "statement_csv",
    "statement_page",
    "statement_pdf",
    "zengin",
]
