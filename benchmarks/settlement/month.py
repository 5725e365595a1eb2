"""A month of a hundred flats: every slot settled and checked, bills, the bytes, and all statements.

What a statement's numbers lead to is made when somebody follows one: that is told beside, for one flat, with the page.
"""

from datetime import date
from time import process_time

from localvpp.paper import Language
from localvpp.settlement import apportion
from localvpp.settlement.month import encode_month, settle_month
from localvpp.settlement.statement import (
    MONTH_FILE,
    Document,
    Documents,
    Issuer,
    Statement,
    building_statement,
    statements,
    trail_of,
)
from localvpp.statements import statement_page

from ..figures import Figure
from .made_up import KEYS, month_of

ISSUER = Issuer("made up", None)


def run(*, flats: int = 100, slots: int | None = None, rounds: int = 3) -> list[Figure]:
    """Measure each key."""
    return [_measure(key, flats, slots, rounds) for key in KEYS]


def _measure(key: str, flats: int, slots: int | None, rounds: int) -> Figure:
    given = month_of(flats, slots, key)
    best: list[tuple[float, float, float]] = []
    encoded = 0
    made: dict[str, Statement] = {}
    for _ in range(rounds):
        begin = process_time()
        settled = settle_month(given)
        after = process_time()
        data = encode_month(settled)
        documents = Documents(Document.of(MONTH_FILE, data))
        before = process_time()
        made = statements(settled, ISSUER, date(2026, 11, 5), documents=documents)
        building_statement(settled, made, dict.fromkeys(made, documents.month), documents)
        encoded = len(data)
        told = process_time()
        best.append((told - begin, after - begin, told - before))
    whole, settling, telling = min(best)
    return Figure(
        name=f"{key}: a month of {flats} flats settled, with all statements",
        value=whole,
        unit="s of a processor",
        at_most=2.0,
        beside={
            "s settling": settling,
            "s statements": telling,
            "s one flat's page, followed down": _page(made["101"]),
            "bytes": encoded,
            "slots": len(given.slots),
            "s for 10,000 apportionments of 100": _reference(),
        },
    )


def _page(statement: Statement) -> float:
    begin = process_time()
    statement_page(statement, trail_of(statement), Language.ENGLISH)
    return process_time() - begin


def _reference() -> float:
    weights = {f"{at}": 37 * at % 101 + 1 for at in range(100)}
    begin = process_time()
    for whole in range(1000):
        apportion(whole, weights)
    return (process_time() - begin) * 10
