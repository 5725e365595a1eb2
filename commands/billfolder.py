"""The bills of a month as they were handed out: the statements in the folder that `local-vpp settle` has written."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from localvpp.payments import Bill
from localvpp.settlement.statement import read_billed_flat

from .errors import CommandError


def read_bills(folders: Iterable[Path], building: str) -> list[Bill]:
    """Return the flats' bills in folders, each with the SHA-256 of its statement. Blocking.

    Raises CommandError: for a folder without one, for another building's, and for two of one flat and month.
    """
    bills: dict[tuple[str, str], tuple[Path, Bill]] = {}
    for folder in folders:
        found = 0
        try:
            files = sorted(folder.glob("*.json"))
            for file in files:
                data = file.read_bytes()
                try:
                    told = read_billed_flat(data)
                except ValueError as error:
                    raise CommandError(f"--bills {file}: {error}") from error
                if told is None:
                    continue
                if told.building != building:
                    raise CommandError(f"--bills {file} is of {told.building}, and this is {building}")
                bill = Bill(told.flat, told.month, told.yen, sha256(data).digest())
                first, _ = bills.setdefault((bill.flat, bill.month), (file, bill))
                if first != file:
                    raise CommandError(f"--bills {file}: the bill of {bill.flat} for {bill.month} is in {first}, too")
                found += 1
        except OSError as error:
            raise CommandError(f"--bills {folder} cannot be read: {error.strerror}") from error
        if not found:
            raise CommandError(f"--bills {folder} has no statement of a flat: name what `settle --out` has written")
    return [bill for _, bill in bills.values()]
