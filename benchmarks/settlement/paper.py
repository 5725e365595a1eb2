"""A flat's statement of a month as PDF, in each language: most of it is the font, of which it takes what it needs."""

from datetime import date
from time import process_time

from localvpp.paper import Language
from localvpp.settlement.month import encode_month, settle_month
from localvpp.settlement.statement import MONTH_FILE, Document, Documents, statements, trail_of
from localvpp.statements import statement_pdf

from ..figures import Figure
from .made_up import month_of
from .month import ISSUER


def run(*, flats: int = 4, slots: int | None = None, rounds: int = 3) -> list[Figure]:
    """Measure one statement, after one that has loaded what all need."""
    settled = settle_month(month_of(flats, slots, "dynamic"))
    documents = Documents(Document.of(MONTH_FILE, encode_month(settled)))
    statement = statements(settled, ISSUER, date(2026, 11, 5), documents=documents)["101"]
    trail = trail_of(statement)
    figures = []
    for language in Language:
        data = statement_pdf(statement, trail, language, software="local-vpp")
        best = []
        for _ in range(rounds):
            begin = process_time()
            statement_pdf(statement, trail, language, software="local-vpp")
            best.append(process_time() - begin)
        figures.append(
            Figure(
                name=f"a flat's statement as PDF, {language}",
                value=min(best),
                unit="s of a processor",
                beside={"bytes": len(data)},
            )
        )
    return figures
