"""`local-vpp payments`: what flats pay, and are paid, in the building's log; and what each account comes to.

    local-vpp payments record FILE [PAYMENTS.csv | --zengin ANSWER] [--bills FOLDER …]
    local-vpp payments show FILE [--bills FOLDER …] [--table] [--out FOLDER]

FILE is the building's file, as building.yaml. `record` asks the running coordinator, which alone writes the log; a file
is booked as a whole or not at all. `show` reads the building's database, and needs no coordinator; with `--out` it
writes each flat's account as a sheet, in both languages: HTML, CSV, PDF, and the manager's list of all.
"""

import argparse
import asyncio
from collections.abc import Sequence
import datetime as dt
import json
from pathlib import Path
import re
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from coordinator.config import BuildingConfig, ConfigError, load, load_accounts
from coordinator.keys import load_token
from coordinator.ledger import LedgerError
from coordinator.manager import ManagerError, address, ask
from coordinator.payments import MOST_AT_ONCE
from coordinator.store import StoreError, in_words
from localvpp.paper import JAPAN, PdfError
from localvpp.payments import AccountsError, Booked, FlatAccount, accounts_of
from localvpp.statements import AnswerError, read_answer

from .accountbooks import read_books, write_sheets
from .billfolder import read_bills
from .debited import NotDebited, debited
from .errors import CommandError
from .files import read_bytes
from .paymentsfile import NAMES, Line, read_lines

