"""`local-vpp settle --month 2026-10 --out FOLDER`: a month's bills.

Reads `building.yaml` of the folder it is run in, or the file that is named, and the accounts that this names; then the
building's database beside a running coordinator. It writes for every flat its statement, for the building
its own, the list of what to collect, and the month as it was settled (month.json): whoever re-runs it from the same
records gets the same bytes.
"""

import argparse
import asyncio
from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from datetime import UTC, date, datetime
import json
import os
from pathlib import Path
import sys
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from coordinator.config import Accounts, BuildingConfig, ConfigError, Debit, load, load_accounts
from coordinator.settlement.months import MonthError, Records, read_month, shared_otherwise, unlike
from coordinator.store import StoreError, close_database, in_words, members as member_store, open_database, snapshot
from localvpp.paper import JAPAN, Language, PdfError
from localvpp.payments import AccountsError, accounts_of
from localvpp.settlement.month import (
    BUILDING,
    BilledMonth,
    Billing,
    Difference,
    Fee,
    IdentityError,
    MonthInput,
    SettledMonth,
    billing_of,
    encode_month,
    read_billed,
    settle_month,
    since,
    wh_by_band,
)
from localvpp.settlement.statement import (
    BUILDING_FILE,
    MONTH_FILE,
    BuildingStatement,
    Document,
    Documents,
    Statement,
    building_statement,
    encode_building,
    encode_statement,
    house_trail,
    statements,
    trail_of,
)
from localvpp.settlement.tariff import Month, MonthUse, UtilityBill, peak_of, utility_bill
from localvpp.statements import (
    Words,
    building_csv,
    building_page,
    building_pdf,
    building_records_csv,
    collection_csv,
    debits,
    exact_yen,
    records_csv,
    statement_csv,
    statement_page,
    statement_pdf,
    zengin,
)

from .accountbooks import read_books
from .billfolder import read_bills
from .errors import CommandError

type _Write = Callable[[str, bytes], None]
"""Writes a file of a name."""

_SOFTWARE = "local-vpp"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    parser.add_argument(
        "file",
        type=Path,
        nargs="?",
        default=Path("building.yaml"),
        metavar="FILE",
        help="the building's file; building.yaml of this folder without it",
    )
    parser.add_argument(
        "--accounts",
        type=Path,
        metavar="FILE",
        help="as examples/settlement.yaml; without it the file that the building's file names as `settlement`",
    )
    parser.add_argument("--month", type=_month, required=True, metavar="YYYY-MM", help="the month, by Japan's clock")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the documents go; without it, only the sums")
    parser.add_argument(
        "--billed",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="month.json of a month billed before: what came late since then is billed now, and what is open of it is "
        "printed; give all, in any order",
    )
    parser.add_argument("--issued", type=_day, metavar="YYYY-MM-DD", help="the date on invoices; today without it")
    parser.add_argument(
        "--language",
        type=Language,
        choices=list(Language),
        default=Language.ENGLISH,
        help="of the findings that are printed; documents are written in each",
    )
    parser.add_argument("--no-pdf", action="store_true", help="write pages and CSV alone")


