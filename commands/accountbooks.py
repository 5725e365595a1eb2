"""The payments of a building's log, and the flats' accounts on sheets of their own, which stand beside statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import datetime as dt
from pathlib import Path
from typing import Final

from coordinator.config import BuildingConfig
from coordinator.store import (
    Role,
    close_database,
    entries as entry_store,
    members as member_store,
    open_database,
    payments as payment_store,
    snapshot,
)
from localvpp.etp import DeviceId
from localvpp.paper import Language
from localvpp.payments import Booked, FlatAccount
from localvpp.statements import AccountSheet, account_csv, account_page, account_pdf, accounts_csv, accounts_page

from .errors import CommandError

_SOFTWARE: Final = "local-vpp"


@dataclass(frozen=True, slots=True)
class Books:
    """All payments of a log, with what is needed to read them."""

    building: DeviceId
    booked: Sequence[Booked]
    devices: Mapping[str, DeviceId]
    """Of each flat the one that was enrolled last."""
    size: int
    """Of the log, in entries."""


async def read_books(config: BuildingConfig) -> Books:
    """Read them from the building's database.

    Raises StoreError or SQLAlchemyError; CommandError where there is no log yet.
    """
    engine = await open_database(config.database_url, must_exist=True)
    try:
        async with snapshot(engine) as connection:
            members = await member_store.every(connection)
            building = next((each.device for each in members if each.role is Role.BUILDING), None)
            head = await entry_store.head(connection)
            if building is None or head is None:
                raise CommandError(f"{config.file}: its database has no log yet")
            devices = {each.name: each.device for each in members if each.role is Role.FLAT}
            return Books(building, await payment_store.booked(connection), devices, head.size)
    finally:
        await close_database(engine)


def write_sheets(
    folder: Path, name: str, accounts: Sequence[FlatAccount], books: Books, issued: dt.date, *, with_pdf: bool
) -> None:
    """Write each flat's account into a folder, and all of them on one list. Blocking.

    Raises OSError, or PdfError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for account in accounts:
        sheet = AccountSheet(name, account, issued, books.size, books.building, books.devices.get(account.flat))
        for language in Language:
            stem = f"account.{account.flat}.{language}"
            (folder / f"{stem}.html").write_bytes(account_page(sheet, language).encode())
            (folder / f"{stem}.csv").write_bytes(account_csv(sheet, language))
            if with_pdf:
                (folder / f"{stem}.pdf").write_bytes(account_pdf(sheet, language, software=_SOFTWARE))
    for language in Language:
        (folder / f"accounts.{language}.html").write_bytes(accounts_page(name, accounts, language).encode())
        (folder / f"accounts.{language}.csv").write_bytes(accounts_csv(accounts, language))
