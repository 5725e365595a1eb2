"""`scripts/demo-month [--out FOLDER]`: write the month's statements of one flat and the building, and its figures."""

import argparse
from collections.abc import Mapping
import hashlib
import json
from pathlib import Path
import sys
from typing import Any, Final

from localvpp.paper import Language, PdfError
from localvpp.settlement.month import SettledMonth, encode_month
from localvpp.settlement.statement import Statement, encode_statement, house_trail, trail_of
from localvpp.statements import building_pdf, statement_pdf

from ..demo.building import mix
from .month import FLATS, house_of, settled, statements_of

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "month"
FIGURES: Final = "figures.json"
SHOWN: Final = mix(FLATS).residents[0]
_SOFTWARE: Final = "local-vpp"


def main() -> int:
    """Write everything; return how the process should end."""
    parser = argparse.ArgumentParser(prog="demo-month", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="FOLDER", help="instead of docs/month")
    parser.add_argument("--records", type=Path, metavar="FILE", help="write the log's records, a line of hex for each")
    arguments = parser.parse_args()
    folder: Path = arguments.out
    month, records = settled()
    made = statements_of(month)
    house, shown = house_of(month, made), made[SHOWN]
    of_house, of_shown = house_trail(house), trail_of(shown)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for language in Language:
            flat = statement_pdf(shown, of_shown, language, software=_SOFTWARE)
            (folder / f"{SHOWN}.{language}.pdf").write_bytes(flat)
            whole = building_pdf(house, of_house, language, software=_SOFTWARE)
            (folder / f"building.{language}.pdf").write_bytes(whole)
        if arguments.records is not None:
            arguments.records.write_text("".join(f"{record.encode().hex()}\n" for record in records), encoding="ascii")
        (folder / FIGURES).write_text(written(month, made), encoding="utf-8")
    except (OSError, PdfError) as error:
        sys.stderr.write(f"demo-month: {error}\n")
        return 2
    return 0


def written(month: SettledMonth, made: Mapping[str, Statement]) -> str:
    """Return the month's figures: by them a later run is seen to be the same."""
    utility = month.given.utility
    told = {name: encode_statement(each, trail_of(each)) for name, each in made.items()}
    figures: dict[str, Any] = {
        "month": str(month.given.month),
        "month.json": hashlib.sha256(encode_month(month)).hexdigest(),
        "slots traded": sum(bool(slot.imbalances) for slot in month.slots),
        "shared inside Wh": sum(each.energy_wh for slot in month.slots for each in slot.settlement.transfers),
        "utility yen": None if utility is None else utility.total_yen,
        "margin yen": month.margin_yen,
        "bills yen": {name: bill.yen for name, bill in month.bills.items()},
        "statements": {name: hashlib.sha256(data).hexdigest() for name, data in told.items()},
    }
    return json.dumps(figures, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
