"""docs/safety.md names each invariant once, and no test that is not there."""

from pathlib import Path
import re

from localvpp.islanding import Guards

from ..localvpp.islanding.invariants import PREDICATES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| [IL]\d+ \|", line)]


def test_each_invariant_has_one_row_in_its_order() -> None:
    wanted = [f"I{number}" for number in range(1, 25)] + [f"L{number}" for number in range(1, 4)]
    assert [line.split("|")[1].strip() for line in ROWS] == wanted


def test_each_test_that_is_named_is_there() -> None:
    here = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))
    }
    named = re.findall(r"`(test_\w+?)(…?)`", PAGE)
    assert len(named) > 50
    missing = [
        name for name, more in named if not any(each.startswith(name) if more else each == name for each in here)
    ]
    assert not missing
    shows = [line for line in ROWS if "`test_" not in line.split("|")[4] and "search" not in line]
    assert not shows, "each row names a test"


def test_each_file_that_is_named_is_there() -> None:
    for path in re.findall(r"`([\w/]+\.py)`", PAGE):
        places = (ROOT / "tests" / path, *(ROOT / "custom_components/local_vpp/lib/localvpp").rglob(path))
        assert any(place.exists() for place in places), path


def test_the_search_is_named_where_it_looks() -> None:
    named = {line.split("|")[1].strip() for line in ROWS if "the search" in line.split("|")[4]}
    assert named == {*PREDICATES, "L2"}, "L2 is looked for in the graph as a whole"


def test_each_guard_is_named_where_it_protects() -> None:
    enforced = {line.split("|")[1].strip(): line.split("|")[3] for line in ROWS}
    for guard in (getattr(Guards(), name) for name in Guards.names()):
        for invariant in re.findall(r"[IL]\d+", guard.__doc__.split(":")[0]):
            assert f"`{guard.__name__}`" in enforced[invariant], (invariant, guard.__name__)