def run(arguments: argparse.Namespace) -> int:
    """Settle a month; return how the process should end."""
    os.umask(0o077)  # What each flat uses, and pays, is nobody else's.
    try:
        config = load(arguments.file)
        if (file := arguments.accounts or config.accounts) is None:
            raise ConfigError(
                config.file, None, "settlement: it names no accounts: name their file, or give --accounts"
            )
        accounts = load_accounts(file, config)
        records = asyncio.run(_read(config, accounts, arguments.month))
        billed = {each.name for each in records.parties if billing_of(each, arguments.month)[0] is Billing.BILLED}
        differences = _differences(config, accounts, arguments.month, arguments.billed, {*billed, BUILDING})
        given = replace(
            _month_input(config, accounts, records, arguments.month),
            utility=_utility(config, accounts, records, arguments.month),
            utility_kwh=arguments.month in accounts.kwh,
            fees=_fees(accounts.fees, {each.name for each in records.parties}, arguments.month),
            differences=differences,
            charged_yen=accounts.charged_yen.get(arguments.month),
        )
        settled = settle_month(given)
        still_open = _open(config, arguments.billed)
    except SQLAlchemyError as error:
        raise CommandError(f"the building's database cannot be read: {in_words(error)}") from error
    except (AccountsError, ConfigError, MonthError, IdentityError, StoreError, OSError, ValueError) as error:
        raise CommandError(str(error)) from error
    _check(settled, records)
    now = datetime.now(UTC)
    if now.timestamp() < arguments.month.plus(1).begin():
        sys.stderr.write(f"local-vpp: {arguments.month} is not over: what is to come is estimated, or unknown\n")
    elif records.pending:
        first, others = records.pending[0], len(records.pending) - 1
        raise CommandError(
            f"slot {first}, and {others} others, have records and are not settled yet: let the coordinator run, and "
            "try again"
        )
    elif records.uncorrected:
        raise CommandError(_uncorrected(records))
    issued = arguments.issued or now.astimezone(JAPAN).date()
    if arguments.out is not None:
        try:
            _write(arguments.out, settled, accounts, issued, with_pdf=not arguments.no_pdf)
        except (OSError, PdfError, ValueError) as error:
            raise CommandError(f"--out {arguments.out}: {error}; --no-pdf writes the others") from error
    sums = _sums(settled, accounts.debit, Words(arguments.language)) | {"open_yen": still_open}
    print(json.dumps(sums, indent=2, ensure_ascii=False))
    return 0


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write YYYY-MM-DD") from error


async def _read(config: BuildingConfig, accounts: Accounts, month: Month) -> Records:
    engine = await open_database(config.database_url, must_exist=True)
    try:
        async with snapshot(engine) as connection:
            members = await member_store.every(connection)
            return await read_month(connection, config, accounts, members, month)
    finally:
        await close_database(engine)


def _fees(fees: Sequence[Fee], parties: Set[str], month: Month) -> tuple[Fee, ...]:
    """Return the fees of a month; the part of who is not there, yet or any more, is the building's."""
    found = []
    for fee in fees:
        absent = sorted(fee.parts.keys() - parties)
        parts = {name: part for name, part in fee.parts.items() if name in parties}
        if absent:
            parts[BUILDING] = sum(fee.parts[name] for name in absent)
            sys.stderr.write(
                f"local-vpp: fee {fee.name!r}: the part of {', '.join(absent)}, who is no party of {month}, falls to "
                "the building\n"
            )
        found.append(replace(fee, parts=parts))
    return tuple(found)


def _differences(
    config: BuildingConfig, accounts: Accounts, month: Month, files: Sequence[Path], payers: Set[str]
) -> tuple[Difference, ...]:
    """Return what has changed of earlier months since they were billed, of those who are billed in this one.

    What has changed of others is found again as often as it is asked for, until it is on a bill.
    """
    billed: dict[Month, BilledMonth] = {}
    for file in files:
        try:
            each = read_billed(file.read_bytes())
        except ValueError as error:
            raise MonthError(f"--billed {file}: {error}") from error
        if each.month >= month or each.month in billed:
            raise MonthError(f"--billed {file} is of {each.month}: give months before {month}, each once")
        billed[each.month] = each
    already = [difference for each in billed.values() for difference in each.differences]
    found: list[Difference] = []
    for earlier, each in sorted(billed.items()):
        records = asyncio.run(_read(config, accounts, earlier))
        if records.uncorrected:
            raise MonthError(_uncorrected(records))
        now = settle_month(_month_input(config, accounts, records, earlier))
        slots = {slot.given.begin for slot in now.slots}
        known = [difference for difference in already if difference.slot in slots]
        found += since(each.slots, known, now.slots, each.parties & now.accounts.keys(), each.estimates)
    for name in sorted({each.party for each in found} - payers):
        count = sum(each.party == name for each in found)
        money = sum(each.money for each in found if each.party == name)
        sys.stderr.write(
            f"local-vpp: {count} differences of {name} are on nobody's bill: it is not billed in {month}. It owes "
            f"{exact_yen(money)} yen more for earlier months\n"
        )
    return tuple(each for each in found if each.party in payers)


