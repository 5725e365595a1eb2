"""What one Python clears and settles, another with another numpy does to the byte: every flat runs the rules itself.

The other is a Python of the next series with newer packages, which hashes and sorts by code of its own.
"""

from collections.abc import Sequence
from pathlib import Path
import sys
from typing import Final

import pytest

from .conftest import run, tool

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[2]
BOOKS: Final = 24

WHO: Final = """
import platform, sys, numpy
print(platform.python_version(), numpy.__version__)
"""
CLEARING: Final = """
from dataclasses import replace
from hashlib import sha256
import json, random, sys
from localvpp.market import Objective, PriceRule, clear, plain_result, unsuited_rules
from localvpp.market.clearing.whole import CANONICAL
from tests.localvpp.market import books
for seed in range(int(sys.argv[1])):
    draw, lines = random.Random(seed), seed % 2 == 1
    book = books.book(draw, 20 + 3 * seed, lines=lines, green=seed % 3 == 1)
    refuses = seed % 4 == 3
    if refuses:
        whole = {order.id for order in book.orders if draw.random() < 0.3}
        orders = [replace(order, all_or_nothing=order.id in whole) for order in book.orders]
        book = replace(book, orders=tuple(orders))
    for objective in Objective:
        for price in PriceRule:
            if unsuited_rules(objective, price, lines=lines) or refuses and price is PriceRule.MCAFEE:
                continue
            if price is PriceRule.MCAFEE and any(order.requires for order in book.orders):
                continue
            result = clear(book, objective, price, CANONICAL)
            document = json.dumps(plain_result(result)).encode()
            print(seed, objective, price, len(result.trades), sha256(document).hexdigest())
"""
SETTLING: Final = """
from hashlib import sha256
from localvpp.settlement.month import encode_month, settle_month
from tests.localvpp.settlement.test_settlement_month import KEYS, SMALL, month_of, with_utility
for name, key in KEYS.items():
    given = with_utility(month_of(SMALL, key=key, without={900: ["103", "101"]}))
    print(name, sha256(encode_month(settle_month(given))).hexdigest())
"""


def told(python: Path, program: str, *arguments: str) -> Sequence[str]:
    """What a program prints, by the product's sources and whatever packages that Python has."""
    sources = f"{ROOT}:{ROOT / 'custom_components/local_vpp/lib'}"
    return run(python, "-c", program, *arguments, cwd=ROOT, env={"PYTHONPATH": sources}).splitlines()


@pytest.fixture
def other() -> Path:
    python = tool("python3.15") / "bin/python"
    assert told(python, WHO) != told(Path(sys.executable), WHO), "it is another one"
    return python


def test_what_another_python_clears_has_the_same_bytes(other: Path) -> None:
    here = told(Path(sys.executable), CLEARING, str(BOOKS))
    assert told(other, CLEARING, str(BOOKS)) == here
    assert len({line.split()[-1] for line in here}) > 3 * BOOKS, "the results are many"


def test_what_another_python_settles_has_the_same_bytes(other: Path) -> None:
    here = told(Path(sys.executable), SETTLING)
    assert told(other, SETTLING) == here
    assert len(set(here)) == 5
