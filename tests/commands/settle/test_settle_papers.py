"""Every number of everything that is handed out for a month is walked down: to records of the log, or into a paper."""

import asyncio
from collections.abc import Iterator, Mapping
import csv
from fractions import Fraction
import hashlib
import io
import json
from pathlib import Path
import re
import sqlite3
from typing import Any, Final

import pytest
import yaml

from commands.main import main
from coordinator.config import BuildingConfig
from localvpp.etp import Kind
from localvpp.paper import Language
from localvpp.settlement.statement import SCALE, Unit
from localvpp.settlement.tariff import Month
from localvpp.statements import Words

from ...coordinator.conftest import SLOT
from ...localvpp.statements.walking import Page, astray, at_place, down, worked
from ...new_database import NewDatabase
from .living import ACCOUNTS, NEXT, NOVEMBER, laid, live, tell_late

pytestmark = pytest.mark.usefixtures("socket_enabled", "umask_kept")

BY_COST: Final = """
tariff: tariff.yaml
split: by cost
maxima_kw: {"2026-11": 5, "2026-12": 6}
kwh: {"2026-11": {day: 30, night: 12}, "2026-12": {day: 3, night: 1}}
charged_yen: {"2026-11": 9000}
"""
"""What the bulk meter, which this building has none of, would tell."""
DECEMBER: Final = NOVEMBER.plus(1)
_UNKNOWN: Final = {"unknown"}
"""Of a slot that nobody knows there is no record: that is what these numbers say."""


@pytest.fixture
def papers(tmp_path: Path, new_database: NewDatabase) -> tuple[BuildingConfig, Mapping[Month, Path]]:
    """Two months of a building: in the second one stands what came too late for the first."""
    example = Path(__file__).parents[3] / "examples/tariff.yaml"
    fuel = '"2026-11": "0.13"'
    tariff = example.read_text(encoding="utf-8").replace(fuel, f'{fuel}, "2026-12": "0.20"')
    (tmp_path / "tariff.yaml").write_text(tariff, encoding="utf-8")
    config = laid(tmp_path, new_database, accounts=ACCOUNTS + BY_COST)
    two = asyncio.run(live(config))
    folders = {NOVEMBER: tmp_path / "november", DECEMBER: tmp_path / "december"}
    settle(config, NOVEMBER, folders[NOVEMBER])
    asyncio.run(tell_late(config, two))
    settle(config, DECEMBER, folders[DECEMBER], "--billed", str(folders[NOVEMBER] / "month.json"))
    return config, folders


def settle(config: BuildingConfig, month: Month, out: Path, *more: str) -> None:
    given = ["settle", str(config.file), "--month", str(month), "--out", str(out), "--issued", "2027-01-05"]
    assert main([*given, "--no-pdf", *more]) == 0