def _open(config: BuildingConfig, files: Sequence[Path]) -> dict[str, int] | None:
    """Return what is open, by flat, of the bills that lie beside months billed before; None where none are there.

    It is told and not billed, and stands on no statement: it changes with each payment, and a statement is what
    payments name by its hash.
    """
    if not files:
        return None
    try:
        bills = read_bills(dict.fromkeys(file.parent for file in files), config.name)
    except CommandError as error:
        # A month.json that was kept alone bills as well as one beside its statements.
        sys.stderr.write(f"local-vpp: what is open of earlier bills is not told: {error}\n")
        return None
    books = asyncio.run(read_books(config))
    accounts = accounts_of(bills, books.booked, books.building)
    return {flat: account.open_yen for flat, account in accounts.items()}


def _uncorrected(records: Records) -> str:
    first, others = records.uncorrected[0], len(records.uncorrected) - 1
    return (
        f"of slot {first}, and {others} others, something came late, and the log does not say yet what it corrects: "
        "let the coordinator run, and try again"
    )


def _month_input(config: BuildingConfig, accounts: Accounts, records: Records, month: Month) -> MonthInput:
    """Return a month without what is billed beside its energy."""
    return MonthInput(
        building=config.name,
        month=month,
        slot_seconds=config.slot_seconds,
        parties=records.parties,
        slots=records.slots,
        before=records.before,
        export_yen=accounts.export_yen.get(month, 0),
        split=accounts.split,
        loss_alarm_percent=accounts.loss_alarm_percent,
        keys=records.keys,
    )


def _utility(config: BuildingConfig, accounts: Accounts, records: Records, month: Month) -> UtilityBill | None:
    """Return what the utility's bill must be, by the tariff; None without one."""
    if accounts.tariff is None:
        return None
    maxima = [accounts.maxima_kw.get(month.plus(at - 11)) for at in range(11)]
    known = [kw for kw in maxima if kw is not None]
    if known and None in maxima[maxima.index(known[0]) :]:
        raise MonthError("maxima_kw has a month missing between others: write all since the supply began, or twelve")
    own = accounts.maxima_kw.get(month)
    if own is None and accounts.tariff.agreed_kw is None:
        own = _highest_kw(config, records, month)
    told = accounts.kwh.get(month)
    if told is None:
        energy = wh_by_band(accounts.tariff, records.slots, config.slot_seconds)
    else:
        energy = {band: kwh * 1000 for band, kwh in told.items()}
    factor = accounts.power_factors.get(month, accounts.power_factor)
    return utility_bill(accounts.tariff, MonthUse(month, energy, [*known, own or 0], factor))


def _highest_kw(config: BuildingConfig, records: Records, month: Month) -> int:
    """Return a month's highest demand by the bulk meter; say how much of the month it has not told."""
    imports = ((slot.begin, None if slot.bulk is None else slot.bulk.import_wh) for slot in records.slots)
    peak = peak_of(imports, config.slot_seconds)
    if peak is None:
        raise MonthError(f"the bulk meter is not known in {month}: write its highest demand into maxima_kw")
    if peak.unknown:
        sys.stderr.write(
            f"local-vpp: the bulk meter is unknown in {peak.unknown} half hours of {month}, any of which may have been "
            f"the highest: compare {peak.kw} kW with the utility's bill, and write its figure into maxima_kw\n"
        )
    return peak.kw


