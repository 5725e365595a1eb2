"""`python -m benchmarks.plan [NAME…]`: what a year of plans takes, and how far plans were from meters."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
import json
from pathlib import Path
import sys
import time
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from localvpp.plan import (
    Day,
    Field,
    ImbalancePrice,
    Kind,
    Plan,
    Sheet,
    check,
    check_revision,
    from_csv,
    from_json,
    gather,
    imbalances,
    renewed,
    to_csv,
    to_json,
)

from ..figures import Figure
from ..forecast.homes import SHARED
from ..report import parse, parser_of, report
from .error import run_error

ZONE: Final = ZoneInfo("Asia/Tokyo")


def drawn(days: int, flats: int) -> Iterator[list[Plan]]:
    """Give the plans of all flats of each day; each second flat sells to the next one."""
    random = np.random.default_rng(7)
    for number in range(days):
        day = Day.of(date(2026, 1, 1) + timedelta(days=number), ZONE)
        traded = random.integers(0, 200, (flats, day.slots))
        plans = []
        for flat in range(flats):
            columns = {
                Field.DEMAND: random.integers(0, 900, day.slots),
                Field.GENERATION: random.integers(0, 900, day.slots),
            }
            if flat ^ 1 < flats:
                columns[Field.SOLD if flat % 2 == 0 else Field.BOUGHT] = traded[flat // 2]
            plans.append(
                Plan(
                    kind=Kind.FLAT,
                    name=f"{flat + 101}",
                    number=1,
                    made_at=day.begin - 43_200,
                    date=day.date,
                    zone=ZONE,
                    slot_seconds=day.slot_seconds,
                    begin=day.begin,
                    end=day.end,
                    sheet=Sheet.of(day.slots, columns).with_grid(),
                )
            )
        yield plans


def run_year(days: int = 365, flats: int = 100) -> list[Figure]:
    """Make, check and revise a year, and hold it against the meter."""
    spent = dict.fromkeys(("gathered", "checked", "revised", "judged"), 0.0)
    slots = 0
    for plans in drawn(days, flats):
        begin = time.perf_counter()
        plan = gather("house", plans, number=1, made_at=plans[0].made_at)
        spent["gathered"] += (at := time.perf_counter()) - begin
        assert check(plan) == ()
        spent["checked"] += time.perf_counter() - at
        later = gather("house", plans, number=2, made_at=plan.begin + 21_600)
        again = time.perf_counter()
        kept = renewed(plan, later)
        assert check_revision(plan, kept) == ()
        spent["revised"] += (revised := time.perf_counter()) - again
        metered = (plan.sheet.draw + 10).tolist()
        imbalances(plan, metered, [ImbalancePrice.published(1_000)] * plan.sheet.slots)
        spent["judged"] += time.perf_counter() - revised
        slots += plan.sheet.slots
    return [
        Figure(
            name=f"a year of plans, {name}",
            value=seconds,
            unit="s",
            at_most=5.0 if name == "checked" and days == 365 else None,
            beside={"slots": slots, "flats": flats},
        )
        for name, seconds in spent.items()
    ]


def run_files(days: int = 365, flats: int = 100) -> list[Figure]:
    """Write a year as JSON and read it again, beside what the standard library's reader alone takes; a day as CSV."""
    written = read = alone = 0.0
    size, table = 0, b""
    for plans in drawn(days, flats):
        plan = gather("house", plans, number=1, made_at=plans[0].made_at)
        begin = time.perf_counter()
        text = to_json(plan)
        written += (at := time.perf_counter()) - begin
        found = from_json(text)
        read += (done := time.perf_counter()) - at
        json.loads(text)
        alone += time.perf_counter() - done
        assert found == plan
        size, table = size + len(text), table or to_csv(plan)
    begin = time.perf_counter()
    from_csv(table)
    day = time.perf_counter() - begin
    return [
        Figure(name="a year written as JSON", value=written, unit="s", beside={"MB": size / 1e6}),
        Figure(name="a year read from JSON", value=read, unit="s", beside={"json.loads alone": alone}),
        Figure(name="a day read from CSV", value=day * 1_000, unit="ms", beside={"kB": len(table) / 1e3}),
    ]


BENCHMARKS: Final[dict[str, Callable[..., list[Figure]]]] = {"year": run_year, "files": run_files, "error": run_error}
TINY: Final[dict[str, dict[str, Any]]] = {
    "year": {"days": 2, "flats": 3},
    "files": {"days": 2, "flats": 3},
    "error": {"days": 1},
}


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names; return how the process should end."""
    parser = parser_of("plan", __doc__, BENCHMARKS)
    parser.add_argument("--data", type=Path, default=SHARED, help="the folder of the measured homes, for error")
    given = parse(parser, arguments, BENCHMARKS)
    if "error" in given.names and not given.data.is_dir():
        parser.error(f"--data {given.data}: there is no such folder; name the one that holds the measured homes")

    def measured(name: str) -> list[Figure]:
        options = TINY[name] if given.tiny else {}
        return BENCHMARKS[name](**options, **({"data": given.data} if name == "error" else {}))

    report(given, measured)
    return 0


if __name__ == "__main__":
    sys.exit(main())