class Papers:
    """The papers of a month, by their digests, and the log that they lead to."""

    def __init__(self, config: BuildingConfig, folder: Path) -> None:
        self.folder = folder
        self.papers: dict[str, Any] = {}
        for file in (*folder.glob("*.json"), *folder.glob("*.yaml")):
            read = json.loads if file.suffix == ".json" else yaml.safe_load
            self.papers[hashlib.sha256(file.read_bytes()).hexdigest()] = read(file.read_bytes())
        with sqlite3.connect(config.data / "building.db") as database:
            rows = database.execute("SELECT log_index, hash, kind FROM entries").fetchall()
        self.log = {index: (name.hex(), Kind(kind)) for index, name, kind in rows}

    def statements(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for file in sorted(self.folder.glob("*.json")):
            told = json.loads(file.read_bytes())
            if "figures" in told:
                yield file.stem, told

    def check(self, name: str, told: Mapping[str, Any]) -> set[Kind]:
        """Walk all numbers of a statement; return the kinds of the records that they have led to."""
        figures, kinds = told["figures"], set()
        values = {each["ref"]: None if each["value"] is None else Fraction(each["value"]) for each in figures.values()}
        assert len(values) == len(figures), "no two have one reference"
        for key, figure in figures.items():
            assert figure["from"], f"{key} of {name} leads nowhere"
            for way in figure["from"]:
                if "slots" in way:
                    kinds |= self._slots(f"{key} of {name}", figure, way["slots"], told["records"])
                elif "by" in way:
                    assert worked(way["by"], values) == values[figure["ref"]], f"{key} of {name}: {way['by']}"
                else:
                    assert at_place(self.papers[way["sha256"]], way["place"]), f"{key} of {name}"
        return kinds

    def _slots(
        self, what: str, figure: Mapping[str, Any], slots: Mapping[str, Any], own: Mapping[str, Any]
    ) -> set[Kind]:
        kinds, summed = set(), 0
        for begin, told in slots.items():
            value, records = told if isinstance(told, list) else (told, own.get(begin, []))
            summed += value
            assert records or what.split(maxsplit=1)[0] in _UNKNOWN, f"slot {begin} of {what} has no record"
            for index, name in records:
                assert self.log[index][0] == name, f"{what}: record {index} is another"
                kinds.add(self.log[index][1])
        if figure["value"] is not None:
            assert Fraction(summed, SCALE.get(Unit(figure["unit"]), 1)) == Fraction(figure["value"]), what
        return kinds


def test_every_number_of_two_months_papers_leads_to_records_of_the_log_or_into_a_paper(
    papers: tuple[BuildingConfig, Mapping[Month, Path]],
) -> None:
    config, folders = papers
    for month, folder in folders.items():
        walked = Papers(config, folder)
        told = dict(walked.statements())
        assert told.keys() == {"101", "102", "103", "building"}
        kinds = {name: walked.check(name, each) for name, each in told.items()}
        if month == NOVEMBER:
            # What was shared leads to its transfers, and to what says by which key and price.
            assert kinds["102"] == {Kind.INTERVAL, Kind.TRANSFER, Kind.SETTLED}
            assert kinds["103"] == {Kind.INTERVAL, Kind.TRANSFER, Kind.SETTLED, Kind.CORRECTION}
        else:
            assert kinds["102"] == {Kind.INTERVAL}, "what came late was never shared"
            keys = told["102"]["figures"].keys()
            assert {"adjustment", "difference 0.yen", "fee 0", "levelling", "rounding", "to pay"} <= keys


def test_every_number_on_the_pages_and_sheets_of_two_months_leads_down(
    papers: tuple[BuildingConfig, Mapping[Month, Path]],
) -> None:
    config, folders = papers
    for month, folder in folders.items():
        walked = Papers(config, folder)
        for name, told in walked.statements():
            for language in Language:
                page = Page((folder / f"{name}.{language}.html").read_text())
                assert astray(page, names_of(month, told, language)) == [], f"{name} of {month}"
                for key, figure in told["figures"].items():
                    if Fraction(figure["value"] or 0):
                        assert down(page, f"f{figure['ref']}"), f"{key} of {name} ends before any record or paper"
                sheet = (folder / f"{name}.records.{language}.csv").read_text()
                for index, digest in re.findall(r"(\d+):([0-9a-f]{64})", sheet):
                    assert walked.log[int(index)][0] == digest
                rows = (folder / f"{name}.{language}.csv").read_text("utf-8-sig").splitlines()
                refs = {row.partition(",")[0] for row in rows}
                assert {figure["ref"] for figure in told["figures"].values()} <= refs


def test_every_amount_to_be_collected_is_the_one_of_a_statement_that_is_named(
    papers: tuple[BuildingConfig, Mapping[Month, Path]],
) -> None:
    config, folders = papers
    for folder in folders.values():
        walked = Papers(config, folder)
        for language in Language:
            _, *rows = csv.reader(io.StringIO((folder / f"collection.{language}.csv").read_text("utf-8-sig")))
            assert len(rows) == 4
            for _, _, to_pay, tax, *_, told in rows:
                match = re.fullmatch(r"\S+\.json: (.+) \(SHA-256 ([0-9a-f]{64})\)", told)
                assert match is not None
                places = match[1].split(", ")
                found = [at_place(walked.papers[match[2]], place)[0]["value"] for place in places]
                assert found == [each for each in (to_pay, tax) if each]


def names_of(month: Month, told: Mapping[str, Any], language: Language) -> set[str]:
    """What has digits on a page and is no number: of whom, of which days, papers of meters."""
    words = Words(language)
    of = words["month_of"].format(month.year, month.month)
    names = {"101", "102", "103", of, words["description_of"].format(of)}
    names |= {words["late"].format(name) for name in ("101", "102", "103")}
    if (meter := told.get("meter")) is not None:
        names |= {meter["serial"], meter["approval"], meter["verified_until"]}
    if (invoice := told.get("invoice")) is not None:
        names |= {invoice["registration"], words["period_of"].format(invoice["begin"], invoice["end"])}
    return names


def test_a_number_whose_record_is_another_is_found(papers: tuple[BuildingConfig, Mapping[Month, Path]]) -> None:
    config, folders = papers
    walked = Papers(config, folders[NOVEMBER])
    told = dict(walked.statements())["102"]
    index, name = told["records"][str(SLOT)][0]
    with pytest.raises(AssertionError, match="is another"):
        walked.check("102", {**told, "records": {**told["records"], str(SLOT): [[index + 1, name]]}})
    with pytest.raises(AssertionError, match="has no record"):
        walked.check("102", {**told, "records": {**told["records"], str(NEXT): []}})
    walked.papers.clear()
    with pytest.raises(KeyError):
        walked.check("102", told)