def _check(settled: SettledMonth, records: Records) -> None:
    """Raise if the month is not what was shared, and signed, slot by slot; say what is billed otherwise than that."""
    if different := unlike(settled, records):
        raise CommandError(
            f"slot {different[0]}, and {len(different) - 1} others, were settled otherwise than their records say now: "
            "look at them with `local-vpp log` before anybody is billed; a month of which records were erased is not "
            "billed any more"
        )
    if otherwise := shared_otherwise(settled, records):
        left_out = [name for name, billing in settled.billing.items() if billing is not Billing.BILLED]
        sys.stderr.write(
            f"local-vpp: {len(otherwise)} slots are shared otherwise than when they were settled, because "
            f"{', '.join(left_out)} cannot be billed\n"
        )


def _sums(settled: SettledMonth, debit: Debit | None, words: Words) -> dict[str, Any]:
    return {
        "month": str(settled.given.month),
        "flats_yen": settled.flats_yen,
        "common_yen": settled.common_yen,
        "utility_yen": None if settled.given.utility is None else settled.given.utility.total_yen,
        "export_yen": settled.given.export_yen,
        "margin_yen": settled.margin_yen,
        "loss_wh": settled.loss_wh,
        "debited_yen": None if debit is None else sum(debits(settled, debit.payers).values()),
        "bills": {name: bill.yen for name, bill in settled.bills.items()},
        "findings": [words.finding(each) for each in settled.findings],
    }


def _write(folder: Path, settled: SettledMonth, accounts: Accounts, issued: date, *, with_pdf: bool) -> None:
    """Write what is handed out, with the documents that its numbers lead to."""
    folder.mkdir(parents=True, exist_ok=True)
    month, tariff = encode_month(settled), accounts.tariff_file
    prices = None if tariff is None else tariff.read_bytes()
    documents = Documents(
        month=Document.of(MONTH_FILE, month),
        tariff=None if tariff is None or prices is None else Document.of(tariff.name, prices),
    )

    def write(name: str, data: bytes) -> None:
        (folder / name).write_bytes(data)

    write(MONTH_FILE, month)
    if tariff is not None and prices is not None:
        write(tariff.name, prices)
    if accounts.debit is not None:
        write("collection.zengin.txt", zengin(settled, accounts.debit.collector, accounts.debit.payers))
    made = statements(settled, accounts.issuer, issued, accounts.recipients, documents)
    parties = {name: _write_statement(write, name, statement, with_pdf=with_pdf) for name, statement in made.items()}
    house = building_statement(settled, made, parties, documents, accounts.tariff)
    building = _write_building(write, house, with_pdf=with_pdf)
    for language in Language:
        write(f"collection.{language}.csv", collection_csv(settled, made, parties, building, language))


def _write_statement(write: _Write, name: str, statement: Statement, *, with_pdf: bool) -> Document:
    """Write a party's statement, and return what names it.

    The ways of its numbers are the most of it: they are laid once for all that tells them, and let go of before the
    next party's.
    """
    trail = trail_of(statement)
    data = encode_statement(statement, trail)
    write(f"{name}.json", data)
    for language in Language:
        write(f"{name}.{language}.html", statement_page(statement, trail, language).encode())
        write(f"{name}.{language}.csv", statement_csv(statement, trail, language))
        write(f"{name}.records.{language}.csv", records_csv(statement, trail, language))
        if with_pdf:
            write(f"{name}.{language}.pdf", statement_pdf(statement, trail, language, software=_SOFTWARE))
    return Document.of(f"{name}.json", data)


def _write_building(write: _Write, house: BuildingStatement, *, with_pdf: bool) -> Document:
    """Write the building's statement, and return what names it."""
    trail = house_trail(house)
    data = encode_building(house, trail)
    write(BUILDING_FILE, data)
    for language in Language:
        write(f"building.{language}.html", building_page(house, trail, language).encode())
        write(f"building.{language}.csv", building_csv(house, trail, language))
        write(f"building.records.{language}.csv", building_records_csv(house, trail, language))
        if with_pdf:
            write(f"building.{language}.pdf", building_pdf(house, trail, language, software=_SOFTWARE))
    return Document.of(BUILDING_FILE, data)