_OF_A_LINE: Final = re.compile(r"payments\.([0-9]+)(?:\.([a-z]+))?: (.*)", re.DOTALL)
"""How the coordinator begins to say which payment is wrong."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    record = actions.add_parser("record", help="book payments in the log: the coordinator runs")
    record.add_argument("file", type=Path, metavar="FILE", help="the building's file, as building.yaml")
    record.add_argument("payments", type=Path, nargs="?", metavar="PAYMENTS.csv", help="a line for each payment")
    record.add_argument(
        "--zengin", type=Path, metavar="ANSWER", help="instead: the bank's answer to the debits (全銀協)"
    )
    record.add_argument(
        "--accounts", type=Path, metavar="FILE", help="with --zengin: other accounts than the building's"
    )
    record.add_argument("--url", help="where the coordinator answers, if its file does not tell")
    record.set_defaults(action=_record)
    show = actions.add_parser("show", help="print each flat's account")
    show.add_argument("file", type=Path, metavar="FILE", help="the building's file, as building.yaml")
    show.add_argument("--table", action="store_true", help="as a table for reading, instead of JSON")
    show.add_argument("--out", type=Path, metavar="FOLDER", help="write each account as a sheet: HTML, CSV and PDF")
    show.add_argument("--issued", type=_day, metavar="YYYY-MM-DD", help="the date on the sheets; today without it")
    show.add_argument("--no-pdf", action="store_true", help="write no PDF, which needs the extra `pdf` and a font")
    show.set_defaults(action=_show)
    for each in (record, show):
        each.add_argument(
            "--bills",
            type=Path,
            action="append",
            default=[],
            metavar="FOLDER",
            help="a month's bills as they were handed out (settle --out); may be given again",
        )


def run(arguments: argparse.Namespace) -> int:
    """Do what the arguments ask; return how the process should end."""
    try:
        code: int = arguments.action(arguments, load(arguments.file))
    except SQLAlchemyError as error:
        raise CommandError(f"the building's database cannot be read: {in_words(error)}") from error
    except (ConfigError, StoreError, AccountsError, LedgerError, ManagerError) as error:
        raise CommandError(str(error)) from error
    return code


def _record(arguments: argparse.Namespace, config: BuildingConfig) -> int:
    if (arguments.payments is None) is (arguments.zengin is None):
        raise CommandError("name a file of payments, or the bank's answer with --zengin, and not both")
    bills = read_bills(arguments.bills, config.name)
    lines: list[Line] = []
    others: list[NotDebited] = []
    file: Path = arguments.payments or arguments.zengin
    data = read_bytes(file, "the payments")
    try:
        if arguments.payments is not None:
            lines = read_lines(data, bills)
        else:
            accounts = arguments.accounts or config.accounts
            debit = None if accounts is None else load_accounts(accounts, config).debit
            if debit is None:
                raise CommandError("the accounts have no `debit`, which says whose line is whose")
            made, others = debited(read_answer(data), debit, bills)
            lines = [Line(0, each) for each in made]
    except (CommandError, AnswerError) as error:
        raise CommandError(f"{file}: nothing is booked.\n{error}") from error
    if len(lines) > MOST_AT_ONCE:
        raise CommandError(f"{file} has {len(lines)} payments: {MOST_AT_ONCE} are booked at once, divide it")
    done = {"recorded": [], "known": []} if not lines else _book(arguments, config, lines)
    print(json.dumps(done | {"not_debited": [each.plain() for each in others]}, indent=2, ensure_ascii=False))
    return 0


def _book(arguments: argparse.Namespace, config: BuildingConfig, lines: Sequence[Line]) -> dict[str, Any]:
    url, token = address(config, arguments.url), load_token(config.data / "keys")
    request = {"payments": [line.payment for line in lines]}
    try:
        done: dict[str, Any] = asyncio.run(ask(url, token, "/api/v1/payments", request))
    except ManagerError as error:
        found = _OF_A_LINE.fullmatch(str(error))
        if found is None or int(found[1]) >= len(lines):
            raise
        line, name = lines[int(found[1])], found[2]
        where = f"line {line.number}" if line.number else f"the debit of {line.payment['flat']}"
        column = "" if name is None else f"{NAMES.get(name, name)}: "
        raise CommandError(f"nothing is booked.\n{where}: {column}{found[3]}") from error
    return done


def _show(arguments: argparse.Namespace, config: BuildingConfig) -> int:
    bills = read_bills(arguments.bills, config.name)
    books = asyncio.run(read_books(config))
    accounts = list(accounts_of(bills, books.booked, books.building).values())
    if arguments.out is not None:
        issued = arguments.issued or dt.datetime.now(JAPAN).date()
        try:
            write_sheets(arguments.out, config.name, accounts, books, issued, with_pdf=not arguments.no_pdf)
        except (OSError, PdfError) as error:
            raise CommandError(f"--out {arguments.out}: {error}; --no-pdf writes the others") from error
    if arguments.table:
        print("\n".join(_table(accounts)))
    else:
        plain = {"flats": [_plain_account(each) for each in accounts], "sums": _sums(accounts)}
        print(json.dumps(plain, indent=2, ensure_ascii=False))
    return 0


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write YYYY-MM-DD") from error


_SUMS: Final = ("billed_yen", "paid_yen", "open_yen", "deposit_yen", "other_yen")


def _sums(accounts: Sequence[FlatAccount]) -> dict[str, int]:
    return {name: sum(getattr(each, name) for each in accounts) for name in _SUMS}


def _plain_account(account: FlatAccount) -> dict[str, Any]:
    """Return an account as JSON has it; payments are [index, hash] of their records."""
    return {
        "flat": account.flat,
        **{name: getattr(account, name) for name in _SUMS},
        "bills": [
            {
                "month": each.bill.month,
                "statement": each.bill.statement.hex(),
                "yen": each.bill.yen,
                "paid_yen": each.paid_yen,
                "open_yen": each.open_yen,
                "payments": _places(each.payments),
            }
            for each in account.bills
        ],
        "deposits": _places(account.deposits),
        "others": _places(account.others),
    }


def _places(payments: Sequence[Booked]) -> list[list[int | str]]:
    return [[each.index, each.hash.hex()] for each in payments]


def _table(accounts: Sequence[FlatAccount]) -> list[str]:
    names = ("billed", "paid", "open", "deposit", "other bills")
    rows: list[tuple[str, ...]] = [("flat", *names)]
    rows += [(each.flat, *(f"{getattr(each, name):,}" for name in _SUMS)) for each in accounts]
    rows.append(("all", *(f"{total:,}" for total in _sums(accounts).values())))
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
