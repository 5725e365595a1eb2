"""`local-vpp market`: clear a book of orders, or check a result as every flat does.

    local-vpp market clear BOOK.json [--objective energy|gain|floor] [--price mid|pair|bid|mcafee] [--out FILE]
    local-vpp market check BOOK.json RESULT.json [--objective …] [--price …]

Both read and write JSON (docs/market.md); `check` returns 1 when something is wrong, and says what.
"""

import argparse
import json
from pathlib import Path
import sys
from typing import Any

from localvpp.market import (
    Book,
    JsonError,
    MarketError,
    Objective,
    PriceRule,
    blocks_are_programmed,
    check,
    clear,
    plain_result,
    read_book,
    read_json,
    read_result,
)

from .errors import CommandError
from .files import read_bytes, write_bytes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    clearing = actions.add_parser("clear", help="find the trades of a book, and what proves them")
    clearing.add_argument("book", type=Path, metavar="BOOK.json", help="seed, orders and lines")
    clearing.add_argument(
        "--objective",
        type=Objective,
        choices=list(Objective),
        default=Objective.GAIN,
        help="what is made largest: energy shared, gain of all, or gain of the flat that gains least (default: gain)",
    )
    clearing.add_argument(
        "--price",
        type=PriceRule,
        choices=list(PriceRule),
        default=PriceRule.MID,
        help="what a trade costs: one middle price, the pair's own, the bid, or McAfee's (default: mid)",
    )
    clearing.add_argument("--out", type=Path, metavar="FILE", help="where the result goes (default: standard output)")
    clearing.set_defaults(action=_clear)

    checking = actions.add_parser("check", help="say whether a result is right for its book")
    checking.add_argument("book", type=Path, metavar="BOOK.json", help="seed, orders and lines")
    checking.add_argument("result", type=Path, metavar="RESULT.json", help="what `market clear` has written")
    checking.add_argument("--objective", type=Objective, choices=list(Objective), help="the one that was agreed on")
    checking.add_argument("--price", type=PriceRule, choices=list(PriceRule), help="the rule that was agreed on")
    checking.set_defaults(action=_check)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; return how the process should end."""
    code: int = arguments.action(arguments)
    return code


def _clear(arguments: argparse.Namespace) -> int:
    book = _book(arguments.book)
    try:
        result = clear(book, arguments.objective, arguments.price)
    except MarketError as error:
        raise CommandError(f"{arguments.book} is not cleared: {error}") from error
    if any(order.whole for order in book.orders) and not blocks_are_programmed():
        print(
            "local-vpp: without HiGHS (the extra local-vpp[blocks]) fewer of the orders that refuse parts may trade",
            file=sys.stderr,
        )
    told = json.dumps(plain_result(result), indent=2, ensure_ascii=False) + "\n"
    write_bytes(arguments.out, told.encode(), "the result")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    book = _book(arguments.book)
    try:
        result = read_result(_json(arguments.result, "the result"))
        findings = check(book, result, objective=arguments.objective, price=arguments.price)
    except MarketError as error:
        raise CommandError(f"{arguments.result} is no result of {arguments.book}: {error}") from error
    told = {
        "ok": not findings,
        "objective": result.certificate.objective.value,
        "price": result.certificate.price.value,
        "energy_wh": result.energy_wh,
        "gain": result.gain,
        "gap": result.gap,
        "findings": [
            {"fault": one.fault.value, "subject": one.subject, "wh": one.wh, "says": one.says} for one in findings
        ],
    }
    print(json.dumps(told, indent=2, ensure_ascii=False))
    return 1 if findings else 0


def _book(path: Path) -> Book:
    try:
        return read_book(_json(path, "the book"))
    except MarketError as error:
        raise CommandError(f"{path} is no book: {error}") from error


def _json(path: Path, what: str) -> Any:
    try:
        return read_json(read_bytes(path, what))
    except JsonError as error:
        raise CommandError(f"{what} {path} cannot be read: {error}") from error
